/*
 * The platform: one YAML file, loaded, checked and synthesized into one template per stack.
 */
#ifndef CFNGEN_PLATFORM_H
#define CFNGEN_PLATFORM_H

#include <cfngen/config.h>
#include <cfngen/graph.h>
#include <cfngen/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stacks that come with cfngen, ended by NULL, in the order of the file's sections. */
CFN_API const struct cfn_stack *const *cfn_builtin_stacks(void);

/* A set of stacks; adding one of a name that is there replaces it. The descriptor must outlive the
 * set, and the set does not change while a platform that was loaded with it lives. */
struct cfn_stack_set;
CFN_API struct cfn_stack_set *cfn_stack_set_new(void); /* with the built-in ones */
CFN_API void cfn_stack_set_free(struct cfn_stack_set *set);
CFN_API void cfn_stack_set_add(struct cfn_stack_set *set, const struct cfn_stack *stack);
CFN_API size_t cfn_stack_set_count(const struct cfn_stack_set *set);
CFN_API const struct cfn_stack *cfn_stack_set_at(const struct cfn_stack_set *set, size_t index);
/* The rows of the whole file: the platform's own settings, then one section per stack. */
CFN_API const struct cfn_row *cfn_stack_set_rows(struct cfn_stack_set *set);

/* A platform file, loaded. */
struct cfn_platform;
CFN_API struct cfn_platform *cfn_platform_load(struct cfn_stack_set *set,
                                               const struct cfn_config_source *source,
                                               const char *today, struct cfn_diags *diags);
CFN_API void cfn_platform_free(struct cfn_platform *platform);
CFN_API const struct cfn_config *cfn_platform_config(const struct cfn_platform *platform);
CFN_API const char *cfn_platform_name(const struct cfn_platform *platform); /* "shop-dev" */
CFN_API const char *cfn_platform_region(const struct cfn_platform *platform);
/* Tags of every stack and resource: an object of strings, a new reference. */
CFN_API json_t *cfn_platform_tags(const struct cfn_platform *platform);

/* How it is deployed: the file's section `deploy`. Texts may be NULL. */
struct cfn_deploy_settings {
    const char *role_arn;
    const char *template_bucket;
    struct cfn_texts notification_arns;
    bool termination_protection;
};
CFN_API const struct cfn_deploy_settings *cfn_platform_deploy(const struct cfn_platform *platform);

/* Its stacks as templates, each checked against the schema, in an order in which they can be
 * deployed. */
struct cfn_assembly;
CFN_API struct cfn_assembly *cfn_platform_synth(const struct cfn_platform *platform,
                                                struct cfn_diags *diags);
CFN_API void cfn_assembly_free(struct cfn_assembly *assembly);

struct cfn_assembled {
    const char *name;       /* "rds" */
    const char *stack_name; /* "shop-dev-rds": in CloudFormation */
    const char *summary;
    const json_t *body; /* the template */
    const struct cfn_template *t;
    struct cfn_texts needs; /* names of the stacks whose exports it imports, in the order of the
                               file's sections */
    bool may_delete_data;   /* both keys agree: the platform's allow_data_deletion and its own */
};
CFN_API size_t cfn_assembly_count(const struct cfn_assembly *assembly);
CFN_API const struct cfn_assembled *cfn_assembly_at(const struct cfn_assembly *assembly,
                                                    size_t index);
CFN_API const struct cfn_assembled *cfn_assembly_find(const struct cfn_assembly *assembly,
                                                      const char *name);

/* Adds its stacks, with the number of their resources, and their imports to a graph. */
CFN_API void cfn_assembly_graph(const struct cfn_assembly *assembly, struct cfn_graph *graph);

/* The manifest: project, environment, region, and of each stack its name, file, what it needs, its
 * number of resources and bytes. A new reference. */
CFN_API json_t *cfn_assembly_manifest(const struct cfn_assembly *assembly, const char *extension);

#ifdef __cplusplus
}
#endif

#endif

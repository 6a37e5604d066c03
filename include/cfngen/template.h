/*
 * A CloudFormation template under construction.
 *
 * Resources are written with the structs of <cfngen/aws/SERVICE.h>, whose members are spelt as
 * CloudFormation spells them; a misspelt one does not compile:
 *
 *     #include <cfngen/aws/s3.h>
 *
 *     cfn_add(t, "Bronze", AWS_S3_Bucket(
 *         .BucketName = cfn_sub("shop-bronze-${AWS::AccountId}"),
 *         .VersioningConfiguration = AWS_S3_Bucket_VersioningConfiguration(.Status =
 * cfn_str("Enabled"))), .DeletionPolicy = "Retain");
 *
 * Nothing fails while a template is being built: mistakes (a duplicate logical id too) are
 * remembered and told, with the source line of the cfn_add, by cfn_template_check(). Values are
 * consumed; other texts are copied.
 */
#ifndef CFNGEN_TEMPLATE_H
#define CFNGEN_TEMPLATE_H

#include <cfngen/diag.h>
#include <cfngen/schema.h>
#include <cfngen/value.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cfn_template;

/* A resource on its way into a template: made by the AWS_... macros, or by cfn_resource_named() for
 * a type that has no struct (Custom::..., or a third party's). properties may be absent. */
struct cfn_resource {
    struct cfn_type type;
    const char *type_name; /* NULL where type says it */
    cfn_value properties;
};
CFN_API struct cfn_resource cfn_resource_of(const struct cfn_service *service, unsigned type,
                                            const cfn_value *members);
CFN_API struct cfn_resource cfn_resource_named(const char *type_name, cfn_value properties);

/* A property type's members as an object: what the AWS_..._... macros call. */
CFN_API cfn_value cfn_members_of(const struct cfn_service *service, unsigned type,
                                 const cfn_value *members);

/* What stands beside Properties. NULL and 0 mean absent. UpdateReplacePolicy follows DeletionPolicy
 * where it is not set. DependsOn is a list of strings or one string. */
struct cfn_attributes {
    const char *DeletionPolicy;
    const char *UpdateReplacePolicy;
    const char *Condition;
    cfn_value DependsOn;
    cfn_value Metadata;
    cfn_value UpdatePolicy;
    cfn_value CreationPolicy;
    const void *cfn_end; /* not for use */
};

struct cfn_parameter {
    const char *Type; /* "String" where NULL */
    const char *Default;
    const char *Description;
    const char *AllowedPattern;
    const char *ConstraintDescription;
    cfn_value AllowedValues;
    const char *MinLength, *MaxLength;
    bool NoEcho;
};

CFN_API struct cfn_template *cfn_template_new(const char *name, const char *description);
CFN_API void cfn_template_free(struct cfn_template *t);
CFN_API const char *cfn_template_name(const struct cfn_template *t);

/* cfn_add(template, "LogicalId", AWS_X_Y(...)[, .DeletionPolicy = "Retain", ...]) */
#define cfn_add(t, id, ...) CFN_ADD_((t), (id), __VA_ARGS__, .cfn_end = NULL)
#define CFN_ADD_(t, id, resource, ...)                                                             \
    cfn_template_add(t, id, resource, &(const struct cfn_attributes){__VA_ARGS__}, CFN_HERE)

/* attributes may be NULL. */
CFN_API void cfn_template_add(struct cfn_template *t, const char *logical_id,
                              struct cfn_resource resource, const struct cfn_attributes *attributes,
                              struct cfn_place place);

#define cfn_parameter(t, name, ...)                                                                \
    cfn_template_parameter((t), (name), &(const struct cfn_parameter){__VA_ARGS__}, CFN_HERE)
CFN_API void cfn_template_parameter(struct cfn_template *t, const char *name,
                                    const struct cfn_parameter *parameter, struct cfn_place place);

#define cfn_condition(t, name, expression)                                                         \
    cfn_template_condition((t), (name), (expression), CFN_HERE)
CFN_API void cfn_template_condition(struct cfn_template *t, const char *name, cfn_value expression,
                                    struct cfn_place place);

#define cfn_mapping(t, name, map) cfn_template_mapping((t), (name), (map), CFN_HERE)
CFN_API void cfn_template_mapping(struct cfn_template *t, const char *name, cfn_value map,
                                  struct cfn_place place);

/* An output; export_name NULL: not exported. condition NULL: always. */
struct cfn_output {
    const char *Description;
    const char *Condition;
    cfn_value Value;
    cfn_value ExportName;
};
#define cfn_output(t, name, ...)                                                                   \
    cfn_template_output((t), (name), &(const struct cfn_output){__VA_ARGS__}, CFN_HERE)
CFN_API void cfn_template_output(struct cfn_template *t, const char *name,
                                 const struct cfn_output *output, struct cfn_place place);

/* Template-level Metadata: value under key. */
CFN_API void cfn_template_metadata(struct cfn_template *t, const char *key, cfn_value value);

/* Gives tags (a map of strings, consumed) to each resource that has none of its own and whose type
 * takes tags without being replaced. */
CFN_API void cfn_template_tag(struct cfn_template *t, cfn_value tags);

/* The whole template as a value, in CloudFormation's order of sections; sections without content
 * are left out. Borrowed: valid until the template changes or is freed. */
CFN_API const json_t *cfn_template_json(const struct cfn_template *t);

/* Checks it (see check.h) and tells every mistake with the place in the C source. 0, or -1 when
 * there are errors. */
CFN_API int cfn_template_check(const struct cfn_template *t, struct cfn_diags *diags);

enum cfn_format { CFN_FORMAT_JSON, CFN_FORMAT_YAML };

/* A template, or any other value, as text that ends in a newline; the caller frees it with free().
 * The same value gives the same bytes whatever the locale. NULL only for a value that is no valid
 * JSON (a cycle). */
CFN_API char *cfn_render(const json_t *value, enum cfn_format format);

#ifdef __cplusplus
}
#endif

#endif

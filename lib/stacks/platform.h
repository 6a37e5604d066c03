/*
 * Shared by the files that load and assemble the platform; stacks do not need it.
 */
#ifndef CFN_STACKS_PLATFORM_H
#define CFN_STACKS_PLATFORM_H

#include <base/base.h>
#include <cfngen/platform.h>

struct cfn_platform_settings {
    const char *project, *environment, *region;
    struct cfn_table tags;
    bool allow_data_deletion;
    struct cfn_deploy_settings deploy;
};

struct cfn_platform {
    struct cfn_stack_set *set;
    struct cfn_platform_settings *settings; /* the stacks' settings lie behind it */
    struct cfn_config *config;
    struct cfn_arena arena;
    const char *prefix;
    const char *today;
};

/* Its tags, with the three that it gives itself: a new object of strings. */
cfn_value cfn__tags_of(const struct cfn_platform_settings *settings);

/* Bytes that all settings take; the settings of the stack of that number. */
size_t cfn__settings_size(struct cfn_stack_set *set);
const void *cfn__settings_of(struct cfn_stack_set *set, const struct cfn_platform_settings *all,
                             size_t index);

/* What is collected while the stacks are built. */
struct cfn_import_note {
    const char *consumer, *producer, *name;
    struct cfn_place place;
};
struct cfn_export_note {
    const char *stack, *name;
};
struct cfn_assembling {
    const struct cfn_platform *platform;
    struct cfn_arena arena;
    CFN_ARRAY(struct cfn_import_note) imports;
    CFN_ARRAY(struct cfn_export_note) exports;
};

/* What a stack's functions are given; t may be NULL. */
struct cfn_scope cfn__scope(struct cfn_assembling *assembling, size_t index, struct cfn_template *t,
                            struct cfn_diags *diags);

/* "shop-dev-data-lake": stack names have no underscores. */
const char *cfn__stack_name(struct cfn_arena *arena, const struct cfn_platform *platform,
                            const char *stack);

#endif

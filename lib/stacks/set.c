#include "platform.h"

#include <stdlib.h>
#include <string.h>

#define STACK(name) extern const struct cfn_stack cfn_stack_##name;
#include "stacks.def"
#undef STACK

#define STACK(name) &cfn_stack_##name,
static const struct cfn_stack *const builtin[] = {
#include "stacks.def"
    NULL,
};
#undef STACK

const struct cfn_stack *const *cfn_builtin_stacks(void) {
    return builtin;
}

struct cfn_stack_set {
    CFN_ARRAY(const struct cfn_stack *) stacks;
    CFN_ARRAY(struct cfn_row) rows; /* made when asked for, dropped when a stack is added */
    size_t size;
};

static const struct cfn_row deploy_rows[] = {
    CFN_BOOL(struct cfn_deploy_settings, termination_protection, .fallback = "true",
             .help = "whether stacks refuse to be deleted until `cfngen destroy` was confirmed"),
    CFN_TEXT(struct cfn_deploy_settings, role_arn, .format = &cfn_format_role,
             .help = "IAM role that CloudFormation takes on; none: the caller's own rights"),
    CFN_TEXTS(struct cfn_deploy_settings, notification_arns, .format = &cfn_format_topic, .max = 5,
              .fallback = "[]", .help = "SNS topics that are told of every stack event"),
    CFN_TEXT(struct cfn_deploy_settings, template_bucket, .format = &cfn_format_bucket,
             .help = "bucket for templates over 51,200 bytes; none: a private one is made when "
                     "one is needed"),
    CFN_ROWS_END,
};

/* What stands in the file before the sections, and holds for all stacks. */
static const struct cfn_row platform_rows[] = {
    CFN_TEXT(struct cfn_platform_settings, project, .required = true, .format = &cfn_format_name,
             .help = "short name of the platform: begins the name of everything in it"),
    CFN_TEXT(struct cfn_platform_settings, environment, .fallback = "dev",
             .format = &cfn_format_name,
             .help = "environment: second part of every name, and the overlay that is taken"),
    CFN_TEXT(struct cfn_platform_settings, region, .required = true, .format = &cfn_format_region,
             .help = "AWS region"),
    CFN_TABLE(struct cfn_platform_settings, tags, .fallback = "{}", .max = 40,
              .help = "tags of every resource, beside Project, Environment and ManagedBy"),
    CFN_BOOL(struct cfn_platform_settings, allow_data_deletion, .fallback = "false",
             .help = "first key: data may be deleted with its stack, if the stack's own "
                     "allow_data_deletion agrees"),
    CFN_SECTION(struct cfn_platform_settings, deploy, struct cfn_deploy_settings,
                .rows = deploy_rows, .help = "how CloudFormation is asked"),
};

struct cfn_stack_set *cfn_stack_set_new(void) {
    struct cfn_stack_set *set = cfn__alloc(sizeof *set);
    for (const struct cfn_stack *const *stack = builtin; *stack; stack++)
        cfn_stack_set_add(set, *stack);
    return set;
}

void cfn_stack_set_free(struct cfn_stack_set *set) {
    if (!set)
        return;
    free(set->stacks.items);
    free(set->rows.items);
    free(set);
}

void cfn_stack_set_add(struct cfn_stack_set *set, const struct cfn_stack *stack) {
    set->rows.count = 0;
    for (size_t i = 0; i < set->stacks.count; i++)
        if (strcmp(set->stacks.items[i]->name, stack->name) == 0) {
            set->stacks.items[i] = stack;
            return;
        }
    *CFN_PUSH(&set->stacks) = stack;
}

size_t cfn_stack_set_count(const struct cfn_stack_set *set) {
    return set->stacks.count;
}

const struct cfn_stack *cfn_stack_set_at(const struct cfn_stack_set *set, size_t index) {
    return index < set->stacks.count ? set->stacks.items[index] : NULL;
}

static size_t aligned(size_t size) {
    const size_t grain = _Alignof(max_align_t);
    return (size + grain - 1) / grain * grain;
}

/* The settings of all stacks lie behind the platform's own in one block. */
static void make_rows(struct cfn_stack_set *set) {
    for (size_t i = 0; i < sizeof platform_rows / sizeof *platform_rows; i++)
        *CFN_PUSH(&set->rows) = platform_rows[i];
    set->size = aligned(sizeof(struct cfn_platform_settings));
    for (size_t i = 0; i < set->stacks.count; i++) {
        const struct cfn_stack *stack = set->stacks.items[i];
        *CFN_PUSH(&set->rows) = (struct cfn_row){
            .name = stack->name,
            .kind = CFN_ROW_SECTION,
            .offset = set->size,
            .rows = stack->rows,
            .help = stack->summary,
        };
        set->size += aligned(stack->size);
    }
    *CFN_PUSH(&set->rows) = (struct cfn_row)CFN_ROWS_END;
}

const struct cfn_row *cfn_stack_set_rows(struct cfn_stack_set *set) {
    if (set->rows.count == 0)
        make_rows(set);
    return set->rows.items;
}

size_t cfn__settings_size(struct cfn_stack_set *set) {
    cfn_stack_set_rows(set);
    return set->size;
}

const void *cfn__settings_of(struct cfn_stack_set *set, const struct cfn_platform_settings *all,
                             size_t index) {
    const struct cfn_row *rows = cfn_stack_set_rows(set);
    size_t own = sizeof platform_rows / sizeof *platform_rows;
    return (const char *)all + rows[own + index].offset;
}

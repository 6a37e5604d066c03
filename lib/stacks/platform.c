/* Loading: the file becomes settings, and the settings are checked stack by stack. */
#include "platform.h"

#include <stdlib.h>

static void check_tags(const struct cfn_platform *platform, struct cfn_diags *diags) {
    const struct cfn_table *tags = &platform->settings->tags;
    for (size_t i = 0; i < tags->count; i++) {
        const struct cfn_entry *tag = &tags->entries[i];
        if (cfn_starts_with(tag->key, "aws:"))
            cfn_setting_fail(platform->config, "tags", diags,
                             "must have no key that begins with aws:, not '%s'", tag->key);
        if (cfn_utf8_count(tag->key) > 128 || cfn_utf8_count(tag->value) > 256)
            cfn_setting_fail(
                platform->config, "tags", diags,
                "must have keys of at most 128 characters and values of at most 256: '%s'",
                tag->key);
    }
}

/* One key alone opens nothing; whoever turned it should know. */
static void check_keys(struct cfn_platform *platform, struct cfn_diags *diags) {
    bool any = false;
    size_t count = cfn_stack_set_count(platform->set);
    for (size_t i = 0; i < count; i++) {
        const struct cfn_stack_settings *own =
            cfn__settings_of(platform->set, platform->settings, i);
        if (!own->allow_data_deletion)
            continue;
        any = true;
        const char *stack = cfn_stack_set_at(platform->set, i)->name;
        const char *path = cfn_arena_text(&platform->arena, "%s.allow_data_deletion", stack);
        if (!platform->settings->allow_data_deletion)
            cfn_setting_warn(platform->config, path, diags,
                             "has no effect: data stays protected until the platform's "
                             "allow_data_deletion agrees");
        else
            cfn_setting_warn(platform->config, path, diags,
                             "both keys agree: the data of %s can be deleted with its stack",
                             stack);
    }
    if (platform->settings->allow_data_deletion && !any)
        cfn_setting_warn(platform->config, "allow_data_deletion", diags,
                         "has no effect: data stays protected until a stack's allow_data_deletion "
                         "agrees");
}

static void check_stacks(const struct cfn_platform *platform, struct cfn_diags *diags) {
    struct cfn_assembling assembling = {.platform = platform};
    size_t count = cfn_stack_set_count(platform->set);
    for (size_t i = 0; i < count; i++) {
        const struct cfn_stack *stack = cfn_stack_set_at(platform->set, i);
        struct cfn_scope scope = cfn__scope(&assembling, i, NULL, diags);
        if (stack->check && ((const struct cfn_stack_settings *)scope.settings)->enabled)
            stack->check(&scope);
    }
    cfn_arena_done(&assembling.arena);
}

struct cfn_platform *cfn_platform_load(struct cfn_stack_set *set,
                                       const struct cfn_config_source *source, const char *today,
                                       struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    struct cfn_platform *platform = cfn__alloc(sizeof *platform);
    platform->set = set;
    platform->today = today ? cfn_arena_text(&platform->arena, "%s", today) : NULL;
    platform->settings = cfn__alloc(cfn__settings_size(set));
    platform->config = cfn_config_load(cfn_stack_set_rows(set), platform->settings, source, diags);
    if (platform->config) {
        platform->prefix = cfn_arena_text(&platform->arena, "%s-%s", platform->settings->project,
                                          platform->settings->environment);
        check_tags(platform, diags);
        check_keys(platform, diags);
        check_stacks(platform, diags);
    }
    if (cfn_diags_errors(diags) == errors)
        return platform;
    cfn_platform_free(platform);
    return NULL;
}

void cfn_platform_free(struct cfn_platform *platform) {
    if (!platform)
        return;
    cfn_config_free(platform->config);
    free(platform->settings);
    cfn_arena_done(&platform->arena);
    free(platform);
}

const struct cfn_config *cfn_platform_config(const struct cfn_platform *platform) {
    return platform->config;
}

const char *cfn_platform_name(const struct cfn_platform *platform) {
    return platform->prefix;
}

const char *cfn_platform_region(const struct cfn_platform *platform) {
    return platform->settings->region;
}

cfn_value cfn__tags_of(const struct cfn_platform_settings *settings) {
    cfn_value map =
        cfn_map({"Project", cfn_str(settings->project)},
                {"Environment", cfn_str(settings->environment)}, {"ManagedBy", cfn_str("cfngen")});
    for (size_t i = 0; i < settings->tags.count; i++) {
        const struct cfn_entry *tag = &settings->tags.entries[i];
        json_object_set_new(map, tag->key, cfn_str(tag->value));
    }
    return map;
}

json_t *cfn_platform_tags(const struct cfn_platform *platform) {
    return cfn__tags_of(platform->settings);
}

const struct cfn_deploy_settings *cfn_platform_deploy(const struct cfn_platform *platform) {
    return &platform->settings->deploy;
}

/* What a stack asks of the platform while it is built: names, imports and exports, settings, tags.
 */
#include "platform.h"

#include <stdlib.h>
#include <string.h>

static const char *partition_of(const char *region) {
    return cfn_starts_with(region, "cn-")       ? "aws-cn"
           : cfn_starts_with(region, "us-gov-") ? "aws-us-gov"
                                                : "aws";
}

struct cfn_scope cfn__scope(struct cfn_assembling *assembling, size_t index, struct cfn_template *t,
                            struct cfn_diags *diags) {
    const struct cfn_platform *platform = assembling->platform;
    const struct cfn_platform_settings *all = platform->settings;
    const struct cfn_stack_settings *own = cfn__settings_of(platform->set, all, index);
    return (struct cfn_scope){
        .t = t,
        .settings = own,
        .stack = cfn_stack_set_at(platform->set, index)->name,
        .project = all->project,
        .environment = all->environment,
        .region = all->region,
        .prefix = platform->prefix,
        .partition = partition_of(all->region),
        .today = platform->today,
        .may_delete_data = all->allow_data_deletion && own->allow_data_deletion,
        .assembling = assembling,
        .diags = diags,
    };
}

const char *cfn__stack_name(struct cfn_arena *arena, const struct cfn_platform *platform,
                            const char *stack) {
    char *name = cfn_arena_text(arena, "%s-%s", platform->prefix, stack);
    for (char *c = name; *c; c++)
        if (*c == '_')
            *c = '-';
    return name;
}

const char *cfn_text_of(const struct cfn_scope *scope, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = cfn_arena_vtext(&scope->assembling->arena, format, arguments);
    va_end(arguments);
    return text;
}

const char *cfn_scoped(const struct cfn_scope *scope, const char *suffix, size_t max) {
    const char *name = cfn_text_of(scope, "%s-%s", scope->prefix, suffix);
    if (strlen(name) > max)
        cfn_refuse(scope, ".project",
                   "must be shorter: a name of the stack %s would have %zu characters of at most "
                   "%zu: '%s'",
                   scope->stack, strlen(name), max, name);
    return name;
}

static const char *export_name(const struct cfn_scope *scope, const char *stack, const char *name) {
    const char *full =
        cfn__stack_name(&scope->assembling->arena, scope->assembling->platform, stack);
    return cfn_text_of(scope, "%s-%s", full, name);
}

void cfn_export_at(const struct cfn_scope *scope, const char *name, cfn_value value,
                   const char *description, struct cfn_place place) {
    cfn_template_output(scope->t, name,
                        &(const struct cfn_output){
                            .Description = description,
                            .Value = value,
                            .ExportName = cfn_str(export_name(scope, scope->stack, name)),
                        },
                        place);
    *CFN_PUSH(&scope->assembling->exports) =
        (struct cfn_export_note){scope->stack, cfn_text_of(scope, "%s", name)};
}

cfn_value cfn_import_at(const struct cfn_scope *scope, const char *stack, const char *name,
                        struct cfn_place place) {
    *CFN_PUSH(&scope->assembling->imports) = (struct cfn_import_note){
        scope->stack, cfn_text_of(scope, "%s", stack), cfn_text_of(scope, "%s", name), place};
    return cfn_import(export_name(scope, stack, name));
}

bool cfn_enabled(const struct cfn_scope *scope, const char *stack) {
    return cfn_same(cfn_setting_of(scope, cfn_text_of(scope, "%s.enabled", stack)), "true");
}

/* The row of a path and where its value lies; NULL where there is none. */
static const struct cfn_row *row_at(const struct cfn_scope *scope, const char *path,
                                    const void **member) {
    const struct cfn_platform *platform = scope->assembling->platform;
    const struct cfn_row *row = cfn_stack_set_rows(platform->set);
    const char *memory = (const char *)platform->settings;
    for (const char *step = path; row && row->name;) {
        size_t length = strcspn(step, ".");
        if (strncmp(row->name, step, length) != 0 || row->name[length] != '\0') {
            row++;
        } else if (step[length] == '.' && row->kind == CFN_ROW_SECTION) {
            memory += row->offset;
            row = row->rows;
            step += length + 1;
        } else {
            *member = memory + row->offset;
            return row;
        }
    }
    return NULL;
}

const char *cfn_setting_of(const struct cfn_scope *scope, const char *path) {
    const void *member;
    const struct cfn_row *row = row_at(scope, path, &member);
    if (row && (row->kind == CFN_ROW_TEXT || row->kind == CFN_ROW_CHOICE))
        return *(const char *const *)member;
    const struct cfn_setting *setting =
        row ? cfn_config_find(scope->assembling->platform->config, path) : NULL;
    return setting ? setting->value : NULL;
}

struct cfn_texts cfn_setting_list(const struct cfn_scope *scope, const char *path) {
    const void *member;
    const struct cfn_row *row = row_at(scope, path, &member);
    return row && row->kind == CFN_ROW_LIST ? *(const struct cfn_texts *)member
                                            : (struct cfn_texts){0};
}

static const char *path_of(const struct cfn_scope *scope, const char *name) {
    return name[0] == '.' ? name + 1 : cfn_text_of(scope, "%s.%s", scope->stack, name);
}

int cfn_refuse(const struct cfn_scope *scope, const char *name, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = cfn_arena_vtext(&scope->assembling->arena, format, arguments);
    va_end(arguments);
    return cfn_setting_fail(scope->assembling->platform->config, path_of(scope, name), scope->diags,
                            "%s", text);
}

int cfn_caution(const struct cfn_scope *scope, const char *name, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = cfn_arena_vtext(&scope->assembling->arena, format, arguments);
    va_end(arguments);
    return cfn_setting_warn(scope->assembling->platform->config, path_of(scope, name), scope->diags,
                            "%s", text);
}

const char *cfn_retain(const struct cfn_scope *scope) {
    return scope->may_delete_data ? "Delete" : "Retain";
}

const char *cfn_snapshot(const struct cfn_scope *scope) {
    return scope->may_delete_data ? "Delete" : "Snapshot";
}

cfn_value cfn_tag_map(const struct cfn_scope *scope) {
    return cfn__tags_of(scope->assembling->platform->settings);
}

cfn_value cfn_tags(const struct cfn_scope *scope, const char *name) {
    cfn_value map = cfn_tag_map(scope), list = cfn_list_of(NULL, 0), value;
    const char *key;
    if (name)
        json_object_set_new(map, "Name", cfn_str(name));
    json_object_foreach(map, key, value) {
        list = cfn_append(list, cfn_map({"Key", cfn_str(key)}, {"Value", json_incref(value)}));
    }
    json_decref(map);
    return list;
}

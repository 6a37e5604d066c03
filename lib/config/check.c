/*
 * Every value that is written in the file, against the rows.
 *
 * Also those that something else overrides, and the environments that are not chosen: a mistake in
 * one is told now, not on the day it is chosen. After it, no value of the file can be refused any
 * more.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

struct walk {
    struct cfn_config *config;
    struct cfn_diags *diags;
    const struct cfn__node *overlay_name; /* NULL in the base */
};

static void check_settings(const struct walk *walk, const struct cfn_row *rows,
                           const struct cfn__node *node, const char *path);

/* The one setting elsewhere in the file that has this name, or NULL. */
static const char *elsewhere(const struct cfn_config *config, const char *name) {
    const char *found = NULL;
    for (size_t i = 0; i < config->slots.count; i++) {
        const struct cfn_setting *setting = &config->slots.items[i].setting;
        if (strcmp(setting->row->name, name) != 0)
            continue;
        if (found)
            return NULL;
        found = setting->path;
    }
    return found;
}

static void hint_unknown(const struct walk *walk, const struct cfn_row *rows, const char *name) {
    if (!cfn__is_worth_a_hint(walk->diags))
        return;
    const char *other = elsewhere(walk->config, name);
    CFN_ARRAY(const char *) names = {0};
    for (const struct cfn_row *row = rows; row && row->name; row++)
        *CFN_PUSH(&names) = row->name;
    if (rows == walk->config->rows && !walk->overlay_name)
        *CFN_PUSH(&names) = "environments";
    *CFN_PUSH(&names) = NULL;
    if (!cfn__hint_nearest(walk->diags, name, names.items) && other)
        cfn_hint(walk->diags, "did you mean '%s'?", other);
    free(names.items);
}

static void refuse_unknown(const struct walk *walk, const struct cfn_row *rows,
                           const struct cfn__node *key, const char *path) {
    struct cfn__quote quote;
    cfn__refuse(walk->diags, "config.unknown-key", key, path, "unknown key %s",
                cfn__quoted_text(key->text, &quote));
    if (walk->overlay_name && strcmp(key->text, "environments") == 0)
        cfn_hint(walk->diags, "all environments stand side by side at the root of the file");
    else
        hint_unknown(walk, rows, key->text);
}

/* A section without anything in it has the defaults. */
static void check_section(const struct walk *walk, const struct cfn_row *rows,
                          const struct cfn__node *node, const char *path) {
    struct cfn__quote quote;
    if (node->kind == CFN__MAPPING)
        check_settings(walk, rows, node, path);
    else if (!node->nothing)
        cfn__refuse(walk->diags, "config.type", node, path, "must be a section of settings, not %s",
                    cfn__quoted(node, &quote));
}

/* An overlay may repeat the name it is chosen by, but not change it. */
static void check_own_name(const struct walk *walk, const struct cfn__node *node,
                           const char *path) {
    struct cfn__quote own, other;
    const char *name = walk->overlay_name->text;
    if (node->kind != CFN__SCALAR || strcmp(node->text, name) == 0)
        return;
    cfn__refuse(walk->diags, "config.environment", node, path, "must be %s, or left out, not %s",
                cfn__quoted_text(name, &own), cfn__quoted(node, &other));
}

static void check_setting(const struct walk *walk, const struct cfn_row *row,
                          const struct cfn__node *node, const char *path) {
    const struct cfn__reading reading = cfn__reading_of(walk->config, walk->diags);
    int status = cfn__value_read(&reading, row, node, path, NULL);
    if (row != cfn__row_named(walk->config->rows, "environment"))
        return;
    if (status == 0 && walk->overlay_name)
        check_own_name(walk, node, path);
    else if (node->kind == CFN__MAPPING)
        cfn_hint(walk->diags, "settings of environments stand under 'environments'");
}

static void check_member(const struct walk *walk, const struct cfn_row *rows,
                         const struct cfn__member *member, const char *path) {
    const char *name = member->key->text;
    const struct cfn_row *row = cfn__row_named(rows, name);
    const char *here = cfn__path_join(&walk->config->arena, path, name);
    if (!row)
        refuse_unknown(walk, rows, member->key, path);
    else if (row->kind == CFN_ROW_SECTION)
        check_section(walk, row->rows, member->value, here);
    else
        check_setting(walk, row, member->value, here);
}

static bool is_environments(const struct walk *walk, const struct cfn_row *rows,
                            const struct cfn__member *member) {
    return rows == walk->config->rows && !walk->overlay_name &&
           strcmp(member->key->text, "environments") == 0;
}

static void check_overlays(const struct walk *walk, const struct cfn__node *node) {
    const struct cfn_row *rows = walk->config->rows, *naming = cfn__row_named(rows, "environment");
    const struct cfn__reading reading = cfn__reading_of(walk->config, walk->diags);
    struct cfn__quote quote;
    if (node->kind != CFN__MAPPING) {
        if (!node->nothing)
            cfn__refuse(walk->diags, "config.type", node, "environments",
                        "must be a mapping of names to settings, not %s",
                        cfn__quoted(node, &quote));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct cfn__member *overlay = &node->members[i];
        struct walk inner = {walk->config, walk->diags, overlay->key};
        const char *path = cfn__path_join(&walk->config->arena, "environments", overlay->key->text);
        if (naming && naming->kind != CFN_ROW_SECTION)
            cfn__value_read(&reading, naming, overlay->key, path, NULL);
        check_section(&inner, rows, overlay->value, path);
    }
}

static void check_settings(const struct walk *walk, const struct cfn_row *rows,
                           const struct cfn__node *node, const char *path) {
    for (size_t i = 0; i < node->count; i++) {
        const struct cfn__member *member = &node->members[i];
        if (is_environments(walk, rows, member))
            check_overlays(walk, member->value);
        else
            check_member(walk, rows, member, path);
    }
}

int cfn__file_check(struct cfn_config *config, struct cfn_diags *diags) {
    const struct walk walk = {.config = config, .diags = diags};
    struct cfn__quote quote;
    if (config->base->nothing)
        return 0;
    if (config->base->kind != CFN__MAPPING)
        return cfn__refuse(diags, "config.type", config->base, NULL,
                           "must be a mapping of settings, not %s",
                           cfn__quoted(config->base, &quote));
    check_settings(&walk, config->rows, config->base, NULL);
    return 0;
}

/* The tree of rows, made flat: one slot per setting, in the order of the rows. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

const char *const cfn__own_variables[] = {"CFNGEN_CONFIG", "CFNGEN_ENV", "CFNGEN_TODAY", NULL};

const char *cfn__path_join(struct cfn_arena *arena, const char *path, const char *name) {
    return path ? cfn_arena_text(arena, "%s.%s", path, name) : name;
}

const char *cfn__variable_of(struct cfn_arena *arena, const char *path) {
    char *variable = cfn_arena_text(arena, "CFNGEN_%s", path);
    for (char *c = variable; *c; c++) {
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
        else if (*c == '.')
            *c = '_';
    }
    return variable;
}

static void flatten(struct cfn_config *config, const struct cfn_row *rows, const char *path,
                    size_t offset) {
    for (const struct cfn_row *row = rows; row && row->name; row++) {
        const char *here = cfn__path_join(&config->arena, path, row->name);
        if (row->kind == CFN_ROW_SECTION) {
            flatten(config, row->rows, here, offset + row->offset);
            continue;
        }
        struct cfn__slot *slot = CFN_PUSH(&config->slots);
        slot->offset = offset + row->offset;
        slot->setting.row = row;
        slot->setting.path = here;
        slot->setting.variable = cfn__variable_of(&config->arena, here);
    }
}

struct cfn_config *cfn__config_new(const struct cfn_row *rows) {
    struct cfn_config *config = cfn__alloc(sizeof *config);
    config->patterns = cfn__patterns_new();
    config->rows = rows;
    flatten(config, rows, NULL, 0);
    return config;
}

void cfn_config_free(struct cfn_config *config) {
    if (!config)
        return;
    for (size_t i = 0; i < config->slots.count; i++)
        free(config->slots.items[i].flags.items);
    free(config->slots.items);
    cfn__patterns_free(config->patterns);
    cfn_arena_done(&config->arena);
    free(config);
}

struct cfn__reading cfn__reading_of(struct cfn_config *config, struct cfn_diags *diags) {
    return (struct cfn__reading){&config->arena, config->patterns, diags};
}

struct cfn__slot *cfn__slot_at(const struct cfn_config *config, const char *path) {
    for (size_t i = 0; i < config->slots.count; i++)
        if (strcmp(config->slots.items[i].setting.path, path) == 0)
            return &config->slots.items[i];
    return NULL;
}

static const struct cfn_row *row_of(const struct cfn_row *rows, const char *name, size_t length) {
    for (const struct cfn_row *row = rows; row && row->name; row++)
        if (strncmp(row->name, name, length) == 0 && row->name[length] == '\0')
            return row;
    return NULL;
}

const struct cfn_row *cfn__row_named(const struct cfn_row *rows, const char *name) {
    return row_of(rows, name, strlen(name));
}

const struct cfn_row *cfn__row_at(const struct cfn_row *rows, const char *path) {
    for (;;) {
        size_t length = strcspn(path, ".");
        const struct cfn_row *row = row_of(rows, path, length);
        if (!row || path[length] == '\0')
            return row;
        rows = row->kind == CFN_ROW_SECTION ? row->rows : NULL;
        path += length + 1;
    }
}

/* Rows are written by hand too: what a developer can get wrong in them. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

static int refuse(struct cfn_diags *diags, const char *path, const char *what, const char *text) {
    return cfn_fail(diags, "config.rows", (struct cfn_place){0}, path, "%s%s%s", what,
                    text ? " " : "", text ? text : "");
}

static int check_name(const struct cfn_row *rows, const struct cfn_row *row, const char *path,
                      struct cfn_diags *diags) {
    int status = 0;
    if (!cfn__format_accepts(&cfn_format_identifier, row->name))
        status = refuse(diags, path, "must have a name of", cfn_format_identifier.must_be);
    if (cfn__row_named(rows, row->name) != row)
        status = refuse(diags, path, "must be the only row of its name", NULL);
    return status;
}

static int check_default(struct cfn_config *config, const struct cfn_row *row, const char *path,
                         struct cfn_diags *diags) {
    if (!row->fallback)
        return 0;
    if (row->required)
        return refuse(diags, path, "must not have a default and be required", NULL);
    const struct cfn__reading reading = cfn__reading_of(config, diags);
    const struct cfn__node *node =
        cfn__value_node(&config->arena, row, row->fallback, "the default");
    return cfn__value_read(&reading, row, node, path, NULL);
}

static int check_kind(const struct cfn_row *row, const char *path, struct cfn_diags *diags) {
    bool is_section = row->kind == CFN_ROW_SECTION, has_rows = row->rows && row->rows->name;
    if (is_section != has_rows)
        return refuse(diags, path, "must have rows if it is a section, and else none", NULL);
    if (row->kind == CFN_ROW_CHOICE && !row->choices)
        return refuse(diags, path, "must have choices", NULL);
    if (row->max && row->max < row->min)
        return refuse(diags, path, "must not have a maximum below its minimum", NULL);
    if (row->format && !row->format->example && !row->fallback)
        return refuse(diags, path, "must have a format with an example, not", row->format->name);
    if (row->format && row->format->example &&
        !cfn__format_accepts(row->format, row->format->example))
        return refuse(diags, path, "must have a format that accepts its own example, not",
                      row->format->name);
    return 0;
}

static int check_rows(const struct cfn_row *rows, const char *path, struct cfn_config *config,
                      struct cfn_diags *diags) {
    int status = 0;
    for (const struct cfn_row *row = rows; row && row->name; row++) {
        const char *here = cfn__path_join(&config->arena, path, row->name);
        status |= check_name(rows, row, here, diags);
        status |= check_kind(row, here, diags);
        status |= check_default(config, row, here, diags);
        if (!row->help || !*row->help || cfn_ends_with(row->help, "."))
            status = refuse(diags, here, "must have a help, without a full stop", NULL);
        if (row->kind == CFN_ROW_SECTION)
            status |= check_rows(row->rows, here, config, diags);
    }
    return status;
}

/* a.b_c and a_b.c would have one variable. */
static int check_variables(const struct cfn_config *config, struct cfn_diags *diags) {
    int status = 0;
    for (size_t i = 0; i < config->slots.count; i++) {
        const struct cfn_setting *setting = &config->slots.items[i].setting;
        for (size_t j = 0; j < i; j++)
            if (strcmp(setting->variable, config->slots.items[j].setting.variable) == 0 &&
                strcmp(setting->path, config->slots.items[j].setting.path) != 0)
                status = refuse(diags, setting->path, "must not share its variable with",
                                config->slots.items[j].setting.path);
        for (const char *const *own = cfn__own_variables; *own; own++)
            if (strcmp(setting->variable, *own) == 0)
                status = refuse(diags, setting->path, "must not have the program's variable", *own);
    }
    return status;
}

int cfn__rows_check(const struct cfn_row *rows, struct cfn_diags *diags) {
    struct cfn_config *config = cfn__config_new(rows);
    int status = check_rows(rows, NULL, config, diags);
    status |= check_variables(config, diags);
    if (cfn__row_named(rows, "environments"))
        status = refuse(diags, "environments", "must not be a row: it holds the overlays", NULL);
    cfn_config_free(config);
    return status;
}

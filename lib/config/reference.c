/* Rows as a page of Markdown: one table per section. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

/* A bar would end the cell. */
static void put_cell(struct cfn_text *out, const char *text) {
    for (; *text; text++)
        cfn_text_printf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void put_choices(struct cfn_text *out, const char *choices) {
    for (bool first = true; choices; first = false) {
        struct cfn__choice choice = cfn__next_choice(&choices);
        const char *between = first ? "" : choices ? ", " : " or ";
        cfn_text_printf(out, "%s`%.*s`", between, (int)choice.size, choice.text);
    }
}

static void put_item_type(struct cfn_text *out, const struct cfn_row *row) {
    if (row->choices)
        put_choices(out, row->choices);
    else
        put_cell(out, row->format ? row->format->must_be : "text");
}

static void put_count(struct cfn_text *out, const struct cfn_row *row) {
    if (row->max > 0 && row->min == row->max)
        cfn_text_printf(out, "%ld ", row->min);
    else if (row->max > 0)
        cfn_text_printf(out, "%ld to %ld ", row->min, row->max);
}

static void put_type(struct cfn_text *out, const struct cfn_row *row) {
    if (row->kind == CFN_ROW_LIST || row->kind == CFN_ROW_TABLE) {
        cfn_text_put(out, row->kind == CFN_ROW_LIST ? "list of " : "mapping of ");
        put_count(out, row);
        cfn_text_put(out, row->kind == CFN_ROW_LIST ? "items, each " : "entries, each ");
        put_item_type(out, row);
    } else if (row->kind == CFN_ROW_INT || row->kind == CFN_ROW_BOOL) {
        cfn__must_be(out, row);
    } else {
        put_item_type(out, row);
    }
}

static void put_default(struct cfn_text *out, const struct cfn_row *row) {
    if (!row->fallback) {
        cfn_text_put(out, row->required ? "required" : "none");
        return;
    }
    struct cfn_arena arena = {0};
    const struct cfn__node *node = cfn__value_node(&arena, row, row->fallback, NULL);
    cfn_text_put(out, "`");
    put_cell(out, cfn__flow_text(&arena, node));
    cfn_text_put(out, "`");
    cfn_arena_done(&arena);
}

static void put_row(struct cfn_text *out, const struct cfn_row *row) {
    cfn_text_printf(out, "| `%s` | ", row->name);
    put_type(out, row);
    cfn_text_put(out, " | ");
    put_default(out, row);
    cfn_text_put(out, " | ");
    put_cell(out, row->help ? row->help : "");
    cfn_text_put(out, " |\n");
}

static bool has_settings(const struct cfn_row *rows) {
    for (; rows && rows->name; rows++)
        if (rows->kind != CFN_ROW_SECTION)
            return true;
    return false;
}

static void put_table(struct cfn_text *out, const struct cfn_row *rows) {
    if (!has_settings(rows))
        return;
    cfn_text_put(out, "\n| Setting | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
    for (; rows && rows->name; rows++)
        if (rows->kind != CFN_ROW_SECTION)
            put_row(out, rows);
}

static void put_sections(struct cfn_text *out, const struct cfn_row *rows, const char *path,
                         struct cfn_arena *arena, const char *level) {
    for (; rows && rows->name; rows++) {
        if (rows->kind != CFN_ROW_SECTION)
            continue;
        const char *here = cfn__path_join(arena, path, rows->name);
        cfn_text_printf(out, "\n%s %s\n\n", level, here);
        put_cell(out, rows->help ? rows->help : "");
        cfn_text_put(out, "\n");
        put_table(out, rows->rows);
        put_sections(out, rows->rows, here, arena, "###");
    }
}

static const char introduction[] =
    "A setting's value is looked for in this order: `--set path=value`, its environment variable, "
    "the overlay of the chosen\nenvironment, the base of the file, the default. Its path is that "
    "of its section, a dot and its name; its variable is\n`CFNGEN_` and the path in upper case "
    "with `_` for each dot: `CFNGEN_%s` for `%s`.\n\n"
    "`environments:` maps names to overlays, which may hold every setting below. In an overlay, "
    "sections and mappings are\nmerged key by key; a list replaces the list of the base.\n";

/* The first setting inside a section shows better how a variable is named. */
static const char *example_path(const struct cfn_config *config) {
    for (size_t i = 0; i < config->slots.count; i++)
        if (strchr(config->slots.items[i].setting.path, '.'))
            return config->slots.items[i].setting.path;
    return config->slots.count ? config->slots.items[0].setting.path : "path";
}

char *cfn_rows_reference(const struct cfn_row *rows, const char *title) {
    struct cfn_config *config = cfn__config_new(rows);
    struct cfn_text out = {0};
    const char *path = example_path(config);
    cfn_text_printf(&out, "# %s\n\n", title);
    cfn_text_printf(&out, introduction, cfn__variable_of(&config->arena, path) + strlen("CFNGEN_"),
                    path);
    put_table(&out, rows);
    put_sections(&out, rows, NULL, &config->arena, "##");
    cfn_config_free(config);
    return cfn_text_take(&out);
}

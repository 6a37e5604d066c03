/*
 * Rows as an example file. What has to be there stands as it is; every other setting is commented
 * out with its default,
 * "#key: value" without a blank, while prose is "# text": taking away every # in front of a key
 * gives a valid file too.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 100 };

struct page {
    struct cfn_text *out;
    struct cfn_config *config; /* with the presets as flags */
};

static void put_indent(struct cfn_text *out, int depth) {
    for (int i = 0; i < depth; i++)
        cfn_text_put(out, "  ");
}

/* Prose, wrapped. */
static void put_comment(struct cfn_text *out, int depth, const char *text) {
    size_t room = (size_t)(WIDTH - 2 * depth - 2);
    while (*text) {
        size_t size = strlen(text), take = size;
        if (size > room) {
            for (take = room; take > 0 && text[take] != ' ';)
                take--;
            if (take == 0)
                take = strcspn(text, " ");
        }
        put_indent(out, depth);
        cfn_text_printf(out, "# %.*s\n", (int)take, text);
        text += take;
        text += strspn(text, " ");
    }
}

/* What is not to be seen from the value itself: the range, the choices, the format. */
static void put_constraint(struct cfn_text *out, const struct cfn_row *row) {
    bool many = row->kind == CFN_ROW_LIST || row->kind == CFN_ROW_TABLE;
    if (row->kind == CFN_ROW_INT) {
        cfn__must_be(out, row);
    } else if (row->choices || row->format) {
        cfn_text_put(out, many ? "each " : "");
        cfn__must_be_item(out, row);
    }
    if (!row->fallback && !row->required)
        cfn_text_put(out, out->size ? "; none by default" : "none by default");
}

static void put_help(struct cfn_text *out, int depth, const struct cfn_row *row) {
    struct cfn_text constraint = {0}, help = {0};
    put_constraint(&constraint, row);
    cfn_text_put(&help, row->help ? row->help : row->name);
    if (constraint.size)
        cfn_text_printf(&help, " (%s)", constraint.data);
    put_comment(out, depth, help.data);
    cfn_text_done(&constraint);
    cfn_text_done(&help);
}

static void put_setting(const struct page *page, const struct cfn_row *row, const char *path,
                        int depth) {
    const struct cfn__slot *slot = cfn__slot_at(page->config, path);
    const struct cfn__node *node = cfn__resolve(page->config, slot);
    bool stands = row->required || slot->flags.count;
    put_help(page->out, depth, row);
    put_indent(page->out, depth);
    cfn_text_printf(page->out, "%s%s: ", stands ? "" : "#", row->name);
    if (node)
        cfn__flow_write(page->out, node);
    else
        cfn__example_value(page->out, row);
    cfn_text_put(page->out, "\n");
}

static void put_rows(const struct page *page, const struct cfn_row *rows, const char *path,
                     int depth) {
    for (; rows && rows->name; rows++) {
        const char *here = cfn__path_join(&page->config->arena, path, rows->name);
        if (depth == 0 || rows->kind == CFN_ROW_SECTION)
            cfn_text_put(page->out, "\n");
        if (rows->kind != CFN_ROW_SECTION) {
            put_setting(page, rows, here, depth);
            continue;
        }
        put_comment(page->out, depth, rows->help ? rows->help : rows->name);
        put_indent(page->out, depth);
        cfn_text_printf(page->out, "%s:\n", rows->name);
        put_rows(page, rows->rows, here, depth + 1);
    }
}

/* A name that the rows accept for an environment. */
static void put_environment_name(struct cfn_text *out, const struct cfn_row *rows) {
    const struct cfn_row *row = cfn__row_named(rows, "environment");
    bool chosen = row && row->choices && !cfn__is_choice(row->choices, "production");
    bool formed = row && row->format && !cfn__format_accepts(row->format, "production");
    if (chosen || formed)
        cfn__example_value(out, row);
    else
        cfn_text_put(out, "production");
}

/* A setting to show in an overlay: the first one of a section that has a default, shown as it is.
 */
static const struct cfn__slot *overlaid(const struct cfn_config *config) {
    for (size_t i = 0; i < config->slots.count; i++) {
        const struct cfn_setting *setting = &config->slots.items[i].setting;
        bool tells = setting->row->kind == CFN_ROW_INT || setting->row->kind == CFN_ROW_CHOICE;
        if (tells && strchr(setting->path, '.') && setting->row->fallback)
            return &config->slots.items[i];
    }
    return NULL;
}

static void put_overlay(const struct page *page, const struct cfn__slot *slot) {
    struct cfn_text *out = page->out;
    int depth = 2;
    for (const char *path = slot->setting.path; path; depth++) {
        size_t size = strcspn(path, ".");
        put_indent(out, depth);
        cfn_text_printf(out, "#%.*s:%s", (int)size, path, path[size] ? "\n" : " ");
        path = path[size] ? path + size + 1 : NULL;
    }
    cfn__flow_write(out, cfn__resolve(page->config, slot));
    cfn_text_put(out, "\n");
}

static void put_environments(const struct page *page) {
    const struct cfn__slot *slot = overlaid(page->config);
    cfn_text_put(page->out, "\n");
    put_comment(page->out, 0,
                "settings that differ, by environment: merged over those above when it is chosen");
    cfn_text_put(page->out, "#environments:\n  #");
    put_environment_name(page->out, page->config->rows);
    cfn_text_put(page->out, slot ? ":\n" : ": {}\n");
    if (slot)
        put_overlay(page, slot);
}

char *cfn_rows_example(const struct cfn_row *rows, const char *title, const char *const *presets) {
    struct cfn_text out = {0};
    struct page page = {&out, cfn__config_new(rows)};
    struct cfn_diags *unseen = cfn_diags_new();
    cfn__flags_read(page.config, presets, unseen);
    cfn_diags_free(unseen);
    put_comment(&out, 0, title);
    cfn_text_put(&out, "#\n");
    put_comment(
        &out, 0,
        "Settings behind a # have the value that is shown; to change one, take its # away.");
    put_rows(&page, rows, NULL, 0);
    put_environments(&page);
    cfn_config_free(page.config);
    return cfn_text_take(&out);
}

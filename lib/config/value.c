/* A node as its row wants it: the one parser of values, whatever their origin. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_KEY = 128 };

/* "must be ..., not '...'", the same for every kind. */
static int refuse(const struct cfn__reading *r, const struct cfn_row *row,
                  const struct cfn__node *node, const char *path, const char *code, bool item) {
    struct cfn_text must_be = {0};
    struct cfn__quote quote;
    if (item)
        cfn__must_be_item(&must_be, row);
    else
        cfn__must_be(&must_be, row);
    cfn__refuse(r->diags, code, node, path, "must be %s, not %s", must_be.data,
                cfn__quoted(node, &quote));
    cfn_text_done(&must_be);
    return -1;
}

static bool is_scalar(const struct cfn__node *node) {
    return node->kind == CFN__SCALAR && !node->nothing;
}

static void hint_choice(const struct cfn__reading *r, const struct cfn_row *row, const char *word) {
    CFN_ARRAY(const char *) list = {0};
    for (const char *rest = row->choices; rest;) {
        struct cfn__choice choice = cfn__next_choice(&rest);
        *CFN_PUSH(&list) = cfn_arena_copy(r->arena, choice.text, choice.size);
    }
    *CFN_PUSH(&list) = NULL;
    cfn__hint_nearest(r->diags, word, list.items);
    free(list.items);
}

static void hint_format(const struct cfn__reading *r, const struct cfn_text_format *format,
                        const char *text) {
    char guess[64] = "";
    if (!format->suggest || !cfn__is_worth_a_hint(r->diags))
        return;
    format->suggest(text, guess);
    if (guess[0] && strcmp(guess, text) != 0 && cfn__format_takes(format, guess, r->patterns))
        cfn_hint(r->diags, "did you mean '%s'?", guess);
}

/* A text, a choice, or an item of a list or a table. */
static int check_scalar(const struct cfn__reading *r, const struct cfn_row *row,
                        const struct cfn__node *node, const char *path) {
    if (!is_scalar(node))
        return refuse(r, row, node, path, "config.type", true);
    if (row->choices && !cfn__is_choice(row->choices, node->text)) {
        refuse(r, row, node, path, "config.choice", true);
        hint_choice(r, row, node->text);
        return -1;
    }
    if (row->format && !cfn__format_takes(row->format, node->text, r->patterns)) {
        refuse(r, row, node, path, "config.format", true);
        hint_format(r, row->format, node->text);
        return -1;
    }
    return 0;
}

static int read_text(const struct cfn__reading *r, const struct cfn_row *row,
                     const struct cfn__node *node, const char *path, void *member) {
    if (check_scalar(r, row, node, path) != 0)
        return -1;
    if (member)
        *(const char **)member = node->text;
    return 0;
}

/* What YAML 1.1 took for a boolean is told what it would have to be. */
static void hint_bool(const char *text, struct cfn_diags *diags) {
    static const struct {
        const char *text, *meant;
    } others[] = {
        {"yes", "true"},  {"no", "false"},  {"on", "true"},     {"off", "false"},
        {"y", "true"},    {"n", "false"},   {"1", "true"},      {"0", "false"},
        {"Yes", "true"},  {"No", "false"},  {"On", "true"},     {"Off", "false"},
        {"YES", "true"},  {"NO", "false"},  {"ON", "true"},     {"OFF", "false"},
        {"True", "true"}, {"TRUE", "true"}, {"False", "false"}, {"FALSE", "false"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(text, others[i].text) == 0)
            cfn_hint(diags, "write %s", others[i].meant);
}

static int read_bool(const struct cfn__reading *r, const struct cfn_row *row,
                     const struct cfn__node *node, const char *path, void *member) {
    bool truth = is_scalar(node) && strcmp(node->text, "true") == 0;
    if (!truth && !(is_scalar(node) && strcmp(node->text, "false") == 0)) {
        refuse(r, row, node, path, "config.type", false);
        if (is_scalar(node))
            hint_bool(node->text, r->diags);
        return -1;
    }
    if (member)
        *(bool *)member = truth;
    return 0;
}

/* Decimal, without a plus and without leading zeros, which other readers take for octal. */
static bool is_integer(const char *text) {
    text += *text == '-';
    size_t digits = strspn(text, "0123456789");
    return digits && text[digits] == '\0' && (text[0] != '0' || digits == 1);
}

static int read_int(const struct cfn__reading *r, const struct cfn_row *row,
                    const struct cfn__node *node, const char *path, void *member) {
    if (!is_scalar(node) || !is_integer(node->text))
        return refuse(r, row, node, path, "config.type", false);
    struct cfn__quote quote;
    errno = 0;
    long number = strtol(node->text, NULL, 10), min, max;
    bool bounded = cfn__has_bounds(row, &min, &max);
    if (errno == ERANGE && !bounded)
        return cfn__refuse(r->diags, "config.range", node, path,
                           "must be an integer of at most 18 digits, not %s",
                           cfn__quoted(node, &quote));
    if (errno == ERANGE || (bounded && (number < min || number > max)))
        return refuse(r, row, node, path, "config.range", false);
    if (member)
        *(long *)member = number;
    return 0;
}

/* How many items a list or a table may have. */
static int check_count(const struct cfn__reading *r, const struct cfn_row *row,
                       const struct cfn__node *node, const char *path) {
    long count = (long)node->count;
    if (row->max <= 0 || (count >= row->min && count <= row->max))
        return 0;
    if (row->min == row->max)
        return cfn__refuse(r->diags, "config.range", node, path, "must have %ld item%s, not %ld",
                           row->min, row->min == 1 ? "" : "s", count);
    return cfn__refuse(r->diags, "config.range", node, path, "must have %ld to %ld items, not %ld",
                       row->min, row->max, count);
}

static int read_list(const struct cfn__reading *r, const struct cfn_row *row,
                     const struct cfn__node *node, const char *path, void *member) {
    if (node->kind != CFN__SEQUENCE)
        return refuse(r, row, node, path, "config.type", false);
    int status = check_count(r, row, node, path);
    const char **items = cfn_arena_take(r->arena, node->count * sizeof *items);
    for (size_t i = 0; i < node->count; i++) {
        const struct cfn__node *item = node->members[i].value;
        status |= check_scalar(r, row, item, cfn_arena_text(r->arena, "%s.%zu", path, i));
        items[i] = item->text;
    }
    if (member)
        *(struct cfn_texts *)member = (struct cfn_texts){items, node->count};
    return status;
}

static int check_entry(const struct cfn__reading *r, const struct cfn_row *row,
                       const struct cfn__member *entry, const char *path) {
    const char *key = entry->key->text;
    size_t length = cfn_utf8_count(key);
    struct cfn__quote quote;
    if (length == 0 || length > LONGEST_KEY)
        return cfn__refuse(r->diags, "config.type", entry->key, path,
                           "must have keys of 1 to %d characters, not %s", LONGEST_KEY,
                           cfn__quoted_text(key, &quote));
    return check_scalar(r, row, entry->value, cfn__path_join(r->arena, path, key));
}

static int read_table(const struct cfn__reading *r, const struct cfn_row *row,
                      const struct cfn__node *node, const char *path, void *member) {
    if (node->kind != CFN__MAPPING)
        return refuse(r, row, node, path, "config.type", false);
    int status = check_count(r, row, node, path);
    struct cfn_entry *entries = cfn_arena_take(r->arena, node->count * sizeof *entries);
    for (size_t i = 0; i < node->count; i++) {
        const struct cfn__member *entry = &node->members[i];
        status |= check_entry(r, row, entry, path);
        entries[i] = (struct cfn_entry){entry->key->text, entry->value->text};
    }
    if (member)
        *(struct cfn_table *)member = (struct cfn_table){entries, node->count};
    return status;
}

int cfn__value_read(const struct cfn__reading *r, const struct cfn_row *row,
                    const struct cfn__node *node, const char *path, void *member) {
    switch (row->kind) {
    case CFN_ROW_TEXT:
    case CFN_ROW_CHOICE:
        return read_text(r, row, node, path, member);
    case CFN_ROW_BOOL:
        return read_bool(r, row, node, path, member);
    case CFN_ROW_INT:
        return read_int(r, row, node, path, member);
    case CFN_ROW_LIST:
        return read_list(r, row, node, path, member);
    case CFN_ROW_TABLE:
        return read_table(r, row, node, path, member);
    case CFN_ROW_SECTION:
        break;
    }
    return refuse(r, row, node, path, "config.type", false);
}

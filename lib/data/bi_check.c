/* Whether definitions are whole. */
#include "bi.h"

#include <cfngen/aws.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { GRID = 24 };

struct check {
    const json_t *definitions;
    struct cfn_diags *diags;
    int code;
};

static const char *text_of(const json_t *object, const char *name) {
    return cfn_output_text(object, name);
}

/* Which kinds of values a member may have; an asterisk: it may be missing. */
struct member {
    const char *name, *kinds; /* "text", "list*", "object", "whole", "truth*", "text|null" */
};

static CFN_PRINTF(4, 5) void wrong(struct check *check, const char *kind, const json_t *object,
                                   const char *format, ...) {
    struct cfn_text message = {0}, path = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&message, format, arguments);
    va_end(arguments);
    cfn_text_printf(&path, "%s %s", kind, text_of(object, "key"));
    check->code = cfn_fail(check->diags, "bi.definition", (struct cfn_place){0}, path.data, "%s",
                           message.data);
    cfn_text_done(&message);
    cfn_text_done(&path);
}

static bool is_kind(const char *kinds, const json_t *value) {
    return !value                   ? strchr(kinds, '*') != NULL
           : json_is_string(value)  ? strstr(kinds, "text") != NULL
           : json_is_array(value)   ? strstr(kinds, "list") != NULL
           : json_is_object(value)  ? strstr(kinds, "object") != NULL
           : json_is_integer(value) ? strstr(kinds, "whole") != NULL
           : json_is_boolean(value) ? strstr(kinds, "truth") != NULL
           : json_is_null(value)    ? strstr(kinds, "null") != NULL
                                    : false;
}

static const struct member *find_member(const struct member *members, const char *name) {
    for (; members->name; members++)
        if (strcmp(members->name, name) == 0)
            return members;
    return NULL;
}

static void check_members(struct check *check, const char *kind, const json_t *owner,
                          const json_t *object, const struct member *members) {
    const char *key;
    json_t *value;
    json_object_foreach(((json_t *)(uintptr_t)object), key, value) {
        if (!find_member(members, key))
            wrong(check, kind, owner, "has no member '%s'", key);
    }
    for (; members->name; members++)
        if (!is_kind(members->kinds, json_object_get(object, members->name)))
            wrong(check, kind, owner, "'%s' must be %s", members->name, members->kinds);
}

/* -- keys and names ---------------------------------------------------------------------------- */

static bool is_slug(const char *key) {
    return *key && !key[strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

static const json_t *find(const struct check *check, const char *list, const char *key) {
    const json_t *objects = json_object_get(check->definitions, list);
    for (size_t i = 0; i < json_array_size(objects); i++)
        if (strcmp(text_of(json_array_get(objects, i), "key"), key) == 0)
            return json_array_get(objects, i);
    return NULL;
}

/* Keys are unique among a kind, names within a collection, by which Metabase's own is found. */
static void check_unique(struct check *check, const char *kind, const json_t *list,
                         const char *within) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (!is_slug(text_of(one, "key")))
            wrong(check, kind, one, "a key has small letters, digits and hyphens");
        if (!*text_of(one, "name"))
            wrong(check, kind, one, "needs a name");
        for (size_t j = 0; j < i; j++) {
            const json_t *other = json_array_get(list, j);
            if (strcmp(text_of(one, "key"), text_of(other, "key")) == 0)
                wrong(check, kind, one, "the key is used twice");
            if (strcmp(text_of(one, "name"), text_of(other, "name")) == 0 &&
                strcmp(text_of(one, within), text_of(other, within)) == 0)
                wrong(check, kind, one, "its name is that of %s, in the same collection",
                      text_of(other, "key"));
        }
    }
}

static void check_choice(struct check *check, const char *kind, const json_t *owner,
                         const char *name, const char *value, const char *choices) {
    struct cfn_text whole = {0};
    cfn_text_printf(&whole, "|%s|", value);
    if (!strstr(choices, whole.data))
        wrong(check, kind, owner, "%s must be one of %.*s, not '%s'", name,
              (int)strlen(choices) - 2, choices + 1, value);
    cfn_text_done(&whole);
}

/* -- kinds ------------------------------------------------------------------------------------- */

static void check_database(struct check *check) {
    static const struct member members[] = {{"key", "text"},
                                            {"name", "text"},
                                            {"engine", "text"},
                                            {"description", "text*"},
                                            {"details", "object"},
                                            {"is_full_sync", "truth*"},
                                            {"is_on_demand", "truth*"},
                                            {"auto_run_queries", "truth*"},
                                            {NULL, NULL}};
    static const struct member outside[] = {{"env", "text"},
                                            {"default", "text whole truth*"},
                                            {"type", "text*"},
                                            {"secret", "truth*"},
                                            {NULL, NULL}};
    const json_t *database = json_object_get(check->definitions, "database");
    const char *key;
    json_t *value;
    check_members(check, "database", database, database, members);
    json_object_foreach(json_object_get(database, "details"), key, value) {
        if (json_is_object(value))
            check_members(check, "database", database, value, outside);
        else if (strcmp(key, "password") == 0)
            wrong(check, "database", database, "a password must not stand in the definitions");
    }
}

static void check_collections(struct check *check) {
    static const struct member members[] = {{"key", "text"},
                                            {"name", "text"},
                                            {"description", "text|null*"},
                                            {"parent", "text|null*"},
                                            {NULL, NULL}};
    const json_t *list = json_object_get(check->definitions, "collections");
    check_unique(check, "collection", list, "parent");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        const char *parent = text_of(one, "parent");
        bool before = !*parent;
        check_members(check, "collection", one, one, members);
        for (size_t j = 0; j < i; j++)
            before |= strcmp(text_of(json_array_get(list, j), "key"), parent) == 0;
        if (!before)
            wrong(check, "collection", one, "its parent must stand before it: '%s'", parent);
    }
}

static bool has_variable(const json_t *card, const char *name, size_t size) {
    const json_t *variables = json_object_get(card, "variables");
    for (size_t i = 0; i < json_array_size(variables); i++) {
        const char *other = text_of(json_array_get(variables, i), "name");
        if (strlen(other) == size && strncmp(other, name, size) == 0)
            return true;
    }
    return false;
}

static bool uses(const char *query, const char *name) {
    size_t size = strlen(name);
    for (const char *at = query; (at = strstr(at, "{{")); at += 2) {
        const char *begin = at + 2 + strspn(at + 2, " ");
        if (strncmp(begin, name, size) == 0 && begin[size + strspn(begin + size, " ")] == '}')
            return true;
    }
    return false;
}

/* Every variable of the query stands in `variables`, and the other way round. */
static void check_variables(struct check *check, const json_t *card) {
    static const struct member members[] = {
        {"name", "text"}, {"label", "text"}, {"type", "text"}, {NULL, NULL}};
    const char *query = text_of(card, "query");
    const json_t *variables = json_object_get(card, "variables");
    for (const char *at = query; (at = strstr(at, "{{")); at += 2) {
        const char *begin = at + 2 + strspn(at + 2, " ");
        size_t size = strcspn(begin, " }");
        if (!has_variable(card, begin, size))
            wrong(check, "card", card, "the query's variable '%.*s' is not among its variables",
                  (int)size, begin);
    }
    for (size_t i = 0; i < json_array_size(variables); i++) {
        const json_t *variable = json_array_get(variables, i);
        check_members(check, "card", card, variable, members);
        check_choice(check, "card", card, "a variable's type", text_of(variable, "type"),
                     "|date|text|number|");
        if (!uses(query, text_of(variable, "name")))
            wrong(check, "card", card, "the query does not use the variable '%s'",
                  text_of(variable, "name"));
    }
}

static void check_cards(struct check *check) {
    static const struct member members[] = {{"key", "text"},
                                            {"name", "text"},
                                            {"description", "text|null*"},
                                            {"collection", "text"},
                                            {"display", "text"},
                                            {"sql", "text*"},
                                            {"query", "text"},
                                            {"variables", "list*"},
                                            {"visualization_settings", "object*"},
                                            {NULL, NULL}};
    const json_t *list = json_object_get(check->definitions, "cards");
    check_unique(check, "card", list, "collection");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *card = json_array_get(list, i);
        check_members(check, "card", card, card, members);
        if (!find(check, "collections", text_of(card, "collection")))
            wrong(check, "card", card, "there is no collection '%s'", text_of(card, "collection"));
        check_choice(check, "card", card, "display", text_of(card, "display"),
                     "|scalar|line|area|bar|row|pie|table|combo|");
        check_variables(check, card);
    }
}

static void check_entry(struct check *check, const json_t *dashboard, const json_t *entry) {
    static const struct member members[] = {
        {"card", "text*"},   {"text", "text*"},   {"row", "whole"}, {"col", "whole"},
        {"size_x", "whole"}, {"size_y", "whole"}, {NULL, NULL}};
    const char *card = text_of(entry, "card");
    json_int_t col = json_integer_value(json_object_get(entry, "col")),
               width = json_integer_value(json_object_get(entry, "size_x"));
    check_members(check, "dashboard", dashboard, entry, members);
    if (!json_object_get(entry, "card") == !json_object_get(entry, "text"))
        wrong(check, "dashboard", dashboard, "an entry has either a card or a text");
    if (*card && !find(check, "cards", card))
        wrong(check, "dashboard", dashboard, "there is no card '%s'", card);
    if (col < 0 || width < 1 || col + width > GRID)
        wrong(check, "dashboard", dashboard, "the grid has %d columns: col %lld, size_x %lld", GRID,
              (long long)col, (long long)width);
}

static void check_dashboards(struct check *check) {
    static const struct member members[] = {{"key", "text"},
                                            {"name", "text"},
                                            {"description", "text|null*"},
                                            {"collection", "text"},
                                            {"filters", "list*"},
                                            {"cards", "list"},
                                            {NULL, NULL}},
                               filter[] = {{"name", "text"},
                                           {"label", "text"},
                                           {"type", "text"},
                                           {"default", "text whole list null*"},
                                           {NULL, NULL}};
    const json_t *list = json_object_get(check->definitions, "dashboards");
    check_unique(check, "dashboard", list, "collection");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i), *filters = json_object_get(one, "filters"),
                     *entries = json_object_get(one, "cards");
        check_members(check, "dashboard", one, one, members);
        if (!find(check, "collections", text_of(one, "collection")))
            wrong(check, "dashboard", one, "there is no collection '%s'",
                  text_of(one, "collection"));
        for (size_t j = 0; j < json_array_size(filters); j++) {
            check_members(check, "dashboard", one, json_array_get(filters, j), filter);
            check_choice(check, "dashboard", one, "a filter's type",
                         text_of(json_array_get(filters, j), "type"),
                         "|date/single|category|number/=|");
        }
        for (size_t j = 0; j < json_array_size(entries); j++)
            check_entry(check, one, json_array_get(entries, j));
    }
}

int cfn_bi_check(const json_t *definitions, struct cfn_diags *diags) {
    struct check check = {definitions, diags, 0};
    check_database(&check);
    check_collections(&check);
    check_cards(&check);
    check_dashboards(&check);
    return check.code;
}

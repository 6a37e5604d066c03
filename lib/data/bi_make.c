/* Definitions as Metabase takes them. */
#include "bi.h"

#include "aws/files.h"

#include <cfngen/aws.h>
#include <stdlib.h>
#include <string.h>

json_int_t cfn__bi_id(const json_t *ids, const char *key) {
    const json_t *id = json_object_get(ids, key);
    return json_is_integer(id) ? json_integer_value(id) : -1;
}

static const char *text_of(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void copy(json_t *to, const json_t *from, const char *name) {
    json_t *value = json_object_get(from, name);
    json_object_set_new(to, name, value ? json_deep_copy(value) : json_null());
}

static json_t *id_or_null(const json_t *ids, const char *key) {
    return key && *key ? json_integer(cfn__bi_id(ids, key)) : json_null();
}

/* Free, but the same at every run: of a digest. */
static void digest(const char *kind, const char *key, const char *name, char hex[65]) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s/%s/%s", kind, key, name);
    cfn_sha256(text.data, text.size, hex);
    cfn_text_done(&text);
}

/* -- collections ------------------------------------------------------------------------------- */

json_t *cfn__bi_collection(const json_t *collection, const struct cfn__bi_ids *ids) {
    json_t *body = json_object();
    copy(body, collection, "name");
    copy(body, collection, "description");
    json_object_set_new(body, "parent_id",
                        id_or_null(ids->collections, text_of(collection, "parent")));
    return body;
}

/* -- cards ------------------------------------------------------------------------------------- */

/* As a UUID of version 4 is written. */
static json_t *tag_of(const char *card, const json_t *variable) {
    char hex[65], uuid[37];
    digest("tag", card, text_of(variable, "name"), hex);
    memcpy(uuid, hex, 8);
    memcpy(uuid + 9, hex + 8, 4);
    memcpy(uuid + 14, hex + 12, 4);
    memcpy(uuid + 19, hex + 16, 4);
    memcpy(uuid + 24, hex + 20, 12);
    uuid[8] = uuid[13] = uuid[18] = uuid[23] = '-';
    uuid[14] = '4';
    uuid[19] = '8';
    uuid[36] = '\0';
    return json_pack("{s:s, s:s, s:s, s:s, s:b}", "id", uuid, "name", text_of(variable, "name"),
                     "display-name", text_of(variable, "label"), "type", text_of(variable, "type"),
                     "required", 0);
}

static json_t *query_of(const json_t *card, json_int_t database) {
    json_t *tags = json_object();
    const json_t *variables = json_object_get(card, "variables");
    for (size_t i = 0; i < json_array_size(variables); i++) {
        const json_t *variable = json_array_get(variables, i);
        json_object_set_new(tags, text_of(variable, "name"),
                            tag_of(text_of(card, "key"), variable));
    }
    return json_pack("{s:I, s:s, s:{s:s, s:o}}", "database", database, "type", "native", "native",
                     "query", text_of(card, "query"), "template-tags", tags);
}

json_t *cfn__bi_card(const json_t *card, const char *database, const struct cfn__bi_ids *ids) {
    json_t *body = json_object();
    copy(body, card, "name");
    copy(body, card, "description");
    copy(body, card, "display");
    copy(body, card, "visualization_settings");
    json_object_set_new(body, "type", json_string("question"));
    json_object_set_new(body, "collection_id",
                        id_or_null(ids->collections, text_of(card, "collection")));
    json_object_set_new(body, "dataset_query",
                        query_of(card, cfn__bi_id(ids->databases, database)));
    return body;
}

/* -- dashboards -------------------------------------------------------------------------------- */

static const json_t *find(const json_t *objects, const char *member, const char *value) {
    for (size_t i = 0; i < json_array_size(objects); i++)
        if (strcmp(text_of(json_array_get(objects, i), member), value) == 0)
            return json_array_get(objects, i);
    return NULL;
}

static void parameter_id(const json_t *dashboard, const json_t *filter, char id[9]) {
    char hex[65];
    digest("parameter", text_of(dashboard, "key"), text_of(filter, "name"), hex);
    memcpy(id, hex, 8);
    id[8] = '\0';
}

/* Metabase sorts kinds of filters into sections: "date/single" is of "date", "category" of
 * "string". */
static json_t *parameter_of(const json_t *dashboard, const json_t *filter) {
    const char *type = text_of(filter, "type");
    char id[9], section[16];
    size_t size = strcspn(type, "/");
    parameter_id(dashboard, filter, id);
    memcpy(section, type, size < 15 ? size : 15);
    section[size < 15 ? size : 15] = '\0';
    json_t *parameter =
        json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", id, "name", text_of(filter, "label"), "slug",
                  text_of(filter, "name"), "type", type, "sectionId",
                  strcmp(section, "category") == 0 ? "string" : section);
    if (json_object_get(filter, "default"))
        copy(parameter, filter, "default");
    return parameter;
}

/* A filter goes to the variable of its name, of every card that has one. */
static json_t *mappings_of(const json_t *dashboard, const json_t *card, json_int_t number) {
    json_t *mappings = json_array();
    const json_t *filters = json_object_get(dashboard, "filters");
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const json_t *filter = json_array_get(filters, i);
        const char *name = text_of(filter, "name");
        char id[9];
        if (!find(json_object_get(card, "variables"), "name", name))
            continue;
        parameter_id(dashboard, filter, id);
        json_array_append_new(mappings,
                              json_pack("{s:s, s:I, s:[s, [ss]]}", "parameter_id", id, "card_id",
                                        number, "target", "variable", "template-tag", name));
    }
    return mappings;
}

static json_t *text_settings(const char *text) {
    return json_pack("{s:{s:n, s:s, s:{}, s:{}, s:b}, s:s}", "virtual_card", "name", "display",
                     "text", "visualization_settings", "dataset_query", "archived", 0, "text",
                     text);
}

static json_t *dashcard_of(const json_t *dashboard, const json_t *entry, size_t index,
                           const json_t *cards, const struct cfn__bi_ids *ids) {
    static const char *const places[] = {"row", "col", "size_x", "size_y"};
    const char *key = text_of(entry, "card");
    json_int_t number = cfn__bi_id(ids->cards, key);
    json_t *dashcard = json_pack("{s:I}", "id", -(json_int_t)index - 1);
    for (size_t i = 0; i < 4; i++)
        copy(dashcard, entry, places[i]);
    json_object_set_new(dashcard, "card_id", *key ? json_integer(number) : json_null());
    json_object_set_new(dashcard, "parameter_mappings",
                        *key ? mappings_of(dashboard, find(cards, "key", key), number)
                             : json_array());
    json_object_set_new(dashcard, "visualization_settings",
                        *key ? json_object() : text_settings(text_of(entry, "text")));
    return dashcard;
}

json_t *cfn__bi_dashboard(const json_t *dashboard, const json_t *cards,
                          const struct cfn__bi_ids *ids) {
    const json_t *entries = json_object_get(dashboard, "cards"),
                 *filters = json_object_get(dashboard, "filters");
    json_t *body = json_object(), *parameters = json_array(), *dashcards = json_array();
    for (size_t i = 0; i < json_array_size(filters); i++)
        json_array_append_new(parameters, parameter_of(dashboard, json_array_get(filters, i)));
    for (size_t i = 0; i < json_array_size(entries); i++)
        json_array_append_new(dashcards,
                              dashcard_of(dashboard, json_array_get(entries, i), i, cards, ids));
    copy(body, dashboard, "name");
    copy(body, dashboard, "description");
    json_object_set_new(body, "collection_id",
                        id_or_null(ids->collections, text_of(dashboard, "collection")));
    json_object_set_new(body, "parameters", parameters);
    json_object_set_new(body, "dashcards", dashcards);
    return body;
}

/* -- databases --------------------------------------------------------------------------------- */

/* A member of details that comes from outside; NULL with a diagnostic. */
static json_t *value_of(const struct cfn_bi *bi, const json_t *wanted, struct cfn_diags *diags) {
    const char *name = text_of(wanted, "env");
    bool secret = json_is_true(json_object_get(wanted, "secret"));
    json_t *fallback = json_object_get(wanted, "default"), *value = NULL;
    char *text = bi->value ? bi->value(bi->self, name, secret) : NULL;
    if (text && strcmp(text_of(wanted, "type"), "number") != 0)
        value = json_string(text);
    else if (text && *text && !text[strspn(text, "0123456789")] && strlen(text) < 10)
        value = json_integer(strtol(text, NULL, 10));
    else if (text)
        cfn_fail(diags, "bi.value", (struct cfn_place){0}, NULL, "%s must be a number", name);
    else if (fallback)
        value = json_deep_copy(fallback);
    else
        cfn_fail(diags, "bi.value", (struct cfn_place){0}, NULL, "%s has no value", name);
    cfn__secret_free(text);
    return value;
}

static int put_detail(const struct cfn_bi *bi, json_t *details, const char *key, json_t *value,
                      bool with_secrets, struct cfn_diags *diags) {
    bool secret = json_is_true(json_object_get(value, "secret"));
    if (secret && !with_secrets)
        return 0;
    json_t *resolved = json_is_object(value) ? value_of(bi, value, diags) : json_incref(value);
    if (!resolved)
        return -1;
    return json_object_set_new(details, key, resolved);
}

json_t *cfn__bi_database(const struct cfn_bi *bi, const json_t *database, bool with_secrets,
                         struct cfn_diags *diags) {
    static const char *const members[] = {"name",         "engine",       "description",
                                          "is_full_sync", "is_on_demand", "auto_run_queries"};
    json_t *body = json_object(), *details = json_object(), *value;
    const char *key;
    int code = 0;
    json_object_set_new(body, "details", details);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (json_object_get(database, members[i]))
            copy(body, database, members[i]);
    json_object_foreach(json_object_get(database, "details"), key, value) {
        code |= put_detail(bi, details, key, value, with_secrets, diags);
    }
    if (code == 0)
        return body;
    json_decref(body);
    return NULL;
}

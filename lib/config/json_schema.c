/*
 * Rows as a JSON Schema, draft 2020-12, for editors.
 *
 * Every top-level row is a definition, without what is required: the root and the overlays of
 * `environments` both refer to it, and the root says beside it what it requires.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* jansson says NULL for lack of memory and for nothing else that can happen here. */
static json_t *sure(json_t *value) {
    if (!value)
        free(cfn__alloc((size_t)-1)); /* reports through the hook, and aborts */
    return value;
}

static void put(json_t *object, const char *key, json_t *value) {
    json_object_set_new(object, key, sure(value));
}

static void add(json_t *array, json_t *value) {
    json_array_append_new(array, sure(value));
}

static bool would_accept(const struct cfn_row *row, const char *text) {
    return !row->format || cfn__format_accepts(row->format, text);
}

/* A text is any scalar: what else than a string YAML may take it for. */
static json_t *text_type(const struct cfn_row *row) {
    json_t *types = json_pack("[s]", "string");
    if (would_accept(row, "1") || would_accept(row, "1.5"))
        add(types, json_string("number"));
    if (!row->format)
        add(types, json_string("boolean"));
    return json_array_size(types) > 1 ? types : (json_decref(types), json_string("string"));
}

/* A choice that looks like a number or a boolean is one where it stands without quotes. */
static json_t *choices_of(const struct cfn_row *row) {
    json_t *list = sure(json_array());
    for (const char *rest = row->choices; rest;) {
        struct cfn__choice choice = cfn__next_choice(&rest);
        add(list, json_stringn(choice.text, choice.size));
        json_t *other = json_loadb(choice.text, choice.size, JSON_DECODE_ANY, NULL);
        if (json_is_number(other) || json_is_boolean(other))
            json_array_append(list, other);
        json_decref(other);
    }
    return list;
}

static void describe_text(json_t *schema, const struct cfn_row *row) {
    if (row->choices) {
        put(schema, "enum", choices_of(row));
        return;
    }
    put(schema, "type", text_type(row));
    if (row->format && row->format->pattern)
        put(schema, "pattern", json_string(row->format->pattern));
    if (row->format && row->format->example)
        put(schema, "examples", json_pack("[s]", row->format->example));
}

static void describe_int(json_t *schema, const struct cfn_row *row) {
    long min, max;
    put(schema, "type", json_string("integer"));
    if (!cfn__has_bounds(row, &min, &max))
        return;
    put(schema, "minimum", json_integer(min));
    if (max != LONG_MAX)
        put(schema, "maximum", json_integer(max));
}

static void describe_items(json_t *schema, const struct cfn_row *row) {
    bool list = row->kind == CFN_ROW_LIST;
    json_t *item = sure(json_object());
    describe_text(item, row);
    put(schema, "type", json_string(list ? "array" : "object"));
    put(schema, list ? "items" : "additionalProperties", item);
    if (row->max <= 0)
        return;
    put(schema, list ? "minItems" : "minProperties", json_integer(row->min));
    put(schema, list ? "maxItems" : "maxProperties", json_integer(row->max));
}

static json_t *scalar_json(const struct cfn_row *row, const char *text) {
    if (row->kind == CFN_ROW_BOOL)
        return json_boolean(strcmp(text, "true") == 0);
    return row->kind == CFN_ROW_INT ? json_integer(strtol(text, NULL, 10)) : json_string(text);
}

static json_t *default_of(const struct cfn_row *row) {
    struct cfn_arena arena = {0};
    const struct cfn__node *node = cfn__value_node(&arena, row, row->fallback, NULL);
    json_t *value = node->kind == CFN__SCALAR     ? scalar_json(row, node->text)
                    : node->kind == CFN__SEQUENCE ? json_array()
                                                  : json_object();
    for (size_t i = 0; i < node->count; i++) {
        const char *text = node->members[i].value->text;
        if (node->kind == CFN__SEQUENCE)
            add(value, json_string(text));
        else
            put(value, node->members[i].key->text, json_string(text));
    }
    cfn_arena_done(&arena);
    return value;
}

static json_t *schema_of(const struct cfn_row *row);

static json_t *properties_of(const struct cfn_row *rows) {
    json_t *properties = sure(json_object());
    for (; rows && rows->name; rows++)
        put(properties, rows->name, schema_of(rows));
    return properties;
}

static json_t *schema_of(const struct cfn_row *row) {
    json_t *schema = sure(json_object());
    if (row->help)
        put(schema, "description", json_string(row->help));
    if (row->kind == CFN_ROW_SECTION) {
        put(schema, "type", json_pack("[ss]", "object", "null"));
        put(schema, "properties", properties_of(row->rows));
        put(schema, "additionalProperties", json_false());
    } else if (row->kind == CFN_ROW_BOOL) {
        put(schema, "type", json_string("boolean"));
    } else if (row->kind == CFN_ROW_INT) {
        describe_int(schema, row);
    } else if (row->kind == CFN_ROW_LIST || row->kind == CFN_ROW_TABLE) {
        describe_items(schema, row);
    } else {
        describe_text(schema, row);
    }
    if (row->fallback)
        put(schema, "default", default_of(row));
    return schema;
}

static bool requires_something(const struct cfn_row *row) {
    bool found = row->required;
    if (row->kind == CFN_ROW_SECTION)
        for (const struct cfn_row *inner = row->rows; inner && inner->name && !found; inner++)
            found = requires_something(inner);
    return found;
}

/* Adds to an object's schema which of its rows are required, and so on inside sections. */
static void put_required(json_t *schema, const struct cfn_row *rows) {
    json_t *required = sure(json_array());
    json_t *properties = json_object_get(schema, "properties");
    for (; rows && rows->name; rows++) {
        if (!requires_something(rows))
            continue;
        add(required, json_string(rows->name));
        if (rows->kind != CFN_ROW_SECTION)
            continue;
        json_t *inner = json_object_get(properties, rows->name);
        if (!inner)
            json_object_set_new(properties, rows->name, inner = sure(json_object()));
        put(inner, "type", json_string("object"));
        if (!json_object_get(inner, "properties"))
            put(inner, "properties", json_object());
        put_required(inner, rows->rows);
    }
    if (json_array_size(required))
        put(schema, "required", json_incref(required));
    json_decref(required);
}

/* An object whose properties are the definitions. */
static json_t *object_of(const struct cfn_row *rows) {
    json_t *schema = json_pack("{s:s}", "type", "object");
    json_t *properties = sure(json_object());
    for (const struct cfn_row *row = rows; row && row->name; row++)
        put(properties, row->name, json_pack("{s:s+}", "$ref", "#/$defs/", row->name));
    put(sure(schema), "properties", properties);
    put(schema, "additionalProperties", json_false());
    return schema;
}

static json_t *environments_schema(const struct cfn_row *rows) {
    json_t *overlay = object_of(rows);
    put(overlay, "type", json_pack("[ss]", "object", "null"));
    json_t *schema =
        json_pack("{s:s, s:[ss]}", "description",
                  "settings that differ, by the name of the environment", "type", "object", "null");
    put(sure(schema), "additionalProperties", overlay);
    return schema;
}

static json_t *document(const struct cfn_row *rows, const char *title) {
    json_t *schema = json_pack("{s:s, s:s}", "$schema",
                               "https://json-schema.org/draft/2020-12/schema", "title", title);
    json_t *root = object_of(rows);
    put(json_object_get(root, "properties"), "environments", environments_schema(rows));
    put_required(root, rows);
    json_object_update(sure(schema), root);
    json_decref(root);
    put(schema, "$defs", properties_of(rows));
    return schema;
}

char *cfn_rows_json_schema(const struct cfn_row *rows, const char *title) {
    json_t *schema = document(rows, title);
    char *body = json_dumps(schema, JSON_INDENT(2));
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s\n", body ? body : "");
    free(body);
    json_decref(schema);
    return cfn_text_take(&text);
}

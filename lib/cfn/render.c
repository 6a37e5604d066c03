/* A value as YAML, so that parsers of 1.1 and of 1.2 read the same value
 * back. */
#include <base/base.h>
#include <cfngen/template.h>

#include "read.h"
#include "render.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_SIMPLE_KEY = 128, STEP = 2 };

struct emitter {
    struct cfn_text text;
    bool cyclic;
};

/* The containers around a value: one that is among them would never end. */
struct around {
    const struct around *outer;
    const json_t *container;
};

static void put_map(struct emitter *e, json_t *map, size_t column, bool begun,
                    const struct around *outer);
static void put_list(struct emitter *e, json_t *list, size_t column, bool begun,
                     const struct around *outer);

static void put_indent(struct emitter *e, size_t column) {
    for (; column > 0; column--)
        cfn_text_write(&e->text, " ", 1);
}

/* Printable ASCII only: anything else takes double quotes, where it can be escaped. */
static bool is_simple(const char *text) {
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* What can stand without quotes: begins like a word or a path, and has no ": " or " #" in it. */
static bool is_plain(const char *text) {
    size_t size = strlen(text);
    bool letter = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z');
    if (!letter && !(*text && strchr("/_$", *text)))
        return false;
    return is_simple(text) && !strstr(text, ": ") && !strstr(text, " #") &&
           !strchr(":  ", text[size - 1]) && !cfn__is_resolved(text);
}

static void put_single_quoted(struct emitter *e, const char *text) {
    cfn_text_put(&e->text, "'");
    for (; *text; text++)
        cfn_text_write(&e->text, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
    cfn_text_put(&e->text, "'");
}

static uint32_t character_at(const char *text, size_t length) {
    static const unsigned char masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t character = (unsigned char)text[0] & masks[length];
    for (size_t i = 1; i < length; i++)
        character = character << 6 | ((unsigned char)text[i] & 0x3F);
    return character;
}

/* What YAML does not let stand in a text, or takes for the end of a line. */
static bool must_escape(uint32_t c) {
    return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           c == 0xFFFE || c == 0xFFFF;
}

static void put_character(struct emitter *e, const char *text, size_t length) {
    uint32_t c = character_at(text, length);
    if (c == '"' || c == '\\')
        cfn_text_printf(&e->text, "\\%c", (int)c);
    else if (c == '\n')
        cfn_text_put(&e->text, "\\n");
    else if (c == '\t')
        cfn_text_put(&e->text, "\\t");
    else if (must_escape(c))
        cfn_text_printf(&e->text, c < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)c);
    else
        cfn_text_write(&e->text, text, length);
}

static void put_double_quoted(struct emitter *e, const char *text) {
    size_t rest = strlen(text);
    cfn_text_put(&e->text, "\"");
    while (rest > 0) {
        size_t length = cfn_utf8_length(text, rest);
        length = length ? length : 1;
        put_character(e, text, length);
        text += length;
        rest -= length;
    }
    cfn_text_put(&e->text, "\"");
}

static void put_quoted(struct emitter *e, const char *text) {
    if (is_plain(text))
        cfn_text_put(&e->text, text);
    else if (is_simple(text))
        put_single_quoted(e, text);
    else
        put_double_quoted(e, text);
}

/* Lines that can stand as they are, under a bar. */
static bool is_block(const char *text) {
    if (!strchr(text, '\n') || strchr(" \t\n", *text))
        return false;
    for (; *text; text++)
        if (*text != '\n' && *text != '\t' && (*text < ' ' || *text > '~'))
            return false;
    return true;
}

static void put_block(struct emitter *e, const char *text, size_t column) {
    size_t size = strlen(text);
    bool ends = text[size - 1] == '\n', more = ends && text[size - 2] == '\n';
    cfn_text_put(&e->text, more ? "|+" : ends ? "|" : "|-");
    while (*text) {
        size_t line = strcspn(text, "\n");
        cfn_text_put(&e->text, "\n");
        if (line > 0)
            put_indent(e, column);
        cfn_text_write(&e->text, text, line);
        text += line + (text[line] == '\n');
    }
}

/* YAML 1.1 wants a point before the exponent and a sign in it. */
static void put_number(struct emitter *e, json_t *number) {
    char *text =
        json_dumps(number, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(CFN__PRECISION));
    char *exponent = text ? strchr(text, 'e') : NULL;
    if (exponent) {
        cfn_text_write(&e->text, text, (size_t)(exponent - text));
        cfn_text_put(&e->text, strchr(text, '.') ? "e" : ".0e");
        cfn_text_printf(&e->text, "%s%s", exponent[1] == '-' ? "" : "+", exponent + 1);
    } else if (text) {
        cfn_text_put(&e->text, text);
    }
    free(text);
}

/* column is where the lines of a block would begin; 0: at the root, where there is none. */
static void put_scalar(struct emitter *e, json_t *value, size_t column) {
    if (json_is_string(value) && column > 0 && is_block(json_string_value(value)))
        put_block(e, json_string_value(value), column);
    else if (json_is_string(value))
        put_quoted(e, json_string_value(value));
    else if (json_is_number(value))
        put_number(e, value);
    else if (json_is_object(value))
        cfn_text_put(&e->text, "{}");
    else if (json_is_array(value))
        cfn_text_put(&e->text, "[]");
    else
        cfn_text_put(&e->text, json_is_null(value)   ? "null"
                               : json_is_true(value) ? "true"
                                                     : "false");
}

static bool is_container(const json_t *value) {
    return json_object_size(value) > 0 || json_array_size(value) > 0;
}

/* A container's content at column; begun: its first line is already indented. */
static void put_container(struct emitter *e, json_t *value, size_t column, bool begun,
                          const struct around *outer) {
    for (const struct around *a = outer; a; a = a->outer)
        e->cyclic |= a->container == value;
    if (e->cyclic)
        return;
    struct around here = {outer, value};
    if (json_is_object(value))
        put_map(e, value, column, begun, &here);
    else
        put_list(e, value, column, begun, &here);
}

/* A long key is no simple one: it needs its mark. */
static void put_key(struct emitter *e, const char *key, size_t column) {
    bool simple = strlen(key) <= LONGEST_SIMPLE_KEY;
    if (!simple)
        cfn_text_put(&e->text, "? ");
    put_quoted(e, key);
    if (!simple) {
        cfn_text_put(&e->text, "\n");
        put_indent(e, column);
    }
    cfn_text_put(&e->text, ":");
}

static void put_map(struct emitter *e, json_t *map, size_t column, bool begun,
                    const struct around *outer) {
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value) {
        put_indent(e, begun ? 0 : column);
        begun = false;
        put_key(e, key, column);
        if (is_container(value)) {
            cfn_text_put(&e->text, "\n");
            put_container(e, value, column + STEP, false, outer);
        } else {
            cfn_text_put(&e->text, " ");
            put_scalar(e, value, column + STEP);
            cfn_text_put(&e->text, "\n");
        }
    }
}

static void put_list(struct emitter *e, json_t *list, size_t column, bool begun,
                     const struct around *outer) {
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        put_indent(e, begun ? 0 : column);
        begun = false;
        cfn_text_put(&e->text, "- ");
        if (is_container(value)) {
            put_container(e, value, column + STEP, true, outer);
        } else {
            put_scalar(e, value, column + STEP);
            cfn_text_put(&e->text, "\n");
        }
    }
}

static char *render_yaml(json_t *value) {
    struct emitter e = {.text = {.ceiling = SIZE_MAX / 4}};
    if (is_container(value)) {
        put_container(&e, value, 0, false, NULL);
    } else {
        put_scalar(&e, value, 0);
        cfn_text_put(&e.text, "\n");
    }
    if (!e.cyclic)
        return cfn_text_take(&e.text);
    cfn_text_done(&e.text);
    return NULL;
}

char *cfn_render(const json_t *value, enum cfn_format format) {
    json_t *walkable; /* jansson iterates only over what it could change; nothing here does */
    memcpy(&walkable, &value, sizeof walkable);
    return format == CFN_FORMAT_YAML ? render_yaml(walkable) : cfn__render_json(walkable);
}

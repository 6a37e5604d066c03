/* JSON as text, byte for byte as jansson writes it with an indent of two, in a third of the time:
 * most of what a synthesis does is writing. */
#include "render.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 2048 }; /* as jansson's own parser; also ends a cycle */

static void put_escape(struct cfn_text *out, unsigned char byte) {
    static const char letters[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *known = memchr(letters, byte, sizeof letters - 1);
    if (known)
        cfn_text_printf(out, "\\%c", names[known - letters]);
    else
        cfn_text_printf(out, "\\u%04X", byte);
}

static void put_string(struct cfn_text *out, const char *text, size_t size) {
    size_t written = 0;
    cfn_text_write(out, "\"", 1);
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte >= ' ' && byte != '"' && byte != '\\')
            continue;
        cfn_text_write(out, text + written, i - written);
        put_escape(out, byte);
        written = i + 1;
    }
    cfn_text_write(out, text + written, size - written);
    cfn_text_write(out, "\"", 1);
}

static void put_line(struct cfn_text *out, size_t depth) {
    static const char blanks[] =
        "\n                                                                ";
    size_t room = (sizeof blanks - 2) / 2, first = depth < room ? depth : room;
    cfn_text_write(out, blanks, 1 + 2 * first);
    for (size_t i = first; i < depth; i++)
        cfn_text_write(out, "  ", 2);
}

static bool put_value(struct cfn_text *out, json_t *value, size_t depth);

static bool put_array(struct cfn_text *out, json_t *array, size_t depth) {
    size_t index;
    json_t *item;
    bool well = true;
    cfn_text_write(out, "[", 1);
    json_array_foreach(array, index, item) {
        if (index)
            cfn_text_write(out, ",", 1);
        put_line(out, depth + 1);
        well = well && put_value(out, item, depth + 1);
    }
    if (json_array_size(array))
        put_line(out, depth);
    cfn_text_write(out, "]", 1);
    return well;
}

static bool put_object(struct cfn_text *out, json_t *object, size_t depth) {
    const char *key;
    json_t *member;
    bool first = true, well = true;
    cfn_text_write(out, "{", 1);
    json_object_foreach(object, key, member) {
        if (!first)
            cfn_text_write(out, ",", 1);
        first = false;
        put_line(out, depth + 1);
        put_string(out, key, strlen(key));
        cfn_text_write(out, ": ", 2);
        well = well && put_value(out, member, depth + 1);
    }
    if (!first)
        put_line(out, depth);
    cfn_text_write(out, "}", 1);
    return well;
}

static void put_number(struct cfn_text *out, json_t *number) {
    char *text = json_dumps(number, JSON_ENCODE_ANY | JSON_REAL_PRECISION(CFN__PRECISION));
    cfn_text_put(out, text ? text : "null");
    free(text);
}

static bool put_value(struct cfn_text *out, json_t *value, size_t depth) {
    if (depth > DEEPEST)
        return false;
    if (json_is_object(value))
        return put_object(out, value, depth);
    if (json_is_array(value))
        return put_array(out, value, depth);
    if (json_is_string(value))
        put_string(out, json_string_value(value), json_string_length(value));
    else if (json_is_number(value))
        put_number(out, value);
    else
        cfn_text_put(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
    return true;
}

char *cfn__render_json(json_t *value) {
    struct cfn_text out = {.ceiling = SIZE_MAX / 4};
    bool well = put_value(&out, value, 0);
    cfn_text_write(&out, "\n", 1);
    if (well)
        return cfn_text_take(&out);
    cfn_text_done(&out);
    return NULL;
}

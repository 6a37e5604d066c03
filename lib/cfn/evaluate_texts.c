/* Functions that make texts and lists of others. */
#include "evaluate.h"

#include "render.h"

#include <stdlib.h>
#include <string.h>

cfn_value cfn__evaluate_join(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    struct cfn_text text = {.ceiling = CFN__MOST_RESULT + 1};
    const char *delimiter = json_string_value(json_array_get(argument, 0));
    json_t *items = json_array_get(argument, 1), *item;
    size_t index;
    bool fits = delimiter && json_is_array(items);
    json_array_foreach(items, index, item) {
        char room[32];
        const char *piece = cfn__scalar_text(item, room);
        fits = fits && piece;
        if (!fits)
            break;
        cfn_text_put(&text, index > 0 ? delimiter : "");
        cfn_text_put(&text, piece);
    }
    if (fits)
        return cfn__text_value(run, &text, path);
    cfn_text_done(&text);
    return cfn__evaluation_refuse(
        run, "evaluate.shape", path,
        "Template error: every Fn::Join object requires two parameters, (1) a "
        "string delimiter and (2) a list of strings to be joined or a function that "
        "returns a list of strings (such as Fn::GetAZs) to be joined.");
}

cfn_value cfn__evaluate_select(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    char room[32];
    const char *text = cfn__scalar_text(json_array_get(argument, 0), room);
    json_t *list = json_array_get(argument, 1);
    double index;
    if (!text || !cfn__number_of(text, &index) || !json_is_array(list))
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: Fn::Select requires a list argument with two elements: "
            "an integer index and a list");
    bool inside = index >= 0 && index < (double)json_array_size(list);
    json_t *item = inside ? json_array_get(list, (size_t)index) : NULL;
    if (!item || index > (double)(size_t)index)
        return cfn__evaluation_refuse(
            run, "evaluate.select", path,
            "Template error: Fn::Select cannot select nonexistent value at index %s", text);
    return json_incref(item);
}

cfn_value cfn__evaluate_split(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    char room[32];
    const char *delimiter = json_string_value(json_array_get(argument, 0));
    const char *text = cfn__scalar_text(json_array_get(argument, 1), room), *end;
    if (!delimiter || *delimiter == '\0' || !text)
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::Split object requires two parameters, (1) a "
            "string delimiter and (2) a string to be split or a function that "
            "returns a string to be split.");
    json_t *list = cfn_list_of(NULL, 0);
    for (; (end = strstr(text, delimiter)) != NULL; text = end + strlen(delimiter))
        json_array_append_new(list, json_stringn_nocheck(text, (size_t)(end - text)));
    json_array_append_new(list, cfn_str(text));
    return list;
}

static void put_base64(struct cfn_text *text, const unsigned char *bytes, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        unsigned second = i + 1 < size ? bytes[i + 1] : 0, third = i + 2 < size ? bytes[i + 2] : 0;
        unsigned long group = (unsigned long)bytes[i] << 16 | (unsigned long)second << 8 | third;
        char four[4] = {digits[group >> 18 & 63], digits[group >> 12 & 63],
                        i + 1 < size ? digits[group >> 6 & 63] : '=',
                        i + 2 < size ? digits[group & 63] : '='};
        cfn_text_write(text, four, sizeof four);
    }
}

cfn_value cfn__evaluate_base64(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    char room[32];
    const char *plain = cfn__scalar_text(argument, room);
    struct cfn_text text = {.ceiling = CFN__MOST_RESULT + 1};
    if (!plain)
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::Base64 object must have a String-typed "
            "value.");
    put_base64(&text, (const unsigned char *)plain, strlen(plain));
    return cfn__text_value(run, &text, path);
}

cfn_value cfn__evaluate_length(struct cfn__run *run, json_t *argument,
                               const struct cfn_path *path) {
    if (!json_is_array(argument))
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::Length object must have a list, or a "
            "function that returns one");
    return cfn_int((long long)json_array_size(argument));
}

cfn_value cfn__evaluate_json(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    if (argument == run->evaluation->nothing ||
        !(json_is_object(argument) || json_is_array(argument)))
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: every Fn::ToJsonString object must have an object or "
            "a list");
    char *text = json_dumps(argument, JSON_COMPACT | JSON_REAL_PRECISION(CFN__PRECISION));
    bool fits = text && strlen(text) <= CFN__MOST_RESULT;
    cfn_value value = fits ? cfn_str(text) : NULL;
    free(text);
    if (value)
        return value;
    return cfn__evaluation_refuse(run, "evaluate.size", path, "must not grow past %d bytes",
                                  CFN__MOST_RESULT);
}

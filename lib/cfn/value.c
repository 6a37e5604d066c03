#include <base/base.h>
#include <cfngen/value.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* jansson says NULL for lack of memory and for nothing else that can happen here. */
static cfn_value sure(json_t *value) {
    if (!value) {
        free(cfn__alloc((size_t)-1)); /* reports through the hook, and aborts */
    }
    return value;
}

static char *mended(const char *text) {
    struct cfn_text valid = {0};
    size_t rest = strlen(text);
    while (rest) {
        size_t length = cfn_utf8_length(text, rest);
        if (length)
            cfn_text_write(&valid, text, length);
        else
            cfn_text_put(&valid, "\xEF\xBF\xBD");
        text += length ? length : 1;
        rest -= length ? length : 1;
    }
    return cfn_text_take(&valid);
}

cfn_value cfn_str(const char *text) {
    if (!text)
        return NULL;
    json_t *value = json_string(text);
    if (value)
        return value;
    char *valid = mended(text);
    value = json_string(valid);
    free(valid);
    return sure(value);
}

cfn_value cfn_fmt(const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    cfn_value value = cfn_str(text.data ? text.data : "");
    cfn_text_done(&text);
    return value;
}

cfn_value cfn_int(long long number) {
    return sure(json_integer(number));
}

cfn_value cfn_real(double number) {
    return sure(json_real(number));
}

cfn_value cfn_bool(bool truth) {
    return json_boolean(truth);
}

cfn_value cfn_list_of(const cfn_value *items, size_t count) {
    json_t *list = sure(json_array());
    for (size_t i = 0; i < count; i++)
        if (items[i])
            json_array_append_new(list, items[i]);
    return list;
}

cfn_value cfn_strs_of(const char *const *items, size_t count) {
    json_t *list = sure(json_array());
    for (size_t i = 0; i < count; i++)
        if (items[i])
            json_array_append_new(list, cfn_str(items[i]));
    return list;
}

cfn_value cfn_map_of(const struct cfn_pair *pairs, size_t count) {
    json_t *map = sure(json_object());
    for (size_t i = 0; i < count; i++)
        if (pairs[i].value)
            json_object_set_new(map, pairs[i].key, pairs[i].value);
    return map;
}

cfn_value cfn_append(cfn_value list, cfn_value item) {
    if (!list)
        list = sure(json_array());
    if (item)
        json_array_append_new(list, item);
    return list;
}

cfn_value cfn_json_text(cfn_value value) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_decref(value);
    cfn_value string = cfn_str(text);
    free(text);
    return sure(string);
}

static cfn_value call(const char *function, cfn_value argument) {
    return cfn_map({function, argument});
}

cfn_value cfn_ref(const char *logical_id) {
    return call("Ref", cfn_str(logical_id));
}

cfn_value cfn_att(const char *logical_id, const char *attribute) {
    return call("Fn::GetAtt", cfn_strs(logical_id, attribute));
}

cfn_value cfn_sub(const char *text) {
    return strstr(text, "${") ? call("Fn::Sub", cfn_str(text)) : cfn_str(text);
}

cfn_value cfn_sub_with(const char *text, cfn_value variables) {
    if (json_object_size(variables) == 0) {
        json_decref(variables);
        return cfn_sub(text);
    }
    return call("Fn::Sub", cfn_list(cfn_str(text), variables));
}

cfn_value cfn_import(const char *export_name) {
    return call("Fn::ImportValue", cfn_str(export_name));
}

cfn_value cfn_join(const char *delimiter, cfn_value list) {
    return call("Fn::Join", cfn_list(cfn_str(delimiter), list));
}

cfn_value cfn_select(int index, cfn_value list) {
    return call("Fn::Select", cfn_list(cfn_int(index), list));
}

cfn_value cfn_split(const char *delimiter, cfn_value text) {
    return call("Fn::Split", cfn_list(cfn_str(delimiter), text));
}

cfn_value cfn_if(const char *condition, cfn_value yes, cfn_value no) {
    return call("Fn::If",
                cfn_list(cfn_str(condition), yes ? yes : cfn_no_value(), no ? no : cfn_no_value()));
}

cfn_value cfn_no_value(void) {
    return cfn_ref("AWS::NoValue");
}

cfn_value cfn_azs(void) {
    return call("Fn::GetAZs", cfn_str(""));
}

cfn_value cfn_equals(cfn_value left, cfn_value right) {
    return call("Fn::Equals", cfn_list(left, right));
}

cfn_value cfn_not(cfn_value condition) {
    return call("Fn::Not", cfn_list(condition));
}

cfn_value cfn_and(cfn_value conditions) {
    return call("Fn::And", conditions);
}

cfn_value cfn_or(cfn_value conditions) {
    return call("Fn::Or", conditions);
}

cfn_value cfn_condition_ref(const char *condition) {
    return call("Condition", cfn_str(condition));
}

/* A comparison as JSON. */
#include "diff.h"

#include <string.h>

static const enum cfn_danger all_dangers[] = {CFN_LOSES_DATA, CFN_REPLACES_DATA, CFN_WIDENS_ACCESS,
                                              CFN_LEAVES_BEHIND, CFN_UNPROTECTS};

const char *cfn_danger_name(enum cfn_danger danger) {
    switch (danger) {
    case CFN_LOSES_DATA:
        return "loses data";
    case CFN_REPLACES_DATA:
        return "replaces data";
    case CFN_WIDENS_ACCESS:
        return "widens access";
    case CFN_LEAVES_BEHIND:
        return "leaves behind";
    case CFN_UNPROTECTS:
        return "unprotects";
    }
    return "";
}

static json_t *dangers_json(unsigned dangers) {
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof all_dangers / sizeof *all_dangers; i++)
        if (dangers & all_dangers[i])
            json_array_append_new(list, json_string(cfn_danger_name(all_dangers[i])));
    if (json_array_size(list) > 0)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *replacement_json(enum cfn_replacement replacement) {
    static const char *const words[] = {
        [CFN_MAY_REPLACE] = "may replace", [CFN_REPLACES] = "replaces"};
    return replacement == CFN_IN_PLACE ? NULL : json_string(words[replacement]);
}

static json_t *text_json(const char *text) {
    return *text ? json_string(text) : NULL;
}

static json_t *value_json(const json_t *value) {
    return value ? json_deep_copy(value) : NULL;
}

static json_t *property_json(const struct cfn_property_change *property) {
    bool moved = strcmp(property->path, property->path_before) != 0;
    return cfn_map({"path", json_string(property->path)},
                   {"path_before", moved ? json_string(property->path_before) : NULL},
                   {"before", value_json(property->before)}, {"after", value_json(property->after)},
                   {"replacement", replacement_json(property->replacement)},
                   {"dangers", dangers_json(property->dangers)}, {"why", text_json(property->why)});
}

static json_t *properties_json(const struct cfn_change *change) {
    if (change->property_count == 0)
        return NULL;
    json_t *list = json_array();
    for (size_t i = 0; i < change->property_count; i++)
        json_array_append_new(list, property_json(&change->properties[i]));
    return list;
}

static json_t *change_json(const struct cfn_change *change) {
    static const char *const actions[] = {
        [CFN_CHANGE_ADD] = "add", [CFN_CHANGE_MODIFY] = "modify", [CFN_CHANGE_REMOVE] = "remove"};
    return cfn_map(
        {"action", json_string(actions[change->action])}, {"section", json_string(change->section)},
        {"logical_id", json_string(change->logical_id)}, {"type", text_json(change->type)},
        {"replacement", replacement_json(change->replacement)},
        {"dangers", dangers_json(change->dangers)}, {"why", text_json(change->why)},
        {"properties", properties_json(change)});
}

json_t *cfn_diff_json(const struct cfn_diff *diff) {
    json_t *list = json_array();
    for (size_t i = 0; i < cfn_diff_count(diff); i++)
        json_array_append_new(list, change_json(cfn_diff_at(diff, i)));
    return list;
}

/* Resources compared. */
#include "diff.h"

#include <stdlib.h>
#include <string.h>

static json_t *section(const struct cfn__side *side, const char *name) {
    return json_object_get(side->body, name);
}

static const char *type_name(json_t *resource) {
    const char *type = json_string_value(json_object_get(resource, "Type"));
    return type ? type : "";
}

struct cfn__place cfn__resource_place(const struct cfn__edit *edit) {
    return (struct cfn__place){
        .path = "Properties",
        .was = "Properties",
        .name = "Properties",
        .property = {.kinds = edit->type.service ? CFN_NESTED : 0, .type = edit->type},
    };
}

/* A name, several, or none, in no order. */
static json_t *needs_of(struct cfn_diff *diff, json_t *resource) {
    json_t *needs = json_object_get(resource, "DependsOn");
    if (json_is_array(needs))
        return needs;
    json_t *list = cfn__diff_own(diff, json_array());
    if (needs)
        json_array_append(list, needs);
    return list;
}

static bool same_needs(struct cfn_diff *diff, struct cfn__edit *edit) {
    struct cfn__pairs pairs = {.moved = false};
    json_t *before = needs_of(diff, edit->before), *after = needs_of(diff, edit->after);
    bool same = json_array_size(before) == json_array_size(after);
    cfn__pair_items(&pairs, before, after, true);
    for (size_t i = 0; i < pairs.all.count && same; i++)
        same = cfn__same_value(json_array_get(before, pairs.all.items[i].before),
                               json_array_get(after, pairs.all.items[i].after), false);
    free(pairs.all.items);
    return same;
}

static void compare_attribute(struct cfn_diff *diff, struct cfn__edit *edit, const char *key) {
    json_t *before = json_object_get(edit->before, key), *after = json_object_get(edit->after, key);
    struct cfn__place place = {.path = key, .was = key, .name = key};
    if (strcmp(key, "Metadata") == 0 || strcmp(key, "Properties") == 0 || strcmp(key, "Type") == 0)
        return;
    if (strcmp(key, "DependsOn") != 0)
        cfn__compare(diff, edit, &place, before, after);
    else if (!same_needs(diff, edit))
        cfn__edit_put(diff, edit, &place, before, after, CFN_IN_PLACE);
}

static void compare_type(struct cfn_diff *diff, struct cfn__edit *edit) {
    json_t *before = json_object_get(edit->before, "Type");
    json_t *after = json_object_get(edit->after, "Type");
    struct cfn__place place = {.path = "Type", .was = "Type"};
    if (cfn__same_value(before, after, false))
        return;
    cfn__edit_put(diff, edit, &place, before, after, CFN_REPLACES);
    cfn__edit_say(edit,
                  "CloudFormation refuses another type for %s: it must have another "
                  "logical id",
                  edit->change.logical_id);
}

static void compare_resource(struct cfn_diff *diff, struct cfn__edit *edit) {
    struct cfn__place place = cfn__resource_place(edit);
    json_t *empty = cfn__diff_own(diff, json_object());
    json_t *before = json_object_get(edit->before, "Properties");
    json_t *after = json_object_get(edit->after, "Properties");
    const char *key;
    json_t *value;
    compare_type(diff, edit);
    cfn__compare(diff, edit, &place, before ? before : empty, after ? after : empty);
    json_object_foreach(edit->after, key, value) compare_attribute(diff, edit, key);
    json_object_foreach(edit->before, key, value) {
        if (!json_object_get(edit->after, key))
            compare_attribute(diff, edit, key);
    }
    edit->replaced = edit->change.replacement == CFN_REPLACES;
}

static json_t *properties_of(struct cfn__side *side, json_t *resource) {
    return resource ? cfn__side_value(side, json_object_get(resource, "Properties"), NULL) : NULL;
}

static struct cfn__edit *add(struct cfn_diff *diff, const char *id, json_t *before, json_t *after) {
    struct cfn__edit *edit = cfn__edit_new(diff, "Resources", id, before, after);
    const char *type = type_name(after ? after : before);
    edit->change.type = type;
    edit->type = cfn_schema_find(type);
    edit->was = properties_of(&diff->before, before);
    edit->is = properties_of(&diff->after, after);
    return edit;
}

/* A condition that changes makes a resource or takes it away. */
static void tell_condition(struct cfn__edit *edit, json_t *written, bool goes) {
    const char *condition = json_string_value(json_object_get(written, "Condition"));
    if (condition)
        cfn__edit_say(edit, "the condition %s is %s now", condition, goes ? "false" : "true");
}

static void compare_written(struct cfn_diff *diff, const char *id, json_t *before, json_t *after) {
    bool was = cfn__side_has(&diff->before, before), is = cfn__side_has(&diff->after, after);
    if (!is)
        return;
    struct cfn__edit *edit = add(diff, id, was ? before : NULL, after);
    if (was)
        compare_resource(diff, edit);
    else if (before)
        tell_condition(edit, after, false);
}

static void add_removed(struct cfn_diff *diff, const char *id, json_t *before, json_t *after) {
    if (!cfn__side_has(&diff->before, before) || cfn__side_has(&diff->after, after))
        return;
    struct cfn__edit *edit = add(diff, id, before, NULL);
    if (after)
        tell_condition(edit, after, true);
}

void cfn__compare_resources(struct cfn_diff *diff) {
    json_t *before = section(&diff->before, "Resources"), *item;
    json_t *after = section(&diff->after, "Resources");
    const char *id;
    json_object_foreach(after, id, item)
        compare_written(diff, id, json_object_get(before, id), item);
    json_object_foreach(before, id, item) add_removed(diff, id, item, json_object_get(after, id));
}

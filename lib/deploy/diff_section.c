/* What stands beside the resources: outputs, parameters, conditions, mappings, tags. */
#include "diff.h"

#include <string.h>

static json_t *section(const struct cfn__side *side, const char *name) {
    return json_object_get(side->body, name);
}

static struct cfn__place place_of(const char *path) {
    return (struct cfn__place){.path = path, .was = path, .name = path};
}

typedef void compare_function(struct cfn_diff *diff, struct cfn__edit *edit);

/* What a condition leaves out of the outputs is not there. */
static void compare_item(struct cfn_diff *diff, const char *name, const char *id, json_t *before,
                         json_t *after, compare_function *compare) {
    bool output = strcmp(name, "Outputs") == 0;
    before = output && !cfn__side_has(&diff->before, before) ? NULL : before;
    after = output && !cfn__side_has(&diff->after, after) ? NULL : after;
    if (!before && !after)
        return;
    struct cfn__edit *edit = cfn__edit_new(diff, name, id, before, after);
    compare(diff, edit);
}

static void compare_all(struct cfn_diff *diff, const char *name, json_t *before, json_t *after,
                        compare_function *compare) {
    const char *id;
    json_t *item;
    json_object_foreach(after, id, item)
        compare_item(diff, name, id, json_object_get(before, id), item, compare);
    json_object_foreach(before, id, item) {
        if (!json_object_get(after, id))
            compare_item(diff, name, id, item, NULL, compare);
    }
}

static void compare_output(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *key;
    json_t *value;
    json_t *sides[] = {edit->after, edit->before};
    for (size_t i = 0; i < 2 && edit->before && edit->after; i++)
        json_object_foreach(sides[i], key, value) {
            struct cfn__place place = place_of(key);
            place.hidden =
                cfn__is_hidden_name(edit->change.logical_id) && strcmp(key, "Value") == 0;
            if (strcmp(key, "Description") != 0 && (i == 0 || !json_object_get(edit->after, key)))
                cfn__compare(diff, edit, &place, json_object_get(edit->before, key),
                             json_object_get(edit->after, key));
        }
}

static bool no_echo(const json_t *declaration) {
    const json_t *echo = json_object_get(declaration, "NoEcho");
    const char *text = json_string_value(echo);
    return json_is_true(echo) || (text && (strcmp(text, "true") == 0 || strcmp(text, "True") == 0));
}

/* "****" is what CloudFormation tells of a NoEcho parameter. */
static bool is_known(const json_t *text) {
    return !cfn_same(json_string_value(text), "****");
}

static void compare_parameter_member(struct cfn_diff *diff, struct cfn__edit *edit,
                                     const char *key) {
    struct cfn__place place = place_of(key);
    bool secret = no_echo(edit->before) || no_echo(edit->after) ||
                  cfn__is_hidden_name(edit->change.logical_id);
    place.hidden = secret && (strcmp(key, "Default") == 0 || strcmp(key, "AllowedValues") == 0);
    if (strcmp(key, "Description") != 0 && strcmp(key, "ConstraintDescription") != 0)
        cfn__compare(diff, edit, &place, json_object_get(edit->before, key),
                     json_object_get(edit->after, key));
}

static void compare_parameter_value(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *id = edit->change.logical_id;
    struct cfn__place place = place_of("Value");
    json_t *before = json_object_get(diff->before.texts, id);
    json_t *after = json_object_get(diff->after.texts, id);
    place.hidden = no_echo(edit->before) || no_echo(edit->after) || cfn__is_hidden_name(id);
    if (cfn__same_value(before, after, false) || !is_known(before))
        return;
    cfn__edit_put(diff, edit, &place, before, after, CFN_IN_PLACE);
}

static bool is_changed(const struct cfn__edit *edit, const char *path) {
    for (size_t i = 0; i < edit->properties.count; i++)
        if (strcmp(edit->properties.items[i].path, path) == 0)
            return true;
    return false;
}

static void remember(struct cfn_diff *diff, json_t *causes, const char *noun, const char *id) {
    const char *why = cfn_arena_text(&diff->arena, "the %s %s changes", noun, id);
    json_object_set_new(causes, id, json_string(why));
}

static void compare_parameter(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *key;
    json_t *value;
    if (!edit->before || !edit->after)
        return;
    json_object_foreach(edit->after, key, value) compare_parameter_member(diff, edit, key);
    json_object_foreach(edit->before, key, value) {
        if (!json_object_get(edit->after, key))
            compare_parameter_member(diff, edit, key);
    }
    compare_parameter_value(diff, edit);
    if (is_changed(edit, "Value") || is_changed(edit, "Type"))
        remember(diff, diff->refs, "parameter", edit->change.logical_id);
}

static void compare_truth(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *id = edit->change.logical_id;
    struct cfn__place place = place_of("Value");
    if (!diff->before.evaluation)
        return;
    bool was = cfn_evaluation_condition(diff->before.evaluation, id);
    bool is = cfn_evaluation_condition(diff->after.evaluation, id);
    if (was == is)
        return;
    cfn__edit_put(diff, edit, &place, cfn__diff_own(diff, json_boolean(was)),
                  cfn__diff_own(diff, json_boolean(is)), CFN_IN_PLACE);
}

/* Whether a condition counts as changed: its truth, or its words where the truth is not known. */
static void compare_condition(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *id = edit->change.logical_id;
    struct cfn__place place = place_of("Definition");
    if (!edit->before || !edit->after)
        return;
    compare_truth(diff, edit);
    bool flips = edit->properties.count > 0;
    if (!cfn__same_value(edit->before, edit->after, false))
        cfn__edit_put(diff, edit, &place, edit->before, edit->after, CFN_IN_PLACE);
    if (flips || (!diff->before.evaluation && edit->properties.count))
        remember(diff, diff->conditions, "condition", id);
}

static void compare_mapping(struct cfn_diff *diff, struct cfn__edit *edit) {
    const char *id = edit->change.logical_id;
    struct cfn__place place = {.path = "", .was = ""};
    if (edit->before && edit->after)
        cfn__compare(diff, edit, &place, edit->before, edit->after);
    if (edit->properties.count)
        remember(diff, diff->mappings, "mapping", id);
}

static void compare_whole(struct cfn_diff *diff, struct cfn__edit *edit) {
    struct cfn__place place = place_of("Value");
    place.hidden = cfn__is_hidden_name(edit->change.logical_id);
    if (edit->before && edit->after && !cfn__same_value(edit->before, edit->after, false))
        cfn__edit_put(diff, edit, &place, edit->before, edit->after, CFN_IN_PLACE);
}

static void compare_rest(struct cfn_diff *diff, const char *key) {
    static const char *const others[] = {
        "Resources", "Outputs",  "Parameters",  "Conditions",
        "Mappings",  "Metadata", "Description", "AWSTemplateFormatVersion"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i], key) == 0)
            return;
    const char *name = cfn_arena_copy(&diff->arena, key, strlen(key));
    compare_item(diff, name, name, section(&diff->before, key), section(&diff->after, key),
                 compare_whole);
}

void cfn__compare_sections(struct cfn_diff *diff) {
    static const struct {
        const char *name;
        compare_function *compare;
    } sections[] = {{"Outputs", compare_output},
                    {"Parameters", compare_parameter},
                    {"Conditions", compare_condition},
                    {"Mappings", compare_mapping}};
    const char *key;
    json_t *value;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        compare_all(diff, sections[i].name, section(&diff->before, sections[i].name),
                    section(&diff->after, sections[i].name), sections[i].compare);
    compare_all(diff, "Tags", diff->before.tags, diff->after.tags, compare_whole);
    json_object_foreach(diff->after.body, key, value) compare_rest(diff, key);
    json_object_foreach(diff->before.body, key, value) {
        if (!section(&diff->after, key))
            compare_rest(diff, key);
    }
}

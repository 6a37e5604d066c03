/* The walk through a value, and which functions there are. What has no function in it is shared,
 * not copied. */
#include "evaluate.h"

#include <stdlib.h>
#include <string.h>

struct function {
    const char *name;
    cfn__evaluate_function *call;
    bool raw;            /* evaluates its argument itself */
    size_t least, most;  /* items of the argument; 0: any argument */
    const char *expects; /* said where it has another shape */
};

static const struct function functions[] = {
    {"Ref", cfn__evaluate_ref, false, 0, 0, NULL},
    {"Fn::GetAtt", cfn__evaluate_getatt, false, 0, 0, NULL},
    {"Fn::Sub", cfn__evaluate_sub, true, 0, 0, NULL},
    {"Fn::If", cfn__evaluate_if, true, 3, 3,
     "Fn::If requires a list argument with three elements: a condition, a value if it is true and "
     "a value if it is false"},
    {"Fn::Join", cfn__evaluate_join, false, 2, 2,
     "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of "
     "strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be "
     "joined."},
    {"Fn::Select", cfn__evaluate_select, false, 2, 2,
     "Fn::Select requires a list argument with two elements: an integer index and a list"},
    {"Fn::Split", cfn__evaluate_split, false, 2, 2,
     "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to "
     "be split or a function that returns a string to be split."},
    {"Fn::FindInMap", cfn__evaluate_find_in_map, true, 3, 4,
     "every Fn::FindInMap object requires three parameters, the map name, map key and the "
     "attribute for return value"},
    {"Fn::ImportValue", cfn__evaluate_import, false, 0, 0, NULL},
    {"Fn::GetStackOutput", cfn__evaluate_output, false, 0, 0, NULL},
    {"Fn::GetAZs", cfn__evaluate_azs, false, 0, 0, NULL},
    {"Fn::Base64", cfn__evaluate_base64, false, 0, 0, NULL},
    {"Fn::Cidr", cfn__evaluate_cidr, false, 2, 3,
     "every Fn::Cidr object requires two or three parameters, (1) an address block, (2) a count "
     "and (3) the number of subnet bits"},
    {"Fn::Length", cfn__evaluate_length, false, 0, 0, NULL},
    {"Fn::ToJsonString", cfn__evaluate_json, false, 0, 0, NULL},
};

cfn_value cfn__text_value(struct cfn__run *run, struct cfn_text *text,
                          const struct cfn_path *path) {
    cfn_value value = NULL;
    if (text->full || text->size > CFN__MOST_RESULT)
        cfn__evaluation_refuse(run, "evaluate.size", path, "must not grow past %d bytes",
                               CFN__MOST_RESULT);
    else
        value = cfn_str(text->data ? text->data : "");
    cfn_text_done(text);
    return value;
}

static const struct function *function_of(const char *name) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return NULL;
}

static cfn_value refuse_unknown(struct cfn__run *run, const char *name,
                                const struct cfn_path *path) {
    static const char *const truths[] = {"Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"};
    for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
        if (strcmp(truths[i], name) == 0)
            return cfn__evaluation_refuse(run, "evaluate.misplaced", path,
                                          "%s belongs in the section Conditions", name);
    if (strcmp(name, "Fn::Transform") == 0 || cfn_starts_with(name, "Fn::ForEach"))
        return cfn__evaluation_refuse(run, "evaluate.macro", path,
                                      "macros and transforms are not evaluated: %s", name);
    return cfn__evaluation_refuse(run, "evaluate.function", path, "there is no function '%s'",
                                  name);
}

/* A function beside other members, where it cannot stand for the whole. */
static cfn_value refuse_member(struct cfn__run *run, const char *name,
                               const struct cfn_path *path) {
    if (!function_of(name))
        return refuse_unknown(run, name, path);
    return cfn__evaluation_refuse(run, "evaluate.shape", path,
                                  "%s must be the only member of its object", name);
}

static bool has_shape(const struct function *function, json_t *argument) {
    size_t count = json_array_size(argument);
    return function->least == 0 ||
           (json_is_array(argument) && count >= function->least && count <= function->most);
}

static cfn_value call(struct cfn__run *run, const char *name, json_t *argument,
                      const struct cfn_path *path) {
    struct cfn_path inside = {path, name, 0};
    const struct function *function = function_of(name);
    if (!function)
        return refuse_unknown(run, name, path);
    json_t *given = function->raw ? json_incref(argument) : cfn__value_of(run, argument, &inside);
    cfn_value result = NULL;
    if (given && !has_shape(function, given))
        cfn__evaluation_refuse(run, "evaluate.shape", &inside, "Template error: %s",
                               function->expects);
    else if (given)
        result = function->call(run, given, &inside);
    json_decref(given);
    return result;
}

/* The first members of an object, to be followed by others. */
static json_t *members_before(json_t *object, void *end) {
    json_t *copy = cfn_map_of(NULL, 0);
    for (void *at = json_object_iter(object); at != end; at = json_object_iter_next(object, at))
        json_object_set_nocheck(copy, json_object_iter_key(at), json_object_iter_value(at));
    return copy;
}

/* Adds a member that was evaluated (consumed) to what has changed so far. */
static json_t *with_member(struct cfn__run *run, json_t *object, void *at, json_t *changed,
                           cfn_value value) {
    if (!changed && value != json_object_iter_value(at))
        changed = members_before(object, at);
    if (changed && value != run->evaluation->nothing)
        json_object_set_nocheck(changed, json_object_iter_key(at), value);
    json_decref(value);
    return changed;
}

static cfn_value members_of(struct cfn__run *run, json_t *object, const struct cfn_path *path) {
    json_t *changed = NULL;
    for (void *at = json_object_iter(object); at; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        cfn_value value =
            strncmp(key, "Fn::", 4) == 0
                ? refuse_member(run, key, path)
                : cfn__value_of(run, json_object_iter_value(at), &(struct cfn_path){path, key, 0});
        if (!value) {
            json_decref(changed);
            return NULL;
        }
        changed = with_member(run, object, at, changed, value);
    }
    return changed ? changed : json_incref(object);
}

static json_t *items_before(json_t *list, size_t count) {
    json_t *copy = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < count; i++)
        json_array_append(copy, json_array_get(list, i));
    return copy;
}

static cfn_value items_of(struct cfn__run *run, json_t *list, const struct cfn_path *path) {
    json_t *changed = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *item = json_array_get(list, i);
        cfn_value value = cfn__value_of(run, item, &(struct cfn_path){path, NULL, i});
        if (!value) {
            json_decref(changed);
            return NULL;
        }
        if (!changed && value != item)
            changed = items_before(list, i);
        if (changed && value != run->evaluation->nothing)
            json_array_append(changed, value);
        json_decref(value);
    }
    return changed ? changed : json_incref(list);
}

cfn_value cfn__value_of(struct cfn__run *run, json_t *value, const struct cfn_path *path) {
    struct cfn__call found;
    if (!json_is_object(value) && !json_is_array(value))
        return json_incref(value);
    if (run->depth > CFN__MOST_DEPTH)
        return cfn__evaluation_refuse(run, "evaluate.depth", path,
                                      "must not be nested deeper than %d levels", CFN__MOST_DEPTH);
    run->depth++;
    cfn_value result = json_is_array(value)          ? items_of(run, value, path)
                       : cfn__call_of(value, &found) ? call(run, found.name, found.argument, path)
                                                     : members_of(run, value, path);
    run->depth--;
    return result;
}

/* Secrets are found by what they hold, wherever they came to stand. */
static char *blotted(const struct cfn_evaluation *evaluation, char *message) {
    size_t index;
    json_t *secret;
    json_array_foreach(evaluation->secrets, index, secret) {
        const char *word = json_string_value(secret), *rest = message, *at;
        struct cfn_text text = {0};
        for (; (at = strstr(rest, word)) != NULL; rest = at + strlen(word)) {
            cfn_text_write(&text, rest, (size_t)(at - rest));
            cfn_text_put(&text, "****");
        }
        cfn_text_put(&text, rest);
        free(message);
        message = cfn_text_take(&text);
    }
    return message;
}

cfn_value cfn__evaluation_refuse(struct cfn__run *run, const char *code,
                                 const struct cfn_path *path, const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    char *message = blotted(run->evaluation, cfn_text_take(&text)), *place = cfn__path_text(path);
    cfn_fail(run->diags, code, (struct cfn_place){0}, place, "%s", message);
    free(message);
    free(place);
    return NULL;
}

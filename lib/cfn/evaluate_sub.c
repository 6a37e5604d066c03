/* Fn::Sub: names in a text, and what they stand for. */
#include "evaluate.h"

#include <string.h>

enum { LONGEST_NAME = 1024 };

static cfn_value variable_value(struct cfn__run *run, const char *name, json_t *variables,
                                const struct cfn_path *path) {
    json_t *own = json_object_get(variables, name);
    const char *dot = strchr(name, '.');
    if (own)
        return json_incref(own);
    if (!dot || json_object_get(run->evaluation->values, name))
        return cfn__name_value(run, name, path);
    return cfn__attribute_value(run, &(struct cfn__attribute){name, (size_t)(dot - name), dot + 1},
                                path);
}

static bool put_variable(struct cfn__run *run, struct cfn_text *text,
                         const struct cfn__variable *variable, json_t *variables,
                         const struct cfn_path *path) {
    char name[LONGEST_NAME], room[32];
    if (variable->size >= sizeof name) {
        cfn__evaluation_refuse(run, "evaluate.sub", path,
                               "must have names of at most %d characters", LONGEST_NAME - 1);
        return false;
    }
    memcpy(name, variable->name, variable->size);
    name[variable->size] = '\0';
    cfn_value value = variable_value(run, name, variables, path);
    const char *piece = value ? cfn__scalar_text(value, room) : NULL;
    if (piece)
        cfn_text_put(text, piece);
    else if (value)
        cfn__evaluation_refuse(
            run, "evaluate.sub", path,
            "Template error: variable %s in Fn::Sub expression does not resolve to a "
            "string",
            name);
    json_decref(value);
    return piece != NULL;
}

static cfn_value substituted(struct cfn__run *run, const char *from, json_t *variables,
                             const struct cfn_path *path) {
    struct cfn_text text = {.ceiling = CFN__MOST_RESULT + 1};
    struct cfn__variable variable;
    for (; cfn__sub_next(from, &variable); from = variable.end) {
        cfn_text_write(&text, from, (size_t)(variable.begin - from));
        if (variable.literal) { /* ${!x} stands for ${x} */
            cfn_text_put(&text, "${");
            cfn_text_write(&text, variable.name, variable.size);
            cfn_text_put(&text, "}");
        } else if (!put_variable(run, &text, &variable, variables, path)) {
            cfn_text_done(&text);
            return NULL;
        }
    }
    cfn_text_put(&text, from);
    return cfn__text_value(run, &text, path);
}

cfn_value cfn__evaluate_sub(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    json_t *text = json_array_size(argument) == 2 ? json_array_get(argument, 0) : argument;
    json_t *variables = json_array_get(argument, 1);
    struct cfn_path second = {path, NULL, 1};
    if (!json_is_string(text) || (variables && !json_is_object(variables)))
        return cfn__evaluation_refuse(
            run, "evaluate.shape", path,
            "Template error: One or more Fn::Sub intrinsic functions don't specify "
            "expected arguments. Specify a string as first argument, and an "
            "optional second argument to specify a mapping of values to replace in "
            "the string");
    json_t *values = variables ? cfn__value_of(run, variables, &second) : NULL;
    if (variables && !values)
        return NULL;
    cfn_value result = substituted(run, json_string_value(text), values, path);
    json_decref(values);
    return result;
}

/* The names that a part of a template refers to: for what waits for what, and for the checker's
 * search for circles. */
#include "checker.h"

#include <cfngen/evaluate.h>

#include <string.h>

enum { MOST_DEPTH = 2 * CFN__MOST_DEPTH };

static void walk(const struct cfn__names *names, json_t *value, unsigned depth);

static void in_text(const struct cfn__names *names, const char *text, json_t *variables) {
    struct cfn__variable at;
    char room[CFN__ID_ROOM];
    for (; cfn__sub_next(text, &at); text = at.end) {
        if (at.literal || json_object_get(variables, cfn__id_text(at.name, at.size, room)))
            continue;
        const char *dot = memchr(at.name, '.', at.size);
        names->found(names->self, at.name, dot ? (size_t)(dot - at.name) : at.size);
    }
}

static void in_sub(const struct cfn__names *names, json_t *argument, unsigned depth) {
    json_t *text = json_is_array(argument) ? json_array_get(argument, 0) : argument;
    json_t *variables = json_array_get(argument, 1);
    if (json_is_string(text))
        in_text(names, json_string_value(text), variables);
    walk(names, variables, depth);
}

static void in_getatt(const struct cfn__names *names, json_t *argument, unsigned depth) {
    struct cfn__attribute at;
    bool pair = json_array_size(argument) == 2;
    const char *resource = pair ? json_string_value(json_array_get(argument, 0)) : NULL;
    if (cfn__attribute_of(argument, &at))
        names->found(names->self, at.resource, at.size);
    else if (resource) /* its attribute is given by a function */
        names->found(names->self, resource, strlen(resource));
    walk(names, argument, depth);
}

static void in_ref(const struct cfn__names *names, json_t *argument, unsigned depth) {
    if (json_is_string(argument))
        names->found(names->self, json_string_value(argument), json_string_length(argument));
    walk(names, argument, depth);
}

/* Of what Fn::If chooses from, that which is taken where that is known; else it may never be
 * needed. */
static void in_if(const struct cfn__names *names, json_t *argument, unsigned depth) {
    const char *name = json_string_value(json_array_get(argument, 0));
    bool known = name && names->evaluation;
    bool truth = known && cfn_evaluation_condition(names->evaluation, name);
    if (names->certain && !known)
        return;
    if (!known || truth)
        walk(names, json_array_get(argument, 1), depth);
    if (!known || !truth)
        walk(names, json_array_get(argument, 2), depth);
}

/* What a macro is given is its own matter. */
static void in_call(const struct cfn__names *names, const struct cfn__call *call, unsigned depth) {
    if (cfn__call_is(call, "Ref"))
        in_ref(names, call->argument, depth);
    else if (cfn__call_is(call, "Fn::GetAtt"))
        in_getatt(names, call->argument, depth);
    else if (cfn__call_is(call, "Fn::Sub"))
        in_sub(names, call->argument, depth);
    else if (cfn__call_is(call, "Fn::If"))
        in_if(names, call->argument, depth);
    else if (!cfn__call_is(call, "Fn::Transform") && !cfn_starts_with(call->name, "Fn::ForEach"))
        walk(names, call->argument, depth);
}

static void walk(const struct cfn__names *names, json_t *value, unsigned depth) {
    struct cfn__call call;
    const char *key;
    size_t index;
    json_t *member;
    if (depth > MOST_DEPTH)
        return;
    if (cfn__call_of(value, &call)) {
        in_call(names, &call, depth + 1);
        return;
    }
    json_object_foreach(value, key, member) {
        if (!cfn_starts_with(key, "Fn::"))
            walk(names, member, depth + 1);
    }
    json_array_foreach(value, index, member) {
        walk(names, member, depth + 1);
    }
}

void cfn__names_in(const struct cfn__names *names, json_t *value) {
    walk(names, value, 0);
}

static void found_need(const struct cfn__names *names, json_t *name) {
    if (json_is_string(name))
        names->found(names->self, json_string_value(name), json_string_length(name));
}

void cfn__names_needed(const struct cfn__names *names, json_t *resource) {
    json_t *needs = json_object_get(resource, "DependsOn"), *need;
    size_t index;
    found_need(names, needs);
    json_array_foreach(needs, index, need) {
        found_need(names, need);
    }
    walk(names, json_object_get(resource, "Properties"), 0);
}

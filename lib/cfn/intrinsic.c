/* Which functions there are, what they give, and where they may stand. */
#include "checker.h"

#include <string.h>

enum { ANYWHERE = CFN__IN_VALUES | CFN__IN_CONDITIONS };

struct cfn__function {
    const char *name;
    unsigned gives;
    unsigned (*resolve)(struct cfn__checker *c, json_t *argument); /* NULL: gives says it */
    cfn__check_function *check;
    unsigned where;
    bool extension; /* only with the transform AWS::LanguageExtensions */
};

static unsigned ref_gives(struct cfn__checker *c, json_t *argument) {
    const char *name = json_string_value(argument);
    unsigned gives = name ? cfn__ref_gives(c, name) : 0;
    return gives ? gives : CFN__GIVES_ANY;
}

/* A branch that is left out gives nothing that could be wrong. */
static unsigned if_gives(struct cfn__checker *c, json_t *argument) {
    unsigned gives = 0;
    for (size_t i = 1; i <= 2; i++) {
        json_t *branch = json_array_get(argument, i);
        if (branch && !cfn__is_no_value(branch))
            gives |= cfn__gives(c, branch);
    }
    return gives ? gives : CFN__GIVES_ANY;
}

static const struct cfn__function functions[] = {
    {"Ref", 0, ref_gives, cfn__check_ref, ANYWHERE, false},
    {"Fn::GetAtt", 0, cfn__att_gives, cfn__check_getatt, CFN__IN_VALUES, false},
    {"Fn::Sub", CFN__GIVES_SCALAR, NULL, cfn__check_sub, ANYWHERE, false},
    {"Fn::If", 0, if_gives, cfn__check_if, CFN__IN_VALUES, false},
    {"Fn::Join", CFN__GIVES_SCALAR, NULL, cfn__check_join, ANYWHERE, false},
    {"Fn::Select", CFN__GIVES_ANY, NULL, cfn__check_select, ANYWHERE, false},
    {"Fn::Split", CFN__GIVES_LIST, NULL, cfn__check_split, ANYWHERE, false},
    {"Fn::ImportValue", CFN__GIVES_ANY, NULL, cfn__check_import, ANYWHERE, false},
    {"Fn::FindInMap", CFN__GIVES_ANY, NULL, cfn__check_find_in_map, ANYWHERE, false},
    {"Fn::Base64", CFN__GIVES_SCALAR, NULL, cfn__check_base64, ANYWHERE, false},
    {"Fn::Cidr", CFN__GIVES_LIST, NULL, cfn__check_cidr, ANYWHERE, false},
    {"Fn::GetAZs", CFN__GIVES_LIST, NULL, cfn__check_azs, ANYWHERE, false},
    {"Fn::GetStackOutput", CFN__GIVES_ANY, NULL, cfn__check_anything, ANYWHERE, false},
    {"Fn::Transform", CFN__GIVES_ANY, NULL, cfn__check_transform, ANYWHERE, false},
    {"Fn::Equals", CFN__GIVES_TRUTH, NULL, cfn__check_equals, CFN__IN_CONDITIONS, false},
    {"Fn::And", CFN__GIVES_TRUTH, NULL, cfn__check_and_or, CFN__IN_CONDITIONS, false},
    {"Fn::Or", CFN__GIVES_TRUTH, NULL, cfn__check_and_or, CFN__IN_CONDITIONS, false},
    {"Fn::Not", CFN__GIVES_TRUTH, NULL, cfn__check_not, CFN__IN_CONDITIONS, false},
    {"Fn::Length", CFN__GIVES_SCALAR, NULL, cfn__check_anything, ANYWHERE, true},
    {"Fn::ToJsonString", CFN__GIVES_SCALAR, NULL, cfn__check_anything, ANYWHERE, true},
};
static const struct cfn__function for_each = {"Fn::ForEach", CFN__GIVES_ANY, NULL,
                                              NULL,          ANYWHERE,       true};

enum { FUNCTIONS = sizeof functions / sizeof *functions };

static const struct cfn__function *function_of(const char *name) {
    for (size_t i = 0; i < FUNCTIONS; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    return cfn_starts_with(name, "Fn::ForEach::") ? &for_each : NULL;
}

bool cfn__call_of(json_t *value, struct cfn__call *call) {
    if (json_object_size(value) != 1)
        return false;
    void *only = json_object_iter(value);
    const char *name = json_object_iter_key(only);
    if (strcmp(name, "Ref") != 0 && !cfn_starts_with(name, "Fn::"))
        return false;
    *call = (struct cfn__call){function_of(name), name, json_object_iter_value(only)};
    return true;
}

bool cfn__call_is(const struct cfn__call *call, const char *name) {
    return strcmp(call->name, name) == 0;
}

bool cfn__is_no_value(json_t *value) {
    return json_object_size(value) == 1 &&
           cfn_same(json_string_value(json_object_get(value, "Ref")), "AWS::NoValue");
}

bool cfn__is_unfinished(json_t *object) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (strcmp(key, "Fn::Transform") == 0 || cfn_starts_with(key, "Fn::ForEach"))
            return true;
    }
    return false;
}

unsigned cfn__gives(struct cfn__checker *c, json_t *value) {
    struct cfn__call call;
    if (json_is_array(value))
        return CFN__GIVES_LIST;
    if (!json_is_object(value))
        return CFN__GIVES_SCALAR;
    if (!cfn__call_of(value, &call))
        return CFN__GIVES_OBJECT;
    if (!call.function)
        return CFN__GIVES_ANY;
    return call.function->resolve ? call.function->resolve(c, call.argument) : call.function->gives;
}

static void tell_unknown(struct cfn__checker *c, const char *name, const struct cfn_path *path) {
    struct cfn__near near = {.word = name};
    for (size_t i = 0; i < FUNCTIONS; i++)
        cfn__near_try(&near, functions[i].name);
    cfn__tell(c, "function.unknown", path, "there is no function '%s'", cfn__shown(c, name));
    cfn__did_you_mean(c, near.best);
}

void cfn__check_call(struct cfn__checker *c, const struct cfn__call *call,
                     const struct cfn_path *path) {
    const struct cfn__function *function = call->function;
    struct cfn_path inside = {path, call->name, 0};
    if (!function) {
        tell_unknown(c, call->name, &inside);
        cfn__walk(c, call->argument, &inside);
        return;
    }
    if (function->extension && !c->extensions)
        cfn__tell(c, "function.unknown", &inside, "needs 'Transform: AWS::LanguageExtensions'");
    if (!(function->where & c->where))
        cfn__tell(c, "function.misplaced", &inside,
                  function->where & CFN__IN_CONDITIONS
                      ? "belongs in the section Conditions: refer to a condition by Fn::If"
                      : "is not available in the section Conditions");
    if (function->check)
        function->check(c, function->name, call->argument, &inside);
}

void cfn__walk(struct cfn__checker *c, json_t *value, const struct cfn_path *path) {
    struct cfn__call call;
    const char *key;
    size_t index;
    json_t *member;
    if (cfn__call_of(value, &call)) {
        cfn__check_call(c, &call, path);
        return;
    }
    json_object_foreach(value, key, member) {
        if (!cfn_starts_with(key, "Fn::ForEach"))
            cfn__walk(c, member, &(struct cfn_path){path, key, 0});
    }
    json_array_foreach(value, index, member) {
        cfn__walk(c, member, &(struct cfn_path){path, NULL, index});
    }
}

void cfn__expect(struct cfn__checker *c, json_t *value, unsigned gives,
                 const struct cfn_path *path) {
    cfn__walk(c, value, path);
    if (!json_is_null(value) && !(cfn__gives(c, value) & gives))
        cfn__tell(c, "value.kind", path, "must be %s, not %s",
                  gives & CFN__GIVES_LIST ? "a list" : "a single value", cfn__described(c, value));
}

void cfn__check_truth(struct cfn__checker *c, json_t *value, const struct cfn_path *path) {
    struct cfn__call call;
    json_t *name = json_object_size(value) == 1 ? json_object_get(value, "Condition") : NULL;
    if (name)
        cfn__check_condition_name(c, name, &(struct cfn_path){path, "Condition", 0});
    else if (cfn__call_of(value, &call) &&
             (!call.function || call.function->gives == CFN__GIVES_TRUTH || c->extensions))
        cfn__check_call(c, &call, path);
    else if (!json_is_null(value))
        cfn__tell(c, "condition.shape", path,
                  "must be a condition, such as Fn::Equals, Fn::Not or Condition, not %s",
                  cfn__described(c, value));
}

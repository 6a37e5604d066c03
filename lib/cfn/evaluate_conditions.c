/* Conditions: each is found out once, those that it refers to before it. */
#include "evaluate.h"

#include <string.h>

static int refused(struct cfn__run *run, const struct cfn_path *path, const char *message) {
    cfn__evaluation_refuse(run, "evaluate.condition", path, "%s", message);
    return -1;
}

static int truth_of(struct cfn__run *run, json_t *expression, const struct cfn_path *path);

/* Scalars are the same when their texts are: true is "true". */
static bool are_equal(json_t *left, json_t *right) {
    char rooms[2][32];
    const char *a = cfn__scalar_text(left, rooms[0]), *b = cfn__scalar_text(right, rooms[1]);
    return a && b ? strcmp(a, b) == 0 : json_equal(left, right) == 1;
}

static int equals(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    if (json_array_size(argument) != 2)
        return refused(run, path,
                       "Template error: every Fn::Equals object requires a list of 2 string "
                       "parameters.");
    struct cfn_path first = {path, NULL, 0}, second = {path, NULL, 1};
    cfn_value left = cfn__value_of(run, json_array_get(argument, 0), &first);
    cfn_value right = left ? cfn__value_of(run, json_array_get(argument, 1), &second) : NULL;
    int result = right ? are_equal(left, right) : -1;
    json_decref(left);
    json_decref(right);
    return result;
}

/* All are looked at, so that a mistake in any is told. */
static int both(struct cfn__run *run, json_t *argument, const struct cfn_path *path, bool all) {
    bool result = all;
    for (size_t i = 0; i < json_array_size(argument); i++) {
        int one = truth_of(run, json_array_get(argument, i), &(struct cfn_path){path, NULL, i});
        if (one < 0)
            return -1;
        result = all ? result && one : result || one;
    }
    return result;
}

static int all_of(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    if (json_array_size(argument) < 2 || json_array_size(argument) > 10)
        return refused(run, path,
                       "Template error: every Fn::And object requires a list of at least 2 and at "
                       "most 10 boolean parameters.");
    return both(run, argument, path, true);
}

static int any_of(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    if (json_array_size(argument) < 2 || json_array_size(argument) > 10)
        return refused(run, path,
                       "Template error: every Fn::Or object requires a list of at least 2 and at "
                       "most 10 boolean parameters.");
    return both(run, argument, path, false);
}

static int none_of(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    if (json_array_size(argument) != 1)
        return refused(run, path,
                       "Template error: every Fn::Not object requires one boolean parameter.");
    int truth = both(run, argument, path, true);
    return truth < 0 ? -1 : !truth;
}

static int named(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    const char *name = json_string_value(argument);
    return name ? cfn__condition_truth(run, name, path)
                : refused(run, path,
                          "Template error: every Condition object requires the name of a "
                          "condition");
}

static const struct {
    const char *name;
    int (*call)(struct cfn__run *run, json_t *argument, const struct cfn_path *path);
} functions[] = {
    {"Condition", named}, {"Fn::Equals", equals}, {"Fn::And", all_of},
    {"Fn::Or", any_of},   {"Fn::Not", none_of},
};

static int call(struct cfn__run *run, json_t *expression, const struct cfn_path *path) {
    void *only = json_object_size(expression) == 1 ? json_object_iter(expression) : NULL;
    const char *name = only ? json_object_iter_key(only) : "";
    struct cfn_path inside = {path, name, 0};
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return functions[i].call(run, json_object_iter_value(only), &inside);
    if (strcmp(name, "Fn::Transform") == 0 || cfn_starts_with(name, "Fn::ForEach"))
        return refused(run, path, "macros and transforms are not evaluated");
    return refused(run, path,
                   "Template format error: Conditions can only be boolean operations on "
                   "parameters and other conditions");
}

static int truth_of(struct cfn__run *run, json_t *expression, const struct cfn_path *path) {
    if (run->depth > CFN__MOST_DEPTH)
        return refused(run, path, "must not be nested so deep");
    run->depth++;
    int result = call(run, expression, path);
    run->depth--;
    return result;
}

static int find_out(struct cfn__run *run, const char *name, json_t *expression) {
    struct cfn_path section = {.key = "Conditions"}, path = {&section, name, 0};
    bool outside = !run->in_conditions;
    json_object_set_new_nocheck(run->evaluation->truths, name, json_null());
    run->in_conditions = true;
    int truth = truth_of(run, expression, &path);
    run->in_conditions = !outside;
    json_object_set_new_nocheck(run->evaluation->truths, name, json_boolean(truth == 1));
    return truth;
}

int cfn__condition_truth(struct cfn__run *run, const char *name, const struct cfn_path *path) {
    json_t *known = json_object_get(run->evaluation->truths, name);
    json_t *expression = json_object_get(run->evaluation->conditions, name);
    if (json_is_boolean(known))
        return json_is_true(known);
    if (!known && expression)
        return find_out(run, name, expression);
    cfn__evaluation_refuse(
        run, "evaluate.condition", path,
        known ? "Template format error: Circular dependency between conditions: [%s]"
              : "Template error: unresolved condition dependency %s in Fn::If",
        name);
    return -1;
}

int cfn__conditions_evaluate(struct cfn__run *run) {
    const char *name;
    json_t *expression;
    int result = 0;
    json_object_foreach(run->evaluation->conditions, name, expression) {
        if (!json_object_get(run->evaluation->truths, name) && find_out(run, name, expression) < 0)
            result = -1;
    }
    return result;
}

/* Only the branch that is chosen is looked at. */
cfn_value cfn__evaluate_if(struct cfn__run *run, json_t *argument, const struct cfn_path *path) {
    struct cfn_path first = {path, NULL, 0};
    int truth = named(run, json_array_get(argument, 0), &first);
    size_t branch = truth ? 1 : 2;
    return truth < 0 ? NULL
                     : cfn__value_of(run, json_array_get(argument, branch),
                                     &(struct cfn_path){path, NULL, branch});
}

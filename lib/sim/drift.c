/* Drift: what is there against what the template says. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

enum { CHECKING = 2000, MOST_LISTED = 100 };

/* --- one resource --- */

static json_t *text_of(const json_t *value) {
    if (json_is_string(value))
        return json_incref(cfn__json_of(value));
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    json_t *made = json_string(text);
    free(text);
    return made;
}

static void put_difference(json_t *list, const char *path, const json_t *expected,
                           const json_t *actual) {
    json_t *nothing = json_null();
    json_array_append_new(list,
                          json_pack("{s:s, s:o, s:o, s:s}", "PropertyPath", path, "ExpectedValue",
                                    text_of(expected ? expected : nothing), "ActualValue",
                                    text_of(actual ? actual : nothing), "DifferenceType",
                                    !expected ? "ADD"
                                    : !actual ? "REMOVE"
                                              : "NOT_EQUAL"));
    json_decref(nothing);
}

static void compare(json_t *list, const char *path, const json_t *expected, const json_t *actual) {
    if (expected && actual && json_equal(expected, actual))
        return;
    if (!json_is_object(expected) || !json_is_object(actual)) {
        put_difference(list, path, expected, actual);
        return;
    }
    const char *name;
    json_t *value;
    struct cfn_text inner = {0};
    json_object_foreach(cfn__json_of(expected), name, value) {
        cfn_text_printf(&inner, "%s/%s", path, name);
        compare(list, inner.data, value, json_object_get(actual, name));
        inner.size = 0;
    }
    json_object_foreach(cfn__json_of(actual), name, value) {
        if (json_object_get(expected, name))
            continue;
        cfn_text_printf(&inner, "%s/%s", path, name);
        put_difference(list, inner.data, NULL, value);
        inner.size = 0;
    }
    cfn_text_done(&inner);
}

static void check(struct cfn__resource *resource, int64_t now) {
    bool same = !resource->live || json_equal(resource->live, resource->properties);
    bool gone = json_is_null(resource->live);
    resource->drift = gone ? "DELETED" : same ? "IN_SYNC" : "MODIFIED";
    resource->drift_checked = now;
}

static json_t *told_of(const struct cfn__stack *stack, const struct cfn__resource *resource) {
    const json_t *actual = resource->live ? resource->live : resource->properties;
    json_t *differences = json_array();
    bool modified = strcmp(resource->drift, "MODIFIED") == 0;
    if (modified)
        compare(differences, "", resource->properties, actual);
    json_t *told =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o}", "StackId", stack->id, "LogicalResourceId",
                  resource->id, "PhysicalResourceId", resource->physical, "ResourceType",
                  resource->type, "PropertyDifferences", differences, "StackResourceDriftStatus",
                  resource->drift, "Timestamp", cfn__json_time(resource->drift_checked));
    cfn__json_put(told, "ExpectedProperties", text_of(resource->properties));
    if (strcmp(resource->drift, "DELETED") != 0)
        cfn__json_put(told, "ActualProperties", text_of(actual));
    return told;
}

/* --- a whole stack --- */

static bool is_asked(const json_t *ids, const char *id) {
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (cfn_same(json_string_value(json_array_get(ids, i)), id))
            return true;
    return !ids || !json_array_size(ids);
}

static size_t check_all(struct cfn__stack *stack, const json_t *ids) {
    size_t drifted = 0;
    for (size_t i = 0; i < stack->resources.count; i++) {
        struct cfn__resource *resource = stack->resources.items[i];
        if (!cfn__resource_is_there(resource) || !is_asked(ids, resource->id))
            continue;
        check(resource, stack->sim->now);
        drifted += strcmp(resource->drift, "IN_SYNC") != 0;
    }
    stack->drift = drifted ? "DRIFTED" : "IN_SYNC";
    stack->drift_checked = stack->sim->now;
    cfn__stack_retell(stack);
    return drifted;
}

static bool may_be_checked(struct cfn__request *request, const struct cfn__stack *stack) {
    if (!stack->running && cfn_ends_with(stack->status, "_COMPLETE") &&
        strcmp(stack->status, "ROLLBACK_COMPLETE") != 0 && !cfn__stack_is_gone(stack))
        return true;
    cfn__sim_invalid(request,
                     "Drift detection cannot be performed on stack [%s] while it is in %s state",
                     stack->id, stack->status);
    return false;
}

/* What it finds is known at once, and told when it would have been found. */
json_t *cfn__detect_stack_drift(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    struct cfn_sim *sim = request->sim;
    if (!stack || !may_be_checked(request, stack))
        return NULL;
    size_t drifted = check_all(stack, json_object_get(request->input, "LogicalResourceIds"));
    char *id = cfn__sim_uuid(sim);
    json_t *output = json_pack("{s:s}", "StackDriftDetectionId", id);
    cfn__map_put(&sim->drift_checks, id,
                 json_pack("{s:s, s:s, s:s, s:I, s:I}", "id", id, "stack", stack->id, "drift",
                           stack->drift, "count", (json_int_t)drifted, "ready",
                           (json_int_t)(sim->now + CHECKING)));
    free(id);
    return output;
}

json_t *cfn__describe_drift_detection(struct cfn__request *request) {
    const char *id = cfn__text_of(request, "StackDriftDetectionId");
    const json_t *known = cfn__map_get(&request->sim->drift_checks, id);
    if (!known)
        return cfn__sim_invalid(request, "Drift detection id %s does not exist", id);
    int64_t ready = json_integer_value(json_object_get(known, "ready"));
    bool done = ready <= request->as_of;
    json_t *told = json_pack("{s:s, s:O, s:s, s:o}", "StackDriftDetectionId", id, "StackId",
                             json_object_get(known, "stack"), "DetectionStatus",
                             done ? "DETECTION_COMPLETE" : "DETECTION_IN_PROGRESS", "Timestamp",
                             cfn__json_time(ready - CHECKING));
    if (done) {
        cfn__json_put(told, "StackDriftStatus", json_incref(json_object_get(known, "drift")));
        cfn__json_put(told, "DriftedStackResourceCount",
                      json_sprintf("%" JSON_INTEGER_FORMAT,
                                   json_integer_value(json_object_get(known, "count"))));
    }
    return told;
}

json_t *cfn__describe_drifts(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    const json_t *filter = json_object_get(request->input, "StackResourceDriftStatusFilters");
    json_t *all = json_array();
    for (size_t i = 0; i < stack->resources.count; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        if (resource->drift_checked && is_asked(filter, resource->drift))
            json_array_append_new(all, told_of(stack, resource));
    }
    return cfn__page(request, json_object(), "StackResourceDrifts", all, MOST_LISTED);
}

json_t *cfn__detect_resource_drift(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    const char *id = cfn__text_of(request, "LogicalResourceId");
    if (!stack || !may_be_checked(request, stack))
        return NULL;
    struct cfn__resource *resource = cfn__resource_of(stack, id);
    if (!resource || !cfn__resource_is_there(resource))
        return cfn__sim_invalid(request, "Resource %s does not exist for stack %s", id,
                                stack->name);
    check(resource, request->sim->now);
    return json_pack("{s:o}", "StackResourceDrift", told_of(stack, resource));
}

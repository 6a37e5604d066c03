/* DescribeStackEvents and DescribeEvents, newest first. */
#include "change_set.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 100 };

/* How many events a reader sees. */
static size_t seen_events(const struct cfn__stack *stack, int64_t as_of) {
    size_t count = stack->events.count;
    while (count > 0 && stack->events.items[count - 1].time > as_of)
        count--;
    return count;
}

/* A token says how many older events are left to tell, so that new ones do not shift pages. */
json_t *cfn__describe_stack_events(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    const char *token = cfn__text_of(request, "NextToken");
    size_t left = seen_events(stack, request->as_of);
    if (token && strtoul(token, NULL, 10) < left)
        left = strtoul(token, NULL, 10);
    json_t *told = json_array(), *output = json_object();
    for (size_t i = 0; i < MOST_LISTED && left > 0; i++)
        json_array_append(told, stack->events.items[--left].told);
    if (left > 0)
        json_object_set_new(output, "NextToken", json_sprintf("%zu", left));
    json_object_set_new(output, "StackEvents", told);
    return output;
}

/* --- DescribeEvents: of a stack, of a change set, or of one operation --- */

static void put_operation(json_t *told, const struct cfn__operation *operation) {
    if (!operation)
        return;
    bool failed =
        cfn_ends_with(operation->status, "_FAILED") || strstr(operation->status, "ROLLBACK") ||
        (operation->kind == CFN__DELETE && strcmp(operation->status, "DELETE_COMPLETE") != 0);
    cfn__json_put(told, "OperationType", json_string(operation->action));
    cfn__json_put(told, "OperationStatus",
                  json_string(operation->phase != CFN__ENDED ? "IN_PROGRESS"
                              : failed                       ? "FAILED"
                                                             : "SUCCEEDED"));
    cfn__json_put(told, "StartTime", cfn__json_time(operation->start));
    if (operation->end)
        cfn__json_put(told, "EndTime", cfn__json_time(operation->end));
}

static void add_events(json_t *all, const struct cfn__stack *stack,
                       const struct cfn__operation *only, bool failed, int64_t as_of) {
    for (size_t i = seen_events(stack, as_of); i > 0; i--) {
        const struct cfn__event *event = &stack->events.items[i - 1];
        const char *status = json_string_value(json_object_get(event->told, "ResourceStatus"));
        bool is_failure = cfn_ends_with(status, "_FAILED");
        if ((only && event->operation != only) || (failed && !is_failure))
            continue;
        json_t *told = json_copy(event->told);
        json_object_del(told, "StackName");
        cfn__json_put(told, "EventType",
                      json_string(is_failure ? "PROVISIONING_ERROR" : "STACK_EVENT"));
        put_operation(told, event->operation);
        json_array_append_new(all, told);
    }
}

static const struct cfn__operation *operation_of(const struct cfn_sim *sim, const char *id) {
    for (size_t i = 0; i < sim->stacks.count; i++)
        for (size_t j = 0; j < sim->stacks.items[i]->operations.count; j++)
            if (strcmp(sim->stacks.items[i]->operations.items[j]->id, id) == 0)
                return sim->stacks.items[i]->operations.items[j];
    return NULL;
}

static json_t *of_operation(struct cfn__request *request, const char *id, bool failed) {
    const struct cfn__operation *operation = operation_of(request->sim, id);
    json_t *all = cfn__findings_of(request->sim, id);
    if (operation)
        add_events(all, operation->stack, operation, failed, request->as_of);
    if (operation || json_array_size(all))
        return all;
    json_decref(all);
    return cfn__sim_invalid(request, "Operation %s does not exist", id);
}

static json_t *of_change_set(struct cfn__request *request) {
    const struct cfn__change_set *set = cfn__change_set_of(request);
    return set ? json_copy(set->findings) : NULL;
}

static json_t *of_stack(struct cfn__request *request, bool failed) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    json_t *all = json_array();
    for (size_t i = stack->change_sets.count; i > 0; i--)
        json_array_extend(all, stack->change_sets.items[i - 1]->findings);
    add_events(all, stack, NULL, failed, request->as_of);
    return all;
}

json_t *cfn__describe_events(struct cfn__request *request) {
    const char *operation = cfn__text_of(request, "OperationId");
    bool failed =
        cfn__is_true(json_object_get(json_object_get(request->input, "Filters"), "FailedEvents"));
    json_t *all;
    if (operation)
        all = of_operation(request, operation, failed);
    else if (cfn__text_of(request, "ChangeSetName"))
        all = of_change_set(request);
    else if (cfn__text_of(request, "StackName"))
        all = of_stack(request, failed);
    else
        all = cfn__sim_invalid(request, "One of StackName, ChangeSetName and OperationId must be "
                                        "specified");
    return all ? cfn__page(request, json_object(), "OperationEvents", all, MOST_LISTED) : NULL;
}

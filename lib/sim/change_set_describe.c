/* DescribeChangeSet and ListChangeSets. */
#include "change_set.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CHANGES = 250, MOST_LISTED = 100 };

/* A change without values: they are told only where they are asked for. */
static json_t *without_values(const json_t *change) {
    json_t *copy = json_deep_copy(change), *resource = json_object_get(copy, "ResourceChange"),
           *detail;
    size_t index;
    json_object_del(resource, "BeforeContext");
    json_object_del(resource, "AfterContext");
    json_array_foreach(json_object_get(resource, "Details"), index, detail) {
        json_t *target = json_object_get(detail, "Target");
        json_object_del(target, "BeforeValue");
        json_object_del(target, "AfterValue");
    }
    return copy;
}

static bool is_ready(const struct cfn__change_set *set, int64_t as_of) {
    return set->ready && set->ready <= as_of;
}

static void put_head(json_t *told, const struct cfn__change_set *set, int64_t as_of) {
    bool ready = is_ready(set, as_of);
    cfn__json_put(told, "ChangeSetName", json_string(set->name));
    cfn__json_put(told, "ChangeSetId", json_string(set->id));
    cfn__json_put(told, "StackId", json_string(set->stack->id));
    cfn__json_put(told, "StackName", json_string(set->stack->name));
    cfn__json_put(told, "Description", json_incref(json_object_get(set->input, "Description")));
    cfn__json_put(told, "CreationTime", cfn__json_time(set->created));
    cfn__json_put(told, "Status", json_string(ready ? set->status : "CREATE_IN_PROGRESS"));
    cfn__json_put(told, "ExecutionStatus", json_string(ready ? set->execution : "UNAVAILABLE"));
    cfn__json_put(told, "StatusReason", ready && set->reason ? json_string(set->reason) : NULL);
    cfn__json_put(
        told, "IncludeNestedStacks",
        cfn__json_truth(cfn__is_true(json_object_get(set->input, "IncludeNestedStacks"))));
    cfn__json_put(told, "ImportExistingResources", cfn__json_truth(set->adopts));
}

static void put_input(json_t *told, const struct cfn__change_set *set) {
    static const char *const members[] = {"OnStackFailure", "DeploymentMode", "DeploymentConfig"};
    const struct cfn__version *version = set->version;
    cfn__json_put(told, "Parameters", cfn__parameters_told(version));
    cfn__json_put(told, "NotificationARNs", json_incref(version->topics));
    cfn__json_put(told, "RollbackConfiguration",
                  version->triggers ? json_incref(version->triggers) : json_object());
    cfn__json_put(told, "Capabilities", json_incref(version->capabilities));
    cfn__json_put(told, "Tags", json_incref(version->tags));
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        cfn__json_put(told, members[i], json_incref(json_object_get(set->input, members[i])));
}

json_t *cfn__describe_change_set(struct cfn__request *request) {
    const struct cfn__change_set *set = cfn__change_set_of(request);
    if (!set)
        return NULL;
    bool values = cfn__truth_of(request, "IncludePropertyValues");
    json_t *told = json_object(), *changes = json_array(), *change;
    size_t index;
    put_head(told, set, request->as_of);
    put_input(told, set);
    if (is_ready(set, request->as_of))
        json_array_foreach(set->changes, index, change) {
            json_array_append_new(changes, values ? json_incref(change) : without_values(change));
        }
    return cfn__page(request, told, "Changes", changes, MOST_CHANGES);
}

json_t *cfn__list_change_sets(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    json_t *all = json_array();
    for (size_t i = 0; i < stack->change_sets.count; i++) {
        const struct cfn__change_set *set = stack->change_sets.items[i];
        if (set->gone || set->created > request->as_of)
            continue;
        json_t *told = json_object();
        put_head(told, set, request->as_of);
        json_array_append_new(all, told);
    }
    return cfn__page(request, json_object(), "Summaries", all, MOST_LISTED);
}

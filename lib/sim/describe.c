/* DescribeStacks and ListStacks. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 100 };

json_t *cfn__refuse_named(struct cfn__request *request, const char *format, const char *name) {
    const char *hole = strstr(format, "%s");
    return cfn__sim_invalid(request, "%.*s%s%s", (int)(hole - format), format, name, hole + 2);
}

struct cfn__stack *cfn__seen_stack(struct cfn__request *request, const char *format) {
    const char *name = cfn__text_of(request, "StackName");
    struct cfn__stack *stack = cfn__stack_seen(request->sim, name, request->as_of);
    if (!stack)
        cfn__refuse_named(request, format, name);
    return stack;
}

/* A page of a list that begins at the number that NextToken is. */
json_t *cfn__page(struct cfn__request *request, json_t *output, const char *member, json_t *all,
                  size_t most) {
    const char *token = cfn__text_of(request, "NextToken");
    size_t begin = token ? strtoul(token, NULL, 10) : 0, count = json_array_size(all);
    if (begin == 0 && count <= most) {
        json_object_set_new(output, member, all);
        return output;
    }
    json_t *page = json_array();
    for (size_t i = begin; i < count && i < begin + most; i++)
        json_array_append(page, json_array_get(all, i));
    if (begin + most < count)
        json_object_set_new(output, "NextToken", json_sprintf("%zu", begin + most));
    json_object_set_new(output, member, page);
    json_decref(all);
    return output;
}

/* --- one stack --- */

/* What a NoEcho parameter's value is told as. */
static const char *shown(const struct cfn__version *version, const char *name, const char *value) {
    const json_t *declared = json_object_get(cfn__body_section(version->body, "Parameters"), name);
    return cfn__is_true(json_object_get(declared, "NoEcho")) ? "****" : value;
}

json_t *cfn__parameters_told(const struct cfn__version *version) {
    json_t *told = json_array(), *value;
    const char *name;
    json_object_foreach(version->given, name, value) {
        const char *given = json_string_value(value),
                   *resolved = json_string_value(json_object_get(version->parameters, name));
        json_t *item = json_pack("{s:s, s:s}", "ParameterKey", name, "ParameterValue",
                                 shown(version, name, given));
        if (resolved && strcmp(resolved, given) != 0)
            cfn__json_put(item, "ResolvedValue", json_string(shown(version, name, resolved)));
        json_array_append_new(told, item);
    }
    return told;
}

static void put_version(json_t *told, const struct cfn__version *version) {
    if (!version)
        return;
    cfn__json_put(told, "Description",
                  json_incref(json_object_get(version->body->value, "Description")));
    cfn__json_put(told, "Parameters", cfn__parameters_told(version));
    cfn__json_put(told, "RollbackConfiguration",
                  version->triggers ? json_incref(version->triggers) : json_object());
    cfn__json_put(told, "DeploymentConfig", json_incref(version->deployment));
    cfn__json_put(told, "NotificationARNs", json_incref(version->topics));
    cfn__json_put(told, "TimeoutInMinutes", json_incref(version->timeout));
    cfn__json_put(told, "Capabilities", json_incref(version->capabilities));
    cfn__json_put(told, "RoleARN", json_incref(version->role));
    cfn__json_put(told, "Tags", version->tags ? json_incref(version->tags) : json_array());
}

json_t *cfn__drift_told(const char *member, const char *status, int64_t checked) {
    json_t *told = json_pack("{s:s}", member, status);
    if (checked)
        cfn__json_put(told, "LastCheckTimestamp", cfn__json_time(checked));
    return told;
}

json_t *cfn__last_operations(const struct cfn__stack *stack, int64_t as_of) {
    json_t *told = json_array();
    for (size_t i = stack->operations.count; i > 0 && json_array_size(told) < 1; i--) {
        const struct cfn__operation *operation = stack->operations.items[i - 1];
        if (operation->start <= as_of)
            json_array_append_new(told, json_pack("{s:s, s:s}", "OperationType", operation->action,
                                                  "OperationId", operation->id));
    }
    return told;
}

static json_t *tell(struct cfn__stack *stack, const struct cfn__telling *telling) {
    json_t *told = json_pack("{s:s, s:s}", "StackId", stack->id, "StackName", stack->name);
    cfn__json_put(told, "CreationTime", cfn__json_time(stack->created));
    if (stack->updated && stack->updated <= telling->since)
        cfn__json_put(told, "LastUpdatedTime", cfn__json_time(stack->updated));
    if (stack->deleted && strcmp(telling->status, "DELETE_COMPLETE") == 0)
        cfn__json_put(told, "DeletionTime", cfn__json_time(stack->deleted));
    cfn__json_put(told, "StackStatus", json_string_nocheck(telling->status));
    cfn__json_put(told, "StackStatusReason", json_incref(telling->reason));
    put_version(told, telling->version);
    cfn__json_put(told, "DisableRollback", cfn__json_truth(stack->disable_rollback));
    cfn__json_put(told, "Outputs", json_incref(telling->outputs));
    cfn__json_put(told, "EnableTerminationProtection", cfn__json_truth(stack->is_protected));
    cfn__json_put(told, "DriftInformation",
                  cfn__drift_told("StackDriftStatus", stack->drift, stack->drift_checked));
    cfn__json_put(told, "LastOperations", cfn__last_operations(stack, telling->since));
    if (stack->change_set_id)
        cfn__json_put(told, "ChangeSetId", json_string(stack->change_set_id));
    if (stack->retain_except_on_create)
        cfn__json_put(told, "RetainExceptOnCreate", cfn__json_truth(true));
    if (stack->forced)
        cfn__json_put(told, "DeletionMode", json_string("FORCE_DELETE_STACK"));
    if (stack->parent) {
        cfn__json_put(told, "ParentId", json_string(stack->parent->id));
        cfn__json_put(told, "RootId", json_string(cfn__root_of(stack)->id));
    }
    return told;
}

const struct cfn__stack *cfn__root_of(const struct cfn__stack *stack) {
    while (stack->parent)
        stack = stack->parent;
    return stack;
}

json_t *cfn__stack_told(struct cfn__stack *stack, const struct cfn__telling *telling) {
    struct cfn__telling *kept = &stack->tellings.items[telling - stack->tellings.items];
    if (!kept->told)
        kept->told = tell(stack, telling);
    return json_incref(kept->told);
}

/* --- actions --- */

json_t *cfn__describe_stacks(struct cfn__request *request) {
    struct cfn_sim *sim = request->sim;
    json_t *all = json_array();
    if (cfn__text_of(request, "StackName")) {
        struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK_ID);
        if (stack)
            json_array_append_new(
                all, cfn__stack_told(stack, cfn__stack_telling(stack, request->as_of)));
        else
            json_decref(all);
        return stack ? json_pack("{s:o}", "Stacks", all) : NULL;
    }
    for (size_t i = sim->stacks.count; i > 0; i--) {
        struct cfn__stack *stack = sim->stacks.items[i - 1];
        const struct cfn__telling *telling = cfn__stack_telling(stack, request->as_of);
        if (telling && strcmp(telling->status, "DELETE_COMPLETE") != 0)
            json_array_append_new(all, cfn__stack_told(stack, telling));
    }
    return cfn__page(request, json_object(), "Stacks", all, MOST_LISTED);
}

static bool is_wanted(const json_t *filter, const char *status) {
    for (size_t i = 0; i < json_array_size(filter); i++)
        if (cfn_same(json_string_value(json_array_get(filter, i)), status))
            return true;
    return !json_array_size(filter);
}

static json_t *summary(struct cfn__stack *stack, const struct cfn__telling *telling) {
    static const char *const members[] = {"StackId",          "StackName",     "CreationTime",
                                          "LastUpdatedTime",  "DeletionTime",  "StackStatus",
                                          "ParentId",         "RootId",        "StackStatusReason",
                                          "DriftInformation", "LastOperations"};
    json_t *told = cfn__stack_told(stack, telling), *made = json_object();
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        cfn__json_put(made, members[i], json_incref(json_object_get(told, members[i])));
    cfn__json_put(made, "TemplateDescription", json_incref(json_object_get(told, "Description")));
    json_decref(told);
    return made;
}

json_t *cfn__list_stacks(struct cfn__request *request) {
    struct cfn_sim *sim = request->sim;
    const json_t *filter = json_object_get(request->input, "StackStatusFilter");
    json_t *all = json_array();
    for (size_t i = sim->stacks.count; i > 0; i--) {
        struct cfn__stack *stack = sim->stacks.items[i - 1];
        const struct cfn__telling *telling = cfn__stack_telling(stack, request->as_of);
        if (telling && is_wanted(filter, telling->status))
            json_array_append_new(all, summary(stack, telling));
    }
    return cfn__page(request, json_object(), "StackSummaries", all, MOST_LISTED);
}

/* DeleteStack. */
#include "actions.h"

#include <string.h>

static bool takes_retained(struct cfn__request *request, const struct cfn__stack *stack,
                           json_t **skip) {
    const json_t *retained = json_object_get(request->input, "RetainResources");
    if (json_array_size(retained) && strcmp(stack->status, "DELETE_FAILED") != 0) {
        cfn__sim_invalid(
            request,
            "Invalid operation on stack [%s]. Only resources of a stack that is in the "
            "DELETE_FAILED state can be retained.",
            stack->name);
        return false;
    }
    *skip = json_object();
    for (size_t i = 0; i < json_array_size(retained); i++)
        json_object_set_new(*skip, json_string_value(json_array_get(retained, i)), json_true());
    return true;
}

static bool may_be_deleted(struct cfn__request *request, const struct cfn__stack *stack) {
    if (stack->is_protected)
        cfn__sim_invalid(request,
                         "Stack [%s] cannot be deleted while TerminationProtection is enabled",
                         stack->name);
    else if (stack->running && strcmp(stack->status, "CREATE_IN_PROGRESS") != 0)
        cfn__sim_invalid(request, "Stack [%s] cannot be deleted while in status %s", stack->name,
                         stack->status);
    else
        return true;
    return false;
}

json_t *cfn__delete_stack(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__stack_find(request->sim, cfn__text_of(request, "StackName"));
    json_t *skip;
    if (!stack || cfn__stack_is_gone(stack) || strcmp(stack->status, "DELETE_IN_PROGRESS") == 0)
        return json_object();
    if (!may_be_deleted(request, stack) || !takes_retained(request, stack, &skip))
        return NULL;
    if (stack->running)
        cfn__operation_abandon(stack->running);
    struct cfn__operation *operation =
        cfn__operation_new(stack, CFN__DELETE, cfn__text_of(request, "ClientRequestToken"));
    operation->skip = skip;
    operation->other = request->other;
    operation->forced = cfn_same(cfn__text_of(request, "DeletionMode"), "FORCE_DELETE_STACK");
    operation->express = cfn__is_express(json_object_get(request->input, "DeploymentConfig"));
    stack->forced = operation->forced;
    cfn__operation_delete(operation);
    return json_object();
}

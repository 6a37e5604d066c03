/* CancelUpdateStack, ContinueUpdateRollback, RollbackStack; protection and policies. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

json_t *cfn__cancel_update_stack(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    if (!stack->running || strcmp(stack->status, "UPDATE_IN_PROGRESS") != 0)
        return cfn__sim_invalid(request,
                                "CancelUpdateStack cannot be called from current stack status");
    cfn__operation_cancel(stack->running);
    return json_object();
}

/* --- continuing --- */

static bool takes_skipped(struct cfn__request *request, const struct cfn__stack *stack,
                          json_t **skip) {
    const json_t *ids = json_object_get(request->input, "ResourcesToSkip");
    *skip = json_object();
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *id = json_string_value(json_array_get(ids, i));
        const struct cfn__resource *resource = cfn__resource_of(stack, id);
        if (!resource || strcmp(resource->status, "UPDATE_FAILED") != 0) {
            cfn__sim_invalid(
                request,
                "Cannot specify resource %s to skip: only resources in the UPDATE_FAILED "
                "state because a rollback failed can be skipped",
                id);
            json_decref(*skip);
            return false;
        }
        json_object_set_new(*skip, id, json_true());
    }
    return true;
}

/* The operation takes over what the last one had done and not undone. */
static void take_over(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    struct cfn__operation *last = stack->operations.items[stack->operations.count - 2];
    cfn__inherit(operation);
    operation->leftovers.items = last->leftovers.items;
    operation->leftovers.count = last->leftovers.count;
    operation->leftovers.room = last->leftovers.room;
    last->leftovers.items = NULL;
    last->leftovers.count = last->leftovers.room = 0;
}

json_t *cfn__continue_update_rollback(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    json_t *skip;
    if (!stack)
        return NULL;
    if (stack->running || strcmp(stack->status, "UPDATE_ROLLBACK_FAILED") != 0)
        return cfn__sim_invalid(request,
                                "Stack [%s] is in %s state and can not continue update rollback. "
                                "UPDATE_ROLLBACK_FAILED is required.",
                                stack->name, stack->status);
    if (!takes_skipped(request, stack, &skip))
        return NULL;
    struct cfn__operation *operation =
        cfn__operation_new(stack, CFN__CONTINUE, cfn__text_of(request, "ClientRequestToken"));
    operation->skip = skip;
    operation->other = request->other;
    take_over(operation);
    cfn__operation_roll_back(operation, "User Initiated");
    return json_object();
}

json_t *cfn__rollback_stack(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    bool creation = strcmp(stack->status, "CREATE_FAILED") == 0;
    if (stack->running || (!creation && strcmp(stack->status, "UPDATE_FAILED") != 0))
        return cfn__sim_invalid(
            request, "RollbackStack cannot be called from current stack status: %s", stack->status);
    if (stack->version && cfn__is_express(stack->version->deployment))
        return cfn__sim_invalid(
            request, "RollbackStack is not supported for stacks deployed in EXPRESS mode");
    struct cfn__operation *operation =
        cfn__operation_new(stack, CFN__ROLLBACK, cfn__text_of(request, "ClientRequestToken"));
    operation->retain_except_on_create = cfn__truth_of(request, "RetainExceptOnCreate");
    operation->other = request->other;
    take_over(operation);
    operation->undoes_creation = creation || !stack->stable;
    operation->forgets = !operation->undoes_creation;
    cfn__operation_roll_back(operation, "User Initiated");
    return json_pack("{s:s, s:s}", "StackId", stack->id, "OperationId", operation->id);
}

/* --- protection --- */

json_t *cfn__update_termination_protection(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    if (cfn__stack_is_gone(stack) || strcmp(stack->status, "DELETE_IN_PROGRESS") == 0)
        return cfn__sim_invalid(
            request,
            "TerminationProtection of stack [%s] cannot be changed while it is in "
            "%s state",
            stack->name, stack->status);
    stack->is_protected = cfn__truth_of(request, "EnableTerminationProtection");
    cfn__stack_retell(stack);
    return json_pack("{s:s}", "StackId", stack->id);
}

json_t *cfn__set_stack_policy(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    if (!cfn__text_of(request, "StackPolicyBody") && !cfn__text_of(request, "StackPolicyURL"))
        return cfn__sim_invalid(request,
                                "Either StackPolicyBody or StackPolicyURL must be specified");
    return cfn__policy_of(request, "StackPolicyBody", &stack->policy) ? json_object() : NULL;
}

json_t *cfn__get_stack_policy(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK);
    if (!stack)
        return NULL;
    return stack->policy ? json_pack("{s:s}", "StackPolicyBody", stack->policy) : json_object();
}

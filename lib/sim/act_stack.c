/* CreateStack and UpdateStack. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_NAME = 128, MOST_STACKS = 2000, MOST_POLICY = 16384 };

struct cfn__stack *cfn__named_stack(struct cfn__request *request, const char *format) {
    const char *name = cfn__text_of(request, "StackName");
    struct cfn__stack *stack = cfn__stack_find(request->sim, name);
    if (!stack)
        cfn__refuse_named(request, format, name);
    return stack;
}

bool cfn__is_express(const json_t *deployment) {
    return cfn_same(json_string_value(json_object_get(deployment, "Mode")), "EXPRESS");
}

bool cfn__options_agree(struct cfn__request *request) {
    const json_t *input = request->input;
    bool deployment = json_object_get(input, "DeploymentConfig"),
         rollback = json_object_get(input, "DisableRollback"),
         failure = json_object_get(input, "OnFailure") || json_object_get(input, "OnStackFailure");
    if (deployment && (rollback || failure))
        cfn__sim_invalid(request,
                         "DeploymentConfig cannot be specified together with DisableRollback "
                         "or OnFailure");
    else if (rollback && failure)
        cfn__sim_invalid(request,
                         "You can specify either DisableRollback or OnFailure, but not both.");
    else
        return true;
    return false;
}

void cfn__set_deployment(struct cfn__operation *operation, const json_t *input) {
    const json_t *deployment = json_object_get(input, "DeploymentConfig"),
                 *disabled = json_object_get(deployment, "DisableRollback");
    const char *failure = json_string_value(json_object_get(input, "OnFailure"));
    if (!failure)
        failure = json_string_value(json_object_get(input, "OnStackFailure"));
    operation->express = cfn__is_express(deployment);
    bool stays = cfn__is_true(json_object_get(input, "DisableRollback")) ||
                 (operation->express && !disabled) || cfn__is_true(disabled) ||
                 cfn_same(failure, "DO_NOTHING");
    operation->on_failure = stays                         ? CFN__STAYS
                            : cfn_same(failure, "DELETE") ? CFN__REMOVES
                                                          : CFN__ROLLS_BACK;
    operation->retain_except_on_create =
        cfn__is_true(json_object_get(input, "RetainExceptOnCreate"));
}

bool cfn__evaluates(struct cfn__request *request, struct cfn__operation *operation) {
    struct cfn_diags *diags = cfn_diags_new();
    operation->evaluation = cfn__operation_evaluate(operation, diags);
    struct cfn__version *version = operation->version;
    if (operation->evaluation && !version->parameters)
        version->parameters =
            json_incref(cfn__json_of(cfn_evaluation_parameters(operation->evaluation)));
    if (!operation->evaluation)
        cfn__sim_invalid(request, "%s",
                         cfn_diags_count(diags) ? cfn_diags_at(diags, 0)->message
                                                : "Template error");
    cfn_diags_free(diags);
    return operation->evaluation;
}

void cfn__operation_undo(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    stack->running = NULL;
    stack->operations.count--;
    cfn__operation_free(operation);
}

bool cfn__policy_of(struct cfn__request *request, const char *member, char **policy) {
    const char *text = cfn__text_of(request, member);
    if (cfn__text_of(request, "StackPolicyURL") ||
        cfn__text_of(request, "StackPolicyDuringUpdateURL")) {
        cfn__sim_invalid(request, "the simulation takes stack policies as text only");
        return false;
    }
    if (!text)
        return true;
    json_t *value = strlen(text) <= MOST_POLICY ? json_loads(text, 0, NULL) : NULL;
    bool fine = json_object_get(value, "Statement");
    json_decref(value);
    if (!fine) {
        cfn__sim_invalid(request, strlen(text) > MOST_POLICY
                                      ? "Stack policy may not exceed 16384 bytes"
                                      : "Error validating stack policy: Invalid stack policy");
        return false;
    }
    free(*policy);
    *policy = cfn__copy(text);
    return true;
}

static size_t live_stacks(const struct cfn_sim *sim) {
    size_t count = 0;
    for (size_t i = 0; i < sim->stacks.count; i++)
        count += !cfn__stack_is_gone(sim->stacks.items[i]);
    return count;
}

bool cfn__may_be_created(struct cfn__request *request, const char *name) {
    if (!cfn__is_name(name))
        cfn__sim_invalid(request,
                         "1 validation error detected: Value '%s' at 'stackName' failed to satisfy "
                         "constraint: Member must satisfy regular expression pattern: "
                         "[a-zA-Z][-a-zA-Z0-9]*",
                         name);
    else if (strlen(name) > MOST_NAME)
        cfn__sim_invalid(request,
                         "1 validation error detected: Value '%s' at 'stackName' failed to satisfy "
                         "constraint: Member must have length less than or equal to 128",
                         name);
    else if (live_stacks(request->sim) >= MOST_STACKS)
        cfn__sim_refuse(request, 400, "LimitExceededException",
                        "Limit for stack has been exceeded");
    else
        return true;
    return false;
}

/* An operation with what it takes on; NULL: refused. A new stack is told of only when it begins. */
static struct cfn__operation *begin(struct cfn__request *request, struct cfn__stack *stack,
                                    enum cfn__kind kind, struct cfn__version *version) {
    struct cfn__operation *operation =
        cfn__operation_new(stack, kind, cfn__text_of(request, "ClientRequestToken"));
    operation->version = version;
    operation->other = request->other;
    cfn__set_deployment(operation, request->input);
    if (cfn__evaluates(request, operation))
        return operation;
    cfn__operation_undo(operation);
    return NULL;
}

static json_t *begun(const struct cfn__operation *operation) {
    return json_pack("{s:s, s:s}", "StackId", operation->stack->id, "OperationId", operation->id);
}

/* --- create --- */

static void set_up(struct cfn__request *request, struct cfn__stack *stack,
                   const struct cfn__operation *operation) {
    stack->is_protected = cfn__truth_of(request, "EnableTerminationProtection");
    stack->disable_rollback = operation->on_failure == CFN__STAYS;
    stack->retain_except_on_create = operation->retain_except_on_create;
}

json_t *cfn__create_stack(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "StackName");
    char *policy = NULL;
    if (!cfn__may_be_created(request, name) || !cfn__options_agree(request))
        return NULL;
    if (cfn__stack_find(request->sim, name))
        return cfn__sim_refuse(request, 400, "AlreadyExistsException", "Stack [%s] already exists",
                               name);
    if (!cfn__policy_of(request, "StackPolicyBody", &policy))
        return NULL;
    struct cfn__version *version = cfn__submission(request, NULL);
    struct cfn__stack *stack = version ? cfn__stack_new(request->sim, name) : NULL;
    struct cfn__operation *operation = stack ? begin(request, stack, CFN__CREATE, version) : NULL;
    if (!operation) {
        if (stack)
            cfn__stack_forget(stack);
        free(policy);
        return NULL;
    }
    stack->policy = policy;
    operation->undoes_creation = true;
    set_up(request, stack, operation);
    cfn__operation_create(operation);
    return begun(operation);
}

/* --- update --- */

bool cfn__is_updatable(const char *status) {
    static const char *const statuses[] = {
        "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE",
        "CREATE_FAILED",   "UPDATE_FAILED",   "IMPORT_ROLLBACK_COMPLETE",
    };
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (strcmp(statuses[i], status) == 0)
            return true;
    return false;
}

/* What a failed update that was left as it is had changed can still be undone. */
void cfn__inherit(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    if (stack->operations.count < 2 || !cfn_ends_with(operation->previous, "_FAILED"))
        return;
    struct cfn__operation *last = stack->operations.items[stack->operations.count - 2];
    operation->before.items = last->before.items;
    operation->before.count = last->before.count;
    operation->before.room = last->before.room;
    last->before.items = NULL;
    last->before.count = last->before.room = 0;
    operation->undoes_creation = last->undoes_creation;
}

static const char *retyped(const struct cfn__stack *stack, const struct cfn__version *version) {
    for (size_t i = 0; i < stack->resources.count; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        const json_t *item =
            json_object_get(cfn__body_section(version->body, "Resources"), resource->id);
        const char *type = json_string_value(json_object_get(item, "Type"));
        if (type && *resource->physical && strcmp(type, resource->type) != 0 &&
            cfn__resource_is_there(resource))
            return resource->id;
    }
    return NULL;
}

/* Whether there is anything to update; refused where there is not, or where it cannot be done. */
static bool is_worth(struct cfn__request *request, const struct cfn__operation *operation) {
    const struct cfn__stack *stack = operation->stack;
    const char *other = retyped(stack, operation->version);
    if (other)
        cfn__sim_invalid(
            request,
            "Update of resource type is not permitted. The new template modifies resource "
            "type of the following resources: [%s]",
            other);
    else if (!cfn_ends_with(operation->previous, "_FAILED") &&
             !cfn__version_differs(stack->version, operation->version))
        cfn__sim_invalid(request, "No updates are to be performed.");
    else
        return true;
    return false;
}

json_t *cfn__update_stack(struct cfn__request *request) {
    struct cfn__stack *stack = cfn__named_stack(request, CFN__NO_STACK);
    char *policy = NULL, *during = NULL;
    if (!stack || !cfn__options_agree(request))
        return NULL;
    if (stack->running || !cfn__is_updatable(stack->status))
        return cfn__sim_invalid(request, "Stack:%s is in %s state and can not be updated.",
                                stack->id, stack->status);
    if (!cfn__policy_of(request, "StackPolicyBody", &policy) ||
        !cfn__policy_of(request, "StackPolicyDuringUpdateBody", &during)) {
        free(policy);
        return NULL;
    }
    struct cfn__version *version = cfn__submission(request, stack);
    struct cfn__operation *operation = version ? begin(request, stack, CFN__UPDATE, version) : NULL;
    if (operation && !is_worth(request, operation)) {
        cfn__operation_undo(operation);
        operation = NULL;
    }
    if (!operation) {
        free(policy);
        free(during);
        return NULL;
    }
    operation->policy = during;
    if (policy) {
        free(stack->policy);
        stack->policy = policy;
    }
    stack->disable_rollback = operation->on_failure == CFN__STAYS;
    cfn__inherit(operation);
    cfn__operation_update(operation);
    return begun(operation);
}

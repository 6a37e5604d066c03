/* CreateChangeSet, ExecuteChangeSet and DeleteChangeSet. */
#include "change_set.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SETS = 200 };

void cfn__change_set_free(struct cfn__change_set *set) {
    free(set->name);
    free(set->id);
    free(set->operation_id);
    free(set->reason);
    cfn__version_drop(set->version);
    json_decref(set->input);
    json_decref(set->changes);
    json_decref(set->findings);
    free(set);
}

/* --- finding --- */

static struct cfn__change_set *in_stack(const struct cfn__stack *stack, const char *name) {
    for (size_t i = stack->change_sets.count; i > 0; i--) {
        struct cfn__change_set *set = stack->change_sets.items[i - 1];
        if (!set->gone && (strcmp(set->name, name) == 0 || strcmp(set->id, name) == 0))
            return set;
    }
    return NULL;
}

static struct cfn__change_set *anywhere(const struct cfn_sim *sim, const char *id) {
    for (size_t i = sim->stacks.count; i > 0; i--) {
        struct cfn__change_set *set = in_stack(sim->stacks.items[i - 1], id);
        if (set)
            return set;
    }
    return NULL;
}

struct cfn__change_set *cfn__change_set_of(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "ChangeSetName"),
               *stack_name = cfn__text_of(request, "StackName");
    struct cfn__change_set *set = NULL;
    if (cfn_starts_with(name, "arn:")) {
        set = anywhere(request->sim, name);
    } else if (!stack_name) {
        cfn__sim_invalid(
            request, "StackName must be specified if ChangeSetName is not specified as an ARN.");
        return NULL;
    } else {
        const struct cfn__stack *stack = cfn__stack_find(request->sim, stack_name);
        if (!stack) {
            cfn__sim_invalid(request, "Stack [%s] does not exist", stack_name);
            return NULL;
        }
        set = in_stack(stack, name);
    }
    if (set && set->created <= request->as_of)
        return set;
    cfn__sim_refuse(request, 404, "ChangeSetNotFound", "ChangeSet [%s] does not exist", name);
    return NULL;
}

const struct cfn__body *cfn__change_set_body(struct cfn__request *request) {
    const struct cfn__change_set *set = cfn__change_set_of(request);
    return set ? set->version->body : NULL;
}

json_t *cfn__findings_of(const struct cfn_sim *sim, const char *operation_id) {
    json_t *all = json_array();
    for (size_t i = 0; i < sim->stacks.count; i++)
        for (size_t j = 0; j < sim->stacks.items[i]->change_sets.count; j++)
            if (strcmp(sim->stacks.items[i]->change_sets.items[j]->operation_id, operation_id) == 0)
                json_array_extend(all, sim->stacks.items[i]->change_sets.items[j]->findings);
    return all;
}

/* --- creating --- */

static void make_ready(struct cfn_sim *sim, const struct cfn__happening *happening) {
    struct cfn__change_set *set = happening->subject;
    if (set->gone)
        return;
    set->ready = sim->now;
    cfn__change_set_work_out(set);
    set->status = set->reason ? "FAILED" : "CREATE_COMPLETE";
    set->execution = set->reason ? "UNAVAILABLE" : "AVAILABLE";
}

static bool may_begin(struct cfn__request *request, const struct cfn__stack *stack, bool creates) {
    const char *name = cfn__text_of(request, "StackName"),
               *set = cfn__text_of(request, "ChangeSetName");
    bool review = stack && strcmp(stack->status, "REVIEW_IN_PROGRESS") == 0;
    if (!cfn__is_name(set) || strlen(set) > 128)
        cfn__sim_invalid(request,
                         "1 validation error detected: Value '%s' at 'changeSetName' failed to "
                         "satisfy constraint: Member must satisfy regular expression pattern: "
                         "[a-zA-Z][-a-zA-Z0-9]*",
                         set);
    else if (creates && stack && !review)
        cfn__sim_invalid(request,
                         "Stack [%s] already exists and cannot be created again with the changeSet "
                         "[%s].",
                         name, set);
    else if (!creates && !stack)
        cfn__sim_invalid(request, "Stack [%s] does not exist", name);
    else if (!creates && (stack->running || !cfn__is_updatable(stack->status)))
        cfn__sim_invalid(request, "Stack:%s is in %s state and can not be updated.", stack->id,
                         stack->status);
    else if (stack && in_stack(stack, set))
        cfn__sim_refuse(request, 400, "AlreadyExistsException", "ChangeSet %s already exists", set);
    else if (stack && stack->change_sets.count >= MOST_SETS)
        cfn__sim_refuse(request, 400, "LimitExceededException",
                        "ChangeSet limit exceeded for stack %s", name);
    else
        return true;
    return false;
}

static bool options_agree(struct cfn__request *request) {
    const char *type = cfn__text_of(request, "ChangeSetType"),
               *failure = cfn__text_of(request, "OnStackFailure");
    if (cfn_same(type, "IMPORT"))
        cfn__sim_invalid(request, "the simulation imports with ImportExistingResources only");
    else if (cfn_same(failure, "DELETE") && !cfn_same(type, "CREATE"))
        cfn__sim_invalid(request,
                         "OnStackFailure: DELETE is only supported for change sets of type CREATE");
    else if (cfn__truth_of(request, "IncludeNestedStacks") &&
             cfn__text_of(request, "DeploymentMode"))
        cfn__sim_invalid(request, "DeploymentMode cannot be used with IncludeNestedStacks");
    else
        return cfn__options_agree(request);
    return false;
}

/* Whether parameters fit is told at once; a new stack stays where it is then taken back. */
static bool fits(struct cfn__request *request, struct cfn__stack *stack,
                 struct cfn__version *version) {
    struct cfn__operation dry = {.stack = stack, .version = version, .status = ""};
    bool fine = cfn__evaluates(request, &dry);
    cfn_evaluation_free(dry.evaluation);
    return fine;
}

static struct cfn__change_set *new_set(struct cfn__request *request, struct cfn__stack *stack,
                                       struct cfn__version *version, bool creates) {
    struct cfn_sim *sim = request->sim;
    struct cfn__change_set *set = cfn__alloc(sizeof *set);
    char *uuid = cfn__sim_uuid(sim);
    struct cfn_text id = {0};
    const char *name = cfn__text_of(request, "ChangeSetName");
    cfn_text_printf(&id, "arn:%s:cloudformation:%s:%s:changeSet/%s/%s", cfn__sim_partition(sim),
                    sim->region, sim->account, name, uuid);
    free(uuid);
    *set = (struct cfn__change_set){.stack = stack,
                                    .name = cfn__copy(name),
                                    .id = cfn_text_take(&id),
                                    .operation_id = cfn__sim_uuid(sim),
                                    .creates = creates,
                                    .adopts = cfn__truth_of(request, "ImportExistingResources"),
                                    .reverts_drift = cfn__text_of(request, "DeploymentMode"),
                                    .validates = !cfn__truth_of(request, "DisableValidation"),
                                    .status = "CREATE_IN_PROGRESS",
                                    .execution = "UNAVAILABLE",
                                    .version = version,
                                    .input = json_deep_copy(request->input),
                                    .changes = json_array(),
                                    .findings = json_array(),
                                    .created = sim->now};
    *CFN_PUSH(&stack->change_sets) = set;
    cfn__sim_at(sim, sim->now + sim->change_set_time, make_ready, set, 0, 0);
    return set;
}

json_t *cfn__create_change_set(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "StackName");
    struct cfn__stack *stack = cfn__stack_find(request->sim, name);
    bool creates = cfn_same(cfn__text_of(request, "ChangeSetType"), "CREATE"), is_new = !stack;
    if (!options_agree(request) || !may_begin(request, stack, creates) ||
        (is_new && !cfn__may_be_created(request, name)))
        return NULL;
    struct cfn__version *version = cfn__submission(request, creates ? NULL : stack);
    if (!version)
        return NULL;
    if (is_new)
        stack = cfn__stack_new(request->sim, name);
    if (!fits(request, stack, version)) {
        cfn__version_drop(version);
        if (is_new)
            cfn__stack_forget(stack);
        return NULL;
    }
    if (is_new)
        cfn__stack_set(stack, NULL, "REVIEW_IN_PROGRESS", "User Initiated");
    const struct cfn__change_set *set = new_set(request, stack, version, creates);
    return json_pack("{s:s, s:s}", "Id", set->id, "StackId", stack->id);
}

/* --- executing --- */

static struct cfn__operation *operation_of(struct cfn__request *request,
                                           struct cfn__change_set *set) {
    struct cfn__operation *operation =
        cfn__operation_new(set->stack, set->creates ? CFN__CREATE : CFN__UPDATE,
                           cfn__text_of(request, "ClientRequestToken"));
    operation->version = cfn__version_keep(set->version);
    operation->other = request->other;
    operation->adopts = set->adopts;
    operation->reverts_drift = set->reverts_drift;
    operation->undoes_creation = set->creates;
    cfn__set_deployment(operation, set->input);
    operation->retain_except_on_create = cfn__truth_of(request, "RetainExceptOnCreate");
    if (cfn__truth_of(request, "DisableRollback"))
        operation->on_failure = CFN__STAYS;
    if (cfn__evaluates(request, operation))
        return operation;
    cfn__operation_undo(operation);
    return NULL;
}

static bool is_executable(struct cfn__request *request, const struct cfn__change_set *set) {
    const struct cfn__stack *stack = set->stack;
    bool review = strcmp(stack->status, "REVIEW_IN_PROGRESS") == 0;
    if (strcmp(set->status, "CREATE_COMPLETE") != 0)
        cfn__sim_refuse(request, 400, "InvalidChangeSetStatus",
                        "ChangeSet [%s] cannot be executed in its current status of [%s]", set->id,
                        set->status);
    else if (strcmp(set->execution, "AVAILABLE") != 0)
        cfn__sim_refuse(request, 400, "InvalidChangeSetStatus",
                        "ChangeSet [%s] cannot be executed in its current execution status of [%s]",
                        set->id, set->execution);
    else if (stack->running || !(review || cfn__is_updatable(stack->status)))
        cfn__sim_invalid(request, "Stack:%s is in %s state and can not be updated.", stack->id,
                         stack->status);
    else if (json_object_get(set->input, "OnStackFailure") &&
             json_object_get(request->input, "DisableRollback"))
        cfn__sim_invalid(request, "DisableRollback cannot be specified for a change set that was "
                                  "created with OnStackFailure");
    else
        return true;
    return false;
}

json_t *cfn__execute_change_set(struct cfn__request *request) {
    struct cfn__change_set *set = cfn__change_set_of(request);
    if (!set || !is_executable(request, set))
        return NULL;
    struct cfn__stack *stack = set->stack;
    struct cfn__operation *operation = operation_of(request, set);
    if (!operation)
        return NULL;
    for (size_t i = 0; i < stack->change_sets.count; i++)
        if (stack->change_sets.items[i] != set)
            stack->change_sets.items[i]->gone = true;
    set->execution = "EXECUTE_IN_PROGRESS";
    stack->change_set_id = set->id;
    stack->disable_rollback = operation->on_failure == CFN__STAYS;
    if (set->creates) {
        cfn__operation_create(operation);
    } else {
        cfn__inherit(operation);
        cfn__operation_update(operation);
    }
    return json_object();
}

/* What becomes of a stack's sets when an operation on it has ended. */
void cfn__change_sets_follow(struct cfn__stack *stack, const char *status) {
    bool done = strcmp(status, "CREATE_COMPLETE") == 0 || strcmp(status, "UPDATE_COMPLETE") == 0;
    for (size_t i = 0; i < stack->change_sets.count; i++) {
        struct cfn__change_set *set = stack->change_sets.items[i];
        if (strcmp(set->execution, "EXECUTE_IN_PROGRESS") == 0)
            set->execution = done ? "EXECUTE_COMPLETE" : "EXECUTE_FAILED";
        else if (strcmp(set->execution, "AVAILABLE") == 0)
            set->execution = "OBSOLETE";
        if (strcmp(status, "DELETE_COMPLETE") == 0)
            set->gone = true;
    }
}

/* An unknown set of a stack that is there is deleted without a word. */
json_t *cfn__delete_change_set(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "ChangeSetName"),
               *stack_name = cfn__text_of(request, "StackName");
    const struct cfn__stack *stack = stack_name ? cfn__stack_find(request->sim, stack_name) : NULL;
    struct cfn__change_set *set =
        stack && !in_stack(stack, name) ? NULL : cfn__change_set_of(request);
    if (!set)
        return stack ? json_object() : NULL;
    if (strcmp(set->execution, "EXECUTE_IN_PROGRESS") == 0)
        return cfn__sim_refuse(request, 400, "InvalidChangeSetStatus",
                               "An operation on this ChangeSet is currently in progress.");
    set->gone = true;
    return json_object();
}

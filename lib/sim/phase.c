/* The phases of an operation: forward, back, and cleaning up; what follows on each. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static void put_failures(struct cfn_text *text, const struct cfn__operation *operation) {
    static const char *const verbs[] = {"create", "update", "delete"};
    for (size_t kind = 0; kind < 3; kind++) {
        const json_t *ids = operation->failures[kind];
        if (!json_array_size(ids))
            continue;
        cfn_text_printf(text, "The following resource(s) failed to %s: [", verbs[kind]);
        for (size_t i = 0; i < json_array_size(ids); i++)
            cfn_text_printf(text, "%s%s", i ? ", " : "", json_string_value(json_array_get(ids, i)));
        cfn_text_put(text, "]. ");
    }
}

static void forget_failures(struct cfn__operation *operation) {
    for (size_t kind = 0; kind < 3; kind++) {
        json_decref(operation->failures[kind]);
        operation->failures[kind] = NULL;
    }
}

static char *failures_text(const struct cfn__operation *operation) {
    struct cfn_text text = {0};
    put_failures(&text, operation);
    return cfn_text_take(&text);
}

/* --- what an operation leaves --- */

static void take_version(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    cfn__version_keep(operation->version);
    cfn__version_drop(stack->version);
    stack->version = operation->version;
    json_decref(stack->imports);
    stack->imports = operation->imports ? json_incref(operation->imports) : json_object();
}

static void commit(struct cfn__operation *operation, json_t *outputs) {
    struct cfn__stack *stack = operation->stack;
    take_version(operation);
    cfn__version_drop(stack->stable);
    stack->stable = NULL;
    cfn__exports_follow(stack, outputs);
    json_decref(stack->outputs);
    stack->outputs = outputs;
}

static void empty(struct cfn__stack *stack) {
    json_object_clear(stack->imports);
    cfn__exports_follow(stack, NULL);
    json_decref(stack->outputs);
    stack->outputs = NULL;
}

/* --- cleaning up --- */

void cfn__operation_clean_up(struct cfn__operation *operation) {
    operation->phase = CFN__CLEANUP;
    operation->failed = false;
    cfn__steps_clear(operation);
    for (size_t i = 0; i < operation->leftovers.count; i++) {
        struct cfn__resource *resource = operation->leftovers.items[i];
        struct cfn__step *step = cfn__step_add(operation, resource->id, resource, CFN__DELETES);
        step->own = true;
        step->is_old = !operation->rolls_back;
        step->is_new = operation->rolls_back;
    }
    operation->leftovers.count = 0;
    cfn__surplus_add(operation);
    cfn__steps_order(operation, true);
    cfn__steps_start(operation);
}

/* Resources that the stack shall no longer have. */
void cfn__surplus_add(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    const struct cfn__body *body = stack->version->body;
    for (size_t i = 0; i < stack->resources.count; i++) {
        struct cfn__resource *resource = stack->resources.items[i];
        const struct cfn__before *before = cfn__before_of(operation, resource->id);
        const json_t *item = json_object_get(cfn__body_section(body, "Resources"), resource->id);
        bool newborn = before && !before->was && before->does != CFN__KEEPS;
        bool stays = operation->rolls_back
                         ? !newborn
                         : item && cfn_evaluation_has(operation->evaluation, item);
        if (stays || !cfn__resource_is_there(resource))
            continue;
        struct cfn__step *step = cfn__step_add(operation, resource->id, resource, CFN__DELETES);
        step->is_new = newborn;
        step->is_released = newborn && before->does == CFN__IMPORTS;
    }
}

/* --- going back --- */

/* Undoes what an update has done so far. */
static void restore(struct cfn__operation *operation) {
    operation->phase = CFN__BACK;
    operation->failed = false;
    operation->rolls_back = true;
    forget_failures(operation);
    cfn__steps_clear(operation);
    for (size_t i = 0; i < operation->before.count; i++) {
        const struct cfn__before *before = &operation->before.items[i];
        struct cfn__resource *resource = cfn__resource_of(operation->stack, before->id);
        if (before->was && !before->restored && resource)
            cfn__step_add(operation, before->id, resource, CFN__UPDATES)->needs =
                json_incref(before->was->needs);
    }
    cfn__steps_order(operation, false);
    cfn__steps_start(operation);
}

void cfn__operation_roll_back(struct cfn__operation *operation, const char *reason) {
    struct cfn__stack *stack = operation->stack;
    bool creation = operation->undoes_creation;
    operation->phase = CFN__BACK;
    operation->not_before = 0;
    operation->rolls_back = true;
    if (!creation && stack->stable) {
        cfn__version_drop(stack->version);
        stack->version = stack->stable;
        stack->stable = NULL;
        json_decref(stack->imports);
        stack->imports = stack->stable_imports;
        stack->stable_imports = NULL;
    }
    bool removes = creation && operation->on_failure == CFN__REMOVES;
    cfn__stack_set(stack, operation,
                   removes    ? "DELETE_IN_PROGRESS"
                   : creation ? "ROLLBACK_IN_PROGRESS"
                              : "UPDATE_ROLLBACK_IN_PROGRESS",
                   reason);
    forget_failures(operation);
    if (creation)
        cfn__operation_remove_all(operation);
    else
        restore(operation);
}

/* A failure that is left as it is: what is there stays, and can be undone later. */
static void stay(struct cfn__operation *operation, const char *reason) {
    struct cfn__stack *stack = operation->stack;
    json_t *imports = json_copy(stack->imports);
    if (!operation->undoes_creation && !stack->stable) {
        stack->stable = cfn__version_keep(stack->version);
        json_decref(stack->stable_imports);
        stack->stable_imports = json_incref(imports);
    }
    take_version(operation);
    json_t *both = json_copy(stack->imports); /* some resources are as before, some are new */
    json_object_update(both, imports);
    json_decref(stack->imports);
    stack->imports = both;
    json_decref(imports);
    cfn__operation_end(operation,
                       operation->kind == CFN__CREATE ? "CREATE_FAILED" : "UPDATE_FAILED", reason);
}

void cfn__operation_fail(struct cfn__operation *operation, const char *reason) {
    if (operation->on_failure == CFN__STAYS && !operation->cancelled)
        stay(operation, reason);
    else
        cfn__operation_roll_back(operation, reason);
}

/* --- the end of each phase --- */

static void forward_failed(struct cfn__operation *operation) {
    struct cfn_text reason = {0};
    if (operation->cancelled)
        cfn_text_put(&reason, "User Initiated");
    else if (operation->timed_out)
        cfn_text_put(&reason, "Stack creation time exceeded the specified timeout. ");
    else
        put_failures(&reason, operation);
    if (operation->undoes_creation && operation->on_failure != CFN__STAYS && !operation->cancelled)
        cfn_text_put(&reason, "Rollback requested by user.");
    cfn__operation_fail(operation, reason.data);
    cfn_text_done(&reason);
}

static char *outputs_trouble(struct cfn__operation *operation, json_t **outputs) {
    struct cfn_diags *diags = cfn_diags_new();
    *outputs = cfn__outputs_of(operation, diags);
    char *trouble = cfn_diags_errors(diags) ? cfn__copy(cfn_diags_at(diags, 0)->message)
                                            : cfn__exports_hindrance(operation->stack, *outputs);
    cfn_diags_free(diags);
    return trouble;
}

/* What has been replaced is of no more use. */
static void note_replaced(struct cfn__operation *operation) {
    for (size_t i = 0; i < operation->before.count; i++) {
        const struct cfn__before *before = &operation->before.items[i];
        const struct cfn__resource *now = cfn__resource_of(operation->stack, before->id);
        if (before->does == CFN__REPLACES && now && before->was->generation != now->generation)
            *CFN_PUSH(&operation->leftovers) = cfn__resource_copy(before->was);
    }
}

static void forward_ended(struct cfn__operation *operation) {
    operation->not_before = 0;
    if (operation->failed || operation->cancelled) {
        forward_failed(operation);
        return;
    }
    json_t *outputs;
    char *trouble = outputs_trouble(operation, &outputs);
    if (trouble) {
        json_decref(outputs);
        cfn__operation_fail(operation, trouble);
        free(trouble);
        return;
    }
    commit(operation, outputs);
    note_replaced(operation);
    if (operation->kind == CFN__CREATE) {
        cfn__operation_end(operation, "CREATE_COMPLETE", NULL);
        return;
    }
    cfn__stack_set(operation->stack, operation, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", NULL);
    cfn__operation_clean_up(operation);
}

static void restore_ended(struct cfn__operation *operation) {
    if (operation->failed) {
        char *reason = failures_text(operation);
        cfn__operation_end(operation, "UPDATE_ROLLBACK_FAILED", reason);
        free(reason);
        return;
    }
    cfn__stack_set(operation->stack, operation, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
                   NULL);
    cfn__operation_clean_up(operation);
}

static void removal_ended(struct cfn__operation *operation) {
    bool deletes = operation->kind == CFN__DELETE || operation->on_failure == CFN__REMOVES;
    char *reason = failures_text(operation);
    bool failed = operation->failed && !operation->forced;
    if (!failed)
        empty(operation->stack);
    cfn__operation_end(operation,
                       deletes  ? failed ? "DELETE_FAILED" : "DELETE_COMPLETE"
                       : failed ? "ROLLBACK_FAILED"
                                : "ROLLBACK_COMPLETE",
                       failed ? reason : NULL);
    free(reason);
}

/* What could not be cleaned up is of the stack no more. */
static void let_go(struct cfn__operation *operation) {
    for (size_t i = 0; i < operation->steps.count; i++) {
        struct cfn__step *step = &operation->steps.items[i];
        if (step->at == CFN__DONE)
            continue;
        struct cfn__thing *thing = cfn__thing_behind(operation->stack, step->resource);
        if (thing && thing->stack == operation->stack)
            thing->stack = NULL;
        if (step->own)
            continue;
        cfn__resource_remove(operation->stack, step->resource);
        step->own = true;
    }
}

static void clean_up_ended(struct cfn__operation *operation) {
    let_go(operation);
    cfn__operation_end(
        operation, operation->rolls_back ? "UPDATE_ROLLBACK_COMPLETE" : "UPDATE_COMPLETE", NULL);
}

void cfn__phase_ended(struct cfn__operation *operation) {
    if (operation->phase == CFN__FORWARD)
        forward_ended(operation);
    else if (operation->phase == CFN__BACK)
        restore_ended(operation);
    else if (operation->removes_all)
        removal_ended(operation);
    else
        clean_up_ended(operation);
}

void cfn__step_begin(struct cfn__operation *operation, size_t index) {
    if (operation->phase == CFN__FORWARD)
        cfn__step_forward(operation, index);
    else if (operation->phase == CFN__BACK)
        cfn__step_restore(operation, index);
    else
        cfn__step_delete(operation, index);
}

/* Backward: undoing updates, and deleting. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

/* --- deleting --- */

static void gone(struct cfn__operation *operation, size_t index, const char *status) {
    struct cfn__step *step = &operation->steps.items[index];
    cfn__resource_set(operation->stack, operation, step->resource, status, NULL);
    if (!step->own && operation->forgets) {
        cfn__resource_remove(operation->stack, step->resource);
        step->own = true;
    }
    cfn__step_done(operation, index);
}

void cfn__step_deleted(struct cfn_sim *sim, const struct cfn__happening *happening) {
    struct cfn__operation *operation = happening->subject;
    struct cfn__step *step = cfn__step_of(happening);
    if (!step)
        return;
    struct cfn__resource *resource = step->resource;
    char *fault = cfn__not_empty(sim, resource);
    if (!fault)
        fault = cfn__replication_hinders(sim, resource, "deleted");
    if (!fault)
        fault = cfn__fault_of(operation, step->id, "delete");
    if (fault) {
        cfn__step_failed(operation, happening->step, fault);
        free(fault);
        return;
    }
    cfn__thing_remove(operation->stack, resource);
    gone(operation, happening->step, "DELETE_COMPLETE");
}

static const char *policy_of(const struct cfn__operation *operation, const struct cfn__step *step) {
    const char *policy = cfn__resource_policy(step->resource, step->is_old ? "UpdateReplacePolicy"
                                                                           : "DeletionPolicy");
    bool newborn = operation->kind != CFN__DELETE && step->is_new;
    if (strcmp(policy, "RetainExceptOnCreate") == 0)
        return newborn ? "Delete" : "Retain";
    if (newborn && operation->retain_except_on_create)
        return "Delete";
    return policy;
}

static void leave(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    struct cfn__thing *thing = cfn__thing_behind(operation->stack, step->resource);
    if (thing && thing->stack == operation->stack)
        thing->stack = NULL;
    gone(operation, index, "DELETE_SKIPPED");
}

void cfn__step_delete(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    struct cfn__resource *resource = step->resource;
    bool kept = json_object_get(operation->skip, step->id) || step->is_released;
    if (!*resource->physical) {
        gone(operation, index, "DELETE_COMPLETE");
        return;
    }
    if (kept || strcmp(policy_of(operation, step), "Retain") == 0) {
        leave(operation, index);
        return;
    }
    cfn__resource_set(operation->stack, operation, resource, "DELETE_IN_PROGRESS", NULL);
    if (!cfn__nested_delete(operation, index))
        cfn__step_later(
            operation, index,
            cfn__step_time(operation, resource->type, CFN_DELETES, resource->properties),
            cfn__step_deleted);
}

/* --- undoing --- */

struct cfn__before *cfn__before_of(const struct cfn__operation *operation, const char *id) {
    for (size_t i = 0; i < operation->before.count; i++)
        if (strcmp(operation->before.items[i].id, id) == 0)
            return &operation->before.items[i];
    return NULL;
}

/* Gives a resource back what it was, all but its place in the stack. */
static void give_back(struct cfn__resource *resource, const struct cfn__resource *was) {
    struct cfn__resource *copy = cfn__resource_copy(was), swap = *resource;
    *resource = *copy;
    *copy = swap;
    resource->generations = swap.generations;
    cfn__resource_free(copy);
}

/* What was made in its place is deleted later. */
static void keep_for_clean_up(struct cfn__operation *operation,
                              const struct cfn__resource *resource,
                              const struct cfn__resource *was) {
    if (*resource->physical && strcmp(resource->physical, was->physical) != 0)
        *CFN_PUSH(&operation->leftovers) = cfn__resource_copy(resource);
}

void cfn__step_restored(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    struct cfn__step *step = cfn__step_of(happening);
    if (!step)
        return;
    struct cfn__before *before = cfn__before_of(operation, step->id);
    bool skipped = json_object_get(operation->skip, step->id);
    char *fault = skipped ? NULL : cfn__fault_of(operation, step->id, "rollback");
    if (fault) {
        cfn__step_failed(operation, happening->step, fault);
        free(fault);
        return;
    }
    before->restored = true;
    keep_for_clean_up(operation, step->resource, before->was);
    if (!skipped)
        give_back(step->resource, before->was);
    if (!skipped)
        cfn__thing_put(operation->stack->sim, step->resource, operation->stack);
    cfn__resource_set(operation->stack, operation, step->resource, "UPDATE_COMPLETE", NULL);
    cfn__step_done(operation, happening->step);
}

void cfn__step_restore(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    const struct cfn__before *before = cfn__before_of(operation, step->id);
    int64_t time = 1;
    if (!json_object_get(operation->skip, step->id) && before->does == CFN__UPDATES) {
        cfn__resource_set(operation->stack, operation, step->resource, "UPDATE_IN_PROGRESS", NULL);
        if (cfn__nested_restore(operation, index))
            return;
        time =
            cfn__step_time(operation, step->resource->type, CFN_UPDATES, before->was->properties);
    }
    cfn__step_later(operation, index, time, cfn__step_restored);
}

/* Operations on stacks: their beginning and their end. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static const char *const actions[] = {"CREATE_STACK", "UPDATE_STACK", "DELETE_STACK", "ROLLBACK",
                                      "CONTINUE_ROLLBACK"};

struct cfn__operation *cfn__operation_new(struct cfn__stack *stack, enum cfn__kind kind,
                                          const char *token) {
    struct cfn__operation *operation = cfn__alloc(sizeof *operation);
    operation->stack = stack;
    operation->kind = kind;
    operation->action = actions[kind];
    operation->id = cfn__sim_uuid(stack->sim);
    operation->token = cfn__copy(token ? token : "");
    operation->previous = stack->status;
    operation->start = stack->sim->now;
    operation->stretch = 1;
    operation->status = "";
    operation->forgets = kind != CFN__DELETE && kind != CFN__CREATE;
    *CFN_PUSH(&stack->operations) = operation;
    stack->running = operation;
    return operation;
}

static void free_before(struct cfn__operation *operation) {
    for (size_t i = 0; i < operation->before.count; i++) {
        free(operation->before.items[i].id);
        cfn__resource_free(operation->before.items[i].was);
    }
    free(operation->before.items);
}

void cfn__operation_free(struct cfn__operation *operation) {
    cfn__steps_clear(operation);
    free_before(operation);
    for (size_t i = 0; i < operation->leftovers.count; i++)
        cfn__resource_free(operation->leftovers.items[i]);
    for (size_t i = 0; i < 3; i++)
        json_decref(operation->failures[i]);
    cfn_evaluation_free(operation->evaluation);
    cfn__version_drop(operation->version);
    cfn__version_drop(operation->before_version);
    json_decref(operation->imports);
    json_decref(operation->skip);
    free(operation->leftovers.items);
    free(operation->steps.items);
    free(operation->id);
    free(operation->token);
    free(operation->reason);
    free(operation->policy);
    free(operation);
}

struct cfn_evaluation *cfn__operation_evaluate(struct cfn__operation *operation,
                                               struct cfn_diags *diags) {
    cfn__world_of(operation);
    return cfn_evaluation_new(operation->version->body->value, operation->version->given,
                              &operation->world, diags);
}

void cfn__operation_end(struct cfn__operation *operation, const char *status, const char *reason) {
    struct cfn__stack *stack = operation->stack;
    operation->phase = CFN__ENDED;
    operation->end = stack->sim->now;
    operation->status = status;
    stack->running = NULL;
    cfn__steps_clear(operation);
    cfn_evaluation_free(operation->evaluation);
    operation->evaluation = NULL;
    if (strcmp(status, "DELETE_COMPLETE") == 0)
        stack->deleted = stack->sim->now;
    cfn__stack_set(stack, operation, status, reason);
    cfn__change_sets_follow(stack, status);
    cfn__nested_ended(operation);
}

/* Stops it where it is, for another that takes over. */
void cfn__operation_abandon(struct cfn__operation *operation) {
    cfn__steps_cancel(operation);
    operation->ending = ++operation->tickets;
    operation->phase = CFN__ENDED;
    operation->end = operation->stack->sim->now;
    operation->status = operation->stack->status;
    cfn__steps_clear(operation);
    operation->stack->running = NULL;
}

/* --- forward --- */

/* Steps for the resources of the new template that take part. */
static void add_steps(struct cfn__operation *operation) {
    const struct cfn__body *body = operation->version->body;
    const json_t *resources = cfn__body_section(body, "Resources");
    bool conditional = cfn__body_section(body, "Conditions");
    const char *id;
    json_t *item;
    json_object_foreach(cfn__json_of(resources), id, item) {
        if (!cfn_evaluation_has(operation->evaluation, item))
            continue;
        struct cfn__resource *resource = cfn__resource_of(operation->stack, id);
        struct cfn__step *step = cfn__step_add(operation, id, resource, CFN__KEEPS);
        step->needs = conditional ? cfn_evaluation_references(operation->evaluation, item)
                                  : json_incref(json_object_get(body->needs, id));
    }
}

/* Why the stack's policy forbids to remove what the new template no longer has; or NULL. */
static char *removal_denied(const struct cfn__operation *operation) {
    const struct cfn__stack *stack = operation->stack;
    const json_t *resources = cfn__body_section(operation->version->body, "Resources");
    char *denied = NULL;
    for (size_t i = 0; i < stack->resources.count && !denied; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        const json_t *item = json_object_get(resources, resource->id);
        if (cfn__resource_is_there(resource) &&
            (!item || !cfn_evaluation_has(operation->evaluation, item)))
            denied = cfn__policy_denies(operation, resource, CFN__DELETES);
    }
    return denied;
}

static void start_forward(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    if (operation->ending != happening->ticket)
        return;
    const char *missing = cfn__missing_import(operation->stack, operation->imports);
    if (missing) {
        struct cfn_text reason = {0};
        cfn_text_printf(&reason, "No export named %s found%s", missing,
                        operation->kind == CFN__CREATE ? ". Rollback requested by user." : "");
        json_object_clear(operation->imports);
        cfn__operation_fail(operation, reason.data);
        cfn_text_done(&reason);
        return;
    }
    char *denied = removal_denied(operation);
    if (denied) {
        cfn__operation_fail(operation, denied);
        free(denied);
        return;
    }
    add_steps(operation);
    cfn__steps_order(operation, false);
    cfn__steps_stretch(operation, operation->kind == CFN__CREATE ? CFN_CREATES : CFN_UPDATES);
    cfn__steps_start(operation);
}

static void soon(struct cfn__operation *operation, cfn__happens *run) {
    operation->ending = ++operation->tickets;
    cfn__sim_at(operation->stack->sim, operation->stack->sim->now, run, operation, 0,
                operation->ending);
}

static void time_out(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    if (operation->phase != CFN__FORWARD)
        return;
    operation->timed_out = true;
    cfn__steps_cancel(operation);
}

static void limit(struct cfn__operation *operation) {
    const json_t *said = operation->version->timeout;
    const char *text = json_string_value(said);
    long long minutes = text ? strtoll(text, NULL, 10) : json_integer_value(said);
    struct cfn_sim *sim = operation->stack->sim;
    if (minutes > 0)
        cfn__sim_at(sim, sim->now + minutes * 60000, time_out, operation, 0, 0);
}

void cfn__operation_create(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    limit(operation);
    cfn__version_drop(stack->version);
    stack->version = cfn__version_keep(operation->version);
    operation->imports = cfn_imported_names(operation->version->body->value, operation->evaluation);
    cfn__stack_set(stack, operation, "CREATE_IN_PROGRESS", "User Initiated");
    soon(operation, start_forward);
}

void cfn__operation_update(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    operation->imports = cfn_imported_names(operation->version->body->value, operation->evaluation);
    stack->updated = stack->sim->now;
    cfn__stack_set(stack, operation, "UPDATE_IN_PROGRESS", "User Initiated");
    soon(operation, start_forward);
}

/* --- deleting --- */

static char *exports_in_use(const struct cfn__stack *stack) {
    const struct cfn_sim *sim = stack->sim;
    char *reason = NULL;
    for (size_t i = 0; i < sim->exports.count && !reason; i++) {
        const struct cfn__export *export = sim->exports.items[i];
        if (export->stack != stack || export->until)
            continue;
        json_t *users = cfn__export_users(sim, export->name, stack);
        if (json_array_size(users)) {
            char *names = cfn__names_text(users);
            struct cfn_text text = {0};
            cfn_text_printf(&text, "Export %s cannot be deleted as it is in use by %s",
                            export->name, names);
            reason = cfn_text_take(&text);
            free(names);
        }
        json_decref(users);
    }
    return reason;
}

bool cfn__resource_is_there(const struct cfn__resource *resource) {
    return strcmp(resource->status, "DELETE_COMPLETE") != 0 &&
           strcmp(resource->status, "DELETE_SKIPPED") != 0;
}

void cfn__operation_remove_all(struct cfn__operation *operation) {
    struct cfn__stack *stack = operation->stack;
    operation->phase = CFN__CLEANUP;
    operation->removes_all = true;
    operation->failed = false;
    cfn__steps_clear(operation);
    for (size_t i = 0; i < stack->resources.count; i++) {
        struct cfn__resource *resource = stack->resources.items[i];
        if (!cfn__resource_is_there(resource))
            continue;
        struct cfn__step *step = cfn__step_add(operation, resource->id, resource, CFN__DELETES);
        const struct cfn__before *before = cfn__before_of(operation, resource->id);
        step->is_new = operation->kind != CFN__DELETE;
        step->is_released = before && before->does == CFN__IMPORTS;
    }
    cfn__steps_order(operation, true);
    if (operation->kind == CFN__DELETE)
        cfn__steps_stretch(operation, CFN_DELETES);
    cfn__steps_start(operation);
}

static void start_delete(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    if (operation->ending != happening->ticket)
        return;
    char *reason = exports_in_use(operation->stack);
    if (reason) {
        cfn__operation_end(operation, operation->previous, reason);
        free(reason);
        return;
    }
    cfn__exports_follow(operation->stack, NULL); /* from now on nobody can come to need them */
    cfn__operation_remove_all(operation);
}

void cfn__operation_delete(struct cfn__operation *operation) {
    cfn__stack_set(operation->stack, operation, "DELETE_IN_PROGRESS", "User Initiated");
    soon(operation, start_delete);
}

void cfn__operation_cancel(struct cfn__operation *operation) {
    operation->cancelled = true;
    cfn__steps_cancel(operation);
}

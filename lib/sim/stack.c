/* Stacks: what they consist of, and what is told of them over time. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct cfn__version *cfn__version_keep(struct cfn__version *version) {
    if (version)
        version->users++;
    return version;
}

void cfn__version_drop(struct cfn__version *version) {
    if (!version || --version->users)
        return;
    cfn__body_drop(version->body);
    json_decref(version->parameters);
    json_decref(version->given);
    json_decref(version->tags);
    json_decref(version->capabilities);
    json_decref(version->topics);
    json_decref(version->role);
    json_decref(version->triggers);
    json_decref(version->deployment);
    json_decref(version->timeout);
    free(version);
}

struct cfn__stack *cfn__stack_new(struct cfn_sim *sim, const char *name) {
    struct cfn__stack *stack = cfn__alloc(sizeof *stack);
    char *uuid = cfn__sim_uuid(sim);
    struct cfn_text id = {0};
    cfn_text_printf(&id, "arn:%s:cloudformation:%s:%s:stack/%s/%s", cfn__sim_partition(sim),
                    sim->region, sim->account, name, uuid);
    free(uuid);
    stack->sim = sim;
    stack->name = cfn__copy(name);
    stack->id = cfn_text_take(&id);
    stack->created = sim->now;
    stack->drift = "NOT_CHECKED";
    stack->status = "";
    stack->imports = json_object();
    stack->index = sim->stacks.count;
    *CFN_PUSH(&sim->stacks) = stack;
    cfn__map_put(&sim->by_name, name, stack);
    cfn__map_put(&sim->by_stack_id, stack->id, stack);
    return stack;
}

static void free_telling(struct cfn__telling *telling) {
    json_decref(telling->reason);
    cfn__version_drop(telling->version);
    json_decref(telling->outputs);
    json_decref(telling->told);
}

void cfn__stack_free(struct cfn__stack *stack) {
    for (size_t i = 0; i < stack->operations.count; i++)
        cfn__operation_free(stack->operations.items[i]);
    for (size_t i = 0; i < stack->tellings.count; i++)
        free_telling(&stack->tellings.items[i]);
    for (size_t i = 0; i < stack->events.count; i++)
        json_decref(stack->events.items[i].told);
    for (size_t i = 0; i < stack->resources.count; i++)
        cfn__resource_free(stack->resources.items[i]);
    for (size_t i = 0; i < stack->change_sets.count; i++)
        cfn__change_set_free(stack->change_sets.items[i]);
    cfn__map_done(&stack->by_id, NULL);
    free(stack->operations.items);
    free(stack->tellings.items);
    free(stack->events.items);
    free(stack->resources.items);
    free(stack->change_sets.items);
    cfn__version_drop(stack->version);
    cfn__version_drop(stack->stable);
    json_decref(stack->outputs);
    json_decref(stack->imports);
    json_decref(stack->stable_imports);
    free(stack->name);
    free(stack->id);
    free(stack->policy);
    free(stack);
}

void cfn__stack_forget(struct cfn__stack *stack) {
    struct cfn_sim *sim = stack->sim;
    sim->stacks.count--;
    cfn__map_remove(&sim->by_stack_id, stack->id);
    cfn__map_remove(&sim->by_name, stack->name);
    for (size_t i = 0; i < sim->stacks.count; i++)
        if (strcmp(sim->stacks.items[i]->name, stack->name) == 0)
            cfn__map_put(&sim->by_name, stack->name, sim->stacks.items[i]);
    cfn__stack_free(stack);
}

bool cfn__stack_is_gone(const struct cfn__stack *stack) {
    return strcmp(stack->status, "DELETE_COMPLETE") == 0;
}

struct cfn__stack *cfn__stack_find(struct cfn_sim *sim, const char *name) {
    if (cfn_starts_with(name, "arn:"))
        return cfn__map_get(&sim->by_stack_id, name);
    struct cfn__stack *stack = cfn__map_get(&sim->by_name, name);
    return stack && !cfn__stack_is_gone(stack) ? stack : NULL;
}

const struct cfn__telling *cfn__stack_telling(const struct cfn__stack *stack, int64_t as_of) {
    for (size_t i = stack->tellings.count; i > 0; i--)
        if (stack->tellings.items[i - 1].since <= as_of)
            return &stack->tellings.items[i - 1];
    return NULL;
}

static bool is_seen(const struct cfn__stack *stack, int64_t as_of) {
    const struct cfn__telling *telling = stack ? cfn__stack_telling(stack, as_of) : NULL;
    return telling && strcmp(telling->status, "DELETE_COMPLETE") != 0;
}

struct cfn__stack *cfn__stack_seen(struct cfn_sim *sim, const char *name, int64_t as_of) {
    struct cfn__stack *stack;
    if (as_of == sim->now)
        return cfn__stack_find(sim, name);
    if (cfn_starts_with(name, "arn:")) {
        stack = cfn__map_get(&sim->by_stack_id, name);
        return stack && cfn__stack_telling(stack, as_of) ? stack : NULL;
    }
    stack = cfn__map_get(&sim->by_name, name);
    if (is_seen(stack, as_of))
        return stack;
    for (size_t i = sim->stacks.count; i > 0; i--) {
        stack = sim->stacks.items[i - 1];
        if (strcmp(stack->name, name) == 0 && is_seen(stack, as_of))
            return stack;
    }
    return NULL;
}

static void tell(struct cfn__stack *stack, json_t *reason) {
    struct cfn__telling *telling = CFN_PUSH(&stack->tellings);
    const struct cfn__operation *running = stack->running;
    struct cfn__version *version = running && running->version && running->phase == CFN__FORWARD
                                       ? running->version
                                       : stack->version;
    *telling = (struct cfn__telling){.since = stack->sim->now,
                                     .status = stack->status,
                                     .reason = reason,
                                     .version = cfn__version_keep(version),
                                     .outputs = json_incref(stack->outputs)};
}

void cfn__stack_retell(struct cfn__stack *stack) {
    if (stack->tellings.count)
        tell(stack, json_incref(stack->tellings.items[stack->tellings.count - 1].reason));
}

void cfn__stack_set(struct cfn__stack *stack, struct cfn__operation *operation, const char *status,
                    const char *reason) {
    stack->status = status;
    json_t *said = reason && *reason ? json_string(reason) : NULL;
    tell(stack, said);
    cfn__event_put(stack, operation, NULL, status, said);
}

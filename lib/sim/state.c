/* What is really there, told past all staleness; and what must never be. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

static json_t *resources_of(const struct cfn__stack *stack) {
    json_t *told = json_object();
    for (size_t i = 0; i < stack->resources.count; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        if (!cfn__resource_is_there(resource))
            continue;
        const json_t *properties = resource->live ? resource->live : resource->properties;
        json_object_set_new(told, resource->id,
                            json_pack("{s:s, s:s, s:s, s:O?}", "type", resource->type,
                                      "physical_id", resource->physical, "status", resource->status,
                                      "properties", properties));
    }
    return told;
}

static json_t *operations_of(const struct cfn__stack *stack) {
    json_t *told = json_array();
    for (size_t i = 0; i < stack->operations.count; i++) {
        const struct cfn__operation *operation = stack->operations.items[i];
        json_array_append_new(told,
                              json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s}", "token",
                                        operation->token, "action", operation->action, "id",
                                        operation->id, "by", operation->other ? "other" : "caller",
                                        "start", (json_int_t)operation->start, "end",
                                        (json_int_t)operation->end, "status", operation->status));
    }
    return told;
}

/* [{"Key": k, "Value": v}] as {k: v}. */
static json_t *by_key(const json_t *list, const char *key, const char *value) {
    json_t *told = json_object(), *item;
    size_t index;
    json_array_foreach(list, index, item) {
        json_object_set(told, json_string_value(json_object_get(item, key)),
                        json_object_get(item, value));
    }
    return told;
}

static json_t *stack_of(const struct cfn__stack *stack) {
    json_t *told = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:b}", "id", stack->id, "status", stack->status, "outputs",
        by_key(stack->outputs, "OutputKey", "OutputValue"), "resources", resources_of(stack),
        "operations", operations_of(stack), "protected", stack->is_protected);
    const struct cfn__version *version = stack->version;
    cfn__json_put(told, "parameters",
                  version && version->parameters ? json_incref(version->parameters)
                                                 : json_object());
    cfn__json_put(told, "tags", version ? by_key(version->tags, "Key", "Value") : json_object());
    cfn__json_put(told, "template", version ? json_incref(version->body->value) : json_null());
    if (stack->policy)
        cfn__json_put(told, "policy", json_string(stack->policy));
    return told;
}

/* --- what must hold --- */

static void complain(json_t *violations, const struct cfn__stack *stack, const char *what,
                     const char *name) {
    json_array_append_new(violations, json_sprintf("%s: %s: %s", stack->name, what, name));
}

static void check_stack(const struct cfn__stack *stack, json_t *violations) {
    const char *name;
    json_t *unused;
    json_object_foreach(stack->imports, name, unused) {
        if (!cfn__export_of(stack->sim, name))
            complain(violations, stack, "imports what nobody exports", name);
    }
    bool settled = cfn_ends_with(stack->status, "_COMPLETE") && !stack->running;
    for (size_t i = 0; i < stack->resources.count && settled; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        if (!cfn__resource_is_there(resource))
            continue;
        const struct cfn__thing *thing = cfn__thing_behind(stack, resource);
        if (!thing || thing->stack != stack)
            complain(violations, stack, "a resource is not there", resource->id);
        if (!cfn_ends_with(resource->status, "_COMPLETE"))
            complain(violations, stack, "a resource is not settled", resource->id);
    }
    size_t open = 0;
    for (size_t i = 0; i < stack->operations.count; i++)
        open += stack->operations.items[i]->phase != CFN__ENDED;
    if (open != (stack->running ? 1 : 0))
        complain(violations, stack, "more than one operation runs", stack->status);
}

json_t *cfn_sim_state(const struct cfn_sim *sim) {
    json_t *stacks = json_object(), *exports = json_object(), *buckets = json_object(),
           *violations = json_copy(sim->violations);
    for (size_t i = 0; i < sim->stacks.count; i++) {
        const struct cfn__stack *stack = sim->stacks.items[i];
        if (cfn__stack_is_gone(stack))
            continue;
        json_object_set_new(stacks, stack->name, stack_of(stack));
        check_stack(stack, violations);
    }
    for (size_t i = 0; i < sim->exports.count; i++)
        if (!sim->exports.items[i]->until)
            json_object_set(exports, sim->exports.items[i]->name, sim->exports.items[i]->value);
    for (size_t i = 0; i < sim->buckets.count; i++)
        if (sim->buckets.items[i].value)
            json_object_set_new(buckets, sim->buckets.items[i].key,
                                cfn__bucket_told(sim->buckets.items[i].value));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "stacks", stacks, "exports", exports, "buckets",
                     buckets, "replications", cfn__replications_told(sim), "violations",
                     violations);
}

int cfn_sim_drift(struct cfn_sim *sim, const char *stack_name, const char *logical_id,
                  json_t *properties) {
    const struct cfn__stack *stack = cfn__stack_find(sim, stack_name);
    struct cfn__resource *resource = stack ? cfn__resource_of(stack, logical_id) : NULL;
    if (!resource || !cfn__resource_is_there(resource)) {
        json_decref(properties);
        return -1;
    }
    json_decref(resource->live);
    resource->live = properties;
    return 0;
}

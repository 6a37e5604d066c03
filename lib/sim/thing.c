/* What exists in the account, whether a stack has it or not: names can be taken. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

static char *key_of(const char *type, const char *name) {
    struct cfn_text key = {0};
    cfn_text_printf(&key, "%s %s", type, name);
    return cfn_text_take(&key);
}

/* Things without a name of their own are told apart by where they came from. */
static char *key_behind(const struct cfn__stack *stack, const struct cfn__resource *resource) {
    const char *name = cfn__given_name(resource->type, resource->properties);
    if (name)
        return key_of(resource->type, name);
    struct cfn_text key = {0};
    cfn_text_printf(&key, "%s %s %s %u", resource->type, stack->id, resource->id,
                    resource->generation);
    return cfn_text_take(&key);
}

struct cfn__thing *cfn__thing_of(const struct cfn_sim *sim, const char *type, const char *name) {
    char *key = key_of(type, name);
    struct cfn__thing *thing = cfn__map_get(&sim->things, key);
    free(key);
    return thing;
}

struct cfn__thing *cfn__thing_behind(const struct cfn__stack *stack,
                                     const struct cfn__resource *resource) {
    char *key = key_behind(stack, resource);
    struct cfn__thing *thing = cfn__map_get(&stack->sim->things, key);
    free(key);
    return thing;
}

void cfn__thing_free(void *value) {
    struct cfn__thing *thing = value;
    free(thing->type);
    free(thing->physical);
    json_decref(thing->properties);
    free(thing);
}

void cfn__thing_put(struct cfn_sim *sim, const struct cfn__resource *resource,
                    struct cfn__stack *stack) {
    char *key = key_behind(stack, resource);
    struct cfn__thing *thing = cfn__map_get(&sim->things, key);
    if (!thing) {
        thing = cfn__alloc(sizeof *thing);
        thing->type = cfn__copy(resource->type);
        thing->physical = cfn__copy(resource->physical);
        cfn__map_put(&sim->things, key, thing);
    }
    json_decref(thing->properties);
    thing->properties = json_incref(resource->properties);
    thing->stack = stack;
    if (strcmp(resource->type, "AWS::S3::Bucket") == 0)
        cfn__bucket_new(sim, resource->physical);
    free(key);
}

void cfn__thing_remove(struct cfn__stack *stack, const struct cfn__resource *resource) {
    char *key = key_behind(stack, resource);
    struct cfn__thing *thing = cfn__map_get(&stack->sim->things, key);
    if (thing) {
        cfn__map_remove(&stack->sim->things, key);
        cfn__thing_free(thing);
    }
    if (strcmp(resource->type, "AWS::S3::Bucket") == 0)
        cfn__bucket_remove(stack->sim, resource->physical);
    struct cfn__replication *replication = cfn__replication_of(stack->sim, resource->physical);
    if (replication) {
        cfn__map_remove(&stack->sim->replications, resource->physical);
        cfn__replication_free(replication);
    }
    free(key);
}

/* --- names that are taken --- */

static const char *bucket_owner(const struct cfn_sim *sim, const char *name) {
    if (cfn__bucket_of(sim, name))
        return sim->account;
    return json_string_value(json_object_get(json_object_get(sim->has, "buckets"), name));
}

static char *bucket_taken(struct cfn_sim *sim, const char *name) {
    const char *owner = bucket_owner(sim, name);
    if (!owner)
        return NULL;
    return cfn__handler_message(
        sim,
        strcmp(owner, sim->account) == 0
            ? "Your previous request to create the named bucket succeeded and you already own it. "
              "(Service: S3, Status Code: 409)"
            : "The requested bucket name is not available. The bucket namespace is shared by all "
              "users of the system. Please select a different name and try again. (Service: S3, "
              "Status Code: 409)",
        "AlreadyExists");
}

const json_t *cfn__account_names(const struct cfn_sim *sim, const char *type) {
    const char *key = strcmp(type, "AWS::IAM::Role") == 0        ? "roles"
                      : strcmp(type, "AWS::Logs::LogGroup") == 0 ? "log_groups"
                                                                 : NULL;
    return key ? json_object_get(sim->has, key) : NULL;
}

static bool account_has(const struct cfn_sim *sim, const char *type, const char *name) {
    const json_t *names = cfn__account_names(sim, type);
    for (size_t i = 0; i < json_array_size(names); i++)
        if (cfn_same(json_string_value(json_array_get(names, i)), name))
            return true;
    return false;
}

static char *exists(const struct cfn__resource *resource, const char *physical,
                    struct cfn_sim *sim) {
    struct cfn_text message = {0};
    cfn_text_printf(&message, "Resource of type '%s' with identifier '%s' already exists.",
                    resource->type, physical);
    char *reason = cfn__handler_message(sim, message.data, "AlreadyExists");
    cfn_text_done(&message);
    return reason;
}

char *cfn__collision(const struct cfn__stack *stack, const struct cfn__resource *resource) {
    struct cfn_sim *sim = stack->sim;
    const char *name = cfn__given_name(resource->type, resource->properties);
    if (!name)
        return NULL;
    char *physical = cfn__physical_id(stack, resource), *reason = NULL;
    const struct cfn__thing *thing = cfn__thing_of(sim, resource->type, name);
    if (thing && thing->stack) {
        struct cfn_text text = {0};
        cfn_text_printf(&text, "%s already exists in stack %s", name, thing->stack->id);
        reason = cfn_text_take(&text);
    } else if (strcmp(resource->type, "AWS::S3::Bucket") == 0) {
        reason = bucket_taken(sim, physical);
    } else if (thing || account_has(sim, resource->type, name)) {
        reason = exists(resource, name, sim);
    }
    free(physical);
    return reason;
}

bool cfn__can_adopt(const struct cfn__stack *stack, const struct cfn__resource *resource) {
    const struct cfn_sim *sim = stack->sim;
    const char *name = cfn__given_name(resource->type, resource->properties),
               *policy = cfn__resource_policy(resource, "DeletionPolicy");
    if (!name || !cfn_starts_with(policy, "Retain"))
        return false;
    char *physical = cfn__physical_id(stack, resource);
    const struct cfn__thing *thing = cfn__thing_of(sim, resource->type, name);
    bool yes = thing ? !thing->stack
                     : account_has(sim, resource->type, name) ||
                           (strcmp(resource->type, "AWS::S3::Bucket") == 0 &&
                            cfn__bucket_of(sim, physical));
    free(physical);
    return yes;
}

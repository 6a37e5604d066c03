/* Resources of a stack, and the events that tell what becomes of them. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

struct cfn__resource *cfn__resource_of(const struct cfn__stack *stack, const char *id) {
    return cfn__map_get(&stack->by_id, id);
}

struct cfn__resource *cfn__resource_add(struct cfn__stack *stack, const char *id) {
    struct cfn__resource *resource = cfn__alloc(sizeof *resource);
    resource->id = cfn__copy(id);
    resource->type = "";
    resource->physical = cfn__copy("");
    resource->status = "";
    resource->drift = "NOT_CHECKED";
    *CFN_PUSH(&stack->resources) = resource;
    cfn__map_put(&stack->by_id, id, resource);
    return resource;
}

void cfn__resource_remove(struct cfn__stack *stack, struct cfn__resource *resource) {
    for (size_t i = 0; i < stack->resources.count; i++) {
        if (stack->resources.items[i] != resource)
            continue;
        memmove(&stack->resources.items[i], &stack->resources.items[i + 1],
                (stack->resources.count - i - 1) * sizeof resource);
        stack->resources.count--;
        break;
    }
    if (cfn__map_get(&stack->by_id, resource->id) == resource)
        cfn__map_remove(&stack->by_id, resource->id);
}

void cfn__resource_free(struct cfn__resource *resource) {
    if (!resource)
        return;
    free(resource->id);
    free(resource->physical);
    json_decref(resource->item);
    json_decref(resource->needs);
    json_decref(resource->properties);
    json_decref(resource->text);
    json_decref(resource->tags);
    json_decref(resource->live);
    json_decref(resource->reason);
    free(resource);
}

struct cfn__resource *cfn__resource_copy(const struct cfn__resource *resource) {
    struct cfn__resource *copy = cfn__alloc(sizeof *copy);
    *copy = *resource;
    copy->id = cfn__copy(resource->id);
    copy->physical = cfn__copy(resource->physical);
    json_incref(copy->item);
    json_incref(copy->needs);
    json_incref(copy->properties);
    json_incref(copy->text);
    json_incref(copy->tags);
    json_incref(copy->live);
    json_incref(copy->reason);
    return copy;
}

void cfn__resource_set(struct cfn__stack *stack, struct cfn__operation *operation,
                       struct cfn__resource *resource, const char *status, const char *reason) {
    json_decref(resource->reason);
    resource->reason = reason && *reason ? json_string(reason) : NULL;
    resource->status = status;
    resource->changed = stack->sim->now;
    cfn__event_put(stack, operation, resource, status, resource->reason);
}

/* What keeps data is snapshot when it is deleted, unless the template says otherwise. */
static const char *default_policy(const struct cfn__resource *resource) {
    if (strcmp(resource->type, "AWS::RDS::DBCluster") == 0)
        return "Snapshot";
    if (strcmp(resource->type, "AWS::RDS::DBInstance") == 0 &&
        !json_object_get(resource->properties, "DBClusterIdentifier"))
        return "Snapshot";
    return "Delete";
}

const char *cfn__resource_policy(const struct cfn__resource *resource, const char *attribute) {
    const char *said = json_string_value(json_object_get(resource->item, attribute));
    if (said)
        return said;
    return strcmp(attribute, "DeletionPolicy") == 0 ? default_policy(resource) : "Delete";
}

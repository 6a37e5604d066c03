/* Resources of stacks, and templates. */
#include "actions.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 100, MOST_DESCRIBED = 100 };

/* A resource as it was told at a time: by the last event of it until then. */
static const json_t *event_of(const struct cfn__stack *stack, const struct cfn__resource *resource,
                              int64_t as_of) {
    for (size_t i = stack->events.count; i > 0; i--) {
        const struct cfn__event *event = &stack->events.items[i - 1];
        if (event->time <= as_of &&
            cfn_same(json_string_value(json_object_get(event->told, "LogicalResourceId")),
                     resource->id))
            return event->told;
    }
    return NULL;
}

static void copy_member(json_t *to, const json_t *from, const char *member) {
    cfn__json_put(to, member, json_incref(json_object_get(from, member)));
}

/* time: what the member that holds the time is called here. NULL: nothing is told of it yet. */
static json_t *told_of(const struct cfn__stack *stack, const struct cfn__resource *resource,
                       int64_t as_of, const char *time) {
    const json_t *event = NULL;
    if (as_of < stack->sim->now) {
        event = event_of(stack, resource, as_of);
        if (!event)
            return NULL;
    }
    json_t *told =
        json_pack("{s:s, s:s}", "LogicalResourceId", resource->id, "ResourceType", resource->type);
    if (event) {
        copy_member(told, event, "PhysicalResourceId");
        copy_member(told, event, "ResourceStatus");
        copy_member(told, event, "ResourceStatusReason");
        cfn__json_put(told, time, json_incref(json_object_get(event, "Timestamp")));
    } else {
        cfn__json_put(told, "PhysicalResourceId",
                      *resource->physical ? json_string(resource->physical) : NULL);
        cfn__json_put(told, "ResourceStatus", json_string(resource->status));
        cfn__json_put(told, "ResourceStatusReason", json_incref(resource->reason));
        cfn__json_put(told, time, cfn__json_time(resource->changed));
    }
    cfn__json_put(
        told, "DriftInformation",
        cfn__drift_told("StackResourceDriftStatus", resource->drift, resource->drift_checked));
    return told;
}

static json_t *of_stack(json_t *told, const struct cfn__stack *stack) {
    if (told) {
        cfn__json_put(told, "StackId", json_string(stack->id));
        cfn__json_put(told, "StackName", json_string(stack->name));
    }
    return told;
}

json_t *cfn__list_stack_resources(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, CFN__NO_STACK_ID);
    if (!stack)
        return NULL;
    json_t *all = json_array();
    for (size_t i = 0; i < stack->resources.count; i++) {
        json_t *told =
            told_of(stack, stack->resources.items[i], request->as_of, "LastUpdatedTimestamp");
        if (told)
            json_array_append_new(all, told);
    }
    return cfn__page(request, json_object(), "StackResourceSummaries", all, MOST_LISTED);
}

/* The stack that has a resource of a physical id. */
static const struct cfn__stack *owner_of(struct cfn__request *request, const char *physical) {
    for (size_t i = 0; i < request->sim->stacks.count; i++) {
        const struct cfn__stack *stack = request->sim->stacks.items[i];
        for (size_t j = 0; j < stack->resources.count && !cfn__stack_is_gone(stack); j++)
            if (strcmp(stack->resources.items[j]->physical, physical) == 0)
                return stack;
    }
    cfn__sim_invalid(request, "Stack for %s does not exist", physical);
    return NULL;
}

json_t *cfn__describe_stack_resources(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "StackName"),
               *physical = cfn__text_of(request, "PhysicalResourceId"),
               *id = cfn__text_of(request, "LogicalResourceId");
    if (!name == !physical)
        return cfn__sim_invalid(request,
                                "Either StackName or PhysicalResourceId must be specified, but "
                                "not both");
    const struct cfn__stack *stack =
        name ? cfn__seen_stack(request, CFN__NO_STACK_ID) : owner_of(request, physical);
    if (!stack)
        return NULL;
    json_t *all = json_array();
    for (size_t i = 0; i < stack->resources.count && json_array_size(all) < MOST_DESCRIBED; i++) {
        const struct cfn__resource *resource = stack->resources.items[i];
        if (id && strcmp(resource->id, id) != 0)
            continue;
        json_t *told = of_stack(told_of(stack, resource, request->as_of, "Timestamp"), stack);
        if (told)
            json_array_append_new(all, told);
    }
    return json_pack("{s:o}", "StackResources", all);
}

json_t *cfn__describe_stack_resource(struct cfn__request *request) {
    const struct cfn__stack *stack = cfn__seen_stack(request, "Stack '%s' does not exist");
    if (!stack)
        return NULL;
    const char *id = cfn__text_of(request, "LogicalResourceId");
    const struct cfn__resource *resource = cfn__resource_of(stack, id);
    json_t *told =
        resource ? of_stack(told_of(stack, resource, request->as_of, "LastUpdatedTimestamp"), stack)
                 : NULL;
    if (!told)
        return cfn__sim_invalid(request, "Resource %s does not exist for stack %s", id,
                                stack->name);
    const json_t *metadata = json_object_get(resource->item, "Metadata");
    if (metadata) {
        char *text = json_dumps(metadata, JSON_COMPACT);
        cfn__json_put(told, "Metadata", json_string(text));
        free(text);
    }
    return json_pack("{s:o}", "StackResourceDetail", told);
}

/* --- exports --- */

json_t *cfn__list_exports(struct cfn__request *request) {
    const struct cfn_sim *sim = request->sim;
    json_t *all = json_array();
    for (size_t i = 0; i < sim->exports.count; i++) {
        const struct cfn__export *export = sim->exports.items[i];
        if (export->since > request->as_of || (export->until && export->until <= request->as_of))
            continue;
        json_array_append_new(all,
                              json_pack("{s:s, s:s, s:O}", "ExportingStackId", export->stack->id,
                                        "Name", export->name, "Value", export->value));
    }
    return cfn__page(request, json_object(), "Exports", all, MOST_LISTED);
}

json_t *cfn__list_imports(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "ExportName");
    const struct cfn__export *export = cfn__export_of(request->sim, name);
    if (!export)
        return cfn__sim_invalid(request, "No export named %s found.", name);
    json_t *users = cfn__export_users(request->sim, name, export->stack);
    if (!json_array_size(users)) {
        json_decref(users);
        return cfn__sim_invalid(request, "Export '%s' is not imported by any stack.", name);
    }
    return cfn__page(request, json_object(), "Imports", users, MOST_LISTED);
}

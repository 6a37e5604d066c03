/* Events: each is made once and handed out by reference. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* A stack's events have ids without meaning, a resource's are spoken. */
static json_t *event_id(struct cfn__stack *stack, const struct cfn__resource *resource,
                        const char *status) {
    char *uuid = cfn__sim_uuid(stack->sim);
    struct cfn_text text = {0};
    if (resource)
        cfn_text_printf(&text, "%s-%s-%s", resource->id, status, uuid);
    else
        cfn_text_put(&text, uuid);
    json_t *id = json_string_nocheck(text.data);
    cfn_text_done(&text);
    free(uuid);
    return id;
}

static void put_resource(json_t *event, struct cfn__resource *resource) {
    cfn__json_put(event, "LogicalResourceId", json_string_nocheck(resource->id));
    cfn__json_put(event, "PhysicalResourceId", json_string_nocheck(resource->physical));
    cfn__json_put(event, "ResourceType", json_string_nocheck(resource->type));
    if (!resource->text && resource->properties) {
        char *text = json_dumps(resource->properties, JSON_COMPACT);
        resource->text = json_string(text);
        free(text);
    }
    cfn__json_put(event, "ResourceProperties", json_incref(resource->text));
}

static void put_stack(json_t *event, const struct cfn__stack *stack) {
    cfn__json_put(event, "LogicalResourceId", json_string_nocheck(stack->name));
    cfn__json_put(event, "PhysicalResourceId", json_string_nocheck(stack->id));
    cfn__json_put(event, "ResourceType", json_string_nocheck("AWS::CloudFormation::Stack"));
}

void cfn__event_put(struct cfn__stack *stack, struct cfn__operation *operation,
                    struct cfn__resource *resource, const char *status, json_t *reason) {
    struct cfn__event *event = CFN_PUSH(&stack->events);
    json_t *told = json_object();
    *event = (struct cfn__event){stack->sim->now, told, operation};
    cfn__json_put(told, "StackId", json_string_nocheck(stack->id));
    cfn__json_put(told, "EventId", event_id(stack, resource, status));
    cfn__json_put(told, "StackName", json_string_nocheck(stack->name));
    if (operation)
        cfn__json_put(told, "OperationId", json_string_nocheck(operation->id));
    if (resource)
        put_resource(told, resource);
    else
        put_stack(told, stack);
    cfn__json_put(told, "Timestamp", cfn__json_time(stack->sim->now));
    cfn__json_put(told, "ResourceStatus", json_string_nocheck(status));
    cfn__json_put(told, "ResourceStatusReason", json_incref(reason));
    if (operation && *operation->token)
        cfn__json_put(told, "ClientRequestToken", json_string_nocheck(operation->token));
    if (operation && operation->express && resource && cfn_ends_with(status, "_COMPLETE") && reason)
        cfn__json_put(told, "DetailedStatus", json_string_nocheck("CONFIGURATION_COMPLETE"));
}

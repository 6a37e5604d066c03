/* What is deployed: stacks, events, and following them. */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

/* [{"ParameterKey": k, "ParameterValue": v}] as {k: v}. */
static json_t *as_object(const json_t *list, const char *key, const char *value) {
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        json_object_set_new(object, cfn_output_text(item, key),
                            json_string(cfn_output_text(item, value)));
    }
    return object;
}

static json_t *stack_of(const struct cfn_target *target, const json_t *output) {
    const json_t *stack = json_array_get(cfn_output_list(output, "Stacks"), 0);
    const char *updated = cfn_output_text(stack, "LastUpdatedTime");
    const char *protection = cfn_output_text(stack, "EnableTerminationProtection");
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:o}", "name", target->name,
        "stack_name", target->stack_name, "stack_id", cfn_output_text(stack, "StackId"), "status",
        cfn_output_text(stack, "StackStatus"), "status_reason",
        cfn_output_text(stack, "StackStatusReason"), "created",
        cfn_output_text(stack, "CreationTime"), "updated", updated, "termination_protection",
        strcmp(protection, "true") == 0, "drift",
        cfn_output_text(stack, "DriftInformation.StackDriftStatus"), "parameters",
        as_object(cfn_output_list(stack, "Parameters"), "ParameterKey", "ParameterValue"), "tags",
        as_object(cfn_output_list(stack, "Tags"), "Key", "Value"), "outputs",
        as_object(cfn_output_list(stack, "Outputs"), "OutputKey", "OutputValue"));
}

json_t *cfn_inspect_stacks(const struct cfn_transport *transport, const struct cfn_deployment *what,
                           struct cfn_diags *diags) {
    struct cfn_reply *replies = cfn__alloc(what->count * sizeof *replies);
    const struct cfn_call call = {.service = "cloudformation", .action = "DescribeStacks"};
    json_t *all = json_array();
    bool failed = false;
    cfn__ask_each(transport, what, "DescribeStacks", NULL, replies);
    for (size_t i = 0; i < what->count && !failed; i++) {
        if (replies[i].outcome != CFN_REPLY_OK && !cfn__is_missing(&replies[i]))
            failed = cfn_reply_fail(&replies[i], &call, diags);
        json_array_append_new(all, stack_of(&what->targets[i], replies[i].output));
    }
    cfn__replies_done(replies, what->count);
    if (!failed)
        return all;
    json_decref(all);
    return NULL;
}

static json_t *event_of(const json_t *event) {
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "time", cfn_output_text(event, "Timestamp"),
        "logical_id", cfn_output_text(event, "LogicalResourceId"), "physical_id",
        cfn_output_text(event, "PhysicalResourceId"), "type",
        cfn_output_text(event, "ResourceType"), "status", cfn_output_text(event, "ResourceStatus"),
        "reason", cfn_output_text(event, "ResourceStatusReason"), "token",
        cfn_output_text(event, "ClientRequestToken"));
}

/* Puts the events of a page, the newest first, into `all`; false: no more are wanted. */
static bool take_page(json_t *all, const json_t *page, size_t limit, int64_t since) {
    for (size_t i = 0; i < json_array_size(page); i++) {
        const json_t *event = json_array_get(page, i);
        if (cfn_time_read(cfn_output_text(event, "Timestamp")) < since)
            return false;
        json_array_append_new(all, event_of(event));
        if (limit > 0 && json_array_size(all) == limit)
            return false;
    }
    return true;
}

static json_t *reversed(json_t *list) {
    json_t *other = json_array();
    for (size_t i = json_array_size(list); i > 0; i--)
        json_array_append(other, json_array_get(list, i - 1));
    json_decref(list);
    return other;
}

json_t *cfn_inspect_events(const struct cfn_transport *transport, const char *stack_name,
                           size_t limit, int64_t since, struct cfn_diags *diags) {
    json_t *all = json_array(), *input = json_pack("{s:s}", "StackName", stack_name);
    for (bool more = true; more;) {
        struct cfn_call call = {.service = "cloudformation",
                                .action = "DescribeStackEvents",
                                .input = json_deep_copy(input)};
        struct cfn_reply reply;
        cfn_call_wait(transport, &call, &reply);
        const char *next = cfn_output_text(reply.output, "NextToken");
        more = take_page(all, cfn_output_list(reply.output, "StackEvents"), limit, since) && *next;
        if (more)
            json_object_set_new(input, "NextToken", json_string(next));
        if (reply.outcome != CFN_REPLY_OK) {
            cfn_reply_fail(&reply, &call, diags);
            json_decref(all);
            all = NULL;
            more = false;
        }
        cfn_reply_done(&reply);
    }
    json_decref(input);
    return all ? reversed(all) : NULL;
}

/* Tells the events since the last look, and notes the newest. */
static int tell_new(const struct cfn_transport *transport, const struct cfn_target *target,
                    const struct cfn_watch *watch, json_t *seen, struct cfn_diags *diags) {
    int64_t since = (int64_t)json_integer_value(json_object_get(seen, target->name));
    json_t *events = cfn_inspect_events(transport, target->stack_name, 0, since + 1, diags);
    if (!events)
        return -1;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        const struct cfn_event told = {
            .kind = CFN_EVENT_RESOURCE,
            .time = cfn_time_read(cfn_output_text(event, "time")),
            .stack = target->name,
            .logical_id = cfn_output_text(event, "logical_id"),
            .type = cfn_output_text(event, "type"),
            .status = cfn_output_text(event, "status"),
            .text = cfn_output_text(event, "reason"),
        };
        watch->event(watch->self, &told);
        json_object_set_new(seen, target->name, json_integer(told.time));
    }
    json_decref(events);
    return 0;
}

/* One look: events of those that are busy or were at the last look. */
static int look(const struct cfn_transport *transport, const struct cfn_deployment *what,
                const struct cfn_watch *watch, const json_t *stacks, bool *busy, json_t *seen,
                struct cfn_diags *diags) {
    for (size_t i = 0; i < what->count; i++) {
        bool now = cfn__is_busy(cfn_output_text(json_array_get(stacks, i), "status"));
        if ((now || busy[i]) && tell_new(transport, &what->targets[i], watch, seen, diags))
            return -1;
        busy[i] = now;
    }
    return 0;
}

static bool any(const bool *busy, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (busy[i])
            return true;
    return false;
}

json_t *cfn_inspect_watch(const struct cfn_transport *transport, const struct cfn_deployment *what,
                          const struct cfn_watch *watch, struct cfn_diags *diags) {
    bool *busy = cfn__alloc((what->count + 1) * sizeof *busy);
    json_t *seen = json_object(), *stacks = NULL;
    int64_t began = transport->now(transport->self);
    for (size_t i = 0; i < what->count; i++)
        json_object_set_new(seen, what->targets[i].name, json_integer(began - 60000));
    for (;;) {
        json_decref(stacks);
        stacks = cfn_inspect_stacks(transport, what, diags);
        if (stacks && look(transport, what, watch, stacks, busy, seen, diags)) {
            json_decref(stacks);
            stacks = NULL;
        }
        if (!stacks || !any(busy, what->count) || (watch->stop && watch->stop(watch->self)))
            break;
        cfn__rest(transport, watch->poll > 0 ? watch->poll : 2000);
    }
    json_decref(seen);
    free(busy);
    return stacks;
}

/* Drift: what was changed by hand since the last deployment. */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY = 2000, GIVE_UP_AFTER = 600000 };

struct detection {
    const char *id; /* of DetectStackDrift; NULL: not begun or done */
    json_t *entry;
};

static json_t *entry_of(const struct cfn_target *target, const json_t *stack) {
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[]}", "name", target->name, "stack_name",
                     target->stack_name, "status", cfn_output_text(stack, "status"), "drift",
                     "NOT_CHECKED", "reason", "", "resources");
}

/* A status that drift detection takes: settled, and not failed half-way. */
static bool is_detectable(const char *status) {
    static const char *const good[] = {"CREATE_COMPLETE",          "UPDATE_COMPLETE",
                                       "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED",
                                       "IMPORT_COMPLETE",          "IMPORT_ROLLBACK_COMPLETE"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (strcmp(status, good[i]) == 0)
            return true;
    return false;
}

static json_t *difference_of(const json_t *difference) {
    return json_pack("{s:s, s:s, s:s, s:s}", "path", cfn_output_text(difference, "PropertyPath"),
                     "kind", cfn_output_text(difference, "DifferenceType"), "expected",
                     cfn_output_text(difference, "ExpectedValue"), "actual",
                     cfn_output_text(difference, "ActualValue"));
}

static json_t *resource_of(const json_t *drift) {
    const json_t *list = cfn_output_list(drift, "PropertyDifferences");
    json_t *differences = json_array();
    for (size_t i = 0; i < json_array_size(list); i++)
        json_array_append_new(differences, difference_of(json_array_get(list, i)));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o}", "logical_id", cfn_output_text(drift, "LogicalResourceId"),
        "physical_id", cfn_output_text(drift, "PhysicalResourceId"), "type",
        cfn_output_text(drift, "ResourceType"), "drift",
        cfn_output_text(drift, "StackResourceDriftStatus"), "differences", differences);
}

static int list_resources(const struct cfn_transport *transport, json_t *entry,
                          struct cfn_diags *diags) {
    json_t *drifts = cfn__ask_pages(
        transport, "DescribeStackResourceDrifts",
        json_pack("{s:s, s:[s, s]}", "StackName", cfn_output_text(entry, "stack_name"),
                  "StackResourceDriftStatusFilters", "MODIFIED", "DELETED"),
        "StackResourceDrifts", diags);
    if (!drifts)
        return -1;
    for (size_t i = 0; i < json_array_size(drifts); i++)
        json_array_append_new(json_object_get(entry, "resources"),
                              resource_of(json_array_get(drifts, i)));
    json_decref(drifts);
    return 0;
}

static void put(json_t *entry, const char *key, const char *text) {
    json_object_set_new(entry, key, json_string(text));
}

static void begin(const struct cfn_transport *transport, const struct cfn_deployment *what,
                  struct detection *detections, struct cfn_arena *arena) {
    bool *wanted = cfn__alloc((what->count + 1) * sizeof *wanted);
    struct cfn_reply *replies = cfn__alloc((what->count + 1) * sizeof *replies);
    for (size_t i = 0; i < what->count; i++) {
        const char *status = cfn_output_text(detections[i].entry, "status");
        wanted[i] = is_detectable(status);
        if (!wanted[i])
            put(detections[i].entry, "reason",
                *status ? "drift is detected only on a stack that has settled" : "it is not there");
    }
    cfn__ask_each(transport, what, "DetectStackDrift", wanted, replies);
    for (size_t i = 0; i < what->count; i++) {
        if (!wanted[i])
            continue;
        const char *id = cfn_output_text(replies[i].output, "StackDriftDetectionId");
        if (replies[i].outcome == CFN_REPLY_OK)
            detections[i].id = cfn_arena_text(arena, "%s", id);
        else
            put(detections[i].entry, "reason", replies[i].message);
    }
    cfn__replies_done(replies, what->count);
    free(wanted);
}

/* One look at a detection: -1 when AWS could not be asked for its result. */
static int look(const struct cfn_transport *transport, struct detection *detection,
                struct cfn_diags *diags) {
    struct cfn_call call = {
        .service = "cloudformation",
        .action = "DescribeStackDriftDetectionStatus",
        .input = json_pack("{s:s}", "StackDriftDetectionId", detection->id),
    };
    struct cfn_reply reply;
    int code = 0;
    cfn_call_wait(transport, &call, &reply);
    const char *status = cfn_output_text(reply.output, "DetectionStatus");
    if (reply.outcome != CFN_REPLY_OK) {
        put(detection->entry, "reason", reply.message);
        detection->id = NULL;
    } else if (strcmp(status, "DETECTION_IN_PROGRESS") != 0) {
        put(detection->entry, "drift", cfn_output_text(reply.output, "StackDriftStatus"));
        put(detection->entry, "reason", cfn_output_text(reply.output, "DetectionStatusReason"));
        detection->id = NULL;
        code = list_resources(transport, detection->entry, diags);
    }
    cfn_reply_done(&reply);
    return code;
}

static int await(const struct cfn_transport *transport, struct detection *detections, size_t count,
                 struct cfn_diags *diags) {
    int64_t end = transport->now(transport->self) + GIVE_UP_AFTER;
    for (bool any = true; any;) {
        any = false;
        cfn__rest(transport, LOOK_EVERY);
        for (size_t i = 0; i < count; i++) {
            if (!detections[i].id)
                continue;
            if (look(transport, &detections[i], diags))
                return -1;
            any = any || detections[i].id;
        }
        if (any && transport->now(transport->self) > end)
            return cfn_fail(diags, "deploy.drift", (struct cfn_place){0}, NULL,
                            "drift detection must end within ten minutes, and did not");
    }
    return 0;
}

json_t *cfn_inspect_drift(const struct cfn_transport *transport, const struct cfn_deployment *what,
                          struct cfn_diags *diags) {
    json_t *stacks = cfn_inspect_stacks(transport, what, diags), *all = json_array();
    if (!stacks) {
        json_decref(all);
        return NULL;
    }
    struct cfn_arena arena = {0};
    struct detection *detections = cfn__alloc((what->count + 1) * sizeof *detections);
    for (size_t i = 0; i < what->count; i++) {
        detections[i].entry = entry_of(&what->targets[i], json_array_get(stacks, i));
        json_array_append_new(all, detections[i].entry);
    }
    begin(transport, what, detections, &arena);
    int code = await(transport, detections, what->count, diags);
    free(detections);
    cfn_arena_done(&arena);
    json_decref(stacks);
    if (code == 0)
        return all;
    json_decref(all);
    return NULL;
}

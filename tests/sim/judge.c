#include "judge.h"

#include <stdio.h>
#include <string.h>

static char words[512];

#define WRONG(...) (snprintf(words, sizeof words, __VA_ARGS__), words)

static const char *text(const json_t *object, const char *name) {
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : "";
}

static const json_t *stack_of(const json_t *state, const char *name) {
    return json_object_get(json_object_get(state, "stacks"), name);
}

static long long number(const json_t *object, const char *name) {
    return (long long)json_integer_value(json_object_get(object, name));
}

/* Operations of one stack follow each other, and it is created once unless it went between. */
static const char *judge_operations(const char *name, const json_t *stack) {
    const json_t *operations = json_object_get(stack, "operations");
    long long last = 0, alive = 0;
    for (size_t i = 0; i < json_array_size(operations); i++) {
        const json_t *operation = json_array_get(operations, i);
        const char *action = text(operation, "action"), *status = text(operation, "status");
        if (number(operation, "start") < last)
            return WRONG("%s: two operations at the same time", name);
        last = number(operation, "end");
        if (strcmp(action, "create") == 0 && strcmp(status, "CREATE_COMPLETE") == 0 && alive++)
            return WRONG("%s: created twice", name);
        if (strcmp(status, "DELETE_COMPLETE") == 0)
            alive = 0;
    }
    return "";
}

const char *judge_always(const json_t *state) {
    const json_t *violations = json_object_get(state, "violations");
    const char *name, *wrong;
    json_t *stack;
    if (json_array_size(violations) > 0)
        return WRONG("violation: %s", json_string_value(json_array_get(violations, 0)));
    json_object_foreach(json_object_get(state, "stacks"), name, stack) {
        wrong = judge_operations(name, stack);
        if (*wrong)
            return wrong;
    }
    return "";
}

static const char *judge_exports(const json_t *state, const struct cfn_target *target) {
    const json_t *outputs = json_object_get(target->body, "Outputs"), *output;
    const char *name;
    const json_t *deployed = json_object_get(stack_of(state, target->stack_name), "outputs");
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)outputs, name, value) {
        const char *export = text(json_object_get(value, "Export"), "Name");
        if (!json_object_get(deployed, name))
            return WRONG("%s: the output %s is missing", target->stack_name, name);
        output = json_object_get(json_object_get(state, "exports"), export);
        if (!output)
            return WRONG("%s: the export %s is missing", target->stack_name, export);
    }
    if (json_object_size(deployed) != json_object_size(outputs))
        return WRONG("%s: %zu outputs, not %zu", target->stack_name, json_object_size(deployed),
                     json_object_size(outputs));
    return "";
}

static const char *judge_stack(const json_t *state, const struct cfn_target *target) {
    const json_t *stack = stack_of(state, target->stack_name);
    const char *status = text(stack, "status"), *id;
    const json_t *resources = json_object_get(target->body, "Resources");
    json_t *resource;
    if (strcmp(status, "CREATE_COMPLETE") != 0 && strcmp(status, "UPDATE_COMPLETE") != 0 &&
        strcmp(status, "UPDATE_ROLLBACK_COMPLETE") != 0 && strcmp(status, "IMPORT_COMPLETE") != 0)
        return WRONG("%s: %s", target->stack_name, stack ? status : "not there");
    if (!json_equal(json_object_get(stack, "template"), (json_t *)(uintptr_t)target->body))
        return WRONG("%s: another template than the plan's", target->stack_name);
    if (!json_equal(json_object_get(stack, "tags"), (json_t *)(uintptr_t)target->tags))
        return WRONG("%s: other tags than the plan's", target->stack_name);
    json_object_foreach((json_t *)(uintptr_t)resources, id, resource) {
        if (!json_object_get(json_object_get(stack, "resources"), id))
            return WRONG("%s: the resource %s is missing", target->stack_name, id);
    }
    return judge_exports(state, target);
}

const char *judge_deployed(const json_t *state, const struct platform *platform) {
    for (size_t i = 0; i < platform->count; i++) {
        const char *wrong = judge_stack(state, &platform->targets[i]);
        if (*wrong)
            return wrong;
    }
    return "";
}

const char *judge_destroyed(const json_t *state, const struct platform *platform) {
    for (size_t i = 0; i < platform->count; i++) {
        const json_t *stack = stack_of(state, platform->targets[i].stack_name);
        if (stack && strcmp(text(stack, "status"), "DELETE_COMPLETE") != 0)
            return WRONG("%s: %s", platform->targets[i].stack_name, text(stack, "status"));
    }
    return "";
}

const char *judge_kept(const json_t *before, const json_t *after) {
    const char *name, *id;
    json_t *stack, *resource;
    json_object_foreach(json_object_get(before, "stacks"), name, stack) {
        json_object_foreach(json_object_get(stack, "resources"), id, resource) {
            const json_t *declared = json_object_get(
                json_object_get(json_object_get(stack, "template"), "Resources"), id);
            const char *bucket = text(resource, "physical_id");
            if (strcmp(text(resource, "type"), "AWS::S3::Bucket") != 0 || !*bucket ||
                strcmp(text(declared, "DeletionPolicy"), "Retain") != 0 ||
                !json_object_get(json_object_get(before, "buckets"), bucket))
                continue;
            if (!json_object_get(json_object_get(after, "buckets"), bucket))
                return WRONG("%s: the kept bucket %s is gone", name, bucket);
        }
    }
    return "";
}

/* The time at which a stack's first operation began, or ended: -1 when that was no creation that
 * came to its end, for then its exports came later. */
static long long time_of(const json_t *state, const char *stack_name, const char *member) {
    const json_t *operation =
        json_array_get(json_object_get(stack_of(state, stack_name), "operations"), 0);
    return strcmp(text(operation, "status"), "CREATE_COMPLETE") == 0 ? number(operation, member)
                                                                     : -1;
}

const char *judge_order(const json_t *state, const struct platform *platform) {
    for (size_t i = 0; i < platform->count; i++) {
        const struct cfn_target *target = &platform->targets[i];
        for (size_t j = 0; j < target->needs.count; j++) {
            char producer[24];
            snprintf(producer, sizeof producer, "p-%s", target->needs.items[j]);
            long long began = time_of(state, target->stack_name, "start");
            long long ended = time_of(state, producer, "end");
            if (began >= 0 && began < ended)
                return WRONG("%s began before %s was there", target->stack_name, producer);
        }
    }
    return "";
}

static bool is_in_a_stack(const json_t *state, const char *arn) {
    const char *name, *id;
    json_t *stack, *resource;
    json_object_foreach(json_object_get(state, "stacks"), name, stack) {
        json_object_foreach(json_object_get(stack, "resources"), id, resource) {
            if (strcmp(text(resource, "physical_id"), arn) == 0)
                return true;
        }
    }
    return false;
}

const char *judge_replications(const json_t *state, const json_t *running) {
    const char *arn;
    json_t *replication;
    json_object_foreach(json_object_get(state, "replications"), arn, replication) {
        const char *status = text(replication, "status");
        if (!is_in_a_stack(state, arn))
            continue;
        if (json_object_size(json_object_get(replication, "tags")) > 0)
            return WRONG("the mark of the replication %s is left", arn);
        if (json_object_get(running, arn) && strcmp(status, "running") != 0 &&
            strcmp(status, "starting") != 0)
            return WRONG("the replication %s does not run again: %s", arn, status);
    }
    return "";
}

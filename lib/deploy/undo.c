/* Single operations that take something back: cancelling an update, rolling back a failed one. */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

/* What is asked of one stack; action NULL: nothing, and `reason` says why. */
struct undo {
    const char *action;
    const char *reason;
};

typedef struct undo undo_of(const char *status);

static struct undo cancel_of(const char *status) {
    if (strcmp(status, "UPDATE_IN_PROGRESS") == 0)
        return (struct undo){"CancelUpdateStack", ""};
    if (strcmp(status, "CREATE_IN_PROGRESS") == 0)
        return (struct undo){NULL, "a creation cannot be cancelled: wait for it, or destroy it"};
    if (cfn__is_busy(status))
        return (struct undo){NULL, "what is under way cannot be cancelled"};
    return (struct undo){NULL, *status ? "nothing is under way" : "it is not there"};
}

static struct undo roll_back_of(const char *status) {
    if (strcmp(status, "UPDATE_ROLLBACK_FAILED") == 0)
        return (struct undo){"ContinueUpdateRollback", ""};
    if (strcmp(status, "UPDATE_FAILED") == 0 || strcmp(status, "CREATE_FAILED") == 0)
        return (struct undo){"RollbackStack", ""};
    if (cfn__is_busy(status))
        return (struct undo){NULL, "an operation is under way"};
    return (struct undo){NULL, *status ? "there is nothing to roll back" : "it is not there"};
}

/* Ids of what->skip that belong to a target, "rds.Instance" as "Instance". */
static json_t *skipped(const struct cfn_deployment *what, const struct cfn_target *target) {
    json_t *ids = json_array();
    size_t size = strlen(target->name);
    for (const char *const *skip = what->skip; skip && *skip; skip++)
        if (strncmp(*skip, target->name, size) == 0 && (*skip)[size] == '.')
            json_array_append_new(ids, json_string(*skip + size + 1));
    return ids;
}

static json_t *input_of(const struct cfn_deployment *what, const struct cfn_target *target,
                        const char *action) {
    json_t *input = json_pack("{s:s}", "StackName", target->stack_name);
    json_t *ids = skipped(what, target);
    if (strcmp(action, "ContinueUpdateRollback") == 0 && json_array_size(ids) > 0)
        json_object_set(input, "ResourcesToSkip", ids);
    if (what->role_arn && strcmp(action, "CancelUpdateStack") != 0)
        json_object_set_new(input, "RoleARN", json_string(what->role_arn));
    json_decref(ids);
    return input;
}

static json_t *undo_one(const struct cfn_transport *transport, const struct cfn_deployment *what,
                        const struct cfn_target *target, const char *status, undo_of *choose,
                        const char *done) {
    struct undo undo = choose(status);
    if (!undo.action)
        return json_pack("{s:s, s:s, s:s, s:b, s:s}", "name", target->name, "stack_name",
                         target->stack_name, "status", status, done, false, "reason", undo.reason);
    struct cfn_call call = {.service = "cloudformation",
                            .action = undo.action,
                            .input = input_of(what, target, undo.action)};
    struct cfn_reply reply;
    cfn_call_wait(transport, &call, &reply);
    json_t *entry =
        json_pack("{s:s, s:s, s:s, s:b, s:s}", "name", target->name, "stack_name",
                  target->stack_name, "status", status, done, reply.outcome == CFN_REPLY_OK,
                  "reason", reply.outcome == CFN_REPLY_OK ? "" : reply.message);
    cfn_reply_done(&reply);
    return entry;
}

static json_t *undo_all(const struct cfn_transport *transport, const struct cfn_deployment *what,
                        undo_of *choose, const char *done, struct cfn_diags *diags) {
    json_t *stacks = cfn_inspect_stacks(transport, what, diags), *all;
    if (!stacks)
        return NULL;
    all = json_array();
    for (size_t i = 0; i < what->count; i++) {
        const char *status = cfn_output_text(json_array_get(stacks, i), "status");
        json_array_append_new(all,
                              undo_one(transport, what, &what->targets[i], status, choose, done));
    }
    json_decref(stacks);
    return all;
}

json_t *cfn_cancel(const struct cfn_transport *transport, const struct cfn_deployment *what,
                   struct cfn_diags *diags) {
    return undo_all(transport, what, cancel_of, "cancelled", diags);
}

json_t *cfn_roll_back(const struct cfn_transport *transport, const struct cfn_deployment *what,
                      struct cfn_diags *diags) {
    return undo_all(transport, what, roll_back_of, "begun", diags);
}

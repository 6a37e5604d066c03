/* What is asked of DMS about a replication, and what its status means. */
#include "replications.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

json_t *cfn__replications_item(const struct cfn__replications_errand *errand) {
    return json_array_get(errand->list, errand->index);
}

bool cfn__replication_flag(const json_t *item, const char *flag) {
    return json_is_true(json_object_get(item, flag));
}

void cfn__replication_set(json_t *item, const char *flag, bool on) {
    json_object_set_new(item, flag, json_boolean(on));
}

bool cfn__replication_is_task(const json_t *item) {
    return strcmp(cfn_output_text(item, "type"), "AWS::DMS::ReplicationTask") == 0;
}

static json_t *arn_of(const json_t *item, const char *member) {
    return json_pack("{s:s}", member, cfn_output_text(item, "arn"));
}

static json_t *by_filter(const json_t *item) {
    bool task = cfn__replication_is_task(item);
    json_t *input = json_pack("{s:[{s:s, s:[s]}]}", "Filters", "Name",
                              task ? "replication-task-arn" : "replication-config-arn", "Values",
                              cfn_output_text(item, "arn"));
    if (task)
        json_object_set_new(input, "WithoutSettings", json_true());
    return input;
}

static json_t *start_of(const json_t *item) {
    bool task = cfn__replication_is_task(item);
    json_t *input = arn_of(item, task ? "ReplicationTaskArn" : "ReplicationConfigArn");
    json_object_set_new(input, task ? "StartReplicationTaskType" : "StartReplicationType",
                        json_string("resume-processing"));
    return input;
}

void cfn__replications_call(const struct cfn__replications_errand *errand, struct cfn_call *call) {
    const json_t *item = cfn__replications_item(errand);
    bool task = cfn__replication_is_task(item);
    *call = (struct cfn_call){.service = "dms"};
    switch (errand->at) {
    case CFN__REP_LOOK:
        call->action = task ? "DescribeReplicationTasks" : "DescribeReplications";
        call->input = by_filter(item);
        break;
    case CFN__REP_TAGS:
        call->action = "ListTagsForResource";
        call->input = arn_of(item, "ResourceArn");
        break;
    case CFN__REP_TAG:
        call->action = "AddTagsToResource";
        call->input = arn_of(item, "ResourceArn");
        json_object_set_new(call->input, "Tags",
                            json_pack("[{s:s, s:s}]", "Key", CFN__RESUME_TAG, "Value", "true"));
        break;
    case CFN__REP_UNTAG:
        call->action = "RemoveTagsFromResource";
        call->input = arn_of(item, "ResourceArn");
        json_object_set_new(call->input, "TagKeys", json_pack("[s]", CFN__RESUME_TAG));
        break;
    case CFN__REP_STOP:
        call->action = task ? "StopReplicationTask" : "StopReplication";
        call->input = arn_of(item, task ? "ReplicationTaskArn" : "ReplicationConfigArn");
        break;
    case CFN__REP_START:
        call->action = task ? "StartReplicationTask" : "StartReplication";
        call->input = start_of(item);
        break;
    }
}

enum cfn__replication_is cfn__replication_is(const char *status) {
    static const char *const still[] = {"ready",       "created",       "stopped", "failed",
                                        "failed-move", "deprovisioned", "paused"};
    static const char *const busy[] = {"creating", "modifying", "moving", "testing", "stopping"};
    if (!*status || strcmp(status, "deleting") == 0)
        return CFN__REP_GONE;
    for (size_t i = 0; i < sizeof still / sizeof *still; i++)
        if (strcmp(status, still[i]) == 0)
            return CFN__REP_STILL;
    for (size_t i = 0; i < sizeof busy / sizeof *busy; i++)
        if (strcmp(status, busy[i]) == 0)
            return CFN__REP_BUSY;
    return CFN__REP_WORKS; /* or is a step on the way of a serverless one */
}

static const json_t *found(const json_t *item, const struct cfn_reply *reply) {
    bool task = cfn__replication_is_task(item);
    const json_t *list = cfn_output_list(reply->output, task ? "ReplicationTasks" : "Replications");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        if (strcmp(cfn_output_text(one, task ? "ReplicationTaskArn" : "ReplicationConfigArn"),
                   cfn_output_text(item, "arn")) == 0)
            return one;
    }
    return NULL;
}

void cfn__replication_take(json_t *item, const struct cfn_reply *reply) {
    const json_t *one = found(item, reply);
    const char *migration = cfn_output_text(one, "MigrationType");
    char *status = cfn__copy(cfn_output_text(one, "Status"));
    for (char *at = status; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    if (!*migration)
        migration = cfn_output_text(one, "ReplicationType");
    json_object_set_new(item, "status", json_string(status));
    json_object_set_new(item, "reason", json_string(cfn_output_text(one, "StopReason")));
    json_object_set_new(item, "failure", json_string(cfn_output_text(one, "LastFailureMessage")));
    json_object_set_new(item, "migration", json_string(migration));
    free(status);
}

/* Replications of DMS: what they do in time, and what CloudFormation cannot do while they run. */
#include "sim_fixture.h"

#define SECONDS(number) ((int64_t)(number)*1000)

static const char text[] =
    "{\"Resources\": {\"Task\": {\"Type\": \"AWS::DMS::ReplicationTask\", \"Properties\": "
    "{\"MigrationType\": \"%s\", \"ReplicationTaskIdentifier\": \"t\", \"ReplicationInstanceArn\": "
    "\"arn:aws:dms:us-east-1:1:rep:I\", \"SourceEndpointArn\": \"arn:aws:dms:us-east-1:1:endpoint:"
    "S\", \"TargetEndpointArn\": \"arn:aws:dms:us-east-1:1:endpoint:T\", \"TableMappings\": "
    "\"{\\\"rules\\\": [{\\\"rule-type\\\": \\\"selection\\\", \\\"rule-action\\\": \\\"include\\\""
    ", \\\"object-locator\\\": {\\\"schema-name\\\": \\\"shop\\\", \\\"table-name\\\": \\\"%s\\\""
    "}}]}\"}}}}";

static enum cfn_outcome submit(struct cfn_sim *sim, const char *action, const char *type,
                               const char *table) {
    char body[2000];
    snprintf(body, sizeof body, text, type, table);
    struct cfn_reply reply =
        asked_of(sim, "cloudformation", action,
                 json_pack("{s:s, s:s}", "StackName", "s", "TemplateBody", body));
    enum cfn_outcome outcome = reply.outcome;
    cfn_reply_done(&reply);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(1200));
    return outcome;
}

static struct cfn_sim *with_a_task(const char *type) {
    struct cfn_sim *sim = cfn_sim_new(NULL);
    assert_int_equal(submit(sim, "CreateStack", type, "orders"), CFN_REPLY_OK);
    return sim;
}

static const char *arn_of(const struct cfn_sim *sim) {
    static char arn[128];
    json_t *state = cfn_sim_state(sim);
    snprintf(arn, sizeof arn, "%s", cfn_output_text(state, "stacks.s.resources.Task.physical_id"));
    json_decref(state);
    return arn;
}

static const char *stack_status(const struct cfn_sim *sim) {
    static char status[64];
    json_t *state = cfn_sim_state(sim);
    snprintf(status, sizeof status, "%s", cfn_output_text(state, "stacks.s.status"));
    json_decref(state);
    return status;
}

static const char *start(struct cfn_sim *sim, const char *type) {
    static char code[64];
    struct cfn_reply reply = asked_of(sim, "dms", "StartReplicationTask",
                                      json_pack("{s:s, s:s}", "ReplicationTaskArn", arn_of(sim),
                                                "StartReplicationTaskType", type));
    snprintf(code, sizeof code, "%s", reply.outcome == CFN_REPLY_OK ? "" : reply.code);
    cfn_reply_done(&reply);
    return code;
}

static const char *stop(struct cfn_sim *sim) {
    static char code[64];
    struct cfn_reply reply = asked_of(sim, "dms", "StopReplicationTask",
                                      json_pack("{s:s}", "ReplicationTaskArn", arn_of(sim)));
    snprintf(code, sizeof code, "%s", reply.outcome == CFN_REPLY_OK ? "" : reply.code);
    cfn_reply_done(&reply);
    return code;
}

static void assert_task(struct cfn_sim *sim, const char *status, int percent) {
    struct cfn_reply reply = asked_of(sim, "dms", "DescribeReplicationTasks",
                                      json_pack("{s:[{s:s, s:[s]}]}", "Filters", "Name",
                                                "replication-task-arn", "Values", arn_of(sim)));
    const json_t *task = json_array_get(cfn_output_list(reply.output, "ReplicationTasks"), 0);
    const json_t *numbers = json_object_get(task, "ReplicationTaskStats");
    assert_string_equal(cfn_output_text(task, "Status"), status);
    assert_int_equal(json_integer_value(json_object_get(numbers, "FullLoadProgressPercent")),
                     percent);
    cfn_reply_done(&reply);
}

static void it_starts_loads_and_stops_in_time(void **state) {
    (void)state;
    struct cfn_sim *sim = with_a_task("full-load-and-cdc");
    assert_task(sim, "ready", 0);
    assert_string_equal(stop(sim), "InvalidResourceStateFault");
    assert_string_equal(start(sim, "resume-processing"), "InvalidParameterCombinationException");
    assert_string_equal(start(sim, "start-replication"), "");
    assert_task(sim, "starting", 0);
    assert_string_equal(start(sim, "start-replication"), "InvalidResourceStateFault");
    assert_string_equal(stop(sim), "InvalidResourceStateFault");
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(135));
    assert_task(sim, "running", 60);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(100));
    assert_task(sim, "running", 100);
    assert_string_equal(stop(sim), "");
    assert_task(sim, "stopping", 100);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(20));
    assert_task(sim, "stopped", 100);
    assert_string_equal(start(sim, "start-replication"), "InvalidParameterCombinationException");
    assert_string_equal(start(sim, "resume-processing"), "");
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(45));
    assert_task(sim, "running", 100);
    cfn_sim_free(sim);
}

static void a_full_load_alone_stops_by_itself(void **state) {
    (void)state;
    struct cfn_sim *sim = with_a_task("full-load");
    assert_string_equal(start(sim, "start-replication"), "");
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(224));
    assert_task(sim, "running", 99);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(1));
    assert_task(sim, "stopped", 100);
    assert_string_equal(start(sim, "reload-target"), "");
    assert_task(sim, "starting", 0);
    cfn_sim_free(sim);
}

static void what_runs_is_neither_changed_nor_deleted(void **state) {
    (void)state;
    struct cfn_sim *sim = with_a_task("cdc");
    assert_string_equal(start(sim, "start-replication"), "");
    assert_int_equal(submit(sim, "UpdateStack", "cdc", "customers"), CFN_REPLY_OK);
    assert_string_equal(stack_status(sim), "UPDATE_ROLLBACK_COMPLETE");
    assert_int_equal(submit(sim, "DeleteStack", "cdc", "customers"), CFN_REPLY_REFUSED);
    struct cfn_reply reply =
        asked_of(sim, "cloudformation", "DeleteStack", json_pack("{s:s}", "StackName", "s"));
    cfn_reply_done(&reply);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(600));
    assert_string_equal(stack_status(sim), "DELETE_FAILED");
    cfn_sim_free(sim);
}

static void what_stands_still_is_both(void **state) {
    (void)state;
    struct cfn_sim *sim = with_a_task("cdc");
    assert_string_equal(start(sim, "start-replication"), "");
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(60));
    assert_string_equal(stop(sim), "");
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(60));
    assert_int_equal(submit(sim, "UpdateStack", "cdc", "customers"), CFN_REPLY_OK);
    assert_string_equal(stack_status(sim), "UPDATE_COMPLETE");
    struct cfn_reply reply =
        asked_of(sim, "cloudformation", "DeleteStack", json_pack("{s:s}", "StackName", "s"));
    cfn_reply_done(&reply);
    cfn_sim_advance(sim, cfn_sim_now(sim) + SECONDS(600));
    assert_string_equal(stack_status(sim), "");
    cfn_sim_free(sim);
}

static void tags_come_and_go(void **state) {
    (void)state;
    struct cfn_sim *sim = with_a_task("cdc");
    struct cfn_reply reply = asked_of(sim, "dms", "AddTagsToResource",
                                      json_pack("{s:s, s:[{s:s, s:s}]}", "ResourceArn", arn_of(sim),
                                                "Tags", "Key", "k", "Value", "v"));
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
    reply =
        asked_of(sim, "dms", "ListTagsForResource", json_pack("{s:s}", "ResourceArn", arn_of(sim)));
    assert_string_equal(cfn_output_text(reply.output, "TagList.0.Value"), "v");
    cfn_reply_done(&reply);
    reply = asked_of(sim, "dms", "RemoveTagsFromResource",
                     json_pack("{s:s, s:[s]}", "ResourceArn", arn_of(sim), "TagKeys", "k"));
    cfn_reply_done(&reply);
    reply =
        asked_of(sim, "dms", "ListTagsForResource", json_pack("{s:s}", "ResourceArn", arn_of(sim)));
    assert_int_equal(json_array_size(cfn_output_list(reply.output, "TagList")), 0);
    cfn_reply_done(&reply);
    reply =
        asked_of(sim, "dms", "ListTagsForResource", json_pack("{s:s}", "ResourceArn", "arn:none"));
    assert_string_equal(reply.code, "ResourceNotFoundFault");
    cfn_reply_done(&reply);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_loads_and_stops_in_time),
        cmocka_unit_test(a_full_load_alone_stops_by_itself),
        cmocka_unit_test(what_runs_is_neither_changed_nor_deleted),
        cmocka_unit_test(what_stands_still_is_both),
        cmocka_unit_test(tags_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

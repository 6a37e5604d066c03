/* What a replication's status comes to; stopping; the tests of its connections; finding it. */
#include "data/replicate.h"
#include "replication_fixture.h"

static const struct {
    struct given given;
    const char *state;
} states[] = {
    {{.status = "creating"}, "busy"},
    {{.status = "ready"}, "new"},
    {{.status = "ready", .started = 5}, "stopped"},
    {{.status = "starting"}, "starting"},
    {{.status = "running"}, "loading"},
    {{.status = "running", .percent = 100, .queued = 1}, "loading"},
    {{.status = "running", .percent = 100, .loaded = 2}, "replicating"},
    {{.status = "running", .percent = 100, .loaded = 2, .type = "full-load"}, "loading"},
    {{.status = "running", .type = "cdc"}, "replicating"},
    {{.status = "running", .type = "cdc", .errored = 1}, "failed"},
    {{.status = "running", .percent = 50, .errored = 1, .loading = 1}, "loading"},
    {{.status = "running", .percent = 100, .errored = 1}, "failed"},
    {{.status = "stopping"}, "stopping"},
    {{.status = "stopped"}, "stopped"},
    {{.status = "stopped", .reason = "Stop Reason NORMAL"}, "stopped"},
    {{.status = "stopped", .reason = "Stop Reason FULL_LOAD_ONLY_FINISHED"}, "loaded"},
    {{.status = "stopped", .reason = "Stop Reason FULL_LOAD_ONLY_FINISHED", .errored = 1},
     "failed"},
    {{.status = "stopped", .reason = "Stop Reason RECOVERABLE_ERROR"}, "failed"},
    {{.status = "stopped", .reason = "Stop Reason STOPPED_DUE_TO_LOW_DISK"}, "failed"},
    {{.status = "failed"}, "failed"},
    {{.status = "failed-move"}, "stopped"},
    {{.status = "modifying"}, "busy"},
    {{.status = "moving"}, "busy"},
    {{.status = "testing"}, "busy"},
    {{.status = "deleting"}, "deleting"},
    {{.status = "fetching_metadata"}, "starting"}, /* of a serverless one, like any other step */
};

static void every_status_has_its_state(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        struct scripted s;
        struct cfn_diags *diags = cfn_diags_new();
        scripted_init(&s);
        task_is(&s, states[i].given);
        json_t *status = cfn_replication_status(&s.transport, &by_task, false, diags);
        if (strcmp(cfn_output_text(status, "state"), states[i].state) != 0)
            fail_msg("row %zu: %s, not %s", i, cfn_output_text(status, "state"), states[i].state);
        json_decref(status);
        cfn_diags_free(diags);
        scripted_done(&s);
    }
}

static int replicate(struct scripted *s, enum cfn_replicate what, struct cfn_diags *diags) {
    const struct cfn_replicate_options options = {0};
    json_t *status = cfn_replicate(&s->transport, &by_task, what, &options, diags);
    int good = status && cfn_diags_errors(diags) == 0 ? 0 : -1;
    json_decref(status);
    return good;
}

static void a_stop_waits_until_it_stands_still(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "starting"});
    scripted_add(&s, "StopReplicationTask",
                 json_pack("{s:s}", "refused", "InvalidResourceStateFault"));
    task_is(&s, (struct given){.status = "running"});
    order_is_taken(&s, "StopReplicationTask");
    task_is(&s, (struct given){.status = "stopping"});
    task_is(&s, (struct given){.status = "stopped"});
    assert_int_equal(replicate(&s, CFN_REPLICATE_STOP, diags), 0);
    assert_int_equal(scripted_calls(&s, "StopReplicationTask"), 2);
    assert_int_equal(replicate(&s, CFN_REPLICATE_STOP, diags), 0);
    assert_int_equal(scripted_calls(&s, "StopReplicationTask"), 2);
    assert_string_equal(cfn_output_text(scripted_input(&s, "RemoveTagsFromResource"), "TagKeys.0"),
                        "cfngen:resume");
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void a_stop_that_does_not_end_is_left_after_a_quarter_of_an_hour(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    int64_t begun = s.now;
    task_is(&s, (struct given){.status = "running"});
    order_is_taken(&s, "StopReplicationTask");
    assert_int_equal(replicate(&s, CFN_REPLICATE_STOP, diags), -1);
    assert_true(has_diag(diags, "replicate.timeout", "900 seconds"));
    assert_true(s.now - begun < 16 * 60 * 1000);
    assert_int_equal(scripted_calls(&s, "StopReplicationTask"), 1);
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void a_refused_stop_is_told(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "running"});
    scripted_add(&s, "StopReplicationTask", json_pack("{s:s}", "denied", "AccessDeniedException"));
    assert_int_equal(replicate(&s, CFN_REPLICATE_STOP, diags), -1);
    assert_true(has_diag(diags, "aws.AccessDeniedException", "is denied"));
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void a_failed_connection_is_told_and_nothing_started(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "ready"});
    order_is_taken(&s, "TestConnection");
    connections_are(&s, "testing", "successful", "");
    connections_are(&s, "failed", "successful",
                    "Test Endpoint failed: could not connect to server: Connection timed out");
    assert_int_equal(replicate(&s, CFN_REPLICATE_START, diags), -1);
    assert_true(has_diag(diags, "replicate.connection", "could not connect"));
    assert_string_equal(cfn_diags_at(diags, 0)->path, "source");
    assert_non_null(strstr(cfn_diags_at(diags, 0)->hint, "security groups"));
    assert_int_equal(scripted_calls(&s, "StartReplicationTask"), 0);
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void both_failed_connections_are_told(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "ready"});
    scripted_add(&s, "TestConnection",
                 json_pack("{s:s, s:s}", "refused", "InvalidResourceStateFault", "message",
                           "The connection is already being tested"));
    connections_are(&s, "failed", "failed", "Access Denied");
    assert_int_equal(replicate(&s, CFN_REPLICATE_START, diags), -1);
    assert_int_equal(cfn_diags_errors(diags), 2);
    assert_string_equal(cfn_diags_at(diags, 1)->path, "target");
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void a_test_without_end_is_given_up(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "ready"});
    order_is_taken(&s, "TestConnection");
    connections_are(&s, "successful", "testing", "");
    assert_int_equal(replicate(&s, CFN_REPLICATE_START, diags), -1);
    assert_true(has_diag(diags, "replicate.connection", "connection to the target failed"));
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void a_refused_test_is_told(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "ready"});
    scripted_add(&s, "TestConnection", json_pack("{s:s}", "refused", "ResourceQuotaExceededFault"));
    assert_int_equal(replicate(&s, CFN_REPLICATE_START, diags), -1);
    assert_true(has_diag(diags, "aws.ResourceQuotaExceededFault", "TestConnection"));
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void what_is_not_there_is_told(void **state) {
    static const char *const answers[] = {"{\"ReplicationTasks\": []}",
                                          "{\"refused\": \"ResourceNotFoundFault\"}"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct scripted s;
        struct cfn_diags *diags = cfn_diags_new();
        scripted_init(&s);
        scripted_add(&s, "DescribeReplicationTasks", json_loads(answers[i], 0, NULL));
        assert_int_equal(replicate(&s, CFN_REPLICATE_START, diags), -1);
        assert_true(has_diag(diags, "replicate.absent", "is not there"));
        cfn_diags_free(diags);
        scripted_done(&s);
    }
}

static void tables_come_in_pages_and_latency_may_be_absent(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "running", .percent = 100, .loaded = 2});
    scripted_add(&s, "DescribeTableStatistics",
                 json_pack("{s:s, s:[o]}", "Marker", "next", "TableStatistics",
                           table_row("orders", "Table completed", 5)));
    scripted_add(
        &s, "DescribeTableStatistics",
        json_pack("{s:[o]}", "TableStatistics", table_row("customers", "Table completed", 6)));
    scripted_add(&s, "GetMetricStatistics", json_pack("{s:[]}", "Datapoints"));
    scripted_add(&s, "GetMetricStatistics", json_pack("{s:s}", "denied", "AccessDenied"));
    json_t *status = cfn_replication_status(&s.transport, &by_task, true, diags);
    assert_int_equal(json_array_size(json_object_get(status, "tables")), 2);
    assert_string_equal(cfn_output_text(scripted_input(&s, "DescribeTableStatistics"), "Marker"),
                        "next");
    assert_true(json_is_null(json_object_get(status, "source_latency")));
    assert_true(json_is_null(json_object_get(status, "target_latency")));
    assert_int_equal(cfn_diags_errors(diags), 0);
    const json_t *asked = scripted_input(&s, "GetMetricStatistics");
    assert_string_equal(cfn_output_text(asked, "Dimensions.0.Value"), "shop-dev-dms");
    assert_string_equal(cfn_output_text(asked, "Dimensions.1.Value"), "shop-dev-replication");
    assert_string_equal(cfn_output_text(asked, "MetricName"), "CDCLatencyTarget");
    json_decref(status);
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void what_a_killed_deployment_left_is_told(void **state) {
    struct scripted s;
    struct cfn_diags *diags = cfn_diags_new();
    (void)state;
    scripted_init(&s);
    task_is(&s, (struct given){.status = "stopped", .started = 5});
    task_tables(&s, "Table completed", "Table completed");
    scripted_add(&s, "ListTagsForResource",
                 json_pack("{s:[{s:s, s:s}]}", "TagList", "Key", "cfngen:resume", "Value", "true"));
    json_t *status = cfn_replication_status(&s.transport, &by_task, true, diags);
    assert_true(json_is_true(json_object_get(status, "left_by_deployment")));
    json_decref(status);
    cfn_diags_free(diags);
    scripted_done(&s);
}

static void it_is_found_in_the_outputs(void **state) {
    struct cfn_replication found;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *outputs = json_pack("{s:s, s:s}", "ReplicationTaskArn", TASK,
                                "ReplicationInstanceIdentifier", "shop-dev-dms");
    (void)state;
    assert_int_equal(cfn_replication_find(outputs, &found, diags), 0);
    assert_string_equal(found.task_arn, TASK);
    assert_null(found.config_arn);
    json_decref(outputs);
    outputs = json_pack("{s:s}", "ReplicationConfigArn", CONFIG);
    assert_int_equal(cfn_replication_find(outputs, &found, diags), 0);
    assert_null(found.task_arn);
    assert_string_equal(found.config_arn, CONFIG);
    json_object_clear(outputs);
    assert_int_equal(cfn_replication_find(outputs, &found, diags), -1);
    assert_true(has_diag(diags, "replicate.absent", "outputs"));
    json_decref(outputs);
    cfn_diags_free(diags);
}

static void advice_fits_the_words(void **state) {
    (void)state;
    assert_non_null(strstr(
        cfn__replication_advice("FATAL: Password authentication failed for user"), "secret"));
    assert_non_null(
        strstr(cfn__replication_advice("wal_level must be logical"), "rds.logical_replication"));
    assert_string_equal(cfn__replication_advice("something that nobody knows"), "");
    assert_string_equal(cfn__replication_advice(""), "");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_state),
        cmocka_unit_test(a_stop_waits_until_it_stands_still),
        cmocka_unit_test(a_stop_that_does_not_end_is_left_after_a_quarter_of_an_hour),
        cmocka_unit_test(a_refused_stop_is_told),
        cmocka_unit_test(a_failed_connection_is_told_and_nothing_started),
        cmocka_unit_test(both_failed_connections_are_told),
        cmocka_unit_test(a_test_without_end_is_given_up),
        cmocka_unit_test(a_refused_test_is_told),
        cmocka_unit_test(what_is_not_there_is_told),
        cmocka_unit_test(tables_come_in_pages_and_latency_may_be_absent),
        cmocka_unit_test(what_a_killed_deployment_left_is_told),
        cmocka_unit_test(it_is_found_in_the_outputs),
        cmocka_unit_test(advice_fits_the_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

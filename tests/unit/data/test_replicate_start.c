/* Starting a replication from every state it can be in. */
#include "replicating_fixture.h"

static void the_first_start_tests_loads_and_does_not_trust_running(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready"});
    connections_are_good(&run.s);
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){.status = "ready"}); /* stale */
    task_is(&run.s, (struct given){.status = "starting", .started = 100});
    task_is(&run.s,
            (struct given){.status = "running", .loading = 2, .started = 100, .fresh = 100});
    task_is(&run.s, (struct given){"running", NULL, 50, 1, 1, 0, 0, 100, 100, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 100, 1, 1, 0, 0, 100, 100, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 100, 100, NULL, NULL});
    scripted_add(&run.s, "DescribeTableStatistics",
                 json_pack("{s:s}", "refused", "InvalidResourceStateFault"));
    task_tables(&run.s, "Full load", "Before load");
    task_tables(&run.s, "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "replicating");
    assert_string_equal(start_type(&run), "start-replication");
    assert_int_equal(scripted_calls(&run.s, "TestConnection"), 2);
    assert_int_equal(scripted_calls(&run.s, "DescribeConnections"), 3);
    assert_int_equal(run.looks, 7);
    assert_int_equal(json_integer_value(json_object_get(run.status, "source_latency")), 8);
    const json_t *tables = json_object_get(run.status, "tables");
    assert_string_equal(cfn_output_text(tables, "0.table"), "customers");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(tables, 1), "rows")), 99441);
    end(&run);
}

static void a_later_start_resumes(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s,
            (struct given){"stopped", NULL, 100, 2, 0, 0, 0, 100, 100, "Stop Reason NORMAL", NULL});
    connections_are_good(&run.s);
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){"stopped", NULL, 100, 2, 0, 0, 0, 100, 100, "Stop Reason NORMAL",
                                   NULL}); /* stale */
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 200, 100, NULL, NULL});
    task_tables(&run.s, "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "replicating");
    assert_string_equal(start_type(&run), "resume-processing");
    end(&run);
}

/* Ready again after a change: it has run all the same. */
static void one_that_was_changed_is_resumed_too(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"ready", NULL, 100, 2, 0, 0, 0, 100, 100, NULL, NULL});
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 200, 100, NULL, NULL});
    task_tables(&run.s, "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_RESUME,
              (struct cfn_replicate_options){.no_test = true});
    assert_good(&run, "replicating");
    assert_string_equal(start_type(&run), "resume-processing");
    assert_int_equal(scripted_calls(&run.s, "TestConnection"), 0);
    end(&run);
}

static void nothing_is_resumed_that_never_began(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready"});
    carry_out(&run, &by_task, CFN_REPLICATE_RESUME, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.state", "never been started"));
    end(&run);
}

static void a_change_under_way_is_awaited(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "modifying"});
    task_is(&run.s, (struct given){.status = "modifying"});
    task_is(&run.s, (struct given){.status = "ready"});
    order_is_taken(&run.s, "StartReplicationTask");
    carry_out(&run, &by_task, CFN_REPLICATE_START,
              (struct cfn_replicate_options){.no_test = true, .no_wait = true});
    assert_int_equal(cfn_diags_errors(run.diags), 0);
    assert_int_equal(scripted_calls(&run.s, "StartReplicationTask"), 1);
    assert_int_equal(run.s.now - 1767225600000, 2 * 5000 + 5 * 80);
    end(&run);
}

static void but_not_for_ever(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "creating"});
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.timeout", "still 'creating'"));
    end(&run);
}

static void a_start_that_somebody_else_made_is_followed(void **state) {
    static const char *const answers[][2] = {{"refused", "InvalidResourceStateFault"},
                                             {"broken", "timeout"}};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        begin(&run);
        task_is(&run.s, (struct given){.status = "ready"});
        scripted_add(&run.s, "StartReplicationTask",
                     json_pack("{s:s}", answers[i][0], answers[i][1]));
        task_is(&run.s, (struct given){.status = "starting", .started = 5});
        task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
        task_tables(&run.s, "Table completed", "Table completed");
        latency_is(&run.s);
        carry_out(&run, &by_task, CFN_REPLICATE_START,
                  (struct cfn_replicate_options){.no_test = true});
        assert_good(&run, "replicating");
        end(&run);
    }
}

static void a_refused_start_is_told(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready"});
    scripted_add(&run.s, "StartReplicationTask",
                 json_pack("{s:s, s:s}", "refused", "KMSKeyNotAccessibleFault", "message",
                           "The key is disabled."));
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){.no_test = true});
    assert_true(has_diag(run.diags, "aws.KMSKeyNotAccessibleFault", "The key is disabled"));
    assert_non_null(strstr(cfn_diags_at(run.diags, 0)->hint, "its policy"));
    end(&run);
}

static void a_reload_stops_first_and_waits_for_new_numbers(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    order_is_taken(&run.s, "StopReplicationTask");
    task_is(&run.s, (struct given){"stopping", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    task_is(&run.s, (struct given){"stopped", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 9, 5, NULL, NULL}); /* stale */
    task_is(&run.s, (struct given){"running", NULL, 10, 0, 2, 0, 0, 9, 9, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 9, 9, NULL, NULL});
    task_tables(&run.s, "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_RELOAD,
              (struct cfn_replicate_options){.no_test = true});
    assert_good(&run, "replicating");
    assert_string_equal(start_type(&run), "reload-target");
    assert_int_equal(run.looks, 6);
    end(&run);
}

static void a_serverless_one_has_no_connection_to_test(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    config_is(&run.s, (struct given){.status = "created"});
    order_is_taken(&run.s, "StartReplication");
    config_is(&run.s, (struct given){.status = "Calculating_capacity", .started = 5});
    config_is(&run.s, (struct given){"running", NULL, 40, 1, 1, 0, 0, 5, 5, NULL, NULL});
    config_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    tables_are(&run.s, "DescribeReplicationTableStatistics", "ReplicationTableStatistics",
               "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_config, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "replicating");
    assert_string_equal(
        cfn_output_text(scripted_input(&run.s, "StartReplication"), "StartReplicationType"),
        "start-replication");
    const json_t *asked = scripted_input(&run.s, "GetMetricStatistics");
    assert_string_equal(cfn_output_text(asked, "Dimensions.0.Value"),
                        "123456789012:shop-dev-replication");
    end(&run);
}

static void a_serverless_full_load_is_not_resumed(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    config_is(&run.s,
              (struct given){
                  .status = "failed", .type = "full-load", .started = 5, .failure = "no capacity"});
    carry_out(&run, &by_config, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.state", "cannot be resumed"));
    end(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_start_tests_loads_and_does_not_trust_running),
        cmocka_unit_test(a_later_start_resumes),
        cmocka_unit_test(one_that_was_changed_is_resumed_too),
        cmocka_unit_test(nothing_is_resumed_that_never_began),
        cmocka_unit_test(a_change_under_way_is_awaited),
        cmocka_unit_test(but_not_for_ever),
        cmocka_unit_test(a_start_that_somebody_else_made_is_followed),
        cmocka_unit_test(a_refused_start_is_told),
        cmocka_unit_test(a_reload_stops_first_and_waits_for_new_numbers),
        cmocka_unit_test(a_serverless_one_has_no_connection_to_test),
        cmocka_unit_test(a_serverless_full_load_is_not_resumed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

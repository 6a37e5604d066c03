/* Following a replication to every end it can come to. */
#include "replicating_fixture.h"

static void what_runs_is_followed(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 100, 100, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 60, 1, 1, 0, 0, 100, 100, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 100, 100, NULL, NULL});
    task_tables(&run.s, "Full load", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "replicating");
    assert_int_equal(scripted_calls(&run.s, "StartReplicationTask"), 0);
    assert_non_null(strstr(run.said, "runs already"));
    end(&run);
}

static void a_full_load_alone_ends_stopped(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready", .type = "full-load"});
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){"running", "full-load", 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    task_is(&run.s, (struct given){"stopped", "full-load", 100, 2, 0, 0, 0, 5, 5,
                                   "Stop Reason FULL_LOAD_ONLY_FINISHED", NULL});
    task_tables(&run.s, "Table completed", "Table completed");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){.no_test = true});
    assert_good(&run, "loaded");
    json_decref(run.status);
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "loaded");
    assert_int_equal(scripted_calls(&run.s, "StartReplicationTask"), 1);
    json_decref(run.status);
    carry_out(&run, &by_task, CFN_REPLICATE_RESUME, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.state", "finished"));
    end(&run);
}

static void tables_in_error_fail_when_the_others_are_through(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready"});
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){"running", NULL, 50, 0, 1, 0, 1, 5, 5, NULL, NULL});
    task_is(&run.s, (struct given){"running", NULL, 100, 1, 0, 0, 1, 5, 5, NULL, NULL});
    task_tables(&run.s, "Table error", "Full load");
    task_tables(&run.s, "Table error", "Table completed");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){.no_test = true});
    assert_string_equal(cfn_output_text(run.status, "state"), "failed");
    assert_true(has_diag(run.diags, "replicate.failed", "1 of its tables is in error"));
    assert_true(has_diag(run.diags, "replicate.table", "after 99441 rows"));
    assert_string_equal(cfn_diags_at(run.diags, 1)->path, "ecommerce.orders");
    end(&run);
}

static void a_table_in_error_is_seen_though_the_numbers_hide_it(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    task_tables(&run.s, "Table error", "Table completed");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.failed", "in error"));
    end(&run);
}

static void a_failure_is_told_with_its_reason_and_advice(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){.status = "ready"});
    order_is_taken(&run.s, "StartReplicationTask");
    task_is(&run.s, (struct given){.status = "starting", .started = 5});
    task_is(&run.s, (struct given){.status = "failed",
                                   .started = 5,
                                   .reason = "Stop Reason FATAL_ERROR",
                                   .failure = "Error: all replication slots are in use"});
    task_tables(&run.s, "Before load", "Before load");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){.no_test = true});
    assert_true(has_diag(run.diags, "replicate.failed",
                         "all replication slots are in use; Stop Reason FATAL_ERROR"));
    assert_non_null(strstr(cfn_diags_at(run.diags, 0)->hint, "max_replication_slots"));
    end(&run);
}

static void one_that_is_stopped_by_somebody_has_not_loaded(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    task_is(&run.s, (struct given){"stopping", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    task_is(&run.s,
            (struct given){"stopped", NULL, 20, 0, 0, 2, 0, 5, 5, "Stop Reason NORMAL", NULL});
    task_tables(&run.s, "Full load", "Full load");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.failed", "stopped before its load was through"));
    end(&run);
}

static void the_time_can_be_over(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    task_tables(&run.s, "Full load", "Full load");
    carry_out(&run, &by_task, CFN_REPLICATE_START,
              (struct cfn_replicate_options){.timeout = 60000, .poll = 10000});
    assert_true(has_diag(run.diags, "replicate.timeout", "60 seconds"));
    assert_true(run.s.now - 1767225600000 < 75000);
    end(&run);
}

static void a_caller_that_goes_leaves_it_running(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    run.go_after = 3;
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    task_tables(&run.s, "Full load", "Full load");
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "replicate.interrupted", "goes on by itself"));
    assert_int_equal(scripted_calls(&run.s, "StopReplicationTask"), 0);
    end(&run);
}

static void silence_passes_but_not_for_ever(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    for (int i = 0; i < 5; i++)
        scripted_add(&run.s, "DescribeReplicationTasks", json_pack("{s:s}", "broken", "timeout"));
    task_is(&run.s, (struct given){"running", NULL, 100, 2, 0, 0, 0, 5, 5, NULL, NULL});
    scripted_add(&run.s, "DescribeReplicationTasks", json_pack("{s:s}", "broken", "timeout"));
    task_tables(&run.s, "Table completed", "Table completed");
    latency_is(&run.s);
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_good(&run, "replicating");
    assert_non_null(strstr(run.said, "no good answer"));
    json_decref(run.status);
    run.status = NULL;
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "aws.timeout", "DescribeReplicationTasks"));
    assert_null(run.status);
    end(&run);
}

static void expired_credentials_end_the_following(void **state) {
    struct run run;
    (void)state;
    begin(&run);
    task_is(&run.s, (struct given){"running", NULL, 20, 0, 2, 0, 0, 5, 5, NULL, NULL});
    scripted_add(&run.s, "DescribeReplicationTasks",
                 json_pack("{s:s}", "expired", "ExpiredTokenException"));
    carry_out(&run, &by_task, CFN_REPLICATE_START, (struct cfn_replicate_options){0});
    assert_true(has_diag(run.diags, "aws.ExpiredTokenException", "needs new credentials"));
    assert_int_equal(scripted_calls(&run.s, "DescribeReplicationTasks"), 2);
    end(&run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_runs_is_followed),
        cmocka_unit_test(a_full_load_alone_ends_stopped),
        cmocka_unit_test(tables_in_error_fail_when_the_others_are_through),
        cmocka_unit_test(a_table_in_error_is_seen_though_the_numbers_hide_it),
        cmocka_unit_test(a_failure_is_told_with_its_reason_and_advice),
        cmocka_unit_test(one_that_is_stopped_by_somebody_has_not_loaded),
        cmocka_unit_test(the_time_can_be_over),
        cmocka_unit_test(a_caller_that_goes_leaves_it_running),
        cmocka_unit_test(silence_passes_but_not_for_ever),
        cmocka_unit_test(expired_credentials_end_the_following),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every state in which a stack can be found, and what is done about it. */
#include "engine_fixture.h"

static void fail_once(json_t *failures, const char *where, const char *operation) {
    json_object_set_new(
        failures, where,
        json_pack("{s:s, s:s, s:i}", "reason", "not today", "operation", operation, "times", 1));
}

static void test_rollback_complete_is_recreated(void **state) {
    json_t *failures = json_object();
    fail_once(failures, "shop-dev-a/P", "create");
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_string_equal(world_status(&world, "shop-dev-a"), "ROLLBACK_COMPLETE");
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_RECREATE);
    assert_int_equal(world_calls(&world, "DeleteStack", NULL), 1);
    assert_string_equal(world_status(&world, "shop-dev-a"), "CREATE_COMPLETE");
    world_close(&world);
    json_decref(failures);
}

static void test_a_rolled_back_update_is_a_failure_and_is_tried_again(void **state) {
    json_t *failures = json_object();
    fail_once(failures, "shop-dev-a/P", "update");
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_string_equal(world_view(&world, "a").status, "UPDATE_ROLLBACK_COMPLETE");
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_FAILED);
    char first[100];
    snprintf(first, sizeof first, "%s",
             cfn_output_text(world_input(&world, "UpdateStack"), "ClientRequestToken"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_string_not_equal(
        first, cfn_output_text(world_input(&world, "UpdateStack"), "ClientRequestToken"));
    world_close(&world);
    json_decref(failures);
}

static void test_create_failed_is_updated(void **state) {
    json_t *failures = json_object();
    fail_once(failures, "shop-dev-a/P", "create");
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    world.what.keep_failed = true;
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_string_equal(world_status(&world, "shop-dev-a"), "CREATE_FAILED");
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_UPDATE);
    cfn_engine_approve(world.engine);
    world_step_on(&world);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    world_close(&world);
    json_decref(failures);
}

/* Q fails to be updated, and P to be brought back, so many times. */
static json_t *failures_of_rollback(int times) {
    json_t *failures = json_object();
    fail_once(failures, "shop-dev-a/Q", "update");
    json_object_set_new(failures, "shop-dev-a/P",
                        json_pack("{s:s, s:s, s:i}", "reason", "not back", "operation", "rollback",
                                  "times", times));
    return failures;
}

static void break_rollback(struct world *world) {
    static const char body[] =
        "{'Resources':{'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':"
        "'%d'}},'Q':{'Type':'AWS::SSM::Parameter','DependsOn':'P','Properties':{'Type':'String',"
        "'Value':'%d'}}}}";
    char text[600];
    snprintf(text, sizeof text, body, 1, 1);
    world_put(world, "a", NULL, text);
    assert_int_equal(world_run(world, CFN_DEPLOY), 0);
    snprintf(text, sizeof text, body, 2, 2);
    world_put(world, "a", NULL, text);
    assert_int_equal(world_run(world, CFN_DEPLOY), -1);
    assert_string_equal(world_status(world, "shop-dev-a"), "UPDATE_ROLLBACK_FAILED");
    assert_string_equal(world_view(world, "a").cause->logical_id, "Q");
}

static void test_update_rollback_failed_is_continued(void **state) {
    json_t *failures = failures_of_rollback(1);
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    break_rollback(&world);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "ContinueUpdateRollback", NULL), 1);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    assert_string_equal(world_status(&world, "shop-dev-a"), "UPDATE_COMPLETE");
    world_close(&world);
    json_decref(failures);
}

static void test_a_rollback_is_continued_without_what_fails(void **state) {
    json_t *failures = failures_of_rollback(9);
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    break_rollback(&world);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_string_equal(world_view(&world, "a").cause->logical_id, "P");
    world.what.skip_failed = true;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "ContinueUpdateRollback", NULL), 2);
    world_close(&world);
    json_decref(failures);
}

static void test_named_resources_are_left_out(void **state) {
    json_t *failures = failures_of_rollback(9);
    const struct cfn_sim_options options = {.failures = failures};
    const char *const skip[] = {"b.Other", "a.P", NULL};
    struct world world;
    (void)state;
    world_open(&world, &options);
    break_rollback(&world);
    world.what.skip = skip;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    const json_t *skipped =
        json_object_get(world_input(&world, "ContinueUpdateRollback"), "ResourcesToSkip");
    assert_int_equal(json_array_size(skipped), 1);
    assert_string_equal(json_string_value(json_array_get(skipped, 0)), "P");
    world_close(&world);
    json_decref(failures);
}

static json_t *update_of_somebody(const char *value) {
    char text[400];
    snprintf(text, sizeof text,
             "{\"Resources\":{\"P\":{\"Type\":\"AWS::SSM::Parameter\",\"Properties\":{\"Type\":"
             "\"String\",\"Value\":\"%s\"}}}}",
             value);
    return json_pack("{s:s, s:s}", "StackName", "shop-dev-a", "TemplateBody", text);
}

static void test_somebody_elses_operation_is_awaited(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_true(world_call(&world, "UpdateStack", update_of_somebody("x")));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_AWAIT);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_UPDATE);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    world.what.wait_for_others = false;
    assert_true(world_call(&world, "UpdateStack", update_of_somebody("y")));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_true(world_told(&world, "somebody else is working on it"));
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 0);
    world_close(&world);
}

/* A creation goes on without its engine: the next one attaches, and nothing is begun twice. */
static void test_a_later_run_attaches(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    cfn_engine_approve(world.engine);
    cfn_engine_step(world.engine, cfn_sim_now(world.sim), NULL);
    uint64_t id;
    struct cfn_call call;
    while (cfn_engine_call(world.engine, &id, &call))
        world.transport.send(&world, id, &call);
    cfn_sim_advance(world.sim, cfn_sim_now(world.sim) + 500);
    cfn_sim_hang_up(world.sim);
    world.what.wait_for_others = false; /* it is ours */
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 0);
    assert_true(world_heard(&world, CFN_EVENT_NOTE, "an earlier run began it"));
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_DONE);
    world_close(&world);
}

static void test_an_empty_stack_is_filled(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    json_t *input = update_of_somebody("x");
    json_object_set_new(input, "ChangeSetName", json_string("theirs"));
    json_object_set_new(input, "ChangeSetType", json_string("CREATE"));
    assert_true(world_call(&world, "CreateChangeSet", input));
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_CREATE);
    assert_string_equal(world_status(&world, "shop-dev-a"), "CREATE_COMPLETE");
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rollback_complete_is_recreated),
        cmocka_unit_test(test_a_rolled_back_update_is_a_failure_and_is_tried_again),
        cmocka_unit_test(test_create_failed_is_updated),
        cmocka_unit_test(test_update_rollback_failed_is_continued),
        cmocka_unit_test(test_a_rollback_is_continued_without_what_fails),
        cmocka_unit_test(test_named_resources_are_left_out),
        cmocka_unit_test(test_somebody_elses_operation_is_awaited),
        cmocka_unit_test(test_a_later_run_attaches),
        cmocka_unit_test(test_an_empty_stack_is_filled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

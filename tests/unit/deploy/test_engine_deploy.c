/* Creating, updating, leaving alone, and in which order. */
#include "engine_fixture.h"

static void test_creates_in_order_then_leaves_alone(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "b", "a", CONSUMER("1"));
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_true(cfn_engine_changes(world.engine));
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_CREATE);
    size_t path[MOST_TARGETS], length;
    assert_true(cfn_engine_expected(world.engine, path, &length) > 0);
    assert_int_equal(length, 2);
    assert_int_equal(path[0], 1);
    assert_int_equal(path[1], 0);
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 0);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_string_equal(world_status(&world, "shop-dev-b"), "CREATE_COMPLETE");
    assert_int_equal(world_view(&world, "b").stage, CFN_STAGE_DONE);
    const char *arn = json_string_value(json_object_get(world_view(&world, "a").outputs, "Arn"));
    assert_non_null(strstr(arn, ":q"));
    assert_true(world_view(&world, "b").began >= world_view(&world, "a").ended);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 0);
    world_close(&world);
}

/* Three calls to know a stack, one to change it; then one a look, and one for its outputs. */
static void test_asks_no_more_than_it_must(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "DescribeStacks", NULL), 2);
    assert_int_equal(world_calls(&world, "GetTemplate", NULL), 0);
    assert_int_equal(world_calls(&world, "ListExports", NULL), 0);
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 1);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(json_array_size(world.calls), 3);
    world_close(&world);
}

static void test_a_consumer_whose_imports_stand_does_not_wait(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL,
              "{'Resources':{'Queue':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'q',"
              "'VisibilityTimeout':60}}},'Outputs':{'Arn':{'Value':{'Fn::GetAtt':['Queue','Arn']},"
              "'Export':{'Name':'arn'}}}}");
    world_put(&world, "b", "a", CONSUMER("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_time(&world, "UpdateStack", "shop-dev-a"),
                     world_time(&world, "UpdateStack", "shop-dev-b"));
    world_close(&world);
}

static void test_a_consumer_of_a_new_export_waits(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    world_put(&world, "b", "a", ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_true(world_time(&world, "UpdateStack", "shop-dev-b") >=
                world_time(&world, "UpdateStack", "shop-dev-a") + 1000);
    world_close(&world);
}

static void test_an_order_without_an_import_is_kept(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    world_put(&world, "b", "a", ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, ALONE("2"));
    world_put(&world, "b", "a", ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_true(world_time(&world, "UpdateStack", "shop-dev-b") >
                world_time(&world, "UpdateStack", "shop-dev-a"));
    world_close(&world);
}

/* Values that are not given keep what they were; a secret never appears in what is shown. */
static void test_parameters_and_tags(void **state) {
    static const char body[] =
        "{'Parameters':{'Size':{'Type':'String','Default':'1'},'Word':{'Type':'String','NoEcho':"
        "true},'Old':{'Type':'String'}},'Resources':{'P':{'Type':'AWS::SSM::Parameter',"
        "'Properties':{'Type':'String','Value':{'Fn::Sub':'${Size}${Word}${Old}'}}}}}";
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct cfn_target *target = world_put(&world, "a", NULL, body);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(world_view(&world, "a").action, CFN_ACT_REFUSE);
    assert_true(world_told(&world, "parameter Word must be given a value"));
    json_t *values = json_pack("{s:s, s:s}", "Word", "hush", "Old", "o");
    json_t *tags = json_pack("{s:s}", "team", "data"), *none = json_object();
    target->parameters = values;
    target->tags = tags;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    target->parameters = NULL;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    target->tags = none;
    json_t *size = json_pack("{s:s}", "Size", "2");
    target->parameters = size;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    const json_t *input = world_input(&world, "UpdateStack");
    json_t *wanted = json_pack("[{s:s, s:s}, {s:s, s:b}, {s:s, s:b}]", "ParameterKey", "Size",
                               "ParameterValue", "2", "ParameterKey", "Word", "UsePreviousValue", 1,
                               "ParameterKey", "Old", "UsePreviousValue", 1);
    assert_true(json_equal(json_object_get(input, "Parameters"), wanted));
    assert_int_equal(json_array_size(json_object_get(input, "Tags")), 0);
    assert_true(json_is_array(json_object_get(input, "Tags")));
    target->parameters = NULL;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    json_t *diff = cfn_diff_json(world_view(&world, "a").diff);
    char *text = json_dumps(diff, 0);
    assert_null(strstr(text, "hush"));
    free(text);
    json_decref(diff);
    json_decref(wanted);
    json_decref(size);
    json_decref(none);
    json_decref(tags);
    json_decref(values);
    world_close(&world);
}

static void test_settings_beside_the_template(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world.what.termination_protection = true;
    world.what.stack_policy = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Update:*\","
                              "\"Principal\":\"*\",\"Resource\":\"*\"}]}";
    world.what.notification_arns =
        (struct cfn_texts){(const char *const[]){"arn:aws:sns:us-east-1:123456789012:t"}, 1};
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "UpdateTerminationProtection", NULL), 1);
    assert_int_equal(world_calls(&world, "SetStackPolicy", NULL), 1);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    world.what.notification_arns = (struct cfn_texts){0};
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_true(cfn_engine_changes(world.engine));
    world_close(&world);
}

/* What depends on a failure is not begun; what does not goes on. The cause is the first real one.
 */
static void test_a_failure_is_told_with_its_cause(void **state) {
    json_t *failures = json_pack("{s:{s:s}}", "shop-dev-a/Queue", "reason", "no queue today");
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    world_put(&world, "c", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    struct cfn_view view = world_view(&world, "a");
    assert_int_equal(view.stage, CFN_STAGE_FAILED);
    assert_string_equal(view.cause->logical_id, "Queue");
    assert_string_equal(view.cause->type, "AWS::SQS::Queue");
    assert_non_null(strstr(view.cause->reason, "no queue today"));
    assert_true(world_told(&world, "no queue today"));
    assert_int_equal(world_view(&world, "b").stage, CFN_STAGE_NOT_BEGUN);
    assert_int_equal(world_view(&world, "c").stage, CFN_STAGE_DONE);
    assert_true(world_heard(&world, CFN_EVENT_CAUSE, "no queue today"));
    assert_int_equal(world_calls(&world, "CreateStack", "shop-dev-b"), 0);
    world_close(&world);
    json_decref(failures);
}

static void test_a_circle_is_refused(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", "b", ALONE("1"));
    world_put(&world, "b", "a", ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 0);
    assert_true(world_told(&world, "waits for"));
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_creates_in_order_then_leaves_alone),
        cmocka_unit_test(test_asks_no_more_than_it_must),
        cmocka_unit_test(test_a_consumer_whose_imports_stand_does_not_wait),
        cmocka_unit_test(test_a_consumer_of_a_new_export_waits),
        cmocka_unit_test(test_an_order_without_an_import_is_kept),
        cmocka_unit_test(test_parameters_and_tags),
        cmocka_unit_test(test_settings_beside_the_template),
        cmocka_unit_test(test_a_failure_is_told_with_its_cause),
        cmocka_unit_test(test_a_circle_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

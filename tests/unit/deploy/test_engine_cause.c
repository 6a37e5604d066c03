/* The first real cause, also where CloudFormation hides it. */
#include "engine_fixture.h"

static const char child[] = "{\"Resources\":{\"Topic\":{\"Type\":\"AWS::SNS::Topic\"}}}";

static void call_s3(struct world *world, const char *action, json_t *input, const char *payload) {
    struct cfn_call call = {.service = "s3", .action = action, .input = input};
    struct cfn_reply reply = {0};
    if (payload) {
        call.payload = payload;
        call.payload_size = strlen(payload);
    }
    cfn_sim_call(world->sim, cfn_sim_now(world->sim), &call, &reply);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
}

static void test_inside_a_nested_stack(void **state) {
    const struct cfn_sim_faults faults = {.resource = 10000};
    struct world world;
    (void)state;
    world_open(&world, NULL);
    call_s3(&world, "CreateBucket", json_pack("{s:s}", "Bucket", "templates"), NULL);
    call_s3(&world, "PutObject", json_pack("{s:s, s:s}", "Bucket", "templates", "Key", "c.json"),
            child);
    world_put(&world, "a", NULL,
              "{'Resources':{'Inner':{'Type':'AWS::CloudFormation::Stack','Properties':"
              "{'TemplateURL':'https://templates.s3.us-east-1.amazonaws.com/c.json'}}}}");
    cfn_sim_set_faults(world.sim, &faults);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    const struct cfn_cause *cause = world_view(&world, "a").cause;
    assert_string_equal(cause->logical_id, "Inner.Topic");
    assert_string_equal(cause->type, "AWS::SNS::Topic");
    world_close(&world);
}

/* Told at once, not when the rollback has ended. */
static void test_it_is_told_before_the_rollback_ends(void **state) {
    json_t *failures = json_pack("{s:{s:s}}", "shop-dev-a/Queue", "reason", "no queue today");
    const struct cfn_sim_options options = {.failures = failures};
    int64_t cause = 0, ended = 0;
    struct world world;
    size_t index;
    json_t *event;
    (void)state;
    world_open(&world, &options);
    world_put(&world, "a", NULL,
              "{'Resources':{'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String',"
              "'Value':'1'}},'Queue':{'Type':'AWS::SQS::Queue','DependsOn':'P'}}}");
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    json_array_foreach(world.events, index, event) {
        json_int_t time = json_integer_value(json_object_get(event, "time"));
        if (json_integer_value(json_object_get(event, "kind")) == CFN_EVENT_CAUSE)
            cause = time;
        if (json_integer_value(json_object_get(event, "kind")) == CFN_EVENT_ENDED)
            ended = time;
    }
    assert_true(cause > 0 && cause < ended);
    world_close(&world);
    json_decref(failures);
}

/* An early validation says only that it failed; what it found is asked for. */
static void test_behind_an_early_validation(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world.what.mode = CFN_CHANGE_SETS;
    world_put(&world, "b", NULL,
              "{'Resources':{'Same':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'q'}}}}");
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_int_equal(world_calls(&world, "DescribeEvents", NULL), 1);
    assert_int_equal(world_view(&world, "b").action, CFN_ACT_REFUSE);
    assert_non_null(strstr(world_view(&world, "b").reason, "already exists"));
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), -1);
    assert_true(world_told(&world, "Same: "));
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inside_a_nested_stack),
        cmocka_unit_test(test_it_is_told_before_the_rollback_ends),
        cmocka_unit_test(test_behind_an_early_validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

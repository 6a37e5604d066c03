/* Change sets, express, large templates, and the ways to stop. */
#include "engine_fixture.h"

static void test_change_sets_are_a_part_of_the_plan(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.what.mode = CFN_CHANGE_SETS;
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_int_equal(world_calls(&world, "CreateChangeSet", NULL), 1);
    assert_int_equal(json_array_size(world_view(&world, "a").change_set), 1);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_calls(&world, "CreateChangeSet", NULL), 2);
    assert_int_equal(world_calls(&world, "ExecuteChangeSet", NULL), 2);
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 0);
    assert_true(world_heard(&world, CFN_EVENT_NOTE, "its change set has 1 changes"));
    world_close(&world);
}

/* Declined: nothing of it stays, not even the empty stack. */
static void test_a_declined_plan_leaves_nothing(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.what.mode = CFN_CHANGE_SETS;
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_string_equal(world_status(&world, "shop-dev-a"), "REVIEW_IN_PROGRESS");
    cfn_engine_halt(world.engine, CFN_HALT_DRAIN);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(world_calls(&world, "DeleteChangeSet", NULL), 1);
    const char *status = world_status(&world, "shop-dev-a");
    assert_true(strcmp(status, "") == 0 || strcmp(status, "DELETE_COMPLETE") == 0);
    world_close(&world);
}

static void test_no_changes_in_a_set_is_nothing_to_do(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.what.mode = CFN_CHANGE_SETS;
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL,
              "{'Description':'other','Resources':{'P':{'Type':'AWS::SSM::Parameter',"
              "'Properties':{'Type':'String','Value':'1'}}}}");
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_close(&world);
}

static void test_express_says_so_and_nothing_beside(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.what.mode = CFN_EXPRESS;
    world.what.keep_failed = true;
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    const json_t *input = world_input(&world, "CreateStack");
    assert_string_equal(cfn_output_text(input, "DeploymentConfig.Mode"), "EXPRESS");
    assert_null(json_object_get(input, "DisableRollback"));
    assert_null(json_object_get(input, "OnFailure"));
    world_close(&world);
}

/* Over 51,200 bytes: by way of a bucket that is made once, and only what it does not have. */
static void test_large_templates_go_by_way_of_a_bucket(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct cfn_target *target = world_put(&world, "a", NULL, ALONE("1"));
    json_t *large = json_deep_copy(target->body), *words = json_object();
    char *word = malloc(1001);
    memset(word, 'x', 1000);
    word[1000] = '\0';
    for (int i = 0; i < 60; i++) {
        char name[16];
        snprintf(name, sizeof name, "K%d", i);
        json_object_set_new(words, name, json_string(word));
    }
    json_object_set_new(large, "Metadata", words);
    target->body = large;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "CreateBucket", NULL), 1);
    assert_int_equal(world_calls(&world, "PutBucketPolicy", NULL), 1);
    assert_int_equal(world_calls(&world, "PutPublicAccessBlock", NULL), 1);
    assert_int_equal(world_calls(&world, "PutBucketEncryption", NULL), 1);
    assert_int_equal(world_calls(&world, "PutBucketLifecycleConfiguration", NULL), 1);
    assert_int_equal(world_calls(&world, "PutObject", NULL), 1);
    const char *url = cfn_output_text(world_input(&world, "CreateStack"), "TemplateURL");
    assert_non_null(strstr(url, "https://shop-dev-cfngen-123456789012-us-east-1.s3."));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    json_t *tags = json_pack("{s:s}", "team", "data");
    target->tags = tags;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "CreateBucket", NULL), 0);
    assert_int_equal(world_calls(&world, "PutObject", NULL), 0);
    json_decref(tags);
    json_decref(large);
    free(word);
    world_close(&world);
}

static void halt_by_draining(struct world *world) {
    if (world_calls(world, "CreateStack", NULL) > 0)
        cfn_engine_halt(world->engine, CFN_HALT_DRAIN);
}

static void test_draining_starts_nothing_more(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    world.look = halt_by_draining;
    world_run(&world, CFN_DEPLOY);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_DONE);
    assert_int_equal(world_view(&world, "b").stage, CFN_STAGE_NOT_BEGUN);
    world_close(&world);
}

static void halt_by_leaving(struct world *world) {
    if (world_calls(world, "CreateStack", NULL) > 0)
        cfn_engine_halt(world->engine, CFN_HALT_LEAVE);
}

static void test_leaving_leaves_it_running(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world.look = halt_by_leaving;
    world_run(&world, CFN_DEPLOY);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_LEFT);
    world.look = NULL;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_string_equal(world_status(&world, "shop-dev-a"), "CREATE_COMPLETE");
    world_close(&world);
}

static void halt_by_cancelling(struct world *world) {
    if (world_calls(world, "UpdateStack", NULL) > 0)
        cfn_engine_halt(world->engine, CFN_HALT_CANCEL);
}

static void test_cancelling_turns_an_update_back(void **state) {
    json_t *times = json_pack("{s:i}", "shop-dev-a", 60000);
    const struct cfn_sim_options options = {.times = times};
    struct world world;
    (void)state;
    world_open(&world, &options);
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, ALONE("2"));
    world.look = halt_by_cancelling;
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(world_calls(&world, "CancelUpdateStack", NULL), 1);
    assert_string_equal(world_status(&world, "shop-dev-a"), "UPDATE_ROLLBACK_COMPLETE");
    world_close(&world);
    json_decref(times);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_change_sets_are_a_part_of_the_plan),
        cmocka_unit_test(test_a_declined_plan_leaves_nothing),
        cmocka_unit_test(test_no_changes_in_a_set_is_nothing_to_do),
        cmocka_unit_test(test_express_says_so_and_nothing_beside),
        cmocka_unit_test(test_large_templates_go_by_way_of_a_bucket),
        cmocka_unit_test(test_draining_starts_nothing_more),
        cmocka_unit_test(test_leaving_leaves_it_running),
        cmocka_unit_test(test_cancelling_turns_an_update_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Deleting: the other way round, what stays, what hinders. */
#include "engine_fixture.h"

static const char bucket_and_topic[] =
    "{'Resources':{'Bucket':{'Type':'AWS::S3::Bucket','Properties':{'BucketName':'shop-data'}},"
    "'Topic':{'Type':'AWS::SNS::Topic','DeletionPolicy':'Retain','Properties':{'TopicName':'t'}}}}";

static void test_consumers_go_first(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.what.termination_protection = true;
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    world_put(&world, "c", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_plan(&world, CFN_DESTROY), CFN_PLANNED);
    assert_int_equal(world_calls(&world, "UpdateTerminationProtection", NULL), 0);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_calls(&world, "UpdateTerminationProtection", NULL), 3);
    assert_int_equal(world_time(&world, "DeleteStack", "shop-dev-b"),
                     world_time(&world, "DeleteStack", "shop-dev-c"));
    assert_true(world_view(&world, "a").began >= world_view(&world, "b").ended);
    assert_int_equal(world_run(&world, CFN_DESTROY), 0);
    assert_false(cfn_engine_changes(world.engine));
    world_close(&world);
}

static void fill_bucket(struct world *world) {
    struct cfn_call call = {.service = "s3",
                            .action = "PutObject",
                            .input = json_pack("{s:s, s:s}", "Bucket", "shop-data", "Key", "k"),
                            .payload = "x",
                            .payload_size = 1};
    struct cfn_reply reply = {0};
    cfn_sim_call(world->sim, cfn_sim_now(world->sim), &call, &reply);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
}

static void test_both_keys_empty_a_bucket_and_the_rest_is_listed(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    struct cfn_target *target = world_put(&world, "a", NULL, bucket_and_topic);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    fill_bucket(&world);
    target->may_delete_data = true;
    assert_int_equal(world_run(&world, CFN_DESTROY), 0);
    assert_int_equal(world_calls(&world, "DeleteObjects", NULL), 1);
    const json_t *kept = world_view(&world, "a").kept;
    assert_int_equal(json_array_size(kept), 1);
    assert_string_equal(cfn_output_text(kept, "0.logical_id"), "Topic");
    world_close(&world);
}

/* Without them the bucket stays, with what is in it, and the rest goes. */
static void test_without_the_keys_data_stays(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, bucket_and_topic);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    fill_bucket(&world);
    assert_int_equal(world_run(&world, CFN_DESTROY), 0);
    assert_int_equal(world_calls(&world, "DeleteObjects", NULL), 0);
    assert_int_equal(json_array_size(world_view(&world, "a").kept), 2);
    assert_true(world_heard(&world, CFN_EVENT_WARNING, "Bucket (AWS::S3::Bucket) could not"));
    const json_t *retained = json_object_get(world_input(&world, "DeleteStack"), "RetainResources");
    assert_string_equal(json_string_value(json_array_get(retained, 0)), "Bucket");
    world_close(&world);
}

static void test_an_export_in_use_names_the_importer(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world.count = 1;
    assert_int_equal(world_run(&world, CFN_DESTROY), -1);
    assert_true(world_told(&world, "shop-dev-b"));
    assert_string_equal(world_status(&world, "shop-dev-a"), "CREATE_COMPLETE");
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_consumers_go_first),
        cmocka_unit_test(test_both_keys_empty_a_bucket_and_the_rest_is_listed),
        cmocka_unit_test(test_without_the_keys_data_stays),
        cmocka_unit_test(test_an_export_in_use_names_the_importer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

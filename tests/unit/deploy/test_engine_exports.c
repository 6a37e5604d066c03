/* Exports that go: kept while they are imported, and no longer. */
#include "engine_fixture.h"

static void deploy_both(struct world *world) {
    world_put(world, "a", NULL, PRODUCER("q"));
    world_put(world, "b", "a", CONSUMER("1"));
    assert_int_equal(world_run(world, CFN_DEPLOY), 0);
}

static bool is_exported(const struct world *world, const char *name) {
    json_t *state = cfn_sim_state(world->sim);
    bool is = json_object_get(json_object_get(state, "exports"), name) != NULL;
    json_decref(state);
    return is;
}

/* Both in one deployment: the producer loses the export, with the queue behind it, after the
 * consumer has let it go. */
static void test_an_export_goes_after_its_importers_moved(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    deploy_both(&world);
    world_put(&world, "a", NULL, ALONE("2"));
    world_put(&world, "b", "a", ALONE("2"));
    assert_int_equal(world_plan(&world, CFN_DEPLOY), CFN_PLANNED);
    assert_true(world_view(&world, "a").keeps_exports);
    cfn_engine_approve(world.engine);
    assert_int_equal(world_step_on(&world), CFN_ENDED);
    assert_int_equal(cfn_engine_tell(world.engine, world.diags), 0);
    assert_int_equal(world_calls(&world, "UpdateStack", "shop-dev-a"), 2);
    assert_int_equal(world_calls(&world, "UpdateStack", "shop-dev-b"), 1);
    assert_false(is_exported(&world, "arn"));
    assert_false(world_view(&world, "a").keeps_exports);
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    world_close(&world);
}

/* Only the export goes: the first update would change nothing, and is not made. */
static void test_only_the_export_goes(void **state) {
    static const char without[] =
        "{'Resources':{'Queue':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'q'}}}}";
    struct world world;
    (void)state;
    world_open(&world, NULL);
    deploy_both(&world);
    world_put(&world, "a", NULL, without);
    world_put(&world, "b", "a", ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(is_exported(&world, "arn"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(cfn_engine_changes(world.engine));
    world_close(&world);
}

/* An importer that is no target keeps it: told, and never taken away. */
static void test_an_importer_outside_keeps_it(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    deploy_both(&world);
    world.count = 1;
    world_put(&world, "a", NULL, ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_true(is_exported(&world, "arn"));
    assert_true(world_view(&world, "a").keeps_exports);
    assert_true(world_told(&world, "the stack shop-dev-b imports it"));
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    world_close(&world);
}

static void test_an_export_that_nobody_imports_just_goes(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    assert_false(is_exported(&world, "arn"));
    world_close(&world);
}

/* The consumer fails: the export stays, and the next run takes it. */
static void test_a_failed_importer_keeps_it_until_the_next_run(void **state) {
    json_t *failures = json_pack("{s:{s:s, s:s, s:i}}", "shop-dev-b/P", "reason", "not today",
                                 "operation", "update", "times", 1);
    const struct cfn_sim_options options = {.failures = failures};
    struct world world;
    (void)state;
    world_open(&world, &options);
    deploy_both(&world);
    world_put(&world, "a", NULL, ALONE("2"));
    world_put(&world, "b", "a", ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_true(is_exported(&world, "arn"));
    assert_true(world_heard(&world, CFN_EVENT_WARNING, "its kept exports stay"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_false(is_exported(&world, "arn"));
    world_close(&world);
    json_decref(failures);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_export_goes_after_its_importers_moved),
        cmocka_unit_test(test_only_the_export_goes),
        cmocka_unit_test(test_an_importer_outside_keeps_it),
        cmocka_unit_test(test_an_export_that_nobody_imports_just_goes),
        cmocka_unit_test(test_a_failed_importer_keeps_it_until_the_next_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

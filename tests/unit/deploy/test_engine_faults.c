/* Answers that do not come, calls that do not arrive, and credentials that no longer hold. */
#include "engine_fixture.h"

static size_t operations(const struct world *world, const char *stack_name) {
    json_t *state = cfn_sim_state(world->sim);
    size_t count = json_array_size(json_object_get(
        json_object_get(json_object_get(state, "stacks"), stack_name), "operations"));
    json_decref(state);
    return count;
}

static void deploy_value(struct world *world, const char *template) {
    world_put(world, "a", NULL, template);
    assert_int_equal(world_run(world, CFN_DEPLOY), 0);
}

/* It was carried out: found by its token, not sent again. */
static void test_a_lost_answer_is_looked_up(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.lose = "CreateStack";
    deploy_value(&world, ALONE("1"));
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 1);
    world.lose = "UpdateStack";
    deploy_value(&world, ALONE("2"));
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 1);
    assert_int_equal(operations(&world, "shop-dev-a"), 2);
    world.lose = "DeleteStack";
    assert_int_equal(world_run(&world, CFN_DESTROY), 0);
    assert_int_equal(world_calls(&world, "DeleteStack", NULL), 1);
    world_close(&world);
}

/* It was not: the same call with the same token. */
static void test_a_lost_call_is_sent_again(void **state) {
    struct world world;
    char first[100];
    (void)state;
    world_open(&world, NULL);
    world.swallow = "CreateStack";
    deploy_value(&world, ALONE("1"));
    assert_int_equal(world_calls(&world, "CreateStack", NULL), 2);
    world.swallow = "UpdateStack";
    deploy_value(&world, ALONE("2"));
    assert_int_equal(world_calls(&world, "UpdateStack", NULL), 2);
    size_t index;
    json_t *call;
    first[0] = '\0';
    json_array_foreach(world.calls, index, call) {
        const char *token = cfn_output_text(call, "input.ClientRequestToken");
        if (*token && *first)
            assert_string_equal(first, token);
        if (*token)
            snprintf(first, sizeof first, "%s", token);
    }
    world_close(&world);
}

static void test_change_sets_survive_it_too(void **state) {
    static const char *const actions[] = {"CreateChangeSet", "DescribeChangeSet",
                                          "ExecuteChangeSet"};
    struct world world;
    (void)state;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        world_open(&world, NULL);
        world.what.mode = CFN_CHANGE_SETS;
        world.lose = actions[i];
        deploy_value(&world, ALONE("1"));
        world.swallow = actions[i];
        deploy_value(&world, ALONE("2"));
        assert_int_equal(operations(&world, "shop-dev-a"), 2);
        world_close(&world);
    }
}

static void test_expired_credentials_end_the_run(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    world.outcome = CFN_REPLY_EXPIRED;
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(json_array_size(world.calls), 1);
    assert_string_equal(cfn_diags_at(world.diags, 0)->code, "aws.ExpiredToken");
    assert_non_null(strstr(cfn_diags_at(world.diags, 0)->hint, "sign in again"));
    world_close(&world);
}

static void expire(struct world *world) {
    if (world_calls(world, "CreateStack", NULL) > 0 && world->now > 1767225601500)
        world->outcome = CFN_REPLY_EXPIRED;
}

static void test_what_runs_is_left_when_they_expire(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    world.look = expire;
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_LEFT);
    assert_int_equal(world_view(&world, "b").stage, CFN_STAGE_NOT_BEGUN);
    world.outcome = CFN_REPLY_OK;
    world.look = NULL;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_close(&world);
}

/* Nobody answers before anything was begun: given up after two minutes. */
static void test_silence_ends_the_reading(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, ALONE("1"));
    world.outcome = CFN_REPLY_BROKEN;
    int64_t began = cfn_sim_now(world.sim);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_in_range(cfn_sim_now(world.sim) - began, 100000, 200000);
    assert_string_equal(cfn_diags_at(world.diags, 0)->code, "aws.timeout");
    world_close(&world);
}

static void be_silent(struct world *world) {
    bool begun = world_calls(world, "CreateStack", NULL) > 0;
    world->outcome = begun && world->now > 1767225601000 && world->now < 1767225601000 + 3600000
                         ? CFN_REPLY_THROTTLED
                         : CFN_REPLY_OK;
}

/* While something runs, reads are repeated for as long as it takes: here an hour. */
static void test_throttled_reads_never_fail_a_deployment(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world_put(&world, "a", NULL, PRODUCER("q"));
    world.look = be_silent;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_true(json_array_size(world.calls) < 200);
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lost_answer_is_looked_up),
        cmocka_unit_test(test_a_lost_call_is_sent_again),
        cmocka_unit_test(test_change_sets_survive_it_too),
        cmocka_unit_test(test_expired_credentials_end_the_run),
        cmocka_unit_test(test_what_runs_is_left_when_they_expire),
        cmocka_unit_test(test_silence_ends_the_reading),
        cmocka_unit_test(test_throttled_reads_never_fail_a_deployment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Services that are not there, that go away, and emulators that stamp no event with a token. */
#include "engine_fixture.h"

static const char *word; /* the code of answers that are broken */

static bool wait_in_vain(void *self, int64_t until, struct cfn_reply *reply) {
    bool any = world_wait(self, until, reply);
    if (any && reply->outcome == CFN_REPLY_BROKEN) {
        free(reply->code);
        reply->code = strdup(word);
    }
    return any;
}

static int64_t time_until_it_gives_up(const char *code) {
    struct world world;
    world_open(&world, NULL);
    world.transport.wait = wait_in_vain;
    word = code;
    world_put(&world, "a", NULL, ALONE("1"));
    world.outcome = CFN_REPLY_BROKEN;
    int64_t began = cfn_sim_now(world.sim);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    int64_t took = cfn_sim_now(world.sim) - began;
    world_close(&world);
    return took;
}

static void test_where_nobody_is_there_is_no_waiting(void **state) {
    (void)state;
    assert_in_range(time_until_it_gives_up("dns"), 0, 1000);
    assert_in_range(time_until_it_gives_up("connect"), 0, 1000);
    assert_in_range(time_until_it_gives_up("tls"), 0, 1000);
    assert_in_range(time_until_it_gives_up("network"), 100000, 200000);
}

static void go_away(struct world *world) {
    if (world_calls(world, "CreateStack", NULL) > 0 &&
        world_calls(world, "DescribeStackEvents", NULL) > 0)
        world->outcome = CFN_REPLY_BROKEN;
}

/* Six hundred looks; what runs is left, and a later run goes on from there. */
static void test_silence_ends_the_work(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.transport.wait = wait_in_vain;
    word = "connect";
    world_put(&world, "a", NULL, PRODUCER("q"));
    world_put(&world, "b", "a", CONSUMER("1"));
    world.look = go_away;
    int64_t began = cfn_sim_now(world.sim);
    assert_int_equal(world_run(&world, CFN_DEPLOY), -1);
    assert_in_range(cfn_sim_now(world.sim) - began, 500000, 800000);
    assert_int_equal(world_view(&world, "a").stage, CFN_STAGE_LEFT);
    assert_int_equal(world_view(&world, "b").stage, CFN_STAGE_NOT_BEGUN);
    world.outcome = CFN_REPLY_OK;
    world.look = NULL;
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_int_equal(world_calls(&world, "CreateStack", "shop-dev-a"), 0);
    world_close(&world);
}

static bool wait_without_tokens(void *self, int64_t until, struct cfn_reply *reply) {
    bool any = world_wait(self, until, reply);
    json_t *events = any ? json_object_get(reply->output, "StackEvents") : NULL, *event;
    size_t index;
    json_array_foreach(events, index, event) {
        json_object_del(event, "ClientRequestToken");
        json_object_del(event, "OperationId");
    }
    return any;
}

/* The end of the creation, just before, is not the end of the update. */
static void test_an_update_without_tokens_has_an_end_of_its_own(void **state) {
    struct world world;
    (void)state;
    world_open(&world, NULL);
    world.transport.wait = wait_without_tokens;
    world.what.poll = 10;
    world_put(&world, "a", NULL, ALONE("1"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    world_put(&world, "a", NULL, ALONE("2"));
    assert_int_equal(world_run(&world, CFN_DEPLOY), 0);
    assert_string_equal(world_view(&world, "a").status, "UPDATE_COMPLETE");
    assert_int_equal(world_run(&world, CFN_DESTROY), 0);
    world_close(&world);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_nobody_is_there_is_no_waiting),
        cmocka_unit_test(test_silence_ends_the_work),
        cmocka_unit_test(test_an_update_without_tokens_has_an_end_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

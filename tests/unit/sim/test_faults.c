/* The transport in virtual time, and each thing that can go wrong on it. */
#include "sim_fixture.h"

enum { ALWAYS = 10000 };

static struct cfn_sim *with_faults(uint64_t seed, struct cfn_sim_faults faults) {
    return cfn_sim_new(&(struct cfn_sim_options){.seed = seed, .faults = faults});
}

static struct cfn_reply sent(struct cfn_sim *sim, const char *action, json_t *input) {
    const struct cfn_transport *transport = cfn_sim_transport(sim);
    struct cfn_call call = {"cloudformation", action, input, NULL, 0};
    struct cfn_reply reply = {0};
    transport->send(transport->self, 7, &call);
    assert_true(transport->wait(transport->self, INT64_MAX, &reply));
    assert_int_equal(reply.id, 7);
    return reply;
}

static bool is_there(struct cfn_sim *sim, const char *name) {
    char *status = status_of(sim, name);
    bool there = *status;
    free(status);
    return there;
}

static void calls_take_their_time(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    const struct cfn_transport *transport = cfn_sim_transport(sim);
    int64_t begin = transport->now(transport->self);
    struct cfn_reply reply = sent(sim, "DescribeStacks", json_object());
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    assert_int_equal(transport->now(transport->self) - begin, 80);
    cfn_reply_done(&reply);
    assert_false(transport->wait(transport->self, begin + 1000, &reply));
    assert_int_equal(transport->now(transport->self), begin + 1000);
    cfn_sim_free(sim);
}

static void a_throttled_call_is_not_carried_out(void **state) {
    (void)state;
    struct cfn_sim *sim = with_faults(1, (struct cfn_sim_faults){.throttle = ALWAYS});
    struct cfn_reply reply = sent(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
    assert_int_equal(reply.outcome, CFN_REPLY_THROTTLED);
    assert_string_equal(reply.code, "Throttling");
    assert_string_equal(reply.message, "Rate exceeded");
    assert_false(is_there(sim, "s"));
    cfn_reply_done(&reply);
    cfn_sim_free(sim);
}

static void half_of_the_server_errors_were_carried_out(void **state) {
    (void)state;
    size_t there = 0;
    for (uint64_t seed = 0; seed < 64; seed++) {
        struct cfn_sim *sim = with_faults(seed, (struct cfn_sim_faults){.server_error = ALWAYS});
        struct cfn_reply reply = sent(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
        assert_int_equal(reply.outcome, CFN_REPLY_BROKEN);
        assert_true(reply.status == 500 || reply.status == 503);
        there += is_there(sim, "s");
        cfn_reply_done(&reply);
        cfn_sim_free(sim);
    }
    assert_true(there > 16 && there < 48);
}

static void a_lost_request_never_arrives_and_a_lost_reply_did(void **state) {
    (void)state;
    for (int lost_reply = 0; lost_reply < 2; lost_reply++) {
        struct cfn_sim *sim =
            with_faults(3, lost_reply ? (struct cfn_sim_faults){.lost_reply = ALWAYS}
                                      : (struct cfn_sim_faults){.lost_request = ALWAYS});
        struct cfn_reply reply = sent(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
        assert_int_equal(reply.outcome, CFN_REPLY_BROKEN);
        assert_int_equal(reply.status, 0);
        assert_int_equal(is_there(sim, "s"), lost_reply);
        cfn_reply_done(&reply);
        cfn_sim_free(sim);
    }
}

static void a_late_reply_is_late(void **state) {
    (void)state;
    int64_t latest = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct cfn_sim *sim = with_faults(seed, (struct cfn_sim_faults){.late_reply = ALWAYS});
        int64_t begin = cfn_sim_now(sim);
        struct cfn_reply reply = sent(sim, "DescribeStacks", json_object());
        int64_t took = cfn_sim_now(sim) - begin;
        assert_true(took <= 30080);
        latest = took > latest ? took : latest;
        cfn_reply_done(&reply);
        cfn_sim_free(sim);
    }
    assert_true(latest > 5000);
}

static void a_stale_read_tells_what_was(void **state) {
    (void)state;
    size_t missing = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        struct cfn_sim *sim = with_faults(seed, (struct cfn_sim_faults){.stale_read = ALWAYS});
        struct cfn_reply reply = sent(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
        cfn_reply_done(&reply);
        cfn_sim_advance(sim, cfn_sim_now(sim) + 1000);
        reply = sent(sim, "DescribeStacks", json_pack("{s:s}", "StackName", "s"));
        bool gone = reply.outcome == CFN_REPLY_REFUSED;
        if (gone)
            assert_string_equal(reply.message, "Stack with id s does not exist");
        missing += gone;
        cfn_reply_done(&reply);
        cfn_sim_advance(sim, cfn_sim_now(sim) + 6000);
        reply = sent(sim, "DescribeStacks", json_pack("{s:s}", "StackName", "s"));
        assert_int_equal(reply.outcome, CFN_REPLY_OK);
        cfn_reply_done(&reply);
        cfn_sim_free(sim);
    }
    assert_true(missing > 5 && missing < 20);
}

static void resources_fail_by_chance(void **state) {
    (void)state;
    struct cfn_sim *sim = with_faults(1, (struct cfn_sim_faults){.resource = ALWAYS});
    done(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s", "T CREATE_FAILED Resource handler returned message: ");
    cfn_sim_set_faults(sim, &(struct cfn_sim_faults){.stuck_delete = ALWAYS});
    created(sim, "t", RESOURCES(TOPIC));
    done(sim, "DeleteStack", json_pack("{s:s}", "StackName", "t"));
    settled(sim, "t", "DELETE_FAILED");
    cfn_sim_set_faults(sim, &(struct cfn_sim_faults){.resource = ALWAYS, .stuck_rollback = ALWAYS});
    cfn_sim_set_faults(sim, &(struct cfn_sim_faults){0});
    created(sim, "u", RESOURCES(TOPIC));
    cfn_sim_set_faults(sim, &(struct cfn_sim_faults){.resource = ALWAYS, .stuck_rollback = ALWAYS});
    done(sim, "UpdateStack",
         stack_input("u", RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": "
                                    "{\"DisplayName\": \"b\"}}")));
    settled(sim, "u", "UPDATE_ROLLBACK_FAILED");
    sound(sim);
    cfn_sim_free(sim);
}

static void others_work_on_the_same_stacks(void **state) {
    (void)state;
    struct cfn_sim *sim = with_faults(5, (struct cfn_sim_faults){0});
    for (int i = 0; i < 3; i++) {
        char name[] = "s0";
        name[1] = (char)('0' + i);
        created(sim, name, RESOURCES(TOPIC));
    }
    cfn_sim_set_faults(sim, &(struct cfn_sim_faults){.other_operator = 5000});
    for (int i = 0; i < 100; i++) {
        struct cfn_reply reply = sent(sim, "DescribeStacks", json_object());
        cfn_reply_done(&reply);
        cfn_sim_advance(sim, cfn_sim_now(sim) + 3000);
    }
    json_t *told = cfn_sim_state(sim), *stack;
    const char *name;
    size_t live = 0;
    json_object_foreach(json_object_get(told, "stacks"), name, stack) live++;
    assert_true(live < 3); /* somebody has deleted one */
    json_decref(told);
    sound(sim);
    cfn_sim_free(sim);
}

static void who_hangs_up_hears_no_more_but_what_was_begun_goes_on(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    const struct cfn_transport *transport = cfn_sim_transport(sim);
    struct cfn_call call = {"cloudformation", "CreateStack", stack_input("s", RESOURCES(TOPIC)),
                            NULL, 0};
    struct cfn_reply reply;
    transport->send(transport->self, 1, &call);
    cfn_sim_hang_up(sim);
    assert_false(transport->wait(transport->self, cfn_sim_now(sim) + 60000, &reply));
    settled(sim, "s", "CREATE_COMPLETE");
    cfn_sim_free(sim);
}

/* A run with everything at once, as one text. */
static char *story_of(uint64_t seed) {
    struct cfn_sim_faults faults = {500, 500, 300, 300, 500, 2000, 500, 500, 500, 300};
    struct cfn_sim *sim = with_faults(seed, faults);
    struct cfn_text story = {0};
    static const char *const bodies[] = {RESOURCES(TOPIC), RESOURCES(TOPIC ", " QUEUE),
                                         RESOURCES(QUEUE)};
    static const char *const actions[] = {"CreateStack", "DescribeStacks", "UpdateStack",
                                          "DescribeStackEvents", "DeleteStack"};
    for (size_t i = 0; i < 60; i++) {
        const char *action = actions[i % 5];
        bool plain = i % 2 || i % 5 == 4;
        json_t *input =
            plain ? json_pack("{s:s}", "StackName", "s") : stack_input("s", bodies[i % 3]);
        struct cfn_reply reply = sent(sim, action, input);
        char *output = json_dumps(reply.output, JSON_COMPACT | JSON_SORT_KEYS);
        cfn_text_printf(&story, "%lld %s %s %s %s %s\n", (long long)cfn_sim_now(sim), action,
                        cfn_outcome_name(reply.outcome), reply.code, reply.message,
                        output ? output : "");
        free(output);
        cfn_reply_done(&reply);
    }
    sound(sim);
    cfn_sim_free(sim);
    return cfn_text_take(&story);
}

static void a_seed_is_a_story(void **state) {
    (void)state;
    char *last = cfn__copy("");
    for (uint64_t seed = 0; seed < 50; seed++) {
        char *one = story_of(seed), *again = story_of(seed);
        assert_string_equal(one, again);
        assert_string_not_equal(one, last);
        free(last);
        free(again);
        last = one;
    }
    free(last);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_take_their_time),
        cmocka_unit_test(a_throttled_call_is_not_carried_out),
        cmocka_unit_test(half_of_the_server_errors_were_carried_out),
        cmocka_unit_test(a_lost_request_never_arrives_and_a_lost_reply_did),
        cmocka_unit_test(a_late_reply_is_late),
        cmocka_unit_test(a_stale_read_tells_what_was),
        cmocka_unit_test(resources_fail_by_chance),
        cmocka_unit_test(others_work_on_the_same_stacks),
        cmocka_unit_test(who_hangs_up_hears_no_more_but_what_was_begun_goes_on),
        cmocka_unit_test(a_seed_is_a_story),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

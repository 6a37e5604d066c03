/* Retrying in virtual time, on top of a transport that answers as it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

#include <cfngen/aws.h>

enum { MOST = 4000, LATENCY_MS = 50 };

/* Every call is answered LATENCY_MS later, by what `answer` says of it. */
struct world {
    struct cfn_transport transport;
    int64_t now;
    struct {
        uint64_t id;
        int64_t sent;
        char action[32], token[64];
    } calls[MOST];
    size_t count, answered;
    enum cfn_outcome (*answer)(size_t number, const char *action);
    const char *code;
    bool woken;
};

static void take(void *self, uint64_t id, const struct cfn_call *call) {
    struct world *world = self;
    assert_true(world->count < MOST);
    world->calls[world->count].id = id;
    world->calls[world->count].sent = world->now;
    strcpy(world->calls[world->count].action, call->action);
    const char *token = json_string_value(json_object_get(call->input, "Token"));
    strcpy(world->calls[world->count++].token, token ? token : "");
    json_object_clear(call->input); /* it is the transport's */
    json_decref(call->input);
}

static bool give(void *self, int64_t until, struct cfn_reply *reply) {
    struct world *world = self;
    size_t i = world->answered;
    if (world->woken) {
        world->woken = false;
        return false;
    }
    if (i == world->count || world->calls[i].sent + LATENCY_MS > until) {
        assert_true(until < INT64_MAX);
        world->now = until > world->now ? until : world->now;
        return false;
    }
    int64_t time = world->calls[i].sent + LATENCY_MS;
    world->now = time > world->now ? time : world->now;
    world->answered++;
    *reply = (struct cfn_reply){
        .id = world->calls[i].id,
        .outcome = world->answer(i, world->calls[i].action),
        .code = cfn__copy(world->code),
        .message = cfn__copy(""),
        .request_id = cfn__copy(""),
    };
    return true;
}

static int64_t tell(void *self) {
    return ((struct world *)self)->now;
}

static struct world *world_of(enum cfn_outcome (*answer)(size_t, const char *)) {
    struct world *world = cfn__alloc(sizeof *world);
    world->transport = (struct cfn_transport){world, take, give, tell};
    world->now = 1000000;
    world->answer = answer;
    world->code = "";
    return world;
}

static enum cfn_outcome always_ok(size_t number, const char *action) {
    (void)number, (void)action;
    return CFN_REPLY_OK;
}

static enum cfn_outcome throttled(size_t number, const char *action) {
    (void)number, (void)action;
    return CFN_REPLY_THROTTLED;
}

static enum cfn_outcome broken(size_t number, const char *action) {
    (void)number, (void)action;
    return CFN_REPLY_BROKEN;
}

static enum cfn_outcome by_name(size_t number, const char *action) {
    (void)number;
    return strcmp(action, "Refused") == 0   ? CFN_REPLY_REFUSED
           : strcmp(action, "Denied") == 0  ? CFN_REPLY_DENIED
           : strcmp(action, "Expired") == 0 ? CFN_REPLY_EXPIRED
                                            : CFN_REPLY_OK;
}

static enum cfn_outcome third_time(size_t number, const char *action) {
    (void)action;
    return number < 2 ? CFN_REPLY_BROKEN : CFN_REPLY_OK;
}

static enum cfn_outcome first_hundred_throttled(size_t number, const char *action) {
    (void)action;
    return number < 100 ? CFN_REPLY_THROTTLED : CFN_REPLY_OK;
}

static void ask(struct cfn_retry *retry, uint64_t id, const char *action) {
    const struct cfn_transport *transport = cfn_retry_transport(retry);
    const struct cfn_call call = {.service = "cloudformation",
                                  .action = action,
                                  .input = json_pack("{s:s}", "Token", "the-same")};
    transport->send(transport->self, id, &call);
}

static enum cfn_outcome wait_for(struct cfn_retry *retry, uint64_t *id) {
    const struct cfn_transport *transport = cfn_retry_transport(retry);
    struct cfn_reply reply = {0};
    assert_true(transport->wait(transport->self, INT64_MAX, &reply));
    enum cfn_outcome outcome = reply.outcome;
    *id = reply.id;
    cfn_reply_done(&reply);
    return outcome;
}

static void what_is_said_for_good_is_handed_on(void **state) {
    (void)state;
    static const char *const actions[] = {"Fine", "Refused", "Denied", "Expired"};
    static const enum cfn_outcome expected[] = {CFN_REPLY_OK, CFN_REPLY_REFUSED, CFN_REPLY_DENIED,
                                                CFN_REPLY_EXPIRED};
    struct world *world = world_of(by_name);
    struct cfn_retry *retry = cfn_retry_new(&world->transport, &(struct cfn_retry_options){0});
    for (size_t i = 0; i < 4; i++) {
        uint64_t id = 0, calls = 0, repeats = 0;
        ask(retry, 70 + i, actions[i]);
        assert_int_equal(wait_for(retry, &id), expected[i]);
        assert_int_equal(id, 70 + i);
        cfn_retry_counts(retry, &calls, &repeats);
        assert_int_equal(calls, i + 1);
        assert_int_equal(repeats, 0);
    }
    cfn_retry_free(retry);
    free(world);
}

static void a_lost_call_is_repeated_as_it_was(void **state) {
    (void)state;
    struct world *world = world_of(third_time);
    world->code = "timeout";
    struct cfn_retry *retry = cfn_retry_new(&world->transport, &(struct cfn_retry_options){0});
    uint64_t id = 0, calls = 0, repeats = 0;
    ask(retry, 5, "CreateStack");
    assert_int_equal(wait_for(retry, &id), CFN_REPLY_OK);
    assert_int_equal(id, 5);
    assert_int_equal(world->count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(world->calls[i].action, "CreateStack");
        assert_string_equal(world->calls[i].token, "the-same");
    }
    cfn_retry_counts(retry, &calls, &repeats);
    assert_int_equal(calls, 3);
    assert_int_equal(repeats, 2);
    cfn_retry_free(retry);
    free(world);
}

static void it_gives_up_after_its_attempts(void **state) {
    (void)state;
    for (int attempts = 0; attempts < 9; attempts += 4) {
        struct world *world = world_of(attempts ? broken : throttled);
        const struct cfn_retry_options options = {.attempts = attempts, .seed = 3};
        struct cfn_retry *retry = cfn_retry_new(&world->transport, &options);
        uint64_t id = 0;
        ask(retry, 9, "DescribeStacks");
        assert_int_equal(wait_for(retry, &id), attempts ? CFN_REPLY_BROKEN : CFN_REPLY_THROTTLED);
        assert_int_equal(world->count, attempts ? attempts : 6);
        cfn_retry_free(retry);
        free(world);
    }
}

static void what_stays_broken_is_not_repeated(void **state) {
    (void)state;
    static const char *const codes[] = {"tls", "url", "too-large"};
    for (size_t i = 0; i < 3; i++) {
        struct world *world = world_of(broken);
        world->code = codes[i];
        struct cfn_retry *retry = cfn_retry_new(&world->transport, &(struct cfn_retry_options){0});
        uint64_t id = 0;
        ask(retry, 1, "DescribeStacks");
        assert_int_equal(wait_for(retry, &id), CFN_REPLY_BROKEN);
        assert_int_equal(world->count, 1);
        cfn_retry_free(retry);
        free(world);
    }
}

/* The waits lie under bounds that double, and differ from seed to seed. */
static void waits_are_jittered(void **state) {
    (void)state;
    int64_t longest[8] = {0}, sum = 0;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct world *world = world_of(broken);
        const struct cfn_retry_options options = {
            .attempts = 8, .base_ms = 1000, .cap_ms = 8000, .seed = seed, .calls_per_second = 1000};
        struct cfn_retry *retry = cfn_retry_new(&world->transport, &options);
        uint64_t id = 0;
        ask(retry, 1, "DescribeStacks");
        wait_for(retry, &id);
        for (size_t i = 1; i < world->count; i++) {
            int64_t bound = 1000 << (i - 1) < 8000 ? 1000 << (i - 1) : 8000;
            int64_t waited = world->calls[i].sent - world->calls[i - 1].sent - LATENCY_MS;
            assert_in_range(waited, 0, bound + 500); /* the slowed bucket has its say too */
            longest[i] = waited > longest[i] ? waited : longest[i];
            sum += waited;
        }
        cfn_retry_free(retry);
        free(world);
    }
    for (size_t i = 2; i < 5; i++)
        assert_true(longest[i] > longest[i - 1]);
    assert_in_range(sum / 200, 39000 / 2 - 3000, 39000 / 2 + 3000);
}

/* Never more than a second's worth at once, and the rate from then on. */
static void a_service_is_asked_no_more_than_its_rate(void **state) {
    (void)state;
    struct world *world = world_of(always_ok);
    const struct cfn_retry_options options = {.calls_per_second = 10};
    struct cfn_retry *retry = cfn_retry_new(&world->transport, &options);
    bool seen[300] = {false};
    for (uint64_t i = 0; i < 300; i++)
        ask(retry, i, "DescribeStacks");
    for (size_t i = 0; i < 300; i++) {
        uint64_t id = 0;
        assert_int_equal(wait_for(retry, &id), CFN_REPLY_OK);
        assert_false(seen[id]);
        seen[id] = true;
    }
    for (size_t i = 11; i < 300; i++)
        assert_true(world->calls[i].sent - world->calls[i - 11].sent >= 100);
    assert_in_range(world->now - 1000000, 28000, 32000);
    cfn_retry_free(retry);
    free(world);
}

/* Throttled at full speed, the rest is asked more slowly; answered again, faster. */
static void a_throttled_service_is_asked_more_slowly(void **state) {
    (void)state;
    struct world *world = world_of(first_hundred_throttled);
    const struct cfn_retry_options options = {.attempts = 1000, .seed = 1, .cap_ms = 1000};
    struct cfn_retry *retry = cfn_retry_new(&world->transport, &options);
    for (uint64_t i = 0; i < 400; i++)
        ask(retry, i, "DescribeStacks");
    for (size_t i = 0; i < 400; i++) {
        uint64_t id = 0;
        assert_int_equal(wait_for(retry, &id), CFN_REPLY_OK);
    }
    assert_int_equal(world->count, 500);
    int64_t middle = world->calls[120].sent - world->calls[80].sent;
    int64_t end = world->calls[499].sent - world->calls[459].sent;
    assert_true(middle > 40 * 1000 / 20 * 3 / 2);
    assert_true(end < middle / 2);
    cfn_retry_free(retry);
    free(world);
}

static void wait_ends_in_time_or_when_woken(void **state) {
    (void)state;
    struct world *world = world_of(broken);
    struct cfn_retry *retry = cfn_retry_new(
        &world->transport, &(struct cfn_retry_options){.base_ms = 100000, .cap_ms = 100000});
    const struct cfn_transport *transport = cfn_retry_transport(retry);
    struct cfn_reply reply = {0};
    int64_t begin = world->now;
    assert_false(transport->wait(transport->self, begin + 10, &reply));
    assert_int_equal(transport->now(transport->self), begin + 10);
    ask(retry, 1, "DescribeStacks");
    assert_false(transport->wait(transport->self, begin + 100, &reply));
    assert_int_equal(world->now, begin + 100);
    world->woken = true;
    assert_false(transport->wait(transport->self, INT64_MAX, &reply));
    assert_int_equal(world->now, begin + 100);
    cfn_retry_free(retry);
    free(world);
}

/* S3 takes far more than a control plane, in the same session. */
static void s3_is_asked_as_much_as_it_takes(void **state) {
    (void)state;
    static const struct {
        const char *service;
        int64_t least, most;
    } rows[] = {{"s3", 0, 200}, {"cloudformation", 20000, 200000}};
    for (size_t row = 0; row < 2; row++) {
        struct world *world = world_of(always_ok);
        struct cfn_retry *retry = cfn_retry_new(&world->transport, NULL);
        const struct cfn_transport *transport = cfn_retry_transport(retry);
        int64_t began = world->now;
        const struct cfn_call call = {.service = rows[row].service, .action = "Fine"};
        for (uint64_t i = 0; i < 3000; i++)
            transport->send(transport->self, i, &call);
        for (uint64_t id, i = 0; i < 3000; i++)
            assert_int_equal(wait_for(retry, &id), CFN_REPLY_OK);
        assert_in_range(world->now - began, rows[row].least, rows[row].most);
        cfn_retry_free(retry);
        free(world);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_for_good_is_handed_on),
        cmocka_unit_test(a_lost_call_is_repeated_as_it_was),
        cmocka_unit_test(it_gives_up_after_its_attempts),
        cmocka_unit_test(what_stays_broken_is_not_repeated),
        cmocka_unit_test(waits_are_jittered),
        cmocka_unit_test(a_service_is_asked_no_more_than_its_rate),
        cmocka_unit_test(a_throttled_service_is_asked_more_slowly),
        cmocka_unit_test(s3_is_asked_as_much_as_it_takes),
        cmocka_unit_test(wait_ends_in_time_or_when_woken),
    };
    return cmocka_run_group_tests_name("aws retry", tests, NULL, NULL);
}

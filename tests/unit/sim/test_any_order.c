/* Calls in any order, with resources that fail by chance: nothing crashes, nothing inconsistent
 * comes about, and every operation ends. */
#include "sim_fixture.h"

enum { SEEDS = 300, CALLS = 60, STACKS = 3 };

static const char *const bodies[] = {
    RESOURCES(TOPIC),
    RESOURCES(TOPIC ", " QUEUE),
    RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"FifoTopic\": true}}, "
              "\"P\": {\"Type\": \"AWS::SNS::Subscription\", \"Properties\": {\"Protocol\": "
              "\"sqs\", \"Endpoint\": \"e\", \"TopicArn\": {\"Ref\": \"T\"}}}"),
    RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"DisplayName\": \"d\"}, "
              "\"DeletionPolicy\": \"Retain\"}"),
    RESOURCES("\"B\": {\"Type\": \"AWS::S3::Bucket\", \"Properties\": {\"BucketName\": \"one\"}, "
              "\"DeletionPolicy\": \"RetainExceptOnCreate\"}, " TOPIC),
    "{\"Parameters\": {\"X\": {\"Type\": \"String\", \"Default\": \"1\"}}, \"Resources\": {" TOPIC
    "}, \"Outputs\": {\"O\": {\"Value\": {\"Ref\": \"X\"}, \"Export\": {\"Name\": \"shared\"}}}}",
    EXPORTER("2"),
    IMPORTER,
};

static const char *const actions[] = {
    "CreateStack",      "UpdateStack",      "DeleteStack",        "CancelUpdateStack",
    "RollbackStack",    "CreateStack",      "UpdateStack",        "ContinueUpdateRollback",
    "CreateChangeSet",  "ExecuteChangeSet", "DescribeStacks",     "DescribeStackEvents",
    "DeleteChangeSet",  "ListStacks",       "ListStackResources", "DescribeChangeSet",
    "DetectStackDrift", "GetTemplate",      "ListExports",        "DescribeEvents",
};

static uint64_t next(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static json_t *input_for(const char *action, uint64_t *random) {
    char stack[] = "s0", set[] = "c0";
    stack[1] = (char)('0' + (int)(next(random) % STACKS));
    set[1] = (char)('0' + (int)(next(random) % 2));
    const char *body = bodies[next(random) % (sizeof bodies / sizeof *bodies)];
    if (cfn_starts_with(action, "List") && !cfn_ends_with(action, "Resources"))
        return json_object();
    bool submits = strcmp(action, "CreateStack") == 0 || strcmp(action, "UpdateStack") == 0 ||
                   strcmp(action, "CreateChangeSet") == 0;
    json_t *input = submits ? stack_input(stack, body) : json_pack("{s:s}", "StackName", stack);
    if (submits && next(random) % 4 == 0 && strcmp(action, "CreateChangeSet") != 0)
        with(input, "DisableRollback", json_true());
    if (strcmp(action, "CreateStack") == 0 && next(random) % 8 == 0) {
        json_object_del(input, "DisableRollback");
        with(input, "OnFailure", json_string("DELETE"));
    }
    if (strstr(action, "ChangeSet"))
        with(input, "ChangeSetName", json_string(set));
    if (strcmp(action, "CreateChangeSet") == 0) {
        with(input, "ChangeSetType", json_string(next(random) % 2 ? "CREATE" : "UPDATE"));
        with(input, "ImportExistingResources", json_boolean(next(random) % 2));
    }
    if (strcmp(action, "DeleteStack") == 0 && next(random) % 4 == 0)
        with(input, "DeletionMode", json_string("FORCE_DELETE_STACK"));
    return input;
}

static void one_run(uint64_t seed) {
    struct cfn_sim_faults faults = {.resource = 800, .stuck_delete = 800, .stuck_rollback = 1500};
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.seed = seed, .faults = faults});
    uint64_t random = seed;
    for (size_t i = 0; i < CALLS; i++) {
        const char *action = actions[next(&random) % (sizeof actions / sizeof *actions)];
        struct cfn_reply reply = asked(sim, action, input_for(action, &random));
        assert_true(reply.outcome == CFN_REPLY_OK || *reply.message);
        cfn_reply_done(&reply);
        cfn_sim_advance(sim, cfn_sim_now(sim) + (int64_t)(next(&random) % 20000));
        sound(sim);
    }
    cfn_sim_advance(sim, cfn_sim_now(sim) + 24 * 3600000);
    json_t *told = cfn_sim_state(sim), *stack;
    const char *name;
    json_object_foreach(json_object_get(told, "stacks"), name, stack) {
        const char *status = cfn_output_text(stack, "status");
        if (cfn_ends_with(status, "_IN_PROGRESS") && strcmp(status, "REVIEW_IN_PROGRESS") != 0)
            fail_msg("seed %d: %s never ends: %s", (int)seed, name, status);
    }
    json_decref(told);
    cfn_sim_free(sim);
}

static void any_order_of_calls_is_borne(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++)
        one_run(seed);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(any_order_of_calls_is_borne)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

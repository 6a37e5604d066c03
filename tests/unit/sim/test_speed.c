/* How fast it is, printed and not judged: whole deployments of four stacks with five resources. */
#include "sim_fixture.h"

#include <time.h>

enum { DEPLOYMENTS = 300, STACKS = 4, POLL = 1000 };

static const char body[] = RESOURCES(
    TOPIC ", " QUEUE
          ", \"P\": {\"Type\": \"AWS::SQS::QueuePolicy\", \"Properties\": {\"Queues\": [{\"Ref\": "
          "\"Q\"}], \"PolicyDocument\": {\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": "
          "\"*\", \"Action\": \"sqs:SendMessage\", \"Resource\": {\"Fn::GetAtt\": [\"Q\", "
          "\"Arn\"]}}]}}}, "
          "\"L\": {\"Type\": \"AWS::Logs::LogGroup\", \"Properties\": {\"RetentionInDays\": 7}}, "
          "\"S\": {\"Type\": \"AWS::SNS::Subscription\", \"Properties\": {\"TopicArn\": {\"Ref\": "
          "\"T\"}, \"Protocol\": \"sqs\", \"Endpoint\": {\"Fn::GetAtt\": [\"Q\", \"Arn\"]}}}");

static size_t deploy(uint64_t seed) {
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.seed = seed});
    const struct cfn_transport *transport = cfn_sim_transport(sim);
    size_t calls = 0, left = STACKS;
    for (size_t i = 0; i < STACKS; i++) {
        char name[] = "stack-0";
        name[6] = (char)('0' + (int)i);
        struct cfn_call call = {"cloudformation", "CreateStack", stack_input(name, body), NULL, 0};
        transport->send(transport->self, i, &call);
        calls++;
    }
    while (left > 0) {
        struct cfn_reply reply;
        if (!transport->wait(transport->self, INT64_MAX, &reply))
            fail_msg("no answer");
        char name[] = "stack-0";
        name[6] = (char)('0' + (int)reply.id);
        const char *status = cfn_output_text(reply.output, "StackEvents.0.ResourceStatus"),
                   *id = cfn_output_text(reply.output, "StackEvents.0.LogicalResourceId");
        bool end = strcmp(id, name) == 0 && strcmp(status, "CREATE_COMPLETE") == 0;
        if (!end) {
            cfn_sim_advance(sim, cfn_sim_now(sim) + POLL / STACKS);
            struct cfn_call call = {"cloudformation", "DescribeStackEvents",
                                    json_pack("{s:s}", "StackName", name), NULL, 0};
            transport->send(transport->self, reply.id, &call);
            calls++;
        }
        left -= end;
        cfn_reply_done(&reply);
    }
    cfn_sim_free(sim);
    return calls;
}

static void deployments_are_fast(void **state) {
    (void)state;
    clock_t begin = clock();
    size_t calls = 0;
    for (size_t i = 0; i < DEPLOYMENTS; i++)
        calls += deploy(i);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    print_message("%.3f ms and %zu calls a deployment\n", seconds * 1000 / DEPLOYMENTS,
                  calls / DEPLOYMENTS);
    assert_true(calls > DEPLOYMENTS * STACKS);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(deployments_are_fast)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

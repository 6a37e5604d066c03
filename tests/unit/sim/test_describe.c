/* What is told: stacks, events, resources, templates, drift. */
#include "sim_fixture.h"

static json_t *named(const char *name) {
    return json_pack("{s:s}", "StackName", name);
}

static void text_is(const json_t *output, const char *path, const char *wanted) {
    assert_string_equal(cfn_output_text(output, path), wanted);
}

static void a_stack_is_told_whole(void **state) {
    (void)state;
    static const char body[] =
        "{\"Description\": \"d\", \"Parameters\": {\"P\": {\"Type\": \"String\", \"NoEcho\": true, "
        "\"Default\": \"secret\"}}, \"Resources\": {" TOPIC
        "}, \"Outputs\": {\"Arn\": {\"Description\": \"o\", \"Value\": {\"Ref\": \"T\"}}}}";
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack",
         with(with(stack_input("s", body), "Tags", parsed("[{\"Key\": \"k\", \"Value\": \"v\"}]")),
              "NotificationARNs", parsed("[\"arn:aws:sns:us-east-1:123456789012:n\"]")));
    settled(sim, "s", "CREATE_COMPLETE");
    json_t *told = answer(sim, "DescribeStacks", named("s"));
    text_is(told, "Stacks.0.Description", "d");
    text_is(told, "Stacks.0.Parameters.0.ParameterValue", "****");
    text_is(told, "Stacks.0.Tags.0.Value", "v");
    text_is(told, "Stacks.0.NotificationARNs.0", "arn:aws:sns:us-east-1:123456789012:n");
    text_is(told, "Stacks.0.Outputs.0.OutputKey", "Arn");
    assert_true(cfn_starts_with(cfn_output_text(told, "Stacks.0.Outputs.0.OutputValue"),
                                "arn:aws:sns:us-east-1:123456789012:s-T-"));
    text_is(told, "Stacks.0.CreationTime", "2026-01-01T00:00:00.000Z");
    text_is(told, "Stacks.0.EnableTerminationProtection", "false");
    text_is(told, "Stacks.0.LastOperations.0.OperationType", "CREATE_STACK");
    json_decref(told);
    json_t *list =
        answer(sim, "ListStacks", json_pack("{s:[s]}", "StackStatusFilter", "CREATE_COMPLETE"));
    text_is(list, "StackSummaries.0.StackName", "s");
    json_decref(list);
    list = answer(sim, "ListStacks", json_pack("{s:[s]}", "StackStatusFilter", "DELETE_COMPLETE"));
    assert_int_equal(json_array_size(cfn_output_list(list, "StackSummaries")), 0);
    json_decref(list);
    cfn_sim_free(sim);
}

static void events_come_in_pages_newest_first(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    struct cfn_text body = {0};
    cfn_text_put(&body, "{\"Resources\": {" TOPIC);
    for (int i = 0; i < 60; i++)
        cfn_text_printf(&body, ", \"T%d\": {\"Type\": \"AWS::SNS::Topic\"}", i);
    cfn_text_put(&body, "}}");
    created(sim, "s", body.data);
    cfn_text_done(&body);
    json_t *page = answer(sim, "DescribeStackEvents", named("s"));
    assert_int_equal(json_array_size(cfn_output_list(page, "StackEvents")), 100);
    text_is(page, "StackEvents.0.LogicalResourceId", "s");
    text_is(page, "StackEvents.0.ResourceStatus", "CREATE_COMPLETE");
    json_t *next =
        answer(sim, "DescribeStackEvents",
               with(named("s"), "NextToken", json_string(cfn_output_text(page, "NextToken"))));
    size_t rest = json_array_size(cfn_output_list(next, "StackEvents"));
    assert_int_equal(rest, 61 * 3 + 2 - 100);
    char path[60];
    snprintf(path, sizeof path, "StackEvents.%zu.ResourceStatusReason", rest - 1);
    text_is(next, path, "User Initiated");
    text_is(next, "NextToken", "");
    json_decref(page);
    json_decref(next);
    cfn_sim_free(sim);
}

static void tokens_are_stamped_on_events(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    json_t *begun =
        answer(sim, "CreateStack",
               with(stack_input("s", RESOURCES(TOPIC)), "ClientRequestToken", json_string("tok")));
    settled(sim, "s", "CREATE_COMPLETE");
    json_t *events = answer(sim, "DescribeStackEvents", named("s"));
    for (size_t i = 0; i < json_array_size(cfn_output_list(events, "StackEvents")); i++) {
        const json_t *event = json_array_get(cfn_output_list(events, "StackEvents"), i);
        text_is(event, "ClientRequestToken", "tok");
        text_is(event, "OperationId", cfn_output_text(begun, "OperationId"));
    }
    json_decref(events);
    json_t *by_id =
        answer(sim, "DescribeEvents",
               json_pack("{s:s}", "OperationId", cfn_output_text(begun, "OperationId")));
    assert_int_equal(json_array_size(cfn_output_list(by_id, "OperationEvents")), 5);
    text_is(by_id, "OperationEvents.0.OperationStatus", "SUCCEEDED");
    text_is(by_id, "OperationEvents.0.EventType", "STACK_EVENT");
    json_decref(by_id);
    json_decref(begun);
    cfn_sim_free(sim);
}

static void the_same_token_is_the_same_call(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    json_t *input =
        with(stack_input("s", RESOURCES(TOPIC)), "ClientRequestToken", json_string("tok"));
    json_t *again = json_deep_copy(input),
           *other = with(json_deep_copy(input), "DisableRollback", json_true()),
           *first = answer(sim, "CreateStack", input);
    settled(sim, "s", "CREATE_COMPLETE");
    json_t *second = answer(sim, "CreateStack", again);
    assert_true(json_equal(first, second));
    refused(sim, "CreateStack", other, "TokenAlreadyExistsException",
            "A client request token already exists: tok");
    json_decref(first);
    json_decref(second);
    cfn_sim_free(sim);
}

static void resources_are_told(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC ", " QUEUE));
    json_t *list = answer(sim, "ListStackResources", named("s")),
           *all = answer(sim, "DescribeStackResources", named("s")),
           *one = answer(sim, "DescribeStackResource",
                         with(named("s"), "LogicalResourceId", json_string("Q")));
    text_is(list, "StackResourceSummaries.0.LogicalResourceId", "T");
    text_is(all, "StackResources.1.ResourceType", "AWS::SQS::Queue");
    text_is(one, "StackResourceDetail.ResourceStatus", "CREATE_COMPLETE");
    json_t *owner =
        answer(sim, "DescribeStackResources",
               json_pack("{s:s}", "PhysicalResourceId",
                         cfn_output_text(one, "StackResourceDetail.PhysicalResourceId")));
    text_is(owner, "StackResources.0.StackName", "s");
    refused(sim, "DescribeStackResource", with(named("s"), "LogicalResourceId", json_string("X")),
            "ValidationError", "Resource X does not exist for stack s");
    json_decref(list);
    json_decref(all);
    json_decref(one);
    json_decref(owner);
    cfn_sim_free(sim);
}

static void templates_are_told_and_summed_up(void **state) {
    (void)state;
    static const char body[] =
        "{\"Description\": \"d\", \"Parameters\": {\"P\": {\"Type\": \"String\", \"Default\": "
        "\"x\"}}, \"Resources\": {\"R\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": "
        "{\"AssumeRolePolicyDocument\": {}}}}}";
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", body);
    json_t *told = answer(sim, "GetTemplate", named("s"));
    text_is(told, "TemplateBody", body);
    json_decref(told);
    json_t *summary = answer(sim, "GetTemplateSummary", named("s")),
           *valid = answer(sim, "ValidateTemplate", json_pack("{s:s}", "TemplateBody", body));
    text_is(summary, "Capabilities.0", "CAPABILITY_IAM");
    text_is(summary, "CapabilitiesReason",
            "The following resource(s) require capabilities: [AWS::IAM::Role]");
    text_is(summary, "ResourceTypes.0", "AWS::IAM::Role");
    text_is(summary, "Parameters.0.ParameterType", "String");
    text_is(valid, "Parameters.0.DefaultValue", "x");
    text_is(valid, "Description", "d");
    json_decref(summary);
    json_decref(valid);
    refused(sim, "GetTemplate", named("nope"), "ValidationError",
            "Stack with id nope does not exist");
    cfn_sim_free(sim);
}

static void drift_is_found(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s",
            RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": "
                      "{\"DisplayName\": \"a\"}}, " QUEUE));
    assert_int_equal(cfn_sim_drift(sim, "s", "X", json_object()), -1);
    assert_int_equal(cfn_sim_drift(sim, "s", "T", json_pack("{s:s}", "DisplayName", "b")), 0);
    json_t *begun = answer(sim, "DetectStackDrift", named("s"));
    const char *id = cfn_output_text(begun, "StackDriftDetectionId");
    json_t *status = answer(sim, "DescribeStackDriftDetectionStatus",
                            json_pack("{s:s}", "StackDriftDetectionId", id));
    text_is(status, "DetectionStatus", "DETECTION_IN_PROGRESS");
    json_decref(status);
    cfn_sim_advance(sim, cfn_sim_now(sim) + 10000);
    status = answer(sim, "DescribeStackDriftDetectionStatus",
                    json_pack("{s:s}", "StackDriftDetectionId", id));
    text_is(status, "DetectionStatus", "DETECTION_COMPLETE");
    text_is(status, "StackDriftStatus", "DRIFTED");
    text_is(status, "DriftedStackResourceCount", "1");
    json_t *drifts =
        answer(sim, "DescribeStackResourceDrifts",
               with(named("s"), "StackResourceDriftStatusFilters", parsed("[\"MODIFIED\"]")));
    assert_int_equal(json_array_size(cfn_output_list(drifts, "StackResourceDrifts")), 1);
    text_is(drifts, "StackResourceDrifts.0.PropertyDifferences.0.PropertyPath", "/DisplayName");
    text_is(drifts, "StackResourceDrifts.0.PropertyDifferences.0.ActualValue", "b");
    json_t *stacks = answer(sim, "DescribeStacks", named("s"));
    text_is(stacks, "Stacks.0.DriftInformation.StackDriftStatus", "DRIFTED");
    json_t *one = answer(sim, "DetectStackResourceDrift",
                         with(named("s"), "LogicalResourceId", json_string("Q")));
    text_is(one, "StackResourceDrift.StackResourceDriftStatus", "IN_SYNC");
    json_decref(begun);
    json_decref(status);
    json_decref(drifts);
    json_decref(stacks);
    json_decref(one);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_is_told_whole),
        cmocka_unit_test(events_come_in_pages_newest_first),
        cmocka_unit_test(tokens_are_stamped_on_events),
        cmocka_unit_test(the_same_token_is_the_same_call),
        cmocka_unit_test(resources_are_told),
        cmocka_unit_test(templates_are_told_and_summed_up),
        cmocka_unit_test(drift_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

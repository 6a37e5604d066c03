/* Change sets: what they tell, and what becomes of them. */
#include "sim_fixture.h"

#define VPC(cidr)                                                                                  \
    RESOURCES("\"V\": {\"Type\": \"AWS::EC2::VPC\", \"Properties\": {\"CidrBlock\": \"" cidr       \
              "\"}}, \"S\": {\"Type\": \"AWS::EC2::SecurityGroup\", \"Properties\": "              \
              "{\"GroupDescription\": \"d\", \"VpcId\": {\"Ref\": \"V\"}}}")

static json_t *set_input(const char *stack, const char *set, const char *type, const char *body) {
    return with(with(stack_input(stack, body), "ChangeSetName", json_string(set)), "ChangeSetType",
                json_string(type));
}

static json_t *named(const char *stack, const char *set) {
    return json_pack("{s:s, s:s}", "StackName", stack, "ChangeSetName", set);
}

static json_t *described(struct cfn_sim *sim, const char *stack, const char *set) {
    cfn_sim_advance(sim, cfn_sim_now(sim) + 5000);
    return answer(sim, "DescribeChangeSet",
                  with(named(stack, set), "IncludePropertyValues", json_true()));
}

static void text_is(const json_t *output, const char *path, const char *wanted) {
    assert_string_equal(cfn_output_text(output, path), wanted);
}

static void a_new_stack_is_reviewed_then_created(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateChangeSet", set_input("s", "c", "CREATE", RESOURCES(TOPIC)));
    json_t *early = answer(sim, "DescribeChangeSet", named("s", "c"));
    text_is(early, "Status", "CREATE_IN_PROGRESS");
    json_decref(early);
    settled(sim, "s", "REVIEW_IN_PROGRESS");
    json_t *set = described(sim, "s", "c");
    text_is(set, "Status", "CREATE_COMPLETE");
    text_is(set, "ExecutionStatus", "AVAILABLE");
    text_is(set, "Changes.0.ResourceChange.Action", "Add");
    text_is(set, "Changes.0.ResourceChange.LogicalResourceId", "T");
    json_decref(set);
    done(sim, "ExecuteChangeSet", named("s", "c"));
    settled(sim, "s", "CREATE_COMPLETE");
    set = described(sim, "s", "c");
    text_is(set, "ExecutionStatus", "EXECUTE_COMPLETE");
    json_decref(set);
    cfn_sim_free(sim);
}

static void replacements_are_told(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", VPC("10.0.0.0/16"));
    done(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", VPC("10.1.0.0/16")));
    json_t *set = described(sim, "s", "c");
    text_is(set, "Changes.0.ResourceChange.LogicalResourceId", "V");
    text_is(set, "Changes.0.ResourceChange.Action", "Modify");
    text_is(set, "Changes.0.ResourceChange.Replacement", "True");
    text_is(set, "Changes.0.ResourceChange.PolicyAction", "ReplaceAndDelete");
    text_is(set, "Changes.0.ResourceChange.Scope.0", "Properties");
    text_is(set, "Changes.0.ResourceChange.Details.0.Target.Name", "CidrBlock");
    text_is(set, "Changes.0.ResourceChange.Details.0.Target.RequiresRecreation", "Always");
    text_is(set, "Changes.0.ResourceChange.Details.0.Target.BeforeValue", "10.0.0.0/16");
    text_is(set, "Changes.0.ResourceChange.Details.0.Target.AfterValue", "10.1.0.0/16");
    text_is(set, "Changes.1.ResourceChange.LogicalResourceId", "S");
    text_is(set, "Changes.1.ResourceChange.Replacement", "Conditional");
    text_is(set, "Changes.1.ResourceChange.Details.0.CausingEntity", "V");
    text_is(set, "Changes.1.ResourceChange.Details.0.Evaluation", "Dynamic");
    json_decref(set);
    json_t *without = answer(sim, "DescribeChangeSet", named("s", "c"));
    text_is(without, "Changes.0.ResourceChange.Details.0.Target.BeforeValue", "");
    json_decref(without);
    cfn_sim_free(sim);
}

static void removals_and_additions_are_told(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    done(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", RESOURCES(QUEUE)));
    json_t *set = described(sim, "s", "c");
    text_is(set, "Changes.0.ResourceChange.Action", "Add");
    text_is(set, "Changes.1.ResourceChange.Action", "Remove");
    text_is(set, "Changes.1.ResourceChange.PolicyAction", "Delete");
    json_decref(set);
    cfn_sim_free(sim);
}

static void a_set_without_changes_fails(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    done(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", RESOURCES(TOPIC)));
    json_t *set = described(sim, "s", "c");
    text_is(set, "Status", "FAILED");
    text_is(set, "ExecutionStatus", "UNAVAILABLE");
    text_is(set, "StatusReason",
            "The submitted information didn't contain changes. Submit "
            "different information to create a change set.");
    char message[300];
    snprintf(message, sizeof message,
             "ChangeSet [%s] cannot be executed in its current status of [FAILED]",
             cfn_output_text(set, "ChangeSetId"));
    refused(sim, "ExecuteChangeSet", named("s", "c"), "InvalidChangeSetStatus", message);
    json_decref(set);
    done(sim, "DeleteChangeSet", named("s", "c"));
    done(sim, "DeleteChangeSet", named("s", "c")); /* as often as one likes */
    refused(sim, "DescribeChangeSet", named("s", "c"), "ChangeSetNotFound",
            "ChangeSet [c] does not exist");
    cfn_sim_free(sim);
}

static void kinds_fit_the_stack(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", RESOURCES(TOPIC)),
            "ValidationError", "Stack [s] does not exist");
    created(sim, "s", RESOURCES(TOPIC));
    refused(sim, "CreateChangeSet", set_input("s", "c", "CREATE", RESOURCES(TOPIC)),
            "ValidationError",
            "Stack [s] already exists and cannot be created again with the changeSet [c].");
    done(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", RESOURCES(QUEUE)));
    refused(sim, "CreateChangeSet", set_input("s", "c", "UPDATE", RESOURCES(QUEUE)),
            "AlreadyExistsException", "ChangeSet c already exists");
    refused(sim, "DescribeChangeSet", json_pack("{s:s}", "ChangeSetName", "c"), "ValidationError",
            "StackName must be specified if ChangeSetName is not specified as an ARN.");
    cfn_sim_free(sim);
}

static void others_go_when_one_is_executed_or_become_obsolete(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    done(sim, "CreateChangeSet", set_input("s", "a", "UPDATE", RESOURCES(QUEUE)));
    done(sim, "CreateChangeSet", set_input("s", "b", "UPDATE", RESOURCES(TOPIC ", " QUEUE)));
    json_decref(described(sim, "s", "a"));
    done(sim, "ExecuteChangeSet", named("s", "a"));
    refused(sim, "DescribeChangeSet", named("s", "b"), "ChangeSetNotFound",
            "ChangeSet [b] does not exist");
    settled(sim, "s", "UPDATE_COMPLETE");
    done(sim, "CreateChangeSet", set_input("s", "d", "UPDATE", RESOURCES(TOPIC)));
    json_decref(described(sim, "s", "d"));
    done(sim, "UpdateStack", stack_input("s", RESOURCES(TOPIC ", " QUEUE)));
    settled(sim, "s", "UPDATE_COMPLETE");
    json_t *set = described(sim, "s", "d");
    text_is(set, "ExecutionStatus", "OBSOLETE");
    json_decref(set);
    cfn_sim_free(sim);
}

static void early_validation_tells_where_asked(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "a", BUCKET("taken", ""));
    done(sim, "CreateChangeSet", set_input("s", "c", "CREATE", BUCKET("taken", "")));
    json_t *set = described(sim, "s", "c");
    text_is(set, "Status", "FAILED");
    assert_non_null(strstr(cfn_output_text(set, "StatusReason"), "AWS::EarlyValidation"));
    json_decref(set);
    json_t *events = answer(sim, "DescribeEvents", named("s", "c"));
    text_is(events, "OperationEvents.0.EventType", "VALIDATION_ERROR");
    text_is(events, "OperationEvents.0.ValidationName", "NAME_CONFLICT_VALIDATION");
    text_is(events, "OperationEvents.0.ValidationPath", "/Resources/B/Properties");
    json_decref(events);
    done(
        sim, "CreateChangeSet",
        with(set_input("s", "d", "CREATE", BUCKET("taken", "")), "DisableValidation", json_true()));
    set = described(sim, "s", "d");
    text_is(set, "Status", "CREATE_COMPLETE");
    json_decref(set);
    cfn_sim_free(sim);
}

static void what_can_be_adopted_must_be_retained(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    struct cfn_reply reply =
        asked_of(sim, "s3", "CreateBucket", json_pack("{s:s}", "Bucket", "mine"));
    cfn_reply_done(&reply);
    done(sim, "CreateChangeSet",
         with(set_input("s", "c", "CREATE", BUCKET("mine", "")), "ImportExistingResources",
              json_true()));
    json_t *set = described(sim, "s", "c");
    assert_true(cfn_starts_with(cfn_output_text(set, "StatusReason"),
                                "CloudFormation is attempting to import some resources because "
                                "they already exist"));
    assert_true(cfn_ends_with(cfn_output_text(set, "StatusReason"), "B ({BucketName=mine})"));
    json_decref(set);
    done(sim, "CreateChangeSet",
         with(set_input("s", "d", "CREATE", BUCKET("mine", ", \"DeletionPolicy\": \"Retain\"")),
              "ImportExistingResources", json_true()));
    set = described(sim, "s", "d");
    text_is(set, "Changes.0.ResourceChange.Action", "Import");
    json_decref(set);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_stack_is_reviewed_then_created),
        cmocka_unit_test(replacements_are_told),
        cmocka_unit_test(removals_and_additions_are_told),
        cmocka_unit_test(a_set_without_changes_fails),
        cmocka_unit_test(kinds_fit_the_stack),
        cmocka_unit_test(others_go_when_one_is_executed_or_become_obsolete),
        cmocka_unit_test(early_validation_tells_where_asked),
        cmocka_unit_test(what_can_be_adopted_must_be_retained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

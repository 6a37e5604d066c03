/* Updating stacks: in place, by replacement, back again. */
#include "sim_fixture.h"

#define NAMED(name) RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {" name "}}")
#define VPC(cidr, tag)                                                                             \
    RESOURCES("\"V\": {\"Type\": \"AWS::EC2::VPC\", \"Properties\": {\"CidrBlock\": \"" cidr       \
              "\", \"Tags\": [{\"Key\": \"a\", \"Value\": \"" tag "\"}]}}, \"S\": {\"Type\": "     \
              "\"AWS::EC2::SecurityGroup\", \"Properties\": {\"GroupDescription\": \"d\", "        \
              "\"VpcId\": {\"Ref\": \"V\"}}}")

static struct cfn_sim *failing(const char *failures) {
    json_t *script = parsed(failures);
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.failures = script});
    json_decref(script);
    return sim;
}

static void updated(struct cfn_sim *sim, const char *name, const char *body, const char *status) {
    done(sim, "UpdateStack", stack_input(name, body));
    settled(sim, name, status);
}

static void a_change_in_place_keeps_the_id(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", VPC("10.0.0.0/16", "x"));
    char *before = state_text(sim, "stacks.s.resources.V.physical_id");
    updated(sim, "s", VPC("10.0.0.0/16", "y"), "UPDATE_COMPLETE");
    char *after = state_text(sim, "stacks.s.resources.V.physical_id");
    assert_string_equal(before, after);
    events_have(sim, "s",
                "s UPDATE_IN_PROGRESS User Initiated\n"
                "V UPDATE_IN_PROGRESS\n"
                "V UPDATE_COMPLETE\n"
                "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS\n"
                "s UPDATE_COMPLETE\n");
    free(before);
    free(after);
    cfn_sim_free(sim);
}

static void a_replacement_is_made_first_and_the_old_one_deleted_last(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", VPC("10.0.0.0/16", "x"));
    char *before = state_text(sim, "stacks.s.resources.V.physical_id");
    updated(sim, "s", VPC("10.1.0.0/16", "x"), "UPDATE_COMPLETE");
    char *after = state_text(sim, "stacks.s.resources.V.physical_id");
    assert_string_not_equal(before, after);
    events_have(sim, "s",
                "V UPDATE_IN_PROGRESS Requested update requires the creation of a new "
                "physical resource; hence creating one.\n"
                "V UPDATE_IN_PROGRESS Resource creation Initiated\n"
                "V UPDATE_COMPLETE\n"
                "S UPDATE_IN_PROGRESS Requested update requires the creation of a new "
                "physical resource; hence creating one.\n");
    events_have(sim, "s",
                "s UPDATE_COMPLETE_CLEANUP_IN_PROGRESS\n"
                "S DELETE_IN_PROGRESS\n"
                "S DELETE_COMPLETE\n"
                "V DELETE_IN_PROGRESS\n"
                "V DELETE_COMPLETE\n"
                "s UPDATE_COMPLETE\n");
    sound(sim);
    free(before);
    free(after);
    cfn_sim_free(sim);
}

static void nothing_to_update_is_refused(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    refused(sim, "UpdateStack", stack_input("s", RESOURCES(TOPIC)), "ValidationError",
            "No updates are to be performed.");
    refused(sim, "UpdateStack", stack_input("t", RESOURCES(TOPIC)), "ValidationError",
            "Stack [t] does not exist");
    done(sim, "UpdateStack",
         with(stack_input("s", RESOURCES(TOPIC)), "Tags",
              parsed("[{\"Key\": \"a\", \"Value\": \"b\"}]")));
    settled(sim, "s", "UPDATE_COMPLETE");
    events_have(sim, "s", "T UPDATE_COMPLETE\n"); /* it takes the stack's tags */
    cfn_sim_free(sim);
}

static void a_busy_stack_is_not_updated(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    char *id = state_text(sim, "stacks.s.id"), message[300];
    done(sim, "UpdateStack", stack_input("s", RESOURCES(TOPIC ", " QUEUE)));
    snprintf(message, sizeof message,
             "Stack:%s is in UPDATE_IN_PROGRESS state and can not be updated.", id);
    refused(sim, "UpdateStack", stack_input("s", RESOURCES(QUEUE)), "ValidationError", message);
    settled(sim, "s", "UPDATE_COMPLETE");
    free(id);
    cfn_sim_free(sim);
}

static void a_failed_update_is_undone(void **state) {
    (void)state;
    struct cfn_sim *sim =
        failing("{\"s/Q\": {\"reason\": \"no\", \"operation\": \"create\", \"times\": 1}}");
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    updated(sim, "s",
            RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"DisplayName\": "
                      "\"b\"}}, \"Q\": {\"Type\": \"AWS::SQS::Queue\", \"DependsOn\": \"T\"}"),
            "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "Q CREATE_FAILED no\n"
                "s UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to "
                "create: [Q]. \n"
                "T UPDATE_IN_PROGRESS\n"
                "T UPDATE_COMPLETE\n"
                "s UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS\n"
                "Q DELETE_IN_PROGRESS\n"
                "Q DELETE_COMPLETE\n"
                "s UPDATE_ROLLBACK_COMPLETE\n");
    char *name = state_text(sim, "stacks.s.resources.T.properties.DisplayName");
    assert_string_equal(name, "a");
    free(name);
    sound(sim);
    cfn_sim_free(sim);
}

static void a_rollback_that_fails_is_continued(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/T\": {\"reason\": \"stuck\", \"operation\": \"rollback\", "
                                  "\"times\": 2}, \"s/Q\": {\"reason\": \"no\", \"times\": 1}}");
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    updated(sim, "s",
            RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"DisplayName\": "
                      "\"b\"}}, \"Q\": {\"Type\": \"AWS::SQS::Queue\", \"DependsOn\": \"T\"}"),
            "UPDATE_ROLLBACK_FAILED");
    events_have(sim, "s",
                "T UPDATE_FAILED stuck\n"
                "s UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: "
                "[T]. \n");
    done(sim, "ContinueUpdateRollback", json_pack("{s:s}", "StackName", "s"));
    settled(sim, "s", "UPDATE_ROLLBACK_FAILED");
    done(sim, "ContinueUpdateRollback",
         json_pack("{s:s, s:[s]}", "StackName", "s", "ResourcesToSkip", "T"));
    settled(sim, "s", "UPDATE_ROLLBACK_COMPLETE");
    sound(sim);
    refused(sim, "ContinueUpdateRollback", json_pack("{s:s}", "StackName", "s"), "ValidationError",
            "Stack [s] is in UPDATE_ROLLBACK_COMPLETE state and can not continue update rollback. "
            "UPDATE_ROLLBACK_FAILED is required.");
    cfn_sim_free(sim);
}

static void a_failed_update_can_stay_and_be_rolled_back_later(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/Q\": {\"reason\": \"no\"}}");
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    done(sim, "UpdateStack",
         with(stack_input("s", RESOURCES("\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": "
                                         "{\"DisplayName\": \"b\"}}, \"Q\": {\"Type\": "
                                         "\"AWS::SQS::Queue\", \"DependsOn\": \"T\"}")),
              "DisableRollback", json_true()));
    settled(sim, "s", "UPDATE_FAILED");
    char *name = state_text(sim, "stacks.s.resources.T.properties.DisplayName");
    assert_string_equal(name, "b");
    free(name);
    done(sim, "RollbackStack", json_pack("{s:s}", "StackName", "s"));
    settled(sim, "s", "UPDATE_ROLLBACK_COMPLETE");
    name = state_text(sim, "stacks.s.resources.T.properties.DisplayName");
    assert_string_equal(name, "a");
    free(name);
    sound(sim);
    cfn_sim_free(sim);
}

static void an_update_is_cancelled(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    refused(sim, "CancelUpdateStack", json_pack("{s:s}", "StackName", "s"), "ValidationError",
            "CancelUpdateStack cannot be called from current stack status");
    done(sim, "UpdateStack", stack_input("s", NAMED("\"DisplayName\": \"b\"")));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 500);
    done(sim, "CancelUpdateStack", json_pack("{s:s}", "StackName", "s"));
    settled(sim, "s", "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "T UPDATE_FAILED Resource update cancelled\n"
                "s UPDATE_ROLLBACK_IN_PROGRESS User Initiated\n");
    sound(sim);
    cfn_sim_free(sim);
}

static void what_has_a_name_of_its_own_is_not_replaced(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", NAMED("\"TopicName\": \"n\""));
    updated(sim, "s", NAMED("\"TopicName\": \"n\", \"FifoTopic\": true"),
            "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "T UPDATE_FAILED CloudFormation cannot update a stack when a "
                "custom-named resource requires replacing. Rename n and update the stack "
                "again.\n");
    cfn_sim_free(sim);
}

static void a_type_cannot_change(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    refused(sim, "UpdateStack",
            stack_input("s", RESOURCES("\"T\": {\"Type\": \"AWS::SQS::Queue\"}")),
            "ValidationError",
            "Update of resource type is not permitted. The new template modifies resource type of "
            "the following resources: [T]");
    cfn_sim_free(sim);
}

static void a_stack_policy_is_kept_to(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    done(sim, "SetStackPolicy",
         json_pack("{s:s, s:s}", "StackName", "s", "StackPolicyBody",
                   "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"Update:*\", "
                   "\"Principal\": \"*\", \"Resource\": \"*\"}, {\"Effect\": \"Deny\", \"Action\": "
                   "\"Update:Modify\", \"Principal\": \"*\", \"Resource\": "
                   "\"LogicalResourceId/T\"}]}"));
    updated(sim, "s", NAMED("\"DisplayName\": \"b\""), "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "T UPDATE_FAILED Action denied by stack policy: Statement [#2] denies "
                "[Update:Modify] for resource [LogicalResourceId/T]\n");
    done(sim, "UpdateStack",
         with(stack_input("s", NAMED("\"DisplayName\": \"b\"")), "StackPolicyDuringUpdateBody",
              json_string("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", "
                          "\"Principal\": \"*\", \"Resource\": \"*\"}}")));
    settled(sim, "s", "UPDATE_COMPLETE");
    cfn_sim_free(sim);
}

static void a_stack_policy_forbids_removals_too(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack",
         with(stack_input("s", RESOURCES(TOPIC ", " QUEUE)), "StackPolicyBody",
              json_string("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": "
                          "\"Update:Modify\", \"Principal\": \"*\", \"Resource\": \"*\"}}")));
    settled(sim, "s", "CREATE_COMPLETE");
    updated(sim, "s", RESOURCES(TOPIC), "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "Action denied by stack policy: No statement allows [Update:Delete] for resource "
                "[LogicalResourceId/Q]\n");
    refused(sim, "SetStackPolicy",
            json_pack("{s:s, s:s}", "StackName", "s", "StackPolicyURL", "https://x/y"),
            "ValidationError", "the simulation takes stack policies as text only");
    refused(sim, "SetStackPolicy",
            json_pack("{s:s, s:s}", "StackName", "s", "StackPolicyBody", "{}"), "ValidationError",
            "Error validating stack policy: Invalid stack policy");
    cfn_sim_free(sim);
}

static void only_types_that_are_given_are_taken(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack",
            with(stack_input("s", RESOURCES(TOPIC)), "ResourceTypes", parsed("[\"AWS::SQS::*\"]")),
            "ValidationError",
            "Resource type AWS::SNS::Topic of resource T is not among the given ResourceTypes");
    done(sim, "CreateStack",
         with(stack_input("s", RESOURCES(TOPIC)), "ResourceTypes",
              parsed("[\"AWS::SQS::*\", \"AWS::SNS::Topic\"]")));
    cfn_sim_free(sim);
}

static void drift_is_reverted_where_that_is_asked_for(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", NAMED("\"DisplayName\": \"a\""));
    cfn_sim_drift(sim, "s", "T", json_pack("{s:s}", "DisplayName", "b"));
    done(sim, "CreateChangeSet",
         with(with(stack_input("s", NAMED("\"DisplayName\": \"a\"")), "ChangeSetName",
                   json_string("c")),
              "DeploymentMode", json_string("REVERT_DRIFT")));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 5000);
    done(sim, "ExecuteChangeSet", json_pack("{s:s, s:s}", "StackName", "s", "ChangeSetName", "c"));
    settled(sim, "s", "UPDATE_COMPLETE");
    char *name = state_text(sim, "stacks.s.resources.T.properties.DisplayName");
    assert_string_equal(name, "a");
    free(name);
    cfn_sim_free(sim);
}

static void parameters_may_keep_their_values(void **state) {
    (void)state;
    static const char body[] =
        "{\"Parameters\": {\"N\": {\"Type\": \"String\"}}, \"Resources\": {\"T\": {\"Type\": "
        "\"AWS::SNS::Topic\", \"Properties\": {\"DisplayName\": {\"Ref\": \"N\"}}}}}";
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack", stack_input("s", body), "ValidationError",
            "Parameters: [N] must have values");
    done(sim, "CreateStack",
         with(stack_input("s", body), "Parameters",
              parsed("[{\"ParameterKey\": \"N\", \"ParameterValue\": \"v\"}]")));
    settled(sim, "s", "CREATE_COMPLETE");
    refused(sim, "UpdateStack",
            with(stack_input("s", body), "Parameters",
                 parsed("[{\"ParameterKey\": \"N\", \"UsePreviousValue\": true}]")),
            "ValidationError", "No updates are to be performed.");
    done(sim, "UpdateStack",
         json_pack("{s:s, s:b, s:[{s:s, s:s}]}", "StackName", "s", "UsePreviousTemplate", 1,
                   "Parameters", "ParameterKey", "N", "ParameterValue", "w"));
    settled(sim, "s", "UPDATE_COMPLETE");
    char *value = state_text(sim, "stacks.s.resources.T.properties.DisplayName");
    assert_string_equal(value, "w");
    free(value);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_in_place_keeps_the_id),
        cmocka_unit_test(a_replacement_is_made_first_and_the_old_one_deleted_last),
        cmocka_unit_test(nothing_to_update_is_refused),
        cmocka_unit_test(a_busy_stack_is_not_updated),
        cmocka_unit_test(a_failed_update_is_undone),
        cmocka_unit_test(a_rollback_that_fails_is_continued),
        cmocka_unit_test(a_failed_update_can_stay_and_be_rolled_back_later),
        cmocka_unit_test(an_update_is_cancelled),
        cmocka_unit_test(what_has_a_name_of_its_own_is_not_replaced),
        cmocka_unit_test(a_type_cannot_change),
        cmocka_unit_test(a_stack_policy_is_kept_to),
        cmocka_unit_test(a_stack_policy_forbids_removals_too),
        cmocka_unit_test(only_types_that_are_given_are_taken),
        cmocka_unit_test(drift_is_reverted_where_that_is_asked_for),
        cmocka_unit_test(parameters_may_keep_their_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

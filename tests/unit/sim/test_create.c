/* Creating stacks: events, order, failures, refusals. */
#include "sim_fixture.h"

static const char chain[] = RESOURCES(
    TOPIC ", " QUEUE
          ", \"P\": {\"Type\": \"AWS::SNS::Subscription\", \"Properties\": {\"Protocol\": "
          "\"sqs\", \"TopicArn\": {\"Ref\": \"T\"}, \"Endpoint\": {\"Fn::GetAtt\": "
          "[\"Q\", \"Arn\"]}}}");

static void events_tell_every_step(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    events_are(sim, "s",
               "s CREATE_IN_PROGRESS User Initiated\n"
               "T CREATE_IN_PROGRESS\n"
               "T CREATE_IN_PROGRESS Resource creation Initiated\n"
               "T CREATE_COMPLETE\n"
               "s CREATE_COMPLETE\n");
    sound(sim);
    cfn_sim_free(sim);
}

static void what_is_needed_comes_first_and_the_rest_at_once(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", chain);
    char *events = events_of(sim, "s");
    const char *topic = strstr(events, "T CREATE_COMPLETE"),
               *queue_begins = strstr(events, "Q CREATE_IN_PROGRESS\n"),
               *queue = strstr(events, "Q CREATE_COMPLETE"),
               *subscription = strstr(events, "P CREATE_IN_PROGRESS\n");
    assert_true(queue_begins < topic);
    assert_true(topic < subscription && queue < subscription);
    free(events);
    cfn_sim_free(sim);
}

static void physical_ids_follow_from_the_seed(void **state) {
    (void)state;
    char *ids[3];
    for (uint64_t i = 0; i < 3; i++) {
        struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.seed = i / 2});
        created(sim, "s",
                RESOURCES("\"V\": {\"Type\": \"AWS::EC2::VPC\", \"Properties\": "
                          "{\"CidrBlock\": \"10.0.0.0/16\"}}"));
        ids[i] = state_text(sim, "stacks.s.resources.V.physical_id");
        assert_int_equal(strlen(ids[i]), strlen("vpc-01234567890123456"));
        assert_true(cfn_starts_with(ids[i], "vpc-0"));
        cfn_sim_free(sim);
    }
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]);
    for (size_t i = 0; i < 3; i++)
        free(ids[i]);
}

/* --- failures --- */

static struct cfn_sim *failing(const char *failures) {
    json_t *script = parsed(failures);
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.failures = script});
    json_decref(script);
    return sim;
}

static void a_failure_rolls_back(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/P\": {\"reason\": \"it broke\"}}");
    done(sim, "CreateStack", stack_input("s", chain));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "P CREATE_FAILED it broke\n"
                "s ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [P]. "
                "Rollback requested by user.\n"
                "P DELETE_IN_PROGRESS\n");
    events_have(sim, "s",
                "P DELETE_COMPLETE\n"
                "T DELETE_IN_PROGRESS\n"
                "Q DELETE_IN_PROGRESS\n");
    char *id = state_text(sim, "stacks.s.id"), message[300];
    snprintf(message, sizeof message,
             "Stack:%s is in ROLLBACK_COMPLETE state and can not be updated.", id);
    refused(sim, "UpdateStack", stack_input("s", chain), "ValidationError", message);
    free(id);
    cfn_sim_free(sim);
}

static void others_are_cancelled(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/Q\": {\"reason\": \"no\"}}");
    done(sim, "CreateStack",
         stack_input("s", RESOURCES(QUEUE ", \"K\": {\"Type\": \"AWS::MWAA::Environment\", "
                                          "\"Properties\": {\"Name\": \"a\"}}")));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s", "K CREATE_FAILED Resource creation cancelled\n");
    events_have(sim, "s", "failed to create: [Q, K]. Rollback requested by user.\n");
    cfn_sim_free(sim);
}

static void without_rollback_it_stays(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/P\": {\"reason\": \"no\", \"times\": 1}}");
    done(sim, "CreateStack", with(stack_input("s", chain), "DisableRollback", json_true()));
    settled(sim, "s", "CREATE_FAILED");
    events_have(sim, "s", "s CREATE_FAILED The following resource(s) failed to create: [P]. \n");
    done(sim, "UpdateStack", stack_input("s", chain)); /* the same again is a retry */
    settled(sim, "s", "UPDATE_COMPLETE");
    sound(sim);
    cfn_sim_free(sim);
}

static void a_failed_creation_can_be_rolled_back_later(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/P\": {\"reason\": \"no\"}}");
    done(sim, "CreateStack", with(stack_input("s", chain), "OnFailure", json_string("DO_NOTHING")));
    settled(sim, "s", "CREATE_FAILED");
    done(sim, "RollbackStack", json_pack("{s:s}", "StackName", "s"));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    cfn_sim_free(sim);
}

static void on_failure_delete_leaves_nothing(void **state) {
    (void)state;
    struct cfn_sim *sim = failing("{\"s/P\": {\"reason\": \"no\"}}");
    json_t *output = answer(sim, "CreateStack",
                            with(stack_input("s", chain), "OnFailure", json_string("DELETE")));
    settled(sim, cfn_output_text(output, "StackId"), "DELETE_COMPLETE");
    settled(sim, "s", "");
    json_decref(output);
    cfn_sim_free(sim);
}

static void retained_ones_stay_after_a_rollback_unless_excepted(void **state) {
    (void)state;
    static const char *const policies[] = {"Retain", "RetainExceptOnCreate"};
    for (size_t i = 0; i < 2; i++) {
        struct cfn_sim *sim = failing("{\"s/Q\": {\"reason\": \"no\"}}");
        char body[400];
        snprintf(body, sizeof body,
                 RESOURCES("\"B\": {\"Type\": \"AWS::S3::Bucket\", \"DeletionPolicy\": \"%s\"}, "
                           "\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"DependsOn\": \"B\"}"),
                 policies[i]);
        done(sim, "CreateStack", stack_input("s", body));
        settled(sim, "s", "ROLLBACK_COMPLETE");
        events_have(sim, "s", i == 0 ? "B DELETE_SKIPPED\n" : "B DELETE_COMPLETE\n");
        cfn_sim_free(sim);
    }
}

/* --- refusals --- */

static void templates_are_refused_in_the_services_words(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"{}", "Template format error: At least one Resources member must be defined."},
        {RESOURCES("\"A\": {\"Type\": \"AWS::Nope::Thing\"}"),
         "Template format error: Unrecognized resource types: [AWS::Nope::Thing]"},
        {RESOURCES("\"A\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"TopicName\": "
                   "{\"Ref\": \"B\"}}}"),
         "Template format error: Unresolved resource dependencies [B] in the Resources block of "
         "the template"},
        {RESOURCES("\"A\": {\"Type\": \"AWS::SNS::Topic\", \"DependsOn\": \"B\"}, \"B\": "
                   "{\"Type\": \"AWS::SNS::Topic\", \"DependsOn\": \"A\"}"),
         "Circular dependency between resources: [A, B]"},
        {RESOURCES("\"A\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"TopicName\": "
                   "{\"Fn::GetAtt\": [\"B\", \"Arn\"]}}}"),
         "Template error: instance of Fn::GetAtt references undefined resource B"},
        {"{\"Resources\": ", "Template format error: JSON not well-formed. (line 1, column 14)"},
    };
    struct cfn_sim *sim = cfn_sim_new(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(sim, "CreateStack", stack_input("s", cases[i][0]), "ValidationError", cases[i][1]);
    cfn_sim_free(sim);
}

static void members_are_refused_in_the_services_words(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack", json_pack("{s:s}", "TemplateBody", "{}"), "ValidationError",
            "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: "
            "Member must not be null");
    refused(sim, "CreateStack", stack_input("a_b", RESOURCES(TOPIC)), "ValidationError",
            "1 validation error detected: Value 'a_b' at 'stackName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    refused(sim, "CreateStack",
            with(stack_input("s", RESOURCES(TOPIC)), "OnFailure", json_string("MAYBE")),
            "ValidationError",
            "1 validation error detected: Value 'MAYBE' at 'onFailure' failed to satisfy "
            "constraint: Member must satisfy enum value set: [DO_NOTHING, ROLLBACK, DELETE]");
    refused(sim, "CreateStack",
            with(stack_input("s", RESOURCES(TOPIC)), "Tags", parsed("[{\"Key\": \"a\"}]")),
            "ValidationError",
            "1 validation error detected: Value null at 'tags.1.member.value' failed to satisfy "
            "constraint: Member must not be null");
    refused(sim, "CreateStack", with(stack_input("s", RESOURCES(TOPIC)), "Nope", json_true()),
            "ValidationError", "Unrecognized member: Nope");
    refused(sim, "MakeStack", json_object(), "InvalidAction", "Could not find operation MakeStack");
    refused(sim, "CreateStack", json_pack("{s:s}", "StackName", "s"), "ValidationError",
            "Either Template URL or Template Body must be specified.");
    cfn_sim_free(sim);
}

static void a_large_template_must_come_from_s3(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    struct cfn_text body = {0};
    cfn_text_put(&body, "{\"Description\": \"");
    for (size_t i = 0; i < 51200; i++)
        cfn_text_put(&body, " ");
    cfn_text_put(&body, "\"}");
    struct cfn_reply reply = asked(sim, "CreateStack", stack_input("s", body.data));
    assert_string_equal(reply.code, "ValidationError");
    assert_true(cfn_ends_with(reply.message, "at 'templateBody' failed to satisfy constraint: "
                                             "Member must have length less than or equal to "
                                             "51200"));
    cfn_reply_done(&reply);
    cfn_text_done(&body);
    cfn_sim_free(sim);
}

static void capabilities_are_asked_for(void **state) {
    (void)state;
    static const char role[] =
        RESOURCES("\"R\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\"RoleName\": \"r\", "
                  "\"AssumeRolePolicyDocument\": {}}}");
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack", json_pack("{s:s, s:s}", "StackName", "s", "TemplateBody", role),
            "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]");
    refused(sim, "CreateStack",
            json_pack("{s:s, s:s, s:[s]}", "StackName", "s", "TemplateBody", role, "Capabilities",
                      "CAPABILITY_IAM"),
            "InsufficientCapabilitiesException", "Requires capabilities : [CAPABILITY_NAMED_IAM]");
    created(sim, "s", role);
    cfn_sim_free(sim);
}

static void a_stack_is_created_once(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    refused(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)), "AlreadyExistsException",
            "Stack [s] already exists");
    cfn_sim_free(sim);
}

static void options_that_exclude_each_other_are_refused(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    json_t *input = with(stack_input("s", RESOURCES(TOPIC)), "DisableRollback", json_true());
    refused(sim, "CreateStack", with(input, "OnFailure", json_string("DELETE")), "ValidationError",
            "You can specify either DisableRollback or OnFailure, but not both.");
    cfn_sim_free(sim);
}

static void a_wrong_property_fails_when_its_resource_is_made(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack",
         stack_input("s", RESOURCES("\"A\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": "
                                    "{\"Nope\": 1}}")));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "A CREATE_FAILED Properties validation failed for resource A with "
                "message:");
    cfn_sim_free(sim);
}

static void a_creation_can_be_limited_in_time(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack",
         with(stack_input("s", RESOURCES("\"K\": {\"Type\": \"AWS::MWAA::Environment\", "
                                         "\"Properties\": {\"Name\": \"a\"}}")),
              "TimeoutInMinutes", json_integer(5)));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "s ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout. "
                "Rollback requested by user.\n");
    cfn_sim_free(sim);
}

static void a_token_has_its_form(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack",
            with(stack_input("s", RESOURCES(TOPIC)), "ClientRequestToken", json_string("a b")),
            "ValidationError",
            "1 validation error detected: Value 'a b' at 'clientRequestToken' failed to satisfy "
            "constraint: Member must satisfy regular expression pattern: "
            "[a-zA-Z0-9][-a-zA-Z0-9]*");
    cfn_sim_free(sim);
}

static void what_a_condition_leaves_out_is_not_made_nor_awaited(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s",
            "{\"Conditions\": {\"No\": {\"Fn::Equals\": [\"a\", \"b\"]}}, \"Resources\": {"
            "\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Condition\": \"No\"}, "
            "\"M\": {\"Type\": \"AWS::MWAA::Environment\", \"Properties\": {\"Name\": \"m\"}}, "
            "\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"DisplayName\": "
            "{\"Fn::If\": [\"No\", {\"Ref\": \"M\"}, \"x\"]}}}}}");
    char *events = events_of(sim, "s");
    assert_null(strstr(events, "Q CREATE"));
    assert_true(strstr(events, "T CREATE_COMPLETE") < strstr(events, "M CREATE_COMPLETE"));
    free(events);
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_tell_every_step),
        cmocka_unit_test(what_is_needed_comes_first_and_the_rest_at_once),
        cmocka_unit_test(physical_ids_follow_from_the_seed),
        cmocka_unit_test(a_failure_rolls_back),
        cmocka_unit_test(others_are_cancelled),
        cmocka_unit_test(without_rollback_it_stays),
        cmocka_unit_test(a_failed_creation_can_be_rolled_back_later),
        cmocka_unit_test(on_failure_delete_leaves_nothing),
        cmocka_unit_test(retained_ones_stay_after_a_rollback_unless_excepted),
        cmocka_unit_test(templates_are_refused_in_the_services_words),
        cmocka_unit_test(members_are_refused_in_the_services_words),
        cmocka_unit_test(a_large_template_must_come_from_s3),
        cmocka_unit_test(capabilities_are_asked_for),
        cmocka_unit_test(a_stack_is_created_once),
        cmocka_unit_test(a_creation_can_be_limited_in_time),
        cmocka_unit_test(a_token_has_its_form),
        cmocka_unit_test(what_a_condition_leaves_out_is_not_made_nor_awaited),
        cmocka_unit_test(options_that_exclude_each_other_are_refused),
        cmocka_unit_test(a_wrong_property_fails_when_its_resource_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Deleting stacks: order, what is kept, what is in the way. */
#include "sim_fixture.h"

static json_t *named(const char *name) {
    return json_pack("{s:s}", "StackName", name);
}

static void deletion_goes_backwards(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s",
            RESOURCES(QUEUE ", \"T\": {\"Type\": \"AWS::SNS::Topic\", \"DependsOn\": "
                            "\"Q\"}"));
    char *id = state_text(sim, "stacks.s.id");
    done(sim, "DeleteStack", named("s"));
    settled(sim, id, "DELETE_COMPLETE");
    events_have(sim, id,
                "s DELETE_IN_PROGRESS User Initiated\n"
                "T DELETE_IN_PROGRESS\n"
                "T DELETE_COMPLETE\n"
                "Q DELETE_IN_PROGRESS\n"
                "Q DELETE_COMPLETE\n"
                "s DELETE_COMPLETE\n");
    refused(sim, "DescribeStacks", named("s"), "ValidationError", "Stack with id s does not exist");
    done(sim, "DeleteStack", named("s")); /* what is not there is deleted already */
    free(id);
    cfn_sim_free(sim);
}

static void what_is_retained_stays_and_can_be_adopted(void **state) {
    (void)state;
    static const char body[] = BUCKET("kept", ", \"DeletionPolicy\": \"Retain\"");
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", body);
    char *id = state_text(sim, "stacks.s.id");
    done(sim, "DeleteStack", named("s"));
    settled(sim, id, "DELETE_COMPLETE");
    events_have(sim, id, "B DELETE_SKIPPED\n");
    done(sim, "CreateStack", stack_input("s", body));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s",
                "B CREATE_FAILED Resource handler returned message: \"Your previous "
                "request to create the named bucket succeeded and you already own it. "
                "(Service: S3, Status Code: 409)\"");
    done(sim, "DeleteStack", named("s"));
    settled(sim, "s", "");
    done(sim, "CreateChangeSet",
         with(with(with(stack_input("s", body), "ChangeSetName", json_string("c")), "ChangeSetType",
                   json_string("CREATE")),
              "ImportExistingResources", json_true()));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 5000);
    done(sim, "ExecuteChangeSet", json_pack("{s:s, s:s}", "StackName", "s", "ChangeSetName", "c"));
    settled(sim, "s", "CREATE_COMPLETE");
    events_have(sim, "s", "B IMPORT_COMPLETE\n");
    sound(sim);
    free(id);
    cfn_sim_free(sim);
}

static void a_bucket_with_objects_is_not_deleted(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", BUCKET("full", ""));
    struct cfn_call put = {"s3", "PutObject", json_pack("{s:s, s:s}", "Bucket", "full", "Key", "k"),
                           "x", 1};
    struct cfn_reply reply = {0};
    cfn_sim_call(sim, cfn_sim_now(sim), &put, &reply);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
    done(sim, "DeleteStack", named("s"));
    settled(sim, "s", "DELETE_FAILED");
    events_have(sim, "s",
                "B DELETE_FAILED Resource handler returned message: \"The bucket you "
                "tried to delete is not empty (Service: S3, Status Code: 409)\"");
    events_have(sim, "s", "s DELETE_FAILED The following resource(s) failed to delete: [B]. \n");
    done(sim, "DeleteStack", with(named("s"), "RetainResources", parsed("[\"B\"]")));
    settled(sim, "s", "");
    cfn_sim_free(sim);
}

static void only_what_failed_can_be_retained(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "s", RESOURCES(TOPIC));
    refused(sim, "DeleteStack", with(named("s"), "RetainResources", parsed("[\"T\"]")),
            "ValidationError",
            "Invalid operation on stack [s]. Only resources of a stack that is in the "
            "DELETE_FAILED state can be retained.");
    cfn_sim_free(sim);
}

static void force_leaves_what_cannot_be_deleted(void **state) {
    (void)state;
    json_t *script = parsed("{\"s/T\": {\"reason\": \"no\", \"operation\": \"delete\"}}");
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.failures = script});
    json_decref(script);
    created(sim, "s", RESOURCES(TOPIC));
    done(sim, "DeleteStack", named("s"));
    settled(sim, "s", "DELETE_FAILED");
    done(sim, "DeleteStack", with(named("s"), "DeletionMode", json_string("FORCE_DELETE_STACK")));
    settled(sim, "s", "");
    cfn_sim_free(sim);
}

static void termination_protection_protects(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack",
         with(stack_input("s", RESOURCES(TOPIC)), "EnableTerminationProtection", json_true()));
    settled(sim, "s", "CREATE_COMPLETE");
    refused(sim, "DeleteStack", named("s"), "ValidationError",
            "Stack [s] cannot be deleted while TerminationProtection is enabled");
    done(sim, "UpdateTerminationProtection",
         with(named("s"), "EnableTerminationProtection", json_string("false")));
    done(sim, "DeleteStack", named("s"));
    settled(sim, "s", "");
    cfn_sim_free(sim);
}

static void an_exporter_in_use_falls_back(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "a", EXPORTER("x"));
    created(sim, "b", IMPORTER);
    done(sim, "DeleteStack", named("a"));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 1000);
    settled(sim, "a", "CREATE_COMPLETE");
    events_have(sim, "a",
                "a DELETE_IN_PROGRESS User Initiated\n"
                "a CREATE_COMPLETE Export shared cannot be deleted as it is in use by "
                "b\n");
    done(sim, "DeleteStack", named("b"));
    settled(sim, "b", "");
    done(sim, "DeleteStack", named("a"));
    settled(sim, "a", "");
    sound(sim);
    cfn_sim_free(sim);
}

static void a_creation_is_stopped_by_deleting(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack", stack_input("s", RESOURCES(TOPIC)));
    cfn_sim_advance(sim, cfn_sim_now(sim) + 100);
    done(sim, "DeleteStack", named("s"));
    settled(sim, "s", "");
    sound(sim);
    created(sim, "s", RESOURCES(TOPIC));
    done(sim, "UpdateStack", stack_input("s", RESOURCES(QUEUE)));
    refused(sim, "DeleteStack", named("s"), "ValidationError",
            "Stack [s] cannot be deleted while in status UPDATE_IN_PROGRESS");
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deletion_goes_backwards),
        cmocka_unit_test(what_is_retained_stays_and_can_be_adopted),
        cmocka_unit_test(a_bucket_with_objects_is_not_deleted),
        cmocka_unit_test(only_what_failed_can_be_retained),
        cmocka_unit_test(force_leaves_what_cannot_be_deleted),
        cmocka_unit_test(termination_protection_protects),
        cmocka_unit_test(an_exporter_in_use_falls_back),
        cmocka_unit_test(a_creation_is_stopped_by_deleting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

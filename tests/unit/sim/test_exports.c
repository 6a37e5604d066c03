/* Exports and imports, strong and weak. */
#include "sim_fixture.h"

#define WEAK                                                                                       \
    "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"QueueName\": "     \
    "{\"Fn::GetStackOutput\": {\"StackName\": \"a\", \"OutputName\": \"O\"}}}}}}"

static void what_nobody_exports_cannot_be_imported(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    done(sim, "CreateStack", stack_input("b", IMPORTER));
    settled(sim, "b", "ROLLBACK_COMPLETE");
    events_have(sim, "b",
                "b ROLLBACK_IN_PROGRESS No export named shared found. Rollback requested "
                "by user.\n");
    cfn_sim_free(sim);
}

static void an_export_in_use_is_not_changed(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "a", EXPORTER("x"));
    created(sim, "b", IMPORTER);
    created(sim, "c",
            "{\"Resources\": {\"T\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": "
            "{\"DisplayName\": {\"Fn::ImportValue\": \"shared\"}}}}}");
    done(sim, "UpdateStack", stack_input("a", EXPORTER("y")));
    settled(sim, "a", "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "a",
                "a UPDATE_ROLLBACK_IN_PROGRESS Export shared cannot be updated as it is "
                "in use by b and c\n");
    done(sim, "UpdateStack", stack_input("a", RESOURCES(TOPIC)));
    settled(sim, "a", "UPDATE_ROLLBACK_COMPLETE");
    events_have(sim, "a", "Export shared cannot be deleted as it is in use by b and c\n");
    sound(sim);
    cfn_sim_free(sim);
}

static void an_export_is_unique(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "a", EXPORTER("x"));
    done(sim, "CreateStack", stack_input("b", EXPORTER("x")));
    settled(sim, "b", "ROLLBACK_COMPLETE");
    events_have(sim, "b",
                "b ROLLBACK_IN_PROGRESS Export with name shared is already exported by "
                "stack a\n");
    cfn_sim_free(sim);
}

static void exports_and_imports_are_listed(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "ListImports", json_pack("{s:s}", "ExportName", "shared"), "ValidationError",
            "No export named shared found.");
    created(sim, "a", EXPORTER("x"));
    refused(sim, "ListImports", json_pack("{s:s}", "ExportName", "shared"), "ValidationError",
            "Export 'shared' is not imported by any stack.");
    created(sim, "b", IMPORTER);
    json_t *exports = answer(sim, "ListExports", json_object()),
           *imports = answer(sim, "ListImports", json_pack("{s:s}", "ExportName", "shared"));
    assert_string_equal(cfn_output_text(exports, "Exports.0.Name"), "shared");
    assert_string_equal(cfn_output_text(exports, "Exports.0.Value"), "x");
    assert_string_equal(cfn_output_text(imports, "Imports.0"), "b");
    json_decref(exports);
    json_decref(imports);
    cfn_sim_free(sim);
}

static void a_weak_reference_protects_nothing(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    created(sim, "a", EXPORTER("x"));
    created(sim, "b", WEAK);
    char *name = state_text(sim, "stacks.b.resources.Q.properties.QueueName");
    assert_string_equal(name, "x");
    free(name);
    done(sim, "UpdateStack", stack_input("a", EXPORTER("y")));
    settled(sim, "a", "UPDATE_COMPLETE");
    done(sim, "DeleteStack", json_pack("{s:s}", "StackName", "a"));
    settled(sim, "a", "");
    done(sim, "CreateStack", stack_input("d", WEAK));
    settled(sim, "d", "ROLLBACK_COMPLETE");
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_exports_cannot_be_imported),
        cmocka_unit_test(an_export_in_use_is_not_changed),
        cmocka_unit_test(an_export_is_unique),
        cmocka_unit_test(exports_and_imports_are_listed),
        cmocka_unit_test(a_weak_reference_protects_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cfngen/aws/cloudformation.h>
#include <cfngen/aws/s3.h>
#include <cfngen/aws/sqs.h>
#include <cfngen/diag.h>
#include <cfngen/template.h>

static void assert_body(const struct cfn_template *t, const char *expected) {
    char *text = json_dumps(cfn_template_json(t), JSON_COMPACT);
    assert_string_equal(text, expected);
    free(text);
}

static void the_only_diag(const struct cfn_template *t, const char *code, const char *path,
                          const char *message, int line) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_template_check(t, diags), -1);
    assert_int_equal(cfn_diags_count(diags), 1);
    const struct cfn_diag *diag = cfn_diags_at(diags, 0);
    assert_string_equal(diag->code, code);
    assert_string_equal(diag->path, path);
    assert_string_equal(diag->message, message);
    assert_non_null(strstr(diag->place.file, "test_template.c"));
    assert_int_equal(diag->place.line, line);
    cfn_diags_free(diags);
}

static void sections_stand_in_order(void **state) {
    (void)state;
    struct cfn_template *t = cfn_template_new("x", "d");
    cfn_output(t, "Url", .Value = cfn_ref("Queue"), .ExportName = cfn_str("x-Url"));
    cfn_add(t, "Queue", AWS_SQS_Queue(.DelaySeconds = cfn_int(0), .FifoQueue = cfn_bool(false)),
            .DeletionPolicy = "Retain", .Condition = "C", .DependsOn = cfn_str("Other"));
    cfn_add(t, "Other", AWS_CloudFormation_WaitConditionHandle());
    cfn_condition(t, "C", cfn_equals(cfn_ref("P"), cfn_str("yes")));
    cfn_parameter(t, "P", .Default = "yes", .NoEcho = true);
    cfn_mapping(t, "M", cfn_map({"k", cfn_map({"l", cfn_int(1)})}));
    cfn_template_metadata(t, "By", cfn_str("test"));
    assert_body(t,
                "{\"AWSTemplateFormatVersion\":\"2010-09-09\",\"Description\":\"d\","
                "\"Metadata\":{\"By\":\"test\"},"
                "\"Parameters\":{\"P\":{\"Type\":\"String\",\"Default\":\"yes\",\"NoEcho\":true}},"
                "\"Mappings\":{\"M\":{\"k\":{\"l\":1}}},"
                "\"Conditions\":{\"C\":{\"Fn::Equals\":[{\"Ref\":\"P\"},\"yes\"]}},"
                "\"Resources\":{\"Queue\":{\"Type\":\"AWS::SQS::Queue\",\"Condition\":\"C\","
                "\"DependsOn\":\"Other\",\"DeletionPolicy\":\"Retain\","
                "\"UpdateReplacePolicy\":\"Retain\",\"Properties\":{\"DelaySeconds\":0,"
                "\"FifoQueue\":false}},"
                "\"Other\":{\"Type\":\"AWS::CloudFormation::WaitConditionHandle\"}},"
                "\"Outputs\":{\"Url\":{\"Value\":{\"Ref\":\"Queue\"},"
                "\"Export\":{\"Name\":\"x-Url\"}}}}");
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_template_check(t, diags), 0);
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
    cfn_template_free(t);
}

static void a_duplicate_id_is_told_where_it_was_written(void **state) {
    (void)state;
    struct cfn_template *t = cfn_template_new("x", "d");
    cfn_add(t, "Queue", AWS_SQS_Queue(.DelaySeconds = cfn_int(1)));
    cfn_add(t, "Queue", AWS_SQS_Queue(.DelaySeconds = cfn_int(2)));
    const int line = __LINE__ - 1;
    the_only_diag(t, "template.duplicate", "Resources.Queue", "is defined twice", line);
    cfn_template_free(t);
}

static void a_wrong_value_is_told_where_it_was_written(void **state) {
    (void)state;
    struct cfn_template *t = cfn_template_new("x", "d");
    cfn_add(t, "Bucket",
            AWS_S3_Bucket(.VersioningConfiguration =
                              AWS_S3_Bucket_VersioningConfiguration(.Status = cfn_str("On"))));
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_template_check(t, diags), -1);
    assert_int_equal(cfn_diags_count(diags), 1);
    const struct cfn_diag *diag = cfn_diags_at(diags, 0);
    assert_string_equal(diag->code, "property.enum");
    assert_string_equal(diag->path, "Resources.Bucket.Properties.VersioningConfiguration.Status");
    assert_non_null(strstr(diag->message, "'On'"));
    assert_non_null(strstr(diag->place.file, "test_template.c"));
    cfn_diags_free(diags);
    cfn_template_free(t);
}

static void a_type_can_be_named_at_run_time(void **state) {
    (void)state;
    struct cfn_template *t = cfn_template_new("x", "d");
    cfn_add(t, "Queue",
            cfn_resource_named("AWS::SQS::Queue", cfn_map({"DelaySeconds", cfn_str("x y")})));
    cfn_add(t, "Own", cfn_resource_named("Custom::Thing", NULL));
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_template_check(t, diags), -1);
    assert_string_equal(cfn_diags_at(diags, 0)->path, "Resources.Queue.Properties.DelaySeconds");
    cfn_diags_free(diags);
    cfn_template_free(t);
}

static void tags_go_where_they_can(void **state) {
    (void)state;
    struct cfn_template *t = cfn_template_new("x", "d");
    cfn_add(t, "Queue", AWS_SQS_Queue());
    cfn_add(t, "Own", AWS_SQS_Queue(.Tags = cfn_list_of(NULL, 0)));
    cfn_add(t, "Policy",
            AWS_SQS_QueuePolicy(.Queues = cfn_strs("q"), .PolicyDocument = cfn_map_of(NULL, 0)));
    cfn_template_tag(t, cfn_map({"Project", cfn_str("shop")}));
    json_t *resources = json_object_get(cfn_template_json(t), "Resources");
    json_t *tags =
        json_object_get(json_object_get(json_object_get(resources, "Queue"), "Properties"), "Tags");
    assert_int_equal(json_array_size(tags), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(tags, 0), "Key")),
                        "Project");
    tags =
        json_object_get(json_object_get(json_object_get(resources, "Own"), "Properties"), "Tags");
    assert_int_equal(json_array_size(tags), 0);
    assert_null(json_object_get(json_object_get(json_object_get(resources, "Policy"), "Properties"),
                                "Tags"));
    cfn_template_free(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_stand_in_order),
        cmocka_unit_test(a_duplicate_id_is_told_where_it_was_written),
        cmocka_unit_test(a_wrong_value_is_told_where_it_was_written),
        cmocka_unit_test(a_type_can_be_named_at_run_time),
        cmocka_unit_test(tags_go_where_they_can),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

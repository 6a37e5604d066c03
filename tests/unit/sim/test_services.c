/* S3, and the other services that a deployment asks. */
#include "sim_fixture.h"

static struct cfn_reply s3(struct cfn_sim *sim, const char *action, json_t *input,
                           const char *payload) {
    struct cfn_call call = {"s3", action, input, payload, payload ? strlen(payload) : 0};
    struct cfn_reply reply = {0};
    cfn_sim_call(sim, cfn_sim_now(sim), &call, &reply);
    return reply;
}

static void s3_done(struct cfn_sim *sim, const char *action, json_t *input, const char *payload) {
    struct cfn_reply reply = s3(sim, action, input, payload);
    assert_int_equal(reply.outcome, CFN_REPLY_OK);
    cfn_reply_done(&reply);
}

static json_t *at(const char *bucket, const char *key) {
    return key ? json_pack("{s:s, s:s}", "Bucket", bucket, "Key", key)
               : json_pack("{s:s}", "Bucket", bucket);
}

static void objects_have_versions_where_they_are_wanted(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    s3_done(sim, "CreateBucket", at("b", NULL), NULL);
    s3_done(sim, "PutBucketVersioning",
            with(at("b", NULL), "VersioningConfiguration", json_pack("{s:s}", "Status", "Enabled")),
            NULL);
    s3_done(sim, "PutObject", at("b", "k"), "one");
    s3_done(sim, "PutObject", at("b", "k"), "two");
    s3_done(sim, "DeleteObject", at("b", "k"), NULL);
    struct cfn_reply reply = s3(sim, "GetObject", at("b", "k"), NULL);
    assert_string_equal(reply.code, "NoSuchKey");
    assert_int_equal(reply.status, 404);
    cfn_reply_done(&reply);
    reply = s3(sim, "ListObjectVersions", at("b", NULL), NULL);
    const json_t *versions = cfn_output_list(reply.output, "Versions"),
                 *markers = cfn_output_list(reply.output, "DeleteMarkers");
    assert_int_equal(json_array_size(versions), 2);
    assert_int_equal(json_array_size(markers), 1);
    json_t *objects = json_array();
    for (int i = 0; i < 3; i++) {
        const json_t *item =
            i < 2 ? json_array_get(versions, (size_t)i) : json_array_get(markers, 0);
        json_array_append_new(objects, json_pack("{s:s, s:s}", "Key", "k", "VersionId",
                                                 cfn_output_text(item, "VersionId")));
    }
    s3_done(sim, "DeleteObjects",
            with(at("b", NULL), "Delete", json_pack("{s:o}", "Objects", objects)), NULL);
    cfn_reply_done(&reply);
    s3_done(sim, "DeleteBucket", at("b", NULL), NULL);
    cfn_sim_free(sim);
}

static void objects_are_read_and_listed(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    struct cfn_reply reply = s3(sim, "HeadBucket", at("b", NULL), NULL);
    assert_int_equal(reply.status, 404);
    cfn_reply_done(&reply);
    s3_done(sim, "CreateBucket", at("b", NULL), NULL);
    s3_done(sim, "PutObject", at("b", "x/2"), "two");
    s3_done(sim, "PutObject", at("b", "x/1"), "one");
    s3_done(sim, "PutObject", at("b", "y"), "");
    reply = s3(sim, "GetObject", at("b", "x/2"), NULL);
    assert_int_equal(reply.payload_size, 3);
    assert_memory_equal(reply.payload, "two", 3);
    cfn_reply_done(&reply);
    reply = s3(sim, "ListObjectsV2",
               with(with(at("b", NULL), "Prefix", json_string("x/")), "MaxKeys", json_integer(1)),
               NULL);
    assert_string_equal(cfn_output_text(reply.output, "Contents.0.Key"), "x/1");
    assert_string_equal(cfn_output_text(reply.output, "IsTruncated"), "true");
    json_t *next = json_string(cfn_output_text(reply.output, "NextContinuationToken"));
    cfn_reply_done(&reply);
    reply =
        s3(sim, "ListObjectsV2",
           with(with(at("b", NULL), "Prefix", json_string("x/")), "ContinuationToken", next), NULL);
    assert_string_equal(cfn_output_text(reply.output, "Contents.0.Key"), "x/2");
    assert_string_equal(cfn_output_text(reply.output, "IsTruncated"), "false");
    cfn_reply_done(&reply);
    cfn_sim_free(sim);
}

static void templates_come_from_its_own_s3(void **state) {
    (void)state;
    static const char *const urls[] = {
        "https://b.s3.us-east-1.amazonaws.com/t.json",
        "https://s3.us-east-1.amazonaws.com/b/t.json",
        "http://127.0.0.1:4566/b/t.json",
    };
    struct cfn_sim *sim = cfn_sim_new(NULL);
    refused(sim, "CreateStack", json_pack("{s:s, s:s}", "StackName", "s", "TemplateURL", urls[0]),
            "ValidationError",
            "TemplateURL must reference a valid S3 object to which you have access.");
    s3_done(sim, "CreateBucket", at("b", NULL), NULL);
    s3_done(sim, "PutObject", at("b", "t.json"), RESOURCES(TOPIC));
    for (size_t i = 0; i < 3; i++) {
        char name[] = "s0";
        name[1] = (char)('0' + (int)i);
        done(sim, "CreateStack",
             json_pack("{s:s, s:s}", "StackName", name, "TemplateURL", urls[i]));
        settled(sim, name, "CREATE_COMPLETE");
    }
    refused(sim, "CreateStack", json_pack("{s:s, s:s}", "StackName", "s", "TemplateURL", "ftp://x"),
            "ValidationError", "TemplateURL must be a supported URL.");
    cfn_sim_free(sim);
}

static void nested_stacks_are_made_and_deleted_with_their_parents(void **state) {
    (void)state;
    static const char parent[] =
        RESOURCES("\"N\": {\"Type\": \"AWS::CloudFormation::Stack\", \"Properties\": "
                  "{\"TemplateURL\": \"https://s3.amazonaws.com/b/t.json\"}}");
    struct cfn_sim *sim = cfn_sim_new(NULL);
    s3_done(sim, "CreateBucket", at("b", NULL), NULL);
    s3_done(sim, "PutObject", at("b", "t.json"), RESOURCES(TOPIC));
    created(sim, "s", parent);
    char *child = state_text(sim, "stacks.s.resources.N.physical_id");
    json_t *told = answer(sim, "DescribeStacks", json_pack("{s:s}", "StackName", child));
    assert_string_equal(cfn_output_text(told, "Stacks.0.StackStatus"), "CREATE_COMPLETE");
    assert_true(cfn_starts_with(cfn_output_text(told, "Stacks.0.StackName"), "s-N-"));
    char *id = state_text(sim, "stacks.s.id");
    assert_string_equal(cfn_output_text(told, "Stacks.0.ParentId"), id);
    json_decref(told);
    done(sim, "DeleteStack", json_pack("{s:s}", "StackName", "s"));
    settled(sim, "s", "");
    settled(sim, child, "DELETE_COMPLETE");
    free(child);
    free(id);
    sound(sim);
    cfn_sim_free(sim);
}

static void a_nested_failure_is_told_by_its_parent(void **state) {
    (void)state;
    struct cfn_sim *sim = cfn_sim_new(NULL);
    s3_done(sim, "CreateBucket", at("b", NULL), NULL);
    s3_done(sim, "PutObject", at("b", "t.json"),
            RESOURCES("\"A\": {\"Type\": \"AWS::SNS::Topic\", \"Properties\": {\"Nope\": 1}}"));
    done(sim, "CreateStack",
         stack_input("s", RESOURCES("\"N\": {\"Type\": \"AWS::CloudFormation::Stack\", "
                                    "\"Properties\": {\"TemplateURL\": "
                                    "\"https://s3.amazonaws.com/b/t.json\"}}")));
    settled(sim, "s", "ROLLBACK_COMPLETE");
    events_have(sim, "s",
                " was not successfully created: The following resource(s) failed to "
                "create: [A]. \n");
    events_have(sim, "s", "N DELETE_COMPLETE\n");
    sound(sim);
    cfn_sim_free(sim);
}

static void the_account_is_asked(void **state) {
    (void)state;
    json_t *has = parsed("{\"roles\": [\"old\"], \"zones\": [\"z1\", \"z2\"]}");
    struct cfn_sim *sim = cfn_sim_new(&(struct cfn_sim_options){.account_has = has});
    json_decref(has);
    created(sim, "s",
            RESOURCES("\"R\": {\"Type\": \"AWS::IAM::Role\", \"Properties\": {\"RoleName\": "
                      "\"new\", \"AssumeRolePolicyDocument\": {}}}, \"V\": {\"Type\": "
                      "\"AWS::EC2::VPC\", \"Properties\": {\"CidrBlock\": \"10.0.0.0/16\"}}"));
    static const struct {
        const char *service, *action, *input, *path, *text, *code;
    } cases[] = {
        {"sts", "GetCallerIdentity", "{}", "Account", "123456789012", ""},
        {"iam", "GetRole", "{\"RoleName\": \"old\"}", "Role.RoleName", "old", ""},
        {"iam", "GetRole", "{\"RoleName\": \"new\"}", "Role.Arn",
         "arn:aws:iam::123456789012:role/new", ""},
        {"iam", "GetRole", "{\"RoleName\": \"none\"}", "", "", "NoSuchEntity"},
        {"ec2", "DescribeAvailabilityZones", "{}", "AvailabilityZones.1.ZoneName", "z2", ""},
        {"ec2", "DescribeVpcs", "{}", "Vpcs.1.VpcId", "", ""},
        {"kms", "DescribeKey", "{\"KeyId\": \"x\"}", "", "", "NotFoundException"},
        {"logs", "DescribeLogGroups", "{}", "logGroups.0.logGroupName", "", ""},
        {"emr", "RunJobFlow", "{}", "", "", "InvalidAction"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cfn_reply reply =
            asked_of(sim, cases[i].service, cases[i].action, parsed(cases[i].input));
        assert_string_equal(reply.code, cases[i].code);
        assert_string_equal(cfn_output_text(reply.output, cases[i].path), cases[i].text);
        if (strcmp(cases[i].code, "InvalidAction") == 0)
            assert_string_equal(reply.message, "the simulation does not answer emr RunJobFlow");
        cfn_reply_done(&reply);
    }
    cfn_sim_free(sim);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_have_versions_where_they_are_wanted),
        cmocka_unit_test(objects_are_read_and_listed),
        cmocka_unit_test(templates_come_from_its_own_s3),
        cmocka_unit_test(nested_stacks_are_made_and_deleted_with_their_parents),
        cmocka_unit_test(a_nested_failure_is_told_by_its_parent),
        cmocka_unit_test(the_account_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

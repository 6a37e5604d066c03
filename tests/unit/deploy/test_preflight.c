/* The preflight on the ten templates of the default platform: what it asks, and names, roles and
 * quotas. */
#include "preflight_fixture.h"

#include <cfngen/platform.h>

static void test_an_empty_account_is_fine(void **state) {
    (void)state;
    struct account *account = platform();
    run(account);
    char *text = findings(account);
    assert_string_equal(text, "");
    free(text);
    for (size_t i = 0; i < account->count; i++) {
        const json_t *parameters;
        bool import;
        cfn__preflight_advice(account->errand, i, &parameters, &import);
        assert_null(parameters);
        assert_false(import);
    }
    done(account);
}

static bool was_asked(const struct account *account, const char *call) {
    for (size_t i = 0; i < json_array_size(account->calls); i++)
        if (strstr(json_string_value(json_array_get(account->calls, i)), call))
            return true;
    return false;
}

static void test_calls_are_asked_once_and_with_evaluated_names(void **state) {
    (void)state;
    struct account *account = platform();
    run(account);
    json_t *seen = json_object();
    for (size_t i = 0; i < json_array_size(account->calls); i++) {
        const char *call = json_string_value(json_array_get(account->calls, i));
        assert_null(json_object_get(seen, call));
        assert_null(strchr(call, '<'));
        json_object_set_new(seen, call, json_true());
    }
    json_decref(seen);
    assert_true(was_asked(account, "s3 HeadBucket {\"Bucket\":\"shop-dev-bronze-111122223333-"
                                   "eu-west-1\",\"ExpectedBucketOwner\":\"111122223333\"}"));
    assert_true(was_asked(account, "iam GetRole {\"RoleName\":\"dms-vpc-role\"}"));
    assert_true(was_asked(account, "kms DescribeKey {\"KeyId\":\"alias/shop-dev\"}"));
    assert_true(was_asked(account, "airflow GetEnvironment {\"Name\":\"shop-dev-airflow\"}"));
    assert_true(was_asked(account, "logs DescribeLogGroups {\"logGroupNamePrefix\":\"airflow-"
                                   "shop-dev-airflow-Task\"}"));
    assert_true(was_asked(account, "com.amazonaws.eu-west-1.s3"));
    done(account);
}

static void test_only_creations_are_looked_at(void **state) {
    (void)state;
    struct account *account = platform();
    for (size_t i = 0; i < account->count; i++)
        account->there[i] = strcmp(account->targets[i].name, "rds") != 0;
    run(account);
    char *text = findings(account);
    assert_string_equal(text, "");
    free(text);
    assert_false(was_asked(account, "HeadBucket"));
    assert_false(was_asked(account, "GetEnvironment"));
    assert_false(was_asked(account, "DescribeVpcs"));
    assert_true(was_asked(account, "rds DescribeDBInstances"));
    done(account);
    account = platform();
    memset(account->there, true, sizeof account->there);
    run(account);
    assert_int_equal(json_array_size(account->calls), 1);
    done(account);
}

/* Whatever the order of answers, findings are the same in the same order. */
static void test_the_order_of_answers_does_not_matter(void **state) {
    (void)state;
    char *first = NULL;
    for (size_t order = 0; order < 20; order++) {
        struct account *account = platform();
        account->order = order * 7;
        account->rules[0] = (struct rule){.call = "iam GetRole", .output = "{'Role':{}}"};
        account->rules[1] = (struct rule){.call = "glue GetDatabase", .output = "{'Database':{}}"};
        account->rules[2] = (struct rule){
            .call = "rds ", .outcome = CFN_REPLY_DENIED, .status = 403, .code = "AccessDenied"};
        run(account);
        char *text = findings(account);
        assert_true(cfn_diags_errors(account->findings) > 3);
        if (first)
            assert_string_equal(text, first);
        else
            first = cfn__copy(text);
        free(text);
        done(account);
    }
    free(first);
}

static void test_every_name_that_is_taken_is_told(void **state) {
    (void)state;
    static const struct {
        const char *call, *output, *path, *piece;
    } cases[] = {
        {"GetRole {\"RoleName\":\"shop-dev-spark", "{'It':{}}", "emr.JobRole",
         "a role of this name"},
        {"DescribeLogGroups {\"logGroupNamePrefix\":\"/cfngen/shop-dev/flow\"",
         "{'logGroups':[{'logGroupName':'/cfngen/shop-dev/flow'}]}", "common.FlowLogGroup",
         "a log group"},
        {"GetDatabase {\"Name\":\"shop_dev_silver\"", "{'It':{}}", "glue.SilverDatabase",
         "'shop_dev_silver'"},
        {"GetCrawler", "{'It':{}}", "glue.BronzeCrawler", "crawler"},
        {"GetSecurityConfiguration", "{'It':{}}", "glue.Security", "security configuration"},
        {"GetWorkGroup", "{'It':{}}", "athena.Workgroup", "workgroup of Athena"},
        {"DescribeDBInstances", "{'DBInstances':[{}]}", "rds.Database", "'shop-dev-rds'"},
        {"DescribeReplicationInstances", "{'ReplicationInstances':[{}]}", "dms.Instance",
         "replication instance"},
        {"DescribeReplicationSubnetGroups", "{'ReplicationSubnetGroups':[{}]}", "dms.Subnets",
         "subnet group of DMS"},
        {"\"shop-dev-target\"", "{'Endpoints':[{}]}", "dms.Target", "endpoint"},
        {"DescribeReplicationTasks", "{'ReplicationTasks':[{}]}", "dms.Task", "replication task"},
        {"redshift-serverless GetWorkgroup", "{'It':{}}", "redshift.Workgroup", "workgroup"},
        {"GetEnvironment", "{'It':{}}", "mwaa.Environment", "environment of Airflow"},
        {"kms DescribeKey", "{'It':{}}", "common.KeyAlias", "alias"},
        {"variables/emr_application_id", "{'It':{}}", "emr.AirflowVariable", "Parameter Store"},
        {"variables/redshift_host", "{'It':{}}", "redshift.AirflowVariable", "Parameter Store"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct account *account = platform();
        account->rules[0] = (struct rule){.call = cases[i].call, .output = cases[i].output};
        expect_one(account, "preflight.name-taken", cases[i].path, cases[i].piece);
    }
}

static void test_buckets(void **state) {
    (void)state;
    const json_t *parameters;
    bool import;
    struct account *account = platform(); /* ours and kept: adopted, in its stack alone */
    account->rules[0] = (struct rule){.call = "{\"Bucket\":\"shop-dev-bronze", .output = "{}"};
    account->rules[1] = (struct rule){.call = "GetNamespace", .output = "{'namespace':{}}"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(told(account, "preflight.adopt", "data_lake.Bronze", "taken into the stack"),
                     1);
    assert_int_equal(told(account, "preflight.adopt", "redshift.Namespace", ""), 1);
    for (size_t i = 0; i < account->count; i++) {
        const char *name = account->targets[i].name;
        cfn__preflight_advice(account->errand, i, &parameters, &import);
        assert_int_equal(import, strcmp(name, "data_lake") == 0 || strcmp(name, "redshift") == 0);
    }
    done(account);

    account = platform(); /* somebody else's */
    account->rules[0] = (struct rule){.call = "{\"Bucket\":\"shop-dev-bronze",
                                      .outcome = CFN_REPLY_DENIED,
                                      .status = 403,
                                      .code = "403"};
    expect_one(account, "preflight.bucket-taken", "data_lake.Bronze", "another account");
    account = platform();
    account->rules[0] = (struct rule){.call = "{\"Bucket\":\"shop-dev-bronze",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 301,
                                      .code = "PermanentRedirect"};
    expect_one(account, "preflight.bucket-taken", "data_lake.Bronze", "in another region");
    account = platform(); /* HEAD says no more than that the request was bad */
    account->rules[0] = (struct rule){
        .call = "HeadBucket", .outcome = CFN_REPLY_REFUSED, .status = 400, .code = "BadRequest"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(told(account, "preflight.not-verified", NULL, "what s3"), 1);
    done(account);
    account = single("x", "{'B':{'Type':'AWS::S3::Bucket','Properties':{'BucketName':'b'}}}");
    account->rules[0] = (struct rule){.call = "HeadBucket", .output = "{}"};
    expect_one(account, "preflight.name-taken", "x.B", "'b'"); /* not kept: not adopted */
}

static void test_roles_of_dms(void **state) {
    (void)state;
    const json_t *parameters;
    bool import;
    struct account *account = platform(); /* both are there */
    account->rules[0] =
        (struct rule){.call = "GetRole {\"RoleName\":\"dms-", .output = "{'Role':{}}"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(told(account, "preflight.dms-roles", "common.DmsRoles", "left as they are"),
                     1);
    cfn__preflight_advice(account->errand, 0, &parameters, &import);
    assert_string_equal(cfn_output_text(parameters, "DmsRoles"), "exist");
    assert_false(import);
    done(account);

    account = platform(); /* one of them */
    account->rules[0] =
        (struct rule){.call = "GetRole {\"RoleName\":\"dms-vpc-role", .output = "{'Role':{}}"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    cfn__preflight_advice(account->errand, 0, &parameters, &import);
    assert_null(parameters);
    assert_true(import);
    done(account);

    account = platform(); /* said to exist, but does not */
    json_t *given = json_pack("{s:s}", "DmsRoles", "exist");
    account->targets[0].parameters = given;
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 1);
    assert_int_equal(told(account, "preflight.dms-roles", "dms.Subnets", "'dms-vpc-role'"), 1);
    assert_int_equal(told(account, "preflight.dms-roles", NULL, "writes no logs"), 1);
    done(account);
    json_decref(given);
}

static void test_quotas(void **state) {
    (void)state;
    static const char full[] = "{'Vpcs':[{},{},{},{},{}]}";
    struct account *account = platform();
    account->rules[0] = (struct rule){.call = "DescribeVpcs", .output = full};
    expect_one(account, "preflight.quota", "common.Vpc",
               "1 to be added, but the account has 5 and may have 5");
    account = platform(); /* a higher quota */
    account->rules[0] = (struct rule){.call = "DescribeVpcs", .output = full};
    account->rules[1] = (struct rule){.call = "L-F678F1CE", .output = "{'Quota':{'Value':6.0}}"};
    run(account);
    assert_int_equal(cfn_diags_count(account->findings), 0);
    done(account);
    account = platform(); /* the quota cannot be read: the usual one is no more than a guess */
    account->rules[0] = (struct rule){.call = "DescribeVpcs", .output = full};
    account->rules[1] = (struct rule){
        .call = "servicequotas", .outcome = CFN_REPLY_DENIED, .status = 403, .code = "no"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(told(account, "preflight.quota", "common.Vpc", "may pass"), 1);
    assert_int_equal(told(account, "preflight.not-verified", NULL, "servicequotas"), 1);
    done(account);
    account = platform();
    account->rules[0] =
        (struct rule){.call = "DescribeAddresses", .output = "{'Addresses':[{},{},{},{},{}]}"};
    expect_one(account, "preflight.quota", "common.NatAddress1", "Elastic IP");
    account = platform(); /* five gateways may be in other zones, and deleted ones do not count */
    account->rules[0] = (struct rule){
        .call = "DescribeNatGateways",
        .output = "{'NatGateways':[{'State':'available'},{'State':'available'},{'State':"
                  "'pending'},{'State':'available'},{'State':'deleted'},{'State':'available'}]}"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(
        told(account, "preflight.quota", "common.Nat1", "1 to be added to 5, which may"), 1);
    done(account);
    account = platform();
    account->rules[0] = (struct rule){
        .call = "rds DescribeAccountAttributes",
        .output = "{'AccountQuotas':[{'AccountQuotaName':'DBInstances','Used':'40','Max':'40'}]}"};
    expect_one(account, "preflight.quota", "rds.Database", "databases");
    account = platform();
    account->rules[0] = (struct rule){
        .call = "dms DescribeAccountAttributes",
        .output = "{'AccountQuotas':[{'AccountQuotaName':'Endpoints','Used':999,'Max':1000}]}"};
    expect_one(account, "preflight.quota", "dms.Source", "endpoints of DMS in eu-west-1: 2 ");
    account = platform();
    account->rules[0] = (struct rule){
        .call = "servicequotas List",
        .output = "{'Quotas':[{'QuotaName':'Workers','Value':0},{'QuotaName':'Environments',"
                  "'Value':1.0}]}"};
    expect_one(account, "preflight.quota", "mwaa.Environment", "environments of Airflow");
}

static char *text_of(const char *path) {
    static char text[8192];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

/* In an account that has what they want, and nothing of theirs, no platform is found fault with. */
static void test_other_platforms(void **state) {
    (void)state;
    static const char *const names[] = {
        "china",   "dms_serverless", "emr_ec2",      "everything",           "existing_database",
        "no_nat",  "govcloud",       "many_layers",  "redshift_provisioned", "lake_only",
        "own_key", "smallest",       "deletion_keys"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[80];
        snprintf(path, sizeof path, "tests/matrix/%s.yaml", names[i]);
        const char *yaml = text_of(path);
        struct cfn_config_source source = {.name = path, .text = yaml, .size = strlen(yaml)};
        struct cfn_diags *diags = cfn_diags_new();
        struct cfn_stack_set *set = cfn_stack_set_new();
        struct cfn_platform *loaded = cfn_platform_load(set, &source, "2026-11-23", diags);
        struct cfn_assembly *assembly = cfn_platform_synth(loaded, diags);
        json_t *manifest = cfn_assembly_manifest(assembly, "json");
        struct account *account = cfn__alloc(sizeof *account);
        account->region = cfn_output_text(manifest, "region");
        for (size_t s = 0; s < cfn_assembly_count(assembly); s++) {
            const struct cfn_assembled *stack = cfn_assembly_at(assembly, s);
            add_target(account, stack->name, json_deep_copy(stack->body));
            account->targets[s].stack_name = stack->stack_name;
        }
        account->rules[0] = (struct rule){
            .call = "kms DescribeKey {\"KeyId\":\"arn:",
            .output = "{'KeyMetadata':{'KeyState':'Enabled','KeyUsage':'ENCRYPT_DECRYPT'}}"};
        account->rules[1] = (struct rule){.call = "DescribeSecret", .output = "{}"};
        account->rules[2] = (struct rule){.call = "dms DescribeOrderable", .output = "{}"};
        account->rules[3] = (struct rule){.call = "DescribeOrderableClusterOptions",
                                          .output = "{'OrderableClusterOptions':[{}]}"};
        account->rules[4] = (struct rule){.call = "DescribeInstanceTypeOfferings",
                                          .output = "{'InstanceTypeOfferings':[{}]}"};
        account->rules[5] = (struct rule){.call = "dms-cloudwatch-logs-role", .output = "{}"};
        account->rules[6] = (struct rule){.call = "dms-vpc-role", .output = "{}"};
        run(account);
        char *text = findings(account);
        size_t roles = told(account, "preflight.dms-roles", NULL, "left as they are");
        if (cfn_diags_count(account->findings) != roles)
            fail_msg("%s:\n%s", names[i], text);
        free(text);
        done(account);
        json_decref(manifest);
        cfn_assembly_free(assembly);
        cfn_platform_free(loaded);
        cfn_stack_set_free(set);
        cfn_diags_free(diags);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_account_is_fine),
        cmocka_unit_test(test_calls_are_asked_once_and_with_evaluated_names),
        cmocka_unit_test(test_only_creations_are_looked_at),
        cmocka_unit_test(test_the_order_of_answers_does_not_matter),
        cmocka_unit_test(test_every_name_that_is_taken_is_told),
        cmocka_unit_test(test_buckets),
        cmocka_unit_test(test_roles_of_dms),
        cmocka_unit_test(test_quotas),
        cmocka_unit_test(test_other_platforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

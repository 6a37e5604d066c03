/* The preflight where AWS does not answer, and what it says of regions, versions and services. */
#include "preflight_fixture.h"

static void test_what_cannot_be_read_is_no_error(void **state) {
    (void)state;
    static const enum cfn_outcome outcomes[] = {CFN_REPLY_DENIED, CFN_REPLY_THROTTLED,
                                                CFN_REPLY_BROKEN, CFN_REPLY_REFUSED};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        struct account *account = platform();
        account->rules[0] = (struct rule){.call = "sts ", .output = usual[0].output};
        account->rules[1] =
            (struct rule){.call = "s3 ", .outcome = CFN_REPLY_BROKEN, .code = "timeout"};
        account->rules[2] = (struct rule){
            .call = " ", .outcome = outcomes[i], .status = 403, .code = "SomeException"};
        run(account);
        char *text = findings(account);
        if (cfn_diags_errors(account->findings))
            fail_msg("%s", text);
        free(text);
        assert_int_equal(told(account, "preflight.not-verified", NULL, "not verified: what iam"),
                         1);
        assert_int_equal(told(account, "preflight.not-verified", NULL, "what s3"), 1);
        assert_int_equal(told(account, "preflight.not-verified", NULL, "what glue"), 1);
        assert_int_equal(told(account, "preflight.not-verified", NULL, ""),
                         cfn_diags_count(account->findings));
        done(account);
    }
}

static void test_credentials(void **state) {
    (void)state;
    struct account *account = platform();
    account->rules[0] =
        (struct rule){.call = "sts ", .outcome = CFN_REPLY_EXPIRED, .code = "ExpiredToken"};
    expect_one(account, "preflight.credentials", NULL, "no credentials that are valid");
    account = platform(); /* they end meanwhile: told once */
    account->rules[0] =
        (struct rule){.call = "iam ", .outcome = CFN_REPLY_EXPIRED, .code = "ExpiredToken"};
    account->rules[1] =
        (struct rule){.call = "glue ", .outcome = CFN_REPLY_EXPIRED, .code = "ExpiredToken"};
    expect_one(account, "preflight.credentials", NULL, "have expired");
    account = platform();
    account->rules[0] = (struct rule){
        .call = "sts ", .outcome = CFN_REPLY_DENIED, .status = 403, .code = "InvalidClientTokenId"};
    expect_one(account, "preflight.region", NULL, "'eu-west-1'");
    account = platform();
    account->rules[0] = (struct rule){.call = "sts ",
                                      .outcome = CFN_REPLY_DENIED,
                                      .status = 403,
                                      .code = "SignatureDoesNotMatch"};
    expect_one(account, "preflight.credentials", NULL, "as told");
    account = platform();
    account->rules[0] = (struct rule){
        .call = "sts ", .outcome = CFN_REPLY_BROKEN, .code = "dns", .output = "no such host"};
    run(account);
    assert_int_equal(cfn_diags_errors(account->findings), 0);
    assert_int_equal(told(account, "preflight.not-verified", NULL, "no such host"), 1);
    done(account);
}

static void test_region_and_zones(void **state) {
    (void)state;
    struct account *account = platform();
    account->rules[0] = (struct rule){
        .call = "DescribeAvailabilityZones",
        .output = "{'AvailabilityZones':[{'ZoneType':'availability-zone','State':'available'},"
                  "{'ZoneType':'availability-zone','State':'available'},"
                  "{'ZoneType':'availability-zone','State':'impaired'},"
                  "{'ZoneType':'local-zone','State':'available'}]}"};
    expect_one(account, "preflight.zones", "common.PublicSubnet3", "has 2 for this account");
    account = platform();
    account->rules[0] = (struct rule){.call = "DescribeAvailabilityZones",
                                      .outcome = CFN_REPLY_DENIED,
                                      .status = 401,
                                      .code = "AuthFailure"};
    expect_one(account, "preflight.region", NULL, "not enabled");
    account = platform();
    account->rules[0] = (struct rule){.call = "DescribeVpcEndpointServices",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 400,
                                      .code = "InvalidServiceName"};
    expect_one(account, "preflight.endpoint", "common.S3Endpoint", "com.amazonaws.eu-west-1.s3");
}

/* Subnets that follow from imports of another stack's template. */
static void test_services_that_want_zones(void **state) {
    (void)state;
    static const char *const ids[] = {"PrivateSubnet1", "PrivateSubnet2", "PrivateSubnet3"};
    struct account *account = platform();
    for (size_t i = 0; i < 3; i++) {
        json_t *subnet = json_object_get(json_object_get(account->bodies[0], "Resources"), ids[i]);
        json_object_set_new(json_object_get(subnet, "Properties"), "AvailabilityZone",
                            json_string("eu-west-1a"));
    }
    account->there[0] = true; /* though the network is there, its template says where */
    account->rules[0] = (struct rule){.call = "GetRole {\"RoleName\":\"dms-", .output = "{}"};
    run(account);
    assert_int_equal(told(account, "preflight.zones", "rds.Subnets", "2 availability zones"), 1);
    assert_int_equal(told(account, "preflight.zones", "dms.Subnets", "DMS wants"), 1);
    assert_int_equal(told(account, "preflight.zones", "mwaa.Environment", "Airflow wants"), 1);
    assert_int_equal(told(account, "preflight.zones", "redshift.Workgroup", "in 3 "), 1);
    assert_int_equal(cfn_diags_errors(account->findings), 4);
    done(account);
}

static void test_airflow_wants_two_subnets(void **state) {
    (void)state;
    struct account *account =
        single("x", "{'A':{'Type':'AWS::EC2::Subnet','Properties':{'AvailabilityZone':'a'}},"
                    "'B':{'Type':'AWS::EC2::Subnet','Properties':{'AvailabilityZone':'b'}},"
                    "'C':{'Type':'AWS::EC2::Subnet','Properties':{'AvailabilityZone':'a'}},"
                    "'E':{'Type':'AWS::MWAA::Environment','Properties':{'NetworkConfiguration':{"
                    "'SubnetIds':[{'Ref':'A'},{'Ref':'B'},{'Ref':'C'}]}}}}");
    run(account);
    assert_int_equal(told(account, "preflight.subnets", "x.E", "wants 2 subnets, not 3"), 1);
    assert_int_equal(cfn_diags_count(account->findings), 1);
    done(account);
}

/* A stack of this deployment makes the roles of DMS, or somebody did before. */
static void test_dms_without_its_roles(void **state) {
    (void)state;
    struct account *account = platform();
    account->there[0] = true;
    account->rules[0] =
        (struct rule){.call = "GetRole {\"RoleName\":\"dms-cloudwatch", .output = "{}"};
    expect_one(account, "preflight.dms-roles", "dms.Subnets", "'dms-vpc-role'");
}

/* Nonsense is neither followed nor fatal. */
static void test_strange_answers(void **state) {
    (void)state;
    static const char *const outputs[] = {
        "{}",
        "{'Marker':'more','NextToken':'more','nextToken':'more'}",
        "{'AvailabilityZones':'x','Vpcs':{},'Addresses':[1,null],'AccountQuotas':[{}],"
        "'logGroups':[[]],'Quota':{'Value':'many'},'DBEngineVersions':[3],"
        "'OrderableDBInstanceOptions':[3],'OrderableReplicationInstances':[null],'Status':7,"
        "'DeletedDate':null,'KeyMetadata':[],'Environments':{},'Quotas':[null]}",
    };
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        struct account *account = platform();
        account->rules[0] = (struct rule){.call = "sts ", .output = usual[0].output};
        account->rules[1] = (struct rule){.call = " ", .output = outputs[i]};
        run(account);
        assert_in_range(json_array_size(account->calls), 50, 3000);
        done(account);
    }
}

static void test_versions_and_classes(void **state) {
    (void)state;
    struct account *account = platform();
    account->rules[0] =
        (struct rule){.call = "DescribeDBEngineVersions", .output = "{'DBEngineVersions':[]}"};
    expect_one(account, "preflight.version", "rds.Database", "'17.10'");
    account = platform();
    account->rules[0] = (struct rule){.call = "rds DescribeOrderable", .output = "{}"};
    expect_one(account, "preflight.class", "rds.Database", "'db.t4g.small'");
    account = platform();
    account->rules[0] = (struct rule){
        .call = "rds DescribeOrderable",
        .output = "{'OrderableDBInstanceOptions':[{'SupportsPerformanceInsights':'false'}]}"};
    expect_one(account, "preflight.class", "rds.Database", "Performance Insights");
    account = platform();
    account->rules[0] =
        (struct rule){.call = "dms DescribeOrderable",
                      .output = "{'OrderableReplicationInstances':[{'EngineVersion':'3.5.4',"
                                "'ReplicationInstanceClass':'dms.t3.medium'}]}"};
    expect_one(account, "preflight.version", "dms.Instance", "'3.6.1'");
    account = platform();
    account->rules[0] =
        (struct rule){.call = "dms DescribeOrderable",
                      .output = "{'OrderableReplicationInstances':[{'EngineVersion':'3.6.1',"
                                "'ReplicationInstanceClass':'dms.r6i.large'}]}"};
    expect_one(account, "preflight.class", "dms.Instance", "'dms.t3.medium'");
    account = platform();
    account->rules[0] = (struct rule){.call = "elasticmapreduce", .output = "{}"};
    expect_one(account, "preflight.version", "emr.Application", "'emr-7.13.0'");
    account = single("w", "{'C':{'Type':'AWS::Redshift::Cluster','Properties':{'NodeType':"
                          "'dc2.large'}}}");
    account->rules[0] = (struct rule){.call = "redshift Describe", .output = "{}"};
    account->rules[1] = (struct rule){.call = "DescribeClusters",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 404,
                                      .code = "ClusterNotFound"};
    expect_one(account, "preflight.version", "w.C", "'dc2.large'");
    account = single("e", "{'C':{'Type':'AWS::EMR::Cluster','Properties':{'Instances':{"
                          "'MasterInstanceGroup':{'InstanceType':'m5.large'},"
                          "'CoreInstanceGroup':{'InstanceType':'m9.huge'}}}}}");
    account->rules[0] =
        (struct rule){.call = "m5.large", .output = "{'InstanceTypeOfferings':[{}]}"};
    expect_one(account, "preflight.version", "e.C", "'m9.huge'");
}

static const char key[] = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";

static struct account *with_key(const char *arn, const char *metadata) {
    char text[400];
    snprintf(
        text, sizeof text,
        "{'T':{'Type':'AWS::SNS::Topic','Properties':{'KmsMasterKeyId':'%s','Tags':[{'Key':"
        "'k','Value':'%s'}]}},'E':{'Type':'AWS::MWAA::Environment','Properties':{'KmsKey':'%s'}}}",
        arn, arn, arn);
    struct account *account = single("x", text);
    account->rules[0] = (struct rule){.call = "kms DescribeKey", .output = metadata};
    return account;
}

static void test_a_key_of_ones_own(void **state) {
    (void)state;
    struct account *account = with_key(key, "{'KeyMetadata':{'KeyState':'Enabled','KeyUsage':"
                                            "'ENCRYPT_DECRYPT','KeySpec':'SYMMETRIC_DEFAULT'}}");
    run(account);
    assert_int_equal(cfn_diags_count(account->findings), 0);
    done(account);
    expect_one(with_key(key, "{'KeyMetadata':{'KeyState':'Disabled'}}"), "preflight.key", "x.T",
               "is not enabled");
    expect_one(with_key(key, "{'KeyMetadata':{'KeyState':'PendingDeletion'}}"), "preflight.key",
               "x.T", "is to be deleted");
    expect_one(with_key(key, "{'KeyMetadata':{'KeySpec':'RSA_2048'}}"), "preflight.key", "x.T",
               "symmetrically");
    expect_one(with_key(key, "{'KeyMetadata':{'MultiRegion':true}}"), "preflight.key", "x.T",
               "Airflow");
    expect_one(with_key("arn:aws:kms:us-east-1:111122223333:key/1234abcd", "{}"), "preflight.key",
               "x.T", "in another region");
    account = with_key(key, NULL);
    account->rules[0] = (struct rule){.call = "kms DescribeKey",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 400,
                                      .code = "NotFoundException"};
    expect_one(account, "preflight.key", "x.T", "does not exist");
}

static struct account *with_bucket(void) {
    return single("x", "{'E':{'Type':'AWS::MWAA::Environment','Properties':{'SourceBucketArn':"
                       "'arn:aws:s3:::mine'}}}");
}

static void test_airflow(void **state) {
    (void)state;
    static const struct rule good[] = {
        {.call = "GetBucketVersioning {\"Bucket\":\"mine\"}", .output = "{'Status':'Enabled'}"},
        {.call = "GetPublicAccessBlock",
         .output = "{'PublicAccessBlockConfiguration':{'BlockPublicAcls':'true','IgnorePublicAcls':"
                   "'true','BlockPublicPolicy':'true','RestrictPublicBuckets':'true'}}"},
    };
    struct account *account = with_bucket();
    memcpy(account->rules, good, sizeof good);
    run(account);
    assert_int_equal(cfn_diags_count(account->findings), 0);
    done(account);
    account = with_bucket();
    memcpy(account->rules, good, sizeof good);
    account->rules[0].output = "{}";
    expect_one(account, "preflight.airflow-bucket", "x.E", "keeps versions");
    account = with_bucket();
    account->rules[0] = (struct rule){.call = "{\"Bucket\":\"mine\"}",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 404,
                                      .code = "NoSuchBucket"};
    expect_one(account, "preflight.airflow-bucket", "x.E", "does not exist: 'mine'");
    account = with_bucket();
    memcpy(account->rules, good, sizeof good);
    account->rules[1].output = "{'BlockPublicAcls':'true'}";
    expect_one(account, "preflight.airflow-bucket", "x.E", "blocks all public access");
    account = with_bucket();
    memcpy(account->rules, good, sizeof good);
    account->rules[1] = (struct rule){.call = "GetPublicAccessBlock",
                                      .outcome = CFN_REPLY_REFUSED,
                                      .status = 404,
                                      .code = "NoSuchPublicAccessBlockConfiguration"};
    expect_one(account, "preflight.airflow-bucket", "x.E", "blocks all public access");

    json_t *given = json_pack("{s:s}", "RequirementsVersion", "abc123");
    account = platform(); /* the bucket is only made by this deployment */
    account->targets[7].parameters = given;
    expect_one(account, "preflight.airflow-object", "mwaa.Environment", "'abc123'");
    json_decref(given);
}

static void test_secrets(void **state) {
    (void)state;
    static const char endpoint[] =
        "{'E':{'Type':'AWS::DMS::Endpoint','Properties':{'PostgreSqlSettings':{"
        "'SecretsManagerSecretId':'mine','SecretsManagerAccessRoleArn':'arn:aws:iam::1:role/r'}}}}";
    struct account *account = single("x", endpoint);
    expect_one(account, "preflight.secret", "x.E", "does not exist: 'mine'");
    account = single("x", endpoint);
    account->rules[0] = (struct rule){.call = "DescribeSecret", .output = "{'DeletedDate':1.5}"};
    expect_one(account, "preflight.secret", "x.E", "scheduled for deletion");
    account = single("x", "{'E':{'Type':'AWS::DMS::Endpoint','Properties':{'Password':'p',"
                          "'S3Settings':{},'PostgreSqlSettings':{'SecretsManagerSecretId':"
                          "'mine'}}}}");
    account->rules[0] = (struct rule){.call = "DescribeSecret", .output = "{}"};
    run(account);
    assert_int_equal(told(account, "preflight.secret", "x.E", "SecretsManagerAccessRoleArn"), 1);
    assert_int_equal(told(account, "preflight.secret", "x.E", "either a secret or Password"), 1);
    done(account);
    account = single("x", "{'S':{'Type':'AWS::SecretsManager::Secret','Properties':{'Name':"
                          "'mine'}}}");
    account->rules[0] = (struct rule){.call = "DescribeSecret", .output = "{'DeletedDate':1.5}"};
    expect_one(account, "preflight.secret-deleted", "x.S", "holds the name");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_cannot_be_read_is_no_error),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_region_and_zones),
        cmocka_unit_test(test_services_that_want_zones),
        cmocka_unit_test(test_airflow_wants_two_subnets),
        cmocka_unit_test(test_dms_without_its_roles),
        cmocka_unit_test(test_strange_answers),
        cmocka_unit_test(test_versions_and_classes),
        cmocka_unit_test(test_a_key_of_ones_own),
        cmocka_unit_test(test_airflow),
        cmocka_unit_test(test_secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

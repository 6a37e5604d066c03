/* The stack common: network, key, buckets, alarms, budget, the account's DMS roles. */
#include "platform_fixture.h"

static size_t count_type(const struct fixture *f, const char *type) {
    const char *id;
    json_t *resource;
    size_t count = 0;
    json_object_foreach(json_object_get(stack_body(f, "common"), "Resources"), id, resource) {
        count += strcmp(json_string_value(json_object_get(resource, "Type")), type) == 0;
    }
    return count;
}

static const char *cidr_of(const struct fixture *f, const char *subnet) {
    return json_string_value(value_at(properties_of(f, "common", subnet), "CidrBlock"));
}

static void subnets_are_eighths_of_the_vpc(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {network: {cidr: 10.20.0.0/16, zones: 3}}\n");
    assert_string_equal(cidr_of(&f, "PrivateSubnet1"), "10.20.0.0/19");
    assert_string_equal(cidr_of(&f, "PrivateSubnet2"), "10.20.32.0/19");
    assert_string_equal(cidr_of(&f, "PrivateSubnet3"), "10.20.64.0/19");
    assert_string_equal(cidr_of(&f, "PublicSubnet1"), "10.20.128.0/19");
    assert_string_equal(cidr_of(&f, "PublicSubnet3"), "10.20.192.0/19");
    assert_true(json_is_false(
        value_at(properties_of(&f, "common", "PublicSubnet1"), "MapPublicIpOnLaunch")));
    fixture_done(&f);
    f = fixture_good("common: {network: {cidr: 192.168.7.128/25}}\n");
    assert_string_equal(cidr_of(&f, "PublicSubnet2"), "192.168.7.208/28");
    fixture_done(&f);
}

static void subnets_can_be_given(void **state) {
    (void)state;
    struct fixture f = fixture_good(
        "common: {network: {private_subnets: [10.0.1.0/24, 10.0.2.0/24, 10.0.3.0/24]}}\n");
    assert_string_equal(cidr_of(&f, "PrivateSubnet2"), "10.0.2.0/24");
    assert_string_equal(cidr_of(&f, "PublicSubnet1"), "10.0.128.0/19");
    fixture_done(&f);
}

static void bad_blocks_are_refused(void **state) {
    (void)state;
    fixture_refused(
        "common: {network: {private_subnets: [10.0.1.0/24, 10.0.1.128/25, 10.0.2.0/24]}}\n",
        "platform.yaml:4:37: error: common.network.private_subnets: must not overlap "
        "10.0.1.0/24: '10.0.1.128/25'");
    fixture_refused(
        "common: {network: {private_subnets: [10.0.1.0/24, 10.0.128.0/24, 10.0.2.0/24]}}\n",
        "must not overlap 10.0.128.0/19: '10.0.128.0/24'");
    fixture_refused(
        "common: {network: {public_subnets: [10.0.200.0/24, 10.1.0.0/24, 10.0.201.0/24]}}\n",
        "common.network.public_subnets: must lie in the VPC's 10.0.0.0/16, not '10.1.0.0/24'");
    fixture_refused(
        "common: {network: {zones: 3, public_subnets: [10.0.200.0/24, 10.0.201.0/24]}}\n",
        "must have one block for each of the 3 zones, not 2");
    fixture_refused(
        "common: {network: {cidr: 10.0.0.0/26}}\n",
        "must be at most /25, so that its eighths are subnets of at least /28, not '10.0.0.0/26'");
    fixture_refused("common: {network: {cidr: 10.0.0.1/16}}\n", "common.network.cidr");
}

/* Fault of many platforms: gateways that nobody uses, and traffic to S3 that is billed by the byte.
 */
static void one_nat_gateway_unless_told_otherwise(void **state) {
    (void)state;
    static const struct {
        const char *lines;
        size_t gateways, routes;
    } cases[] = {
        {"", 1, 4},
        {"common: {network: {nat: per_zone, zones: 3}}\n", 3, 4},
        {"common: {network: {nat: none, interface_endpoints: [logs, secretsmanager]}}\n", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        assert_int_equal(count_type(&f, "AWS::EC2::NatGateway"), cases[i].gateways);
        assert_int_equal(count_type(&f, "AWS::EC2::EIP"), cases[i].gateways);
        assert_int_equal(count_type(&f, "AWS::EC2::Route"), cases[i].routes);
        assert_string_equal(json_string_value(value_at(properties_of(&f, "common", "S3Endpoint"),
                                                       "VpcEndpointType")),
                            "Gateway");
        fixture_done(&f);
    }
    struct fixture f = fixture_good("common: {network: {nat: none}}\n");
    assert_int_equal(fixture_told(&f, "warning: common.network.nat: leaves the private subnets"),
                     1);
    fixture_done(&f);
}

static void interface_endpoints_are_private(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {network: {interface_endpoints: [logs, kms]}}\n");
    assert_int_equal(count_type(&f, "AWS::EC2::VPCEndpoint"), 3);
    json_t *group = properties_of(&f, "common", "EndpointAccess");
    assert_int_equal(json_array_size(value_at(group, "SecurityGroupIngress")), 1);
    assert_true(contains(value_at(group, "SecurityGroupIngress/0/CidrIp"), "CidrBlock"));
    assert_true(contains(properties_of(&f, "common", "Endpoint2"), ".kms\""));
    fixture_done(&f);
}

static void flow_logs_are_on_and_encrypted(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_non_null(properties_of(&f, "common", "FlowLog"));
    assert_true(contains(properties_of(&f, "common", "FlowLogGroup"), "\"KmsKeyId\""));
    fixture_done(&f);
    f = fixture_good("common: {network: {flow_logs: false}}\n");
    assert_null(properties_of(&f, "common", "FlowLog"));
    fixture_done(&f);
}

/* Clients of the warehouse come out on its port and within the VPC, and there are none without it.
 */
static void clients_reach_the_warehouse_alone(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {port: 8200}\n");
    json_t *group = properties_of(&f, "common", "WarehouseClients");
    json_t *out = json_object_get(group, "SecurityGroupEgress");
    assert_null(json_object_get(group, "SecurityGroupIngress"));
    assert_int_equal(json_array_size(out), 1);
    is_text(out, "0/IpProtocol", "tcp");
    is_number(out, "0/FromPort", 8200);
    is_number(out, "0/ToPort", 8200);
    assert_true(contains(value_at(out, "0/CidrIp"), "{\"Fn::GetAtt\":[\"Vpc\",\"CidrBlock\"]}"));
    is_text(stack_body(&f, "common"), "Outputs/WarehouseClientSecurityGroupId/Export/Name",
            "shop-dev-common-WarehouseClientSecurityGroupId");
    fixture_done(&f);
    f = fixture_good("redshift: {enabled: false}\n");
    assert_null(properties_of(&f, "common", "WarehouseClients"));
    assert_null(value_at(stack_body(&f, "common"), "Outputs/WarehouseClientSecurityGroupId"));
    fixture_done(&f);
}

static void buckets_are_closed(void **state) {
    (void)state;
    static const char *const buckets[] = {"AccessLogs", "Scripts"};
    struct fixture f = fixture_good("");
    for (size_t i = 0; i < 2; i++) {
        json_t *bucket = properties_of(&f, "common", buckets[i]);
        static const char *const blocks[] = {"BlockPublicAcls", "BlockPublicPolicy",
                                             "IgnorePublicAcls", "RestrictPublicBuckets"};
        for (size_t b = 0; b < 4; b++)
            assert_true(json_is_true(
                json_object_get(value_at(bucket, "PublicAccessBlockConfiguration"), blocks[b])));
        char policy[64];
        snprintf(policy, sizeof policy, "%sPolicy", buckets[i]);
        json_t *first = value_at(properties_of(&f, "common", policy), "PolicyDocument/Statement/0");
        assert_true(contains(first, "\"Effect\":\"Deny\""));
        assert_true(contains(first, "{\"Bool\":{\"aws:SecureTransport\":\"false\"}}"));
        assert_true(contains(bucket, "AbortIncompleteMultipartUpload"));
        assert_true(contains(bucket, "NoncurrentVersionExpiration"));
    }
    assert_true(contains(properties_of(&f, "common", "Scripts"), "aws:kms"));
    assert_true(contains(properties_of(&f, "common", "Scripts"), "DestinationBucketName"));
    assert_true(contains(properties_of(&f, "common", "AccessLogs"), "AES256"));
    fixture_done(&f);
}

static void the_key_rotates_and_stays(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *key = properties_of(&f, "common", "Key");
    assert_true(json_is_true(json_object_get(key, "EnableKeyRotation")));
    assert_true(contains(key, "logs.${AWS::Region}.${AWS::URLSuffix}"));
    assert_true(contains(key, "kms:EncryptionContext:aws:logs:arn"));
    json_t *resource = value_at(stack_body(&f, "common"), "Resources/Key/DeletionPolicy");
    assert_string_equal(json_string_value(resource), "Retain");
    fixture_done(&f);
}

/* DMS wants the literal names, once per account; a generated name is not found. */
static void dms_roles_have_their_names_and_a_condition(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *body = stack_body(&f, "common");
    assert_string_equal(
        json_string_value(value_at(body, "Resources/DmsVpcRole/Properties/RoleName")),
        "dms-vpc-role");
    assert_string_equal(
        json_string_value(value_at(body, "Resources/DmsLogsRole/Properties/RoleName")),
        "dms-cloudwatch-logs-role");
    assert_string_equal(json_string_value(value_at(body, "Resources/DmsVpcRole/Condition")),
                        "CreateDmsRoles");
    assert_string_equal(json_string_value(value_at(body, "Resources/DmsVpcRole/DeletionPolicy")),
                        "Retain");
    assert_string_equal(json_string_value(value_at(body, "Parameters/DmsRoles/Default")), "create");
    fixture_done(&f);
    f = fixture_good("common: {create_dms_roles: false}\n");
    assert_string_equal(
        json_string_value(value_at(stack_body(&f, "common"), "Parameters/DmsRoles/Default")),
        "exist");
    fixture_done(&f);
}

static void the_budget_alerts(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {budget_usd: 250, alarm_email: data@example.com}\n");
    json_t *budget = properties_of(&f, "common", "Budget");
    assert_int_equal(json_integer_value(value_at(budget, "Budget/BudgetLimit/Amount")), 250);
    assert_int_equal(json_array_size(value_at(budget, "NotificationsWithSubscribers")), 2);
    assert_string_equal(
        json_string_value(value_at(properties_of(&f, "common", "AlarmEmail"), "Endpoint")),
        "data@example.com");
    fixture_done(&f);
    f = fixture_good("common: {budget_usd: 0}\n");
    assert_null(properties_of(&f, "common", "Budget"));
    assert_null(properties_of(&f, "common", "AlarmEmail"));
    fixture_done(&f);
    f = fixture_of("project: shop\nregion: eu-north-1\n");
    assert_null(properties_of(&f, "common", "Budget"));
    assert_int_equal(fixture_told(&f, "budget_usd"), 0);
    fixture_done(&f);
    f = fixture_of("project: shop\nregion: eu-north-1\ncommon: {budget_usd: 100}\n");
    assert_null(properties_of(&f, "common", "Budget"));
    assert_int_equal(fixture_told(&f, "common.budget_usd: needs AWS::Budgets::Budget, which"), 1);
    fixture_done(&f);
}

/* Data that was kept is read again only with the key that encrypted it. */
static void a_key_of_ones_own_takes_the_place_of_a_new_one(void **state) {
    (void)state;
    static const char arn[] =
        "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000001";
    char lines[256];
    snprintf(lines, sizeof lines, "common: {key_arn: \"%s\"}\n", arn);
    struct fixture f = fixture_good(lines);
    assert_null(properties_of(&f, "common", "Key"));
    assert_null(properties_of(&f, "common", "KeyAlias"));
    assert_string_equal(
        json_string_value(value_at(stack_body(&f, "common"), "Outputs/KeyArn/Value")), arn);
    assert_true(contains(properties_of(&f, "common", "Scripts"), arn));
    assert_true(contains(properties_of(&f, "common", "Alarms"), arn));
    assert_false(contains(stack_body(&f, "common"), "[\"Key\",\"Arn\"]"));
    fixture_done(&f);
    fixture_refused("common: {key_arn: \"arn:aws:kms:us-east-1:111122223333:key/1\"}\n",
                    "common.key_arn: must be a key in eu-west-1, not "
                    "'arn:aws:kms:us-east-1:111122223333:key/1'");
    fixture_refused("common: {key_arn: \"arn:aws:kms:eu-west-1:111122223333:alias/x\"}\n",
                    "common.key_arn: must be the ARN of a KMS key such as ");
}

static void log_retention_is_one_that_aws_knows(void **state) {
    (void)state;
    fixture_refused(
        "common: {log_retention_days: 45}\n",
        "common.log_retention_days: must be a number of days that CloudWatch Logs knows, "
        "such as 60, not 45");
    struct fixture f = fixture_good("common: {log_retention_days: 3653}\n");
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subnets_are_eighths_of_the_vpc),
        cmocka_unit_test(subnets_can_be_given),
        cmocka_unit_test(bad_blocks_are_refused),
        cmocka_unit_test(one_nat_gateway_unless_told_otherwise),
        cmocka_unit_test(interface_endpoints_are_private),
        cmocka_unit_test(flow_logs_are_on_and_encrypted),
        cmocka_unit_test(clients_reach_the_warehouse_alone),
        cmocka_unit_test(buckets_are_closed),
        cmocka_unit_test(the_key_rotates_and_stays),
        cmocka_unit_test(dms_roles_have_their_names_and_a_condition),
        cmocka_unit_test(the_budget_alerts),
        cmocka_unit_test(log_retention_is_one_that_aws_knows),
        cmocka_unit_test(a_key_of_ones_own_takes_the_place_of_a_new_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

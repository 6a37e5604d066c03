/* The stack redshift: serverless by default or provisioned, shut in both shapes, and reading no
 * more than it says. */
#include "platform_fixture.h"

#define PROVISIONED "redshift: {mode: provisioned}\n"

static json_t *property(const struct fixture *f, const char *id, const char *path) {
    return value_at(properties_of(f, "redshift", id), path);
}

static const char *text(const struct fixture *f, const char *id, const char *path) {
    const char *value = json_string_value(property(f, id, path));
    return value ? value : "(none)";
}

static json_t *attribute(const struct fixture *f, const char *id, const char *name) {
    json_t *resources = json_object_get(stack_body(f, "redshift"), "Resources");
    return json_object_get(json_object_get(resources, id), name);
}

static json_t *output(const struct fixture *f, const char *name) {
    json_t *outputs = json_object_get(stack_body(f, "redshift"), "Outputs");
    return json_object_get(json_object_get(outputs, name), "Value");
}

/* Fault of the original: a warehouse open to the internet. */
static void no_warehouse_is_public(void **state) {
    (void)state;
    static const char *const modes[] = {"", PROVISIONED};
    static const char *const ids[] = {"Workgroup", "Cluster"};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = fixture_good(modes[i]);
        assert_true(json_is_false(property(&f, ids[i], "PubliclyAccessible")));
        assert_true(json_is_true(property(&f, ids[i], "EnhancedVpcRouting")));
        assert_string_equal(text(&f, "FromClients", "SourceSecurityGroupId/Fn::ImportValue"),
                            "shop-dev-common-WarehouseClientSecurityGroupId");
        assert_int_equal(json_integer_value(property(&f, "FromClients", "FromPort")), 5439);
        assert_null(property(&f, "WarehouseAccess", "SecurityGroupIngress"));
        assert_false(
            contains(json_object_get(stack_body(&f, "redshift"), "Resources"), "PublicSubnetIds"));
        assert_int_equal(
            json_integer_value(property(&f, "WarehouseAccess", "SecurityGroupEgress/0/FromPort")),
            443);
        fixture_done(&f);
    }
}

static void groups_of_the_user_may_come_in(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("redshift: {port: 8200, client_security_groups: [sg-0123456789abcdef0]}\n");
    assert_string_equal(text(&f, "FromGroup1", "SourceSecurityGroupId"), "sg-0123456789abcdef0");
    assert_int_equal(json_integer_value(property(&f, "FromGroup1", "ToPort")), 8200);
    assert_int_equal(json_integer_value(property(&f, "Workgroup", "Port")), 8200);
    assert_int_equal(json_integer_value(property(&f, "FromClients", "ToPort")), 8200);
    fixture_done(&f);
}

static void the_password_is_kept_by_redshift(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_true(json_is_true(property(&f, "Namespace", "ManageAdminPassword")));
    assert_null(property(&f, "Namespace", "AdminUserPassword"));
    assert_true(contains(property(&f, "Namespace", "AdminPasswordSecretKmsKeyId"), "KeyArn"));
    assert_string_equal(json_string_value(output(&f, "AdminSecretId")),
                        "redshift!shop-dev-warehouse-admin");
    fixture_done(&f);
    f = fixture_good(PROVISIONED);
    assert_true(json_is_true(property(&f, "Cluster", "ManageMasterPassword")));
    assert_null(property(&f, "Cluster", "MasterUserPassword"));
    assert_true(contains(property(&f, "Cluster", "MasterPasswordSecretKmsKeyId"), "KeyArn"));
    assert_true(contains(output(&f, "AdminSecretId"), "MasterPasswordSecretArn"));
    fixture_done(&f);
}

static void everything_is_encrypted_and_by_tls(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {max_query_seconds: 600}\n");
    assert_true(contains(property(&f, "Namespace", "KmsKeyId"), "KeyArn"));
    json_t *config = property(&f, "Workgroup", "ConfigParameters");
    assert_true(contains(config, "{\"ParameterKey\":\"require_ssl\",\"ParameterValue\":\"true\"}"));
    assert_true(contains(
        config, "{\"ParameterKey\":\"enable_user_activity_logging\",\"ParameterValue\":\"true\"}"));
    assert_true(contains(
        config, "{\"ParameterKey\":\"max_query_execution_time\",\"ParameterValue\":\"600\"}"));
    fixture_done(&f);
    f = fixture_good("redshift: {mode: provisioned, max_query_seconds: 600}\n");
    assert_true(json_is_true(property(&f, "Cluster", "Encrypted")));
    assert_true(contains(property(&f, "Cluster", "KmsKeyId"), "KeyArn"));
    json_t *parameters = property(&f, "Parameters", "Parameters");
    assert_true(
        contains(parameters, "{\"ParameterName\":\"require_ssl\",\"ParameterValue\":\"true\"}"));
    assert_true(contains(
        parameters,
        "{\"ParameterName\":\"enable_user_activity_logging\",\"ParameterValue\":\"true\"}"));
    assert_true(contains(
        parameters, "{\"ParameterName\":\"statement_timeout\",\"ParameterValue\":\"600000\"}"));
    fixture_done(&f);
}

static void who_does_what_is_logged(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {log_retention_days: 90}\n");
    assert_int_equal(json_array_size(property(&f, "Namespace", "LogExports")), 3);
    assert_string_equal(text(&f, "UserActivityLog", "LogGroupName"),
                        "/aws/redshift/shop-dev-warehouse/useractivitylog");
    assert_int_equal(json_integer_value(property(&f, "ConnectionLog", "RetentionInDays")), 90);
    assert_true(contains(property(&f, "UserLog", "KmsKeyId"), "KeyArn"));
    assert_int_equal(json_array_size(attribute(&f, "Namespace", "DependsOn")), 3);
    fixture_done(&f);
    f = fixture_good(PROVISIONED);
    assert_string_equal(text(&f, "Cluster", "LoggingProperties/LogDestinationType"), "cloudwatch");
    assert_int_equal(json_array_size(property(&f, "Cluster", "LoggingProperties/LogExports")), 3);
    assert_string_equal(text(&f, "ConnectionLog", "LogGroupName"),
                        "/aws/redshift/cluster/shop-dev-warehouse/connectionlog");
    assert_int_equal(json_array_size(attribute(&f, "Cluster", "DependsOn")), 3);
    fixture_done(&f);
}

/* Fault of the original: glue:* and athena:* on everything, and writing to silver. */
static void spectrum_reads_its_layers_and_no_more(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *rights = property(&f, "SpectrumRole", "Policies");
    assert_true(contains(rights, "SilverBucketArn"));
    assert_true(contains(rights, "table/${Database}/*"));
    assert_true(contains(rights, "SilverDatabaseName"));
    assert_false(contains(rights, "Bronze"));
    assert_false(contains(rights, "Gold"));
    assert_false(contains(rights, "glue:*"));
    assert_false(contains(rights, "athena:"));
    assert_false(contains(rights, "s3:Put"));
    assert_false(contains(rights, "\"Resource\":\"*\""));
    assert_true(contains(property(&f, "Namespace", "DefaultIamRoleArn"), "SpectrumRole"));
    assert_true(contains(property(&f, "SpectrumRole", "AssumeRolePolicyDocument"),
                         "redshift-serverless.amazonaws.com"));
    fixture_done(&f);
    f = fixture_good("redshift: {layers: [gold, bronze]}\n");
    assert_true(contains(property(&f, "SpectrumRole", "Policies"), "GoldBucketArn"));
    assert_true(contains(property(&f, "SpectrumRole", "Policies"), "BronzeDatabaseName"));
    assert_false(contains(property(&f, "SpectrumRole", "Policies"), "Silver"));
    fixture_done(&f);
}

static void a_warehouse_needs_no_lake(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("redshift: {layers: []}\ndata_lake: {enabled: false}\nglue: {enabled: false}\n"
                     "athena: {enabled: false}\nemr: {enabled: false}\ndms: {enabled: false}\n");
    assert_non_null(properties_of(&f, "redshift", "SpectrumRole"));
    assert_null(property(&f, "SpectrumRole", "Policies"));
    assert_int_equal(cfn_assembly_find(f.assembly, "redshift")->needs.count, 1);
    fixture_done(&f);
}

static void capacity_is_as_told(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("redshift: {serverless: {base_capacity: 16, max_capacity: 64}}\n");
    assert_int_equal(json_integer_value(property(&f, "Workgroup", "BaseCapacity")), 16);
    assert_int_equal(json_integer_value(property(&f, "Workgroup", "MaxCapacity")), 64);
    fixture_done(&f);
    f = fixture_good("redshift: {mode: provisioned, provisioned: {node_type: rg.large, nodes: 1, "
                     "snapshot_days: 14}}\n");
    assert_string_equal(text(&f, "Cluster", "NodeType"), "rg.large");
    assert_string_equal(text(&f, "Cluster", "ClusterType"), "single-node");
    assert_null(property(&f, "Cluster", "NumberOfNodes"));
    assert_int_equal(
        json_integer_value(property(&f, "Cluster", "AutomatedSnapshotRetentionPeriod")), 14);
    fixture_done(&f);
    f = fixture_good(PROVISIONED);
    assert_string_equal(text(&f, "Cluster", "ClusterType"), "multi-node");
    assert_int_equal(json_integer_value(property(&f, "Cluster", "NumberOfNodes")), 2);
    fixture_done(&f);
}

/* Fault of the original: a warehouse whose data went with its stack. */
static void data_is_kept_until_two_keys_agree(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {allow_data_deletion: true}\n");
    assert_string_equal(json_string_value(attribute(&f, "Namespace", "DeletionPolicy")), "Retain");
    assert_string_equal(json_string_value(attribute(&f, "Namespace", "UpdateReplacePolicy")),
                        "Retain");
    assert_string_equal(text(&f, "Namespace", "FinalSnapshotName"), "shop-dev-warehouse-final");
    assert_int_equal(json_integer_value(property(&f, "Namespace", "FinalSnapshotRetentionPeriod")),
                     30);
    fixture_done(&f);
    f = fixture_good(
        "allow_data_deletion: true\n"
        "redshift: {allow_data_deletion: true, serverless: {final_snapshot: false}}\n");
    assert_string_equal(json_string_value(attribute(&f, "Namespace", "DeletionPolicy")), "Delete");
    assert_null(property(&f, "Namespace", "FinalSnapshotName"));
    assert_null(property(&f, "Namespace", "FinalSnapshotRetentionPeriod"));
    fixture_done(&f);
    f = fixture_good(PROVISIONED);
    assert_string_equal(json_string_value(attribute(&f, "Cluster", "DeletionPolicy")), "Snapshot");
    fixture_done(&f);
    f = fixture_good(
        "allow_data_deletion: true\nredshift: {mode: provisioned, allow_data_deletion: true}\n");
    assert_string_equal(json_string_value(attribute(&f, "Cluster", "DeletionPolicy")), "Delete");
    fixture_done(&f);
}

static void exports_follow_the_mode(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {database: sales}\n");
    assert_non_null(output(&f, "WorkgroupName"));
    assert_non_null(output(&f, "WorkgroupArn"));
    assert_non_null(output(&f, "NamespaceName"));
    assert_null(output(&f, "ClusterIdentifier"));
    assert_string_equal(json_string_value(output(&f, "DatabaseName")), "sales");
    assert_string_equal(text(&f, "Namespace", "DbName"), "sales");
    fixture_done(&f);
    f = fixture_good(PROVISIONED);
    assert_non_null(output(&f, "ClusterIdentifier"));
    assert_true(contains(output(&f, "ClusterArn"), "arn:${AWS::Partition}:redshift:"));
    assert_null(output(&f, "WorkgroupName"));
    assert_non_null(output(&f, "Host"));
    fixture_done(&f);
}

/* Airflow, which is made without waiting for the warehouse, reads the host when a DAG runs. */
static void airflow_learns_the_host(void **state) {
    (void)state;
    static const struct {
        const char *lines, *attribute;
    } cases[] = {
        {"", "[\"Workgroup\",\"Workgroup.Endpoint.Address\"]"},
        {"redshift: {mode: provisioned}\n", "[\"Cluster\",\"Endpoint.Address\"]"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        json_t *variable = properties_of(&f, "redshift", "AirflowVariable");
        assert_string_equal(json_string_value(value_at(variable, "Name")),
                            "/shop-dev/airflow/variables/redshift_host");
        assert_true(contains(variable, cases[i].attribute));
        fixture_done(&f);
    }
    struct fixture f = fixture_good("mwaa: {enabled: false}\n");
    assert_null(properties_of(&f, "redshift", "AirflowVariable"));
    fixture_done(&f);
}

static void three_zones_are_needed_without_servers(void **state) {
    (void)state;
    fixture_refused("common: {network: {zones: 2}}\n",
                    "common.network.zones: must be 3, because Redshift Serverless wants subnets in "
                    "three zones (or "
                    "set redshift.mode to provisioned), not '2'");
    struct fixture f = fixture_good("common: {network: {zones: 2}}\n" PROVISIONED);
    fixture_done(&f);
    f = fixture_of("project: shop\nenvironment: dev\nregion: us-west-1\n");
    assert_null(f.assembly);
    assert_int_equal(fixture_told(&f, "redshift.mode: must be 'provisioned' in us-west-1"), 1);
    fixture_done(&f);
}

static void impossible_warehouses_are_refused(void **state) {
    (void)state;
    fixture_refused("redshift: {layers: [silver, platinum]}\n",
                    "redshift.layers: must be layers of data_lake.layers, not 'platinum'");
    fixture_refused("redshift: {port: 6000}\n",
                    "platform.yaml:4:18: error: redshift.port: must be from 5431 to 5455 or from "
                    "8191 to 8215, not '6000'");
    fixture_refused("redshift: {port: 80}\n", "redshift.port");
    fixture_refused("redshift: {serverless: {base_capacity: 12}}\n",
                    "redshift.serverless.base_capacity: must be 4 or a multiple of 8, not '12'");
    fixture_refused("redshift: {serverless: {max_capacity: 30}}\n",
                    "redshift.serverless.max_capacity: must be 4 or a multiple of 8, not '30'");
    fixture_refused(
        "redshift: {serverless: {base_capacity: 64}}\n",
        "redshift.serverless.max_capacity: must be at least the base capacity of 64, not '32'");
    fixture_refused(
        "redshift: {mode: provisioned, provisioned: {node_type: ra3.4xlarge, nodes: 1}}\n",
        "redshift.provisioned.nodes: must be at least 2 for ra3.4xlarge, not '1'");
    fixture_refused("redshift: {mode: provisioned, provisioned: {node_type: m5.large}}\n",
                    "redshift.provisioned.node_type: must be a node type such as ra3.large or "
                    "rg.large, not 'm5.large'");
    fixture_refused("redshift: {mode: cluster}\n", "redshift.mode: must be");
}

/* Fault of the original: dc2 nodes, which are no more. */
static void retired_nodes_are_refused(void **state) {
    (void)state;
    fixture_refused(
        "redshift: {mode: provisioned, provisioned: {node_type: dc2.large}}\n",
        "redshift.provisioned.node_type: must be a version that can still be created, such as "
        "'ra3.large', not 'dc2.large'");
    fixture_refused("redshift: {mode: provisioned, provisioned: {node_type: ds2.xlarge}}\n",
                    "must be a version that can still be created");
}

static void capacity_of_the_other_mode_is_not_judged(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("redshift: {mode: provisioned, serverless: {base_capacity: 12}}\n");
    fixture_done(&f);
    f = fixture_good("redshift: {provisioned: {node_type: dc2.large}}\n");
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_warehouse_is_public),
        cmocka_unit_test(groups_of_the_user_may_come_in),
        cmocka_unit_test(the_password_is_kept_by_redshift),
        cmocka_unit_test(everything_is_encrypted_and_by_tls),
        cmocka_unit_test(who_does_what_is_logged),
        cmocka_unit_test(spectrum_reads_its_layers_and_no_more),
        cmocka_unit_test(a_warehouse_needs_no_lake),
        cmocka_unit_test(capacity_is_as_told),
        cmocka_unit_test(data_is_kept_until_two_keys_agree),
        cmocka_unit_test(exports_follow_the_mode),
        cmocka_unit_test(airflow_learns_the_host),
        cmocka_unit_test(three_zones_are_needed_without_servers),
        cmocka_unit_test(impossible_warehouses_are_refused),
        cmocka_unit_test(retired_nodes_are_refused),
        cmocka_unit_test(capacity_of_the_other_mode_is_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stack rds: its own database. */
#include "platform_fixture.h"

static json_t *database(const struct fixture *f) {
    json_t *properties = properties_of(f, "rds", "Database");
    assert_non_null(properties);
    return properties;
}

static void the_database_is_private(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *d = database(&f);
    assert_false(is_on(d, "PubliclyAccessible"));
    is_text(d, "VPCSecurityGroups/0/Fn::GetAtt/0", "DatabaseAccess");
    assert_int_equal(json_array_size(value_at(d, "VPCSecurityGroups")), 1);
    assert_true(contains(properties_of(&f, "rds", "Subnets"), "shop-dev-common-PrivateSubnetIds"));
    assert_false(contains(stack_body(&f, "rds"), "0.0.0.0/0"));
    assert_false(contains(stack_body(&f, "rds"), "PublicSubnet"));
    assert_false(contains(stack_body(&f, "rds"), "CidrIpv6"));
    fixture_done(&f);
}

static void only_named_groups_come_in(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {port: 6543, allowed_security_groups: [sg-0a1b2c3d, "
                                    "sg-0123456789abcdef0]}\n");
    json_t *access = properties_of(&f, "rds", "DatabaseAccess");
    const json_t *ingress = value_at(access, "SecurityGroupIngress");
    assert_int_equal(json_array_size(ingress), 3);
    is_text(ingress, "0/SourceSecurityGroupId/Fn::GetAtt/0", "ClientAccess");
    is_text(ingress, "1/SourceSecurityGroupId", "sg-0a1b2c3d");
    is_text(ingress, "2/SourceSecurityGroupId", "sg-0123456789abcdef0");
    for (size_t i = 0; i < 3; i++) {
        const json_t *rule = json_array_get(ingress, i);
        is_number(rule, "FromPort", 6543);
        is_number(rule, "ToPort", 6543);
        is_text(rule, "IpProtocol", "tcp");
        assert_null(json_object_get(rule, "CidrIp"));
    }
    is_text(access, "SecurityGroupEgress/0/CidrIp", "255.255.255.255/32");
    json_t *client = properties_of(&f, "rds", "ClientEgress");
    is_text(client, "GroupId/Fn::GetAtt/0", "ClientAccess");
    is_text(client, "DestinationSecurityGroupId/Fn::GetAtt/0", "DatabaseAccess");
    is_number(client, "FromPort", 6543);
    is_text(database(&f), "Port", "6543");
    fixture_done(&f);
}

static void everything_is_encrypted_with_the_platforms_key(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *d = database(&f);
    assert_true(is_on(d, "StorageEncrypted"));
    is_text(d, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_text(d, "PerformanceInsightsKMSKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_text(properties_of(&f, "rds", "Secret"), "KmsKeyId/Fn::ImportValue",
            "shop-dev-common-KeyArn");
    fixture_done(&f);
}

static void no_password_stands_in_a_template(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {username: shopkeeper}\n");
    json_t *d = database(&f), *secret = properties_of(&f, "rds", "Secret");
    is_text(d, "MasterUsername", "shopkeeper");
    is_text(d, "MasterUserPassword/Fn::Sub",
            "{{resolve:secretsmanager:${Secret}:SecretString:password}}");
    assert_null(json_object_get(secret, "SecretString"));
    const json_t *generated = value_at(secret, "GenerateSecretString");
    is_text(generated, "SecretStringTemplate", "{\"username\":\"shopkeeper\"}");
    is_text(generated, "GenerateStringKey", "password");
    is_number(generated, "PasswordLength", 40);
    fixture_done(&f);
}

/* DMS refuses ; . : + in a password, RDS refuses / @ " and space: there is no punctuation at all.
 */
static void the_password_suits_every_client(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *generated = value_at(properties_of(&f, "rds", "Secret"), "GenerateSecretString");
    assert_true(is_on(generated, "ExcludePunctuation"));
    assert_null(value_at(generated, "IncludeSpace"));
    fixture_done(&f);
}

static void the_secret_says_where_the_database_is(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *attachment = properties_of(&f, "rds", "SecretAttachment");
    is_text(attachment, "SecretId/Ref", "Secret");
    is_text(attachment, "TargetId/Ref", "Database");
    is_text(attachment, "TargetType", "AWS::RDS::DBInstance");
    is_text(stack_body(&f, "rds"), "Outputs/SecretArn/Value/Ref", "SecretAttachment");
    fixture_done(&f);
}

static void exports_are_the_contract(void **state) {
    (void)state;
    static const char *const names[] = {"SecretArn", "ClientSecurityGroupId", "Host",
                                        "Port",      "DatabaseName",          "InstanceIdentifier"};
    struct fixture f = fixture_good("");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128], expected[128];
        snprintf(path, sizeof path, "Outputs/%s/Export/Name", names[i]);
        snprintf(expected, sizeof expected, "shop-dev-rds-%s", names[i]);
        is_text(stack_body(&f, "rds"), path, expected);
    }
    is_text(stack_body(&f, "rds"), "Outputs/DatabaseName/Value", "ecommerce");
    fixture_done(&f);
}

static void tls_is_forced_and_changes_can_be_captured(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *group = properties_of(&f, "rds", "Parameters");
    is_text(group, "Family", "postgres17");
    const json_t *p = value_at(group, "Parameters");
    is_text(p, "rds.force_ssl", "1");
    is_text(p, "rds.logical_replication", "1");
    is_text(p, "wal_sender_timeout", "30000");
    is_text(p, "max_replication_slots", "20");
    is_text(p, "max_wal_senders", "20");
    is_text(p, "max_slot_wal_keep_size", "10240");
    is_text(p, "log_min_duration_statement", "1000");
    is_text(p, "log_statement", "ddl");
    is_text(database(&f), "DBParameterGroupName/Ref", "Parameters");
    fixture_done(&f);
}

static void replication_can_be_off(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {logical_replication: false, engine_version: '16.14'}\n"
                                    "dms: {migration_type: full-load}\n");
    json_t *group = properties_of(&f, "rds", "Parameters");
    is_text(group, "Family", "postgres16");
    const json_t *p = value_at(group, "Parameters");
    is_text(p, "rds.logical_replication", "0");
    is_text(p, "rds.force_ssl", "1");
    assert_null(json_object_get(p, "max_slot_wal_keep_size"));
    assert_null(json_object_get(p, "wal_sender_timeout"));
    fixture_done(&f);
}

static void data_goes_only_with_two_keys(void **state) {
    (void)state;
    static const struct {
        const char *lines, *policy, *secret;
        bool may;
    } cases[] = {
        {"", "Snapshot", "Retain", false},
        {"allow_data_deletion: true\n", "Snapshot", "Retain", false},
        {"rds: {allow_data_deletion: true}\n", "Snapshot", "Retain", false},
        {"allow_data_deletion: true\nrds: {allow_data_deletion: true}\n", "Delete", "Delete", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        const json_t *body = stack_body(&f, "rds");
        is_text(body, "Resources/Database/DeletionPolicy", cases[i].policy);
        is_text(body, "Resources/Database/UpdateReplacePolicy", cases[i].policy);
        is_text(body, "Resources/Secret/DeletionPolicy", cases[i].secret);
        assert_int_equal(is_on(database(&f), "DeletionProtection"), !cases[i].may);
        assert_int_equal(is_on(database(&f), "DeleteAutomatedBackups"), cases[i].may);
        fixture_done(&f);
    }
}

static void logs_are_there_before_the_database(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {log_retention_days: 90}\n");
    json_t *log = properties_of(&f, "rds", "PostgresqlLogs");
    is_text(database(&f), "DBInstanceIdentifier", "shop-dev-rds");
    is_text(log, "LogGroupName", "/aws/rds/instance/shop-dev-rds/postgresql");
    is_text(log, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_number(log, "RetentionInDays", 90);
    is_text(properties_of(&f, "rds", "UpgradeLogs"), "LogGroupName",
            "/aws/rds/instance/shop-dev-rds/upgrade");
    is_text(database(&f), "EnableCloudwatchLogsExports/0", "postgresql");
    is_text(database(&f), "EnableCloudwatchLogsExports/1", "upgrade");
    const json_t *body = stack_body(&f, "rds");
    is_text(body, "Resources/Database/DependsOn/0", "PostgresqlLogs");
    is_text(body, "Resources/Database/DependsOn/1", "UpgradeLogs");
    fixture_done(&f);
}

static void monitoring_has_a_role_or_is_off(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {monitoring_seconds: 15, insights: advanced}\n");
    json_t *d = database(&f);
    is_number(d, "MonitoringInterval", 15);
    is_text(d, "MonitoringRoleArn/Fn::GetAtt/0", "MonitoringRole");
    json_t *role = properties_of(&f, "rds", "MonitoringRole");
    assert_true(contains(role, "monitoring.rds.amazonaws.com"));
    assert_true(contains(role, "aws:SourceAccount"));
    is_text(d, "DatabaseInsightsMode", "advanced");
    is_number(d, "PerformanceInsightsRetentionPeriod", 465);
    fixture_done(&f);

    f = fixture_good("rds: {monitoring_seconds: 0, insights: off}\n");
    d = database(&f);
    is_number(d, "MonitoringInterval", 0);
    assert_null(value_at(d, "MonitoringRoleArn"));
    assert_null(properties_of(&f, "rds", "MonitoringRole"));
    assert_false(is_on(d, "EnablePerformanceInsights"));
    assert_null(value_at(d, "DatabaseInsightsMode"));
    assert_null(value_at(d, "PerformanceInsightsKMSKeyId"));
    assert_null(value_at(d, "PerformanceInsightsRetentionPeriod"));
    fixture_done(&f);
}

static void defaults_are_safe(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *d = database(&f);
    is_text(d, "Engine", "postgres");
    is_text(d, "EngineVersion", "17.10");
    is_text(d, "StorageType", "gp3");
    is_text(d, "AllocatedStorage", "20");
    is_number(d, "MaxAllocatedStorage", 100);
    is_number(d, "BackupRetentionPeriod", 7);
    is_text(d, "EngineLifecycleSupport", "open-source-rds-extended-support-disabled");
    is_text(d, "CACertificateIdentifier", "rds-ca-rsa2048-g1");
    is_text(d, "DatabaseInsightsMode", "standard");
    is_number(d, "PerformanceInsightsRetentionPeriod", 7);
    assert_true(is_on(d, "CopyTagsToSnapshot"));
    assert_true(is_on(d, "AutoMinorVersionUpgrade"));
    assert_false(is_on(d, "AllowMajorVersionUpgrade"));
    assert_true(is_on(d, "EnableIAMDatabaseAuthentication"));
    assert_false(is_on(d, "MultiAZ"));
    fixture_done(&f);
}

static void settings_reach_the_instance(void **state) {
    (void)state;
    struct fixture f = fixture_good(
        "rds: {engine_version: '16.14', instance_class: db.r6g.large, database: orders, "
        "storage_gb: 200, max_storage_gb: 0, multi_az: true, iam_authentication: false, "
        "backup_days: 35, backup_window: '23:45-00:30', maintenance_window: 'mon:01:00-mon:02:00', "
        "minor_upgrades: false, major_upgrades: true, extended_support: true, slot_wal_gb: 3, "
        "ca_certificate: rds-ca-ecc384-g1}\n");
    json_t *d = database(&f);
    is_text(d, "EngineVersion", "16.14");
    is_text(d, "DBInstanceClass", "db.r6g.large");
    is_text(d, "DBName", "orders");
    is_text(d, "AllocatedStorage", "200");
    assert_null(value_at(d, "MaxAllocatedStorage"));
    assert_true(is_on(d, "MultiAZ"));
    assert_false(is_on(d, "EnableIAMDatabaseAuthentication"));
    is_number(d, "BackupRetentionPeriod", 35);
    is_text(d, "PreferredBackupWindow", "23:45-00:30");
    is_text(d, "PreferredMaintenanceWindow", "mon:01:00-mon:02:00");
    assert_false(is_on(d, "AutoMinorVersionUpgrade"));
    assert_true(is_on(d, "AllowMajorVersionUpgrade"));
    is_text(d, "EngineLifecycleSupport", "open-source-rds-extended-support");
    is_text(d, "CACertificateIdentifier", "rds-ca-ecc384-g1");
    is_text(properties_of(&f, "rds", "Parameters"), "Parameters/max_slot_wal_keep_size", "3072");
    fixture_done(&f);
}

static void no_arn_names_a_partition(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_false(contains(stack_body(&f, "rds"), "arn:aws"));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_database_is_private),
        cmocka_unit_test(only_named_groups_come_in),
        cmocka_unit_test(everything_is_encrypted_with_the_platforms_key),
        cmocka_unit_test(no_password_stands_in_a_template),
        cmocka_unit_test(the_password_suits_every_client),
        cmocka_unit_test(the_secret_says_where_the_database_is),
        cmocka_unit_test(exports_are_the_contract),
        cmocka_unit_test(tls_is_forced_and_changes_can_be_captured),
        cmocka_unit_test(replication_can_be_off),
        cmocka_unit_test(data_goes_only_with_two_keys),
        cmocka_unit_test(logs_are_there_before_the_database),
        cmocka_unit_test(monitoring_has_a_role_or_is_off),
        cmocka_unit_test(defaults_are_safe),
        cmocka_unit_test(settings_reach_the_instance),
        cmocka_unit_test(no_arn_names_a_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stack dms: from the database into the lake, by instance or serverless. */
#include "platform_fixture.h"

static void is_text(const json_t *value, const char *path, const char *expected) {
    const char *text = json_string_value(value_at(value, path));
    if (!text)
        print_message("no text at %s\n", path);
    assert_non_null(text);
    assert_string_equal(text, expected);
}

static void is_number(const json_t *value, const char *path, long long expected) {
    assert_true(json_is_integer(value_at(value, path)));
    assert_int_equal(json_integer_value(value_at(value, path)), expected);
}

static bool is_on(const json_t *value, const char *path) {
    assert_true(json_is_boolean(value_at(value, path)));
    return json_is_true(value_at(value, path));
}

static const json_t *source(const struct fixture *f) {
    return properties_of(f, "dms", "Source");
}

static const json_t *target(const struct fixture *f) {
    return value_at(properties_of(f, "dms", "Target"), "S3Settings");
}

static const json_t *statements(const struct fixture *f, const char *role) {
    return value_at(properties_of(f, "dms", role), "Policies/0/PolicyDocument/Statement");
}

/* JSON that stands as text in the task. A new reference. */
static json_t *task_json(const struct fixture *f, const char *property) {
    const char *text = json_string_value(value_at(properties_of(f, "dms", "Task"), property));
    assert_non_null(text);
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static size_t wildcards(const json_t *list) {
    size_t index, count = 0;
    json_t *statement;
    json_array_foreach(list, index, statement) {
        const json_t *action = json_object_get(statement, "Action");
        const json_t *resource = json_object_get(statement, "Resource");
        count += contains(action, "*") || (json_is_string(resource) && contains(resource, "\"*\""));
    }
    return count;
}

static void the_source_is_read_by_secret_and_tls(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *s = source(&f);
    is_text(s, "EngineName", "postgres");
    is_text(s, "SslMode", "require");
    is_text(s, "DatabaseName/Fn::ImportValue", "shop-dev-rds-DatabaseName");
    is_text(s, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    const json_t *p = value_at(s, "PostgreSqlSettings");
    is_text(p, "SecretsManagerSecretId/Fn::ImportValue", "shop-dev-rds-SecretArn");
    is_text(p, "SecretsManagerAccessRoleArn/Fn::GetAtt/0", "SecretRole");
    static const char *const forbidden[] = {"Username", "Password", "ServerName", "Port"};
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
        assert_null(json_object_get(s, forbidden[i])); /* beside a secret, DMS refuses them */
    fixture_done(&f);
}

static void the_source_neither_fills_the_disk_nor_cuts_values(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *p = value_at(source(&f), "PostgreSqlSettings");
    assert_true(is_on(p, "HeartbeatEnable"));
    is_number(p, "HeartbeatFrequency", 5);
    assert_true(is_on(p, "MapBooleanAsBoolean"));
    assert_true(is_on(p, "FailTasksOnLobTruncation"));
    assert_false(is_on(p, "CaptureDdls"));
    is_text(p, "PluginName", "test-decoding");
    fixture_done(&f);

    f = fixture_good("dms: {migration_type: full-load, plugin: pglogical}\n");
    p = value_at(source(&f), "PostgreSqlSettings");
    assert_false(is_on(p, "HeartbeatEnable"));
    assert_null(value_at(p, "HeartbeatFrequency"));
    is_text(p, "PluginName", "pglogical");
    fixture_done(&f);
}

static void the_secret_role_is_for_the_regions_dms_alone(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *role = properties_of(&f, "dms", "SecretRole");
    is_text(role, "AssumeRolePolicyDocument/Statement/0/Principal/Service/Fn::Sub",
            "dms.${AWS::Region}.${AWS::URLSuffix}");
    const json_t *s = statements(&f, "SecretRole");
    assert_int_equal(json_array_size(s), 2);
    is_text(s, "0/Action", "secretsmanager:GetSecretValue");
    is_text(s, "0/Resource/Fn::ImportValue", "shop-dev-rds-SecretArn");
    is_text(s, "1/Action/0", "kms:Decrypt");
    is_text(s, "1/Action/1", "kms:DescribeKey");
    is_text(s, "1/Resource/Fn::ImportValue", "shop-dev-common-KeyArn");
    fixture_done(&f);
}

static void the_target_role_has_what_dms_documents_and_no_more(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *role = properties_of(&f, "dms", "TargetRole");
    is_text(role, "AssumeRolePolicyDocument/Statement/0/Principal/Service", "dms.amazonaws.com");
    assert_true(contains(role, "aws:SourceAccount"));
    const json_t *s = statements(&f, "TargetRole");
    assert_int_equal(json_array_size(s), 3);
    assert_int_equal(json_array_size(value_at(s, "0/Action")), 3);
    is_text(s, "0/Action/0", "s3:PutObject");
    is_text(s, "0/Action/1", "s3:DeleteObject");
    is_text(s, "0/Action/2", "s3:PutObjectTagging");
    is_text(s, "0/Resource/Fn::Join/1/0/Fn::ImportValue", "shop-dev-data-lake-BronzeBucketArn");
    is_text(s, "0/Resource/Fn::Join/1/1", "/*");
    is_text(s, "1/Action", "s3:ListBucket");
    is_text(s, "1/Resource/Fn::ImportValue", "shop-dev-data-lake-BronzeBucketArn");
    assert_false(contains(s, "athena:"));
    assert_int_equal(wildcards(s), 0);
    fixture_done(&f);
}

static void validation_brings_its_rights(void **state) {
    (void)state;
    struct fixture f = fixture_good("dms: {validation: true}\n");
    const json_t *s = statements(&f, "TargetRole");
    assert_int_equal(json_array_size(s), 6);
    assert_true(contains(s, "workgroup/dms_validation_workgroup_for_task_*"));
    assert_true(contains(s, "database/aws_dms_s3_validation_*"));
    assert_int_equal(wildcards(s), 0);
    json_t *settings = task_json(&f, "ReplicationTaskSettings");
    assert_true(is_on(settings, "ValidationSettings/EnableValidation"));
    json_decref(settings);
    fixture_done(&f);
    fixture_refused("dms: {validation: true, date_partition: none}\n",
                    "dms.date_partition: must be hour, day or month where changes are validated, "
                    "not 'none'");
    f = fixture_good("dms: {validation: true, date_partition: none, migration_type: full-load}\n");
    fixture_done(&f);
}

static void files_are_parquet_of_one_shape(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *t = target(&f);
    is_text(t, "DataFormat", "parquet");
    is_text(t, "CompressionType", "gzip");
    assert_true(is_on(t, "IncludeOpForFullLoad"));
    assert_true(is_on(t, "ParquetTimestampInMillisecond"));
    is_text(t, "TimestampColumnName", "dms_timestamp");
    assert_true(is_on(t, "UseTaskStartTimeForFullLoadTimestamp"));
    assert_null(value_at(t, "PreserveTransactions")); /* would write CSV */
    assert_null(value_at(t, "CdcPath"));
    assert_null(value_at(t, "CdcInsertsOnly"));
    fixture_done(&f);
}

static void files_are_ours_encrypted_and_few(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *t = target(&f);
    is_text(t, "BucketName/Fn::ImportValue", "shop-dev-data-lake-BronzeBucketName");
    is_text(t, "BucketFolder", "rds");
    is_text(t, "ExpectedBucketOwner/Ref", "AWS::AccountId");
    is_text(t, "EncryptionMode", "sse-kms");
    is_text(t, "ServerSideEncryptionKmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_text(t, "ServiceAccessRoleArn/Fn::GetAtt/0", "TargetRole");
    is_number(t, "CdcMaxBatchInterval", 300);
    is_number(t, "CdcMinFileSize", 32000);
    assert_true(is_on(t, "DatePartitionEnabled"));
    is_text(t, "DatePartitionSequence", "YYYYMMDD");
    is_text(t, "DatePartitionDelimiter", "SLASH");
    fixture_done(&f);
}

static void the_target_follows_its_settings(void **state) {
    (void)state;
    static const struct {
        const char *choice, *sequence;
    } partitions[] = {{"hour", "YYYYMMDDHH"}, {"day", "YYYYMMDD"}, {"month", "YYYYMM"}};
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++) {
        char lines[128];
        snprintf(lines, sizeof lines, "dms: {date_partition: %s}\n", partitions[i].choice);
        struct fixture f = fixture_good(lines);
        is_text(target(&f), "DatePartitionSequence", partitions[i].sequence);
        fixture_done(&f);
    }
    struct fixture f =
        fixture_good("data_lake: {layers: [landing-zone, silver, gold]}\n"
                     "glue: {crawlers: []}\n"
                     "dms: {target_layer: landing-zone, folder: shop_db, timestamp_column: at, "
                     "date_partition: none, batch_seconds: 60, batch_mb: 64}\n");
    const json_t *t = target(&f);
    is_text(t, "BucketName/Fn::ImportValue", "shop-dev-data-lake-LandingZoneBucketName");
    is_text(t, "BucketFolder", "shop_db");
    is_text(t, "TimestampColumnName", "at");
    assert_false(is_on(t, "DatePartitionEnabled"));
    assert_null(value_at(t, "DatePartitionSequence"));
    is_number(t, "CdcMaxBatchInterval", 60);
    is_number(t, "CdcMinFileSize", 64000);
    fixture_done(&f);
}

static void is_rule(const json_t *rule, const char *id, const char *schema, const char *table,
                    const char *action) {
    is_text(rule, "rule-type", "selection");
    is_text(rule, "rule-id", id);
    is_text(rule, "object-locator/schema-name", schema);
    is_text(rule, "object-locator/table-name", table);
    is_text(rule, "rule-action", action);
}

static void tables_come_from_the_file_and_never_dms_own(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *mappings = task_json(&f, "TableMappings");
    const json_t *rules = json_object_get(mappings, "rules");
    assert_int_equal(json_array_size(rules), 2);
    is_rule(json_array_get(rules, 0), "1", "ecommerce", "%", "include");
    is_rule(json_array_get(rules, 1), "2", "%", "awsdms_%", "exclude");
    json_decref(mappings);
    fixture_done(&f);

    f = fixture_good("dms: {tables: [shop.orders, crm.%], exclude_tables: [crm.tmp_%]}\n");
    mappings = task_json(&f, "TableMappings");
    rules = json_object_get(mappings, "rules");
    assert_int_equal(json_array_size(rules), 4);
    is_rule(json_array_get(rules, 0), "1", "shop", "orders", "include");
    is_rule(json_array_get(rules, 1), "2", "crm", "%", "include");
    is_rule(json_array_get(rules, 2), "3", "crm", "tmp_%", "exclude");
    is_rule(json_array_get(rules, 3), "4", "%", "awsdms_%", "exclude");
    json_decref(mappings);
    fixture_done(&f);
}

static void wrong_tables_are_refused(void **state) {
    (void)state;
    fixture_refused("dms: {tables: [public.awsdms_ddl_audit]}\n",
                    "dms.tables: must not be tables that DMS makes for itself, which are never "
                    "replicated: 'public.awsdms_ddl_audit'");
    fixture_refused("dms: {tables: [orders]}\n", "must be a schema and a table, such as "
                                                 "ecommerce.orders or ecommerce.%");
    fixture_refused("dms: {tables: [a.b.c]}\n", "must be a schema and a table");
    fixture_refused("dms: {tables: ['a.b\"}']}\n", "must be a schema and a table");
    fixture_refused("dms: {tables: []}\n", "dms.tables");
    fixture_refused("dms: {target_layer: copper}\n",
                    "dms.target_layer: must be of data_lake.layers (bronze, silver, gold), not "
                    "'copper'");
    fixture_refused("dms: {folder: a/b}\n", "dms.folder");
}

static void nothing_is_lost_without_a_stop(void **state) {
    (void)state;
    static const char *const stops[] = {"DataErrorPolicy",        "DataTruncationErrorPolicy",
                                        "TableErrorPolicy",       "ApplyErrorInsertPolicy",
                                        "ApplyErrorUpdatePolicy", "ApplyErrorDeletePolicy"};
    struct fixture f = fixture_good("dms: {lob_max_kb: 2048}\n");
    json_t *s = task_json(&f, "ReplicationTaskSettings");
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        char path[64];
        snprintf(path, sizeof path, "ErrorBehavior/%s", stops[i]);
        is_text(s, path, "STOP_TASK");
    }
    assert_true(is_on(s, "ErrorBehavior/FailOnNoTablesCaptured"));
    assert_true(is_on(s, "ErrorBehavior/FailOnTransactionConsistencyBreached"));
    assert_true(is_on(s, "TargetMetadata/SupportLobs"));  /* else text columns are dropped */
    assert_false(is_on(s, "TargetMetadata/FullLobMode")); /* S3 has none */
    assert_true(is_on(s, "TargetMetadata/LimitedSizeLobMode"));
    is_number(s, "TargetMetadata/LobMaxSize", 2048);
    assert_false(is_on(s, "TargetMetadata/BatchApplyEnabled"));
    assert_false(is_on(s, "ChangeProcessingDdlHandlingPolicy/HandleSourceTableDropped"));
    assert_false(is_on(s, "ChangeProcessingDdlHandlingPolicy/HandleSourceTableTruncated"));
    assert_true(is_on(s, "Logging/EnableLogging"));
    assert_false(is_on(s, "ControlTablesSettings/StatusTableEnabled"));
    json_decref(s);
    fixture_done(&f);
}

static void the_instance_is_private_and_current(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *i = properties_of(&f, "dms", "Instance");
    assert_false(is_on(i, "PubliclyAccessible"));
    is_text(i, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_text(i, "EngineVersion", "3.6.1");
    is_text(i, "ReplicationInstanceClass", "dms.t3.medium");
    is_text(i, "VpcSecurityGroupIds/0/Fn::GetAtt/0", "ReplicationAccess");
    is_text(i, "VpcSecurityGroupIds/1/Fn::ImportValue", "shop-dev-rds-ClientSecurityGroupId");
    assert_false(is_on(i, "AllowMajorVersionUpgrade"));
    assert_false(is_on(i, "MultiAZ"));
    assert_true(contains(properties_of(&f, "dms", "Subnets"), "shop-dev-common-PrivateSubnetIds"));
    const json_t *group = properties_of(&f, "dms", "ReplicationAccess");
    assert_null(value_at(group, "SecurityGroupIngress"));
    assert_int_equal(json_array_size(value_at(group, "SecurityGroupEgress")), 1);
    is_number(group, "SecurityGroupEgress/0/ToPort", 443);
    fixture_done(&f);

    f = fixture_good("dms: {instance_class: dms.r6i.large, storage_gb: 200, multi_az: true, "
                     "maintenance_window: 'mon:01:00-mon:02:00'}\n");
    i = properties_of(&f, "dms", "Instance");
    is_text(i, "ReplicationInstanceClass", "dms.r6i.large");
    is_number(i, "AllocatedStorage", 200);
    assert_true(is_on(i, "MultiAZ"));
    is_text(i, "PreferredMaintenanceWindow", "mon:01:00-mon:02:00");
    fixture_done(&f);
}

static void the_task_is_known_by_one_name(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *task = properties_of(&f, "dms", "Task"), *body = stack_body(&f, "dms");
    is_text(task, "ReplicationTaskIdentifier", "shop-dev-db");
    is_text(task, "ResourceIdentifier", "shop-dev-db");
    is_text(task, "MigrationType", "full-load-and-cdc");
    is_text(task, "ReplicationInstanceArn/Ref", "Instance");
    is_text(body, "Outputs/ReplicationTaskArn/Value/Ref", "Task");
    is_text(body, "Outputs/TaskIdentifier/Value", "shop-dev-db");
    is_text(body, "Outputs/ReplicationInstanceIdentifier/Value", "shop-dev-dms");
    is_text(body, "Outputs/SourceEndpointArn/Value/Ref", "Source");
    is_text(body, "Outputs/TargetEndpointArn/Value/Ref", "Target");
    const json_t *log = properties_of(&f, "dms", "Logs");
    is_text(log, "LogGroupName", "dms-tasks-shop-dev-dms");
    is_text(log, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_number(log, "RetentionInDays", 30);
    is_text(body, "Resources/Instance/DependsOn", "Logs");
    fixture_done(&f);
}

static void serverless_replicates_the_same(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("dms: {mode: serverless, min_capacity_units: 2, "
                     "max_capacity_units: 16, multi_az: true, migration_type: cdc}\n");
    const json_t *r = properties_of(&f, "dms", "Replication"), *body = stack_body(&f, "dms");
    assert_null(properties_of(&f, "dms", "Instance"));
    assert_null(properties_of(&f, "dms", "Task"));
    is_text(r, "ReplicationType", "cdc");
    is_text(r, "TableMappings/rules/1/object-locator/table-name", "awsdms_%");
    is_text(r, "ReplicationSettings/ErrorBehavior/DataErrorPolicy", "STOP_TASK");
    is_number(r, "ComputeConfig/MinCapacityUnits", 2);
    is_number(r, "ComputeConfig/MaxCapacityUnits", 16);
    assert_true(is_on(r, "ComputeConfig/MultiAZ"));
    is_text(r, "ComputeConfig/KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    assert_int_equal(json_array_size(value_at(r, "ComputeConfig/VpcSecurityGroupIds")), 2);
    is_text(r, "ResourceIdentifier", "shop-dev-db");
    is_text(properties_of(&f, "dms", "Logs"), "LogGroupName",
            "dms-serverless-replication-shop-dev-db");
    is_text(body, "Outputs/ReplicationConfigArn/Value/Fn::GetAtt/1", "ReplicationConfigArn");
    assert_null(value_at(body, "Outputs/ReplicationTaskArn"));
    fixture_done(&f);
    fixture_refused("dms: {mode: serverless, min_capacity_units: 8}\n",
                    "dms.min_capacity_units: must be at most max_capacity_units, 4, not '8'");
    fixture_refused("dms: {mode: serverless, max_capacity_units: 3}\n", "dms.max_capacity_units");
}

static void what_a_region_does_not_have_is_told(void **state) {
    (void)state;
    struct fixture f = fixture_of("project: shop\nenvironment: dev\nregion: us-gov-west-1\n"
                                  "mwaa: {enabled: false}\ndms: {mode: serverless}\n");
    assert_int_equal(fixture_told(&f, "warning: dms.mode: needs AWS::DMS::ReplicationConfig, which "
                                      "us-gov-west-1 does not have as far as is known"),
                     1);
    fixture_done(&f);
    f = fixture_of("project: shop\nenvironment: dev\nregion: us-gov-west-1\n");
    assert_int_equal(fixture_told(&f, "dms.mode"), 0);
    fixture_done(&f);
    f = fixture_of("project: shop\nenvironment: dev\nregion: mx-central-1\n");
    assert_int_equal(fixture_told(&f, "dms.mode: needs AWS::DMS::ReplicationTask, which "), 1);
    fixture_done(&f);
}

/* DMS allows 31 characters in a resource's id: as many as the longest name that the buckets allow.
 */
static void the_longest_name_fits(void **state) {
    (void)state;
    struct fixture f =
        fixture_of("project: abcdefghijklmnopqrstuvwx\nenvironment: dev\nregion: eu-west-1\n"
                   "athena: {enabled: false}\nemr: {enabled: false}\nredshift: {enabled: false}\n"
                   "mwaa: {enabled: false}\nobservability: {enabled: false}\n");
    assert_non_null(f.assembly);
    is_text(properties_of(&f, "dms", "Task"), "ResourceIdentifier",
            "abcdefghijklmnopqrstuvwx-dev-db");
    fixture_done(&f);
}

static void an_existing_database_has_its_own_key_or_none(void **state) {
    (void)state;
#define SECRET "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf"
    struct fixture f = fixture_good(
        "rds: {existing: {host: db.example.com, database: shop, secret_arn: '" SECRET "'}}\n");
    assert_int_equal(json_array_size(statements(&f, "SecretRole")), 1);
    fixture_done(&f);
    f = fixture_good("rds: {existing: {host: db.example.com, database: shop, secret_arn: '" SECRET
                     "', secret_key_arn: 'arn:aws:kms:eu-west-1:111122223333:key/"
                     "11111111-2222-3333-4444-555555555555'}}\n");
    is_text(statements(&f, "SecretRole"), "1/Resource",
            "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555");
    fixture_done(&f);
}

static void impossible_sources_are_refused(void **state) {
    (void)state;
    fixture_refused("rds: {logical_replication: false}\n",
                    "dms.migration_type: must be full-load while rds.logical_replication is false, "
                    "not 'full-load-and-cdc'");
    fixture_refused("dms: {engine_version: 3.4.4}\n", "dms.engine_version: must be a version that "
                                                      "can still be created");
    fixture_refused("dms: {instance_class: t2.small}\n", "dms.instance_class: must be a class of "
                                                         "replication instances");
    fixture_refused("rds: {enabled: false}\n", "rds");
    struct fixture f = fixture_good("rds: {engine_version: '18.4'}\n");
    assert_int_equal(fixture_told(&f, "warning: rds.engine_version: is newer than what AWS DMS is "
                                      "documented to replicate from, which is 17: '18.4'"),
                     1);
    fixture_done(&f);
    f = fixture_good("rds: {engine_version: '18.4'}\ndms: {enabled: false}\n");
    assert_int_equal(fixture_told(&f, "rds.engine_version"), 0);
    fixture_done(&f);
}

static void the_secret_must_be_reachable(void **state) {
    (void)state;
    const char *told = "leaves AWS DMS without a way to the secret of the database";
    struct fixture f =
        fixture_good("common: {network: {nat: none, interface_endpoints: [logs]}}\n");
    assert_int_equal(fixture_told(&f, told), 1);
    fixture_done(&f);
    f = fixture_good(
        "common: {network: {nat: none, interface_endpoints: [logs, secretsmanager]}}\n");
    assert_int_equal(fixture_told(&f, told), 0);
    fixture_done(&f);
}

static void no_arn_names_a_partition(void **state) {
    (void)state;
    struct fixture f = fixture_good("dms: {validation: true}\n");
    assert_false(contains(stack_body(&f, "dms"), "arn:aws"));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_source_is_read_by_secret_and_tls),
        cmocka_unit_test(the_source_neither_fills_the_disk_nor_cuts_values),
        cmocka_unit_test(the_secret_role_is_for_the_regions_dms_alone),
        cmocka_unit_test(the_target_role_has_what_dms_documents_and_no_more),
        cmocka_unit_test(validation_brings_its_rights),
        cmocka_unit_test(files_are_parquet_of_one_shape),
        cmocka_unit_test(files_are_ours_encrypted_and_few),
        cmocka_unit_test(the_target_follows_its_settings),
        cmocka_unit_test(tables_come_from_the_file_and_never_dms_own),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(nothing_is_lost_without_a_stop),
        cmocka_unit_test(the_instance_is_private_and_current),
        cmocka_unit_test(the_task_is_known_by_one_name),
        cmocka_unit_test(serverless_replicates_the_same),
        cmocka_unit_test(what_a_region_does_not_have_is_told),
        cmocka_unit_test(the_longest_name_fits),
        cmocka_unit_test(an_existing_database_has_its_own_key_or_none),
        cmocka_unit_test(impossible_sources_are_refused),
        cmocka_unit_test(the_secret_must_be_reachable),
        cmocka_unit_test(no_arn_names_a_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stack dms: its endpoints and the rights behind them. */
#include "dms_fixture.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "dms_endpoints.h"

#include "parts.h"

#include <cfngen/aws/dms.h>

#include <string.h>

enum { KB_PER_MB = 1000 };

static cfn_value may_read_secret(const struct cfn_scope *scope) {
    bool own = !cfn_setting_of(scope, "rds.existing.host");
    const char *key = cfn_setting_of(scope, "rds.existing.secret_key_arn");
    cfn_value key_arn = own ? part_key(scope) : cfn_str(key);
    cfn_value statements = cfn_list(
        cfn_statement(.Sid = "ReadSecret", .Action = cfn_str("secretsmanager:GetSecretValue"),
                      .Resource = cfn_import_from(scope, "rds", "SecretArn")));
    if (key_arn)
        statements = cfn_append(statements,
                                cfn_statement(.Sid = "OpenSecret",
                                              .Action = cfn_strs("kms:Decrypt", "kms:DescribeKey"),
                                              .Resource = key_arn));
    return statements;
}

/* DMS takes this role under the name of its region. It is not documented to name the account it
 * acts for when it does, so there is no condition on that; iam:PassRole keeps other accounts out.
 */
static void add_secret_role(const struct cfn_scope *scope) {
    part_role(scope, .id = "SecretRole",
              .description = "lets AWS DMS read the secret of the database",
              .trust = cfn_trust("dms.${AWS::Region}.${AWS::URLSuffix}", false),
              .statements = may_read_secret(scope));
}

void dms_add_source(const struct cfn_scope *scope, const char *plugin, bool heartbeat) {
    add_secret_role(scope);
    cfn_add(scope->t, "Source",
            AWS_DMS_Endpoint(.EndpointIdentifier = cfn_str(cfn_scoped(scope, "source", 255)),
                             .EndpointType = cfn_str("source"), .EngineName = cfn_str("postgres"),
                             .DatabaseName = cfn_import_from(scope, "rds", "DatabaseName"),
                             .SslMode = cfn_str("require"), .KmsKeyId = part_key(scope),
                             .PostgreSqlSettings = AWS_DMS_Endpoint_PostgreSqlSettings(
                                     .SecretsManagerSecretId =
                                         cfn_import_from(scope, "rds", "SecretArn"),
                                     .SecretsManagerAccessRoleArn = cfn_att("SecretRole", "Arn"),
                                     .PluginName = cfn_str(plugin), .CaptureDdls = cfn_bool(false),
                                     .HeartbeatEnable = cfn_bool(heartbeat),
                                     .HeartbeatFrequency = heartbeat ? cfn_int(5) : NULL,
                                     .FailTasksOnLobTruncation = cfn_bool(true),
                                     .MapBooleanAsBoolean = cfn_bool(true))));
}

static cfn_value bucket_arn(const struct cfn_scope *scope, const char *layer) {
    return cfn_import_from(scope, "data_lake",
                           cfn_text_of(scope, "%sBucketArn", part_camel(scope, layer)));
}

static cfn_value objects(const struct cfn_scope *scope, const char *layer) {
    return cfn_join("", cfn_list(bucket_arn(scope, layer), cfn_str("/*")));
}

/* Validation compares source and lake with queries of Athena, over tables that it makes and drops.
 */
static cfn_value append_validation(const struct cfn_scope *scope, cfn_value statements,
                                   const char *layer) {
    const char *here = "${AWS::Region}:${AWS::AccountId}";
    const char *glue = cfn_text_of(scope, "arn:${AWS::Partition}:glue:%s", here);
    statements = cfn_append(
        statements,
        cfn_statement(
                .Sid = "ValidateByQuery",
                .Action = cfn_strs("athena:StartQueryExecution", "athena:GetQueryExecution",
                                   "athena:CreateWorkGroup"),
                .Resource = cfn_sub(cfn_text_of(
                    scope,
                    "arn:${AWS::Partition}:athena:%s:workgroup/dms_validation_workgroup_for_task_*",
                    here))));
    statements = cfn_append(
        statements,
        cfn_statement(.Sid = "ValidateInCatalog",
                      .Action = cfn_strs("glue:CreateDatabase", "glue:DeleteDatabase",
                                         "glue:GetDatabase", "glue:GetTables", "glue:CreateTable",
                                         "glue:DeleteTable", "glue:GetTable"),
                      .Resource = cfn_list(
                          cfn_sub(cfn_text_of(scope, "%s:catalog", glue)),
                          cfn_sub(cfn_text_of(scope, "%s:database/aws_dms_s3_validation_*", glue)),
                          cfn_sub(cfn_text_of(scope, "%s:table/aws_dms_s3_validation_*/*", glue)),
                          cfn_sub(cfn_text_of(
                              scope, "%s:userDefinedFunction/aws_dms_s3_validation_*/*", glue)))));
    return cfn_append(
        statements,
        cfn_statement(.Sid = "ValidateObjects",
                      .Action = cfn_strs("s3:GetBucketLocation", "s3:GetObject",
                                         "s3:ListBucketMultipartUploads", "s3:AbortMultipartUpload",
                                         "s3:ListMultipartUploadParts"),
                      .Resource = cfn_list(bucket_arn(scope, layer), objects(scope, layer))));
}

static cfn_value may_write(const struct cfn_scope *scope, const char *layer, bool validation) {
    cfn_value statements = cfn_list(
        cfn_statement(.Sid = "WriteObjects",
                      .Action = cfn_strs("s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging"),
                      .Resource = objects(scope, layer)),
        cfn_statement(.Sid = "ListBucket", .Action = cfn_str("s3:ListBucket"),
                      .Resource = bucket_arn(scope, layer)),
        part_may_use_key(scope));
    return validation ? append_validation(scope, statements, layer) : statements;
}

static cfn_value partition_sequence(const char *choice) {
    return strcmp(choice, "hour") == 0    ? cfn_str("YYYYMMDDHH")
           : strcmp(choice, "day") == 0   ? cfn_str("YYYYMMDD")
           : strcmp(choice, "month") == 0 ? cfn_str("YYYYMM")
                                          : NULL;
}

/* Op stands in every file, or full load and changes would be tables of two shapes. The time of the
 * full load is the start of the task, which sorts it before every change. */
static cfn_value s3_settings(const struct cfn_scope *scope, const struct dms_target *t) {
    bool partitions = strcmp(t->date_partition, "none") != 0;
    return AWS_DMS_Endpoint_S3Settings(
            .BucketName =
                cfn_import_from(scope, "data_lake",
                                cfn_text_of(scope, "%sBucketName", part_camel(scope, t->layer))),
            .BucketFolder = cfn_str(t->folder),
            .ServiceAccessRoleArn = cfn_att("TargetRole", "Arn"),
            .ExpectedBucketOwner = cfn_ref("AWS::AccountId"), .EncryptionMode = cfn_str("sse-kms"),
            .ServerSideEncryptionKmsKeyId = part_key(scope), .DataFormat = cfn_str("parquet"),
            .ParquetVersion = cfn_str("parquet-1-0"),
            .ParquetTimestampInMillisecond = cfn_bool(true), .CompressionType = cfn_str("gzip"),
            .IncludeOpForFullLoad = cfn_bool(true),
            .TimestampColumnName = cfn_str(t->timestamp_column),
            .UseTaskStartTimeForFullLoadTimestamp = cfn_bool(true),
            .CdcMaxBatchInterval = cfn_int(t->batch_seconds),
            .CdcMinFileSize = cfn_int(t->batch_mb * KB_PER_MB),
            .DatePartitionEnabled = cfn_bool(partitions),
            .DatePartitionSequence = partition_sequence(t->date_partition),
            .DatePartitionDelimiter = partitions ? cfn_str("SLASH") : NULL);
}

/* No KmsKeyId: an S3 endpoint has no password to encrypt with it, and DMS ignores it. */
void dms_add_target(const struct cfn_scope *scope, const struct dms_target *t, bool validation) {
    part_role(scope, .id = "TargetRole", .description = "lets AWS DMS write into the lake",
              .trust = cfn_trust("dms.amazonaws.com", true),
              .statements = may_write(scope, t->layer, validation));
    cfn_add(scope->t, "Target",
            AWS_DMS_Endpoint(.EndpointIdentifier = cfn_str(cfn_scoped(scope, "target", 255)),
                             .EndpointType = cfn_str("target"), .EngineName = cfn_str("s3"),
                             .S3Settings = s3_settings(scope, t)));
}

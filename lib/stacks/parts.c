#include "parts.h"

#include "platform.h"

#include <base/base.h>
#include <cfngen/aws/ec2.h>
#include <cfngen/aws/iam.h>
#include <cfngen/aws/logs.h>
#include <cfngen/aws/s3.h>
#include <cfngen/aws/ssm.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_BUCKET_NAME = 63, ACCOUNT_DIGITS = 12 };

static bool in_common(const struct cfn_scope *scope) {
    return strcmp(scope->stack, "common") == 0;
}

static const char *bucket_text(const struct cfn_scope *scope, const char *what) {
    return cfn_text_of(scope, "%s-%s-${AWS::AccountId}-${AWS::Region}", scope->prefix, what);
}

static void check_bucket_name(const struct cfn_scope *scope, const char *what) {
    size_t length =
        strlen(scope->prefix) + strlen(what) + ACCOUNT_DIGITS + strlen(scope->region) + 3;
    if (length > LONGEST_BUCKET_NAME)
        cfn_refuse(scope, ".project",
                   "must be shorter: the name of the bucket %s would have %zu characters of at "
                   "most %d: '%s'",
                   what, length, LONGEST_BUCKET_NAME, scope->project);
}

cfn_value part_bucket_name(const struct cfn_scope *scope, const char *what) {
    return cfn_sub(bucket_text(scope, what));
}

cfn_value part_bucket_arn(const struct cfn_scope *scope, const char *what, const char *suffix) {
    return cfn_sub(
        cfn_text_of(scope, "arn:${AWS::Partition}:s3:::%s%s", bucket_text(scope, what), suffix));
}

cfn_value part_key(const struct cfn_scope *scope) {
    const char *own = in_common(scope) ? cfn_setting_of(scope, "common.key_arn") : NULL;
    return own                ? cfn_str(own)
           : in_common(scope) ? cfn_att("Key", "Arn")
                              : cfn_import_from(scope, "common", "KeyArn");
}

cfn_value part_log_bucket(const struct cfn_scope *scope) {
    return in_common(scope) ? cfn_ref("AccessLogs")
                            : cfn_import_from(scope, "common", "AccessLogBucketName");
}

cfn_value part_vpc(const struct cfn_scope *scope) {
    return cfn_import_from(scope, "common", "VpcId");
}

cfn_value part_private_subnets(const struct cfn_scope *scope) {
    return cfn_split(",", cfn_import_from(scope, "common", "PrivateSubnetIds"));
}

static cfn_value encryption(cfn_value key) {
    return AWS_S3_Bucket_BucketEncryption(
            .ServerSideEncryptionConfiguration = cfn_list(AWS_S3_Bucket_ServerSideEncryptionRule(
                    .BucketKeyEnabled = key ? cfn_bool(true) : NULL,
                    .ServerSideEncryptionByDefault =
                        AWS_S3_Bucket_ServerSideEncryptionByDefault(.SSEAlgorithm = cfn_str(
                                                                        key ? "aws:kms" : "AES256"),
                                                                    .KMSMasterKeyID = key))));
}

static cfn_value clean_up(long noncurrent_days) {
    cfn_value old =
        noncurrent_days
            ? AWS_S3_Bucket_NoncurrentVersionExpiration(.NoncurrentDays = cfn_int(noncurrent_days))
            : NULL;
    return AWS_S3_Bucket_Rule(
            .Id = cfn_str("clean-up"), .Status = cfn_str("Enabled"),
            .AbortIncompleteMultipartUpload =
                AWS_S3_Bucket_AbortIncompleteMultipartUpload(.DaysAfterInitiation = cfn_int(7)),
            .NoncurrentVersionExpiration = old);
}

static cfn_value tls_only(const struct cfn_scope *scope, const char *what) {
    return cfn_statement(.Sid = "TlsOnly", .Effect = "Deny",
                         .Principal = cfn_map({"AWS", cfn_str("*")}), .Action = cfn_str("s3:*"),
                         .Resource = cfn_list(part_bucket_arn(scope, what, ""),
                                              part_bucket_arn(scope, what, "/*")),
                         .Condition =
                             cfn_map({"Bool", cfn_map({"aws:SecureTransport", cfn_str("false")})}));
}

static void add_bucket_policy(const struct cfn_scope *scope, const struct part_bucket *b,
                              struct cfn_place place) {
    cfn_value statements = cfn_list(tls_only(scope, b->what));
    if (b->statements) {
        json_array_extend(statements, b->statements);
        json_decref(b->statements);
    }
    cfn_template_add(
        scope->t, cfn_text_of(scope, "%sPolicy", b->id),
        AWS_S3_BucketPolicy(.Bucket = cfn_ref(b->id), .PolicyDocument = cfn_policy(statements)),
        NULL, place);
}

void part_add_bucket(const struct cfn_scope *scope, const struct part_bucket *b,
                     struct cfn_place place) {
    check_bucket_name(scope, b->what);
    cfn_value rules = cfn_append(b->lifecycle, clean_up(b->noncurrent_days));
    cfn_value logging =
        b->log_bucket ? AWS_S3_Bucket_LoggingConfiguration(.DestinationBucketName = b->log_bucket,
                                                           .LogFilePrefix = cfn_fmt("%s/", b->what))
                      : NULL;
    cfn_value events =
        b->events ? AWS_S3_Bucket_NotificationConfiguration(
                            .EventBridgeConfiguration =
                                AWS_S3_Bucket_EventBridgeConfiguration(.EventBridgeEnabled =
                                                                           cfn_bool(true)))
                  : NULL;
    cfn_value versioning = b->noncurrent_days
                               ? AWS_S3_Bucket_VersioningConfiguration(.Status = cfn_str("Enabled"))
                               : NULL;
    cfn_template_add(
        scope->t, b->id,
        AWS_S3_Bucket(
                .BucketName = part_bucket_name(scope, b->what),
                .BucketEncryption = encryption(b->key),
                .LifecycleConfiguration = AWS_S3_Bucket_LifecycleConfiguration(.Rules = rules),
                .LoggingConfiguration = logging, .NotificationConfiguration = events,
                .OwnershipControls = AWS_S3_Bucket_OwnershipControls(
                        .Rules = cfn_list(AWS_S3_Bucket_OwnershipControlsRule(
                                .ObjectOwnership = cfn_str("BucketOwnerEnforced")))),
                .PublicAccessBlockConfiguration = AWS_S3_Bucket_PublicAccessBlockConfiguration(
                        .BlockPublicAcls = cfn_bool(true), .BlockPublicPolicy = cfn_bool(true),
                        .IgnorePublicAcls = cfn_bool(true),
                        .RestrictPublicBuckets = cfn_bool(true)),
                .VersioningConfiguration = versioning),
        &(const struct cfn_attributes){.DeletionPolicy = b->deletion_policy ? b->deletion_policy
                                                                            : cfn_retain(scope)},
        place);
    add_bucket_policy(scope, b, place);
}

long part_log_days(const struct cfn_scope *scope) {
    const char *days = cfn_setting_of(scope, "common.log_retention_days");
    return days ? strtol(days, NULL, 10) : 0;
}

void part_add_log_group(const struct cfn_scope *scope, const char *id, cfn_value name, long days,
                        struct cfn_place place) {
    cfn_template_add(scope->t, id,
                     AWS_Logs_LogGroup(.LogGroupName = name, .KmsKeyId = part_key(scope),
                                       .RetentionInDays = cfn_int(days)),
                     &(const struct cfn_attributes){.DeletionPolicy = "Delete"}, place);
}

void part_add_role(const struct cfn_scope *scope, const struct part_role *r,
                   struct cfn_place place) {
    cfn_value policies =
        r->statements ? cfn_list(AWS_IAM_Role_Policy(.PolicyName = cfn_str("own"),
                                                     .PolicyDocument = cfn_policy(r->statements)))
                      : NULL;
    cfn_template_add(
        scope->t, r->id,
        AWS_IAM_Role(.RoleName =
                         r->name ? cfn_str(cfn_scoped(scope, part_role_suffix(scope, r->name), 64))
                                 : NULL,
                     .Description = cfn_str(r->description), .AssumeRolePolicyDocument = r->trust,
                     .ManagedPolicyArns = r->managed, .Policies = policies),
        &(const struct cfn_attributes){.Condition = r->condition}, place);
}

cfn_value part_may_use_key(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "UseKey",
                         .Action =
                             cfn_strs("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"),
                         .Resource = part_key(scope));
}

cfn_value part_may_read(cfn_value bucket_arn, cfn_value objects) {
    return cfn_list(cfn_statement(.Action = cfn_strs("s3:ListBucket", "s3:GetBucketLocation"),
                                  .Resource = bucket_arn),
                    cfn_statement(.Action = cfn_str("s3:GetObject"), .Resource = objects));
}

cfn_value part_may_write_logs(const char *log_group) {
    struct cfn_text arn = {0};
    cfn_text_printf(&arn,
                    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:%s:*",
                    log_group);
    cfn_value statement =
        cfn_statement(.Sid = "WriteLogs",
                      .Action = cfn_strs("logs:CreateLogStream", "logs:PutLogEvents",
                                         "logs:DescribeLogStreams"),
                      .Resource = cfn_sub(arn.data));
    cfn_text_done(&arn);
    return statement;
}

cfn_value part_egress_https(void) {
    return AWS_EC2_SecurityGroup_Egress(.IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(443),
                                        .ToPort = cfn_int(443), .CidrIp = cfn_str("0.0.0.0/0"),
                                        .Description = cfn_str("HTTPS to the endpoints of AWS"));
}

cfn_value part_egress_none(void) {
    return AWS_EC2_SecurityGroup_Egress(.IpProtocol = cfn_str("icmp"), .FromPort = cfn_int(252),
                                        .ToPort = cfn_int(86),
                                        .CidrIp = cfn_str("255.255.255.255/32"),
                                        .Description = cfn_str("Nothing leaves"));
}

void part_tell_airflow(const struct cfn_scope *scope, const char *variable, cfn_value value) {
    const char *name =
        cfn_text_of(scope, "%s/variables/%s", part_airflow_parameters(scope), variable);
    if (!cfn_enabled(scope, "mwaa")) {
        json_decref(value);
        return;
    }
    cfn_add(scope->t, "AirflowVariable",
            AWS_SSM_Parameter(.Name = cfn_str(name), .Type = cfn_str("String"), .Value = value,
                              .Description = cfn_str("variable of Airflow, as DAGs read it")));
}

bool part_reaches(const struct cfn_scope *scope, const char *service) {
    struct cfn_texts endpoints = cfn_setting_list(scope, "common.network.interface_endpoints");
    if (!cfn_same(cfn_setting_of(scope, "common.network.nat"), "none"))
        return true;
    for (size_t i = 0; i < endpoints.count; i++)
        if (strcmp(endpoints.items[i], service) == 0)
            return true;
    return false;
}

bool part_given(const struct cfn_scope *scope, const char *name) {
    const struct cfn_setting *setting = cfn_config_find(
        scope->assembling->platform->config, cfn_text_of(scope, "%s.%s", scope->stack, name));
    return setting && setting->origin != CFN_FROM_DEFAULT;
}

const char *part_camel(const struct cfn_scope *scope, const char *snake) {
    struct cfn_text camel = {0};
    bool upper = true;
    for (const char *c = snake; *c; c++) {
        char letter = upper ? (char)toupper((unsigned char)*c) : *c;
        upper = *c == '_' || *c == '-';
        if (!upper)
            cfn_text_write(&camel, &letter, 1);
    }
    const char *name = cfn_text_of(scope, "%s", camel.data ? camel.data : "");
    cfn_text_done(&camel);
    return name;
}

void part_check_region(const struct cfn_scope *scope, const char *name, const char *type) {
    if (!cfn_offered(scope, type))
        cfn_caution(scope, name, "needs %s, which %s does not have as far as is known", type,
                    scope->region);
}

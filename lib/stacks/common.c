/*
 * common: what every other stack stands on. Creates the network, the KMS key that encrypts
 * everything, the buckets of scripts and of access logs, the alarm topic, a monthly budget, the
 * roles that DMS wants once per account, and where there is a warehouse the security group of its
 * clients. Needs nothing. Exports the network's ids, KeyArn, ScriptBucketName, ScriptBucketArn,
 * AccessLogBucketName, AlarmTopicArn and WarehouseClientSecurityGroupId.
 */
#include "network.h"
#include "parts.h"

#include <cfngen/aws/budgets.h>
#include <cfngen/aws/ec2.h>
#include <cfngen/aws/iam.h>
#include <cfngen/aws/kms.h>
#include <cfngen/aws/sns.h>

#include <stdlib.h>
#include <string.h>

struct common {
    struct cfn_stack_settings stack;
    struct network_settings network;
    const char *key_arn, *alarm_email;
    long budget_usd;
    long log_retention_days;
    long access_log_days;
    bool create_dms_roles;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct common),
    CFN_SECTION(struct common, network, struct network_settings, .rows = network_rows,
                .help = "VPC, subnets and ways out of them"),
    CFN_TEXT(struct common, key_arn, .format = &cfn_format_key,
             .help = "KMS key of your own that encrypts everything, in place of a new one; its "
                     "policy must let the same services in"),
    CFN_TEXT(struct common, alarm_email, .format = &cfn_format_email,
             .help = "who is written to when an alarm or the budget goes off"),
    CFN_INT(struct common, budget_usd, .fallback = "500", .max = 10000000,
            .help =
                "monthly cost of the account in US dollars that raises an alert at 80 % and when "
                "forecast to be passed; 0: no budget (nor in regions that have none)"),
    CFN_INT(struct common, log_retention_days, .fallback = "30", .min = 1, .max = 3653,
            .help = "days that log groups of the platform keep events"),
    CFN_INT(struct common, access_log_days, .fallback = "90", .min = 1, .max = 3650,
            .help = "days that access logs of the buckets are kept"),
    CFN_BOOL(struct common, create_dms_roles, .fallback = "true",
             .help =
                 "whether to create dms-vpc-role and dms-cloudwatch-logs-role, which exist once "
                 "per account: false where they are there already"),
    CFN_ROWS_END,
};

static cfn_value service_may_use_key(const char *sid, cfn_value service, const char *condition,
                                     const char *key, cfn_value value) {
    return cfn_statement(.Sid = sid, .Principal = cfn_map({"Service", service}),
                         .Action = cfn_strs("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*",
                                            "kms:GenerateDataKey*", "kms:DescribeKey"),
                         .Resource = cfn_str("*"),
                         .Condition = cfn_map({condition, cfn_map({key, value})}));
}

/* EMR Serverless encrypts the logs that it keeps on its own, as itself rather than as the job. */
static cfn_value keep_spark_logs(const struct cfn_scope *scope) {
    const char *mode = cfn_setting_of(scope, "emr.mode");
    if (!cfn_enabled(scope, "emr") || !mode || strcmp(mode, "serverless") != 0)
        return NULL;
    return cfn_statement(
            .Sid = "SparkLogs",
            .Principal = cfn_map({"Service", cfn_str("emr-serverless.amazonaws.com")}),
            .Action = cfn_strs("kms:Decrypt", "kms:GenerateDataKey"), .Resource = cfn_str("*"),
            .Condition = cfn_map(
                {"ArnLike", cfn_map({"aws:SourceArn",
                                     cfn_sub("arn:${AWS::Partition}:emr-serverless:${AWS::Region}:"
                                             "${AWS::AccountId}:/applications/*")})}));
}

/* In a key's own policy, "*" means this key. Services that act for a caller (S3, RDS, EMR ...) come
 * in by the first statement and the caller's own rights. */
static void add_key(const struct cfn_scope *scope) {
    cfn_value policy = cfn_policy(cfn_list(
        cfn_statement(.Sid = "Account",
                      .Principal = cfn_map(
                          {"AWS", cfn_sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}),
                      .Action = cfn_str("kms:*"), .Resource = cfn_str("*")),
        service_may_use_key(
            "Logs", cfn_sub("logs.${AWS::Region}.${AWS::URLSuffix}"), "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*")),
        service_may_use_key("Alarms", cfn_strs("cloudwatch.amazonaws.com", "budgets.amazonaws.com"),
                            "StringEquals", "aws:SourceAccount", cfn_ref("AWS::AccountId")),
        keep_spark_logs(scope),
        /* EventBridge tells a topic and its key nothing that a condition could ask for. */
        cfn_statement(.Sid = "Events",
                      .Principal = cfn_map({"Service", cfn_str("events.amazonaws.com")}),
                      .Action = cfn_strs("kms:Decrypt", "kms:GenerateDataKey*"),
                      .Resource = cfn_str("*"))));
    cfn_add(scope->t, "Key",
            AWS_KMS_Key(.Description = cfn_fmt("encrypts the data platform %s", scope->prefix),
                        .EnableKeyRotation = cfn_bool(true), .KeyPolicy = policy,
                        .PendingWindowInDays = cfn_int(30)),
            .DeletionPolicy = cfn_retain(scope));
    cfn_add(scope->t, "KeyAlias",
            AWS_KMS_Alias(.AliasName = cfn_fmt("alias/%s", scope->prefix),
                          .TargetKeyId = cfn_ref("Key")));
}

/* S3 delivers access logs only into a bucket with its own kind of encryption. */
static void add_access_logs(const struct cfn_scope *scope, const struct common *c) {
    part_bucket(
        scope, .id = "AccessLogs", .what = "access-logs",
        .lifecycle = cfn_list(cfn_map({"Id", cfn_str("expire")}, {"Status", cfn_str("Enabled")},
                                      {"ExpirationInDays", cfn_int(c->access_log_days)})),
        .noncurrent_days = 7,
        .statements = cfn_list(
            cfn_statement(.Sid = "AccessLogs",
                          .Principal = cfn_map({"Service", cfn_str("logging.s3.amazonaws.com")}),
                          .Action = cfn_str("s3:PutObject"),
                          .Resource = part_bucket_arn(scope, "access-logs", "/*"),
                          .Condition = cfn_map(
                              {"StringEquals",
                               cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})}))));
    cfn_export(scope, "AccessLogBucketName", cfn_ref("AccessLogs"), "Bucket of access logs");
}

static void add_scripts(const struct cfn_scope *scope) {
    part_bucket(scope, .id = "Scripts", .what = "scripts", .key = part_key(scope),
                .log_bucket = part_log_bucket(scope), .noncurrent_days = 90);
    cfn_export(scope, "ScriptBucketName", cfn_ref("Scripts"), "Bucket of Spark jobs");
    cfn_export(scope, "ScriptBucketArn", cfn_att("Scripts", "Arn"), "ARN of that bucket");
}

static cfn_value topic_policy(void) {
    return cfn_policy(cfn_list(
        cfn_statement(.Sid = "Publish",
                      .Principal = cfn_map({"Service", cfn_strs("cloudwatch.amazonaws.com",
                                                                "budgets.amazonaws.com")}),
                      .Action = cfn_str("sns:Publish"), .Resource = cfn_ref("Alarms"),
                      .Condition = cfn_map({"StringEquals", cfn_map({"aws:SourceAccount",
                                                                     cfn_ref("AWS::AccountId")})})),
        /* EventBridge does not support conditions in a topic's policy. */
        cfn_statement(.Sid = "Events",
                      .Principal = cfn_map({"Service", cfn_str("events.amazonaws.com")}),
                      .Action = cfn_str("sns:Publish"), .Resource = cfn_ref("Alarms")),
        cfn_statement(.Sid = "TlsOnly", .Effect = "Deny",
                      .Principal = cfn_map({"AWS", cfn_str("*")}), .Action = cfn_str("sns:Publish"),
                      .Resource = cfn_ref("Alarms"),
                      .Condition =
                          cfn_map({"Bool", cfn_map({"aws:SecureTransport", cfn_str("false")})}))));
}

static void add_alarms(const struct cfn_scope *scope, const struct common *c) {
    cfn_add(scope->t, "Alarms",
            AWS_SNS_Topic(.TopicName = cfn_str(cfn_scoped(scope, "alarms", 256)),
                          .KmsMasterKeyId = part_key(scope)));
    cfn_add(scope->t, "AlarmsPolicy",
            AWS_SNS_TopicPolicy(.Topics = cfn_list(cfn_ref("Alarms")),
                                .PolicyDocument = topic_policy()));
    if (c->alarm_email)
        cfn_add(scope->t, "AlarmEmail",
                AWS_SNS_Subscription(.TopicArn = cfn_ref("Alarms"), .Protocol = cfn_str("email"),
                                     .Endpoint = cfn_str(c->alarm_email)));
    cfn_export(scope, "AlarmTopicArn", cfn_ref("Alarms"), "Topic that alarms are sent to");
}

static cfn_value budget_alert(const char *type, int percent) {
    return AWS_Budgets_Budget_NotificationWithSubscribers(
            .Notification =
                AWS_Budgets_Budget_Notification(.NotificationType = cfn_str(type),
                                                .ComparisonOperator = cfn_str("GREATER_THAN"),
                                                .Threshold = cfn_int(percent),
                                                .ThresholdType = cfn_str("PERCENTAGE")),
            .Subscribers =
                cfn_list(AWS_Budgets_Budget_Subscriber(.SubscriptionType = cfn_str("SNS"),
                                                       .Address = cfn_ref("Alarms"))));
}

static void add_budget(const struct cfn_scope *scope, const struct common *c) {
    cfn_add(
        scope->t, "Budget",
        AWS_Budgets_Budget(.Budget = AWS_Budgets_Budget_BudgetData(
                                   .BudgetName = cfn_fmt("%s-%s", scope->prefix, scope->region),
                                   .BudgetType = cfn_str("COST"), .TimeUnit = cfn_str("MONTHLY"),
                                   .BudgetLimit =
                                       AWS_Budgets_Budget_Spend(.Amount = cfn_int(c->budget_usd),
                                                                .Unit = cfn_str("USD"))),
                           .NotificationsWithSubscribers = cfn_list(
                               budget_alert("ACTUAL", 80), budget_alert("FORECASTED", 100))),
        .DependsOn = cfn_str("AlarmsPolicy"));
}

static void add_dms_role(const struct cfn_scope *scope, const char *id, const char *name,
                         const char *policy) {
    cfn_add(
        scope->t, id,
        AWS_IAM_Role(.RoleName = cfn_str(name),
                     .Description = cfn_str("wanted by AWS DMS under this name, once per account"),
                     .AssumeRolePolicyDocument = cfn_trust("dms.amazonaws.com", false),
                     .ManagedPolicyArns = cfn_list(cfn_sub(cfn_text_of(
                         scope, "arn:${AWS::Partition}:iam::aws:policy/service-role/%s", policy)))),
        .Condition = "CreateDmsRoles", .DeletionPolicy = "Retain");
}

/* Kept when the stack goes: other platforms of the account may stand on them. */
static void add_dms_roles(const struct cfn_scope *scope, const struct common *c) {
    cfn_parameter(scope->t, "DmsRoles", .Default = c->create_dms_roles ? "create" : "exist",
                  .AllowedValues = cfn_strs("create", "exist"),
                  .Description = "Whether the account's roles of DMS are to be created here");
    cfn_condition(scope->t, "CreateDmsRoles", cfn_equals(cfn_ref("DmsRoles"), cfn_str("create")));
    add_dms_role(scope, "DmsVpcRole", "dms-vpc-role", "AmazonDMSVPCManagementRole");
    add_dms_role(scope, "DmsLogsRole", "dms-cloudwatch-logs-role", "AmazonDMSCloudWatchLogsRole");
}

/* The days that CloudWatch Logs knows. */
static const long retentions[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                  365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};

static void check_retention(const struct cfn_scope *scope, long days) {
    size_t count = sizeof retentions / sizeof *retentions, next = 0;
    while (next + 1 < count && retentions[next] < days)
        next++;
    if (retentions[next] != days)
        cfn_refuse(scope, "log_retention_days",
                   "must be a number of days that CloudWatch Logs knows, such as %ld, not %ld",
                   retentions[next], days);
}

/* Here rather than beside the warehouse, so that who is to reach it need not wait for it. */
static void add_warehouse_clients(const struct cfn_scope *scope) {
    const char *text = cfn_setting_of(scope, "redshift.port");
    long port = text ? strtol(text, NULL, 10) : 0;
    if (!cfn_enabled(scope, "redshift"))
        return;
    cfn_add(scope->t, "WarehouseClients",
            AWS_EC2_SecurityGroup(.VpcId = cfn_ref("Vpc"),
                                  .GroupDescription = cfn_str("members may reach the warehouse"),
                                  .SecurityGroupEgress = cfn_list(AWS_EC2_SecurityGroup_Egress(
                                          .IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(port),
                                          .ToPort = cfn_int(port),
                                          .CidrIp = cfn_att("Vpc", "CidrBlock"),
                                          .Description = cfn_str("the warehouse"))),
                                  .Tags = cfn_tags(scope,
                                                   cfn_scoped(scope, "warehouse-clients", 255))));
    cfn_export(scope, "WarehouseClientSecurityGroupId", cfn_att("WarehouseClients", "GroupId"),
               "Security group whose members may reach the warehouse");
}

static void check_key(const struct cfn_scope *scope, const char *arn) {
    if (arn && !strstr(arn, cfn_text_of(scope, ":kms:%s:", scope->region)))
        cfn_refuse(scope, "key_arn", "must be a key in %s, not '%s'", scope->region, arn);
}

static void check(const struct cfn_scope *scope) {
    const struct common *c = scope->settings;
    network_check(scope, &c->network);
    check_retention(scope, c->log_retention_days);
    check_key(scope, c->key_arn);
    if (c->budget_usd && part_given(scope, "budget_usd"))
        part_check_region(scope, "budget_usd", "AWS::Budgets::Budget");
}

static void build(const struct cfn_scope *scope) {
    const struct common *c = scope->settings;
    if (!c->key_arn)
        add_key(scope);
    cfn_export(scope, "KeyArn", part_key(scope), "Key that encrypts the platform");
    add_access_logs(scope, c);
    add_scripts(scope);
    network_build(scope, &c->network, c->log_retention_days);
    add_warehouse_clients(scope);
    add_alarms(scope, c);
    if (c->budget_usd && cfn_offered(scope, "AWS::Budgets::Budget"))
        add_budget(scope, c);
    add_dms_roles(scope, c);
}

const struct cfn_stack cfn_stack_common = {
    .name = "common",
    .summary = "network, key, buckets of scripts and logs, alarm topic and budget",
    .size = sizeof(struct common),
    .rows = rows,
    .check = check,
    .build = build,
};

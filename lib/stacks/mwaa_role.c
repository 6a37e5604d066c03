#include "mwaa.h"
#include "parts.h"

#include <string.h>

#define IN_ACCOUNT ":${AWS::Region}:${AWS::AccountId}:"

/* "arn:<partition>:<service>:<region>:<account>:<rest>"; rest may have the variable ${Name}. */
static cfn_value arn_of(const struct cfn_scope *scope, const char *service, const char *rest,
                        cfn_value name) {
    const char *text =
        cfn_text_of(scope, "arn:${AWS::Partition}:%s" IN_ACCOUNT "%s", service, rest);
    return name ? cfn_sub_with(text, cfn_map({"Name", name})) : cfn_sub(text);
}

static bool is_serverless(const struct cfn_scope *scope, const char *setting) {
    const char *mode = cfn_setting_of(scope, setting);
    return mode && strcmp(mode, "serverless") == 0;
}

static cfn_value trust(const struct cfn_scope *scope, const char *environment) {
    const char *path = cfn_text_of(scope, "environment/%s", environment);
    return cfn_policy(cfn_list(cfn_statement(
            .Principal = cfn_map(
                {"Service", cfn_strs("airflow.amazonaws.com", "airflow-env.amazonaws.com")}),
            .Action = cfn_str("sts:AssumeRole"),
            .Condition = cfn_map(
                {"StringEquals", cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})},
                {"ArnLike", cfn_map({"aws:SourceArn", arn_of(scope, "airflow", path, NULL)})}))));
}

static cfn_value bucket_and_objects(void) {
    return cfn_list(cfn_att("Dags", "Arn"), cfn_sub("${Dags.Arn}/*"));
}

static cfn_value bucket_rights(void) {
    return cfn_list(
        cfn_statement(.Sid = "NoOtherBuckets", .Effect = "Deny",
                      .Action = cfn_str("s3:ListAllMyBuckets"), .Resource = bucket_and_objects()),
        cfn_statement(.Sid = "ReadDags",
                      .Action = cfn_strs("s3:GetObject*", "s3:GetBucket*", "s3:List*"),
                      .Resource = bucket_and_objects()),
        /* has no resource-level permission; MWAA looks whether the bucket is shut */
        cfn_statement(.Sid = "PublicAccess", .Action = cfn_str("s3:GetAccountPublicAccessBlock"),
                      .Resource = cfn_str("*")));
}

static cfn_value log_rights(const struct cfn_scope *scope, const char *environment) {
    const char *groups = cfn_text_of(scope, "log-group:airflow-%s-*", environment);
    const char *path = cfn_text_of(scope, "environment/%s", environment);
    return cfn_list(
        cfn_statement(.Sid = "Metrics", .Action = cfn_str("airflow:PublishMetrics"),
                      .Resource = arn_of(scope, "airflow", path, NULL)),
        cfn_statement(.Sid = "Logs",
                      .Action =
                          cfn_strs("logs:CreateLogStream", "logs:CreateLogGroup",
                                   "logs:PutLogEvents", "logs:GetLogEvents", "logs:GetLogRecord",
                                   "logs:GetLogGroupFields", "logs:GetQueryResults"),
                      .Resource = arn_of(scope, "logs", groups, NULL)),
        /* neither has a resource-level permission */
        cfn_statement(.Sid = "Watch",
                      .Action = cfn_strs("logs:DescribeLogGroups", "cloudwatch:PutMetricData"),
                      .Resource = cfn_str("*")));
}

/* The queue belongs to an account of MWAA. */
static cfn_value queue_rights(void) {
    return cfn_list(
        cfn_statement(.Sid = "Queue",
                      .Action = cfn_strs("sqs:ChangeMessageVisibility", "sqs:DeleteMessage",
                                         "sqs:GetQueueAttributes", "sqs:GetQueueUrl",
                                         "sqs:ReceiveMessage", "sqs:SendMessage"),
                      .Resource =
                          cfn_sub("arn:${AWS::Partition}:sqs:${AWS::Region}:*:airflow-celery-*")));
}

/* The asterisk stands for the ".cn" that ends the name of a service in China. */
static cfn_value key_rights(const struct cfn_scope *scope) {
    return cfn_list(cfn_statement(
            .Sid = "UseKey",
            .Action =
                cfn_strs("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt"),
            .Resource = part_key(scope),
            .Condition = cfn_map(
                {"StringLike",
                 cfn_map({"kms:ViaService",
                          cfn_list(cfn_sub("sqs.${AWS::Region}.amazonaws.com*"),
                                   cfn_sub("s3.${AWS::Region}.amazonaws.com*"),
                                   cfn_sub("sns.${AWS::Region}.amazonaws.com*"),
                                   cfn_sub("secretsmanager.${AWS::Region}.amazonaws.com*"))})})));
}

static cfn_value alarm_rights(const struct cfn_scope *scope) {
    return cfn_list(cfn_statement(.Sid = "Tell", .Action = cfn_str("sns:Publish"),
                                  .Resource = cfn_import_from(scope, "common", "AlarmTopicArn")));
}

/* EMR Serverless takes a job only from who may use the key of the logs that it keeps. */
static cfn_value encrypt_spark_logs(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "EncryptSparkLogs",
                         .Action = cfn_strs("kms:Decrypt", "kms:GenerateDataKey"),
                         .Resource = part_key(scope));
}

static cfn_value emr_application_rights(const struct cfn_scope *scope) {
    cfn_value application = cfn_import_from(scope, "emr", "ApplicationArn");
    return cfn_list(
        encrypt_spark_logs(scope),
        cfn_statement(.Sid = "StartSpark",
                      .Action =
                          cfn_strs("emr-serverless:StartJobRun", "emr-serverless:GetApplication",
                                   "emr-serverless:StartApplication"),
                      .Resource = application),
        cfn_statement(.Sid = "FollowSpark",
                      .Action = cfn_strs("emr-serverless:GetJobRun", "emr-serverless:CancelJobRun",
                                         "emr-serverless:GetDashboardForJobRun"),
                      .Resource = cfn_sub_with("${Application}/jobruns/*",
                                               cfn_map({"Application", json_incref(application)}))),
        cfn_statement(.Sid = "PassJobRole", .Action = cfn_str("iam:PassRole"),
                      .Resource = cfn_import_from(scope, "emr", "JobRoleArn"),
                      .Condition = cfn_map(
                          {"StringEquals", cfn_map({"iam:PassedToService",
                                                    cfn_str("emr-serverless.amazonaws.com")})})));
}

static cfn_value emr_cluster_rights(const struct cfn_scope *scope) {
    return cfn_list(cfn_statement(.Sid = "RunSpark",
                                  .Action = cfn_strs("elasticmapreduce:AddJobFlowSteps",
                                                     "elasticmapreduce:CancelSteps",
                                                     "elasticmapreduce:DescribeCluster",
                                                     "elasticmapreduce:DescribeStep",
                                                     "elasticmapreduce:ListSteps"),
                                  .Resource = arn_of(scope, "elasticmapreduce", "cluster/${Name}",
                                                     cfn_import_from(scope, "emr", "ClusterId"))));
}

static cfn_value crawler_name(const struct cfn_scope *scope, const char *layer) {
    return cfn_import_from(scope, "glue",
                           cfn_text_of(scope, "%sCrawlerName", part_camel(scope, layer)));
}

static cfn_value crawler_rights(const struct cfn_scope *scope) {
    struct cfn_texts layers = cfn_setting_list(scope, "glue.crawlers");
    cfn_value crawlers = NULL;
    for (size_t i = 0; i < layers.count; i++)
        crawlers = cfn_append(crawlers, arn_of(scope, "glue", "crawler/${Name}",
                                               crawler_name(scope, layers.items[i])));
    if (!crawlers)
        return NULL;
    return cfn_list(
        cfn_statement(.Sid = "Crawl", .Action = cfn_strs("glue:StartCrawler", "glue:GetCrawler"),
                      .Resource = crawlers),
        /* has no resource-level permission; Airflow asks for it when a crawler is done */
        cfn_statement(.Sid = "CrawlerMetrics", .Action = cfn_str("glue:GetCrawlerMetrics"),
                      .Resource = cfn_str("*")));
}

static cfn_value credentials_right(const struct cfn_scope *scope, bool serverless) {
    if (serverless)
        return cfn_statement(.Sid = "LogIn",
                             .Action = cfn_str("redshift-serverless:GetCredentials"),
                             .Resource = cfn_import_from(scope, "redshift", "WorkgroupArn"));
    cfn_value names = cfn_map({"Cluster", cfn_import_from(scope, "redshift", "ClusterIdentifier")},
                              {"Database", cfn_import_from(scope, "redshift", "DatabaseName")});
    return cfn_statement(.Sid = "LogIn", .Action = cfn_str("redshift:GetClusterCredentialsWithIAM"),
                         .Resource = cfn_sub_with("arn:${AWS::Partition}:redshift" IN_ACCOUNT
                                                  "dbname:${Cluster}/${Database}",
                                                  names));
}

/* Secrets Manager ends the ARN of a named secret with six characters of its own. */
static cfn_value secret_of(const struct cfn_scope *scope, bool serverless) {
    cfn_value id = cfn_import_from(scope, "redshift", "AdminSecretId");
    return serverless ? arn_of(scope, "secretsmanager", "secret:${Name}-??????", id) : id;
}

static cfn_value warehouse_rights(const struct cfn_scope *scope) {
    bool serverless = is_serverless(scope, "redshift.mode");
    return cfn_list(
        cfn_statement(.Sid = "Query",
                      .Action = cfn_strs("redshift-data:ExecuteStatement",
                                         "redshift-data:BatchExecuteStatement"),
                      .Resource = cfn_import_from(scope, "redshift",
                                                  serverless ? "WorkgroupArn" : "ClusterArn")),
        /* these have no resource-level permission: the condition admits its own statements only */
        cfn_statement(.Sid = "FollowQuery",
                      .Action = cfn_strs("redshift-data:DescribeStatement",
                                         "redshift-data:GetStatementResult",
                                         "redshift-data:CancelStatement"),
                      .Resource = cfn_str("*"),
                      .Condition = cfn_map(
                          {"StringEquals", cfn_map({"redshift-data:statement-owner-iam-userid",
                                                    cfn_str("${aws:userid}")})})),
        credentials_right(scope, serverless),
        cfn_statement(.Sid = "AdminSecret", .Action = cfn_str("secretsmanager:GetSecretValue"),
                      .Resource = secret_of(scope, serverless)));
}

static cfn_value replication_rights(const struct cfn_scope *scope) {
    bool instance = !is_serverless(scope, "dms.mode");
    const char *arn = instance ? "ReplicationTaskArn" : "ReplicationConfigArn";
    return cfn_list(
        cfn_statement(.Sid = "Replicate",
                      .Action =
                          instance ? cfn_strs("dms:StartReplicationTask", "dms:StopReplicationTask")
                                   : cfn_strs("dms:StartReplication", "dms:StopReplication"),
                      .Resource = cfn_import_from(scope, "dms", arn)),
        /* has no resource-level permission */
        cfn_statement(.Sid = "FollowReplication",
                      .Action = cfn_str(instance ? "dms:DescribeReplicationTasks"
                                                 : "dms:DescribeReplications"),
                      .Resource = cfn_str("*")));
}

static cfn_value extended(cfn_value statements, cfn_value more) {
    if (more) {
        json_array_extend(statements, more);
        json_decref(more);
    }
    return statements;
}

void mwaa_add_role(const struct cfn_scope *scope, const char *environment) {
    cfn_value rights = bucket_rights();
    rights = extended(rights, log_rights(scope, environment));
    rights = extended(rights, queue_rights());
    rights = extended(rights, key_rights(scope));
    rights = extended(rights, alarm_rights(scope));
    if (cfn_enabled(scope, "emr"))
        rights = extended(rights, is_serverless(scope, "emr.mode") ? emr_application_rights(scope)
                                                                   : emr_cluster_rights(scope));
    if (cfn_enabled(scope, "glue"))
        rights = extended(rights, crawler_rights(scope));
    if (cfn_enabled(scope, "redshift"))
        rights = extended(rights, warehouse_rights(scope));
    if (cfn_enabled(scope, "dms"))
        rights = extended(rights, replication_rights(scope));
    part_role(scope, .id = "ExecutionRole", .description = "runs Airflow and the platform's DAGs",
              .trust = trust(scope, environment), .statements = rights);
}

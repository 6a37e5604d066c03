#include "mwaa.h"
#include "parts.h"

#include <base/base.h>

static bool is_serverless(const struct cfn_scope *scope, const char *setting) {
    return cfn_same(cfn_setting_of(scope, setting), "serverless");
}

cfn_value mwaa_own_tags(const struct cfn_scope *scope, const char *key_prefix) {
    static const char *const keys[] = {"Project", "Environment"};
    cfn_value tags = cfn_tag_map(scope), own = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_set(own, cfn_text_of(scope, "%s%s", key_prefix, keys[i]),
                        json_object_get(tags, keys[i]));
    json_decref(tags);
    return own;
}

/* What AWS gives an id instead of a name is told from others of the account by its tags. */
static cfn_value only_own(const struct cfn_scope *scope) {
    return cfn_map({"StringEquals", mwaa_own_tags(scope, "aws:ResourceTag/")});
}

static cfn_value trust(const struct cfn_scope *scope, const char *environment) {
    const char *path = cfn_text_of(scope, "environment/%s", environment);
    return cfn_policy(cfn_list(cfn_statement(
            .Principal = cfn_map(
                {"Service", cfn_strs("airflow.amazonaws.com", "airflow-env.amazonaws.com")}),
            .Action = cfn_str("sts:AssumeRole"),
            .Condition = cfn_map(
                {"StringEquals", cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})},
                {"ArnLike", cfn_map({"aws:SourceArn", part_arn(scope, "airflow", path)})}))));
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
                      .Resource = part_arn(scope, "airflow", path)),
        cfn_statement(.Sid = "Logs",
                      .Action =
                          cfn_strs("logs:CreateLogStream", "logs:CreateLogGroup",
                                   "logs:PutLogEvents", "logs:GetLogEvents", "logs:GetLogRecord",
                                   "logs:GetLogGroupFields", "logs:GetQueryResults"),
                      .Resource = part_arn(scope, "logs", groups)),
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
    return cfn_list(
        cfn_statement(.Sid = "UseKey",
                      .Action = cfn_strs("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*",
                                         "kms:Encrypt"),
                      .Resource = part_key(scope),
                      .Condition = cfn_map(
                          {"StringLike",
                           cfn_map({"kms:ViaService",
                                    cfn_list(cfn_sub("sqs.${AWS::Region}.amazonaws.com*"),
                                             cfn_sub("s3.${AWS::Region}.amazonaws.com*"),
                                             cfn_sub("sns.${AWS::Region}.amazonaws.com*"))})})));
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

/* DAGs start a job run with the tags of the option cfngen.emr_job_tags: by these they find it
 * again, and without them it is not started. To start with tags takes the right to tag. */
static cfn_value start_job(const struct cfn_scope *scope) {
    cfn_value tags = mwaa_own_tags(scope, "aws:ResourceTag/");
    json_object_update_new(tags, mwaa_own_tags(scope, "aws:RequestTag/"));
    return cfn_statement(.Sid = "StartSpark",
                         .Action =
                             cfn_strs("emr-serverless:StartJobRun", "emr-serverless:TagResource"),
                         .Resource = part_arn(scope, "emr-serverless", "/applications/*"),
                         .Condition = cfn_map({"StringEquals", tags}));
}

/* A job run has no tags yet when it gets these; one that has another platform's does not get them.
 */
static cfn_value tag_job(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "TagSpark", .Action = cfn_str("emr-serverless:TagResource"),
                         .Resource = part_arn(scope, "emr-serverless", "/applications/*/jobruns/*"),
                         .Condition = cfn_map(
                             {"StringEquals", mwaa_own_tags(scope, "aws:RequestTag/")},
                             {"StringEqualsIfExists", mwaa_own_tags(scope, "aws:ResourceTag/")}));
}

static cfn_value pass_job_role(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "PassJobRole", .Action = cfn_str("iam:PassRole"),
                         .Resource = part_role_arn(scope, PART_SPARK_ROLE),
                         .Condition = cfn_map(
                             {"StringEquals", cfn_map({"iam:PassedToService",
                                                       cfn_str("emr-serverless.amazonaws.com")})}));
}

static cfn_value emr_application_rights(const struct cfn_scope *scope) {
    return cfn_list(
        encrypt_spark_logs(scope), start_job(scope), tag_job(scope),
        cfn_statement(.Sid = "WakeSpark",
                      .Action =
                          cfn_strs("emr-serverless:GetApplication", "emr-serverless:ListJobRuns",
                                   "emr-serverless:StartApplication"),
                      .Resource = part_arn(scope, "emr-serverless", "/applications/*"),
                      .Condition = only_own(scope)),
        cfn_statement(.Sid = "FollowSpark",
                      .Action = cfn_strs("emr-serverless:GetJobRun", "emr-serverless:CancelJobRun"),
                      .Resource = part_arn(scope, "emr-serverless", "/applications/*/jobruns/*"),
                      .Condition = only_own(scope)),
        pass_job_role(scope));
}

static cfn_value emr_cluster_rights(const struct cfn_scope *scope) {
    return cfn_list(cfn_statement(.Sid = "RunSpark",
                                  .Action = cfn_strs("elasticmapreduce:AddJobFlowSteps",
                                                     "elasticmapreduce:CancelSteps",
                                                     "elasticmapreduce:DescribeCluster",
                                                     "elasticmapreduce:DescribeStep",
                                                     "elasticmapreduce:ListSteps"),
                                  .Resource = part_arn(scope, "elasticmapreduce", "cluster/*"),
                                  .Condition = only_own(scope)));
}

static cfn_value spark_rights(const struct cfn_scope *scope) {
    return is_serverless(scope, "emr.mode") ? emr_application_rights(scope)
                                            : emr_cluster_rights(scope);
}

static cfn_value variable_rights(const struct cfn_scope *scope) {
    const char *path = cfn_text_of(scope, "parameter%s/*", part_airflow_parameters(scope));
    return cfn_list(cfn_statement(.Sid = "Variables", .Action = cfn_str("ssm:GetParameter"),
                                  .Resource = part_arn(scope, "ssm", path)));
}

static cfn_value crawler_rights(const struct cfn_scope *scope) {
    struct cfn_texts layers = cfn_setting_list(scope, "glue.crawlers");
    cfn_value crawlers = NULL;
    for (size_t i = 0; i < layers.count; i++)
        crawlers = cfn_append(
            crawlers,
            part_arn(scope, "glue",
                     cfn_text_of(scope, "crawler/%s", part_crawler_name(scope, layers.items[i]))));
    if (!crawlers)
        return NULL;
    return cfn_list(cfn_statement(.Sid = "Crawl",
                                  .Action = cfn_strs("glue:StartCrawler", "glue:GetCrawler"),
                                  .Resource = crawlers));
}

static cfn_value workgroups(const struct cfn_scope *scope) {
    return part_arn(scope, "redshift-serverless", "workgroup/*");
}

static cfn_value log_in(const struct cfn_scope *scope, bool serverless) {
    if (serverless)
        return cfn_statement(.Sid = "LogIn",
                             .Action = cfn_str("redshift-serverless:GetCredentials"),
                             .Resource = workgroups(scope), .Condition = only_own(scope));
    const char *database = cfn_text_of(scope, "dbname:%s/%s", part_warehouse_name(scope),
                                       part_warehouse_database(scope));
    return cfn_statement(.Sid = "LogIn", .Action = cfn_str("redshift:GetClusterCredentialsWithIAM"),
                         .Resource = part_arn(scope, "redshift", database));
}

static cfn_value query(const struct cfn_scope *scope, bool serverless) {
    const char *cluster = cfn_text_of(scope, "cluster:%s", part_warehouse_name(scope));
    return cfn_statement(.Sid = "Query",
                         .Action = cfn_strs("redshift-data:ExecuteStatement",
                                            "redshift-data:BatchExecuteStatement"),
                         .Resource =
                             serverless ? workgroups(scope) : part_arn(scope, "redshift", cluster),
                         .Condition = serverless ? only_own(scope) : NULL);
}

/* DAGs are a user of the database by their role (IAMR:<role>), and so never its administrator. */
static cfn_value warehouse_rights(const struct cfn_scope *scope) {
    bool serverless = is_serverless(scope, "redshift.mode");
    return cfn_list(
        query(scope, serverless),
        /* these have no resource-level permission: the condition admits its own statements only */
        cfn_statement(.Sid = "FollowQuery",
                      .Action = cfn_strs("redshift-data:DescribeStatement",
                                         "redshift-data:GetStatementResult",
                                         "redshift-data:CancelStatement"),
                      .Resource = cfn_str("*"),
                      .Condition = cfn_map(
                          {"StringEquals", cfn_map({"redshift-data:statement-owner-iam-userid",
                                                    cfn_str("${aws:userid}")})})),
        log_in(scope, serverless));
}

cfn_value mwaa_replication_arn(const struct cfn_scope *scope) {
    const char *kind = is_serverless(scope, "dms.mode") ? "replication-config" : "task";
    return part_arn(scope, "dms", cfn_text_of(scope, "%s:%s", kind, part_task_name(scope)));
}

static cfn_value replication_rights(const struct cfn_scope *scope) {
    bool instance = !is_serverless(scope, "dms.mode");
    return cfn_list(
        cfn_statement(.Sid = "Replicate",
                      .Action =
                          instance ? cfn_strs("dms:StartReplicationTask", "dms:StopReplicationTask")
                                   : cfn_strs("dms:StartReplication", "dms:StopReplication"),
                      .Resource = mwaa_replication_arn(scope)),
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
    if (mwaa_has_variables(scope))
        rights = extended(rights, variable_rights(scope));
    if (cfn_enabled(scope, "emr"))
        rights = extended(rights, spark_rights(scope));
    if (cfn_enabled(scope, "glue"))
        rights = extended(rights, crawler_rights(scope));
    if (cfn_enabled(scope, "redshift"))
        rights = extended(rights, warehouse_rights(scope));
    if (cfn_enabled(scope, "dms"))
        rights = extended(rights, replication_rights(scope));
    part_role(scope, .id = "ExecutionRole", .description = "runs Airflow and the platform's DAGs",
              .trust = trust(scope, environment), .statements = rights);
}

/* The application of EMR Serverless: it starts with a job, grows to its ceiling and stops when
 * idle. */
#include "emr.h"
#include "parts.h"

#include <cfngen/aws/ec2.h>
#include <cfngen/aws/emrserverless.h>

#include <string.h>

const struct cfn_row emr_serverless_rows[] = {
    CFN_CHOICE(struct emr_serverless, architecture, .fallback = "arm64", .choices = "arm64|x86_64",
               .help = "processors of the workers: arm64 is cheaper"),
    CFN_INT(struct emr_serverless, idle_minutes, .fallback = "15", .min = 1, .max = 10080,
            .help = "minutes without a job after which the application stops"),
    CFN_INT(struct emr_serverless, max_vcpu, .fallback = "32", .min = 4, .max = 10000,
            .help = "most virtual processors that all jobs have together"),
    CFN_INT(struct emr_serverless, max_memory_gb, .fallback = "128", .min = 8, .max = 80000,
            .help = "most gigabytes of memory that all jobs have together"),
    CFN_INT(struct emr_serverless, max_disk_gb, .fallback = "640", .min = 20, .max = 200000,
            .help = "most gigabytes of disk that all jobs have together"),
    CFN_ROWS_END,
};

/* Of the workers that the service offers, those with the least memory and disk. */
enum { LEAST_GB_PER_VCPU = 2, LEAST_DISK_GB = 20 };

void emr_serverless_check(const struct cfn_scope *scope, const struct emr_serverless *s) {
    if (s->max_memory_gb < s->max_vcpu * LEAST_GB_PER_VCPU)
        cfn_refuse(scope, "serverless.max_memory_gb",
                   "must be at least %ld, as %ld processors need %d GB each, not %ld",
                   s->max_vcpu * LEAST_GB_PER_VCPU, s->max_vcpu, LEAST_GB_PER_VCPU,
                   s->max_memory_gb);
}

static void add_access(const struct cfn_scope *scope) {
    cfn_add(scope->t, "Access",
            AWS_EC2_SecurityGroup(.VpcId = part_vpc(scope),
                                  .GroupDescription =
                                      cfn_str("workers of EMR Serverless: to AWS over HTTPS only"),
                                  .SecurityGroupEgress = cfn_list(part_egress_https()),
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "emr", 255))));
}

/* The service looks for the group by listing all of them; that action takes no narrower resource.
 */
static cfn_value find_logs(void) {
    return cfn_statement(.Sid = "FindLogs", .Action = cfn_str("logs:DescribeLogGroups"),
                         .Resource =
                             cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
                                     "log-group:*"));
}

static cfn_value trust(void) {
    return cfn_policy(cfn_list(cfn_statement(
            .Principal = cfn_map({"Service", cfn_str("emr-serverless.amazonaws.com")}),
            .Action = cfn_str("sts:AssumeRole"),
            .Condition = cfn_map(
                {"StringEquals", cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})},
                {"ArnLike", cfn_map({"aws:SourceArn",
                                     cfn_sub("arn:${AWS::Partition}:emr-serverless:${AWS::Region}:"
                                             "${AWS::AccountId}:/applications/*")})}))));
}

/* The log group is encrypted itself, so jobs need not attach the key; what EMR keeps on its own is
 * encrypted with it. */
static cfn_value monitoring(const struct cfn_scope *scope) {
    return AWS_EMRServerless_Application_MonitoringConfiguration(
            .CloudWatchLoggingConfiguration =
                AWS_EMRServerless_Application_CloudWatchLoggingConfiguration(
                        .Enabled = cfn_bool(true), .LogGroupName = cfn_ref("Logs")),
            .ManagedPersistenceMonitoringConfiguration =
                AWS_EMRServerless_Application_ManagedPersistenceMonitoringConfiguration(
                        .Enabled = cfn_bool(true), .EncryptionKeyArn = part_key(scope)));
}

static cfn_value ceiling(const struct emr_serverless *s) {
    return AWS_EMRServerless_Application_MaximumAllowedResources(
            .Cpu = cfn_fmt("%ld vCPU", s->max_vcpu), .Memory = cfn_fmt("%ld GB", s->max_memory_gb),
            .Disk = cfn_fmt("%ld GB", s->max_disk_gb));
}

/* The disks of workers are encrypted by the service; CloudFormation cannot yet give it a key for
 * them. */
static void add_application(const struct cfn_scope *scope, const struct emr *emr) {
    const struct emr_serverless *s = &emr->serverless;
    bool arm = strcmp(s->architecture, "arm64") == 0;
    cfn_add(
        scope->t, "Application",
        AWS_EMRServerless_Application(
                .Name = cfn_str(cfn_scoped(scope, "emr", 64)), .Type = cfn_str("SPARK"),
                .ReleaseLabel = cfn_fmt("emr-%s", emr->release),
                .Architecture = cfn_str(arm ? "ARM64" : "X86_64"),
                .AutoStartConfiguration =
                    AWS_EMRServerless_Application_AutoStartConfiguration(.Enabled = cfn_bool(true)),
                .AutoStopConfiguration = AWS_EMRServerless_Application_AutoStopConfiguration(
                        .Enabled = cfn_bool(true), .IdleTimeoutMinutes = cfn_int(s->idle_minutes)),
                .MaximumCapacity = ceiling(s), .MonitoringConfiguration = monitoring(scope),
                .NetworkConfiguration = AWS_EMRServerless_Application_NetworkConfiguration(
                        .SecurityGroupIds = cfn_list(cfn_ref("Access")),
                        .SubnetIds = part_private_subnets(scope)),
                .RuntimeConfiguration = cfn_list(AWS_EMRServerless_Application_ConfigurationObject(
                        .Classification = cfn_str("spark-defaults"),
                        .Properties = emr_spark_defaults(scope)))));
    cfn_export(scope, "ApplicationId", cfn_ref("Application"), "Application of EMR Serverless");
    part_tell_airflow(scope, "emr_application_id", cfn_ref("Application"));
    cfn_export(scope, "ApplicationArn", cfn_att("Application", "Arn"), "ARN of that application");
}

void emr_serverless_build(const struct cfn_scope *scope, const struct emr *emr) {
    const char *logs = part_spark_log_group(scope);
    part_log_group(scope, "Logs", cfn_str(logs), part_log_days(scope));
    cfn_export(scope, "LogGroupName", cfn_ref("Logs"), "Log group of Spark jobs");
    add_access(scope);
    emr_add_job_role(scope, trust(), cfn_list(part_may_write_logs(logs), find_logs()));
    add_application(scope, emr);
}

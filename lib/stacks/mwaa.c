/*
 * mwaa: Airflow that runs the pipeline. Creates a bucket for DAGs, the log groups and security
 * group of an MWAA environment, its execution role and the environment. An environment takes longer
 * to make than anything else, so it waits for no stack but common, the only one that it needs: what
 * its role may use and its DAGs are told of data_lake, dms, glue, emr and redshift goes by names
 * and, of what has none, by tags and by variables of Airflow. Exports EnvironmentName, BucketName,
 * BucketArn, ExecutionRoleArn and WebserverUrl. An environment is created while its bucket is still
 * empty, as in AWS's own quick start: DAGs are found once they are uploaded, requirements once the
 * version of the uploaded file is given as a parameter of the stack.
 */
#include "mwaa.h"

#include "parts.h"

#include <cfngen/aws/ec2.h>
#include <cfngen/aws/mwaa.h>

#include <stdlib.h>
#include <string.h>

static const char *environment_name(const struct cfn_scope *scope) {
    return cfn_scoped(scope, "airflow", 80);
}

static void add_bucket(const struct cfn_scope *scope) {
    part_bucket(scope, .id = "Dags", .what = "airflow", .key = part_key(scope),
                .log_bucket = part_log_bucket(scope), .noncurrent_days = 90);
    cfn_export(scope, "BucketName", cfn_ref("Dags"), "Bucket of DAGs");
    cfn_export(scope, "BucketArn", cfn_att("Dags", "Arn"), "ARN of that bucket");
}

/* The parts of an environment talk to each other, and to AWS, and to nobody else. */
static void add_access(const struct cfn_scope *scope) {
    cfn_value self = cfn_att("AirflowAccess", "GroupId");
    cfn_add(scope->t, "AirflowAccess",
            AWS_EC2_SecurityGroup(.VpcId = part_vpc(scope),
                                  .GroupDescription = cfn_str("the parts of Airflow"),
                                  .SecurityGroupEgress = cfn_list(part_egress_https()),
                                  .Tags = cfn_tags(scope, environment_name(scope))));
    cfn_add(scope->t, "FromItself",
            AWS_EC2_SecurityGroupIngress(.GroupId = self,
                                         .SourceSecurityGroupId = json_incref(self),
                                         .IpProtocol = cfn_str("-1"),
                                         .Description = cfn_str("other parts of Airflow")));
    cfn_add(scope->t, "ToItself",
            AWS_EC2_SecurityGroupEgress(.GroupId = json_incref(self),
                                        .DestinationSecurityGroupId = json_incref(self),
                                        .IpProtocol = cfn_str("-1"),
                                        .Description = cfn_str("other parts of Airflow")));
}

/* MWAA takes log groups of its names that are there, else makes its own, which are kept for ever.
 */
static void add_logs(const struct cfn_scope *scope) {
    static const char *const names[] = {"DAGProcessing", "Scheduler", "Task", "WebServer",
                                        "Worker"};
    const char *days = cfn_setting_of(scope, "common.log_retention_days");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        part_log_group(scope, cfn_text_of(scope, "%sLog", names[i]),
                       cfn_fmt("airflow-%s-%s", environment_name(scope), names[i]),
                       days ? strtol(days, NULL, 10) : 30);
}

/* A path without the version of an object is refused by MWAA, a version without news is not
 * noticed: so the version decides. */
static void add_version(const struct cfn_scope *scope, const char *what) {
    const char *parameter = cfn_text_of(scope, "%sVersion", what);
    cfn_parameter(scope->t, parameter, .Default = "",
                  .Description = "Version of the uploaded object; empty: none is used");
    cfn_condition(scope->t, cfn_text_of(scope, "Has%s", what),
                  cfn_not(cfn_equals(cfn_ref(parameter), cfn_str(""))));
}

static cfn_value if_given(const struct cfn_scope *scope, const char *what, cfn_value value) {
    return cfn_if(cfn_text_of(scope, "Has%s", what), value, cfn_no_value());
}

static cfn_value log_of(const char *level) {
    return AWS_MWAA_Environment_ModuleLoggingConfiguration(.Enabled = cfn_bool(true),
                                                           .LogLevel = cfn_str(level));
}

static cfn_value logging(const struct mwaa_logs *levels) {
    return AWS_MWAA_Environment_LoggingConfiguration(.DagProcessingLogs =
                                                         log_of(levels->dag_processing),
                                                     .SchedulerLogs = log_of(levels->scheduler),
                                                     .TaskLogs = log_of(levels->task),
                                                     .WebserverLogs = log_of(levels->webserver),
                                                     .WorkerLogs = log_of(levels->worker));
}

/* Exactly two subnets, however many zones there are. */
static cfn_value network(const struct cfn_scope *scope) {
    cfn_value groups = cfn_list(cfn_att("AirflowAccess", "GroupId"));
    if (cfn_enabled(scope, "redshift"))
        groups =
            cfn_append(groups, cfn_import_from(scope, "common", "WarehouseClientSecurityGroupId"));
    return AWS_MWAA_Environment_NetworkConfiguration(.SecurityGroupIds = groups,
                                                     .SubnetIds = cfn_list(
                                                         cfn_select(0, part_private_subnets(scope)),
                                                         cfn_select(1,
                                                                    part_private_subnets(scope))));
}

/* What the user says comes first; arguments that are ours are not for a backend that is his. */
static cfn_value options(const struct cfn_scope *scope, const struct cfn_table *own) {
    cfn_value all = mwaa_options(scope);
    if (mwaa_has_own_backend(own))
        json_object_del(all, "secrets.backend_kwargs");
    for (size_t i = 0; i < own->count; i++)
        json_object_set_new(all, own->entries[i].key, cfn_str(own->entries[i].value));
    return all;
}

/* Of its own, an environment holds no more than the history of runs: what made it is in the bucket,
 * which is kept. */
static void add_environment(const struct cfn_scope *scope, const struct mwaa *m) {
    bool public = strcmp(m->webserver_access, "public") == 0;
    cfn_add(scope->t, "Environment",
            AWS_MWAA_Environment(
                    .Name = cfn_str(environment_name(scope)),
                    .AirflowVersion = cfn_str(m->airflow_version),
                    .EnvironmentClass = cfn_str(m->environment_class),
                    .MinWorkers = cfn_int(m->min_workers),
                    .MaxWorkers = cfn_int(mwaa_count(m, m->max_workers, 5)),
                    .Schedulers = cfn_int(mwaa_count(m, m->schedulers, 2)),
                    .MinWebservers = cfn_int(mwaa_count(m, m->webservers, 2)),
                    .MaxWebservers = cfn_int(mwaa_count(m, m->webservers, 2)),
                    .WebserverAccessMode = cfn_str(public ? "PUBLIC_ONLY" : "PRIVATE_ONLY"),
                    .SourceBucketArn = cfn_att("Dags", "Arn"), .DagS3Path = cfn_str(m->dags_path),
                    .RequirementsS3Path =
                        if_given(scope, "Requirements", cfn_str(m->requirements_path)),
                    .RequirementsS3ObjectVersion =
                        if_given(scope, "Requirements", cfn_ref("RequirementsVersion")),
                    .PluginsS3Path = if_given(scope, "Plugins", cfn_str(m->plugins_path)),
                    .PluginsS3ObjectVersion = if_given(scope, "Plugins", cfn_ref("PluginsVersion")),
                    .StartupScriptS3Path =
                        if_given(scope, "StartupScript", cfn_str(m->startup_script_path)),
                    .StartupScriptS3ObjectVersion =
                        if_given(scope, "StartupScript", cfn_ref("StartupScriptVersion")),
                    .ExecutionRoleArn = cfn_att("ExecutionRole", "Arn"), .KmsKey = part_key(scope),
                    .NetworkConfiguration = network(scope),
                    .LoggingConfiguration = logging(&m->log_levels),
                    .AirflowConfigurationOptions = options(scope, &m->airflow_options),
                    .WeeklyMaintenanceWindowStart = cfn_str(m->maintenance_start),
                    .WorkerReplacementStrategy = cfn_str(
                        strcmp(m->worker_replacement, "forced") == 0 ? "FORCED" : "GRACEFUL"),
                    .EndpointManagement =
                        cfn_str(strcmp(m->endpoints, "customer") == 0 ? "CUSTOMER" : "SERVICE")),
            .DeletionPolicy = "Delete",
            .DependsOn = cfn_strs("DagsPolicy", "FromItself", "ToItself", "DAGProcessingLog",
                                  "SchedulerLog", "TaskLog", "WebServerLog", "WorkerLog"));
}

static void build(const struct cfn_scope *scope) {
    const struct mwaa *m = scope->settings;
    add_bucket(scope);
    add_access(scope);
    add_logs(scope);
    mwaa_add_role(scope, environment_name(scope));
    add_version(scope, "Requirements");
    add_version(scope, "Plugins");
    add_version(scope, "StartupScript");
    add_environment(scope, m);
    cfn_export(scope, "EnvironmentName", cfn_ref("Environment"), "Airflow environment");
    cfn_export(scope, "ExecutionRoleArn", cfn_att("ExecutionRole", "Arn"), "Role of its tasks");
    cfn_export(scope, "WebserverUrl", cfn_att("Environment", "WebserverUrl"), "Host of its pages");
}

const struct cfn_stack cfn_stack_mwaa = {
    .name = "mwaa",
    .summary = "Airflow that runs the pipeline, with its bucket of DAGs",
    .size = sizeof(struct mwaa),
    .rows = mwaa_rows,
    .check = mwaa_check,
    .build = build,
};

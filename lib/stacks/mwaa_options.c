#include "mwaa.h"
#include "parts.h"

#include <string.h>

/* An option and the export that is its value; mode: only where that setting has this value. */
struct option {
    const char *key, *stack, *name;
    const char *setting, *mode;
};

static const struct option options[] = {
    {"cfngen.scripts_bucket", "common", "ScriptBucketName", NULL, NULL},
    {"cfngen.alarm_topic_arn", "common", "AlarmTopicArn", NULL, NULL},
    {"cfngen.emr_application_id", "emr", "ApplicationId", "emr.mode", "serverless"},
    {"cfngen.emr_log_group", "emr", "LogGroupName", "emr.mode", "serverless"},
    {"cfngen.emr_cluster_id", "emr", "ClusterId", "emr.mode", "ec2"},
    {"cfngen.emr_job_role_arn", "emr", "JobRoleArn", NULL, NULL},
    {"cfngen.redshift_workgroup", "redshift", "WorkgroupName", "redshift.mode", "serverless"},
    {"cfngen.redshift_cluster", "redshift", "ClusterIdentifier", "redshift.mode", "provisioned"},
    {"cfngen.redshift_database", "redshift", "DatabaseName", NULL, NULL},
    {"cfngen.redshift_secret_id", "redshift", "AdminSecretId", NULL, NULL},
    {"cfngen.redshift_spectrum_role_arn", "redshift", "SpectrumRoleArn", NULL, NULL},
    {"cfngen.dms_task_arn", "dms", "ReplicationTaskArn", "dms.mode", "instance"},
    {"cfngen.dms_replication_config_arn", "dms", "ReplicationConfigArn", "dms.mode", "serverless"},
};

static bool applies(const struct cfn_scope *scope, const struct option *o) {
    const char *mode = o->setting ? cfn_setting_of(scope, o->setting) : NULL;
    return cfn_enabled(scope, o->stack) && (!o->setting || (mode && strcmp(mode, o->mode) == 0));
}

/* "cfngen.silver_bucket": the export <Layer><what> of a stack, for each layer of a list. */
static void add_layers(const struct cfn_scope *scope, cfn_value all, const char *list,
                       const char *stack, const char *what, const char *suffix) {
    struct cfn_texts layers = cfn_setting_list(scope, list);
    if (!cfn_enabled(scope, stack))
        return;
    for (size_t i = 0; i < layers.count; i++) {
        const char *layer = layers.items[i];
        const char *name = cfn_text_of(scope, "%s%s", part_camel(scope, layer), what);
        json_object_set_new(all, cfn_text_of(scope, "cfngen.%s_%s", layer, suffix),
                            cfn_import_from(scope, stack, name));
    }
}

cfn_value mwaa_options(const struct cfn_scope *scope) {
    cfn_value all = cfn_map({"cfngen.project", cfn_str(scope->project)},
                            {"cfngen.environment", cfn_str(scope->environment)});
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (applies(scope, &options[i]))
            json_object_set_new(all, options[i].key,
                                cfn_import_from(scope, options[i].stack, options[i].name));
    add_layers(scope, all, "data_lake.layers", "data_lake", "BucketName", "bucket");
    add_layers(scope, all, "data_lake.layers", "glue", "DatabaseName", "database");
    add_layers(scope, all, "glue.crawlers", "glue", "CrawlerName", "crawler");
    return all;
}

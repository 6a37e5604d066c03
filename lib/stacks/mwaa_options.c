#include "mwaa.h"
#include "parts.h"

#include <base/base.h>

#define STORE                                                                                      \
    "airflow.providers.amazon.aws.secrets.systems_manager.SystemsManagerParameterStoreBackend"

/* "cfngen.<key>": an option of Airflow, whose names MWAA takes without hyphens only. */
static void tell(const struct cfn_scope *scope, cfn_value all, const char *key, cfn_value value) {
    json_object_set_new(all, cfn_text_of(scope, "cfngen.%s", part_underscored(scope, key)), value);
}

static void tell_platform(const struct cfn_scope *scope, cfn_value all) {
    tell(scope, all, "project", cfn_str(scope->project));
    tell(scope, all, "environment", cfn_str(scope->environment));
    tell(scope, all, "scripts_bucket", cfn_import_from(scope, "common", "ScriptBucketName"));
    tell(scope, all, "alarm_topic_arn", cfn_import_from(scope, "common", "AlarmTopicArn"));
}

bool mwaa_has_variables(const struct cfn_scope *scope) {
    return cfn_enabled(scope, "emr") || cfn_enabled(scope, "redshift");
}

/* Variables alone are looked up there: null keeps Airflow from asking for the rest. */
static void tell_variables(const struct cfn_scope *scope, cfn_value all) {
    const char *prefix = cfn_text_of(scope, "%s/variables", part_airflow_parameters(scope));
    json_object_set_new(all, "secrets.backend", cfn_str(STORE));
    json_object_set_new(all, "secrets.backend_kwargs",
                        cfn_json_text(cfn_map({"variables_prefix", cfn_str(prefix)},
                                              {"connections_prefix", json_null()},
                                              {"config_prefix", json_null()})));
}

/* The id of an application or a cluster has no name to be found by: the stack emr writes it into
 * the variable emr_application_id or emr_cluster_id. */
static void tell_spark(const struct cfn_scope *scope, cfn_value all) {
    tell(scope, all, "emr_job_role_arn", part_role_arn(scope, PART_SPARK_ROLE));
    if (!cfn_same(cfn_setting_of(scope, "emr.mode"), "serverless"))
        return;
    tell(scope, all, "emr_log_group", cfn_str(part_spark_log_group(scope)));
    tell(scope, all, "emr_job_tags", cfn_json_text(mwaa_own_tags(scope, "")));
}

/* The host is known only when it is there: the stack redshift writes it into the variable
 * redshift_host. Of the administrator's secret nothing is told: DAGs log in as the role. */
static void tell_warehouse(const struct cfn_scope *scope, cfn_value all) {
    bool serverless = cfn_same(cfn_setting_of(scope, "redshift.mode"), "serverless");
    tell(scope, all, serverless ? "redshift_workgroup" : "redshift_cluster",
         cfn_str(part_warehouse_name(scope)));
    tell(scope, all, "redshift_database", cfn_str(part_warehouse_database(scope)));
    tell(scope, all, "redshift_port", cfn_str(cfn_setting_of(scope, "redshift.port")));
    tell(scope, all, "redshift_spectrum_role_arn", part_role_arn(scope, PART_SPECTRUM_ROLE));
}

static void tell_replication(const struct cfn_scope *scope, cfn_value all) {
    bool serverless = cfn_same(cfn_setting_of(scope, "dms.mode"), "serverless");
    tell(scope, all, serverless ? "dms_replication_config_arn" : "dms_task_arn",
         mwaa_replication_arn(scope));
}

static void tell_buckets(const struct cfn_scope *scope, cfn_value all) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    for (size_t i = 0; i < layers.count; i++)
        tell(scope, all, cfn_text_of(scope, "%s_bucket", layers.items[i]),
             part_bucket_name(scope, layers.items[i]));
}

static void tell_catalog(const struct cfn_scope *scope, cfn_value all) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    struct cfn_texts crawled = cfn_setting_list(scope, "glue.crawlers");
    for (size_t i = 0; i < layers.count; i++)
        tell(scope, all, cfn_text_of(scope, "%s_database", layers.items[i]),
             cfn_str(part_database_name(scope, layers.items[i])));
    for (size_t i = 0; i < crawled.count; i++)
        tell(scope, all, cfn_text_of(scope, "%s_crawler", crawled.items[i]),
             cfn_str(part_crawler_name(scope, crawled.items[i])));
}

cfn_value mwaa_options(const struct cfn_scope *scope) {
    static const struct {
        const char *stack;
        void (*tell)(const struct cfn_scope *scope, cfn_value all);
    } parts[] = {
        {"common", tell_platform}, {"emr", tell_spark},         {"redshift", tell_warehouse},
        {"dms", tell_replication}, {"data_lake", tell_buckets}, {"glue", tell_catalog},
    };
    cfn_value all = json_object();
    if (mwaa_has_variables(scope))
        tell_variables(scope, all);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (cfn_enabled(scope, parts[i].stack))
            parts[i].tell(scope, all);
    return all;
}

/*
 * emr: where Spark jobs run: an EMR Serverless application (mode serverless) or a cluster (mode
 * ec2), with the role that jobs take, which reads the first layer of the lake and writes the later
 * ones; and where there is mwaa, the variable by which Airflow knows it. Needs the network, key,
 * script bucket and, for a cluster, the bucket of access logs of common, the buckets of data_lake,
 * and glue where that is enabled. Exports JobRoleArn; of an application ApplicationId,
 * ApplicationArn and LogGroupName; of a cluster ClusterId, InstanceProfileArn and LogBucketName.
 */
#include "emr.h"

#include "parts.h"

#include <stdio.h>
#include <string.h>

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct emr),
    CFN_CHOICE(struct emr, mode, .fallback = "serverless", .choices = "serverless|ec2",
               .help = "where jobs run: serverless costs nothing between jobs, ec2 is a cluster"),
    CFN_TEXT(struct emr, release, .fallback = "7.13.0", .format = &cfn_format_version,
             .help = "release of EMR, 6.9.0 or later"),
    CFN_SECTION(struct emr, serverless, struct emr_serverless, .rows = emr_serverless_rows,
                .help = "the application, where mode is serverless"),
    CFN_SECTION(struct emr, ec2, struct emr_cluster, .rows = emr_cluster_rows,
                .help = "the cluster, where mode is ec2"),
    CFN_ROWS_END,
};

static bool is_serverless(const struct emr *emr) {
    return strcmp(emr->mode, "serverless") == 0;
}

/* Before 6.9.0 Serverless has no Graviton, and steps of a cluster no role of their own. */
static void check_release(const struct cfn_scope *scope, const struct emr *emr) {
    unsigned major = 0, minor = 0, patch = 0;
    if (sscanf(emr->release, "%4u.%4u.%4u", &major, &minor, &patch) != 3)
        cfn_refuse(scope, "release", "must be a whole release, such as 7.13.0, not '%s'",
                   emr->release);
    else if (major < 6 || (major == 6 && minor < 9))
        cfn_refuse(scope, "release", "must be 6.9.0 or later, not '%s'", emr->release);
    else
        cfn_judge_version(scope, "release", "emr", emr->release);
}

static void check(const struct cfn_scope *scope) {
    const struct emr *emr = scope->settings;
    check_release(scope, emr);
    if (is_serverless(emr))
        emr_serverless_check(scope, &emr->serverless);
    else
        emr_cluster_check(scope, &emr->ec2);
}

cfn_value emr_spark_defaults(const struct cfn_scope *scope) {
    const char *catalog =
        "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory";
    return cfn_map({"spark.sql.session.timeZone", cfn_str("UTC")},
                   {"spark.hadoop.hive.metastore.client.factory.class",
                    cfn_enabled(scope, "glue") ? cfn_str(catalog) : NULL});
}

static void build(const struct cfn_scope *scope) {
    const struct emr *emr = scope->settings;
    if (is_serverless(emr))
        emr_serverless_build(scope, emr);
    else
        emr_cluster_build(scope, emr);
}

const struct cfn_stack cfn_stack_emr = {
    .name = "emr",
    .summary = "Spark: a serverless application or a cluster, and the role of its jobs",
    .size = sizeof(struct emr),
    .rows = rows,
    .check = check,
    .build = build,
};

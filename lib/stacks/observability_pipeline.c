/* What is made of the data: crawlers, Spark, the warehouse, and Airflow that moves them. */
#include "observability.h"

#include "parts.h"

#include <stdlib.h>
#include <string.h>

enum { HALF_AN_HOUR = 6 };

const struct cfn_row watched_redshift_rows[] = {
    CFN_INT(struct watched_redshift, capacity_percent, .fallback = "90", .max = 100,
            .help = "alarm when a serverless warehouse has used this part of its most capacity for "
                    "half an hour"),
    CFN_INT(struct watched_redshift, disk_percent, .fallback = "80", .max = 100,
            .help = "alarm when a provisioned warehouse has used this part of its disks"),
    CFN_ROWS_END,
};

const struct cfn_row watched_mwaa_rows[] = {
    CFN_BOOL(struct watched_mwaa, heartbeat, .fallback = "true",
             .help = "whether there is an alarm when Airflow's scheduler gives no sign of life"),
    CFN_INT(struct watched_mwaa, queued_tasks, .fallback = "50", .max = 1000000,
            .help = "alarm when so many tasks wait for a worker for half an hour"),
    CFN_ROWS_END,
};

void watch_glue(struct watch *w) {
    struct cfn_texts layers = cfn_setting_list(w->scope, "glue.crawlers");
    cfn_value names = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < layers.count; i++) {
        const char *layer = part_camel(w->scope, layers.items[i]);
        const char *name = cfn_text_of(w->scope, "%sCrawlerName", layer);
        names = cfn_append(names, cfn_import_from(w->scope, "glue", name));
    }
    if (layers.count == 0) {
        json_decref(names);
        return;
    }
    watch_event(w, &(const struct watch_event){
                       .id = "CrawlerFails",
                       .name = "crawler-fails",
                       .what = "a crawler has failed",
                       .pattern = cfn_map({"source", cfn_strs("aws.glue")},
                                          {"detail-type", cfn_strs("Glue Crawler State Change")},
                                          {"detail", cfn_map({"crawlerName", names},
                                                             {"state", cfn_strs("Failed")})}),
                       .paths = cfn_map({"name", cfn_str("$.detail.crawlerName")},
                                        {"why", cfn_str("$.detail.errorMessage")}),
                       .text = "The crawler <name> has failed. <why>"});
}

static void watch_application(struct watch *w) {
    struct watch_subject application = {
        "AWS/EMRServerless",
        {{"ApplicationId", "Application", cfn_import_from(w->scope, "emr", "ApplicationId")}}};
    watch_subject_begin(w, &application);
    watch_graph(w, &application, "Spark: jobs", "Sum",
                (const char *const[]){"RunningJobs", "SuccessJobs", "FailedJobs", NULL});
    watch_graph(w, &application, "Spark: capacity", "Maximum",
                (const char *const[]){"CPUAllocated", "MemoryAllocated", NULL});
    watch_event(
        w, &(const struct watch_event){
               .id = "SparkJobFails",
               .name = "spark-job-fails",
               .what = "a Spark job has failed",
               .pattern = cfn_map(
                   {"source", cfn_strs("aws.emr-serverless")},
                   {"detail-type", cfn_strs("EMR Serverless Job Run State Change")},
                   {"detail", cfn_map({"applicationId",
                                       cfn_list(json_incref(application.dimensions[0].value))},
                                      {"state", cfn_strs("FAILED")})}),
               .paths = cfn_map({"application", cfn_str("$.detail.applicationId")},
                                {"job", cfn_str("$.detail.jobRunId")}),
               .text = "The Spark job run <job> of the application <application> has failed."});
    watch_subject_end(&application);
}

static void watch_cluster_event(struct watch *w, const char *id, const char *name, const char *what,
                                const char *type, const char *state, cfn_value cluster,
                                const char *text) {
    watch_event(
        w, &(const struct watch_event){
               .id = id,
               .name = name,
               .what = what,
               .pattern = cfn_map({"source", cfn_strs("aws.emr")}, {"detail-type", cfn_strs(type)},
                                  {"detail", cfn_map({"clusterId", cfn_list(cluster)},
                                                     {"state", cfn_strs(state)})}),
               .paths = cfn_map({"name", cfn_str("$.detail.name")},
                                {"cluster", cfn_str("$.detail.clusterId")},
                                {"why", cfn_str("$.detail.message")}),
               .text = text});
}

static void watch_cluster(struct watch *w) {
    struct watch_subject cluster = {
        "AWS/ElasticMapReduce",
        {{"JobFlowId", "Cluster", cfn_import_from(w->scope, "emr", "ClusterId")}}};
    watch_subject_begin(w, &cluster);
    watch_graph(w, &cluster, "Spark: applications", "Maximum",
                (const char *const[]){"AppsRunning", "AppsPending", "AppsFailed", NULL});
    watch_graph(w, &cluster, "Spark: memory that is free", "Minimum",
                (const char *const[]){"YARNMemoryAvailablePercentage", NULL});
    cfn_value id = cluster.dimensions[0].value;
    watch_cluster_event(w, "SparkJobFails", "spark-job-fails", "a step of the cluster has failed",
                        "EMR Step Status Change", "FAILED", json_incref(id),
                        "The step <name> of the cluster <cluster> has failed. <why>");
    watch_cluster_event(w, "ClusterFails", "cluster-fails", "the cluster has ended with errors",
                        "EMR Cluster State Change", "TERMINATED_WITH_ERRORS", json_incref(id),
                        "The cluster <name> (<cluster>) has ended with errors. <why>");
    watch_subject_end(&cluster);
}

void watch_emr(struct watch *w) {
    if (watch_finds(w->scope, "emr.mode", "ec2"))
        watch_cluster(w);
    else
        watch_application(w);
}

/* A serverless warehouse that rests has no metrics, which is well. */
static const struct watch_alarm capacity = {
    .id = "WarehouseCapacity",
    .name = "warehouse-capacity",
    .what = "queries use nearly all that the warehouse may have",
    .metric = "ComputeCapacity",
    .statistic = "Average",
    .comparison = ">=",
    .periods = HALF_AN_HOUR,
    .silence = "notBreaching",
};
static const struct watch_alarm disk = {
    .id = "WarehouseDisk",
    .name = "warehouse-disk",
    .what = "the warehouse is about to run out of disk",
    .metric = "PercentageDiskSpaceUsed",
    .statistic = "Average",
    .comparison = ">=",
};
static const struct watch_alarm health = {
    .id = "WarehouseHealth",
    .name = "warehouse-health",
    .what = "the warehouse does not answer, or is no more",
    .metric = "HealthStatus",
    .statistic = "Minimum",
    .comparison = "<",
    .tells_silence = true,
};

static void watch_workgroup(struct watch *w, const struct watched_redshift *limits) {
    const char *most = cfn_setting_of(w->scope, "redshift.serverless.max_capacity");
    long rpu = most ? strtol(most, NULL, 10) : 0;
    struct watch_subject workgroup = {
        "AWS/Redshift-Serverless",
        {{"Workgroup", "Workgroup", cfn_import_from(w->scope, "redshift", "WorkgroupName")}}};
    watch_subject_begin(w, &workgroup);
    watch_alarm(w, &workgroup, &capacity, rpu * limits->capacity_percent / 100);
    watch_graph(w, &workgroup, "Warehouse: capacity in RPU", "Maximum",
                (const char *const[]){"ComputeCapacity", NULL});
    watch_graph(w, &workgroup, "Warehouse: RPU seconds", "Sum",
                (const char *const[]){"ComputeSeconds", NULL});
    watch_subject_end(&workgroup);
}

static void watch_warehouse(struct watch *w, const struct watched_redshift *limits) {
    struct watch_subject cluster = {"AWS/Redshift",
                                    {{"ClusterIdentifier", "Warehouse",
                                      cfn_import_from(w->scope, "redshift", "ClusterIdentifier")}}};
    watch_subject_begin(w, &cluster);
    watch_alarm(w, &cluster, &health, 1);
    watch_alarm(w, &cluster, &disk, limits->disk_percent);
    watch_graph(w, &cluster, "Warehouse: load", "Average",
                (const char *const[]){"CPUUtilization", "PercentageDiskSpaceUsed", NULL});
    watch_graph(w, &cluster, "Warehouse: connections", "Maximum",
                (const char *const[]){"DatabaseConnections", NULL});
    watch_subject_end(&cluster);
}

void watch_redshift(struct watch *w, const struct watched_redshift *limits) {
    if (watch_finds(w->scope, "redshift.mode", "provisioned"))
        watch_warehouse(w, limits);
    else
        watch_workgroup(w, limits);
}

/* A scheduler that has died sends nothing. */
static const struct watch_alarm heartbeat = {
    .id = "AirflowHeartbeat",
    .name = "airflow-heartbeat",
    .what = "Airflow's scheduler gives no sign of life",
    .metric = "SchedulerHeartbeat",
    .statistic = "Sum",
    .comparison = "<",
    .silence = "breaching",
};
static const struct watch_alarm queue = {
    .id = "AirflowQueue",
    .name = "airflow-queue",
    .what = "tasks wait for a worker of Airflow",
    .metric = "QueuedTasks",
    .statistic = "Minimum",
    .comparison = ">=",
    .periods = HALF_AN_HOUR,
    .silence = "notBreaching",
};

static struct watch_subject part_of_airflow(const struct watch *w, const char *function) {
    return (struct watch_subject){
        "AmazonMWAA",
        {{"Function", NULL, cfn_str(function)},
         {"Environment", "Airflow", cfn_import_from(w->scope, "mwaa", "EnvironmentName")}}};
}

void watch_mwaa(struct watch *w, const struct watched_mwaa *limits) {
    struct watch_subject scheduler = part_of_airflow(w, "Scheduler");
    struct watch_subject executor = part_of_airflow(w, "Executor");
    watch_subject_begin(w, &scheduler);
    watch_subject_begin(w, &executor);
    watch_alarm(w, &scheduler, &heartbeat, limits->heartbeat ? 1 : 0);
    watch_alarm(w, &executor, &queue, limits->queued_tasks);
    watch_graph(w, &scheduler, "Airflow: heartbeats", "Sum",
                (const char *const[]){"SchedulerHeartbeat", NULL});
    watch_graph(w, &executor, "Airflow: tasks", "Maximum",
                (const char *const[]){"RunningTasks", "QueuedTasks", NULL});
    watch_subject_end(&scheduler);
    watch_subject_end(&executor);
}

/* Where the data comes from: the database and its replication. */
#include "observability.h"

#include <string.h>

#define MB (1024LL * 1024)
#define GB (1024 * MB)

enum { HALF_AN_HOUR = 6, RESOURCE_OF_ARN = 6 };

const struct cfn_row watched_rds_rows[] = {
    CFN_INT(struct watched_rds, free_storage_gb, .fallback = "5", .max = 65536,
            .help = "alarm below so many GB of free storage; 0: no alarm, as with every threshold"),
    CFN_INT(struct watched_rds, cpu_percent, .fallback = "85", .max = 100,
            .help = "alarm above this use of the processor for half an hour"),
    CFN_INT(struct watched_rds, free_memory_mb, .fallback = "128", .max = 16777216,
            .help = "alarm below so many MB of free memory"),
    CFN_INT(struct watched_rds, connections, .fallback = "150", .max = 262143,
            .help = "alarm above so many connections"),
    CFN_INT(struct watched_rds, slot_lag_gb, .fallback = "2", .max = 65536,
            .help = "alarm above so many GB of changes that a replication slot has not read"),
    CFN_INT(struct watched_rds, wal_gb, .fallback = "8", .max = 65536,
            .help = "alarm above so many GB of transaction logs"),
    CFN_ROWS_END,
};

const struct cfn_row watched_dms_rows[] = {
    CFN_INT(struct watched_dms, latency_seconds, .fallback = "900", .max = 604800,
            .help = "alarm above this delay between a change and its arrival in the lake"),
    CFN_INT(struct watched_dms, free_storage_gb, .fallback = "5", .max = 6144,
            .help = "alarm below so many GB of free storage of the replication instance"),
    CFN_INT(struct watched_dms, free_memory_mb, .fallback = "128", .max = 16777216,
            .help = "alarm below so many MB of free memory of the replication instance"),
    CFN_ROWS_END,
};

/* Where nothing replicates there is no slot and no such metric, which is well. */
static const struct watch_alarm slot_lag = {
    .id = "RdsSlotLag",
    .name = "rds-slot-lag",
    .what = "a replication slot holds back transaction logs: is its reader gone?",
    .metric = "OldestReplicationSlotLag",
    .unit = GB,
    .silence = "notBreaching",
};
static const struct watch_alarm transaction_logs = {
    .id = "RdsTransactionLogs",
    .name = "rds-transaction-logs",
    .what = "transaction logs fill the database's storage",
    .metric = "TransactionLogsDiskUsage",
    .unit = GB,
};
static const struct watch_alarm rds_storage = {
    .id = "RdsFreeStorage",
    .name = "rds-free-storage",
    .what = "the database is about to run out of storage",
    .metric = "FreeStorageSpace",
    .statistic = "Minimum",
    .comparison = "<",
    .unit = GB,
};
static const struct watch_alarm rds_cpu = {
    .id = "RdsCpu",
    .name = "rds-cpu",
    .what = "the database's processor has no rest",
    .metric = "CPUUtilization",
    .statistic = "Average",
    .periods = HALF_AN_HOUR,
};
static const struct watch_alarm rds_memory = {
    .id = "RdsFreeMemory",
    .name = "rds-free-memory",
    .what = "the database is about to run out of memory",
    .metric = "FreeableMemory",
    .statistic = "Minimum",
    .comparison = "<",
    .unit = MB,
};
static const struct watch_alarm rds_connections = {
    .id = "RdsConnections",
    .name = "rds-connections",
    .what = "the database has more connections than usual",
    .metric = "DatabaseConnections",
};

void watch_rds(struct watch *w, const struct watched_rds *limits) {
    struct watch_subject database = {"AWS/RDS",
                                     {{"DBInstanceIdentifier", "Database",
                                       cfn_import_from(w->scope, "rds", "InstanceIdentifier")}}};
    watch_subject_begin(w, &database);
    watch_alarm(w, &database, &rds_storage, limits->free_storage_gb);
    watch_alarm(w, &database, &rds_cpu, limits->cpu_percent);
    watch_alarm(w, &database, &rds_memory, limits->free_memory_mb);
    watch_alarm(w, &database, &rds_connections, limits->connections);
    if (watch_finds(w->scope, "rds.logical_replication", "true")) {
        watch_alarm(w, &database, &slot_lag, limits->slot_lag_gb);
        watch_alarm(w, &database, &transaction_logs, limits->wal_gb);
    }
    watch_graph(w, &database, "Database: load", "Average",
                (const char *const[]){"CPUUtilization", "DatabaseConnections", NULL});
    watch_graph(w, &database, "Database: storage and memory", "Minimum",
                (const char *const[]){"FreeStorageSpace", "FreeableMemory", NULL});
    watch_graph(
        w, &database, "Database: replication", "Maximum",
        (const char *const[]){"OldestReplicationSlotLag", "TransactionLogsDiskUsage", NULL});
    watch_subject_end(&database);
}

/* A replication that has died has no metrics. Before its first start it has none either, which is
 * no news: so not silence is told but falling silent. */
static const struct watch_alarm source_latency = {
    .id = "DmsSourceLatency",
    .name = "dms-source-latency",
    .what = "changes of the database are read late, or no more",
    .metric = "CDCLatencySource",
    .tells_silence = true,
};
static const struct watch_alarm target_latency = {
    .id = "DmsTargetLatency",
    .name = "dms-target-latency",
    .what = "changes reach the lake late, or no more",
    .metric = "CDCLatencyTarget",
    .tells_silence = true,
};
static const struct watch_alarm dms_storage = {
    .id = "DmsFreeStorage",
    .name = "dms-free-storage",
    .what = "the replication instance is about to run out of storage",
    .metric = "FreeStorageSpace",
    .statistic = "Minimum",
    .comparison = "<",
    .unit = GB,
};
static const struct watch_alarm dms_memory = {
    .id = "DmsFreeMemory",
    .name = "dms-free-memory",
    .what = "the replication instance is about to run out of memory",
    .metric = "FreeableMemory",
    .statistic = "Minimum",
    .comparison = "<",
    .unit = MB,
};

static void watch_replication(struct watch *w, struct watch_subject *replication,
                              const struct watched_dms *limits) {
    watch_subject_begin(w, replication);
    if (!watch_finds(w->scope, "dms.migration_type", "full-load")) {
        watch_alarm(w, replication, &source_latency, limits->latency_seconds);
        watch_alarm(w, replication, &target_latency, limits->latency_seconds);
    }
    watch_graph(w, replication, "Replication: delay in seconds", "Maximum",
                (const char *const[]){"CDCLatencySource", "CDCLatencyTarget", NULL});
    watch_graph(
        w, replication, "Replication: rows", "Average",
        (const char *const[]){"FullLoadThroughputRowsTarget", "CDCThroughputRowsTarget", NULL});
    watch_subject_end(replication);
}

static void watch_instance(struct watch *w, const struct watched_dms *limits) {
    struct watch_subject instance = {
        "AWS/DMS",
        {{"ReplicationInstanceIdentifier", "ReplicationInstance",
          cfn_import_from(w->scope, "dms", "ReplicationInstanceIdentifier")}}};
    watch_subject_begin(w, &instance);
    watch_alarm(w, &instance, &dms_storage, limits->free_storage_gb);
    watch_alarm(w, &instance, &dms_memory, limits->free_memory_mb);
    watch_graph(w, &instance, "Replication: instance", "Minimum",
                (const char *const[]){"FreeStorageSpace", "FreeableMemory", NULL});
    watch_subject_end(&instance);
}

/* The last part of an ARN: by this, and by no name, the metrics of a replication are kept. */
static cfn_value resource_of(cfn_value arn) {
    return cfn_select(RESOURCE_OF_ARN, cfn_split(":", arn));
}

static void watch_task(struct watch *w, const struct watched_dms *limits) {
    struct watch_subject task = {
        "AWS/DMS",
        {{"ReplicationInstanceIdentifier", "ReplicationInstance",
          cfn_import_from(w->scope, "dms", "ReplicationInstanceIdentifier")},
         {"ReplicationTaskIdentifier", "ReplicationTask",
          resource_of(cfn_import_from(w->scope, "dms", "ReplicationTaskArn"))}}};
    watch_replication(w, &task, limits);
}

static void watch_serverless(struct watch *w, const struct watched_dms *limits) {
    cfn_value resource = resource_of(cfn_import_from(w->scope, "dms", "ReplicationConfigArn"));
    struct watch_subject config = {
        "AWS/DMS",
        {{"ReplicationConfigId", "Replication",
          cfn_join(":", cfn_list(cfn_ref("AWS::AccountId"), resource))}}};
    watch_replication(w, &config, limits);
}

static void watch_end_of(struct watch *w, const char *type, const char *export_name,
                         const char *prefix) {
    cfn_value ends = cfn_list(cfn_fmt("%s_FAILED", prefix), cfn_fmt("%s_STOPPED", prefix));
    watch_event(w, &(const struct watch_event){
                       .id = "ReplicationEnds",
                       .name = "replication-ends",
                       .what = "a replication has failed or stopped",
                       .pattern = cfn_map(
                           {"source", cfn_strs("aws.dms")}, {"detail-type", cfn_strs(type)},
                           {"resources", cfn_list(cfn_import_from(w->scope, "dms", export_name))},
                           {"detail", cfn_map({"eventType", ends})}),
                       .paths = cfn_map({"what", cfn_str("$.detail.eventType")},
                                        {"why", cfn_str("$.detail.detailMessage")},
                                        {"which", cfn_str("$.resources[0]")}),
                       .text = "Replication <which>: <what>. <why>"});
}

void watch_dms(struct watch *w, const struct watched_dms *limits) {
    if (watch_finds(w->scope, "dms.mode", "serverless")) {
        watch_serverless(w, limits);
        watch_end_of(w, "DMS Replication State Change", "ReplicationConfigArn", "REPLICATION");
        return;
    }
    watch_instance(w, limits);
    watch_task(w, limits);
    watch_end_of(w, "DMS Replication Task State Change", "ReplicationTaskArn", "REPLICATION_TASK");
}

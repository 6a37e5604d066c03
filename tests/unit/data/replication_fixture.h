/* A replication of DMS as a script tells it. */
#ifndef TESTS_DATA_REPLICATION_FIXTURE_H
#define TESTS_DATA_REPLICATION_FIXTURE_H

#include "replies.h"

#include <cfngen/replicate.h>

#define TASK "arn:aws:dms:eu-west-1:123456789012:task:shop-dev-replication"
#define CONFIG "arn:aws:dms:eu-west-1:123456789012:replication-config:shop-dev-replication"
#define INSTANCE "arn:aws:dms:eu-west-1:123456789012:rep:I"
#define SOURCE "arn:aws:dms:eu-west-1:123456789012:endpoint:S"
#define TARGET "arn:aws:dms:eu-west-1:123456789012:endpoint:T"

static const struct cfn_replication by_task = {.task_arn = TASK, .instance_name = "shop-dev-dms"};
static const struct cfn_replication by_config = {.config_arn = CONFIG};

struct given {
    const char *status, *type; /* type NULL: full-load-and-cdc */
    int percent, loaded, loading, queued, errored;
    int started, fresh; /* seconds; 0: never */
    const char *reason, *failure;
};

static inline void put_number(json_t *object, const char *name, int value) {
    if (value)
        json_object_set_new(object, name, json_real(value)); /* times of the JSON protocol */
}

static inline json_t *numbers_of(const struct given *given) {
    json_t *numbers =
        json_pack("{s:i, s:i, s:i, s:i, s:i}", "FullLoadProgressPercent", given->percent,
                  "TablesLoaded", given->loaded, "TablesLoading", given->loading, "TablesQueued",
                  given->queued, "TablesErrored", given->errored);
    put_number(numbers, "FreshStartDate", given->fresh);
    put_number(numbers, "StartDate", given->started);
    return numbers;
}

static inline void task_is(struct scripted *s, struct given given) {
    json_t *task = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "ReplicationTaskArn", TASK, "Status",
        given.status, "MigrationType", given.type ? given.type : "full-load-and-cdc",
        "ReplicationInstanceArn", INSTANCE, "SourceEndpointArn", SOURCE, "TargetEndpointArn",
        TARGET, "StopReason", given.reason ? given.reason : "", "LastFailureMessage",
        given.failure ? given.failure : "", "ReplicationTaskStats", numbers_of(&given));
    put_number(task, "ReplicationTaskStartDate", given.started);
    scripted_add(s, "DescribeReplicationTasks", json_pack("{s:[o]}", "ReplicationTasks", task));
}

static inline void config_is(struct scripted *s, struct given given) {
    json_t *one =
        json_pack("{s:s, s:s, s:s, s:s, s:[s*], s:o}", "ReplicationConfigArn", CONFIG, "Status",
                  given.status, "ReplicationType", given.type ? given.type : "full-load-and-cdc",
                  "StopReason", given.reason ? given.reason : "", "FailureMessages", given.failure,
                  "ReplicationStats", numbers_of(&given));
    scripted_add(s, "DescribeReplications", json_pack("{s:[o]}", "Replications", one));
}

static inline json_t *table_row(const char *name, const char *state, int rows) {
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:i}", "SchemaName", "ecommerce",
                     "TableName", name, "TableState", state, "FullLoadRows", rows, "Inserts", 3,
                     "Updates", 2, "Deletes", 1, "FullLoadErrorRows", 0);
}

static inline void tables_are(struct scripted *s, const char *action, const char *list,
                              const char *orders, const char *customers) {
    json_t *rows = json_array();
    json_array_append_new(rows, table_row("orders", orders, 99441));
    json_array_append_new(rows, table_row("customers", customers, 500));
    scripted_add(s, action, json_pack("{s:o}", list, rows));
}

static inline void task_tables(struct scripted *s, const char *orders, const char *customers) {
    tables_are(s, "DescribeTableStatistics", "TableStatistics", orders, customers);
}

static inline void latency_is(struct scripted *s) {
    scripted_add(s, "GetMetricStatistics",
                 json_pack("{s:[{s:s, s:s}, {s:s, s:s}]}", "Datapoints", "Timestamp",
                           "2026-01-01T00:02:00Z", "Average", "7.6", "Timestamp",
                           "2026-01-01T00:01:00Z", "Average", "99"));
}

static inline json_t *connection(const char *endpoint, const char *instance, const char *status,
                                 const char *why) {
    return json_pack("{s:s, s:s, s:s, s:s}", "EndpointArn", endpoint, "ReplicationInstanceArn",
                     instance, "Status", status, "LastFailureMessage", why);
}

/* How the two connections are told at one look. */
static inline void connections_are(struct scripted *s, const char *source, const char *target,
                                   const char *why) {
    scripted_add(s, "DescribeConnections",
                 json_pack("{s:[o, o, o]}", "Connections",
                           connection(SOURCE, "arn:another", "failed", "of another instance"),
                           connection(SOURCE, INSTANCE, source, why),
                           connection(TARGET, INSTANCE, target, why)));
}

static inline void connections_are_good(struct scripted *s) {
    scripted_add(s, "TestConnection", json_pack("{s:{s:s}}", "Connection", "Status", "testing"));
    connections_are(s, "testing", "testing", "");
    connections_are(s, "successful", "testing", "");
    connections_are(s, "successful", "successful", "");
}

static inline void order_is_taken(struct scripted *s, const char *action) {
    scripted_add(s, action, json_object());
}

#endif

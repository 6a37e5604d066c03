/* How a replication stands: what DMS tells of it and of its tables, as one value. */
#include "replicate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct cfn__dialect of_task = {
    .mode = "instance",
    .arn = "ReplicationTaskArn",
    .describe = "DescribeReplicationTasks",
    .filter = "replication-task-arn",
    .list = "ReplicationTasks",
    .numbers = "ReplicationTaskStats",
    .migration_type = "MigrationType",
    .started = "ReplicationTaskStartDate",
    .tables = "DescribeTableStatistics",
    .table_list = "TableStatistics",
    .start = "StartReplicationTask",
    .start_type = "StartReplicationTaskType",
    .stop = "StopReplicationTask",
};
static const struct cfn__dialect of_serverless = {
    .mode = "serverless",
    .arn = "ReplicationConfigArn",
    .describe = "DescribeReplications",
    .filter = "replication-config-arn",
    .list = "Replications",
    .numbers = "ReplicationStats",
    .migration_type = "ReplicationType",
    .started = "ReplicationStats.StartDate",
    .tables = "DescribeReplicationTableStatistics",
    .table_list = "ReplicationTableStatistics",
    .start = "StartReplication",
    .start_type = "StartReplicationType",
    .stop = "StopReplication",
};

const struct cfn__dialect *cfn__dialect_of(const struct cfn_replication *replication) {
    return replication->task_arn ? &of_task : &of_serverless;
}

const char *cfn__replication_arn(const struct cfn_replication *replication) {
    return replication->task_arn ? replication->task_arn : replication->config_arn;
}

int cfn_replication_find(const json_t *outputs, struct cfn_replication *replication,
                         struct cfn_diags *diags) {
    const char *task = cfn_output_text(outputs, "ReplicationTaskArn");
    const char *config = cfn_output_text(outputs, "ReplicationConfigArn");
    const char *instance = cfn_output_text(outputs, "ReplicationInstanceIdentifier");
    *replication = (struct cfn_replication){.task_arn = *task ? task : NULL,
                                            .config_arn = *config && !*task ? config : NULL,
                                            .instance_name = *instance ? instance : NULL};
    if (*task || *config)
        return 0;
    cfn_fail(diags, "replicate.absent", (struct cfn_place){0}, NULL,
             "the stack dms has no replication among its outputs");
    cfn_hint(diags, "'cfngen deploy --stack dms' brings it about");
    return -1;
}

/* Times: a number of seconds, or a text where somebody else than AWS answers. */
static json_t *number_or_null(const json_t *from, const char *first, const char *second) {
    const json_t *value = json_object_get(from, first);
    if (second)
        value = json_object_get(value, second);
    int64_t time = json_is_string(value) ? cfn_time_read(json_string_value(value)) : -1;
    if (time >= 0)
        return json_integer(time / 1000);
    return json_is_number(value) ? json_integer((json_int_t)json_number_value(value)) : json_null();
}

static json_t *started_of(const json_t *one, const struct cfn__dialect *dialect) {
    json_t *started = strchr(dialect->started, '.')
                          ? number_or_null(one, dialect->numbers, "StartDate")
                          : number_or_null(one, dialect->started, NULL);
    if (json_is_number(started))
        return started;
    json_decref(started);
    return number_or_null(one, dialect->numbers, "StartDate");
}

static json_t *small_letters(const char *text) {
    char *copy = cfn__copy(text);
    for (char *at = copy; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    json_t *value = json_string(copy);
    free(copy);
    return value;
}

/* A task has one message, a serverless replication a list. */
static json_t *failure_of(const json_t *one) {
    const char *message = cfn_output_text(one, "LastFailureMessage");
    const json_t *list = cfn_output_list(one, "FailureMessages");
    struct cfn_text all = {0};
    cfn_text_put(&all, message);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text)
            cfn_text_printf(&all, "%s%s", all.size ? "; " : "", text);
    }
    json_t *value = json_string(all.data ? all.data : "");
    cfn_text_done(&all);
    return value;
}

static void put_numbers(json_t *status, const json_t *numbers) {
    static const char *const names[][2] = {
        {"percent", "FullLoadProgressPercent"}, {"tables_loaded", "TablesLoaded"},
        {"tables_loading", "TablesLoading"},    {"tables_queued", "TablesQueued"},
        {"tables_errored", "TablesErrored"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(numbers, names[i][1]);
        json_object_set_new(status, names[i][0],
                            json_integer((json_int_t)json_number_value(value)));
    }
    json_object_set_new(status, "fresh_start", number_or_null(numbers, "FreshStartDate", NULL));
}

static json_t *status_of(const json_t *one, const struct cfn_replication *replication) {
    const struct cfn__dialect *dialect = cfn__dialect_of(replication);
    json_t *status = json_pack(
        "{s:s, s:s, s:s, s:o, s:s, s:o, s:o, s:s, s:s, s:s, s:n, s:n, s:[]}", "arn",
        cfn__replication_arn(replication), "mode", dialect->mode, "migration_type",
        cfn_output_text(one, dialect->migration_type), "status",
        small_letters(cfn_output_text(one, "Status")), "stop_reason",
        cfn_output_text(one, "StopReason"), "failure", failure_of(one), "started",
        started_of(one, dialect), "instance_arn", cfn_output_text(one, "ReplicationInstanceArn"),
        "source_endpoint_arn", cfn_output_text(one, "SourceEndpointArn"), "target_endpoint_arn",
        cfn_output_text(one, "TargetEndpointArn"), "source_latency", "target_latency", "tables");
    put_numbers(status, json_object_get(one, dialect->numbers));
    return status;
}

static json_t *table_of(const json_t *one) {
    static const char *const names[][2] = {{"rows", "FullLoadRows"},
                                           {"inserts", "Inserts"},
                                           {"updates", "Updates"},
                                           {"deletes", "Deletes"},
                                           {"error_rows", "FullLoadErrorRows"}};
    json_t *table =
        json_pack("{s:s, s:s, s:s}", "schema", cfn_output_text(one, "SchemaName"), "table",
                  cfn_output_text(one, "TableName"), "state", cfn_output_text(one, "TableState"));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        json_object_set_new(
            table, names[i][0],
            json_integer((json_int_t)json_number_value(json_object_get(one, names[i][1]))));
    return table;
}

static int compare_tables(const void *a, const void *b) {
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    int schema = strcmp(cfn_output_text(left, "schema"), cfn_output_text(right, "schema"));
    return schema ? schema
                  : strcmp(cfn_output_text(left, "table"), cfn_output_text(right, "table"));
}

static json_t *sorted_tables(const json_t *list) {
    size_t count = json_array_size(list);
    json_t **tables = cfn__alloc((count + 1) * sizeof *tables), *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        tables[i] = table_of(json_array_get(list, i));
    qsort(tables, count, sizeof *tables, compare_tables);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(sorted, tables[i]);
    free(tables);
    return sorted;
}

/* A table that falls into error while changes follow is not among the load's numbers. */
static void count_errors(json_t *status, const json_t *tables) {
    json_int_t errors = 0;
    for (size_t i = 0; i < json_array_size(tables); i++)
        errors += strcmp(cfn_output_text(json_array_get(tables, i), "state"), "Table error") == 0;
    if (errors > cfn__count_of(status, "tables_errored"))
        json_object_set_new(status, "tables_errored", json_integer(errors));
}

/* One that was never started tells no tables, and says so with a refusal. */
static int put_tables(const struct cfn_transport *transport,
                      const struct cfn_replication *replication, json_t *status,
                      struct cfn_diags *diags) {
    const struct cfn__dialect *dialect = cfn__dialect_of(replication);
    struct cfn_reply failure = {0};
    json_t *list = cfn__dms_pages(
        transport, dialect->tables,
        json_pack("{s:s, s:i}", dialect->arn, cfn__replication_arn(replication), "MaxRecords", 500),
        dialect->table_list, &failure);
    if (list) {
        json_t *tables = sorted_tables(list);
        count_errors(status, tables);
        json_object_set_new(status, "tables", tables);
        json_decref(list);
        return 0;
    }
    int code =
        failure.outcome == CFN_REPLY_REFUSED ? 0 : cfn__dms_fail(dialect->tables, &failure, diags);
    cfn_reply_done(&failure);
    return code;
}

static json_t *gone(const struct cfn_replication *replication, struct cfn_diags *diags) {
    cfn_fail(diags, "replicate.absent", (struct cfn_place){0}, NULL,
             "the replication that the stack dms names is not there: '%s'",
             cfn__replication_arn(replication));
    cfn_hint(diags, "'cfngen drift dms' tells what else was taken away by hand");
    return NULL;
}

static bool is_this(const json_t *one, const struct cfn_replication *replication) {
    const char *arn = cfn_output_text(one, cfn__dialect_of(replication)->arn);
    return strcmp(arn, cfn__replication_arn(replication)) == 0;
}

static json_t *read_status(const struct cfn_transport *transport,
                           const struct cfn_replication *replication, struct cfn_diags *diags) {
    const struct cfn__dialect *dialect = cfn__dialect_of(replication);
    struct cfn_reply failure = {0};
    json_t *input =
        json_pack("{s:o}", "Filters",
                  cfn__dms_filter(dialect->filter,
                                  (const char *const[]){cfn__replication_arn(replication), NULL}));
    if (replication->task_arn)
        json_object_set_new(input, "WithoutSettings", json_true());
    json_t *list = cfn__dms_pages(transport, dialect->describe, input, dialect->list, &failure),
           *status = NULL;
    for (size_t i = 0; i < json_array_size(list) && !status; i++)
        if (is_this(json_array_get(list, i), replication))
            status = status_of(json_array_get(list, i), replication);
    if (!list && !cfn_same(failure.code, "ResourceNotFoundFault"))
        cfn__dms_fail(dialect->describe, &failure, diags);
    else if (!status)
        gone(replication, diags);
    cfn_reply_done(&failure);
    json_decref(list);
    return status;
}

/* A deployment that stops a replication for a change marks it until it runs again. */
static void put_mark(const struct cfn_transport *transport,
                     const struct cfn_replication *replication, json_t *status) {
    struct cfn_reply reply;
    cfn__dms_ask(transport, "ListTagsForResource",
                 json_pack("{s:s}", "ResourceArn", cfn__replication_arn(replication)), &reply);
    const json_t *tags = cfn_output_list(reply.output, "TagList");
    for (size_t i = 0; i < json_array_size(tags); i++)
        if (strcmp(cfn_output_text(json_array_get(tags, i), "Key"), CFN__RESUME_MARK) == 0)
            json_object_set_new(status, "left_by_deployment", json_true());
    cfn_reply_done(&reply);
}

json_t *cfn_replication_status(const struct cfn_transport *transport,
                               const struct cfn_replication *replication, bool whole,
                               struct cfn_diags *diags) {
    json_t *status = read_status(transport, replication, diags);
    bool known = status && (!whole || put_tables(transport, replication, status, diags) == 0);
    if (!known) {
        json_decref(status);
        return NULL;
    }
    json_object_set_new(status, "state", json_string(cfn__replication_state(status)));
    json_object_set_new(status, "left_by_deployment", json_false());
    if (whole && cfn__state_is(status, "stopped"))
        put_mark(transport, replication, status);
    if (whole && cfn__state_is(status, "replicating"))
        cfn__replication_latency(transport, replication, status, diags);
    return status;
}

/* How far the lake is behind the database: DMS tells it to CloudWatch alone. */
#include "replicate.h"

#include <stdlib.h>
#include <string.h>

enum { BEHIND = 15 * 60 * 1000, PERIOD = 60 };

/* The last part of an ARN: by this, and by no name, the metrics of a replication are kept. */
static const char *resource_of(const char *arn) {
    const char *colon = strrchr(arn, ':');
    return colon ? colon + 1 : arn;
}

/* ACCOUNT:RESOURCE of arn:aws:dms:REGION:ACCOUNT:replication-config:RESOURCE. */
static json_t *config_id(const char *arn) {
    const char *account = arn;
    for (int colons = 0; colons < 4 && account; colons++)
        account = strchr(account, ':') ? strchr(account, ':') + 1 : NULL;
    struct cfn_text id = {0};
    if (account)
        cfn_text_printf(&id, "%.*s:%s", (int)strcspn(account, ":"), account, resource_of(arn));
    json_t *value = json_string(id.data ? id.data : "");
    cfn_text_done(&id);
    return value;
}

static json_t *dimensions_of(const struct cfn_replication *replication) {
    if (replication->task_arn)
        return json_pack("[{s:s, s:s}, {s:s, s:s}]", "Name", "ReplicationInstanceIdentifier",
                         "Value", replication->instance_name, "Name", "ReplicationTaskIdentifier",
                         "Value", resource_of(replication->task_arn));
    return json_pack("[{s:s, s:o}]", "Name", "ReplicationConfigId", "Value",
                     config_id(replication->config_arn));
}

static json_t *request_for(const struct cfn_replication *replication, const char *metric,
                           int64_t now) {
    char from[32], to[32];
    cfn_time_write(now - BEHIND, from);
    cfn_time_write(now, to);
    return json_pack("{s:s, s:s, s:o, s:s, s:s, s:i, s:[s]}", "Namespace", "AWS/DMS", "MetricName",
                     metric, "Dimensions", dimensions_of(replication), "StartTime", from, "EndTime",
                     to, "Period", PERIOD, "Statistics", "Average");
}

/* XML has texts for numbers. */
static double number_of(const json_t *value) {
    json_t *number = json_is_string(value)
                         ? json_loads(json_string_value(value), JSON_DECODE_ANY, NULL)
                         : json_deep_copy(value);
    double result = json_number_value(number);
    json_decref(number);
    return result;
}

/* The newest of the points, which come in no order. */
static json_t *newest(const json_t *points) {
    int64_t latest = -1;
    double value = 0;
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        const json_t *average = json_object_get(point, "Average");
        int64_t time = cfn_time_read(cfn_output_text(point, "Timestamp"));
        if (time <= latest || !average)
            continue;
        latest = time;
        value = number_of(average);
    }
    return latest < 0 ? json_null() : json_integer((json_int_t)(value + 0.5));
}

static json_t *latency(const struct cfn_transport *transport,
                       const struct cfn_replication *replication, const char *metric,
                       struct cfn_diags *diags) {
    const struct cfn_call call = {
        .service = "monitoring",
        .action = "GetMetricStatistics",
        .input = request_for(replication, metric, transport->now(transport->self)),
    };
    struct cfn_reply reply;
    cfn_call_wait(transport, &call, &reply);
    json_t *seconds = newest(cfn_output_list(reply.output, "Datapoints"));
    if (reply.outcome == CFN_REPLY_DENIED && diags)
        cfn_warn(diags, "replicate.latency", (struct cfn_place){0}, NULL,
                 "the latency is not known: these credentials may not read it from CloudWatch "
                 "(cloudwatch:GetMetricStatistics)");
    cfn_reply_done(&reply);
    return seconds;
}

void cfn__replication_latency(const struct cfn_transport *transport,
                              const struct cfn_replication *replication, json_t *status,
                              struct cfn_diags *diags) {
    if (replication->task_arn && !replication->instance_name)
        return;
    json_object_set_new(status, "source_latency",
                        latency(transport, replication, "CDCLatencySource", diags));
    json_object_set_new(status, "target_latency",
                        latency(transport, replication, "CDCLatencyTarget", NULL));
}

/* The stack observability: an alarm for what is there, none for what is not, and every word of the
 * dashboard valid. */
#include "platform_fixture.h"

#define LONELY                                                                                     \
    "rds: {enabled: false}\ndms: {enabled: false}\nglue: {enabled: false}\n"                       \
    "athena: {enabled: false}\nemr: {enabled: false}\nredshift: {enabled: false}\n"                \
    "mwaa: {enabled: false}\ndata_lake: {enabled: false}\n"

static json_t *property(const struct fixture *f, const char *id, const char *path) {
    return value_at(properties_of(f, "observability", id), path);
}

static bool is_there(const struct fixture *f, const char *id) {
    return properties_of(f, "observability", id) != NULL;
}

static const char *text(const struct fixture *f, const char *id, const char *path) {
    const char *value = json_string_value(property(f, id, path));
    return value ? value : "(none)";
}

static size_t count_type(const struct fixture *f, const char *type) {
    const char *id;
    json_t *resource;
    size_t count = 0;
    json_object_foreach(json_object_get(stack_body(f, "observability"), "Resources"), id,
                        resource) {
        count += strcmp(json_string_value(json_object_get(resource, "Type")), type) == 0;
    }
    return count;
}

static void every_alarm_reaches_the_topic(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const char *id;
    json_t *resource;
    size_t alarms = 0, rules = 0;
    json_object_foreach(json_object_get(stack_body(&f, "observability"), "Resources"), id,
                        resource) {
        const char *type = json_string_value(json_object_get(resource, "Type"));
        json_t *p = json_object_get(resource, "Properties");
        if (strcmp(type, "AWS::CloudWatch::Alarm") == 0) {
            alarms++;
            assert_true(
                contains(json_object_get(p, "AlarmActions"), "shop-dev-common-AlarmTopicArn"));
            assert_true(contains(json_object_get(p, "OKActions"), "shop-dev-common-AlarmTopicArn"));
            assert_non_null(json_object_get(p, "TreatMissingData"));
            assert_non_null(json_object_get(p, "AlarmDescription"));
        } else if (strcmp(type, "AWS::Events::Rule") == 0) {
            rules++;
            assert_true(contains(value_at(p, "Targets/0/Arn"), "shop-dev-common-AlarmTopicArn"));
            assert_null(value_at(p, "Targets/0/RoleArn"));
        }
    }
    assert_int_equal(alarms, 13);
    assert_int_equal(rules, 3);
    fixture_done(&f);
}

static void the_database_is_watched(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("observability: {rds: {free_storage_gb: 10, slot_lag_gb: 1}}\n");
    assert_string_equal(text(&f, "RdsFreeStorage", "MetricName"), "FreeStorageSpace");
    assert_string_equal(text(&f, "RdsFreeStorage", "ComparisonOperator"), "LessThanThreshold");
    assert_int_equal(json_integer_value(property(&f, "RdsFreeStorage", "Threshold")), 10737418240);
    assert_string_equal(text(&f, "RdsFreeStorage", "Dimensions/0/Name"), "DBInstanceIdentifier");
    assert_true(contains(property(&f, "RdsFreeStorage", "Dimensions/0/Value"),
                         "shop-dev-rds-InstanceIdentifier"));
    assert_string_equal(text(&f, "RdsSlotLag", "MetricName"), "OldestReplicationSlotLag");
    assert_int_equal(json_integer_value(property(&f, "RdsSlotLag", "Threshold")), 1073741824);
    assert_string_equal(text(&f, "RdsSlotLag", "TreatMissingData"), "notBreaching");
    assert_string_equal(text(&f, "RdsTransactionLogs", "MetricName"), "TransactionLogsDiskUsage");
    fixture_done(&f);
    f = fixture_good("rds: {logical_replication: false}\ndms: {enabled: false}\n");
    assert_false(is_there(&f, "RdsSlotLag"));
    assert_false(is_there(&f, "RdsTransactionLogs"));
    assert_true(is_there(&f, "RdsCpu"));
    fixture_done(&f);
}

static void a_foreign_database_is_not(void **state) {
    (void)state;
    struct fixture f = fixture_good(
        "rds: {existing: {host: db.example.com, database: shop, "
        "secret_arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop-AbCdEf'}}\n");
    assert_false(is_there(&f, "RdsFreeStorage"));
    assert_false(contains(stack_body(&f, "observability"), "AWS/RDS"));
    assert_true(is_there(&f, "DmsSourceLatency"));
    fixture_done(&f);
}

/* The metrics of a replication are kept under the last part of its ARN. */
static void replication_is_watched_in_both_modes(void **state) {
    (void)state;
    struct fixture f = fixture_good("observability: {dms: {latency_seconds: 60}}\n");
    assert_string_equal(text(&f, "DmsSourceLatency", "MetricName"), "CDCLatencySource");
    assert_string_equal(text(&f, "DmsTargetLatency", "MetricName"), "CDCLatencyTarget");
    assert_int_equal(json_integer_value(property(&f, "DmsSourceLatency", "Threshold")), 60);
    assert_string_equal(text(&f, "DmsSourceLatency", "Dimensions/1/Name"),
                        "ReplicationTaskIdentifier");
    assert_int_equal(
        json_integer_value(property(&f, "DmsSourceLatency", "Dimensions/1/Value/Fn::Select/0")), 6);
    assert_true(
        contains(property(&f, "DmsSourceLatency", "InsufficientDataActions"), "AlarmTopicArn"));
    assert_string_equal(text(&f, "ReplicationEnds", "EventPattern/detail-type/0"),
                        "DMS Replication Task State Change");
    assert_string_equal(text(&f, "ReplicationEnds", "EventPattern/detail/eventType/0"),
                        "REPLICATION_TASK_FAILED");
    assert_true(
        contains(property(&f, "ReplicationEnds", "EventPattern/resources"), "ReplicationTaskArn"));
    fixture_done(&f);
    f = fixture_good("dms: {mode: serverless}\n");
    assert_false(is_there(&f, "DmsFreeStorage"));
    assert_string_equal(text(&f, "DmsTargetLatency", "Dimensions/0/Name"), "ReplicationConfigId");
    assert_true(contains(property(&f, "DmsTargetLatency", "Dimensions/0/Value"),
                         "{\"Ref\":\"AWS::AccountId\"}"));
    assert_string_equal(text(&f, "ReplicationEnds", "EventPattern/detail-type/0"),
                        "DMS Replication State Change");
    assert_string_equal(text(&f, "ReplicationEnds", "EventPattern/detail/eventType/0"),
                        "REPLICATION_FAILED");
    fixture_done(&f);
    f = fixture_good("dms: {migration_type: full-load}\n");
    assert_false(is_there(&f, "DmsSourceLatency"));
    assert_true(is_there(&f, "ReplicationEnds"));
    fixture_done(&f);
}

static void failures_are_told_in_a_sentence(void **state) {
    (void)state;
    struct fixture f = fixture_good("glue: {crawlers: [bronze, gold]}\n");
    assert_string_equal(text(&f, "SparkJobFails", "EventPattern/source/0"), "aws.emr-serverless");
    assert_string_equal(text(&f, "SparkJobFails", "EventPattern/detail/state/0"), "FAILED");
    assert_true(contains(property(&f, "SparkJobFails", "EventPattern/detail/applicationId"),
                         "ApplicationId"));
    assert_int_equal(
        json_array_size(property(&f, "CrawlerFails", "EventPattern/detail/crawlerName")), 2);
    assert_string_equal(text(&f, "CrawlerFails", "EventPattern/detail/state/0"), "Failed");
    assert_string_equal(text(&f, "CrawlerFails", "Targets/0/InputTransformer/InputTemplate"),
                        "\"The crawler <name> has failed. <why>\"");
    assert_string_equal(text(&f, "CrawlerFails", "Targets/0/InputTransformer/InputPathsMap/name"),
                        "$.detail.crawlerName");
    fixture_done(&f);
    f = fixture_good("glue: {crawlers: []}\nemr: {mode: ec2}\n");
    assert_false(is_there(&f, "CrawlerFails"));
    assert_string_equal(text(&f, "SparkJobFails", "EventPattern/detail-type/0"),
                        "EMR Step Status Change");
    assert_true(
        contains(property(&f, "SparkJobFails", "EventPattern/detail/clusterId"), "ClusterId"));
    assert_string_equal(text(&f, "ClusterFails", "EventPattern/detail/state/0"),
                        "TERMINATED_WITH_ERRORS");
    fixture_done(&f);
}

static void the_warehouse_is_watched_in_both_modes(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {serverless: {max_capacity: 128}}\nobservability: "
                                    "{redshift: {capacity_percent: 50}}\n");
    assert_string_equal(text(&f, "WarehouseCapacity", "Namespace"), "AWS/Redshift-Serverless");
    assert_int_equal(json_integer_value(property(&f, "WarehouseCapacity", "Threshold")), 64);
    assert_string_equal(text(&f, "WarehouseCapacity", "TreatMissingData"), "notBreaching");
    assert_false(is_there(&f, "WarehouseHealth"));
    fixture_done(&f);
    f = fixture_good("redshift: {mode: provisioned}\n");
    assert_false(is_there(&f, "WarehouseCapacity"));
    assert_string_equal(text(&f, "WarehouseHealth", "MetricName"), "HealthStatus");
    assert_string_equal(text(&f, "WarehouseDisk", "MetricName"), "PercentageDiskSpaceUsed");
    assert_true(contains(property(&f, "WarehouseDisk", "Dimensions/0/Value"), "ClusterIdentifier"));
    fixture_done(&f);
}

static void a_silent_scheduler_is_an_alarm(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_string_equal(text(&f, "AirflowHeartbeat", "Namespace"), "AmazonMWAA");
    assert_string_equal(text(&f, "AirflowHeartbeat", "MetricName"), "SchedulerHeartbeat");
    assert_string_equal(text(&f, "AirflowHeartbeat", "TreatMissingData"), "breaching");
    assert_string_equal(text(&f, "AirflowHeartbeat", "Dimensions/0/Value"), "Scheduler");
    assert_string_equal(text(&f, "AirflowHeartbeat", "Dimensions/1/Name"), "Environment");
    assert_string_equal(text(&f, "AirflowQueue", "Dimensions/0/Value"), "Executor");
    fixture_done(&f);
    f = fixture_good("observability: {mwaa: {heartbeat: false, queued_tasks: 0}}\n");
    assert_false(is_there(&f, "AirflowHeartbeat"));
    assert_false(is_there(&f, "AirflowQueue"));
    fixture_done(&f);
}

static void a_threshold_of_zero_is_no_alarm(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("observability: {rds: {free_storage_gb: 0, cpu_percent: 0, free_memory_mb: 0, "
                     "connections: 0, slot_lag_gb: 0, wal_gb: 0}, "
                     "dms: {latency_seconds: 0, free_storage_gb: 0, free_memory_mb: 0}, redshift: "
                     "{capacity_percent: 0}, "
                     "mwaa: {heartbeat: false, queued_tasks: 0}}\n");
    assert_int_equal(count_type(&f, "AWS::CloudWatch::Alarm"), 0);
    assert_false(
        contains(property(&f, "Dashboard", "DashboardBody"), "\\\"type\\\":\\\"alarm\\\""));
    fixture_done(&f);
    fixture_refused("observability: {rds: {cpu_percent: 101}}\n", "observability.rds.cpu_percent");
}

/* The dashboard's text with every variable replaced, parsed. */
static json_t *dashboard_of(const struct fixture *f, json_t **variables) {
    json_t *body = property(f, "Dashboard", "DashboardBody");
    json_t *sub = json_object_get(body, "Fn::Sub");
    const char *words = json_string_value(json_is_array(sub) ? json_array_get(sub, 0)
                                          : sub              ? sub
                                                             : body);
    *variables = json_array_get(sub, 1);
    assert_non_null(words);
    json_error_t error;
    json_t *parsed = json_loads(words, 0, &error);
    assert_non_null(parsed);
    return parsed;
}

static void the_dashboard_is_valid(void **state) {
    (void)state;
    static const char *const cases[] = {
        "", "emr: {mode: ec2}\ndms: {mode: serverless}\nredshift: {mode: provisioned}\n", LONELY};
    static const size_t graphs[] = {12, 11, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f = fixture_good(cases[i]);
        json_t *variables, *dashboard = dashboard_of(&f, &variables), *widget;
        size_t index, metrics = 0;
        json_array_foreach(json_object_get(dashboard, "widgets"), index, widget) {
            metrics += strcmp(json_string_value(json_object_get(widget, "type")), "metric") == 0;
        }
        assert_int_equal(metrics, graphs[i]);
        const char *name;
        json_t *value;
        json_object_foreach(variables, name, value) {
            char variable[64];
            snprintf(variable, sizeof variable, "${%s}", name);
            assert_true(contains(dashboard, variable));
        }
        json_decref(dashboard);
        fixture_done(&f);
    }
}

static void a_lonely_platform_has_an_empty_dashboard(void **state) {
    (void)state;
    struct fixture f = fixture_good(LONELY);
    assert_int_equal(
        json_object_size(json_object_get(stack_body(&f, "observability"), "Resources")), 1);
    assert_string_equal(text(&f, "Dashboard", "DashboardName"), "shop-dev-platform");
    assert_int_equal(cfn_assembly_find(f.assembly, "observability")->needs.count, 0);
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_alarm_reaches_the_topic),
        cmocka_unit_test(the_database_is_watched),
        cmocka_unit_test(a_foreign_database_is_not),
        cmocka_unit_test(replication_is_watched_in_both_modes),
        cmocka_unit_test(failures_are_told_in_a_sentence),
        cmocka_unit_test(the_warehouse_is_watched_in_both_modes),
        cmocka_unit_test(a_silent_scheduler_is_an_alarm),
        cmocka_unit_test(a_threshold_of_zero_is_no_alarm),
        cmocka_unit_test(the_dashboard_is_valid),
        cmocka_unit_test(a_lonely_platform_has_an_empty_dashboard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * athena: SQL over the lake. Creates a workgroup that users cannot bend (encryption, place of
 * results and scan limit are enforced), a bucket of results that expire, and saved queries over the
 * tables that glue declares. Needs the key and the bucket of access logs of common, and glue where
 * that is enabled. Exports WorkgroupName, ResultsBucketName and ResultsBucketArn.
 */
#include "parts.h"

#include <cfngen/aws/athena.h>
#include <cfngen/aws/s3.h>

#include <string.h>

struct athena {
    struct cfn_stack_settings stack;
    const char *engine_version;
    long scan_limit_gb;
    long result_days;
    bool named_queries;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct athena),
    CFN_TEXT(struct athena, engine_version, .fallback = "3", .format = &cfn_format_version,
             .help = "version of the query engine"),
    CFN_INT(struct athena, scan_limit_gb, .fallback = "100", .min = 1, .max = 1000000,
            .help =
                "gigabytes that one query may scan before it is stopped: about 0.5 US cents each"),
    CFN_INT(struct athena, result_days, .fallback = "30", .min = 1, .max = 3650,
            .help = "days that results of queries are kept"),
    CFN_BOOL(struct athena, named_queries, .fallback = "true",
             .help = "whether some queries over the declared tables of glue are saved"),
    CFN_ROWS_END,
};

struct query {
    const char *id, *name, *about, *sql;
};

static const struct query queries[] = {
    {"RevenueByMonth", "revenue by month",
     "Price and freight of the items sold: one row per item, so nothing is counted twice",
     "SELECT date_trunc('month', o.order_purchase_timestamp) AS month,\n"
     "       count(DISTINCT o.order_id) AS orders,\n"
     "       count(*) AS items,\n"
     "       sum(i.price) AS price,\n"
     "       sum(i.freight_value) AS freight,\n"
     "       sum(i.price + i.freight_value) AS revenue\n"
     "FROM order_items AS i\n"
     "JOIN orders AS o ON o.order_id = i.order_id\n"
     "GROUP BY 1\n"
     "ORDER BY 1\n"},
    {"ControlTotals", "control totals",
     "Sums to compare with the source: a join of items with payments or reviews would raise them",
     "SELECT (SELECT count(*) FROM orders) AS orders,\n"
     "       (SELECT count(*) FROM order_items) AS items,\n"
     "       (SELECT sum(price) FROM order_items) AS price,\n"
     "       (SELECT sum(freight_value) FROM order_items) AS freight,\n"
     "       (SELECT sum(price + freight_value) FROM order_items) AS revenue,\n"
     "       (SELECT sum(payment_value) FROM order_payments) AS payments\n"},
    {"Freshness", "freshness of each table",
     "Rows of each table and the newest moment in it, where it has one",
     "SELECT 'orders' AS name, count(*) AS number, max(order_purchase_timestamp) AS newest\n"
     "FROM orders\n"
     "UNION ALL SELECT 'order_items', count(*), max(shipping_limit_date) FROM order_items\n"
     "UNION ALL SELECT 'order_reviews', count(*), max(review_answer_timestamp) FROM order_reviews\n"
     "UNION ALL SELECT 'order_payments', count(*), NULL FROM order_payments\n"
     "UNION ALL SELECT 'customers', count(*), NULL FROM customers\n"
     "UNION ALL SELECT 'sellers', count(*), NULL FROM sellers\n"
     "UNION ALL SELECT 'products', count(*), NULL FROM products\n"
     "UNION ALL SELECT 'geolocation', count(*), NULL FROM geolocation\n"
     "UNION ALL SELECT 'product_category_name_translation', count(*), NULL\n"
     "FROM product_category_name_translation\n"},
    {"LateDeliveries", "late deliveries by state",
     "Share of delivered orders that came after the day they were promised for",
     "SELECT c.customer_state AS state,\n"
     "       count(*) AS delivered,\n"
     "       avg(CASE WHEN date(o.order_delivered_customer_date) >\n"
     "                     date(o.order_estimated_delivery_date) THEN 1.0 ELSE 0.0 END) AS late\n"
     "FROM orders AS o\n"
     "JOIN customers AS c ON c.customer_id = o.customer_id\n"
     "WHERE o.order_delivered_customer_date IS NOT NULL\n"
     "GROUP BY 1\n"
     "ORDER BY late DESC\n"},
};

static void check(const struct cfn_scope *scope) {
    const struct athena *a = scope->settings;
    cfn_judge_version(scope, "engine_version", "athena", a->engine_version);
}

static void add_results(const struct cfn_scope *scope, const struct athena *a) {
    cfn_value expire = AWS_S3_Bucket_Rule(.Id = cfn_str("expire"), .Status = cfn_str("Enabled"),
                                          .ExpirationInDays = cfn_int(a->result_days));
    part_bucket(scope, .id = "Results", .what = "query-results", .key = part_key(scope),
                .log_bucket = part_log_bucket(scope), .lifecycle = cfn_list(expire),
                .noncurrent_days = 1);
    cfn_export(scope, "ResultsBucketName", cfn_ref("Results"), "Bucket of query results");
    cfn_export(scope, "ResultsBucketArn", cfn_att("Results", "Arn"), "ARN of that bucket");
}

static cfn_value results(const struct cfn_scope *scope) {
    return AWS_Athena_WorkGroup_ResultConfiguration(
            .OutputLocation = cfn_sub("s3://${Results}/results/"),
            .ExpectedBucketOwner = cfn_ref("AWS::AccountId"),
            .EncryptionConfiguration =
                AWS_Athena_WorkGroup_EncryptionConfiguration(.EncryptionOption = cfn_str("SSE_KMS"),
                                                             .KmsKey = part_key(scope)));
}

/* A workgroup with saved queries or a history goes only when told to take them with it. */
static void add_workgroup(const struct cfn_scope *scope, const struct athena *a) {
    cfn_value engine =
        AWS_Athena_WorkGroup_EngineVersion(.SelectedEngineVersion = cfn_fmt(
                                               "Athena engine version %s", a->engine_version));
    cfn_add(
        scope->t, "Workgroup",
        AWS_Athena_WorkGroup(.Name = cfn_str(cfn_scoped(scope, "athena", 128)),
                             .Description = cfn_fmt("queries over the lake of %s", scope->prefix),
                             .State = cfn_str("ENABLED"),
                             .RecursiveDeleteOption = cfn_bool(scope->may_delete_data),
                             .WorkGroupConfiguration = AWS_Athena_WorkGroup_WorkGroupConfiguration(
                                     .BytesScannedCutoffPerQuery =
                                         cfn_int((long long)a->scan_limit_gb << 30),
                                     .EnforceWorkGroupConfiguration = cfn_bool(true),
                                     .EngineVersion = engine,
                                     .PublishCloudWatchMetricsEnabled = cfn_bool(true),
                                     .RequesterPaysEnabled = cfn_bool(false),
                                     .ResultConfiguration = results(scope))),
        .DeletionPolicy = "Delete");
    cfn_export(scope, "WorkgroupName", cfn_ref("Workgroup"), "Workgroup of the platform");
}

static void add_query(const struct cfn_scope *scope, const struct query *query, const char *layer) {
    const char *database = cfn_text_of(scope, "%sDatabaseName", part_camel(scope, layer));
    cfn_add(scope->t, query->id,
            AWS_Athena_NamedQuery(.Name = cfn_fmt("%s: %s", scope->prefix, query->name),
                                  .Description = cfn_str(query->about),
                                  .Database = cfn_import_from(scope, "glue", database),
                                  .QueryString = cfn_str(query->sql),
                                  .WorkGroup = cfn_ref("Workgroup")));
}

static bool declares_tables(const struct cfn_scope *scope) {
    const char *declared = cfn_setting_of(scope, "glue.declare_tables");
    return cfn_enabled(scope, "glue") && declared && strcmp(declared, "true") == 0;
}

static void build(const struct cfn_scope *scope) {
    const struct athena *a = scope->settings;
    add_results(scope, a);
    add_workgroup(scope, a);
    if (!a->named_queries || !declares_tables(scope))
        return;
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        add_query(scope, &queries[i], cfn_setting_of(scope, "glue.tables_layer"));
}

const struct cfn_stack cfn_stack_athena = {
    .name = "athena",
    .summary = "SQL over the lake: workgroup with a scan limit, expiring results, saved queries",
    .size = sizeof(struct athena),
    .rows = rows,
    .check = check,
    .build = build,
};

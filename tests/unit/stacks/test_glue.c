/* The stack glue: databases, declared tables, crawlers. */
#include "lake_fixture.h"

static const json_t *columns_of(const struct fixture *f, const char *table) {
    return value_at(properties_of(f, "glue", table), "TableInput/StorageDescriptor/Columns");
}

static const char *type_of(const struct fixture *f, const char *table, const char *column) {
    size_t index;
    const json_t *item;
    json_array_foreach(columns_of(f, table), index, item) {
        if (strcmp(text_at(item, "Name"), column) == 0)
            return text_at(item, "Type");
    }
    return "";
}

static void a_database_for_each_layer(void **state) {
    (void)state;
    struct fixture f =
        fixture_of("project: my-shop\nenvironment: dev-2\nregion: eu-west-1\n" LAKE_ONLY);
    assert_non_null(f.assembly);
    const json_t *gold = properties_of(&f, "glue", "GoldDatabase");
    assert_string_equal(text_at(gold, "DatabaseInput/Name"), "my_shop_dev_2_gold");
    assert_string_equal(text_at(gold, "DatabaseInput/LocationUri/Fn::Sub/0"), "s3://${Bucket}/");
    assert_string_equal(text_at(gold, "CatalogId/Ref"), "AWS::AccountId");
    assert_true(exports(&f, "glue", "BronzeDatabaseName"));
    assert_true(exports(&f, "glue", "SilverDatabaseName"));
    assert_int_equal(count_of(&f, "glue", "AWS::Glue::Database"), 3);
    fixture_done(&f);
}

static void the_tables_of_the_shop_are_declared(void **state) {
    (void)state;
    static const struct {
        const char *id, *name;
        size_t columns;
    } tables[] = {
        {"CustomersTable", "customers", 6},
        {"GeolocationTable", "geolocation", 6},
        {"OrderItemsTable", "order_items", 8},
        {"OrderPaymentsTable", "order_payments", 6},
        {"OrderReviewsTable", "order_reviews", 8},
        {"OrdersTable", "orders", 9},
        {"ProductsTable", "products", 10},
        {"SellersTable", "sellers", 5},
        {"ProductCategoryNameTranslationTable", "product_category_name_translation", 3},
        {"QuarantineTable", "quarantine", 5},
        {"ControlTotalsTable", "control_totals", 5},
        {"RunsTable", "runs", 15},
    };
    struct fixture f = fixture_good(LAKE_ONLY);
    assert_int_equal(count_of(&f, "glue", "AWS::Glue::Table"), sizeof tables / sizeof *tables);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const json_t *table = properties_of(&f, "glue", tables[i].id);
        char location[128];
        snprintf(location, sizeof location,
                 "s3://${Bucket}/ecommerce/%s%s/_symlink_format_manifest/",
                 strcmp(tables[i].name, "quarantine") == 0 ? "_" : "", tables[i].name);
        assert_string_equal(text_at(table, "TableInput/Name"), tables[i].name);
        assert_string_equal(text_at(table, "DatabaseName/Ref"), "SilverDatabase");
        assert_string_equal(text_at(table, "TableInput/StorageDescriptor/Location/Fn::Sub/0"),
                            location);
        assert_true(contains(table, "SymlinkTextInputFormat"));
        assert_int_equal(json_array_size(columns_of(&f, tables[i].id)), tables[i].columns);
    }
    fixture_done(&f);
}

/* The original had money as floats, moments as days and a number within the order as a quantity. */
static void types_lose_nothing(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    assert_string_equal(type_of(&f, "OrderItemsTable", "price"), "decimal(10,2)");
    assert_string_equal(type_of(&f, "OrderItemsTable", "freight_value"), "decimal(10,2)");
    assert_string_equal(type_of(&f, "OrderPaymentsTable", "payment_value"), "decimal(10,2)");
    assert_string_equal(type_of(&f, "OrderItemsTable", "order_item_id"), "int");
    assert_string_equal(type_of(&f, "OrderItemsTable", "shipping_limit_date"), "timestamp");
    assert_string_equal(type_of(&f, "OrdersTable", "order_purchase_timestamp"), "timestamp");
    assert_string_equal(type_of(&f, "OrderReviewsTable", "review_creation_date"), "timestamp");
    assert_string_equal(type_of(&f, "CustomersTable", "customer_zip_code_prefix"), "string");
    assert_string_equal(type_of(&f, "ProductsTable", "product_name_lenght"), "int");
    assert_string_equal(type_of(&f, "GeolocationTable", "geolocation_lat"), "double");
    assert_string_equal(type_of(&f, "OrdersTable", "_changed_at"), "timestamp");
    assert_string_equal(type_of(&f, "QuarantineTable", "_changed_at"), "timestamp");
    fixture_done(&f);
}

static void tables_lie_where_told(void **state) {
    (void)state;
    struct fixture f =
        fixture_good(LAKE_ONLY "glue: {tables_layer: gold, tables_folder: shop_2}\n");
    const json_t *table = properties_of(&f, "glue", "OrdersTable");
    assert_string_equal(text_at(table, "DatabaseName/Ref"), "GoldDatabase");
    assert_true(contains(table, "s3://${Bucket}/shop_2/orders/"));
    assert_true(contains(table, "shop-dev-data_lake-GoldBucketName") ||
                contains(table, "shop-dev-data-lake-GoldBucketName"));
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {declare_tables: false}\n");
    assert_int_equal(count_of(&f, "glue", "AWS::Glue::Table"), 0);
    fixture_done(&f);
}

/* The original's three crawlers ran every quarter of an hour, for about 1,270 dollars a month. */
static void crawlers_wait_to_be_asked(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    assert_int_equal(count_of(&f, "glue", "AWS::Glue::Crawler"), 1);
    assert_non_null(properties_of(&f, "glue", "BronzeCrawler"));
    assert_null(value_at(properties_of(&f, "glue", "BronzeCrawler"), "Schedule"));
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {crawl_schedule: cron(0 3 * * ? *)}\n");
    assert_string_equal(
        text_at(properties_of(&f, "glue", "BronzeCrawler"), "Schedule/ScheduleExpression"),
        "cron(0 3 * * ? *)");
    fixture_done(&f);
}

static void a_crawler_makes_one_table_of_a_folder(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY "glue: {crawlers: [bronze, gold]}\n");
    assert_string_equal(
        text_at(properties_of(&f, "glue", "BronzeCrawler"), "Configuration"),
        "{\"Version\":1.0,\"Grouping\":{\"TableGroupingPolicy\":\"CombineCompatibleSchemas\","
        "\"TableLevelConfiguration\":4},\"CrawlerOutput\":{\"Partitions\":"
        "{\"AddOrUpdateBehavior\":\"InheritFromTable\"}}}");
    assert_non_null(strstr(text_at(properties_of(&f, "glue", "GoldCrawler"), "Configuration"),
                           "\"TableLevelConfiguration\":3"));
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {landing_table_level: 2}\n");
    assert_non_null(strstr(text_at(properties_of(&f, "glue", "BronzeCrawler"), "Configuration"),
                           "\"TableLevelConfiguration\":2"));
    fixture_done(&f);
}

/* Glue takes new_folders only from a crawler that changes no table. */
static void what_a_crawler_reads_again(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    const json_t *crawler = properties_of(&f, "glue", "BronzeCrawler");
    assert_string_equal(text_at(crawler, "RecrawlPolicy/RecrawlBehavior"), "CRAWL_EVERYTHING");
    assert_string_equal(text_at(crawler, "SchemaChangePolicy/UpdateBehavior"),
                        "UPDATE_IN_DATABASE");
    assert_string_equal(text_at(crawler, "SchemaChangePolicy/DeleteBehavior"), "LOG");
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {recrawl: new_folders}\n");
    crawler = properties_of(&f, "glue", "BronzeCrawler");
    assert_string_equal(text_at(crawler, "RecrawlPolicy/RecrawlBehavior"),
                        "CRAWL_NEW_FOLDERS_ONLY");
    assert_string_equal(text_at(crawler, "SchemaChangePolicy/UpdateBehavior"), "LOG");
    fixture_done(&f);
}

/* The original allowed glue:* on everything. */
static void the_role_reaches_crawled_layers_only(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    const json_t *role = properties_of(&f, "glue", "CrawlerRole");
    assert_true(contains(role, "\"aws:SourceAccount\":{\"Ref\":\"AWS::AccountId\"}"));
    assert_true(contains(role, "database/${BronzeDatabase}"));
    assert_false(contains(role, "SilverDatabase"));
    assert_false(contains(role, "SilverBucketArn"));
    assert_false(contains(role, ":*\""));
    assert_false(contains(role, "s3:Put"));
    assert_null(value_at(role, "ManagedPolicyArns"));
    const json_t *any =
        statement_of(role_statements(&f, "glue", "CrawlerRole"), "ReadSecurityConfiguration");
    assert_string_equal(text_at(any, "Action"), "glue:GetSecurityConfiguration");
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {crawlers: []}\n");
    assert_null(properties_of(&f, "glue", "CrawlerRole"));
    assert_false(exports(&f, "glue", "CrawlerRoleArn"));
    assert_int_equal(count_of(&f, "glue", "AWS::Glue::Crawler"), 0);
    fixture_done(&f);
}

static void everything_is_encrypted(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    const json_t *security =
        value_at(properties_of(&f, "glue", "Security"), "EncryptionConfiguration");
    assert_string_equal(text_at(security, "CloudWatchEncryption/CloudWatchEncryptionMode"),
                        "SSE-KMS");
    assert_string_equal(text_at(security, "JobBookmarksEncryption/JobBookmarksEncryptionMode"),
                        "CSE-KMS");
    assert_string_equal(text_at(security, "S3Encryptions/0/S3EncryptionMode"), "SSE-KMS");
    assert_string_equal(
        text_at(properties_of(&f, "glue", "BronzeCrawler"), "CrawlerSecurityConfiguration/Ref"),
        "Security");
    assert_null(properties_of(&f, "glue", "CatalogEncryption"));
    fixture_done(&f);
    f = fixture_good(LAKE_ONLY "glue: {encrypt_catalog: true}\n");
    assert_string_equal(
        text_at(properties_of(&f, "glue", "CatalogEncryption"),
                "DataCatalogEncryptionSettings/EncryptionAtRest/CatalogEncryptionMode"),
        "SSE-KMS");
    fixture_done(&f);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    fixture_refused(
        LAKE_ONLY "glue: {crawlers: [silver]}\n",
        "glue.crawlers: must not have the layer of the declared tables, which a crawler "
        "would change: 'silver'");
    fixture_refused(LAKE_ONLY "glue: {crawlers: [bronze, bronze]}\n",
                    "glue.crawlers: must name a layer once: 'bronze'");
    fixture_refused(
        LAKE_ONLY "glue: {crawlers: [platinum]}\n",
        "glue.crawlers: must be of data_lake.layers (bronze, silver, gold), not 'platinum'");
    fixture_refused(LAKE_ONLY "glue: {tables_layer: platinum}\n",
                    "glue.tables_layer: must be of data_lake.layers (bronze, silver, gold), not "
                    "'platinum'");
    fixture_refused(
        LAKE_ONLY "glue: {crawl_schedule: rate(1 day)}\n",
        "glue.crawl_schedule: must be a cron expression, such as cron(0 3 * * ? *), not "
        "'rate(1 day)'");
    fixture_refused(LAKE_ONLY "glue: {crawl_schedule: hourly}\n", "glue.crawl_schedule");
    fixture_refused(LAKE_ONLY "glue: {tables_folder: a/b}\n", "glue.tables_folder");
}

static void a_catalog_needs_a_lake(void **state) {
    (void)state;
    fixture_refused(LAKE_ONLY WITHOUT("data_lake") WITHOUT("emr") WITHOUT("athena"),
                    "data_lake.enabled: must be true while glue is enabled");
    struct fixture f = fixture_good(LAKE_ONLY "data_lake: {layers: [raw]}\n"
                                              "glue: {declare_tables: false, crawlers: [raw]}\n");
    assert_true(exports(&f, "glue", "RawCrawlerName"));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_for_each_layer),
        cmocka_unit_test(the_tables_of_the_shop_are_declared),
        cmocka_unit_test(types_lose_nothing),
        cmocka_unit_test(tables_lie_where_told),
        cmocka_unit_test(crawlers_wait_to_be_asked),
        cmocka_unit_test(a_crawler_makes_one_table_of_a_folder),
        cmocka_unit_test(what_a_crawler_reads_again),
        cmocka_unit_test(the_role_reaches_crawled_layers_only),
        cmocka_unit_test(everything_is_encrypted),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(a_catalog_needs_a_lake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

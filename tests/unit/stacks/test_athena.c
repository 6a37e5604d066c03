/* The stack athena: workgroup, results, saved queries. */
#include "lake_fixture.h"

#define ATHENA LAKE_ONLY WITHOUT("emr")

static void users_cannot_bend_the_workgroup(void **state) {
    (void)state;
    struct fixture f = fixture_good(ATHENA);
    const json_t *group = properties_of(&f, "athena", "Workgroup");
    const json_t *all = value_at(group, "WorkGroupConfiguration");
    const json_t *results = value_at(all, "ResultConfiguration");
    assert_string_equal(text_at(group, "Name"), "shop-dev-athena");
    assert_true(json_is_true(value_at(all, "EnforceWorkGroupConfiguration")));
    assert_true(json_is_true(value_at(all, "PublishCloudWatchMetricsEnabled")));
    assert_string_equal(text_at(all, "EngineVersion/SelectedEngineVersion"),
                        "Athena engine version 3");
    assert_string_equal(text_at(results, "EncryptionConfiguration/EncryptionOption"), "SSE_KMS");
    assert_string_equal(text_at(results, "EncryptionConfiguration/KmsKey/Fn::ImportValue"),
                        "shop-dev-common-KeyArn");
    assert_string_equal(text_at(results, "OutputLocation/Fn::Sub"), "s3://${Results}/results/");
    assert_string_equal(text_at(results, "ExpectedBucketOwner/Ref"), "AWS::AccountId");
    assert_true(exports(&f, "athena", "WorkgroupName"));
    assert_true(exports(&f, "athena", "ResultsBucketArn"));
    fixture_done(&f);
}

static void a_query_scans_up_to_a_limit(void **state) {
    (void)state;
    struct fixture f = fixture_good(ATHENA);
    const char *path = "WorkGroupConfiguration/BytesScannedCutoffPerQuery";
    assert_int_equal(number_at(properties_of(&f, "athena", "Workgroup"), path), 107374182400LL);
    fixture_done(&f);
    f = fixture_good(ATHENA "athena: {scan_limit_gb: 1}\n");
    assert_int_equal(number_at(properties_of(&f, "athena", "Workgroup"), path), 1073741824LL);
    fixture_done(&f);
    f = fixture_good(ATHENA "athena: {scan_limit_gb: 1000000}\n");
    assert_int_equal(number_at(properties_of(&f, "athena", "Workgroup"), path), 1073741824000000LL);
    fixture_done(&f);
    fixture_refused(ATHENA "athena: {scan_limit_gb: 0}\n", "athena.scan_limit_gb");
}

static void results_expire(void **state) {
    (void)state;
    struct fixture f = fixture_good(ATHENA "athena: {result_days: 5}\n");
    const json_t *bucket = properties_of(&f, "athena", "Results");
    assert_int_equal(number_at(bucket, "LifecycleConfiguration/Rules/0/ExpirationInDays"), 5);
    assert_int_equal(number_at(bucket, "LifecycleConfiguration/Rules/1/NoncurrentVersionExpiration/"
                                       "NoncurrentDays"),
                     1);
    assert_true(contains(value_at(bucket, "BucketEncryption"), "aws:kms"));
    fixture_done(&f);
}

/* Deleting a workgroup that has a history fails, unless it may take that with it. */
static void history_goes_only_with_two_keys(void **state) {
    (void)state;
    struct fixture f = fixture_good(ATHENA "athena: {allow_data_deletion: true}\n");
    assert_true(
        json_is_false(value_at(properties_of(&f, "athena", "Workgroup"), "RecursiveDeleteOption")));
    assert_string_equal(attribute_of(&f, "athena", "Results", "DeletionPolicy"), "Retain");
    fixture_done(&f);
    f = fixture_good(ATHENA "allow_data_deletion: true\nathena: {allow_data_deletion: true}\n");
    assert_true(
        json_is_true(value_at(properties_of(&f, "athena", "Workgroup"), "RecursiveDeleteOption")));
    assert_string_equal(attribute_of(&f, "athena", "Results", "DeletionPolicy"), "Delete");
    fixture_done(&f);
}

/* The original multiplied a price by the item's number, and joined items with payments and reviews.
 */
static void revenue_counts_each_item_once(void **state) {
    (void)state;
    struct fixture f = fixture_good(ATHENA);
    const json_t *query = properties_of(&f, "athena", "RevenueByMonth");
    const char *sql = text_at(query, "QueryString");
    assert_non_null(strstr(sql, "sum(i.price + i.freight_value) AS revenue"));
    assert_null(strstr(sql, "order_item_id"));
    assert_null(strstr(sql, "payments"));
    assert_null(strstr(sql, "reviews"));
    assert_string_equal(text_at(query, "WorkGroup/Ref"), "Workgroup");
    assert_string_equal(text_at(query, "Database/Fn::ImportValue"),
                        "shop-dev-glue-SilverDatabaseName");
    assert_int_equal(count_of(&f, "athena", "AWS::Athena::NamedQuery"), 4);
    fixture_done(&f);
}

static void queries_need_the_declared_tables(void **state) {
    (void)state;
    static const char *const without[] = {
        ATHENA "athena: {named_queries: false}\n",
        ATHENA "glue: {declare_tables: false}\n",
        ATHENA WITHOUT("glue"),
    };
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        struct fixture f = fixture_good(without[i]);
        assert_int_equal(count_of(&f, "athena", "AWS::Athena::NamedQuery"), 0);
        assert_false(contains(stack_body(&f, "athena"), "shop-dev-glue"));
        fixture_done(&f);
    }
    struct fixture f = fixture_good(ATHENA "glue: {tables_layer: gold}\n");
    assert_true(
        contains(properties_of(&f, "athena", "Freshness"), "shop-dev-glue-GoldDatabaseName"));
    fixture_done(&f);
}

static void engines_of_the_past_are_refused(void **state) {
    (void)state;
    fixture_refused(ATHENA "athena: {engine_version: 2}\n",
                    "athena.engine_version: must be a version that can still be created, such as "
                    "'3', not '2'");
    struct fixture f = fixture_good(ATHENA "athena: {engine_version: 4}\n");
    assert_true(contains(stack_body(&f, "athena"), "Athena engine version 4"));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_cannot_bend_the_workgroup),
        cmocka_unit_test(a_query_scans_up_to_a_limit),
        cmocka_unit_test(results_expire),
        cmocka_unit_test(history_goes_only_with_two_keys),
        cmocka_unit_test(revenue_counts_each_item_once),
        cmocka_unit_test(queries_need_the_declared_tables),
        cmocka_unit_test(engines_of_the_past_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

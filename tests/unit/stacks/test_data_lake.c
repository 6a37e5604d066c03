/* The stack data_lake: a bucket for each layer. */
#include "lake_fixture.h"

#define NO_CATALOG LAKE_ONLY WITHOUT("glue") WITHOUT("athena") WITHOUT("emr")

static const json_t *rule_of(const struct fixture *f, const char *bucket, const char *id) {
    const json_t *rules =
        value_at(properties_of(f, "data_lake", bucket), "LifecycleConfiguration/Rules");
    size_t index;
    const json_t *rule;
    json_array_foreach(rules, index, rule) {
        if (strcmp(text_at(rule, "Id"), id) == 0)
            return rule;
    }
    return NULL;
}

static void a_bucket_for_each_layer(void **state) {
    (void)state;
    static const char *const ids[] = {"Bronze", "Silver", "Gold"};
    struct fixture f = fixture_good(LAKE_ONLY);
    assert_int_equal(count_of(&f, "data_lake", "AWS::S3::Bucket"), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *bucket = properties_of(&f, "data_lake", ids[i]);
        assert_string_equal(text_at(bucket, "VersioningConfiguration/Status"), "Enabled");
        assert_true(contains(value_at(bucket, "LoggingConfiguration"), "AccessLogBucketName"));
        assert_true(
            json_is_true(value_at(bucket, "PublicAccessBlockConfiguration/BlockPublicPolicy")));
        assert_null(value_at(bucket, "NotificationConfiguration"));
    }
    assert_string_equal(text_at(properties_of(&f, "data_lake", "Gold"), "BucketName/Fn::Sub"),
                        "shop-dev-gold-${AWS::AccountId}-${AWS::Region}");
    fixture_done(&f);
}

/* The original had neither a key of its own nor a policy that wants TLS. */
static void encrypted_with_the_platforms_key_and_tls_only(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    const json_t *bucket = properties_of(&f, "data_lake", "Silver");
    const json_t *rule = value_at(bucket, "BucketEncryption/ServerSideEncryptionConfiguration/0");
    assert_string_equal(text_at(rule, "ServerSideEncryptionByDefault/SSEAlgorithm"), "aws:kms");
    assert_string_equal(
        text_at(rule, "ServerSideEncryptionByDefault/KMSMasterKeyID/Fn::ImportValue"),
        "shop-dev-common-KeyArn");
    assert_true(json_is_true(value_at(rule, "BucketKeyEnabled")));
    const json_t *statements =
        value_at(properties_of(&f, "data_lake", "SilverPolicy"), "PolicyDocument/Statement");
    const json_t *tls = statement_of(statements, "TlsOnly");
    assert_string_equal(text_at(tls, "Effect"), "Deny");
    assert_string_equal(text_at(tls, "Condition/Bool/aws:SecureTransport"), "false");
    fixture_done(&f);
}

/* DMS refuses a versioned bucket that keeps old versions for ever. */
static void old_versions_expire(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY "data_lake: {noncurrent_days: 7}\n");
    const json_t *rule = rule_of(&f, "Bronze", "clean-up");
    assert_int_equal(number_at(rule, "NoncurrentVersionExpiration/NoncurrentDays"), 7);
    assert_int_equal(number_at(rule, "AbortIncompleteMultipartUpload/DaysAfterInitiation"), 7);
    assert_true(json_is_true(
        value_at(rule_of(&f, "Bronze", "delete-markers"), "ExpiredObjectDeleteMarker")));
    fixture_done(&f);
}

static void objects_move_to_cheaper_storage(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY);
    const json_t *tiers = rule_of(&f, "Bronze", "tiers");
    assert_int_equal(json_array_size(value_at(tiers, "Transitions")), 1);
    assert_string_equal(text_at(tiers, "Transitions/0/StorageClass"), "STANDARD_IA");
    assert_int_equal(number_at(tiers, "Transitions/0/TransitionInDays"), 90);
    fixture_done(&f);

    f = fixture_good(LAKE_ONLY
                     "data_lake: {infrequent_access_after_days: 30, archive_after_days: 60}\n");
    tiers = rule_of(&f, "Gold", "tiers");
    assert_int_equal(number_at(tiers, "Transitions/0/TransitionInDays"), 30);
    assert_string_equal(text_at(tiers, "Transitions/1/StorageClass"), "GLACIER_IR");
    assert_int_equal(number_at(tiers, "Transitions/1/TransitionInDays"), 60);
    fixture_done(&f);

    f = fixture_good(LAKE_ONLY
                     "data_lake: {infrequent_access_after_days: 0, archive_after_days: 10}\n");
    tiers = rule_of(&f, "Gold", "tiers");
    assert_int_equal(json_array_size(value_at(tiers, "Transitions")), 1);
    assert_string_equal(text_at(tiers, "Transitions/0/StorageClass"), "GLACIER_IR");
    fixture_done(&f);

    f = fixture_good(LAKE_ONLY "data_lake: {infrequent_access_after_days: 0}\n");
    assert_null(rule_of(&f, "Bronze", "tiers"));
    assert_non_null(rule_of(&f, "Bronze", "clean-up"));
    fixture_done(&f);
}

static void ages_that_s3_refuses_are_refused(void **state) {
    (void)state;
    fixture_refused(LAKE_ONLY "data_lake: {infrequent_access_after_days: 29}\n",
                    "data_lake.infrequent_access_after_days: must be 0 or at least 30, not 29");
    fixture_refused(LAKE_ONLY "data_lake: {archive_after_days: 119}\n",
                    "data_lake.archive_after_days: must be 0 or at least 30 more than "
                    "infrequent_access_after_days, 120, not 119");
}

static void layers_are_the_users(void **state) {
    (void)state;
    struct fixture f = fixture_good(NO_CATALOG "data_lake: {layers: [raw, well-kept]}\n");
    assert_int_equal(count_of(&f, "data_lake", "AWS::S3::Bucket"), 2);
    assert_string_equal(text_at(properties_of(&f, "data_lake", "WellKept"), "BucketName/Fn::Sub"),
                        "shop-dev-well-kept-${AWS::AccountId}-${AWS::Region}");
    assert_true(exports(&f, "data_lake", "RawBucketName"));
    assert_true(exports(&f, "data_lake", "WellKeptBucketArn"));
    assert_false(exports(&f, "data_lake", "BronzeBucketName"));
    fixture_done(&f);
}

static void layers_that_cannot_be_are_refused(void **state) {
    (void)state;
    fixture_refused(NO_CATALOG "data_lake: {layers: [bronze, bronze]}\n",
                    "data_lake.layers: must differ from each other in letters or digits: 'bronze', "
                    "'bronze'");
    fixture_refused(NO_CATALOG "data_lake: {layers: [raw-1, raw1]}\n", "'raw-1', 'raw1'");
    fixture_refused(NO_CATALOG "data_lake: {layers: [raw, scripts]}\n",
                    "data_lake.layers: must not be the name of another bucket of the platform: "
                    "'scripts'");
    fixture_refused(NO_CATALOG "data_lake: {layers: [raw_data]}\n", "data_lake.layers");
    fixture_refused(NO_CATALOG "data_lake: {layers: []}\n", "data_lake.layers");
    fixture_refused(NO_CATALOG "data_lake: {layers: [a1, a2, a3, a4, a5, a6, a7, a8, a9]}\n",
                    "data_lake.layers");
}

/* A bucket's name has at most 63 characters, of which account and region take a part. */
static void names_too_long_are_refused(void **state) {
    (void)state;
    struct fixture f = fixture_of("project: shop-of-many-fine-things\nenvironment: production\n"
                                  "region: ap-southeast-2\n" NO_CATALOG);
    assert_null(f.assembly);
    assert_true(fixture_told(&f, "must be shorter: the name of the bucket bronze would have") == 1);
    fixture_done(&f);
}

static void data_goes_only_with_two_keys(void **state) {
    (void)state;
    static const struct {
        const char *lines, *policy;
    } cases[] = {
        {"", "Retain"},
        {"allow_data_deletion: true\n", "Retain"},
        {"data_lake: {allow_data_deletion: true}\n", "Retain"},
        {"allow_data_deletion: true\ndata_lake: {allow_data_deletion: true}\n", "Delete"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char lines[512];
        snprintf(lines, sizeof lines, "%s%s", LAKE_ONLY, cases[i].lines);
        struct fixture f = fixture_good(lines);
        assert_string_equal(attribute_of(&f, "data_lake", "Bronze", "DeletionPolicy"),
                            cases[i].policy);
        assert_string_equal(attribute_of(&f, "data_lake", "Bronze", "UpdateReplacePolicy"),
                            cases[i].policy);
        fixture_done(&f);
    }
}

static void events_are_told_when_asked_for(void **state) {
    (void)state;
    struct fixture f = fixture_good(LAKE_ONLY "data_lake: {event_notifications: true}\n");
    assert_true(json_is_true(
        value_at(properties_of(&f, "data_lake", "Gold"),
                 "NotificationConfiguration/EventBridgeConfiguration/EventBridgeEnabled")));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_for_each_layer),
        cmocka_unit_test(encrypted_with_the_platforms_key_and_tls_only),
        cmocka_unit_test(old_versions_expire),
        cmocka_unit_test(objects_move_to_cheaper_storage),
        cmocka_unit_test(ages_that_s3_refuses_are_refused),
        cmocka_unit_test(layers_are_the_users),
        cmocka_unit_test(layers_that_cannot_be_are_refused),
        cmocka_unit_test(names_too_long_are_refused),
        cmocka_unit_test(data_goes_only_with_two_keys),
        cmocka_unit_test(events_are_told_when_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

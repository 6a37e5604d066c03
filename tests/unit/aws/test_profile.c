/* Profiles of two files, the region, and the endpoints that somebody has set. */
#include "profile_fixture.h"

static struct cfn__settings settings;

static const char CONFIG[] = "[default]\n"
                             "region = eu-west-1\n"
                             "endpoint_url = http://localhost:1\n"
                             "services = local\n"
                             "[profile dev]\n"
                             "region = us-east-1\n"
                             "role_arn = first\n"
                             "[profile dev]\n"
                             "role_arn = second\n"
                             "[dev]\n"
                             "role_arn = of no profile\n"
                             "[services local]\n"
                             "s3 =\n"
                             "  endpoint_url = http://localhost:2\n"
                             "database_migration_service =\n"
                             "  endpoint_url = http://localhost:3\n";
static const char CREDENTIALS[] = "[dev]\n"
                                  "region = eu-central-1\n"
                                  "[profile dev]\n"
                                  "region = of a profile with a blank\n"
                                  "[both]\n"
                                  "aws_access_key_id = A\n";

static void variables(const char *const *list) {
    free(settings.variables);
    size_t count = 0;
    while (list[count])
        count++;
    settings.variables = cfn__alloc((count + 1) * sizeof *settings.variables);
    for (size_t i = 0; i < count; i++)
        settings.variables[i] = cfn__copy(list[i]);
}
#define VARIABLES(...) variables((const char *const[]){__VA_ARGS__, NULL})

static void the_credentials_file_counts_more(void **state) {
    (void)state;
    files_of(&settings, CONFIG, CREDENTIALS);
    assert_string_equal(cfn__profile_value(&settings, "dev", "region"), "eu-central-1");
    assert_string_equal(cfn__profile_value(&settings, "dev", "role_arn"), "second");
    assert_string_equal(cfn__profile_value(&settings, "default", "region"), "eu-west-1");
    assert_null(cfn__profile_value(&settings, "default", "role_arn"));
    assert_true(cfn__profile_exists(&settings, "both"));
    assert_true(cfn__profile_exists(&settings, "profile dev"));
    assert_false(cfn__profile_exists(&settings, "local"));
    assert_string_equal(cfn__profile_nearest(&settings, "dve"), "dev");
    assert_null(cfn__profile_nearest(&settings, "production"));
    struct cfn_place place =
        cfn__profile_place(&settings, "dev", cfn__profile_entry(&settings, "dev", "role_arn"));
    assert_string_equal(place.file, "config");
    assert_int_equal(place.line, 9);
    place = cfn__profile_place(&settings, "dev", cfn__profile_entry(&settings, "dev", "region"));
    assert_string_equal(place.file, "credentials");
    assert_int_equal(place.line, 2);
    cfn__settings_done(&settings);
}

static void regions_have_an_order(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    files_of(&settings, CONFIG, CREDENTIALS);
    assert_string_equal(cfn__region_find(&settings, NULL, diags), "eu-west-1");
    settings.profile = "dev";
    assert_string_equal(cfn__region_find(&settings, "", diags), "eu-central-1");
    VARIABLES("AWS_DEFAULT_REGION=ap-south-1");
    assert_string_equal(cfn__region_find(&settings, NULL, diags), "ap-south-1");
    cfn__settings_done(&settings);
    files_of(&settings, CONFIG, CREDENTIALS);
    VARIABLES("AWS_REGION=us-west-2", "AWS_DEFAULT_REGION=ap-south-1");
    assert_string_equal(cfn__region_find(&settings, NULL, diags), "us-west-2");
    assert_string_equal(cfn__region_find(&settings, "sa-east-1", diags), "sa-east-1");
    assert_int_equal(cfn_diags_count(diags), 0);
    cfn_diags_free(diags);
    cfn__settings_done(&settings);
}

static void region_refused(const char *config, const char *variable, const char *expected) {
    struct cfn_diags *diags = cfn_diags_new();
    files_of(&settings, config, "");
    if (variable)
        VARIABLES(variable);
    assert_null(cfn__region_find(&settings, NULL, diags));
    char *said = told(diags);
    assert_string_equal(said, expected);
    free(said);
    cfn_diags_free(diags);
    cfn__settings_done(&settings);
}

static void what_is_no_region(void **state) {
    (void)state;
    region_refused("", NULL,
                   "error: no region is set, and profile 'default' has none (set AWS_REGION, or "
                   "run aws configure set region REGION --profile default) [aws.region]\n");
    region_refused("[default]\n\nregion = eu-west-1 # home\n", NULL,
                   "config:3: error: region: must be a region such as eu-central-1, not 'eu-west-1 "
                   "# home' [aws.region]\n");
    region_refused("", "AWS_REGION=evil.example.com/",
                   "error: AWS_REGION: must be a region such as "
                   "eu-central-1, not 'evil.example.com/' "
                   "[aws.region]\n");
}

static void endpoints_have_an_order(void **state) {
    (void)state;
    files_of(&settings, CONFIG, "");
    assert_string_equal(cfn__endpoint_find(&settings, "s3"), "http://localhost:2");
    assert_string_equal(cfn__endpoint_find(&settings, "dms"), "http://localhost:3");
    assert_string_equal(cfn__endpoint_find(&settings, "sts"), "http://localhost:1");
    VARIABLES("AWS_ENDPOINT_URL=http://localhost:4");
    assert_string_equal(cfn__endpoint_find(&settings, "s3"), "http://localhost:4");
    cfn__settings_done(&settings);

    files_of(&settings, CONFIG, "");
    VARIABLES("AWS_ENDPOINT_URL=http://localhost:4", "AWS_ENDPOINT_URL_SFN=http://localhost:5",
              "AWS_ENDPOINT_URL_REDSHIFT_SERVERLESS=http://localhost:6", "AWS_ENDPOINT_URL_S3=");
    assert_string_equal(cfn__endpoint_find(&settings, "states"), "http://localhost:5");
    assert_string_equal(cfn__endpoint_find(&settings, "redshift-serverless"), "http://localhost:6");
    assert_string_equal(cfn__endpoint_find(&settings, "s3"), "http://localhost:4");
    settings.endpoint = cfn__copy("http://localhost:7");
    assert_string_equal(cfn__endpoint_find(&settings, "states"), "http://localhost:7");
    cfn__settings_done(&settings);

    files_of(&settings, CONFIG, "");
    VARIABLES("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True", "AWS_ENDPOINT_URL=http://localhost:4");
    assert_null(cfn__endpoint_find(&settings, "s3"));
    cfn__settings_done(&settings);

    files_of(&settings, "[profile a]\nendpoint_url = http://localhost:1\n", "");
    assert_null(cfn__endpoint_find(&settings, "s3")); /* another profile's */
    cfn__settings_done(&settings);
}

static void what_is_no_endpoint(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    files_of(&settings, "[default]\nservices = none\nendpoint_url = ftp://user:SECRET@host\n", "");
    VARIABLES("AWS_ENDPOINT_URL_STS=localhost:4", "AWS_USE_FIPS_ENDPOINT=true");
    assert_int_equal(cfn__endpoints_check(&settings, diags), -1);
    char *said = told(diags);
    assert_string_equal(
        said,
        "error: AWS_USE_FIPS_ENDPOINT: FIPS endpoints are not chosen by themselves here (set it to "
        "false, and name the endpoints with AWS_ENDPOINT_URL_<SERVICE>) [aws.endpoint]\n"
        "error: AWS_ENDPOINT_URL_STS: an endpoint must be a URL such as https://host or "
        "http://localhost:4566 [aws.endpoint]\n"
        "config:3: error: endpoint_url: an endpoint must be a URL such as https://host or "
        "http://localhost:4566 [aws.endpoint]\n"
        "config:2: error: services: there is no section [services none] in config "
        "[aws.endpoint]\n");
    free(said);
    cfn__settings_done(&settings);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_credentials_file_counts_more),
        cmocka_unit_test(regions_have_an_order),
        cmocka_unit_test(what_is_no_region),
        cmocka_unit_test(endpoints_have_an_order),
        cmocka_unit_test(what_is_no_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What DAGs are told of the platform: options by name, ids by variables. */
#include "mwaa_fixture.h"

/* Fault of the original: DAGs that asked CloudFormation whenever they were parsed, for the stacks
 * of one environment. */
static void dags_are_told_of_the_platform(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("mwaa: {airflow_options: {core.parallelism: 64, cfngen.project: other}}\n");
    assert_string_equal(
        option(&f, "cfngen.emr_job_role_arn"),
        "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/shop-dev-spark-eu-west-1");
    assert_string_equal(option(&f, "cfngen.silver_bucket"),
                        "shop-dev-silver-${AWS::AccountId}-${AWS::Region}");
    assert_string_equal(option(&f, "cfngen.gold_database"), "shop_dev_gold");
    assert_string_equal(option(&f, "cfngen.bronze_crawler"), "shop-dev-bronze");
    assert_string_equal(option(&f, "cfngen.redshift_workgroup"), "shop-dev-warehouse");
    assert_string_equal(option(&f, "cfngen.redshift_port"), "5439");
    assert_string_equal(option(&f, "cfngen.dms_task_arn"),
                        "arn:${AWS::Partition}:dms" IN_ACCOUNT "task:shop-dev-db");
    assert_string_equal(option(&f, "cfngen.redshift_cluster"), "(none)");
    assert_string_equal(option(&f, "core.parallelism"), "64");
    assert_string_equal(option(&f, "cfngen.project"), "other");
    fixture_done(&f);
    f = fixture_good(OTHER_MODES);
    assert_string_equal(option(&f, "cfngen.redshift_cluster"), "shop-dev-warehouse");
    assert_string_equal(option(&f, "cfngen.redshift_workgroup"), "(none)");
    assert_string_equal(option(&f, "cfngen.dms_replication_config_arn"),
                        "arn:${AWS::Partition}:dms" IN_ACCOUNT "replication-config:shop-dev-db");
    assert_string_equal(option(&f, "cfngen.dms_task_arn"), "(none)");
    assert_string_equal(option(&f, "cfngen.emr_log_group"), "(none)");
    assert_string_equal(option(&f, "cfngen.emr_job_tags"), "(none)");
    fixture_done(&f);
}

/* A name is an agreement: what Airflow is told is what the other stacks are made with. */
static void names_are_those_of_the_other_stacks(void **state) {
    (void)state;
    struct fixture f = fixture_good("redshift: {database: 'null', port: 5440}\n"
                                    "data_lake: {layers: [raw-in, silver]}\n"
                                    "dms: {target_layer: raw-in}\nglue: {crawlers: [raw-in]}\n");
    assert_string_equal(option(&f, "cfngen.raw_in_bucket"),
                        named(&f, "data_lake", "RawIn", "BucketName/Fn::Sub"));
    assert_string_equal(option(&f, "cfngen.raw_in_database"),
                        named(&f, "glue", "RawInDatabase", "DatabaseInput/Name"));
    assert_string_equal(option(&f, "cfngen.raw_in_crawler"),
                        named(&f, "glue", "RawInCrawler", "Name"));
    assert_string_equal(option(&f, "cfngen.redshift_workgroup"),
                        named(&f, "redshift", "Workgroup", "WorkgroupName"));
    assert_string_equal(option(&f, "cfngen.redshift_database"),
                        named(&f, "redshift", "Namespace", "DbName"));
    assert_string_equal(
        option(&f, "cfngen.redshift_port"),
        json_string_value(value_at(stack_body(&f, "redshift"), "Outputs/Port/Value")));
    assert_string_equal(option(&f, "cfngen.redshift_port"), "5440");
    assert_string_equal(option(&f, "cfngen.emr_log_group"),
                        named(&f, "emr", "Logs", "LogGroupName"));
    assert_string_equal(named(&f, "emr", "JobRole", "RoleName"), "shop-dev-spark-eu-west-1");
    assert_string_equal(named(&f, "redshift", "SpectrumRole", "RoleName"),
                        "shop-dev-spectrum-eu-west-1");
    assert_string_equal(named(&f, "dms", "Task", "ResourceIdentifier"), "shop-dev-db");
    fixture_done(&f);
}

/* What has no name is a variable, which Airflow finds in Parameter Store when a DAG runs. */
static void variables_are_looked_up(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_string_equal(option(&f, "secrets.backend"),
                        "airflow.providers.amazon.aws.secrets.systems_manager."
                        "SystemsManagerParameterStoreBackend");
    assert_string_equal(option(&f, "secrets.backend_kwargs"),
                        "{\"variables_prefix\":\"/shop-dev/airflow/variables\","
                        "\"connections_prefix\":null,\"config_prefix\":null}");
    assert_string_equal(named(&f, "emr", "AirflowVariable", "Name"),
                        "/shop-dev/airflow/variables/emr_application_id");
    assert_string_equal(named(&f, "redshift", "AirflowVariable", "Name"),
                        "/shop-dev/airflow/variables/redshift_host");
    fixture_done(&f);
    f = fixture_good("mwaa: {airflow_options: {secrets.backend: own.Backend}}\n");
    assert_string_equal(option(&f, "secrets.backend"), "own.Backend");
    assert_string_equal(option(&f, "secrets.backend_kwargs"), "(none)");
    fixture_done(&f);
    f = fixture_good("mwaa: {airflow_options: {secrets.backend_kwargs: '{}'}}\n");
    assert_true(strstr(option(&f, "secrets.backend"), "SystemsManager") != NULL);
    assert_string_equal(option(&f, "secrets.backend_kwargs"), "{}");
    fixture_done(&f);
}

static void variables_can_be_reached(void **state) {
    (void)state;
    static const char warning[] = "warning: common.network.interface_endpoints: leaves Airflow "
                                  "without a way to its variables: add ssm";
    struct fixture f = fixture_good("common: {network: {nat: none}}\n");
    assert_int_equal(fixture_told(&f, warning), 1);
    fixture_done(&f);
    f = fixture_good("common: {network: {nat: none, interface_endpoints: [ssm]}}\n");
    assert_int_equal(fixture_told(&f, warning), 0);
    fixture_done(&f);
    static const char *const reserved[] = {"awsome", "ssm-shop"};
    for (size_t i = 0; i < 2; i++) {
        char yaml[128];
        snprintf(yaml, sizeof yaml, "project: %s\nenvironment: dev\nregion: eu-west-1\n",
                 reserved[i]);
        f = fixture_of(yaml);
        assert_null(f.assembly);
        assert_int_equal(fixture_told(&f, "project: must not begin with aws or ssm while mwaa is "
                                          "enabled with emr or redshift, as no parameter may: '"),
                         1);
        fixture_done(&f);
        strcat(yaml, "mwaa: {enabled: false}\n");
        f = fixture_of(yaml);
        assert_non_null(f.assembly);
        fixture_done(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dags_are_told_of_the_platform),
        cmocka_unit_test(names_are_those_of_the_other_stacks),
        cmocka_unit_test(variables_are_looked_up),
        cmocka_unit_test(variables_can_be_reached),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

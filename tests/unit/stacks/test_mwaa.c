/* The stack mwaa: the environment, its bucket, logs and network. */
#include "mwaa_fixture.h"

static long number(const struct fixture *f, const char *path) {
    return (long)json_integer_value(property(f, "Environment", path));
}

/* It takes longest to make, so everything else is made meanwhile. */
static void airflow_waits_for_common_alone(void **state) {
    (void)state;
    static const char *const platforms[] = {"", OTHER_MODES, "redshift: {enabled: false}\n",
                                            LONELY};
    for (size_t i = 0; i < sizeof platforms / sizeof *platforms; i++) {
        struct fixture f = fixture_good(platforms[i]);
        const struct cfn_assembled *airflow = cfn_assembly_find(f.assembly, "mwaa");
        assert_int_equal(airflow->needs.count, 1);
        assert_string_equal(airflow->needs.items[0], "common");
        fixture_done(&f);
    }
}

static void airflow_can_stand_alone(void **state) {
    (void)state;
    struct fixture f = fixture_good(LONELY);
    static const char *const absent[] = {"StartSpark", "RunSpark", "Crawl",
                                         "Query",      "LogIn",    "Replicate"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(statement(&f, absent[i]));
    assert_int_equal(
        json_array_size(property(&f, "Environment", "NetworkConfiguration/SecurityGroupIds")), 1);
    assert_null(property(&f, "Environment", "AirflowConfigurationOptions/cfngen.emr_job_role_arn"));
    assert_null(property(&f, "Environment", "AirflowConfigurationOptions/cfngen.silver_bucket"));
    assert_string_equal(text(&f, "AirflowConfigurationOptions/cfngen.environment"), "dev");
    assert_null(property(&f, "Environment", "AirflowConfigurationOptions/secrets.backend"));
    assert_null(statement(&f, "Variables"));
    fixture_done(&f);
}

/* Fault of the original: a database port open to the internet in place of a group that refers to
 * itself. */
static void its_parts_talk_to_each_other_alone(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_true(contains(property(&f, "FromItself", "GroupId"), "AirflowAccess"));
    assert_true(contains(property(&f, "FromItself", "SourceSecurityGroupId"), "AirflowAccess"));
    assert_string_equal(json_string_value(property(&f, "FromItself", "IpProtocol")), "-1");
    assert_true(contains(property(&f, "ToItself", "DestinationSecurityGroupId"), "AirflowAccess"));
    assert_null(property(&f, "AirflowAccess", "SecurityGroupIngress"));
    assert_int_equal(json_array_size(property(&f, "AirflowAccess", "SecurityGroupEgress")), 1);
    json_t *groups = property(&f, "Environment", "NetworkConfiguration/SecurityGroupIds");
    assert_true(contains(groups, "shop-dev-common-WarehouseClientSecurityGroupId"));
    fixture_done(&f);
}

static void two_private_subnets_of_however_many(void **state) {
    (void)state;
    struct fixture f = fixture_good("common: {network: {zones: 3}}\n");
    json_t *subnets = property(&f, "Environment", "NetworkConfiguration/SubnetIds");
    assert_int_equal(json_array_size(subnets), 2);
    assert_int_equal(json_integer_value(value_at(subnets, "0/Fn::Select/0")), 0);
    assert_int_equal(json_integer_value(value_at(subnets, "1/Fn::Select/0")), 1);
    assert_true(contains(subnets, "PrivateSubnetIds"));
    assert_string_equal(text(&f, "WebserverAccessMode"), "PRIVATE_ONLY");
    fixture_done(&f);
}

/* Fault of the original: a path of requirements without the version of the object. */
static void a_path_stands_only_with_its_version(void **state) {
    (void)state;
    static const char *const things[] = {"Requirements", "Plugins", "StartupScript"};
    struct fixture f = fixture_good("mwaa: {requirements_path: airflow/needs.txt}\n");
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        char path[64], version[64], parameter[64], condition[64];
        snprintf(path, sizeof path, "%sS3Path/Fn::If/0", things[i]);
        snprintf(version, sizeof version, "%sS3ObjectVersion/Fn::If/0", things[i]);
        snprintf(parameter, sizeof parameter, "Parameters/%sVersion/Default", things[i]);
        snprintf(condition, sizeof condition, "Has%s", things[i]);
        assert_string_equal(text(&f, path), condition);
        assert_string_equal(text(&f, version), condition);
        assert_string_equal(json_string_value(value_at(stack_body(&f, "mwaa"), parameter)), "");
        assert_non_null(
            json_object_get(json_object_get(stack_body(&f, "mwaa"), "Conditions"), condition));
    }
    assert_string_equal(text(&f, "RequirementsS3Path/Fn::If/1"), "airflow/needs.txt");
    fixture_done(&f);
}

static void the_bucket_is_as_mwaa_wants_it(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_string_equal(json_string_value(property(&f, "Dags", "VersioningConfiguration/Status")),
                        "Enabled");
    assert_true(
        json_is_true(property(&f, "Dags", "PublicAccessBlockConfiguration/BlockPublicPolicy")));
    assert_true(contains(property(&f, "Dags", "BucketEncryption"), "shop-dev-common-KeyArn"));
    assert_true(contains(property(&f, "Environment", "KmsKey"), "shop-dev-common-KeyArn"));
    assert_true(contains(property(&f, "Environment", "SourceBucketArn"), "Dags"));
    fixture_done(&f);
}

static void logs_are_there_before_the_environment(void **state) {
    (void)state;
    static const char *const names[] = {"DAGProcessing", "Scheduler", "Task", "WebServer",
                                        "Worker"};
    struct fixture f =
        fixture_good("common: {log_retention_days: 60}\nmwaa: {log_levels: {task: DEBUG}}\n");
    json_t *resources = json_object_get(stack_body(&f, "mwaa"), "Resources");
    json_t *before = value_at(resources, "Environment/DependsOn");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char id[64], group[64];
        snprintf(id, sizeof id, "%sLog", names[i]);
        snprintf(group, sizeof group, "airflow-shop-dev-airflow-%s", names[i]);
        assert_string_equal(json_string_value(property(&f, id, "LogGroupName")), group);
        assert_int_equal(json_integer_value(property(&f, id, "RetentionInDays")), 60);
        assert_true(contains(property(&f, id, "KmsKeyId"), "KeyArn"));
        assert_true(contains(before, id));
    }
    assert_true(contains(before, "FromItself"));
    static const char *const modules[] = {"DagProcessingLogs", "SchedulerLogs", "TaskLogs",
                                          "WebserverLogs", "WorkerLogs"};
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        assert_true(json_is_true(json_object_get(
            json_object_get(property(&f, "Environment", "LoggingConfiguration"), modules[i]),
            "Enabled")));
    assert_string_equal(text(&f, "LoggingConfiguration/TaskLogs/LogLevel"), "DEBUG");
    assert_string_equal(text(&f, "LoggingConfiguration/WebserverLogs/LogLevel"), "WARNING");
    fixture_done(&f);
}

static void sizes_follow_the_class(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    assert_string_equal(text(&f, "AirflowVersion"), "3.0.6");
    assert_string_equal(text(&f, "EnvironmentClass"), "mw1.small");
    assert_int_equal(number(&f, "Schedulers"), 2);
    assert_int_equal(number(&f, "MaxWorkers"), 5);
    assert_int_equal(number(&f, "MinWebservers"), 2);
    fixture_done(&f);
    f = fixture_good("mwaa: {environment_class: mw1.micro}\n");
    assert_int_equal(number(&f, "Schedulers"), 1);
    assert_int_equal(number(&f, "MaxWorkers"), 1);
    assert_int_equal(number(&f, "MaxWebservers"), 1);
    fixture_done(&f);
    f = fixture_good("mwaa: {min_workers: 2, max_workers: 20, schedulers: 3, webservers: 4, "
                     "worker_replacement: forced, "
                     "endpoints: customer, maintenance_start: 'WED:23:00'}\n");
    assert_int_equal(number(&f, "MinWorkers"), 2);
    assert_int_equal(number(&f, "MaxWorkers"), 20);
    assert_int_equal(number(&f, "Schedulers"), 3);
    assert_int_equal(number(&f, "MaxWebservers"), 4);
    assert_string_equal(text(&f, "WorkerReplacementStrategy"), "FORCED");
    assert_string_equal(text(&f, "EndpointManagement"), "CUSTOMER");
    assert_string_equal(text(&f, "WeeklyMaintenanceWindowStart"), "WED:23:00");
    fixture_done(&f);
}

static void a_public_server_and_a_new_version_are_warned_of(void **state) {
    (void)state;
    struct fixture f = fixture_good("mwaa: {webserver_access: public, airflow_version: 3.2.1}\n");
    assert_string_equal(text(&f, "WebserverAccessMode"), "PUBLIC_ONLY");
    assert_int_equal(
        fixture_told(&f, "warning: mwaa.webserver_access: puts Airflow's pages on the internet"),
        1);
    assert_int_equal(
        fixture_told(&f,
                     "warning: mwaa.airflow_version: is not known to this release, better '3.0.6': "
                     "'3.2.1'"),
        1);
    fixture_done(&f);
    f = fixture_good("mwaa: {airflow_version: 2.11.0}\n");
    assert_int_equal(fixture_told(&f, "mwaa.airflow_version"), 0);
    fixture_done(&f);
}

static void impossible_environments_are_refused(void **state) {
    (void)state;
    fixture_refused("mwaa: {airflow_version: 1.10.12}\n",
                    "mwaa.airflow_version: must be a version that can still be created");
    fixture_refused("mwaa: {airflow_version: 2.5.1}\n",
                    "error: mwaa.airflow_version: must be a version that can still be created");
    fixture_refused("mwaa: {environment_class: mw1.micro, schedulers: 2}\n",
                    "mwaa.schedulers: must be 1 for mw1.micro, not '2'");
    fixture_refused("mwaa: {environment_class: mw1.micro, max_workers: 5}\n",
                    "mwaa.max_workers: must be 1 for mw1.micro, not '5'");
    fixture_refused("mwaa: {schedulers: 1}\n",
                    "mwaa.schedulers: must be from 2 to 5 for mw1.small, not '1'");
    fixture_refused("mwaa: {webservers: 1}\n",
                    "mwaa.webservers: must be from 2 to 5 for mw1.small, not '1'");
    fixture_refused("mwaa: {min_workers: 10}\n",
                    "mwaa.max_workers: must be at least min_workers of 10, not '5'");
    fixture_refused("mwaa: {airflow_options: {parallelism: 64}}\n",
                    "mwaa.airflow_options: must have keys of a section and a name, such as "
                    "core.parallelism, not 'parallelism'");
    fixture_refused("mwaa: {airflow_options: {Core.parallelism: 64}}\n", "not 'Core.parallelism'");
    fixture_refused("mwaa: {airflow_options: {core.: 64}}\n", "not 'core.'");
    fixture_refused("mwaa: {maintenance_start: 'SUN:03:15'}\n",
                    "mwaa.maintenance_start: must be a day and a half hour, UTC, such as "
                    "SUN:03:30, not 'SUN:03:15'");
    fixture_refused("mwaa: {environment_class: mw1.giant}\n", "mwaa.environment_class");
}

static void there_is_no_airflow_in_govcloud(void **state) {
    (void)state;
    struct fixture f = fixture_of("project: shop\nenvironment: dev\nregion: us-gov-west-1\n");
    assert_int_equal(fixture_told(&f, "warning: mwaa.enabled: needs AWS::MWAA::Environment, which "
                                      "us-gov-west-1 does not have as far as is known"),
                     1);
    fixture_done(&f);
    f = fixture_of(
        "project: shop\nenvironment: dev\nregion: us-gov-west-1\nmwaa: {enabled: false}\n");
    assert_non_null(f.assembly);
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(airflow_waits_for_common_alone),
        cmocka_unit_test(airflow_can_stand_alone),
        cmocka_unit_test(its_parts_talk_to_each_other_alone),
        cmocka_unit_test(two_private_subnets_of_however_many),
        cmocka_unit_test(a_path_stands_only_with_its_version),
        cmocka_unit_test(the_bucket_is_as_mwaa_wants_it),
        cmocka_unit_test(logs_are_there_before_the_environment),
        cmocka_unit_test(sizes_follow_the_class),
        cmocka_unit_test(a_public_server_and_a_new_version_are_warned_of),
        cmocka_unit_test(impossible_environments_are_refused),
        cmocka_unit_test(there_is_no_airflow_in_govcloud),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The stack emr: an application or a cluster, and the role of jobs. */
#include "lake_fixture.h"

#define EMR LAKE_ONLY WITHOUT("athena")
#define CLUSTER EMR "emr: {mode: ec2}\n"

static void an_application_by_default(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR);
    const json_t *app = properties_of(&f, "emr", "Application");
    assert_string_equal(text_at(app, "Type"), "SPARK");
    assert_string_equal(text_at(app, "ReleaseLabel"), "emr-7.13.0");
    assert_string_equal(text_at(app, "Architecture"), "ARM64");
    assert_true(json_is_true(value_at(app, "AutoStopConfiguration/Enabled")));
    assert_int_equal(number_at(app, "AutoStopConfiguration/IdleTimeoutMinutes"), 15);
    assert_string_equal(text_at(app, "MaximumCapacity/Cpu"), "32 vCPU");
    assert_string_equal(text_at(app, "MaximumCapacity/Memory"), "128 GB");
    assert_string_equal(text_at(app, "MaximumCapacity/Disk"), "640 GB");
    assert_true(contains(value_at(app, "NetworkConfiguration/SubnetIds"), "PrivateSubnetIds"));
    assert_true(exports(&f, "emr", "ApplicationId"));
    assert_true(exports(&f, "emr", "ApplicationArn"));
    assert_true(exports(&f, "emr", "JobRoleArn"));
    assert_true(exports(&f, "emr", "LogGroupName"));
    assert_int_equal(count_of(&f, "emr", "AWS::EMR::Cluster"), 0);
    fixture_done(&f);
}

static void settings_of_the_application(void **state) {
    (void)state;
    struct fixture f = fixture_good(
        EMR
        "emr: {release: 7.12.0, serverless: {architecture: x86_64, idle_minutes: 3, max_vcpu: 8,"
        " max_memory_gb: 16, max_disk_gb: 40}}\n");
    const json_t *app = properties_of(&f, "emr", "Application");
    assert_string_equal(text_at(app, "ReleaseLabel"), "emr-7.12.0");
    assert_string_equal(text_at(app, "Architecture"), "X86_64");
    assert_int_equal(number_at(app, "AutoStopConfiguration/IdleTimeoutMinutes"), 3);
    assert_string_equal(text_at(app, "MaximumCapacity/Cpu"), "8 vCPU");
    assert_string_equal(text_at(app, "MaximumCapacity/Memory"), "16 GB");
    assert_string_equal(text_at(app, "MaximumCapacity/Disk"), "40 GB");
    fixture_done(&f);
}

/* The original's group let the whole internet in. */
static void workers_take_nobody_in(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR);
    const json_t *access = properties_of(&f, "emr", "Access");
    assert_null(value_at(access, "SecurityGroupIngress"));
    assert_int_equal(json_array_size(value_at(access, "SecurityGroupEgress")), 1);
    assert_int_equal(number_at(access, "SecurityGroupEgress/0/FromPort"), 443);
    fixture_done(&f);
}

static void logs_are_encrypted_and_expire(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR "common: {log_retention_days: 14}\n");
    const json_t *logs = properties_of(&f, "emr", "Logs");
    const json_t *monitoring =
        value_at(properties_of(&f, "emr", "Application"), "MonitoringConfiguration");
    assert_string_equal(text_at(logs, "KmsKeyId/Fn::ImportValue"), "shop-dev-common-KeyArn");
    assert_int_equal(number_at(logs, "RetentionInDays"), 14);
    assert_string_equal(text_at(monitoring, "CloudWatchLoggingConfiguration/LogGroupName/Ref"),
                        "Logs");
    assert_string_equal(text_at(monitoring,
                                "ManagedPersistenceMonitoringConfiguration/EncryptionKeyArn/"
                                "Fn::ImportValue"),
                        "shop-dev-common-KeyArn");
    fixture_done(&f);
}

/* EMR Serverless needs the key itself for the logs that it keeps; a cluster does not. */
static void the_key_lets_the_service_in(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR);
    assert_true(contains(properties_of(&f, "common", "Key"), "emr-serverless.amazonaws.com"));
    fixture_done(&f);
    f = fixture_good(CLUSTER);
    assert_false(contains(properties_of(&f, "common", "Key"), "emr-serverless"));
    fixture_done(&f);
}

static void only_applications_of_this_account_take_the_role(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR);
    const json_t *trust =
        value_at(properties_of(&f, "emr", "JobRole"), "AssumeRolePolicyDocument/Statement/0");
    assert_string_equal(text_at(trust, "Principal/Service"), "emr-serverless.amazonaws.com");
    assert_string_equal(text_at(trust, "Condition/StringEquals/aws:SourceAccount/Ref"),
                        "AWS::AccountId");
    assert_true(contains(value_at(trust, "Condition/ArnLike"), ":/applications/*"));
    fixture_done(&f);
}

static void jobs_read_where_data_lands_and_write_the_rest(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR);
    const json_t *statements = role_statements(&f, "emr", "JobRole");
    const json_t *write = statement_of(statements, "WriteLake");
    const json_t *catalog = statement_of(statements, "WriteCatalog");
    assert_true(contains(write, "s3:DeleteObject"));
    assert_true(contains(write, "SilverBucketArn"));
    assert_true(contains(write, "GoldBucketArn"));
    assert_false(contains(write, "BronzeBucketArn"));
    assert_true(contains(statements, "BronzeBucketArn"));
    assert_true(contains(catalog, "SilverDatabaseName"));
    assert_false(contains(catalog, "BronzeDatabaseName"));
    assert_true(contains(statement_of(statements, "ReadCatalog"), "BronzeDatabaseName"));
    assert_true(contains(statement_of(statements, "ReadCatalog"), "database/default"));
    fixture_done(&f);
}

static void no_right_is_boundless(void **state) {
    (void)state;
    static const char *const both[] = {EMR, CLUSTER};
    static const char *const never[] = {"\"*\"", "s3:*",     "glue:*",
                                        "kms:*", "arn:aws:", "AmazonElasticMapReduce"};
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = fixture_good(both[i]);
        const char *id;
        json_t *resource;
        json_object_foreach(json_object_get(stack_body(&f, "emr"), "Resources"), id, resource) {
            for (size_t j = 0; j < sizeof never / sizeof *never; j++)
                if (strncmp(text_at(resource, "Type"), "AWS::IAM", 8) == 0)
                    assert_false(contains(resource, never[j]));
        }
        fixture_done(&f);
    }
}

static void without_a_catalog(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR WITHOUT("glue"));
    assert_false(contains(stack_body(&f, "emr"), "glue"));
    fixture_done(&f);
    f = fixture_good(EMR);
    assert_true(
        contains(properties_of(&f, "emr", "Application"), "AWSGlueDataCatalogHiveClientFactory"));
    fixture_done(&f);
}

static void a_single_layer_is_read_and_written(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR "data_lake: {layers: [raw]}\n"
                                        "glue: {declare_tables: false, crawlers: []}\n");
    assert_true(
        contains(statement_of(role_statements(&f, "emr", "JobRole"), "WriteLake"), "RawBucketArn"));
    fixture_done(&f);
}

static void a_cluster_when_asked_for(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    const json_t *cluster = properties_of(&f, "emr", "Cluster");
    assert_string_equal(text_at(cluster, "ReleaseLabel"), "emr-7.13.0");
    assert_int_equal(number_at(cluster, "ManagedScalingPolicy/ComputeLimits/MinimumCapacityUnits"),
                     1);
    assert_int_equal(number_at(cluster, "ManagedScalingPolicy/ComputeLimits/MaximumCapacityUnits"),
                     4);
    assert_int_equal(number_at(cluster, "AutoTerminationPolicy/IdleTimeout"), 3600);
    assert_string_equal(text_at(cluster, "LogUri/Fn::Sub"), "s3://${Logs}/clusters/");
    assert_string_equal(text_at(cluster, "LogEncryptionKmsKeyId/Fn::ImportValue"),
                        "shop-dev-common-KeyArn");
    assert_true(contains(value_at(cluster, "Instances/Ec2SubnetId"), "PrivateSubnetIds"));
    assert_true(exports(&f, "emr", "ClusterId"));
    assert_true(exports(&f, "emr", "JobRoleArn"));
    assert_true(exports(&f, "emr", "InstanceProfileArn"));
    assert_true(exports(&f, "emr", "LogBucketName"));
    assert_false(exports(&f, "emr", "ApplicationId"));
    fixture_done(&f);
}

/* The original handed EMR the id of a role where it wants an instance profile. */
static void nodes_have_an_instance_profile(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    assert_string_equal(text_at(properties_of(&f, "emr", "Cluster"), "JobFlowRole/Ref"),
                        "NodeProfile");
    assert_string_equal(text_at(properties_of(&f, "emr", "Cluster"), "ServiceRole/Ref"),
                        "ServiceRole");
    assert_string_equal(attribute_of(&f, "emr", "NodeProfile", "Type"),
                        "AWS::IAM::InstanceProfile");
    assert_string_equal(text_at(properties_of(&f, "emr", "NodeProfile"), "Roles/0/Ref"),
                        "NodeRole");
    fixture_done(&f);
}

/* Airflow, which is made without waiting for Spark, reads the id when a DAG runs. */
static void airflow_learns_the_id(void **state) {
    (void)state;
    static const struct {
        const char *lines, *name, *id;
    } cases[] = {
        {"", "/shop-dev/airflow/variables/emr_application_id", "Application"},
        {"emr: {mode: ec2}\n", "/shop-dev/airflow/variables/emr_cluster_id", "Cluster"},
    };
    for (size_t i = 0; i < 2; i++) {
        struct fixture f = fixture_good(cases[i].lines);
        const json_t *variable = properties_of(&f, "emr", "AirflowVariable");
        assert_string_equal(text_at(variable, "Name"), cases[i].name);
        assert_string_equal(text_at(variable, "Value/Ref"), cases[i].id);
        assert_string_equal(text_at(variable, "Type"), "String");
        assert_string_equal(text_at(variable, "Tags/Project"), "shop");
        fixture_done(&f);
    }
    struct fixture f = fixture_good(EMR);
    assert_int_equal(count_of(&f, "emr", "AWS::SSM::Parameter"), 0);
    fixture_done(&f);
}

static void steps_take_the_role_of_jobs(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    const json_t *node = properties_of(&f, "emr", "NodePolicy");
    assert_true(
        json_is_true(value_at(properties_of(&f, "emr", "Security"),
                              "SecurityConfiguration/AuthorizationConfiguration/IAMConfiguration/"
                              "EnableApplicationScopedIAMRole")));
    assert_true(contains(node, "sts:AssumeRole"));
    assert_false(contains(node, "BronzeBucketArn"));
    assert_true(contains(value_at(properties_of(&f, "emr", "JobRole"), "AssumeRolePolicyDocument"),
                         "{\"AWS\":{\"Fn::GetAtt\":[\"NodeRole\",\"Arn\"]}}"));
    fixture_done(&f);
}

/* The second managed policy reaches only what is tagged for it. */
static void the_service_role_is_narrow(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    const json_t *role = properties_of(&f, "emr", "ServiceRole");
    assert_true(
        contains(value_at(role, "ManagedPolicyArns"),
                 "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonEMRServicePolicy_v2"));
    assert_true(
        contains(value_at(role, "AssumeRolePolicyDocument"), "elasticmapreduce.${AWS::URLSuffix}"));
    assert_true(contains(value_at(role, "AssumeRolePolicyDocument"), "aws:SourceAccount"));
    const json_t *statements = role_statements(&f, "emr", "ServiceRole");
    assert_true(contains(statement_of(statements, "PassNodeRole"), "iam:PassedToService"));
    assert_true(contains(statement_of(statements, "LaunchInSubnet"), "subnet/${Subnet}"));
    static const char *const tagged[] = {"Cluster", "PrimaryAccess", "WorkerAccess",
                                         "ServiceAccess"};
    for (size_t i = 0; i < 4; i++)
        assert_true(
            contains(value_at(properties_of(&f, "emr", tagged[i]), "Tags"),
                     "{\"Key\":\"for-use-with-amazon-emr-managed-policies\",\"Value\":\"true\"}"));
    fixture_done(&f);
}

static void disks_are_encrypted_and_metadata_is_guarded(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    const json_t *all = value_at(properties_of(&f, "emr", "Security"), "SecurityConfiguration");
    const json_t *encryption = value_at(all, "EncryptionConfiguration");
    assert_true(json_is_true(value_at(encryption, "EnableAtRestEncryption")));
    assert_true(
        json_is_true(value_at(encryption, "AtRestEncryptionConfiguration/"
                                          "LocalDiskEncryptionConfiguration/EnableEbsEncryption")));
    assert_string_equal(text_at(encryption,
                                "AtRestEncryptionConfiguration/S3EncryptionConfiguration/"
                                "EncryptionMode"),
                        "SSE-KMS");
    assert_true(json_is_false(value_at(encryption, "EnableInTransitEncryption")));
    assert_null(value_at(encryption, "InTransitEncryptionConfiguration"));
    assert_int_equal(number_at(all, "InstanceMetadataServiceConfiguration/"
                                    "MinimumInstanceMetadataServiceVersion"),
                     2);
    fixture_done(&f);
    f = fixture_good(EMR "emr: {mode: ec2, ec2: {certificates: tls/nodes.zip}}\n");
    encryption = value_at(properties_of(&f, "emr", "Security"),
                          "SecurityConfiguration/EncryptionConfiguration");
    assert_true(json_is_true(value_at(encryption, "EnableInTransitEncryption")));
    assert_true(contains(encryption, "s3://${Bucket}/tls/nodes.zip"));
    fixture_done(&f);
}

/* What EMR misses it adds, and then the groups cannot be deleted. */
static void groups_have_the_rules_that_emr_wants(void **state) {
    (void)state;
    struct fixture f = fixture_good(CLUSTER);
    static const char *const wanted[] = {
        "PrimaryFromPrimaryTcp", "PrimaryFromWorkerUdp", "WorkerFromPrimaryIcmp",
        "WorkerFromWorkerTcp",   "PrimaryFromService",   "WorkerFromService",
        "PrimaryToService",      "WorkerToPrimaryTcp",
    };
    const json_t *after = value_at(stack_body(&f, "emr"), "Resources/Cluster/DependsOn");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", wanted[i]);
        assert_non_null(properties_of(&f, "emr", wanted[i]));
        assert_true(contains(after, quoted));
    }
    assert_int_equal(number_at(properties_of(&f, "emr", "WorkerFromService"), "FromPort"), 8443);
    assert_int_equal(number_at(properties_of(&f, "emr", "PrimaryToService"), "FromPort"), 9443);
    assert_int_equal(count_of(&f, "emr", "AWS::EC2::SecurityGroupIngress"), 14);
    assert_int_equal(count_of(&f, "emr", "AWS::EC2::SecurityGroupEgress"), 13);
    assert_false(contains(value_at(stack_body(&f, "emr"), "Resources"),
                          "\"SecurityGroupIngress\":[{\"CidrIp\""));
    assert_true(contains(after, "\"NodePolicy\""));
    fixture_done(&f);
}

static void settings_of_the_cluster(void **state) {
    (void)state;
    struct fixture f = fixture_good(
        EMR
        "emr: {mode: ec2, ec2: {primary_type: m6g.xlarge, worker_type: r7g.2xlarge, min_instances: "
        "2,"
        " max_instances: 9, volume_gb: 100, step_concurrency: 7, idle_minutes: 0, generation: 3,"
        " log_days: 5}}\n");
    const json_t *cluster = properties_of(&f, "emr", "Cluster");
    assert_string_equal(text_at(cluster, "Name"), "shop-dev-emr-3");
    assert_string_equal(text_at(cluster, "Instances/MasterInstanceGroup/InstanceType"),
                        "m6g.xlarge");
    assert_string_equal(text_at(cluster, "Instances/CoreInstanceGroup/InstanceType"),
                        "r7g.2xlarge");
    assert_int_equal(number_at(cluster, "Instances/CoreInstanceGroup/InstanceCount"), 2);
    assert_int_equal(number_at(cluster, "Instances/CoreInstanceGroup/EbsConfiguration/"
                                        "EbsBlockDeviceConfigs/0/VolumeSpecification/SizeInGB"),
                     100);
    assert_int_equal(number_at(cluster, "ManagedScalingPolicy/ComputeLimits/MaximumCapacityUnits"),
                     9);
    assert_int_equal(number_at(cluster, "StepConcurrencyLevel"), 7);
    assert_null(value_at(cluster, "AutoTerminationPolicy"));
    assert_int_equal(number_at(properties_of(&f, "emr", "Logs"),
                               "LifecycleConfiguration/Rules/0/ExpirationInDays"),
                     5);
    fixture_done(&f);
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    fixture_refused(EMR "emr: {mode: kubernetes}\n", "emr.mode");
    fixture_refused(EMR "emr: {release: 7}\n",
                    "emr.release: must be a whole release, such as 7.13.0, not '7'");
    fixture_refused(EMR "emr: {release: 6.8.1}\n",
                    "emr.release: must be 6.9.0 or later, not '6.8.1'");
    fixture_refused(EMR "emr: {release: 5.30.1}\n",
                    "emr.release: must be 6.9.0 or later, not '5.30.1'");
    fixture_refused(
        EMR "emr: {serverless: {max_vcpu: 100}}\n",
        "emr.serverless.max_memory_gb: must be at least 200, as 100 processors need 2 GB "
        "each, not 128");
    fixture_refused(EMR "emr: {mode: ec2, ec2: {min_instances: 5}}\n",
                    "emr.ec2.min_instances: must be at most max_instances, 4, not 5");
    fixture_refused(EMR WITHOUT("data_lake") WITHOUT("glue"),
                    "data_lake.enabled: must be true while emr is enabled");
}

static void old_releases_are_warned_of(void **state) {
    (void)state;
    struct fixture f = fixture_good(EMR "emr: {release: 7.3.0}\n");
    assert_int_equal(fixture_told(&f, "emr.release: standard support ended on 2026-10-15, better "
                                      "'7.13.0': '7.3.0'"),
                     1);
    fixture_done(&f);
    f = fixture_good(EMR);
    assert_int_equal(fixture_told(&f, "emr.release"), 0);
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_application_by_default),
        cmocka_unit_test(settings_of_the_application),
        cmocka_unit_test(workers_take_nobody_in),
        cmocka_unit_test(logs_are_encrypted_and_expire),
        cmocka_unit_test(the_key_lets_the_service_in),
        cmocka_unit_test(only_applications_of_this_account_take_the_role),
        cmocka_unit_test(jobs_read_where_data_lands_and_write_the_rest),
        cmocka_unit_test(no_right_is_boundless),
        cmocka_unit_test(without_a_catalog),
        cmocka_unit_test(a_single_layer_is_read_and_written),
        cmocka_unit_test(a_cluster_when_asked_for),
        cmocka_unit_test(nodes_have_an_instance_profile),
        cmocka_unit_test(airflow_learns_the_id),
        cmocka_unit_test(steps_take_the_role_of_jobs),
        cmocka_unit_test(the_service_role_is_narrow),
        cmocka_unit_test(disks_are_encrypted_and_metadata_is_guarded),
        cmocka_unit_test(groups_have_the_rules_that_emr_wants),
        cmocka_unit_test(settings_of_the_cluster),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(old_releases_are_warned_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

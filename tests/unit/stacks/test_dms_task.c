/* The stack dms: what is replicated, by what, and what is refused. */
#include "dms_fixture.h"

static void is_rule(const json_t *rule, const char *id, const char *schema, const char *table,
                    const char *action) {
    is_text(rule, "rule-type", "selection");
    is_text(rule, "rule-id", id);
    is_text(rule, "object-locator/schema-name", schema);
    is_text(rule, "object-locator/table-name", table);
    is_text(rule, "rule-action", action);
}

static void tables_come_from_the_file_and_never_dms_own(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    json_t *mappings = task_json(&f, "TableMappings");
    const json_t *rules = json_object_get(mappings, "rules");
    assert_int_equal(json_array_size(rules), 2);
    is_rule(json_array_get(rules, 0), "1", "ecommerce", "%", "include");
    is_rule(json_array_get(rules, 1), "2", "%", "awsdms_%", "exclude");
    json_decref(mappings);
    fixture_done(&f);

    f = fixture_good("dms: {tables: [shop.orders, crm.%], exclude_tables: [crm.tmp_%]}\n");
    mappings = task_json(&f, "TableMappings");
    rules = json_object_get(mappings, "rules");
    assert_int_equal(json_array_size(rules), 4);
    is_rule(json_array_get(rules, 0), "1", "shop", "orders", "include");
    is_rule(json_array_get(rules, 1), "2", "crm", "%", "include");
    is_rule(json_array_get(rules, 2), "3", "crm", "tmp_%", "exclude");
    is_rule(json_array_get(rules, 3), "4", "%", "awsdms_%", "exclude");
    json_decref(mappings);
    fixture_done(&f);
}

static void wrong_tables_are_refused(void **state) {
    (void)state;
    fixture_refused("dms: {tables: [public.awsdms_ddl_audit]}\n",
                    "dms.tables: must not be tables that DMS makes for itself, which are never "
                    "replicated: 'public.awsdms_ddl_audit'");
    fixture_refused("dms: {tables: [orders]}\n", "must be a schema and a table, such as "
                                                 "ecommerce.orders or ecommerce.%");
    fixture_refused("dms: {tables: [a.b.c]}\n", "must be a schema and a table");
    fixture_refused("dms: {tables: ['a.b\"}']}\n", "must be a schema and a table");
    fixture_refused("dms: {tables: []}\n", "dms.tables");
    fixture_refused("dms: {target_layer: copper}\n",
                    "dms.target_layer: must be of data_lake.layers (bronze, silver, gold), not "
                    "'copper'");
    fixture_refused("dms: {folder: a/b}\n", "dms.folder");
}

static void nothing_is_lost_without_a_stop(void **state) {
    (void)state;
    static const char *const stops[] = {"DataErrorPolicy",        "DataTruncationErrorPolicy",
                                        "TableErrorPolicy",       "ApplyErrorInsertPolicy",
                                        "ApplyErrorUpdatePolicy", "ApplyErrorDeletePolicy"};
    struct fixture f = fixture_good("dms: {lob_max_kb: 2048}\n");
    json_t *s = task_json(&f, "ReplicationTaskSettings");
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        char path[64];
        snprintf(path, sizeof path, "ErrorBehavior/%s", stops[i]);
        is_text(s, path, "STOP_TASK");
    }
    assert_true(is_on(s, "ErrorBehavior/FailOnNoTablesCaptured"));
    assert_true(is_on(s, "ErrorBehavior/FailOnTransactionConsistencyBreached"));
    assert_true(is_on(s, "TargetMetadata/SupportLobs"));  /* else text columns are dropped */
    assert_false(is_on(s, "TargetMetadata/FullLobMode")); /* S3 has none */
    assert_true(is_on(s, "TargetMetadata/LimitedSizeLobMode"));
    is_number(s, "TargetMetadata/LobMaxSize", 2048);
    assert_false(is_on(s, "TargetMetadata/BatchApplyEnabled"));
    assert_false(is_on(s, "ChangeProcessingDdlHandlingPolicy/HandleSourceTableDropped"));
    assert_false(is_on(s, "ChangeProcessingDdlHandlingPolicy/HandleSourceTableTruncated"));
    assert_true(is_on(s, "Logging/EnableLogging"));
    assert_false(is_on(s, "ControlTablesSettings/StatusTableEnabled"));
    json_decref(s);
    fixture_done(&f);
}

static void the_instance_is_private_and_current(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *i = properties_of(&f, "dms", "Instance");
    assert_false(is_on(i, "PubliclyAccessible"));
    is_text(i, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_text(i, "EngineVersion", "3.6.1");
    is_text(i, "ReplicationInstanceClass", "dms.t3.medium");
    is_text(i, "VpcSecurityGroupIds/0/Fn::GetAtt/0", "ReplicationAccess");
    is_text(i, "VpcSecurityGroupIds/1/Fn::ImportValue", "shop-dev-rds-ClientSecurityGroupId");
    assert_false(is_on(i, "AllowMajorVersionUpgrade"));
    assert_false(is_on(i, "MultiAZ"));
    assert_true(contains(properties_of(&f, "dms", "Subnets"), "shop-dev-common-PrivateSubnetIds"));
    const json_t *group = properties_of(&f, "dms", "ReplicationAccess");
    assert_null(value_at(group, "SecurityGroupIngress"));
    assert_int_equal(json_array_size(value_at(group, "SecurityGroupEgress")), 1);
    is_number(group, "SecurityGroupEgress/0/ToPort", 443);
    fixture_done(&f);

    f = fixture_good("dms: {instance_class: dms.r6i.large, storage_gb: 200, multi_az: true, "
                     "maintenance_window: 'mon:01:00-mon:02:00'}\n");
    i = properties_of(&f, "dms", "Instance");
    is_text(i, "ReplicationInstanceClass", "dms.r6i.large");
    is_number(i, "AllocatedStorage", 200);
    assert_true(is_on(i, "MultiAZ"));
    is_text(i, "PreferredMaintenanceWindow", "mon:01:00-mon:02:00");
    fixture_done(&f);
}

static void the_task_is_known_by_one_name(void **state) {
    (void)state;
    struct fixture f = fixture_good("");
    const json_t *task = properties_of(&f, "dms", "Task"), *body = stack_body(&f, "dms");
    is_text(task, "ReplicationTaskIdentifier", "shop-dev-db");
    is_text(task, "ResourceIdentifier", "shop-dev-db");
    is_text(task, "MigrationType", "full-load-and-cdc");
    is_text(task, "ReplicationInstanceArn/Ref", "Instance");
    is_text(body, "Outputs/ReplicationTaskArn/Value/Ref", "Task");
    is_text(body, "Outputs/TaskIdentifier/Value", "shop-dev-db");
    is_text(body, "Outputs/ReplicationInstanceIdentifier/Value", "shop-dev-dms");
    is_text(body, "Outputs/SourceEndpointArn/Value/Ref", "Source");
    is_text(body, "Outputs/TargetEndpointArn/Value/Ref", "Target");
    const json_t *log = properties_of(&f, "dms", "Logs");
    is_text(log, "LogGroupName", "dms-tasks-shop-dev-dms");
    is_text(log, "KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    is_number(log, "RetentionInDays", 30);
    is_text(body, "Resources/Instance/DependsOn", "Logs");
    fixture_done(&f);
}

static void serverless_replicates_the_same(void **state) {
    (void)state;
    struct fixture f =
        fixture_good("dms: {mode: serverless, min_capacity_units: 2, "
                     "max_capacity_units: 16, multi_az: true, migration_type: cdc}\n");
    const json_t *r = properties_of(&f, "dms", "Replication"), *body = stack_body(&f, "dms");
    assert_null(properties_of(&f, "dms", "Instance"));
    assert_null(properties_of(&f, "dms", "Task"));
    is_text(r, "ReplicationType", "cdc");
    is_text(r, "TableMappings/rules/1/object-locator/table-name", "awsdms_%");
    is_text(r, "ReplicationSettings/ErrorBehavior/DataErrorPolicy", "STOP_TASK");
    is_number(r, "ComputeConfig/MinCapacityUnits", 2);
    is_number(r, "ComputeConfig/MaxCapacityUnits", 16);
    assert_true(is_on(r, "ComputeConfig/MultiAZ"));
    is_text(r, "ComputeConfig/KmsKeyId/Fn::ImportValue", "shop-dev-common-KeyArn");
    assert_int_equal(json_array_size(value_at(r, "ComputeConfig/VpcSecurityGroupIds")), 2);
    is_text(r, "ResourceIdentifier", "shop-dev-db");
    is_text(properties_of(&f, "dms", "Logs"), "LogGroupName",
            "dms-serverless-replication-shop-dev-db");
    is_text(body, "Outputs/ReplicationConfigArn/Value/Fn::GetAtt/1", "ReplicationConfigArn");
    assert_null(value_at(body, "Outputs/ReplicationTaskArn"));
    fixture_done(&f);
    fixture_refused("dms: {mode: serverless, min_capacity_units: 8}\n",
                    "dms.min_capacity_units: must be at most max_capacity_units, 4, not '8'");
    fixture_refused("dms: {mode: serverless, max_capacity_units: 3}\n", "dms.max_capacity_units");
}

static void what_a_region_does_not_have_is_told(void **state) {
    (void)state;
    struct fixture f = fixture_of("project: shop\nenvironment: dev\nregion: us-gov-west-1\n"
                                  "mwaa: {enabled: false}\ndms: {mode: serverless}\n");
    assert_int_equal(fixture_told(&f, "warning: dms.mode: needs AWS::DMS::ReplicationConfig, which "
                                      "us-gov-west-1 does not have as far as is known"),
                     1);
    fixture_done(&f);
    f = fixture_of("project: shop\nenvironment: dev\nregion: us-gov-west-1\n");
    assert_int_equal(fixture_told(&f, "dms.mode"), 0);
    fixture_done(&f);
    f = fixture_of("project: shop\nenvironment: dev\nregion: mx-central-1\n");
    assert_int_equal(fixture_told(&f, "dms.mode: needs AWS::DMS::ReplicationTask, which "), 1);
    fixture_done(&f);
}

/* DMS allows 31 characters in a resource's id: as many as the longest name that the buckets allow.
 */
static void the_longest_name_fits(void **state) {
    (void)state;
    struct fixture f =
        fixture_of("project: abcdefghijklmnopqrstuvwx\nenvironment: dev\nregion: eu-west-1\n"
                   "athena: {enabled: false}\nemr: {enabled: false}\nredshift: {enabled: false}\n"
                   "mwaa: {enabled: false}\nobservability: {enabled: false}\n");
    assert_non_null(f.assembly);
    is_text(properties_of(&f, "dms", "Task"), "ResourceIdentifier",
            "abcdefghijklmnopqrstuvwx-dev-db");
    fixture_done(&f);
}

static void an_existing_database_has_its_own_key_or_none(void **state) {
    (void)state;
#define SECRET "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf"
    struct fixture f = fixture_good(
        "rds: {existing: {host: db.example.com, database: shop, secret_arn: '" SECRET "'}}\n");
    assert_int_equal(json_array_size(statements(&f, "SecretRole")), 1);
    fixture_done(&f);
    f = fixture_good("rds: {existing: {host: db.example.com, database: shop, secret_arn: '" SECRET
                     "', secret_key_arn: 'arn:aws:kms:eu-west-1:111122223333:key/"
                     "11111111-2222-3333-4444-555555555555'}}\n");
    is_text(statements(&f, "SecretRole"), "1/Resource",
            "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555");
    fixture_done(&f);
}

static void impossible_sources_are_refused(void **state) {
    (void)state;
    fixture_refused("rds: {logical_replication: false}\n",
                    "dms.migration_type: must be full-load while rds.logical_replication is false, "
                    "not 'full-load-and-cdc'");
    fixture_refused("dms: {engine_version: 3.4.4}\n", "dms.engine_version: must be a version that "
                                                      "can still be created");
    fixture_refused("dms: {instance_class: t2.small}\n", "dms.instance_class: must be a class of "
                                                         "replication instances");
    fixture_refused("rds: {enabled: false}\n", "rds");
    struct fixture f = fixture_good("rds: {engine_version: '18.4'}\n");
    assert_int_equal(fixture_told(&f, "warning: rds.engine_version: is newer than what AWS DMS is "
                                      "documented to replicate from, which is 17: '18.4'"),
                     1);
    fixture_done(&f);
    f = fixture_good("rds: {engine_version: '18.4'}\ndms: {enabled: false}\n");
    assert_int_equal(fixture_told(&f, "rds.engine_version"), 0);
    fixture_done(&f);
}

static void the_secret_must_be_reachable(void **state) {
    (void)state;
    const char *told = "leaves AWS DMS without a way to the secret of the database";
    struct fixture f =
        fixture_good("common: {network: {nat: none, interface_endpoints: [logs]}}\n");
    assert_int_equal(fixture_told(&f, told), 1);
    fixture_done(&f);
    f = fixture_good(
        "common: {network: {nat: none, interface_endpoints: [logs, secretsmanager]}}\n");
    assert_int_equal(fixture_told(&f, told), 0);
    fixture_done(&f);
}

static void no_arn_names_a_partition(void **state) {
    (void)state;
    struct fixture f = fixture_good("dms: {validation: true}\n");
    assert_false(contains(stack_body(&f, "dms"), "arn:aws"));
    fixture_done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_come_from_the_file_and_never_dms_own),
        cmocka_unit_test(wrong_tables_are_refused),
        cmocka_unit_test(nothing_is_lost_without_a_stop),
        cmocka_unit_test(the_instance_is_private_and_current),
        cmocka_unit_test(the_task_is_known_by_one_name),
        cmocka_unit_test(serverless_replicates_the_same),
        cmocka_unit_test(what_a_region_does_not_have_is_told),
        cmocka_unit_test(the_longest_name_fits),
        cmocka_unit_test(an_existing_database_has_its_own_key_or_none),
        cmocka_unit_test(impossible_sources_are_refused),
        cmocka_unit_test(the_secret_must_be_reachable),
        cmocka_unit_test(no_arn_names_a_partition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

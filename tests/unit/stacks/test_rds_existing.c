/* The stack rds: a database that exists, and what is refused. */
#include "platform_fixture.h"

static bool has_output(const struct fixture *f, const char *name) {
    return json_object_get(json_object_get(stack_body(f, "rds"), "Outputs"), name) != NULL;
}

static size_t resource_count(const struct fixture *f) {
    return json_object_size(json_object_get(stack_body(f, "rds"), "Resources"));
}

#define OWN                                                                                        \
    "host: db.example.com, port: 5433, database: legacy, "                                         \
    "secret_arn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:legacy-AbCdEf'"

static void an_existing_database_needs_only_a_way_to_it(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {existing: {" OWN ", cidrs: [172.20.0.0/16, "
                                    "203.0.113.7/32]}}\n");
    const json_t *body = stack_body(&f, "rds");
    assert_int_equal(resource_count(&f), 1);
    const json_t *egress =
        value_at(properties_of(&f, "rds", "ClientAccess"), "SecurityGroupEgress");
    assert_int_equal(json_array_size(egress), 2);
    is_text(egress, "0/CidrIp", "172.20.0.0/16");
    is_text(egress, "1/CidrIp", "203.0.113.7/32");
    is_number(egress, "1/FromPort", 5433);
    is_text(body, "Outputs/Host/Value", "db.example.com");
    is_text(body, "Outputs/Port/Value", "5433");
    is_text(body, "Outputs/DatabaseName/Value", "legacy");
    is_text(body, "Outputs/SecretArn/Value",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:legacy-AbCdEf");
    assert_true(has_output(&f, "ClientSecurityGroupId"));
    assert_false(has_output(&f, "InstanceIdentifier"));
    fixture_done(&f);

    f = fixture_good("rds: {existing: {" OWN "}}\n");
    egress = value_at(properties_of(&f, "rds", "ClientAccess"), "SecurityGroupEgress");
    assert_int_equal(json_array_size(egress), 3);
    assert_false(contains(egress, "0.0.0.0/0"));
    fixture_done(&f);
}

static void an_existing_database_makes_other_settings_idle(void **state) {
    (void)state;
    struct fixture f = fixture_good("rds: {storage_gb: 50, multi_az: true, existing: {" OWN "}}\n");
    assert_int_equal(fixture_told(&f, "warning: rds.storage_gb: has no effect, for the database is "
                                      "the existing one at 'db.example.com'"),
                     1);
    assert_int_equal(fixture_told(&f, "warning: rds.multi_az: has no effect"), 1);
    assert_int_equal(fixture_told(&f, "has no effect"), 2);
    fixture_done(&f);
}

static void half_an_existing_database_is_refused(void **state) {
    (void)state;
    fixture_refused("rds: {existing: {host: db.example.com, database: shop}}\n",
                    "rds.existing.secret_arn: must be the ARN of the secret that holds the user of "
                    "the database at 'db.example.com'");
    fixture_refused("rds: {existing: {host: db.example.com, secret_arn: "
                    "'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf'}}\n",
                    "rds.existing.database: must be the name of the database to be used at "
                    "'db.example.com'");
    fixture_refused("rds: {existing: {database: shop}}\n",
                    "rds.existing.database: must stand with existing.host, or not at all");
    fixture_refused("rds: {existing: {secret_arn: "
                    "'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x-AbCdEf'}}\n",
                    "rds.existing.secret_arn: must stand with existing.host, or not at all");
}

static void retired_versions_are_refused(void **state) {
    (void)state;
    fixture_refused("rds: {engine_version: '12.4'}\n",
                    "rds.engine_version: must be a version that can still be created, such as "
                    "'17.10', not '12.4'");
    fixture_refused("rds: {engine_version: '17.4'}\n", "rds.engine_version: must be a version");
}

static void storage_must_be_able_to_grow(void **state) {
    (void)state;
    fixture_refused("rds: {storage_gb: 100, max_storage_gb: 109}\n",
                    "rds.max_storage_gb: must be 0 or at least 110, a tenth more than storage_gb, "
                    "not '109'");
    fixture_refused("rds: {max_storage_gb: 0, slot_wal_gb: 20}\n",
                    "rds.slot_wal_gb: must be less than the 20 GiB to which storage may grow, not "
                    "'20'");
    fixture_refused("rds: {storage_gb: 19}\n", "rds.storage_gb");
    struct fixture f = fixture_good("rds: {storage_gb: 100, max_storage_gb: 110}\n");
    fixture_done(&f);
}

static void windows_must_not_meet(void **state) {
    (void)state;
    fixture_refused("rds: {backup_window: '04:00-05:00'}\n",
                    "rds.maintenance_window: must not overlap the daily backup_window 04:00-05:00: "
                    "'sun:03:30-sun:04:30'");
    fixture_refused("rds: {backup_window: '23:30-00:30', maintenance_window: "
                    "'sat:23:00-sun:00:00'}\n",
                    "rds.maintenance_window: must not overlap");
    fixture_refused("rds: {backup_window: '23:30-00:30', maintenance_window: "
                    "'sun:00:00-sun:01:00'}\n",
                    "rds.maintenance_window: must not overlap");
    fixture_refused("rds: {backup_window: '02:00-02:29'}\n",
                    "rds.backup_window: must be a daily window of at least 30 minutes");
    fixture_refused("rds: {maintenance_window: 'sun:05:00-sun:05:10'}\n",
                    "rds.maintenance_window: must be");
    struct fixture f = fixture_good("rds: {backup_window: '02:00-03:30'}\n"); /* they touch */
    fixture_done(&f);
}

static void reserved_names_are_refused(void **state) {
    (void)state;
    fixture_refused(
        "rds: {username: rdsadmin}\n",
        "rds.username: must be a name that neither PostgreSQL nor RDS keeps for itself, "
        "not 'rdsadmin'");
    fixture_refused("rds: {username: pg_me}\n", "not 'pg_me'");
    fixture_refused("rds: {username: admin}\n", "not 'admin'");
    fixture_refused(
        "rds: {database: template1}\n",
        "rds.database: must be a name that neither PostgreSQL nor RDS keeps for itself, "
        "not 'template1'");
    fixture_refused("rds: {instance_class: t4g.small}\n", "rds.instance_class: must be a class of "
                                                          "DB instances such as db.t4g.small");
    fixture_refused("rds: {allowed_security_groups: [0.0.0.0/0]}\n", "rds.allowed_security_groups");
    fixture_refused("rds: {insights: always}\n", "rds.insights");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_existing_database_needs_only_a_way_to_it),
        cmocka_unit_test(an_existing_database_makes_other_settings_idle),
        cmocka_unit_test(half_an_existing_database_is_refused),
        cmocka_unit_test(retired_versions_are_refused),
        cmocka_unit_test(storage_must_be_able_to_grow),
        cmocka_unit_test(windows_must_not_meet),
        cmocka_unit_test(reserved_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

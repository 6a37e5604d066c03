/* Mistakes that only others can find, told where the setting was written. */
#include "fixture.h"

static const char file[] = "project: shop\n"
                           "tags: {team: data, owner: me}\n"
                           "rds:\n"
                           "  storage_gb: 30\n"
                           "  logs:\n"
                           "    days: 7\n"
                           "data_lake: {layers: [bronze, gold]}\n"
                           "environments:\n"
                           "  dev:\n"
                           "    tags: {owner: you}\n"
                           "    rds: {storage_gb: 40}\n";

static void assert_place(const char *path, const char *place) {
    struct loaded l = load(GIVEN(file, .variables = TEXTS("CFNGEN_NAT=none"),
                                 .flags = TEXTS("region=eu-west-1", "tags.cost=12")));
    assert_non_null(l.config);
    assert_int_equal(cfn_setting_fail(l.config, path, l.diags, "must not be %d", 5), -1);
    char *text = told(l.diags);
    assert_string_equal(text, place);
    free(text);
    unload(&l);
}

static void a_value_of_the_file(void **state) {
    (void)state;
    assert_place("project", "p.yaml:1:10: error: project: must not be 5 [config.value]\n");
    assert_place("rds.logs.days",
                 "p.yaml:6:11: error: rds.logs.days: must not be 5 [config.value]\n");
    assert_place("data_lake.layers",
                 "p.yaml:7:21: error: data_lake.layers: must not be 5 [config.value]\n");
}

static void a_value_of_the_overlay(void **state) {
    (void)state;
    assert_place("rds.storage_gb",
                 "p.yaml:11:23: error: rds.storage_gb: must not be 5 [config.value]\n");
}

static void items_and_entries(void **state) {
    (void)state;
    assert_place("data_lake.layers.1",
                 "p.yaml:7:30: error: data_lake.layers.1: must not be 5 [config.value]\n");
    assert_place("data_lake.layers.2",
                 "p.yaml:7:13: error: data_lake.layers.2: must not be 5 [config.value]\n");
    assert_place("data_lake.layers.x",
                 "p.yaml:7:13: error: data_lake.layers.x: must not be 5 [config.value]\n");
    assert_place("tags.team", "p.yaml:2:14: error: tags.team: must not be 5 [config.value]\n");
    assert_place("tags.owner", "p.yaml:10:19: error: tags.owner: must not be 5 [config.value]\n");
    assert_place("tags.cost", "error: tags.cost: must not be 5 (from --set) [config.value]\n");
}

static void a_variable_and_a_flag(void **state) {
    (void)state;
    assert_place("nat",
                 "error: nat: must not be 5 (from the variable CFNGEN_NAT) [config.value]\n");
    assert_place("region", "error: region: must not be 5 (from --set) [config.value]\n");
}

/* A default is told where it would be overridden. */
static void a_default(void **state) {
    (void)state;
    assert_place("rds.version",
                 "p.yaml:11:5: error: rds.version: must not be 5 (the default) [config.value]\n");
    assert_place("cidr", "p.yaml:1:1: error: cidr: must not be 5 (the default) [config.value]\n");
    assert_place("note", "p.yaml:1:1: error: note: must not be 5 [config.value]\n");
}

static void a_section(void **state) {
    (void)state;
    assert_place("rds.logs", "p.yaml:5:3: error: rds.logs: must not be 5 [config.value]\n");
    assert_place("data_lake", "p.yaml:7:1: error: data_lake: must not be 5 [config.value]\n");
    assert_place("warehouse", "p.yaml:1:1: error: warehouse: must not be 5 [config.value]\n");
}

static void a_warning(void **state) {
    (void)state;
    struct loaded l = load(GIVEN(file));
    assert_int_equal(cfn_setting_warn(l.config, "nat", l.diags, "is %s", "odd"), 0);
    assert_int_equal(cfn_diags_errors(l.diags), 0);
    assert_told(l.diags, "p.yaml:1:1: warning: nat: is odd (the default) [config.value]\n");
    unload(&l);
}

static void without_a_name_of_the_file(void **state) {
    (void)state;
    struct shop shop;
    struct cfn_diags *diags = cfn_diags_new();
    const struct cfn_config_source source = {.text = "a: 1", .size = 4};
    assert_null(cfn_config_load(shop_rows, &shop, &source, diags));
    assert_told(diags, "config:1:1: error: unknown key 'a' [config.unknown-key]\n"
                       "config:1:1: error: project: is required (write 'project: shop') "
                       "[config.required]\n");
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_of_the_file), cmocka_unit_test(a_value_of_the_overlay),
        cmocka_unit_test(items_and_entries),   cmocka_unit_test(a_variable_and_a_flag),
        cmocka_unit_test(a_default),           cmocka_unit_test(a_section),
        cmocka_unit_test(a_warning),           cmocka_unit_test(without_a_name_of_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

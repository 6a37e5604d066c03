/* What a good file, variables and flags make of the struct. */
#include "fixture.h"

static struct loaded good(struct given given) {
    struct loaded l = load(given);
    if (!l.config || cfn_diags_count(l.diags)) {
        char *text = told(l.diags);
        print_error("%s", text);
        free(text);
    }
    assert_non_null(l.config);
    assert_int_equal(cfn_diags_count(l.diags), 0);
    return l;
}

static const char *value(const struct loaded *l, const char *path) {
    const struct cfn_setting *setting = cfn_config_find(l->config, path);
    assert_non_null(setting);
    return setting->value;
}

static void smallest_file_has_the_defaults(void **state) {
    (void)state;
    struct loaded l = good(GIVEN("project: shop\n"));
    assert_string_equal(l.shop.project, "shop");
    assert_string_equal(l.shop.environment, "dev");
    assert_string_equal(l.shop.nat, "single");
    assert_null(l.shop.note);
    assert_int_equal(l.shop.tags.count, 1);
    assert_string_equal(l.shop.tags.entries[0].key, "managed-by");
    assert_string_equal(l.shop.tags.entries[0].value, "cfngen");
    assert_true(l.shop.rds.enabled);
    assert_int_equal(l.shop.rds.storage_gb, 20);
    assert_int_equal(l.shop.rds.port, 0);
    assert_null(l.shop.rds.window);
    assert_int_equal(l.shop.rds.logs.days, 30);
    assert_int_equal(l.shop.data_lake.layers.count, 3);
    assert_string_equal(l.shop.data_lake.layers.items[2], "gold");
    assert_int_equal(l.shop.data_lake.readers.count, 0);
    unload(&l);
}

static void every_kind_is_read(void **state) {
    (void)state;
    struct loaded l = good(GIVEN("project: shop\n"
                                 "note: 'it''s: # fine'\n"
                                 "tags: {team: data, \"cost center\": 12}\n"
                                 "rds:\n"
                                 "  enabled: false\n"
                                 "  storage_gb: 65536\n"
                                 "  version: 17.10\n"
                                 "  port: -1\n"
                                 "  logs:\n"
                                 "    level: all\n"
                                 "    days: \"7\"\n"
                                 "data_lake:\n"
                                 "  layers:\n"
                                 "  - bronze\n"
                                 "  readers: [ \"arn:aws:iam::111122223333:role/a\" ]\n"));
    assert_string_equal(l.shop.note, "it's: # fine");
    assert_int_equal(l.shop.tags.count, 2);
    assert_string_equal(l.shop.tags.entries[1].key, "cost center");
    assert_string_equal(l.shop.tags.entries[1].value, "12");
    assert_false(l.shop.rds.enabled);
    assert_int_equal(l.shop.rds.storage_gb, 65536);
    assert_string_equal(l.shop.rds.version, "17.10");
    assert_int_equal(l.shop.rds.port, -1);
    assert_string_equal(l.shop.rds.logs.level, "all");
    assert_int_equal(l.shop.rds.logs.days, 7);
    assert_int_equal(l.shop.data_lake.layers.count, 1);
    assert_string_equal(l.shop.data_lake.readers.items[0], "arn:aws:iam::111122223333:role/a");
    unload(&l);
}

static const char layered[] = "project: shop\n"
                              "nat: none\n"
                              "tags: {a: base, b: base}\n"
                              "rds: {storage_gb: 30, port: 1}\n"
                              "data_lake: {layers: [bronze, silver]}\n"
                              "environments:\n"
                              "  production:\n"
                              "    nat: per_zone\n"
                              "    tags: {b: over, c: over}\n"
                              "    rds: {storage_gb: 40}\n"
                              "    data_lake: {layers: [gold]}\n"
                              "  dev:\n";

static void overlay_goes_before_base(void **state) {
    (void)state;
    struct loaded l = good(GIVEN(layered, .environment = "production"));
    assert_string_equal(l.shop.environment, "production");
    assert_string_equal(l.shop.nat, "per_zone");
    assert_int_equal(l.shop.rds.storage_gb, 40);
    assert_int_equal(l.shop.rds.port, 1);
    assert_string_equal(value(&l, "tags"), "{a: base, b: over, c: over}");
    assert_string_equal(value(&l, "data_lake.layers"), "[gold]");
    unload(&l);
}

static void overlay_that_is_not_chosen_changes_nothing(void **state) {
    (void)state;
    struct loaded l = good(GIVEN(layered));
    assert_string_equal(l.shop.environment, "dev");
    assert_string_equal(l.shop.nat, "none");
    assert_int_equal(l.shop.rds.storage_gb, 30);
    assert_string_equal(value(&l, "tags"), "{a: base, b: base}");
    unload(&l);
}

static void overlay_is_chosen_by_any_origin_of_environment(void **state) {
    (void)state;
    struct loaded l = good(GIVEN(layered, .variables = TEXTS("CFNGEN_ENVIRONMENT=production")));
    assert_string_equal(l.shop.nat, "per_zone");
    unload(&l);
    l = good(GIVEN(layered, .flags = TEXTS("environment=production")));
    assert_string_equal(l.shop.nat, "per_zone");
    unload(&l);
    l = good(GIVEN("project: shop\nenvironment: test\nenvironments: {test: {nat: none}}\n"));
    assert_string_equal(l.shop.nat, "none");
    unload(&l);
    l = good(GIVEN("project: shop\nenvironments: {dev: {nat: none, environment: dev}}\n"));
    assert_string_equal(l.shop.nat, "none");
    unload(&l);
    l = good(GIVEN("project: shop\nenvironment: other\nenvironments: {dev: {nat: none}}\n"));
    assert_string_equal(l.shop.nat, "single");
    unload(&l);
}

static void given_environment_goes_before_all(void **state) {
    (void)state;
    struct loaded l = good(GIVEN("project: shop\nenvironment: dev\n", .environment = "test",
                                 .variables = TEXTS("CFNGEN_ENVIRONMENT=other")));
    const struct cfn_setting *setting = cfn_config_find(l.config, "environment");
    assert_string_equal(l.shop.environment, "test");
    assert_int_equal(setting->origin, CFN_FROM_FLAG);
    cfn_setting_fail(l.config, "environment", l.diags, "must be better, not '%s'", "test");
    assert_told(l.diags,
                "error: environment: must be better, not 'test' (from --env) [config.value]\n");
    unload(&l);
}

static void order_is_flag_variable_overlay_base_default(void **state) {
    (void)state;
    const char *const *variables =
        TEXTS("PATH=/bin", "CFNGEN_RDS_STORAGE_GB=50", "CFNGEN_RDS_STORAGE_GB=55",
              "CFNGEN_NAT=none", "CFNGEN_CONFIG=x", "CFNGEN_NOTE=");
    struct loaded l = good(GIVEN(layered, .environment = "production", .variables = variables,
                                 .flags = TEXTS("rds.storage_gb=60", "rds.storage_gb=61")));
    assert_int_equal(l.shop.rds.storage_gb, 61);
    assert_string_equal(l.shop.nat, "none");
    assert_null(l.shop.note);
    const struct cfn_setting *nat = cfn_config_find(l.config, "nat");
    assert_int_equal(nat->origin, CFN_FROM_VARIABLE);
    assert_null(nat->place.file);
    assert_string_equal(nat->variable, "CFNGEN_NAT");
    unload(&l);
}

static void overrides_of_lists_and_tables(void **state) {
    (void)state;
    struct loaded l = good(GIVEN(
        layered, .variables = TEXTS("CFNGEN_DATA_LAKE_LAYERS=gold, silver", "CFNGEN_TAGS={x: 1}"),
        .flags = TEXTS("tags.team=a: b", "data_lake.readers=")));
    assert_string_equal(value(&l, "data_lake.layers"), "[gold, silver]");
    assert_string_equal(value(&l, "tags"), "{x: 1, team: 'a: b'}");
    assert_string_equal(value(&l, "data_lake.readers"), "[]");
    unload(&l);
    l = good(GIVEN(layered, .flags = TEXTS("tags.a=flag", "tags.a.b=dots",
                                           "data_lake.layers= [ silver ]", "note=[x")));
    assert_string_equal(value(&l, "tags"), "{a: flag, b: base, a.b: dots}");
    assert_string_equal(value(&l, "data_lake.layers"), "[silver]");
    assert_string_equal(l.shop.note, "[x");
    unload(&l);
    l = good(GIVEN(layered, .flags = TEXTS("tags.a=lost", "tags={b: only}")));
    assert_string_equal(value(&l, "tags"), "{b: only}");
    unload(&l);
}

static void empty_files_and_sections_are_defaults(void **state) {
    (void)state;
    const char *const texts[] = {"",
                                 "\n",
                                 "# nothing\n",
                                 "---\n",
                                 "--- {}\n...\n",
                                 "\xEF\xBB\xBF",
                                 "rds:\ndata_lake: ~\nenvironments:\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct loaded l = good(GIVEN(texts[i], .flags = TEXTS("project=shop")));
        assert_int_equal(l.shop.rds.storage_gb, 20);
        assert_int_equal(cfn_config_environments(l.config).count, 0);
        unload(&l);
    }
}

static void aliases_are_values(void **state) {
    (void)state;
    struct loaded l = good(GIVEN("project: &p shop\n"
                                 "note: *p\n"
                                 "rds: &r {storage_gb: 33}\n"
                                 "environments: {dev: {rds: *r}, test: {rds: *r}}\n"));
    assert_string_equal(l.shop.note, "shop");
    assert_int_equal(l.shop.rds.storage_gb, 33);
    unload(&l);
}

static void settings_are_told_in_the_order_of_rows(void **state) {
    (void)state;
    static const char *const paths[] = {"project",
                                        "environment",
                                        "region",
                                        "note",
                                        "cidr",
                                        "nat",
                                        "tags",
                                        "rds.enabled",
                                        "rds.storage_gb",
                                        "rds.version",
                                        "rds.window",
                                        "rds.port",
                                        "rds.logs.level",
                                        "rds.logs.days",
                                        "data_lake.layers",
                                        "data_lake.kms_key",
                                        "data_lake.readers"};
    struct loaded l = good(GIVEN("nat: none\nproject: shop\n"));
    assert_int_equal(cfn_config_count(l.config), sizeof paths / sizeof *paths);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_string_equal(cfn_config_at(l.config, i)->path, paths[i]);
    assert_null(cfn_config_at(l.config, sizeof paths / sizeof *paths));
    assert_null(cfn_config_find(l.config, "rds"));
    const struct cfn_setting *project = cfn_config_find(l.config, "project");
    assert_int_equal(project->origin, CFN_FROM_FILE);
    assert_string_equal(project->place.file, "p.yaml");
    assert_int_equal(project->place.line, 2);
    assert_int_equal(project->place.column, 10);
    const struct cfn_setting *days = cfn_config_find(l.config, "rds.logs.days");
    assert_int_equal(days->origin, CFN_FROM_DEFAULT);
    assert_string_equal(days->value, "30");
    assert_string_equal(days->variable, "CFNGEN_RDS_LOGS_DAYS");
    assert_ptr_equal(days->row, &logs_rows[1]);
    assert_null(cfn_config_find(l.config, "rds.window")->value);
    unload(&l);
}

static void environments_are_listed_in_the_order_of_the_file(void **state) {
    (void)state;
    struct loaded l = good(GIVEN(layered));
    struct cfn_texts names = cfn_config_environments(l.config);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], "production");
    assert_string_equal(names.items[1], "dev");
    unload(&l);
}

static void values_read_back_as_the_same(void **state) {
    (void)state;
    static const char *const texts[] = {"plain",
                                        "",
                                        "null",
                                        "~",
                                        " blanks ",
                                        "a: b",
                                        "a #b",
                                        "it's",
                                        "\"quoted\"",
                                        "a\\b",
                                        "17.10",
                                        "true",
                                        "[x]",
                                        "{x}",
                                        "a, b",
                                        "- a",
                                        "-5",
                                        "-a",
                                        "*a",
                                        "&a",
                                        "!a",
                                        "%a",
                                        "@a",
                                        "`a",
                                        "a\nb",
                                        "\ta\n\n",
                                        "\xC3\xA4 \xE2\x82\xAC",
                                        "\xC2\x85",
                                        "a\xE2\x80\xA8\x62",
                                        "ends:",
                                        "a  b",
                                        "?",
                                        "cron(0 3 * * ? *)",
                                        "---",
                                        "=",
                                        "<<",
                                        "#",
                                        "2024-01-01",
                                        "0x1F",
                                        "\xF0\x9F\x98\x80",
                                        "\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct cfn_text line = {0};
        cfn_text_put(&line, "project: shop\nnote: ");
        cfn__flow_scalar(&line, texts[i]);
        cfn_text_put(&line, "\ntags: {");
        cfn__flow_scalar(&line, texts[i][0] ? texts[i] : "x");
        cfn_text_put(&line, ": ");
        cfn__flow_scalar(&line, texts[i]);
        cfn_text_put(&line, "}\n");
        struct loaded l = good(GIVEN(line.data));
        assert_string_equal(l.shop.note, texts[i]);
        assert_string_equal(l.shop.tags.entries[0].value, texts[i]);
        assert_string_equal(l.shop.tags.entries[0].key, texts[i][0] ? texts[i] : "x");
        unload(&l);
        cfn_text_done(&line);
    }
}

static void values_are_written_plainly_where_they_can_be(void **state) {
    (void)state;
    struct loaded l = good(GIVEN("project: shop\nrds: {port: -5, window: sun:03:00-sun:04:00}\n"
                                 "tags: {a: 'x, y', 'b c': \"\", d: 10.0.0.0/16}\n"
                                 "note: caf\xC3\xA9\n"));
    assert_string_equal(value(&l, "rds.port"), "-5");
    assert_string_equal(value(&l, "rds.window"), "sun:03:00-sun:04:00");
    assert_string_equal(value(&l, "tags"), "{a: 'x, y', b c: '', d: 10.0.0.0/16}");
    assert_string_equal(value(&l, "note"), "'caf\xC3\xA9'");
    assert_string_equal(value(&l, "cidr"), "10.0.0.0/16");
    unload(&l);
}

struct plain {
    const char *note;
};

static void rows_need_not_name_an_environment(void **state) {
    (void)state;
    static const struct cfn_row rows[] = {CFN_TEXT(struct plain, note, .help = "a note"),
                                          CFN_ROWS_END};
    static const char text[] = "note: base\nenvironments: {Any Name: {note: over}}\n";
    struct cfn_config_source source = {.text = text, .size = sizeof text - 1};
    struct plain plain;
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_config *config = cfn_config_load(rows, &plain, &source, diags);
    assert_string_equal(plain.note, "base");
    cfn_config_free(config);
    source.environment = "Any Name";
    config = cfn_config_load(rows, &plain, &source, diags);
    assert_string_equal(plain.note, "over");
    cfn_config_free(config);
    assert_told(diags, "");
    cfn_diags_free(diags);
}

static void a_config_may_be_absent(void **state) {
    (void)state;
    cfn_config_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smallest_file_has_the_defaults),
        cmocka_unit_test(every_kind_is_read),
        cmocka_unit_test(overlay_goes_before_base),
        cmocka_unit_test(overlay_that_is_not_chosen_changes_nothing),
        cmocka_unit_test(overlay_is_chosen_by_any_origin_of_environment),
        cmocka_unit_test(given_environment_goes_before_all),
        cmocka_unit_test(order_is_flag_variable_overlay_base_default),
        cmocka_unit_test(overrides_of_lists_and_tables),
        cmocka_unit_test(empty_files_and_sections_are_defaults),
        cmocka_unit_test(aliases_are_values),
        cmocka_unit_test(settings_are_told_in_the_order_of_rows),
        cmocka_unit_test(environments_are_listed_in_the_order_of_the_file),
        cmocka_unit_test(values_read_back_as_the_same),
        cmocka_unit_test(values_are_written_plainly_where_they_can_be),
        cmocka_unit_test(rows_need_not_name_an_environment),
        cmocka_unit_test(a_config_may_be_absent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

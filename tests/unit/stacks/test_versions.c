/* What the table of end dates says of a version, on a given day. */
#include "platform_fixture.h"

static void judged(const char *lines, const char *today, size_t errors, const char *told) {
    char yaml[512];
    snprintf(yaml, sizeof yaml, "%s%s", MINIMAL, lines);
    struct fixture f = {.set = cfn_stack_set_new(), .diags = cfn_diags_new()};
    struct cfn_config_source source = {.name = "p.yaml", .text = yaml, .size = strlen(yaml)};
    f.platform = cfn_platform_load(f.set, &source, today, f.diags);
    if (cfn_diags_errors(f.diags) != errors || (told && fixture_told(&f, told) != 1))
        fixture_print(&f);
    assert_int_equal(cfn_diags_errors(f.diags), errors);
    if (told)
        assert_int_equal(fixture_told(&f, told), 1);
    else
        assert_int_equal(cfn_diags_count(f.diags), 0);
    fixture_done(&f);
}

static void what_cannot_be_created_is_refused(void **state) {
    (void)state;
    judged("rds: {engine_version: \"12.4\"}\n", "2026-11-23", 1,
           "p.yaml:4:23: error: rds.engine_version: must be a version that can still be created, "
           "such as '17.10', not '12.4'");
    judged("rds: {engine_version: \"12.4\"}\n", NULL, 1,
           "must be a version that can still be created");
    judged("rds: {engine_version: \"17.4\"}\n", "2026-11-23", 1, "(this one until 2026-05-01)");
    judged("rds: {engine_version: \"17.9\"}\n", "2026-11-23", 0, NULL);
    judged("dms: {engine_version: 3.5.3}\n", "2026-11-23", 1, "(this one until 2026-02-28)");
    judged("dms: {engine_version: 3.5.3}\n", "2026-01-01", 0,
           "creation ends on 2026-02-28, in 58 days");
}

static void what_ends_soon_is_told(void **state) {
    (void)state;
    judged("dms: {engine_version: 3.5.4}\n", "2026-11-23", 0,
           "warning: dms.engine_version: creation ends on 2027-01-31, in 69 days, better '3.6.1': "
           "'3.5.4'");
    judged("rds: {engine_version: \"14.22\"}\n", "2026-11-23", 0,
           "standard support ends on 2027-02-28, in 97 days");
    judged("rds: {engine_version: \"14.22\"}\n", "2026-06-01", 0, NULL);
    judged("rds: {engine_version: \"13.23\"}\n", "2026-11-23", 0,
           "standard support ended on 2026-02-28");
    judged("emr: {release: 7.3.0}\n", "2026-11-23", 0, "standard support ended on 2026-10-15");
    judged("emr: {release: 7.13.0}\n", "2028-04-01", 0,
           "standard support ends on 2028-04-21, in 20 days");
}

static void what_is_current_is_not_mentioned(void **state) {
    (void)state;
    judged("", "2026-11-23", 0, NULL);
    judged("rds: {engine_version: \"17.10\"}\n", "2026-11-23", 0, NULL);
    judged("emr: {release: 7.10.0}\n", "2026-11-23", 0, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_created_is_refused),
        cmocka_unit_test(what_ends_soon_is_told),
        cmocka_unit_test(what_is_current_is_not_mentioned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

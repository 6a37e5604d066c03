/* Limits, depth, and checking with a schema of one's own. */
#include "check_fixture.h"

#include <cfngen/template.h>

static void tells_limits(void **state) {
    (void)state;
    static const struct {
        const char *section, *entry;
        int most;
    } limits[] = {{"Parameters", "{Type: String}", 200},
                  {"Mappings", "{a: {b: c}}", 200},
                  {"Outputs", "{Value: x}", 200}};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct cfn_text text = {0};
        char expected[128];
        cfn_text_printf(&text, "Resources: {A: {Type: AWS::SQS::Queue}}\n%s:\n", limits[i].section);
        for (int j = 0; j < limits[i].most; j++)
            cfn_text_printf(&text, "  X%d: %s\n", j, limits[i].entry);
        assert_told(text.data, "");
        cfn_text_printf(&text, "  Y: %s\n", limits[i].entry);
        snprintf(expected, sizeof expected,
                 "2:1: %s: must have at most %d entries, not %d [template.limit]\n",
                 limits[i].section, limits[i].most, limits[i].most + 1);
        assert_told(text.data, expected);
        cfn_text_done(&text);
    }
}

static void tells_long_descriptions(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources: {A: {Type: AWS::SQS::Queue}}\nDescription: ");
    for (int i = 0; i < 1024; i++)
        cfn_text_put(&text, "x");
    assert_told(text.data, "");
    cfn_text_put(&text, "x");
    assert_told(text.data, "2:1: Description: must be at most 1024 bytes, not 1025 "
                           "[template.limit]\n");
    cfn_text_done(&text);
}

static void tells_long_defaults(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources: {A: {Type: AWS::SQS::Queue}}\n"
                        "Parameters: {P: {Type: CommaDelimitedList, Default: x");
    for (int i = 0; i < 4096; i++)
        cfn_text_put(&text, "x");
    cfn_text_put(&text, "}}");
    assert_told(text.data, "2:44: Parameters.P.Default: must be at most 4096 bytes, not 4097 "
                           "[template.limit]\n");
    cfn_text_done(&text);
}

static void suggestions_end(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources:\n");
    for (int i = 0; i < 400; i++)
        cfn_text_printf(&text, "  A%d: {Type: AWS::SQS::Queu}\n", i);
    char *lines = told(text.data);
    int hints = 0;
    for (const char *at = lines; (at = strstr(at, "did you mean")); at++)
        hints++;
    assert_in_range(hints, 50, 150);
    free(lines);
    cfn_text_done(&text);
}

static char *told_of(const json_t *body, const struct cfn_check *check) {
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_text text = {0};
    int result = cfn_check_template(body, check, diags);
    assert_int_equal(result, cfn_diags_errors(diags) ? -1 : 0);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        cfn_text_printf(&text, "%s\n", line);
        free(line);
    }
    cfn_diags_free(diags);
    return cfn_text_take(&text);
}

static void assert_body(const json_t *body, const struct cfn_check *check, const char *expected) {
    char *lines = told_of(body, check);
    assert_string_equal(lines, expected);
    free(lines);
}

/* A template of one custom resource whose property V is the value (consumed). */
static json_t *around(json_t *value) {
    return cfn_map(
        {"Resources", cfn_map({"A", cfn_map({"Type", cfn_str("Custom::X")},
                                            {"Properties", cfn_map({"ServiceToken", cfn_str("x")},
                                                                   {"V", value})})})});
}

static void tells_bodies_over_one_megabyte(void **state) {
    (void)state;
    char *long_text = malloc(1048577);
    memset(long_text, 'x', 1048576);
    long_text[1048576] = '\0';
    json_t *body = around(cfn_str(long_text + 1000));
    assert_body(body, &(struct cfn_check){0}, "");
    json_decref(body);
    body = around(cfn_str(long_text));
    assert_body(body, &(struct cfn_check){0},
                "error: must be at most 1 MB: split it, or move data out of it "
                "[template.limit]\n");
    json_decref(body);
    free(long_text);
}

static void deep_bodies_are_refused(void **state) {
    (void)state;
    json_t *value = cfn_str("x");
    for (int i = 0; i < 190; i++)
        value = cfn_list(value);
    json_t *body = around(value);
    assert_body(body, &(struct cfn_check){0}, "");
    json_decref(body);
    value = cfn_str("x");
    for (int i = 0; i < 100000; i++)
        value = cfn_list(value);
    body = around(value);
    assert_body(body, &(struct cfn_check){0},
                "error: must not be nested deeper than 200 [template.limit]\n");
    /* jansson would recurse to free it. */
    while ((value = json_incref(json_array_get(value, 0)))) {
        json_t *outer = json_object_get(
            json_object_get(json_object_get(json_object_get(body, "Resources"), "A"), "Properties"),
            "V");
        (void)outer;
        json_object_set_new(
            json_object_get(json_object_get(json_object_get(body, "Resources"), "A"), "Properties"),
            "V", value);
    }
    json_decref(body);
}

/* What is shared many times over is large however small it is in memory; what stands in itself has
 * no end. */
static void large_and_endless_bodies_are_refused(void **state) {
    (void)state;
    json_t *value = cfn_str("x");
    for (int i = 0; i < 40; i++)
        value = cfn_list(value, json_incref(value));
    json_t *body = around(value);
    char *lines = told_of(body, &(struct cfn_check){0});
    assert_non_null(strstr(lines, "must not have more values than 2000000 [template.limit]"));
    free(lines);
    json_decref(body);

    json_t *outer = json_array(), *inner = json_array();
    json_array_append_new(outer, inner);
    json_array_append(inner, outer);
    body = around(outer);
    assert_body(body, &(struct cfn_check){0},
                "error: must not be nested deeper than 200 [template.limit]\n");
    json_array_clear(inner);
    json_decref(body);
}

static struct cfn_type knows_queues(const char *name, const void *context) {
    assert_string_equal(context, "context");
    return strcmp(name, "AWS::SQS::Queue") == 0 ? cfn_schema_find(name) : (struct cfn_type){0};
}

static struct cfn_place always_there(const void *source, const struct cfn_path *path) {
    return (struct cfn_place){.file = source, .line = path ? 7 : 1};
}

static void a_schema_may_know_fewer_types(void **state) {
    (void)state;
    json_t *body = cfn_map(
        {"Resources", cfn_map({"A", cfn_map({"Type", cfn_str("AWS::SQS::Queue")},
                                            {"Properties", cfn_map({"X", cfn_str("y")})})},
                              {"B", cfn_map({"Type", cfn_str("AWS::SNS::Topic")},
                                            {"Properties", cfn_map({"X", cfn_ref("A")})})})});
    const struct cfn_check none = {0}, queues = {.find = knows_queues,
                                                 .context = "context",
                                                 .where = {always_there, "file"}};
    assert_body(body, &none, "");
    assert_body(body, &queues,
                "file:7: error: Resources.A.Properties.X: there is no property 'X' in "
                "AWS::SQS::Queue [property.unknown]\n"
                "file:7: error: Resources.B.Type: there is no resource type 'AWS::SNS::Topic' "
                "[resource.type]\n");
    json_decref(body);
}

static void nothing_is_no_template(void **state) {
    (void)state;
    assert_body(NULL, &(struct cfn_check){0},
                "error: a template must be an object of sections [template.shape]\n");
}

/* Told in one run, but not without end. */
static void many_mistakes_end(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources:\n  A:\n    Type: AWS::IAM::Group\n    Properties:\n"
                        "      ManagedPolicyArns:\n");
    for (int i = 0; i < 3000; i++)
        cfn_text_put(&text, "      - x\n");
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_check_text("t", text.data, text.size, diags), -1);
    assert_true(cfn_diags_errors(diags) >= 3000);
    assert_int_equal(cfn_diags_count(diags), 1001);
    cfn_diags_free(diags);
    cfn_text_done(&text);
}

/* A pattern that would take for ever is given up, and what cannot be decided is not told. */
static void costly_patterns_are_given_up(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources: {A: {Type: AWS::SQS::Queue}}\n"
                        "Parameters: {P: {Type: String, AllowedPattern: '(a|aa)+', Default: ");
    for (int i = 0; i < 2000; i++)
        cfn_text_put(&text, "a");
    cfn_text_put(&text, "x}}");
    assert_told(text.data, "");
    cfn_text_done(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_limits),
        cmocka_unit_test(tells_long_descriptions),
        cmocka_unit_test(tells_long_defaults),
        cmocka_unit_test(suggestions_end),
        cmocka_unit_test(tells_bodies_over_one_megabyte),
        cmocka_unit_test(deep_bodies_are_refused),
        cmocka_unit_test(large_and_endless_bodies_are_refused),
        cmocka_unit_test(a_schema_may_know_fewer_types),
        cmocka_unit_test(nothing_is_no_template),
        cmocka_unit_test(many_mistakes_end),
        cmocka_unit_test(costly_patterns_are_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

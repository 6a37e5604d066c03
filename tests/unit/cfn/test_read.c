#include <base/base.h>
#include <cfngen/check.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *read_bytes(const char *bytes, size_t size, struct cfn_diags *diags) {
    char *copy = malloc(size ? size : 1); /* without a NUL at its end */
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    json_t *value = cfn_template_read("t", copy, size, diags);
    assert_true((value == NULL) == (cfn_diags_errors(diags) > 0));
    free(copy);
    return value;
}

/* The text reads as what the compact JSON says. */
static void assert_reads(const char *text, const char *json) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *value = read_bytes(text, strlen(text), diags);
    char *shown = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)
                        : cfn_diag_text(cfn_diags_at(diags, 0));
    assert_string_equal(shown, json);
    free(shown);
    json_decref(value);
    cfn_diags_free(diags);
}

static void assert_refused(const char *bytes, size_t size, const char *expected) {
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_text text = {0};
    json_t *value = read_bytes(bytes, size, diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        cfn_text_printf(&text, "%s%s", i ? "\n" : "", line);
        free(line);
    }
    assert_null(value);
    assert_string_equal(text.data ? text.data : "", expected);
    cfn_text_done(&text);
    cfn_diags_free(diags);
}

static void refuses(const char *text, const char *expected) {
    assert_refused(text, strlen(text), expected);
}

static void reads_json(void **state) {
    (void)state;
    assert_reads("{}", "{}");
    assert_reads(" \r\n\t{\"a\":\t[1, 1.5, true, null, \"\\u00e9\"]}",
                 "{\"a\":[1,1.5,true,null,\"é\"]}");
    assert_reads("\xEF\xBB\xBF{\"a\": 1}", "{\"a\":1}");
}

static void reads_what_json_is_not_as_yaml(void **state) {
    (void)state;
    assert_reads("{a: b}", "{\"a\":\"b\"}");
    assert_reads("{\"a\": 1,}", "{\"a\":1}");
    assert_reads("{\"a\": 99999999999999999999}", "{\"a\":\"99999999999999999999\"}");
    assert_reads("# {\n{\"a\": !Ref b}", "{\"a\":{\"Ref\":\"b\"}}");
}

static void tells_mistakes_in_json(void **state) {
    (void)state;
    refuses("{\"a\": 1\n \"b\": 2}",
            "t:2:4: error: must be well-formed JSON: '}' expected near '\"b\"' [template.syntax]");
    refuses("{\"a\": [}", "t:1:8: error: must be well-formed JSON: unexpected token near '}' "
                          "[template.syntax]");
    refuses("{\"a\": \"\\u0000\"}",
            "t:1:14: error: must be well-formed JSON: \\u0000 is not allowed without "
            "JSON_ALLOW_NUL near '\"\\u0000\"' [template.syntax]");
    refuses("{\n \"é\": 1,\n \"b\": {\"é\": 1},\n \"\\u00e9\": 2}",
            "t:4:2: error: must be given once, first on line 2: 'é' [template.duplicate]");
    refuses("{\"x\": [{\"a\": \"}\\\"\"}, {\"b\": 1,\n\"b\": 2}]}",
            "t:2:1: error: must be given once, first on line 1: 'b' [template.duplicate]");
}

static void tells_what_is_no_text(void **state) {
    (void)state;
    refuses("", "t:1:1: error: must not be empty [template.syntax]");
    refuses("# nothing\n", "t:1:1: error: must not be empty [template.syntax]");
    refuses("a: é\nb: \xE9", "t:2:4: error: must be UTF-8 text, not byte 0xe9 [template.syntax]");
    assert_refused("a\0b", 3, "t:1:2: error: must be UTF-8 text, not byte 0x00 [template.syntax]");
    char *large = malloc(1048577);
    memset(large, ' ', 1048577);
    assert_refused(large, 1048577,
                   "t: error: must be at most 1 MB: split it, or move data out of "
                   "it [template.limit]");
    free(large);
}

static void reads_scalars_as_cloudformation_does(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"yes", "true"},
        {"Off", "false"},
        {"TRUE", "true"},
        {"y", "\"y\""},
        {"~", "null"},
        {"null", "null"},
        {"", "null"},
        {"12", "12"},
        {"-12", "-12"},
        {"0", "0"},
        {"-0", "\"-0\""},
        {"012345678901", "\"012345678901\""},
        {"0x1F", "\"0x1F\""},
        {"1_000", "\"1_000\""},
        {"1:20", "\"1:20\""},
        {"+1", "\"+1\""},
        {"99999999999999999999", "\"99999999999999999999\""},
        {"1.5", "1.5"},
        {"3.0", "3.0"},
        {"3.10", "\"3.10\""},
        {"1.", "\"1.\""},
        {".5", "\".5\""},
        {"1e5", "\"1e5\""},
        {"0.1234567890123456789", "\"0.1234567890123456789\""},
        {".inf", "\".inf\""},
        {"2012-10-17", "\"2012-10-17\""},
        {"2012-10-17T10:00:00Z", "\"2012-10-17T10:00:00Z\""},
        {"'12'", "\"12\""},
        {"\"yes\"", "\"yes\""},
        {"!!str x", "\"x\""},
        {"!!int 5", "5"},
        {"! x", "\"x\""},
        {"|\n  one\n  two\n", "\"one\\ntwo\\n\""},
        {">-\n  one\n  two\n", "\"one two\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128], json[128];
        snprintf(text, sizeof text, "a: %s\n", cases[i][0]);
        snprintf(json, sizeof json, "{\"a\":%s}", cases[i][1]);
        assert_reads(text, json);
    }
    assert_reads("{123456789012: a, yes: b, ~: c, 1.50: d}",
                 "{\"123456789012\":\"a\",\"yes\":\"b\",\"~\":\"c\",\"1.50\":\"d\"}");
}

static void writes_short_forms_out(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Ref b", "{\"Ref\":\"b\"}"},
        {"!Ref 5", "{\"Ref\":\"5\"}"},
        {"!Condition b", "{\"Condition\":\"b\"}"},
        {"!GetAtt b.c.d", "{\"Fn::GetAtt\":[\"b\",\"c.d\"]}"},
        {"!GetAtt [b, c]", "{\"Fn::GetAtt\":[\"b\",\"c\"]}"},
        {"!GetAtt b", "{\"Fn::GetAtt\":\"b\"}"},
        {"!GetAZs", "{\"Fn::GetAZs\":\"\"}"},
        {"!Sub yes", "{\"Fn::Sub\":\"yes\"}"},
        {"!Join ['', [!Ref b, yes]]", "{\"Fn::Join\":[\"\",[{\"Ref\":\"b\"},true]]}"},
        {"!Transform {Name: x}", "{\"Fn::Transform\":{\"Name\":\"x\"}}"},
        {"!Base64\n  Fn::Sub: x", "{\"Fn::Base64\":{\"Fn::Sub\":\"x\"}}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[128], json[128];
        snprintf(text, sizeof text, "a: %s\n", cases[i][0]);
        snprintf(json, sizeof json, "{\"a\":%s}", cases[i][1]);
        assert_reads(text, json);
    }
}

static void follows_aliases_and_merges(void **state) {
    (void)state;
    assert_reads("a: &x [1, 2]\nb: *x\n", "{\"a\":[1,2],\"b\":[1,2]}");
    assert_reads("a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\n",
                 "{\"a\":{\"k\":1,\"l\":2},\"b\":{\"l\":3,\"k\":1}}");
    assert_reads("b: {<<: [{k: 1}, {k: 2, l: 3}], m: 4}\n", "{\"b\":{\"m\":4,\"k\":1,\"l\":3}}");
    assert_reads("b: {'<<': 1}\n", "{\"b\":{\"<<\":1}}");
    refuses("b: {<<: 1}\n", "t:1:9: error: must merge a map, or a list of maps [template.syntax]");
    refuses("b: {<<: [1]}\n",
            "t:1:9: error: must merge a map, or a list of maps [template.syntax]");
    refuses("a: &x\n  - b: *x\n", "t:1:4: error: must not have an alias to what it stands in "
                                  "[template.syntax]");
}

static void small_texts_of_large_values_are_refused(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++)
        cfn_text_printf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(read_bytes(text.data, text.size, diags));
    assert_int_equal(cfn_diags_count(diags), 1);
    assert_string_equal(cfn_diags_at(diags, 0)->message, "must not have more than 500000 values");
    cfn_diags_free(diags);
    cfn_text_done(&text);
}

static void deep_texts_are_refused(void **state) {
    (void)state;
    static const char openers[][2] = {"[", "{"};
    for (size_t i = 0; i < 2; i++) {
        struct cfn_text text = {0};
        for (int j = 0; j < 300; j++)
            cfn_text_put(&text, i ? "{\"a\":" : "[");
        for (int j = 0; j < 300; j++)
            cfn_text_put(&text, i ? "}" : "]");
        struct cfn_diags *diags = cfn_diags_new();
        char *shell = malloc(text.size + 16);
        int size = sprintf(shell, "x: %s", text.data);
        assert_null(read_bytes(shell, (size_t)size, diags));
        assert_non_null(strstr(cfn_diags_at(diags, 0)->message, openers[i][0] == '[' ? "200" : ""));
        free(shell);
        cfn_diags_free(diags);
        cfn_text_done(&text);
    }
}

static void costly_texts_are_refused(void **state) {
    (void)state;
    static const char expected[] =
        "t: error: must have at most 2000 open brackets and 20000 anchors [template.limit]";
    struct cfn_text text = {0};
    for (int i = 0; i < 400000; i++)
        cfn_text_put(&text, "[");
    refuses(text.data, expected);
    cfn_text_done(&text);
    for (int i = 0; i < 40000; i++)
        cfn_text_put(&text, "- &a x\n");
    refuses(text.data, expected);
    cfn_text_done(&text);
}

static void tells_mistakes_in_yaml(void **state) {
    (void)state;
    refuses("a: b: c", "t:1:5: error: must be well-formed YAML: mapping values are not allowed in "
                       "this context [template.syntax]");
    refuses("a:\n\tb: c",
            "t:2:1: error: must be well-formed YAML: found character that cannot start any token "
            "(indent with spaces, not with a tab) [template.syntax]");
    refuses("a: 1\n---\nb: 2\n", "t:3:1: error: must be one YAML document [template.syntax]");
    refuses("a: 1\n---\n[", "t:4:1: error: must be well-formed YAML: did not find expected node "
                            "content [template.syntax]");
    refuses("a: *b", "t:1:4: error: must be well-formed YAML: found undefined alias "
                     "[template.syntax]");
    refuses("a: !Reff b", "t:1:4: error: must be a function's short form, such as !Ref, not "
                          "'!Reff' (did you mean !Ref?) [template.syntax]");
    refuses("a: !!binary b", "t:1:4: error: must be a function's short form, such as !Ref, not "
                             "'tag:yaml.org,2002:binary' [template.syntax]");
    refuses("? [a]\n: b", "t:1:3: error: must have a string as key [template.syntax]");
    refuses("!Ref a: b", "t:1:1: error: must have a string as key [template.syntax]");
    refuses("a: \"\\0\"",
            "t:1:4: error: must not have a NUL character in a string [template.syntax]");
    refuses("\"\\0\": a", "t:1:1: error: must not have a NUL character in a key [template.syntax]");
}

static void tells_every_repeated_key(void **state) {
    (void)state;
    refuses("a: 1\nb:\n  c: 1\n  c: 2\na: 2\n",
            "t:4:3: error: must be given once, first on line 3: 'c' [template.duplicate]\n"
            "t:5:1: error: must be given once, first on line 1: 'a' [template.duplicate]");
    struct cfn_text text = {0};
    for (int i = 0; i < 1000; i++)
        cfn_text_put(&text, "a: 1\n");
    struct cfn_diags *diags = cfn_diags_new();
    assert_null(read_bytes(text.data, text.size, diags));
    assert_int_equal(cfn_diags_count(diags), 20);
    cfn_diags_free(diags);
    cfn_text_done(&text);
}

/* "LINE:COLUMN" of the first mistake in a template; what is wrong is marked by the type's property
 * X. */
static void assert_place(const char *text, const char *place) {
    struct cfn_diags *diags = cfn_diags_new();
    assert_int_equal(cfn_check_text("t", text, strlen(text), diags), -1);
    const struct cfn_diag *diag = cfn_diags_at(diags, 0);
    char shown[64];
    snprintf(shown, sizeof shown, "%d:%d", diag->place.line, diag->place.column);
    assert_string_equal(shown, place);
    cfn_diags_free(diags);
}

static void knows_where_things_stand(void **state) {
    (void)state;
    assert_place("{\"Resources\": {\n \"A\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\":\n"
                 "  {\"QueueName\": \"{[\\\"\", \"Tags\": [{\"Key\": \"k\", \"Value\": \"v\"},\n"
                 "   {\"Key\": \"é\", \"Value\": {\"Ref\": \"Nothing\"}}]}}}}",
                 "4:27");
    assert_place(
        "{\"Resources\": {\"\\u0041\": {\"Type\": \"X\", \"Type2\": 1, \"Properties\": 5}}}",
        "1:40");
    assert_place("Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n"
                 "        - {Key: é, Value: !Sub '${x}'}\n",
                 "6:27");
    assert_place("Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties:\n"
                 "      DisplayName: !Join ['', [a, !GetAtt B.C]]\n",
                 "5:35");
    assert_place("Resources:\n  A: &a\n    Type: AWS::SQS::Queue\n    Properties: &p {X: 1}\n"
                 "  B:\n    <<: *a\n",
                 "4:21");
    assert_place("x: &p\n  Properties: {X: 1}\nResources:\n  A: {<<: *p, Type: AWS::SQS::Queue}",
                 "1:1");
    assert_place("Resources:\n  A:\n    <<: &p\n      Properties: {X: 1}\n"
                 "    Type: AWS::SQS::Queue\n",
                 "4:20");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_json),
        cmocka_unit_test(reads_what_json_is_not_as_yaml),
        cmocka_unit_test(tells_mistakes_in_json),
        cmocka_unit_test(tells_what_is_no_text),
        cmocka_unit_test(reads_scalars_as_cloudformation_does),
        cmocka_unit_test(writes_short_forms_out),
        cmocka_unit_test(follows_aliases_and_merges),
        cmocka_unit_test(small_texts_of_large_values_are_refused),
        cmocka_unit_test(deep_texts_are_refused),
        cmocka_unit_test(costly_texts_are_refused),
        cmocka_unit_test(tells_mistakes_in_yaml),
        cmocka_unit_test(tells_every_repeated_key),
        cmocka_unit_test(knows_where_things_stand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

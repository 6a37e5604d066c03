#include <base/base.h>
#include <cfngen/check.h>
#include <cfngen/template.h>

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *parsed(const char *json) {
    json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    return value;
}

static void assert_yaml(const char *json, const char *yaml) {
    json_t *value = parsed(json);
    char *text = cfn_render(value, CFN_FORMAT_YAML);
    assert_string_equal(text, yaml);
    free(text);
    json_decref(value);
}

/* Written and read again, it is the same. */
static void assert_returns(const json_t *value, enum cfn_format format) {
    struct cfn_diags *diags = cfn_diags_new();
    char *text = cfn_render(value, format);
    assert_non_null(text);
    assert_int_equal(text[strlen(text) - 1], '\n');
    json_t *again = cfn_template_read("t", text, strlen(text), diags);
    if (!again || !json_equal(value, again))
        print_error("%s\n", text);
    assert_non_null(again);
    assert_true(json_equal(value, again));
    json_decref(again);
    free(text);
    cfn_diags_free(diags);
}

static void writes_json(void **state) {
    (void)state;
    json_t *value = parsed("{\"b\": [1, 0.1, true, null], \"a\": {\"é\": \"\\n\"}, \"c\": []}");
    char *text = cfn_render(value, CFN_FORMAT_JSON);
    assert_string_equal(text, "{\n  \"b\": [\n    1,\n    0.1,\n    true,\n    null\n  ],\n"
                              "  \"a\": {\n    \"é\": \"\\n\"\n  },\n  \"c\": []\n}\n");
    free(text);
    json_decref(value);
}

/* The writer is ours, its bytes are jansson's. */
static void writes_json_as_jansson_does(void **state) {
    (void)state;
    static const char *const files[] = {"templates/common.json", "templates/observability.json",
                                        "templates/platform.schema.json"};
    char every[128] = "";
    for (int byte = 1; byte < 128; byte++)
        every[byte - 1] = (char)byte;
    json_t *values[] = {json_load_file(files[0], 0, NULL),
                        json_load_file(files[1], 0, NULL),
                        json_load_file(files[2], 0, NULL),
                        json_string(every),
                        json_pack("{s:{}, s:[], s:[[], {}], s:f, s:I, s:n}", every, "a", "b", "c",
                                  1e300, "d", (json_int_t)-7, "e"),
                        json_null()};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_non_null(values[i]);
        char *ours = cfn_render(values[i], CFN_FORMAT_JSON);
        char *theirs =
            json_dumps(values[i], JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        assert_int_equal(strlen(ours), strlen(theirs) + 1);
        assert_memory_equal(ours, theirs, strlen(theirs));
        free(ours);
        free(theirs);
        json_decref(values[i]);
    }
}

static void deep_values_are_indented_and_cycles_refused(void **state) {
    (void)state;
    json_t *deep = json_integer(1);
    for (int i = 0; i < 100; i++)
        deep = json_pack("[o]", deep);
    char *ours = cfn_render(deep, CFN_FORMAT_JSON);
    char *theirs = json_dumps(deep, JSON_INDENT(2));
    assert_memory_equal(ours, theirs, strlen(theirs));
    free(ours);
    free(theirs);
    json_decref(deep);
    json_t *outer = json_array(), *inner = json_array();
    json_array_append(outer, inner);
    json_array_append_new(inner, outer);
    assert_null(cfn_render(outer, CFN_FORMAT_JSON));
    json_array_clear(outer);
    json_decref(inner);
}

static void writes_yaml_in_blocks(void **state) {
    (void)state;
    assert_yaml("{\"a\": {\"b\": [1, {\"c\": \"d\", \"e\": [\"f\"]}, [2, [3]], []], \"g\": {}}}",
                "a:\n"
                "  b:\n"
                "    - 1\n"
                "    - c: d\n"
                "      e:\n"
                "        - f\n"
                "    - - 2\n"
                "      - - 3\n"
                "    - []\n"
                "  g: {}\n");
    assert_yaml("[{\"Fn::Sub\": \"${AWS::Region}-x\"}]", "- Fn::Sub: ${AWS::Region}-x\n");
    assert_yaml("{}", "{}\n");
    assert_yaml("[]", "[]\n");
    assert_yaml("\"a\\nb\"", "\"a\\nb\"\n");
}

static void writes_lines_under_a_bar(void **state) {
    (void)state;
    assert_yaml("{\"a\": \"one\\ntwo\"}", "a: |-\n  one\n  two\n");
    assert_yaml("{\"a\": \"one\\n\\n  two\\n\"}", "a: |\n  one\n\n    two\n");
    assert_yaml("[\"one\\n\\n\", 1]", "- |+\n  one\n\n- 1\n");
    assert_yaml("{\"a\": \" one\\ntwo\"}", "a: \" one\\ntwo\"\n");
}

static void writes_numbers_so_that_they_stay_numbers(void **state) {
    (void)state;
    assert_yaml("[0, -5, 1.5, 0.1, 1e100, 1.5e-9, true, false, null]",
                "- 0\n- -5\n- 1.5\n- 0.1\n- 1.0e+100\n- 1.5e-9\n- true\n- false\n- null\n");
}

static void quotes_what_would_be_read_as_something_else(void **state) {
    (void)state;
    const char *quoted[] = {
        "",     "yes", "No",    "on",   "OFF",  "true", "null", "~",          "y",
        "N",    "=",   "<<",    "012",  "0x1F", "1:20", "12",   "1_000",      "1.5",
        "+1",   "-1",  ".5",    ".inf", ".NaN", "1e5",  "- a",  "2012-10-17", "a: b",
        "a #b", "a:",  " a",    "a ",   "*a",   "&a",   "!Ref", "%a",         "@a",
        "`a",   "'a",  "\"a\"", "#a",   "[a",   "{a",   "|",    ">",          "?",
        "-",    ",",   "]",     "}",    "---",  "...",  "? a",  "it's: so",   "10.0.0.0/8",
    };
    for (size_t i = 0; i < sizeof quoted / sizeof *quoted; i++) {
        json_t *value = cfn_map({"a", cfn_str(quoted[i])});
        char *text = cfn_render(value, CFN_FORMAT_YAML);
        if (!strchr("'\"", text[3]))
            print_error("%s", text);
        assert_non_null(strchr("'\"", text[3]));
        free(text);
        assert_returns(value, CFN_FORMAT_YAML);
        json_decref(value);
    }
}

static void leaves_plain_what_is_plain(void **state) {
    (void)state;
    const char *plain[] = {
        "a",       "AWS::S3::Bucket", "arn:aws:s3:::x/*", "/aws/lambda", "a b, [c] {d} #e", "it's",
        "s3:Get*", "nothing",         "one-two",          "infinite",    "$default",        "_x"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        char expected[64];
        json_t *value = cfn_map({"a", cfn_str(plain[i])});
        char *text = cfn_render(value, CFN_FORMAT_YAML);
        snprintf(expected, sizeof expected, "a: %s\n", plain[i]);
        if (strstr(plain[i], " #"))
            snprintf(expected, sizeof expected, "a: '%s'\n", plain[i]);
        assert_string_equal(text, expected);
        free(text);
        assert_returns(value, CFN_FORMAT_YAML);
        json_decref(value);
    }
}

static void every_character_returns(void **state) {
    (void)state;
    json_t *list = json_array();
    for (uint32_t c = 1; c < 0x11000; c = c < 0x3000 ? c + 1 : c + 0x10F) {
        char text[8] = "a_b_c", *at = text + 1;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        if (c < 0x80) {
            *at++ = (char)c;
        } else if (c < 0x800) {
            *at++ = (char)(0xC0 | c >> 6);
            *at++ = (char)(0x80 | (c & 0x3F));
        } else {
            *at++ = (char)((c < 0x10000 ? 0xE0 : 0xF0) | c >> (c < 0x10000 ? 12 : 18));
            if (c >= 0x10000)
                *at++ = (char)(0x80 | (c >> 12 & 0x3F));
            *at++ = (char)(0x80 | (c >> 6 & 0x3F));
            *at++ = (char)(0x80 | (c & 0x3F));
        }
        *at = '\0';
        json_array_append_new(list, json_string(text));
        json_array_append_new(list, json_string(text + 1));
        json_array_append_new(list, json_object());
        json_object_set_new(json_array_get(list, json_array_size(list) - 1), text,
                            json_string(text));
    }
    const char *special[] = {"\xEF\xBB\xBF", "\xEF\xBF\xBE", "\xEF\xBF\xBF", "\xE2\x80\xA8",
                             "\xF4\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        json_array_append_new(list, json_string(special[i]));
    assert_returns(list, CFN_FORMAT_YAML);
    json_decref(list);
}

/* Texts made of what is awkward in YAML, by a small generator of chance that always gives the same.
 */
static void awkward_texts_return(void **state) {
    (void)state;
    static const char *const pieces[] = {"a",  " ", "\n", "\t",  "#", ":", "-",   "'",   "\"",
                                         "\\", "[", "{",  "|",   ">", "&", "*",   "!",   "%",
                                         "0",  "é", "\r", "yes", "~", ",", "---", "\n ", "\n\n"};
    uint32_t seed = 12345;
    for (int round = 0; round < 20000; round++) {
        char text[64] = "";
        seed = seed * 1664525u + 1013904223u;
        unsigned count = 1 + (seed >> 24) % 7;
        for (unsigned i = 0; i < count; i++) {
            seed = seed * 1664525u + 1013904223u;
            strcat(text, pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)]);
        }
        json_t *value = cfn_map({text, cfn_list(cfn_str(text), cfn_map({"k", cfn_str(text)}),
                                                cfn_list(cfn_str(text), cfn_str("z")))},
                                {"last", cfn_str(text)});
        assert_returns(value, CFN_FORMAT_YAML);
        json_decref(value);
    }
}

static void long_keys_return(void **state) {
    (void)state;
    char key[3000];
    memset(key, 'k', sizeof key);
    for (size_t size = 120; size < sizeof key; size += 700) {
        key[size] = '\0';
        json_t *inner = cfn_list(cfn_map({key, cfn_str("x")}));
        json_t *list = cfn_list(cfn_map({key, inner}, {"a", cfn_int(1)}),
                                cfn_map({"a", cfn_int(1)}, {key, cfn_map({"b", cfn_int(2)})}));
        json_t *value = cfn_map({"list", list});
        assert_returns(value, CFN_FORMAT_YAML);
        assert_returns(value, CFN_FORMAT_JSON);
        json_decref(value);
        key[size] = 'k';
    }
}

static void an_endless_value_has_no_text(void **state) {
    (void)state;
    json_t *outer = json_array(), *inner = json_object();
    json_array_append_new(outer, inner);
    json_object_set(inner, "again", outer);
    json_object_set(inner, "once more", outer);
    assert_null(cfn_render(outer, CFN_FORMAT_YAML));
    assert_null(cfn_render(outer, CFN_FORMAT_JSON));
    json_object_clear(inner);
    json_decref(outer);
}

/* Shared is not endless. */
static void a_shared_value_is_written_twice(void **state) {
    (void)state;
    json_t *shared = cfn_list(cfn_int(1));
    json_t *value = cfn_list(json_incref(shared), shared);
    char *text = cfn_render(value, CFN_FORMAT_YAML);
    assert_string_equal(text, "- - 1\n- - 1\n");
    free(text);
    json_decref(value);
}

static void the_locale_does_not_matter(void **state) {
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "nb_NO.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
        setlocale(LC_ALL, locales[i]); /* whichever there is */
    assert_yaml("[1.5]", "- 1.5\n");
    json_t *value = parsed("[1.5]");
    assert_returns(value, CFN_FORMAT_YAML);
    json_decref(value);
    setlocale(LC_ALL, "C");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_json),
        cmocka_unit_test(writes_json_as_jansson_does),
        cmocka_unit_test(deep_values_are_indented_and_cycles_refused),
        cmocka_unit_test(writes_yaml_in_blocks),
        cmocka_unit_test(writes_lines_under_a_bar),
        cmocka_unit_test(writes_numbers_so_that_they_stay_numbers),
        cmocka_unit_test(quotes_what_would_be_read_as_something_else),
        cmocka_unit_test(leaves_plain_what_is_plain),
        cmocka_unit_test(every_character_returns),
        cmocka_unit_test(awkward_texts_return),
        cmocka_unit_test(long_keys_return),
        cmocka_unit_test(an_endless_value_has_no_text),
        cmocka_unit_test(a_shared_value_is_written_twice),
        cmocka_unit_test(the_locale_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

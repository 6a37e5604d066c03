#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cfngen/value.h>

/* Consumes the value. */
static void assert_json(cfn_value value, const char *expected) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    assert_non_null(text);
    assert_string_equal(text, expected);
    assert_int_equal(value->refcount == (size_t)-1 ? 1 : value->refcount, 1);
    free(text);
    json_decref(value);
}

static void literals(void **state) {
    (void)state;
    assert_json(cfn_str("a"), "\"a\"");
    assert_null(cfn_str(NULL));
    assert_json(cfn_fmt("%s-%d", "a", 7), "\"a-7\"");
    assert_json(cfn_fmt("%s", ""), "\"\"");
    assert_json(cfn_int(-5), "-5");
    assert_json(cfn_real(0.5), "0.5");
    assert_json(cfn_bool(false), "false");
}

static void invalid_utf8_is_replaced(void **state) {
    (void)state;
    assert_json(cfn_str("a\xFF\xC3\xA3\xE2\x82z"),
                "\"a\xEF\xBF\xBD\xC3\xA3\xEF\xBF\xBD\xEF\xBF\xBDz\"");
}

static void absent_things_are_left_out(void **state) {
    (void)state;
    assert_json(cfn_list(cfn_int(1), NULL, cfn_int(2)), "[1,2]");
    assert_json(cfn_strs("a", NULL, "b"), "[\"a\",\"b\"]");
    assert_json(cfn_map({"a", cfn_bool(false)}, {"b", NULL}, {"c", cfn_int(0)}),
                "{\"a\":false,\"c\":0}");
    assert_json(cfn_list_of(NULL, 0), "[]");
    assert_json(cfn_append(cfn_append(NULL, cfn_int(1)), NULL), "[1]");
}

static void functions_are_spelt_as_documented(void **state) {
    (void)state;
    assert_json(cfn_ref("A"), "{\"Ref\":\"A\"}");
    assert_json(cfn_att("Db", "Endpoint.Address"),
                "{\"Fn::GetAtt\":[\"Db\",\"Endpoint.Address\"]}");
    assert_json(cfn_sub("${A}-b"), "{\"Fn::Sub\":\"${A}-b\"}");
    assert_json(cfn_sub("plain"), "\"plain\"");
    assert_json(cfn_sub_with("${A}", cfn_map({"A", cfn_int(1)})),
                "{\"Fn::Sub\":[\"${A}\",{\"A\":1}]}");
    assert_json(cfn_sub_with("${A}", cfn_map_of(NULL, 0)), "{\"Fn::Sub\":\"${A}\"}");
    assert_json(cfn_import("x-y"), "{\"Fn::ImportValue\":\"x-y\"}");
    assert_json(cfn_join(",", cfn_strs("a", "b")), "{\"Fn::Join\":[\",\",[\"a\",\"b\"]]}");
    assert_json(cfn_select(1, cfn_azs()), "{\"Fn::Select\":[1,{\"Fn::GetAZs\":\"\"}]}");
    assert_json(cfn_split(",", cfn_str("a,b")), "{\"Fn::Split\":[\",\",\"a,b\"]}");
    assert_json(cfn_if("C", cfn_int(1), NULL), "{\"Fn::If\":[\"C\",1,{\"Ref\":\"AWS::NoValue\"}]}");
    assert_json(cfn_no_value(), "{\"Ref\":\"AWS::NoValue\"}");
    assert_json(cfn_equals(cfn_ref("A"), cfn_str("x")), "{\"Fn::Equals\":[{\"Ref\":\"A\"},\"x\"]}");
    assert_json(cfn_not(cfn_condition_ref("C")), "{\"Fn::Not\":[{\"Condition\":\"C\"}]}");
    assert_json(cfn_and(cfn_list(cfn_condition_ref("C"), cfn_condition_ref("D"))),
                "{\"Fn::And\":[{\"Condition\":\"C\"},{\"Condition\":\"D\"}]}");
    assert_json(cfn_or(cfn_list(cfn_condition_ref("C"), cfn_condition_ref("D"))),
                "{\"Fn::Or\":[{\"Condition\":\"C\"},{\"Condition\":\"D\"}]}");
}

static void json_inside_a_string(void **state) {
    (void)state;
    assert_json(cfn_json_text(cfn_map({"a", cfn_strs("b\"c")})),
                "\"{\\\"a\\\":[\\\"b\\\\\\\"c\\\"]}\"");
    assert_json(cfn_json_text(cfn_str("x")), "\"\\\"x\\\"\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals),
        cmocka_unit_test(invalid_utf8_is_replaced),
        cmocka_unit_test(absent_things_are_left_out),
        cmocka_unit_test(functions_are_spelt_as_documented),
        cmocka_unit_test(json_inside_a_string),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

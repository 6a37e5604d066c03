#include "evaluate_fixture.h"

static void assert_value(const char *value, const char *expected) {
    struct cfn_text text = {0};
    cfn_text_printf(
        &text,
        "Parameters: {P: {Type: String, Default: p}, L: {Type: CommaDelimitedList, Default: 'a, "
        "b,c'}, N: {Type: Number, Default: 7}, T: {Type: String, Default: 'true'},\n"
        "  S: {Type: String, Default: hunter2, NoEcho: true}}\n"
        "Conditions:\n"
        "  Same: !Equals [!Ref P, p]\n"
        "  Other: !Not [{Condition: Same}]\n"
        "Mappings: {M: {a: {x: one, y: [1, 2]}, b: {x: two}}}\n"
        "Resources: {A: {Type: T::T::T}, Lost: {Type: T::T::T},\n"
        "  Off: {Type: T::T::T, Condition: Other}}\n"
        "Outputs: {O: %s}\n",
        value);
    assert_output(text.data, NULL, expected);
    cfn_text_done(&text);
}

static void assert_values(const char *cases[][2], size_t count) {
    for (size_t i = 0; i < count; i++)
        assert_value(cases[i][0], cases[i][1]);
}
#define ASSERT_VALUES(cases) assert_values(cases, sizeof(cases) / sizeof *(cases))

static void gives_what_names_stand_for(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Ref P", "\"p\""},
        {"!Ref N", "\"7\""},
        {"!Ref L", "[\"a\",\"b\",\"c\"]"},
        {"!Ref A", "\"id-of-A\""},
        {"!Ref 'AWS::AccountId'", "\"123456789012\""},
        {"!Ref 'AWS::StackId'", "\"arn:stack/shop\""},
        {"!Ref 'AWS::NotificationARNs'", "[]"},
        {"!GetAtt A.Arn", "\"Arn of A\""},
        {"!GetAtt A.Endpoint.Port", "\"Endpoint.Port of A\""},
        {"{'Fn::GetAtt': [A, !Sub 'Outputs.${P}']}", "\"Outputs.p of A\""},
        {"{'Fn::GetAtt': 'A.Arn'}", "\"Arn of A\""},
        {"!ImportValue shop-vpc", "\"vpc-1\""},
        {"{'Fn::ImportValue': !Sub '${AWS::StackName}-vpc'}", "\"vpc-1\""},
        {"{'Fn::GetStackOutput': {StackName: x, OutputName: Url}}", "\"https://x\""},
        {"!GetAZs ''", "[\"eu-west-1a\",\"eu-west-1b\",\"eu-west-1c\"]"},
        {"!GetAZs us-east-2", "[\"us-east-2a\",\"us-east-2b\",\"us-east-2c\"]"},
        {"!FindInMap [M, a, x]", "\"one\""},
        {"!FindInMap [M, !Select [1, !Ref L], x]", "\"two\""},
        {"!FindInMap [M, a, y]", "[1,2]"},
        {"{'Fn::FindInMap': [M, b, y, {DefaultValue: !Ref P}]}", "\"p\""},
        {"{'Fn::FindInMap': [M, a, x, {DefaultValue: !Ref Nobody}]}", "\"one\""},
        {"'{{resolve:secretsmanager:x}}'", "\"{{resolve:secretsmanager:x}}\""},
    };
    ASSERT_VALUES(cases);
}

static void makes_texts_and_lists(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Join ['-', [a, 1, true, !Ref P, 1.5]]", "\"a-1-true-p-1.5\""},
        {"!Join ['', []]", "\"\""},
        {"!Join [',', !Ref L]", "\"a,b,c\""},
        {"!Join ['+', ['', '']]", "\"+\""},
        {"!Join [',', [!Ref 'AWS::NoValue', a, !If [Other, x, !Ref 'AWS::NoValue'], b]]",
         "\"a,b\""},
        {"!Select [1, [a, b]]", "\"b\""},
        {"!Select ['2', !Ref L]", "\"c\""},
        {"!Select [0, !GetAtt A.Ports]", "1"},
        {"!Select [0, !Cidr [10.0.0.0/16, 1, 8]]", "\"10.0.0.0/24\""},
        {"!Split ['|', 'a|b||']", "[\"a\",\"b\",\"\",\"\"]"},
        {"!Split ['--', 'a-b']", "[\"a-b\"]"},
        {"!Base64 ''", "\"\""},
        {"!Base64 f", "\"Zg==\""},
        {"!Base64 fo", "\"Zm8=\""},
        {"!Base64 '\xC3\xA4?>'", "\"w6Q/Pg==\""},
        {"{'Fn::Length': !Ref L}", "3"},
        {"{'Fn::Length': []}", "0"},
        {"{'Fn::ToJsonString': [0.1, 2.5, true]}", "\"[0.1,2.5,true]\""},
        {"{'Fn::ToJsonString': {a: !Ref P, b: [1, !Ref 'AWS::NoValue'], c: !Ref 'AWS::NoValue'}}",
         "\"{\\\"a\\\":\\\"p\\\",\\\"b\\\":[1]}\""},
    };
    ASSERT_VALUES(cases);
}

static void divides_address_blocks(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Cidr [10.0.0.0/16, 3, 7]", "[\"10.0.0.0/25\",\"10.0.0.128/25\",\"10.0.1.0/25\"]"},
        {"!Cidr [10.0.1.77/23, '1', '9']", "[\"10.0.0.0/23\"]"},
        {"!Cidr [10.0.0.0/24, 4, 6]",
         "[\"10.0.0.0/26\",\"10.0.0.64/26\",\"10.0.0.128/26\",\"10.0.0.192/26\"]"},
        {"!Cidr [10.0.0.0/16, 1]", "[\"10.0.0.0/24\"]"},
        {"!Cidr ['2001:DB8::1/48', 2, 64]", "[\"2001:db8::/64\",\"2001:db8:0:1::/64\"]"},
        {"!Cidr ['2001:db8::/56', 1]", "[\"2001:db8::/64\"]"},
        {"!Cidr ['2001:0:1:1:1:1:1:0/112', 1, 8]", "[\"2001:0:1:1:1:1:1:0/120\"]"},
        {"!Cidr ['1:0:0:2:0:0:3:0/112', 1, 8]", "[\"1::2:0:0:3:0/120\"]"},
        {"!Cidr ['::ffff:10.0.0.1/112', 1, 8]", "[\"::ffff:a00:0/120\"]"},
    };
    ASSERT_VALUES(cases);
}

static void substitutes_names_in_texts(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Sub '${P}'", "\"p\""},
        {"!Sub 'a ${P}${N} ${AWS::Region} ${A} ${A.Arn} z'",
         "\"a p7 eu-west-1 id-of-A Arn of A z\""},
        {"!Sub '${!P} ${P} ${!AWS::Region}'", "\"${P} p ${AWS::Region}\""},
        {"!Sub ['${v}-${P}-${A.x}', {v: !Ref N, A.x: own}]", "\"7-p-own\""},
        {"!Sub ['${P}', {P: own}]", "\"own\""},
        {"!Sub ['${v}', {v: !Join ['', [a, !Ref P]]}]", "\"ap\""},
        {"!Sub '${ P }'", "\"p\""},
        {"!Sub '$P {P} $ ${} ${'", "\"$P {P} $ ${} ${\""},
        {"!Sub '${x:-${P}}'", "\"${x:-p}\""},
        {"!Sub plain", "\"plain\""},
    };
    ASSERT_VALUES(cases);
}

static void chooses_by_conditions(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!If [Same, !Ref P, !Ref Nobody]", "\"p\""},
        {"!If [Other, !Ref Nobody, !If [Same, [1], 2]]", "[1]"},
        {"{a: !If [Other, x, !Ref 'AWS::NoValue'], b: 1}", "{\"b\":1}"},
        {"{a: 1, b: {c: !Ref 'AWS::NoValue'}, d: [x, !Ref 'AWS::NoValue', y]}",
         "{\"a\":1,\"b\":{},\"d\":[\"x\",\"y\"]}"},
        {"!Ref 'AWS::NoValue'", "null"},
        {"{Condition: {StringEquals: {'aws:SourceAccount': !Ref 'AWS::AccountId'}}}",
         "{\"Condition\":{\"StringEquals\":{\"aws:SourceAccount\":\"123456789012\"}}}"},
    };
    ASSERT_VALUES(cases);
}

static void refuses_in_the_words_of_the_service(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Ref Nobody", "Outputs.O.Ref: Template format error: Unresolved resource dependencies "
                        "[Nobody] in the Outputs block of the template [evaluate.reference]"},
        {"!Sub '${Off.Arn}'", "Outputs.O.Fn::Sub: Template format error: Unresolved resource "
                              "dependencies [Off] in the Outputs block of the template "
                              "[evaluate.reference]"},
        {"{V: [!Ref Lost]}", "Outputs.O.V[0].Ref: there is no physical id of resource 'Lost' yet "
                             "[evaluate.resource]"},
        {"!GetAtt A.None", "Outputs.O.Fn::GetAtt: Template error: resource A does not support "
                           "attribute type None in Fn::GetAtt [evaluate.attribute]"},
        {"!ImportValue nobody", "Outputs.O.Fn::ImportValue: No export named nobody found "
                                "[evaluate.import]"},
        {"!Select [3, !Ref L]", "Outputs.O.Fn::Select: Template error: Fn::Select cannot select "
                                "nonexistent value at index 3 [evaluate.select]"},
        {"!Select [-1, [a]]", "Outputs.O.Fn::Select: Template error: Fn::Select cannot select "
                              "nonexistent value at index -1 [evaluate.select]"},
        {"!FindInMap [M, c, x]", "Outputs.O.Fn::FindInMap: Template error: Unable to get mapping "
                                 "for M::c::x [evaluate.mapping]"},
        {"!Sub '${A.Ports}'", "Outputs.O.Fn::Sub: Template error: variable A.Ports in Fn::Sub "
                              "expression does not resolve to a string [evaluate.sub]"},
        {"!If [Nobody, a, b]", "Outputs.O.Fn::If[0]: Template error: unresolved condition "
                               "dependency Nobody in Fn::If [evaluate.condition]"},
        {"{'Fn::Transform': {Name: X}}", "Outputs.O: macros and transforms are not evaluated: "
                                         "Fn::Transform [evaluate.macro]"},
        {"{a: 1, 'Fn::ForEach::X': [a, [b], {}]}",
         "Outputs.O: macros and transforms are not evaluated: Fn::ForEach::X [evaluate.macro]"},
        {"{'Fn::Equals': [a, b]}",
         "Outputs.O: Fn::Equals belongs in the section Conditions [evaluate.misplaced]"},
        {"{'Fn::Nobody': x}", "Outputs.O: there is no function 'Fn::Nobody' [evaluate.function]"},
        {"{'Fn::Sub': x, b: 1}",
         "Outputs.O: Fn::Sub must be the only member of its object [evaluate.shape]"},
        {"!ImportValue {'Fn::Sub': 'pass-${S}-word'}",
         "Outputs.O.Fn::ImportValue: No export named pass-****-word found [evaluate.import]"},
        {"!Cidr [10.0.0.0/24, 5, 6]", "Outputs.O.Fn::Cidr: Template error: Fn::Cidr must not ask "
                                      "for more blocks than lie in the address block "
                                      "[evaluate.cidr]"},
    };
    ASSERT_VALUES(cases);
}

static void refuses_wrong_shapes(void **state) {
    (void)state;
    const char *wrong[] = {
        "!Join [',', x]",
        "!Join [',', [[a]]]",
        "!Join [',']",
        "!Join [!Ref L, [a]]",
        "!Select [a, [b]]",
        "!Select [0.5, [b]]",
        "!Select [0, b]",
        "!Split ['', a]",
        "!Split [',', [a]]",
        "!Sub [a]",
        "!Sub ['${a}', b]",
        "{'Fn::Sub': {a: b}}",
        "!If [Same, a]",
        "!FindInMap [M, a]",
        "!GetAtt A",
        "{'Fn::GetAtt': [A, B, C]}",
        "{Ref: [A]}",
        "!ImportValue [a]",
        "{'Fn::GetStackOutput': {StackName: x}}",
        "{'Fn::GetStackOutput': {StackName: x, OutputName: Nobody}}",
        "!GetAZs [a]",
        "!Base64 [a]",
        "!Base64 {Ref: 'AWS::NoValue'}",
        "{'Fn::Length': a}",
        "{'Fn::ToJsonString': a}",
        "!Cidr [10.0.0.0/16, 0, 8]",
        "!Cidr [10.0.0.0/16, 257, 4]",
        "!Cidr [10.0.0.0, 1, 8]",
        "!Cidr [10.0.0.256/16, 1, 8]",
        "!Cidr [10.0.0.0/33, 1, 8]",
        "!Cidr ['1::2::3/64', 1, 8]",
        "!Cidr ['1:2:3:4:5:6:7:8:9/64', 1, 8]",
        "!Cidr ['10.0.0.0/16', 1, 32]",
        "!Cidr ['10.0.0.0/16', 1, x]",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cfn_text text = {0};
        cfn_text_printf(&text,
                        "Parameters: {L: {Type: CommaDelimitedList, Default: 'a,b'}}\n"
                        "Conditions: {Same: !Equals [a, a]}\nMappings: {M: {a: {b: c}}}\n"
                        "Resources: {A: {Type: T::T::T}}\nOutputs: {O: %s}\n",
                        wrong[i]);
        char *shown = output_of(text.data, NULL);
        if (!strstr(shown, "[evaluate."))
            fail_msg("%s gives %s", wrong[i], shown);
        free(shown);
        cfn_text_done(&text);
    }
}

static void shares_what_has_no_function(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = read_yaml("Resources: {A: {Type: T::T::T}}\n"
                             "Outputs: {O: {plain: {a: [1, {b: c}]}, made: [!Ref A]}}\n");
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    json_t *output = json_object_get(json_object_get(body, "Outputs"), "O");
    cfn_value value = cfn_evaluate(e, output, NULL, diags);
    assert_ptr_not_equal(value, output);
    assert_ptr_equal(json_object_get(value, "plain"), json_object_get(output, "plain"));
    json_decref(value);
    value = cfn_evaluate(e, json_object_get(output, "plain"), NULL, diags);
    assert_ptr_equal(value, json_object_get(output, "plain"));
    json_decref(value);
    cfn_evaluation_free(e);
    json_decref(body);
    cfn_diags_free(diags);
}

/* A world that knows nothing but its region, and its zones. */
static void needs_little_of_the_world(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *zones = cfn_strs("eu-west-1a", "eu-west-1d");
    struct cfn_world world = {.region = "eu-west-1", .zones = zones};
    json_t *body = read_yaml("Resources: {A: {Type: T::T::T}}\nOutputs: [!GetAZs '', !GetAZs "
                             "eu-west-1, !Ref A, !GetAtt A.Arn, !ImportValue x, !Ref "
                             "'AWS::AccountId']\n");
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &world, diags);
    json_t *outputs = json_object_get(body, "Outputs");
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        cfn_value value = cfn_evaluate(e, json_array_get(outputs, i), "Outputs", diags);
        assert_ptr_equal(value, i < 2 ? zones : NULL);
        json_decref(value);
    }
    assert_int_equal(cfn_diags_errors(diags), 4);
    json_t *elsewhere = json_pack("{s:s}", "Fn::GetAZs", "us-east-2");
    cfn_value value = cfn_evaluate(e, elsewhere, NULL, diags);
    assert_string_equal(json_string_value(json_array_get(value, 2)), "us-east-2c");
    json_decref(value);
    json_decref(elsewhere);
    cfn_evaluation_free(e);
    json_decref(body);
    json_decref(zones);
    cfn_diags_free(diags);
}

static void assert_conditions(const char *conditions, const char *expected) {
    struct cfn_text text = {0};
    struct cfn_diags *diags = cfn_diags_new();
    cfn_text_printf(&text, "Parameters: {P: {Type: String, Default: p}}\nConditions: {%s}\n",
                    conditions);
    json_t *body = read_yaml(text.data), *value;
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    char *shown = e ? cfn__copy("") : told(diags);
    const char *name;
    json_object_foreach(json_object_get(body, "Conditions"), name, value) {
        if (!e)
            break;
        struct cfn_text more = {0};
        cfn_text_printf(&more, "%s%s", shown, cfn_evaluation_condition(e, name) ? "1" : "0");
        free(shown);
        shown = cfn_text_take(&more);
    }
    assert_string_equal(shown, expected);
    free(shown);
    cfn_evaluation_free(e);
    json_decref(body);
    cfn_diags_free(diags);
    cfn_text_done(&text);
}

static void finds_conditions_out(void **state) {
    (void)state;
    assert_conditions("A: !Equals [!Ref P, p], B: !Equals [a, b]", "10");
    assert_conditions("A: !Not [{Condition: Z}], Z: !Equals [a, a]", "01");
    assert_conditions("T: !Equals [a, a], F: !Equals [a, b], A: !And [{Condition: T}, {Condition: "
                      "F}], O: !Or [{Condition: F}, {Condition: T}], X: !And [{Condition: T}, "
                      "!Not [{Condition: F}]]",
                      "10011");
    assert_conditions("A: !Equals [true, 'true'], B: !Equals [1, '1'], C: !Equals ['', a]", "110");
    assert_conditions("A: !Equals [!If [B, x, y], x], B: !Equals [a, a]", "11");
    assert_conditions("A: {Condition: A}",
                      "Conditions.A.Condition: Template format error: Circular dependency between "
                      "conditions: [A] [evaluate.condition]");
    assert_conditions("A: !Equals [!Ref X, a]",
                      "Conditions.A.Fn::Equals[0].Ref: Template error: Unresolved dependencies "
                      "[X]. Cannot reference resources in the Conditions block of the template "
                      "[evaluate.reference]");
    assert_conditions("A: true", "Conditions.A: Template format error: Conditions can only be "
                                 "boolean operations on parameters and other conditions "
                                 "[evaluate.condition]");
    assert_conditions("A: !And [!Equals [a, a]]",
                      "Conditions.A.Fn::And: Template error: every Fn::And object requires a list "
                      "of at least 2 and at most 10 boolean parameters. [evaluate.condition]");
}

static void says_what_takes_part(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = read_yaml("Conditions: {Y: !Equals [a, a], N: !Equals [a, b]}\n"
                             "Resources: {A: {Type: T}, B: {Type: T, Condition: Y},\n"
                             "  C: {Type: T, Condition: N}, D: {Type: T, Condition: Nobody}}\n");
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    json_t *resources = json_object_get(body, "Resources");
    assert_true(cfn_evaluation_has(e, json_object_get(resources, "A")));
    assert_true(cfn_evaluation_has(e, json_object_get(resources, "B")));
    assert_false(cfn_evaluation_has(e, json_object_get(resources, "C")));
    assert_false(cfn_evaluation_has(e, json_object_get(resources, "D")));
    cfn_evaluation_free(e);
    json_decref(body);
    cfn_diags_free(diags);
}

static void refuses_macros(void **state) {
    (void)state;
    assert_output("Transform: AWS::Serverless-2016-10-31\nOutputs: {O: x}\n", NULL,
                  "Transform: macros and transforms are not evaluated, but for "
                  "AWS::LanguageExtensions [evaluate.macro]");
    assert_output("Transform: [AWS::LanguageExtensions]\nOutputs: {O: x}\n", NULL, "\"x\"");
}

/* Each level doubles what the one below gives. */
static void refuses_what_grows_without_end(void **state) {
    (void)state;
    json_t *value = cfn_str("0123456789");
    for (int i = 0; i < 60; i++)
        value = cfn_sub_with("${a}${a}", cfn_map({"a", value}));
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = json_object();
    struct cfn_evaluation *e = cfn_evaluation_new(body, NULL, &test_world, diags);
    assert_null(cfn_evaluate(e, value, "V", diags));
    assert_string_equal(cfn_diags_at(diags, 0)->message, "must not grow past 4194304 bytes");
    for (int i = 0; i < 150; i++)
        value = cfn_list(value);
    assert_null(cfn_evaluate(e, value, "V", diags));
    assert_string_equal(cfn_diags_at(diags, 1)->code, "evaluate.depth");
    cfn_evaluation_free(e);
    json_decref(value);
    json_decref(body);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_what_names_stand_for),
        cmocka_unit_test(makes_texts_and_lists),
        cmocka_unit_test(divides_address_blocks),
        cmocka_unit_test(substitutes_names_in_texts),
        cmocka_unit_test(chooses_by_conditions),
        cmocka_unit_test(refuses_in_the_words_of_the_service),
        cmocka_unit_test(refuses_wrong_shapes),
        cmocka_unit_test(shares_what_has_no_function),
        cmocka_unit_test(needs_little_of_the_world),
        cmocka_unit_test(finds_conditions_out),
        cmocka_unit_test(says_what_takes_part),
        cmocka_unit_test(refuses_macros),
        cmocka_unit_test(refuses_what_grows_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

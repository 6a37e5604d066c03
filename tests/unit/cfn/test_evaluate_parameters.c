#include "evaluate_fixture.h"

/* What Ref of parameter "P" gives, or what is told. */
static void assert_parameter(const char *body, const char *given, const char *expected) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "Parameters: {P: {%s}}\nOutputs: {O: !Ref P}\n", body);
    struct cfn_text parameters = {0};
    cfn_text_printf(&parameters, given ? "{\"P\": \"%s\"}" : "{}", given);
    assert_output(text.data, parameters.data, expected);
    cfn_text_done(&parameters);
    cfn_text_done(&text);
}

static void takes_values_and_defaults(void **state) {
    (void)state;
    assert_parameter("Type: String, Default: d", NULL, "\"d\"");
    assert_parameter("Type: String, Default: d", "g", "\"g\"");
    assert_parameter("Type: String, Default: d", "", "\"\"");
    assert_parameter("Type: Number, Default: 1.5", NULL, "\"1.5\"");
    assert_parameter("Type: String, Default: true", NULL, "\"true\"");
    assert_parameter("Type: CommaDelimitedList", " a, b ,,c", "[\"a\",\"b\",\"\",\"c\"]");
    assert_parameter("Type: CommaDelimitedList", "", "[\"\"]");
    assert_parameter("Type: List<Number>", "1, 2", "[\"1\",\"2\"]");
    assert_parameter("Type: 'List<AWS::EC2::Subnet::Id>'", "subnet-1,subnet-2",
                     "[\"subnet-1\",\"subnet-2\"]");
    assert_parameter("Type: 'AWS::EC2::VPC::Id'", "vpc-1", "\"vpc-1\"");
    assert_parameter("Type: 'AWS::SSM::Parameter::Name'", "/x", "\"/x\"");
    assert_parameter("Type: 'AWS::SSM::Parameter::Value<String>', Default: /ami", NULL,
                     "\"ami-1,ami-2\"");
    assert_parameter("Type: 'AWS::SSM::Parameter::Value<List<String>>'", "/ami",
                     "[\"ami-1\",\"ami-2\"]");
}

static void refuses_in_the_words_of_the_service(void **state) {
    (void)state;
    const char *cases[][3] = {
        {"Type: String", NULL, "Parameters: [P] must have values [parameter.value]"},
        {"Type: String, AllowedValues: [a, 1]", "b",
         "Parameters.P: Parameter 'P' must be one of AllowedValues [parameter.value]"},
        {"Type: String, AllowedPattern: '[a-z]+'", "ab1",
         "Parameters.P: Parameter 'P' must match pattern [a-z]+ [parameter.value]"},
        {"Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: small letters", "A",
         "Parameters.P: Parameter P failed to satisfy constraint: small letters "
         "[parameter.value]"},
        {"Type: String, MinLength: 3", "ab",
         "Parameters.P: Parameter 'P' must contain at least 3 characters [parameter.value]"},
        {"Type: String, MaxLength: '3'", "abcd",
         "Parameters.P: Parameter 'P' must contain at most 3 characters [parameter.value]"},
        {"Type: Number", "ten", "Parameters.P: Parameter 'P' must be a number [parameter.value]"},
        {"Type: Number, MinValue: 2", "1.5",
         "Parameters.P: Parameter 'P' must be a number not less than 2 [parameter.value]"},
        {"Type: Number, MaxValue: 2", "3",
         "Parameters.P: Parameter 'P' must be a number not greater than 2 [parameter.value]"},
        {"Type: List<Number>, MaxValue: 2", "1,3",
         "Parameters.P: Parameter 'P' must be a number not greater than 2 [parameter.value]"},
        {"Type: CommaDelimitedList, AllowedValues: [a, b]", "a,c",
         "Parameters.P: Parameter 'P' must be one of AllowedValues [parameter.value]"},
        {"Type: CommaDelimitedList, AllowedPattern: '[a-z]+'", "a,B",
         "Parameters.P: Parameter 'P' must match pattern [a-z]+ [parameter.value]"},
        {"Type: 'AWS::EC2::KeyPair::KeyName'", "",
         "Parameters.P: Parameter validation failed: parameter value  for parameter name P does "
         "not exist [parameter.value]"},
        {"Type: 'AWS::SSM::Parameter::Value<String>'", "/none",
         "Parameters.P: Unable to fetch parameters [/none] from parameter store for this account. "
         "[parameter.value]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_parameter(cases[i][0], cases[i][1], cases[i][2]);
}

static void lets_through_what_keeps_to_its_declaration(void **state) {
    (void)state;
    assert_parameter("Type: String, AllowedValues: [a, 1]", "1", "\"1\"");
    assert_parameter("Type: String, MinLength: 3, MaxLength: 3", "\xC3\xA4\xC3\xB6\xC3\xBC",
                     "\"\xC3\xA4\xC3\xB6\xC3\xBC\"");
    assert_parameter("Type: Number, MinValue: -1, MaxValue: 1e3", "1000", "\"1000\"");
    assert_parameter("Type: CommaDelimitedList, AllowedValues: ['a,c']", "a,c", "[\"a\",\"c\"]");
    assert_parameter("Type: CommaDelimitedList, MaxLength: 1", "aa,b", "[\"aa\",\"b\"]");
}

static void tells_all_that_is_missing_or_unknown(void **state) {
    (void)state;
    assert_output("Parameters: {A: {Type: String}, B: {Type: String}, C: {Type: String}}\n",
                  "{\"B\": \"x\", \"X\": \"1\", \"Y\": \"2\"}",
                  "Parameters: [X, Y] do not exist in the template [parameter.value]\n"
                  "Parameters: [A, C] must have values [parameter.value]");
}

static void never_tells_a_secret(void **state) {
    (void)state;
    assert_parameter("Type: String, NoEcho: true, MinLength: 30", "hunter2",
                     "Parameters.P: Parameter 'P' must contain at least 30 characters "
                     "[parameter.value]");
    assert_output("Parameters: {P: {Type: String, NoEcho: 'true'}}\nMappings: {M: {a: {b: c}}}\n"
                  "Outputs: {O: !FindInMap [M, !Ref P, b]}\n",
                  "{\"P\": \"hunter2\"}",
                  "Outputs.O.Fn::FindInMap: Template error: Unable to get mapping for M::****::b "
                  "[evaluate.mapping]");
}

static void keeps_the_texts(void **state) {
    (void)state;
    struct cfn_diags *diags = cfn_diags_new();
    json_t *body = read_yaml("Parameters: {A: {Type: CommaDelimitedList, Default: 'a, b'},\n"
                             "  S: {Type: String, NoEcho: true}, N: {Type: Number, Default: 3}}\n");
    json_t *given = json_pack("{s:s}", "S", "hunter2");
    struct cfn_evaluation *e = cfn_evaluation_new(body, given, &test_world, diags);
    assert_non_null(e);
    char *text = json_dumps(cfn_evaluation_parameters(e), JSON_COMPACT);
    assert_string_equal(text, "{\"A\":\"a, b\",\"S\":\"hunter2\",\"N\":\"3\"}");
    free(text);
    cfn_evaluation_free(e);
    json_decref(given);
    json_decref(body);
    cfn_diags_free(diags);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_values_and_defaults),
        cmocka_unit_test(refuses_in_the_words_of_the_service),
        cmocka_unit_test(lets_through_what_keeps_to_its_declaration),
        cmocka_unit_test(tells_all_that_is_missing_or_unknown),
        cmocka_unit_test(never_tells_a_secret),
        cmocka_unit_test(keeps_the_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

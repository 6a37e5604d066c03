#include "check_fixture.h"

/* What is told about one value of a property that takes anything; "Properties.Anything." is left
 * out. */
static void assert_call(const char *value, const char *expected) {
    char text[2048];
    snprintf(text, sizeof text,
             "Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}\n"
             "Conditions: {C: !Equals [!Ref P, x]}\n"
             "Resources: {A: {Type: Custom::X, Properties: {ServiceToken: x, V: %s}}}\n",
             value);
    char *lines = told(text), *rest = lines;
    struct cfn_text shown = {0};
    for (char *next; *rest; rest = next + 1) {
        next = strchr(rest, '\n');
        char *start = strstr(rest, "Properties.V.");
        start = start ? start + strlen("Properties.V.") : rest;
        cfn_text_write(&shown, start, (size_t)(next + 1 - start));
    }
    assert_string_equal(shown.data ? shown.data : "", expected);
    cfn_text_done(&shown);
    free(lines);
}

static void accepts_every_function_in_its_shapes(void **state) {
    (void)state;
    const char *calls[] = {
        "!Base64 x",
        "!Base64 {'Fn::Sub': x}",
        "!Cidr [10.0.0.0/16, 6, 8]",
        "!Cidr [10.0.0.0/16, !Ref P]",
        "!GetAZs ''",
        "!GetAZs {Ref: AWS::Region}",
        "!If [C, [a], {b: c}]",
        "!ImportValue x",
        "!ImportValue {'Fn::Sub': '${AWS::StackName}-x'}",
        "!Join [',', [a, 1, true, !Ref P]]",
        "!Join ['', !Split [',', !Ref P]]",
        "!Join [',', !If [C, [a], !Ref L]]",
        "!Select [0, [a]]",
        "!Select ['1', [a, {b: c}]]",
        "!Select [!Ref P, !GetAZs '']",
        "!Split [',', !ImportValue x]",
        "!Transform {Name: X, Parameters: {a: b}}",
        "{'Fn::GetStackOutput': {StackName: x, OutputName: y}}",
        "{Condition: anything, Ref: too}",
        "{Condition: anything}",
        "{'Fn::Anything': 1, More: 2}",
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        assert_call(calls[i], "");
}

static void tells_wrong_shapes(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Join [a]",
         "Fn::Join: must be a list of a delimiter and a list of values, not a list of 1 "
         "[function.shape]\n"},
        {"!Join x", "Fn::Join: must be a list of a delimiter and a list of values, not 'x' "
                    "[function.shape]\n"},
        {"!Join [',', x]", "Fn::Join[1]: must be a list, not 'x' [value.kind]\n"},
        {"!Join [',', !Ref P]",
         "Fn::Join[1]: must be a list, not Ref, which gives a single value [value.kind]\n"},
        {"!Join [',', [!Ref L]]",
         "Fn::Join[1][0]: must be a single value, not Ref, which gives a list [value.kind]\n"},
        {"!Join [[], [a]]", "Fn::Join[0]: must be a single value, not a list [value.kind]\n"},
        {"!Select [a, [b]]",
         "Fn::Select[0]: must be the number of an item, not 'a' [function.shape]\n"},
        {"!Select [2, [a, b]]", "Fn::Select[0]: must be an item of the list, which has 2 from 0 "
                                "on, not '2' [function.shape]\n"},
        {"!Select [-1, !Ref L]",
         "Fn::Select[0]: must be the number of an item, from 0 on, not '-1' [function.shape]\n"},
        {"!Select [0, a]", "Fn::Select[1]: must be a list, not 'a' [value.kind]\n"},
        {"!Split [',', [a]]", "Fn::Split[1]: must be a single value, not a list [value.kind]\n"},
        {"!If [C, a]", "Fn::If: must be a list of a condition's name, a value and another, not a "
                       "list of 2 [function.shape]\n"},
        {"!If [[C], a, b]",
         "Fn::If[0]: must be the name of a condition, not a list [reference.condition]\n"},
        {"!GetAtt [A]", "Fn::GetAtt: must be a list of a resource's name and an attribute, not a "
                        "list of 1 [function.shape]\n"},
        {"!GetAtt [[A], b]",
         "Fn::GetAtt[0]: must be the name of a resource, not a list [function.shape]\n"},
        {"!GetAtt A", "Fn::GetAtt: must be a list of a resource's name and an attribute, not 'A' "
                      "[function.shape]\n"},
        {"!Sub [x]", "Fn::Sub: must be a string, or a list of a string and an object of variables, "
                     "not a list [function.shape]\n"},
        {"!Sub ['${a}', {a: [b]}]",
         "Fn::Sub[1].a: must be a single value, not a list [value.kind]\n"},
        {"!Base64 [x]", "Fn::Base64: must be a single value, not a list [value.kind]\n"},
        {"!Cidr [10.0.0.0/16]", "Fn::Cidr: must be a list of a CIDR block, a count and the bits of "
                                "each, not a list of 1 [function.shape]\n"},
        {"!Cidr {Ref: P}",
         "Fn::Cidr: must be a list, not Ref, which gives a single value [value.kind]\n"},
        {"!Transform x", "Fn::Transform: must be an object with a Name, not 'x' "
                         "[function.shape]\n"},
        {"{Ref: [A]}",
         "Ref: must be the name of a parameter or a resource, not a list [function.shape]\n"},
        {"!Equals [a, b]", "Fn::Equals: belongs in the section Conditions: refer to a condition by "
                           "Fn::If [function.misplaced]\n"},
        {"{'Fn::Length': [a]}",
         "Fn::Length: needs 'Transform: AWS::LanguageExtensions' [function.unknown]\n"},
        {"{'Fn::Jion': ['', [!Ref Q]]}",
         "Fn::Jion: there is no function 'Fn::Jion' (did you mean Fn::Join?) [function.unknown]\n"
         "Fn::Jion[1][0].Ref: there is no parameter or resource 'Q' "
         "[reference.ref]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_call(cases[i][0], cases[i][1]);
}

static void tells_what_is_no_condition(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"!Equals [a, b]", ""},
        {"!Not [!Condition C]", ""},
        {"!And [!Condition C, !Or [!Condition C, !Equals [!Ref P, 1]]]", ""},
        {"{Condition: C}", ""},
        {"!Equals [a]", "Fn::Equals: must be a list of two values, not a list of 1 "
                        "[function.shape]\n"},
        {"!Equals [[a], b]", "Fn::Equals[0]: must be a single value, not a list [value.kind]\n"},
        {"!Not [!Condition C, !Condition C]",
         "Fn::Not: must be a list of one condition, not a list of 2 [function.shape]\n"},
        {"!And [!Condition C]",
         "Fn::And: must be a list of 2 to 10 conditions, not a list of 1 [function.shape]\n"},
        {"!Or [x, !Condition C]",
         "Fn::Or[0]: must be a condition, such as Fn::Equals, Fn::Not or Condition, not 'x' "
         "[condition.shape]\n"},
        {"true", ": must be a condition, such as Fn::Equals, Fn::Not or Condition, not true "
                 "[condition.shape]\n"},
        {"!Ref P", ": must be a condition, such as Fn::Equals, Fn::Not or Condition, not Ref, "
                   "which gives a single value [condition.shape]\n"},
        {"!Condition X", "Condition: there is no condition 'X' "
                         "[reference.condition]\n"},
        {"!Equals [!Ref A, b]", "Fn::Equals[0].Ref: must be a parameter, since a condition cannot "
                                "wait for resource 'A' [reference.ref]\n"},
        {"!Equals [!Ref Q, b]", "Fn::Equals[0].Ref: there is no parameter 'Q' [reference.ref]\n"},
        {"!Equals [!GetAtt A.Arn, b]", "Fn::Equals[0].Fn::GetAtt: is not available in the section "
                                       "Conditions [function.misplaced]\n"},
        {"!Equals [!Sub '${A.Arn}', b]", "Fn::Equals[0].Fn::Sub: must be a parameter, since a "
                                         "condition cannot wait for resource 'A' "
                                         "[reference.sub]\n"},
        {"!Eqals [a, b]", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "Parameters: {P: {Type: String}}\n"
                 "Conditions: {C: !Equals [!Ref P, x], D: %s}\n"
                 "Resources: {A: {Type: AWS::SQS::Queue}}",
                 cases[i][0]);
        char *lines = told(text), *path = strstr(lines, "Conditions.D");
        path = path ? path + strlen("Conditions.D") : NULL;
        path += path && *path == '.';
        if (cases[i][1])
            assert_string_equal(path ? path : lines, cases[i][1]);
        else
            assert_non_null(strstr(lines, "did you mean !Equals?"));
        free(lines);
    }
}

static void tells_cycles_of_conditions(void **state) {
    (void)state;
    assert_told("Conditions:\n"
                "  A: !Not [!Condition B]\n"
                "  B: {Condition: A}\n"
                "Resources: {A: {Type: AWS::SQS::Queue}}",
                "2:3: Conditions.A: must not need itself: A -> B -> A [reference.cycle]\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_every_function_in_its_shapes),
        cmocka_unit_test(tells_wrong_shapes),
        cmocka_unit_test(tells_what_is_no_condition),
        cmocka_unit_test(tells_cycles_of_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

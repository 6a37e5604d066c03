#include "check_fixture.h"

/* A template whose outputs hold one value, at line 4. */
static void assert_value(const char *value, const char *expected) {
    char text[2048];
    snprintf(
        text, sizeof text,
        "Parameters: {P: {Type: String}, L: {Type: CommaDelimitedList}}\n"
        "Conditions: {C: !Equals [!Ref P, x]}\n"
        "Resources: {Bucket: {Type: AWS::S3::Bucket}, Stack: {Type: AWS::CloudFormation::Stack,"
        " Properties: {TemplateURL: 'https://x'}}, Custom: {Type: Custom::X, Properties:"
        " {ServiceToken: x}}}\n"
        "Outputs: {O: {Value: %s}}\n",
        value);
    char *lines = told(text);
    const char *path = strstr(lines, "Outputs.O.Value");
    const char *rest = path ? path + strlen("Outputs.O.Value") : lines;
    assert_string_equal(rest + (*rest == '.' || *rest == ':'), expected);
    free(lines);
}

static void finds_what_is_there(void **state) {
    (void)state;
    const char *values[] = {
        "!Ref P",
        "!Ref Bucket",
        "!Ref AWS::StackName",
        "!GetAtt Bucket.Arn",
        "!GetAtt [Bucket, Arn]",
        "{'Fn::GetAtt': Bucket.Arn}",
        "!GetAtt Stack.Outputs.Anything",
        "!GetAtt Custom.Any.Thing",
        "!Sub '${P}-${Bucket}-${Bucket.Arn}-${AWS::Region}-${!Literal}-${Stack.Outputs.X}'",
        "!Sub '$ {x} $x ${ $${P}'",
        "!Sub ['${ P }${a}${b.c}', {a: !Ref P, b.c: 5}]",
        "!If [C, !Ref P, !Ref Bucket]",
        "!Join [',', !Ref L]",
    };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_value(values[i], "");
}

static void tells_names_of_nothing(void **state) {
    (void)state;
    assert_value("!Ref Bukcet", "Ref: there is no parameter or resource 'Bukcet' (did you mean "
                                "Bucket?) [reference.ref]\n");
    assert_value("!Ref aws::Region", "Ref: there is no parameter or resource 'aws::Region' (did "
                                     "you mean AWS::Region?) [reference.ref]\n");
    assert_value("!Ref C", "Ref: there is no parameter or resource 'C' [reference.ref]\n");
    assert_value("!GetAtt Bukcet.Arn",
                 "Fn::GetAtt: there is no resource 'Bukcet' (did you mean Bucket?) "
                 "[reference.getatt]\n");
    assert_value("!GetAtt P.Arn", "Fn::GetAtt: there is no resource 'P' [reference.getatt]\n");
    assert_value("!GetAtt Bucket.arn",
                 "Fn::GetAtt: must be an attribute of AWS::S3::Bucket, not 'arn' (did you mean "
                 "Arn?) [reference.getatt]\n");
    assert_value("!GetAtt Stack.Output.X",
                 "Fn::GetAtt: must be an attribute of AWS::CloudFormation::Stack, not 'Output.X' "
                 "(did you mean Outputs?) "
                 "[reference.getatt]\n");
    assert_value("!Sub 'x${Bukcet}'",
                 "Fn::Sub: there is no parameter or resource 'Bukcet' (did you mean Bucket?) "
                 "[reference.sub]\n");
    assert_value("!Sub 'x${Bucket.Arm}'",
                 "Fn::Sub: must be an attribute of AWS::S3::Bucket, not 'Arm' (did you mean Arn?) "
                 "[reference.sub]\n");
    assert_value("!Sub ['${a}${b}', {a: x}]", "Fn::Sub[0]: there is no parameter or resource 'b' "
                                              "[reference.sub]\n");
    assert_value("!Sub '${x-y}'",
                 "Fn::Sub: must be a name, or ${!...} for what stands as it is: ${x-y} "
                 "[reference.sub]\n");
    assert_value("!If [D, a, b]", "Fn::If[0]: there is no condition 'D' [reference.condition]\n");
}

static void attributes_of_attributes_are_let_through(void **state) {
    (void)state;
    assert_told("Resources:\n"
                "  A: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: subnet-12345678}}\n"
                "Outputs: {O: {Value: !GetAtt A.PrimaryPrivateIpAddress}}",
                "");
}

static void tells_conditions_of_nothing(void **state) {
    (void)state;
    assert_resource("Type: AWS::SQS::Queue, Condition: X",
                    "Condition: there is no condition 'X' [reference.condition]\n");
    assert_resource("Type: AWS::SQS::Queue, Condition: [X]",
                    "Condition: must be the name of a condition, not a list "
                    "[reference.condition]\n");
    assert_told("Resources: {A: {Type: AWS::SQS::Queue}}\n"
                "Outputs: {O: {Value: x, Condition: X}}",
                "2:25: Outputs.O.Condition: there is no condition 'X' [reference.condition]\n");
}

static void tells_needs_of_nothing(void **state) {
    (void)state;
    assert_resource("Type: AWS::SQS::Queue, DependsOn: B", "");
    assert_resource("Type: AWS::SQS::Queue, DependsOn: [B]", "");
    assert_resource("Type: AWS::SQS::Queue, DependsOn: [B, X, {Ref: B}]",
                    "DependsOn[1]: there is no resource 'X' "
                    "[reference.depends-on]\n"
                    "DependsOn[2]: must be the name of a resource, not Ref, which gives a single "
                    "value [reference.depends-on]\n");
}

static void tells_cycles(void **state) {
    (void)state;
    assert_told("Resources:\n"
                "  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref B}}\n"
                "  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${C}${C}'}}\n"
                "  C: {Type: AWS::SNS::Topic, DependsOn: A, Properties: {DisplayName: !GetAtt "
                "D.TopicName}}\n"
                "  D: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub ['${x}', {x: !Ref "
                "D}]}}\n",
                "2:3: Resources.A: must not need itself: A -> B -> C -> A [reference.cycle]\n"
                "5:3: Resources.D: must not need itself: D -> D [reference.cycle]\n");
    assert_resource("Type: AWS::SQS::Queue, DependsOn: A",
                    "must not need itself: A -> A [reference.cycle]\n");
    /* Metadata is text for others, and what a condition chooses may be the other branch. */
    assert_resource("Type: AWS::SQS::Queue, Metadata: {x: {Ref: A}}", "");
    assert_told("Conditions: {C: !Equals [a, b]}\n"
                "Resources:\n"
                "  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [C, !Ref A, x]}}\n",
                "");
}

static void long_chains_are_no_cycle(void **state) {
    (void)state;
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources:\n  R0: {Type: AWS::SQS::Queue}\n");
    for (int i = 1; i < 500; i++)
        cfn_text_printf(&text, "  R%d: {Type: AWS::SQS::Queue, DependsOn: [R%d, R%d]}\n", i, i - 1,
                        i / 2);
    assert_told(text.data, "");
    cfn_text_put(&text, "  R500: {Type: AWS::SQS::Queue}\n");
    assert_told(text.data,
                "1:1: Resources: must have at most 500 entries, not 501 [template.limit]\n");
    cfn_text_done(&text);
}

static void tells_keys_that_no_mapping_has(void **state) {
    (void)state;
    const char frame[] = "Mappings: {M: {a: {x: 1}, b: {x: 2, y: 3}}}\n"
                         "Resources: {A: {Type: AWS::SQS::Queue, Properties: {QueueName: "
                         "!FindInMap [%s]}}}";
    const char *cases[][2] = {
        {"M, a, x", ""},
        {"M, !Ref AWS::Region, y", ""},
        {"M, b, !Ref AWS::Region", ""},
        {"N, a, x", "[0]: there is no mapping 'N' [reference.mapping]\n"},
        {"M, c, x", "[1]: there is no key 'c' in the mapping "
                    "[reference.mapping]\n"},
        {"M, a, y", "[2]: there is no key 'y' in the mapping "
                    "[reference.mapping]\n"},
        {"M, !Ref AWS::Region, zzzz", "[2]: there is no key 'zzzz' in the mapping "
                                      "[reference.mapping]\n"},
        {"M, a", ": must be a list of a mapping's name, a first key and a second, not a list "
                 "[function.shape]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, frame, cases[i][0]);
        char *lines = told(text), *path = strstr(lines, "Fn::FindInMap");
        assert_string_equal(path ? path + strlen("Fn::FindInMap") : "", cases[i][1]);
        free(lines);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_there),
        cmocka_unit_test(tells_names_of_nothing),
        cmocka_unit_test(attributes_of_attributes_are_let_through),
        cmocka_unit_test(tells_conditions_of_nothing),
        cmocka_unit_test(tells_needs_of_nothing),
        cmocka_unit_test(tells_cycles),
        cmocka_unit_test(long_chains_are_no_cycle),
        cmocka_unit_test(tells_keys_that_no_mapping_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

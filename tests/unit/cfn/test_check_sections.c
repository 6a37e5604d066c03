#include "check_fixture.h"

static const char queue[] = "Resources: {A: {Type: AWS::SQS::Queue}}\n";

/* What is told about a section beside one queue. */
static void assert_section(const char *section, const char *expected) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s%s", queue, section);
    char *lines = told(text.data);
    const char *rest = lines;
    if (*lines) {
        rest = strchr(lines, ' ');
        rest++;
    }
    assert_string_equal(rest, expected);
    free(lines);
    cfn_text_done(&text);
}

static void tells_what_is_no_template(void **state) {
    (void)state;
    assert_told("[]", "1:1: a template must be an object of sections [template.shape]\n");
    assert_told("x", "1:1: a template must be an object of sections [template.shape]\n");
    assert_told("{}", "1:1: must have a section Resources [template.section]\n");
    assert_told("Resources: {}",
                "1:1: Resources: must have at least one resource [template.shape]\n");
    assert_told("Resources: [x]",
                "1:1: Resources: must be an object, not a list [template.shape]\n");
    assert_told("Resources:\n", "1:1: Resources: must not be null: leave it out, or write Ref: "
                                "AWS::NoValue [template.shape]\n");
    assert_told("Resources: {A: x, B: {}, C: {Type: 5}, D: {Type: AWS::SQS::Queue, Properties: x}}",
                "1:13: Resources.A: must be an object with a Type, not 'x' [template.shape]\n"
                "1:19: Resources.B: must have a Type, such as AWS::S3::Bucket [template.shape]\n"
                "1:26: Resources.C: must have a Type, such as AWS::S3::Bucket [template.shape]\n"
                "1:67: Resources.D.Properties: must be an object, not 'x' [template.shape]\n");
}

static void tells_wrong_sections(void **state) {
    (void)state;
    assert_section("Output: {}", "Output: there is no section 'Output' (did you mean Outputs?) "
                                 "[template.section]\n");
    assert_section("AWSTemplateFormatVersion: 2010-09-10",
                   "AWSTemplateFormatVersion: must be '2010-09-09', not '2010-09-10' "
                   "[template.shape]\n");
    assert_section("Description: [x]", "Description: must be a string, not a list "
                                       "[template.shape]\n");
    assert_section("Metadata: {a: {Ref: nothing}, b: !Anything x}",
                   "must be a function's short form, such as !Ref, not '!Anything' "
                   "[template.syntax]\n");
    assert_section("Metadata: {a: {Ref: nothing}}", "");
    assert_section("Globals: {}", "Globals: there is no section 'Globals' [template.section]\n");
    assert_section("Globals: {}\nTransform: AWS::Serverless-2016-10-31", "");
}

static void tells_wrong_names(void **state) {
    (void)state;
    assert_told("Resources: {a-b: {Type: AWS::SQS::Queue}}",
                "1:13: Resources.a-b: must be named with letters and digits only, not 'a-b' "
                "[template.shape]\n");
    struct cfn_text text = {0};
    cfn_text_put(&text, "Resources: {? ");
    for (int i = 0; i < 256; i++)
        cfn_text_put(&text, "x");
    cfn_text_put(&text, " : {Type: AWS::SQS::Queue}}");
    char *lines = told(text.data);
    assert_non_null(strstr(lines, "must have a name of at most 255 characters, not 256 "
                                  "[template.limit]\n"));
    free(lines);
    cfn_text_done(&text);
    assert_section("Parameters: {A: {Type: String}}",
                   "Parameters.A: must not have the name of a resource: both answer to Ref "
                   "[template.shape]\n");
}

static void tells_wrong_types(void **state) {
    (void)state;
    assert_resource("Type: AWS::SQS::Queu", "Type: there is no resource type 'AWS::SQS::Queu' (did "
                                            "you mean AWS::SQS::Queue?) [resource.type]\n");
    assert_resource("Type: Bucket", "Type: there is no resource type 'Bucket' [resource.type]\n");
    assert_resource("Type: AWS::Serverless::Function, Properties: {X: y}",
                    "Type: needs 'Transform: AWS::Serverless-2016-10-31' in the template, to be "
                    "AWS::Serverless::Function [resource.type]\n");
    assert_resource("Type: Custom::X", "must have ServiceToken, which Custom::X requires "
                                       "[property.required]\n");
    assert_resource("Type: Our::Own::Thing, Properties: {X: !Ref Q}",
                    "Properties.X.Ref: there is no parameter or resource 'Q' "
                    "[reference.ref]\n");
}

static void tells_wrong_attributes(void **state) {
    (void)state;
    assert_resource("Type: AWS::SQS::Queue, DependOn: B",
                    "DependOn: there is no attribute 'DependOn' (did you mean DependsOn?) "
                    "[resource.attribute]\n");
    assert_resource("Type: AWS::SQS::Queue, QueueName: B",
                    "QueueName: there is no attribute 'QueueName' (QueueName belongs in "
                    "Properties) [resource.attribute]\n");
    assert_resource("Type: AWS::SQS::Queue, DeletionPolicy: retain",
                    "DeletionPolicy: must be Delete, Retain, Snapshot or RetainExceptOnCreate, not "
                    "'retain' (did you mean Retain?) [resource.attribute]\n");
    assert_resource("Type: AWS::SQS::Queue, UpdateReplacePolicy: RetainExceptOnCreate",
                    "UpdateReplacePolicy: must be Delete, Retain or Snapshot, not "
                    "'RetainExceptOnCreate' [resource.attribute]\n");
    assert_resource("Type: AWS::SQS::Queue, DeletionPolicy: {Ref: P}",
                    "DeletionPolicy: must be Delete, Retain, Snapshot or RetainExceptOnCreate, not "
                    "Ref [resource.attribute]\n");
    assert_resource("Type: AWS::SQS::Queue, Metadata: x, UpdatePolicy: {a: {Ref: Q}}",
                    "Metadata: must be an object, not 'x' [resource.attribute]\n"
                    "UpdatePolicy.a.Ref: there is no parameter or resource 'Q' "
                    "[reference.ref]\n");
}

static void tells_wrong_parameters(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"{}", ": must have a Type, such as String [parameter.type]\n"},
        {"x", ": must be an object with a Type, not 'x' [parameter.shape]\n"},
        {"{Type: [x]}", ".Type: must be a string, not a list [parameter.type]\n"},
        {"{Type: string}", ".Type: must be a parameter type, such as String or List<Number>, not "
                           "'string' (did you mean String?) [parameter.type]\n"},
        {"{Type: List<CommaDelimitedLists>}",
         ".Type: must be a parameter type, such as String or List<Number>, not "
         "'List<CommaDelimitedLists>' [parameter.type]\n"},
        {"{Type: String, default: x}", ".default: there is no attribute 'default' (did you mean "
                                       "Default?) [parameter.attribute]\n"},
        {"{Type: String, Description: [x]}",
         ".Description: must be a string, not a list [parameter.shape]\n"},
        {"{Type: String, AllowedValues: x}",
         ".AllowedValues: must be a list, not 'x' [parameter.shape]\n"},
        {"{Type: String, AllowedValues: []}",
         ".AllowedValues: must have at least one value [parameter.shape]\n"},
        {"{Type: Number, MinValue: a}", ".MinValue: must be a number, not 'a' [parameter.shape]\n"},
        {"{Type: String, Default: [x]}",
         ".Default: must be a string, not a list [parameter.default]\n"},
        {"{Type: String, Default: c, AllowedValues: [a, b]}",
         ".Default: must be one of the AllowedValues, not 'c' [parameter.default]\n"},
        {"{Type: String, Default: Ab, AllowedPattern: '[a-z]+'}",
         ".Default: must match its AllowedPattern [a-z]+, not 'Ab' [parameter.default]\n"},
        {"{Type: String, Default: a, AllowedPattern: '[a-z'}", ""},
        {"{Type: String, Default: abc, MaxLength: 2}",
         ".Default: must have a length of at most 2, not 'abc' [parameter.default]\n"},
        {"{Type: Number, Default: abc}",
         ".Default: must be a number, not 'abc' [parameter.default]\n"},
        {"{Type: Number, Default: 0.25, MinValue: '0.5'}",
         ".Default: must have a value of at least 0.5, not '0.25' [parameter.default]\n"},
        {"{Type: Number, Default: 1e3, MaxValue: -0.5}",
         ".Default: must have a value of at most -0.5, not '1e3' [parameter.default]\n"},
        {"{Type: List<Number>, Default: '1,x'}",
         ".Default: must be a number, not 'x' [parameter.default]\n"},
        {"{Type: CommaDelimitedList, Default: 'a, c', AllowedValues: [a, b]}",
         ".Default: must be one of the AllowedValues, not 'c' [parameter.default]\n"},
        {"{Type: CommaDelimitedList, Default: 'a,b', AllowedValues: ['a,b']}", ""},
        {"{Type: AWS::SSM::Parameter::Value<String>, Default: /x, AllowedValues: [/x]}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "%sParameters: {P: %s}", queue, cases[i][0]);
        char *lines = told(text), *path = strstr(lines, "Parameters.P");
        assert_string_equal(path ? path + strlen("Parameters.P") : lines, cases[i][1]);
        free(lines);
    }
}

static void knows_what_parameters_give(void **state) {
    (void)state;
    const char *lists[] = {"CommaDelimitedList", "List<Number>", "List<AWS::EC2::Subnet::Id>",
                           "AWS::SSM::Parameter::Value<List<String>>",
                           "AWS::SSM::Parameter::Value<CommaDelimitedList>"};
    const char *scalars[] = {"String", "Number", "AWS::EC2::VPC::Id", "AWS::SSM::Parameter::Name",
                             "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"};
    char text[512];
    for (size_t i = 0; i < 10; i++) {
        const char *type = i < 5 ? lists[i] : scalars[i - 5];
        snprintf(text, sizeof text, "%sParameters: {P: {Type: '%s'}}\nOutputs: {O: {Value: %s}}",
                 queue, type, i < 5 ? "!Join [',', !Ref P]" : "!Ref P");
        assert_told(text, "");
        snprintf(text, sizeof text, "%sParameters: {P: {Type: '%s'}}\nOutputs: {O: {Value: %s}}",
                 queue, type, i < 5 ? "!Ref P" : "!Join [',', !Ref P]");
        char *lines = told(text);
        assert_non_null(strstr(lines, "[value.kind]"));
        free(lines);
    }
}

static void tells_wrong_mappings(void **state) {
    (void)state;
    assert_section("Mappings: {M: {a: {x: 1, y: [a, b]}}}", "");
    assert_section("Mappings: {M: [a]}",
                   "Mappings.M: must be an object of objects, not a list [mapping.shape]\n");
    assert_section("Mappings: {M: {a: b}}",
                   "Mappings.M.a: must be an object of values, not 'b' [mapping.shape]\n");
    assert_section("Mappings: {M: {a: {x: {y: z}}}}",
                   "Mappings.M.a.x: must be a string or a list of strings, not an object "
                   "[mapping.shape]\n");
    assert_section("Mappings: {M: {a: {x: [[y]]}}}",
                   "Mappings.M.a.x[0]: must be a string, not a list [mapping.shape]\n");
    assert_section("Mappings: {'M-': {a: {x: y}}}",
                   "Mappings.M-: must be named with letters and digits only, not 'M-' "
                   "[template.shape]\n");
}

static void tells_wrong_outputs(void **state) {
    (void)state;
    const char *cases[][2] = {
        {"{Value: x, Description: y, Export: {Name: z}}", ""},
        {"{Value: 5}", ""},
        {"x", ": must be an object with a Value, not 'x' [output.shape]\n"},
        {"{}", ": must have a Value [output.value]\n"},
        {"{Value: [x]}", ".Value: must be a single value, not a list [value.kind]\n"},
        {"{Value: {x: y}}", ".Value: must be a single value, not an object [value.kind]\n"},
        {"{Value: !GetAZs ''}",
         ".Value: must be a single value, not Fn::GetAZs, which gives a list [value.kind]\n"},
        {"{Value: x, Export: y}",
         ".Export: must be an object with a Name, not 'y' [output.export]\n"},
        {"{Value: x, Export: {}}", ".Export: must have a Name [output.export]\n"},
        {"{Value: x, Export: {Name: [z]}}",
         ".Export.Name: must be a single value, not a list [value.kind]\n"},
        {"{Value: x, Exports: {Name: z}}", ".Exports: there is no attribute 'Exports' (did you "
                                           "mean Export?) [output.attribute]\n"},
        {"{Value: x, Description: [z]}",
         ".Description: must be a string, not a list [output.shape]\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "%sOutputs: {O: %s}", queue, cases[i][0]);
        char *lines = told(text), *path = strstr(lines, "Outputs.O");
        assert_string_equal(path ? path + strlen("Outputs.O") : lines, cases[i][1]);
        free(lines);
    }
    assert_section("Outputs: {A: {Value: x, Export: {Name: n}}, B: {Value: y, Export: {Name: n}}}",
                   "Outputs.B.Export: must not export what A exports: 'n' [output.export]\n");
}

static void tells_loops_without_their_transform(void **state) {
    (void)state;
    assert_section("Outputs: {'Fn::ForEach::X': [a, [b], {}]}",
                   "Outputs.Fn::ForEach::X: needs 'Transform: AWS::LanguageExtensions' "
                   "[function.unknown]\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_is_no_template),
        cmocka_unit_test(tells_wrong_sections),
        cmocka_unit_test(tells_wrong_names),
        cmocka_unit_test(tells_wrong_types),
        cmocka_unit_test(tells_wrong_attributes),
        cmocka_unit_test(tells_wrong_parameters),
        cmocka_unit_test(knows_what_parameters_give),
        cmocka_unit_test(tells_wrong_mappings),
        cmocka_unit_test(tells_wrong_outputs),
        cmocka_unit_test(tells_loops_without_their_transform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

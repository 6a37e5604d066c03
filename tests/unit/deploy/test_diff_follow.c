#include "diff_fixture.h"

#define NETWORK                                                                                    \
    "Resources:\n"                                                                                 \
    "  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: %s}}\n"                                  \
    "  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: a}}\n"            \
    "  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, "          \
    "SubnetIds: [!Ref Subnet]}}\n"                                                                 \
    "  Topic: {Type: AWS::SNS::Topic, DependsOn: Vpc}\n"                                           \
    "Outputs:\n"                                                                                   \
    "  Id: {Value: !Sub '${Vpc}', Export: {Name: vpc}}\n"                                          \
    "  Net: {Value: !GetAtt Topic.TopicArn}\n"

static void what_refers_to_what_is_replaced_follows(void **state) {
    (void)state;
    struct cfn_text bodies[2] = {{0}, {0}};
    cfn_text_printf(&bodies[0], NETWORK, "10.0.0.0/16");
    cfn_text_printf(&bodies[1], NETWORK, "10.1.0.0/16");
    assert_diff(bodies[0].data, bodies[1].data,
                "~ Resources.Vpc replaces\n"
                "  Properties.CidrBlock: \"10.0.0.0/16\" -> \"10.1.0.0/16\" replaces\n"
                "~ Resources.Subnet may replace\n"
                "  Properties.VpcId: Vpc is replaced may replace\n"
                "~ Resources.Group\n"
                "  Properties.SubnetIds.0: Subnet may be replaced\n"
                "~ Outputs.Id\n"
                "  Value: Vpc is replaced\n"
                "  * changes the export vpc, which no stack may import then\n");
    cfn_text_done(&bodies[0]);
    cfn_text_done(&bodies[1]);
}

static void the_loss_of_data_is_followed(void **state) {
    (void)state;
    assert_diff("Resources:\n"
                "  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupName: a}}\n"
                "  Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: shop, "
                "DBSubnetGroupName: !Ref Group}}",
                "Resources:\n"
                "  Group: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupName: b}}\n"
                "  Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: shop, "
                "DBSubnetGroupName: !Ref Group}}",
                "~ Resources.Group replaces\n"
                "  Properties.DBSubnetGroupName: \"a\" -> \"b\" replaces\n"
                "~ Resources.Db may replace !loses data\n"
                "  Properties.DBSubnetGroupName: Group is replaced may replace !loses data\n"
                "  * may replace the database shop and deletes what is in it\n");
}

static const char with_parameters[] =
    "Parameters: {Name: {Type: String}, Secret: {Type: String, NoEcho: true, MinLength: 8}}\n"
    "Resources:\n"
    "  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name}}\n"
    "  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub 'x-${Name}'}}\n"
    "  C: {Type: AWS::SNS::Topic, Properties: {TopicName: fixed}}\n"
    "  D: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Select [0, [a, !Ref Name]]}}\n";

static void parameters_are_followed(void **state) {
    (void)state;
    assert_compared((struct written){with_parameters, "{Name: a, Secret: '****'}", NULL},
                    (struct written){with_parameters, "{Name: b, Secret: abcdefghi}", NULL},
                    "~ Resources.A replaces\n"
                    "  Properties.TopicName: the parameter Name changes replaces\n"
                    "~ Resources.B\n"
                    "  Properties.DisplayName: the parameter Name changes\n"
                    "~ Parameters.Name\n  Value: \"a\" -> \"b\"\n");
    assert_compared((struct written){with_parameters, "{Name: a, Secret: abcdefgh}", NULL},
                    (struct written){with_parameters, NULL, NULL}, "");
}

static const char with_conditions[] =
    "Parameters: {Big: {Type: String}}\n"
    "Conditions: {IsBig: !Equals [!Ref Big, 'true'], IsSmall: !Not [{Condition: IsBig}],\n"
    "  Same: !Not [!Equals [!Ref Big, 'maybe']]}\n"
    "Resources:\n"
    "  Data: {Type: AWS::S3::Bucket, Condition: IsBig}\n"
    "  Less: {Type: AWS::SNS::Topic, Condition: IsSmall}\n"
    "  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [IsBig, a, b], TopicName: !If "
    "[IsBig, c, c], KmsMasterKeyId: !If [Same, d, e]}}\n"
    "Outputs: {O: {Condition: IsBig, Value: x, Export: {Name: e}}}\n";

static void conditions_take_away_and_bring(void **state) {
    (void)state;
    assert_compared((struct written){with_conditions, "{Big: 'true'}", NULL},
                    (struct written){with_conditions, "{Big: 'false'}", NULL},
                    "+ Resources.Less\n  * the condition IsSmall is true now\n"
                    "~ Resources.Topic\n"
                    "  Properties.DisplayName: the condition IsBig changes\n"
                    "- Resources.Data !loses data\n"
                    "  * the condition IsBig is false now; deletes the bucket Data and what is in "
                    "it\n"
                    "- Outputs.O\n"
                    "  * removes the export e, which no stack may import then\n"
                    "~ Parameters.Big\n  Value: \"true\" -> \"false\"\n"
                    "~ Conditions.IsBig\n  Value: true -> false\n"
                    "~ Conditions.IsSmall\n  Value: false -> true\n");
}

/* The region is not known: a condition counts as changed when its words change. */
static void conditions_that_cannot_be_evaluated(void **state) {
    (void)state;
    const char *body = "Conditions: {C: !Equals [!Ref 'AWS::Region', %s]}\n"
                       "Resources: {A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [C, "
                       "a, b]}}, B: {Type: AWS::S3::Bucket, Condition: C}}";
    struct cfn_text bodies[2] = {{0}, {0}};
    for (const char *at = body; *at; at++) {
        bool gap = at[0] == '%' && at[1] == 's';
        cfn_text_printf(&bodies[0], "%.*s", 1, gap ? "x" : at);
        cfn_text_printf(&bodies[1], "%.*s", 1, gap ? "y" : at);
        at += gap;
    }
    assert_diff(bodies[0].data, bodies[1].data,
                "~ Resources.A\n"
                "  Properties.DisplayName: the condition C changes\n"
                "~ Conditions.C\n"
                "  Definition: {\"Fn::Equals\":[{\"Ref\":\"AWS::Region\"},\"x\"]} -> "
                "{\"Fn::Equals\":[{\"Ref\":\"AWS::Region\"},\"y\"]}\n");
    cfn_text_done(&bodies[0]);
    cfn_text_done(&bodies[1]);
}

static void the_world_tells_conditions(void **state) {
    (void)state;
    static const struct cfn_world here = {.region = "eu-west-1"};
    json_t *before = read_yaml("Conditions: {C: !Equals [!Ref 'AWS::Region', eu-west-1]}\n"
                               "Resources: {B: {Type: AWS::S3::Bucket, Condition: C}}");
    json_t *after = read_yaml("Conditions: {C: !Equals [!Ref 'AWS::Region', eu-west-2]}\n"
                              "Resources: {B: {Type: AWS::S3::Bucket, Condition: C}}");
    struct cfn_side sides[] = {{.body = before, .world = &here}, {.body = after, .world = &here}};
    struct cfn_diff *diff = cfn_diff_new(&sides[0], &sides[1]);
    assert_int_equal(cfn_diff_at(diff, 0)->action, CFN_CHANGE_REMOVE);
    assert_int_equal(cfn_diff_dangers(diff), CFN_LOSES_DATA);
    cfn_diff_free(diff);
    json_decref(before);
    json_decref(after);
}

#define MAPPED(a, b)                                                                               \
    "Parameters: {Row: {Type: String, Default: r}}\n"                                              \
    "Mappings: {M: {r: {x: " a ", y: " b "}}}\n"                                                   \
    "Resources:\n"                                                                                 \
    "  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !FindInMap [M, r, x]}}\n"              \
    "  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !FindInMap [M, !Ref Row, y]}}\n"

static void mappings_are_followed(void **state) {
    (void)state;
    assert_diff(MAPPED("a", "b"), MAPPED("c", "b"),
                "~ Resources.A\n"
                "  Properties.DisplayName: the mapping M changes\n"
                "~ Mappings.M\n  r.x: \"a\" -> \"c\"\n");
    assert_diff(MAPPED("a", "b"), MAPPED("a", "c"),
                "~ Resources.B replaces\n"
                "  Properties.TopicName: the mapping M changes replaces\n"
                "~ Mappings.M\n  r.y: \"b\" -> \"c\"\n");
    /* Where nothing can be evaluated: a cell that stays is no cause. */
    assert_diff("Conditions: {C: !Equals [!Ref 'AWS::Region', x]}\n" MAPPED("a", "b"),
                "Conditions: {C: !Equals [!Ref 'AWS::Region', x]}\n" MAPPED("a", "c"),
                "~ Resources.B may replace\n"
                "  Properties.TopicName: the mapping M changes may replace\n"
                "~ Mappings.M\n  r.y: \"b\" -> \"c\"\n");
}

/* What the template itself says otherwise is told once, and a circle ends. */
static void ends_and_tells_once(void **state) {
    (void)state;
    assert_diff("Parameters: {P: {Type: String, Default: a}}\n"
                "Resources:\n"
                "  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '1${P}${B}'}}\n"
                "  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${A}'}}\n",
                "Parameters: {P: {Type: String, Default: b}}\n"
                "Resources:\n"
                "  A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '2${P}${B}'}}\n"
                "  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !Sub '${A}'}}\n",
                "~ Resources.A replaces\n"
                "  Properties.TopicName: {\"Fn::Sub\":\"1${P}${B}\"} -> "
                "{\"Fn::Sub\":\"2${P}${B}\"} replaces\n"
                "~ Resources.B may replace\n"
                "  Properties.TopicName: A is replaced may replace\n"
                "~ Parameters.P\n  Default: \"a\" -> \"b\"\n  Value: \"a\" -> \"b\"\n");
    assert_compared(
        (struct written){"Parameters: {P: {Type: String}}\nResources: {A: {Type: T::T::T, "
                         "Properties: {L: [{Name: a, V: !Ref P}, {Name: b}]}}}",
                         "{P: x}", NULL},
        (struct written){"Parameters: {P: {Type: String}}\nResources: {A: {Type: T::T::T, "
                         "Properties: {L: [{Name: b}, {Name: a, V: !Ref P}]}}}",
                         "{P: y}", NULL},
        "~ Resources.A\n"
        "  Properties.L: [{\"Name\":\"a\",\"V\":{\"Ref\":\"P\"}},{\"Name\":\"b\"}] -> "
        "[{\"Name\":\"b\"},{\"Name\":\"a\",\"V\":{\"Ref\":\"P\"}}]\n"
        "~ Parameters.P\n  Value: \"x\" -> \"y\"\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_refers_to_what_is_replaced_follows),
        cmocka_unit_test(the_loss_of_data_is_followed),
        cmocka_unit_test(parameters_are_followed),
        cmocka_unit_test(conditions_take_away_and_bring),
        cmocka_unit_test(conditions_that_cannot_be_evaluated),
        cmocka_unit_test(the_world_tells_conditions),
        cmocka_unit_test(mappings_are_followed),
        cmocka_unit_test(ends_and_tells_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "diff_fixture.h"

static void equal_templates_have_no_change(void **state) {
    (void)state;
    assert_resource("Type: AWS::S3::Bucket", "Type: AWS::S3::Bucket", "");
    assert_resource("Type: AWS::S3::Bucket", "Type: AWS::S3::Bucket, Properties: {}", "");
    assert_resource("Type: AWS::S3::Bucket, Metadata: {a: 1}", "Type: AWS::S3::Bucket", "");
    /* What CloudFormation reads as the same. */
    assert_resource("Type: AWS::SQS::Queue, Properties: {DelaySeconds: '5'}",
                    "Type: AWS::SQS::Queue, Properties: {DelaySeconds: 5}", "");
    assert_resource("Type: AWS::SQS::Queue, Properties: {FifoQueue: 'true'}",
                    "Type: AWS::SQS::Queue, Properties: {FifoQueue: true}", "");
    assert_resource("Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt A.B}",
                    "Type: AWS::SQS::Queue, Properties: {QueueName: {'Fn::GetAtt': [A, B]}}", "");
    assert_resource("Type: AWS::SQS::Queue, Properties: {QueueName: {'Fn::GetAtt': A.B}}",
                    "Type: AWS::SQS::Queue, Properties: {QueueName: {'Fn::GetAtt': [A, B]}}", "");
    assert_resource("Type: AWS::SQS::Queue, Properties: {QueueName: !Ref AWS::NoValue}",
                    "Type: AWS::SQS::Queue", "");
    assert_resource("Type: T::T::T, DependsOn: A", "Type: T::T::T, DependsOn: [A]", "");
    assert_resource("Type: T::T::T, DependsOn: [A, B]", "Type: T::T::T, DependsOn: [B, A]", "");
}

static void resources_come_and_go(void **state) {
    (void)state;
    assert_diff("Resources: {A: {Type: AWS::SNS::Topic}, B: {Type: AWS::SNS::Topic}}",
                "Resources: {C: {Type: AWS::SNS::Topic}, B: {Type: AWS::SNS::Topic}}",
                "+ Resources.C\n- Resources.A\n");
    assert_compared((struct written){NULL, NULL, NULL},
                    (struct written){"Resources: {C: {Type: AWS::SNS::Topic}}", NULL, NULL},
                    "+ Resources.C\n");
}

static void properties_are_compared_to_their_depth(void **state) {
    (void)state;
    assert_resource("Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}",
                    "Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}",
                    "~ Resources.X replaces\n"
                    "  Properties.CidrBlock: \"10.0.0.0/16\" -> \"10.1.0.0/16\" replaces\n");
    assert_resource("Type: AWS::EC2::VPC, Properties: {EnableDnsSupport: true}",
                    "Type: AWS::EC2::VPC, Properties: {EnableDnsHostnames: true}",
                    "~ Resources.X\n"
                    "  Properties.EnableDnsHostnames: nothing -> true\n"
                    "  Properties.EnableDnsSupport: true -> nothing\n");
    assert_resource("Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {LogFilePrefix: a}}",
                    "Type: AWS::S3::Bucket, Properties: {LoggingConfiguration: {LogFilePrefix: b}}",
                    "~ Resources.X\n"
                    "  Properties.LoggingConfiguration.LogFilePrefix: \"a\" -> \"b\"\n");
    assert_resource("Type: No::Such::Type, Properties: {A: {B: [{C: 1}]}}",
                    "Type: No::Such::Type, Properties: {A: {B: [{C: '1'}]}}",
                    "~ Resources.X\n  Properties.A.B.0.C: 1 -> \"1\"\n");
    assert_resource("Type: T::T::T, Properties: {A: !Sub a}",
                    "Type: T::T::T, Properties: {A: !Sub b}",
                    "~ Resources.X\n"
                    "  Properties.A: {\"Fn::Sub\":\"a\"} -> {\"Fn::Sub\":\"b\"}\n");
    assert_resource("Type: T::T::T, Properties: {A: !If [C, {B: 1}, 2]}",
                    "Type: T::T::T, Properties: {A: !If [C, {B: 3}, 2]}",
                    "~ Resources.X\n  Properties.A.Fn::If.1.B: 1 -> 3\n");
}

/* That which replaces may lie below a property that does not. */
static void nested_properties_replace(void **state) {
    (void)state;
    assert_resource("Type: AWS::EMR::Cluster, UpdateReplacePolicy: Retain, "
                    "Properties: {Instances: {Placement: {AvailabilityZone: a}}}",
                    "Type: AWS::EMR::Cluster, UpdateReplacePolicy: Retain, "
                    "Properties: {Instances: {Placement: {AvailabilityZone: b}}}",
                    "~ Resources.X replaces !replaces data\n"
                    "  Properties.Instances.Placement.AvailabilityZone: \"a\" -> \"b\" replaces "
                    "!replaces data\n"
                    "  * replaces the cluster X; the old one stays in the account\n");
    assert_resource("Type: AWS::MSK::Replicator",
                    "Type: AWS::MSK::Replicator, Properties: {ReplicationInfoList: "
                    "[{TargetKafkaClusterArn: a}]}",
                    "~ Resources.X replaces\n"
                    "  Properties.ReplicationInfoList: nothing -> "
                    "[{\"TargetKafkaClusterArn\":\"a\"}] replaces\n");
    assert_resource("Type: AWS::ECS::Service, Properties: {DeploymentController: {Type: ECS}}",
                    "Type: AWS::ECS::Service",
                    "~ Resources.X replaces\n"
                    "  Properties.DeploymentController: {\"Type\":\"ECS\"} -> nothing replaces\n");
}

static void attributes_are_compared(void **state) {
    (void)state;
    assert_resource(
        "Type: T::T::T, DependsOn: A, CreationPolicy: {ResourceSignal: {Count: 1}}",
        "Type: T::T::T, DependsOn: [A, B], CreationPolicy: {ResourceSignal: {Count: 2}}",
        "~ Resources.X\n"
        "  DependsOn: \"A\" -> [\"A\",\"B\"]\n"
        "  CreationPolicy.ResourceSignal.Count: 1 -> 2\n");
    assert_resource("Type: T::T::T, UpdatePolicy: {A: 1}, Condition: C", "Type: T::T::T",
                    "~ Resources.X\n"
                    "  UpdatePolicy: {\"A\":1} -> nothing\n"
                    "  Condition: \"C\" -> nothing\n");
    assert_resource("Type: AWS::SNS::Topic, Properties: {TopicName: a}",
                    "Type: AWS::SNS::Subscription, Properties: {TopicName: a}",
                    "~ Resources.X replaces\n"
                    "  Type: \"AWS::SNS::Topic\" -> \"AWS::SNS::Subscription\" replaces\n"
                    "  * CloudFormation refuses another type for X: it must have another logical "
                    "id\n");
}

static void tags_are_a_set_by_key(void **state) {
    (void)state;
    assert_resource(
        "Type: AWS::SNS::Topic, Properties: {Tags: [{Key: a, Value: 1}, {Key: b, Value: 2}]}",
        "Type: AWS::SNS::Topic, Properties: {Tags: [{Key: b, Value: 2}, {Key: a, Value: 1}]}", "");
    assert_resource(
        "Type: AWS::SNS::Topic, Properties: {Tags: [{Key: a, Value: 1}, {Key: b, Value: 2}]}",
        "Type: AWS::SNS::Topic, Properties: {Tags: [{Key: c, Value: 4}, {Key: b, Value: 3}]}",
        "~ Resources.X\n"
        "  Properties.Tags.0: nothing -> {\"Key\":\"c\",\"Value\":4}\n"
        "  Properties.Tags.1.Value: 2 -> 3\n"
        "  Properties.Tags.0: {\"Key\":\"a\",\"Value\":1} -> nothing\n");
}

static void lists_are_compared_by_what_stays(void **state) {
    (void)state;
    assert_resource("Type: T::T::T, Properties: {L: [1, 2, 3, 4]}",
                    "Type: T::T::T, Properties: {L: [1, 9, 3, 4, 5]}",
                    "~ Resources.X\n"
                    "  Properties.L.1: 2 -> 9\n"
                    "  Properties.L.4: nothing -> 5\n");
    assert_resource("Type: T::T::T, Properties: {L: [1, 2, 3]}",
                    "Type: T::T::T, Properties: {L: [0, 1, 3]}",
                    "~ Resources.X\n"
                    "  Properties.L.0: nothing -> 0\n"
                    "  Properties.L.1: 2 -> nothing\n");
    /* Named items, one of them elsewhere now. */
    assert_resource("Type: T::T::T, Properties: {L: [{Name: a, V: 1}, {Name: b, V: 1}]}",
                    "Type: T::T::T, Properties: {L: [{Name: n}, {Name: a, V: 1}, {Name: b, V: 2}]}",
                    "~ Resources.X\n"
                    "  Properties.L.0: nothing -> {\"Name\":\"n\"}\n"
                    "  Properties.L.2.V (Properties.L.1.V): 1 -> 2\n");
    assert_resource("Type: T::T::T, Properties: {L: [{Name: a}, {Name: b}]}",
                    "Type: T::T::T, Properties: {L: [{Name: b}, {Name: a}]}",
                    "~ Resources.X\n"
                    "  Properties.L: [{\"Name\":\"a\"},{\"Name\":\"b\"}] -> "
                    "[{\"Name\":\"b\"},{\"Name\":\"a\"}]\n");
    /* A list whose items differ is a set. */
    assert_resource("Type: AWS::S3::Bucket, Properties: {CorsConfiguration: {CorsRules: ["
                    "{AllowedMethods: [GET, PUT], AllowedOrigins: [a]}]}}",
                    "Type: AWS::S3::Bucket, Properties: {CorsConfiguration: {CorsRules: ["
                    "{AllowedMethods: [PUT, GET], AllowedOrigins: [a]}]}}",
                    "");
}

static void outputs_are_compared(void **state) {
    (void)state;
#define R "Resources: {A: {Type: AWS::SNS::Topic}}\n"
    assert_diff(R "Outputs: {O: {Value: a, Description: x}}", R "Outputs: {O: {Value: b}}",
                "~ Outputs.O\n  Value: \"a\" -> \"b\"\n");
    assert_diff(R "Outputs: {O: {Value: a, Export: {Name: e}}}",
                R "Outputs: {O: {Value: a, Export: {Name: f}}}",
                "~ Outputs.O\n  Export.Name: \"e\" -> \"f\"\n"
                "  * renames the export e, which no stack may import then\n");
    assert_diff(R "Outputs: {O: {Value: a, Export: {Name: e}}}", R,
                "- Outputs.O\n  * removes the export e, which no stack may import then\n");
    assert_diff(R "Outputs: {O: {Value: a, Export: {Name: e}}}", R "Outputs: {O: {Value: a}}",
                "~ Outputs.O\n  Export: {\"Name\":\"e\"} -> nothing\n"
                "  * removes the export e, which no stack may import then\n");
    assert_diff(R "Outputs: {O: {Value: a, Export: {Name: e}}}",
                R "Outputs: {O: {Value: b, Export: {Name: !Sub e}}}",
                "~ Outputs.O\n  Value: \"a\" -> \"b\"\n"
                "  Export.Name: \"e\" -> {\"Fn::Sub\":\"e\"}\n"
                "  * changes the export e, which no stack may import then\n");
    assert_diff(R, R "Outputs: {O: {Value: a}}", "+ Outputs.O\n");
}

static void the_other_sections_are_compared(void **state) {
    (void)state;
    assert_diff(R "Parameters: {P: {Type: String, Default: a}}\nMappings: {M: {a: {b: c}}}",
                R "Parameters: {P: {Type: String, Default: b}, Q: {Type: String}}\n"
                  "Mappings: {M: {a: {b: d}}, N: {a: {b: c}}}",
                "~ Parameters.P\n  Default: \"a\" -> \"b\"\n  Value: \"a\" -> \"b\"\n"
                "+ Parameters.Q\n~ Mappings.M\n  a.b: \"c\" -> \"d\"\n+ Mappings.N\n");
    assert_diff(R "Conditions: {C: !Equals [a, b], D: !Equals [a, a]}",
                R "Conditions: {C: !Equals [a, a], D: !Equals [b, b]}",
                "~ Conditions.C\n  Value: false -> true\n"
                "  Definition: {\"Fn::Equals\":[\"a\",\"b\"]} -> {\"Fn::Equals\":[\"a\",\"a\"]}\n"
                "~ Conditions.D\n"
                "  Definition: {\"Fn::Equals\":[\"a\",\"a\"]} -> {\"Fn::Equals\":[\"b\",\"b\"]}\n");
    assert_compared((struct written){R, NULL, "{a: '1', b: '2', c: '3'}"},
                    (struct written){R, NULL, "{a: '1', b: '3', d: '4'}"},
                    "~ Tags.b\n  Value: \"2\" -> \"3\"\n+ Tags.d\n- Tags.c\n");
    assert_diff(R "Transform: A", R "Transform: B\nDescription: x\nMetadata: {a: 1}",
                "~ Transform.Transform\n  Value: \"A\" -> \"B\"\n");
}

static void secrets_are_not_shown(void **state) {
    (void)state;
    assert_compared(
        (struct written){R "Parameters: {P: {Type: String, NoEcho: true}}", "{P: before1}", NULL},
        (struct written){R "Parameters: {P: {Type: String, NoEcho: true, Default: after2}}",
                         "{P: after1}", NULL},
        "~ Parameters.P\n  Default: nothing -> \"****\"\n  Value: \"****\" -> \"****\"\n");
    /* What it was is not known: it counts as unchanged. */
    assert_compared(
        (struct written){R "Parameters: {P: {Type: String, NoEcho: true}}", "{P: '****'}", NULL},
        (struct written){R "Parameters: {P: {Type: String, NoEcho: true}}", "{P: new}", NULL}, "");
    assert_compared(
        (struct written){R "Parameters: {DbPassword: {Type: String}}", "{DbPassword: a}", NULL},
        (struct written){R "Parameters: {DbPassword: {Type: String}}", "{DbPassword: b}", NULL},
        "~ Parameters.DbPassword\n  Value: \"****\" -> \"****\"\n");
    assert_resource("Type: T::T::T, Properties: {MasterUserPassword: old, A: {AuthToken: t}, "
                    "SecretArn: arn1, PasswordLength: 8, E: [{Name: API_KEY, Value: v}], "
                    "S: {ClientSecret: '{{resolve:secretsmanager:a}}'}, U: 'x;password=y'}",
                    "Type: T::T::T, Properties: {MasterUserPassword: !Sub new, A: {AuthToken: "
                    "!Ref P}, "
                    "SecretArn: arn2, PasswordLength: 9, E: [{Name: API_KEY, Value: w}], "
                    "S: {ClientSecret: '{{resolve:secretsmanager:b}}'}, U: 'x;password=z'}",
                    "~ Resources.X\n"
                    "  Properties.MasterUserPassword: \"****\" -> {\"Fn::Sub\":\"****\"}\n"
                    "  Properties.A.AuthToken: \"****\" -> {\"Ref\":\"P\"}\n"
                    "  Properties.SecretArn: \"arn1\" -> \"arn2\"\n"
                    "  Properties.PasswordLength: 8 -> 9\n"
                    "  Properties.E.0.Value: \"****\" -> \"****\"\n"
                    "  Properties.S.ClientSecret: \"{{resolve:secretsmanager:a}}\" -> "
                    "\"{{resolve:secretsmanager:b}}\"\n"
                    "  Properties.U: \"****\" -> \"****\"\n");
    assert_resource("Type: T::T::T",
                    "Type: T::T::T, Properties: {A: {B: [{Password: x, C: y}], D: !GetAtt S.T}}",
                    "~ Resources.X\n  Properties.A: nothing -> "
                    "{\"B\":[{\"C\":\"y\",\"Password\":\"****\"}],\"D\":{\"Fn::GetAtt\":[\"S\","
                    "\"T\"]}}\n");
}

static void is_told_as_json(void **state) {
    (void)state;
    json_t *before = read_yaml("Resources: {A: {Type: AWS::S3::Bucket}, B: {Type: AWS::EC2::VPC, "
                               "Properties: {CidrBlock: a, Tags: [{Key: a}]}}}");
    json_t *after =
        read_yaml("Resources: {B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: b, "
                  "Tags: [{Key: b}, {Key: a, Value: c}]}}, C: {Type: AWS::SNS::Topic}}");
    struct cfn_side sides[] = {{.body = before}, {.body = after}};
    struct cfn_diff *diff = cfn_diff_new(&sides[0], &sides[1]);
    json_t *json = cfn_diff_json(diff);
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(
        text,
        "[{\"action\":\"modify\",\"section\":\"Resources\",\"logical_id\":\"B\",\"type\":"
        "\"AWS::EC2::VPC\",\"replacement\":\"replaces\",\"properties\":[{\"path\":"
        "\"Properties.CidrBlock\",\"before\":\"a\",\"after\":\"b\",\"replacement\":\"replaces\"},"
        "{\"path\":\"Properties.Tags.0\",\"after\":{\"Key\":\"b\"}},{\"path\":"
        "\"Properties.Tags.1.Value\",\"path_before\":\"Properties.Tags.0.Value\",\"after\":\"c\"}"
        "]},{\"action\":\"add\",\"section\":\"Resources\",\"logical_id\":\"C\",\"type\":"
        "\"AWS::SNS::Topic\"},{\"action\":\"remove\",\"section\":\"Resources\",\"logical_id\":"
        "\"A\",\"type\":\"AWS::S3::Bucket\",\"dangers\":[\"loses data\"],\"why\":\"deletes the "
        "bucket A and what is in it\"}]");
    assert_int_equal(cfn_diff_dangers(diff), CFN_LOSES_DATA);
    assert_null(cfn_diff_at(diff, 3));
    free(text);
    json_decref(json);
    cfn_diff_free(diff);
    json_decref(before);
    json_decref(after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_templates_have_no_change),
        cmocka_unit_test(resources_come_and_go),
        cmocka_unit_test(properties_are_compared_to_their_depth),
        cmocka_unit_test(nested_properties_replace),
        cmocka_unit_test(attributes_are_compared),
        cmocka_unit_test(tags_are_a_set_by_key),
        cmocka_unit_test(lists_are_compared_by_what_stays),
        cmocka_unit_test(outputs_are_compared),
        cmocka_unit_test(the_other_sections_are_compared),
        cmocka_unit_test(secrets_are_not_shown),
        cmocka_unit_test(is_told_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "check_fixture.h"

static const char bucket[] = "AWS::S3::Bucket", queue[] = "AWS::SQS::Queue",
                  lambda[] = "AWS::Lambda::Function", vpc_subnet[] = "AWS::EC2::Subnet";

static void tells_unknown_properties(void **state) {
    (void)state;
    assert_properties(bucket, "BucketNam: x",
                      "Properties.BucketNam: there is no property 'BucketNam' in AWS::S3::Bucket "
                      "(did you mean BucketName?) [property.unknown]\n");
    assert_properties(bucket, "bucketname: x",
                      "Properties.bucketname: there is no property 'bucketname' in AWS::S3::Bucket "
                      "(did you mean BucketName?) [property.unknown]\n");
    assert_properties(bucket, "VersioningConfiguration: {Status: Enabled, Stat: 1}",
                      "Properties.VersioningConfiguration.Stat: there is no property 'Stat' in "
                      "VersioningConfiguration (did you mean Status?) [property.unknown]\n");
    assert_properties(bucket, "'quite another': {Ref: Nowhere}",
                      "Properties.quite another: there is no property 'quite another' in "
                      "AWS::S3::Bucket [property.unknown]\n"
                      "Properties.quite another.Ref: there is no parameter or resource 'Nowhere' "
                      "[reference.ref]\n");
}

static void tells_missing_properties(void **state) {
    (void)state;
    assert_resource("Type: AWS::IAM::Role",
                    "must have AssumeRolePolicyDocument, which AWS::IAM::Role requires "
                    "[property.required]\n");
    assert_properties("AWS::IAM::Role", "AssumeRolePolicyDocument: {Ref: AWS::NoValue}",
                      "Properties: must have AssumeRolePolicyDocument, which AWS::IAM::Role "
                      "requires [property.required]\n");
    assert_properties(bucket, "Tags: [{Key: a}]",
                      "Properties.Tags[0]: must have Value, which Tag requires "
                      "[property.required]\n");
    /* What a transform or a condition writes may be it. */
    assert_properties("AWS::IAM::Role", "'Fn::Transform': {Name: AWS::Include}", "");
    assert_resource("Type: AWS::IAM::Role, Properties: {'Fn::Transform': {Name: X}, Path: /}", "");
}

static void tells_attributes_that_are_set(void **state) {
    (void)state;
    assert_properties(bucket, "Arn: arn:aws:s3:::x",
                      "Properties.Arn: cannot be set: AWS::S3::Bucket gives it as an attribute "
                      "[property.read-only]\n");
}

static void tells_wrong_kinds(void **state) {
    (void)state;
    assert_properties(bucket, "BucketName: [x]",
                      "Properties.BucketName: must be a string, not a list [property.kind]\n");
    assert_properties(bucket, "BucketName: {x: y}",
                      "Properties.BucketName: must be a string, not an object [property.kind]\n");
    assert_properties(bucket, "Tags: x",
                      "Properties.Tags: must be a list of objects, not 'x' [property.kind]\n");
    assert_properties(bucket, "VersioningConfiguration: on",
                      "Properties.VersioningConfiguration: must be an object, not true "
                      "[property.kind]\n");
    assert_properties(bucket, "VersioningConfiguration: [Enabled]",
                      "Properties.VersioningConfiguration: must be an object, not a list "
                      "[property.kind]\n");
    assert_properties(queue, "DelaySeconds: soon",
                      "Properties.DelaySeconds: must be an integer, not 'soon' [property.kind]\n");
    assert_properties(queue, "DelaySeconds: 1.5",
                      "Properties.DelaySeconds: must be an integer, not 1.5 [property.kind]\n");
    assert_properties(queue, "DelaySeconds: true",
                      "Properties.DelaySeconds: must be an integer, not true [property.kind]\n");
    assert_properties(queue, "FifoQueue: maybe",
                      "Properties.FifoQueue: must be true or false, not 'maybe' [property.kind]\n");
    assert_properties(lambda,
                      "Role: 'arn:aws:iam::123456789012:role/x', Code: {ZipFile: x}, "
                      "Environment: {Variables: [x]}",
                      "Properties.Environment.Variables: must be a map of values, not a list "
                      "[property.kind]\n");
}

static void scalars_turn_into_one_another(void **state) {
    (void)state;
    assert_properties(queue, "DelaySeconds: '5'", "");
    assert_properties(queue, "DelaySeconds: 5.0", "");
    assert_properties(queue, "DelaySeconds: '5e0'", "");
    assert_properties(queue, "FifoQueue: 'true'", "");
    assert_properties(queue, "FifoQueue: no", "");
    assert_properties(queue, "QueueName: 5", "");
    assert_properties(queue, "QueueName: true", "");
    assert_properties(queue, "QueueName: 1.5", "");
}

static void tells_values_that_are_not_allowed(void **state) {
    (void)state;
    assert_properties(bucket, "VersioningConfiguration: {Status: enabled}",
                      "Properties.VersioningConfiguration.Status: must be one of Enabled, "
                      "Suspended, not 'enabled' (did you mean Enabled?) [property.enum]\n");
    assert_properties("AWS::KMS::Alias", "AliasName: x, TargetKeyId: k",
                      "Properties.AliasName: must match ^(alias/)[a-zA-Z0-9:/_-]+$, not 'x' "
                      "[property.pattern]\n");
    assert_properties("AWS::KMS::Alias", "AliasName: alias/x, TargetKeyId: ''",
                      "Properties.TargetKeyId: must be 1 to 256 characters long, not 0 "
                      "[property.length]\n");
    assert_properties(lambda,
                      "Role: 'arn:aws:iam::123456789012:role/x', Code: {ZipFile: x}, "
                      "MemorySize: 64",
                      "Properties.MemorySize: must be 128 to 32768, not '64' [property.range]\n");
    assert_properties(lambda,
                      "Role: 'arn:aws:iam::123456789012:role/x', Code: {ZipFile: x}, "
                      "MemorySize: '64'",
                      "Properties.MemorySize: must be 128 to 32768, not '64' [property.range]\n");
}

static void what_is_not_known_is_not_judged(void **state) {
    (void)state;
    const char *unknown[] = {
        "AliasName: '{{resolve:ssm:x}}', TargetKeyId: k",
        "AliasName: {'Fn::Sub': '${AWS::Region}'}, TargetKeyId: k",
        "AliasName: {'Fn::Join': ['', [x]]}, TargetKeyId: k",
        "AliasName: {'Fn::ImportValue': x}, TargetKeyId: {Ref: B}",
        "AliasName: {'Fn::Select': [0, {'Fn::Split': ['-', a-b]}]}, TargetKeyId: k",
    };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_properties("AWS::KMS::Alias", unknown[i], "");
    assert_properties("AWS::KMS::Alias", "AliasName: {'Fn::Sub': 'x'}, TargetKeyId: k",
                      "Properties.AliasName: must match ^(alias/)[a-zA-Z0-9:/_-]+$, not 'x' "
                      "[property.pattern]\n");
}

static void tells_lists_of_a_wrong_size(void **state) {
    (void)state;
    const char airflow[] = "AWS::MWAA::Environment";
    assert_properties(airflow, "Name: x, NetworkConfiguration: {SubnetIds: [subnet-12345678]}",
                      "Properties.NetworkConfiguration.SubnetIds: must have at least 2 items, not "
                      "1 [property.items]\n");
    assert_properties(airflow,
                      "Name: x, NetworkConfiguration: {SubnetIds: [subnet-12345678, "
                      "subnet-12345679, subnet-12345680]}",
                      "Properties.NetworkConfiguration.SubnetIds: must have at most 2 items, not 3 "
                      "[property.items]\n");
    assert_properties(airflow,
                      "Name: x, NetworkConfiguration: {SubnetIds: {'Fn::Split': [',', 'a']}}", "");
    assert_properties(airflow,
                      "Name: x, NetworkConfiguration: {SubnetIds: [subnet-12345678, "
                      "{'Fn::ImportValue': a}, {'Fn::ImportValue': b}]}",
                      "");
    assert_properties(airflow,
                      "Name: x, NetworkConfiguration: {SubnetIds: [subnet-12345678, "
                      "{Ref: 'AWS::NoValue'}]}",
                      "Properties.NetworkConfiguration.SubnetIds: must have at least 2 items, not "
                      "1 [property.items]\n");
}

static void tells_items_that_repeat(void **state) {
    (void)state;
    const char group[] = "AWS::IAM::Group";
    assert_properties(
        group,
        "ManagedPolicyArns: ['arn:aws:iam::aws:policy/A', 'arn:aws:iam::aws:policy/B', "
        "'arn:aws:iam::aws:policy/A']",
        "Properties.ManagedPolicyArns[2]: must differ from item 0: "
        "'arn:aws:iam::aws:policy/A' "
        "[property.unique]\n");
    assert_properties(group, "ManagedPolicyArns: [{Ref: B}, {Ref: B}]",
                      "Properties.ManagedPolicyArns[1]: must differ from item 0: Ref, which gives "
                      "a single value [property.unique]\n");
    assert_properties(group, "ManagedPolicyArns: [{Ref: AWS::NoValue}, {Ref: AWS::NoValue}]", "");
}

static void tells_properties_that_do_not_go_together(void **state) {
    (void)state;
    assert_properties(vpc_subnet, "VpcId: vpc-12345678",
                      "Properties: must have at least one of CidrBlock, Ipv4IpamPoolId, "
                      "Ipv6IpamPoolId and Ipv6CidrBlock [property.rule]\n");
    assert_properties(vpc_subnet,
                      "VpcId: vpc-12345678, Ipv4NetmaskLength: 24, CidrBlock: 10.0.0.0/24",
                      "Properties: must have Ipv4IpamPoolId beside Ipv4NetmaskLength "
                      "[property.rule]\n");
    assert_properties(vpc_subnet,
                      "VpcId: vpc-12345678, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, "
                      "AvailabilityZoneId: use1-az1",
                      "Properties: must not have both AvailabilityZone and AvailabilityZoneId "
                      "[property.rule]\n");
    assert_properties("AWS::EC2::Instance",
                      "ImageId: ami-12345678, BlockDeviceMappings: [{DeviceName: /dev/sda, Ebs: "
                      "{VolumeSize: 8}, VirtualName: ephemeral0}]",
                      "Properties.BlockDeviceMappings[0]: must have exactly one of VirtualName, "
                      "Ebs and NoDevice [property.rule]\n");
    assert_properties(vpc_subnet,
                      "VpcId: vpc-12345678, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, "
                      "AvailabilityZoneId: {Ref: 'AWS::NoValue'}",
                      "");
}

static void tells_functions_that_give_another_kind(void **state) {
    (void)state;
    assert_properties(bucket, "BucketName: {'Fn::GetAZs': ''}",
                      "Properties.BucketName: must be a string, not Fn::GetAZs, which gives a list "
                      "[property.kind]\n");
    assert_properties(bucket, "Tags: {'Fn::Sub': x}",
                      "Properties.Tags: must be a list of objects, not Fn::Sub, which gives a "
                      "single value [property.kind]\n");
    assert_properties(bucket, "VersioningConfiguration: {Ref: B}",
                      "Properties.VersioningConfiguration: must be an object, not Ref, which gives "
                      "a single value [property.kind]\n");
    assert_properties(bucket, "BucketName: {Ref: 'AWS::NotificationARNs'}",
                      "Properties.BucketName: must be a string, not Ref, which gives a list "
                      "[property.kind]\n");
    assert_properties("AWS::IAM::Group", "ManagedPolicyArns: {'Fn::GetAtt': [B, Arn]}",
                      "Properties.ManagedPolicyArns: must be a list of strings, not Fn::GetAtt, "
                      "which gives a single value [property.kind]\n");
}

static void looks_into_both_branches(void **state) {
    (void)state;
    assert_told("Conditions: {C: !Equals [a, b]}\n"
                "Resources:\n"
                "  A:\n"
                "    Type: AWS::S3::Bucket\n"
                "    Properties:\n"
                "      VersioningConfiguration: !If\n"
                "        - C\n"
                "        - Status: On\n"
                "        - !If [C, {Status: Off}, {}]\n",
                "8:11: Resources.A.Properties.VersioningConfiguration.Fn::If[1].Status: must be "
                "one of Enabled, Suspended, not 'true' [property.enum]\n"
                "9:20: Resources.A.Properties.VersioningConfiguration.Fn::If[2].Fn::If[1].Status: "
                "must be one of Enabled, Suspended, not 'false' [property.enum]\n"
                "9:34: Resources.A.Properties.VersioningConfiguration.Fn::If[2].Fn::If[2]: must "
                "have Status, which VersioningConfiguration requires [property.required]\n");
}

static void secrets_are_not_quoted(void **state) {
    (void)state;
    assert_properties("AWS::ElastiCache::User",
                      "UserId: x, UserName: x, Engine: redis, Passwords: [hunter2, hunter2]",
                      "Properties.Passwords[1]: must differ from item 0 [property.unique]\n");
    assert_properties("AWS::RDS::DBInstance",
                      "DBInstanceClass: x, ManageMasterUserPassword: hunter2",
                      "Properties.ManageMasterUserPassword: must be true or false "
                      "[property.kind]\n");
    assert_properties("AWS::RDS::DBInstance", "DBInstanceClass: x, MasterUserPassword: [hunter2]",
                      "Properties.MasterUserPassword: must be a string, not a list "
                      "[property.kind]\n");
    assert_told("Parameters: {P: {Type: String, NoEcho: true, Default: hunter2, MinLength: 12}}\n"
                "Resources: {A: {Type: AWS::SQS::Queue}}",
                "1:46: Parameters.P.Default: must have a length of at least 12 "
                "[parameter.default]\n");
}

static void long_values_are_cut(void **state) {
    (void)state;
    char name[300] = "QueueName: \"";
    memset(name + 12, 'x', 200);
    strcpy(name + 212, "\\n\"");
    assert_properties("AWS::KMS::Alias", "TargetKeyId: k, AliasName: \"a\\nb\\u00e9\"",
                      "Properties.AliasName: must match ^(alias/)[a-zA-Z0-9:/_-]+$, not "
                      "'a b\xc3\xa9' [property.pattern]\n");
    char value[400];
    snprintf(value, sizeof value, "TargetKeyId: k, AliasName: %s", name + 11);
    char expected[400];
    snprintf(expected, sizeof expected,
             "Properties.AliasName: must match ^(alias/)[a-zA-Z0-9:/_-]+$, not '%.80s...' "
             "[property.pattern]\n",
             name + 12);
    assert_properties("AWS::KMS::Alias", value, expected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_unknown_properties),
        cmocka_unit_test(tells_missing_properties),
        cmocka_unit_test(tells_attributes_that_are_set),
        cmocka_unit_test(tells_wrong_kinds),
        cmocka_unit_test(scalars_turn_into_one_another),
        cmocka_unit_test(tells_values_that_are_not_allowed),
        cmocka_unit_test(what_is_not_known_is_not_judged),
        cmocka_unit_test(tells_lists_of_a_wrong_size),
        cmocka_unit_test(tells_items_that_repeat),
        cmocka_unit_test(tells_properties_that_do_not_go_together),
        cmocka_unit_test(tells_functions_that_give_another_kind),
        cmocka_unit_test(looks_into_both_branches),
        cmocka_unit_test(secrets_are_not_quoted),
        cmocka_unit_test(long_values_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

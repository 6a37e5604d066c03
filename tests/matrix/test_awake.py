"""The judges of test_security.py are awake: each of them refuses a platform that breaks every rule."""
import json
import unittest

import platforms
import policies
import test_security

ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
RIGHTS = {"Statement": [
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"},
    {"Effect": "Allow", "NotAction": "iam:CreateUser", "Resource": "*"},
]}
KEY = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "kms:Decrypt"}]}

SINS = {
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "arn:aws:s3:::x"}},
    "Policy": {"Type": "AWS::S3::BucketPolicy", "Properties": {
        "Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [ANYONE]}}},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {
        "AssumeRolePolicyDocument": TRUST, "Policies": [{"PolicyName": "x", "PolicyDocument": RIGHTS}],
        "ManagedPolicyArns": [{"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess"}]}},
    "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY}},
    "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [{"CidrIp": "0.0.0.0/0"}]}},
    "Database": {"Type": "AWS::RDS::DBInstance", "Properties": {
        "PubliclyAccessible": True, "MasterUserPassword": "defaultpassword123"}},
    "Parameters": {"Type": "AWS::RDS::DBParameterGroup", "Properties": {"Parameters": {"rds.force_ssl": "0"}}},
    "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "x" * 60000}},
}
OUTPUT = {"Value": {"Fn::ImportValue": "shop-dev-common-PublicSubnetIds"}, "Export": {"Name": "twice"}}


class Sinner(platforms.Platform):
    def __init__(self):
        super().__init__(platforms.HERE / "minimal.yaml")
        self.templates = {"sins": {"Resources": SINS, "Outputs": {"A": OUTPUT, "B": OUTPUT}}}
        self.texts = {name: json.dumps(template) for name, template in self.templates.items()}
        self.manifest = {"stacks": [{"name": "sins", "needs": ["data_lake"]}]}


class Awake(unittest.TestCase):
    def test_each_rule_finds_its_sin(self):
        sinner = [Sinner()]
        known = {"platforms": sinner, "statements": list(policies.statements(sinner))}
        for case in test_security.Templates.__subclasses__():
            for name in unittest.defaultTestLoader.getTestCaseNames(case):
                with self.subTest(rule=name):
                    result = unittest.TestResult()
                    type("Judge", (case,), known)(name).run(result)
                    self.assertEqual((len(result.failures), result.errors), (1, []))


if __name__ == "__main__":
    unittest.main()

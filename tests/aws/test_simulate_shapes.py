"""Every action of CloudFormation that the simulation knows, called with what its input has; replies against the model."""
import json
import pathlib
import re
import unittest

import botocore.exceptions
from shapes import MODEL, Judge, reachable
from simulator import Simulated, template

ROWS = pathlib.Path(__file__).parents[2] / "lib/sim/actions.c"
TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:notes"
ROLE = "arn:aws:iam::123456789012:role/deployer"
ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:a"
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]})
TRIGGERS = {"RollbackTriggers": [{"Arn": ALARM, "Type": "AWS::CloudWatch::Alarm"}], "MonitoringTimeInMinutes": 0}

BODY = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Description": "all that can be told: <&> \" ' ü\r\n\t",
    "Metadata": {"About": "it"},
    "Parameters": {"Shown": {"Type": "String", "Default": "one", "Description": "what is shown",
                             "AllowedValues": ["one", "two", "three", "<&>"]},
                   "Hidden": {"Type": "String", "NoEcho": True, "Default": "secret"}},
    "Resources": {
        "Topic": {"Type": "AWS::SNS::Topic", "Metadata": {"a": 1}, "Properties": {"DisplayName": {"Ref": "Shown"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {
            "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
                                                    "Principal": {"Service": "glue.amazonaws.com"}}]}}}},
    "Outputs": {"Arn": {"Value": {"Ref": "Topic"}, "Description": "the topic", "Export": {"Name": "shapes-topic"}}},
}


def rows():
    """The simulation's table: actions with their members, {"CreateStack": {"StackName": "s", ...}}."""
    text = ROWS.read_text()
    words = dict(re.findall(r"#define (\w+)((?:.*\\\n)*.*)", text))
    for name, body in re.findall(r'^    \{"(\w+)", cfn__\w+,((?:[^{}"]|"[^"]*")*)\}', text, re.M):
        yield name, members("".join(expand(body.partition(",")[2], words)))


def expand(body, words):
    """String literals of C and names of macros, as one text."""
    for literal, name in re.findall(r'"([^"]*)"|([A-Z_]{3,})', body):
        yield literal if not name else "".join(expand(words.get(name, "").replace("\\\n", ""), words))


def members(text):
    """{"Tags": "[{Key Value}]"...}: names at the top with their types; a name within is kept in its type."""
    found, depth, name = {}, 0, ""
    for word in re.findall(r"\*?(\w+):|([\[\]{}()]|[^\s\[\]{}():*]+)", text):
        if word[0] and depth == 0:
            name = word[0]
            found[name] = ""
        else:
            depth += (word[1] in "[{(") - (word[1] in "]})") if word[1] else 0
            found[name] += word[1] or f"{word[0]}:"
    return found


class Table(unittest.TestCase):
    """What actions take, against the model, both ways."""

    def test_inputs(self):
        kinds = {"string": "se", "boolean": "b", "integer": "i", "list": "[", "structure": "{", "map": "m"}
        table = dict(rows())
        self.assertGreater(len(table), 30)
        for action, taken in table.items():
            shape = MODEL.operation_model(action).input_shape
            with self.subTest(action=action):
                self.assertEqual(set(taken), set(shape.members))
                for name, kind in taken.items():
                    self.assertIn(kind[0], kinds[shape.members[name].type_name], name)


class Shapes(Simulated):
    words = ("--fail", "stuck/Queue=no queue today", "--fail", "kept/Queue=no queue today")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.judge = Judge(cls.cfn)
        cls.maxDiff = None

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()

    def all_told(self, name):
        """Everything that can be asked of a stack."""
        for action in ("describe_stacks", "describe_stack_events", "describe_stack_resources", "list_stack_resources",
                       "list_change_sets", "get_template", "get_template_summary", "get_stack_policy", "describe_events",
                       "describe_stack_resource_drifts"):
            getattr(self.cfn, action)(StackName=name)
        self.cfn.describe_stack_resource(StackName=name, LogicalResourceId="Topic")

    def make_set(self, stack, name, **more):
        self.cfn.create_change_set(StackName=stack, ChangeSetName=name, **more)
        self.cfn.get_waiter("change_set_create_complete").wait(StackName=stack, ChangeSetName=name,
                                                               WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
        for values in (True, False):
            told = self.cfn.describe_change_set(StackName=stack, ChangeSetName=name, IncludePropertyValues=values)
        self.cfn.get_template(StackName=stack, ChangeSetName=name, TemplateStage="Processed")
        self.cfn.describe_events(ChangeSetName=told["ChangeSetId"])
        self.cfn.list_change_sets(StackName=stack)
        return told

    def step_1_create(self):
        parameters = [{"ParameterKey": "Shown", "ParameterValue": "<&>"}]
        self.cfn.validate_template(TemplateBody=json.dumps(BODY))
        self.cfn.get_template_summary(TemplateBody=json.dumps(BODY), TemplateSummaryConfig={
            "TreatUnrecognizedResourceTypesAsWarnings": True})
        self.cfn.describe_account_limits()
        with self.assertRaises(botocore.exceptions.ClientError):
            self.cfn.estimate_template_cost(TemplateBody=json.dumps(BODY), Parameters=parameters)
        made = self.cfn.create_stack(
            StackName="shapes", TemplateBody=json.dumps(BODY), Parameters=parameters, RollbackConfiguration=TRIGGERS,
            TimeoutInMinutes=30, NotificationARNs=[TOPIC_ARN], Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            ResourceTypes=["AWS::*"], RoleARN=ROLE, OnFailure="ROLLBACK", StackPolicyBody=POLICY,
            Tags=[{"Key": "<&>", "Value": "ü "}], ClientRequestToken="token-1", EnableTerminationProtection=True,
            DisableValidation=False)
        self.wait("stack_create_complete", "shapes")
        self.all_told("shapes")
        self.all_told(made["StackId"])
        stack = self.cfn.describe_stacks(StackName="shapes")["Stacks"][0]
        self.assertEqual(stack["Description"], BODY["Description"])
        self.assertEqual(stack["Tags"], [{"Key": "<&>", "Value": "ü "}])
        self.assertEqual({p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]},
                         {"Shown": "<&>", "Hidden": "****"})
        again = self.cfn.get_template(StackName="shapes")["TemplateBody"]
        self.assertEqual(again, BODY)
        self.cfn.describe_events(OperationId=made["OperationId"], Filters={"FailedEvents": False})
        physical = self.cfn.describe_stack_resource(StackName="shapes", LogicalResourceId="Topic")
        self.cfn.describe_stack_resources(PhysicalResourceId=physical["StackResourceDetail"]["PhysicalResourceId"])

    def step_2_update(self):
        changed = json.loads(json.dumps(BODY))
        changed["Resources"]["Queue"]["Properties"] = {"DelaySeconds": 6, "QueueName": "named"}
        keep = [{"ParameterKey": "Shown", "UsePreviousValue": True}]
        self.cfn.update_stack(
            StackName="shapes", TemplateBody=json.dumps(changed), Parameters=keep, Capabilities=["CAPABILITY_IAM"],
            StackPolicyDuringUpdateBody=POLICY, StackPolicyBody=POLICY, RollbackConfiguration=TRIGGERS, RoleARN=ROLE,
            ResourceTypes=["AWS::*"], NotificationARNs=[], Tags=[{"Key": "b", "Value": "c"}], DisableRollback=False,
            ClientRequestToken="token-2", RetainExceptOnCreate=True)
        with self.assertRaises(botocore.exceptions.ClientError):
            self.cfn.cancel_update_stack(StackName="nobody", ClientRequestToken="token-3")
        self.wait("stack_update_complete", "shapes")
        self.assertEqual(self.cfn.describe_stacks(StackName="shapes")["Stacks"][0]["NotificationARNs"], [])
        self.all_told("shapes")
        changed["Resources"]["Queue"]["Properties"]["DelaySeconds"] = 7
        self.cfn.update_stack(StackName="shapes", TemplateBody=json.dumps(changed), Capabilities=["CAPABILITY_IAM"])
        self.cfn.cancel_update_stack(StackName="shapes")
        self.wait("stack_rollback_complete", "shapes")

    def step_3_change_sets(self):
        for token, shown in enumerate(("one", "two")):
            self.make_set("shapes", f"set-{token}", UsePreviousTemplate=True, Description="ä <change>",
                          Parameters=[{"ParameterKey": "Shown", "ParameterValue": shown}], Capabilities=["CAPABILITY_IAM"],
                          ClientToken=f"set-{token}", ChangeSetType="UPDATE", RollbackConfiguration=TRIGGERS,
                          NotificationARNs=[TOPIC_ARN], Tags=[{"Key": "x", "Value": "y"}], IncludeNestedStacks=False,
                          RoleARN=ROLE, OnStackFailure="ROLLBACK", ImportExistingResources=False)
        self.cfn.delete_change_set(StackName="shapes", ChangeSetName="set-1")
        self.cfn.execute_change_set(StackName="shapes", ChangeSetName="set-0", ClientRequestToken="run-0")
        self.wait("stack_update_complete", "shapes")
        removed = json.loads(json.dumps(BODY))
        del removed["Resources"]["Role"], removed["Resources"]["Queue"]
        removed["Resources"]["Other"] = {"Type": "AWS::SNS::Topic"}
        told = self.make_set("shapes", "set-3", TemplateBody=json.dumps(removed),
                             Parameters=[{"ParameterKey": "Shown", "ParameterValue": "three"}])
        self.assertEqual({c["ResourceChange"]["Action"] for c in told["Changes"]}, {"Add", "Remove", "Modify"})
        told = self.make_set("fresh", "set", TemplateBody=json.dumps(BODY), ChangeSetType="CREATE",
                             Capabilities=["CAPABILITY_IAM"], DeploymentConfig={"Mode": "STANDARD"})
        self.cfn.delete_stack(StackName="fresh")

    def step_4_drift(self):
        run = self.cfn.detect_stack_drift(StackName="shapes", LogicalResourceIds=["Topic"])["StackDriftDetectionId"]
        while self.cfn.describe_stack_drift_detection_status(StackDriftDetectionId=run)["DetectionStatus"] == \
                "DETECTION_IN_PROGRESS":
            pass
        self.cfn.detect_stack_resource_drift(StackName="shapes", LogicalResourceId="Topic")
        self.cfn.describe_stack_resource_drifts(StackName="shapes", StackResourceDriftStatusFilters=["IN_SYNC"], MaxResults=5)
        self.all_told("shapes")

    def step_5_failures(self):
        self.cfn.create_stack(StackName="stuck", TemplateBody=json.dumps(BODY), Capabilities=["CAPABILITY_IAM"])
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.wait("stack_create_complete", "stuck")
        self.cfn.create_stack(StackName="kept", TemplateBody=json.dumps(BODY).replace("shapes-topic", "kept-topic"),
                              Capabilities=["CAPABILITY_IAM"], DisableRollback=True)
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.wait("stack_create_complete", "kept")
        self.all_told("kept")
        self.cfn.describe_events(StackName="kept", Filters={"FailedEvents": True})
        self.cfn.rollback_stack(StackName="kept", RoleARN=ROLE, ClientRequestToken="back", RetainExceptOnCreate=False)
        with self.assertRaises(botocore.exceptions.ClientError):
            self.cfn.continue_update_rollback(StackName="kept", RoleARN=ROLE, ResourcesToSkip=["Queue"],
                                              ClientRequestToken="go-on")
        self.cfn.set_stack_policy(StackName="shapes", StackPolicyBody=POLICY)

    def step_6_imports_and_end(self):
        self.make("imports", {"Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {
            "DisplayName": {"Fn::ImportValue": "shapes-topic"}}}}})
        self.cfn.list_exports()
        self.cfn.list_imports(ExportName="shapes-topic")
        self.cfn.delete_stack(StackName="imports")
        self.wait("stack_delete_complete", "imports")
        self.cfn.update_termination_protection(StackName="shapes", EnableTerminationProtection=False)
        self.cfn.delete_stack(StackName="shapes", RoleARN=ROLE, ClientRequestToken="end", DeletionMode="STANDARD")
        self.wait("stack_delete_complete", "shapes")
        self.cfn.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])
        self.cfn.list_stacks()
        self.cfn.describe_stacks()

    def step_7_what_is_rare(self):
        """Stacks that are gone, express deployments, change sets without changes, stacks within stacks."""
        one = json.dumps(template(Topic="AWS::SNS::Topic"))
        made = self.cfn.create_stack(StackName="express", TemplateBody=one, DeploymentConfig={"Mode": "EXPRESS",
                                                                                             "DisableRollback": True})
        self.wait("stack_create_complete", "express")
        self.all_told("express")
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.make_set("express", "nothing", UsePreviousTemplate=True)
        self.assertIn("didn't contain changes", self.cfn.describe_change_set(
            StackName="express", ChangeSetName="nothing")["StatusReason"])
        self.cfn.list_change_sets(StackName="express")
        self.cfn.delete_stack(StackName="express", DeletionMode="STANDARD", DeploymentConfig={"Mode": "EXPRESS"})
        self.wait("stack_delete_complete", "express")
        self.cfn.describe_stacks(StackName=made["StackId"])
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket="inner")
        s3.put_object(Bucket="inner", Key="t.json", Body=one.encode())
        url = "https://inner.s3.us-east-1.amazonaws.com/t.json"
        self.cfn.validate_template(TemplateURL=url)
        self.make("outer", template(Topic="AWS::SNS::Topic", Inner={"Type": "AWS::CloudFormation::Stack",
                                                                    "Properties": {"TemplateURL": url}}))
        inner = self.cfn.describe_stack_resource(StackName="outer", LogicalResourceId="Inner")["StackResourceDetail"]
        self.all_told(inner["PhysicalResourceId"])
        self.cfn.list_stacks()

    def test_replies(self):
        for step in sorted(name for name in dir(self) if name.startswith("step_")):
            getattr(self, step)()
        self.assertEqual(sorted(set(self.judge.wrong)), [])
        self.assertEqual(set(dict(rows())) - self.judge.called, set())
        self.assertEqual(self.never_sent(), NEVER_SENT)

    def never_sent(self):
        """Members of shapes that no reply of this test had, by the name of the shape. Pages are the paginators' test's."""
        shapes = {}
        for action in dict(rows()):
            reachable(MODEL.operation_model(action).output_shape, shapes)
        left = {name: set(shape.members) - self.judge.sent[name] - {"NextToken"} for name, shape in sorted(shapes.items())}
        return {name: " ".join(sorted(members)) for name, members in left.items() if members}


# Of hooks, modules, macros, stack refactoring and drift-aware change sets, which the simulation has not; of what
# only a drifted resource, or one from a public registry, has.
NEVER_SENT = {
    "Change": "HookInvocationCount",
    "ChangeSetSummary": "ParentChangeSetId RootChangeSetId",
    "DescribeChangeSetOutput": "DeploymentMode ParentChangeSetId RootChangeSetId StackDriftStatus",
    "DescribeStackDriftDetectionStatusOutput": "DetectionStatusReason",
    "EstimateTemplateCostOutput": "Url",
    "GetTemplateSummaryOutput": "DeclaredTransforms Warnings",
    "LiveResourceDrift": "ActualValue DriftDetectionTimestamp PreviousValue",
    "ModuleInfo": "LogicalIdHierarchy TypeHierarchy",
    "OperationEvent": "HookFailureMode HookInvocationPoint HookStatus HookStatusReason HookType "
                      "ValidationFailureMode ValidationName ValidationPath ValidationStatus "
                      "ValidationStatusReason",
    "Parameter": "ResolvedValue UsePreviousValue",
    "PhysicalResourceIdContextKeyValuePair": "Key Value",
    "PropertyDifference": "ActualValue DifferenceType ExpectedValue PropertyPath",
    "ResourceChange": "ChangeSetId ModuleInfo PreviousDeploymentContext ResourceDriftIgnoredAttributes "
                      "ResourceDriftStatus",
    "ResourceDriftIgnoredAttribute": "Path Reason",
    "ResourceTargetDefinition": "AfterValueFrom BeforeValueFrom Drift",
    "Stack": "AliasName DeletionMode DetailedStatus RetainExceptOnCreate",
    "StackEvent": "HookFailureMode HookInvocationId HookInvocationPoint HookStatus HookStatusReason HookType",
    "StackResource": "Description ModuleInfo",
    "StackResourceDetail": "Description ModuleInfo",
    "StackResourceDrift": "DriftStatusReason ModuleInfo PhysicalResourceIdContext",
    "StackResourceSummary": "ModuleInfo",
    "StackSummary": "StackStatusReason",
    "ValidateTemplateOutput": "DeclaredTransforms",
    "Warnings": "UnrecognizedResourceTypes",
}


class Errors(Simulated):
    """Codes that botocore has an exception for."""

    def test_exceptions(self):
        errors = self.cfn.exceptions
        one = json.dumps(template(Topic="AWS::SNS::Topic"))
        role = json.dumps({"Resources": {"Role": BODY["Resources"]["Role"]}})
        self.make("there", json.loads(one))
        for kind, action, more in (
                (errors.AlreadyExistsException, "create_stack", {"StackName": "there", "TemplateBody": one}),
                (errors.InsufficientCapabilitiesException, "create_stack", {"StackName": "new", "TemplateBody": role}),
                (errors.ChangeSetNotFoundException, "describe_change_set", {"StackName": "there", "ChangeSetName": "none"}),
                (errors.ChangeSetNotFoundException, "execute_change_set", {"StackName": "there", "ChangeSetName": "none"})):
            with self.subTest(action=action), self.assertRaises(kind):
                getattr(self.cfn, action)(**more)

    def test_tokens(self):
        one = json.dumps(template(Topic="AWS::SNS::Topic"))
        made = [self.cfn.create_stack(StackName="token", TemplateBody=one, ClientRequestToken="t")["StackId"] for _ in "12"]
        self.assertEqual(made[0], made[1])
        with self.assertRaises(self.cfn.exceptions.TokenAlreadyExistsException):
            self.cfn.create_stack(StackName="token", TemplateBody=one, ClientRequestToken="t", DisableRollback=True)


if __name__ == "__main__":
    unittest.main()

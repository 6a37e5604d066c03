"""AWS's own command and library, unmodified, against the listening simulation."""
import datetime
import io
import json
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

import botocore.exceptions
import yaml
from simulator import CFNGEN, SECRET, Simulated, Simulator, template

TOPIC = """\
Description: a topic and a queue
Parameters:
  Shown: {Type: String, Default: first}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Shown}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}
Outputs:
  Arn: {Value: !Ref Topic, Export: {Name: !Sub "${AWS::StackName}-topic"}}
"""


class Command(Simulated):
    """The aws command. Its waiters sleep half a minute between looks, so that time must run faster than they look."""
    speed = 1000000

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.file = self.folder / "topic.yaml"
        self.file.write_text(TOPIC)

    def cloudformation(self, *words, **more):
        return self.server.aws("cloudformation", *words, **more)

    def status(self, name):
        return self.cloudformation("describe-stacks", "--stack-name", name)["Stacks"][0]["StackStatus"]

    def test_life_of_a_stack(self):
        name = ("--stack-name", "life")
        body = ("--template-body", f"file://{self.file}")
        self.cloudformation("validate-template", *body)
        made = self.cloudformation("create-stack", *name, *body, "--tags", "Key=a,Value=b")
        self.assertRegex(made["StackId"], r"^arn:aws:cloudformation:us-east-1:123456789012:stack/life/[0-9a-f-]{36}$")
        self.cloudformation("wait", "stack-create-complete", *name)
        self.assertEqual(self.status("life"), "CREATE_COMPLETE")
        told = self.cloudformation("update-stack", *name, "--use-previous-template", code=255)
        self.assertIn("No updates are to be performed.", told)
        self.cloudformation("update-stack", *name, "--use-previous-template", "--parameters",
                            "ParameterKey=Shown,ParameterValue=änder <&> ung")
        self.cloudformation("wait", "stack-update-complete", *name)
        stack = self.cloudformation("describe-stacks", *name)["Stacks"][0]
        self.assertEqual(stack["Parameters"][0]["ParameterValue"], "änder <&> ung")
        self.assertEqual(stack["Tags"], [{"Key": "a", "Value": "b"}])
        exports = self.cloudformation("list-exports")["Exports"]
        self.assertIn("life-topic", [export["Name"] for export in exports])
        events = self.cloudformation("describe-stack-events", *name)["StackEvents"]
        self.assertEqual(events[0]["ResourceStatus"], "UPDATE_COMPLETE")
        self.assertEqual(events[-1]["ResourceStatus"], "CREATE_IN_PROGRESS")
        template_told = self.cloudformation("get-template", *name)["TemplateBody"]
        self.assertEqual(template_told, TOPIC)
        self.cloudformation("delete-stack", *name)
        self.cloudformation("wait", "stack-delete-complete", *name)
        self.assertIn("Stack with id life does not exist", self.cloudformation("describe-stacks", *name, code=255))
        gone = self.cloudformation("describe-stacks", "--stack-name", made["StackId"])["Stacks"][0]
        self.assertEqual(gone["StackStatus"], "DELETE_COMPLETE")

    def test_deploy(self):
        words = ("deploy", "--stack-name", "deployed", "--template-file", str(self.file))
        self.assertIn("Successfully created/updated stack", self.cloudformation(*words))
        time.sleep(1)  # it names change sets by the second
        self.assertIn("No changes to deploy", self.cloudformation(*words, "--no-fail-on-empty-changeset"))
        time.sleep(1)
        self.cloudformation(*words, "--parameter-overrides", "Shown=second")
        self.assertEqual(self.status("deployed"), "UPDATE_COMPLETE")
        time.sleep(1)
        self.cloudformation(*words, "--parameter-overrides", "Shown=third", "--no-execute-changeset")
        sets = self.cloudformation("list-change-sets", "--stack-name", "deployed")["Summaries"]
        self.assertIn("AVAILABLE", [each["ExecutionStatus"] for each in sets])

    def test_deploy_that_fails(self):
        other = Simulator("--fail", "broken/Queue=no queue today", speed=self.speed)
        self.addCleanup(other.stop)
        told = other.aws("cloudformation", "deploy", "--stack-name", "broken", "--template-file", str(self.file), code=255)
        self.assertIn("Failed to create/update the stack", told)
        events = other.aws("cloudformation", "describe-stack-events", "--stack-name", "broken")["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"] == "CREATE_FAILED"]
        self.assertIn("no queue today", failed[-1]["ResourceStatusReason"])

    def test_deploy_by_way_of_a_bucket(self):
        self.server.aws("s3", "mb", "s3://templates")
        self.assertIn("upload:", self.server.aws("s3", "cp", str(self.file), "s3://templates/folder/topic.yaml"))
        listed = self.server.aws("s3", "ls", "s3://templates/folder/")
        self.assertIn("topic.yaml", listed)
        self.server.aws("s3", "cp", "s3://templates/folder/topic.yaml", str(self.folder / "back.yaml"))
        self.assertEqual((self.folder / "back.yaml").read_text(), TOPIC)
        self.cloudformation("create-stack", "--stack-name", "by-url", "--template-url",
                            "https://templates.s3.us-east-1.amazonaws.com/folder/topic.yaml")
        self.cloudformation("wait", "stack-create-complete", "--stack-name", "by-url")
        told = self.cloudformation("deploy", "--stack-name", "through", "--template-file", str(self.file),
                                   "--s3-bucket", "templates", "--s3-prefix", "deployed")
        self.assertIn("Successfully created/updated stack", told)
        self.assertIn("deployed/", self.server.aws("s3", "ls", "--recursive", "s3://templates"))

    def test_package(self):
        self.server.aws("s3", "mb", "s3://packages")
        (self.folder / "inner.yaml").write_text(TOPIC)
        outer = self.folder / "outer.yaml"
        outer.write_text("Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n"
                         "    Properties: {TemplateURL: inner.yaml}\n")
        packed = self.folder / "packed.yaml"
        self.cloudformation("package", "--template-file", str(outer), "--s3-bucket", "packages",
                            "--output-template-file", str(packed))
        url = yaml.safe_load(packed.read_text())["Resources"]["Inner"]["Properties"]["TemplateURL"]
        self.assertRegex(url, r"/packages/[0-9a-f]{32}\.template$")
        self.cloudformation("deploy", "--stack-name", "outer", "--template-file", str(packed))
        inner = self.cloudformation("describe-stack-resources", "--stack-name", "outer")["StackResources"][0]
        self.assertEqual(self.status(inner["PhysicalResourceId"]), "CREATE_COMPLETE")

    def test_drift(self):
        self.cloudformation("deploy", "--stack-name", "drifting", "--template-file", str(self.file))
        run = self.cloudformation("detect-stack-drift", "--stack-name", "drifting")["StackDriftDetectionId"]
        for _ in range(100):
            told = self.cloudformation("describe-stack-drift-detection-status", "--stack-drift-detection-id", run)
            if told["DetectionStatus"] != "DETECTION_IN_PROGRESS":
                break
            time.sleep(0.2)
        self.assertEqual((told["DetectionStatus"], told["StackDriftStatus"]), ("DETECTION_COMPLETE", "IN_SYNC"))
        drifts = self.cloudformation("describe-stack-resource-drifts", "--stack-name", "drifting")["StackResourceDrifts"]
        self.assertEqual({drift["StackResourceDriftStatus"] for drift in drifts}, {"IN_SYNC"})

    def test_events_of_a_stack(self):
        self.cloudformation("deploy", "--stack-name", "told", "--template-file", str(self.file))
        events = self.cloudformation("describe-events", "--stack-name", "told")["OperationEvents"]
        self.assertTrue({"Topic", "Queue"} <= {event.get("LogicalResourceId") for event in events})

    def test_identity(self):
        self.assertEqual(self.server.aws("sts", "get-caller-identity")["Account"], "123456789012")


class Library(Simulated):
    """boto3: waiters, paginators, buckets."""
    words = ("--fail", "fails/Queue=no queue today")

    def test_waiters(self):
        self.cfn.create_stack(StackName="waited", TemplateBody=TOPIC)
        for waiter in ("stack_exists", "stack_create_complete"):
            self.wait(waiter, "waited")
        self.cfn.update_stack(StackName="waited", TemplateBody=TOPIC.replace("first", "second"))
        self.wait("stack_update_complete", "waited")
        self.cfn.create_change_set(StackName="waited", ChangeSetName="third", TemplateBody=TOPIC.replace("first", "3"))
        self.cfn.get_waiter("change_set_create_complete").wait(
            StackName="waited", ChangeSetName="third", WaiterConfig={"Delay": 0.2, "MaxAttempts": 100})
        self.cfn.execute_change_set(StackName="waited", ChangeSetName="third")
        self.wait("stack_update_complete", "waited")
        self.cfn.delete_stack(StackName="waited")
        self.wait("stack_delete_complete", "waited")

    def test_waiters_for_what_fails(self):
        self.cfn.create_stack(StackName="fails", TemplateBody=TOPIC)
        with self.assertRaises(botocore.exceptions.WaiterError) as caught:
            self.wait("stack_create_complete", "fails")
        self.assertIn("ROLLBACK", str(caught.exception))
        with self.assertRaises(botocore.exceptions.WaiterError):
            self.cfn.get_waiter("stack_exists").wait(StackName="nobody", WaiterConfig={"Delay": 0, "MaxAttempts": 2})

    def test_paginators(self):
        many = template(**{f"Topic{i}": "AWS::SNS::Topic" for i in range(120)})
        many["Outputs"] = {f"Out{i}": {"Value": str(i), "Export": {"Name": f"export-{i}"}} for i in range(120)}
        self.make("many", many)
        all_of = lambda action, **more: self.cfn.get_paginator(action).paginate(**more).build_full_result()
        events = all_of("describe_stack_events", StackName="many")["StackEvents"]
        self.assertEqual(len({event["EventId"] for event in events}), len(events))
        self.assertEqual(len(events), 2 + 3 * 120)
        self.assertEqual(sorted(events, key=lambda event: event["Timestamp"], reverse=True), events)
        self.assertEqual(len(all_of("list_stack_resources", StackName="many")["StackResourceSummaries"]), 120)
        exports = {export["Name"] for export in all_of("list_exports")["Exports"]}
        self.assertLessEqual({f"export-{i}" for i in range(120)}, exports)
        self.assertIn("many", {stack["StackName"] for stack in all_of("describe_stacks")["Stacks"]})
        self.assertIn("many", {stack["StackName"] for stack in all_of("list_stacks")["StackSummaries"]})
        self.make("importing", {"Resources": {"Topic": {
            "Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::ImportValue": "export-7"}}}}})
        self.assertEqual(all_of("list_imports", ExportName="export-7")["Imports"], ["importing"])
        self.assertEqual(all_of("list_change_sets", StackName="many")["Summaries"], [])

    def test_objects(self):
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket="things")
        for key in ("plain", "a/b c+d", "ü/ß&<>\"'"):
            for body in (b"", b"hallo", bytes(range(256)) * 4096):
                s3.put_object(Bucket="things", Key=key, Body=body, ContentType="text/x", Metadata={"who": "me"})
                got = s3.get_object(Bucket="things", Key=key)
                self.assertEqual((got["Body"].read(), got["ContentType"], got["Metadata"]), (body, "text/x", {"who": "me"}))
                head = s3.head_object(Bucket="things", Key=key)
                self.assertEqual((head["ContentLength"], head["ETag"]), (len(body), got["ETag"]))
                self.assertLess(abs((head["LastModified"] - got["LastModified"]).total_seconds()), 1)
        listed = s3.list_objects_v2(Bucket="things")
        self.assertEqual({each["Key"] for each in listed["Contents"]}, {"plain", "a/b c+d", "ü/ß&<>\"'"})
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket="things", PaginationConfig={"PageSize": 1})
        self.assertEqual(len([each for page in pages for each in page["Contents"]]), 3)
        with self.assertRaises(s3.exceptions.NoSuchKey):
            s3.get_object(Bucket="things", Key="none")
        with self.assertRaises(s3.exceptions.NoSuchBucket):
            s3.list_objects_v2(Bucket="none")
        with self.assertRaises(botocore.exceptions.ClientError):
            s3.head_object(Bucket="things", Key="none")
        with self.assertRaises(s3.exceptions.BucketAlreadyOwnedByYou):
            s3.create_bucket(Bucket="things")

    def test_parts_of_objects(self):
        s3, content = self.server.client("s3"), bytes(range(256)) * 40000
        s3.create_bucket(Bucket="parts")
        s3.put_object(Bucket="parts", Key="k", Body=content)
        for asked, part in {"bytes=5-9": content[5:10], "bytes=10239990-": content[10239990:], "bytes=-3": content[-3:],
                            "bytes=5-99999999": content[5:], "lines=1-2": content}.items():
            self.assertEqual(s3.get_object(Bucket="parts", Key="k", Range=asked)["Body"].read(), part, asked)
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            s3.get_object(Bucket="parts", Key="k", Range="bytes=99999999-")
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidRange")
        got = io.BytesIO()
        s3.download_fileobj("parts", "k", got)  # in several ranges at once
        self.assertEqual(got.getvalue(), content)

    def test_versions(self):
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket="versions")
        self.assertNotIn("Status", s3.get_bucket_versioning(Bucket="versions"))
        s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
        self.assertEqual(s3.get_bucket_versioning(Bucket="versions")["Status"], "Enabled")
        ids = [s3.put_object(Bucket="versions", Key="k", Body=body)["VersionId"] for body in (b"1", b"2", b"3")]
        self.assertEqual(s3.get_object(Bucket="versions", Key="k", VersionId=ids[0])["Body"].read(), b"1")
        s3.delete_object(Bucket="versions", Key="k")
        pages = s3.get_paginator("list_object_versions").paginate(Bucket="versions", PaginationConfig={"PageSize": 2})
        all_of = pages.build_full_result()
        self.assertEqual([each["VersionId"] for each in all_of["Versions"]], ids[::-1])
        self.assertEqual(len(all_of["DeleteMarkers"]), 1)
        s3.delete_objects(Bucket="versions", Delete={"Objects": [
            {"Key": each["Key"], "VersionId": each["VersionId"]} for each in all_of["Versions"] + all_of["DeleteMarkers"]]})
        self.assertNotIn("Versions", s3.list_object_versions(Bucket="versions"))
        s3.delete_bucket(Bucket="versions")

    def test_other_services(self):
        zones = self.server.client("ec2").describe_availability_zones()["AvailabilityZones"]
        self.assertEqual([zone["State"] for zone in zones], ["available"] * 3)
        self.make("network", template(Net={"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}))
        self.assertEqual(len(self.server.client("ec2").describe_vpcs()["Vpcs"]), 1)
        iam = self.server.client("iam")
        with self.assertRaises(iam.exceptions.NoSuchEntityException):
            iam.get_role(RoleName="none")
        ssm = self.server.client("ssm")
        with self.assertRaises(ssm.exceptions.ParameterNotFound):
            ssm.get_parameter(Name="none")
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            self.server.client("lambda").list_functions()
        self.assertIn("simulation", str(caught.exception))


class Server(unittest.TestCase):
    """The command itself."""

    def test_ends_cleanly(self):
        for sign in (signal.SIGINT, signal.SIGTERM):
            server = Simulator()
            server.client("sts").get_caller_identity()
            server.process.send_signal(sign)
            self.assertEqual(server.process.wait(timeout=60), 0)
            server.stop()

    def test_ready_file_and_trace(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "ready"
            server = Simulator("--ready-file", str(path), "--trace", "--region", "eu-central-1", "--account", "999988887777")
            self.assertEqual(path.read_text(), server.url + "\n")
            self.assertEqual(server.client("sts").get_caller_identity()["Account"], "999988887777")
            with self.assertRaises(botocore.exceptions.ClientError):
                server.client().describe_stacks(StackName="none")
            said = server.stop()
        self.assertEqual(said.splitlines(), ["trace: sts GetCallerIdentity -> ok",
                                             "trace: cloudformation DescribeStacks -> ValidationError"])

    def test_whole_stacks_take_what_is_said(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"timed": 7200000}, file)
            file.flush()
            server = Simulator("--times", file.name, speed=20000)
        cfn = server.client()
        cfn.create_stack(StackName="timed", TemplateBody=TOPIC)
        cfn.get_waiter("stack_create_complete").wait(StackName="timed", WaiterConfig={"Delay": 0.1})
        events = cfn.describe_stack_events(StackName="timed")["StackEvents"]
        took = events[0]["Timestamp"] - events[-1]["Timestamp"]
        self.assertLess(abs(took - datetime.timedelta(hours=2)), datetime.timedelta(seconds=1))
        server.stop()

    def test_faults(self):
        server = Simulator("--throttle", "30", "--fault", "server-error=30", "--fault", "lost-reply=20")
        cfn, seen = server.client(read_timeout=5), set()
        for _ in range(60):
            try:
                cfn.describe_stacks()
            except botocore.exceptions.ClientError as error:
                seen.add(error.response["Error"]["Code"])
            except botocore.exceptions.ConnectionClosedError:
                seen.add("closed")
        self.assertEqual(seen, {"Throttling", "InternalFailure", "ServiceUnavailable", "closed"})
        server.stop()

    def test_mistakes(self):
        for words, told in {("--listen", "0.0.0.0:0"): "must be a loopback address",
                            ("--listen", "192.168.1.1:80"): "must be a loopback address",
                            ("--listen", "127.0.0.1"): "must be a loopback address",
                            ("--listen", "127.0.0.1:99999"): "must be a loopback address",
                            ("--speed", "0"): "--speed must be a number",
                            ("--fault", "rain=2"): "--fault must be KIND=PERCENT",
                            ("--throttle", "101"): "must be a percentage",
                            ("--fail", "x"): "--fail must be",
                            ("--account", "1"): "twelve digits",
                            ("--secret", "NOT_THERE"): "--secret must be an environment variable",
                            ("--times", "/nonexistent"): "/nonexistent"}.items():
            with self.subTest(words=words):
                said = subprocess.run([CFNGEN, "simulate", *words], capture_output=True, text=True, timeout=60)
                self.assertIn(said.returncode, (1, 2, 3))
                self.assertIn(told, said.stderr)

    def test_port_in_use(self):
        server = Simulator()
        said = subprocess.run([CFNGEN, "simulate", "--listen", f"127.0.0.1:{server.port}"], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(said.returncode, 3)
        self.assertIn("cannot listen", said.stderr)
        self.assertNotIn(SECRET, said.stderr)
        server.stop()


if __name__ == "__main__":
    unittest.main()

"""An independent server: moto, which was written by others and knows nothing of us, over real HTTP and real signatures.

Of the ten stacks five come through it: common, data_lake, glue and athena as one platform, and observability. What
moto 5.2 cannot do, so that the platforms here go around it:

- A KMS key with tags: moto reads them by KMS's own names of members, where CloudFormation has others, and gives up.
  So the key is made beforehand, and `common.key_arn` names it.
- rds: its parameter group, referred to, is no text to moto (HTTP 500). dms and observability import from rds.
- emr, redshift, mwaa: outputs with Fn::GetAtt of types that moto's CloudFormation does not know (HTTP 500).
- Types it does not know (bucket policies, Glue, Athena, Budgets ...) are skipped without a word; outputs that refer to
  them are missing, and a stack that imports those is left in CREATE_IN_PROGRESS for ever: observability beside glue.
- UsePreviousValue of a parameter that had taken its default (HTTP 500): so DmsRoles is given.
- Everything is done when CreateStack answers; events tell of the stack alone, and carry no token: the end is recognised
  by the time of the call.
- DeleteStack deletes in the wrong order: the VPC of common "has dependencies and cannot be deleted".
- A stack made by a change set has no outputs, and a change set for a stack that is named by its ARN is refused.
- Buckets are made without versioning.
- UpdateTerminationProtection, ListImports (HTTP 500), drift, rollbacks, deletion policies: buckets go with their stack.
"""
import contextlib
import json
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

import boto3
import botocore.exceptions

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import simulation  # noqa: E402

REGION, SECRET = "eu-west-1", "a-secret-of-the-test"
TEAM = "Übung + mehr/x@y=1:2 ñ"
PLATFORM = """\
project: %(project)s
environment: dev
region: eu-west-1
tags: {Team: "%(team)s"}
common: {key_arn: "%(key)s", create_dms_roles: false}
deploy: {termination_protection: false}
"""
WITHOUT = {"shop": "rds dms emr redshift mwaa observability",
           "watch": "rds dms glue emr redshift mwaa data_lake athena",
           "sets": "rds dms glue emr redshift mwaa data_lake athena observability"}


class Server:
    """moto on a port of its own."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.folder = tempfile.TemporaryDirectory(prefix="cfngen-moto-")
        self.log = open(pathlib.Path(self.folder.name) / "log", "w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)], stdin=subprocess.DEVNULL,
            stdout=self.log, stderr=self.log, cwd=self.folder.name, env=simulation.environment(self.folder.name))
        end = time.monotonic() + 120
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"moto does not start: {self.said()}")
            time.sleep(0.1)

    def answers(self):
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.endpoint}/moto-api/data.json", timeout=5):
            return True
        return False

    def said(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-5000:]

    def client(self, service, key="test", secret=SECRET):
        return boto3.client(service, endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=key,
                            aws_secret_access_key=secret)

    def check_signatures(self):
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/moto-api/reset-auth", b"0",
                                                      {"Content-Type": "text/plain"}), timeout=60).close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait(30)
        self.log.close()
        self.folder.cleanup()


class Moto(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cfngen-")))
        cls.key = cls.server.client("kms").create_key(Description="of the test")["KeyMetadata"]["Arn"]
        cls.cloudformation = cls.server.client("cloudformation")
        for project, disabled in WITHOUT.items():
            text = PLATFORM % {"project": project, "key": cls.key, "team": TEAM}
            text += "".join(f"{name}: {{enabled: false}}\n" for name in disabled.split())
            (cls.folder / f"{project}.yaml").write_text(text)

    @classmethod
    def run_it(cls, *words, project="shop", key="test", secret=SECRET, endpoint=True):
        """cfngen, its platform being one of those above."""
        more = ["--endpoint", cls.server.endpoint] if endpoint else []
        more += ["--poll", "0.1"] if words[0] in ("deploy", "destroy") else []
        environment = simulation.environment(cls.folder, AWS_ACCESS_KEY_ID=key, AWS_SECRET_ACCESS_KEY=secret)
        return subprocess.run([str(simulation.COMMAND), *words, "--config", f"{project}.yaml", *more], cwd=cls.folder,
                              env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=300,
                              check=False)

    def judge(self, done, code, secret=SECRET):
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}\n{self.server.said()}")
        for word in (secret, "Signature=", "Sanitizer", "runtime error:"):
            self.assertNotIn(word, done.stdout + done.stderr)
        return done

    def says(self, code, *words, **more):
        return self.judge(self.run_it(*words, **more), code, more.get("secret", SECRET))

    def stack(self, name):
        return self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]


class Deployed(Moto):
    """One platform, deployed once; tests look at it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.deployed = cls.run_it("deploy", "--yes", "--trace", "--parameter", "common.DmsRoles=exist")

    def test_deploys(self):
        self.judge(self.deployed, 0)
        self.assertIn("done: 4 stacks", self.deployed.stdout)

    def outputs(self):
        return json.loads(self.says(0, "outputs", "--format", "json").stdout)

    def test_boto3_reads_the_same_as_we(self):
        outputs = self.outputs()
        told = json.loads(self.says(0, "status", "--output", "json").stdout)
        self.assertEqual([stack["name"] for stack in told], ["common", "data_lake", "glue", "athena"])
        for known in told:
            stack = self.stack(known["stack_name"])
            self.assertEqual([stack["StackStatus"], known["status"]], ["CREATE_COMPLETE"] * 2)
            self.assertEqual({output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
                             outputs[known["name"]])
            tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}
            self.assertEqual({name: tags.get(name) for name in ("Project", "Environment", "Team")},
                             {"Project": "shop", "Environment": "dev", "Team": TEAM})

    def test_templates_stand_there_as_they_were_made(self):
        for name in ("common", "data_lake", "glue", "athena"):
            made = json.loads(self.says(0, "synth", "--stack", name, endpoint=False).stdout)
            there = self.cloudformation.get_template(StackName=f"shop-dev-{name.replace('_', '-')}")["TemplateBody"]
            self.assertEqual(json.loads(json.dumps(there)), made)

    def test_what_it_made_is_there(self):
        outputs = self.outputs()
        vpc = self.server.client("ec2").describe_vpcs(VpcIds=[outputs["common"]["VpcId"]])["Vpcs"][0]
        self.assertEqual(vpc["CidrBlock"], "10.0.0.0/16")
        self.assertIn({"Key": "Project", "Value": "shop"}, vpc["Tags"])
        self.assertEqual(outputs["common"]["KeyArn"], self.key)
        self.assertEqual(self.server.client("kms").describe_key(KeyId=self.key)["KeyMetadata"]["KeyState"], "Enabled")
        s3 = self.server.client("s3")
        for layer in ("bronze", "silver", "gold"):
            bucket = f"shop-dev-{layer}-123456789012-eu-west-1"
            s3.head_bucket(Bucket=bucket)
            rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
            self.assertEqual(rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"], self.key)

    def test_exports(self):
        exports = {export["Name"]: export.get("Value") for page in
                   self.cloudformation.get_paginator("list_exports").paginate() for export in page["Exports"]}
        self.assertEqual(exports["shop-dev-common-VpcId"], self.outputs()["common"]["VpcId"])

    def test_the_aws_command_reads_it(self):
        environment = simulation.environment(self.folder, AWS_DEFAULT_REGION=REGION)
        aws = [sys.executable, str(pathlib.Path(sys.executable).parent / "aws"), "--endpoint-url", self.server.endpoint,
               "--output", "json"]
        done = subprocess.run([*aws, "cloudformation", "describe-stacks", "--stack-name", "shop-dev-common"],
                              env=environment, capture_output=True, text=True, timeout=120, check=True)
        self.assertEqual(json.loads(done.stdout)["Stacks"][0]["StackStatus"], "CREATE_COMPLETE")
        done = subprocess.run([*aws, "cloudformation", "wait", "stack-create-complete", "--stack-name",
                               "shop-dev-athena"], env=environment, capture_output=True, text=True, timeout=120,
                              check=False)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_events(self):
        self.assertRegex(self.says(0, "events", "common").stdout, "CREATE_COMPLETE")

    def test_second_run_has_nothing_to_do(self):
        self.assertIn("nothing to do", self.says(0, "deploy", "--yes").stdout)
        self.assertIn("nothing to do", self.says(0, "diff").stdout)

    def test_diff_against_what_stands_there(self):
        done = self.says(1, "diff", "--set", "data_lake.noncurrent_days=15")
        self.assertIn("NoncurrentDays: 30 -> 15", done.stdout)
        self.assertIn("update 1, leave 3 as they are", done.stdout)


class Changed(Moto):
    def test_deploys_changes_and_destroys(self):
        words = ["deploy", "--yes", "--parameter", "common.DmsRoles=exist"]
        self.assertIn("done: 4 stacks", self.says(0, *words).stdout)
        change = ["--set", "data_lake.noncurrent_days=15", "--set", "common.log_retention_days=60"]
        said = self.says(0, *words, *change).stdout
        self.assertIn("update 2", said)
        for name in ("common", "data-lake"):
            self.assertEqual(self.stack(f"shop-dev-{name}")["StackStatus"], "UPDATE_COMPLETE")
            self.assertRegex(said, rf"{name.replace('-', '_')} +UPDATE_COMPLETE")
        done = self.says(1, "destroy", "--confirm", "shop-dev")
        self.assertRegex(done.stderr, "common: .*DependencyViolation: The vpc .* has dependencies")
        self.assertIn("3 stacks done, 1 failed", done.stdout)
        for name in ("data-lake", "glue", "athena"):
            with self.assertRaisesRegex(botocore.exceptions.ClientError, "does not exist"):
                self.stack(f"shop-dev-{name}")

    def test_observability(self):
        said = self.says(0, "deploy", "--yes", project="watch").stdout
        self.assertIn("done: 2 stacks", said)
        self.assertEqual(self.stack("watch-dev-observability")["StackStatus"], "CREATE_COMPLETE")

    def test_change_sets(self):
        self.assertIn("done: 1 stack", self.says(0, "deploy", "--yes", "--change-sets", project="sets").stdout)
        self.assertEqual(self.stack("sets-dev-common")["StackStatus"], "CREATE_COMPLETE")


class Signed(Moto):
    """moto computes each signature anew with botocore, and knows users and their policies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        iam, cls.keys = cls.server.client("iam"), {}
        for user, effect in [("admin", "Allow"), ("nobody", "Deny")]:
            iam.create_user(UserName=user)
            policy = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "*", "Resource": "*"}]}
            iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=json.dumps(policy))
            key = iam.create_access_key(UserName=user)["AccessKey"]
            cls.keys[user] = {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}
        cls.server.check_signatures()

    def test_right_key(self):
        """Each service that a deployment asks, with tags that are hard to encode."""
        done = self.says(0, "deploy", "--yes", "--trace", "--stack", "data_lake", **self.keys["admin"])
        self.assertIn("done: 2 stacks", done.stdout)
        for service in ("cloudformation CreateStack", "sts GetCallerIdentity", "s3 HeadBucket", "ec2 DescribeVpcs",
                        "kms DescribeKey"):
            self.assertRegex(done.stderr, rf"trace: {service} .* -> (200|404)")
        self.assertNotIn("-> 403", done.stderr)
        self.assertEqual(self.says(0, "status", "common", **self.keys["admin"]).stdout.count("CREATE_COMPLETE"), 1)

    def refused(self, pattern, **credentials):
        for words in [("status",), ("deploy", "--yes")]:
            self.assertRegex(self.says(3, *words, **credentials).stderr, pattern)

    def test_wrong_secret(self):
        self.refused("SignatureDoesNotMatch", key=self.keys["admin"]["key"], secret="wrong-secret-of-the-test")

    def test_unknown_key(self):
        self.refused("InvalidClientTokenId", key="AKIAUNKNOWN", secret="wrong-secret-of-the-test")

    def test_no_permission(self):
        self.refused("AccessDenied", **self.keys["nobody"])


if __name__ == "__main__":
    unittest.main()

"""Signatures before a judge who checks them: moto with its IAM switched on, by way of every protocol."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest
import urllib.request

import boto3

SPEAK = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "speak"
REGION = "eu-central-1"
TEMPLATE = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
                       "Outputs": {"Name": {"Value": "é & <b> +=%/"}}})


class Signatures(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        cls.url = f"http://127.0.0.1:{port}"
        server = subprocess.Popen([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(server.wait)
        cls.addClassCleanup(server.terminate)
        while True:
            try:
                urllib.request.urlopen(cls.url + "/moto-api/data.json", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None:
                    raise
                time.sleep(0.1)
        iam = boto3.client("iam", endpoint_url=cls.url, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
        iam.create_user(UserName="deployer")
        cls.key = iam.create_access_key(UserName="deployer")["AccessKey"]
        iam.put_user_policy(UserName="deployer", PolicyName="all", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
        reset = urllib.request.Request(cls.url + "/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"})
        urllib.request.urlopen(reset, timeout=30).close()

    def call(self, service, action, inputs, **more):
        line = {"do": "call", "url": self.url, "service": service, "action": action, "input": inputs,
                "access_key": self.key["AccessKeyId"], "secret_key": self.key["SecretAccessKey"]} | more
        said = subprocess.run([SPEAK], input=json.dumps(line), capture_output=True, text=True, check=True, timeout=120)
        return json.loads(said.stdout)

    def good(self, *arguments, **more):
        said = self.call(*arguments, **more)
        self.assertEqual(said["outcome"], "ok", said)
        return said["output"]

    def test_wrong_keys_are_told(self):
        said = self.call("cloudformation", "ListStacks", {}, secret_key="wrong")
        self.assertEqual((said["outcome"], said["code"]), ("denied", "SignatureDoesNotMatch"))
        said = self.call("cloudformation", "ListStacks", {}, access_key="AKIANOBODY")
        self.assertEqual((said["outcome"], said["code"]), ("denied", "InvalidClientTokenId"))

    def test_query(self):
        tags = [{"Key": "who", "Value": "é漢 &=+%/"}]
        made = self.good("cloudformation", "CreateStack", {"StackName": "one", "TemplateBody": TEMPLATE, "Tags": tags})
        stack, = self.good("cloudformation", "DescribeStacks", {"StackName": "one"})["Stacks"]
        self.assertEqual((stack["StackId"], stack["StackStatus"]), (made["StackId"], "CREATE_COMPLETE"))
        self.assertEqual(stack["Tags"], tags)
        self.assertEqual(stack["Outputs"][0]["OutputValue"], "é & <b> +=%/")
        said = self.call("cloudformation", "DescribeStacks", {"StackName": "none"})
        self.assertEqual((said["outcome"], said["code"]), ("refused", "ValidationError"))
        self.assertIn("does not exist", said["message"])
        self.assertEqual(self.good("sts", "GetCallerIdentity", {})["Account"], "123456789012")
        self.assertEqual([user["UserName"] for user in self.good("iam", "ListUsers", {})["Users"]], ["deployer"])

    def test_ec2(self):
        vpcs = self.good("ec2", "DescribeVpcs", {"Filters": [{"Name": "isDefault", "Values": ["true"]}]})["Vpcs"]
        self.assertEqual([vpc["IsDefault"] for vpc in vpcs], ["true"])
        zones = self.good("ec2", "DescribeAvailabilityZones", {})["AvailabilityZones"]
        self.assertIn("eu-central-1a", [zone["ZoneName"] for zone in zones])

    def test_json(self):
        key = self.good("kms", "CreateKey", {"Description": "é"})["KeyMetadata"]
        self.assertEqual(self.good("kms", "DescribeKey", {"KeyId": key["KeyId"]})["KeyMetadata"]["Description"], "é")

    def test_s3(self):
        self.good("s3", "CreateBucket", {"Bucket": "lake", "CreateBucketConfiguration": {"LocationConstraint": REGION}})
        self.assertEqual(self.good("s3", "GetBucketLocation", {"Bucket": "lake"}), {"LocationConstraint": REGION})
        self.good("s3", "PutPublicAccessBlock", {"Bucket": "lake", "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}})
        self.good("s3", "PutBucketEncryption", {"Bucket": "lake", "ServerSideEncryptionConfiguration": {"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}})
        self.good("s3", "PutBucketLifecycleConfiguration", {"Bucket": "lake", "LifecycleConfiguration": {"Rules": [
            {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "t/"}, "Expiration": {"Days": 30}}]}})
        self.good("s3", "PutBucketVersioning", {"Bucket": "lake", "VersioningConfiguration": {"Status": "Enabled"}})
        for name in ("a b", "c"):
            self.good("s3", "PutObject", {"Bucket": "lake", "Key": name}, payload="hello")
        self.good("s3", "DeleteObject", {"Bucket": "lake", "Key": "c"})
        listed = self.good("s3", "ListObjectVersions", {"Bucket": "lake"})
        self.assertEqual(sorted(one["Key"] for one in listed["Versions"]), ["a b", "c"])
        self.assertEqual([one["Key"] for one in listed["DeleteMarkers"]], ["c"])
        all_of_them = [{"Key": one["Key"], "VersionId": one["VersionId"]}
                       for kind in ("Versions", "DeleteMarkers") for one in listed[kind]]
        deleted = self.good("s3", "DeleteObjects", {"Bucket": "lake", "Delete": {"Objects": all_of_them}})["Deleted"]
        self.assertEqual(len(deleted), 3)
        self.assertNotIn("Contents", self.good("s3", "ListObjectsV2", {"Bucket": "lake"}))
        self.good("s3", "DeleteBucket", {"Bucket": "lake"})
        self.assertEqual(self.call("s3", "HeadBucket", {"Bucket": "lake"})["code"], "NotFound")


if __name__ == "__main__":
    unittest.main()

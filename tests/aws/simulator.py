"""`cfngen simulate` as a server for AWS's own clients, and what these are told to find it."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

import boto3
import botocore.config

CFNGEN = os.environ["CFNGEN"]
AWS = str(pathlib.Path(sys.executable).with_name("aws"))
SECRET = "a-secret-of-the-tests"
SANITIZERS = ("AddressSanitizer", "runtime error:", "LeakSanitizer")


class Simulator:
    """A server of its own, until it is stopped. Time runs fast there, and calls take none, unless told otherwise."""

    def __init__(self, *words, secret=True, speed=300, latency=0):
        self.words = [CFNGEN, "simulate", "--listen", "127.0.0.1:0", "--latency", str(latency), "--speed", str(speed), *words]
        if secret:
            self.words += ["--secret", "SIMULATED_SECRET"]
        self.process = subprocess.Popen(self.words, env={**os.environ, "SIMULATED_SECRET": SECRET}, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            self.process.kill()
            raise AssertionError(f"{self.words}: {line}{self.process.stderr.read()}")
        self.url = line.split()[-1]
        self.port = int(self.url.rpartition(":")[2])

    def stop(self):
        """Ends it as an operator would; what it has said, and that it ended well."""
        if self.process.poll() is None:
            self.process.terminate()
        _, said = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, f"exit {self.process.returncode}: {said}"
        for word in SANITIZERS:
            assert word not in said, said
        return said

    def client(self, service="cloudformation", key="cfngen", secret=SECRET, **more):
        config = botocore.config.Config(retries={"total_max_attempts": 1, "mode": "standard"}, **more)
        return boto3.client(service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id=key,
                            aws_secret_access_key=secret, config=config)

    def aws(self, *words, code=0, **more):
        """The aws command; what it prints, as JSON where it is such."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_ENDPOINT_URL": self.url,
                       "AWS_ACCESS_KEY_ID": "cfngen", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_PAGER": "",
                       "AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", **more}
        said = subprocess.run([AWS, *words], env=environment, capture_output=True, text=True, timeout=300)
        assert said.returncode == code, f"aws {words}: {said.returncode}\n{said.stdout}{said.stderr}"
        try:
            return json.loads(said.stdout)
        except json.JSONDecodeError:
            return said.stdout + said.stderr


class Simulated(unittest.TestCase):
    """Tests that share a server; `words` are its options."""
    words = ()
    speed = 300

    @classmethod
    def setUpClass(cls):
        cls.server = Simulator(*cls.words, speed=cls.speed)
        cls.cfn = cls.server.client()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def wait(self, what, name, client=None):
        (client or self.cfn).get_waiter(what).wait(StackName=name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 300})

    def make(self, name, template, **more):
        self.cfn.create_stack(StackName=name, TemplateBody=json.dumps(template), **more)
        self.wait("stack_create_complete", name)


def template(**resources):
    """Resources by their types, or whole."""
    return {"Resources": {name: {"Type": value} if isinstance(value, str) else value
                          for name, value in resources.items()}}

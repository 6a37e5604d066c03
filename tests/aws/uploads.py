"""A platform whose stacks stand on moto with no more than their buckets, a pipeline beside it, and cfngen uploading."""
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import test_moto

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import simulation  # noqa: E402

OUTPUTS = {"common": "ScriptBucketName", "mwaa": "BucketName"}
VERSIONS = ("RequirementsVersion", "PluginsVersion", "StartupScriptVersion")
NUMBERS = itertools.count(1)
BAD = ("Sanitizer", "runtime error:", test_moto.SECRET, "Signature=")


def template(stack):
    body = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}},
            "Outputs": {OUTPUTS[stack]: {"Value": {"Ref": "Bucket"}}}}
    if stack == "mwaa":
        body["Parameters"] = {name: {"Type": "String", "Default": ""} for name in VERSIONS}
    return json.dumps(body)


class Uploads(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(test_moto.Server())
        cls.cloudformation, cls.s3 = cls.server.client("cloudformation"), cls.server.client("s3")

    def setUp(self):
        """Stacks and a folder for each test."""
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cfngen-upload-")))
        project, self.buckets = f"shop{next(NUMBERS)}", {}
        (self.folder / "platform.yaml").write_text(f"project: {project}\nenvironment: dev\nregion: {test_moto.REGION}\n")
        for stack, output in OUTPUTS.items():
            name = f"{project}-dev-{stack}"
            self.cloudformation.create_stack(StackName=name, TemplateBody=template(stack))
            outputs = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"]
            self.buckets[stack] = next(o["OutputValue"] for o in outputs if o["OutputKey"] == output)
            self.s3.put_bucket_versioning(Bucket=self.buckets[stack], VersioningConfiguration={"Status": "Enabled"})

    def write(self, name, content):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def words(self, *words, endpoint=None):
        return [str(simulation.COMMAND), "upload", *words, "--endpoint", endpoint or self.server.endpoint]

    @property
    def environment(self):
        return simulation.environment(self.folder, AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY=test_moto.SECRET)

    def run_it(self, *words, endpoint=None):
        return subprocess.run(self.words(*words, endpoint=endpoint), cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300, check=False)

    def judge(self, done, code):
        self.assertEqual(done.returncode, code, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{self.server.said()}")
        for word in BAD:
            self.assertNotIn(word, done.stdout + done.stderr)
        return done

    def says(self, code, *words, **more):
        return self.judge(self.run_it(*words, **more), code)

    def result(self, *words, code=0, **more):
        """What the run tells machines: all of it, and each place by its name."""
        told = json.loads(self.says(code, *words, "--output", "json", **more).stdout)
        return told, {place["name"]: place for place in told["places"]}

    def there(self, stack="mwaa", prefix=""):
        """What lies in a bucket but for the manifests, as boto3 sees it."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.buckets[stack], Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket=self.buckets[stack], Key=key)["Body"].read() for key in keys
                if not key.startswith(".cfngen/")}

    def etags(self, stack="mwaa"):
        """The same by ETags, which are moto's MD5."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.buckets[stack])
        return {item["Key"]: item["ETag"] for page in pages for item in page.get("Contents", [])
                if not item["Key"].startswith(".cfngen/")}

    def open_uploads(self):
        return [upload for bucket in self.buckets.values()
                for upload in self.s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])]

"""Somebody else's programs: a CMake project, one line with pkg-config, and the examples."""
import json
import pathlib
import sys
import unittest

from installed import COMMAND, ENVIRONMENT, LIBRARY, PREFIX, ROOT, Installed, pkg_config

HERE = pathlib.Path(__file__).parent
STACKS = ["common", "data_lake", "rds", "dms", "glue", "athena", "emr", "redshift", "mwaa", "observability"]
PLATFORM = """\
project: shop
environment: dev
region: eu-west-1
jobs:
  retention_days: 4
"""


class Consumers(Installed):
    def check_stack_names(self, text):
        self.assertEqual({line.removeprefix("shop-dev-").replace("-", "_") for line in text.split()}, set(STACKS))
        self.assertEqual(text.split()[0], "shop-dev-common")

    def test_find_package(self):
        self.must("cmake", "-S", HERE / "consumer", "-B", self.folder, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={PREFIX}")
        self.must("cmake", "--build", self.folder)
        shared = self.must(self.folder / "consumer_cfngen").stdout
        self.check_stack_names(shared)
        self.assertEqual(self.must(self.folder / "consumer_static").stdout, shared)
        self.assertIn("AWS::S3::Bucket has ", self.must(self.folder / "consumer_cpp").stdout)

    def test_pkg_config(self):
        self.must("gcc", "-std=c11", HERE / "consumer/consumer.c", *pkg_config("--cflags", "--libs"), "-o",
                  self.folder / "consumer")
        self.check_stack_names(self.must(self.folder / "consumer").stdout)

    def test_installed_command(self):
        self.assertIn("0.1", self.must(COMMAND, "version").stdout)


class Deployer(Installed):
    """The driver, linked into a tool of somebody else's: it deploys into the embedded simulation."""

    def test_deploys_two_stacks(self):
        self.must("cmake", "-S", ROOT / "examples/deployer", "-B", self.folder / "build", "-G", "Ninja",
                  "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror")
        self.must("cmake", "--build", self.folder / "build")
        said = self.must(self.folder / "build/deployer").stdout
        self.assertEqual(said.split(), ["topic:", "CREATE_COMPLETE", "parameter:", "CREATE_COMPLETE"])


class Examples(Installed):
    """A stack of one's own, in C and in Python: the same template comes out of both."""

    def setUp(self):
        super().setUp()
        self.file = self.folder / "platform.yaml"
        self.file.write_text(PLATFORM)

    def check(self, text):
        template = json.loads(text)
        resources = template["Resources"]
        queue = next(r["Properties"] for r in resources.values()
                     if r["Type"] == "AWS::SQS::Queue" and "RedrivePolicy" in r["Properties"])
        self.assertEqual(queue["MessageRetentionPeriod"], 4 * 24 * 3600)
        self.assertEqual(queue["KmsMasterKeyId"], {"Fn::ImportValue": "shop-dev-common-KeyArn"})
        self.assertIn({"Key": "Project", "Value": "shop"}, queue["Tags"])
        path = self.folder / "jobs.json"
        path.write_text(text)
        self.must(COMMAND, "check", path)
        return template

    def test_c_and_python_agree(self):
        self.must("cmake", "-S", ROOT / "examples/custom_stack", "-B", self.folder / "build", "-G", "Ninja",
                  "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Werror")
        self.must("cmake", "--build", self.folder / "build")
        in_c = self.must(self.folder / "build/custom_stack", self.file)
        in_python = self.python(self.file)
        self.assertEqual(in_python.returncode, 0, in_python.stderr)
        self.assertEqual(self.check(in_c.stdout), self.check(in_python.stdout))

    def python(self, file):
        import subprocess
        environment = {**ENVIRONMENT, "CFNGEN_LIBRARY": str(LIBRARY)}
        return subprocess.run([sys.executable, str(ROOT / "examples/python/custom_stack.py"), str(file)],
                              capture_output=True, text=True, env=environment, check=False)

    def test_own_settings_are_checked_like_any_others(self):
        self.file.write_text(PLATFORM.replace("retention_days: 4", "retention_days: 40\n  retention: 1"))
        said = self.python(self.file)
        self.assertEqual(said.returncode, 1)
        self.assertIn(f"{self.file}:5:19: error: jobs.retention_days: must be an integer from 1 to 14, not '40'", said.stderr)
        self.assertIn("jobs.retention", said.stderr)
        self.assertIn("retention_days", said.stderr)


if __name__ == "__main__":
    unittest.main()

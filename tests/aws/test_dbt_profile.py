"""`cfngen dbt-profile`: what it writes, and what it leaves alone. That dbt itself takes the file is tried beside the dbt project."""
import unittest

import platform_with
import yaml


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.platform = cls.enterClassContext(platform_with.Deployed(stacks=["redshift"]))

    def says(self, code, *words):
        said = self.platform.ask("dbt-profile", *words)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        return said

    def output(self, *words):
        whole = yaml.safe_load(self.says(0, *words).stdout)
        self.assertEqual((list(whole), whole["cfngen"]["target"]), (["cfngen"], "redshift"))
        return whole["cfngen"]["outputs"]["redshift"]

    def test_iam(self):
        profile = self.output()
        self.assertRegex(profile.pop("host"), r"^shop-dev-warehouse\..*\.eu-west-1\.redshift-serverless\.amazonaws\.com$")
        self.assertEqual(profile, {
            "type": "redshift", "port": 5439, "dbname": "warehouse", "schema": "analytics", "method": "iam_role",
            "region": "eu-west-1", "is_serverless": True, "serverless_work_group": "shop-dev-warehouse",
            "sslmode": "verify-full", "connect_timeout": 30, "retries": 3, "threads": 4})

    def test_a_password_is_not_written(self):
        profile = self.output("--method", "password")
        self.assertEqual((profile["method"], profile["password"]), ("database", "{{ env_var('DBT_PASSWORD') }}"))
        self.assertNotIn("serverless_work_group", profile)

    def test_a_file_of_somebody_else_stays(self):
        path = self.platform.folder / "profiles.yml"
        path.unlink(missing_ok=True)
        self.assertIn("is not there", self.says(1, "--out", "profiles.yml", "--check").stderr)
        self.says(0, "--out", "profiles.yml")
        written = path.read_text()
        self.says(0, "--out", "profiles.yml", "--check")
        self.says(0, "--out", "profiles.yml")
        path.write_text("mine: {}\n")
        self.assertIn("profiles.yml: error: is there, and is another", self.says(1, "--out", "profiles.yml").stderr)
        self.assertIn("is not what the stacks tell", self.says(1, "--out", "profiles.yml", "--check").stderr)
        self.assertEqual(path.read_text(), "mine: {}\n")
        self.says(0, "--out", "profiles.yml", "--force")
        self.assertEqual(path.read_text(), written)

    def test_usage(self):
        self.assertIn("--check needs --out", self.says(2, "--check").stderr)
        self.assertIn("exclude each other", self.says(2, "--check", "--force", "--out", "x").stderr)

    def test_a_cluster(self):
        platform = platform_with.simulation.PLATFORM + "redshift: {mode: provisioned}\n"
        with platform_with.Deployed(platform, ["redshift"]) as deployed:
            profile = yaml.safe_load(deployed.ask("dbt-profile").stdout)["cfngen"]["outputs"]["redshift"]
            self.assertEqual((profile["cluster_id"], profile["is_serverless"]), ("shop-dev-warehouse", False))

    def test_what_is_not_deployed_is_named(self):
        with platform_with.Deployed(stacks=["common"]) as deployed:
            said = deployed.ask("dbt-profile")
            self.assertEqual(said.returncode, 1)
            self.assertIn("the stack redshift, whose output WorkgroupName is needed, is not deployed", said.stderr)


if __name__ == "__main__":
    unittest.main()

"""A deployment rehearsed: its timeline, an update of what stands, a failure with its cause, a deletion."""
import json
import unittest

from runner import SMALL, Case


class Rehearse(Case):
    def setUp(self):
        super().setUp()
        self.write("platform.yaml", SMALL)

    def test_timeline_and_longest_path(self):
        said = self.says(0, "rehearse").stdout
        self.assertIn("the longest path is common -> mwaa -> observability", said)
        self.assertIn("done: 10 stacks done after 3", said)
        self.assertRegex(said, r"\nmwaa +30m \d\ds  +█+\n")

    def test_same_each_time(self):
        self.assertEqual(self.says(0, "rehearse").stdout, self.says(0, "rehearse").stdout)

    def test_machine_readable(self):
        lines = [json.loads(line) for line in self.says(0, "rehearse", "--output", "json", "--stack", "rds").stdout.splitlines()]
        self.assertEqual(lines[0]["kind"], "plan")
        self.assertEqual(lines[0]["longest_path"], ["common", "rds"])
        self.assertEqual(lines[-1]["outcome"], "done")
        self.assertGreater(lines[-1]["seconds"], 300)
        common = lines[-1]["stacks"][0]
        self.assertEqual((common["stage"], common["status"]), ("done", "CREATE_COMPLETE"))
        self.assertTrue(common["outputs"]["KeyArn"].startswith("arn:aws:kms:eu-central-1:"))
        self.assertTrue({"started", "resource", "ended"} <= {line["kind"] for line in lines})

    def test_update_of_what_stands(self):
        self.says(0, "synth", "--out", "out")
        self.assertIn("nothing to do", self.says(0, "rehearse", "--deployed", "out").stdout)
        said = self.says(0, "rehearse", "--deployed", "out", "--set", "rds.storage_gb=40").stdout
        self.assertIn("Properties.AllocatedStorage: ", said)
        self.assertIn("update 1, leave 9 as they are", said)
        self.assertIn("done: 1 stack done", said)

    def test_failure_is_told_with_its_cause_and_remedy(self):
        done = self.says(1, "rehearse", "--fail", "shop-dev-rds/Database=The maximum number of addresses has been reached")
        self.assertIn("rds: Database AWS::RDS::DBInstance CREATE_FAILED: The maximum number of addresses", done.stdout)
        self.assertIn("1 failed, ", done.stdout)
        self.assertIn("Database", done.stderr)

    def test_destroy(self):
        said = self.says(0, "rehearse", "--destroy").stdout
        self.assertIn("delete 10", said)
        self.assertIn("data_lake keeps in the account:", said)

    def test_refusals(self):
        self.assertIn("must name a resource", self.says(2, "rehearse", "--fail", "shop-dev-rds/Nothing").stderr)
        self.assertIn("--fail must be", self.says(2, "rehearse", "--fail", "rds").stderr)
        self.assertIn("--speed must be a number", self.says(2, "rehearse", "--speed", "fast").stderr)
        self.assertIn("no such", self.says(3, "rehearse", "--deployed", "nowhere").stderr.lower())
        self.assertIn("exclude each other", self.says(2, "rehearse", "--express", "--change-sets").stderr)


if __name__ == "__main__":
    unittest.main()

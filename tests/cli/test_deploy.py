"""The command against the listening simulation: deploy, look, change, destroy."""
import json
import subprocess
import unittest

import simulation


class Deployed(unittest.TestCase):
    """One platform, deployed once; tests look at it and do not change it."""

    @classmethod
    def setUpClass(cls):
        cls.simulation = cls.enterClassContext(simulation.Simulation())
        cls.deployed = cls.simulation.run("deploy", "--yes", "--poll", "0.1", "--result", "result.json")

    def run_well(self, *words):
        done = self.simulation.run(*words)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_deploys_ten_stacks(self):
        self.assertEqual(self.deployed.returncode, 0, self.deployed.stdout + self.deployed.stderr)
        self.assertIn("create 10", self.deployed.stdout)
        self.assertRegex(self.deployed.stdout, r"\ndone: 10 stacks done after ")
        result = json.loads((self.simulation.folder / "result.json").read_text())
        self.assertEqual(result["outcome"], "done")
        self.assertEqual({stack["stage"] for stack in result["stacks"]}, {"done"})

    def test_needs_are_done_first(self):
        ended, needs = [], {}
        for stack in json.loads(self.run_well_locally("ls", "--output", "json")):
            needs[stack["name"]] = set(stack["needs"])
        for line in self.deployed.stdout.splitlines():
            words = line.split()
            if len(words) > 2 and words[2] == "CREATE_COMPLETE" and words[1] in needs:
                self.assertLessEqual(needs[words[1]], set(ended), line)
                ended.append(words[1])
        self.assertEqual(len(ended), 10, self.deployed.stdout)

    def run_well_locally(self, *words):
        done = self.simulation.run(*words, endpoint=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_second_run_has_nothing_to_do(self):
        self.assertIn("nothing to do", self.run_well("deploy", "--yes"))
        self.assertIn("nothing to do", self.run_well("diff"))

    def test_status(self):
        self.assertEqual(self.run_well("status").count("CREATE_COMPLETE"), 10)
        stacks = json.loads(self.run_well("status", "rds", "--output", "json"))
        self.assertEqual([stack["stack_name"] for stack in stacks], ["shop-dev-rds"])
        self.assertTrue(stacks[0]["termination_protection"])
        self.assertEqual(stacks[0]["tags"]["Project"], "shop")

    def test_outputs(self):
        outputs = json.loads(self.run_well("outputs", "--format", "json"))
        self.assertEqual(len(outputs), 10)
        self.assertTrue(outputs["data_lake"])
        script = self.run_well("outputs", "data_lake", "--format", "env")
        name, value = next(iter(outputs["data_lake"].items()))
        shell = subprocess.run(["sh", "-c", script + "\nenv"], capture_output=True, text=True, check=True)
        self.assertIn(f"={value}\n", shell.stdout)
        self.assertIn("DATA_LAKE_", script)
        self.assertTrue(self.run_well("outputs", "data_lake", "--format", "dotenv").startswith("DATA_LAKE_"), name)

    def test_events(self):
        said = self.run_well("events", "athena")
        self.assertIn("CREATE_COMPLETE", said)
        lines = self.run_well("events", "--last", "0", "--output", "json").splitlines()
        self.assertGreater(len(lines), 200)
        times = [json.loads(line)["time"] for line in lines if json.loads(line)["stack"] == "common"]
        self.assertEqual(times, sorted(times))
        self.assertEqual(self.run_well("events", "--failed"), "")

    def test_watch_ends_at_once_when_nothing_is_under_way(self):
        self.assertIn("CREATE_COMPLETE", self.run_well("watch", "rds"))

    def test_cancel_and_rollback_say_that_there_is_nothing(self):
        for verb in ("cancel", "rollback"):
            done = self.simulation.run(verb)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stdout, "nothing")

    def test_drift(self):
        self.assertEqual(self.run_well("drift", "common", "athena").count("IN_SYNC"), 2)

    def test_import_check(self):
        stacks = json.loads(self.run_well("import-check", "--output", "json"))
        common = next(stack for stack in stacks if stack["name"] == "common")
        self.assertTrue(any("shop-dev-rds" in export["importers"] for export in common["exports"]))
        rds = next(stack for stack in stacks if stack["name"] == "rds")
        self.assertTrue(all(name["exporter"] for name in rds["imports"]))

    def test_diff_tells_properties_and_dangers(self):
        done = self.simulation.run("diff", "--set", "rds.storage_gb=50")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("AllocatedStorage", done.stdout)
        self.assertIn("update 1", done.stdout)

    def test_dry_run_changes_nothing(self):
        done = self.simulation.run("deploy", "--dry-run", "--set", "rds.storage_gb=50")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("nothing to do", self.run_well("diff"))

    def test_nobody_to_ask(self):
        done = self.simulation.run("deploy", "--set", "rds.storage_gb=50", stdin=subprocess.DEVNULL)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("nobody can be asked", done.stderr)

    def test_json_is_a_stream_of_objects(self):
        done = self.simulation.run("deploy", "--yes", "--output", "json", "--set", "athena.enabled=true")
        kinds = [json.loads(line)["kind"] for line in done.stdout.splitlines()]
        self.assertEqual(kinds[0], "plan")

    def test_trace_shows_calls_and_no_secret(self):
        done = self.simulation.run("status", "--trace")
        self.assertIn("trace: cloudformation DescribeStacks", done.stderr)
        self.assertNotIn("a-secret-of-the-test", done.stdout + done.stderr)
        self.assertNotIn("Signature=", done.stderr)


class Changed(unittest.TestCase):
    def setUp(self):
        self.simulation = self.enterContext(simulation.Simulation())

    def must(self, *words):
        done = self.simulation.run(*words, "--poll", "0.1")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_one_stack_with_what_it_needs_then_all_then_none(self):
        said = self.must("deploy", "--stack", "rds", "--yes")
        self.assertIn("create 2", said)
        self.assertIn("create 8, leave 2 as they are", self.must("deploy", "--yes"))
        said = self.must("deploy", "--yes", "--set", "rds.storage_gb=50")
        self.assertIn("update 1, leave 9 as they are", said)
        refused = self.simulation.run("destroy", "--confirm", "shop-prod")
        self.assertEqual(refused.returncode, 2)
        said = self.must("destroy", "--confirm", "shop-dev")
        self.assertIn("delete 10", said)
        self.assertRegex(said, r"keeps in the account:\n +AWS::")
        self.assertIn("AWS::S3::Bucket", said)
        self.assertEqual(self.simulation.run("status").returncode, 1)

    def test_change_sets(self):
        self.assertIn("done: 2 stacks", self.must("deploy", "--stack", "data_lake", "--change-sets", "--yes"))

    def test_express(self):
        self.assertIn("done: 2 stacks", self.must("deploy", "--stack", "rds", "--express", "--yes"))


class Failing(unittest.TestCase):
    def test_cause_is_told_and_others_go_on(self):
        reason = "The maximum number of addresses has been reached"
        with simulation.Simulation("--fail", f"shop-dev-rds/Database={reason}") as simulated:
            done = simulated.run("deploy", "--yes", "--poll", "0.1")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(reason, done.stdout)
            self.assertIn("Database", done.stderr)
            self.assertRegex(done.stdout, r"not done: \d+ stacks done, 1 failed, \d+ not begun")
            again = simulated.run("deploy", "--yes", "--poll", "0.1")
            self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
            self.assertIn("recreate 1", again.stdout)

    def test_nobody_answers(self):
        with simulation.Simulation() as simulated:
            simulated.stop()
            done = simulated.run("status")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("connect", done.stderr)

    def test_no_credentials(self):
        with simulation.Simulation() as simulated:
            without = {name: value for name, value in simulation.environment(simulated.folder).items()
                       if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
            done = simulated.run("status", env=without)
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertIn("credentials", done.stderr)


if __name__ == "__main__":
    unittest.main()

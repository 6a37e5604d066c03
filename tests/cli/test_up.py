"""cfngen up: which steps there are, that each is done by its verb, and that the next run goes on where one has failed."""
import json
import unittest

import runner
import simulation

DISABLED = "{stack}: {{enabled: false}}\n"


def platform(*left_out):
    return simulation.PLATFORM + "".join(DISABLED.format(stack=stack) for stack in left_out)


class Steps(runner.Case):
    """What a run would do, which asks nobody."""

    def steps(self, *words, text=simulation.PLATFORM):
        self.write("platform.yaml", text)
        lines = self.says(0, "up", "--dry-run", *words).stdout.splitlines()
        self.assertEqual([line.split(" ")[0] for line in lines], [f"{i + 1}/{len(lines)}" for i in range(len(lines))])
        return [line.split(" ", 2)[2] for line in lines]

    def test_of_the_default_platform(self):
        self.assertEqual(self.steps(), ["deploy", "upload --apply", "replicate start", "warehouse", "run --unpause",
                                        "reconcile"])

    def test_with_files_and_dashboards(self):
        steps = self.steps("--from", "data", "--ca", "rds.pem", "--metabase", "https://bi.example.com", "--yes")
        self.assertEqual(steps, ["deploy --yes", "load --from data --ca=rds.pem", "upload --apply --yes", "replicate start",
                                 "warehouse --login metabase_reader", "run --unpause", "metabase --url https://bi.example.com",
                                 "reconcile --ca=rds.pem"])

    def test_a_platform_without_airflow_runs_the_job_itself(self):
        self.assertEqual(self.steps(text=platform("mwaa")),
                         ["deploy", "upload", "replicate start", "warehouse", "run job", "reconcile"])

    def test_a_step_without_its_stack_is_none(self):
        text = platform("mwaa", "emr", "redshift", "dms", "observability", "glue", "athena")
        self.assertEqual(self.steps(text=text), ["deploy", "reconcile"])

    def test_what_holds_for_all_is_handed_on(self):
        steps = self.steps("--set", "rds.storage_gb=30", "--profile", "dev", "--skip", "run", "--skip", "reconcile")
        self.assertEqual(steps, [f"{verb} --set=rds.storage_gb=30 --profile=dev"
                          for verb in ("deploy", "upload --apply", "replicate start", "warehouse")])

    def test_a_password_in_a_dsn_is_not_told(self):
        steps = self.steps("--from", "data", "--dsn", "host=localhost password=of-the-shop")
        self.assertIn("load --from data --dsn=...", steps)
        self.assertNotIn("of-the-shop", "".join(steps))

    def test_an_unknown_step_is_refused(self):
        self.write("platform.yaml", simulation.PLATFORM)
        self.assertIn("--skip must name a step, not 'dance'", self.says(2, "up", "--skip", "dance", "--dry-run").stderr)

    def test_a_bad_platform_is_told_once_and_nothing_begins(self):
        self.write("platform.yaml", "project: shop\nregion: nowhere\n")
        said = self.says(1, "up", "--yes")
        self.assertEqual(said.stdout, "")
        self.assertEqual(said.stderr.count("must be"), 1, said.stderr)


class Runs(unittest.TestCase):
    """Against the simulation, which knows CloudFormation, S3 and DMS, but no warehouse and no Airflow."""

    @classmethod
    def setUpClass(cls):
        cls.place = simulation.Simulation(platform=platform("observability"))
        cls.addClassCleanup(cls.place.__exit__)
        job = cls.place.folder / "pipeline" / "spark" / "bronze_to_silver.py"
        job.parent.mkdir(parents=True)
        job.write_text("print('a job')\n")
        (cls.place.folder / "pipeline" / "tables.json").write_text("{}\n")

    def test_the_first_failure_ends_it_and_the_next_run_goes_on(self):
        words = ("up", "--yes", "--skip", "run", "--skip", "reconcile")
        first = self.place.run(*words)
        self.assertNotEqual(first.returncode, 0, first.stdout)
        for step in ("deploy", "upload", "replicate"):
            self.assertRegex(first.stdout, rf"(?m)^{step} is done after ")
        self.assertRegex(first.stdout, r"(?m)^warehouse has failed after ")
        self.assertIn("the next 'cfngen up' goes on from here", first.stderr)
        again = self.place.run(*words, "--skip", "warehouse", "--output", "json")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)
        ends = [json.loads(line) for line in again.stdout.splitlines() if line.startswith('{"step"')]
        self.assertEqual([(end["step"], end["code"]) for end in ends],
                         [("deploy", 0), ("upload", 0), ("replicate", 0)])
        self.assertLess(sum(end["milliseconds"] for end in ends), 60_000)

    def test_without_anybody_to_ask_nothing_is_deployed(self):
        place = simulation.Simulation(platform=platform("mwaa"))
        with place:
            said = place.run("up", stdin=-3)
            self.assertNotEqual(said.returncode, 0)
            self.assertIn("deploy has failed", said.stdout)
            self.assertNotIn("upload", said.stdout)


if __name__ == "__main__":
    unittest.main()

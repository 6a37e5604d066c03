"""The replication, by the command, against the listening simulation: run, looked at, changed, stopped."""
import json
import pathlib
import unittest
import urllib.request

import simulation

PLATFORM = simulation.PLATFORM + "dms: {lob_max_kb: %s}\n"


class Replicated(unittest.TestCase):
    def setUp(self):
        self.simulation = self.enterContext(simulation.Simulation(platform=PLATFORM % 1024))
        self.deploy("--stack", "dms")

    def says(self, code, *words):
        done = self.simulation.run(*words)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def deploy(self, *words):
        return self.says(0, "deploy", "--yes", "--poll", "0.05", *words).stdout

    def change(self, kilobytes):
        (pathlib.Path(self.simulation.folder) / "platform.yaml").write_text(PLATFORM % kilobytes)

    def status(self):
        return json.loads(self.says(0, "replicate", "status", "--output", "json").stdout)

    def start(self, *words):
        return self.says(0, "replicate", *words, "--poll", "0.05").stdout

    def test_starts_follows_and_may_be_repeated(self):
        self.assertEqual(self.status()["state"], "new")
        said = self.start()
        for word in ("testing the connections", "the connection to the source is good", "starting: start-replication",
                     "ecommerce.%: Table completed", "replicating: 100 %"):
            self.assertIn(word, said)
        self.assertIn("it runs already", self.start("start"))
        self.assertEqual(self.status()["state"], "replicating")
        text = self.says(0, "replicate", "status").stdout
        self.assertRegex(text, r"source latency +-\n")
        self.assertIn("ecommerce.%", text)

    def test_stops_and_resumes(self):
        self.says(1, "replicate", "resume")
        self.start("start", "--no-test")
        self.start("stop")
        self.assertEqual(self.status()["state"], "stopped")
        self.assertIn("nothing is left to be done", self.start("stop"))
        self.assertIn("starting: resume-processing", self.start("resume", "--no-test"))

    def test_a_reload_must_be_approved(self):
        self.start("start", "--no-test")
        self.assertIn("must be approved", self.says(1, "replicate", "reload").stderr)
        self.assertIn("starting: reload-target", self.start("reload", "--yes", "--no-test"))

    def test_machines_get_a_line_for_each_look(self):
        lines = [json.loads(line) for line in self.start("start", "--output", "json").splitlines()]
        self.assertEqual({line["kind"] for line in lines}, {"note", "status", "result"})
        self.assertEqual([lines[-1]["done"], lines[-1]["status"]["state"]], [True, "replicating"])

    def test_a_deployment_stops_it_and_resumes_it(self):
        self.start("start", "--no-test")
        started = self.status()["started"]
        self.change(2048)
        plan = self.says(1, "deploy", "--dry-run", "--stack", "dms").stdout
        self.assertIn("! the replication Task is stopped first, and resumed after the update", plan)
        self.assertEqual(self.status()["started"], started)
        said = self.deploy("--stack", "dms")
        self.assertIn("the replication Task stands still", said)
        self.assertIn("the replication Task runs again", said)
        self.assertEqual(self.status()["state"], "replicating")
        self.assertIn("nothing to do", self.deploy("--stack", "dms"))

    def test_what_a_killed_deployment_left_is_told_and_resumed(self):
        self.start("start", "--no-test")
        self.start("stop")
        arn = self.status()["arn"]
        self.mark(arn)
        self.assertTrue(self.status()["left_by_deployment"])
        self.assertIn("a deployment that did not come to its end", self.says(0, "replicate", "status").stdout)
        self.assertIn("it is resumed", self.deploy("--stack", "dms"))
        self.assertEqual(self.status()["state"], "replicating")

    def mark(self, arn):
        """As a run does that is killed before it has resumed what it stopped."""
        body = json.dumps({"ResourceArn": arn, "Tags": [{"Key": "cfngen:resume", "Value": "true"}]}).encode()
        request = urllib.request.Request(self.simulation.endpoint, body, {
            "X-Amz-Target": "AmazonDMSv20160101.AddTagsToResource", "Content-Type": "application/x-amz-json-1.1"})
        urllib.request.urlopen(request, timeout=30).close()

    def test_a_platform_is_destroyed_with_it(self):
        self.start("start", "--no-test")
        done = self.says(0, "destroy", "--stack", "dms", "--confirm", "shop-dev", "--poll", "0.05")
        self.assertIn("the replication Task stands still", done.stdout)


class Serverless(unittest.TestCase):
    def test_runs_and_is_stopped_before_it_is_deleted(self):
        platform = simulation.PLATFORM + "dms: {mode: serverless}\n"
        with simulation.Simulation(platform=platform) as server:
            for words in (["deploy", "--yes", "--stack", "dms"], ["replicate"], ["replicate", "stop"],
                          ["replicate", "resume"], ["destroy", "--stack", "dms", "--confirm", "shop-dev"]):
                done = server.run(*words, "--poll", "0.05")
                self.assertEqual(done.returncode, 0, (words, done.stdout, done.stderr))
            self.assertIn("the replication Replication stands still", done.stdout)


class Mistakes(unittest.TestCase):
    def test_words(self):
        with simulation.Simulation() as server:
            done = server.run("replicate", "restart")
            self.assertEqual(done.returncode, 2)
            self.assertIn("start, stop, resume, reload or status, not 'restart'", done.stderr)
            done = server.run("replicate", "start", "--timeout", "soon")
            self.assertEqual(done.returncode, 2, done.stderr)
            done = server.run("replicate")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("cfngen deploy --stack dms", done.stderr)
            (server.folder / "platform.yaml").write_text(simulation.PLATFORM + "dms: {enabled: false}\n")
            done = server.run("replicate")
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("no stack dms", done.stderr)


if __name__ == "__main__":
    unittest.main()

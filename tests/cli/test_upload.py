"""`cfngen upload` as a user runs it, against the simulation: words, exit codes, a terminal, and the deployment after it."""
import json
import os
import pty
import re
import subprocess
import unittest

import simulation


class Upload(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.simulated = cls.enterClassContext(simulation.Simulation())
        cls.folder = cls.simulated.folder
        done = cls.simulated.run("deploy", "--yes", "--stack", "mwaa", "--no-preflight", "--poll", "0.05")
        assert done.returncode == 0, done.stderr
        for number in range(40):
            cls.write(f"pipeline/dags/d{number}.py", f"d = {number}\n")

    @classmethod
    def write(cls, name, text):
        path = cls.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def says(self, code, *words, **more):
        done = self.simulated.run("upload", *words, **more)
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}")
        return done

    def test_1_lines_and_codes(self):
        dry = self.says(1, "dags", "--dry-run").stdout
        self.assertEqual(len(re.findall(r"^would send s3://shop-dev-airflow-\S+/dags/d\d+.py \(\d+ B\)$", dry, re.M)), 40)
        self.assertIn("\n40 files to send (270 B), 0 unchanged\n", dry)
        sent = self.says(0, "dags")
        self.assertEqual(len(re.findall(r"^send s3://\S+ \(\d+ B\)$", sent.stdout, re.M)), 40)
        self.assertRegex(sent.stdout, r"\n40 files sent \(270 B in \d+\.\ds\), 0 unchanged\n")
        self.assertEqual(sent.stderr, "")
        self.assertRegex(self.says(0, "dags", "-n").stdout, r"^0 files to send \(0 B\), 40 unchanged\n$")

    def test_2_what_is_gone(self):
        (self.folder / "pipeline/dags/d7.py").unlink()
        self.assertIn("\n1 file gone here and still there; --delete deletes it\n", self.says(0, "dags").stdout)
        self.assertIn("would delete s3://", self.says(1, "dags", "--delete", "--dry-run").stdout)
        self.assertRegex(self.says(0, "dags", "--delete").stdout, r"^delete s3://\S+/dags/d7.py\n0 files sent .*, 1 file deleted, 39")
        self.assertRegex(self.says(0, "dags", "--delete").stdout, "^0 files sent .*, 39 unchanged\n$")

    def test_3_json(self):
        self.write("pipeline/dags/new.py", "new")
        told = json.loads(self.says(0, "dags", "--output", "json").stdout)
        place, = told["places"]
        self.assertEqual((told["files"], told["bytes"], told["unchanged"], told["dry_run"]), (1, 3, 39, False))
        self.assertEqual(place["sent"], [{"key": "dags/new.py", "path": "pipeline/dags/new.py", "bytes": 3}])
        self.assertEqual((place["removed"], place["left"], place["versions"], told["parameters"]), ([], [], {}, {}))

    def test_4_a_terminal(self):
        """A person sees how far it is, and what it came to, not each file."""
        for number in range(40):
            self.write(f"pipeline/dags/d{number}.py", f"changed = {number}\n")
        ours, theirs = pty.openpty()
        environment = {**simulation.environment(self.folder), "TERM": "xterm"}
        words = [str(simulation.COMMAND), "upload", "dags", "--endpoint", self.simulated.endpoint]
        with subprocess.Popen(words, cwd=self.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
            os.close(theirs)
            said = b""
            try:
                while piece := os.read(ours, 4096):
                    said += piece
            except OSError:  # the other end is closed
                pass
            os.close(ours)
        self.assertEqual(process.returncode, 0, said)
        self.assertNotIn(b"send s3://", said)
        self.assertRegex(said.decode(), r"sending: \d+ of 40 files, \d+ B of 510 B, \d+ k?B/s")
        self.assertRegex(said.decode(), r"\x1b\[2K40 files sent \(\d+ B in \d+\.\ds\), 1 unchanged\r\n$")

    def test_5_versions_are_applied(self):
        self.write("pipeline/requirements.txt", "a==1\n")
        command, = re.findall(r"^  cfngen (deploy --stack mwaa --parameter mwaa.RequirementsVersion=\S+)$",
                              self.says(0, "requirements").stdout, re.M)
        self.assertEqual(self.simulated.run(*command.split(), "--dry-run", "--no-preflight").returncode, 1)
        self.assertRegex(self.says(1, "requirements", "--apply").stderr, "nobody can be asked here")
        lines = self.says(0, "requirements", "--apply", "--yes", "--output", "json").stdout.splitlines()
        result, *_, outcome = map(json.loads, lines)
        self.assertEqual(list(result["parameters"]), ["RequirementsVersion"])
        self.assertIn(result["parameters"]["RequirementsVersion"], json.dumps(lines[1:]))
        self.assertNotIn("cfngen deploy", self.says(0, "requirements").stdout)
        self.assertEqual(self.says(0, "requirements", "--apply").stdout.count("\n"), 1)

    def test_6_usage(self):
        self.assertRegex(self.says(2, "spork").stderr, "must be spark, dags, dbt or requirements .did you mean 'spark'")
        self.assertRegex(self.says(3, "dbt").stderr, "dbt_project: error: cannot be read: No such file")
        self.assertRegex(self.says(3, "spark").stderr, "pipeline/spark: error: cannot be read")


if __name__ == "__main__":
    unittest.main()

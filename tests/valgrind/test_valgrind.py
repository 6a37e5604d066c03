"""valgrind finds no bad access and no lost memory in an ordinary build, where all goes well and where much is wrong."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = pathlib.Path(os.environ.get("CFN_PREFIX", ROOT / "build/test/prefix")).resolve() / "bin/cfngen"
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=all", "--errors-for-leak-kinds=all",
            "--error-exitcode=99"]


class Valgrind(unittest.TestCase):
    def run_clean(self, code, *words, cwd=ROOT / "tests"):
        done = subprocess.run([*VALGRIND, str(COMMAND), *words], cwd=cwd, capture_output=True, text=True, check=False,
                              env={**os.environ, "CFNGEN_TODAY": "2026-11-23", "AWS_ACCESS_KEY_ID": "a",
                                   "AWS_SECRET_ACCESS_KEY": "b"})
        self.assertEqual(done.returncode, code, done.stderr[-4000:])
        self.assertNotIn("==", "".join(line for line in done.stderr.splitlines() if line.startswith("==")))

    def test_what_goes_well(self):
        with tempfile.TemporaryDirectory() as out:
            self.run_clean(0, "synth", "--config", "matrix/everything.yaml", "--out", out)
            self.run_clean(0, "check", *sorted(str(p) for p in pathlib.Path(out).glob("*.json") if p.stem != "manifest"))
        self.run_clean(0, "synth", "--config", "matrix/overlay.yaml", "--env", "production", "--format", "yaml")
        self.run_clean(0, "graph", "--config", "matrix/minimal.yaml", "--format", "svg")
        self.run_clean(0, "ls", "--config", "matrix/minimal.yaml", "--output", "json")
        self.run_clean(0, "explain", "--config", "matrix/minimal.yaml", "rds.storage_gb")
        self.run_clean(0, "schema")
        self.run_clean(0, "schema", "--reference")
        self.run_clean(0, "schema", "AWS::S3::Bucket")
        self.run_clean(0, "init", "-")
        self.run_clean(0, "help")

    def test_deploying_in_the_simulation(self):
        self.run_clean(0, "rehearse", "--config", "matrix/minimal.yaml", "--stack", "rds")
        self.run_clean(0, "rehearse", "--config", "matrix/minimal.yaml", "--stack", "athena", "--change-sets")
        self.run_clean(0, "rehearse", "--config", "matrix/minimal.yaml", "--stack", "athena", "--destroy")
        self.run_clean(3, "status", "--config", "matrix/minimal.yaml", "--endpoint", "http://127.0.0.1:1")

    def test_what_is_refused(self):
        for case in ("many_mistakes_at_once", "cyclic_alias", "unclosed_quote", "lake_switched_off"):
            self.run_clean(1, "check", "--config", "platform.yaml", cwd=ROOT / "tests/invalid/config" / case)
        for case in ("many_mistakes_at_once", "yaml_syntax", "resources_in_a_circle", "conditions_in_a_circle"):
            self.run_clean(1, "check", "template.yaml", cwd=ROOT / "tests/invalid/template" / case)
        self.run_clean(1, "check", "template.json", cwd=ROOT / "tests/invalid/template/json_syntax")
        self.run_clean(3, "check", "nowhere.json")
        self.run_clean(2, "synthesize")


if __name__ == "__main__":
    unittest.main()

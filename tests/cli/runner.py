"""Runs the command as a user does: in a folder of its own, with a small environment."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CFNGEN = os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen")
SMALL = "project: shop\nregion: eu-central-1\n"
COMMANDS = ["init", "synth", "check", "ls", "graph", "explain", "schema", "rehearse", "up", "deploy", "destroy",
            "diff", "status", "events", "outputs", "watch", "cancel", "rollback", "drift", "import-check",
            "generate", "load", "upload", "replicate", "run", "warehouse", "dbt-profile", "metabase", "reconcile",
            "simulate", "completion", "version", "help"]


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cfngen-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_it(self, *words, stdin="", **variables):
        """stdin, stdout and stderr are text; PATH and what tools of the build need stay in the environment."""
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")}
        environment = keep | {"CFNGEN_TODAY": "2026-11-23"} | variables
        return subprocess.run([CFNGEN, *words], input=stdin, cwd=self.folder, env=environment, text=True,
                              capture_output=True, timeout=120)

    def says(self, code, *words, **more):
        """The run, whose exit code must be as expected."""
        result = self.run_it(*words, **more)
        self.assertEqual(result.returncode, code, f"{words}\n{result.stdout[:2000]}\n{result.stderr[:4000]}")
        return result

    def json(self, *words, **more):
        return json.loads(self.says(0, *words, **more).stdout)

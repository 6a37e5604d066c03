"""Mistakes that people make, one folder each, and what cfngen says to them, word for word.

config/CASE has a platform file, template/CASE a template; `expected` is the transcript. Beside them may stand `args`, the
words of the command, and `env`, variables. UPDATE=1 rewrites every transcript: read them before you keep them.
"""
import os
import pathlib
import shlex
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).parent
COMMAND = pathlib.Path(os.environ.get("CFNGEN", ROOT / "build/test/cli/cfngen")).resolve()
LEAST_CASES = 150


def words_of(case):
    if (case / "args").exists():
        return shlex.split((case / "args").read_text())
    if case.parent.name == "config":
        return ["check", "--config", "platform.yaml"]
    return ["check", next(case.glob("template.*")).name]


def environment_of(case):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CFNGEN_")}
    environment |= {"CFNGEN_TODAY": "2026-11-23", "NO_COLOR": "1"}
    if (case / "env").exists():
        environment |= dict(line.split("=", 1) for line in (case / "env").read_text().splitlines())
    return environment


def transcript(case):
    words = words_of(case)
    done = subprocess.run([str(COMMAND), *words], cwd=case, env=environment_of(case), capture_output=True, check=False)
    said = (done.stdout + done.stderr).decode()
    return f"$ cfngen {shlex.join(words)}\n{said}exit {done.returncode}\n"


class Invalid(unittest.TestCase):
    maxDiff = None

    def cases(self):
        return sorted(p for kind in ("config", "template") for p in (HERE / kind).iterdir() if p.is_dir())

    def test_transcripts(self):
        for case in self.cases():
            with self.subTest(case=f"{case.parent.name}/{case.name}"):
                said, expected = transcript(case), case / "expected"
                self.assertRegex(said, r"error: |cfngen [a-z]+: ", "nothing is refused")
                self.assertRegex(said, r"exit [123]\n$")
                if os.environ.get("UPDATE"):
                    expected.write_text(said)
                self.assertEqual(said, expected.read_text())

    def test_there_are_many(self):
        self.assertGreaterEqual(len(self.cases()), LEAST_CASES)


if __name__ == "__main__":
    unittest.main()

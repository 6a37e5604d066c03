"""cfngen check, and how diagnostics are written."""
import json
import os
import pty
import select
import subprocess
import time
import unittest

from runner import CFNGEN, SMALL, Case

BAD = """Resources:
  Lake:
    Type: AWS::S3::Bucket
    Properties:
      BuckteName: lake
"""
GOOD = BAD.replace("Buckte", "Bucket")


class Check(Case):
    def test_a_good_template(self):
        self.write("good.yaml", GOOD)
        result = self.says(0, "check", "good.yaml")
        self.assertEqual((result.stdout, result.stderr), ("", "1 template: no errors, no warnings\n"))

    def test_a_bad_template(self):
        self.write("bad.yaml", BAD)
        result = self.says(1, "check", "bad.yaml")
        self.assertRegex(result.stdout, r"^bad.yaml:5:7: error: Resources.Lake.Properties.BuckteName: .*BucketName")
        self.assertEqual(result.stderr, "1 template: 1 error, no warnings\n")

    def test_several_and_standard_input(self):
        self.write("good.yaml", GOOD)
        result = self.says(1, "check", "good.yaml", "-", stdin=BAD)
        self.assertRegex(result.stdout, r"^<stdin>:5:7: error: ")
        self.assertEqual(result.stderr, "2 templates: 1 error, no warnings\n")

    def test_a_file_that_is_missing_does_not_hide_the_others(self):
        self.write("bad.yaml", BAD)
        result = self.says(3, "check", "missing.yaml", "bad.yaml")
        self.assertIn("missing.yaml: error: cannot be read", result.stdout)
        self.assertIn("bad.yaml:5:7: error: ", result.stdout)

    def test_the_manifest_is_passed_over(self):
        self.write("platform.yaml", SMALL)
        self.says(0, "synth", "--out", "out")
        names = sorted(str(p.relative_to(self.folder)) for p in (self.folder / "out").iterdir())
        self.assertEqual(self.says(0, "check", *names).stderr, "10 templates: no errors, no warnings\n")
        self.write("manifest.json", "{}")
        self.says(1, "check", "manifest.json")

    def test_for_programs(self):
        self.write("bad.yaml", BAD)
        result = self.says(1, "check", "bad.yaml", "--output", "json")
        (found,) = json.loads(result.stdout)
        self.assertEqual((found["severity"], found["file"], found["line"], found["column"], found["path"]),
                         ("error", "bad.yaml", 5, 7, "Resources.Lake.Properties.BuckteName"))
        self.assertEqual(result.stderr, "")
        self.write("good.yaml", GOOD)
        self.assertEqual(self.json("check", "good.yaml", "--output=json"), [])

    def test_the_platform(self):
        self.write("platform.yaml", SMALL)
        self.assertEqual(self.says(0, "check").stderr, "10 templates: no errors, no warnings\n")
        self.write("platform.yaml", SMALL + "regoin: x\n")
        result = self.says(1, "check")
        self.assertRegex(result.stdout, r"^platform.yaml:3:1: error: .*region")
        self.assertEqual(result.stderr, "1 error, no warnings\n")


class Diagnostics(Case):
    def setUp(self):
        super().setUp()
        self.write("platform.yaml", SMALL + "rds:\n  storage_gb: lots\n  enabeld: true\nallow_data_deletion: true\n")

    def test_lines(self):
        lines = self.says(1, "ls").stderr.splitlines()
        self.assertRegex(lines[0], r"^platform.yaml:4:15: error: rds.storage_gb: must be .*'lots'.* \[\S+\]$")
        self.assertRegex(lines[1], r"^platform.yaml:5:3: error: .*enabled.* \[\S+\]$")
        self.assertEqual(lines[-1], "2 errors")

    def test_json_lines(self):
        result = self.says(1, "ls", "--output", "json")
        self.assertEqual(result.stdout, "")
        found = [json.loads(line) for line in result.stderr.splitlines()]
        self.assertEqual([(d["line"], d["column"]) for d in found], [(4, 15), (5, 3)])
        self.assertEqual(set(found[0]), {"severity", "code", "file", "line", "column", "path", "message", "hint"})

    def test_a_missing_file_for_programs(self):
        result = self.says(3, "ls", "-f", "missing.yaml", "--output=json")
        self.assertEqual(json.loads(result.stderr)["code"], "io.read")

    def test_warnings_do_not_fail(self):
        self.write("platform.yaml", SMALL + "allow_data_deletion: true\n")
        result = self.says(0, "ls")
        self.assertRegex(result.stderr, r"^platform.yaml:3:22: warning: allow_data_deletion: .*\n1 warning\n$")

    def test_control_characters_are_written_out(self):
        self.write("platform.yaml", SMALL + 'rds:\n  storage_gb: "\\e[31mred\\n"\n')
        for words in ([], ["--color=always"]):
            text = self.says(1, "ls", *words).stderr
            self.assertIn("[31mred", text)
            self.assertNotIn("\x1b[31mred", text)
            self.assertNotIn("red\n", text)

    def test_color_always_shows_the_source(self):
        text = self.says(1, "ls", "--color", "always").stderr
        self.assertIn("\x1b[1;31merror\x1b[0m", text)
        plain = __import__("re").sub(r"\x1b\[[\d;]*m", "", text)
        self.assertIn("     4 |   storage_gb: lots\n       |               ^\n", plain)

    def test_long_lines_are_cut_around_the_place(self):
        body = {"Resources": {f"Bucket{i}": {"Type": "AWS::S3::Bucket"} for i in range(200)}}
        body["Resources"]["Bucket150"]["Properties"] = {"Wrong": "\u00e4" * 10}
        self.write("long.json", json.dumps(body, ensure_ascii=False))
        lines = self.says(1, "check", "--color=always", "long.json").stdout.splitlines()
        self.assertIn('"Wrong"', lines[1])
        self.assertLess(len(lines[1]), 130)


class Terminal(Case):
    """On a terminal, where a person reads."""

    def on_terminal(self, *words, **variables):
        self.write("platform.yaml", SMALL + "rds:\n  storage_gb: lots\n")
        parent, child = pty.openpty()
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm"} | variables
        process = subprocess.Popen([CFNGEN, *words], cwd=self.folder, stdin=child, stdout=child, stderr=child,
                                   env=environment)
        os.close(child)
        text, deadline = b"", time.monotonic() + 60
        while time.monotonic() < deadline and select.select([parent], [], [], 60)[0]:
            try:
                piece = os.read(parent, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(parent)
        process.wait(60)
        return text.decode().replace("\r\n", "\n")

    def test_colors_and_source(self):
        text = self.on_terminal("ls")
        self.assertIn("\x1b[1;31merror\x1b[0m", text)
        self.assertIn("storage_gb: lots", text)

    def test_no_color(self):
        for text in (self.on_terminal("ls", NO_COLOR="1"), self.on_terminal("ls", TERM="dumb"),
                     self.on_terminal("ls", "--color=never")):
            self.assertNotIn("\x1b", text)
            self.assertIn("     4 |   storage_gb: lots\n       |               ^\n", text)
        self.assertIn("\x1b[", self.on_terminal("ls", NO_COLOR=""))
        self.assertIn("\x1b[", self.on_terminal("ls", "--color=always", NO_COLOR="1"))

    def test_help_is_bold(self):
        self.assertIn("\x1b[1musage:\x1b[0m", self.on_terminal("help"))


if __name__ == "__main__":
    unittest.main()

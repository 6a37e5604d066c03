"""Words on the command line: help, options, mistakes, exit codes, streams that are closed."""
import os
import subprocess
import unittest

from runner import CFNGEN, COMMANDS, ROOT, SMALL, Case


class Help(Case):
    def test_all_ways_to_ask(self):
        overview = self.says(0, "help").stdout
        self.assertEqual(self.says(0, "--help").stdout, overview)
        self.assertEqual(self.says(0, "-h").stdout, overview)
        for command in COMMANDS:
            self.assertIn(f"  {command} ", overview)
            self.assertEqual(self.says(0, "help", command).stdout, self.says(0, command, "-h").stdout)

    def test_lines_fit_a_terminal(self):
        for command in COMMANDS:
            for line in self.says(0, "help", command).stdout.splitlines():
                self.assertLessEqual(len(line), 80, line)

    def test_help_wins_over_missing_words(self):
        self.says(0, "completion", "--help")
        self.says(0, "synth", "too", "many", "--help")

    def test_the_readme_lists_the_commands(self):
        overview, readme = self.says(0, "help").stdout, (ROOT / "README.md").read_text()
        start = overview.index("  init ")
        self.assertIn(overview[start:overview.index("\n\n", start)], readme)


class Mistakes(Case):
    def refused(self, message, *words, **more):
        result = self.says(2, *words, **more)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.splitlines()[0], message)
        return result

    def test_nothing_said(self):
        result = self.says(2)
        self.assertEqual(result.stdout, "")
        self.assertIn("usage: cfngen COMMAND", result.stderr)

    def test_unknown_commands(self):
        self.refused("cfngen: unknown command 'sinth': did you mean 'synth'?", "sinth")
        self.refused("cfngen: unknown command 'quux'", "quux")
        self.refused("cfngen help: unknown command 'grahp': did you mean 'graph'?", "help", "grahp")
        self.refused("cfngen man: unknown command 'quux'", "man", "quux")

    def test_options_before_the_command(self):
        self.refused("cfngen: options stand behind a command, not before it: '--env'", "--env", "dev", "synth")

    def test_unknown_options(self):
        result = self.refused("cfngen synth: unknown option '--fromat': did you mean '--format'?", "synth", "--fromat=x")
        self.assertEqual(result.stderr.splitlines()[1:], ["try 'cfngen synth --help'"])
        self.refused("cfngen synth: unknown option '--zzzzzzz'", "synth", "--zzzzzzz")
        self.refused("cfngen synth: unknown option '-x'", "synth", "-x")
        self.refused("cfngen version: unknown option '--config'", "version", "--config", "x")

    def test_values_that_are_missing_or_wrong(self):
        self.refused("cfngen synth: --out needs a value: DIR", "synth", "--out")
        self.refused("cfngen synth: -f needs a value: FILE", "synth", "-f")
        self.refused("cfngen synth: --strict takes no value", "synth", "--strict=yes")
        self.refused("cfngen synth: --format must be one of json|yaml, not 'xml'", "synth", "--format", "xml")
        self.refused("cfngen ls: --color must be one of auto|always|never, not ''", "ls", "--color=")
        self.refused("cfngen synth: --out stands there twice", "synth", "--out=a", "-o", "b")

    def test_operands(self):
        self.refused("cfngen synth: takes no operands, not 'rds'", "synth", "rds")
        self.refused("cfngen explain: takes [PATH], not 'b'", "explain", "a", "b")
        self.refused("cfngen completion: needs the name of a shell: bash, zsh or fish", "completion")
        self.refused("cfngen completion: knows bash, zsh and fish, not 'tcsh'", "completion", "tcsh")

    def test_schema_takes_one_thing(self):
        self.refused("cfngen schema: takes one of --reference, --example and --list", "schema", "--list", "--example")
        self.refused("cfngen schema: --reference takes no TYPE", "schema", "--reference", "AWS::S3::Bucket")
        self.refused("cfngen schema: --list takes one pattern, not 'b' too", "schema", "--list", "a", "b")

    def test_dates(self):
        self.write("platform.yaml", SMALL)
        for wrong in ("today", "2026-13-01", "2026-1-1", "20261123", "2026-11-32"):
            self.refused(f"cfngen ls: CFNGEN_TODAY must be a date such as 2026-11-23, not '{wrong}'", "ls",
                         CFNGEN_TODAY=wrong)
        self.refused("cfngen ls: SOURCE_DATE_EPOCH must be a number of seconds, not '12x'", "ls", CFNGEN_TODAY="",
                     SOURCE_DATE_EPOCH="12x")
        self.says(0, "ls", CFNGEN_TODAY="", SOURCE_DATE_EPOCH="1795392000")


class Options(Case):
    def test_all_forms(self):
        self.write("other.yaml", SMALL)
        expected = self.says(0, "ls", "--config", "other.yaml").stdout
        for words in (["--config=other.yaml"], ["-f", "other.yaml"], ["-fother.yaml"]):
            self.assertEqual(self.says(0, "ls", *words).stdout, expected)

    def test_options_and_operands_in_any_order(self):
        self.write("platform.yaml", SMALL)
        first = self.json("explain", "--output", "json", "project")
        self.assertEqual(self.json("explain", "project", "--output=json"), first)
        self.assertEqual(self.json("explain", "--output=json", "--", "project"), first)

    def test_double_dash_ends_options(self):
        self.says(2, "check", "--nothing")
        result = self.says(3, "check", "--", "--nothing")
        self.assertIn("--nothing: error: cannot be read: No such file or directory", result.stdout)

    def test_variables_stand_for_options(self):
        self.write("other.yaml", SMALL + "environments:\n  prod:\n    region: eu-west-1\n")
        stacks = self.json("ls", "--output=json", CFNGEN_CONFIG="other.yaml")
        self.assertEqual(stacks[0]["stack_name"], "shop-dev-common")
        region = self.json("explain", "region", "--output=json", CFNGEN_CONFIG="other.yaml", CFNGEN_ENV="prod")
        self.assertEqual(region[0]["value"], "eu-west-1")
        region = self.json("explain", "region", "--output=json", CFNGEN_CONFIG="other.yaml", CFNGEN_ENV="prod",
                           CFNGEN_REGION="eu-south-1")
        self.assertEqual((region[0]["value"], region[0]["origin"]), ("eu-south-1", "$CFNGEN_REGION"))

    def test_config_from_standard_input(self):
        self.assertEqual(self.json("explain", "project", "-f", "-", "--output=json", stdin=SMALL)[0]["origin"],
                         "<stdin>:1:10")


class Files(Case):
    def test_no_platform_file(self):
        result = self.says(3, "synth")
        self.assertEqual(result.stderr.splitlines()[0],
                         "error: there is no platform.yaml here ('cfngen init' writes one, '--config FILE' names "
                         "another) [io.read]")
        self.assertEqual(result.stdout, "")

    def test_a_file_that_cannot_be_read(self):
        result = self.says(3, "ls", "-f", "missing.yaml")
        self.assertIn("missing.yaml: error: cannot be read: No such file or directory [io.read]", result.stderr)
        self.says(3, "ls", "-f", ".")

    def test_a_file_that_is_too_large(self):
        self.write("platform.yaml", SMALL + "#" * (1 << 20))
        self.assertIn("1 MB", self.says(1, "ls").stderr)


class Streams(Case):
    def closed(self, words, redirect):
        keep = {k: v for k, v in os.environ.items() if k in ("PATH", "ASAN_OPTIONS")}
        return subprocess.run(["sh", "-c", f'exec "$0" "$@" {redirect}', CFNGEN, *words], cwd=self.folder, text=True,
                              capture_output=True, timeout=60, env=keep)

    def test_output_that_cannot_be_written(self):
        result = self.closed(["help"], ">/dev/full")
        self.assertEqual(result.returncode, 3)
        self.assertIn("cfngen: cannot write to standard output: No space left on device", result.stderr)

    def test_closed_output(self):
        result = self.closed(["help"], ">&-")
        self.assertEqual(result.returncode, 3)
        self.assertIn("cannot write to standard output", result.stderr)

    def test_closed_streams_are_not_mistaken_for_files(self):
        config = self.write("platform.yaml", SMALL)
        for redirect in ("<&-", "2>&-", "<&- >&- 2>&-"):
            result = self.closed(["synth", "--out", "out"], redirect)
            self.assertIn(result.returncode, (0, 3), redirect)
            self.assertEqual(config.read_text(), SMALL)

    def test_a_reader_that_leaves(self):
        self.write("platform.yaml", SMALL)
        result = self.closed(["synth"], "| head -c 1 >/dev/null; exit ${PIPESTATUS:-0}")
        self.assertNotIn("cannot write", result.stderr)
        reader, writer = os.pipe()
        os.close(reader)
        gone = subprocess.run([CFNGEN, "synth"], cwd=self.folder, stdout=writer, stderr=subprocess.PIPE, timeout=60)
        os.close(writer)
        self.assertEqual((gone.returncode, gone.stderr), (3, b""))


if __name__ == "__main__":
    unittest.main()

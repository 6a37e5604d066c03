"""Manual pages and completions, which are made of the table of commands."""
import os
import shutil
import subprocess
import unittest

from runner import CFNGEN, COMMANDS, SMALL, Case


class Manuals(Case):
    def page(self, *words):
        text = self.says(0, "man", *words).stdout
        path = self.write("page.1", text)
        if shutil.which("groff"):
            warnings = subprocess.run(["groff", "-man", "-ww", "-z", path], capture_output=True, text=True).stderr
            self.assertEqual(warnings, "", words)
        return text

    def test_pages(self):
        main = self.page()
        for command in COMMANDS:
            name = command.replace("-", "\\-")
            self.assertIn(f".BR cfngen\\-{name} (1)", main)
            page = self.page(command)
            self.assertTrue(page.startswith(f".TH CFNGEN-{command.upper()} 1 "))
            self.assertIn(f"\ncfngen\\-{name} \\- ", page)

    def test_every_option_is_in_its_page(self):
        for command in COMMANDS:
            page = self.page(command).replace("\\-", "-")
            for line in self.says(0, command, "--help").stdout.splitlines():
                if line.lstrip().startswith("-"):
                    name = line.split("--", 1)[1].split()[0]
                    self.assertIn(f"\\fB--{name}\\fR", page)

    def test_examples_keep_their_backslashes_and_quotes(self):
        self.assertIn(".B cfngen check \\-\\-output json out/*.json | jq '.[].message'", self.page("check"))


class Completion(Case):
    def script(self, shell):
        path = self.write(f"cfngen.{shell}", self.says(0, "completion", shell).stdout)
        self.assertNotIn("man", [w for line in path.read_text().splitlines() for w in line.split()])
        return path

    def test_scripts_are_valid(self):
        for shell in ("bash", "zsh", "fish"):
            path = self.script(shell)
            if shutil.which(shell):
                said = subprocess.run([shell, "-n", path], capture_output=True, text=True)
                self.assertEqual((said.returncode, said.stderr), (0, ""), shell)

    @unittest.skipUnless(shutil.which("bash"), "no bash")
    def test_bash_answers(self):
        self.write("platform.yaml", SMALL)
        script, folder = self.script("bash"), os.path.dirname(CFNGEN)

        def complete(line):
            code = (f'compopt() {{ :; }}; source "{script}"; COMP_LINE="$1" COMP_POINT=${{#1}}; '
                    'COMP_WORDBREAKS=$\' \\t\\n"\\\'><=;|&(:\'; _cfngen; printf "%s\\n" "${COMPREPLY[@]}"')
            said = subprocess.run(["bash", "-c", code, "bash", line], capture_output=True, text=True, cwd=self.folder,
                                  env={"PATH": f"{folder}:{os.environ['PATH']}"}, timeout=60)
            self.assertEqual(said.stderr, "", line)
            return said.stdout.split()

        self.assertEqual(complete("cfngen sy"), ["synth"])
        self.assertEqual(complete("cfngen synth --for"), ["--format"])
        self.assertEqual(complete("cfngen synth --format "), ["json", "yaml"])
        self.assertEqual(complete("cfngen synth --format=y"), ["yaml"])
        self.assertEqual(complete("cfngen synth --stack r"), ["rds", "redshift"])
        self.assertIn("rds.storage_gb", complete("cfngen explain rds.st"))
        self.assertEqual(complete("cfngen schema AWS::S3::Bucket"), ["Bucket", "BucketPolicy"])
        self.assertEqual(complete("cfngen synth -f pl"), ["platform.yaml"])
        self.assertEqual(complete("cfngen help gr"), ["graph"])


if __name__ == "__main__":
    unittest.main()

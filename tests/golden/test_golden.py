"""templates/ holds what the command makes of the default platform, byte for byte; UPDATE=1 rewrites it."""
import json
import os
import pathlib
import re
import tempfile
import unittest

import golden


class Golden(unittest.TestCase):
    maxDiff = None

    def same(self, path, made):
        if os.environ.get("UPDATE"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        self.assertTrue(path.exists(), f"{path} is missing: UPDATE=1 writes it")
        self.assertEqual(path.read_text(), made.decode(), path.name)

    def test_1_generated_files(self):
        """The example file, the editors' schema, the reference and the pictures: all from the rows and the imports."""
        for name, words in golden.GENERATED.items():
            with self.subTest(file=name):
                self.same(golden.TEMPLATES / name, golden.say(*words))

    def test_2_templates(self):
        made = golden.synthesize()
        for name, content in made.items():
            with self.subTest(file=name):
                self.same(golden.TEMPLATES / name, content)
        there = {path.name for path in golden.TEMPLATES.iterdir()}
        self.assertEqual(sorted(there - set(made) - set(golden.GENERATED)), [], "files that nothing makes")

    def test_3_help(self):
        """What --help says of each command, and `help` of all."""
        self.same(golden.HELP / "cfngen.txt", golden.say("help"))
        for verb in golden.verbs():
            with self.subTest(verb=verb):
                said = golden.say(verb, "--help")
                self.assertEqual(said, golden.say("help", verb))
                self.same(golden.HELP / f"{verb}.txt", said)


class Readme(unittest.TestCase):
    def test_lists_the_commands(self):
        said = golden.say("help").decode()
        block = "".join(line + "\n" for line in said.splitlines() if re.match(r"  [\w-]+ ", line))
        self.assertIn(f"```\n{block}```", (golden.ROOT / "README.md").read_text())


class Deterministic(unittest.TestCase):
    """The same file gives the same bytes whatever the machine, and the example gives the default platform."""

    def setUp(self):
        self.made = golden.synthesize()

    def test_whatever_surrounds_it(self):
        surroundings = [
            {"LC_ALL": "C"}, {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8"},
            {"TZ": "Pacific/Kiritimati"}, {"TZ": "America/Los_Angeles"}, {"HOME": "/nonexistent", "USER": "nobody"},
            {"CFNGEN_TODAY": "2026-08-01"}, {"SOURCE_DATE_EPOCH": "0"}, {"MALLOC_PERTURB_": "165"},
        ]
        for more in surroundings:
            with self.subTest(**more):
                self.assertEqual(golden.synthesize(**more), self.made)

    def test_wherever_it_runs(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(golden.synthesize(cwd=folder), self.made)
        self.assertEqual(golden.synthesize(umask=0o077), self.made)

    def test_whoever_has_compiled_it(self):
        """Another compiler, without sanitizers."""
        self.assertEqual(golden.synthesize(command=golden.PLAIN), self.made)

    def test_example_is_the_smallest_file(self):
        """The example has every setting, but gives values to three: those of the smallest file."""
        lines = (golden.TEMPLATES / "platform.yaml").read_text().splitlines()
        given = [line for line in lines if re.match(r"\s*[^#\s].*: ?\S", line)]
        self.assertEqual(given, ["project: shop", "environment: dev", "region: eu-west-1"])
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "platform.yaml")
            config.write_text("\n".join(given))
            self.assertEqual(golden.synthesize(config=config), self.made)

    def test_one_stack_alone_and_all_on_standard_output(self):
        config = ["--config", "templates/platform.yaml"]
        everything = json.loads(golden.say("synth", *config))
        for name, template in everything.items():
            self.assertEqual(json.loads(self.made[f"{name}.json"]), template)
            alone = golden.say("synth", *config, "--stack", name)
            self.assertEqual(alone, self.made[f"{name}.json"])

    def test_manifest_tells_the_truth(self):
        manifest = json.loads(self.made["manifest.json"])
        for stack in manifest["stacks"]:
            body = self.made[stack["file"]]
            self.assertEqual(stack["resources"], len(json.loads(body)["Resources"]))
            compact = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
            self.assertEqual(stack["bytes"], len(compact.encode()), "as a driver sends it")
        self.assertEqual({s["file"] for s in manifest["stacks"]} | {"manifest.json"}, set(self.made))


if __name__ == "__main__":
    unittest.main()

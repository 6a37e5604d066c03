"""The platform's commands: init, synth, ls, graph, explain, schema, version."""
import json
import os
import stat
import unittest
import xml.etree.ElementTree as xml

from runner import SMALL, Case

STACKS = {"common", "data_lake", "rds", "dms", "glue", "athena", "emr", "redshift", "mwaa", "observability"}


class Init(Case):
    def test_writes_a_file_that_loads(self):
        result = self.says(0, "init", "--project", "store", "-r", "eu-west-1", "--environment=test")
        self.assertEqual(result.stdout, "")
        self.assertIn("wrote platform.yaml\n\nnext:\n  cfngen ls", result.stderr)
        self.assertEqual(self.json("ls", "--output=json")[0]["stack_name"], "store-test-common")
        self.assertIn("\n#", (self.folder / "platform.yaml").read_text())

    def test_leaves_a_file_as_it_is(self):
        path = self.write("platform.yaml", "mine: true\n")
        result = self.says(1, "init")
        self.assertIn("platform.yaml: error: is there already, and is left as it is ('--force' writes over it, '-' "
                      "prints to standard output) [cli.exists]", result.stderr)
        self.assertEqual(path.read_text(), "mine: true\n")
        self.says(0, "init", "--force")
        self.assertIn("project: shop", path.read_text())

    def test_other_places(self):
        text = self.says(0, "init", "-", AWS_REGION="ap-south-1").stdout
        self.assertIn("region: ap-south-1", text)
        self.assertEqual(list(self.folder.iterdir()), [])
        self.says(0, "init", "other.yaml", AWS_REGION="ap-south-1")
        self.assertEqual((self.folder / "other.yaml").read_text(), text)
        self.says(3, "init", "missing/platform.yaml")

    def test_refuses_what_would_not_load(self):
        result = self.says(1, "init", "--project", "No Such Name", "--region", "mars")
        self.assertRegex(result.stderr, r"error: --project: must be .*, not 'No Such Name' \(did you mean 'no-such-name'\?\)")
        self.assertRegex(result.stderr, r"error: --region: must be a region such as eu-central-1, not 'mars' \[")
        self.assertEqual(list(self.folder.iterdir()), [])


class Synth(Case):
    def setUp(self):
        super().setUp()
        self.write("platform.yaml", SMALL)

    def files(self, name="out"):
        return {p.name for p in (self.folder / name).iterdir()}

    def test_standard_output(self):
        every = self.json("synth")
        self.assertEqual(set(every), STACKS)
        self.assertEqual(self.json("synth", "--stack", "rds"), every["rds"])
        self.assertEqual(self.json("synth", "--stack=rds", "--stack=glue"), {n: every[n] for n in ("rds", "glue")})
        for body in every.values():
            self.assertEqual(list(body)[0], "AWSTemplateFormatVersion")

    def test_yaml(self):
        text = self.says(0, "synth", "--stack", "common", "--format", "yaml").stdout
        self.assertTrue(text.startswith("AWSTemplateFormatVersion:"))
        self.assertEqual(self.says(0, "check", "-", stdin=text).stdout, "")

    def test_unknown_stack(self):
        result = self.says(1, "synth", "--stack", "rsd")
        self.assertEqual(result.stdout, "")
        self.assertIn("not 'rsd' (did you mean 'rds'?) [cli.stack]", result.stderr)

    def test_files(self):
        result = self.says(0, "synth", "--out", "a/b/out")
        self.assertEqual(result.stdout, "")
        self.assertRegex(result.stderr, r"STACK +RESOURCES +BYTES +NEEDS\ncommon +\d+ +\d+  -\n")
        self.assertRegex(result.stderr, r"\n10 templates with \d+ resources in a/b/out, after [\d.]+ ms\n$")
        self.assertEqual(self.files("a/b/out"), {f"{s}.json" for s in STACKS} | {"manifest.json"})
        manifest = json.loads((self.folder / "a/b/out/manifest.json").read_text())
        self.assertEqual({s["file"] for s in manifest["stacks"]}, {f"{s}.json" for s in STACKS})
        self.assertEqual(json.loads((self.folder / "a/b/out/rds.json").read_text()), self.json("synth", "--stack=rds"))
        self.assertEqual(stat.S_IMODE((self.folder / "a/b/out/rds.json").stat().st_mode) & 0o400, 0o400)

    def test_files_for_a_program(self):
        result = self.says(0, "synth", "--out", "out", "--output", "json")
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def test_the_mode_follows_the_mask(self):
        before = os.umask(0o022)
        try:
            self.says(0, "synth", "--out", "out")
        finally:
            os.umask(before)
        self.assertEqual(stat.S_IMODE((self.folder / "out/rds.json").stat().st_mode), 0o644)

    def test_stale_files_are_removed_and_others_never(self):
        self.says(0, "synth", "--out", "out")
        self.write("out/mine.json", "{}")
        self.write("outside.json", "{}")
        manifest = json.loads((self.folder / "out/manifest.json").read_text())
        manifest["stacks"] += [{"file": "../outside.json"}, {"file": ".hidden.json"}, {"file": "notes.txt"}, {}, 7]
        self.write("out/manifest.json", json.dumps(manifest))
        self.write("out/.hidden.json", "{}")
        self.write("out/notes.txt", "")
        self.says(0, "synth", "--out", "out", "--set", "observability.enabled=false")
        self.assertEqual(self.files(), {f"{s}.json" for s in STACKS - {"observability"}} |
                         {"manifest.json", "mine.json", ".hidden.json", "notes.txt"})
        self.assertTrue((self.folder / "outside.json").exists())
        self.says(0, "synth", "--out", "out", "--format", "yaml")
        self.assertEqual({n for n in self.files() if n.endswith(".yaml")}, {f"{s}.yaml" for s in STACKS})
        self.assertNotIn("rds.json", self.files())

    def times(self):
        return {p.name: p.stat().st_mtime_ns for p in (self.folder / "out").iterdir()}

    def changed(self, *words):
        before = self.times()
        self.says(0, "synth", "--out", "out", *words)
        after = self.times()
        return {name for name in before if before[name] != after[name]}

    def test_what_has_not_changed_is_left_alone(self):
        self.says(0, "synth", "--out", "out")
        self.assertEqual(self.changed(), set())
        self.assertEqual(self.changed("--set", "rds.storage_gb=30"), {"rds.json"})
        self.write("out/rds.json", (self.folder / "out/rds.json").read_text() + " ")
        self.assertEqual(self.changed("--set", "rds.storage_gb=30"), {"rds.json"})
        self.write("out/rds.json", (self.folder / "out/rds.json").read_text()[:-1])
        self.assertEqual(self.changed("--set", "rds.storage_gb=30"), {"rds.json"})

    def test_one_stack_leaves_the_rest(self):
        self.says(0, "synth", "--out", "out")
        self.assertEqual(self.changed("--stack", "rds", "--set", "observability.enabled=false",
                                      "--set", "rds.storage_gb=30"), {"rds.json"})

    def test_nothing_is_written_after_an_error(self):
        self.write("platform.yaml", SMALL + "rds:\n  storage_gb: lots\n")
        result = self.says(1, "synth", "--out", "out")
        self.assertIn("platform.yaml:4:15: error: rds.storage_gb: ", result.stderr)
        self.assertIn("\n1 error\n", result.stderr)
        self.assertFalse((self.folder / "out").exists())
        self.assertEqual(self.says(1, "synth").stdout, "")

    def test_strict(self):
        self.says(0, "synth", "--strict")
        warning = ["--set", "allow_data_deletion=true"]
        self.assertIn("warning", self.says(0, "synth", *warning).stderr)
        result = self.says(1, "synth", "--strict", "--out", "out", *warning)
        self.assertIn("[cli.strict]", result.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_places_that_cannot_be_written(self):
        self.write("file", "")
        self.assertIn("cannot be made", self.says(3, "synth", "--out", "file/out").stderr)
        self.assertIn("cannot be written", self.says(3, "synth", "--out", "file").stderr)
        self.assertEqual((self.folder / "file").read_text(), "")
        (self.folder / "out" / "rds.json").mkdir(parents=True)
        self.assertIn("out/rds.json: error: cannot be written", self.says(3, "synth", "--out", "out").stderr)
        self.assertEqual([n for n in self.files() if n.startswith(".")], [])

    def test_the_same_bytes_everywhere(self):
        expected = self.says(0, "synth").stdout
        for variables in ({"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "C"},
                          {"TZ": "Pacific/Kiritimati"}, {"TZ": "America/Los_Angeles"}, {"HOME": "/"}):
            self.assertEqual(self.says(0, "synth", **variables).stdout, expected, variables)


class Ls(Case):
    def test_order_and_switched_off(self):
        self.write("platform.yaml", SMALL + "observability:\n  enabled: false\n")
        stacks = self.json("ls", "--output", "json")
        self.assertEqual({s["name"] for s in stacks}, STACKS)
        self.assertEqual([s["enabled"] for s in stacks], [True] * 9 + [False])
        seen = set()
        for stack in stacks[:-1]:
            self.assertLessEqual(set(stack["needs"]), seen)
            self.assertGreater(stack["resources"], 0)
            seen.add(stack["name"])
        text = self.says(0, "ls").stdout.splitlines()
        self.assertRegex(text[0], r"^STACK +IN CLOUDFORMATION +RESOURCES  NEEDS$")
        self.assertRegex(text[1], r"^common +shop-dev-common +\d+  -$")
        self.assertRegex(text[-1], r"^observability  \(switched off\) +-  -$")
        self.assertEqual(self.says(0, "ls", "--names").stdout.split(), [s["name"] for s in stacks[:-1]])


class Graph(Case):
    def test_formats(self):
        self.write("platform.yaml", SMALL)
        text = self.says(0, "graph").stdout
        self.assertTrue(text.startswith("step 1\n  common "))
        self.assertIn("\n    common: ", text)
        self.assertTrue(self.says(0, "graph", "--format=mermaid").stdout.startswith("flowchart LR\n"))
        self.assertTrue(self.says(0, "graph", "--format=dot").stdout.startswith("digraph "))
        self.assertTrue(xml.fromstring(self.says(0, "graph", "--format=svg").stdout).tag.endswith("svg"))

    def test_files(self):
        self.write("platform.yaml", SMALL)
        for name, start in (("g.svg", "<svg"), ("g.dot", "digraph"), ("g.mmd", "flowchart"), ("g", "step 1")):
            self.assertEqual(self.says(0, "graph", "--out", name).stdout, "")
            self.assertTrue((self.folder / name).read_text().startswith(start))
        self.says(0, "graph", "--out", "g.svg", "--format", "text")
        self.assertTrue((self.folder / "g.svg").read_text().startswith("step 1"))
        self.assertTrue(self.says(0, "graph", "-o", "/dev/stdout").stdout.startswith("step 1"))
        self.says(3, "graph", "-o", "missing/g.svg")


class Explain(Case):
    def test_origins(self):
        self.write("platform.yaml", SMALL + "rds:\n  storage_gb: 50\nenvironments:\n  prod:\n    rds: {storage_gb: 90}\n")

        def origin(*words, **more):
            (setting,) = self.json("explain", "rds.storage_gb", "--output=json", *words, **more)
            return setting["value"], setting["origin"]

        self.assertEqual(origin(), ("50", "platform.yaml:4:15"))
        self.assertEqual(origin("--env", "prod"), ("90", "platform.yaml:7:23"))
        self.assertEqual(origin(CFNGEN_RDS_STORAGE_GB="60"), ("60", "$CFNGEN_RDS_STORAGE_GB"))
        self.assertEqual(origin("-s", "rds.storage_gb=70", CFNGEN_RDS_STORAGE_GB="60"), ("70", "--set"))
        self.write("platform.yaml", SMALL)
        self.assertEqual(origin()[1], "default")

    def test_one_setting(self):
        self.write("platform.yaml", SMALL)
        text = self.says(0, "explain", "rds.storage_gb").stdout
        self.assertRegex(text, r"^rds.storage_gb: \d+\n")
        self.assertRegex(text, r"\n  from      default\n  must be   whole number, \d+ to \d+\n  default   \d+\n"
                               r"  variable  CFNGEN_RDS_STORAGE_GB\n$")
        self.assertIn("  must be   true or false\n", self.says(0, "explain", "rds.enabled").stdout)
        self.assertIn("  default   none: it must be set\n", self.says(0, "explain", "project").stdout)

    def test_sections(self):
        self.write("platform.yaml", SMALL)
        every = self.says(0, "explain").stdout.splitlines()
        self.assertRegex(every[0], r"^SETTING +VALUE +FROM$")
        self.assertRegex(every[1], r"^project +shop +platform.yaml:1:10$")
        paths = self.says(0, "explain", "--paths").stdout.split()
        self.assertEqual(len(paths), len(every) - 1)
        rds = self.says(0, "explain", "rds", "--paths").stdout.split()
        self.assertEqual(rds, [p for p in paths if p.startswith("rds.")])
        self.assertEqual(len(self.says(0, "explain", "rds").stdout.splitlines()), len(rds) + 1)

    def test_unknown_paths(self):
        self.write("platform.yaml", SMALL)
        result = self.says(1, "explain", "rds.storage_bg")
        self.assertIn("not 'rds.storage_bg' (did you mean 'rds.storage_gb'?) [cli.path]", result.stderr)
        self.assertIn("did you mean 'glue'?", self.says(1, "explain", "gleu").stderr)
        self.says(1, "explain", "rd")


class Schema(Case):
    def test_of_the_file(self):
        schema = self.json("schema")
        self.assertIn("rds", schema["properties"])
        self.assertTrue(self.says(0, "schema", "--reference").stdout.startswith("# "))
        example = self.says(0, "schema", "--example").stdout
        self.write("platform.yaml", example)
        self.says(0, "ls")

    def test_of_a_type(self):
        text = self.says(0, "schema", "AWS::S3::Bucket").stdout
        self.assertRegex(text, r"^AWS::S3::Bucket: holds data")
        self.assertRegex(text, r"\nBucketName +string +a change replaces; .*63 characters\n")
        self.assertRegex(text, r"\nTags +list of Tag")
        self.assertIn("\nattributes:\n", text)
        facts = self.json("schema", "AWS::S3::Bucket", "--output=json")
        self.assertIn("Arn", facts["attributes"])
        self.assertIn("BucketName", [p["name"] for p in facts["properties"]])

    def test_of_a_property(self):
        text = self.says(0, "schema", "AWS::S3::Bucket", "VersioningConfiguration", "Status").stdout
        self.assertEqual(text, "Status: string\n  required; one of Enabled, Suspended\n\nallowed:\n  Enabled\n  Suspended\n")
        nested = self.json("schema", "AWS::S3::Bucket", "VersioningConfiguration", "--output=json")
        self.assertEqual(nested["type"]["properties"][0]["name"], "Status")

    def test_lists(self):
        every = self.says(0, "schema", "--list").stdout.split()
        self.assertGreater(len(every), 1000)
        self.assertEqual(every, sorted(every))
        self.assertEqual(self.says(0, "schema", "--list", "AWS::S3::Bucket*").stdout.split(),
                         ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"])
        self.assertIn("AWS::DMS::Endpoint", self.json("schema", "--list", "dms", "--output=json"))
        self.assertEqual(self.says(1, "schema", "--list", "nosuchtype").stdout, "")

    def test_unknown(self):
        self.assertIn("not 'AWS::S3::Buket' (did you mean 'AWS::S3::Bucket'?)",
                      self.says(1, "schema", "AWS::S3::Buket").stderr)
        self.assertIn("must be a property of AWS::S3::Bucket, not 'BuckteName' (did you mean 'BucketName'?)",
                      self.says(1, "schema", "AWS::S3::Bucket", "BuckteName").stderr)
        self.assertIn("error: BucketName has no properties of its own, so nothing can follow it, not 'Deeper' [",
                      self.says(1, "schema", "AWS::S3::Bucket", "BucketName", "Deeper").stderr)


class Version(Case):
    def test_version(self):
        facts = self.json("version", "--output", "json")
        text = self.says(0, "version").stdout
        self.assertTrue(text.startswith(f"cfngen {facts['version']}\n{facts['types']} resource types of AWS, from "))
        self.assertEqual(self.says(0, "--version").stdout, text)


if __name__ == "__main__":
    unittest.main()

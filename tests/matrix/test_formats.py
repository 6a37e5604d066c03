"""YAML and JSON say the same, as another reader reads them; and no valid template alarms our own checker."""
import json
import os
import subprocess
import tempfile
import unittest

import yaml

import platforms


class CloudFormation(yaml.SafeLoader):
    """YAML as CloudFormation takes it, with the short forms."""


def short_form(loader, suffix, node):
    value = (loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else
             loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else
             loader.construct_mapping(node, deep=True))
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


CloudFormation.add_multi_constructor("!", short_form)


def synthesize(platform, *options):
    words = [str(platforms.COMMAND), "synth", "--config", str(platform.file), *platform.options, *options]
    return subprocess.run(words, capture_output=True, text=True, check=True,
                          env={**os.environ, "CFNGEN_TODAY": platforms.TODAY}).stdout


class Formats(unittest.TestCase):
    def test_yaml_is_what_json_is(self):
        for platform in platforms.load({"everything", "emr_ec2", "existing_database"}):
            with self.subTest(platform=platform.name):
                said = yaml.load(synthesize(platform, "--format", "yaml"), CloudFormation)
                self.assertEqual(said, platform.templates)
                self.assertEqual(json.loads(synthesize(platform)), platform.templates)

    def test_our_checker_finds_nothing(self):
        """Read from files, as anyone's templates: JSON as it is written, and YAML."""
        for platform in platforms.load({"everything", "china", "deletion_keys"}):
            for form in ("json", "yaml"):
                with self.subTest(platform=platform.name, form=form), tempfile.TemporaryDirectory() as out:
                    synthesize(platform, "--out", out, "--format", form)
                    files = [f"{out}/{name}.{form}" for name in platform.templates]
                    done = subprocess.run([str(platforms.COMMAND), "check", *files], capture_output=True, text=True)
                    self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main()

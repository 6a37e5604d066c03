"""The JSON Schema for editors agrees with the command, as an independent validator reads it."""
import json
import re
import subprocess
import unittest

import jsonschema
import yaml

import platforms

# What a schema can say: unknown keys, kinds, ranges, choices, formats.
ITS_BUSINESS = {f"config.{what}" for what in ("unknown-key", "type", "range", "choice", "format", "required")}


BEYOND_A_PATTERN = {"cidr_with_host_bits"}


class Reader(yaml.SafeLoader):
    """YAML as editors and the command take it: only true and false are booleans, integers are plain digits."""


Reader.yaml_implicit_resolvers = {}
for tag, pattern, first in [("bool", r"^(true|false)$", "tf"), ("int", r"^-?[0-9]+$", "-0123456789"),
                            ("float", r"^-?[0-9]+[.][0-9]+$", "-0123456789"), ("null", r"^(~|null|)$", ["~", "n", ""])]:
    Reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        text = subprocess.run([str(platforms.COMMAND), "schema"], capture_output=True, text=True, check=True).stdout
        cls.schema = json.loads(text)
        cls.kind = jsonschema.validators.validator_for(cls.schema)
        cls.validator = cls.kind(cls.schema)

    def mistakes(self, file):
        return [e.message for e in self.validator.iter_errors(yaml.load(file.read_bytes(), Reader))]

    def test_is_a_schema(self):
        self.kind.check_schema(self.schema)

    def test_accepts_every_platform(self):
        for file in [*sorted(platforms.HERE.glob("*.yaml")), platforms.ROOT / "templates/platform.yaml"]:
            with self.subTest(file=file.name):
                self.assertEqual(self.mistakes(file), [])

    def test_refuses_what_the_command_refuses(self):
        """As far as it is a schema's business: combinations, versions and flags are not."""
        judged = 0
        for case in sorted((platforms.ROOT / "tests/invalid/config").iterdir()):
            expected = (case / "expected").read_text()
            codes = {code for code in ITS_BUSINESS if f"[{code}]" in expected}
            flagged = (case / "args").exists() or (case / "env").exists()
            if codes and not flagged and case.name not in BEYOND_A_PATTERN:
                judged += 1
                with self.subTest(case=case.name):
                    self.assertNotEqual(self.mistakes(case / "platform.yaml"), [])
        self.assertGreater(judged, 40)


if __name__ == "__main__":
    unittest.main()

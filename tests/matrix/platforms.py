"""The platforms of this folder, synthesized by the command: what every judge looks at."""
import json
import os
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).parent
COMMAND = os.environ.get("CFNGEN", ROOT / "build/test/cli/cfngen")
TODAY = "2026-11-23"


class Platform:
    """One file of this folder. A line `# options: ...` in it is given to the command."""

    def __init__(self, file):
        self.name, self.file = file.stem, file
        text = file.read_text()
        options = re.search(r"^# options: (.*)$", text, re.M)
        self.options = options[1].split() if options else []
        self.region = re.search(r"^region: (\S+)$", text, re.M)[1]
        self.partition = {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(
            "us-gov" if self.region.startswith("us-gov") else self.region.split("-")[0], "aws")
        self.templates, self.texts, self.manifest = {}, {}, None

    def synthesize(self):
        with tempfile.TemporaryDirectory(prefix="cfngen-matrix-") as out:
            done = subprocess.run(
                [str(COMMAND), "synth", "--config", str(self.file), "--out", out, *self.options],
                capture_output=True, text=True, check=False,
                env={**{k: v for k, v in os.environ.items() if not k.startswith("CFNGEN_")}, "CFNGEN_TODAY": TODAY})
            assert done.returncode == 0, f"{self.name}: {done.stderr}"
            self.said = done.stderr
            for path in sorted(pathlib.Path(out).glob("*.json")):
                text = path.read_text()
                if path.name == "manifest.json":
                    self.manifest = json.loads(text)
                else:
                    self.texts[path.stem], self.templates[path.stem] = text, json.loads(text)
        return self


def load(names=None):
    """Every platform, synthesized once."""
    files = sorted(HERE.glob("*.yaml"))
    return [Platform(f).synthesize() for f in files if not names or f.stem in names]


def templates(platforms):
    """(platform, stack, template) of all of them."""
    for platform in platforms:
        for stack, template in platform.templates.items():
            yield platform, stack, template


def distinct(platforms):
    """Each text once per region: {(region, text): "platform/stack"}. Platforms share most of their stacks."""
    found = {}
    for platform in platforms:
        for stack, text in platform.texts.items():
            found.setdefault((platform.region, text), f"{platform.name}/{stack}")
    return found


def resources(template, *types):
    for name, resource in template.get("Resources", {}).items():
        if not types or resource["Type"] in types:
            yield name, resource


def walk(value, path=()):
    """Every value below, with its path."""
    yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in items:
        yield from walk(below, path + (key,))

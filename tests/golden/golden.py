"""What the command makes of the default platform: the files of templates/ and the texts of its help."""
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
HELP = pathlib.Path(__file__).parent / "help"
COMMAND = pathlib.Path(os.environ.get("CFNGEN", ROOT / "build/test/cli/cfngen")).resolve()
PLAIN = pathlib.Path(os.environ.get("CFN_PREFIX", ROOT / "build/test/prefix")).resolve() / "bin/cfngen"

GENERATED = {  # file of templates/: the words that make it
    "platform.yaml": ["init", "--project", "shop", "--region", "eu-west-1", "-"],
    "platform.schema.json": ["schema"],
    "reference.md": ["schema", "--reference"],
    "graph.txt": ["graph", "--config", "templates/platform.yaml"],
    "graph.mmd": ["graph", "--config", "templates/platform.yaml", "--format", "mermaid"],
    "graph.svg": ["graph", "--config", "templates/platform.yaml", "--format", "svg"],
}


def environment(**more):
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CFNGEN_", "AWS_"))}
    return {**kept, "CFNGEN_TODAY": "2026-11-23", "NO_COLOR": "1", "COLUMNS": "80", **more}


def say(*words, command=COMMAND, cwd=ROOT, **more):
    done = subprocess.run([str(command), *words], cwd=cwd, env=environment(**more), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def synthesize(command=COMMAND, cwd=ROOT, umask=0o022, config=TEMPLATES / "platform.yaml", **more):
    """The files that synth writes, by name."""
    before = os.umask(umask)
    try:
        with tempfile.TemporaryDirectory(prefix="cfngen-golden-") as out:
            say("synth", "--config", os.path.relpath(config, cwd), "--out", out, command=command, cwd=cwd, **more)
            return {path.name: path.read_bytes() for path in sorted(pathlib.Path(out).iterdir())}
    finally:
        os.umask(before)


def verbs():
    """Every command that `cfngen help` lists."""
    lines = say("help").decode().splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ") and not line.startswith("   ")
            and line.split()[0].replace("-", "").isalpha()]

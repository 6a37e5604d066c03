"""Measures cfngen against the CDK and cfn-lint, in one run on this machine, and prints one table.

Nothing is asserted: machines differ. What is compared does the same work: the CDK app beside this file describes the same
platform; cfn-lint checks the very files that cfngen checks. Processes are measured whole, from start to exit.
"""
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).parent
BUILD = pathlib.Path(os.environ.get("CFN_BUILD", ROOT / "build"))
WORK = BUILD / "bench"
COMMAND = next(p for p in (BUILD / "cli/cfngen", BUILD / "cfngen") if p.exists())
CONFIG = ROOT / "templates/platform.yaml"
ENVIRONMENT = {**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true", "CI": "true", "NO_COLOR": "1"}
LINT = pathlib.Path(sys.executable).parent / "cfn-lint"
ENVIRONMENTS = 1000


def must(*words, **options):
    options = {"env": ENVIRONMENT, "capture_output": True, "text": True, **options}
    done = subprocess.run([str(word) for word in words], check=False, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
    return done.stdout


def compile_program(name, *flags):
    program = WORK / name
    must("cc", "-O2", "-std=c11", HERE / f"{name}.c", "-o", program, *flags)
    return program


def libraries():
    """What libcfngen.a stands on, for the compiler."""
    return [*must("pkg-config", "--cflags", "--libs", "jansson", "yaml-0.1", "libpcre2-8", "libcurl", "libcrypto",
                  "expat").split(), "-lm"]


def build():
    WORK.mkdir(parents=True, exist_ok=True)
    includes = [f"-I{path}" for path in (ROOT / "include", BUILD / "include", BUILD / "schema/include")]
    return (compile_program("measure"),
            compile_program("bench_library", *includes, BUILD / "libcfngen.a", *libraries()))


def install_cdk():
    """The CDK app with its packages, as its lock says, outside the tree's sources."""
    app = WORK / "cdk-app"
    app.mkdir(exist_ok=True)
    lock = app / "package-lock.json"
    same = lock.exists() and lock.read_bytes() == (HERE / "cdk-app/package-lock.json").read_bytes()
    shutil.copytree(HERE / "cdk-app", app, dirs_exist_ok=True)
    if not same or not (app / "node_modules").exists():
        must("npm", "ci", "--no-audit", "--no-fund", cwd=app)
    return app


class Measured:
    def __init__(self, measure, times, *words, cwd=ROOT, env=None):
        said = must(measure, times, *words, cwd=cwd, env={**ENVIRONMENT, **(env or {})}).split()
        self.wall, self.processor, self.peak, code = float(said[0]), float(said[1]), int(said[2]) / 1024, int(said[3])
        if code not in (0, 2, 4, 6, 8):  # cfn-lint's codes are bits of what it has found
            sys.exit(f"exit {code}: {' '.join(map(str, words))}")

    def __str__(self):
        wall = f"{self.wall * 1000:.1f} ms" if self.wall < 1 else f"{self.wall:.2f} s"
        return f"{wall}, {self.peak:.1f} MiB"


def count(folder, pattern):
    templates = [json.loads(p.read_text()) for p in folder.glob(pattern) if p.name != "manifest.json"]
    return len(templates), sum(len(t["Resources"]) for t in templates)


def table(head, rows):
    cells = [head, *rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    for number, row in enumerate(cells):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def ratio(ours, theirs):
    return f"{theirs.wall / ours.wall:,.0f} times, {theirs.peak / ours.peak:,.0f} times the memory"


def compare(measure):
    out, app = WORK / "out", install_cdk()
    synth = Measured(measure, 50, COMMAND, "synth", "--config", CONFIG, "--out", out)
    cdk = Measured(measure, 3, app / "node_modules/.bin/cdk", "synth", "--quiet", cwd=app)
    node = Measured(measure, 3, "node", "app.js", cwd=app, env={"CDK_OUTDIR": str(WORK / "cdk-out")})
    files = sorted(p for p in out.glob("*.json") if p.name != "manifest.json")
    check = Measured(measure, 50, COMMAND, "check", *files)
    lint = Measured(measure, 3, LINT, "--regions", "eu-west-1", "--", *files)
    ours, theirs = "{} stacks, {} resources".format(*count(out, "*.json")), "{} stacks, {} resources".format(
        *count(app / "cdk.out", "*.template.json"))
    table(["whole process", "cfngen", "peer", "ratio"], [
        ["synthesize the default platform", f"synth: {synth}", f"cdk synth: {cdk}", ratio(synth, cdk)],
        ["", ours, theirs, ""],
        ["  without the CDK's command", f"synth: {synth}", f"node app.js: {node}", ratio(synth, node)],
        [f"check its {len(files)} templates", f"check: {check}", f"cfn-lint: {lint}", ratio(check, lint)],
    ])


def inside(measure, library):
    many = Measured(measure, 3, library, "environments", ENVIRONMENTS)
    environments, resources, seconds = must(library, "environments", ENVIRONMENTS).split()
    print(f"\n{int(environments):,} environments in one process: {many}; {int(resources):,} resources, "
          f"{float(seconds) / int(environments) * 1e3:.2f} ms each\n")
    rows = []
    for line in must(library, "growth").splitlines():
        size, *stages = line.split()
        each = [float(stage) / int(size) * 1e6 for stage in stages]
        rows.append([size, *(f"{stage:.2f}" for stage in each), f"{sum(each):.2f}"])
    table(["resources in a template", "build", "check", "write", "microseconds per resource"], rows)


def main():
    measure, library = build()
    versions = [must(COMMAND, "version").split()[1].rstrip(","), platform.machine(), f"{os.cpu_count()} processors",
                f"node {must('node', '--version').strip()}", must(LINT, "--version").strip()]
    lock = json.loads((HERE / "cdk-app/package-lock.json").read_text())["packages"]
    versions.append(f"aws-cdk-lib {lock['node_modules/aws-cdk-lib']['version']}")
    print(f"cfngen {', '.join(versions)}; medians\n")
    compare(measure)
    inside(measure, library)


if __name__ == "__main__":
    main()

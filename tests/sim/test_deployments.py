"""Deployments by the hundred thousand against the simulation (see deployments.c), on the library as it is installed.

A seed is one platform that is created, changed and perhaps destroyed, in four deployments on an average. CFN_SEEDS says how
many (27,000: more than 100,000 deployments), CFN_FIRST_SEED which is the first (1). A seed that fails is printed; it is run
again, with every call shown, by `build/test/deployments --replay SEED`.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = pathlib.Path(os.environ.get("CFN_BUILD", ROOT / "build/test")).resolve()
PREFIX = pathlib.Path(os.environ.get("CFN_PREFIX", BUILD / "prefix")).resolve()
SEEDS = int(os.environ.get("CFN_SEEDS", "27000"))
FIRST = int(os.environ.get("CFN_FIRST_SEED", "1"))
SHARE = 500  # seeds of one process: short enough that the processors end together


def compile_program(program):
    archive = next(iter(sorted(PREFIX.rglob("libcfngen.a"))), None)
    assert archive, f"nothing is installed below {PREFIX}"
    environment = {**os.environ, "PKG_CONFIG_PATH": str(archive.parent / "pkgconfig")}

    def flags(*words):
        said = subprocess.run(["pkg-config", *words, "cfngen"], env=environment, capture_output=True, text=True, check=True)
        return said.stdout.split()

    subprocess.run(["gcc", "-O2", "-std=c11", *flags("--cflags"), *map(str, sorted(HERE.glob("*.c"))), str(archive),
                    *[f for f in flags("--static", "--libs") if f != "-lcfngen"], "-o", str(program)], check=True)


class Deployments(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="cfngen-deployments-"))
        self.program = pathlib.Path(folder) / "deployments"
        compile_program(self.program)

    def run_shares(self, shares):
        """As many processes as there are processors; what each has said."""
        running, said = [], []
        shares = list(shares)
        while shares or running:
            while shares and len(running) < (os.cpu_count() or 1):
                first, count = shares.pop(0)
                running.append(subprocess.Popen([self.program, str(first), str(count)], stdout=subprocess.PIPE, text=True))
            process = running.pop(0)
            said.append((process.communicate()[0], process.returncode))
        return said

    def test_every_seed_comes_to_a_good_end(self):
        shares = [(first, min(SHARE, FIRST + SEEDS - first)) for first in range(FIRST, FIRST + SEEDS, SHARE)]
        totals, wrong = {}, []
        for text, code in self.run_shares(shares):
            wrong += [line for line in text.splitlines() if line.startswith("seed ")]
            if code not in (0, 1):
                wrong.append(f"a process ended with {code}: {text[-300:]}")
            for number, what in re.findall(r"(\d+) (seeds|deployments|calls|killed|failed)", text.splitlines()[-1] if text else ""):
                totals[what] = totals.get(what, 0) + int(number)
        print(", ".join(f"{number:,} {what}" for what, number in totals.items()), file=sys.stderr)
        self.assertEqual(wrong, [])
        self.assertEqual(totals["seeds"], SEEDS)
        self.assertGreater(totals["deployments"], 3.7 * SEEDS)
        for what in ("killed", "failed"):
            self.assertGreater(totals[what], SEEDS // 100, f"too few {what} for the test to mean anything")

    def test_a_seed_is_the_same_each_time(self):
        said = [subprocess.run([self.program, "--replay", "7"], capture_output=True, text=True, check=False).stdout
                for _ in range(2)]
        self.assertTrue(said[0])
        self.assertEqual(said[0], said[1])


if __name__ == "__main__":
    unittest.main()

"""pipeline/local/way.py: the whole way at a small scale, from the generator to the warehouse. Every layer must be equal:
after the load, with every step run twice, with files out of order, with every step killed, with the way itself killed."""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "pipeline" / "local"
sys.path.insert(0, str(LOCAL))
import postgres  # noqa: E402
import steps  # noqa: E402

CFNGEN = os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen")
# A short run is over before its compilers pay: half the time. The job's own tests run it as it is.
SPARK = ("--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' --conf spark.sql.shuffle.partitions=1 "
         "--conf spark.sql.codegen.wholeStage=false --conf spark.sql.codegen.factoryMode=NO_CODEGEN")
DISORDER = "day 1, every step twice, files late, repeated, in any order"
PHASES = ["the shop", DISORDER, "the shop, every step killed", "day 1, every step killed"]
STEPS = ["generate", "load", "replicate", "silver", "catalog", "warehouse"]


def setUpModule():
    """One way for all tests of the class Way; each looks at another side of it."""
    folder = tempfile.mkdtemp(prefix="cfngen-way-")
    os.chmod(folder, 0o755)
    unittest.addModuleCleanup(shutil.rmtree, folder, True)
    unittest.addModuleCleanup(postgres.Cluster(pathlib.Path(folder) / "source").stop)
    Way.folder = pathlib.Path(folder)


def words(*more, scale="0.01"):
    return [sys.executable, str(LOCAL / "way.py"), "--dir", str(Way.folder), "--scale", scale, "--days", "0", "--twice",
            "--disorder", "--kill", "--kill-seed", "1", "--cfngen", CFNGEN, "--memory", "1g", "--spark", SPARK, *more]


def walk(*more, **named):
    return subprocess.run(words(*more, **named), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=3000, check=False)


class Way(unittest.TestCase):
    folder = None
    output = ""

    @classmethod
    def setUpClass(cls):
        cls.beheaded = cls.killed_after_loading()
        done = walk()
        cls.output = done.stdout
        if done.returncode != 0:
            raise AssertionError(f"the way ended with {done.returncode}:\n{done.stdout[-8000:]}")

    @classmethod
    def killed_after_loading(cls):
        """The way itself is killed in its third step."""
        way = subprocess.Popen(words(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said = []
        for line in way.stdout:
            said.append(line)
            if re.search(r"\] load ", line):
                break
        way.kill()
        way.stdout.close()
        return way.wait(), "".join(said)

    def said(self, pattern):
        return re.findall(pattern, self.output, re.M)

    def test_every_layer_holds_the_same_after_every_phase(self):
        self.assertEqual(self.said(r"\] (.*): every layer holds the same$"), PHASES)

    def test_the_way_goes_on_where_it_was_killed(self):
        code, said = self.beheaded
        self.assertEqual(code, -signal.SIGKILL, said)
        self.assertRegex(said, r"\] load +[\d.]+ s")
        first = self.output[:self.output.index("holds the same")]
        self.assertEqual(re.findall(r"\] (\w+) +[\d.]+ s$", first, re.M), STEPS[2:])

    def test_every_step_was_run_twice_and_killed(self):
        day = [*STEPS[:2], "disorder", "early", *STEPS[2:]]
        self.assertEqual(self.said(r"\] (\w+) +[\d.]+ s  a second time$"), day)
        self.assertEqual(self.said(r"\] (\w+) +[\d.]+ s  killed$"), STEPS * 2)

    def test_a_day_changes_the_totals(self):
        found = [json.loads((self.folder / "generated" / name).read_text())["totals"]
                 for name in ("totals.json", "totals-day-1.json")]
        for table in ("orders", "order_items", "order_payments", "geolocation"):
            self.assertNotEqual(found[0][table]["checksum"], found[1][table]["checksum"], table)

    def test_files_were_late_and_repeated(self):
        logs = self.folder / "log" / DISORDER.replace(" ", "-").replace(",", "")
        written = (logs / "disorder.log").read_text()
        self.assertIn("(held back)", written)
        self.assertRegex((logs / "replicate.log").read_text(), r"(?m)^late ")
        counts = re.findall(r"changes +(\w+) +(\d+) rows", written)
        self.assertGreater(len(counts), len(set(counts)), "nothing was repeated")

    def test_finished_phases_are_not_walked_again(self):
        began = time.monotonic()
        again = walk()
        self.assertEqual(again.returncode, 0, again.stdout)
        self.assertEqual(re.findall(r"\] (.*): done before$", again.stdout, re.M), PHASES)
        self.assertLess(time.monotonic() - began, 60)

    def test_a_difference_in_any_layer_is_found(self):
        self.assertEqual(walk("--steps", "reconcile").returncode, 0)
        load = next((self.folder / "bronze").rglob("sellers/LOAD00000001.parquet"))
        data = load.read_bytes()
        load.unlink()
        found = walk("--steps", "reconcile")
        load.write_bytes(data)
        self.assertEqual(found.returncode, 1, found.stdout)
        self.assertRegex(found.stdout, r"day 1, every step killed: the layers differ")
        cluster = postgres.Cluster(self.folder / "source")
        with psycopg.connect(cluster.start()) as connection:
            connection.execute("UPDATE ecommerce.order_payments SET payment_value = payment_value + 0.01 "
                               "WHERE order_id = (SELECT min(order_id) FROM ecommerce.order_payments)")
        cluster.stop()
        found = walk("--steps", "reconcile")
        self.assertEqual(found.returncode, 1, found.stdout)
        row = next(line for line in found.stdout.splitlines() if re.search(r"order_payments.*payment_value", line))
        self.assertGreater(len(set(re.findall(r"\d+\.\d\d", row))), 1, row)
        # The change was no part of a day, but it is one for the stand-in: bronze, silver and warehouse follow.
        followed = walk("--steps", "replicate,silver,catalog,warehouse,reconcile")
        self.assertEqual(followed.returncode, 1, followed.stdout)
        row = next(line for line in followed.stdout.splitlines() if re.search(r"order_payments.*payment_value", line))
        values = re.findall(r"\d+\.\d\d", row)
        self.assertEqual(len(set(values)), 2, row)
        self.assertEqual(sorted(values.count(v) for v in set(values)), [1, 4], row)

    def test_another_shop_in_the_same_folder_is_refused(self):
        other = walk(scale="0.02")
        self.assertEqual(other.returncode, 1)
        self.assertIn("take another folder", other.stdout)


class Usage(unittest.TestCase):
    def test_bad_words(self):
        with tempfile.TemporaryDirectory() as folder:
            run = lambda *more: subprocess.run([sys.executable, LOCAL / "way.py", "--dir", folder, *more],
                                               capture_output=True, text=True, check=False)
            wrong = run("--steps", "silver,gold")
            self.assertEqual(wrong.returncode, 2)
            self.assertIn("not 'gold'", wrong.stderr)
            absent = run("--cfngen", "/nowhere/cfngen")
            self.assertEqual(absent.returncode, 1)
            self.assertIn("there is no command '/nowhere/cfngen'", absent.stderr)
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


class Steps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.log = pathlib.Path(folder.name) / "log" / "step.log"

    def test_a_killed_step_takes_what_it_has_started_with_it(self):
        step = steps.Step("sleepers", ["sh", "-c", "sleep 600 & echo $!; sleep 600"])
        seconds, killed = steps.run(step, self.log, 0.5)
        self.assertTrue(killed)
        self.assertLess(seconds, 20)
        state = pathlib.Path(f"/proc/{self.log.read_text().strip()}/stat")
        self.assertTrue(not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z")

    def test_a_step_that_is_done_is_not_killed_and_a_failure_tells_its_end(self):
        self.assertFalse(steps.run(steps.Step("quick", ["true"]), self.log, 20)[1])
        with self.assertRaisesRegex(steps.Failed, "(?s)broken ended with 3.*no such thing"):
            steps.run(steps.Step("broken", ["sh", "-c", "echo no such thing >&2; exit 3"]), self.log)


if __name__ == "__main__":
    unittest.main()

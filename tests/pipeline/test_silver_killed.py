"""Runs that end at any moment: readers see the old or the new rows, and the next run makes good what is missing."""
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, stamp  # noqa: E402
from silver_case import ROOT, SilverCase, item, main  # noqa: E402

import hadoop_files  # noqa: E402
import iceberg_store  # noqa: E402

POINT = {"zip": "1", "lat": 1.0, "state": "SP"}


class Cut(BaseException):
    """The machine is gone: nothing of the job may handle it."""


class Breaker:
    """Ends a run before its n-th act that others can see. What lies between two acts nobody refers to yet."""

    def __init__(self, test):
        self.left = None
        for owner, name in ((hadoop_files.Files, "replace_text"), (hadoop_files.Files, "delete"),
                            (iceberg_store.IcebergStore, "_publish")):
            real = getattr(owner, name)
            setattr(owner, name, self.breaking(real))
            test.addCleanup(setattr, owner, name, real)

    def breaking(self, real):
        def act(*arguments, **named):
            self.count()
            return real(*arguments, **named)
        return act

    def count(self):
        if self.left is not None:
            self.left -= 1
            if self.left <= 0:
                raise Cut


class Interrupted:
    chosen = ("items", "points")

    def test_cut_at_every_act(self):
        self.bronze.load("items", [item("a"), item("b", price="-1.00")])
        self.bronze.load("points", [POINT])
        self.run_job()
        breaker, step, day, points = Breaker(self), 0, 0, 1
        old = {("a", 1): "1.00"}
        while True:
            step += 1
            if breaker.left is None or breaker.left <= 0:  # the last run was cut and then made good: new changes
                day += 1
                self.bronze.changes("items", at(day), [("U", stamp(at(day)), item("a", price=f"{day}.50")),
                                                       ("I", stamp(at(day)), item(f"n{day}"))])
                self.bronze.changes("points", at(day), [("I", stamp(at(day)), POINT)])
                points += 1
            new = {**old, ("a", 1): f"{day}.50", (f"n{day}", 1): "1.00"}
            breaker.left = step
            try:
                self.run_job("--parallel", "1", *self.how)
            except Cut:
                pass
            done = breaker.left > 0
            breaker.left = None
            self.assertIn(self.prices(), (old, new), f"cut at act {step}")
            self.assertIn(len(self.rows("points")), (points - 1, points), f"cut at act {step}")
            self.run_job(*self.how)
            self.assertEqual(self.prices(), new, f"cut at act {step}")
            self.assertEqual(len(self.rows("points")), points, f"cut at act {step}")
            self.check_totals()
            self.check_totals("points")
            old = new
            if done:
                break
        self.assertGreater(step, self.least)


class ParquetCut(Interrupted, SilverCase):
    how = ("--retain-hours", "24")
    least = 6


class IcebergCut(Interrupted, SilverCase):
    format = "iceberg"
    how = ("--retain-hours", "24")
    least = 10


KILLED = """
import sys
sys.path.insert(0, {tests!r})
import silver_case
options = silver_case.bronze_to_silver.parser().parse_args({arguments!r})
spark = silver_case.bronze_to_silver.session(options)
print("ready", flush=True)
ctx, tables = silver_case.bronze_to_silver.prepare(spark, options)
silver_case.bronze_to_silver.run(ctx, tables, options.table)
print("done", flush=True)
"""


class Killed(SilverCase):
    """Truly killed, Python and Java together, while a reader looks on."""
    delays = (2.0, 5.0, 9.0)  # seconds; how far a run comes by then hangs on the machine

    def kill_after(self, seconds, allowed):
        code = KILLED.format(tests=str(ROOT / "tests/pipeline"), arguments=self.arguments())
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True, start_new_session=True) as process:
            try:
                self.assertEqual(process.stdout.readline(), "ready\n")
                end = time.monotonic() + seconds
                while time.monotonic() < end and process.poll() is None:
                    self.assertIn(self.prices(), allowed)
                    time.sleep(0.05)
            finally:
                os.killpg(process.pid, signal.SIGKILL)

    def test_killed(self):
        self.bronze.load("items", [item(f"k{n}") for n in range(50)])
        self.run_job()
        old = self.prices()
        for day in (1, 2, 3):
            self.bronze.changes("items", at(day), [("U", stamp(at(day)), item(f"k{n}", price=f"{day}.00"))
                                                   for n in range(50)])
            new = {k: f"{day}.00" for k in old}
            self.kill_after(self.delays[day - 1], (old, new))
            self.assertIn(self.prices(), (old, new))
            self.run_job()
            self.assertEqual(self.prices(), new)
            self.check_totals()
            old = new


if __name__ == "__main__":
    main()

"""The stream: files that arrive while it runs are applied once, also when its checkpoint is lost."""
import pathlib
import shutil
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, manifest, stamp  # noqa: E402
from silver_case import SilverCase, item, main  # noqa: E402

import bronze_to_silver  # noqa: E402
import stream  # noqa: E402

POINT = {"zip": "1", "lat": 1.0, "state": "SP"}


class Stream(SilverCase):
    chosen = ("items", "points")

    def start(self, *more):
        options = stream.parser().parse_args(self.arguments("--checkpoint", str(self.folder / "checkpoint"), *more))
        spark = bronze_to_silver.session(options)
        self.ctx, tables = bronze_to_silver.prepare(spark, options)
        query = stream.follow(self.ctx, tables, options)
        self.addCleanup(query.stop)
        return query

    def once(self):
        self.assertTrue(self.start("--once").awaitTermination(300))

    def until(self, test):
        end = time.monotonic() + 240
        while not test():
            self.assertLess(time.monotonic(), end, "the stream did not apply the file")
            time.sleep(0.2)

    def test_each_file_once_whatever_becomes_of_the_checkpoint(self):
        self.bronze.load("items", [item("a")])
        self.bronze.load("points", [POINT, POINT])
        self.once()
        self.bronze.changes("points", at(1), [("I", stamp(at(1)), POINT)])
        self.bronze.changes("items", at(1), [("U", stamp(at(1)), item("a", price="2.00"))])
        self.once()
        self.assertEqual((len(self.rows("points")), self.prices()), (3, {("a", 1): "2.00"}))
        before = self.everything()
        shutil.rmtree(self.folder / "checkpoint")
        self.once()
        self.assertEqual(self.everything(), before)

    def test_changes_are_applied_while_it_runs(self):
        self.bronze.load("items", [item("a")])
        query = self.start("--every", "500 milliseconds")
        self.assertEqual(self.prices(), {("a", 1): "1.00"})
        self.bronze.changes("items", at(1), [("I", stamp(at(1)), item("b", price="2.00"))])
        self.until(lambda: len(self.prices()) == 2)
        self.bronze.changes("items", at(2), [("D", stamp(at(2)), {"order_id": "a", "number": 1})])
        self.until(lambda: self.prices() == {("b", 1): "2.00"})
        self.bronze.changes("items", at(3), [("I", stamp(at(3)), item("c"))], without=("price",))
        with self.assertRaisesRegex(Exception, "has no column price"):
            query.awaitTermination(120)
        self.assertEqual(self.prices(), {("b", 1): "2.00"})
        self.assertEqual(len(manifest(self.silver, "items")), 1)


if __name__ == "__main__":
    main()

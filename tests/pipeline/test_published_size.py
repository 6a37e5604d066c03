"""The whole way at the size of the published files, and a day of changes after it: every layer is equal, and has the rows
that are documented."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOCAL = ROOT / "pipeline" / "local"
sys.path.insert(0, str(LOCAL))
import postgres  # noqa: E402

CFNGEN = os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen")
ROWS = {"customers": 99_441, "geolocation": 1_000_163, "orders": 99_441, "order_items": 112_650, "order_payments": 103_886,
        "order_reviews": 99_224, "products": 32_951, "sellers": 3_095, "product_category_name_translation": 71}


class PublishedSize(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="cfngen-size-")
        os.chmod(folder, 0o755)  # the server may be another user's
        cls.addClassCleanup(shutil.rmtree, folder, True)
        cls.addClassCleanup(postgres.Cluster(pathlib.Path(folder) / "source").stop)
        done = subprocess.run([sys.executable, str(LOCAL / "way.py"), "--dir", folder, "--days", "1", "--cfngen", CFNGEN],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1150, check=False)
        cls.output = done.stdout
        if done.returncode != 0:
            raise AssertionError(f"the way ended with {done.returncode}:\n{done.stdout[-8000:]}")

    def test_every_layer_is_equal_after_the_load_and_after_the_day(self):
        self.assertEqual(len(re.findall(r"(?m)^21 measures equal$", self.output)), 2, self.output)
        for phase in ("the shop", "day 1"):
            self.assertIn(f"{phase}: every layer holds the same", self.output)

    def test_the_rows_are_those_that_are_documented(self):
        for table, rows in ROWS.items():
            found = re.search(rf"(?m)^{table} +rows +(.+?) +equal$", self.output)
            self.assertIsNotNone(found, f"{table}:\n{self.output}")
            layers = found[1].split()
            self.assertEqual(len(layers), 5, table)
            self.assertEqual({sum(map(int, layer.split("+"))) for layer in layers}, {rows}, table)

    def test_points_in_other_countries_are_put_aside_and_counted(self):
        silver = re.search(r"(?m)^geolocation +rows +\d+ +\d+ +\d+ +(\d+)\+(\d+) ", self.output)
        self.assertEqual(int(silver[1]) + int(silver[2]), ROWS["geolocation"])
        self.assertGreater(int(silver[2]), 0)


if __name__ == "__main__":
    unittest.main()

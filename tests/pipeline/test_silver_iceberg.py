"""The same as test_silver.py, published as Iceberg tables, and what only they have."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, stamp  # noqa: E402
from silver_case import SilverCase, item, main  # noqa: E402
from test_silver import BothFormats  # noqa: E402


class Iceberg(BothFormats, SilverCase):
    format = "iceberg"
    # How bronze is read and the newest version told has nothing of the format; test_silver_histories.py has both.
    test_full_load_in_several_files_and_row_groups = None
    test_newest_version_by_time_then_file_then_position = None

    def snapshots(self):
        return self.spark().sql(f"SELECT operation, coalesce(summary['cfngen-batch'], summary['wap.id']) AS batch "
                                f"FROM lake.{self.database}.items.snapshots ORDER BY committed_at").collect()

    def test_each_snapshot_names_its_run_and_merges_are_merges(self):
        self.bronze.load("items", [item("a"), item("b", sold="2023-01-01 00:00:00")])
        runs = [self.run_job()["items"]["run_id"]]
        self.bronze.changes("items", at(1), [("U", stamp(at(1)), item("a", price="2.00"))])
        runs.append(self.run_job()["items"]["run_id"])
        self.bronze.changes("items", at(2), [("D", stamp(at(2)), {"order_id": "z", "number": 1})])
        self.run_job()  # a key that silver never had: remembered, but no snapshot
        self.assertEqual([s["batch"] for s in self.snapshots()], runs)
        files = self.spark().table(f"lake.{self.database}.items.files").collect()
        self.assertEqual({f["content"] for f in files}, {0})
        self.bronze.changes("items", at(1, 1000), [("U", stamp(at(1, 1000)), item("z", price="7.00"))])
        self.run_job()
        self.assertEqual(self.prices(), {("a", 1): "2.00", ("b", 1): "1.00"})

    def test_superseded_snapshots_are_expired(self):
        self.bronze.load("items", [item("a")])
        self.run_job()
        for n in range(1, 3):
            self.bronze.changes("items", at(n), [("U", stamp(at(n)), item("a", price=f"{n}.00"))])
            self.run_job("--retain-hours", "0")
        self.assertLess(len(self.snapshots()), 3)
        self.assertEqual(self.prices(), {("a", 1): "2.00"})


if __name__ == "__main__":
    main()

"""Random histories: whatever the order and the cuts in which changes arrive, silver is what plain Python says."""
import decimal
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from dms_files import at, stamp  # noqa: E402
from silver_case import SilverCase, item, main  # noqa: E402

KEYS = [(f"o{n}", n % 2 + 1) for n in range(24)]


class History:
    """A source's changes, cut into files as DMS would: their names rise with the time of writing."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.loaded = [self.row(k) for k in self.random.sample(KEYS, 14)]
        changes = [self.change(n) for n in range(self.random.randint(60, 90))]
        changes.sort(key=lambda c: c[1])
        self.files = []  # (moment of writing, changes)
        while changes:
            size = self.random.randint(1, 12)
            self.files.append((at(1000 * (len(self.files) + 1)), changes[:size]))
            changes = changes[size:]
        again = self.random.sample(self.files, 2)  # what a task sends again after it was stopped
        self.files += [(at(100000 + n), rows) for n, (_, rows) in enumerate(again)]

    def row(self, key):
        price = "-1.00" if self.random.random() < 0.15 else f"{self.random.randint(0, 99999) / 100:.2f}"
        month = self.random.randint(1, 4)
        return item(key[0], key[1], f"2024-{month:02d}-05 06:07:08", price, note=str(self.random.random()))

    def change(self, number):
        key = self.random.choice(KEYS)
        moment = stamp(at(number // 3))  # three changes share a time of commit
        if self.random.random() < 0.3:
            return "D", moment, {"order_id": key[0], "number": key[1]}
        return self.random.choice("IU"), moment, self.row(key)


def expected(load, files):
    """{key: row} of the newest version by (time, full load first, name of file, position); deletes are none."""
    newest = {}
    versions = [(("2024-01-01 00:00:00.000000", 0, "", n), "I", r) for n, r in enumerate(load)]
    for name, rows in files:
        versions += [((moment, 1, name, n), op, row) for n, (op, moment, row) in enumerate(rows)]
    for version, op, row in versions:
        key = row["order_id"], row["number"]
        if key not in newest or version > newest[key][0]:
            newest[key] = version, op, row
    return {k: row for k, (_, op, row) in newest.items() if op != "D"}


class Histories:
    seeds = ()

    def check(self, load, files):
        wanted = expected(load, files)
        good = {k: r for k, r in wanted.items() if r["price"] >= 0}
        found = {(r["order_id"], r["number"]): (r["sold_at"], r["price"], r["note"]) for r in self.rows()}
        self.assertEqual(len(self.rows()), len(found))
        self.assertEqual(found, {k: (r["sold_at"], r["price"], r["note"]) for k, r in good.items()})
        held = {(k[2]["order_id"], k[2]["number"]): decimal.Decimal(r["price"]) for k, r in self.held()}
        self.assertEqual(held, {k: r["price"] for k, r in wanted.items() if r["price"] < 0})
        self.check_totals()

    def one(self, seed):
        history, delivered = History(seed), []
        self.bronze.load("items", history.loaded, row_group_size=4)
        small = ("--table", "items", "--target-mb", "0.002")  # many groups, which split as they grow
        late = history.files[:]
        history.random.shuffle(late)
        while late:
            size = history.random.randint(len(history.files) // 3, len(history.files) // 2)
            for moment, rows in late[:size]:
                path = self.bronze.changes("items", moment, rows, by=history.random.choice(("day", "hour")),
                                           row_group_size=history.random.randint(1, 5))
                delivered.append((path.name, rows))
            late = late[size:]
            self.run_job(*small)
            self.check(history.loaded, delivered)
        rows = sorted(map(str, self.rows()))
        self.run_job("--full", *small)
        self.assertEqual(sorted(map(str, self.rows())), rows)
        self.check(history.loaded, delivered)

    def test_histories(self):
        for seed in self.seeds:
            with self.subTest(seed=seed):
                self.setUp()
                self.one(seed)


class ParquetHistories(Histories, SilverCase):
    seeds = (1, 2)


class IcebergHistories(Histories, SilverCase):
    format = "iceberg"
    seeds = (4,)


if __name__ == "__main__":
    main()

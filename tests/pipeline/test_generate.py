"""cfngen generate from outside: the files are read by Python's csv, the days are lived by a real PostgreSQL."""
import collections
import csv
import hashlib
import json
import os
import resource
import signal
import subprocess
import time
import unittest
from decimal import Decimal

from loading import CFNGEN, FILES, TABLES, Case, Shop


def setUpModule():
    Case.shop = Shop()
    unittest.addModuleCleanup(Case.shop.done)


def read(folder, table):
    with open(folder / table["file"], encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == [column["name"] for column in table["columns"]], rows[0]
    return rows[1:]


def totals_of(table, rows):
    """Computed anew, with nothing of cfngen's."""
    columns, check = table["columns"], 0
    sums = {i: Decimal(0) for i, column in enumerate(columns) if column["type"].startswith("numeric")}
    checked = [i for i, column in enumerate(columns) if "clean" not in column and column["type"] != "double precision"]
    for row in rows:
        text = "|".join(row[i] or "\\N" for i in checked)
        check += int(hashlib.md5(text.encode()).hexdigest()[:8], 16)
        for i in sums:
            sums[i] += Decimal(row[i])
    totals = {"rows": str(len(rows)), "checksum": str(check)}
    return totals | {f"sum({columns[i]['name']})": str(value) for i, value in sums.items()}


class Files(Case):
    def generate(self, name, *words):
        folder = self.folder / name
        self.says(0, "generate", "--out", folder, *words)
        return folder

    def test_totals_are_those_of_the_files(self):
        for words in (["--scale", "0.001"], ["--scale", "0.03", "--seed", "18446744073709551615"]):
            folder = self.generate(words[1], *words)
            totals = json.loads((folder / "totals.json").read_text())
            self.assertEqual(totals["layer"], "generated")
            for table in TABLES["tables"]:
                self.assertEqual(totals["totals"][table["name"]], totals_of(table, read(folder, table)), table["name"])

    def test_keys_and_references(self):
        folder = self.generate("some", "--scale", "0.02", "--seed", "3")
        rows = {table["name"]: read(folder, table) for table in TABLES["tables"]}
        names = {table["name"]: [c["name"] for c in table["columns"]] for table in TABLES["tables"]}

        def values(table, columns):
            indexes = [names[table].index(c) for c in columns]
            return [tuple(row[i] for i in indexes) for row in rows[table]]

        keys = {table["name"]: table["key"] for table in TABLES["tables"]}
        for table in TABLES["tables"]:
            if table["key"]:
                found = values(table["name"], table["key"])
                self.assertEqual(len(set(found)), len(found), table["name"])
            for reference in table.get("references", []):
                there = set(values(reference["table"], keys[reference["table"]]))
                self.assertLessEqual(set(values(table["name"], reference["columns"])), there)

    def test_the_same_bytes_again(self):
        first, second = (self.generate(name, "--scale", "0.01", "--seed", "9") for name in ("first", "second"))
        other = self.generate("other", "--scale", "0.01", "--seed", "10")
        for name in os.listdir(first):
            self.assertEqual((first / name).read_bytes(), (second / name).read_bytes(), name)
        self.assertNotEqual((first / FILES["orders"]).read_bytes(), (other / FILES["orders"]).read_bytes())

    def test_published_form(self):
        files = self.shop.files
        self.assertTrue((files / FILES["customers"]).read_bytes().startswith(b'"customer_id","customer_unique_id",'))
        translation = (files / FILES["product_category_name_translation"]).read_bytes()
        self.assertTrue(translation.startswith(b"\xef\xbb\xbfproduct_category_name,"))
        self.assertFalse(translation.endswith(b"\n"))
        reviews = (files / FILES["order_reviews"]).read_bytes()
        for quirk in (b"\r\n", b'""', "😍".encode()):
            self.assertIn(quirk, reviews)
        zips = [row[1] for row in read(files, next(t for t in TABLES["tables"] if t["name"] == "sellers"))]
        self.assertEqual({len(code) for code in zips}, {5})

    def test_a_folder_that_holds_other_things(self):
        (self.folder / "mine").mkdir()
        (self.folder / "mine" / "thesis.doc").write_text("")
        said = self.says(1, "generate", "--out", self.folder / "mine", "--scale", "0.001").stderr
        self.assertIn("holds other things, such as 'thesis.doc'", said)
        self.assertEqual(os.listdir(self.folder / "mine"), ["thesis.doc"])
        self.says(0, "generate", "--out", self.folder / "mine", "--scale", "0.001", "--force")
        self.says(0, "generate", "--out", self.generate("again", "--scale", "0.001"), "--scale", "0.002")

    def test_a_file_that_cannot_be_written_whole(self):
        """As on a full disk: nothing appears, and what was there stays."""
        folder = self.generate("full", "--scale", "0.001")
        before = {name: (folder / name).read_bytes() for name in os.listdir(folder)}

        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

        done = subprocess.run([CFNGEN, "generate", "--out", folder, "--scale", "0.05"], preexec_fn=little_room,
                              text=True, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("cannot be written: File too large", done.stderr)
        self.assertEqual({name: (folder / name).read_bytes() for name in os.listdir(folder)}, before)

    def test_killed(self):
        """No file is half there; what was begun is written over."""
        folder = self.generate("killed", "--scale", "0.001")
        before = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
        run = subprocess.Popen([CFNGEN, "generate", "--out", folder, "--scale", "0.3"], stdout=subprocess.DEVNULL)
        time.sleep(0.1)
        run.kill()
        run.wait()
        if run.returncode == -signal.SIGKILL:
            for name, content in before.items():
                self.assertEqual((folder / name).read_bytes(), content)
        self.says(0, "generate", "--out", folder, "--scale", "0.001")
        self.assertEqual({name: (folder / name).read_bytes() for name in os.listdir(folder)}, before)

    def test_words(self):
        for wrong in ("0", "0.0001", "101", "x", "1.0000001", "-1", "1e2", ""):
            self.assertIn("--scale must be", self.says(2, "generate", "--out", self.folder, "--scale", wrong).stderr)
        for wrong in ("-1", "x", "18446744073709551616", "1.5", ""):
            self.assertIn("--seed must be", self.says(2, "generate", "--out", self.folder, "--seed", wrong).stderr)
        for wrong in ("0", "-1", "x", "3651", ""):
            self.assertIn("--day must be", self.says(2, "generate", "--out", self.folder, "--day", wrong).stderr)
        self.assertIn("needs --out DIR", self.says(2, "generate").stderr)


class Days(Case):
    def live(self, scale, seed, days):
        folder = self.folder / "shop"
        words = ["--out", folder, "--scale", scale, "--seed", seed]
        self.says(0, "generate", *words)
        self.load(0, files=folder)
        found = collections.Counter()
        for day in range(1, days + 1):
            self.says(0, "generate", *words, "--day", day)
            script = (folder / f"day-{day}.sql").read_text()
            self.sql(script)
            self.is_whole(folder / f"totals-day-{day}.json")
            found.update(" ".join(line.split()[:3]) for line in script.splitlines() if line[0] in "IUD")
        return folder, found

    def test_a_fortnight(self):
        folder, found = self.live("0.01", "4", 14)
        for statement in ("INSERT INTO ecommerce.orders", "INSERT INTO ecommerce.geolocation",
                          "INSERT INTO ecommerce.product_category_name_translation",
                          "DELETE FROM ecommerce.order_payments", "DELETE FROM ecommerce.order_items",
                          "DELETE FROM ecommerce.orders", "DELETE FROM ecommerce.customers",
                          "UPDATE ecommerce.orders SET", "UPDATE ecommerce.order_items SET",
                          "UPDATE ecommerce.order_reviews SET", "UPDATE ecommerce.products SET",
                          "UPDATE ecommerce.sellers SET"):
            self.assertGreater(found[statement], 0, statement)
        scripts = [(folder / f"day-{day}.sql").read_text() for day in range(1, 15)]
        self.assertTrue(any("SET payment_sequential" in script for script in scripts), "a key that changes")
        self.assertFalse([line for script in scripts for line in script.splitlines()
                          if "geolocation" in line and not line.startswith("INSERT")])
        self.assertTrue(any(self.comes_and_goes(part) for script in scripts for part in script.split("COMMIT;")))

    @staticmethod
    def comes_and_goes(transaction):
        """A row that is made and deleted in one transaction."""
        lines = transaction.splitlines()
        made = {line.split("VALUES ('")[1][:32] for line in lines if line.startswith("INSERT INTO ecommerce.orders ")}
        gone = {line.split("id = '")[1][:32] for line in lines if line.startswith("DELETE FROM ecommerce.orders ")}
        return bool(made & gone)

    def test_the_smallest_shop(self):
        self.live("0.001", "1", 6)

    def test_a_day_does_not_depend_on_those_that_were_written(self):
        folder = self.folder / "one"
        words = ["--out", folder, "--scale", "0.002", "--day", "3"]
        self.says(0, "generate", *words)
        first = (folder / "day-3.sql").read_bytes()
        for day in ("1", "2", "3"):
            self.says(0, "generate", *words[:-1], day)
        self.assertEqual((folder / "day-3.sql").read_bytes(), first)


if __name__ == "__main__":
    unittest.main()

"""cfngen reconcile: the source by SQL of a real PostgreSQL, other layers by files."""
import json
import threading
import unittest

from loading import Case, Shop


def setUpModule():
    Case.shop = Shop()
    unittest.addModuleCleanup(Case.shop.done)


class Reconcile(Case):
    def setUp(self):
        super().setUp()
        self.load()

    def reconcile(self, code, *words, dsn=None):
        return self.says(code, "reconcile", "--no-warehouse", "--dsn", dsn or self.dsn, *words)

    def layer(self, name, **changes):
        """The generated totals under another name, with changes: orders__rows="5"."""
        totals = json.loads((self.shop.files / "totals.json").read_text())["totals"]
        for path, value in changes.items():
            table, _, measure = path.partition("__")
            totals[table][measure.replace("__", "(") + (")" if "__" in measure else "")] = value
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps({"layer": name, "totals": totals}))
        return path

    def test_every_measure_is_equal(self):
        said = json.loads(self.reconcile(0, "--totals", self.shop.files / "totals.json", "--output", "json").stdout)
        self.assertTrue(said["equal"])
        self.assertEqual((said["compared"], said["layers"]), (21, ["generated", "source"]))

    def test_each_change_of_a_row_shows(self):
        changes = {
            "UPDATE ecommerce.order_items SET price = price + 0.01 WHERE order_item_id = 2": ["sum(price)", "checksum"],
            "DELETE FROM ecommerce.order_reviews WHERE ctid IN (SELECT ctid FROM ecommerce.order_reviews LIMIT 1)":
                ["rows", "checksum"],
            "UPDATE ecommerce.orders SET order_approved_at = NULL WHERE order_id = (SELECT min(order_id) "
            "FROM ecommerce.orders WHERE order_approved_at IS NOT NULL)": ["checksum"],
            "UPDATE ecommerce.order_payments SET payment_value = payment_value + 1 - 1": [],
            "INSERT INTO ecommerce.geolocation SELECT * FROM ecommerce.geolocation LIMIT 1": ["rows", "checksum"],
            "UPDATE ecommerce.sellers SET seller_city = upper(seller_city)": [],
        }
        for sql, measures in changes.items():
            with self.subTest(sql=sql):
                self.setUp()
                self.sql(sql)
                said = json.loads(self.reconcile(1 if measures else 0, "--totals", self.shop.files / "totals.json",
                                                 "--output", "json").stdout)
                differ = [row["measure"] for row in said["measures"] if row["equal"] is False]
                self.assertEqual(sorted(differ), sorted(measures))

    def test_the_table(self):
        silver = self.layer("silver", orders__rows={"value": "990", "quarantined": "4"}, sellers__rows="30")
        said = self.reconcile(1, "--totals", silver, "--totals", self.shop.files / "totals.json")
        lines = {tuple(line.split()[:2]): line.split()[2:] for line in said.stdout.splitlines() if line}
        self.assertEqual(lines["TABLE", "MEASURE"], ["generated", "source", "silver", "RESULT"])
        self.assertEqual(lines["orders", "rows"], ["994", "994", "990+4", "equal"])
        self.assertEqual(lines["sellers", "rows"], ["31", "31", "30", "departs", "in", "silver"])
        self.assertIn("1 of 21 measures differ; the first layer that departs is silver", said.stderr)

    def test_a_terminal_gets_groups(self):
        said = self.reconcile(0, "--totals", self.shop.files / "totals.json", "--color", "always").stdout
        self.assertIn("10,002", said)
        self.assertIn("128,152.27", said)

    def test_what_is_written_can_be_read(self):
        self.reconcile(0, "--write", self.folder / "source.json")
        self.says(0, "reconcile", "--no-source", "--no-warehouse", "--totals", self.folder / "source.json", "--totals",
                  self.shop.files / "totals.json")

    def test_what_was_loaded_can_be_compared(self):
        said = self.load(0, "--replace", "--output", "json").stdout
        self.assertEqual(json.loads(said)["result"], "unchanged")
        self.sql("DROP SCHEMA ecommerce, cfngen CASCADE")
        (self.folder / "files.json").write_text(self.load(0, "--output", "json").stdout)
        self.reconcile(0, "--totals", self.folder / "files.json")

    def test_all_tables_at_one_moment(self):
        """A sale in the middle of the counting is in all tables or in none: sums of items and payments keep step."""
        other = self.folder / "days"
        self.says(0, "generate", "--out", other, "--scale", "0.01", "--day", "1")
        script = (other / "day-1.sql").read_text()
        run = threading.Thread(target=self.sql, args=[script])
        run.start()
        self.reconcile(0, "--write", self.folder / "some.json")
        run.join()
        self.reconcile(0, "--totals", other / "totals-day-1.json")

    def test_nothing_to_compare(self):
        self.assertIn("there is nothing to compare", self.reconcile(1).stderr)

    def test_no_tables(self):
        self.sql("DROP SCHEMA ecommerce CASCADE")
        said = self.reconcile(1, "--totals", self.shop.files / "totals.json").stderr
        self.assertIn("does not exist", said)
        self.assertIn("'cfngen load' makes the tables", said)

    def test_bad_files(self):
        path = self.folder / "bad.json"
        messages = {"": "expected", "[1]": "must have a layer",
                    '{"layer": "x", "totals": {"orders": {"rows": 1}}}': "must be a decimal as a text"}
        for text, message in messages.items():
            path.write_text(text)
            self.assertIn(message, self.reconcile(1, "--totals", path).stderr)
        self.says(3, "reconcile", "--no-source", "--no-warehouse", "--totals", self.folder / "nowhere.json")
        twice = self.layer("generated")
        self.assertIn("is there twice", self.reconcile(1, "--totals", twice, "--totals", twice).stderr)


if __name__ == "__main__":
    unittest.main()

"""Metabase's definitions: they fit together, their queries run over the marts and are Redshift's SQL, and what they say
is what plain Python says. Metabase itself is not here: how it takes them is the matter of `cfngen metabase` and its
tests.
"""
import copy
import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest
from decimal import Decimal

import duckdb
import sqlglot
import yaml

import silver_fixture as silver
from warehouse import ROOT, Warehouse, tool

METABASE = ROOT / "metabase"
sys.path.insert(0, str(METABASE))
import cards as definitions  # noqa: E402
import draw  # noqa: E402

SOME = {"from": "2017-04-01", "to": "2017-06-30"}
NOTHING = {"from": "2001-01-01", "to": "2001-01-31"}


def settings_columns(card):
    """Every column that the settings of a card name."""
    settings = card["visualization_settings"]
    yield from (json.loads(key)[1] for key in settings.get("column_settings", {}))
    yield from settings.get("graph.dimensions", []) + settings.get("graph.metrics", [])
    yield from settings.get("series_settings", {})
    yield from (column["name"] for column in settings.get("table.columns", []))
    yield from (name for rule in settings.get("table.column_formatting", []) for name in rule["columns"])
    yield from (settings[key] for key in ("scalar.field", "pie.dimension", "pie.metric") if key in settings)


class Definitions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        warehouse = Warehouse(folder.name)
        cls.shop = silver.make_shop()
        warehouse.publish(cls.shop)
        warehouse.must("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
        cls.connection = duckdb.connect(str(warehouse.database), read_only=True)
        cls.addClassCleanup(cls.connection.close)
        cls.found = definitions.load()
        cls.folder = pathlib.Path(folder.name)

    def rows(self, key, values=None):
        card = self.found["cards"][key]
        wanted = {v["name"]: values[v["name"]] for v in card["variables"]} if values else {}
        return self.connection.execute(definitions.query(card, wanted)).fetchall()

    def test_what_is_there(self):
        self.assertEqual({"gmv", "orders", "sellers", "delivery", "customers"}, set(self.found["dashboards"]))
        shown = {c["card"] for d in self.found["dashboards"].values() for c in d["cards"] if "card" in c}
        self.assertEqual(set(self.found["cards"]), shown, "a card on no dashboard")
        files = {p.stem for p in (METABASE / "definitions" / "sql").iterdir()}
        self.assertEqual(set(self.found["cards"]), files, "a query without a card")

    def test_every_query_runs_and_has_the_columns_that_its_card_names(self):
        for key, card in self.found["cards"].items():
            with self.subTest(key):
                result = self.connection.execute(definitions.query(card))
                columns = {d[0] for d in result.description}
                self.assertLessEqual(set(settings_columns(card)), columns)
                rows = result.fetchall()
                self.assertTrue(rows)
                if card["display"] == "scalar":
                    self.assertEqual(1, len(rows))
                    self.assertIsNotNone(rows[0][0])

    def test_filters_reach_every_query_that_has_them(self):
        for key, card in self.found["cards"].items():
            if card["variables"]:
                with self.subTest(key):
                    self.assertEqual({"from", "to"}, {v["name"] for v in card["variables"]})
                    self.assertNotEqual(self.rows(key), self.rows(key, SOME))
                    empty = self.rows(key, NOTHING)
                    self.assertTrue(not empty or empty[0][0] in (None, 0), empty)

    def test_every_query_is_redshift_sql_over_documented_marts(self):
        described = (ROOT / "dbt_project" / "models" / "_models.yml").read_text(encoding="utf-8")
        marts = {model["name"] for model in yaml.safe_load(described)["models"]}
        for key, card in self.found["cards"].items():
            for values in ({}, {v["name"]: SOME[v["name"]] for v in card["variables"]}):
                with self.subTest(key, values=bool(values)):
                    tree = sqlglot.parse_one(definitions.query(card, values), dialect="redshift")
                    local = {cte.alias for cte in tree.find_all(sqlglot.exp.CTE)}
                    for table in tree.find_all(sqlglot.exp.Table):
                        if table.name not in local:
                            self.assertEqual("analytics", table.db)
                            self.assertIn(table.name, marts)

    def test_every_query_passes_the_linter(self):
        folder = self.folder / "plain"
        folder.mkdir()
        for key, card in self.found["cards"].items():
            text = definitions.query(card, {v["name"]: SOME[v["name"]] for v in card["variables"]})
            (folder / f"{key}.sql").write_text(text, encoding="utf-8")
        # A query that may lose a condition begins with 1 = 1 (ST10); names of results are what a card shows (RF04).
        code, text = tool("sqlfluff", "lint", "--ignore-local-config", "--dialect", "redshift", "--templater", "raw",
                          "--exclude-rules", "AM06,RF04,ST06,ST10,LT05", folder)
        self.assertEqual(0, code, text)

    def test_numbers(self):
        """Against the rows of the shop, without SQL."""
        orders = {row["order_id"]: row for row in self.shop["orders"]}
        lost = {key for key, row in orders.items() if row["order_status"] in ("canceled", "unavailable")}
        worth = [(row["order_id"], row["price"] + row["freight_value"]) for row in self.shop["order_items"]]
        self.assertEqual(sum(value for _, value in worth), self.rows("gmv-total")[0][0])
        self.assertEqual(sum(value for key, value in worth if key not in lost), self.rows("net-gmv-total")[0][0])
        self.assertEqual((len(orders),), self.rows("orders-total")[0])
        self.assertEqual(len(worth), self.rows("items-total")[0][0])
        self.assertEqual(round(len(lost) / len(orders), 4), float(self.rows("cancellation-rate")[0][0]))
        within = {key for key, row in orders.items()
                  if SOME["from"] <= str(row["order_purchase_timestamp"].date()) <= SOME["to"]}
        self.assertEqual(sum(value for key, value in worth if key in within), self.rows("gmv-total", SOME)[0][0])
        paid = {}
        for row in self.shop["order_payments"]:
            paid[row["payment_type"]] = paid.get(row["payment_type"], Decimal(0)) + row["payment_value"]
        self.assertEqual(paid, dict(self.rows("payments-by-type")))

    def test_pictures_are_drawn(self):
        for key, dashboard in self.found["dashboards"].items():
            for values in ({}, NOTHING):  # rows, and none
                path = draw.draw(dashboard, self.found["cards"], self.connection, self.folder / "pictures", "a note",
                                 values)
                self.assertEqual(b"\x89PNG", path.read_bytes()[:4], key)
                self.assertGreater(path.stat().st_size, 10000)
        committed = {p.stem for p in (ROOT / "docs" / "dashboards").glob("*.png")}
        self.assertEqual(set(self.found["dashboards"]), committed)


class Refused(unittest.TestCase):
    """Each mistake in a copy of the definitions."""

    def refused(self, kind, change, message):
        with tempfile.TemporaryDirectory() as folder:
            copied = pathlib.Path(folder) / "definitions"
            shutil.copytree(METABASE / "definitions", copied)
            entries = json.loads((copied / f"{kind}.json").read_text(encoding="utf-8"))
            change(entries)
            (copied / f"{kind}.json").write_text(json.dumps(entries), encoding="utf-8")
            with self.assertRaisesRegex(definitions.Wrong, message):
                definitions.load(copied)

    def test_cards(self):
        self.refused("cards", lambda c: c[0].update(collection="nowhere"), "no collection 'nowhere'")
        self.refused("cards", lambda c: c[0].update(display="hologram"), "unknown display 'hologram'")
        self.refused("cards", lambda c: c[0].update(sql="sql/else.sql"), "sql must be sql/gmv-total.sql")
        self.refused("cards", lambda c: c[0].update(variables=[]),
                     r"variables \[\] are declared, \['from', 'to'\] are used")
        self.refused("cards", lambda c: c[0].update(key="Not A Slug"), "key must be a slug")
        self.refused("cards", lambda c: c.append(copy.deepcopy(c[0])), "'gmv-total' is there twice")
        self.refused("cards", lambda c: c[0].update(dispaly="bar"), "members must be")
        self.refused("cards", lambda c: c[1].update(name=c[0]["name"]), "a name is used twice")

    def test_dashboards(self):
        self.refused("dashboards", lambda d: d[0]["cards"][0].update(card="gone"), "no card 'gone'")
        self.refused("dashboards", lambda d: d[0]["cards"][0].update(col=22), "leaves the grid")
        self.refused("dashboards", lambda d: d[0]["cards"][1].update(col=0), "lies upon another")
        self.refused("dashboards", lambda d: d[0]["filters"][0].update(name="since"), "'since' is mapped to no card")
        self.refused("dashboards", lambda d: d[0]["filters"][0].update(type="category"), "cannot fill a date")

    def test_collections(self):
        self.refused("collections", lambda c: c.reverse(), "its parent must stand before")


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = (METABASE / "compose.yaml").read_text(encoding="utf-8")
        cls.services = yaml.safe_load(cls.text)["services"]

    def test_versions_are_pinned(self):
        for name, service in self.services.items():
            self.assertRegex(service["image"], r"^[a-z0-9./-]+:v?\d+(\.\d+)+(-[a-z0-9.]+)?$", name)

    def test_every_service_is_confined(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertIn("healthcheck", service)
                self.assertIn("memory", service["deploy"]["resources"]["limits"])
                self.assertIn("cpus", service["deploy"]["resources"]["limits"])
                self.assertEqual(["ALL"], service["cap_drop"])
                self.assertIn("no-new-privileges:true", service["security_opt"])
                self.assertRegex(str(service["user"]), r"^[1-9]\d*:[1-9]\d*$")
                self.assertIs(True, service["read_only"])

    def test_no_secret_and_no_open_port(self):
        for name, service in self.services.items():
            for port in service.get("ports", []):
                self.assertTrue(port.startswith("127.0.0.1:"), (name, port))
            for key, value in service.get("environment", {}).items():
                if re.search("_(PASS|PASSWORD|SECRET|KEY)(_FILE)?$", key):
                    self.assertTrue(str(value).startswith("/run/secrets/") or "${" in str(value), (name, key))
        self.assertNotIn("ports", self.services["database"])


if __name__ == "__main__":
    unittest.main()

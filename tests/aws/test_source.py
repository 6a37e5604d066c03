"""`cfngen load` and `cfngen reconcile` by the stacks' outputs: the platform of the simulation, a real PostgreSQL as the
database of its stack, and a stand-in (fake.py) for Secrets Manager and the warehouse's Data API, which answers one
statement with rows of the test's own and is no database.
"""
import json
import pathlib
import re
import sys
import unittest

import fake
import platform_with

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pipeline"))
import loading  # noqa: E402

PLATFORM = """project: shop
environment: dev
region: eu-west-1
rds:
  existing:
    host: localhost
    port: {port}
    database: shop
    secret_arn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop-AbCdEf
    cidrs: [10.20.0.0/16]
"""


class Secrets:
    def __init__(self, password):
        self.value = json.dumps({"username": "shop", "password": password, "engine": "postgres"})

    def GetSecretValue(self, SecretId):
        assert SecretId.endswith("secret:shop-AbCdEf"), SecretId
        return {"ARN": SecretId, "Name": "shop", "SecretString": self.value}


class Warehouse:
    """Knows the relation `reconciliation`."""
    rows = []

    def ExecuteStatement(self, Sql, **where):
        assert Sql == "SELECT layer, table_name, measure, value, quarantined FROM analytics.reconciliation", Sql
        return {"Id": "1"}

    def DescribeStatement(self, Id):
        return {"Id": Id, "Status": "FINISHED", "HasResultSet": True, "ResultRows": len(self.rows)}

    def GetStatementResult(self, Id, **page):
        fields = [[{"isNull": True} if value is None else {"stringValue": value} for value in row] for row in self.rows]
        names = ("layer", "table_name", "measure", "value", "quarantined")
        return {"Records": fields, "ColumnMetadata": [{"name": name, "typeName": "varchar"} for name in names],
                "TotalNumRows": len(fields)}


def setUpModule():
    loading.Case.shop = shop = loading.Shop()
    unittest.addModuleCleanup(shop.done)
    shop.password = (shop.cluster.folder / "password").read_text().strip()
    port = re.search(r"port=(\d+)", shop.dsn)[1]
    shop.stacks = platform_with.Deployed(platform=PLATFORM.format(port=port), stacks=["rds", "redshift"])
    unittest.addModuleCleanup(shop.stacks.stop)


class ByTheStacks(loading.Case):
    def setUp(self):
        super().setUp()
        self.secrets, self.warehouse = Secrets(self.shop.password), Warehouse()
        self.fake = fake.Fake(secretsmanager=self.secrets, redshift_data=self.warehouse)
        self.addCleanup(self.fake.close)
        self.ca = str(self.shop.cluster.tls / "ca.crt")

    def ask(self, code, *words):
        endpoints = {"SECRETS_MANAGER": self.fake.url, "REDSHIFT_DATA": self.fake.url}
        done = self.shop.stacks.ask(*map(str, words), endpoints=endpoints)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout[:2000]}\n{done.stderr[:4000]}")
        self.assertEqual(self.fake.wrong, [])
        self.assertNotIn(self.shop.password, done.stdout + done.stderr)
        return done

    def warehouse_says(self, **changes):
        """bronze, silver and the warehouse, as the last model has them; with changes: silver__orders__rows="5"."""
        totals = json.loads((self.shop.files / "totals.json").read_text())["totals"]
        rows = []
        for layer in ("bronze", "silver", "warehouse"):
            for table, measures in totals.items():
                for measure, value in measures.items():
                    value = changes.get(f"{layer}__{table}__{measure}", value)
                    rows.append((layer, table, measure, *(value if isinstance(value, tuple) else (value, None))))
        self.warehouse.rows = rows

    def test_from_the_files_to_the_warehouse(self):
        self.ask(0, "load", "--from", self.shop.files, "--ca", self.ca)
        self.warehouse_says(silver__geolocation__rows=("10000", "2"))
        said = json.loads(self.ask(0, "reconcile", "--ca", self.ca, "--totals", self.shop.files / "totals.json",
                                   "--output", "json").stdout)
        self.assertEqual(said["layers"], ["generated", "source", "bronze", "silver", "warehouse"])
        self.assertEqual((said["equal"], said["compared"]), (True, 21))
        self.assertIn("GetSecretValue", [name for name, _ in self.fake.calls("secretsmanager")])

    def test_what_departs(self):
        self.ask(0, "load", "--from", self.shop.files, "--ca", self.ca)
        self.warehouse_says(silver__orders__rows="993", warehouse__order_items__checksum="1")
        said = self.ask(1, "reconcile", "--ca", self.ca)
        self.assertIn("2 of 21 measures differ; the first layer that departs is silver", said.stderr)
        self.warehouse_says()
        self.sql("DELETE FROM ecommerce.order_reviews WHERE ctid = (SELECT min(ctid) FROM ecommerce.order_reviews)")
        self.assertIn("the first layer that departs is bronze", self.ask(1, "reconcile", "--ca", self.ca).stderr)

    def test_layers_that_are_left_out(self):
        self.ask(0, "load", "--from", self.shop.files, "--ca", self.ca)
        self.warehouse_says()
        said = json.loads(self.ask(0, "reconcile", "--no-source", "--output", "json").stdout)
        self.assertEqual(said["layers"], ["bronze", "silver", "warehouse"])
        self.assertEqual(self.fake.calls("secretsmanager")[1:], [])
        said = json.loads(self.ask(0, "reconcile", "--no-warehouse", "--ca", self.ca, "--totals",
                                   self.shop.files / "totals.json", "--output", "json").stdout)
        self.assertEqual(said["layers"], ["generated", "source"])

    def test_a_secret_that_is_none(self):
        self.secrets.value = "hunter2-of-nobody"
        said = self.ask(1, "load", "--from", self.shop.files, "--ca", self.ca)
        self.assertIn("must be a secret with a JSON object of username and password", said.stderr)
        self.assertNotIn("hunter2", said.stdout + said.stderr)

    def test_a_certificate_that_nobody_knows(self):
        self.assertIn("certificate verify failed", self.ask(3, "load", "--from", self.shop.files).stderr)

    def test_a_warehouse_that_says_nothing(self):
        self.ask(0, "load", "--from", self.shop.files, "--ca", self.ca)
        said = self.ask(1, "reconcile", "--ca", self.ca).stderr
        self.assertIn("there is nothing to compare", said)

    def test_a_stack_that_is_not_there(self):
        with platform_with.Deployed(platform=PLATFORM.format(port=5432), stacks=["common"]) as other:
            done = other.ask("load", "--from", str(self.shop.files))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn("the stack rds, whose output Host is needed, is not deployed", done.stderr)


if __name__ == "__main__":
    unittest.main()

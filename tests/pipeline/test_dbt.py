"""The dbt project, run for real on DuckDB over a small silver layer, and compiled for Redshift.

Expected numbers are computed here in plain Python, from the rows of the fixture and not with SQL. What Redshift itself
would say is not tested: there is none. Its SQL is compiled by dbt's own adapter (no connection is needed for that),
parsed by sqlglot and linted by sqlfluff, both in Redshift's dialect.
"""
import collections
import copy
import datetime
import importlib.metadata
import re
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

import sqlglot

import silver_fixture as silver
from silver_fixture import ident, money
from warehouse import BESIDE, PROJECT, ROOT, Warehouse, tool

CANCELLED = {"canceled", "unavailable"}
FLOATS = {"latitude", "longitude", "geolocation_lat", "geolocation_lng"}


WAREHOUSE = None  # one for all, since dbt reads a project it knows faster


def setUpModule():
    global WAREHOUSE
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    WAREHOUSE = Warehouse(folder.name)


class Truth:
    """What the shop's rows amount to."""

    def __init__(self, shop):
        self.shop = shop
        self.orders = {row["order_id"]: row for row in shop["orders"]}
        people = {row["customer_id"]: row["customer_unique_id"] for row in shop["customers"]}
        self.person = {key: people[row["customer_id"]] for key, row in self.orders.items()}
        self.items = [row for row in shop["order_items"] if row["order_id"] in self.orders]

    def cancelled(self, order_id):
        return self.orders[order_id]["order_status"] in CANCELLED

    def sums(self, group, net=False):
        """GMV by group(item)."""
        found = collections.defaultdict(lambda: money("0"))
        for row in self.items:
            if not (net and self.cancelled(row["order_id"])):
                found[group(row)] += row["price"] + row["freight_value"]
        return dict(found)

    def gmv(self, net=False):
        return self.sums(lambda row: None, net).get(None, money("0"))

    def day(self, row):
        return self.orders[row["order_id"]]["order_purchase_timestamp"].date()

    def payments(self):
        found = collections.defaultdict(lambda: money("0"))
        for row in self.shop["order_payments"]:
            found[row["order_id"]] += row["payment_value"]
        return dict(found)

    def late(self):
        """{order: days after the promise} of delivered orders."""
        return {key: (row["order_delivered_customer_date"].date() - row["order_estimated_delivery_date"].date()).days
                for key, row in self.orders.items()
                if row["order_status"] == "delivered" and row["order_delivered_customer_date"]}


def first_of_month(day):
    return day.replace(day=1)


def without_zeros(pairs):
    return {key: value for key, value in pairs if value}


class Built(unittest.TestCase):
    """One build; what is in the marts."""

    @classmethod
    def setUpClass(cls):
        cls.warehouse = WAREHOUSE
        cls.shop = silver.make_shop()
        cls.held_back = {"geolocation": [dict(zip(
            [c["name"] for c in silver.BY_NAME["geolocation"]["columns"]], ["01000", 45.07, 9.34, "sao paulo", "SP"]))]}
        cls.truth = Truth(cls.shop)
        cls.warehouse.publish(cls.shop, cls.held_back)
        cls.output = cls.warehouse.must("build")
        cls.results = cls.warehouse.results()

    def rows(self, sql):
        return self.warehouse.rows(sql)

    def test_everything_passed(self):
        self.assertEqual({"success", "pass", "no-op"}, set(self.results.values()), self.output[-3000:])
        kinds = collections.Counter(key.split(".")[0] for key in self.results)
        self.assertGreaterEqual(kinds["unit_test"], 10)
        self.assertGreaterEqual(kinds["test"], 150)
        self.assertEqual(35, kinds["model"])

    def test_two_items_two_payments_two_reviews(self):
        order = ident("order", "twice of all")
        self.assertEqual([(2, Decimal("220.00"), 2, Decimal("220.00"), 2, 5)], self.rows(
            "select items, gmv, payments, payment_value, reviews, review_score from analytics.fct_orders "
            f"where order_id = '{order}'"))
        self.assertEqual([(2, 2, Decimal("220.00"), Decimal("220.00"), 1)], self.rows(
            "select count(*), sum(items), sum(gmv), sum(order_payment_value), sum(order_row) "
            f"from analytics.orders_obt where order_id = '{order}'"))

    def test_gmv_is_the_same_at_every_grain(self):
        for net, column in ((False, "gmv"), (True, "net_gmv")):
            for mart in ("fct_order_items", "fct_orders", "orders_obt", "revenue_daily", "revenue_monthly",
                         "dim_customers", "seller_scorecard"):
                with self.subTest(mart=mart, column=column):
                    found = self.warehouse.one(f"select sum({column}) from analytics.{mart}")
                    self.assertEqual(self.truth.gmv(net), found)

    def check_groups(self, sql, group):
        found = without_zeros(self.rows(sql))
        self.assertEqual(without_zeros(self.truth.sums(group).items()), found)

    def test_gmv_by_order_day_month_seller_and_person(self):
        truth = self.truth
        self.check_groups("select order_id, gmv from analytics.fct_orders", lambda row: row["order_id"])
        self.check_groups("select order_id, sum(gmv) from analytics.orders_obt group by 1", lambda row: row["order_id"])
        self.check_groups("select purchase_date, gmv from analytics.revenue_daily", truth.day)
        self.check_groups("select purchase_month, gmv from analytics.revenue_monthly",
                          lambda row: first_of_month(truth.day(row)))
        self.check_groups("select seller_id, gmv from analytics.seller_scorecard", lambda row: row["seller_id"])
        self.check_groups("select customer_unique_id, gmv from analytics.dim_customers",
                          lambda row: truth.person[row["order_id"]])

    def test_every_day_has_a_row(self):
        days = [row["order_purchase_timestamp"].date() for row in self.shop["orders"]]
        wanted = [min(days) + datetime.timedelta(n) for n in range((max(days) - min(days)).days + 1)]
        counts = collections.Counter(days)
        self.assertEqual([(day, counts[day]) for day in wanted],
                         self.rows("select purchase_date, orders from analytics.revenue_daily order by 1"))
        self.assertIn(0, [counts[day] for day in wanted])

    def test_payments(self):
        truth, paid = self.truth, self.truth.payments()
        self.assertEqual(without_zeros(paid.items()),
                         without_zeros(self.rows("select order_id, payment_value from analytics.fct_orders")))
        worth = truth.sums(lambda row: row["order_id"])
        differing = {key: paid.get(key, 0) - worth.get(key, 0) for key in truth.orders}
        self.assertEqual(without_zeros(differing.items()),
                         dict(self.rows("select order_id, difference from analytics.payment_differences")))

    def test_orders_without_items_are_not_lost(self):
        self.assertEqual(len(self.shop["orders"]),
                         self.warehouse.one("select sum(order_row) from analytics.orders_obt"))
        order = ident("order", "no items")
        self.assertEqual([(None, 0, Decimal("0.00"), Decimal("55.55"))], self.rows(
            "select order_item_id, items, gmv, order_payment_value from analytics.orders_obt "
            f"where order_id = '{order}'"))

    def test_deliveries(self):
        late = self.truth.late()
        self.assertEqual(late, dict(self.rows(
            "select order_id, days_after_promise from analytics.fct_orders where is_delivered")))
        self.assertEqual((len(late), sum(days > 0 for days in late.values())), self.rows(
            "select sum(delivered_orders), sum(late_orders) from analytics.delivery_performance")[0])
        for name, is_late in (("again", False), ("late", True), ("no date", None)):
            self.assertEqual(is_late, self.warehouse.one(
                f"select is_late from analytics.fct_orders where order_id = '{ident('order', name)}'"))

    def test_people(self):
        person = ident("person", "twice of all")
        wanted = (3, 3, 1, True, "MG", datetime.date(2017, 3, 1), Decimal("255.31"), Decimal("220.30"))
        self.assertEqual([wanted], self.rows(
            "select customer_ids, orders, cancelled_orders, is_repeat_customer, customer_state, cohort_month, gmv, "
            "net_gmv "
            f"from analytics.dim_customers where customer_unique_id = '{person}'"))
        people = {row["customer_unique_id"] for row in self.shop["customers"]}
        self.assertEqual(len(people), self.warehouse.one("select count(*) from analytics.dim_customers"))
        self.assertEqual([(0, False, None)], self.rows(
            "select orders, is_repeat_customer, cohort_month from analytics.dim_customers "
            f"where customer_unique_id = '{ident('person', 'without orders')}'"))

    def test_cohorts(self):
        months = collections.defaultdict(set)
        for key, row in self.truth.orders.items():
            if not self.truth.cancelled(key):
                months[self.truth.person[key]].add(first_of_month(row["order_purchase_timestamp"].date()))
        cohorts = collections.Counter(min(found) for found in months.values())
        active = collections.Counter((min(found), month) for found in months.values() for month in found)
        rows = self.rows("select cohort_month, purchase_month, cohort_customers, active_customers, months_since "
                         "from analytics.cohort_retention")
        self.assertEqual(dict(active), {(c, m): a for c, m, _, a, _ in rows if a})
        self.assertEqual(dict(cohorts), {c: n for c, _, n, _, _ in rows})
        for cohort, month, _, _, since in rows:
            self.assertEqual((month.year - cohort.year) * 12 + month.month - cohort.month, since)

    def test_categories(self):
        found = dict(self.rows("select product_category_name, category from analytics.dim_product_categories"))
        for portuguese, english in {
                "casa_conforto": "home_comfort", "fashion_roupa_feminina": "fashion_female_clothing",
                "brinquedos": "toys", "construcao_ferramentas_jardim": "construction_tools_garden",
                "pc_gamer": "gaming_computers", "categoria_nova": "categoria_nova"}.items():
            self.assertEqual(english, found[portuguese])
        self.assertEqual("unknown", self.warehouse.one(
            f"select category from analytics.dim_products where product_id = '{ident('product', 'uncategorised')}'"))
        names = [row[0] for row in self.rows("describe analytics.dim_products")]
        self.assertIn("product_name_length", names)
        self.assertNotIn("product_name_lenght", names)

    def test_one_point_for_a_zip_code(self):
        self.assertEqual([("01000", -23.505, -46.615, "sao paulo", "SP", 4),
                          ("13000", -22.9, -47.1, "campinas", "SP", 4), ("13001", -22.8, -47.0, "campinas", "SP", 1)],
                         [(zip_code, round(lat, 6), round(lng, 6), *rest) for zip_code, lat, lng, *rest in self.rows(
                             "select * from analytics.dim_geolocation order by 1")])

    def test_idle_seller(self):
        self.assertEqual([(0, Decimal("0.00"), None, None)], self.rows(
            "select orders, gmv, late_rate, average_review_score from analytics.seller_scorecard "
            f"where seller_id = '{ident('seller', 'idle')}'"))

    def test_money_is_no_float(self):
        rows = self.rows("select table_name, column_name, data_type from information_schema.columns "
                         "where table_schema in ('analytics', 'analytics_staging')")
        self.assertGreater(len(rows), 250)
        self.assertEqual([], [r for r in rows if r[2] in ("DOUBLE", "FLOAT", "REAL") and r[1] not in FLOATS])
        paid = {(t, c): kind for t, c, kind in rows if re.search("gmv$|revenue$|payment_value$|^price$|difference$", c)}
        self.assertGreater(len(paid), 30)
        self.assertEqual([], [key for key, kind in paid.items() if not re.fullmatch(r"DECIMAL\(\d+,2\)", kind)])

    def test_reconciliation(self):
        found = {(layer, table, measure): (value, Decimal(held)) for layer, table, measure, value, held in self.rows(
            "select * from analytics.reconciliation")}
        for table in silver.TABLES:
            name = table["name"]
            passed = silver.totals(table, self.shop[name])
            held = silver.totals(table, self.held_back.get(name, []))
            everything = silver.totals(table, self.shop[name] + self.held_back.get(name, []))
            for measure, value in passed.items():
                quarantined = Decimal(held[measure])
                self.assertEqual((everything[measure], 0), found.pop(("bronze", name, measure)))
                self.assertEqual((value, quarantined), found.pop(("silver", name, measure)), (name, measure))
                if (name, measure) != ("geolocation", "checksum"):  # one point per zip code has no row's text
                    self.assertEqual((value, quarantined), found.pop(("warehouse", name, measure)), (name, measure))
        self.assertEqual({}, found)

    def test_every_model_and_column_is_described(self):
        manifest = self.warehouse.manifest()
        there = collections.defaultdict(set)
        columns = self.rows("select table_schema, table_name, column_name from information_schema.columns")
        for schema, table, column in columns:
            there[schema, table].add(column)
        nodes = [*manifest["nodes"].values(), *manifest["sources"].values()]
        for node in (n for n in nodes if n["resource_type"] in ("model", "seed", "source")):
            with self.subTest(node["name"]):
                self.assertTrue(node["description"].strip())
                self.assertEqual(there[node["schema"], node["name"]], set(node["columns"]))
                self.assertEqual([], [c["name"] for c in node["columns"].values() if len(c["description"].strip()) < 5])

    def test_every_model_has_tests_of_its_key(self):
        manifest = self.warehouse.manifest()
        tested = collections.defaultdict(set)
        for node in manifest["nodes"].values():
            if node["resource_type"] == "test":
                tested[node["attached_node"]].add(node["test_metadata"]["name"])
        for key, node in manifest["nodes"].items():
            if node["resource_type"] == "model" and node["name"] != "stg_geolocation":  # a multiset of rows
                self.assertLessEqual({"unique_together", "required"}, tested[key], key)

    def test_documentation_is_made(self):
        self.warehouse.must("docs", "generate")
        for name in ("index.html", "catalog.json", "manifest.json"):
            self.assertTrue((self.warehouse.target / name).is_file(), name)

    def test_freshness_of_fresh_data(self):
        text = self.warehouse.must("source", "freshness")
        self.assertEqual(5, text.count("PASS freshness of silver."), text)


class Changed(unittest.TestCase):
    """The same warehouse, built again over silver that has changed."""

    def setUp(self):
        self.warehouse = WAREHOUSE
        self.shop = silver.make_shop(orders=40)

    def publish_and(self, *words, **more):
        self.warehouse.publish(self.shop, **more)
        return self.warehouse.dbt(*words)

    def publish_and_build_only(self):
        code, text = self.publish_and("build", "--exclude-resource-type", "unit_test",
                                      "--exclude-resource-type", "test")
        self.assertEqual(0, code, text)

    def test_changes_and_deletes_of_any_date_are_in_the_next_build(self):
        self.publish_and_build_only()
        before = Truth(self.shop).gmv()
        self.assertEqual(before, self.warehouse.one("select sum(gmv) from analytics.revenue_daily"))
        oldest = min(self.shop["order_items"], key=lambda row: row["shipping_limit_date"])
        oldest["price"] += money("1000.01")
        gone = ident("order", "twice of all")
        for table in ("orders", "order_items", "order_payments", "order_reviews"):
            self.shop[table] = [row for row in self.shop[table] if row["order_id"] != gone]
        self.publish_and_build_only()
        self.assertNotEqual(before, Truth(self.shop).gmv())
        for mart in ("fct_orders", "orders_obt", "revenue_daily", "revenue_monthly", "seller_scorecard"):
            self.assertEqual(Truth(self.shop).gmv(), self.warehouse.one(f"select sum(gmv) from analytics.{mart}"), mart)
        self.assertEqual(0, self.warehouse.one(f"select count(*) from analytics.orders_obt where order_id = '{gone}'"))

    def test_items_of_a_quarantined_order_warn_and_count_nowhere(self):
        held = [row for row in self.shop["orders"] if row["order_id"] == ident("order", "late")]
        self.shop["orders"] = [row for row in self.shop["orders"] if row["order_id"] != ident("order", "late")]
        code, text = self.publish_and("build", "--exclude-resource-type", "unit_test", held_back={"orders": held})
        self.assertEqual(0, code, text)
        warned = [key for key, status in self.warehouse.results().items() if status == "warn"]
        self.assertTrue(any("items_have_an_order" in key for key in warned), warned)
        truth = Truth(self.shop)
        for mart in ("fct_orders", "orders_obt", "revenue_daily", "seller_scorecard"):
            self.assertEqual(truth.gmv(), self.warehouse.one(f"select sum(gmv) from analytics.{mart}"), mart)
        self.assertEqual(len(self.shop["order_items"]),
                         self.warehouse.one("select count(*) from analytics.fct_order_items"))
        self.assertEqual([("1",)], self.warehouse.rows(
            "select quarantined from analytics.reconciliation where layer = 'warehouse' and table_name = 'orders' "
            "and measure = 'rows'"))

    def test_broken_silver_fails_the_build_before_the_marts(self):
        self.shop["orders"].append(copy.copy(self.shop["orders"][0]))
        self.shop["order_items"][0]["price"] = money("-1")
        self.shop["order_reviews"][0]["review_score"] = None
        code, text = self.publish_and("build", "--exclude-resource-type", "unit_test")
        self.assertEqual(1, code, text)
        results = self.warehouse.results()
        failed = {key.split(".")[2] for key, status in results.items() if status == "fail"}
        self.assertEqual(
            {"unique_together_stg_orders_order_id", "order_items_money_not_negative", "order_reviews_known_score"},
            {name for name in failed if not name.startswith("required_stg")})
        self.assertTrue(any(name.startswith("required_stg_order_reviews") for name in failed), failed)
        self.assertEqual("skipped", results["model.cfngen.fct_orders"])

    def test_an_empty_shop_builds(self):
        self.shop = silver.Shop().rows
        code, text = self.publish_and("build", "--exclude-resource-type", "unit_test")
        self.assertEqual(0, code, text)
        self.assertEqual(0, self.warehouse.one("select count(*) from analytics.orders_obt"))
        self.assertEqual({("rows", "0"), ("checksum", "0"), ("sum(price)", "0.00"), ("sum(freight_value)", "0.00")},
                         set(self.warehouse.rows("select measure, value from analytics.reconciliation "
                                                 "where layer = 'warehouse' and table_name = 'order_items'")))

    def test_stale_silver_is_an_error_of_freshness(self):
        days = datetime.timedelta(days=4)
        stamp = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - days
        code, text = self.publish_and("source", "freshness", changed_at=stamp)
        self.assertEqual(1, code, text)
        self.assertIn("ERROR STALE freshness of silver.orders", text)
        self.assertIn("WARN freshness of silver.order_reviews", text)


class Redshift(unittest.TestCase):
    """The same project, compiled for Redshift."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.warehouse = Warehouse(folder.name)
        cls.warehouse.must("compile", "--no-introspect", "--no-populate-cache", target="redshift",
                           env={"DBT_HOST": "shop.123456789012.us-east-1.redshift-serverless.amazonaws.com"})
        cls.models = {n["name"]: n for n in cls.warehouse.manifest()["nodes"].values() if n["resource_type"] == "model"}

    def compiled(self, kinds):
        return {key: node["compiled_code"] for key, node in self.warehouse.manifest()["nodes"].items()
                if node["resource_type"] in kinds and node.get("compiled_code")}

    def test_all_of_it_is_redshift_sql_to_sqlglot(self):
        found = self.compiled(("model", "test"))
        self.assertGreater(len(found), 200)
        for key, sql in found.items():
            with self.subTest(key):
                trees = [tree for tree in sqlglot.parse(sql, dialect="redshift") if tree]
                self.assertEqual(1, len(trees))
                self.assertIsNone(trees[0].find(sqlglot.exp.Command))

    def test_dialect(self):
        text = " ".join(self.compiled(("model",)).values())
        for wanted in ("strtol(left(md5(", "to_char(", "datediff(day,", "datediff(second,", "as varchar(65535))"):
            self.assertIn(wanted, text)
        for duck in ("strftime(", "datediff('", "'0x'", "read_parquet"):
            self.assertNotIn(duck, text)

    def test_every_view_is_late_binding_and_every_table_has_its_keys(self):
        kinds = collections.Counter()
        for name, node in self.models.items():
            config = node["config"]
            kinds[config["materialized"]] += 1
            self.assertIs(False, config.get("bind"), name)
            if name.startswith(("dim_", "fct_")) or name == "orders_obt":
                self.assertTrue(config.get("dist") and config.get("sort"), name)
        self.assertEqual({"table", "view"}, set(kinds))

    def test_no_unit_test_asks_for_a_median(self):
        """Redshift takes it of tables only; a unit test writes its rows into the query."""
        tests = self.warehouse.manifest()["unit_tests"].values()
        self.assertGreater(len(tests), 5)
        self.assertEqual([], [t["name"] for t in tests if re.search(
            r"\b(median|listagg|percentile_cont)\(", self.models[t["model"]]["raw_code"])])

    def test_who_may_read(self):
        granting = ["compile", "--no-introspect", "--no-populate-cache", "-q", "--inline"]
        inline = "{{ grant_to_reader(ref('fct_orders')) }}"
        text = self.warehouse.must(*granting, inline, target="redshift", env={"DBT_READER": "metabase_reader"})
        self.assertEqual('grant select on "warehouse"."analytics"."fct_orders" to "metabase_reader"', text.strip())
        code, text = self.warehouse.dbt(*granting, inline, target="redshift", env={"DBT_READER": 'x" cascade'})
        self.assertNotEqual(0, code)
        self.assertIn("DBT_READER must be a plain user name", text)

    def test_sources_and_compiled_models_pass_the_linter(self):
        code, text = tool("sqlfluff", "lint", "models", "tests", cwd=PROJECT)
        self.assertEqual(0, code, text)
        files = [p for p in (self.warehouse.target / "compiled" / "cfngen" / "models").rglob("*.sql")
                 if not p.parent.name.endswith(".yml")]
        self.assertEqual(len(self.models), len(files))
        code, text = tool("sqlfluff", "lint", "--ignore-local-config", "--dialect", "redshift", "--templater", "raw",
                          "--exclude-rules", "layout,RF04,RF06,AM02,ST06", *files)
        self.assertEqual(0, code, text)


class Drift(unittest.TestCase):
    def test_what_is_generated_is_what_would_be(self):
        code, text = tool(sys.executable, PROJECT / "tools" / "generate.py", "--check")
        self.assertEqual(0, code, text + "run dbt_project/tools/generate.py")

    def test_the_picture_shows_the_project(self):
        WAREHOUSE.must("parse")
        drawn = subprocess.run([sys.executable, PROJECT / "tools" / "lineage.py", WAREHOUSE.target / "manifest.json"],
                               stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
        self.assertEqual((ROOT / "docs" / "lineage.svg").read_text(encoding="utf-8"), drawn,
                         "run dbt_project/tools/lineage.py target/manifest.json > docs/lineage.svg")

    def test_versions_are_those_that_are_tested(self):
        text = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
        pins = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.M))
        self.assertEqual({"dbt-core", "dbt-redshift", "dbt-duckdb", "duckdb"}, set(pins))
        self.assertEqual(pins, {name: importlib.metadata.version(name) for name in pins})
        self.assertTrue((BESIDE / "dbt").is_file())


if __name__ == "__main__":
    unittest.main()

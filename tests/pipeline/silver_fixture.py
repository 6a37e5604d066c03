"""A small shop as the silver layer holds it, for tests of what reads silver: Parquet files, the manifests that publish
them, and a DuckDB file with a view for each table. Most rows come from a seeded generator; the awkward ones are written
out, each with what is awkward in it.
"""
import datetime
import hashlib
import json
import pathlib
import random
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLES = json.loads((ROOT / "pipeline" / "tables.json").read_text(encoding="utf-8"))["tables"]
BY_NAME = {table["name"]: table for table in TABLES}
DAY = datetime.timedelta(days=1)
STATES = ["SP", "RJ", "MG", "RS", "PR", "BA", "SC", "PE"]
CATEGORIES = {
    "beleza_saude": "health_beauty", "relogios_presentes": "watches_gifts", "cama_mesa_banho": "bed_bath_table",
    "casa_conforto": "home_confort", "fashion_roupa_feminina": "fashio_female_clothing",
    "construcao_ferramentas_jardim": "costruction_tools_garden", "brinquedos": "toys", "automotivo": "auto",
    "papelaria": "stationery", "moveis_decoracao": "furniture_decor", "cool_stuff": "cool_stuff",
}


def ident(*parts):
    """32 hex digits, as the shop's keys are."""
    return hashlib.md5("/".join(map(str, parts)).encode()).hexdigest()


def at(text):
    return datetime.datetime.fromisoformat(text)


def money(text):
    return Decimal(text).quantize(Decimal("0.01"))


class Shop:
    """Rows by table, each a dict by column."""

    def __init__(self):
        self.rows = {table["name"]: [] for table in TABLES}

    def add(self, table, *values):
        names = [column["name"] for column in BY_NAME[table]["columns"]]
        assert len(values) == len(names), (table, values)
        self.rows[table].append(dict(zip(names, values)))

    def customer(self, order, person, state="SP", zip_code="01000"):
        self.add("customers", ident("customer", order), ident("person", person), zip_code, "sao paulo", state)

    def order(self, name, purchased, status="delivered", delivered=None, promised=None, person=None, state="SP",
              zip_code="01000"):
        bought = at(purchased)
        self.customer(name, person or name, state, zip_code)
        self.add("orders", ident("order", name), ident("customer", name), status, bought,
                 bought + datetime.timedelta(hours=1) if status != "created" else None,
                 bought + 2 * DAY if status in ("delivered", "shipped") else None,
                 at(delivered) if delivered else None,
                 at(promised) if promised else datetime.datetime.combine((bought + 20 * DAY).date(), datetime.time()))

    def item(self, order, number, price, freight, product="plain", seller="first"):
        bought = next(row["order_purchase_timestamp"] for row in self.rows["orders"]
                      if row["order_id"] == ident("order", order))
        self.add("order_items", ident("order", order), number, ident("product", product), ident("seller", seller),
                 bought + 4 * DAY, money(price), money(freight))

    def payment(self, order, number, value, kind="credit_card", installments=1):
        self.add("order_payments", ident("order", order), number, kind, installments, money(value))

    def review(self, name, order, score, created, title=None, message=None):
        self.add("order_reviews", ident("review", name), ident("order", order), score, title, message, at(created),
                 at(created) + datetime.timedelta(hours=30))


def catalogue(shop):
    for portuguese, english in CATEGORIES.items():
        shop.add("product_category_name_translation", portuguese, english)
        shop.add("products", ident("product", portuguese), portuguese, 40, 500, 2, 700, 20, 10, 15)
    shop.add("products", ident("product", "plain"), "brinquedos", 10, 20, 1, 100, 16, 2, 11)
    shop.add("products", ident("product", "uncategorised"), None, None, None, None, 0, None, None, None)
    shop.add("products", ident("product", "untranslated"), "pc_gamer", 30, 900, 4, 9000, 50, 50, 25)
    shop.add("products", ident("product", "new category"), "categoria_nova", 30, 900, 4, 9000, 50, 50, 25)
    for number in range(12):
        shop.add("sellers", ident("seller", number), f"{13000 + number:05}", "campinas", STATES[number % 4])
    shop.add("sellers", ident("seller", "first"), "01000", "sao paulo", "SP")
    shop.add("sellers", ident("seller", "idle"), "99999", "nowhere", "RS")


def geography(shop):
    # Three points and a stray one: a mean would follow it, the median does not.
    for lat, lng, city in [(-23.50, -46.60, "sao paulo"), (-23.51, -46.61, "sao paulo"), (-23.52, -46.62, "sampa"),
                           (-3.0, -60.0, "sao paulo")]:
        shop.add("geolocation", "01000", lat, lng, city, "SP")
    # A tie of city names: the first by the alphabet, every time. The rows are there twice, as in the published file.
    for city in ("niteroi", "campinas", "niteroi", "campinas"):
        shop.add("geolocation", "13000", -22.9, -47.1, city, "SP")
    shop.add("geolocation", "13001", -22.8, -47.0, "campinas", "SP")


def awkward(shop):
    # Two items, two payments, two reviews: joined blindly, every sum is four times too big.
    shop.order("twice of all", "2017-03-01 10:00:00", delivered="2017-03-05 10:00:00", promised="2017-03-10 00:00:00")
    shop.item("twice of all", 1, "100.00", "10.00")
    shop.item("twice of all", 2, "100.00", "10.00", product="uncategorised", seller=1)
    shop.payment("twice of all", 1, "100.00")
    shop.payment("twice of all", 2, "120.00", kind="voucher")
    shop.review("early", "twice of all", 1, "2017-03-06 00:00:00", "ruim", "linha 1\r\nlinha | 2 \U0001F600 \\N")
    shop.review("later", "twice of all", 5, "2017-03-08 00:00:00", None, "agora sim: ótimo")
    # Ordered, and then nothing was there to sell.
    shop.order("no items", "2017-03-02 23:59:59", status="unavailable")
    shop.payment("no items", 1, "55.55")
    # Cancelled with items: part of GMV, no part of net GMV.
    shop.order("cancelled", "2017-03-04 00:00:00", status="canceled", person="twice of all", state="RJ")
    shop.item("cancelled", 1, "30.00", "5.01", product="untranslated")
    shop.payment("cancelled", 1, "35.01", kind="boleto")
    # The same person again, months later and from elsewhere.
    shop.order("again", "2017-06-10 08:00:00", delivered="2017-06-20 15:00:00", promised="2017-06-20 00:00:00",
               person="twice of all", state="MG", zip_code="13000")
    shop.item("again", 1, "0.10", "0.20", product="new category")
    shop.payment("again", 1, "0.29")
    # One review for two orders.
    shop.review("early", "again", 4, "2017-06-21 00:00:00")
    # A day late, without payment and without review.
    shop.order("late", "2017-06-30 12:00:00", delivered="2017-07-11 00:00:01", promised="2017-07-10 00:00:00")
    shop.item("late", 1, "19.99", "0.00", product="casa_conforto")
    # Said to be delivered, but without a date.
    shop.order("no date", "2017-06-30 12:30:00", person="no date")
    shop.item("no date", 1, "5.00", "1.00", seller=2)
    shop.payment("no date", 1, "0.00", kind="not_defined", installments=0)
    # A customer whose order is gone.
    shop.customer("deleted order", "without orders", "BA")


def plenty(shop, orders, seed):
    dice = random.Random(seed)
    products = [ident("product", name) for name in CATEGORIES]
    for number in range(orders):
        bought = datetime.datetime(2017, 1, 5) + dice.random() ** 0.7 * 560 * DAY
        bought = bought.replace(microsecond=0)
        took = dice.gammavariate(4, 3)
        status = dice.choices(["delivered", "shipped", "canceled", "unavailable", "created"], [92, 4, 2, 1, 1])[0]
        shop.order(number, str(bought), status, person=f"p{dice.randrange(int(orders * 0.94))}",
                   delivered=str((bought + took * DAY).replace(microsecond=0)) if status == "delivered" else None,
                   state=dice.choices(STATES, [42, 13, 12, 6, 5, 4, 4, 2])[0])
        total = Decimal(0)
        for item in range(1, 1 + dice.choices([1, 2, 3, 4], [88, 8, 3, 1])[0]) if status != "unavailable" else ():
            price, freight = money(f"{dice.lognormvariate(4.3, 0.9):.2f}"), money(f"{dice.gammavariate(4, 5):.2f}")
            total += price + freight
            shop.add("order_items", ident("order", number), item, dice.choice(products),
                     ident("seller", min(11, int(dice.expovariate(0.35)))), bought + 5 * DAY, price, freight)
        kind = dice.choices(["credit_card", "boleto", "voucher", "debit_card"], [76, 19, 3, 2])[0]
        shop.payment(number, 1, total, kind, dice.randrange(1, 9) if kind == "credit_card" else 1)
        if dice.random() < 0.97:
            score = max(1, min(5, round(5.6 - took / 10 + dice.gauss(0, 0.8))))
            shop.review(number, number, score, str((bought + 25 * DAY).replace(microsecond=0)))


def make_shop(orders=400, seed=1):
    shop = Shop()
    catalogue(shop)
    geography(shop)
    awkward(shop)
    plenty(shop, orders, seed)
    return shop.rows


# --- control totals, by the contract and with Python alone ---

def canonical(column, value):
    if value is None:
        return "\\N"
    if column["type"] == "timestamp":
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def checksum(table, rows):
    columns = [c for c in table["columns"] if "clean" not in c and c["type"] != "double precision"]
    texts = ("|".join(canonical(c, row[c["name"]]) for c in columns) for row in rows)
    return sum(int(hashlib.md5(text.encode("utf-8")).hexdigest()[:8], 16) for text in texts)


def totals(table, rows):
    measures = {"rows": str(len(rows))}
    for column in table["columns"]:
        if column["type"].startswith("numeric"):
            measures[f"sum({column['name']})"] = str(sum((row[column["name"]] for row in rows), money("0")))
    measures["checksum"] = str(checksum(table, rows))
    return measures


def control_totals(shop, held_back):
    """As the silver job writes them; `held_back` are rows in quarantine, by table."""
    rows = []
    for table in TABLES:
        name = table["name"]
        passed, held = totals(table, shop[name]), totals(table, held_back.get(name, []))
        bronze = totals(table, shop[name] + held_back.get(name, []))
        for measure, value in passed.items():
            zero = "0.00" if measure.startswith("sum") else "0"
            rows.append(("bronze", name, measure, bronze[measure], zero))
            rows.append(("silver", name, measure, value, held[measure]))
    return rows


# --- writing it ---

def arrow_type(text):
    if text.startswith("numeric"):
        precision, scale = text[8:-1].split(",")
        return pa.decimal128(int(precision), int(scale))
    return {"integer": pa.int32(), "double precision": pa.float64(), "timestamp": pa.timestamp("us")}.get(
        text, pa.string())


def publish(folder, table, number):
    """A new file, and the manifest that names it alone, replaced at one stroke."""
    folder.mkdir(parents=True, exist_ok=True)
    data = folder / f"part-{number:05}.parquet"
    pq.write_table(table, data)
    manifest = folder / "_symlink_format_manifest" / "manifest"
    manifest.parent.mkdir(exist_ok=True)
    fresh = manifest.with_suffix(".new")
    fresh.write_text(f"{data}\n", encoding="utf-8")
    fresh.replace(manifest)


def shop_table(table, rows, changed_at):
    fields = [(c["name"], arrow_type(c["type"])) for c in table["columns"]] + [("_changed_at", pa.timestamp("us"))]
    stamped = [{**row, "_changed_at": changed_at} for row in rows]
    return pa.Table.from_pylist(stamped, schema=pa.schema(fields))


def job_tables(shop, held_back, changed_at):
    text = pa.string()
    names = ["layer", "table_name", "measure", "value", "quarantined"]
    yield "control_totals", pa.Table.from_pylist(
        [dict(zip(names, row)) for row in control_totals(shop, held_back)],
        schema=pa.schema([(name, text) for name in names]))
    schema = pa.schema([("table_name", text), ("rule", text), ("key", text), ("row", text),
                        ("_changed_at", pa.timestamp("us"))])
    held = [{"table_name": name, "rule": "known_status", "key": "{}", "row": json.dumps(row, default=str),
             "_changed_at": changed_at} for name, rows in held_back.items() for row in rows]
    yield "quarantine", pa.Table.from_pylist(held, schema=schema)


def write_silver(folder, shop, held_back=None, changed_at=None, number=1):
    """Publishes the shop below `folder` and returns the path of a DuckDB file whose schema silver shows it."""
    folder = pathlib.Path(folder)
    changed_at = changed_at or datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None, microsecond=0)
    tables = [(t["name"], shop_table(t, shop[t["name"]], changed_at)) for t in TABLES]
    tables += list(job_tables(shop, held_back or {}, changed_at))
    database = folder / "warehouse.duckdb"
    folders = {name: folder / "ecommerce" / ("_quarantine" if name == "quarantine" else name) for name, _ in tables}
    for name, table in tables:
        publish(folders[name], table, number)
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema if not exists silver")
        for name, _ in tables:
            manifest = folders[name] / "_symlink_format_manifest" / "manifest"
            files = manifest.read_text(encoding="utf-8").split()
            connection.execute(f"create or replace view silver.{name} as select * from read_parquet({files!r})")
    return database

"""cfngen load against a real PostgreSQL: all tables or none, whatever happens to files, keys and connections."""
import csv
import io
import json
import pathlib
import unittest

from loading import FILES, TABLES, Case, Shop, cfngen


def setUpModule():
    Case.shop = Shop()
    unittest.addModuleCleanup(Case.shop.done)


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


class Loaded(Case):
    def test_tables_as_they_are_described(self):
        said = json.loads(self.load(0, "--output", "json").stdout)
        self.assertEqual(said["result"], "loaded")
        generated = json.loads((self.shop.files / "totals.json").read_text())["totals"]
        self.assertEqual(said["totals"], generated)
        self.is_whole()
        self.nothing_is_left()
        for table in TABLES["tables"]:
            self.as_described(table)

    def as_described(self, table):
        name = f"'ecommerce.{table['name']}'::regclass"
        columns = self.sql(f"SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute "
                           f"WHERE attrelid = {name} AND attnum > 0 ORDER BY attnum").splitlines()
        longer = {"char": "character", "varchar": "character varying", "timestamp": "timestamp without time zone"}
        described = []
        for column in table["columns"]:
            word, bracket, rest = column["type"].partition("(")
            kind = longer.get(word, word) + bracket + rest
            described.append(f"{column['name']}|{kind}|{'t' if column.get('required') else 'f'}")
        self.assertEqual(columns, described)
        keys = self.sql(f"SELECT contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = {name} "
                        f"AND contype IN ('p', 'f') ORDER BY conname").splitlines()
        wanted = [f"p|PRIMARY KEY ({', '.join(table['key'])})"] if table["key"] else []
        for reference in table.get("references", []):
            key = next(t["key"] for t in TABLES["tables"] if t["name"] == reference["table"])
            wanted.append(f"f|FOREIGN KEY ({', '.join(reference['columns'])}) REFERENCES "
                          f"ecommerce.{reference['table']}({', '.join(key)})")
        self.assertEqual(sorted(keys), sorted(wanted))
        self.assertEqual(self.sql(f"SELECT obj_description({name}, 'pg_class')"), table["about"])

    def test_a_second_time_nothing_changes(self):
        self.load()
        before, when = self.tables(), self.sql("SELECT loaded_at FROM cfngen.loaded")
        self.assertEqual(json.loads(self.load(0, "--output", "json").stdout)["result"], "unchanged")
        self.assertIn("loaded already", self.load(0, "--replace").stdout)
        self.assertEqual((self.tables(), self.sql("SELECT loaded_at FROM cfngen.loaded")), (before, when))

    def test_a_shop_that_lives_on_is_left_alone(self):
        self.load()
        self.sql("DELETE FROM ecommerce.order_reviews")  # emptied: no longer what was loaded
        self.load(1)
        self.sql("INSERT INTO ecommerce.order_reviews SELECT md5('x'), order_id, 5, NULL, NULL, now(), now() "
                 "FROM ecommerce.orders LIMIT 1")
        self.assertIn("loaded already", self.load().stdout)
        self.assertEqual(self.sql("SELECT count(*) FROM ecommerce.order_reviews"), "1")

    def test_the_other_published_form(self):
        plain = self.folder / "plain"
        self.says(0, "generate", "--out", plain, "--scale", "0.002", "--plain-zips")
        self.assertIn(b"\r\n", (plain / FILES["product_category_name_translation"]).read_bytes())
        self.load(0, files=plain)
        self.is_whole(plain / "totals.json")
        self.assertNotEqual(self.sql("SELECT count(*) FROM ecommerce.geolocation "
                                     "WHERE length(geolocation_zip_code_prefix) = 4"), "0")

    def test_texts_come_through_as_they_are(self):
        files = self.copy_of_files()
        path = files / FILES["order_reviews"]
        rows = read_csv(path)
        texts = ['say "so", twice', "two\r\nlines\nand a \\ and a\ttab", "\\N", "", "😍 é", "\\."]
        for row, text in zip(rows[1:], texts):
            row[4] = text
        out = io.StringIO(newline="")
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
        path.write_text(out.getvalue().replace('"","2', ',"2'), newline="")  # NULL but for that one of ours
        self.load(0, files=files)
        for row, text in zip(rows[1:], texts):
            found = self.sql("SELECT encode(convert_to(review_comment_message, 'UTF8'), 'hex') "
                             f"FROM ecommerce.order_reviews WHERE review_id = '{row[0]}' AND order_id = '{row[1]}'")
            self.assertEqual(bytes.fromhex(found).decode(), text)

    def test_columns_in_any_order(self):
        files = self.copy_of_files()
        path = files / FILES["sellers"]
        rows = read_csv(path)
        out = io.StringIO(newline="")
        csv.writer(out).writerows([row[::-1] for row in rows])
        path.write_text("\ufeff" + out.getvalue().rstrip("\r\n"), newline="")
        self.load(0, files=files)
        self.is_whole()

    def test_one_connection_and_many(self):
        self.load(0, "--jobs", "1")
        self.is_whole()
        self.setUp()
        self.load(0, "--jobs", "9")
        self.is_whole()

    def test_tables_of_ones_own(self):
        described = {"schema": "plants", "tables": [
            {"name": "kinds", "about": "Kinds", "file": "kinds.csv", "key": ["kind"],
             "columns": [{"name": "kind", "type": "integer", "required": True}, {"name": "name", "type": "text"}]},
            {"name": "beds", "about": "Beds", "file": "beds.csv", "key": [],
             "references": [{"columns": ["kind"], "table": "kinds"}],
             "columns": [{"name": "kind", "type": "integer"}, {"name": "size", "type": "numeric(30,10)"}]}]}
        self.addCleanup(self.sql, "DROP SCHEMA IF EXISTS plants CASCADE")
        (self.folder / "tables.json").write_text(json.dumps(described))
        (self.folder / "kinds.csv").write_text("kind,name\n1,rose\n2,\n")
        (self.folder / "beds.csv").write_text("size,kind\n12345678901234567890.0000000001,1\n-1,2\n,\n")
        self.load(0, "--tables", self.folder / "tables.json", files=self.folder)
        self.assertEqual(self.sql("SELECT sum(size), count(*), count(kind) FROM plants.beds"),
                         "12345678901234567889.0000000001|3|2")
        self.assertIn("must name columns of its table, not 'x'", self.refused_description())

    def refused_description(self):
        (self.folder / "bad.json").write_text('{"schema": "p", "tables": [{"name": "a", "about": "a", "file": "a.csv", '
                                              '"key": ["x"], "columns": [{"name": "y", "type": "text"}]}]}')
        return self.load(1, "--tables", self.folder / "bad.json", files=self.folder).stderr


class BadFiles(Case):
    def refuse(self, files, *messages):
        said = self.load(1, files=files).stderr
        for message in messages:
            self.assertIn(message, said)
        self.assertEqual(self.tables(), {})
        self.nothing_is_left()
        return said

    def spoil(self, files, table, change):
        path = files / FILES[table]
        path.write_bytes(change(path.read_bytes()))
        return path

    def test_all_bad_rows_of_all_files_in_one_run(self):
        files = self.copy_of_files()

        def third_line(text, change):
            lines = text.split(b"\n")
            lines[2] = change(lines[2])
            return b"\n".join(lines)

        items = self.spoil(files, "order_items", lambda t: third_line(t, lambda line: line[:-2] + b"x0"))
        orders = self.spoil(files, "orders", lambda t: third_line(t, lambda line: line.replace(b" ", b" 25", 1)))
        sellers = self.spoil(files, "sellers", lambda t: third_line(t, lambda line: line + b",more"))
        products = self.spoil(files, "products", lambda t: third_line(t, lambda line: b"\xff" + line[1:]))
        said = self.refuse(files, f"{items}:3:", "order_items.freight_value: must be a number",
                           f"{orders}:3:", "must be a time such as 2018-10-17 17:30:18 (timestamp), not '",
                           f"{sellers}:3:1: error: sellers: must have 4 fields, not 5", f"{products}:3:")
        self.assertIn("4 errors", said)

    def test_places_behind_fields_of_several_lines(self):
        files = self.copy_of_files()
        path = files / FILES["product_category_name_translation"]
        path.write_bytes(b'product_category_name,product_category_name_english\n"a\r\nb\nc",d\n"e\xc3\xa9",""\nf,\n')
        self.refuse(files, f"{path}:6:3: error: product_category_name_translation.product_category_name_english: "
                           "must not be empty")

    def test_what_is_no_csv(self):
        files = self.copy_of_files()
        path = files / FILES["product_category_name_translation"]
        path.write_bytes(b'product_category_name,product_category_name_english\na,"b" c\nd"e,f\ng,"h\ni,j\n')
        self.refuse(files, f"{path}:2:6: error: product_category_name_translation: this is not CSV: text behind a "
                           "closing quote", f"{path}:3:2:", "a quote in a field that does not begin with one", f"{path}:4:3:",
                    "never closed")

    def test_headers(self):
        files = self.copy_of_files()
        self.spoil(files, "sellers", lambda t: t.replace(b"seller_city", b"seler_city", 1))
        self.spoil(files, "products", lambda t: t.replace(b"product_length_cm", b"product_width_cm", 1))
        (files / FILES["customers"]).write_bytes(b"")
        self.refuse(files, "has no column 'seler_city' (did you mean 'seller_city'?)",
                    "the column 'seller_city' is missing", "the column 'product_width_cm' is there twice",
                    "the file is empty")

    def test_too_many_bad_rows(self):
        files = self.copy_of_files()
        self.spoil(files, "order_items", lambda t: t.replace(b",1,", b",one,"))
        said = self.refuse(files, "100 rows are bad: the rest of the file is not read")
        self.assertIn("101 errors", said)

    def test_files_that_are_not_there(self):
        files = self.copy_of_files()
        (files / FILES["sellers"]).unlink()
        (files / FILES["orders"]).unlink()
        said = self.load(3, files=files).stderr
        self.assertEqual(said.count("cannot be read: No such file or directory"), 2)
        self.load(3, files=self.folder / "nowhere")

    def test_keys_that_are_there_twice(self):
        files = self.copy_of_files()
        self.spoil(files, "sellers", lambda t: t + t.splitlines(keepends=True)[1])
        self.refuse(files, "sellers: the database says: could not create unique index", "is duplicated")

    def test_references_to_nothing(self):
        files = self.copy_of_files()
        self.spoil(files, "sellers", lambda t: b"".join(t.splitlines(keepends=True)[:-1]))
        self.refuse(files, "order_items: the database says: insert or update on table",
                    "is not present in table \"sellers\"")


class WhatIsThere(Case):
    def test_other_rows_are_refused_and_replaced_on_request(self):
        self.load()
        self.sql("GRANT SELECT ON ecommerce.orders TO pg_monitor; GRANT SELECT ON ecommerce.sellers TO PUBLIC")
        other, before = self.folder / "other", self.tables()
        self.says(0, "generate", "--out", other, "--scale", "0.002", "--seed", "7")
        said = self.load(1, files=other).stderr
        self.assertIn("holds other rows than these files have", said)
        self.assertIn("--replace", said)
        self.assertEqual(self.tables(), before)
        self.is_whole()
        said = self.load(0, "--replace", files=other).stdout
        self.assertIn("cfngen replicate reload", said)
        self.is_whole(other / "totals.json")
        self.assertFalse(set(self.tables().values()) & set(before.values()))
        grants = self.sql("SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants "
                          "WHERE table_schema = 'ecommerce' AND grantee IN ('pg_monitor', 'PUBLIC') ORDER BY 1")
        self.assertEqual(grants.splitlines(), ["PUBLIC|sellers|SELECT", "pg_monitor|orders|SELECT"])

    def test_empty_tables_are_filled(self):
        self.sql("CREATE SCHEMA ecommerce; CREATE TABLE ecommerce.orders (order_id text); "
                 "CREATE TABLE ecommerce.mine (a int)")
        self.load()
        self.is_whole()
        self.assertIn("mine", self.tables())

    def test_what_depends_on_the_old_tables_is_not_dropped(self):
        self.load()
        self.sql("CREATE VIEW public.my_orders AS SELECT * FROM ecommerce.orders")
        self.addCleanup(self.sql, "DROP VIEW public.my_orders")
        other, before = self.folder / "other", self.tables()
        self.says(0, "generate", "--out", other, "--scale", "0.002")
        self.assertIn("my_orders depends on table ecommerce.orders", self.load(1, "--replace", files=other).stderr)
        self.assertEqual(self.tables(), before)
        self.nothing_is_left()
        self.is_whole()

    def test_a_view_in_the_place_of_a_table(self):
        self.sql("CREATE SCHEMA ecommerce; CREATE VIEW ecommerce.orders AS SELECT 1 AS one")
        self.assertIn("already exists", self.load(1).stderr)
        self.nothing_is_left()


class Usage(Case):
    def test_words(self):
        self.assertIn("needs --from DIR", cfngen("load").stderr)
        for wrong in ("0", "33", "x", "-1"):
            said = self.says(2, "load", "--from", ".", "--jobs", wrong).stderr
            self.assertIn("--jobs must be a number from 1 to 32", said)
        self.assertTrue(pathlib.Path(self.shop.files).is_dir())


if __name__ == "__main__":
    unittest.main()

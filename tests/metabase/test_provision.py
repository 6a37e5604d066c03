"""`cfngen metabase` against a stand-in for Metabase (see there what that is not), with the platform of `cfngen simulate`."""
import json
import pathlib
import shutil
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "cli"), str(ROOT / "tests" / "faults")]
import certificates  # noqa: E402
import fake_metabase  # noqa: E402
import simulation  # noqa: E402

PERSON = {"CFNGEN_METABASE_USER": "ann@example.com", "CFNGEN_METABASE_PASSWORD": "a-password-of-a-person-1"}
LOGIN = "a-password-of-a-login-1"
DEFINITIONS = {
    "database.json": {"key": "warehouse", "name": "Shop warehouse", "engine": "redshift", "description": "marts",
                      "details": {"host": {"env": "METABASE_WAREHOUSE_HOST"},
                                  "port": {"env": "METABASE_WAREHOUSE_PORT", "type": "number", "default": 5439},
                                  "db": {"env": "METABASE_WAREHOUSE_DB", "default": "x"}, "user": {"env": "METABASE_WAREHOUSE_USER"},
                                  "password": {"env": "METABASE_WAREHOUSE_PASSWORD", "secret": True}, "ssl": True},
                      "is_full_sync": True, "auto_run_queries": True},
    "collections.json": [{"key": "shop", "name": "Shop", "description": "of the shop", "parent": None},
                         {"key": "sales", "name": "Sales", "description": "revenue", "parent": "shop"}],
    "cards.json": [{"key": "gmv", "name": "GMV", "description": "all of it", "collection": "sales", "display": "scalar",
                    "sql": "sql/gmv.sql", "variables": [{"name": "from", "label": "From", "type": "date"}],
                    "visualization_settings": {"scalar.field": "gmv"}},
                   {"key": "orders", "name": "Orders", "description": None, "collection": "sales", "display": "line",
                    "sql": "sql/orders.sql", "variables": [], "visualization_settings": {}}],
    "dashboards.json": [{"key": "main", "name": "Main", "description": "first", "collection": "shop",
                         "filters": [{"name": "from", "label": "From", "type": "date/single"}],
                         "cards": [{"card": "gmv", "row": 0, "col": 0, "size_x": 6, "size_y": 3},
                                   {"text": "**GMV** is all of it", "row": 0, "col": 6, "size_x": 18, "size_y": 3},
                                   {"card": "orders", "row": 3, "col": 0, "size_x": 24, "size_y": 7}]}],
}
QUERIES = {"gmv.sql": "select sum(gmv) as gmv from analytics.orders where 1 = 1 [[and day >= {{from}}]]\n",
           "orders.sql": "select day, count(*) from analytics.orders group by 1 order by 1\n"}


class Case(unittest.TestCase):
    maxDiff = None
    definitions = DEFINITIONS

    @classmethod
    def setUpClass(cls):
        cls.platform = cls.enterClassContext(simulation.Simulation())
        done = cls.platform.run("deploy", "--yes", "--poll", "0.1", "--stack", "redshift")
        assert done.returncode == 0, done.stdout + done.stderr

    def setUp(self):
        self.folder = self.platform.folder / "definitions"
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "sql").mkdir(parents=True)
        self.write()
        self.metabase = self.enterContext(fake_metabase.Metabase())

    def write(self, **changed):
        for name, content in {**DEFINITIONS, **changed}.items():
            (self.folder / name).write_text(json.dumps(content))
        for name, query in QUERIES.items():
            (self.folder / "sql" / name).write_text(query)

    def edit(self, name, change):
        """change(objects) of one file."""
        objects = json.loads((self.folder / name).read_text())
        change(objects)
        (self.folder / name).write_text(json.dumps(objects))

    def says(self, code, *words, url=None, **variables):
        variables = {"CFNGEN_LOGIN_PASSWORD": LOGIN, **PERSON, **variables}
        said = self.platform.run("metabase", "--definitions", "definitions", "--url", url or self.metabase.url, *words,
                                 env=simulation.environment(self.platform.folder, **variables))
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        for secret in (LOGIN, PERSON["CFNGEN_METABASE_PASSWORD"], self.metabase.key, "setup-token-of-the-test", "session-"):
            self.assertNotIn(secret, said.stdout + said.stderr)
        self.assertNotIn("warning", said.stderr)
        self.assertEqual(self.metabase.wrong, [])
        return said


class Provision(Case):
    def test_a_new_metabase(self):
        said = self.says(0).stdout
        self.assertIn("7 created, 0 updated, 0 as they were", said)
        self.assertEqual(self.metabase.user["email"], "ann@example.com")
        database, = self.metabase.databases.values()
        self.assertEqual({key: value for key, value in database["details"].items() if key != "host"},
                         {"port": 5439, "db": "warehouse", "user": "metabase_reader", "password": LOGIN, "ssl": True})
        self.assertRegex(database["details"]["host"], r"^shop-dev-warehouse\.")
        self.assertEqual(self.metabase.synced, ["Shop warehouse"])
        self.assertEqual(sorted(one["location"] for one in self.metabase.collections.values())[0], "/")
        gmv, orders = self.metabase.cards.values()
        self.assertEqual(gmv["dataset_query"]["native"]["query"], QUERIES["gmv.sql"].strip())
        self.assertEqual(list(gmv["dataset_query"]["native"]["template-tags"]), ["from"])

    def test_a_dashboard_and_its_filters(self):
        self.says(0)
        dashboard, = self.metabase.dashboards.values()
        parameter, = dashboard["parameters"]
        self.assertEqual((parameter["slug"], parameter["type"], parameter["sectionId"]), ("from", "date/single", "date"))
        cards = sorted(dashboard["dashcards"], key=lambda one: (one["row"], one["col"]))
        gmv, text, orders = cards
        self.assertEqual(gmv["parameter_mappings"], [{"parameter_id": parameter["id"], "card_id": gmv["card_id"],
                                                      "target": ["variable", ["template-tag", "from"]]}])
        self.assertEqual(orders["parameter_mappings"], [])
        self.assertEqual((text["card_id"], text["visualization_settings"]["text"]), (None, "**GMV** is all of it"))

    def test_a_second_run_changes_nothing(self):
        self.says(0)
        for stages in (False, True):
            self.metabase.stages = stages
            before = len(self.metabase.changes())
            self.assertIn("0 created, 0 updated, 6 as they were", self.says(0).stdout)
            self.assertEqual(self.metabase.changes()[before:], [])

    def test_what_differs_is_updated_and_nothing_else(self):
        self.says(0)
        before = len(self.metabase.changes())
        self.edit("cards.json", lambda cards: cards[0].update(display="bar"))
        self.edit("dashboards.json", lambda all_of: all_of[0]["cards"].pop())
        self.write_query("orders.sql", "select 1")
        said = self.says(0).stdout
        self.assertIn("update  card           GMV (display)\n", said)
        self.assertIn("update  card           Orders (dataset_query)\n", said)
        self.assertIn("update  dashboard      Main (dashcards)\n", said)
        self.assertEqual([change.rpartition("/")[0] for change in self.metabase.changes()[before:]],
                         ["PUT /api/card", "PUT /api/card", "PUT /api/dashboard"])
        self.assertEqual(len(next(iter(self.metabase.dashboards.values()))["dashcards"]), 2)

    def write_query(self, name, query):
        (self.folder / "sql" / name).write_text(query)

    def test_what_others_made_stays(self):
        self.says(0)
        number = self.metabase.number()
        self.metabase.collections[number] = {"name": "Sales", "description": "of another", "location": "/"}
        self.metabase.cards[number] = {**next(iter(self.metabase.cards.values())), "collection_id": number, "name": "theirs"}
        self.assertIn("0 created, 0 updated", self.says(0).stdout)
        self.assertEqual(self.metabase.collections[number]["description"], "of another")

    def test_a_changed_connection(self):
        self.says(0)
        said = self.says(0, METABASE_WAREHOUSE_HOST="proxy.example.com").stdout
        self.assertIn("update  database       Shop warehouse (details)", said)
        database, = self.metabase.databases.values()
        self.assertEqual((database["details"]["host"], database["details"]["password"]), ("proxy.example.com", LOGIN))
        self.says(0, "--set-password", METABASE_WAREHOUSE_HOST="proxy.example.com", CFNGEN_LOGIN_PASSWORD="the-next-one-2")
        database, = self.metabase.databases.values()
        self.assertEqual(database["details"]["password"], "the-next-one-2")

    def test_dry_run(self):
        said = self.says(0, "--dry-run").stdout
        self.assertIn("create  administrator  ann@example.com", said)
        self.assertIn("would be: 7 created", said)
        self.assertEqual(self.metabase.changes(), [])
        self.says(0)
        before = len(self.metabase.changes())
        self.edit("cards.json", lambda cards: cards[0].update(display="bar"))
        self.edit("collections.json", lambda all_of: all_of.append({"key": "more", "name": "More", "description": None,
                                                                    "parent": "shop"}))
        self.assertIn("would be: 1 created, 1 updated, 5 as they were", self.says(0, "--dry-run").stdout)
        self.assertEqual(self.metabase.changes()[before:], [])

    def test_by_key(self):
        self.says(0)
        said = self.says(0, CFNGEN_METABASE_USER="", CFNGEN_METABASE_PASSWORD="", CFNGEN_METABASE_KEY="mb_key").stdout
        self.assertIn("0 created, 0 updated, 6 as they were", said)

    def test_a_busy_server_is_asked_again(self):
        self.metabase.busy = 2
        self.says(0)

    def test_json(self):
        lines = [json.loads(line) for line in self.says(0, "--output", "json").stdout.splitlines()]
        self.assertEqual([(line["kind"], line["action"]) for line in lines],
                         [("administrator", "create"), ("database", "create"), ("collection", "create"), ("collection", "create"),
                          ("card", "create"), ("card", "create"), ("dashboard", "create")])


class Refused(Case):
    def test_nobody_signs_in(self):
        said = self.says(1, CFNGEN_METABASE_USER="", CFNGEN_METABASE_PASSWORD="")
        self.assertIn("this Metabase is new", said.stderr)
        self.says(0)
        said = self.says(1, CFNGEN_METABASE_USER="", CFNGEN_METABASE_PASSWORD="")
        self.assertIn("CFNGEN_METABASE_KEY", said.stderr)

    def test_a_wrong_password_and_a_wrong_key(self):
        self.says(0)
        said = self.says(1, CFNGEN_METABASE_PASSWORD="wrong-password-1")
        self.assertIn("Metabase refuses POST /api/session: {\"password\":\"did not match stored password\"} (status 401)", said.stderr)
        said = self.says(1, CFNGEN_METABASE_KEY="wrong-key")
        self.assertIn("GET /api/database: Unauthenticated (status 401)", said.stderr)
        self.assertNotIn("wrong-key", said.stderr)

    def test_addresses(self):
        for url, code, says in [("ftp://x", 1, "must be an address"), ("http://metabase.example.com", 1, "must begin with https://"),
                                ("https://a:b@x", 1, "must be an address"), ("http://127.0.0.1:1", 3, "GET http://127.0.0.1:1/api/")]:
            self.assertIn(says, self.says(code, url=url).stderr)

    def test_certificates_are_verified(self):
        folder = self.platform.folder / "certificates"
        folder.mkdir(exist_ok=True)
        certificates.authority(folder)
        context = certificates.issue(folder, "metabase", "IP:127.0.0.1")
        with fake_metabase.Metabase(tls=context) as server:
            said = self.says(3, url=server.url)
            self.assertIn("[web.tls]", said.stderr)
            self.assertEqual(server.requests, [])
            self.assertIn("7 created", self.says(0, "--ca-file", str(folder / "ca.pem"), url=server.url).stdout)
            self.assertEqual(server.wrong, [])

    def test_the_login_has_no_secret_yet(self):
        said = self.says(3, CFNGEN_LOGIN_PASSWORD="")  # the simulation has no Secrets Manager
        self.assertIn("secretsmanager GetSecretValue", said.stderr)

    def test_what_is_not_deployed_is_named(self):
        with simulation.Simulation() as empty:
            (empty.folder / "definitions").symlink_to(self.folder)
            said = empty.run("metabase", "--definitions", "definitions", "--url", self.metabase.url,
                             env=simulation.environment(empty.folder, **PERSON))
            self.assertEqual(said.returncode, 1)
            self.assertIn("the stack redshift, whose output Host is needed, is not deployed", said.stderr)


class Definitions(Case):
    def refuses(self, message):
        said = self.platform.run("metabase", "--check", "--definitions", "definitions", endpoint=False)
        self.assertEqual(said.returncode, 3 if "cannot be read" in message else 1, said.stdout + said.stderr)
        self.assertIn(message, said.stderr)

    def test_whole_ones(self):
        said = self.platform.run("metabase", "--check", "--definitions", "definitions", endpoint=False)
        self.assertEqual(said.stdout, "2 cards on 1 dashboards in 2 collections\n")

    def test_mistakes(self):
        cases = [
            ("cards.json", lambda all_of: all_of[0].update(displya="bar"), "card gmv: has no member 'displya'"),
            ("cards.json", lambda all_of: all_of[0].pop("display"), "card gmv: 'display' must be text"),
            ("cards.json", lambda all_of: all_of[0].update(display="donut"), "display must be one of scalar|line"),
            ("cards.json", lambda all_of: all_of[0].update(key="G M V"), "a key has small letters, digits and hyphens"),
            ("cards.json", lambda all_of: all_of[1].update(key="gmv"), "the key is used twice"),
            ("cards.json", lambda all_of: all_of[1].update(name="GMV"), "its name is that of gmv, in the same collection"),
            ("cards.json", lambda all_of: all_of[0].update(collection="x"), "there is no collection 'x'"),
            ("cards.json", lambda all_of: all_of[0].update(variables=[]), "the query's variable 'from' is not among its variables"),
            ("cards.json", lambda all_of: all_of[1].update(variables=[{"name": "to", "label": "To", "type": "date"}]),
             "the query does not use the variable 'to'"),
            ("cards.json", lambda all_of: all_of[0].update(sql="../gmv.sql"), "must be a file below the definitions"),
            ("cards.json", lambda all_of: all_of[0].update(sql="sql/none.sql"), "none.sql: error: cannot be read"),
            ("collections.json", lambda all_of: all_of[1].update(parent="later"), "its parent must stand before it: 'later'"),
            ("dashboards.json", lambda all_of: all_of[0]["cards"][0].update(card="none"), "there is no card 'none'"),
            ("dashboards.json", lambda all_of: all_of[0]["cards"][0].update(text="x"), "either a card or a text"),
            ("dashboards.json", lambda all_of: all_of[0]["cards"][0].update(col=20), "the grid has 24 columns"),
            ("dashboards.json", lambda all_of: all_of[0]["filters"][0].update(type="x"), "a filter's type must be one of"),
            ("database.json", lambda database: database["details"].update(password="x"), "a password must not stand"),
            ("database.json", lambda database: database["details"]["host"].update(evn="x"), "has no member 'evn'"),
        ]
        for name, change, message in cases:
            with self.subTest(message=message):
                self.write()
                self.edit(name, change)
                self.refuses(message)

    def test_no_json(self):
        (self.folder / "cards.json").write_text("[{]")
        self.refuses("definitions/cards.json:1:3: error:")

    @unittest.skipUnless((ROOT / "metabase" / "definitions").is_dir(), "the project's own definitions are not there")
    def test_the_projects_own(self):
        shutil.rmtree(self.folder)
        shutil.copytree(ROOT / "metabase" / "definitions", self.folder)
        self.says(0)
        self.assertIn("0 created, 0 updated", self.says(0).stdout)


if __name__ == "__main__":
    unittest.main()

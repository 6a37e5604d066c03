"""`cfngen warehouse` over the wire: the platform of the simulation, moto for Secrets Manager, and two servers for the Data API.

moto 5.2 has the Redshift Data API, but no database behind it: whatever the statement, it is STARTED for ever, until it is
cancelled, GetStatementResult gives the same rows for all, and BatchExecuteStatement is not there. So only submitting,
following and cancelling is tried against it. The rest is tried against `Database`, a stand-in that understands just the
statements which this command makes, by regular expression: it does not parse SQL, checks no rights and has no transactions
but that a batch is all or nothing. That Redshift itself takes these statements is not tested here.
"""
import contextlib
import csv
import io
import json
import re
import signal
import time
import unittest
import uuid

import fake
import platform_with
import test_moto


class Database:
    """What the statements of the setup leave behind."""

    def __init__(self):
        self.roles, self.schemas, self.users, self.grants, self.rights = set(), {}, {}, set(), set()
        self.answers, self.looks, self.tables, self.fails, self.slow = {}, {}, 9, {}, False
        self.log = []

    # -- the service -------------------------------------------------------------------------------

    def ExecuteStatement(self, Sql, **where):
        self.where = where
        number = str(uuid.uuid4())
        try:
            self.answers[number] = self.run(Sql)
        except ValueError as mistake:
            self.answers[number] = str(mistake)
        return {"Id": number}

    def BatchExecuteStatement(self, Sqls, **where):
        number = str(uuid.uuid4())
        kept = (set(self.roles), dict(self.schemas), dict(self.users), set(self.grants), set(self.rights), list(self.log))
        self.answers[number], parts = None, []
        for sql in Sqls:
            try:
                self.run(sql)
                parts.append({"Id": f"{number}:{len(parts) + 1}", "Status": "FINISHED", "QueryString": sql})
            except ValueError as mistake:
                parts.append({"Id": f"{number}:{len(parts) + 1}", "Status": "FAILED", "Error": str(mistake), "QueryString": sql})
                self.roles, self.schemas, self.users, self.grants, self.rights, self.log = kept
                self.answers[number] = parts
                break
        return {"Id": number}

    def DescribeStatement(self, Id):
        self.looks[Id] = self.looks.get(Id, 0) + 1
        answer = self.answers[Id]
        if self.looks[Id] == 1 or self.slow:
            return {"Id": Id, "Status": "STARTED"}
        if isinstance(answer, str):
            return {"Id": Id, "Status": "FAILED", "Error": f"ERROR: {answer}"}
        if isinstance(answer, list):
            return {"Id": Id, "Status": "FAILED", "Error": f"Query #{len(answer)} failed", "SubStatements": answer}
        return {"Id": Id, "Status": "FINISHED", "HasResultSet": answer is not None, "Duration": 5_000_000,
                "ResultRows": len(answer[1]) if answer else 0}

    def CancelStatement(self, Id):
        self.log.append("cancelled")
        return {"Status": True}

    def GetStatementResult(self, Id, NextToken="0"):
        """Two rows a page."""
        names, rows = self.answers[Id]
        at = int(NextToken)
        page = rows[at:at + 2]
        more = {"NextToken": str(at + 2)} if at + 2 < len(rows) else {}
        return {"Records": [[self.field(value) for value in row] for row in page], "TotalNumRows": len(rows),
                "ColumnMetadata": [{"name": name, "typeName": kind} for name, kind in names], **more}

    @staticmethod
    def field(value):
        kinds = {str: "stringValue", int: "longValue", float: "doubleValue", bool: "booleanValue"}
        return {"isNull": True} if value is None else {kinds[type(value)]: value}

    # -- the statements ----------------------------------------------------------------------------

    def run(self, sql):
        """The rows as (columns, rows), or None; ValueError is what the database refuses."""
        for pattern, says in self.fails.items():
            if re.search(pattern, sql):
                raise ValueError(says)
        for pattern, does in self.STATEMENTS:
            if found := re.fullmatch(pattern, sql, re.S):
                if not sql.startswith("select"):
                    self.log.append(sql)
                return does(self, *found.groups())
        raise ValueError(f'syntax error at or near "{sql.split()[0]}"\n  Position: 1;')

    def external(self, name, database, region, role):
        self.schemas[name] = (database, role)

    def drop(self, name):
        del self.schemas[name]

    def role(self, name):
        if name in self.roles:
            raise ValueError(f'role "{name}" already exists')
        self.roles.add(name)

    def schema(self, name):
        self.schemas.setdefault(name, None)

    def grant(self, right, schema, role):
        if schema not in self.schemas or role not in self.roles:
            raise ValueError(f'"{schema}" or "{role}" does not exist')
        for one in right.split(", "):
            self.rights.add((schema, role, one.upper()))

    def user(self, name, password):
        if name in self.users:
            raise ValueError(f'user "{name}" already exists')
        self.users[name] = password

    def alter(self, name, password):
        self.users[name] = password

    def member(self, role, user):
        if (user, role) in self.grants:
            raise ValueError(f'role "{role}" is already granted')
        self.grants.add((user, role))

    def layers(self, _):
        rows = [[name, what[0], json.dumps({"IAM_ROLE": what[1]})] for name, what in self.schemas.items() if what]
        return [("schemaname", "varchar"), ("databasename", "varchar"), ("esoptions", "varchar")], rows

    def listed(self, name, values):
        return [(name, "varchar")], [[value] for value in sorted(values)]

    STATEMENTS = [
        (r"create external schema if not exists \"(\w+)\" from data catalog database '(\w+)' region '([\w-]+)' iam_role '(\S+)'",
         external),
        (r'drop schema "(\w+)"', drop),
        (r'create role "(\w+)"', role),
        (r'create schema if not exists "(\w+)"', schema),
        (r'grant ([a-z, ]+?)(?: for tables in| on) schema "(\w+)" to role "(\w+)"', grant),
        (r'grant temporary on database "(\w+)" to role "(\w+)"', lambda self, *_: None),
        (r'create user "([\w:.-]+)" password (disable|\'md5[0-9a-f]{32}\')', user),
        (r'alter user "([\w:.-]+)" password (\'md5[0-9a-f]{32}\')', alter),
        (r'grant role "(\w+)" to "([\w:.-]+)"', member),
        (r"select schemaname, databasename, esoptions from svv_external_schemas where schemaname in \((.+)\)", layers),
        (r"select role_name from svv_roles where role_name in \(.+\)", lambda self: self.listed("role_name", self.roles)),
        (r"select usename from pg_user where usename in \(.+\)", lambda self: self.listed("usename", self.users)),
        (r"select user_name, role_name from svv_user_grants where user_name in \(.+\)",
         lambda self: ([("user_name", "varchar"), ("role_name", "varchar")], [list(pair) for pair in sorted(self.grants)])),
        (r"select namespace_name, identity_name, privilege_type from svv_schema_privileges where .*",
         lambda self: ([("namespace_name", "text"), ("identity_name", "text"), ("privilege_type", "text")],
                       [list(row) for row in sorted(self.rights)])),
        (r"select count\(\*\) as tables from svv_external_tables where schemaname in \('silver'\)",
         lambda self: ([("tables", "int8")], [[self.tables]])),
        (r"select things", lambda self: ([("n", "int8"), ("price", "numeric"), ("text", "varchar")],
                                         [[1, "1.50", 'a "b", c'], [None, "20.25", ""], [3, None, "é\x1b[31m"]])),
        (r"delete from t where s = 'a;b'", lambda self: None),
    ]


class Warehouse(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.platform = cls.enterClassContext(platform_with.Deployed())
        cls.moto = cls.enterClassContext(test_moto.Server())

    def setUp(self):
        self.database = Database()
        self.fake = self.enterContext(fake.Fake(redshift_data=self.database))

    def says(self, code, *words, **more):
        endpoints = {"REDSHIFT_DATA": self.fake.url, "SECRETS_MANAGER": self.moto.endpoint}
        said = self.platform.ask("warehouse", *words, endpoints=endpoints, **more)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        self.assertEqual(self.fake.wrong, [])
        return said

    def test_sets_up_what_is_not_there(self):
        said = self.says(0)
        database = self.database
        self.assertEqual(set(database.schemas), {"silver", "analytics", "analytics_staging"})
        self.assertEqual(database.schemas["silver"][0], "shop_dev_silver")
        self.assertRegex(database.schemas["silver"][1], r"^arn:aws:iam::\d{12}:role/")
        self.assertEqual(database.roles, {"analytics_writer", "analytics_reader"})
        airflow, = database.users
        self.assertRegex(airflow, r"^IAMR:shop-dev-mwaa-ExecutionRole-")
        self.assertEqual(database.grants, {(airflow, "analytics_writer")})
        self.assertIn(("silver", "analytics_writer", "USAGE"), database.rights)
        self.assertNotIn("silver", {schema for schema, role, _ in database.rights if role == "analytics_reader"})
        self.assertEqual({right for _, role, right in database.rights if role == "analytics_reader"}, {"USAGE", "SELECT"})
        self.assertIn("ok  tables of the schema silver: 9", said.stdout)
        where = database.where
        self.assertEqual((where["WorkgroupName"], where["Database"]), ("shop-dev-warehouse", "warehouse"))
        self.assertEqual(where["SecretArn"], "redshift!shop-dev-warehouse-admin")

    def test_a_second_run_makes_nothing(self):
        self.says(0, "--reader", "IAM:ann")
        users, before = dict(self.database.users), len(self.database.log)
        self.says(0, "--reader", "IAM:ann")
        again = self.database.log[before:]
        self.assertEqual([sql for sql in again if not sql.startswith(("grant", "create schema if not exists"))], [])
        self.assertEqual(self.database.users, users)
        self.assertEqual([sql for sql in again if sql.startswith("grant role")], [])

    def test_what_is_external_is_in_no_transaction(self):
        self.says(0)
        batches = [call["Sqls"] for name, call in self.fake.calls("redshift-data") if name == "BatchExecuteStatement"]
        self.assertEqual(len(batches), 1)
        self.assertEqual([sql for sql in batches[0] if "silver" in sql], [])
        self.assertGreater(len(batches[0]), 10)

    def test_a_refused_statement_leaves_nothing_half_done(self):
        self.database.fails = {r'on schema "analytics_staging"': 'permission denied for schema analytics_staging'}
        said = self.says(1)
        self.assertIn("none of them is carried out: permission denied for schema analytics_staging", said.stderr)
        self.assertEqual((self.database.roles, self.database.users), (set(), {}))
        self.database.fails = {}
        self.says(0)

    def test_dry_run_and_script(self):
        script = self.says(0, "--script", "--login", "metabase_reader").stdout
        self.assertEqual(self.fake.calls("redshift-data"), [])
        self.assertRegex(script, r'(?s)^create external schema .*\nbegin;\ncreate role .*\ncommit;\ngrant usage on schema "silver"')
        self.assertIn("""create user "metabase_reader" password 'md5...';""", script)
        dry = self.says(0, "--dry-run", "--login", "metabase_reader").stdout
        self.assertEqual(dry, script)
        self.assertEqual((self.database.log, self.database.users), ([], {}))
        self.says(0)
        self.assertNotIn("create role", self.says(0, "--dry-run").stdout)

    def test_a_login_and_its_secret(self):
        said = self.says(0, "--login", "metabase_reader")
        secrets = self.moto.client("secretsmanager")
        kept = json.loads(secrets.get_secret_value(SecretId="shop-dev/warehouse/metabase_reader")["SecretString"])
        self.assertEqual(kept["username"], "metabase_reader")
        self.assertEqual(len(kept["password"]), 32)
        import hashlib
        digest = hashlib.md5((kept["password"] + "metabase_reader").encode()).hexdigest()
        self.assertEqual(self.database.users["metabase_reader"], f"'md5{digest}'")
        self.assertIn(("metabase_reader", "analytics_reader"), self.database.grants)
        self.assertNotIn(kept["password"], said.stdout + said.stderr + repr(self.fake.calls("redshift-data")))
        self.assertNotIn(digest, said.stdout + said.stderr)
        tags = secrets.describe_secret(SecretId="shop-dev/warehouse/metabase_reader")["Tags"]
        self.assertIn({"Key": "Project", "Value": "shop"}, tags)
        self.says(0, "--login", "metabase_reader")
        self.assertEqual(self.database.users["metabase_reader"], f"'md5{digest}'")
        self.says(0, "--login", "metabase_reader", "--set-password", CFNGEN_LOGIN_PASSWORD="Another-one-1")
        self.assertNotEqual(self.database.users["metabase_reader"], f"'md5{digest}'")
        short = self.says(1, "--login", "metabase_reader", "--set-password", CFNGEN_LOGIN_PASSWORD="short")
        self.assertIn("must have 8 to 64 characters", short.stderr)

    def test_a_secret_of_another_user(self):
        self.moto.client("secretsmanager").create_secret(Name="other", SecretString='{"username": "x", "password": "12345678"}')
        said = self.says(1, "--login", "metabase_reader", "--login-secret", "other")
        self.assertIn("of the user 'metabase_reader': 'other'", said.stderr)

    def test_a_schema_that_points_elsewhere(self):
        self.database.schemas["silver"] = ("another", "arn:aws:iam::1:role/x")
        said = self.says(1)
        self.assertIn("reads the catalog's database 'another' by the role 'arn:aws:iam::1:role/x'", said.stderr)
        self.assertIn("--replace", said.stderr)
        self.assertEqual(self.database.log, [])
        self.says(0, "--replace")
        self.assertEqual(self.database.schemas["silver"][0], "shop_dev_silver")

    def test_no_table_in_the_lake(self):
        self.database.tables = 0
        said = self.says(1)
        self.assertIn("no  tables of the schema silver: 0", said.stdout)

    def test_rows_as_text_json_and_csv(self):
        script = "-- two\ndelete from t where s = 'a;b';\nselect things;\n"
        text = self.says(0, "sql", "-", stdin=script).stdout
        self.assertEqual(text.splitlines(), ["done (0)", "   n  price  text", '   1   1.50  a "b", c', "null  20.25",
                                             "   3   null  é\\x1b[31m", "(3 rows)"])
        lines = [json.loads(line) for line in self.says(0, "sql", "-", "--output", "json", stdin=script).stdout.splitlines()]
        self.assertEqual([line["line"] for line in lines], [2, 3])
        self.assertEqual(lines[1]["rows"][1], [None, "20.25", ""])
        self.assertEqual(lines[0]["sql"], "delete from t where s = 'a;b'")
        made = self.says(0, "sql", "-", "--format", "csv", stdin=script).stdout
        self.assertEqual(list(csv.reader(io.StringIO(made))),
                         [["n", "price", "text"], ["1", "1.50", 'a "b", c'], ["", "20.25", ""], ["3", "", "é\x1b[31m"]])
        self.assertIn(',20.25,""\n', made)

    def test_the_first_mistake_ends_a_script(self):
        (self.platform.folder / "a.sql").write_text("select things;\n\n  frobnicate;\nselect things")
        said = self.says(1, "sql", "a.sql")
        self.assertRegex(said.stderr, r'a\.sql:3:3: error: .*syntax error at or near "frobnicate"')
        self.assertEqual(said.stdout.count("(3 rows)"), 1)

    def test_an_open_quote_runs_nothing(self):
        said = self.says(1, "sql", "-", stdin="select things;\nselect 'x")
        self.assertIn("<stdin>:2:8: error: a quoted text begins here and does not end", said.stderr)
        self.assertEqual(self.fake.calls("redshift-data"), [])
        self.assertIn("there is no statement in it", self.says(1, "sql", "-", stdin="-- no").stderr)

    def test_a_timeout_cancels(self):
        self.database.slow = True
        began = time.monotonic()
        said = self.says(1, "sql", "-", "--timeout", "1", stdin="select things")
        self.assertIn("took too long and was cancelled", said.stderr)
        self.assertEqual(self.database.log, ["cancelled"])
        self.assertLess(time.monotonic() - began, 30)

    def test_an_interrupt_cancels(self):
        self.database.slow = True
        endpoints = {"REDSHIFT_DATA": self.fake.url}
        process = self.platform.begin("warehouse", "sql", "-", endpoints=endpoints, stdin="select things")
        end = time.monotonic() + 60
        while not self.database.looks and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual((process.returncode, self.database.log), (1, ["cancelled"]), said)
        self.assertIn("the statement was cancelled, as asked", said)

    def test_as_oneself(self):
        self.says(0, "sql", "-", "--iam", stdin="select things")
        self.assertNotIn("SecretArn", self.database.where)

    def test_usage(self):
        for words, says in [(("frob",), "takes nothing, or 'sql FILE'"), (("sql",), "'sql' takes a file"),
                            (("sql", "-", "--dry-run"), "--dry-run does not go with 'sql'"),
                            (("--format", "csv"), "--format goes with 'sql'"), (("--set-password",), "needs --login"),
                            (("--iam", "--secret", "x"), "exclude each other"),
                            (("--timeout", "x"), "--timeout must be a number of seconds")]:
            self.assertIn(says, self.says(2, *words).stderr)


class Elsewhere(unittest.TestCase):
    def test_a_cluster(self):
        platform = platform_with.simulation.PLATFORM + "redshift: {mode: provisioned}\n"
        database = Database()
        with platform_with.Deployed(platform, ["redshift"]) as deployed, fake.Fake(redshift_data=database) as server:
            said = deployed.ask("warehouse", endpoints={"REDSHIFT_DATA": server.url})
            self.assertEqual((said.returncode, server.wrong), (0, []), said.stdout + said.stderr)
            self.assertEqual(database.where["ClusterIdentifier"], "shop-dev-warehouse")
            self.assertEqual(database.users, {})  # there is no Airflow yet

    def test_what_is_not_deployed_is_named(self):
        with platform_with.Deployed(stacks=["common"]) as deployed:
            said = deployed.ask("warehouse")
            self.assertEqual(said.returncode, 1, said.stderr)
            self.assertIn("the stack redshift, whose output WorkgroupName is needed, is not deployed", said.stderr)
            self.assertIn("cfngen deploy --stack redshift", said.stderr)
            said = deployed.ask("warehouse", "--set", "redshift.enabled=false")
            self.assertIn("the platform has no stack redshift", said.stderr)


class Moto(unittest.TestCase):
    def test_submitting_following_and_cancelling(self):
        with contextlib.ExitStack() as stack:
            deployed = stack.enter_context(platform_with.Deployed(stacks=["redshift"]))
            moto = stack.enter_context(test_moto.Server())
            said = deployed.ask("warehouse", "sql", "-", "--timeout", "1", "--trace", stdin="select 1",
                                endpoints={"REDSHIFT_DATA": moto.endpoint})
            self.assertEqual(said.returncode, 1, said.stderr)
            self.assertIn("took too long and was cancelled", said.stderr)
            self.assertIn("redshift-data CancelStatement POST", said.stderr)


if __name__ == "__main__":
    unittest.main()

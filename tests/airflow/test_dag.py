"""The DAG as Airflow reads it: without a network, without AWS, for every platform; and its parts that need no run."""
import copy
import importlib.metadata
import json
import os
import pathlib
import re
import socket
import subprocess
import unittest
from unittest import mock

import botocore.session
import place

OTHER_MODES = "emr: {mode: ec2}\nredshift: {mode: provisioned}\n"
LONELY = "".join(f"{name}: {{enabled: false}}\n" for name in ("dms", "glue", "athena", "emr", "redshift", "data_lake"))
LOCAL = {"engine": "local", "home": str(place.ROOT), "python": "python3", "bronze": "/lake/bronze",
         "silver": "/lake/silver", "warehouse": "/lake/warehouse.duckdb", "dbt": "/venv/bin/dbt"}
WAREHOUSE = {"dbt_build": {"dbt_freshness"}, "dbt_freshness": {"totals"}, "totals": {"reconcile"}, "reconcile": set()}
CRAWL = {"wants_crawl": {"crawl_bronze"}, "crawl_bronze": set()}


def edges(dag):
    return {task.task_id: task.downstream_task_ids for task in dag.tasks}


class Isolated(unittest.TestCase):
    """Nobody is asked anything: not a socket is opened, no client of AWS made, no variable or connection looked up."""

    def setUp(self):
        def refuse(what):
            return mock.Mock(side_effect=AssertionError(f"{what} while a DAG is parsed"))

        for target, name in ((socket.socket, "connect"), (socket, "getaddrinfo"),
                             (botocore.session.Session, "create_client"), (botocore.session.Session, "get_credentials")):
            patch = mock.patch.object(target, name, refuse(name))
            patch.start()
            self.addCleanup(patch.stop)
        from airflow.sdk import Connection, Variable
        for kind in (Variable, Connection):
            patch = mock.patch.object(kind, "get", refuse(kind.__name__))
            patch.start()
            self.addCleanup(patch.stop)

    def parse(self, **variables):
        with place.environment(**variables):
            return place.pipeline()

    def broken(self, **options):
        with place.environment(**place.told(**options)):
            found = place.bag()
        self.assertEqual(list(found.dags), [])
        return "".join(found.import_errors.values())


class Parsing(Isolated):
    def test_nothing_is_told(self):
        """A DAG that does not parse is not seen; one that cannot run says why, when it is run."""
        dag = self.parse()
        self.assertEqual(edges(dag), {"plan": {"spark"}, "spark": set()})

    def test_serverless(self):
        dag = self.parse(**place.stacks().environment())
        self.assertEqual(edges(dag), {"plan": {"spark"}, "spark": {"dbt_build"}, **WAREHOUSE, **CRAWL})
        self.assertEqual(type(dag.get_task("spark")).__name__, "SparkOnServerless")
        self.assertLessEqual({"cfngen", "dev", "emr_serverless"}, dag.tags)

    def test_cluster_and_provisioned(self):
        dag = self.parse(**place.stacks(OTHER_MODES).environment())
        self.assertEqual(edges(dag), {"plan": {"spark"}, "spark": {"dbt_build"}, **WAREHOUSE, **CRAWL})
        self.assertEqual(type(dag.get_task("spark")).__name__, "SparkStep")
        self.assertIsNone(dag.get_task("totals").workgroup_name)
        self.assertEqual(dag.get_task("totals").cluster_identifier, "shop-dev-warehouse")

    def test_without_a_warehouse(self):
        dag = self.parse(**place.stacks("redshift: {enabled: false}\n").environment())
        self.assertEqual(edges(dag), {"plan": {"spark"}, "spark": set(), **CRAWL})

    def test_without_a_crawler(self):
        dag = self.parse(**place.stacks("glue: {crawlers: []}\n").environment())
        self.assertNotIn("crawl_bronze", edges(dag))

    def test_airflow_alone(self):
        self.assertEqual(edges(self.parse(**place.stacks(LONELY).environment())), {"plan": {"spark"}, "spark": set()})

    def test_on_this_machine(self):
        dag = self.parse(**place.told(**LOCAL))
        self.assertEqual(edges(dag), {"plan": {"spark"}, "spark": {"catalog"}, "catalog": {"dbt_build"}, **WAREHOUSE})

    def test_wrong_options_are_told(self):
        self.assertIn("[cfngen] engine must be one of emr_serverless, emr_ec2, local, not 'emr'",
                      self.broken(engine="emr"))
        self.assertIn("[cfngen] retries must be a whole number, not 'two'", self.broken(retries="two"))
        self.assertIn("[cfngen] emr_job_tags must be a JSON object, not '[]'", self.broken(emr_job_tags="[]"))
        self.assertIn("Exactly 5, 6 or 7 columns", self.broken(schedule="0 25"))

    def test_it_is_as_small_as_one_file(self):
        """Airflow's search leaves what is imported alone: one DAG, of one file."""
        with place.environment(**place.told(**LOCAL)):
            found = place.bag()
        self.assertEqual([pathlib.Path(stat.file).name for stat in found.dagbag_stats], ["shop_pipeline.py"])


class Promises(Isolated):
    """What holds on every platform."""

    def setUp(self):
        super().setUp()
        self.dags = [self.parse(**place.stacks().environment()), self.parse(**place.stacks(OTHER_MODES).environment()),
                     self.parse(**place.told(**LOCAL))]
        self.tasks = [task for dag in self.dags for task in dag.tasks]

    def test_runs(self):
        for dag in self.dags:
            self.assertEqual((dag.max_active_runs, dag.catchup), (1, False))
            self.assertEqual(dag.timetable.summary, "0 3 * * *")
            self.assertIn("From bronze to the warehouse", dag.doc_md)
            self.assertEqual(set(dag.params), {"full_refresh", "tables", "crawl_bronze"})

    def test_schedule_is_an_option(self):
        self.assertIsNone(self.parse(**place.told(schedule="none")).schedule)
        self.assertEqual(self.parse(**place.told(schedule="30 * * * *")).timetable.summary, "30 * * * *")

    def test_parameters_are_checked(self):
        from airflow.exceptions import ParamValidationError
        for wrong in ({"full_refresh": "yes"}, {"tables": "orders"}, {"tables": ["orders; rm -rf /"]},
                      {"tables": ["orders", "orders"]}, {"crawl_bronze": 1}):
            params = copy.deepcopy(self.dags[0].params)
            with self.assertRaises(ParamValidationError, msg=wrong):
                params.update(wrong)
                params.validate()

    def test_tasks(self):
        for task in self.tasks:
            self.assertTrue(task.execution_timeout, task.task_id)
            self.assertTrue(task.retry_exponential_backoff, task.task_id)
            self.assertGreater(task.max_retry_delay, task.retry_delay)
            self.assertEqual(task.retries, {"reconcile": 0, "dbt_build": 1}.get(task.task_id, 2), task.task_id)

    def test_who_waits_does_not_hold_a_worker(self):
        waiting = {"SparkOnServerless", "SparkStep", "GlueCrawlerOperator", "RedshiftDataOperator"}
        found = [task for task in self.tasks if type(task).__name__ in waiting]
        self.assertEqual({type(task).__name__ for task in found}, waiting)
        for task in found:
            self.assertTrue(task.deferrable, task.task_id)
            self.assertIsNone(task.aws_conn_id, task.task_id)  # the role itself, without a connection to look up

    def test_failures_are_told(self):
        self.assertTrue(all(task.on_failure_callback for task in self.dags[0].tasks))
        self.assertFalse(any(task.on_failure_callback for task in self.dags[2].tasks))  # no topic was told

    def test_assets(self):
        from airflow.sdk import Asset
        for dag in self.dags:
            made = {task.task_id: [o.name for o in task.outlets if isinstance(o, Asset)] for task in dag.tasks}
            self.assertEqual({k: v for k, v in made.items() if v},
                             {"spark": ["shop_silver"], "reconcile": ["shop_warehouse"]})

    def test_no_secret_and_no_account_is_written_down(self):
        for path in sorted(place.DAGS.rglob("*.py")):
            text = path.read_text()
            self.assertNotRegex(text, r"\d{12}|AKIA|(?i:password\s*=)|arn:aws", path.name)

    def test_it_survives_serialization(self):
        """The scheduler sees the DAG only so."""
        from airflow.serialization.serialized_objects import SerializedDAG
        for dag in self.dags:
            SerializedDAG.validate_schema(SerializedDAG.to_dict(dag))


class Arguments(Isolated):
    """What Spark is told, by every engine."""

    def command(self, params=None, **variables):
        from cfngen_shop import settings, spark
        with place.environment(**variables):
            return spark.command(settings.load(), {"tables": [], "full_refresh": False, **(params or {})})

    def test_serverless(self):
        stacks = place.stacks()
        arguments = self.command(**stacks.environment())
        options = stacks.options()
        self.assertEqual(arguments, [
            "--bronze", f"s3://{options['cfngen.bronze_bucket']}", "--silver", f"s3://{options['cfngen.silver_bucket']}",
            "--tables", f"s3://{options['cfngen.scripts_bucket']}/spark/tables.json"])
        self.assertEqual(self.command({"tables": ["orders", "sellers"], "full_refresh": True}, **stacks.environment()),
                         [*arguments, "--table", "orders", "--table", "sellers", "--full"])

    def test_cluster(self):
        scripts = place.stacks(OTHER_MODES)
        bucket = scripts.options()["cfngen.scripts_bucket"]
        self.assertEqual(self.command(**scripts.environment())[:6],
                         ["spark-submit", "--deploy-mode", "cluster", "--py-files", f"s3://{bucket}/spark/modules.zip",
                          f"s3://{bucket}/spark/bronze_to_silver.py"])

    def test_the_job_takes_them(self):
        """By the job's own parser, where it is there."""
        job = place.ROOT / "pipeline/spark/bronze_to_silver.py"
        python = os.environ.get("CFN_DATA_PYTHON", str(place.ROOT / ".venv/data/bin/python"))
        arguments = self.command({"tables": ["orders"], "full_refresh": True}, **place.told(**LOCAL))
        said = subprocess.run(
            [python, "-c", "import sys; sys.path.insert(0, sys.argv[1]); import bronze_to_silver as job;"
             "found = job.parser().parse_args(sys.argv[2:]); print(found.bronze, found.tables, found.table, found.full)",
             str(job.parent), *arguments], capture_output=True, text=True, check=False)
        self.assertEqual(said.stdout.split(), ["/lake/bronze", str(place.ROOT / "pipeline/tables.json"), "['orders']",
                                               "True"], said.stderr)

    def test_what_is_missing(self):
        from cfngen_shop import settings
        with place.environment(**place.told(engine="emr_serverless", silver_bucket="s")):
            self.assertEqual(settings.load().missing(),
                             ["scripts_bucket", "bronze_bucket", "emr_job_role_arn", "emr_job_tags"])
        with place.environment(**place.told(engine="local", python="p", dbt="d")):
            self.assertEqual(settings.load().missing(), ["home", "bronze", "silver", "warehouse"])
        with place.environment(**place.stacks().environment()):
            self.assertEqual(settings.load().missing(), [])


class Reconcile(unittest.TestCase):
    ROWS = [
        ("bronze", "orders", "rows", "100", "0"), ("silver", "orders", "rows", "98", "2"),
        ("warehouse", "orders", "rows", "98", "2"), ("bronze", "order_items", "rows", "5", None),
        ("silver", "order_items", "rows", "5", "0"), ("warehouse", "order_items", "rows", "5", "0"),
        ("bronze", "order_items", "sum(price)", "13.70", "0"), ("silver", "order_items", "sum(price)", "13.7", "0.00"),
        ("warehouse", "order_items", "sum(price)", "13.70", ""), ("bronze", "orders", "checksum", "77", "0"),
        ("silver", "orders", "checksum", "77", "0"),
    ]

    def check(self, rows):
        from cfngen_shop import reconcile
        return reconcile.check(rows)

    def differs(self, rows, message):
        from cfngen_shop.reconcile import MismatchError
        with self.assertRaises(MismatchError) as caught:
            self.check(rows)
        self.assertEqual(str(caught.exception), message)

    def test_equal(self):
        """What was held back counts; a measure that a layer leaves out does not."""
        table = self.check(self.ROWS)
        self.assertRegex(table, r"orders +checksum +77 +77 +-")
        self.assertRegex(table, r"orders +rows +100 +100 +100")

    def test_a_lost_row(self):
        rows = [*self.ROWS[:2], ("warehouse", "orders", "rows", "97", "2"), *self.ROWS[3:]]
        self.differs(rows, "the layers differ: rows of orders: bronze 100, silver 100, warehouse 99")

    def test_a_lost_cent(self):
        rows = [row if row[:3] != ("silver", "order_items", "sum(price)") else (*row[:3], "13.69", "0")
                for row in self.ROWS]
        self.differs(rows, "the layers differ: sum(price) of order_items: bronze 13.70, silver 13.69, warehouse 13.70")

    def test_numbers_are_exact(self):
        large = "123456789012345678901234567890.01"
        rows = [(layer, "orders", "rows", large, "0") for layer in ("bronze", "silver", "warehouse")]
        self.assertIn(large, self.check(rows))
        rows[1] = (*rows[1][:3], large[:-1] + "2", "0")
        self.differs(rows, f"the layers differ: rows of orders: bronze {large}, silver {large[:-1]}2, warehouse {large}")

    def test_silence_is_no_agreement(self):
        self.differs([], "the layers differ: no layer states anything")
        self.differs([row for row in self.ROWS if row[0] != "warehouse"],
                     "the layers differ: warehouse states nothing of order_items; warehouse states nothing of orders")
        self.differs([row for row in self.ROWS if row[:2] != ("bronze", "orders")],
                     "the layers differ: bronze states nothing of orders")

    def test_nonsense(self):
        self.differs([("gold", "orders", "rows", "1", "0")], "the layer 'gold' is not one of bronze, silver, warehouse")
        self.differs([("bronze", "orders", "rows", "many", "0")], "bronze: rows of orders must be a number, not 'many'")
        self.differs([("bronze", "orders", "rows", None, "0")], "bronze: rows of orders has no value")
        self.differs(self.ROWS[:1] * 2, "bronze: rows of orders is stated twice")

    def test_answers_of_the_data_api(self):
        from cfngen_shop import reconcile
        record = [{"stringValue": "bronze"}, {"stringValue": "orders"}, {"stringValue": "rows"}, {"stringValue": "1"},
                  {"isNull": True}]
        self.assertEqual(reconcile.rows_of([{"Records": [record]}]), [["bronze", "orders", "rows", "1", None]])
        with self.assertRaisesRegex(reconcile.MismatchError, "more rows than one answer"):
            reconcile.rows_of([{"Records": [record], "NextToken": "more"}])


class Alarm(unittest.TestCase):
    class Task:
        dag_id, task_id, run_id, try_number, log_url = "shop_pipeline", "dbt_build", "manual__1", 2, "https://airflow/log"

    def test_text(self):
        from cfngen_shop import alarm
        self.assertEqual(alarm.subject_of(self.Task), "shop_pipeline: dbt_build has failed")
        text = alarm.message_of({"ti": self.Task, "exception": ValueError("no\nway")})
        self.assertEqual(text, "The task dbt_build of the DAG shop_pipeline has failed, and is not tried again.\n"
                               "Run: manual__1\nTry: 2\nReason: no\nway\nLog: https://airflow/log")
        self.assertLess(len(alarm.message_of({"ti": self.Task, "exception": ValueError("x" * 10**6)})), 3000)

    def test_subjects_are_what_sns_takes(self):
        from cfngen_shop import alarm

        class Odd(self.Task):
            task_id = "größe\n" + "x" * 200
        self.assertRegex(alarm.subject_of(Odd), r"\A[ -~]{1,100}\Z")

    def test_a_failure_to_tell_is_no_failure(self):
        from cfngen_shop import alarm
        tell = alarm.alarm("arn:aws:sns:eu-west-1:123456789012:alarms")
        with mock.patch.object(alarm.SnsHook, "publish_to_target", side_effect=RuntimeError("no network")) as asked, \
                self.assertLogs(alarm.LOG, "ERROR") as logged:
            tell({"ti": self.Task})
        self.assertEqual(asked.call_count, 1)
        self.assertIn("was not told", logged.output[0])


class Machines(unittest.TestCase):
    """What MWAA's machines get."""

    def packages(self):
        script = (place.ROOT / "pipeline/startup.sh").read_text()
        return dict(line.split("==") for line in re.search(r"<<'LIST'\n(.*?)\nLIST\n", script, re.S)[1].splitlines())

    def test_dbt_is_the_one_that_is_tested(self):
        lock = (place.ROOT / "tests/pipeline/requirements.txt").read_text()
        tested = {line.split("==")[0]: line.split("==")[1] for line in lock.splitlines() if "==" in line and line[0] != "#"}
        packages = self.packages()
        self.assertEqual({name: tested.get(name) for name in packages}, packages)

    def test_dbt_has_all_that_it_needs(self):
        """By what its packages themselves say, in the environment where it is tested."""
        python = os.environ.get("CFN_DATA_PYTHON", str(place.ROOT / ".venv/data/bin/python"))
        closure = (
            "import importlib.metadata as m, re, json\n"
            "norm = lambda n: re.sub('[-_.]+', '-', n).lower()\n"
            "found, left = set(), ['dbt-core', 'dbt-redshift']\n"
            "while left:\n"
            "    name = norm(left.pop())\n"
            "    if name in found: continue\n"
            "    found.add(name)\n"
            "    for line in m.requires(name) or []:\n"
            "        need, _, marker = line.partition(';')\n"
            "        if 'extra' not in marker and 'python_version <' not in marker.replace('\"', '') and 'win' not in "
            "marker.lower() and 'PyPy' not in marker: left.append(re.match('[A-Za-z0-9._-]+', need)[0])\n"
            "print(json.dumps(sorted(found)))")
        said = subprocess.run([python, "-c", closure], capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(sorted(set(json.loads(said.stdout)) - set(self.packages())), [])

    def test_the_dag_finds_dbt_where_the_script_puts_it(self):
        from cfngen_shop import settings
        script = (place.ROOT / "pipeline/startup.sh").read_text()
        folder = re.search(r"CFNGEN_DBT_FOLDER:-([^}]+)\}", script)[1]
        self.assertEqual(settings.DBT, f"{folder}/bin/dbt")

    def script(self, **variables):
        return subprocess.run(["sh", "-e", str(place.ROOT / "pipeline/startup.sh")], capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], **variables}, check=False)

    def test_only_machines_that_run_tasks_have_dbt(self):
        for component in ("scheduler", "webserver"):
            done = self.script(MWAA_AIRFLOW_COMPONENT=component, CFNGEN_DBT_FOLDER="/nonexistent/dbt")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_airflow_starts_all_the_same(self):
        folder = pathlib.Path(place.FOLDER.name, "broken")
        folder.mkdir()
        (folder / "python3").write_text("#!/bin/sh\nmkdir -p $3\nexit 1\n")
        (folder / "python3").chmod(0o755)
        done = self.script(PATH=f"{folder}:{os.environ['PATH']}", CFNGEN_DBT_FOLDER=str(folder / "dbt"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("dbt could not be installed", done.stderr)
        self.assertEqual([path.name for path in folder.iterdir()], ["python3"])

    def test_requirements_are_what_the_tests_have(self):
        lines = [line for line in (place.ROOT / "pipeline/requirements.txt").read_text().splitlines() if line[0] != "#"]
        self.assertRegex(lines[0], r'^--constraint "https://\S+/constraints-3\.0\.6/constraints-3\.12\.txt"$')
        for line in lines[1:]:
            name, version = re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\d.]+)", line).groups()
            self.assertEqual(importlib.metadata.version(name), version, name)

    def test_airflow_is_that_of_the_default_platform(self):
        self.assertEqual(place.stacks().resource("mwaa", "Environment")["AirflowVersion"],
                         importlib.metadata.version("apache-airflow"))


if __name__ == "__main__":
    unittest.main()

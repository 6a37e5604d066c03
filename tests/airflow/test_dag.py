"""The DAG as Airflow reads it: without a network, without AWS, for every platform."""
import copy
import os
import pathlib
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
                             (botocore.session.Session, "create_client"),
                             (botocore.session.Session, "get_credentials")):
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
            "--bronze", f"s3://{options['cfngen.bronze_bucket']}",
            "--silver", f"s3://{options['cfngen.silver_bucket']}",
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
             "found = job.parser().parse_args(sys.argv[2:]);"
             "print(found.bronze, found.tables, found.table, found.full)",
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


if __name__ == "__main__":
    unittest.main()

"""Whole runs on this machine: real Airflow, Spark, dbt and DuckDB, on a small shop's bronze layer."""
import json
import os
import pathlib
import re
import subprocess
import unittest
from unittest import mock

import place

PYTHON = os.environ.get("CFN_DATA_PYTHON", str(place.ROOT / ".venv/data/bin/python"))
LAKE = pathlib.Path(place.FOLDER.name, "lake")
TOPIC = f"arn:aws:sns:{place.REGION}:{place.ACCOUNT}:alarms"
OPTIONS = {"engine": "local", "home": str(place.ROOT), "python": PYTHON, "bronze": str(LAKE / "bronze"),
           "silver": str(LAKE / "silver"), "warehouse": str(LAKE / "warehouse.duckdb"), "retries": "0",
           "dbt": str(pathlib.Path(PYTHON).parent / "dbt"), "alarm_topic_arn": TOPIC}
SPARK = {"PYSPARK_PYTHON": PYTHON, "SPARK_LOCAL_IP": "127.0.0.1", "DO_NOT_TRACK": "1",
         "PYSPARK_SUBMIT_ARGS": "--master local[2] --driver-memory 1g --conf spark.ui.enabled=false "
                                "--conf spark.sql.shuffle.partitions=2 pyspark-shell"}
TASKS = ["plan", "spark", "catalog", "dbt_build", "dbt_freshness", "totals", "reconcile"]


def data(*words):
    done = subprocess.run([PYTHON, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


class OnThisMachine(unittest.TestCase):
    """In the order of their names: each run finds what the one before has left."""

    @classmethod
    def setUpClass(cls):
        variables = mock.patch.dict(os.environ, {**place.told(**OPTIONS), **SPARK})
        variables.start()
        cls.addClassCleanup(variables.stop)
        place.database()
        cls.expected = json.loads(data(place.ROOT / "tests/airflow/bronze.py", OPTIONS["bronze"], "load"))

    def setUp(self):
        from cfngen_shop import alarm
        publish = mock.patch.object(alarm.SnsHook, "publish_to_target")
        self.told = publish.start()
        self.addCleanup(publish.stop)

    def run_dag(self, only=None, **conf):
        """only: the tasks that really run; the others are taken as done."""
        done = None if only is None else re.compile("|".join(set(TASKS) - set(only)))
        states, self.done = place.run(place.known(), taken_as_done=done, **conf)
        return states

    def alarms(self):
        return [call.args[1] for call in self.told.call_args_list]

    def query(self, sql):
        return json.loads(data("-c", "import duckdb, json, sys; print(json.dumps(duckdb.connect(sys.argv[1])"
                                     ".execute(sys.argv[2]).fetchall()))", OPTIONS["warehouse"], sql))

    def rows_of(self, layer):
        found = self.query("select table_name, cast(value as bigint) + cast(quarantined as bigint) from "
                           f"analytics.reconciliation where measure = 'rows' and layer = '{layer}'")
        return dict(found)

    def test_1_from_bronze_to_the_warehouse(self):
        states = self.run_dag()
        self.assertEqual((states, str(self.done.state)), (dict.fromkeys(TASKS, "success"), "success"), self.alarms())
        for layer in ("bronze", "silver", "warehouse"):
            self.assertEqual(self.rows_of(layer), self.expected, layer)
        self.assertEqual(self.alarms(), [])

    def test_2_changes_go_all_the_way(self):
        expected = json.loads(data(place.ROOT / "tests/airflow/bronze.py", OPTIONS["bronze"], "change"))
        self.assertEqual(expected["order_reviews"], self.expected["order_reviews"] - 1)
        states = self.run_dag(tables=["order_reviews"], full_refresh=True)
        self.assertEqual(states, dict.fromkeys(TASKS, "success"), self.alarms())
        self.assertEqual(self.rows_of("warehouse"), expected)

    def test_3_layers_that_differ_fail_the_run(self):
        self.query("update analytics.reconciliation set value = cast(value as bigint) - 1 where layer = 'warehouse' "
                   "and table_name = 'orders' and measure = 'rows'")
        states = self.run_dag(only=["totals", "reconcile"])
        self.assertEqual((states["totals"], states["reconcile"], str(self.done.state)), ("success", "failed", "failed"))
        many = self.expected["orders"]
        (told,) = self.alarms()
        self.assertIn(f"the layers differ: rows of orders: bronze {many}, silver {many}, warehouse {many - 1}", told)

    def test_4_a_failed_job_leads_to_no_dbt(self):
        before = self.query("select count(*) from analytics.reconciliation")
        with place.environment(AIRFLOW__CFNGEN__BRONZE=str(LAKE / "nothing")):
            states = self.run_dag()
        self.assertEqual((states["plan"], states["spark"]), ("success", "failed"))
        self.assertEqual({states[task] for task in TASKS[2:]}, {"upstream_failed"})
        self.assertEqual(self.query("select count(*) from analytics.reconciliation"), before)
        (told,) = self.alarms()
        self.assertIn("no bronze at", told)

    def test_5_what_is_missing_is_told(self):
        with place.environment(AIRFLOW__CFNGEN__WAREHOUSE="", AIRFLOW__CFNGEN__PYTHON=""):
            states = self.run_dag()
        self.assertEqual(states["plan"], "failed")
        self.assertIn("options of [cfngen] are not set: python, warehouse", self.alarms()[0])


if __name__ == "__main__":
    unittest.main()

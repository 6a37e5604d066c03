"""Whole runs by Airflow's own loop, with the engines of AWS: against moto and a script (see aws.py). dbt is a stand-in
that keeps what it is told."""
import json
import os
import pathlib
import subprocess
import unittest
from unittest import mock

import aws
import place
import role

EQUAL = [(layer, "orders", "rows", "98" if layer != "bronze" else "100", "2" if layer != "bronze" else "0")
         for layer in ("bronze", "silver", "warehouse")]
DIFFER = [*EQUAL[:2], ("warehouse", "orders", "rows", "97", "2")]
FAKE_DBT = """#!/bin/sh
echo "$@" >>"{folder}/said"
env | grep -E '^(DBT|PYTHONPATH)' | sort >"{folder}/environment"
case "$1" in {fails}) echo "2 of 40 FAIL"; exit 1 ;; esac
"""
DONE = {"plan": "success", "spark": "success", "dbt_build": "success", "dbt_freshness": "success", "totals": "success",
        "reconcile": "success", "wants_crawl": "success", "crawl_bronze": "skipped"}


class OnAws(unittest.TestCase):
    LINES = ""

    @classmethod
    def setUpClass(cls):
        cls.stacks, cls.aws = place.stacks(cls.LINES), aws.Aws()
        cls.addClassCleanup(cls.aws.stop)
        variables = mock.patch.dict(os.environ, {**cls.stacks.environment(), **cls.aws.environment,
                                                 **place.told(retries="0", dbt=f"{place.FOLDER.name}/dbt")})
        variables.start()
        cls.addClassCleanup(variables.stop)
        place.database()
        cls.aws.crawler(cls.stacks.options()["cfngen.bronze_crawler"])
        cls.aws.topic(cls.stacks.options()["cfngen.alarm_topic_arn"])
        cls.aws.warehouse(cls.stacks.variable("redshift"))
        cls.prepare()

    @classmethod
    def prepare(cls):
        cls.application = cls.aws.application(cls.stacks.variable("emr"))

    def setUp(self):
        from cfngen_shop import spark
        quick = mock.patch.dict(spark.WAITS, waiter_delay=1)
        quick.start()
        self.addCleanup(quick.stop)
        self.dbt()
        self.dag = place.known()

    def dbt(self, fails="nothing"):
        self.folder = pathlib.Path(place.FOLDER.name)
        for name in ("said", "environment"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "dbt").write_text(FAKE_DBT.format(folder=self.folder, fails=fails))
        (self.folder / "dbt").chmod(0o755)

    def said(self):
        path = self.folder / "said"
        return path.read_text().splitlines() if path.exists() else []

    def run_dag(self, rows=EQUAL, refused=(), conf=None, **script):
        self.aws.begin(rows, refused, **script)
        with self.aws.watched():
            states, self.done = place.run(self.dag, **(conf or {}))
        return states

    def alarms(self):
        return [json.loads(call["Message"])["default"] for call in self.aws.named("Publish")]

    def check_role(self):
        """Each call that was made is one that the role allows: the action, on that resource, with those tags."""
        questions, asked = role.Questions(self.stacks), 0
        for call in self.aws.calls:
            for action, resource, context in questions.of(*call):
                asked += 1
                self.assertTrue(role.allows(self.stacks.statements(), action, resource, context),
                                f"{action} on {resource} with {context}")
        self.assertGreater(asked, 5)


class Serverless(OnAws):
    def test_a_whole_run(self):
        aws.backend("emr-serverless").applications[self.application].state = "STOPPED"  # as after idle minutes
        states = self.run_dag(conf={"tables": ["orders"], "full_refresh": True})
        self.assertEqual((states, str(self.done.state)), (DONE, "success"), self.alarms())
        (job,) = self.aws.named("StartJobRun")
        options = self.stacks.options()
        scripts = f"s3://{options['cfngen.scripts_bucket']}/spark"
        self.assertEqual(job["applicationId"], self.application)
        self.assertEqual(job["executionRoleArn"], options["cfngen.emr_job_role_arn"])
        self.assertEqual(job["tags"], {"Project": "shop", "Environment": "dev"})
        self.assertEqual(job["name"], f"bronze_to_silver {self.done.run_id}")
        self.assertEqual(job["executionTimeoutMinutes"], 120)
        self.assertEqual(job["jobDriver"]["sparkSubmit"], {
            "entryPoint": f"{scripts}/bronze_to_silver.py",
            "entryPointArguments": [
                "--bronze", f"s3://{options['cfngen.bronze_bucket']}", "--silver",
                f"s3://{options['cfngen.silver_bucket']}", "--tables", f"{scripts}/tables.json",
                "--table", "orders", "--full"],
            "sparkSubmitParameters": f"--py-files {scripts}/modules.zip"})
        self.assertEqual(self.aws.named("StartApplication"), [{"applicationId": self.application}])
        self.assertEqual(self.said(), ["build --full-refresh", "source freshness"])
        (statement,) = self.aws.named("ExecuteStatement")
        self.assertEqual((statement["WorkgroupName"], statement["Database"]), ("shop-dev-warehouse", "warehouse"))
        self.assertIn("from analytics.reconciliation", statement["Sql"])
        self.assertEqual(self.alarms(), [])
        self.check_role()
        self.published(["shop_silver", "shop_warehouse"])

    def published(self, names):
        """Assets that other DAGs wait for."""
        from airflow.models.asset import AssetEvent
        from airflow.utils.session import create_session
        with create_session() as session:
            events = session.query(AssetEvent).filter(AssetEvent.source_run_id == self.done.run_id).all()
            self.assertEqual(sorted(event.asset.name for event in events), names)

    def test_dbt_gets_its_way_to_the_warehouse_and_nothing_of_airflow(self):
        with place.environment(PYTHONPATH="/usr/local/airflow/plugins"):
            self.run_dag()
        found = dict(line.split("=", 1) for line in (self.folder / "environment").read_text().splitlines())
        self.assertNotIn("PYTHONPATH", found)
        self.assertEqual({k: found[k] for k in ("DBT_TARGET", "DBT_HOST", "DBT_PORT", "DBT_DATABASE", "DBT_WORKGROUP")},
                         {"DBT_TARGET": "redshift", "DBT_HOST": "warehouse.internal", "DBT_PORT": "5439",
                          "DBT_DATABASE": "warehouse", "DBT_WORKGROUP": "shop-dev-warehouse"})
        self.assertEqual(found["DBT_PROJECT_DIR"], f"{place.DAGS}/dbt_project")
        for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH"):
            self.assertFalse(found[name].startswith(str(place.DAGS)), name)

    def test_a_failed_job_leads_to_no_dbt(self):
        states = self.run_dag(job=["RUNNING", "FAILED"])
        self.assertEqual((states["spark"], states["dbt_build"], states["reconcile"]),
                         ("failed", "upstream_failed", "upstream_failed"))
        self.assertEqual(str(self.done.state), "failed")
        self.assertEqual(self.said(), [])
        self.published([])

    def test_a_job_that_does_not_start_is_told(self):
        states = self.run_dag(refused={"StartJobRun": "ValidationException"})
        self.assertEqual((states["spark"], states["dbt_build"]), ("failed", "upstream_failed"))
        (told,) = self.alarms()
        self.assertIn("The task spark of the DAG shop_pipeline has failed", told)
        self.assertIn("ValidationException", told)
        self.assertIn(self.done.run_id, told)
        self.assertEqual(self.aws.named("Publish")[0]["Subject"], "shop_pipeline: spark has failed")
        self.check_role()

    def test_what_the_trigger_tells_fails_the_task(self):
        """Airflow wakes a task whose trigger has failed by this name; then the callback runs as for any failure."""
        from airflow.exceptions import TaskDeferralError
        with self.assertRaises(TaskDeferralError):
            self.dag.get_task("spark").resume_execution("__fail__", {"error": "Trigger failure"}, {})

    def test_an_alarm_that_cannot_be_told_changes_nothing(self):
        states = self.run_dag(refused={"StartJobRun": "ValidationException", "Publish": "NotFound"})
        self.assertEqual(states["spark"], "failed")
        self.assertEqual(len(self.aws.named("Publish")), 1)

    def test_a_failed_model_leads_to_no_totals(self):
        self.dbt(fails="build")
        states = self.run_dag()
        self.assertEqual((states["dbt_build"], states["totals"]), ("failed", "upstream_failed"))
        self.assertIn("dbt_build", self.alarms()[0])
        self.published(["shop_silver"])

    def test_stale_sources_fail_the_run(self):
        self.dbt(fails="source")
        states = self.run_dag()
        self.assertEqual((states["dbt_build"], states["dbt_freshness"]), ("success", "failed"))

    def test_a_worker_without_dbt_says_so(self):
        (self.folder / "dbt").unlink()
        states = self.run_dag()
        self.assertEqual(states["dbt_build"], "failed")

    def test_layers_that_differ_fail_the_run(self):
        states = self.run_dag(rows=DIFFER)
        self.assertEqual((states["totals"], states["reconcile"], str(self.done.state)), ("success", "failed", "failed"))
        (told,) = self.alarms()
        self.assertIn("the layers differ: rows of orders: bronze 100, silver 100, warehouse 99", told)
        self.published(["shop_silver"])

    def test_a_failed_statement_fails_the_run(self):
        self.assertEqual(self.run_dag(statement=["STARTED", "FAILED"])["totals"], "failed")

    def test_a_crawl_that_was_asked_for(self):
        states = self.run_dag(conf={"crawl_bronze": True})
        self.assertEqual(states["crawl_bronze"], "success")
        self.assertEqual(self.aws.named("StartCrawler"), [{"Name": "shop-dev-bronze"}])
        self.assertEqual(self.aws.named("UpdateCrawler") + self.aws.named("CreateCrawler"), [])
        self.check_role()

    def test_a_failed_crawl(self):
        states = self.run_dag(conf={"crawl_bronze": True}, crawl=["FAILED"])
        self.assertEqual((states["crawl_bronze"], states["reconcile"]), ("failed", "success"))

    def test_no_crawl_that_was_not(self):
        self.run_dag()
        self.assertEqual(self.aws.named("StartCrawler"), [])

    def test_a_job_that_is_alive_is_not_started_again(self):
        """As when the trigger was lost: the try before has started a job, which goes on."""
        from airflow.utils import timezone
        moment = timezone.utcnow()
        run_id = f"manual__{moment.isoformat()}"
        alive = self.aws.client("emr-serverless").start_job_run(
            applicationId=self.application, executionRoleArn=self.stacks.options()["cfngen.emr_job_role_arn"],
            clientToken="before", name=f"bronze_to_silver {run_id}")["jobRunId"]
        self.aws.job(alive).state = "RUNNING"
        self.aws.begin(EQUAL)
        with self.aws.watched():
            _, self.done = place.run(self.dag, moment)
        self.assertEqual((self.done.run_id, str(self.done.state)), (run_id, "success"))
        self.assertEqual(self.aws.named("StartJobRun"), [])
        self.assertEqual({call["jobRunId"] for call in self.aws.named("GetJobRun")}, {alive})

    def test_a_job_of_another_run_is_not_waited_for(self):
        other = self.aws.client("emr-serverless").start_job_run(
            applicationId=self.application, executionRoleArn=self.stacks.options()["cfngen.emr_job_role_arn"],
            clientToken="other", name="bronze_to_silver manual__of_another_day")["jobRunId"]
        self.aws.job(other).state = "RUNNING"
        self.addCleanup(setattr, self.aws.job(other), "state", "SUCCESS")
        self.run_dag()
        self.assertEqual(len(self.aws.named("StartJobRun")), 1)

    def test_a_platform_that_is_not_told_of_is_refused(self):
        with place.environment(AIRFLOW__CFNGEN__SILVER_BUCKET=""):
            self.dag = place.known()
            states = self.run_dag()
        self.assertEqual((states["plan"], states["spark"]), ("failed", "upstream_failed"))
        self.assertIn("options of [cfngen] are not set: silver_bucket", self.alarms()[0])

    def test_nothing_is_asked_that_the_role_has_not(self):
        """The other way round: of the services that the DAG uses, the role has little that no run here has used."""
        self.run_dag(conf={"crawl_bronze": True}, rows=DIFFER)
        used = {action for call in self.aws.calls for action, _, _ in role.Questions(self.stacks).of(*call)}
        prefixes = {action.split(":")[0] for action in used} - {"iam"}
        has = {action for statement in self.stacks.statements() for action in role.as_list(statement["Action"])
               if action.split(":")[0] in prefixes}
        self.assertEqual(has - used - {"emr-serverless:StartApplication"}, {
            "emr-serverless:CancelJobRun",  # when a task is stopped before it waits
            "redshift-data:BatchExecuteStatement", "redshift-data:CancelStatement"})  # several statements; stopped


class Cluster(OnAws):
    LINES = "emr: {mode: ec2}\nredshift: {mode: provisioned}\n"

    @classmethod
    def prepare(cls):
        cls.cluster = cls.aws.cluster(cls.stacks.variable("emr"))

    def test_a_whole_run(self):
        states = self.run_dag(conf={"tables": ["sellers"]})
        self.assertEqual((states, str(self.done.state)), (DONE, "success"), self.alarms())
        (call,) = self.aws.named("AddJobFlowSteps")
        options = self.stacks.options()
        self.assertEqual((call["JobFlowId"], call["ExecutionRoleArn"]),
                         (self.cluster, options["cfngen.emr_job_role_arn"]))
        (step,) = call["Steps"]
        self.assertEqual((step["Name"], step["ActionOnFailure"]), (f"bronze_to_silver {self.done.run_id}", "CONTINUE"))
        self.assertEqual(step["HadoopJarStep"]["Jar"], "command-runner.jar")
        self.assertEqual(step["HadoopJarStep"]["Args"][:3], ["spark-submit", "--deploy-mode", "cluster"])
        self.assertEqual(step["HadoopJarStep"]["Args"][-2:], ["--table", "sellers"])
        (statement,) = self.aws.named("ExecuteStatement")
        self.assertEqual(statement["ClusterIdentifier"], "shop-dev-warehouse")
        self.check_role()

    def test_a_failed_step_leads_to_no_dbt(self):
        states = self.run_dag(step=["RUNNING", "FAILED"])
        self.assertEqual((states["spark"], states["dbt_build"], self.said()), ("failed", "upstream_failed", []))

    def test_a_step_that_is_alive_is_not_added_again(self):
        from airflow.utils import timezone
        moment = timezone.utcnow()
        alive = self.aws.client("emr").add_job_flow_steps(JobFlowId=self.cluster, Steps=[{
            "Name": f"bronze_to_silver manual__{moment.isoformat()}",
            "HadoopJarStep": {"Jar": "command-runner.jar"}}])["StepIds"]
        self.aws.begin(EQUAL)
        with self.aws.watched():
            _, self.done = place.run(self.dag, moment)
        self.assertEqual(str(self.done.state), "success")
        self.assertEqual(self.aws.named("AddJobFlowSteps"), [])
        self.assertIn(alive, [call.get("StepIds") for call in self.aws.named("ListSteps")])


class RealDbt(unittest.TestCase):
    """dbt itself takes what the task gives it: it reads the project for Redshift, without connecting."""

    def test_it_parses(self):
        from cfngen_shop import settings, warehouse
        dbt = pathlib.Path(os.environ.get("CFN_DATA_PYTHON", place.ROOT / ".venv/data/bin/python")).parent / "dbt"
        with place.environment(**place.stacks().environment(),
                               **place.told(dbt=str(dbt), dbt_project=str(place.ROOT / "dbt_project"))):
            given = warehouse.dbt_environment(settings.load())
        given = {name: value.replace("{{ var.value.redshift_host }}", "warehouse.internal")
                 for name, value in given.items()}
        script = warehouse.RUN % {"section": "cfngen", "verb": "parse", "more": ""}
        done = subprocess.run(["bash", "-c", script], cwd=place.FOLDER.name, env={**os.environ, **given},
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()

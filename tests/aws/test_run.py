"""`cfngen run` over the wire: the platform of the simulation, and stand-ins for Airflow and EMR, whose requests and answers are
held against botocore's model; moto for what it has of EMR Serverless.

moto 5.2 knows no MWAA. Of EMR Serverless it takes a job run and shows it as SUCCESS at once
(StartJobRun, GetJobRun without two required members, CancelJobRun; no dashboards); of EMR it takes a step that never ends and
has no CancelSteps. `Airflow` below is no Airflow: it has one DAG, whose
tasks move by one state at each look; what it takes as a body is what the REST API of Airflow 3 (v2) or 2 (v1) documents.
"""
import datetime
import json
import signal
import time
import unittest

import fake
import platform_with
import test_moto

ARN = "arn:aws:emr-serverless:eu-west-1:123456789012:/applications/00frwqw7lvsiviqw/jobruns/00job0"
NOW = datetime.datetime(2026, 11, 30, tzinfo=datetime.timezone.utc)


class Airflow:
    """MWAA's doors to one DAG."""

    def __init__(self, version="3.0.6", ends="success", paused=False):
        self.version, self.ends, self.paused, self.runs, self.looks, self.slow = version, ends, paused, {}, 0, False
        self.lose = 0

    def GetEnvironment(self, Name):
        return {"Environment": {"Name": Name, "Status": "AVAILABLE", "AirflowVersion": self.version}}

    def InvokeRestApi(self, Name, Path, Method, Body=None, QueryParameters=None):
        if Name != "shop-dev-airflow":
            raise fake.Refusal("ResourceNotFoundException", f"no environment {Name}", 404)
        words = Path.strip("/").split("/")
        if words[1] != "shop_pipeline":
            self.refuse(404, f"The DAG with ID: `{words[1]}` was not found")
        answer = getattr(self, {2: "dag", 3: "dag_runs", 4: "dag_run", 5: "tasks"}[len(words)])(Method, words, Body)
        if self.lose and Method == "POST":
            self.lose -= 1
            raise fake.Refusal("InternalServerException", "lost", 500)
        return {"RestApiStatusCode": 200, "RestApiResponse": answer}

    @staticmethod
    def refuse(status, detail):
        raise fake.Refusal("RestApiClientException", "", RestApiStatusCode=status, RestApiResponse={"detail": detail})

    def dag(self, method, words, body):
        if method == "PATCH":
            assert body == {"is_paused": False}, body
            self.paused = False
        return {"dag_id": words[1], "is_paused": self.paused}

    def dag_runs(self, method, words, body):
        wanted = {"dag_run_id", "conf"} | ({"logical_date"} if self.version[0] == "3" else set())
        assert method == "POST" and set(body) == wanted, body
        if body["dag_run_id"] in self.runs:
            self.refuse(409, "DAGRun with dag_run_id already exists")
        self.runs[body["dag_run_id"]] = {"conf": body["conf"], "state": "queued"}
        return {"dag_run_id": body["dag_run_id"], "state": "queued"}

    def dag_run(self, method, words, body):
        run = self.runs[words[3]]
        if method == "PATCH":
            assert body == {"state": "failed"}, body
            run["state"] = "failed"
        elif run["state"] != "failed" and not self.slow:
            run["state"] = {"queued": "running", "running": self.ends}.get(run["state"], run["state"])
        return {"dag_id": words[1], "dag_run_id": words[3], "state": run["state"]}

    def tasks(self, method, words, body):
        state = self.runs[words[3]]["state"]
        done = state in ("success", "failed")
        task = {"dag_run_id": words[3], "map_index": -1, "try_number": 1, "start_date": "2026-11-30T00:00:00Z"}
        return {"task_instances": [
            {**task, "task_id": "load_silver", "state": state if done else None, "start_date": "2026-11-30T00:01:00Z"},
            {**task, "task_id": "wait_for_files", "state": "success" if done else "running", "duration": 3.5}]}


class Spark:
    """EMR Serverless with one application."""

    def __init__(self, ends="SUCCESS"):
        self.jobs, self.tokens, self.states, self.cancelled = {}, {}, ["SUBMITTED", "SCHEDULED", "RUNNING", ends], []
        self.lose, self.slow = 0, False

    def StartJobRun(self, **job):
        number = self.tokens.setdefault(job["clientToken"], f"00job{len(self.tokens)}")
        self.jobs[number] = {**job, "looks": 0}
        if self.lose:
            self.lose -= 1
            raise fake.Refusal("InternalServerException", "lost", 500)
        return {"applicationId": job["applicationId"], "jobRunId": number, "arn": ARN}

    def GetJobRun(self, applicationId, jobRunId):
        job = self.jobs[jobRunId]
        state = self.states[min(job["looks"], 2 if self.slow else 3)]
        job["looks"] += 1
        return {"jobRun": {"applicationId": applicationId, "jobRunId": jobRunId, "arn": ARN,
                           "createdBy": "arn:aws:iam::123456789012:user/test", "createdAt": NOW, "updatedAt": NOW, "releaseLabel": "emr-7.13.0",
                           "executionRole": job["executionRoleArn"], "state": state, "jobDriver": job["jobDriver"],
                           "stateDetails": "Job failed, exit code 1" if state == "FAILED" else "as it is"}}

    def CancelJobRun(self, applicationId, jobRunId):
        self.cancelled.append(jobRunId)
        return {"applicationId": applicationId, "jobRunId": jobRunId}

    def GetDashboardForJobRun(self, applicationId, jobRunId):
        return {"url": f"https://dashboard.example/{jobRunId}?authToken=t"}


class Run(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.platform = cls.enterClassContext(platform_with.Deployed())

    def setUp(self):
        self.airflow, self.spark = Airflow(), Spark()

    def server(self):
        if not hasattr(self, "fake"):
            self.fake = self.enterContext(fake.Fake(mwaa=self.airflow, emr_serverless=self.spark))
        return {"MWAA": self.fake.url, "EMR_SERVERLESS": self.fake.url}

    def says(self, code, *words, **more):
        said = self.platform.ask("run", "--poll", "0.05", *words, endpoints=self.server(), **more)
        self.assertEqual(said.returncode, code, said.stdout + said.stderr)
        self.assertEqual(self.fake.wrong, [])
        return said

    def test_the_pipeline(self):
        said = self.says(0).stdout
        number, = self.airflow.runs
        self.assertIn(f"shop_pipeline is begun: {number}\n", said)
        lines = [line.split("  ", 1)[1] for line in said.splitlines() if line[:4].isdigit()]
        self.assertEqual(lines, ["shop_pipeline  wait_for_files  running", "shop_pipeline  running",
                                 "shop_pipeline  wait_for_files  success  4s", "shop_pipeline  load_silver  success",
                                 "shop_pipeline  success"])

    def test_airflow_2(self):
        self.airflow = Airflow("2.10.3")
        self.says(0, "dag", "shop_pipeline", "--conf", '{"full": true}')
        self.assertEqual([run["conf"] for run in self.airflow.runs.values()], [{"full": True}])

    def test_a_failure_names_the_task_and_its_log(self):
        self.airflow = Airflow(ends="failed")
        said = self.says(1)
        self.assertIn("has ended as failed: failed: load_silver", said.stderr)
        self.assertRegex(said.stdout, r"log of load_silver: https://eu-west-1\.console\.aws\.amazon\.com/cloudwatch/\S+"
                                      r"airflow-shop-dev-airflow-Task/log-events/dag_id\$253Dshop_pipeline\S+attempt\$253D1\.log")

    def test_a_paused_dag(self):
        self.airflow = Airflow(paused=True)
        self.assertIn("--unpause", self.says(1).stderr)
        self.assertEqual(self.airflow.runs, {})
        self.says(0, "--unpause")
        self.assertEqual(len(self.airflow.runs), 1)

    def test_a_dag_that_is_not_there(self):
        said = self.says(1, "dag", "other")
        self.assertIn("Airflow has no DAG 'other'", said.stderr)
        self.assertIn("cfngen upload", said.stderr)

    def test_a_lost_answer_begins_no_second_run(self):
        self.airflow.lose = self.spark.lose = 1
        self.says(0)
        self.assertEqual(len(self.airflow.runs), 1)
        self.says(0, "job")
        self.assertEqual(len(self.spark.jobs), 1)

    def test_without_waiting_and_following(self):
        said = self.says(0, "--no-wait", "--output", "json").stdout
        begun = json.loads(said)
        self.assertEqual((begun["kind"], begun["name"]), ("begun", "shop_pipeline"))
        looks = [json.loads(line) for line in self.says(0, "--follow", begun["id"], "--output", "json").stdout.splitlines()]
        self.assertEqual([look.get("state") for look in looks[1:]], ["running", "success"])
        self.assertEqual(looks[-1]["tasks"][0]["name"], "wait_for_files")
        self.assertEqual(len(self.airflow.runs), 1)

    def test_cancel(self):
        number = json.loads(self.says(0, "--no-wait", "--output", "json").stdout)["id"]
        self.says(0, "--cancel", number)
        self.assertEqual(self.airflow.runs[number]["state"], "failed")

    def test_a_spark_job(self):
        said = self.says(0, "job", "--dashboard").stdout
        job, = self.spark.jobs.values()
        submit = job["jobDriver"]["sparkSubmit"]
        scripts, = {submit["entryPoint"].split("/")[2]}
        self.assertRegex(scripts, r"^shop-dev-scripts-\d{12}-eu-west-1$")
        self.assertEqual(submit["entryPoint"], f"s3://{scripts}/spark/bronze_to_silver.py")
        self.assertEqual(submit["sparkSubmitParameters"], f"--py-files s3://{scripts}/spark/modules.zip")
        words = submit["entryPointArguments"]
        self.assertEqual(words[::2], ["--bronze", "--silver", "--tables"])
        self.assertRegex(words[1], r"^s3://shop-dev-bronze-\d{12}-eu-west-1$")
        self.assertEqual(words[5], f"s3://{scripts}/spark/tables.json")
        self.assertEqual((job["tags"]["Project"], job["tags"]["Environment"]), ("shop", "dev"))
        self.assertIn("role/shop-dev-spark-eu-west-1", job["executionRoleArn"])
        self.assertEqual([line.split("  ")[2] for line in said.splitlines() if line[:4].isdigit()],
                         ["SUBMITTED", "SCHEDULED", "RUNNING", "SUCCESS"])
        self.assertIn("Spark's pages: https://dashboard.example/00job0?authToken=t", said)
        self.assertIn("logs: https://eu-west-1.console.aws.amazon.com/cloudwatch/home", said)

    def test_arguments_of_ones_own(self):
        self.says(0, "job", "bronze_to_silver", "--", "--table", "orders", "--full")
        job, = self.spark.jobs.values()
        self.assertEqual(job["jobDriver"]["sparkSubmit"]["entryPointArguments"][6:], ["--table", "orders", "--full"])

    def test_a_failed_job(self):
        self.spark = Spark("FAILED")
        said = self.says(1, "job")
        self.assertIn("bronze_to_silver 00job0 has ended as FAILED: Job failed, exit code 1", said.stderr)

    def test_the_time_is_up(self):
        self.spark.slow = True
        said = self.says(1, "job", "--timeout", "1")
        self.assertIn("the time is up; it goes on: 'cfngen run job bronze_to_silver --follow 00job0' follows it", said.stderr)
        self.assertEqual(self.spark.cancelled, [])

    def interrupted(self, *words):
        self.spark.slow = True
        process = self.platform.begin("run", "job", "--poll", "0.05", *words, endpoints=self.server())
        end = time.monotonic() + 60
        while time.monotonic() < end and not any(job["looks"] > 2 for job in self.spark.jobs.values()):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 1, said)
        return said

    def test_an_interrupt_leaves_it_running(self):
        self.assertIn("--follow 00job0' follows it", self.interrupted())
        self.assertEqual(self.spark.cancelled, [])

    def test_an_interrupt_that_cancels(self):
        self.assertIn("bronze_to_silver 00job0 is asked to end", self.interrupted("--cancel-on-interrupt"))
        self.assertEqual(self.spark.cancelled, ["00job0"])

    def test_usage(self):
        for words, says in [(("frob",), "takes 'dag NAME' or 'job NAME', not 'frob'"),
                            (("dag", "a/b"), "a name has letters"), (("dag", "a", "b"), "a DAG takes --conf"),
                            (("--conf", "[1]"), "--conf must be a JSON object"), (("--conf", "{"), "--conf must be a JSON object"),
                            (("job", "--unpause"), "--unpause goes with a DAG"), (("--dashboard",), "--dashboard goes with a job"),
                            (("--follow", "x", "--no-wait"), "goes neither with"), (("--timeout", "0"), "from 1 to")]:
            self.assertIn(says, self.says(2, *words).stderr)


class Elsewhere(unittest.TestCase):
    def test_what_is_not_deployed_is_named(self):
        with platform_with.Deployed(stacks=["emr"]) as deployed:
            said = deployed.ask("run")
            self.assertEqual(said.returncode, 1, said.stderr)
            self.assertIn("the stack mwaa, whose output EnvironmentName is needed, is not deployed", said.stderr)
            self.assertIn("cfngen deploy --stack mwaa", said.stderr)

    def test_moto_runs_a_serverless_job(self):
        with platform_with.Deployed(stacks=["emr"]) as deployed, test_moto.Server() as moto:
            client = moto.client("emr-serverless")
            application = client.create_application(name="x", releaseLabel="emr-7.13.0", type="SPARK")["applicationId"]
            with fake.Fake(emr_serverless=Passed(client, application)) as server:
                at = {"EMR_SERVERLESS": server.url}
                said = deployed.ask("run", "job", "--poll", "0.05", endpoints=at)
                self.assertEqual((said.returncode, server.wrong), (0, []), said.stdout + said.stderr)
            run, = client.list_job_runs(applicationId=application)["jobRuns"]
            self.assertEqual(run["name"], "bronze_to_silver")

    def test_moto_runs_a_step(self):
        platform = platform_with.simulation.PLATFORM + "emr: {mode: ec2}\n"
        with platform_with.Deployed(platform, ["emr"]) as deployed, test_moto.Server() as moto:
            emr = moto.client("emr")
            cluster = emr.run_job_flow(Name="x", ReleaseLabel="emr-7.13.0", Instances={
                "MasterInstanceType": "m6g.xlarge", "SlaveInstanceType": "m6g.xlarge", "InstanceCount": 2,
                "KeepJobFlowAliveWhenNoSteps": True}, JobFlowRole="a", ServiceRole="b")["JobFlowId"]
            with fake.Fake(emr=Steps(emr, cluster)) as server:
                said = deployed.ask("run", "job", "--poll", "0.05", "--timeout", "1", endpoints={"EMR": server.url})
                self.assertEqual((said.returncode, server.wrong), (1, []), said.stdout + said.stderr)
                self.assertIn("the time is up; it goes on", said.stderr)
            step, = emr.list_steps(ClusterId=cluster)["Steps"]
            self.assertEqual(step["Config"]["Args"][:3], ["spark-submit", "--deploy-mode", "cluster"])
            self.assertEqual(step["ActionOnFailure"], "CONTINUE")


class Passed:
    """Hands on to moto, with the id that moto has given an application in place of the simulation's."""

    def __init__(self, client, application):
        self.client, self.application = client, application

    def StartJobRun(self, **job):
        answer = self.client.start_job_run(**{**job, "applicationId": self.application})
        return {key: answer[key] for key in ("applicationId", "jobRunId", "arn")}

    def GetJobRun(self, applicationId, jobRunId):
        run = self.client.get_job_run(applicationId=self.application, jobRunId=jobRunId)["jobRun"]
        return {"jobRun": {"createdBy": "arn:aws:iam::123456789012:user/test", "stateDetails": "-", **run}}


class Steps:
    """The same for steps of a cluster."""

    def __init__(self, client, cluster):
        self.client, self.cluster = client, cluster

    def AddJobFlowSteps(self, JobFlowId, Steps, ExecutionRoleArn):
        return {"StepIds": self.client.add_job_flow_steps(JobFlowId=self.cluster, Steps=Steps)["StepIds"]}

    def DescribeStep(self, ClusterId, StepId):
        return {"Step": self.client.describe_step(ClusterId=self.cluster, StepId=StepId)["Step"]}


if __name__ == "__main__":
    unittest.main()

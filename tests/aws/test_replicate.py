"""`cfngen replicate` over the wire: against moto, and against a script where moto cannot go.

What moto 5.2 cannot do of DMS, so that a script stands in for it: statistics of tables (DescribeTableStatistics is not
known there), a load that takes time or fails (a started task runs at once, wholly loaded), connections that fail, times as
numbers (its are texts), a task that becomes ready (it is "creating" until it is started), serverless replications, tags
that come and go (AddTagsToResource: HTTP 500), AWS::DMS::* in its CloudFormation. So its stack has the outputs of dms and
nothing of dms in it. Its CloudWatch answers, and knows no metric of DMS.

The script is no DMS either: it answers with what a test tells it, in order, and holds every request against botocore's
model (names of members, required ones, types) and every answer of its own too.
"""
import contextlib
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

import botocore.session
import botocore.validate

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import simulation  # noqa: E402
from test_moto import Server as Moto  # noqa: E402

DMS = botocore.session.get_session().get_service_model("dms")
TASK = "arn:aws:dms:eu-west-1:123456789012:task:shop-dev-replication"
ENDS = {"ReplicationInstanceArn": "arn:aws:dms:eu-west-1:123456789012:rep:I",
        "SourceEndpointArn": "arn:aws:dms:eu-west-1:123456789012:endpoint:S",
        "TargetEndpointArn": "arn:aws:dms:eu-west-1:123456789012:endpoint:T"}
STACK = """<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>
<member><StackName>shop-dev-dms</StackName><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>%s</Outputs></member></Stacks>
</DescribeStacksResult></DescribeStacksResponse>"""
METRICS = """<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><GetMetricStatisticsResult>
<Label>CDCLatencySource</Label><Datapoints><member><Timestamp>2026-01-01T00:01:00Z</Timestamp><Average>99.0</Average></member>
<member><Timestamp>2026-01-01T00:02:00Z</Timestamp><Average>7.6</Average></member></Datapoints></GetMetricStatisticsResult>
</GetMetricStatisticsResponse>"""


def outputs(values):
    return "".join(f"<member><OutputKey>{k}</OutputKey><OutputValue>{v}</OutputValue></member>" for k, v in values.items())


class Script(http.server.ThreadingHTTPServer):
    """Answers each action with the next of its answers, and with the last one for ever."""
    daemon_threads = True

    def __init__(self, answers, stack):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = {action: list(those) for action, those in answers.items()}
        self.stack, self.asked, self.wrong = stack, [], []

    def judge(self, action, value, shape, what):
        report = botocore.validate.ParamValidator().validate(value, shape)
        unknown = set(value) - set(shape.members)
        if report.has_errors() or unknown:
            self.wrong.append(f"{what} of {action}: {report.generate_report()} {unknown or ''}")

    def answer_to(self, action, value):
        operation = DMS.operation_model(action)
        self.judge(action, value, operation.input_shape, "input")
        self.asked.append((action, value))
        answers = self.answers.get(action, [{}])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, str):
            return 400, {"__type": answer, "message": "as the script says"}
        self.judge(action, answer, operation.output_shape, "output")
        return 200, answer

    @property
    def actions(self):
        return [action for action, _ in self.asked]

    def last(self, action):
        return [value for name, value in self.asked if name == action][-1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        target, script = self.headers.get("X-Amz-Target"), self.server
        if target:
            service, _, action = target.partition(".")
            code, value = script.answer_to(action, json.loads(body))
            text = json.dumps(value)
            if service != "AmazonDMSv20160101" or self.headers["Content-Type"] != "application/x-amz-json-1.1":
                script.wrong.append(f"{action}: {service} {self.headers['Content-Type']}")
        else:
            form = dict(urllib.parse.parse_qsl(body))
            script.asked.append((form["Action"], form))
            code, text = 200, METRICS if form["Action"] == "GetMetricStatistics" else STACK % outputs(script.stack)
        self.send_response(code)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


def task(status, percent=0, loaded=0, loading=0, errored=0, started=None, **more):
    numbers = {"FullLoadProgressPercent": percent, "TablesLoaded": loaded, "TablesLoading": loading, "TablesQueued": 0,
               "TablesErrored": errored, **({"FreshStartDate": started, "StartDate": started} if started else {})}
    one = {"ReplicationTaskArn": TASK, "Status": status, "MigrationType": "full-load-and-cdc", **ENDS,
           "ReplicationTaskStats": numbers, **({"ReplicationTaskStartDate": started} if started else {}), **more}
    return {"ReplicationTasks": [one]}


def table(state, rows=99441):
    return {"ReplicationTaskArn": TASK, "TableStatistics": [
        {"SchemaName": "ecommerce", "TableName": "orders", "TableState": state, "FullLoadRows": rows, "Inserts": 3,
         "Updates": 2, "Deletes": 1, "FullLoadErrorRows": 0}]}


def connection(status, end="SourceEndpointArn", why=""):
    return {"ReplicationInstanceArn": ENDS["ReplicationInstanceArn"], "EndpointArn": ENDS[end], "Status": status,
            "LastFailureMessage": why}


class Scripted(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cfngen-replicate-")))
        (self.folder / "platform.yaml").write_text(simulation.PLATFORM)

    @contextlib.contextmanager
    def script(self, stack=None, **answers):
        stack = stack or {"ReplicationTaskArn": TASK, "ReplicationInstanceIdentifier": "shop-dev-dms"}
        with Script(answers, stack) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server
            server.shutdown()
        self.assertEqual(server.wrong, [])

    def says(self, code, server, *words):
        command = [str(simulation.COMMAND), "replicate", *words, "--endpoint", f"http://127.0.0.1:{server.server_port}"]
        if words[0] != "status":
            command += ["--poll", "0.05"]
        done = subprocess.run(command, cwd=self.folder, env=simulation.environment(self.folder), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=300, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def test_a_first_start(self):
        good = {"Connections": [connection("successful"), connection("successful", "TargetEndpointArn")]}
        with self.script(
                DescribeReplicationTasks=[task("ready"), task("starting", started=100), task("running", 40, 0, 1, started=100),
                                          task("running", 100, 1, started=100)],
                DescribeTableStatistics=["InvalidResourceStateFault", table("Full load", 5), table("Table completed")],
                DescribeConnections=[good], TestConnection=[{"Connection": connection("testing")}]) as server:
            said = self.says(0, server, "start").stdout
        self.assertIn("ecommerce.orders: Full load, 5 rows", said)
        self.assertIn("replicating: 100 %, 1 of 1 tables", said)
        self.assertEqual(server.last("StartReplicationTask"),
                         {"ReplicationTaskArn": TASK, "StartReplicationTaskType": "start-replication"})
        self.assertEqual(server.last("RemoveTagsFromResource"), {"ResourceArn": TASK, "TagKeys": ["cfngen:resume"]})
        metric = server.last("GetMetricStatistics")
        self.assertEqual([metric["Dimensions.member.2.Value"], metric["Statistics.member.1"]],
                         ["shop-dev-replication", "Average"])

    def test_a_connection_that_fails(self):
        bad = {"Connections": [connection("failed", why="could not connect to server: timed out"),
                               connection("successful", "TargetEndpointArn")]}
        with self.script(DescribeReplicationTasks=[task("ready")], DescribeConnections=[bad]) as server:
            said = self.says(1, server, "start").stderr
        self.assertIn("the connection to the source failed: could not connect to server: timed out", said)
        self.assertIn("security groups", said)
        self.assertNotIn("StartReplicationTask", server.actions)

    def test_a_table_in_error(self):
        with self.script(DescribeReplicationTasks=[task("running", 100, 0, 0, 1, started=5)],
                         DescribeTableStatistics=[table("Table error", 7)]) as server:
            said = self.says(1, server, "start").stderr
            self.says(1, server, "status")
        self.assertIn("ecommerce.orders: the table is in error after 7 rows", said)

    def test_a_task_that_fails(self):
        failed = task("failed", started=5, LastFailureMessage="all replication slots are in use",
                      StopReason="Stop Reason FATAL_ERROR")
        with self.script(DescribeReplicationTasks=[task("ready"), failed]) as server:
            said = self.says(1, server, "start", "--no-test").stderr
        self.assertIn("all replication slots are in use; Stop Reason FATAL_ERROR", said)
        self.assertIn("max_replication_slots", said)

    def test_status_for_people_and_machines(self):
        with self.script(DescribeReplicationTasks=[task("running", 100, 1, started=5)],
                         DescribeTableStatistics=[table("Table completed")]) as server:
            said = self.says(0, server, "status").stdout
            told = json.loads(self.says(0, server, "status", "--output", "json").stdout)
        self.assertRegex(said, r"ecommerce\.orders +Table completed +99441 +3 +2 +1")
        self.assertRegex(said, r"source latency +8s")
        self.assertEqual([told["state"], told["source_latency"], told["tables"][0]["rows"]], ["replicating", 8, 99441])

    def test_a_full_load_alone(self):
        done = task("stopped", 100, 1, started=5, MigrationType="full-load", StopReason="Stop Reason FULL_LOAD_ONLY_FINISHED")
        with self.script(DescribeReplicationTasks=[task("ready", MigrationType="full-load"), done],
                         DescribeTableStatistics=[table("Table completed")]) as server:
            self.says(0, server, "start", "--no-test")
            self.assertIn("its full load is finished", self.says(0, server, "start").stdout)
            self.assertIn("reload", self.says(1, server, "resume").stderr)

    def test_serverless(self):
        config = TASK.replace(":task:", ":replication-config:")

        def one(status, percent):
            return {"Replications": [{"ReplicationConfigArn": config, "Status": status, "ReplicationType": "full-load-and-cdc",
                                      "ReplicationStats": {"FullLoadProgressPercent": percent, "TablesLoaded": 1}}]}
        statistics = {"ReplicationConfigArn": config, "ReplicationTableStatistics": table("Table completed")["TableStatistics"]}
        with self.script({"ReplicationConfigArn": config},
                         DescribeReplications=[one("created", 0), one("calculating_capacity", 0), one("running", 100)],
                         DescribeReplicationTableStatistics=[statistics]) as server:
            self.says(0, server, "start")
        self.assertEqual(server.last("StartReplication"),
                         {"ReplicationConfigArn": config, "StartReplicationType": "start-replication"})
        self.assertNotIn("TestConnection", server.actions)
        self.assertEqual(server.last("GetMetricStatistics")["Dimensions.member.1.Value"], "123456789012:shop-dev-replication")


class OnMoto(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Moto())
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="cfngen-replicate-")))
        (cls.folder / "platform.yaml").write_text(simulation.PLATFORM)
        cls.dms = cls.server.client("dms")
        cls.arn = cls.task()
        body = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {
            "ReplicationTaskArn": {"Value": cls.arn}, "ReplicationInstanceIdentifier": {"Value": "shop-dev-dms"}}}
        cls.server.client("cloudformation").create_stack(StackName="shop-dev-dms", TemplateBody=json.dumps(body))

    @classmethod
    def task(cls):
        ec2 = cls.server.client("ec2")
        subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
        cls.dms.create_replication_subnet_group(ReplicationSubnetGroupIdentifier="g", SubnetIds=subnets,
                                                ReplicationSubnetGroupDescription="of the test")
        instance = cls.dms.create_replication_instance(ReplicationInstanceIdentifier="shop-dev-dms",
                                                       ReplicationSubnetGroupIdentifier="g",
                                                       ReplicationInstanceClass="dms.t3.medium")["ReplicationInstance"]
        ends = [cls.dms.create_endpoint(EndpointIdentifier=kind, EndpointType=kind, EngineName=engine)["Endpoint"]["EndpointArn"]
                for kind, engine in (("source", "postgres"), ("target", "s3"))]
        return cls.dms.create_replication_task(
            ReplicationTaskIdentifier="shop-dev-replication", MigrationType="full-load-and-cdc", TableMappings="{}",
            SourceEndpointArn=ends[0], TargetEndpointArn=ends[1], ReplicationTaskSettings="{}",
            ReplicationInstanceArn=instance["ReplicationInstanceArn"])["ReplicationTask"]["ReplicationTaskArn"]

    def says(self, code, *words):
        command = [str(simulation.COMMAND), "replicate", *words, "--endpoint", self.server.endpoint, "--poll", "0.05"]
        environment = simulation.environment(self.folder, AWS_ACCESS_KEY_ID="test")
        done = subprocess.run(command, cwd=self.folder, env=environment, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=300, check=False)
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}\n{self.server.said()}")
        return done.stdout + done.stderr

    def status(self):
        return self.dms.describe_replication_tasks()["ReplicationTasks"][0]["Status"]

    def test_started_stopped_and_resumed(self):
        self.dms.start_replication_task(ReplicationTaskArn=self.arn, StartReplicationTaskType="start-replication")
        self.dms.stop_replication_task(ReplicationTaskArn=self.arn)
        said = self.says(0, "start", "--no-wait")
        self.assertIn("the connection to the target is good", said)
        self.assertEqual(self.status(), "running")
        self.assertIn("stopping", self.says(0, "stop"))
        self.assertEqual(self.status(), "stopped")
        self.assertIn("starting: resume-processing", self.says(0, "resume", "--no-wait", "--no-test"))
        self.assertEqual(self.status(), "running")


if __name__ == "__main__":
    unittest.main()

"""AWS for the DAG, on this machine: moto's server, and a script for what moto does not do.

It is no AWS. moto ends each job of EMR Serverless at once, and never a statement of Redshift or a step; of a statement
it gives rows of its own, of a crawler that was started an error; it knows no role, so nothing is ever denied. Here the
states go through a script, rows are given, and every call is kept: test_aws asks the role of the synthesized stack
about each of them. What is sent is checked by botocore against AWS's models of its services, before it leaves.
"""
import contextlib
import logging
import threading
from unittest import mock

import aiobotocore.client
import botocore.client
import place
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

USUAL = {"job": ["SCHEDULED", "SUCCESS"], "step": ["RUNNING", "COMPLETED"], "statement": ["STARTED", "FINISHED"],
         "crawl": ["READY"]}


def backend(service):
    return get_backend(service)[place.ACCOUNT][place.REGION]


class Aws:
    def __init__(self):
        self.calls, self.rows, self.script, self.refused = [], [], {}, {}
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
        self.server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server.server_port}", "AWS_REGION": place.REGION,
            "AWS_DEFAULT_REGION": place.REGION, "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_MAX_ATTEMPTS": "1", "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "127.0.0.1"}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def begin(self, rows=(), refused=(), **script):
        """A new test: nothing was called. script: states, of which the last one stays."""
        self.calls.clear()
        self.rows, self.refused = list(rows), dict(refused)
        self.script = {kind: list(states) for kind, states in {**USUAL, **script}.items()}

    def next(self, kind):
        states = self.script[kind]
        return states.pop(0) if len(states) > 1 else states[0]

    # -- before a call, and instead of it --

    def before(self, service, operation, params):
        if operation == "GetJobRun":
            self.job(params["jobRunId"]).state = self.next("job")
        elif operation == "ListSteps" and "StepIds" in params:
            for step in self.steps(params["ClusterId"]):
                step.state = self.next("step") if step.id in params["StepIds"] else step.state
        elif operation == "DescribeStatement":
            backend("redshift-data").statements[params["Id"]].status = self.next("statement")

    def instead(self, operation, params):
        if operation == "GetStatementResult":
            fields = [[{"isNull": True} if value is None else {"stringValue": value} for value in row]
                      for row in self.rows]
            return {"Records": fields, "TotalNumRows": len(fields), "ResponseMetadata": {"HTTPStatusCode": 200}}
        if operation == "GetCrawler" and self.named("StartCrawler"):
            state, status = {"RUNNING": ("RUNNING", "SUCCEEDED"), "READY": ("READY", "SUCCEEDED"),
                             "FAILED": ("READY", "FAILED")}[self.next("crawl")]
            return {"Crawler": {"Name": params["Name"], "State": state, "LastCrawl": {"Status": status}}}
        return None

    @staticmethod
    def job(job_id):
        return next(job for jobs in backend("emr-serverless").job_runs.values() for job in jobs if job.id == job_id)

    @staticmethod
    def steps(cluster):
        """Of a cluster, wherever moto has put it: it takes no region from the address of its server."""
        return next(found.clusters[cluster].steps for found in get_backend("emr")[place.ACCOUNT].values()
                    if cluster in found.clusters)

    def kept(self, client, operation, params):
        service = client.meta.service_model.service_name
        self.calls.append((service, operation, params))
        if operation in self.refused:
            raise botocore.exceptions.ClientError(
                {"Error": {"Code": self.refused[operation], "Message": "refused by the test"}}, operation)
        self.before(service, operation, params)

    @contextlib.contextmanager
    def watched(self):
        plain, asked = botocore.client.BaseClient._make_api_call, aiobotocore.client.AioBaseClient._make_api_call

        def call(client, operation, params):
            self.kept(client, operation, params)
            return self.instead(operation, params) or plain(client, operation, params)

        async def async_call(client, operation, params):
            self.kept(client, operation, params)
            return self.instead(operation, params) or await asked(client, operation, params)

        with mock.patch.object(botocore.client.BaseClient, "_make_api_call", call), \
                mock.patch.object(aiobotocore.client.AioBaseClient, "_make_api_call", async_call):
            yield

    def named(self, operation):
        return [params for _, called, params in self.calls if called == operation]

    def operations(self):
        return {(service, operation) for service, operation, _ in self.calls}

    # -- what the stacks have made --

    def client(self, service):
        import boto3
        return boto3.client(service)

    def application(self, parameter):
        made = self.client("emr-serverless").create_application(
            name="shop-dev-emr", releaseLabel="emr-7.13.0", type="SPARK")["applicationId"]
        backend("emr-serverless").job_runs[made] = []
        self.client("ssm").put_parameter(Name=parameter, Value=made, Type="String", Overwrite=True)
        return made

    def cluster(self, parameter):
        made = self.client("emr").run_job_flow(
            Name="shop-dev-emr-1", ReleaseLabel="emr-7.13.0", LogUri="s3://logs/clusters/",
            Instances={"MasterInstanceType": "m6g.xlarge", "InstanceCount": 2, "SlaveInstanceType": "m6g.xlarge",
                       "KeepJobFlowAliveWhenNoSteps": True})["JobFlowId"]
        self.client("ssm").put_parameter(Name=parameter, Value=made, Type="String", Overwrite=True)
        return made

    def warehouse(self, parameter):
        self.client("ssm").put_parameter(Name=parameter, Value="warehouse.internal", Type="String", Overwrite=True)

    def crawler(self, name):
        backend("glue").crawlers.pop(name, None)
        self.client("glue").create_crawler(Name=name, Role="crawler", DatabaseName="bronze",
                                           Targets={"S3Targets": [{"Path": "s3://bronze/"}]})

    def topic(self, arn):
        assert self.client("sns").create_topic(Name=arn.split(":")[-1])["TopicArn"] == arn
        return arn

"""The Spark job from bronze to silver, on whatever engine the platform has.

A try of Airflow does not know what became of the one before it: when the trigger is lost, the job goes on. So each
operator looks first for a job of this run that is still alive, and waits for that instead of starting a second one,
which would write the same tables.
"""
import datetime

from airflow.providers.amazon.aws.operators.emr import EmrAddStepsOperator, EmrServerlessStartJobOperator
from airflow.providers.amazon.aws.triggers.emr import EmrAddStepsTrigger, EmrServerlessStartJobTrigger
from airflow.sdk import task

from cfngen_shop import machine
from cfngen_shop.settings import CLUSTER, LOCAL

NAME = "bronze_to_silver"
JOB_OF_RUN = NAME + " {{ run_id }}"
LOOK = 30  # seconds
MINUTES = 120  # that a job may take
WAITS = {"waiter_delay": LOOK, "waiter_max_attempts": MINUTES * 60 // LOOK}
ALIVE = ("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING")  # of a job run
ALIVE_STEPS = ["PENDING", "RUNNING"]


def lake(settings):
    """Bronze, silver, and the description of the tables."""
    if settings.is_local:
        return settings.bronze, settings.silver, f"{settings.home}/pipeline/tables.json"
    return (f"s3://{settings.bronze_bucket}", f"s3://{settings.silver_bucket}",
            f"s3://{settings.scripts_bucket}/spark/tables.json")


def job_arguments(settings, params):
    """What the job is told, whatever runs it."""
    bronze, silver, tables = lake(settings)
    arguments = ["--bronze", bronze, "--silver", silver, "--tables", tables]
    for name in params["tables"]:
        arguments += ["--table", name]
    return arguments + (["--full"] if params["full_refresh"] else [])


def script(settings):
    return f"s3://{settings.scripts_bucket}/spark/{NAME}.py"


def modules(settings):
    return ["--py-files", f"s3://{settings.scripts_bucket}/spark/modules.zip"]


def command(settings, params):
    """The arguments that the task `spark` takes from the task `plan`: of a step they are the whole command."""
    arguments = job_arguments(settings, params)
    if settings.engine == CLUSTER:
        return ["spark-submit", "--deploy-mode", "cluster", *modules(settings), script(settings), *arguments]
    return arguments


class SparkOnServerless(EmrServerlessStartJobOperator):
    """A job run of EMR Serverless, which ends by itself when it takes too long: Airflow cannot stop it any more once
    the task waits in the triggerer."""

    def execute(self, context, event=None):
        self.job_id = self.job_alive()
        if self.job_id:
            self.wait_for_job()
        return super().execute(context, event)

    def wait_for_job(self):
        self.log.info("the job run %s of this run is still alive: it is waited for", self.job_id)
        self.defer(
            trigger=EmrServerlessStartJobTrigger(
                application_id=self.application_id, job_id=self.job_id, waiter_delay=self.waiter_delay,
                waiter_max_attempts=self.waiter_max_attempts, aws_conn_id=self.aws_conn_id),
            method_name="execute_complete",
            timeout=datetime.timedelta(seconds=self.waiter_max_attempts * self.waiter_delay))

    def job_alive(self):
        pages = self.hook.conn.get_paginator("list_job_runs").paginate(
            applicationId=self.application_id, states=list(ALIVE))
        return next((job["id"] for page in pages for job in page["jobRuns"] if job.get("name") == self.name), None)


class SparkStep(EmrAddStepsOperator):
    """A step of a cluster on EC2."""

    def execute(self, context):
        step = self.step_alive()
        if step:
            self.wait_for_step(step)
        return super().execute(context)

    def wait_for_step(self, step):
        self.log.info("the step %s of this run is still alive: it is waited for", step)
        self.defer(
            trigger=EmrAddStepsTrigger(
                job_flow_id=self.job_flow_id, step_ids=[step], waiter_delay=self.waiter_delay,
                waiter_max_attempts=self.waiter_max_attempts, aws_conn_id=self.aws_conn_id),
            method_name="execute_complete")

    def step_alive(self):
        pages = self.hook.conn.get_paginator("list_steps").paginate(
            ClusterId=self.job_flow_id, StepStates=ALIVE_STEPS)
        return next((step["Id"] for page in pages for step in page["Steps"] if step["Name"] == self.steps[0]["Name"]),
                    None)


def on_serverless(settings, arguments, **usual):
    return SparkOnServerless(
        **usual, **WAITS,
        application_id="{{ var.value.emr_application_id }}",
        execution_role_arn=settings.emr_job_role_arn,
        name=JOB_OF_RUN,
        job_driver={"sparkSubmit": {
            "entryPoint": script(settings),
            "entryPointArguments": arguments,
            "sparkSubmitParameters": " ".join(modules(settings))}},
        config={"tags": settings.emr_job_tags, "executionTimeoutMinutes": MINUTES},
        deferrable=True,
        aws_conn_id=None)


def on_cluster(settings, arguments, **usual):
    """Where steps run at the same time, EMR takes no other action on failure than CONTINUE; that the step has failed is
    seen by the operator, which waits for it."""
    return SparkStep(
        **usual, **WAITS,
        job_flow_id="{{ var.value.emr_cluster_id }}",
        execution_role_arn=settings.emr_job_role_arn,
        steps=[{"Name": JOB_OF_RUN, "ActionOnFailure": "CONTINUE",
                "HadoopJarStep": {"Jar": "command-runner.jar", "Args": arguments}}],
        deferrable=True,
        aws_conn_id=None)


def on_this_machine(settings, arguments, **usual):
    @task(**usual)
    def spark(arguments):
        machine.run([settings.python, f"{settings.home}/pipeline/spark/{NAME}.py", *arguments])

    return spark(arguments)


def spark_task(settings, arguments, **usual):
    make = {CLUSTER: on_cluster, LOCAL: on_this_machine}.get(settings.engine, on_serverless)
    return make(settings, arguments, task_id="spark", **usual)

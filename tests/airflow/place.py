"""An Airflow of the tests' own, in a folder that goes away, and the options that the synthesized platform gives it."""
import contextlib
import functools
import json
import logging
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from unittest import mock

ROOT = pathlib.Path(__file__).resolve().parents[2]
DAGS = ROOT / "pipeline/dags"
CFNGEN = os.environ.get("CFNGEN", str(ROOT / "build/test/cli/cfngen"))
ACCOUNT, REGION = "123456789012", "eu-west-1"
PLATFORM = f"project: shop\nenvironment: dev\nregion: {REGION}\n"

sys.path.append(str(DAGS))  # as Airflow's own processes do
sys.dont_write_bytecode = True
FOLDER = tempfile.TemporaryDirectory(prefix="cfngen-airflow-")
os.environ.update({
    "AIRFLOW_HOME": FOLDER.name,
    "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{FOLDER.name}/airflow.db",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "NO_COLOR": "1",
})
for name in [n for n in os.environ if n.startswith(("AWS_", "AIRFLOW__CFNGEN__"))]:
    del os.environ[name]


def resolved(value):
    """A value of a template as the stack would have it; what another stack exports is called by its name."""
    if isinstance(value, dict) and "Fn::ImportValue" in value:
        name = value["Fn::ImportValue"]
        return f"arn:aws:sns:{REGION}:{ACCOUNT}:{name}" if name.endswith("TopicArn") else name.lower()
    if isinstance(value, dict) and "Fn::Sub" in value:
        known = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
        return re.sub(r"\$\{([\w:]+)\}", lambda found: known[found[1]], value["Fn::Sub"])
    return value


class Stacks:
    """The templates of a platform: what Airflow is told, and what its role may do."""

    def __init__(self, lines=""):
        with tempfile.TemporaryDirectory() as folder:
            config = pathlib.Path(folder, "platform.yaml")
            config.write_text(PLATFORM + lines)
            kept = {k: v for k, v in os.environ.items() if not k.startswith("CFNGEN_")}
            subprocess.run([CFNGEN, "synth", "--config", str(config), "--out", folder], check=True, capture_output=True,
                           env=kept)
            self.templates = {path.stem: json.loads(path.read_text()) for path in pathlib.Path(folder).glob("*.json")}

    def resource(self, stack, name):
        return self.templates[stack]["Resources"][name]["Properties"]

    def options(self):
        return {key: resolved(value)
                for key, value in self.resource("mwaa", "Environment")["AirflowConfigurationOptions"].items()}

    def environment(self):
        """As MWAA hands options to Airflow."""
        return {f"AIRFLOW__{key.replace('.', '__').upper()}": value for key, value in self.options().items()}

    def statements(self):
        return self.resource("mwaa", "ExecutionRole")["Policies"][0]["PolicyDocument"]["Statement"]

    def variable(self, stack):
        """The name of the parameter by which a stack tells Airflow something."""
        return self.resource(stack, "AirflowVariable")["Name"]


stacks = functools.cache(Stacks)


def told(**options):
    return {f"AIRFLOW__CFNGEN__{name.upper()}": value for name, value in options.items()}


@contextlib.contextmanager
def environment(**variables):
    with mock.patch.dict(os.environ, variables):
        yield


def bag():
    from airflow.models.dagbag import DagBag
    return DagBag(dag_folder=str(DAGS), include_examples=False, read_dags_from_db=False)


def pipeline():
    """The DAG as the options of the moment make it."""
    found = bag()
    assert not found.import_errors, found.import_errors
    return found.dags["shop_pipeline"]


@functools.cache
def database():
    """Airflow's own, made once, for all runs of a process; tasks do not log what they talk of with it."""
    import structlog
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.sdk.execution_time import supervisor, task_runner
    from airflow.utils import db
    supervisor.in_process_api_server = functools.cache(supervisor.in_process_api_server)  # else one for each task
    finalize = task_runner.finalize

    def finalized(ti, state, context, log, error=None):
        context["exception"] = error  # as a worker does, but not the loop of tests
        return finalize(ti, state, context, log, error)

    task_runner.finalize = finalized
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    db.initdb()
    DagBundlesManager().sync_bundles_to_db()


def known():
    """The DAG as the options of the moment make it, after Airflow has written it into its database."""
    found = bag()
    assert not found.import_errors, found.import_errors
    found.sync_to_db("dags-folder", None)
    return found.dags["shop_pipeline"]


def run(dag, moment=None, taken_as_done=None, **conf):
    """One run by Airflow's own loop; returns {task: state} and the run."""
    from airflow.utils import timezone
    moment = moment or timezone.utcnow()
    done = dag.test(logical_date=moment, run_after=moment, run_conf=conf, mark_success_pattern=taken_as_done)
    return {ti.task_id: str(ti.state) for ti in done.get_task_instances()}, done

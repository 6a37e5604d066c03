"""What the DAG is told of the platform: options of Airflow in the section [cfngen].

On MWAA the stack mwaa sets them; elsewhere they stand in airflow.cfg or in AIRFLOW__CFNGEN__<NAME>. They are read while
the DAG is parsed, which is local and asks nobody. What becomes known only later (an id, a host) is a variable of
Airflow, looked up when a task runs.
"""
import dataclasses
import json
import pathlib

from airflow.configuration import conf

SECTION = "cfngen"
SERVERLESS, CLUSTER, LOCAL = "emr_serverless", "emr_ec2", "local"
ENGINES = (SERVERLESS, CLUSTER, LOCAL)
DAGS = pathlib.Path(__file__).resolve().parents[1]
DBT = "/usr/local/airflow/cfngen-dbt/bin/dbt"  # as pipeline/mwaa/startup.sh installs it


def option(name, fallback=""):
    return conf.get(SECTION, name, fallback=fallback) or fallback


def number(name, fallback):
    text = option(name, str(fallback))
    if not text.isdigit():
        raise ValueError(f"[{SECTION}] {name} must be a whole number, not '{text}'")
    return int(text)


def schedule():
    """A cron expression, a preset such as @daily, or None where only people and other DAGs start the pipeline."""
    text = option("schedule", "0 3 * * *")
    return None if text.lower() == "none" else text


def engine():
    """Where Spark runs. Only EMR Serverless has job tags; both kinds of EMR have a role of jobs."""
    given = option("engine")
    if given and given not in ENGINES:
        raise ValueError(f"[{SECTION}] engine must be one of {', '.join(ENGINES)}, not '{given}'")
    if given:
        return given
    if option("emr_job_tags"):
        return SERVERLESS
    return CLUSTER if option("emr_job_role_arn") else ""


def tags():
    text = option("emr_job_tags", "{}")
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError(f"[{SECTION}] emr_job_tags must be a JSON object, not '{text}'")
    return found


@dataclasses.dataclass(frozen=True)
class Settings:
    engine: str
    environment: str
    scripts_bucket: str
    bronze_bucket: str
    silver_bucket: str
    emr_job_role_arn: str
    emr_job_tags: dict
    bronze_crawler: str
    redshift_workgroup: str
    redshift_cluster: str
    redshift_database: str
    redshift_port: str
    alarm_topic_arn: str
    dbt: str  # the command
    dbt_project: str
    dbt_reader: str
    # on one machine
    home: str  # the folder that has pipeline/
    python: str  # a Python with pyspark and duckdb
    bronze: str
    silver: str
    warehouse: str  # DuckDB's file

    @property
    def is_local(self):
        return self.engine == LOCAL

    @property
    def has_warehouse(self):
        return self.is_local or bool(self.redshift_workgroup or self.redshift_cluster)

    def missing(self):
        """Names of the options without which a run cannot succeed."""
        needed = {
            "": ("engine",),
            LOCAL: ("home", "python", "bronze", "silver", "warehouse", "dbt"),
            SERVERLESS: ("scripts_bucket", "bronze_bucket", "silver_bucket", "emr_job_role_arn", "emr_job_tags"),
            CLUSTER: ("scripts_bucket", "bronze_bucket", "silver_bucket", "emr_job_role_arn"),
        }[self.engine]
        return [name for name in needed if not getattr(self, name)]


def load():
    kind = engine()
    home = option("home")
    project = pathlib.Path(home, "dbt_project") if home else DAGS / "dbt_project"
    special = {"engine": kind, "emr_job_tags": tags(), "home": home, "dbt": option("dbt", DBT),
               "dbt_project": option("dbt_project", str(project))}
    plain = [field.name for field in dataclasses.fields(Settings) if field.name not in special]
    return Settings(**special, **{name: option(name) for name in plain})

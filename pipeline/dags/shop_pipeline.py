"""
### From bronze to the warehouse

What DMS has written to bronze becomes the silver layer (Spark), the marts of the warehouse (dbt), and is counted again
in each of them: the run fails where the totals of the layers differ, and says which.

| parameter | |
| --- | --- |
| `full_refresh` | build everything anew, whatever is there |
| `tables` | only these of the shop's tables in the Spark job; none: all |
| `crawl_bronze` | let the crawler look at bronze as well |

The silver tables are declared and are read by way of manifests, so nothing here needs a crawler. Bronze has one for
people who want to look into it with Athena. Each run of it costs at least ten minutes of two processing units, and
finds something new only when the shop's tables have changed: so it runs when somebody asks for it, beside the rest.

The source itself is compared by `cfngen reconcile`, from a place that reaches the database: Airflow has no way to it.

For Airflow 3 (3.0.6 or later); 2.x has not what this is made of.
"""
import datetime

from airflow.exceptions import AirflowFailException
from airflow.providers.amazon.aws.operators.glue_crawler import GlueCrawlerOperator
from airflow.sdk import Asset, Param, dag, task

from cfngen_shop import machine, reconcile, settings, spark, warehouse
from cfngen_shop.alarm import alarm

PLATFORM = settings.load()
SILVER = Asset("shop_silver", uri=f"s3://{PLATFORM.silver_bucket or 'silver'}/ecommerce")
MARTS = Asset("shop_warehouse", uri=f"redshift://{PLATFORM.redshift_database or 'warehouse'}/analytics")

DEFAULTS = {
    "owner": "cfngen",
    "retries": settings.number("retries", 2),
    "retry_delay": datetime.timedelta(minutes=1),
    "retry_exponential_backoff": True,
    "max_retry_delay": datetime.timedelta(minutes=15),
    "execution_timeout": datetime.timedelta(hours=1),
    "on_failure_callback": alarm(PLATFORM.alarm_topic_arn),
}
ONCE_MORE = min(1, DEFAULTS["retries"])  # of dbt: a test that fails would fail again
PARAMS = {
    "full_refresh": Param(False, type="boolean", description="build everything anew, whatever is there"),
    "tables": Param([], type="array", items={"type": "string", "pattern": "^[a-z_][a-z0-9_]*$"}, uniqueItems=True,
                    description="only these tables in the Spark job; none: all"),
    "crawl_bronze": Param(False, type="boolean", description="let the crawler look at bronze: costs money"),
}


@task
def plan(params=None):
    """What Spark is told; refuses a platform that is not told of."""
    missing = PLATFORM.missing()
    if missing:
        names = ", ".join(missing)
        raise AirflowFailException(f"options of [{settings.SECTION}] are not set: {names}")
    return spark.command(PLATFORM, params)


@task.short_circuit
def wants_crawl(params=None):
    return params["crawl_bronze"]


@task(task_id="catalog")
def refresh_catalog():
    """On this machine alone: views of what silver has published."""
    machine.refresh_catalog(PLATFORM)


@task(task_id="reconcile", outlets=[MARTS], retries=0)
def compare(found):
    """Who waits for the warehouse is told of it only now, when it is known to be right."""
    try:
        rows = found if PLATFORM.is_local else reconcile.rows_of(found)
        print(reconcile.check(rows))
    except reconcile.MismatchError as difference:
        raise AirflowFailException(str(difference)) from None


def crawl():
    return GlueCrawlerOperator(
        task_id="crawl_bronze",
        config={"Name": PLATFORM.bronze_crawler},  # nothing but the name: the crawler is left as it is
        poll_interval=30,
        deferrable=True,
        aws_conn_id=None)


def build_warehouse(published):
    built = warehouse.dbt_task(PLATFORM, "build", warehouse.FULL, task_id="dbt_build", retries=ONCE_MORE)
    fresh = warehouse.dbt_task(PLATFORM, "source freshness", task_id="dbt_freshness")
    totals = warehouse.totals_task(PLATFORM, task_id="totals")
    published >> built >> fresh >> totals
    compare(totals)


@dag(
    schedule=settings.schedule(),
    start_date=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc),
    catchup=False,
    max_active_runs=1,  # a run at a time writes the tables
    dagrun_timeout=datetime.timedelta(hours=6),
    default_args=DEFAULTS,
    params=PARAMS,
    tags=["cfngen", *filter(None, [PLATFORM.environment, PLATFORM.engine])],
    doc_md=__doc__)
def shop_pipeline():
    published = spark.spark_task(PLATFORM, plan(), outlets=[SILVER])
    if PLATFORM.is_local:
        published = published >> refresh_catalog()
    if PLATFORM.has_warehouse:
        build_warehouse(published)
    if PLATFORM.bronze_crawler:
        wants_crawl() >> crawl()


shop_pipeline()

"""The warehouse: dbt builds it, and what it says of the layers is fetched from it.

dbt stands in a virtual environment of its own, so that its dependencies and Airflow's do not meet. On AWS it logs in
as the role of Airflow (no password is known to anybody), and the folder of DAGs may not be written to: what dbt writes
goes into the folder that the task has for itself.
"""
from airflow.providers.amazon.aws.operators.redshift_data import RedshiftDataOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import task

from cfngen_shop import machine, reconcile
from cfngen_shop.settings import SECTION

SQL = "select layer, table_name, measure, value, quarantined from analytics.reconciliation order by 1, 2, 3"
RUN = """
if ! [ -x "$CFNGEN_DBT" ]; then
    echo "dbt is not at $CFNGEN_DBT: see the log of the worker's startup script, or set [%(section)s] dbt" >&2
    exit 1
fi
export DBT_TARGET_PATH="$PWD/target" DBT_LOG_PATH="$PWD/logs"
exec env -u PYTHONPATH "$CFNGEN_DBT" %(verb)s%(more)s
"""
FULL = "{{ ' --full-refresh' if params.full_refresh else '' }}"


def dbt_environment(settings):
    common = {"CFNGEN_DBT": settings.dbt, "DBT_PROJECT_DIR": settings.dbt_project,
              "DBT_PROFILES_DIR": settings.dbt_project, "DBT_USE_COLORS": "false",
              "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    if settings.is_local:
        return {**common, "DBT_TARGET": "local", "DBT_DUCKDB_PATH": settings.warehouse}
    return {**common, "DBT_TARGET": "redshift", "DBT_HOST": "{{ var.value.redshift_host }}",
            "DBT_PORT": settings.redshift_port or "5439", "DBT_DATABASE": settings.redshift_database,
            "DBT_WORKGROUP": settings.redshift_workgroup, "DBT_CLUSTER": settings.redshift_cluster,
            "DBT_READER": settings.dbt_reader}


def dbt_task(settings, verb, more="", **usual):
    return BashOperator(
        **usual,
        bash_command=RUN % {"section": SECTION, "verb": verb, "more": more},
        env=dbt_environment(settings),
        append_env=True)


def totals_from_redshift(settings, **usual):
    return RedshiftDataOperator(
        **usual,
        sql=SQL,
        database=settings.redshift_database,
        workgroup_name=settings.redshift_workgroup or None,
        cluster_identifier=settings.redshift_cluster or None,
        return_sql_result=True,
        poll_interval=5,
        deferrable=True,
        aws_conn_id=None)


def totals_task(settings, **usual):
    """Its output: what reconcile.rows_of reads, or rows."""
    if not settings.is_local:
        return totals_from_redshift(settings, **usual).output

    @task(**usual)
    def totals():
        return machine.rows(settings, reconcile.LAYERS)

    return totals()

"""The engine `local`: everything on the machine where Airflow runs, for development and for tests. DuckDB stands in for
the catalog and the warehouse."""
import json
import subprocess

from airflow.exceptions import AirflowException
from airflow.providers.standard.hooks.subprocess import SubprocessHook


def run(command, env=None):
    """A program whose output is the task's log."""
    result = SubprocessHook().run_command([str(word) for word in command], env)
    if result.exit_code:
        raise AirflowException(f"{command[1]} has ended with {result.exit_code}: {result.output}")


def refresh_catalog(settings):
    run([settings.python, f"{settings.home}/pipeline/local/catalog.py", "--silver", settings.silver,
         "--database", settings.warehouse])


def totals_of(settings, layer):
    command = [settings.python, f"{settings.home}/pipeline/local/totals.py", "warehouse", "--layer", layer,
               "--database", settings.warehouse]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AirflowException(done.stderr.strip() or f"totals.py has ended with {done.returncode}")
    return json.loads(done.stdout)["totals"]


def rows(settings, layers):
    """The rows of analytics.reconciliation."""
    return [[layer, table, measure, said["value"], said["quarantined"]]
            for layer in layers
            for table, measures in totals_of(settings, layer).items()
            for measure, said in measures.items()]

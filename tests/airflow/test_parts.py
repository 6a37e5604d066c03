"""The DAG's parts that need no run: what is compared, what is told, and what MWAA's machines get."""
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import unittest
from unittest import mock

import place


class Reconcile(unittest.TestCase):
    ROWS = [
        ("bronze", "orders", "rows", "100", "0"), ("silver", "orders", "rows", "98", "2"),
        ("warehouse", "orders", "rows", "98", "2"), ("bronze", "order_items", "rows", "5", None),
        ("silver", "order_items", "rows", "5", "0"), ("warehouse", "order_items", "rows", "5", "0"),
        ("bronze", "order_items", "sum(price)", "13.70", "0"), ("silver", "order_items", "sum(price)", "13.7", "0.00"),
        ("warehouse", "order_items", "sum(price)", "13.70", ""), ("bronze", "orders", "checksum", "77", "0"),
        ("silver", "orders", "checksum", "77", "0"),
    ]

    def check(self, rows):
        from cfngen_shop import reconcile
        return reconcile.check(rows)

    def differs(self, rows, message):
        from cfngen_shop.reconcile import MismatchError
        with self.assertRaises(MismatchError) as caught:
            self.check(rows)
        self.assertEqual(str(caught.exception), message)

    def test_equal(self):
        """What was held back counts; a measure that a layer leaves out does not."""
        table = self.check(self.ROWS)
        self.assertRegex(table, r"orders +checksum +77 +77 +-")
        self.assertRegex(table, r"orders +rows +100 +100 +100")

    def test_a_lost_row(self):
        rows = [*self.ROWS[:2], ("warehouse", "orders", "rows", "97", "2"), *self.ROWS[3:]]
        self.differs(rows, "the layers differ: rows of orders: bronze 100, silver 100, warehouse 99")

    def test_a_lost_cent(self):
        rows = [row if row[:3] != ("silver", "order_items", "sum(price)") else (*row[:3], "13.69", "0")
                for row in self.ROWS]
        self.differs(rows, "the layers differ: sum(price) of order_items: bronze 13.70, silver 13.69, warehouse 13.70")

    def test_numbers_are_exact(self):
        large = "123456789012345678901234567890.01"
        rows = [(layer, "orders", "rows", large, "0") for layer in ("bronze", "silver", "warehouse")]
        self.assertIn(large, self.check(rows))
        rows[1] = (*rows[1][:3], large[:-1] + "2", "0")
        self.differs(rows, f"the layers differ: rows of orders: bronze {large}, silver {large[:-1]}2, "
                           f"warehouse {large}")

    def test_silence_is_no_agreement(self):
        self.differs([], "the layers differ: no layer states anything")
        self.differs([row for row in self.ROWS if row[0] != "warehouse"],
                     "the layers differ: warehouse states nothing of order_items; warehouse states nothing of orders")
        self.differs([row for row in self.ROWS if row[:2] != ("bronze", "orders")],
                     "the layers differ: bronze states nothing of orders")

    def test_nonsense(self):
        self.differs([("gold", "orders", "rows", "1", "0")], "the layer 'gold' is not one of bronze, silver, warehouse")
        self.differs([("bronze", "orders", "rows", "many", "0")], "bronze: rows of orders must be a number, not 'many'")
        self.differs([("bronze", "orders", "rows", None, "0")], "bronze: rows of orders has no value")
        self.differs(self.ROWS[:1] * 2, "bronze: rows of orders is stated twice")

    def test_answers_of_the_data_api(self):
        from cfngen_shop import reconcile
        record = [{"stringValue": "bronze"}, {"stringValue": "orders"}, {"stringValue": "rows"}, {"stringValue": "1"},
                  {"isNull": True}]
        self.assertEqual(reconcile.rows_of([{"Records": [record]}]), [["bronze", "orders", "rows", "1", None]])
        with self.assertRaisesRegex(reconcile.MismatchError, "more rows than one answer"):
            reconcile.rows_of([{"Records": [record], "NextToken": "more"}])


class Alarm(unittest.TestCase):
    class Task:
        dag_id, task_id, run_id, try_number = "shop_pipeline", "dbt_build", "manual__1", 2
        log_url = "https://airflow/log"

    def test_text(self):
        from cfngen_shop import alarm
        self.assertEqual(alarm.subject_of(self.Task), "shop_pipeline: dbt_build has failed")
        text = alarm.message_of({"ti": self.Task, "exception": ValueError("no\nway")})
        self.assertEqual(text, "The task dbt_build of the DAG shop_pipeline has failed, and is not tried again.\n"
                               "Run: manual__1\nTry: 2\nReason: no\nway\nLog: https://airflow/log")
        self.assertLess(len(alarm.message_of({"ti": self.Task, "exception": ValueError("x" * 10**6)})), 3000)

    def test_subjects_are_what_sns_takes(self):
        from cfngen_shop import alarm

        class Odd(self.Task):
            task_id = "größe\n" + "x" * 200
        self.assertRegex(alarm.subject_of(Odd), r"\A[ -~]{1,100}\Z")

    def test_a_failure_to_tell_is_no_failure(self):
        from cfngen_shop import alarm
        tell = alarm.alarm("arn:aws:sns:eu-west-1:123456789012:alarms")
        with mock.patch.object(alarm.SnsHook, "publish_to_target", side_effect=RuntimeError("no network")) as asked, \
                self.assertLogs(alarm.LOG, "ERROR") as logged:
            tell({"ti": self.Task})
        self.assertEqual(asked.call_count, 1)
        self.assertIn("was not told", logged.output[0])


class Machines(unittest.TestCase):
    """What MWAA's machines get."""

    def packages(self):
        script = (place.ROOT / "pipeline/startup.sh").read_text()
        return dict(line.split("==") for line in re.search(r"<<'LIST'\n(.*?)\nLIST\n", script, re.S)[1].splitlines())

    def test_dbt_is_the_one_that_is_tested(self):
        lock = (place.ROOT / "tests/pipeline/requirements.txt").read_text()
        tested = dict(line.split("==") for line in lock.splitlines() if re.match(r"[\w-]+==", line))
        packages = self.packages()
        self.assertEqual({name: tested.get(name) for name in packages}, packages)

    def test_dbt_has_all_that_it_needs(self):
        """By what its packages themselves say, in the environment where it is tested."""
        python = os.environ.get("CFN_DATA_PYTHON", str(place.ROOT / ".venv/data/bin/python"))
        closure = (
            "import importlib.metadata as m, re, json\n"
            "norm = lambda n: re.sub('[-_.]+', '-', n).lower()\n"
            "found, left = set(), ['dbt-core', 'dbt-redshift']\n"
            "while left:\n"
            "    name = norm(left.pop())\n"
            "    if name in found: continue\n"
            "    found.add(name)\n"
            "    for line in m.requires(name) or []:\n"
            "        need, _, marker = line.partition(';')\n"
            "        if 'extra' not in marker and 'python_version <' not in marker.replace('\"', '') and 'win' not in "
            "marker.lower() and 'PyPy' not in marker: left.append(re.match('[A-Za-z0-9._-]+', need)[0])\n"
            "print(json.dumps(sorted(found)))")
        said = subprocess.run([python, "-c", closure], capture_output=True, text=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(sorted(set(json.loads(said.stdout)) - set(self.packages())), [])

    def test_the_dag_finds_dbt_where_the_script_puts_it(self):
        from cfngen_shop import settings
        script = (place.ROOT / "pipeline/startup.sh").read_text()
        folder = re.search(r"CFNGEN_DBT_FOLDER:-([^}]+)\}", script)[1]
        self.assertEqual(settings.DBT, f"{folder}/bin/dbt")

    def script(self, **variables):
        return subprocess.run(["sh", "-e", str(place.ROOT / "pipeline/startup.sh")], capture_output=True, text=True,
                              env={"PATH": os.environ["PATH"], **variables}, check=False)

    def test_only_machines_that_run_tasks_have_dbt(self):
        for component in ("scheduler", "webserver"):
            done = self.script(MWAA_AIRFLOW_COMPONENT=component, CFNGEN_DBT_FOLDER="/nonexistent/dbt")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_airflow_starts_all_the_same(self):
        folder = pathlib.Path(place.FOLDER.name, "broken")
        folder.mkdir()
        (folder / "python3").write_text("#!/bin/sh\nmkdir -p $3\nexit 1\n")
        (folder / "python3").chmod(0o755)
        done = self.script(PATH=f"{folder}:{os.environ['PATH']}", CFNGEN_DBT_FOLDER=str(folder / "dbt"))
        self.assertEqual(done.returncode, 0)
        self.assertIn("dbt could not be installed", done.stderr)
        self.assertEqual([path.name for path in folder.iterdir()], ["python3"])

    def test_requirements_are_what_the_tests_have(self):
        lines = [line for line in (place.ROOT / "pipeline/requirements.txt").read_text().splitlines() if line[0] != "#"]
        self.assertRegex(lines[0], r'^--constraint "https://\S+/constraints-3\.0\.6/constraints-3\.12\.txt"$')
        for line in lines[1:]:
            name, version = re.fullmatch(r"([\w-]+)(?:\[\w+\])?==([\d.]+)", line).groups()
            self.assertEqual(importlib.metadata.version(name), version, name)

    def test_airflow_is_that_of_the_default_platform(self):
        self.assertEqual(place.stacks().resource("mwaa", "Environment")["AirflowVersion"],
                         importlib.metadata.version("apache-airflow"))


if __name__ == "__main__":
    unittest.main()

"""Runs dbt over silver data in a temporary folder, for the tests."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys

import duckdb

import silver_fixture as silver

ROOT = silver.ROOT
PROJECT = ROOT / "dbt_project"
BESIDE = pathlib.Path(sys.executable).parent  # where the environment of this Python has its commands


def tool(name, *words, env=None, cwd=ROOT):
    """A command of this environment; returns (exit code, all it wrote)."""
    done = subprocess.run([BESIDE / name, *map(str, words)], cwd=cwd, env={**os.environ, **(env or {})},
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    return done.returncode, done.stdout


class Warehouse:
    """Silver data and the DuckDB file that dbt builds over it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.target = self.folder / "target"
        self.database = self.folder / "warehouse.duckdb"
        self.published = 0

    def publish(self, shop, held_back=None, changed_at=None):
        self.published += 1
        silver.write_silver(self.folder, shop, held_back, changed_at, self.published)

    def dbt(self, *words, target="local", env=None):
        return tool("dbt", "--no-use-colors", "--no-version-check", *words, "--project-dir", PROJECT,
                    "--profiles-dir", PROJECT, "--target", target, "--target-path", self.target,
                    "--log-path", self.folder / "logs",
                    env={"DBT_DUCKDB_PATH": str(self.database), "DO_NOT_TRACK": "1", "DBT_READER": "", **(env or {})})

    def must(self, *words, **more):
        code, text = self.dbt(*words, **more)
        if code:
            raise AssertionError(f"dbt {' '.join(words)}: exit code {code}\n{text[-6000:]}")
        return text

    def results(self):
        """{unique id: status} of the last run."""
        text = (self.target / "run_results.json").read_text(encoding="utf-8")
        return {r["unique_id"]: r["status"] for r in json.loads(text)["results"]}

    def manifest(self):
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))

    @contextlib.contextmanager
    def connection(self):
        with duckdb.connect(str(self.database), read_only=True) as connection:
            yield connection

    def rows(self, sql):
        with self.connection() as connection:
            return connection.execute(sql).fetchall()

    def one(self, sql):
        return self.rows(sql)[0][0]

"""A private PostgreSQL for the tests of loading and comparing, small files of the made shop, and ways to spoil them."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CFNGEN = os.environ.get("CFNGEN") or str(ROOT / "build" / "cli" / "cfngen")
sys.path.insert(0, str(ROOT / "pipeline" / "local"))
import postgres  # noqa: E402

TABLES = json.loads((ROOT / "pipeline" / "tables.json").read_text())
FILES = {table["name"]: table["file"] for table in TABLES["tables"]}
SCALE = "0.01"
KEPT = ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")


def cfngen(*words, timeout=300, **variables):
    environment = {name: os.environ[name] for name in KEPT if name in os.environ} | variables
    return subprocess.run([CFNGEN, *map(str, words)], capture_output=True, text=True, timeout=timeout, env=environment)


class Shop:
    """One server and one set of files for all tests of a file."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cfngen-"))
        self.folder.chmod(0o755)  # the server may run as somebody else
        self.files = self.folder / "files"
        made = cfngen("generate", "--out", self.files, "--scale", SCALE)
        assert made.returncode == 0, made.stderr
        self.cluster = postgres.Cluster(self.folder / "postgres")
        self.dsn = self.cluster.start()

    def done(self):
        self.cluster.stop()
        shutil.rmtree(self.folder)


class Case(unittest.TestCase):
    """A test begins without any tables."""
    maxDiff = None
    shop = None  # of the file's setUpModule

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="cfngen-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.dsn = self.shop.dsn
        self.sql("DROP SCHEMA IF EXISTS ecommerce, cfngen, cfngen_staging CASCADE")

    def sql(self, text, dsn=None):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", dsn or self.dsn], input=text, text=True,
                              capture_output=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def says(self, code, *words, **more):
        done = cfngen(*words, **more)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout[:2000]}\n{done.stderr[:4000]}")
        return done

    def load(self, code=0, *words, files=None, dsn=None):
        return self.says(code, "load", "--from", files or self.shop.files, "--dsn", dsn or self.dsn, *words)

    def copy_of_files(self):
        target = self.folder / "files"
        shutil.copytree(self.shop.files, target)
        return target

    def tables(self):
        """{table: oid} of what is there."""
        rows = self.sql("SELECT relname, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
                        "WHERE nspname = 'ecommerce' AND relkind = 'r'")
        return dict(row.split("|") for row in rows.splitlines())

    def nothing_is_left(self):
        self.assertEqual(self.sql("SELECT nspname FROM pg_namespace WHERE nspname = 'cfngen_staging'"), "")

    def is_whole(self, totals=None):
        """The tables come to what was generated, by every measure."""
        totals = totals or self.shop.files / "totals.json"
        self.says(0, "reconcile", "--no-warehouse", "--dsn", self.dsn, "--totals", totals)

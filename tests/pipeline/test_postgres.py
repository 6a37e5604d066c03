"""pipeline/local/postgres.py: a cluster is made, found running, killed, stopped; TLS is real and demanded."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "pipeline" / "local" / "postgres.py"


def run(*words, **more):
    return subprocess.run([sys.executable, str(PROGRAM), *words], capture_output=True, text=True, timeout=120,
                          check=False, **more)


class Postgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.mkdtemp(prefix="cfngen pg'")  # a blank and a quote, which a DSN must quote
        cls.folder = pathlib.Path(folder)
        cls.folder.chmod(0o755)
        cls.addClassCleanup(shutil.rmtree, folder, True)
        cls.addClassCleanup(run, "stop", folder)
        cls.started = run("start", folder)

    def setUp(self):
        self.assertEqual(self.started.returncode, 0, self.started.stderr)

    def dsn(self):
        return run("dsn", str(self.folder)).stdout.strip()

    def test_the_host_is_verified_by_name_and_by_address(self):
        for host in ("localhost", "127.0.0.1"):
            with psycopg.connect(self.dsn().replace("localhost", host)) as connection:
                ssl, version = connection.execute(
                    "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
                self.assertTrue(ssl)
                self.assertIn(version, ("TLSv1.2", "TLSv1.3"))

    def test_no_tls_another_authority_or_no_password_are_refused(self):
        plain = self.dsn().replace("verify-full", "disable")
        with self.assertRaisesRegex(psycopg.OperationalError, "no encryption"):
            psycopg.connect(plain)
        with self.assertRaisesRegex(psycopg.OperationalError, "certificate"):
            psycopg.connect(self.dsn() + " sslrootcert=system")
        with self.assertRaisesRegex(psycopg.OperationalError, "password"):
            psycopg.connect(self.dsn() + " passfile=/dev/null")

    def test_it_is_ready_for_logical_replication_by_a_user_who_is_no_superuser(self):
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            self.assertEqual(connection.execute("SHOW wal_level").fetchone(), ("logical",))
            self.assertEqual(connection.execute("SHOW timezone").fetchone(), ("UTC",))
            role = connection.execute("SELECT rolsuper, rolreplication FROM pg_roles WHERE rolname = current_user")
            self.assertEqual(role.fetchone(), (False, True))
            connection.execute("SELECT pg_create_logical_replication_slot('probe', 'pgoutput', true)")

    def test_starting_again_changes_nothing(self):
        again = run("start", str(self.folder))
        self.assertEqual((again.returncode, again.stdout), (0, self.started.stdout), again.stderr)

    def test_a_killed_server_comes_back_with_its_data_and_its_port(self):
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS one")
        before = self.dsn()
        os.kill(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        self.assertEqual(run("dsn", str(self.folder)).returncode, 1)
        again = run("start", str(self.folder))
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(again.stdout.strip(), before)
        with psycopg.connect(before) as connection:
            self.assertEqual(connection.execute("SELECT * FROM kept").fetchone(), (1,))

    def test_stopping_twice_is_no_error_and_then_there_is_no_dsn(self):
        for _ in range(2):
            self.assertEqual(run("stop", str(self.folder)).returncode, 0)
        stopped = run("dsn", str(self.folder))
        self.assertEqual(stopped.returncode, 1)
        self.assertIn("does not run in", stopped.stderr)
        self.assertEqual(run("start", str(self.folder)).returncode, 0)

    def test_secrets_are_for_their_owner_alone(self):
        for name in ("password", "pgpass", "tls/server.key"):
            self.assertEqual((self.folder / name).stat().st_mode & 0o077, 0, name)
        self.assertFalse((self.folder / "tls" / "ca.key").exists())


class Accounts(unittest.TestCase):
    def test_an_ordinary_user_runs_it_too(self):
        account = {}
        python = sys.executable
        folder = tempfile.mkdtemp(prefix="cfngen-pg-")
        self.addCleanup(shutil.rmtree, folder, True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            python = shutil.which("python3", path="/usr/bin:/usr/local/bin")  # one that nobody may run
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
        if not python:
            self.skipTest("no Python that user nobody may run")
        # The program by standard input, since nobody may perhaps not read this folder.
        source = PROGRAM.read_text()

        def as_user(verb):
            return subprocess.run([python, "-I", "-", verb, folder], input=source, capture_output=True,
                                  text=True, timeout=120, check=False, **account)

        self.addCleanup(as_user, "stop")
        started = as_user("start")
        self.assertEqual(started.returncode, 0, started.stderr)
        pid = (pathlib.Path(folder) / "data" / "postmaster.pid").read_text().split()[0]
        self.assertEqual(os.stat(f"/proc/{pid}").st_uid, account.get("user", os.geteuid()))

    def test_root_may_keep_it_where_the_server_may_not_enter(self):
        if os.geteuid() != 0:
            self.skipTest("only root hands the server to another user")
        closed = pathlib.Path(tempfile.mkdtemp(prefix="cfngen-pg-"))  # for root alone
        self.addCleanup(shutil.rmtree, closed)
        folder = closed / "pg"
        for _ in range(2):
            started = run("start", str(folder))
            self.assertEqual(started.returncode, 0, started.stderr)
            self.addCleanup(shutil.rmtree, folder.resolve(), True)
            self.assertTrue(folder.is_symlink())
            with psycopg.connect(run("dsn", str(folder)).stdout.strip()) as connection:
                connection.execute("SELECT 1")
            self.assertEqual(run("stop", str(folder)).returncode, 0)
        (closed / "full").mkdir()
        (closed / "full" / "file").touch()
        refused = run("start", str(closed / "full"))
        self.assertEqual(refused.returncode, 1)
        self.assertIn("may not enter", refused.stderr)


if __name__ == "__main__":
    unittest.main()

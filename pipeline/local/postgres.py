#!/usr/bin/env python3
"""A private PostgreSQL cluster in a folder: the shop's database for runs on one machine.

It stands in for Amazon RDS. Like there, logical replication is on, TLS is demanded of every TCP connection
(sslmode=verify-full works, for localhost and 127.0.0.1, with the folder's own certificate authority), and the shop's
user is no superuser. Unlike there, it listens on this machine alone, and it does not survive the loss of the machine:
fsync is off. A killed server loses nothing.

    postgres.py start DIR     makes the cluster if there is none, starts it if it does not run, prints how to connect
    postgres.py stop DIR      stops it; its data stay
    postgres.py dsn DIR       prints how to connect

The server refuses to run as root: started by root, it runs as user postgres or nobody, and the folder is made theirs.
Where they may not enter it (below /root, say), the folder becomes a link to one below /var/tmp.
"""
import argparse
import contextlib
import fcntl
import os
import pathlib
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

OLDEST = 15
DATABASE = "shop"
OWNER = "shop"  # owns the database and may replicate, as the master user of RDS may; no superuser
PATIENCE = 8  # attempts on the port of the last time
# Paths are relative to the data folder: no quoting, and a socket's path may be 107 bytes long at most.
SETTINGS = """
unix_socket_directories = '..'
listen_addresses = '127.0.0.1'
wal_level = logical
max_replication_slots = 10
max_wal_senders = 10
wal_sender_timeout = 0
ssl = on
ssl_cert_file = '../tls/server.crt'
ssl_key_file = '../tls/server.key'
ssl_min_protocol_version = 'TLSv1.2'
password_encryption = 'scram-sha-256'
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
shared_buffers = 128MB
max_wal_size = 2GB
# Speed for a database that can be made again: these outlive a killed server, not a machine that loses its power.
fsync = off
full_page_writes = off
"""
ACCESS = """\
local   all          all                    scram-sha-256
hostssl all          all     127.0.0.1/32   scram-sha-256
hostssl replication  all     127.0.0.1/32   scram-sha-256
"""


class Error(Exception):
    """What went wrong, in words for the user."""


def programs():
    """The folder of the server's programs: the newest of Debian's, else where PATH finds them."""
    found = []
    for initdb in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"):
        if initdb.parts[-3].isdigit() and int(initdb.parts[-3]) >= OLDEST:
            found.append((int(initdb.parts[-3]), initdb.parent))
    if found:
        return max(found)[1]
    initdb = shutil.which("initdb")
    if not initdb:
        raise Error(f"PostgreSQL {OLDEST} or newer is not installed (Debian: apt-get install postgresql)")
    said = subprocess.run([initdb, "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"(\d+)", said)
    if not version or int(version[1]) < OLDEST:
        raise Error(f"PostgreSQL must be {OLDEST} or newer, not '{said.strip()}'")
    return pathlib.Path(initdb).parent


def server_user():
    """The account that runs the server, or None when that is oneself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Error("the server refuses to run as root, and there is neither a user postgres nor a user nobody")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quoted(path):
    """A value within a DSN, as libpq wants it."""
    text = str(path)
    if not re.search(r"[\s'\\\\]", text):
        return text
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


class Cluster:
    def __init__(self, folder):
        self.user = server_user()
        self._settle(pathlib.Path(folder).resolve())

    def _settle(self, folder):
        self.folder, self.data, self.tls = folder, folder / "data", folder / "tls"

    def start(self):
        """Makes what is missing and starts the server; does nothing when it runs. Returns the DSN."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            self._give()
        with self._locked():
            if not self.data.exists():
                self._create()
            if not self.running():
                self._launch()
            self._furnish()
        return self.dsn()

    def stop(self):
        """Stops the server; does nothing when there is none."""
        if self.data.exists() and self.running():
            self._run("pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-w", "-t", "60")

    def running(self):
        self._bury()
        return self._run("pg_ctl", "status", "-D", str(self.data), check=False).returncode == 0

    def _bury(self):
        """A killed server that nobody has waited for (a container without an init) still holds its process id, and
        with it the lock on the data: its file goes."""
        lock = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, IndexError, ValueError):
            pid = int(lock.read_text(encoding="utf-8").split()[0])
            state = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
            if state == "Z":
                lock.unlink()

    def dsn(self, database=DATABASE, user=OWNER):
        """How to connect, for libpq. The password stays in a file that only its owner may read."""
        try:
            port = (self.data / "postmaster.pid").read_text().splitlines()[3]
        except (OSError, IndexError):
            raise Error(f"the server does not run in '{self.folder}'") from None
        return (f"host=localhost port={port} dbname={database} user={user} passfile={quoted(self.folder / 'pgpass')} "
                f"sslmode=verify-full sslrootcert={quoted(self.tls / 'ca.crt')}")

    @contextlib.contextmanager
    def _locked(self):
        with open(self.folder / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _run(self, program, *words, check=True, text=""):
        account = {}
        if self.user:
            account = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment |= {"LC_ALL": "C.UTF-8", "HOME": str(self.folder), "PGCONNECT_TIMEOUT": "20"}
        done = subprocess.run([str(programs() / program), *words], cwd=self.folder, capture_output=True, text=True,
                              env=environment, input=text, check=False, **account)
        if check and done.returncode != 0:
            raise Error(f"{program}: {(done.stderr or done.stdout).strip()}")
        return done

    def _give(self):
        """Root makes the folder the property of the user who runs the server."""
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        probe = subprocess.run(["test", "-x", str(self.folder)], user=self.user.pw_uid, group=self.user.pw_gid,
                               extra_groups=[], check=False)
        if probe.returncode == 0:
            return
        if any(self.folder.iterdir()):
            raise Error(f"user {self.user.pw_name}, who runs the server, may not enter '{self.folder}'")
        elsewhere = pathlib.Path(tempfile.mkdtemp(prefix="cfngen-postgres-", dir="/var/tmp"))
        os.chown(elsewhere, self.user.pw_uid, self.user.pw_gid)
        self.folder.rmdir()
        self.folder.symlink_to(elsewhere)
        self._settle(elsewhere)

    def _write(self, path, text, mode=0o600):
        path.parent.mkdir(exist_ok=True)
        new = path.with_name(path.name + ".new")
        new.write_text(text, encoding="utf-8")
        new.chmod(mode)
        self._own(new)
        new.replace(path)

    def _own(self, *paths):
        if self.user:
            for path in paths:
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _create(self):
        """The cluster appears under its name when it is complete, so that a killed start is made anew."""
        new = self.folder / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._certificates()
        password = secrets.token_urlsafe(24)
        self._write(self.folder / "password", password + "\n")
        self._write(self.folder / "pgpass", f"*:*:*:*:{password}\n")
        self._run("initdb", "-D", str(new), "-U", "postgres", "--pwfile", str(self.folder / "password"), "-E", "UTF8",
                  "--locale", "C.UTF-8", "-A", "scram-sha-256", "--no-sync")
        with open(new / "postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(SETTINGS)
        self._write(new / "pg_hba.conf", ACCESS)
        new.rename(self.data)

    def _certificates(self):
        """An authority of our own, and the server's certificate for localhost and 127.0.0.1."""
        shutil.rmtree(self.tls, ignore_errors=True)
        self.tls.mkdir()
        self.tls.chmod(0o755)
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        self._openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "3650",
                      "-subj", "/CN=authority of a local PostgreSQL",
                      "-addext", "keyUsage=critical,keyCertSign,cRLSign")
        self._openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        (self.tls / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
                                        "basicConstraints=critical,CA:FALSE\n", encoding="ascii")
        self._openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial",
                      "-out", "server.crt", "-days", "3650", "-extfile", "names")
        (self.tls / "ca.key").unlink()  # it has signed all it is there to sign
        (self.tls / "server.key").chmod(0o600)
        self._own(self.tls, *self.tls.iterdir())

    def _openssl(self, *words):
        try:
            done = subprocess.run(["openssl", *words], cwd=self.tls, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise Error("openssl is not installed; it makes the server's certificate") from None
        if done.returncode != 0:
            raise Error(f"openssl {words[0]}: {done.stderr.strip()}")

    def _launch(self):
        """The port of the last time, so that a DSN stays good; another one when somebody else has it now."""
        kept, log = self.folder / "port", self.folder / "log"
        ports = [kept.read_text(encoding="ascii").strip()] * PATIENCE if kept.exists() else []
        for port in ports + [str(free_port()) for _ in range(3)]:
            done = self._run("pg_ctl", "start", "-D", str(self.data), "-l", str(log), "-w", "-t", "60",
                             "-o", f"-p {port}", check=False)
            if done.returncode == 0:
                self._write(kept, port + "\n", 0o644)
                return
            time.sleep(0.3)  # the children of a killed server take a moment to notice
        tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
        raise Error("the server does not start: " + " / ".join([done.stderr.strip(), *tail]))

    def _furnish(self):
        """The shop's user and database, if they are not there."""
        password = (self.folder / "password").read_text(encoding="ascii").strip()
        if self._sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}'") != "1":
            self._sql(f"CREATE ROLE {OWNER} LOGIN REPLICATION PASSWORD '{password}'")
        if self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") != "1":
            self._sql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")

    def _sql(self, text):
        return self._run("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.dsn("postgres", "postgres"),
                         text=text).stdout.strip()  # by standard input, which no list of processes shows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=["start", "stop", "dsn"])
    parser.add_argument("folder", metavar="DIR")
    options = parser.parse_args()
    cluster = Cluster(options.folder)
    try:
        if options.verb == "start":
            print(cluster.start())
        elif options.verb == "stop":
            cluster.stop()
        elif not cluster.running():
            raise Error(f"the server does not run in '{cluster.folder}'")
        else:
            print(cluster.dsn())
    except (Error, OSError) as error:
        sys.exit(f"postgres: {error}")


if __name__ == "__main__":
    main()

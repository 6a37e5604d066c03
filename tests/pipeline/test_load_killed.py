"""cfngen load that is killed, left by its server, or not alone: all tables or none, and the next run completes."""
import random
import signal
import subprocess
import threading
import time
import unittest

from loading import CFNGEN, Case, Shop, cfngen

KILLS = 12


def setUpModule():
    Case.shop = Shop()
    unittest.addModuleCleanup(Case.shop.done)
    Case.large = Case.shop.folder / "large"
    made = cfngen("generate", "--out", Case.large, "--scale", "0.05")
    assert made.returncode == 0, made.stderr


class Killed(Case):
    def begin(self, *words, dsn=None, files=None):
        return subprocess.Popen([CFNGEN, "load", "--from", str(files or self.large), "--dsn", dsn or self.dsn, *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def all_or_none(self):
        tables = self.tables()
        self.assertIn(len(tables), (0, 9))
        if tables:
            self.is_whole(self.large / "totals.json")
        return bool(tables)

    def test_at_any_moment(self):
        """Kills are spread over the time that a run takes; each is followed at once by another run."""
        began = time.monotonic()
        self.load(0, files=self.large)
        took = time.monotonic() - began
        chance, ended = random.Random(5), 0
        for i in range(KILLS):
            self.setUp()
            run = self.begin()
            time.sleep(took * (i + chance.random()) / KILLS)
            run.kill()
            run.communicate()
            ended += self.all_or_none()
        self.load(0, files=self.large)
        self.assertTrue(self.all_or_none())
        self.nothing_is_left()
        self.assertLess(ended, KILLS, "none was killed before its end")

    def test_again_and_again_without_sweeping_between(self):
        chance = random.Random(6)
        for _ in range(6):
            run = self.begin()
            time.sleep(chance.random())
            run.kill()
            run.communicate()
        self.load(0, files=self.large)
        self.assertTrue(self.all_or_none())
        self.nothing_is_left()

    def test_while_it_replaces(self):
        self.load()
        before, chance = self.tables(), random.Random(7)
        for _ in range(4):
            run = self.begin("--replace")
            time.sleep(chance.random())
            run.kill()
            run.communicate()
            if self.tables() == before:
                self.is_whole()
        self.load(0, "--replace", files=self.large)
        self.assertTrue(self.all_or_none())

    def test_asked_to_end(self):
        run = self.begin()
        time.sleep(0.3)
        run.send_signal(signal.SIGINT)
        _, said = run.communicate(timeout=60)
        if run.returncode:  # it was not over already
            self.assertEqual(run.returncode, 1, said)
            self.assertIn("stopped: nothing has been changed", said)
            self.assertEqual(self.tables(), {})
            self.nothing_is_left()

    def test_the_server_goes_away(self):
        run = self.begin()
        time.sleep(0.4)
        self.shop.cluster._run("pg_ctl", "stop", "-D", str(self.shop.cluster.data), "-m", "immediate", "-w")
        _, said = run.communicate(timeout=120)
        self.assertEqual(self.shop.cluster.start(), self.dsn)
        if run.returncode:
            self.assertEqual(run.returncode, 3, said)
        self.all_or_none()
        self.load(0, files=self.large)
        self.assertTrue(self.all_or_none())

    def test_a_connection_is_cut(self):
        """By the server's administrator, say."""
        run, cut = self.begin(), ""
        deadline = time.monotonic() + 20
        while run.poll() is None and time.monotonic() < deadline and cut != "1":
            cut = self.sql("SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
                           "WHERE application_name = 'cfngen load worker' AND query LIKE 'COPY%' LIMIT 1) one")
        _, said = run.communicate(timeout=60)
        if cut == "1":
            self.assertIn(run.returncode, (1, 3), said)
            self.assertEqual(self.tables(), {})
            self.nothing_is_left()
        self.load(0, files=self.large)

    def test_two_at_the_same_time(self):
        said = []

        def one():
            said.append(cfngen("load", "--from", self.large, "--dsn", self.dsn))

        threads = [threading.Thread(target=one) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for run in said:
            if run.returncode:
                self.assertIn("another load is under way in this database", run.stderr)
        self.assertIn(0, [run.returncode for run in said])
        self.assertTrue(self.all_or_none())
        self.nothing_is_left()


if __name__ == "__main__":
    unittest.main()

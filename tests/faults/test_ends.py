"""Runs that end otherwise than they were meant to: interrupted, left alone by the server, with nowhere to write to."""
import os
import signal
import subprocess
import threading
import time
import unittest

import between
import case


class Waiting(case.Case):
    """A proxy through which a test knows what has happened."""

    def setUp(self):
        self.simulation = self.enterContext(case.serve(scale="0.01"))
        self.account = case.Account(self.simulation.endpoint)
        self.proxy = self.enterContext(between.Proxy(self.simulation.endpoint))
        self.place = case.Place(self.folder(), self.proxy.endpoint)

    def when_asked(self, action, do):
        """Does something once, when that action has been asked for and answered."""
        lock, ready = threading.Lock(), []

        def strike(request):
            request.pass_on()
            do()

        def choose(request):
            with lock:
                if request.action != action or ready:
                    return None
                ready.append(True)
                return strike
        self.proxy.choose = choose

    def interrupted(self, times, *words):
        """A deployment that gets that many interrupts as soon as its first stack is being created."""
        begun, process = threading.Event(), []

        def interrupt():
            begun.wait()
            for _ in range(times):
                process[0].send_signal(signal.SIGINT)
                time.sleep(0.3)
        self.when_asked("CreateStack", interrupt)
        process.append(self.place.begin("deploy", "--yes", *words))
        begun.set()
        return case.finish(process[0])

    def goes_on(self):
        self.ended(self.place.run("deploy", "--yes"), 0)
        self.stand_once(self.account.past())

    def test_interrupted_once(self):
        done = self.ended(self.interrupted(1), 1, "nothing more is started")
        self.assertRegex(done.stdout, "not done: 1 stack done, 2 not begun")
        self.assertEqual(case.statuses(self.account.past()), {"common": ["CREATE_COMPLETE"]})
        self.goes_on()

    def test_interrupted_twice(self):
        done = self.ended(self.interrupted(2), 1, "nothing more is started")
        self.assertRegex(done.stdout, "not done: 0 stacks done, 2 not begun, 1 left running")
        self.assertEqual(case.statuses(self.account.past()), {"common": ["CREATE_IN_PROGRESS"]})
        self.goes_on()

    def test_interrupted_while_it_reads(self):
        process, begun = [], threading.Event()

        def interrupt():
            begun.wait()
            process[0].send_signal(signal.SIGINT)
        self.when_asked("DescribeStacks", interrupt)
        process.append(self.place.begin("deploy", "--yes"))
        begun.set()
        done = case.finish(process[0])
        self.decent(done.stdout, done.stderr)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(case.statuses(self.account.past()), {})

    def test_the_service_goes_and_comes_back(self):
        def away():
            self.proxy.go()
            threading.Timer(6, self.proxy.come).start()
        self.when_asked("CreateStack", away)
        self.ended(self.place.run("deploy", "--yes"), 0)
        self.stand_once(self.account.past())


    def test_the_service_goes_for_good(self):
        def away():
            self.proxy.go()
            self.simulation.server.kill()
        self.when_asked("CreateStack", away)
        done = self.ended(self.place.run("deploy", "--yes"), 3, "(?i)connect", "what runs goes on by itself; run it")
        self.assertRegex(done.stdout, "warning: common +no good answer to DescribeStackEvents")
        self.assertRegex(done.stdout, "not done: 0 stacks done, 2 not begun, 1 left running")


class Written(case.Case):
    """Nowhere to write to."""

    def setUp(self):
        self.simulation = self.enterContext(case.serve())
        self.account = case.Account(self.simulation.endpoint)
        self.place = case.Place(self.folder(), self.simulation.endpoint)

    def test_history_on_a_full_disk(self):
        state = self.place.folder / "state" / "cfngen"
        state.mkdir(parents=True)
        (state / "history.json.new").symlink_to("/dev/full")
        self.place.environment["XDG_STATE_HOME"] = str(state.parent)
        done = self.ended(self.place.run("deploy", "--yes"), 0, "warning: .*how long the stacks took could not be kept")
        self.assertIn("done: 3 stacks", done.stdout)
        self.assertFalse((state / "history.json").exists())

    def test_history_where_no_folder_can_be(self):
        (self.place.folder / "state").write_text("a file")
        self.place.environment["XDG_STATE_HOME"] = str(self.place.folder / "state")
        self.ended(self.place.run("deploy", "--yes"), 0, "could not be kept: Not a directory")

    def test_history_that_is_none(self):
        state = self.place.folder / "state" / "cfngen"
        state.mkdir(parents=True)
        self.place.environment["XDG_STATE_HOME"] = str(state.parent)
        for text in (b"", b'{"eu-west-1/shop-dev-common": [1, 2', b"[]", b"\xff\xfe",
                     b'{"eu-west-1/shop-dev-common": [-5, "x", 1e300]}'):
            (state / "history.json").write_bytes(text)
            self.ended(self.place.run("deploy", "--dry-run", "--no-preflight"), 1)

    def test_result_on_a_full_disk(self):
        done = self.ended(self.place.run("deploy", "--yes", "--result", "/dev/full"), 3, "/dev/full.*No space left")
        self.assertIn("done: 3 stacks", done.stdout)
        self.stand_once(self.account.past())

    def test_result_in_a_folder_that_is_not_there(self):
        self.ended(self.place.run("deploy", "--yes", "--result", "no/such/result.json"), 3,
                   "no/such/result.json.*No such file")
        self.stand_once(self.account.past())

    def test_output_on_a_full_disk(self):
        with open("/dev/full", "w") as full:
            done = self.place.run("deploy", "--yes", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        self.ended(done, 3, "cannot write to standard output")
        self.stand_once(self.account.past())

    def test_nobody_reads_the_output(self):
        """Closed by its reader: the work is done, and the code says that it could not be told."""
        for form, more, status in [("text", [], "CREATE_COMPLETE"), ("json", case.CHANGE, "UPDATE_COMPLETE")]:
            reader, writer = os.pipe()
            os.close(reader)
            with self.subTest(form), open(writer, "w", encoding="utf-8") as unread:
                done = self.place.run("deploy", "--yes", "--output", form, *more, capture_output=False, stdout=unread,
                                      stderr=subprocess.PIPE)
                self.ended(done, 3)
                self.assertNotIn("cannot write", done.stderr)
                self.assertEqual(case.statuses(self.account.past()), {name: [status] for name in case.STACKS})


if __name__ == "__main__":
    unittest.main()

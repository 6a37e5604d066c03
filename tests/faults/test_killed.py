"""cfngen is killed at a hundred random points. The next run goes on from there; nothing is lost, nothing done twice."""
import concurrent.futures
import os
import random
import subprocess
import threading
import time
import unittest

import between
import case

KILLS = 100
SEED = int(os.environ.get("CFN_SEED", "20261124"))
DAYS = [60, 90, 120]


class Death:
    """Kills a process when so many requests have come: before the last is carried out, before it is answered, or some
    time after that."""

    def __init__(self, chance):
        self.count, self.when, self.pause = chance.randrange(1, 30), chance.randrange(3), chance.random() / 5
        self.lock, self.process, self.begun = threading.Lock(), None, threading.Event()

    def choose(self, _):
        with self.lock:
            self.count -= 1
            return self.strike if self.count == 0 else None

    def strike(self, request):
        if self.when > 0:
            status, headers, body = request.forward()
        if self.when == 2:
            request.answer(status, body, headers)
            time.sleep(self.pause)
        self.begun.wait()
        self.process.kill()
        request.close()


class Killed(case.Case):
    def setUp(self):
        self.lock, self.deaths, self.platforms = threading.Lock(), 0, 0

    def kill(self, simulated, place, death, *words):
        """Runs until death comes, if it does."""
        with between.Proxy(simulated.endpoint, death.choose) as proxy:
            place.endpoint = proxy.endpoint
            death.process = place.begin(*words, stdout=subprocess.DEVNULL)
            death.begun.set()
            done = case.finish(death.process)
        place.endpoint = simulated.endpoint
        self.decent("", done.stderr)
        self.assertIn(done.returncode, (0, -9), done.stderr)
        with self.lock:
            self.deaths += done.returncode == -9

    def life(self, number, simulated):
        """A platform is made, changed and deleted; each of that is killed once and then done."""
        chance = random.Random(SEED * 1000 + number)
        place, account = case.Place(simulated.folder / "place", simulated.endpoint), case.Account(simulated.endpoint)
        deploy = ["deploy", "--yes", *(["--change-sets"] if number % 4 == 3 else [])]
        verbs = [deploy]
        verbs += [[*deploy, "--set", f"common.access_log_days={days}", "--set", f"data_lake.noncurrent_days={days}",
                   "--set", f"athena.result_days={days}"] for days in DAYS]
        verbs += [["destroy", "--confirm", "shop-dev"]]
        for words in verbs:
            self.kill(simulated, place, Death(chance), *words)
            self.ended(place.run(*words), 0)
            if words == deploy:
                self.stand_once(account.past())
        past = account.past()
        self.assertEqual(case.statuses(past), {name: ["DELETE_COMPLETE"] for name in case.STACKS})
        for stack in past:
            self.assertEqual(case.operations(stack), ["CREATE", *["UPDATE"] * len(DAYS), "DELETE"], stack["StackName"])

    def lives(self):
        while True:
            with self.lock:
                if self.deaths >= KILLS:
                    return
                number, self.platforms = self.platforms, self.platforms + 1
            with case.serve(scale="0.002") as simulated:
                try:
                    self.life(number, simulated)
                except BaseException as error:
                    raise AssertionError(f"CFN_SEED={SEED}, platform {number}") from error

    def test_a_hundred_times(self):
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            for worker in [pool.submit(self.lives) for _ in range(16)]:
                worker.result()


if __name__ == "__main__":
    unittest.main()

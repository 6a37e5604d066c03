"""Answers that are broken in every way: nothing is lost, nothing is done twice, and what cannot be mended is told."""
import concurrent.futures
import unittest

import between
import case
import mishaps

PASSING = [
    mishaps.cut_in_the_middle, mishaps.cut_in_the_headers, mishaps.huge, mishaps.endless_headers, mishaps.bad_gateway,
    mishaps.unavailable, mishaps.portal, mishaps.empty_500, mishaps.garbage, mishaps.no_http, mishaps.entities,
    mishaps.foreign_entity, mishaps.deep, mishaps.reset_before, mishaps.reset_after, mishaps.closed_after,
    mishaps.twice, mishaps.late, mishaps.carried_out_late, mishaps.length_too_long, mishaps.length_too_short,
    mishaps.length_no_number, mishaps.keeps_no_connection,
]
# Those that tell whether an operation is begun once: carried out or not, with and without an answer.
CROSSING = [mishaps.reset_after, mishaps.reset_before, mishaps.twice, mishaps.empty_500, mishaps.cut_in_the_middle]
LASTING = {
    mishaps.cut_in_the_middle: "truncated|transfer closed|unreadable",
    mishaps.huge: "too-large|too large",
    mishaps.endless_headers: "too-large|too large",
    mishaps.bad_gateway: "502",
    mishaps.unavailable: "503",
    mishaps.portal: "not the service's",
    mishaps.empty_500: "500",
    mishaps.garbage: "not the service's",
    mishaps.entities: "not the service's",
    mishaps.foreign_entity: "not the service's",
    mishaps.deep: "not the service's",
    mishaps.reset_before: "reset|connection",
}


POOL = concurrent.futures.ThreadPoolExecutor(24)  # most of them wait most of the time


class Together(case.Case):
    """Many runs at the same time, each with a server and a proxy of its own; each test then looks at one of them."""

    @classmethod
    def begin(cls):
        cls.runs = {fault: POOL.submit(cls.run_alone, fault) for fault in cls.faults}

    @classmethod
    def run_alone(cls, fault):
        with case.serve() as simulated, between.Proxy(simulated.endpoint) as proxy:
            place = case.Place(simulated.folder / "place", proxy.endpoint)
            account = case.Account(simulated.endpoint)
            runs = cls.run_with(fault, proxy, place, account)
            return proxy, account.past(), runs

    def of(self, fault):
        proxy, past, runs = self.runs[fault].result()
        self.assertGreater(proxy.suffered[fault.__name__], 0, "the fault was never met")
        self.assertEqual(proxy.unexpected, [])
        self.judge(fault, past, *runs)


def test_of(fault):
    return lambda self: self.of(fault)


def with_faults(faults):
    """A class of tests with one for each fault."""
    def decorate(cls):
        cls.faults = list(faults)
        for fault in faults:
            setattr(cls, f"test_{fault.__name__}", test_of(fault))
        return cls
    return decorate


@with_faults(PASSING)
class Passing(Together):
    """Each action on each stack suffers a fault once: the deployment goes on."""

    @classmethod
    def run_with(cls, fault, proxy, place, account):
        proxy.choose = between.first(fault)
        done = place.run("deploy", "--yes", "--trace")
        proxy.choose = between.never
        return done, place.run("diff")

    def judge(self, fault, past, done, diff):
        self.ended(done, 0)
        self.assertIn("done: 3 stacks", done.stdout)
        self.ended(diff, 0)
        self.stand_once(past)


@with_faults(CROSSING)
class Changing(Together):
    """So it does when stacks are changed and deleted."""

    @classmethod
    def run_with(cls, fault, proxy, place, account):
        runs = []
        for words in [("deploy", "--yes"), ("deploy", "--yes", *case.CHANGE), ("destroy", "--confirm", "shop-dev")]:
            runs.append(place.run(*words))
            proxy.choose = between.first(fault)
        return runs

    def judge(self, fault, past, *runs):
        for done in runs:
            self.ended(done, 0)
        self.assertIn("update 3", runs[1].stdout)
        self.assertEqual(case.statuses(past), {name: ["DELETE_COMPLETE"] for name in case.STACKS})
        for stack in past:
            self.assertEqual(case.operations(stack), ["CREATE", "UPDATE", "DELETE"])


@with_faults([mishaps.reset_after, mishaps.empty_500])
class Persistent(Together):
    """What begins an operation has no answer for longer than a call is repeated: it is looked up."""

    @classmethod
    def run_with(cls, fault, proxy, place, account):
        proxy.choose = between.first(fault, times=7, only={"CreateStack"})
        return [place.run("deploy", "--yes")]

    def judge(self, fault, past, done):
        self.ended(done, 0)
        self.stand_once(past)


@with_faults([mishaps.dribble])
class Slow(Together):
    """An answer of one byte a second is given up, and asked for again."""

    @classmethod
    def run_with(cls, fault, proxy, place, account):
        proxy.choose = between.first(fault, only={"CreateStack"})
        return [place.run("deploy", "--yes", "--stack", "common")]

    def judge(self, fault, past, done):
        self.ended(done, 0)
        self.assertEqual(case.statuses(past), {"common": ["CREATE_COMPLETE"]})


@with_faults(LASTING)
class Lasting(Together):
    """What is always broken is told."""

    @classmethod
    def run_with(cls, fault, proxy, place, account):
        proxy.choose = between.always(fault)
        return [place.run("status", "common", "--trace")]

    def judge(self, fault, past, done):
        self.ended(done, 3, LASTING[fault])
        self.assertNotIn("hotel", done.stdout + done.stderr)


def setUpModule():
    """The slowest begin first."""
    for cls in (Slow, Passing, Persistent, Changing, Lasting):
        cls.begin()


if __name__ == "__main__":
    unittest.main()

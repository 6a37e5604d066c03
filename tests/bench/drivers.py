"""Measures drivers of deployments side by side: cfngen, the CDK's command and the aws command bring the same stacks
up on `cfngen simulate`, which answers as CloudFormation does, in real time, with the latency of a call to a region.

What a driver costs is what it takes above the critical path: no driver can be faster than the stacks that wait for each
other. Calls are counted where they arrive. Nothing is asserted.

    drivers.py [--quick] [--only WORD]...

--quick leaves out the slow ones: the CDK one stack at a time, the aws command, the CDK's 200 stacks. --only: those
whose name has the word.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import bench
import graphs

WORK = bench.WORK / "drivers"
AWS = pathlib.Path(os.environ.get("CFN_AWS", bench.ROOT / ".venv/aws/bin/aws"))
LATENCY, CHANGE_SET = 80, 3000
SECRET = "of-the-benchmark"
ANSWERED = re.compile(r"^trace: (\S+) (\w+)", re.M)


def environment(home, **more):
    """Nothing of this machine's own AWS settings comes in."""
    home.mkdir(parents=True, exist_ok=True)
    ours = ("AWS_", "CFNGEN_", "XDG_")
    kept = {name: value for name, value in bench.ENVIRONMENT.items() if not name.startswith(ours)}
    return {**kept, "HOME": str(home), "AWS_ACCESS_KEY_ID": "cfngen", "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": graphs.REGION, "AWS_DEFAULT_REGION": graphs.REGION, "AWS_EC2_METADATA_DISABLED": "true",
            "NODE_NO_WARNINGS": "1", **more}


def plain(label):
    return re.sub("[^a-z0-9]+", "-", label.lower())


class Server:
    """A CloudFormation of its own for each driver."""

    def __init__(self, name, graph):
        self.folder = WORK / name
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.log, self.runs = self.folder / "simulate.log", 0
        ready = self.folder / "ready"
        words = [bench.COMMAND, "simulate", "--listen", "127.0.0.1:0", "--ready-file", ready, "--region", graphs.REGION,
                 "--latency", LATENCY, "--change-set-time", CHANGE_SET, "--trace", "--secret", "AWS_SECRET_ACCESS_KEY",
                 "--times", graph.write_times(self.folder / "times.json")]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([str(word) for word in words], stdout=log, stderr=log,
                                            env=environment(self.folder / "home"))
        while not (ready.exists() and ready.read_text().strip()):
            if self.process.poll() is not None:
                sys.exit(self.log.read_text())
            time.sleep(0.02)
        self.endpoint = ready.read_text().strip()

    def answered(self):
        return [match[2] for match in ANSWERED.finditer(self.log.read_text(errors="replace"))]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        self.process.wait(30)


class Run:
    """One command against a server, from start to exit."""

    def __init__(self, tree, server, label, floor, words):
        self.label, self.floor = label, floor
        server.runs += 1
        before, log = len(server.answered()), server.folder / f"run-{server.runs}.log"
        said = bench.must(tree, log, *words, cwd=server.folder,
                          env=environment(server.folder / "home", AWS_ENDPOINT_URL=server.endpoint)).split()
        self.wall, self.processor, self.peak, code = float(said[0]), float(said[1]), int(said[2]) / 1024, int(said[3])
        self.actions = server.answered()[before:]
        self.text = log.read_text(errors="replace")
        self.failure = f"{label}: exit code {code}, see {log}" if code else None

    def row(self, base):
        above = self.wall - self.floor
        times = f"{self.wall / base.wall:.1f}" if base else ""
        return [self.label + (" FAILED" if self.failure else ""), f"{self.wall:.1f}", f"{self.floor:.1f}", f"{above:.1f}",
                f"{above / self.floor * 100:.0f} %" if self.floor else "", str(len(self.actions)), f"{self.peak:.0f}",
                f"{self.processor:.1f}", times]


HEAD = ["driver", "wall s", "floor s", "above s", "", "calls", "MiB", "processor s", "times cfngen"]


def compile_deployer():
    includes = [f"-I{path}" for path in (bench.ROOT / "include", bench.BUILD / "include")]
    return bench.compile_program("bench_deploy", *includes, bench.BUILD / "libcfngen.a", *bench.libraries())


def tell(title, runs):
    runs = [run for run in runs if run]
    if not runs:
        return
    print(f"\n{title}\n")
    bench.table(HEAD, [run.row(runs[0]) for run in runs])
    for run in runs:
        if run.failure:
            print(run.failure)
    sys.stdout.flush()


def together(jobs):
    """Runs what is slow side by side: these wait far more than they work."""
    results = [None] * len(jobs)

    def work(i):
        results[i] = jobs[i]()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class Bench:
    def __init__(self, options):
        self.options = options
        WORK.mkdir(parents=True, exist_ok=True)
        self.tree = bench.compile_program("tree")
        self.app = None
        self.platform = self.synthesize("platform", "")
        self.changed = self.synthesize("changed", "tags: {Round: two}\n")

    def synthesize(self, name, more):
        folder = WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "platform.yaml").write_text(bench.CONFIG.read_text() + more)
        bench.must(bench.COMMAND, "synth", "--config", folder / "platform.yaml", "--out", folder / "out")
        return graphs.Graph(folder / "out", graphs.SECONDS)

    def wanted(self, label):
        return not self.options.only or any(word in label for word in self.options.only)

    def run(self, server, label, floor, words):
        return Run(self.tree, server, label, floor, words)

    def fresh(self, graph, label, floor, words):
        """On a server of its own; None when it is not wanted."""
        if not self.wanted(label):
            return None
        with Server(plain(label), graph) as server:
            return self.run(server, label, floor, words)

    # -- the drivers' words --

    def cfngen(self, graph, *more):
        return [bench.COMMAND, "deploy", "--yes", "--config", graph.folder.parent / "platform.yaml", *more]

    def cdk(self, graph, concurrency, *more):
        self.app = self.app or bench.install_cdk()
        assembly = graphs.write_assembly(graph, WORK / f"assembly-{graph.folder.parent.name}")
        return [self.app / "node_modules/.bin/cdk", "deploy", "--all", "--require-approval", "never", "--no-notices",
                "--app", assembly, "--concurrency", concurrency, *more]

    def aws(self, graph):
        return ["make", "--no-print-directory", "-j", len(graph.stacks), "-f",
                graphs.write_makefile(graph, AWS, WORK / "aws.mk")]

    # -- what is measured --

    def life(self, label, words):
        """Created, updated in every stack, and the same again: three runs on one server."""
        if not self.wanted(label):
            return None, None, None
        with Server(plain(label), self.platform) as server:
            return (self.run(server, label, self.platform.path()[0], words(self.platform)),
                    self.run(server, label, self.platform.longest(), words(self.changed)),
                    self.run(server, label, 0, words(self.changed)))

    def ten(self):
        graph = self.platform
        sets, (path, names) = graph.path(CHANGE_SET / 1000)[0], graph.path()
        one_by_one, direct = sum(graph.seconds.values()), ("--method", "direct")
        ours = self.life("cfngen deploy", lambda stacks: self.cfngen(stacks, "--poll", "1"))
        runs = [ours[0],
                self.fresh(graph, "cfngen deploy --poll 0.5", path, self.cfngen(graph, "--poll", "0.5")),
                self.fresh(graph, "cfngen deploy --change-sets", sets, self.cfngen(graph, "--change-sets")),
                self.fresh(graph, "cdk deploy --concurrency 10", sets, self.cdk(graph, 10))]
        theirs = self.life("cdk deploy --concurrency 10 --method direct", lambda stacks: self.cdk(stacks, 10, *direct))
        runs.append(theirs[0])
        if not self.options.quick:
            with_sets = one_by_one + CHANGE_SET / 1000 * len(graph.stacks)
            runs += together([
                lambda: self.fresh(graph, "cdk deploy", with_sets, self.cdk(graph, 1)),
                lambda: self.fresh(graph, "cdk deploy --method direct", one_by_one, self.cdk(graph, 1, *direct)),
                lambda: self.fresh(graph, "aws cloudformation deploy, by make -j", sets, self.aws(graph))])
        tell(f"ten stacks, created; critical path {path:.1f} s ({', '.join(names)}), {one_by_one:.1f} s one by one", runs)
        tell(f"all ten updated; the longest takes {graph.longest():.1f} s", [ours[1], theirs[1]])
        tell("the same again: nothing to do", [ours[2], theirs[2]])

    def many(self):
        graph = graphs.many(WORK / "many/out")
        path, times = graph.path()[0], graph.write_times(WORK / "many/times.json")
        library = compile_deployer()
        label = "cfngen's library"
        runs = []
        if self.wanted(label):
            with Server("many-library", graph) as server:
                runs.append(self.run(server, label, path, [library, server.endpoint, graph.folder]))
        if not self.options.quick:
            runs.append(self.fresh(graph, "cdk deploy --concurrency 200 --method direct", path,
                                   self.cdk(graph, 200, "--method", "direct")))
        tell(f"{len(graph.stacks)} stacks in {graphs.LAYERS} layers; critical path {path:.1f} s", runs)
        if self.wanted(label):
            self.inside(runs[0], library, graph, times)

    def inside(self, run, library, graph, times):
        with contextlib.suppress(ValueError):
            said = json.loads(run.text)
            print(f"\nits reading took {said['reading']:.1f} s, its running {said['running']:.1f} s; "
                  f"{said['steps']:,} steps of the engine, {said['microseconds']:.0f} microseconds each")
        said = bench.must(self.tree, WORK / "virtual.log", library, "virtual", graph.folder, times).split()
        virtual = json.loads((WORK / "virtual.log").read_text())
        print(f"in virtual time: {virtual['reading']:.1f} s + {virtual['running']:.1f} s in {virtual['wall']:.2f} s of "
              f"this machine, {int(said[2]) / 1024:.0f} MiB with the simulation; {virtual['calls']:,} calls, "
              f"{virtual['steps']:,} steps, {virtual['microseconds']:.0f} microseconds each")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append")
    measured = Bench(parser.parse_args())
    print(f"deployment drivers; {LATENCY} ms a call, {CHANGE_SET / 1000:.0f} s a change set; each with a server of its "
          "own. Floor:\nwhat the stacks themselves take in that order, with their change sets where those are used")
    measured.ten()
    measured.many()


if __name__ == "__main__":
    main()

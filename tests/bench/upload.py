"""Measures `cfngen upload` beside `aws s3 sync`: the same files, on the same server, in one run on this machine.

The server is gofakes3, an S3 of others in one Go program, which keeps objects in memory (fetched once by `go install`, at
the version below); where there is no Go it is `cfngen simulate`. With --latency each answer comes so much later, as
those of a region do: a small server in between waits. The stacks are asked of `cfngen simulate`, which is a part of
cfngen's time and not of its peer's. Nothing is asserted.

    upload.py [--files N] [--rounds N] [--latency MS] [--server gofakes3|simulate]
"""
import argparse
import asyncio
import contextlib
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time

import bench

sys.path.insert(0, str(bench.ROOT / "tests/cli"))
os.environ.setdefault("CFNGEN", str(bench.COMMAND))
import simulation  # noqa: E402

AWS = pathlib.Path(os.environ.get("CFN_AWS", bench.ROOT / ".venv/aws/bin/aws"))
FAKE = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0"
BUCKET = "shop-dev-airflow-123456789012-eu-west-1"
WORK = bench.WORK / "upload"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    sys.exit("the server does not start")


@contextlib.contextmanager
def gofakes3():
    program = WORK / "bin/gofakes3"
    if not program.exists():
        bench.must("go", "install", FAKE, env={**bench.ENVIRONMENT, "GOBIN": str(program.parent), "GOPATH": str(WORK / "go"),
                                               "GOFLAGS": "-modcacherw"})
    port = free_port()
    words = [program, "-backend", "memory", "-host", f"127.0.0.1:{port}", "-initialbucket", BUCKET]
    with subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            await_port(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


class Later:
    """Hands bytes on, those of answers so many seconds later."""

    def __init__(self, endpoint, seconds):
        self.upstream, self.seconds = int(endpoint.rsplit(":", 1)[1]), seconds
        self.loop, self.port = asyncio.new_event_loop(), free_port()
        threading.Thread(target=self.serve, daemon=True).start()
        await_port(self.port)

    def serve(self):
        self.loop.create_task(asyncio.start_server(self.accept, "127.0.0.1", self.port, backlog=256))
        self.loop.run_forever()

    async def accept(self, reader, writer):
        with contextlib.suppress(OSError):
            upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
            await asyncio.gather(self.pipe(reader, to_upstream, 0), self.pipe(upstream, writer, self.seconds))

    async def pipe(self, reader, writer, seconds):
        with contextlib.suppress(OSError):
            while piece := await reader.read(1 << 16):
                await asyncio.sleep(seconds)
                writer.write(piece)
                await writer.drain()
        writer.close()


class Measured:
    """Wall time, processor time and the peak of memory of each round of a command."""

    def __init__(self):
        self.walls, self.processor, self.peaks = [], [], []

    def run(self, environment, folder, *words):
        with open(WORK / "output", "w+") as output:
            began = time.monotonic()
            process = subprocess.Popen([str(word) for word in words], cwd=folder, env=environment, stdout=output, stderr=output)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.walls.append(time.monotonic() - began)
            output.seek(0)
            said = output.read()
        if process.returncode != 0:
            sys.exit(f"exit {process.returncode}: {words}\n{said[-2000:]}")
        self.processor.append(usage.ru_utime + usage.ru_stime)
        self.peaks.append(usage.ru_maxrss / 1024)
        return said

    @property
    def wall(self):
        return statistics.median(self.walls)

    def __str__(self):
        return (f"{self.wall:.2f} s (processor {statistics.median(self.processor):.2f} s, "
                f"{statistics.median(self.peaks):.0f} MiB)")


def write_files(folder, count):
    chance = random.Random(1)
    for number in range(count):
        path = folder / f"pipeline/dags/{number % 20}/file{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(chance.randrange(200, 8000)))


def compare(folder, environment, rounds):
    """Each round sends all under names of its own, then has nothing to send."""
    rows = {"all sent": (Measured(), Measured()), "nothing changed": (Measured(), Measured())}
    for number in range(rounds):
        ours = [bench.COMMAND, "upload", "dags", "--set", f"mwaa.dags_path=ours{number}", "--output", "json"]
        theirs = [AWS, "s3", "sync", "pipeline/dags", f"s3://{BUCKET}/theirs{number}", "--only-show-errors", "--exclude",
                  "*.pyc"]
        for row in rows.values():
            said = row[0].run(environment, folder, *ours)
            row[1].run(environment, folder, *theirs)
        assert re.search(r'"files":0,', said), said
    return rows


def measure(options, endpoint, clouds, folder):
    environment = simulation.environment(
        folder, AWS_ENDPOINT_URL_S3=endpoint, AWS_ENDPOINT_URL_CLOUDFORMATION=clouds, AWS_DEFAULT_REGION="eu-west-1")
    rows = compare(folder, environment, options.rounds)
    bench.table([f"{options.files:,} small files", "cfngen upload", "aws s3 sync", "ratio of medians"], [
        [name, str(ours), str(theirs), f"{theirs.wall / ours.wall:.1f} times"] for name, (ours, theirs) in rows.items()])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0)
    parser.add_argument("--server", choices=["gofakes3", "simulate"],
                        default="gofakes3" if shutil.which("go") else "simulate")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    with contextlib.ExitStack() as stack:
        clouds = stack.enter_context(simulation.Simulation())
        write_files(clouds.folder, options.files)
        done = clouds.run("deploy", "--yes", "--stack", "mwaa", "--no-preflight", "--poll", "0.05")
        if done.returncode != 0:
            sys.exit(done.stderr)
        endpoint = stack.enter_context(gofakes3()) if options.server == "gofakes3" else clouds.endpoint
        if options.latency:
            endpoint = f"http://127.0.0.1:{Later(endpoint, options.latency / 1000).port}"
        print(", ".join([options.server + (f" and {options.latency:g} ms" if options.latency else ""), platform.machine(),
                         f"{os.cpu_count()} processors", bench.must(AWS, "--version").split()[0]]))
        measure(options, endpoint, clouds.endpoint, clouds.folder)


if __name__ == "__main__":
    main()

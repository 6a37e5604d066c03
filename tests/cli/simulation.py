"""`cfngen simulate` in the background, and cfngen talking to it."""
import contextlib
import os
import pathlib
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMMAND = pathlib.Path(os.environ.get("CFNGEN", ROOT / "build/cli/cfngen")).resolve()
PLATFORM = "project: shop\nenvironment: dev\nregion: eu-west-1\n"


def environment(folder, **more):
    """Nothing of this machine's own AWS settings comes in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CFNGEN_", "XDG_"))}
    return {**kept, "HOME": str(folder), "CFNGEN_TODAY": "2026-11-23", "AWS_ACCESS_KEY_ID": "cfngen",
            "AWS_SECRET_ACCESS_KEY": "a-secret-of-the-test", "AWS_EC2_METADATA_DISABLED": "true", "NO_COLOR": "1", **more}


class Simulation:
    """A server; words: further options. Its folder holds a platform.yaml."""

    def __init__(self, *words, platform=PLATFORM, scale="0.0005"):
        self.scratch = tempfile.TemporaryDirectory(prefix="cfngen-simulation-")
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "platform.yaml").write_text(platform)
        self.words = [str(COMMAND), "simulate", "--scale", scale, "--latency", "2", "--change-set-time", "50",
                      "--region", "eu-west-1", *words]
        self.log = open(self.folder / "simulate.log", "w+", encoding="utf-8")
        self.start("127.0.0.1:0")

    def start(self, address):
        ready = self.folder / "ready"
        ready.unlink(missing_ok=True)
        self.server = subprocess.Popen([*self.words, "--listen", address, "--ready-file", str(ready)], stdout=self.log,
                                       stderr=self.log, env=environment(self.folder))
        end = time.monotonic() + 60
        while not (ready.exists() and ready.read_text().strip()):
            if self.server.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the server does not start: {self.said()}")
            time.sleep(0.02)
        self.endpoint = ready.read_text().strip()

    def said(self):
        self.log.flush()
        return (self.folder / "simulate.log").read_text()

    def run(self, *words, endpoint=True, **options):
        """What cfngen says, asking this server."""
        more = ["--endpoint", self.endpoint] if endpoint else []
        options = {"capture_output": True, "text": True, "cwd": self.folder, "env": environment(self.folder),
                   "timeout": 300, **options}
        return subprocess.run([str(COMMAND), *words, *more], check=False, **options)

    def stop(self):
        self.server.terminate()
        self.server.wait(30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.server.kill()
        self.server.wait(30)
        self.log.close()
        self.scratch.cleanup()

"""Runs a step of the way as a process of its own, and kills it when asked to."""
import ctypes
import dataclasses
import os
import pathlib
import signal
import subprocess
import time

GRACE = 20  # seconds for what a killed step has left to be gone
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class Failed(Exception):
    """A step failed; what it said."""


@dataclasses.dataclass
class Step:
    name: str
    words: list
    variables: dict = dataclasses.field(default_factory=dict)
    shows: bool = False  # what it prints is for the user


def _with_parent():
    """A step ends with the one who runs it, however that ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _members(group):
    """Whether processes of the group are still at work."""
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            return True
    return False


def _kill(process):
    """The step with all it has started (Spark's JVM, dbt's threads)."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
    end = time.monotonic() + GRACE
    while _members(process.pid):
        if time.monotonic() > end:
            raise Failed("its processes outlive SIGKILL")
        time.sleep(0.05)


def _tail(log, lines=25):
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def run(step, log, kill_after=None):
    """Returns (seconds, killed). Everything the step says goes to the log; a failure raises with its end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with open(log, "wb") as out:
        process = subprocess.Popen([str(word) for word in step.words], stdout=out, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, env=os.environ | step.variables, start_new_session=True,
                                   preexec_fn=_with_parent)
        try:
            code = process.wait(kill_after)
        except subprocess.TimeoutExpired:
            _kill(process)
            return time.monotonic() - began, True
        except BaseException:
            _kill(process)
            raise
    if code != 0:
        raise Failed(f"{step.name} ended with {code}; the end of {log}:\n{_tail(log)}")
    return time.monotonic() - began, False

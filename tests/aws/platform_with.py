"""The platform deployed in `cfngen simulate`, and the command asking a stand-in for the services of the data steps."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import simulation  # noqa: E402


class Deployed(simulation.Simulation):
    """stacks: those that are deployed, None: all."""

    def __init__(self, platform=simulation.PLATFORM, stacks=None):
        super().__init__(platform=platform)
        words = [word for name in stacks or [] for word in ("--stack", name)]
        done = self.run("deploy", "--yes", "--poll", "0.1", *words)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def variables(self, endpoints, more):
        """endpoints: {"REDSHIFT_DATA": url}, beside the simulation."""
        others = {f"AWS_ENDPOINT_URL_{name}": url for name, url in (endpoints or {}).items()}
        return simulation.environment(self.folder, **{"AWS_ENDPOINT_URL": self.endpoint, **others, **more})

    def ask(self, *words, endpoints=None, stdin="", **variables):
        """What cfngen says."""
        return self.run(*words, endpoint=False, input=stdin, env=self.variables(endpoints, variables))

    def begin(self, *words, endpoints=None, stdin="", **variables):
        """cfngen at work."""
        process = subprocess.Popen([str(simulation.COMMAND), *words], cwd=self.folder, text=True, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.variables(endpoints, variables))
        process.stdin.write(stdin)
        process.stdin.close()
        process.stdin = None
        return process

"""What the tests of faults share: a small platform, cfngen talking to a server, and what must hold whatever happens."""
import collections
import contextlib
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))
import simulation  # noqa: E402

PLATFORM = """\
project: shop
environment: dev
region: eu-west-1
common:
  create_dms_roles: false
  budget_usd: 0
  network: {nat: none, interface_endpoints: [kms], flow_logs: false, zones: 2}
rds: {enabled: false}
dms: {enabled: false}
glue: {enabled: false}
emr: {enabled: false}
redshift: {enabled: false}
mwaa: {enabled: false}
observability: {enabled: false}
deploy: {termination_protection: false}
"""
STACKS = ["common", "data-lake", "athena"]
CHANGE = ["--set", "common.access_log_days=60", "--set", "data_lake.noncurrent_days=15",
          "--set", "athena.scan_limit_gb=7"]
SECRET = "a-secret-of-the-test"
TOKEN = "another-secret-of-the-test"
LONG = 120  # seconds; nothing takes nearly as long


def serve(**more):
    """A server that each test has to itself, all in it very fast."""
    return simulation.Simulation(**{"platform": PLATFORM, "scale": "0.0005", **more})


class Place:
    """Where cfngen runs: whom it asks there, and what it leaves there."""

    def __init__(self, folder, endpoint, **variables):
        self.folder, self.endpoint = pathlib.Path(folder), endpoint
        self.folder.mkdir(exist_ok=True)
        (self.folder / "platform.yaml").write_text(PLATFORM)
        self.environment = simulation.environment(self.folder, AWS_SESSION_TOKEN=TOKEN, **variables)

    def words(self, *words):
        more = ["--poll", "0.05"] if words[0] in ("deploy", "destroy", "watch") else []
        return [str(simulation.COMMAND), *words, *more, "--endpoint", self.endpoint]

    def begin(self, *words, **options):
        return subprocess.Popen(self.words(*words), cwd=self.folder, text=True,
                                **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, "env": self.environment, **options})

    def run(self, *words, **options):
        return subprocess.run(self.words(*words), cwd=self.folder, text=True, check=False,
                              **{"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": LONG,
                                 "env": self.environment, **options})


class Account:
    """The server's stacks, asked for without cfngen."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def ask(self, action, **members):
        body = urllib.parse.urlencode({"Action": action, "Version": "2010-05-15", **members}).encode()
        request = urllib.request.Request(self.endpoint + "/", body, {
            "Authorization": "AWS4-HMAC-SHA256 Credential=cfngen/20261124/eu-west-1/cloudformation/aws4_request, "
                             "SignedHeaders=host, Signature=0"})
        with urllib.request.urlopen(request, timeout=LONG) as answer:
            text = answer.read().decode()
        return xml.etree.ElementTree.fromstring(text.replace(' xmlns="', ' was="'))

    def all(self, action, **members):
        """The members of a list, each an object of texts, of all its pages."""
        items, more = [], {}
        while True:
            root = self.ask(action, **members, **more)
            items += [{part.tag: part.text or "" for part in item} for item in root.findall("./*/*/member")]
            token = root.findtext("./*/NextToken")
            if not token:
                return items
            more = {"NextToken": token}

    def past(self):
        """All stacks that ever were, deleted ones too, each with its events, the oldest first."""
        return [{**stack, "Events": self.all("DescribeStackEvents", StackName=stack["StackId"])[::-1]}
                for stack in self.all("ListStacks")]


def statuses(past):
    """{"common": [status]}: a list, for a stack may have been there more than once."""
    found = collections.defaultdict(list)
    for stack in past:
        found[stack["StackName"].split("-", 2)[2]].append(stack["StackStatus"])
    return dict(found)


def operations(stack):
    """What was begun on a stack, in its order: "CREATE", "UPDATE", "DELETE"."""
    return [event["ResourceStatus"].partition("_")[0] for event in stack["Events"]
            if event["PhysicalResourceId"] == stack["StackId"] and
            event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS")]


class Case(unittest.TestCase):
    maxDiff = None

    def decent(self, output, error=""):
        """Nothing leaks, in any sense."""
        for word in (SECRET, TOKEN, "Signature=", "AddressSanitizer", "LeakSanitizer", "runtime error:"):
            self.assertNotIn(word, output + error)

    def ended(self, done, code, *words):
        """The run came to that end, and says those things (patterns) on stderr."""
        told = f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.decent(done.stdout or "", done.stderr or "")
        self.assertEqual(done.returncode, code, told)
        for word in words:
            self.assertRegex(done.stderr, word, told)
        return done

    def stand_once(self, past):
        """Each stack was created once, each resource of it too, and all is as it shall be."""
        self.assertEqual(statuses(past), {name: ["CREATE_COMPLETE"] for name in STACKS})
        for stack in past:
            created = collections.Counter(event["LogicalResourceId"] for event in stack["Events"]
                                          if event["ResourceStatus"] == "CREATE_COMPLETE")
            self.assertGreater(len(created), 1, stack)
            self.assertEqual(set(created.values()), {1}, created)

    def folder(self):
        return pathlib.Path(self.enterContext(tempfile.TemporaryDirectory(prefix="cfngen-faults-")))


def finish(process, seconds=LONG):
    """The end of a run that was begun; one that hangs is killed, and that is an error."""
    with contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        output, error = process.communicate(timeout=seconds)
        stack.pop_all()
    return subprocess.CompletedProcess(process.args, process.returncode, output, error)

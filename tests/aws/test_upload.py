"""`cfngen upload` against moto: what it sends is what boto3 finds, and each request is one that botocore could have made."""
import base64
import collections
import hashlib
import io
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
import zipfile

import botocore.session
import uploads

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "faults"))
import between  # noqa: E402
import mishaps  # noqa: E402

MANY = 2500
MB = 1 << 20
MODEL = botocore.session.get_session().get_service_model("s3")


class Content(uploads.Uploads):
    def test_all_parts_go_where_the_stacks_look_for_them(self):
        sent = {"pipeline/spark/job.py": "import shop", "pipeline/spark/shop/__init__.py": "", "pipeline/tables.json": "{}",
                "pipeline/dags/daily.py": "dag", "pipeline/dags/sub dir/ü+%&.sql": "select 1", "pipeline/dags/.airflowignore": "x",
                "pipeline/requirements.txt": "a==1", "pipeline/startup.sh": "true", "pipeline/plugins/a.py": "a",
                "dbt_project/dbt_project.yml": "y", "dbt_project/models/m.sql": "m"}
        passed_over = ["pipeline/dags/__pycache__/daily.pyc", "pipeline/dags/.env", "dbt_project/target/run.sql",
                       "dbt_project/dbt_packages/p.sql", "dbt_project/logs/dbt.log", "pipeline/spark/.git/x"]
        for name, text in {**sent, **dict.fromkeys(passed_over, "no")}.items():
            self.write(name, text)
        told, places = self.result()
        self.assertEqual(list(places), ["spark", "dags", "dbt", "requirements"])
        scripts, airflow = self.there("common"), self.there()
        modules, plugins = scripts.pop("spark/modules.zip"), airflow.pop("plugins.zip")
        self.assertEqual(scripts, {"spark/job.py": b"import shop", "spark/shop/__init__.py": b"", "spark/tables.json": b"{}"})
        self.assertEqual(airflow, {
            "dags/daily.py": b"dag", "dags/sub dir/ü+%&.sql": b"select 1", "dags/.airflowignore": b"x",
            "requirements.txt": b"a==1", "startup.sh": b"true", "dags/dbt_project/dbt_project.yml": b"y",
            "dags/dbt_project/models/m.sql": b"m"})
        self.assertEqual(zipfile.ZipFile(io.BytesIO(modules)).namelist(), ["job.py", "shop/__init__.py", "tables.json"])
        self.assertEqual(zipfile.ZipFile(io.BytesIO(plugins)).namelist(), ["a.py"])
        self.assertEqual(told["files"], 12)
        self.assertEqual(told["bytes"], sum(map(len, [*scripts.values(), *airflow.values(), modules, plugins])))
        again, _ = self.result()
        self.assertEqual((again["files"], again["unchanged"], again["bytes"]), (0, 12, 0))

    def test_parts_that_are_named(self):
        self.write("pipeline/dags/a.py", "a")
        self.write("pipeline/spark/b.py", "b")
        self.assertEqual(list(self.result("dags")[1]), ["dags"])
        self.assertEqual(self.there("common"), {})
        self.assertRegex(self.says(3, "dbt").stderr, "dbt_project: error: cannot be read: No such file or directory")
        self.assertRegex(self.says(3, "requirements").stderr, "holds none of requirements.txt, plugins.zip and startup.sh")
        self.assertRegex(self.says(2, "dag").stderr, "must be spark, dags, dbt or requirements .did you mean 'dags'")
        self.assertRegex(self.says(1, "--from", "elsewhere").stderr, "there is nothing to upload in 'elsewhere'")
        self.assertRegex(self.says(1, "dags", "--set", "mwaa.enabled=false", "--set", "observability.enabled=false").stderr,
                         "no stack mwaa that would need it: 'dags'")

    def test_paths_of_the_settings_and_of_options(self):
        self.write("jobs/dags/a.py", "a")
        self.write("jobs/airflow/needs.txt", "n")
        self.write("warehouse/dbt_project.yml", "w")
        self.says(0, "--from", "jobs", "--dbt-project", "warehouse", "--set", "mwaa.dags_path=air/flows", "--set",
                  "mwaa.requirements_path=airflow/needs.txt")
        self.assertEqual(self.there(), {"air/flows/a.py": b"a", "air/flows/dbt_project/dbt_project.yml": b"w",
                                        "airflow/needs.txt": b"n"})

    def test_one_key_has_one_file(self):
        self.write("pipeline/dags/dbt_project/x.sql", "1")
        self.write("dbt_project/x.sql", "2")
        self.assertRegex(self.says(1).stderr, "goes to the same key as")
        self.assertEqual(self.there(), {})

    def test_a_stack_that_is_not_there(self):
        self.write("pipeline/dags/a.py", "a")
        done = self.says(1, "dags", "--set", "environment=other")
        self.assertRegex(done.stderr, "the stack mwaa, .* is not deployed: 'dags' .run 'cfngen deploy --stack mwaa' first")

    def test_a_bucket_that_is_gone(self):
        self.write("pipeline/dags/a.py", "a")
        self.s3.put_bucket_versioning(Bucket=self.buckets["mwaa"], VersioningConfiguration={"Status": "Suspended"})
        self.s3.delete_bucket(Bucket=self.buckets["mwaa"])
        self.assertRegex(self.says(3, "dags").stderr, r"is refused: .*bucket.*\[aws.NoSuchBucket\]")

    def test_versions_for_mwaa(self):
        self.write("pipeline/requirements.txt", "a==1")
        said = self.says(0).stdout
        version = self.s3.head_object(Bucket=self.buckets["mwaa"], Key="requirements.txt")["VersionId"]
        self.assertIn(f"  cfngen deploy --stack mwaa --parameter mwaa.RequirementsVersion={version}\n", said)
        self.assertEqual(self.result()[0]["parameters"], {"RequirementsVersion": version})
        (stack,) = [s["StackName"] for s in self.cloudformation.describe_stacks()["Stacks"]
                    if any(o["OutputValue"] == self.buckets["mwaa"] for o in s["Outputs"])]
        self.cloudformation.update_stack(StackName=stack, TemplateBody=uploads.template("mwaa"), Parameters=[
            {"ParameterKey": "RequirementsVersion", "ParameterValue": version}])
        self.assertNotIn("cfngen deploy", self.says(0).stdout)
        self.write("pipeline/startup.sh", "true")
        self.assertEqual(list(self.result()[0]["parameters"]), ["StartupScriptVersion"])


class Counting(between.Proxy):
    """How many connections there were."""

    count = 0

    def serve(self, connection):
        with self.lock:
            self.count += 1
        super().serve(connection)


class Many(uploads.Uploads):
    def setUp(self):
        super().setUp()
        chance = random.Random(7)
        self.files = {f"dags/{n % 20}/d{n}.py": chance.randbytes(chance.randrange(0, 4000)) for n in range(MANY)}
        for key, content in self.files.items():
            self.write(f"pipeline/{key}", content)

    def lies_there(self, files):
        self.assertEqual(self.etags(), {key: f'"{hashlib.md5(content).hexdigest()}"' for key, content in files.items()})

    def calls(self, *words, **more):
        """How often each action was asked."""
        said = self.says(more.pop("code", 0), "dags", *words, "--trace", **more)
        return collections.Counter(re.findall(r"^trace: s3 (\w+)", said.stderr, re.M)), said.stdout

    def test_thousands_of_files(self):
        said = self.says(1, "dags", "--dry-run").stdout
        self.assertEqual(said.count("would send"), MANY)
        self.lies_there({})
        calls, said = self.calls()
        self.assertIn(calls["PutObject"] - MANY, range(1, 30))  # manifests, one each five seconds
        self.assertLess(calls["HeadObject"] + calls["ListObjectsV2"] + calls["GetObject"], 3)
        self.lies_there(self.files)
        calls, said = self.calls()
        self.assertEqual(calls, {"GetObject": 1, "ListObjectsV2": 3})
        self.assertIn("0 files sent (0 B in ", said)
        self.says(0, "dags", "--dry-run")
        self.changes()

    def changes(self):
        """One file of ours changed here, one overwritten there by somebody, one deleted there, one deleted here."""
        mine, overwritten, deleted, gone = list(self.files)[:4]
        bucket = self.buckets["mwaa"]
        self.files[mine] = b"y" * len(self.files[mine])
        self.write(f"pipeline/{mine}", self.files[mine])
        self.s3.put_object(Bucket=bucket, Key=overwritten, Body=b"z" * len(self.files[overwritten]))
        self.s3.delete_object(Bucket=bucket, Key=deleted)
        self.s3.put_object(Bucket=bucket, Key="dags/theirs.py", Body=b"theirs")
        (self.folder / "pipeline" / gone).unlink()
        calls, said = self.calls()
        self.assertEqual(calls["PutObject"], 4)
        self.assertIn("1 file gone here and still there; --delete deletes it", said)
        self.lies_there(self.files | {"dags/theirs.py": b"theirs"})
        calls, said = self.calls("--delete")
        self.assertEqual((calls["PutObject"], calls["DeleteObjects"]), (1, 1))
        del self.files[gone]
        self.lies_there(self.files | {"dags/theirs.py": b"theirs"})
        self.assertEqual(self.calls("--delete")[0], {"GetObject": 1, "ListObjectsV2": 3})

    def test_killed_and_continued(self):
        """Whatever is killed is continued; the manifest of the last seconds is what is missing."""
        process = subprocess.Popen(self.words("dags"), cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, text=True)
        with process:
            for _ in range(1000):
                process.stdout.readline()
            process.kill()
            process.wait(60)
        before = self.etags()
        self.assertGreater(len(before), 900)
        self.assertLess(len(before), MANY)
        self.says(0, "dags")
        self.lies_there(self.files)
        self.assertEqual(self.result("dags")[0]["files"], 0)

    def test_interrupted(self):
        process = subprocess.Popen(self.words("dags"), cwd=self.folder, env=self.environment, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        for _ in range(500):
            process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, error)
        self.assertIn("stopped; the next run sends what is missing", error)
        sent = len(self.etags())
        told, _ = self.result("dags")
        self.assertEqual((told["files"], told["unchanged"]), (MANY - sent, sent))
        self.lies_there(self.files)


class Large(uploads.Uploads):
    def test_in_parts(self):
        content = random.Random(3).randbytes(37 * MB + 12345)
        self.write("pipeline/plugins.zip", content)
        self.write("pipeline/dags/just.bin", content[:16 * MB])
        self.write("pipeline/dags/less.bin", content[:16 * MB - 1])
        said = self.says(0, "--trace").stderr
        calls = collections.Counter(re.findall(r"^trace: s3 (\w+)", said, re.M))
        self.assertEqual([calls[name] for name in ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")], [2, 7, 2])
        there = self.there()
        self.assertEqual({key: len(body) for key, body in there.items()},
                         {"plugins.zip": len(content), "dags/just.bin": 16 * MB, "dags/less.bin": 16 * MB - 1})
        self.assertTrue(all(content.startswith(body) for body in there.values()))
        self.assertEqual(self.open_uploads(), [])
        self.assertEqual(self.result()[0]["files"], 0)
        self.assertTrue(self.result()[0]["parameters"]["PluginsVersion"])

    def test_interrupted_in_parts(self):
        """What was begun is taken back."""
        self.write("pipeline/dags/large.bin", random.Random(4).randbytes(60 * MB))
        slow = lambda request: mishaps.late if "partNumber=" in request.path else None
        with between.Proxy(self.server.endpoint, slow) as proxy:
            process = subprocess.Popen(self.words("dags", endpoint=proxy.endpoint), cwd=self.folder, env=self.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            end = time.monotonic() + 60
            while not self.open_uploads():
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            output, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1, error)
        self.assertEqual(self.open_uploads(), [])
        self.assertEqual(self.there(), {})

    def test_interrupted_twice(self):
        """It ends at once, whatever is under way."""
        self.write("pipeline/dags/large.bin", random.Random(4).randbytes(40 * MB))
        asked = threading.Event()

        def never_answered(request):
            asked.set()
            time.sleep(30)
            request.close()

        with between.Proxy(self.server.endpoint, lambda request: never_answered if "partNumber=" in request.path else None) as proxy:
            process = subprocess.Popen(self.words("dags", endpoint=proxy.endpoint), cwd=self.folder, env=self.environment,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            self.assertTrue(asked.wait(60))
            process.send_signal(signal.SIGINT)
            time.sleep(1)
            self.assertIsNone(process.poll())
            process.send_signal(signal.SIGTERM)
            output, error = process.communicate(timeout=15)
        self.judge(subprocess.CompletedProcess([], process.returncode, output, error), 1)
        self.assertIn("nothing more is sent; Ctrl-C again ends at once", error)

    def test_memory_is_bounded(self):
        """A file of 400 MB takes no more than the bodies under way."""
        path = self.write("pipeline/dags/huge.bin", b"")
        with open(path, "r+b") as file:
            file.truncate(400 * MB)
        environment = {**self.environment, "ASAN_OPTIONS": "quarantine_size_mb=1"}  # else it keeps what was freed
        process = subprocess.Popen(self.words("dags"), cwd=self.folder, env=environment, stdout=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peak = max([peak, *map(int, re.findall(r"VmRSS:\s+(\d+) kB", status))])
            time.sleep(0.02)
        self.assertEqual(process.returncode, 0)
        self.assertLess(peak, 300_000, "kB, the sanitizer's own memory included")
        head = self.s3.head_object(Bucket=self.buckets["mwaa"], Key="dags/huge.bin")
        self.assertEqual(head["ContentLength"], 400 * MB)


def places(shape, where):
    """The members of a shape that go to some place, by what they are called there."""
    return {member.serialization["name"].lower(): name for name, member in shape.members.items()
            if member.serialization.get("location") == where}


class Requests(uploads.Uploads):
    """Each request is one of botocore's model: its path, all that is required, nothing that is not known."""

    USED = ["PutObject", "GetObject", "HeadObject", "ListObjectsV2", "DeleteObjects", "CreateMultipartUpload", "UploadPart",
            "CompleteMultipartUpload", "AbortMultipartUpload"]
    ANY = {"host", "authorization", "x-amz-date", "x-amz-content-sha256", "user-agent", "content-length", "content-type",
           "x-amz-sdk-checksum-algorithm"}

    def operation(self, method, query):
        """The action that such a request is: all of its own query, and the most of the rest."""
        fitting = []
        for name in self.USED:
            operation = MODEL.operation_model(name)
            fixed = set(urllib.parse.parse_qs(urllib.parse.urlsplit(operation.http["requestUri"]).query, keep_blank_values=True))
            known = places(operation.input_shape, "querystring")
            required = {key for key, member in known.items() if member in operation.input_shape.required_members}
            if operation.http["method"] == method and fixed | required <= {q.lower() for q in query} <= fixed | set(known):
                fitting.append((len(fixed | required), name))
        self.assertTrue(fitting, (method, query))
        return max(fitting)[1]

    def check(self, method, path, headers, body):
        url = urllib.parse.urlsplit(path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        name = self.operation(method, query)
        shape = MODEL.operation_model(name).input_shape
        known = places(shape, "header")
        digest = {"x-amz-checksum-sha256"} if MODEL.operation_model(name).http_checksum else set()
        self.assertLessEqual({key.lower() for key, _ in headers}, self.ANY | digest | set(known), name)
        required = {member for member in shape.required_members
                    if shape.members[member].serialization.get("location") in ("header", "querystring")}
        self.assertLessEqual(required, {places(shape, "querystring").get(q.lower()) for q in query})
        self.assertEqual(dict(headers)["x-amz-expected-bucket-owner"], "123456789012")
        if name in ("PutObject", "UploadPart", "DeleteObjects"):
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            self.assertEqual(dict(headers)["x-amz-checksum-sha256"], digest)
        self.seen[name] += 1

    def test_each_request(self):
        heard, self.seen = [], collections.Counter()

        def hear(request):
            if request.method != "POST" or urllib.parse.urlsplit(request.path).path != "/":
                heard.append((request.method, request.path, request.headers, request.body))
            fails = "fail" in request.path and "partNumber=2" in request.path
            return mishaps.page(403, "<Error><Code>AccessDenied</Code></Error>") if fails else None

        content = random.Random(5).randbytes(17 * MB)
        for name in ("pipeline/dags/a b.py", "pipeline/dags/gone.py", "pipeline/requirements.txt"):
            self.write(name, name)
        self.write("pipeline/dags/large.bin", content)
        with between.Proxy(self.server.endpoint, hear) as proxy:
            self.says(0, endpoint=proxy.endpoint)
            (self.folder / "pipeline/dags/gone.py").unlink()
            self.says(0, "--delete", endpoint=proxy.endpoint)
            self.write("pipeline/dags/fail.bin", content)
            self.says(3, endpoint=proxy.endpoint)
        for request in heard:
            self.check(*request)
        self.assertEqual(set(self.seen), set(self.USED))


class Faults(uploads.Uploads):
    """A network that cuts, and servers that are busy: all is sent all the same, once."""

    def setUp(self):
        super().setUp()
        chance = random.Random(9)
        self.files = {f"dags/d{n}.py": chance.randbytes(2000) for n in range(120)}
        self.files["dags/large.bin"] = chance.randbytes(17 * MB)
        for key, content in self.files.items():
            self.write(f"pipeline/{key}", content)

    def survives(self, fault):
        with between.Proxy(self.server.endpoint, between.first(fault)) as proxy:
            self.says(0, "dags", endpoint=proxy.endpoint)
            self.assertEqual(proxy.unexpected, [])
            self.assertGreater(proxy.suffered[fault.__name__], 100)
        self.assertEqual(self.there(), self.files)
        self.assertLess(len(self.open_uploads()), 2)  # one whose id has been lost: the bucket forgets it by its rule
        self.assertEqual(self.result("dags")[0]["files"], 0)

    def test_connections_are_used_again(self):
        with Counting(self.server.endpoint) as proxy:
            self.says(0, "dags", endpoint=proxy.endpoint)
            self.assertGreater(sum(proxy.suffered.values()), len(self.files))
            self.assertLessEqual(proxy.count, 52)  # 48 calls at once, and those that asked before

    def test_answers_that_are_lost(self):
        self.survives(mishaps.reset_after)

    def test_answers_that_are_cut(self):
        self.survives(mishaps.cut_in_the_headers)

    def test_a_service_that_is_not_there(self):
        self.survives(mishaps.unavailable)


if __name__ == "__main__":
    unittest.main()

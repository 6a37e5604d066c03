"""Signatures, stage by stage, beside botocore's: thousands of random requests, by headers and by query, S3's rules."""
import datetime
import hashlib
import json
import os
import pathlib
import random
import subprocess
import unittest
import urllib.parse
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGN = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "sign"
PLAIN = "abcXYZ019-._~"
ODD = PLAIN + "!*'();:@&=+$,/?#[] %\"<>\\^`{|}éß漢🙂"
ROUNDS = 3000


def sign(questions):
    said = subprocess.run([SIGN], input="\n".join(map(json.dumps, questions)), capture_output=True, text=True,
                          check=True, timeout=300)
    return [json.loads(line) for line in said.stdout.splitlines()]


def encoded(text):
    return urllib.parse.quote(text, safe="-._~")


def word(random, letters, most=12, least=0):
    return "".join(random.choice(letters) for _ in range(random.randint(least, most)))


def request_of(random, service):
    segments = [random.choice([word(random, ODD), ".", "..", "", word(random, PLAIN)])
                for _ in range(random.randint(0, 5))]
    path = "/" + "/".join(encoded(s) for s in segments)
    pairs = [(encoded(word(random, ODD, 8, 1)), encoded(word(random, ODD))) for _ in range(random.randint(0, 6))]
    pairs += [(p[0], "") for p in pairs[:1]]
    headers = {"X-Test-" + word(random, "abcABC019", 5, 1): word(random, PLAIN + "  \t", 20)
               for _ in range(random.randint(0, 5))}
    headers["Content-Type"] = "application/x-www-form-urlencoded; charset=utf-8"
    if random.random() < 0.3:
        headers["User-Agent"] = "somebody"
    body = word(random, ODD, 60).encode()
    return {
        "access_key": "AKIA" + word(random, "ABC019", 12, 8), "secret_key": word(random, PLAIN + "+/", 40, 20),
        **({"session_token": word(random, PLAIN + "+/=", 200, 20)} if random.random() < 0.5 else {}),
        "region": random.choice(["eu-central-1", "us-east-1", "cn-north-1"]), "service": service,
        "time": random.randrange(10**12, 3 * 10**12), "method": random.choice(["GET", "POST", "PUT", "DELETE", "HEAD"]),
        "path": path, "query": "&".join(f"{a}={b}" for a, b in pairs), "body": body, "headers": headers,
        "host": random.choice(["example.amazonaws.com", "localhost:4566"]),
    }


def as_line(request, digest, seconds=None):
    line = {k: v for k, v in request.items() if k not in ("body", "host", "headers")}
    line["headers"] = [["Host", request["host"]], *map(list, request["headers"].items())]
    return line | {"digest": digest} | ({"seconds": seconds} if seconds else {})


class AtTime:
    """botocore's clock, stopped."""

    def __init__(self, milliseconds):
        moment = datetime.datetime.fromtimestamp(milliseconds // 1000, datetime.timezone.utc).replace(tzinfo=None)
        self.patch = mock.patch.multiple(botocore.auth, get_current_datetime=lambda *a, **k: moment, create=True)

    def __enter__(self):
        return self.patch.__enter__()

    def __exit__(self, *what):
        return self.patch.__exit__(*what)


def by_botocore(request, kind, **more):
    credentials = Credentials(request["access_key"], request["secret_key"], request.get("session_token"))
    url = f"https://{request['host']}{request['path']}" + (f"?{request['query']}" if request["query"] else "")
    made = AWSRequest(request["method"], url, headers=dict(request["headers"]), data=request["body"])
    made.context["payload_signing_enabled"] = True
    auth = kind(credentials, request["service"], request["region"], **more)
    stages = {}

    def keep(name, function):
        def kept(*arguments):
            stages[name] = function(*arguments)
            return stages[name]
        return kept

    auth.canonical_request = keep("canonical", auth.canonical_request)
    auth.string_to_sign = keep("string", auth.string_to_sign)
    auth.signature = keep("signature", auth.signature)
    with AtTime(request["time"]):
        auth.add_auth(made)
    return made, stages


class Sigv4(unittest.TestCase):
    maxDiff = None

    def compare(self, service, kind, seed):
        source = random.Random(seed)
        requests = [request_of(source, service) for _ in range(ROUNDS)]
        digests = [hashlib.sha256(r["body"]).hexdigest() for r in requests]
        for request, said in zip(requests, sign([as_line(r, d) for r, d in zip(requests, digests)]), strict=True):
            made, stages = by_botocore(request, kind)
            for stage in ("canonical", "string", "signature"):
                self.assertEqual(said[stage], stages[stage], request)
            self.assertEqual(said["authorization"], made.headers["Authorization"])

    def test_headers(self):
        self.compare("cloudformation", botocore.auth.SigV4Auth, 1)

    def test_headers_of_s3(self):
        self.compare("s3", botocore.auth.S3SigV4Auth, 2)

    def test_presigned(self):
        source = random.Random(3)
        requests = []
        for _ in range(ROUNDS):
            request = request_of(source, "s3")
            once = dict(pair.split("=") for pair in request["query"].split("&") if pair)  # botocore drops the others
            request.update(headers={}, body=b"", method=source.choice(["GET", "PUT"]),
                           query="&".join(map("=".join, once.items())))
            requests.append(request)
        lines = [as_line(r, "UNSIGNED-PAYLOAD", seconds=900) for r in requests]
        for request, said in zip(requests, sign(lines), strict=True):
            made, stages = by_botocore(request, botocore.auth.S3SigV4QueryAuth, expires=900)
            self.assertIn("signature", stages)
            self.assertEqual(sorted(said["query"].split("&")), sorted(made.url.split("?", 1)[1].split("&")), request)

    def test_a_changed_request_has_another_signature(self):
        request = request_of(random.Random(4), "s3") | {"path": "/a/b", "query": "c=d"}
        changes = [{}, {"path": "/a//b"}, {"query": "c=e"}, {"method": "PATCH"}, {"secret_key": "x"}, {"region": "y"},
                   {"time": request["time"] + 1000}]
        said = sign([as_line(request | change, "0" * 64) for change in changes])
        self.assertEqual(len({one["signature"] for one in said}), len(changes))


if __name__ == "__main__":
    unittest.main()

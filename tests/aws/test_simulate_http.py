"""The server below the calls: HTTP as it should not be, and signatures."""
import datetime
import os
import random
import re
import socket
import threading
import unittest
import unittest.mock
import urllib.error
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
from simulator import SECRET, Simulated, Simulator

FORM = b"Action=GetCallerIdentity&Version=2011-06-15"
GOOD = (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
        % (len(FORM), FORM))


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Simulator(secret=False)

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def open(self):
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
        self.addCleanup(connection.close)
        return connection

    def say(self, *pieces, end=True):
        """What comes back to some bytes, until the server closes."""
        connection = self.open()
        try:
            for piece in pieces:
                connection.sendall(piece)
            if end:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass
        got = b""
        try:
            while piece := connection.recv(65536):
                got += piece
        except ConnectionResetError:
            pass
        return got

    def statuses(self, *pieces, **more):
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", self.say(*pieces, **more))]

    def alive(self):
        connection = self.open()
        connection.sendall(GOOD)
        self.assertIn(b"<Account>123456789012</Account>", connection.recv(65536))

    def test_refused(self):
        head = b"POST / HTTP/1.1\r\nHost: x\r\n"
        cases = {
            b"GET\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": 400,
            b"GET / HTTP/2.0\r\nHost: x\r\n\r\n": 505,
            b"GET / FTP\r\nHost: x\r\n\r\n": 400,
            b"GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n": 400,
            b"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n": 400,
            b"G\xc3\x84T / HTTP/1.1\r\nHost: x\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\nHost: x\r\nspace : y\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n": 400,
            b"GET / HTTP/1.1\r\nHost: x\r\na: \x00\r\n\r\n": 400,
            b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 414,
            b"GET / HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 300 + b"\r\n": 431,
            b"GET / HTTP/1.1\r\nHost: x\r\na: " + b"b" * 70000 + b"\r\n\r\n": 431,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n": 400,
            head + b"Content-Length: x\r\n\r\n": 400,
            head + b"Content-Length: -1\r\n\r\n": 400,
            head + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n": 400,
            head + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n": 400,
            head + b"Content-Length: 16777217\r\n\r\n": 413,
            head + b"Content-Length: 99999999999999999999999\r\n\r\n": 413,
            head + b"Transfer-Encoding: gzip\r\n\r\n": 501,
            head + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n": 400,
            head + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhallo\r\n": 400,
            head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhallo!\r\n": 400,
            head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n": 413,
            head + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 3000: 431,
            head + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 5000: 400,
            head + b"Expect: magic\r\nContent-Length: 1\r\n\r\n": 417,
        }
        for bytes_, status in cases.items():
            with self.subTest(bytes=bytes_[:80]):
                self.assertEqual(self.statuses(bytes_, end=False), [status])
        self.alive()

    def test_calls_that_are_none(self):
        for path, body, kind, code in (
                (b"/", b"Action=Nothing&Version=2010-05-15", b"application/x-www-form-urlencoded", b"InvalidAction"),
                (b"/", b"Version=2010-05-15", b"application/x-www-form-urlencoded", b"MissingAction"),
                (b"/", b"Action=ListStacks&Version=2010-05-15&a=%zz", b"application/x-www-form-urlencoded", b"MalformedInput"),
                (b"/", b"Action=ListStacks&Version=2010-05-15&a=%00", b"application/x-www-form-urlencoded", b"MalformedInput"),
                (b"/", b"Action=ListStacks&Version=2010-05-15&a=%ff", b"application/x-www-form-urlencoded", b"MalformedInput"),
                (b"/", b"Action=ListStacks&Version=2010-05-15&a=1&a.b=2", b"application/x-www-form-urlencoded", b"MalformedInput"),
                (b"/", b"Action=ListStacks&Version=2010-05-15&" + b"a." * 99 + b"b=2", b"application/x-www-form-urlencoded",
                 b"MalformedInput"),
                (b"/", b"Action=DescribeStacks&Version=2010-05-15&StackName.member.1=a", b"application/x-www-form-urlencoded",
                 b"ValidationError"),
                (b"/bucket?acl", b"", b"text/plain", b"NotImplemented"),
                (b"/%zz/%00", b"", b"text/plain", b"NotImplemented")):
            with self.subTest(body=body[:60]):
                got = self.say(b"POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"
                               % (path, kind, len(body), body))
                self.assertIn(b"<Code>" + code + b"</Code>", got)
        self.alive()

    def test_json_that_is_none(self):
        for body in (b"{", b"[]", b"{\"a\":1,\"a\":2}", b"[" * 100000, b"\xff"):
            got = self.say(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Amz-Target: AmazonSSM.GetParameter\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.assertIn(b"SerializationException", got)
        self.alive()

    def test_tolerated(self):
        chunked = (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: "
                   b"Chunked\r\n\r\n" + b"".join(b"1;x=y\r\n%c\r\n" % c for c in FORM) + b"0\r\ntrailer: x\r\n\r\n")
        last = GOOD.replace(b"Host: x", b"Host: x\r\nConnection: close")
        for name, pieces in {
            "pipelined": [GOOD * 5 + last],
            "chunked": [chunked + last],
            "byte by byte": [bytes([byte]) for byte in GOOD + last],
            "bare newlines": [GOOD.replace(b"\r\n", b"\n") + last],
            "blank lines between": [b"\r\n\r\n" + GOOD + b"\r\n" + last],
            "a proxy's form": [GOOD.replace(b"POST /", b"POST http://x/") + last],
            "HTTP/1.0": [last.replace(b"HTTP/1.1\r\nHost: x\r\n", b"HTTP/1.0\r\n")],
        }.items():
            with self.subTest(name):
                statuses = self.statuses(*pieces, end=False)
                self.assertEqual(set(statuses), {200})
                self.assertEqual(len(statuses), 6 if name == "pipelined" else 1 if name == "HTTP/1.0" else 2)

    def test_body_is_asked_for(self):
        connection = self.open()
        head, body = GOOD.replace(b"Host: x", b"Host: x\r\nExpect: 100-continue").split(b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        self.assertEqual(connection.recv(1000), b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(body)
        self.assertTrue(connection.recv(1000).startswith(b"HTTP/1.1 200 OK"))

    def test_garbage_and_ends(self):
        chance = random.Random(4)
        for _ in range(150):
            kind = chance.randrange(3)
            if kind == 0:
                bytes_ = chance.randbytes(chance.randrange(1, 3000)) + b"\r\n\r\n"
            elif kind == 1:  # cut off
                bytes_ = GOOD[:chance.randrange(len(GOOD))]
            else:  # a byte changed
                at = chance.randrange(len(GOOD))
                bytes_ = GOOD[:at] + chance.randbytes(1) + GOOD[at + 1:]
            self.say(bytes_)
        self.alive()

    def test_many_who_say_nothing(self):
        """More connections than the server keeps: the idle ones go, whoever asks is answered."""
        for started in (b"", b"POST / HT"):
            crowd = []
            for _ in range(950 if not started else 300):
                connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=60)
                connection.sendall(started)
                crowd.append(connection)
            self.alive()
            for connection in crowd:
                connection.close()
        self.alive()

    def test_slow_ones_are_ended_and_hold_nobody_up(self):
        slow = self.open()
        slow.sendall(b"POST / HTTP/1.1\r\nHost:")
        self.alive()
        self.assertTrue(slow.recv(1000).startswith(b"HTTP/1.1 408 "))

    def test_many_at_once(self):
        wrong = []

        def ask():
            try:
                for _ in range(20):
                    with urllib.request.urlopen(urllib.request.Request(self.server.url, FORM), timeout=60) as answer:
                        answer.read()
            except OSError as error:
                wrong.append(error)
        threads = [threading.Thread(target=ask) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])


class Signatures(Simulated):
    def code(self, service="sts", action="get_caller_identity", key="cfngen", secret=SECRET, **more):
        try:
            getattr(self.server.client(service, key, secret), action)(**more)
        except botocore.exceptions.ClientError as error:
            return error.response["Error"]["Code"]
        return "ok"

    def test_of_each_protocol(self):
        wrong = {"sts": ("get_caller_identity", {}, "SignatureDoesNotMatch", "InvalidClientTokenId"),
                 "cloudformation": ("list_stacks", {}, "SignatureDoesNotMatch", "InvalidClientTokenId"),
                 "ec2": ("describe_vpcs", {}, "AuthFailure", "AuthFailure"),
                 "s3": ("list_buckets", {}, "SignatureDoesNotMatch", "InvalidAccessKeyId"),
                 "kms": ("describe_key", {"KeyId": "alias/x"}, "InvalidSignatureException", "UnrecognizedClientException")}
        for service, (action, more, mismatch, unknown) in wrong.items():
            with self.subTest(service):
                self.assertIn(self.code(service, action, **more), ("ok", "NotFoundException"))
                self.assertEqual(self.code(service, action, secret="another", **more), mismatch)
                self.assertEqual(self.code(service, action, key="somebody", **more), unknown)

    def test_odd_texts(self):
        for text in ("a b", "ü&=+%", "~*'()/:;,?@[]", "\r\n\t", "日本"):
            self.assertEqual(self.code("cloudformation", "describe_stacks", StackName=text), "ValidationError")
        self.server.client("s3").create_bucket(Bucket="odd")
        for key in ("a b", "ü&=+%", "~*'()/:;,?@[]", "日本", "a//b", "./..", "%41"):
            with self.subTest(key):
                self.assertEqual(self.code("s3", "put_object", Bucket="odd", Key=key, Body=b"x", Metadata={"a": "b  c"}), "ok")
                got = self.server.client("s3").list_objects_v2(Bucket="odd", Prefix=key)
                self.assertEqual([each["Key"] for each in got["Contents"]], [key])

    def test_session_tokens_are_part_of_it(self):
        client = boto3.client("sts", endpoint_url=self.server.url, region_name="us-east-1", aws_access_key_id="cfngen",
                              aws_secret_access_key=SECRET, aws_session_token="token")
        self.assertEqual(client.get_caller_identity()["Account"], "123456789012")

    def raw(self, body=FORM, sent=None, moved=0, signed=True, service="sts"):
        """The answer to a request that botocore has signed, with a clock that is off by so many seconds."""
        request = botocore.awsrequest.AWSRequest("POST", self.server.url + "/", data=body, headers={
            "Content-Type": "application/x-www-form-urlencoded"})
        auth = botocore.auth.SigV4Auth(botocore.credentials.Credentials("cfngen", SECRET), service, "us-east-1")
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=moved)
        with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: now.replace(tzinfo=None)):
            if signed:
                auth.add_auth(request)
        prepared = request.prepare()
        try:
            with urllib.request.urlopen(urllib.request.Request(prepared.url, sent or body, dict(prepared.headers))) as got:
                return got.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def test_what_is_signed(self):
        self.assertIn("<Account>", self.raw())
        self.assertIn("SignatureDoesNotMatch", self.raw(sent=FORM.replace(b"15", b"16")))
        self.assertIn("MissingAuthenticationToken", self.raw(signed=False))

    def test_clocks(self):
        server, type(self).server = self.server, Simulator(speed=1)
        try:
            for moved, code in ((0, "<Account>"), (200, "<Account>"), (-200, "<Account>"), (400, "SignatureDoesNotMatch"),
                                (-400, "SignatureDoesNotMatch")):
                with self.subTest(moved=moved):
                    self.assertIn(code, self.raw(moved=moved))
            self.assertIn("Signature expired", self.raw(moved=-400))
        finally:
            self.server.stop()
            type(self).server = server

    def test_presigned(self):
        s3 = self.server.client("s3", signature_version="s3v4")
        s3.create_bucket(Bucket="presigned")
        s3.put_object(Bucket="presigned", Key="a b", Body=b"hallo")
        url = s3.generate_presigned_url("get_object", {"Bucket": "presigned", "Key": "a b"})
        self.assertEqual(urllib.request.urlopen(url).read(), b"hallo")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(url.replace("Expires=3600", "Expires=3601"))
        self.assertEqual(caught.exception.code, 403)
        with self.assertRaises(urllib.error.HTTPError):
            urllib.request.urlopen(self.server.url + "/presigned/a%20b")

    def test_streams(self):
        """Bodies in S3's own chunks, as they come where nobody can read them twice."""
        s3 = self.server.client("s3")
        s3.create_bucket(Bucket="streams")
        content = os.urandom(300000)
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece)
                          for piece in (content[i:i + 65536] for i in range(0, len(content), 65536)))
        body = chunks + b"0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
        headers = {"Content-Encoding": "aws-chunked", "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                   "X-Amz-Decoded-Content-Length": str(len(content)), "X-Amz-Trailer": "x-amz-checksum-crc32"}
        request = botocore.awsrequest.AWSRequest("PUT", self.server.url + "/streams/k", data=body, headers=headers)
        auth = botocore.auth.S3SigV4Auth(botocore.credentials.Credentials("cfngen", SECRET), "s3", "us-east-1")
        auth.payload = lambda _: "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
        auth.add_auth(request)
        prepared = request.prepare()
        urllib.request.urlopen(urllib.request.Request(prepared.url, body, dict(prepared.headers), method="PUT")).read()
        got = s3.get_object(Bucket="streams", Key="k")
        self.assertEqual(got["Body"].read(), content)
        self.assertNotIn("ContentEncoding", got)

    def test_secret_is_never_told(self):
        server = Simulator("--trace")
        try:
            server.client("sts", secret="another").get_caller_identity()
        except botocore.exceptions.ClientError as error:
            self.assertNotIn(SECRET, str(error))
        self.assertNotIn(SECRET, server.stop())


if __name__ == "__main__":
    unittest.main()

"""The wire for real: servers that dribble, stop in the middle, send too much, speak HTML, hide behind TLS or a proxy."""
import contextlib
import datetime
import email.utils
import ipaddress
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import warnings

SPEAK = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "speak"
IDENTITY = (b'<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
            b"<Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-1</RequestId>"
            b"</ResponseMetadata></GetCallerIdentityResponse>")


def answer(status, body, *headers):
    return b"\r\n".join([b"HTTP/1.1 %d X" % status, b"Content-Length: %d" % len(body), *headers, b"", body])


def failure(code):
    return f"<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>".encode()


class Server:
    """Answers each connection's requests by a script: script(requests so far, connection)."""

    def __init__(self, script, context=None):
        self.script, self.context, self.requests, self.connections, self.asked = script, context, [], 0, {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.listener.close()

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack, connection:
            if self.context:
                connection = stack.enter_context(self.context.wrap_socket(connection, server_side=True))
            while (request := self.read(connection)) is not None:
                self.requests.append(request)
                self.asked[threading.get_ident()] = request
                if self.script(len(self.requests), connection) == "close":
                    with contextlib.suppress(OSError):
                        connection.shutdown(socket.SHUT_RDWR)
                    return

    @staticmethod
    def read(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(65536)):
                return None
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        size = int((re.search(rb"(?i)content-length: *(\d+)", head) or [0, 0])[1])
        while len(body) < size:
            body += connection.recv(65536)
        return head.decode("latin-1") + "\n\n" + body.decode("latin-1")


def always(data, end=None):
    def script(count, connection):
        connection.sendall(data)
        return end
    return script


def call(*questions, **more):
    defaults = {"do": "call", "service": "sts", "action": "GetCallerIdentity", "input": {}} | more
    lines = [defaults | question for question in (questions or ({},))]
    environment = os.environ | {"http_proxy": "http://127.0.0.1:1", "https_proxy": "http://127.0.0.1:1"}  # not ours to heed
    said = subprocess.run([SPEAK], input="\n".join(map(json.dumps, lines)), capture_output=True, text=True, timeout=120,
                          env=environment)
    if said.returncode:
        raise AssertionError(said.stderr[:3000])
    replies = [json.loads(line) for line in said.stdout.splitlines()]
    return replies if questions else replies[0]


class Exchanges(unittest.TestCase):
    def outcome(self, script, **more):
        with Server(script) as server:
            said = call(url=server.url, **more)
        return said["outcome"], said["code"]

    def test_a_call(self):
        with Server(always(answer(200, IDENTITY, b"Date: Sat, 22 Aug 2026 07:19:02 GMT"))) as server:
            said = call(url=server.url + "/base/", action="GetCallerIdentity")
        self.assertEqual(said["output"], {"Account": "123456789012"})
        self.assertEqual((said["status"], said["request_id"], said["server_time"]), (200, "r-1", 1787383142000))
        request = server.requests[0]
        self.assertIn("POST /base/ HTTP/1.1", request)
        self.assertIn("Action=GetCallerIdentity&Version=2011-06-15", request)
        self.assertIn("Authorization: AWS4-HMAC-SHA256 Credential=old/", request)
        self.assertRegex(request, r"User-Agent: cfngen/\d")
        self.assertEqual(said["trace"], [{"method": "POST", "url": server.url + "/base/", "code": "", "status": 200}])

    def test_a_connection_is_kept(self):
        with Server(always(answer(200, IDENTITY))) as server:
            self.assertEqual(call(url=server.url, before=9)["outcome"], "ok")
        self.assertEqual((len(server.requests), server.connections), (10, 1))

    def test_many_at_once(self):
        all_here = threading.Barrier(30)

        def script(count, connection):
            all_here.wait(30)  # nobody is answered before everybody has asked
            name = re.search(r"StackName=(\w+)", server.asked[threading.get_ident()])[1].encode()
            connection.sendall(answer(200, b"<GetTemplateResponse><GetTemplateResult><TemplateBody>" + name +
                                      b"</TemplateBody></GetTemplateResult></GetTemplateResponse>"))

        with Server(script) as server:
            said = call(url=server.url, many=30)
        said.pop("trace")
        self.assertEqual({number: one["output"]["TemplateBody"] for number, one in said.items()},
                         {str(i): f"s{i}" for i in range(30)})

    def test_actions_that_nobody_signs(self):
        with Server(always(answer(400, b"{}"))) as server:
            call({"action": "AssumeRoleWithWebIdentity"},
                 {"service": "sso", "action": "ListAccounts", "input": {"accessToken": "t"}},
                 {"service": "sso-oidc", "action": "CreateToken"}, url=server.url)
        self.assertEqual(len(server.requests), 3)
        for request in server.requests:
            self.assertNotIn("Authorization", request)
        self.assertIn("x-amz-sso_bearer_token: t", server.requests[1])

    def test_status_lines_and_pages(self):
        html = b"<!DOCTYPE html><html><body>nope</body></html>"
        self.assertEqual(self.outcome(always(answer(502, html))), ("broken", "BadGateway"))
        self.assertEqual(self.outcome(always(answer(200, html))), ("broken", "unreadable"))
        self.assertEqual(self.outcome(always(answer(503, b""))), ("broken", "ServiceUnavailable"))
        self.assertEqual(self.outcome(always(answer(400, failure("Throttling")))), ("throttled", "Throttling"))
        self.assertEqual(self.outcome(always(answer(400, failure("ValidationError")))), ("refused", "ValidationError"))

    def test_redirects_are_not_followed(self):
        with Server(always(answer(200, IDENTITY))) as other:
            moved = answer(302, b"", b"Location: " + other.url.encode())
            self.assertEqual(self.outcome(always(moved))[0], "refused")
        self.assertEqual(other.requests, [])

    def test_truncated(self):
        cut = answer(200, IDENTITY)[:-20]
        self.assertEqual(self.outcome(always(cut, "close")), ("broken", "truncated"))
        chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<GetC\r\n"
        self.assertEqual(self.outcome(always(chunked, "close")), ("broken", "truncated"))
        self.assertEqual(self.outcome(always(b"", "close"))[0], "broken")
        self.assertEqual(self.outcome(always(b"HTTP/1.1 200 OK\r\nContent-Le", "close"))[0], "broken")
        self.assertEqual(self.outcome(always(b"\x16\x03\x01 no http", "close")), ("broken", "network"))

    def test_slow_loris(self):
        def dribble(count, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while True:
                connection.sendall(b"<")
                time.sleep(0.05)

        def mute(count, connection):
            time.sleep(60)

        self.assertEqual(self.outcome(dribble, request_ms=4000), ("broken", "timeout"))
        self.assertEqual(self.outcome(mute, request_ms=1000), ("broken", "timeout"))

    def test_too_large(self):
        def flood(count, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
            for _ in range(80):
                connection.sendall(chunk)
            connection.sendall(b"0\r\n\r\n")

        def headers(count, connection):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            for i in range(40000):
                connection.sendall(b"X-%d: %s\r\n" % (i, b"y" * 80))
            connection.sendall(b"Content-Length: 0\r\n\r\n")

        self.assertEqual(self.outcome(flood), ("broken", "too-large"))
        self.assertEqual(self.outcome(headers)[0], "broken")

    def test_a_large_reply_within_the_ceiling(self):
        event = b"<member><EventId>1</EventId><ResourceStatusReason>&quot;%s&quot;</ResourceStatusReason></member>" % (b"z" * 900)
        body = (b"<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>" + event * 20000 +
                b"</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>")
        with Server(always(answer(200, body))) as server:
            said = call(url=server.url, service="cloudformation", action="DescribeStackEvents")
        self.assertEqual(len(said["output"]["StackEvents"]), 20000)
        self.assertEqual(said["output"]["StackEvents"][9]["ResourceStatusReason"], '"' + "z" * 900 + '"')

    def test_nobody_there(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        self.assertEqual(call(url=f"http://127.0.0.1:{port}")["code"], "connect")
        said = call(url="http://nobody.invalid")
        self.assertEqual((said["outcome"], said["code"], said["status"]), ("broken", "dns", 0))
        self.assertIn("nobody.invalid", said["message"])

    def test_what_cannot_be_sent_is_answered(self):
        said = call({"service": "nope"}, {"service": "s3", "action": "Nope"}, {"none": True}, url="http://127.0.0.1:1")
        self.assertEqual([(one["outcome"], one["code"]) for one in said],
                         [("refused", "InvalidCall"), ("refused", "InvalidCall"), ("expired", "NoCredentials")])
        self.assertEqual(said[2]["message"], "none to be had")

    def test_bodies_of_s3(self):
        def script(count, connection):
            connection.sendall(answer(200, b"the object", b'ETag: "e"') if count == 2 else answer(200, b"", b'ETag: "e"'))

        with Server(script) as server:
            put, got = call({"action": "PutObject", "payload": "x" * 70000},
                            {"action": "GetObject"}, service="s3", url=server.url, input={"Bucket": "b", "Key": "a b/c"})
            head = call(url=server.url, service="s3", action="HeadObject", input={"Bucket": "b", "Key": "k"})
        self.assertEqual((put["outcome"], put["output"]["ETag"]), ("ok", '"e"'))
        self.assertEqual((got["payload_size"], got["output"]["ContentLength"]), (10, "10"))
        self.assertEqual(head["outcome"], "ok")
        self.assertIn("PUT /b/a%20b/c HTTP/1.1", server.requests[0])
        self.assertTrue(server.requests[0].endswith("x" * 70000))
        self.assertNotIn("Expect:", server.requests[0])
        self.assertIn("X-Amz-Content-SHA256:", server.requests[0])

    def test_presigned(self):
        with Server(always(answer(200, IDENTITY))) as server:
            said = call(url=server.url, presign="GET")
        self.assertRegex(said["url"], r"^http://127\.0\.0\.1:\d+/bucket/a/b%20c\?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
                                      r"X-Amz-Credential=old%2F.*&X-Amz-Expires=60&.*&X-Amz-Signature=[0-9a-f]{64}$")


class SecondAttempts(unittest.TestCase):
    """What the wire itself repeats: once, with the right clock or with new credentials."""

    @staticmethod
    def skewed(code, ahead):
        date = b"Date: " + email.utils.format_datetime(
            datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=ahead), usegmt=True).encode()

        def script(count, connection):
            connection.sendall(answer(403, failure(code), date) if count == 1 else answer(200, IDENTITY, date))
        return script

    def test_a_wrong_clock_is_put_right(self):
        for code in ("SignatureDoesNotMatch", "RequestTimeTooSkewed", "InvalidSignatureException"):
            for ahead in (60, -60):
                with self.subTest(code=code, ahead=ahead), Server(self.skewed(code, ahead)) as server:
                    self.assertEqual(call(url=server.url)["outcome"], "ok")
                    first, second = (datetime.datetime.strptime(re.search(r"X-Amz-Date: (\w+)", r)[1], "%Y%m%dT%H%M%SZ")
                                     for r in server.requests)
                    self.assertAlmostEqual((second - first).total_seconds(), ahead * 60, delta=30)

    def test_a_right_clock_is_left_alone(self):
        with Server(self.skewed("SignatureDoesNotMatch", 1)) as server:
            self.assertEqual(call(url=server.url)["code"], "SignatureDoesNotMatch")
        self.assertEqual(len(server.requests), 1)

    def test_expired_credentials_are_asked_for_once_more(self):
        def script(count, connection):
            connection.sendall(answer(403, failure("ExpiredToken")) if count == 1 else answer(200, IDENTITY))

        with Server(script) as server:
            said = call(url=server.url)
        self.assertEqual(said["outcome"], "ok")
        self.assertEqual([one["code"] for one in said["trace"]], ["ExpiredToken", ""])
        self.assertEqual([re.search(r"Credential=(\w+)/", r)[1] for r in server.requests], ["old", "new"])
        with Server(always(answer(403, failure("ExpiredToken")))) as server:
            self.assertEqual(call(url=server.url)["outcome"], "expired")
        self.assertEqual(len(server.requests), 2)


class Routes(unittest.TestCase):
    """Proxies and certificates."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.certificate("right", ["127.0.0.1"])
        cls.certificate("other", ["127.0.0.9"])

    @classmethod
    def certificate(cls, name, hosts):
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        made = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
                .not_valid_after(now + datetime.timedelta(days=1))
                .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(h)) for h in hosts]), False)
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256()))
        (cls.folder / f"{name}.pem").write_bytes(
            made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))

    def tls(self, name, most=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if most:
            with warnings.catch_warnings(action="ignore"):
                context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, most
            context.set_ciphers("ALL:@SECLEVEL=0")
        context.load_cert_chain(self.folder / f"{name}.pem")
        return Server(always(answer(200, IDENTITY)), context)

    def test_certificates_are_verified(self):
        with self.tls("right") as right, self.tls("other") as other:
            bundle = str(self.folder / "right.pem")
            self.assertEqual(call(url=right.url, ca_bundle=bundle)["outcome"], "ok")
            self.assertEqual(call(url=right.url)["code"], "tls")
            self.assertEqual(call(url=other.url, ca_bundle=bundle)["code"], "tls")
            self.assertEqual(call(url=other.url, ca_bundle=str(self.folder / "other.pem"))["code"], "tls")
            self.assertEqual(other.requests, [])

    def test_old_tls_is_refused(self):
        with self.tls("right", ssl.TLSVersion.TLSv1_1) as old:
            self.assertEqual(call(url=old.url, ca_bundle=str(self.folder / "right.pem"))["code"], "tls")

    def test_a_bundle_that_is_not_there(self):
        said = call(url="https://127.0.0.1:1", ca_bundle=str(self.folder / "none.pem"))
        self.assertIn("cannot be read", said["why"])

    def test_proxies(self):
        with Server(always(answer(200, IDENTITY))) as proxy, Server(always(answer(200, IDENTITY))) as server:
            for variable in ("HTTP_PROXY", "http_proxy"):
                self.assertEqual(call(url="http://sts.example:99", variable=f"{variable}={proxy.url}")["outcome"], "ok")
            self.assertEqual(call(url=server.url, variable="HTTP_PROXY=")["outcome"], "ok")
            self.assertEqual(call(url=server.url, variable=f"HTTPS_PROXY={proxy.url}")["outcome"], "ok")
        self.assertEqual([r.split("\r\n")[0] for r in proxy.requests], ["POST http://sts.example:99/ HTTP/1.1"] * 2)
        self.assertEqual(len(server.requests), 2)


if __name__ == "__main__":
    unittest.main()

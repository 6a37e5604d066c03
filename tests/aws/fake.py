"""A stand-in for services that moto does not carry out: it answers what a test's own objects say, and nothing by itself.

It is no emulator. It does not check signatures (only that there is one, for the right service), rights, quotas or
throttling, and knows no time. What it does check is botocore's model: a request that is of no operation, or whose members
are not those of its shape, is answered with HTTP 400 and noted in `wrong`; so is an answer of the test's own that the
service could not give.
"""
import datetime
import http.server
import json
import re
import threading
import urllib.parse

import botocore.session
import botocore.validate

SESSION = botocore.session.get_session()
SIGNING = {"redshift-data": "redshift-data", "mwaa": "airflow", "emr-serverless": "emr-serverless",
           "emr": "elasticmapreduce", "secretsmanager": "secretsmanager"}


class Refusal(Exception):
    """What the service says no with; more: further members of the error."""

    def __init__(self, code, message="", status=400, **more):
        super().__init__(code)
        self.code, self.message, self.status, self.more = code, message, status, more


def as_json(value):
    return value.timestamp() if isinstance(value, datetime.datetime) else str(value)


class Service:
    """One service: `answers` has a method for each operation, called with the members; its calls are kept in `calls`."""

    def __init__(self, name, answers):
        self.name, self.answers, self.calls = name, answers, []
        self.model = SESSION.get_service_model(name)

    def operation_of(self, method, path, target):
        """The operation's name and the members that stand in the path."""
        if target:
            return target.rpartition(".")[2], {}
        for name in self.model.operation_names:
            http_trait = self.model.operation_model(name).http
            pattern = re.sub(r"\{(\w+)\+?\}", r"(?P<\1>[^/]+)", http_trait["requestUri"])
            found = re.fullmatch(pattern, path)
            if found and http_trait["method"] == method:
                return name, {key: urllib.parse.unquote(value) for key, value in found.groupdict().items()}
        raise Refusal("UnknownOperationException", f"{method} {path}", 404)

    def members(self, name, query, located, body):
        members = {**located, **(json.loads(body) if body else {})}
        shape = self.model.operation_model(name).input_shape
        for member, value in query:
            kinds = {m.serialization.get("name", key): m.type_name for key, m in shape.members.items()}
            members[member] = int(value) if kinds.get(member) == "integer" else value
        return members

    def answer(self, method, path, query, target, body):
        name, located = self.operation_of(method, path, target)
        operation = self.model.operation_model(name)
        members = self.members(name, query, located, body)
        self.validate(operation.input_shape, members, f"{name} was asked with")
        self.calls.append((name, members))
        output = getattr(self.answers, name)(**members)
        self.validate(operation.output_shape, output, f"{name} was answered with")
        return output

    @staticmethod
    def validate(shape, members, what):
        unknown = set(members) - set(shape.members)
        report = botocore.validate.ParamValidator().validate(members, shape)
        if unknown or report.has_errors():
            raise AssertionError(f"{what} {unknown or report.generate_report()}")


class Fake:
    """The server. services: {botocore's name: object}."""

    def __init__(self, **services):
        self.services = {name.replace("_", "-"): Service(name.replace("_", "-"), answers)
                         for name, answers in services.items()}
        self.wrong = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def calls(self, service):
        return self.services[service].calls

    def service_of(self, authorization):
        found = re.match(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[\w-]+/([\w-]+)/aws4_request", authorization or "")
        for name, service in self.services.items():
            if found and SIGNING[name] == found[1]:
                return service
        raise AssertionError(f"signed for no service of this server: {authorization}")

    def respond(self, method, path, headers, body):
        """Status, headers and body."""
        url = urllib.parse.urlsplit(path)
        try:
            service = self.service_of(headers.get("Authorization"))
            output = service.answer(method, url.path, urllib.parse.parse_qsl(url.query), headers.get("X-Amz-Target"), body)
            return 200, {}, json.dumps(output, default=as_json)
        except Refusal as refusal:
            return refusal.status, {"x-amzn-ErrorType": refusal.code}, json.dumps(
                {"__type": refusal.code, "message": refusal.message, **refusal.more})
        except Exception as mistake:  # noqa: BLE001: whatever it is, the test must see it
            self.wrong.append(f"{method} {path}: {type(mistake).__name__}: {mistake}")
            return 400, {}, json.dumps({"__type": "FakeIsWrongException", "message": self.wrong[-1]})

    def handler(fake):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, headers, text = fake.respond(self.command, self.path, self.headers, body)
                data = text.encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

            def log_message(self, *_):
                pass
        return Handler

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

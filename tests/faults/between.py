"""A server in between: it hands requests on to another one, and does to some of them what networks and balancers do."""
import collections
import contextlib
import http.client
import socket
import struct
import threading
import urllib.parse

PATIENCE = 60  # seconds; nothing here waits for ever


class Gone(Exception):
    """The client has closed its connection."""


class Request:
    """One that has come in, and all that can be done with it. What breaks the connection leaves `keeps` false."""

    def __init__(self, proxy, connection, start, headers, body):
        self.proxy, self.connection = proxy, connection
        self.method, self.path = start.split(" ")[:2]
        self.headers, self.body, self.keeps = headers, body, True
        form = dict(urllib.parse.parse_qsl(body.decode("latin-1"))) if body[:2000].isascii() else {}
        target = dict(headers).get("X-Amz-Target", "").rpartition(".")[2]
        self.action = form.get("Action") or target or f"{self.method} {urllib.parse.urlsplit(self.path).path}"
        self.subject = form.get("StackName", "").rpartition(":stack/")[2].partition("/")[0] or form.get("StackName", "")

    def forward(self):
        """Carried out: status, headers and body of the answer."""
        where = urllib.parse.urlsplit(self.proxy.upstream)
        with contextlib.closing(http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)) as upstream:
            upstream.putrequest(self.method, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers:
                upstream.putheader(name, value)
            upstream.endheaders(self.body)
            answer = upstream.getresponse()
            kept = [(name, value) for name, value in answer.getheaders()
                    if name.lower() not in ("transfer-encoding", "content-length", "connection")]
            return answer.status, kept, answer.read()

    def send(self, data):
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise Gone from error

    def answer(self, status, body, headers=(("Content-Type", "text/xml"),), size=None):
        """size: what Content-Length says, where that is not the truth."""
        size = len(body) if size is None else size
        head = "".join(f"{name}: {value}\r\n" for name, value in [*headers, ("Content-Length", size)])
        self.send(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode("latin-1"))
        if self.method != "HEAD":
            self.send(body)

    def pass_on(self):
        status, headers, body = self.forward()
        self.answer(status, body, headers)

    def close(self):
        self.keeps = False

    def reset(self):
        """Closed with RST, not with FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()


def first(fault, times=1, only=None):
    """Each action on each stack suffers a fault the first `times` times; only: those actions."""
    counts, lock = collections.Counter(), threading.Lock()

    def choose(request):
        key = (request.action, request.subject)
        if only and request.action not in only:
            return None
        with lock:
            counts[key] += 1
            return fault if counts[key] <= times else None
    return choose


def always(fault):
    return lambda _: fault


def never(_):
    return None


class Proxy:
    """choose: a function that takes a request and gives the fault it suffers, a function of a request, or None."""

    def __init__(self, upstream, choose=never, tls=None):
        self.upstream, self.choose, self.tls = upstream, choose, tls
        self.lock, self.connections = threading.Lock(), set()
        self.carried_out, self.suffered, self.unexpected = collections.Counter(), collections.Counter(), []
        self.port = 0
        self.come()

    @property
    def endpoint(self):
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def come(self):
        """Listens, on the port it had before if it was there already."""
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def go(self):
        """Away with the port and with each connection."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        with self.lock:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(PATIENCE)
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with self.lock:
                self.connections.add(connection)
            with connection.makefile("rb") as stream:
                while self.serve_one(connection, stream):
                    pass
        except (OSError, Gone, http.client.HTTPException):
            pass  # either side has gone away
        except Exception as error:
            self.unexpected.append(error)
            raise
        finally:
            with self.lock:
                self.connections.discard(connection)
            connection.close()

    def serve_one(self, connection, stream):
        start = stream.readline().decode("latin-1").strip()
        if not start:
            return False
        headers = []
        while line := stream.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers.append((name, value.strip()))
        size = next((int(value) for name, value in headers if name.lower() == "content-length"), 0)
        request = Request(self, connection, start, headers, stream.read(size))
        fault = self.choose(request)
        with self.lock:
            self.suffered[fault.__name__ if fault else None] += 1
        (fault or Request.pass_on)(request)
        return request.keeps

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.go()

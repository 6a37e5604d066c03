"""Servers that give credentials, as AWS's do: STS, the portal of SSO, the agent of a container, an instance's metadata.

All are one server on localhost. Whatever is secret has the word SECRET in it, so that a test can look for it in what
is printed; what an answer gives away tells by its key id how it came about: "ASIA" role "." key of who asked.
"""
import collections
import datetime
import http.server
import json
import re
import threading
import urllib.parse


def stamp(seconds):
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, text, kind="application/json"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def give(self, key, token="Token", numbers=False, wrap=None):
        """Credentials as JSON, by the names that this service has for them."""
        lower = (lambda name: name[0].lower() + name[1:]) if numbers else (lambda name: name)
        until = self.server.lifetime
        body = {lower("AccessKeyId"): key, lower("SecretAccessKey"): f"SECRET-{key}", token: f"SECRET-token-{key}",
                lower("Expiration"): int(datetime.datetime.now().timestamp() + until) * 1000 if numbers else stamp(until)}
        self.answer(200, json.dumps({wrap: body} if wrap else body))

    def handle_one(self):
        size = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(size).decode()
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query))
        with self.server.lock:
            self.server.asked[f"{self.command} {url.path}"] += 1
            self.server.requests.append((self.command, self.path, dict(self.headers), self.body))
        if url.path in self.server.broken:
            return self.answer(403, '{"code": "Denied", "message": "SECRET-echo"}')
        route = {"POST /": self.sts, "GET /federation/credentials": self.portal, "POST /token": self.oidc,
                 "GET /agent": self.agent, "PUT /latest/api/token": self.instance_token}.get(f"{self.command} {url.path}")
        if url.path.startswith("/latest/meta-data/iam/security-credentials/"):
            route = self.instance
        return route() if route else self.answer(404, "{}")

    do_GET = do_POST = do_PUT = handle_one

    def sts(self):
        form = dict(urllib.parse.parse_qsl(self.body))
        signer = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        action, role = form.get("Action"), form.get("RoleArn", "").rpartition("/")[2]
        if role == "denied" or (action == "AssumeRole") != bool(signer):
            return self.refuse("AccessDenied", f"not allowed to assume {role}")
        if "SerialNumber" in form and form.get("TokenCode") != "123456":
            return self.refuse("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code")
        if action == "AssumeRoleWithWebIdentity" and form.get("WebIdentityToken") != "SECRET-web":
            return self.refuse("InvalidIdentityToken", f"bad token {form.get('WebIdentityToken')}")
        key = f"ASIA{role}.{signer[1] if signer else 'web'}"
        xml = (f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>'
               f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>SECRET-{key}</SecretAccessKey>"
               f"<SessionToken>SECRET-token-{key}</SessionToken><Expiration>{stamp(self.server.lifetime)}</Expiration>"
               f"</Credentials></{action}Result><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
               f"</{action}Response>")
        self.answer(200, xml, "text/xml")

    def refuse(self, code, message):
        self.answer(403, f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>"
                         "</Error><RequestId>r-1</RequestId></ErrorResponse>", "text/xml")

    def portal(self):
        if self.headers.get("x-amz-sso_bearer_token") not in {"SECRET-sso", "SECRET-sso-fresh"}:
            return self.answer(401, '{"message": "Session token not found or invalid"}')
        if self.query["role_name"] == "nobody":
            return self.answer(403, '{"message": "No access"}')
        self.give(f"ASIA{self.query['role_name']}.{self.query['account_id']}", "sessionToken", True, "roleCredentials")

    def oidc(self):
        asked = json.loads(self.body)
        if asked.get("refreshToken") != "SECRET-refresh" or asked.get("clientSecret") != "SECRET-client":
            return self.answer(400, '{"error": "invalid_grant", "error_description": "SECRET-echo"}')
        self.answer(200, json.dumps({"accessToken": "SECRET-sso-fresh", "expiresIn": 28800, "tokenType": "Bearer",
                                     "refreshToken": "SECRET-refresh-2"}))

    def agent(self):
        wanted = self.server.agent_token
        if wanted and self.headers.get("Authorization") != wanted:
            return self.answer(401, '{"code": "Unauthorized", "message": "SECRET-echo"}')
        self.give("ASIAcontainer")

    def instance_token(self):
        if self.headers.get("x-aws-ec2-metadata-token-ttl-seconds") != "21600":
            return self.answer(400, "")
        self.answer(200, "SECRET-imds", "text/plain")

    def instance(self):
        if self.headers.get("x-aws-ec2-metadata-token") != "SECRET-imds":
            return self.answer(401, "")
        role = self.path.rpartition("/")[2]
        return self.give(f"ASIA{role}") if role else self.answer(200, "instance-role", "text/plain")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.reset()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def reset(self):
        self.asked, self.requests = collections.Counter(), []
        self.broken, self.lifetime, self.agent_token = set(), 3600, None

    def close(self):
        self.shutdown()
        self.server_close()

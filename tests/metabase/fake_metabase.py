"""A stand-in for Metabase's REST API, as far as `cfngen metabase` uses it. It is no Metabase.

What it does not do: it runs no query and draws nothing, connects to no database, knows no permissions but that somebody must
be signed in, no groups, no archive, no history, no search, no tabs of dashboards, no timelines; a session never ends. That
Metabase itself takes these requests is not tested here.

What it is strict about: a request of another path, method or form than its table says is noted in `wrong` and answered with
HTTP 400, so that a member that Metabase does not know, or one of another type, fails a test.
"""
import contextlib
import http.server
import json
import re
import threading
import urllib.parse

TEXT, NUMBER, TRUTH, LIST, OBJECT = str, int, bool, list, dict
OR_NULL = type(None)

# Members of requests: name, types, whether it must be there.
DATABASE = {"name": (TEXT,), "engine": (TEXT,), "details": (OBJECT,), "description?": (TEXT, OR_NULL), "is_full_sync?": (TRUTH,),
            "is_on_demand?": (TRUTH,), "auto_run_queries?": (TRUTH,)}
COLLECTION = {"name": (TEXT,), "description": (TEXT, OR_NULL), "parent_id": (NUMBER, OR_NULL)}
CARD = {"name": (TEXT,), "description": (TEXT, OR_NULL), "collection_id": (NUMBER, OR_NULL), "type": (TEXT,), "display": (TEXT,),
        "dataset_query": (OBJECT,), "visualization_settings": (OBJECT,)}
QUERY = {"database": (NUMBER,), "type": (TEXT,), "native": (OBJECT,)}
NATIVE = {"query": (TEXT,), "template-tags": (OBJECT,)}
TAG = {"id": (TEXT,), "name": (TEXT,), "display-name": (TEXT,), "type": (TEXT,), "required": (TRUTH,)}
DASHBOARD = {"name": (TEXT,), "description": (TEXT, OR_NULL), "collection_id": (NUMBER, OR_NULL), "parameters": (LIST,)}
PARAMETER = {"id": (TEXT,), "name": (TEXT,), "slug": (TEXT,), "type": (TEXT,), "sectionId": (TEXT,), "default?": (TEXT, NUMBER, LIST)}
DASHCARD = {"id": (NUMBER,), "card_id": (NUMBER, OR_NULL), "row": (NUMBER,), "col": (NUMBER,), "size_x": (NUMBER,),
            "size_y": (NUMBER,), "parameter_mappings": (LIST,), "visualization_settings": (OBJECT,)}
SESSION = {"username": (TEXT,), "password": (TEXT,)}
SETUP = {"token": (TEXT,), "user": (OBJECT,), "prefs": (OBJECT,)}


def check(value, members, where):
    """The form of an object."""
    names = {name.rstrip("?"): types for name, types in members.items()}
    if set(value) - set(names):
        raise ValueError(f"{where}: unknown members {sorted(set(value) - set(names))}")
    for name, types in members.items():
        if name.rstrip("?") not in value:
            if not name.endswith("?"):
                raise ValueError(f"{where}: {name} is missing")
        elif type(value[name.rstrip("?")]) not in types:
            raise ValueError(f"{where}: {name} is {value[name.rstrip('?')]!r}")


class Refusal(Exception):
    def __init__(self, status, answer):
        super().__init__(status)
        self.status, self.answer = status, answer


class Metabase:
    def __init__(self, new=True, key="mb_key", stages=False, tls=None):
        self.token = "setup-token-of-the-test" if new else None
        self.key, self.stages, self.user, self.sessions = key, stages, None, set()
        self.databases, self.collections, self.cards, self.dashboards = {}, {}, {}, {}
        self.numbers, self.requests, self.wrong, self.busy, self.synced = 0, [], [], 0, []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def number(self):
        self.numbers += 1
        return self.numbers

    def changes(self):
        """What was asked that changes something."""
        return [f"{method} {path}" for method, path in self.requests if method != "GET" and path != "/api/session"]

    # -- signing in --------------------------------------------------------------------------------

    def properties(self, body, query):
        return {"setup-token": self.token, "has-user-setup": self.token is None, "version": {"tag": "v0.0.0-stand-in"}}

    def setup(self, body, query):
        check(body, SETUP, "setup")
        check(body["user"], {"email": (TEXT,), "password": (TEXT,), "first_name": (TEXT,), "last_name": (TEXT,)}, "setup.user")
        check(body["prefs"], {"site_name": (TEXT,), "site_locale": (TEXT,), "allow_tracking": (TRUTH,)}, "setup.prefs")
        if self.token is None or body["token"] != self.token:
            raise Refusal(403, {"errors": {"token": "Token does not match the setup token."}})
        if "@" not in body["user"]["email"]:
            raise Refusal(400, {"errors": {"email": "value must be a valid email address."}})
        self.token, self.user = None, body["user"]
        return self.session({"username": body["user"]["email"], "password": body["user"]["password"]}, {})

    def session(self, body, query):
        check(body, SESSION, "session")
        if not self.user or (body["username"], body["password"]) != (self.user["email"], self.user["password"]):
            raise Refusal(401, {"errors": {"password": "did not match stored password"}})
        self.sessions.add(f"session-{len(self.sessions)}")
        return {"id": max(self.sessions)}

    # -- databases ---------------------------------------------------------------------------------

    def shown_database(self, number):
        database = self.databases[number]
        return {"id": number, "created_at": "2026-11-30T00:00:00Z", "features": [], "is_sample": False, **database,
                "details": {"let-user-control-scheduling": False, **database["details"], "password": "**MetabasePass**"}}

    def list_databases(self, body, query):
        return {"data": [self.shown_database(number) for number in self.databases], "total": len(self.databases)}

    def get_database(self, body, query, number):
        return self.shown_database(number)

    def put_database(self, body, query, number=None):
        check(body, DATABASE, "database")
        number = number or self.number()
        details = body["details"]
        if "password" not in details and number in self.databases:
            details = {**details, "password": self.databases[number]["details"]["password"]}
        self.databases[number] = {**body, "details": details}
        return self.shown_database(number)

    def sync(self, body, query, number):
        self.synced.append(self.databases[number]["name"])
        return {"status": "ok"}

    # -- collections -------------------------------------------------------------------------------

    def list_collections(self, body, query):
        return [{"id": "root", "name": "Our analytics"},
                *({"id": number, "slug": "x", "archived": False, "entity_id": "e" * 21, **collection}
                  for number, collection in self.collections.items())]

    def put_collection(self, body, query, number=None):
        check(body, COLLECTION, "collection")
        number, parent = number or self.number(), body["parent_id"]
        if parent is not None and parent not in self.collections:
            raise Refusal(404, "Not found.")
        location = f"{self.collections[parent]['location']}{parent}/" if parent else "/"
        self.collections[number] = {"name": body["name"], "description": body["description"], "location": location}
        return {"id": number, **self.collections[number]}

    def items(self, body, query, number):
        assert query["models"] == ["card", "dashboard"], query
        found = [{"id": i, "name": one["name"], "model": model}
                 for model, all_of in (("card", self.cards), ("dashboard", self.dashboards)) for i, one in all_of.items()
                 if one["collection_id"] == number]
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        return {"data": found[offset:offset + limit], "total": len(found)}

    # -- cards -------------------------------------------------------------------------------------

    def shown_card(self, number):
        card = {"id": number, "entity_id": "e" * 21, "archived": False, "enable_embedding": False, **self.cards[number]}
        if self.stages:
            query = card["dataset_query"]
            stage = {"lib/type": "mbql.stage/native", "native": query["native"]["query"],
                     "template-tags": query["native"]["template-tags"]}
            card["dataset_query"] = {"lib/type": "mbql/query", "database": query["database"], "stages": [stage]}
        return card

    def get_card(self, body, query, number):
        return self.shown_card(number)

    def put_card(self, body, query, number=None):
        check(body, CARD, "card")
        check(body["dataset_query"], QUERY, "card.dataset_query")
        check(body["dataset_query"]["native"], NATIVE, "card.native")
        for name, tag in body["dataset_query"]["native"]["template-tags"].items():
            check(tag, TAG, f"card.template-tags.{name}")
            assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", tag["id"]), tag
        if body["collection_id"] not in self.collections or body["dataset_query"]["database"] not in self.databases:
            raise Refusal(404, "Not found.")
        number = number or self.number()
        self.cards[number] = body
        return self.shown_card(number)

    # -- dashboards --------------------------------------------------------------------------------

    def shown_dashboard(self, number):
        dashboard = self.dashboards[number]
        return {"id": number, "entity_id": "e" * 21, "archived": False, "width": "fixed", "tabs": [], **dashboard}

    def get_dashboard(self, body, query, number):
        return self.shown_dashboard(number)

    def create_dashboard(self, body, query):
        check(body, DASHBOARD, "dashboard")
        for parameter in body["parameters"]:
            check(parameter, PARAMETER, "dashboard.parameters")
        number = self.number()
        self.dashboards[number] = {**body, "dashcards": []}
        return self.shown_dashboard(number)

    def put_dashboard(self, body, query, number):
        check(body, {**DASHBOARD, "dashcards": (LIST,)}, "dashboard")
        for parameter in body["parameters"]:
            check(parameter, PARAMETER, "dashboard.parameters")
            assert re.fullmatch(r"[0-9a-f]{8}", parameter["id"]), parameter
        known = {parameter["id"] for parameter in body["parameters"]}
        for dashcard in body["dashcards"]:
            check(dashcard, DASHCARD, "dashboard.dashcards")
            if dashcard["card_id"] is not None and dashcard["card_id"] not in self.cards:
                raise Refusal(400, {"message": f"no card {dashcard['card_id']}"})
            assert dashcard["col"] + dashcard["size_x"] <= 24, dashcard
            assert {mapping["parameter_id"] for mapping in dashcard["parameter_mappings"]} <= known, dashcard
        shown = [{**dashcard, "id": self.number(), "dashboard_id": number, "created_at": "2026-11-30T00:00:00Z",
                  "card": self.cards.get(dashcard["card_id"])} for dashcard in body["dashcards"]]
        self.dashboards[number] = {**body, "dashcards": shown[::-1]}
        return self.shown_dashboard(number)

    # -- the server --------------------------------------------------------------------------------

    ROUTES = [("GET", r"/api/session/properties", properties), ("POST", r"/api/setup", setup), ("POST", r"/api/session", session),
              ("GET", r"/api/database", list_databases), ("POST", r"/api/database", put_database),
              ("GET", r"/api/database/(\d+)", get_database), ("PUT", r"/api/database/(\d+)", put_database),
              ("POST", r"/api/database/(\d+)/sync_schema", sync), ("GET", r"/api/collection", list_collections),
              ("POST", r"/api/collection", put_collection), ("PUT", r"/api/collection/(\d+)", put_collection),
              ("GET", r"/api/collection/(\d+)/items", items), ("POST", r"/api/card", put_card), ("GET", r"/api/card/(\d+)", get_card),
              ("PUT", r"/api/card/(\d+)", put_card), ("POST", r"/api/dashboard", create_dashboard),
              ("GET", r"/api/dashboard/(\d+)", get_dashboard), ("PUT", r"/api/dashboard/(\d+)", put_dashboard)]
    OPEN = (properties, setup, session)

    def respond(self, method, target, headers, body):
        url = urllib.parse.urlsplit(target)
        self.requests.append((method, url.path))
        if self.busy:
            self.busy -= 1
            raise Refusal(503, "busy")
        for route_method, pattern, does in self.ROUTES:
            found = re.fullmatch(pattern, url.path)
            if not found or route_method != method:
                continue
            signed_in = headers.get("x-api-key") == self.key or headers.get("X-Metabase-Session") in self.sessions
            if does not in self.OPEN and not signed_in:
                raise Refusal(401, "Unauthenticated")
            numbers = [int(group) for group in found.groups()]
            return does(self, json.loads(body) if body else {}, urllib.parse.parse_qs(url.query), *numbers)
        raise ValueError("no such request")

    def handler(metabase):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status = 200
                try:
                    answer = metabase.respond(self.command, self.path, self.headers, body)
                except Refusal as refusal:
                    status, answer = refusal.status, refusal.answer
                except Exception as mistake:  # noqa: BLE001: whatever it is, the test must see it
                    metabase.wrong.append(f"{self.command} {self.path}: {type(mistake).__name__}: {mistake}")
                    status, answer = 400, metabase.wrong[-1]
                data = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do

            def log_message(self, *_):
                pass
        return Handler

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

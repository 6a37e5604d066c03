"""Reads metabase/definitions, refuses what does not fit together, and turns a card's query into plain SQL."""
import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).resolve().parent / "definitions"
COLUMNS = 24
MEMBERS = {
    "database": {"key", "name", "engine", "description", "details", "is_full_sync", "is_on_demand", "auto_run_queries"},
    "collections": {"key", "name", "description", "parent"},
    "cards": {"key", "name", "description", "collection", "display", "sql", "variables", "visualization_settings"},
    "dashboards": {"key", "name", "description", "collection", "filters", "cards"},
}
DISPLAYS = {"scalar", "line", "area", "bar", "row", "pie", "table", "combo"}
VARIABLE_TYPES = {"date", "text", "number"}
FILTER_TYPES = {"date": {"date/single"}, "text": {"category"}, "number": {"number/="}}


class Wrong(Exception):
    """The definitions do not fit together."""


def need(condition, message):
    if not condition:
        raise Wrong(message)


def read(kind, folder):
    return json.loads((folder / f"{kind}.json").read_text(encoding="utf-8"))


def by_key(kind, entries):
    found = {}
    for entry in entries:
        key = entry.get("key", "")
        need(re.fullmatch(r"[a-z0-9-]+", key), f"{kind}: key must be a slug, not '{key}'")
        need(key not in found, f"{kind}: '{key}' is there twice")
        need(set(entry) == MEMBERS[kind],
             f"{kind} '{key}': members must be {sorted(MEMBERS[kind])}, not {sorted(entry)}")
        found[key] = entry
    names = [(e.get("parent", e.get("collection")), e["name"]) for e in entries]
    need(len(set(names)) == len(names), f"{kind}: a name is used twice in one collection")
    return found


def variables_of(sql):
    return set(re.findall(r"{{\s*(\w+)\s*}}", sql))


def check_card(card, collections, folder):
    where = f"card '{card['key']}'"
    need(card["collection"] in collections, f"{where}: no collection '{card['collection']}'")
    need(card["display"] in DISPLAYS, f"{where}: unknown display '{card['display']}'")
    need(card["sql"] == f"sql/{card['key']}.sql", f"{where}: sql must be sql/{card['key']}.sql, not '{card['sql']}'")
    need((folder / card["sql"]).is_file(), f"{where}: no file {card['sql']}")
    declared = {v["name"] for v in card["variables"]}
    used = variables_of((folder / card["sql"]).read_text(encoding="utf-8"))
    need(declared == used, f"{where}: variables {sorted(declared)} are declared, {sorted(used)} are used")
    for variable in card["variables"]:
        need(variable["type"] in VARIABLE_TYPES, f"{where}: unknown type of variable '{variable['type']}'")


def check_layout(dashboard):
    """Every card within the grid, none upon another."""
    taken = {}
    for number, card in enumerate(dashboard["cards"]):
        need(card["col"] >= 0 and card["row"] >= 0 and card["col"] + card["size_x"] <= COLUMNS,
             f"dashboard '{dashboard['key']}': entry {number} leaves the grid of {COLUMNS} columns")
        for row in range(card["row"], card["row"] + card["size_y"]):
            for column in range(card["col"], card["col"] + card["size_x"]):
                need((row, column) not in taken, f"dashboard '{dashboard['key']}': entry {number} lies upon another")
                taken[row, column] = number


def check_dashboard(dashboard, cards, collections):
    where = f"dashboard '{dashboard['key']}'"
    need(dashboard["collection"] in collections, f"{where}: no collection '{dashboard['collection']}'")
    shown = [c["card"] for c in dashboard["cards"] if "card" in c]
    for key in shown:
        need(key in cards, f"{where}: no card '{key}'")
    for entry in dashboard["filters"]:
        mapped = [v for key in shown for v in cards[key]["variables"] if v["name"] == entry["name"]]
        need(mapped, f"{where}: filter '{entry['name']}' is mapped to no card")
        for variable in mapped:
            need(entry["type"] in FILTER_TYPES[variable["type"]],
                 f"{where}: filter '{entry['name']}' cannot fill a {variable['type']}")
    check_layout(dashboard)


def load(folder=FOLDER):
    """{'database': {...}, 'collections': {key: ...}, 'cards': ..., 'dashboards': ...}; raises Wrong."""
    found = {kind: by_key(kind, read(kind, folder)) for kind in ("collections", "cards", "dashboards")}
    database = read("database", folder)
    by_key("database", [database])
    seen = set()
    for key, collection in found["collections"].items():
        need(collection["parent"] is None or collection["parent"] in seen,
             f"collection '{key}': its parent must stand before it")
        seen.add(key)
    for card in found["cards"].values():
        check_card(card, found["collections"], folder)
    for dashboard in found["dashboards"].values():
        check_dashboard(dashboard, found["cards"], found["collections"])
    return {"database": database, **found}


def literal(value):
    return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"


def query(card, values=None, folder=FOLDER):
    """The card's SQL with values for its variables; what is in [[ ]] goes if one of its variables has none."""
    values = values or {}
    sql = (folder / card["sql"]).read_text(encoding="utf-8")

    def optional(match):
        return match.group(1) + match.group(2) if variables_of(match.group(2)) <= set(values) else ""

    sql = re.sub(r"(\n?[ \t]*)\[\[(.*?)\]\]", optional, sql, flags=re.DOTALL)
    missing = variables_of(sql) - set(values)
    need(not missing, f"card '{card['key']}': no value for {sorted(missing)}")
    return re.sub(r"{{\s*(\w+)\s*}}", lambda m: literal(values[m.group(1)]), sql)

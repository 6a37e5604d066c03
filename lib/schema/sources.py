"""The two descriptions of AWS's resource types, read into one form: a Shape says what a value may be."""

import ctypes
import ctypes.util
import re

SCALARS = {"string", "integer", "number", "boolean"}
KIND_WORDS = SCALARS | {"json"}
BOUNDS = {"length": ("minLength", "maxLength"), "range": ("minimum", "maximum")}


class Shape:
    """What a value may be: kinds of it (of its items, in a list or a map), and the schemas of its nested object."""

    def __init__(self, kinds=(), container=None, objects=(), facts=None):
        self.kinds, self.container, self.objects = set(kinds), container, list(objects)
        self.facts = dict(facts or {})

    def joined(self, other):
        if other is None:
            return self
        objects = self.objects + [o for o in other.objects if all(o[1] is not p[1] for p in self.objects)]
        if self.container == other.container:
            return Shape(self.kinds | other.kinds, self.container, objects)
        if {self.container, other.container} == {"map", None} and "object" in self.kinds | other.kinds:
            if (self if self.container is None else other).kinds == {"object"}:
                return Shape(self.kinds | other.kinds, "map", objects)
        return Shape({"json"})


class Lint:
    """One resource's JSON schema."""

    def __init__(self, schema):
        self.root = schema
        names = lambda key: {p.split("/")[2] for p in schema.get(key, []) if p.count("/") == 2}
        self.read_only = names("readOnlyProperties")
        self.replaces = names("createOnlyProperties")
        self.may_replace = names("conditionalCreateOnlyProperties")
        self.deprecated = names("deprecatedProperties")

    def resolve(self, schema, name):
        """Follows $ref; what stands beside a $ref wins over what it refers to."""
        beside = {}
        for _ in range(20):
            if "$ref" not in schema:
                break
            beside = {**{k: v for k, v in schema.items() if k != "$ref"}, **beside}
            name = schema["$ref"].split("/")[-1]
            target = self.root
            for step in schema["$ref"].split("/")[1:]:
                target = target[step]
            schema = target
        beside.pop("description", None)
        return schema, beside, name

    def parts(self, schema, key):
        return [self.resolve(part, "")[0] for part in schema.get(key, []) if isinstance(part, dict)]

    def properties(self, schema, depth=0):
        """name -> schemas of that property, those of alternatives too."""
        found = {}
        if depth > 6:
            return found
        for name, sub in schema.get("properties", {}).items():
            if isinstance(sub, dict):
                found.setdefault(name, []).append(sub)
        for key in ("allOf", "oneOf", "anyOf"):
            for part in self.parts(schema, key):
                for name, subs in self.properties(part, depth + 1).items():
                    # an alternative that only narrows a property of the base says nothing about its kind
                    if name not in schema.get("properties", {}):
                        found.setdefault(name, []).extend(subs)
        return found

    def required(self, schema, depth=0):
        names = set(schema.get("required", []))
        if depth > 6:
            return names
        for part in self.parts(schema, "allOf"):
            names |= self.required(part, depth + 1)
        for key in ("oneOf", "anyOf"):
            parts = [self.required(part, depth + 1) for part in self.parts(schema, key)]
            if parts:
                names |= set.intersection(*parts)
        return names

    def shape(self, schema, name, depth=0):
        if not isinstance(schema, dict) or depth > 8:
            return Shape({"json"})
        schema, beside, name = self.resolve(schema, name)
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        properties = self.properties(schema)
        if not kinds:
            kinds = ["object"] if properties or "patternProperties" in schema else []
            kinds = kinds or (["array"] if "items" in schema else [])
        result = None
        for kind in kinds:
            one = self.shape_of_kind(kind, schema, name, properties, depth)
            result = one.joined(result) if one else result
        if not kinds:
            for key in ("oneOf", "anyOf", "allOf"):
                for part in schema.get(key, []):
                    result = self.shape(part, name, depth + 1).joined(result)
            if "enum" in schema and result is None:
                result = Shape({"string"})
        result = result or Shape({"json"})
        result.facts = {**self.facts(schema, result), **self.facts(beside, result)}
        return result

    def shape_of_kind(self, kind, schema, name, properties, depth):
        if kind in SCALARS:
            return Shape({kind})
        if kind == "array":
            item = self.shape(schema.get("items", {}), name, depth + 1)
            return self.contained("list", item)
        if kind != "object":
            return None
        if properties:
            return Shape({"nested"}, None, [(name, schema)])
        values = list(schema.get("patternProperties", {}).values())
        if isinstance(schema.get("additionalProperties"), dict):
            values.append(schema["additionalProperties"])
        item = None
        for value in values:
            item = self.shape(value, name, depth + 1).joined(item)
        return self.contained("map", item) if item else Shape({"object"})

    @staticmethod
    def contained(container, item):
        if item.container:
            return Shape({"json"}, container)
        facts = {k: v for k, v in item.facts.items() if k in ("length", "range", "enum", "pattern")}
        return Shape(item.kinds, container, item.objects, facts)

    @staticmethod
    def facts(schema, shape):
        facts = dict(shape.facts)
        names = dict(BOUNDS)
        names["items"] = ("minProperties", "maxProperties") if shape.container == "map" else ("minItems", "maxItems")
        for fact, (low, high) in names.items():
            if low in schema or high in schema:
                facts[fact] = (schema.get(low), schema.get(high))
        if isinstance(schema.get("enum"), list) and all(isinstance(v, (str, int, float)) for v in schema["enum"]):
            facts["enum"] = [v if isinstance(v, str) else str(v).lower() for v in schema["enum"]]
        if "const" in schema and isinstance(schema["const"], str):
            facts["enum"] = [schema["const"]]
        if isinstance(schema.get("pattern"), str):
            facts["pattern"] = schema["pattern"]
        if schema.get("uniqueItems") is True and shape.container == "list":
            facts["unique"] = True
        return facts

    def rules(self, schema):
        """Rules over several properties, as (word, names)."""
        rules = []
        for word, key in (("one-of", "requiredXor"), ("any-of", "requiredOr")):
            if key in schema:
                rules.append((word, list(schema[key])))
        for word, key in (("needs", "dependentRequired"), ("needs", "dependencies"), ("excludes", "dependentExcluded")):
            for name, others in schema.get(key, {}).items():
                others = [other for other in others if other != name] if isinstance(others, list) else []
                if others:
                    rules.append((word, [name] + others))
        for holder in [schema] + self.parts(schema, "allOf"):
            for key in ("oneOf", "anyOf"):
                rules += self.rule_of_groups(key, self.parts(holder, key))
        return rules

    @staticmethod
    def rule_of_groups(key, parts):
        """Alternatives that only ask for one property each are one-of; of others it holds that one must be there."""
        groups = [part.get("required", []) for part in parts]
        if len(groups) < 2 or not all(groups):
            return []
        plain = {"required", "properties", "type", "title", "description", "additionalProperties"}
        exact = key == "oneOf" and all(
            len(part["required"]) == 1 and set(part) <= plain and set(part.get("properties", group)) == set(group)
            for part, group in zip(parts, groups)
        )
        firsts = [group[0] for group in groups]
        return [("one-of" if exact else "any-of", firsts)] if len(set(firsts)) == len(firsts) else []


class Spec:
    """The service-spec's database."""

    def __init__(self, database):
        schema = database["schema"]
        self.types = {entity["$id"]: entity for entity in schema["typeDefinition"]["entities"]}
        self.resources = {entity["cloudFormationType"]: entity for entity in schema["resource"]["entities"]}

    def shape(self, kind, depth=0):
        word = kind["type"]
        if word in ("array", "map"):
            item = self.shape(kind["element"], depth + 1)
            container = "list" if word == "array" else "map"
            if item.container:
                return Shape({"json"}, container)
            return Shape(item.kinds, container, item.objects, item.facts)
        if word == "union":
            result = None
            for one in kind["types"]:
                result = self.shape(one, depth + 1).joined(result)
            if len(result.objects) > 1:
                result.kinds.add("json")
                result.objects = result.objects[:1]
            return result
        if word == "ref":
            entity = self.types[kind["reference"]["$ref"]]
            return Shape({"nested"}, None, [(entity["name"], entity)])
        if word == "tag":
            return Shape({"nested"}, None, [("Tag", TAG)])
        facts = {"enum": [str(v) for v in kind["allowedValues"]]} if kind.get("allowedValues") else {}
        return Shape({{"date-time": "string", "null": "json"}.get(word, word)}, None, [], facts)


TAG = {
    "$id": "tag",
    "name": "Tag",
    "properties": {name: {"type": {"type": "string"}, "required": True} for name in ("Key", "Value")},
}


class Patterns:
    """Patterns as PCRE2 understands them; None for one that it does not."""

    def __init__(self):
        path = ctypes.util.find_library("pcre2-8")
        if not path:
            raise SystemExit("libpcre2-8 is needed to try the patterns")
        self.library = ctypes.CDLL(path)
        self.library.pcre2_compile_8.restype = ctypes.c_void_p
        pointers = [ctypes.c_void_p] * 3
        self.library.pcre2_compile_8.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint32] + pointers
        self.library.pcre2_code_free_8.argtypes = [ctypes.c_void_p]
        self.known, self.dropped = {}, set()

    def __call__(self, pattern):
        if pattern not in self.known:
            self.known[pattern] = self.translated(pattern)
        return self.known[pattern]

    def translated(self, pattern):
        text = re.sub(r"\\u\{?([0-9a-fA-F]{4,6})\}?", r"\\x{\1}", pattern)
        text = re.sub(r"[\x00-\x1f\x7f]", lambda m: "\\x{%02x}" % ord(m.group()), text)
        text = re.sub(r"(\\[wdsWDS]|\\p\{\w+\})-(?!\])", r"\1\\-", text)  # PCRE2 wants no range to begin with a class
        anything = text in ("", ".*", "^.*$", "(.*)") or (text.startswith("/") and text.endswith("/"))
        if anything or len(text) > 4000 or not self.compiles(text):
            self.dropped.add(pattern)
            return None
        return text

    def compiles(self, text):
        utf, number, offset = 0x00080000, ctypes.c_int(), ctypes.c_size_t()
        data = text.encode("utf-8", "surrogatepass")
        code = self.library.pcre2_compile_8(data, len(data), utf, ctypes.byref(number), ctypes.byref(offset), None)
        if code:
            self.library.pcre2_code_free_8(code)
        return bool(code)

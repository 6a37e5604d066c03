"""What the two descriptions of AWS's resource types agree on.

Structure comes from the service-spec, constraints from cfn-lint's schemas. Where they disagree the more lenient
one wins: no false alarm on a valid template is worth more than one check more.
"""

import re

from sources import KIND_WORDS, SCALARS, Lint, Shape

# A resource type that takes any property, and those whose attributes are named by their user.
OPEN_TYPES = {"AWS::CloudFormation::CustomResource"}
SERVERLESS = "AWS::Serverless::"
OPEN_ATTRIBUTES = {
    "AWS::CloudFormation::CustomResource": {"*": {"json"}},
    "AWS::CloudFormation::Stack": {"Outputs.*": {"string"}},
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": {"Outputs.*": {"string"}},
}

# Where a template for "aws cloudformation package" has a path of the user's machine in place of an object.
LOCAL_PATHS = {
    ("AWS::ApiGateway::RestApi", "BodyS3Location"),
    ("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle"),
    ("AWS::Lambda::Function", "Code"),
    ("AWS::Lambda::LayerVersion", "Content"),
    ("AWS::StepFunctions::StateMachine", "DefinitionS3Location"),
}


class Property:
    def __init__(self, name):
        self.name, self.kinds, self.container, self.node = name, set(), None, None
        self.required = self.deprecated = False
        self.replacement = None
        self.facts = {}


class Node:
    """A resource type or one of its nested types: its entity in the service-spec, its schemas in cfn-lint's."""

    def __init__(self, name, entity):
        self.name, self.entity, self.schemas = name, entity, []
        self.properties, self.rules = {}, []

    def takes(self, schema):
        if any(schema is known for known in self.schemas):
            return False
        self.schemas.append(schema)
        return True


def merged_facts(many):
    """What holds under each of several schemas of one property: the widest of each constraint."""
    result = dict(many[0])
    for facts in many[1:]:
        for key in list(result):
            mine, other = result[key], facts.get(key)
            if other is None:
                del result[key]
            elif key in ("length", "range", "items"):
                low, high = zip(mine, other)
                result[key] = (None if None in low else min(low), None if None in high else max(high))
            elif key == "enum":
                result[key] = mine + [value for value in other if value not in mine]
            elif mine != other:
                del result[key]
    return result


class Resource:
    """One resource type, merged."""

    def __init__(self, name, spec, schema, patterns, attribute_lists):
        entity = spec.resources.get(name)
        self.name, self.spec, self.patterns = name, spec, patterns
        self.lint = Lint(schema) if schema else None
        self.root = Node(name, entity)
        self.nodes = {}  # by identity of an entity, or of a schema's objects
        self.of_schema = {}  # identity of a schema -> the node that describes it
        self.children = {}  # (parent, property) -> the node of a property that only cfn-lint knows
        self.later = []
        self.stateful = bool(entity and entity.get("isStateful"))
        self.open = name in OPEN_TYPES
        self.visit(self.root, schema)
        while self.later:
            self.visit_lint_only(*self.later.pop(0))
        for node in {id(node): node for node in [self.root] + list(self.nodes.values())}.values():
            self.merge_node(node)
        self.nested = self.named()
        self.attributes = self.merge_attributes(attribute_lists)

    # First pass: which schemas belong to which node.

    def visit(self, node, schema):
        """Walks both descriptions of one node at once, so that nested types of both meet."""
        if schema is not None:
            if not node.takes(schema):
                return
            self.of_schema.setdefault(id(schema), node)
        found = self.lint.properties(schema) if schema is not None else {}
        of_spec = node.entity["properties"] if node.entity else {}
        for name in sorted(set(found) | set(of_spec)):
            shapes = [self.lint.shape(sub, name) for sub in found.get(name, [])]
            if name in of_spec:
                self.visit_spec(self.spec.shape(of_spec[name]["type"]), shapes)
            elif not (node is self.root and name in self.lint.read_only):
                self.later += [(node, name, shape) for shape in shapes if shape.objects]

    def visit_spec(self, shape, lint_shapes):
        for name, entity in shape.objects:
            node = self.nodes.get(entity["$id"])
            fresh = node is None
            node = self.nodes.setdefault(entity["$id"], node or Node(name, entity))
            schemas = [o for s in lint_shapes for _, o in s.objects if s.container == shape.container]
            for schema in schemas:
                self.visit(node, schema)
            if fresh and not schemas:
                self.visit(node, None)

    def visit_lint_only(self, parent, name, shape):
        child = self.children.get((parent, name))
        for _, schema in shape.objects:
            child = child or self.of_schema.get(id(schema))
        child = child or Node(shape.objects[0][0], None)
        self.children[parent, name] = child
        self.nodes.setdefault(id(child), child)
        for _, schema in shape.objects:
            self.visit(child, schema)

    # Second pass: what each node's properties are.

    def merge_node(self, node):
        of_spec = node.entity["properties"] if node.entity else {}
        found = {}
        for schema in node.schemas:
            for name, subs in self.lint.properties(schema).items():
                found.setdefault(name, []).extend(subs)
        for name in sorted(set(of_spec) | set(found)):
            if name not in of_spec and node is self.root and name in self.lint.read_only:
                continue
            if re.search(r"\s", name) is None:
                node.properties[name] = self.merge_property(node, name, of_spec.get(name), found.get(name, []))
        if len(node.schemas) == 1:
            node.rules = self.checked_rules(node)

    def merge_property(self, node, name, spec, subs):
        result = Property(name)
        lint = [self.lint.shape(sub, name) for sub in subs]
        shape = None
        for one in lint:
            shape = one.joined(shape)
        of_spec = self.spec.shape(spec["type"]) if spec else None
        self.set_kinds(result, shape, of_spec)
        if "nested" in result.kinds:
            of_entity = of_spec and self.nodes[of_spec.objects[0][1]["$id"]]
            result.node = of_entity or self.children[node, name]
        if (node.name, name) in LOCAL_PATHS:
            result.kinds.add("string")
        result.required = self.is_required(node, name, spec)
        facts = merged_facts([one.facts for one in lint]) if lint else {}
        if of_spec and "enum" in of_spec.facts:
            if not lint:
                facts["enum"] = of_spec.facts["enum"]
            elif "enum" in facts:
                facts["enum"] = facts["enum"] + [v for v in of_spec.facts["enum"] if v not in facts["enum"]]
        result.facts = self.fitting(result, facts)
        top = self.lint if node is self.root and self.lint else None
        result.deprecated = bool((spec and spec.get("deprecated")) or (top and name in top.deprecated))
        result.replacement = self.replacement(name, spec, top)
        return result

    def set_kinds(self, result, lint, spec):
        both = spec.joined(Shape(lint.kinds, lint.container, [])) if spec and lint else spec or lint
        kinds = set(both.kinds)
        result.container = both.container
        objects = (spec or lint).objects
        if "nested" in kinds and not objects:
            kinds = kinds - {"nested"} | {"json"}
        if "object" in kinds:
            kinds = kinds - {"object"} | {"json"}
        if "nested" in kinds and kinds & SCALARS:
            kinds.add("json")
        result.kinds = kinds - SCALARS if "json" in kinds else kinds

    def is_required(self, node, name, spec):
        if self.name.startswith(SERVERLESS):  # a Globals section may supply it
            return False
        by_lint = [name in self.lint.required(schema) for schema in node.schemas]
        return all(by_lint) and (spec is None and bool(by_lint) or spec is not None and bool(spec.get("required")))

    @staticmethod
    def replacement(name, spec, top):
        if spec:
            return {"yes": "replace", "maybe": "may-replace"}.get(spec.get("causesReplacement"))
        if top and name in top.replaces:
            return "replace"
        return "may-replace" if top and name in top.may_replace else None

    def fitting(self, prop, facts):
        """Only the constraints that can be told of such a kind."""
        result = {}
        scalar = bool(prop.kinds) and prop.kinds <= SCALARS
        for key in ("length", "range", "items"):
            low, high = facts.get(key) or (None, None)
            low = None if low is not None and key != "range" and low <= 0 else low
            fits = prop.container is not None if key == "items" else scalar
            if fits and (low, high) != (None, None):
                result[key] = (low, high)
        if "string" not in prop.kinds:
            result.pop("length", None)
        values = facts.get("enum")
        if scalar and values and all(values) and len(values) < 2000:
            result["enum"] = sorted(set(values))
        if "string" in prop.kinds and scalar and facts.get("pattern"):
            result["pattern"] = self.patterns(facts["pattern"])
        if facts.get("unique") and prop.container == "list":
            result["unique"] = True
        return {key: value for key, value in result.items() if value is not None}

    def checked_rules(self, node):
        rules = []
        for word, names in sorted(self.lint.rules(node.schemas[0])):
            if word == "excludes":  # what the other one says already is not said again
                names = names[:1] + [name for name in names[1:] if not self.excluded(rules, name, names[0])]
            known = all(name in node.properties for name in names)
            if known and len(names) > 1 and (word, names) not in rules:
                rules.append((word, names))
        return rules

    @staticmethod
    def excluded(rules, first, other):
        return any(word == "excludes" and names[0] == first and other in names[1:] for word, names in rules)

    def merge_attributes(self, lists):
        entity = self.root.entity
        shapes = {name: self.spec.shape(one["type"]) for name, one in entity["attributes"].items()} if entity else {}
        found = {name: (shape.kinds, shape.container) for name, shape in shapes.items()}
        if self.lint:
            for path in self.lint.root.get("readOnlyProperties", []):
                self.add_attribute(found, path.split("/")[2:])
            for name in lists["exceptions"].get(self.name, []):
                self.add_attribute(found, [name])
            if self.name in lists["all"]:
                for name in self.lint.root["properties"]:
                    self.add_attribute(found, [name])
        for name, kinds in OPEN_ATTRIBUTES.get(self.name, {}).items():
            found[name] = (kinds, None)
        if self.name.startswith(SERVERLESS):  # what it becomes decides
            found["*"] = ({"json"}, None)
        plain = lambda kinds: {"json"} if kinds & {"json", "nested", "object"} else kinds
        return {name: (plain(kinds), container) for name, (kinds, container) in sorted(found.items())}

    def add_attribute(self, found, steps, depth=0):
        if "*" in steps or depth > 3:
            return
        schema = self.lint.root
        for step in steps:
            subs = self.lint.properties(self.lint.resolve(schema, "")[0]).get(step)
            if not subs:
                return
            schema = subs[0]
        shape = self.lint.shape(schema, steps[-1])
        found.setdefault(".".join(steps), (shape.kinds, shape.container))
        if shape.kinds == {"nested"} and shape.container is None:
            for name in self.lint.properties(self.lint.resolve(schema, "")[0]):
                self.add_attribute(found, steps + [name], depth + 1)

    def named(self):
        """The nested types that are reached, by a name that is theirs alone and good for C."""
        reached, todo = [], [self.root]
        while todo:
            for prop in todo.pop().properties.values():
                if prop.node and prop.node not in reached:
                    reached.append(prop.node)
                    todo.append(prop.node)
        reached.sort(key=lambda node: (node.entity is None, node.name))
        names = {}
        for node in reached:
            base = re.sub(r"^AWS(::|__)[A-Za-z0-9]+(::|__)[A-Za-z0-9]+[._]", "", node.name)
            base = re.sub(r"\W", "_", base)
            base = base[0].upper() + base[1:] if base[0].isalpha() else "X" + base
            name, number = base, 2
            while name in names or name in KIND_WORDS:
                name, number = f"{base}{number}", number + 1
            names[name] = node
            node.name = name
        return dict(sorted(names.items()))


def merge(spec, schemas, patterns, attribute_lists):
    """Every resource type of either source, in order of name."""
    names = sorted(set(spec.resources) | set(schemas))
    return [Resource(name, spec, schemas.get(name), patterns, attribute_lists) for name in names]

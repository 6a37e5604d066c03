"""Policies of IAM and of resources, found in templates and taken apart."""
import json

import platforms

DOCUMENTS = {"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy"}
WILD = "*"


def as_list(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def text(value):
    """A value as text: what is known of it, with {...} where a function fills in."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "Fn::Sub" in value:
        return as_list(value["Fn::Sub"])[0]
    if isinstance(value, dict) and "Fn::Join" in value and isinstance(value["Fn::Join"][1], list):
        delimiter, parts = value["Fn::Join"]
        return delimiter.join(text(part) for part in parts)
    return "{" + json.dumps(value) + "}"


class Statement:
    def __init__(self, platform, stack, resource, kind, document, body):
        self.platform, self.stack, self.resource, self.kind, self.document, self.body = (
            platform, stack, resource, kind, document, body)

    allows = property(lambda self: self.body.get("Effect") == "Allow")
    trusts = property(lambda self: self.document == "AssumeRolePolicyDocument")
    actions = property(lambda self: [text(a) for a in as_list(self.body.get("Action"))])
    resources = property(lambda self: [text(r) for r in as_list(self.body.get("Resource"))])
    condition = property(lambda self: self.body.get("Condition", {}))
    where = property(lambda self: f"{self.platform.name}/{self.stack}: {self.resource}")

    def principals(self):
        principal = self.body.get("Principal")
        if principal == WILD:
            return [WILD]
        return [text(p) for kind in (principal or {}).values() for p in as_list(kind)]


def statements(all_platforms):
    """Every statement of every policy: of roles (inline and attached), keys, buckets, topics, queues, secrets."""
    for platform, stack, template in platforms.templates(all_platforms):
        for name, resource in platforms.resources(template):
            for path, value in platforms.walk(resource.get("Properties", {})):
                if path and path[-1] in DOCUMENTS and isinstance(value, dict):
                    for body in unconditional(as_list(value["Statement"])):
                        yield Statement(platform, stack, name, resource["Type"], path[-1], body)


def unconditional(items):
    """Statements behind Fn::If count too, whichever way it goes."""
    for item in items:
        if isinstance(item, dict) and "Fn::If" in item:
            yield from unconditional(item["Fn::If"][1:])
        elif isinstance(item, dict) and "Effect" in item:
            yield item

"""Replies of the simulation, as they come over the wire, held against botocore's model of them."""
import collections
import datetime
import re
import xml.etree.ElementTree

import botocore.session

MODEL = botocore.session.get_session().get_service_model("cloudformation")

# The service tells these of a stack in its events, though the model does not list them.
UNDOCUMENTED = {("ResourceStatus", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
                ("ResourceStatus", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")}


def local(element):
    return element.tag.rpartition("}")[2]


def is_time(text):
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z", text) and datetime.datetime.fromisoformat(text)


class Judge:
    """Listens to a client. What is wrong with replies is in `wrong`; `sent` is which members of which shapes came."""

    def __init__(self, client):
        self.wrong, self.sent, self.called, self.codes = [], collections.defaultdict(set), set(), set()
        client.meta.events.register("before-parse.cloudformation", self.hear)

    def hear(self, operation_model, response_dict, **_):
        name = operation_model.name
        self.called.add(name)
        root = xml.etree.ElementTree.fromstring(response_dict["body"])
        if response_dict["status_code"] >= 300:
            self.error(name, root)
            return
        if local(root) != f"{name}Response" or root.tag.partition("}")[0] != "{http://cloudformation.amazonaws.com/doc/2010-05-15/":
            self.wrong.append(f"{name}: the root is {root.tag}")
        results = [child for child in root if local(child) == f"{name}Result"]
        if [local(child) for child in root] != [f"{name}Result"] * len(results) + ["ResponseMetadata"]:
            self.wrong.append(f"{name}: {[local(child) for child in root]}")
        wrapper = operation_model.output_shape and operation_model.output_shape.serialization.get("resultWrapper")
        if bool(wrapper) != bool(results):
            self.wrong.append(f"{name}: a result where there is none, or none where there is one")
        if wrapper and results:
            self.structure(name, operation_model.output_shape, results[0])

    def error(self, name, root):
        error = root.find("{*}Error")
        if local(root) != "ErrorResponse" or error is None or [local(e) for e in error] != ["Type", "Code", "Message"]:
            self.wrong.append(f"{name}: an error of another form")
        else:
            self.codes.add(error.find("{*}Code").text)

    def structure(self, place, shape, element):
        names = [local(child) for child in element]
        for name in {name for name in names if names.count(name) > 1}:
            self.wrong.append(f"{place}: {name} more than once")
        for name in set(shape.required_members) - set(names):
            self.wrong.append(f"{place}: {name} is missing")
        if names:
            self.sent[shape.name] |= set(names)
        for child in element:
            if local(child) in shape.members:
                self.value(f"{place}.{local(child)}", shape.members[local(child)], child)
            else:
                self.wrong.append(f"{place}: {local(child)} is no member of {shape.name}")

    def value(self, place, shape, element):
        if shape.type_name == "structure":
            self.structure(place, shape, element)
        elif shape.type_name == "list":
            for child in element:
                if local(child) != shape.member.serialization.get("name", "member"):
                    self.wrong.append(f"{place}: an item called {local(child)}")
                self.value(place + "[]", shape.member, child)
        elif shape.type_name == "map":
            for child in element:
                if [local(part) for part in child] != ["key", "value"]:
                    self.wrong.append(f"{place}: an entry without key and value")
        elif not self.scalar(shape, element):
            self.wrong.append(f"{place}: {element.text!r} is no {shape.name}")

    @staticmethod
    def scalar(shape, element):
        text = element.text or ""
        if len(element):
            return False
        if shape.type_name == "string":
            pattern = shape.metadata.get("pattern")
            return (not shape.enum or text in shape.enum or (shape.name, text) in UNDOCUMENTED) and (not pattern or re.search(pattern, text))
        return {"boolean": lambda: text in ("true", "false"), "timestamp": lambda: is_time(text),
                "integer": lambda: re.fullmatch(r"-?\d+", text), "long": lambda: re.fullmatch(r"-?\d+", text)}[shape.type_name]()


def reachable(shape, found=None):
    """All structures within a shape, by name."""
    found = {} if found is None else found
    if shape is None or shape.name in found:
        return found
    if shape.type_name == "structure":
        found[shape.name] = shape
        for member in shape.members.values():
            reachable(member, found)
    elif shape.type_name == "list":
        reachable(shape.member, found)
    return found

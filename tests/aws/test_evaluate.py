"""What templates evaluate to, as another implementation has it: moto's, and Python's ipaddress for Fn::Cidr."""
import base64
import ipaddress
import itertools
import json
import os
import pathlib
import random
import subprocess
import unittest

from moto.cloudformation.parsing import ResourceMap, clean_json

EVALUATE = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "evaluate"
NO_VALUE = {"Ref": "AWS::NoValue"}
RESOURCES = {name: {"Type": "AWS::SQS::Queue"} for name in ("Queue", "Topic", "Db")}
MAPPINGS = {"Sizes": {"small": {"nodes": "1", "zones": ["a", "b"]}, "large": {"nodes": "9", "zones": ["c", "d"]}}}


def evaluate(questions):
    said = subprocess.run([EVALUATE], input=json.dumps(questions), capture_output=True, text=True, check=True,
                          timeout=300)
    return json.loads(said.stdout)


class Resource:
    """A resource as moto sees one."""

    def __init__(self, name):
        self.name, self.physical_resource_id = name, f"id-{name}"

    def get_cfn_attribute(self, attribute):
        return f"{self.name}/{attribute}"


def by_moto(question):
    template = question["template"]
    names = ResourceMap("arn:stack/shop", "shop", question["parameters"], {}, "eu-west-1", "123456789012", template, {})
    names._parsed_resources.update({name: Resource(name) for name in template["Resources"]})
    names.load_mapping()
    names.load_parameters()
    names.load_conditions()
    return without_none(clean_json(template["Outputs"]["O"]["Value"], names))


def without_none(value):
    """moto leaves None in a list where AWS::NoValue stood."""
    if isinstance(value, list):
        return [without_none(one) for one in value if one is not None]
    if isinstance(value, dict):
        return {key: without_none(one) for key, one in value.items()}
    return value


class Writer:
    """Writes templates at random, each with every function that both know."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def word(self):
        return self.random.choice(["", "a", "b-c", "x,y", "\u00e4\u20ac", "1", "true", "a/b/c", "{{resolve:ssm:x}}"])

    def text(self, depth):
        if depth == 0:
            return self.random.choice([self.word(), {"Ref": "P"}, {"Ref": "Queue"}, {"Ref": "AWS::Region"}])
        makers = [self.join, self.select, self.sub, self.sub_with, self.find, self.encoded, self.either, self.att,
                  lambda depth: self.text(0)]
        return self.random.choice(makers)(depth - 1)

    def join(self, depth):
        return {"Fn::Join": [self.random.choice(["", "-", ", "]), self.list(depth)]}

    def select(self, depth):
        items = [self.text(depth) for _ in range(self.random.randint(1, 4))]
        index = self.random.randrange(len(items))
        return {"Fn::Select": [self.random.choice([index, str(index)]), items]}

    def sub(self, depth):
        names = ["P", "AWS::StackName", "Db", "Topic.Arn", "Db.Port", "L1"]  # not ${!x}: moto reads its result again
        between = ["-", "arn:", " ", "\u00e4"]
        return {"Fn::Sub": "".join(f"{self.random.choice(between)}${{{self.random.choice(names)}}}" for _ in range(3))}

    def sub_with(self, depth):
        return {"Fn::Sub": ["${v}/${P}/${w}${v}", {"v": self.text(depth), "w": self.text(depth)}]}

    def find(self, depth):
        row = self.random.choice(["small", {"Fn::Select": [1, ["small", "large"]]}])
        return {"Fn::FindInMap": ["Sizes", row, "nodes"]}

    def encoded(self, depth):
        return {"Fn::Base64": self.text(depth)}

    def att(self, depth):
        return {"Fn::GetAtt": [self.random.choice(list(RESOURCES)), self.random.choice(["Arn", "Name"])]}

    def either(self, depth, make=None):
        make = make or self.text
        return {"Fn::If": [self.random.choice(["C0", "C1", "C2", "C3"]), make(depth), make(depth)]}

    def list(self, depth):
        kind = self.random.randrange(5 if depth else 2)
        if kind == 0:
            return {"Ref": "L"}
        if kind == 1:
            return [self.text(depth - 1 if depth else 0) for _ in range(self.random.randint(0, 4))]
        if kind == 2:
            return {"Fn::Split": [self.random.choice([",", "-", "/"]), self.text(depth - 1)]}
        if kind == 3:
            return {"Fn::FindInMap": ["Sizes", "large", "zones"]}
        return self.either(depth - 1, self.list)

    def value(self, depth):
        kind = self.random.randrange(5)
        if depth == 0 or kind == 0:
            return self.text(depth)
        if kind == 1:
            return self.list(depth)
        if kind == 2:
            return [self.value(depth - 1) for _ in range(3)] + self.random.choice([[], [NO_VALUE]])
        optional = {"Fn::If": [self.random.choice(["C0", "C1"]), self.value(depth - 1), NO_VALUE]}
        return {"a": self.value(depth - 1), "b": optional, "c": self.value(depth - 1), "d": NO_VALUE, "e": 5,
                "f": False}

    def condition(self, number):
        def plain():
            return self.random.choice([self.word(), {"Ref": "P"}, {"Ref": "AWS::Region"}, {"Fn::Sub": "${P}-${L1}"}])

        same = {"Fn::Equals": [plain(), plain()]}
        true = {"Fn::Equals": [{"Ref": "P"}, {"Ref": "P"}]}
        if number == 0:
            return self.random.choice([same, true])
        earlier = {"Condition": f"C{self.random.randrange(number)}"}
        return self.random.choice([{"Fn::Not": [earlier]}, {"Fn::And": [earlier, true, {"Fn::Not": [same]}]},
                                   {"Fn::Or": [same, earlier]}, {"Fn::Not": [{"Fn::Equals": ["a", plain()]}]}])

    def question(self):
        template = {
            "Parameters": {"P": {"Type": "String", "Default": "d"}, "L1": {"Type": "String", "Default": "one"},
                           "L": {"Type": "CommaDelimitedList"}},
            "Mappings": MAPPINGS, "Conditions": {f"C{n}": self.condition(n) for n in range(4)}, "Resources": RESOURCES,
            "Outputs": {"O": {"Value": self.value(4)}}}
        parameters = {"L": self.random.choice(["a", "a,b", "x,,y"])}
        if self.random.random() < 0.5:
            parameters["P"] = self.random.choice(["p", "d", "a"])
        return {"template": template, "parameters": parameters}


def output(value):
    return {"template": {"Resources": {}, "Outputs": {"O": {"Value": value}}}, "parameters": {}}


class Evaluation(unittest.TestCase):
    def compare(self, questions, expected):
        """Tells the first that differ."""
        answers = zip(questions, evaluate(questions), expected, strict=True)
        wrong = [(question["template"], ours, theirs) for question, ours, theirs in answers if ours != theirs]
        self.assertEqual(wrong[:2], [], f"{len(wrong)} of {len(questions)} differ")

    def test_as_moto_has_it(self):
        questions = [Writer(seed).question() for seed in range(600)]
        functions = json.dumps(questions)
        for name in ("Join", "Select", "Sub", "FindInMap", "Base64", "If", "GetAtt", "Split", "And", "Or", "Not"):
            self.assertGreater(functions.count(f'"Fn::{name}"'), 50, name)
        self.compare(questions, [{"value": by_moto(question)} for question in questions])

    def test_address_blocks_as_ipaddress_has_them(self):
        chance, questions, expected = random.Random(7), [], []
        for _ in range(500):
            width = chance.choice([32, 128])
            prefix = chance.randrange(0, width - 1)
            address = (ipaddress.IPv4Address if width == 32 else ipaddress.IPv6Address)(
                chance.getrandbits(width) & chance.choice([-1, -1 << chance.randrange(width)]))
            network = ipaddress.ip_network(f"{address}/{prefix}", strict=False)
            inner = max(1, chance.randrange(prefix, min(width, prefix + 12)))
            count = chance.randint(1, min(256, 2 ** max(inner - prefix, 0)))
            shown = address.exploded if chance.random() < 0.3 else str(address)
            bits = chance.choice([width - inner, str(width - inner)])
            questions.append(output({"Fn::Cidr": [f"{shown}/{prefix}", chance.choice([count, str(count)]), bits]}))
            blocks = [network] if inner == prefix else network.subnets(new_prefix=inner)
            expected.append({"value": [str(block) for block in itertools.islice(blocks, count)]})
        self.compare(questions, expected)

    def test_addresses_that_ipaddress_refuses(self):
        chance, texts = random.Random(11), []
        while len(texts) < 4000:
            text = list(chance.choice(["10.1.2.3/16", "2001:db8::1:2/64", "::ffff:10.0.0.1/96", "1:2:3:4:5:6:7:8/64"]))
            pieces = ["", ":", "::", ".", "/", "0", "f", "9", "25", "x", " "]
            for _ in range(chance.randint(1, 2)):
                text[chance.randrange(len(text))] = chance.choice(pieces)
            texts.append("".join(text))
        answers = evaluate([output({"Fn::Cidr": [text, 1, 4]}) for text in texts])
        refused, wrong = 0, []
        for text, ours in zip(texts, answers, strict=True):
            address, slash, prefix = text.partition("/")
            try:
                network = ipaddress.ip_network(f"{address.lower()}/{prefix}", strict=False)
                fits = slash and prefix.isdigit() and network.max_prefixlen - 4 >= network.prefixlen
            except ValueError:
                fits = False
            refused += not fits
            if ("value" in ours) != bool(fits):
                wrong.append((text, ours))
        self.assertEqual(wrong[:5], [])
        self.assertGreater(refused, 500)
        self.assertLess(refused, 3500)

    def test_base64_and_json_text(self):
        chance = random.Random(3)
        words = ["".join(chance.choice("aZ09 \u00e4\u20ac\U0001f600\"\\\n") for _ in range(n)) for n in range(40)]
        for word, ours in zip(words, evaluate([output({"Fn::Base64": word}) for word in words]), strict=True):
            self.assertEqual(ours, {"value": base64.b64encode(word.encode()).decode()})
        values = [{"a": [word, {"b": 1, "c": True, "d": 1.5}], "e": {}} for word in words]
        answers = evaluate([output({"Fn::ToJsonString": value}) for value in values])
        for value, ours in zip(values, answers, strict=True):
            self.assertEqual(json.loads(ours["value"]), value)
            self.assertNotIn(", ", ours["value"].replace(value["a"][0], ""))


if __name__ == "__main__":
    unittest.main()

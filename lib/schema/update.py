#!/usr/bin/env python3
"""Writes aws.facts, what is known of AWS's resource types, one property a line.

    update.py --spec db.json[.gz] --lint FOLDER    FOLDER: the installed Python package "cfnlint"
    update.py --spec db.json[.gz]                  cfnlint where this Python finds it
    update.py --fetch                              the newest of both, by npm and pip, into a temporary folder

The same input gives the same bytes. Nothing but facts is taken: no documentation text. Form of the file:

    source PACKAGE VERSION, PACKAGE VERSION
    resource AWS::S3::Bucket [stateful] [open]
      @ATTRIBUTE KIND                            what Fn::GetAtt may ask for; a trailing * stands for any name
      PROPERTY KIND [FLAG...] [FACT=...]
    rule one-of|any-of|needs|excludes NAME NAME...
    type NAME                                    a nested type of the resource above, with its own properties

KIND is string, integer, number, boolean, json or a nested type's name, several joined by |, a list of them with [
before, a map of them with {. Flags: required, replace, may-replace, unique, deprecated. Facts: length=A..B, range=A..B,
items=A..B, enum=A,B,... (a backslash before a comma, a backslash and, as \\_, a space) and, always last, to the
end of the line, pattern=... Lines that begin with # are comments.
"""

import argparse
import ast
import glob
import gzip
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import zipfile

import merge
from sources import Patterns, Spec

HERE = os.path.dirname(os.path.abspath(__file__))


def number(value):
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def escaped(value):
    return value.replace("\\", "\\\\").replace(",", "\\,").replace(" ", "\\_")


def kind_text(kinds, container, node):
    words = [node.name if kind == "nested" else kind for kind in sorted(kinds)]
    return {"list": "[", "map": "{"}.get(container, "") + "|".join(words)


def property_line(prop):
    words = ["  " + prop.name, kind_text(prop.kinds, prop.container, prop.node)]
    words += ["required"] if prop.required else []
    words += [prop.replacement] if prop.replacement else []
    words += ["unique"] if prop.facts.get("unique") else []
    words += ["deprecated"] if prop.deprecated else []
    for key in ("length", "range", "items"):
        if key in prop.facts:
            words.append(key + "=" + "..".join(number(bound) for bound in prop.facts[key]))
    if "enum" in prop.facts:
        words.append("enum=" + ",".join(escaped(value) for value in prop.facts["enum"]))
    if "pattern" in prop.facts:
        words.append("pattern=" + prop.facts["pattern"])
    return " ".join(words)


def node_lines(node):
    lines = [property_line(node.properties[name]) for name in sorted(node.properties)]
    return lines + ["rule " + word + " " + " ".join(names) for word, names in node.rules]


def resource_lines(resource):
    flags = (" stateful" if resource.stateful else "") + (" open" if resource.open else "")
    lines = ["", "resource " + resource.name + flags]
    for name, (kinds, container) in resource.attributes.items():
        lines.append("  @" + name + " " + kind_text(kinds, container, None))
    lines += node_lines(resource.root)
    for name, node in resource.nested.items():
        lines += ["type " + name] + node_lines(node)
    return lines


def load(path):
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def load_lint(folder):
    """Resource type -> schema: of us-east-1, and from other regions what that one lacks."""
    data = os.path.join(folder, "data", "schemas")
    providers = sorted(glob.glob(os.path.join(data, "providers", "*.json")))
    providers.sort(key=lambda path: not path.endswith("us-east-1.json"))
    files = {}
    for path in providers:
        for name, file in load(path).items():
            if name.count("::") == 2:
                files.setdefault(name, file)
    return {name: load(os.path.join(data, "resources", file + ".json")) for name, file in sorted(files.items())}


def load_attribute_lists(folder):
    """The resource types of which Fn::GetAtt takes more than the read-only properties."""
    with open(os.path.join(folder, "schema", "_getatts.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                found[statement.targets[0].id] = ast.literal_eval(statement.value)
            except ValueError:
                pass
    return {"all": set(found["_all_property_types"]), "exceptions": found["_exceptions"]}


def versions(spec_path, lint_folder):
    package = os.path.join(os.path.dirname(os.path.abspath(spec_path)), "package.json")
    spec = load(package)["version"]
    with open(os.path.join(lint_folder, "version.py"), encoding="utf-8") as file:
        lint = file.read().split('__version__ = "')[1].split('"')[0]
    return spec, lint


def fetch(folder):
    subprocess.run(["npm", "pack", "--silent", "@aws-cdk/aws-service-spec"], cwd=folder, check=True, stdout=sys.stderr)
    subprocess.run(["tar", "xzf"] + glob.glob(os.path.join(folder, "*.tgz")), cwd=folder, check=True)
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "cfn-lint"]
    subprocess.run(pip, cwd=folder, check=True, stdout=sys.stderr)
    with zipfile.ZipFile(glob.glob(os.path.join(folder, "cfn_lint*.whl"))[0]) as wheel:
        wheel.extractall(folder)
    return os.path.join(folder, "package", "db.json.gz"), os.path.join(folder, "cfnlint")


def summary(resources, patterns):
    nodes = [node for r in resources for node in [r.root] + list(r.nested.values())]
    properties = [prop for node in nodes for prop in node.properties.values()]
    count = lambda key: sum(1 for prop in properties if key in prop.facts)
    print(f"{len(resources)} resource types, {len(nodes) - len(resources)} nested types, {len(properties)} properties")
    print(f"{sum(len(r.attributes) for r in resources)} attributes, {sum(p.required for p in properties)} required")
    print(f"{sum(bool(p.replacement) for p in properties)} replacing, {sum(len(n.rules) for n in nodes)} rules")
    print(", ".join(f"{count(key)} {key}" for key in ("enum", "pattern", "length", "range", "items", "unique")))
    print(f"{len(patterns.known)} distinct patterns, dropped {len(patterns.dropped)}: {sorted(patterns.dropped)}")


def write(path, resources, spec_version, lint_version):
    lines = [
        f"# Facts about AWS's resource types, from @aws-cdk/aws-service-spec {spec_version} (Apache-2.0)",
        f"# and cfn-lint {lint_version} (MIT-0). Made by update.py, which says what a line means; not edited by hand.",
        f"source @aws-cdk/aws-service-spec {spec_version}, cfn-lint {lint_version}",
    ]
    for resource in resources:
        lines += resource_lines(resource)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spec", help="db.json or db.json.gz of @aws-cdk/aws-service-spec, its package.json beside it")
    parser.add_argument("--lint", help="folder of the Python package cfnlint")
    parser.add_argument("--fetch", action="store_true", help="fetch both packages first")
    parser.add_argument("--out", default=os.path.join(HERE, "aws.facts"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.fetch:
            options.spec, options.lint = fetch(folder)
        if not options.lint:
            found = importlib.util.find_spec("cfnlint")
            options.lint = found and os.path.dirname(found.origin)
        if not options.spec or not options.lint:
            parser.error("--spec and --lint are needed, or --fetch")
        patterns = Patterns()
        schemas = load_lint(options.lint)
        resources = merge.merge(Spec(load(options.spec)), schemas, patterns, load_attribute_lists(options.lint))
        write(options.out, resources, *versions(options.spec, options.lint))
    summary(resources, patterns)


if __name__ == "__main__":
    main()

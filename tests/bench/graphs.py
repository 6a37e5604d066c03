"""Stacks to deploy for the benchmark of drivers: a folder of templates as `cfngen synth` writes it, how long each
stack takes, and the same folder as other drivers want it: a cloud assembly for the CDK, a makefile for the aws command.
"""
import json
import random
import shlex

ACCOUNT = "123456789012"
REGION = "eu-west-1"
# Seconds that each stack of the default platform takes: about a hundredth of what it takes in AWS.
SECONDS = {"common": 9.7, "data_lake": 4.3, "rds": 17.9, "dms": 12.1, "glue": 6.7, "athena": 3.1, "emr": 11.3,
           "redshift": 14.2, "mwaa": 21.6, "observability": 5.0}
LAYERS, WIDTH = 8, 25


class Graph:
    def __init__(self, folder, seconds):
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.stacks = {stack["name"]: stack for stack in self.manifest["stacks"]}
        self.seconds = {name: seconds[name] for name in self.stacks}

    def path(self, more=0.0):
        """The critical path: seconds, and the names on it. more: seconds that each stack takes on top."""
        ends = {}

        def end(name):
            if name not in ends:
                before = max((end(need) for need in self.stacks[name]["needs"]), default=(0.0, []))
                ends[name] = before[0] + self.seconds[name] + more, before[1] + [name]
            return ends[name]

        return max(end(name) for name in self.stacks)

    def longest(self):
        return max(self.seconds.values())

    def write_times(self, file):
        file.write_text(json.dumps({self.stacks[name]["stack_name"]: round(self.seconds[name] * 1000)
                                    for name in self.stacks}))
        return file

    def template(self, name):
        return self.folder / self.stacks[name]["file"]


def write_assembly(graph, folder):
    """As the CDK would synthesize it, without bootstrap and roles: what deploys it has all it needs."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, stack in graph.stacks.items():
        artifacts[identity(stack)] = {
            "type": "aws:cloudformation:stack", "environment": f"aws://{ACCOUNT}/{REGION}",
            "dependencies": [identity(graph.stacks[need]) for need in stack["needs"]],
            "displayName": stack["stack_name"],
            "properties": {"templateFile": stack["file"], "stackName": stack["stack_name"], "validateOnSynth": False}}
        (folder / stack["file"]).write_bytes(graph.template(name).read_bytes())
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    (folder / "cdk.out").write_text('{"version": "36.0.0"}')
    return folder


def identity(stack):
    return stack["stack_name"]


def write_makefile(graph, aws, file):
    """Each stack is a target of make that waits for what it needs: as good a hand-made script as there is."""
    lines = [f".PHONY: all {' '.join(graph.stacks)}", f"all: {' '.join(graph.stacks)}"]
    for name, stack in graph.stacks.items():
        words = [aws, "cloudformation", "deploy", "--stack-name", stack["stack_name"], "--template-file",
                 graph.template(name), "--capabilities", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
        lines += [f"{name}: {' '.join(stack['needs'])}", f"\t@{shlex.join(map(str, words))}"]
    file.write_text("\n".join(lines) + "\n")
    return file


def small_template(name, needs):
    """Three resources; the last of them reads what the stacks before export."""
    values = [{"Fn::ImportValue": f"{need}-Topic"} for need in needs]
    return {
        "Description": f"{name} of the benchmark",
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}},
            "Log": {"Type": "AWS::Logs::LogGroup",
                    "Properties": {"LogGroupName": f"/bench/{name}", "RetentionInDays": 7}},
            "Known": {"Type": "AWS::SSM::Parameter",
                      "Properties": {"Name": f"/bench/{name}", "Type": "String",
                                     "Value": {"Fn::Join": [",", [{"Ref": "Topic"}, *values]]}}}},
        "Outputs": {"Topic": {"Value": {"Ref": "Topic"}, "Export": {"Name": f"{name}-Topic"}}}}


def many(folder):
    """200 stacks, eight layers of 25, each but the first needing one to three of the layer before; always the same."""
    chance = random.Random(200)
    folder.mkdir(parents=True, exist_ok=True)
    stacks, seconds, before = [], {}, []
    for layer in range(LAYERS):
        names = [f"bench-{layer}-{i:02}" for i in range(WIDTH)]
        for name in names:
            needs = sorted(chance.sample(before, chance.randint(1, 3))) if before else []
            (folder / f"{name}.json").write_text(json.dumps(small_template(name, needs), indent=1))
            stacks.append({"name": name, "stack_name": name, "file": f"{name}.json", "needs": needs})
            seconds[name] = round(chance.uniform(2, 9), 1)
        before = names
    (folder / "manifest.json").write_text(json.dumps({"version": 1, "project": "bench", "region": REGION,
                                                      "stacks": stacks}, indent=1))
    return Graph(folder, seconds)

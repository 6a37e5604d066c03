"""What the services speak, beside botocore: requests as its serializers make them, replies as its parsers read them."""
import base64
import datetime
import hashlib
import json
import os
import pathlib
import random
import re
import subprocess
import unittest
import urllib.parse
from xml.sax.saxutils import escape

import botocore.serialize
import botocore.session
from botocore import parsers, xform_name

SPEAK = pathlib.Path(os.environ["CFN_BUILD"]) / "tests" / "speak"
ROOT = pathlib.Path(__file__).resolve().parents[2]
SESSION = botocore.session.get_session()
MOMENT = "2026-08-22T07:19:02Z"

# botocore's name of each service, and its name in signatures.
SERVICES = {
    "cloudformation": "cloudformation", "sts": "sts", "iam": "iam", "ec2": "ec2", "rds": "rds", "redshift": "redshift",
    "s3": "s3", "kms": "kms", "secretsmanager": "secretsmanager", "ssm": "ssm", "service-quotas": "servicequotas",
    "logs": "logs", "dms": "dms", "glue": "glue", "athena": "athena", "redshift-data": "redshift-data",
    "redshift-serverless": "redshift-serverless", "emr-serverless": "emr-serverless", "emr": "elasticmapreduce",
    "mwaa": "airflow", "cloudwatch": "monitoring", "sso": "awsssoportal", "sso-oidc": "sso-oauth"}
NAMES = {signing: name for name, signing in SERVICES.items()}
EC2_ACTIONS = """DescribeAddresses DescribeVpcs DescribeSubnets DescribeAvailabilityZones DescribeNatGateways
    DescribeSecurityGroups DescribeSecurityGroupRules DescribeVpcEndpoints DescribeRouteTables DescribeInternetGateways
    DescribeAccountAttributes DescribeVpcAttribute DescribeInstanceTypeOfferings DescribeInstanceTypes DescribeFlowLogs
    DescribeRegions DescribeKeyPairs DescribePrefixLists DescribeManagedPrefixLists DescribeVpcEndpointServices
    DescribeNetworkInterfaces""".split()
RDS_ACTIONS = """DescribeDBInstances DescribeDBEngineVersions DescribeOrderableDBInstanceOptions DescribeDBSubnetGroups
    DescribeDBParameterGroups DescribeDBParameters DescribeEvents DescribeAccountAttributes CreateDBInstance
    ModifyDBInstance DescribeDBSnapshots DescribeDBClusters AddTagsToResource DescribeCertificates""".split()
CLOUDWATCH_ACTIONS = ["GetMetricStatistics"]
REDSHIFT_ACTIONS = """DescribeClusters DescribeClusterSubnetGroups DescribeClusterParameterGroups
    DescribeClusterParameters DescribeOrderableClusterOptions DescribeEvents CreateCluster ModifyCluster
    DescribeClusterSnapshots DescribeAccountAttributes CreateTags""".split()
# What this protocol's own names cannot tell, each by its member.
EC2_UNTOLD = {"TagSet": "Tags"}


def speak(questions):
    said = subprocess.run([SPEAK], input="\n".join(map(json.dumps, questions)), capture_output=True, text=True,
                          check=True, timeout=600)
    return [json.loads(line) for line in said.stdout.splitlines()]


def model(name):
    return SESSION.get_service_model(name)


def rest_rows():
    table = (ROOT / "lib/aws/rest_table.c").read_text()
    return re.findall(r'^    \{"([\w-]+)", "(\w+)",', table, re.M)


class Values:
    """Random values for a shape: as the API takes them, and as a JSON text can have them."""

    def __init__(self, seed, empty=0.1):
        self.random, self.empty = random.Random(seed), empty

    def of(self, shape, depth=0):
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, depth)
        if kind == "list":
            count = 0 if self.random.random() < self.empty else self.random.randint(1, 3)
            return [self.of(shape.member, depth + 1) for _ in range(count)]
        if kind == "map":
            return {self.text(least=1): self.of(shape.value, depth + 1) for _ in range(self.random.randint(1, 2))}
        if kind in ("integer", "long"):
            return self.random.randint(0, 10**6)
        if kind in ("float", "double"):
            return self.random.randint(0, 999) / 8
        return {"boolean": self.random.random() < 0.5, "timestamp": MOMENT, "blob": "YQ=="}.get(kind, self.text())

    def structure(self, shape, depth):
        required = shape.required_members
        return {name: self.of(member, depth + 1) for name, member in shape.members.items()
                if name in required or (depth < 7 and self.random.random() < 0.5)
                if not member.metadata.get("union")} if not shape.is_tagged_union else self.one_of(shape, depth)

    def one_of(self, shape, depth):
        name = self.random.choice(list(shape.members))
        return {name: self.of(shape.members[name], depth + 1)}

    def text(self, least=0):
        letters = "abcXYZ019-._~ &=+%/<>'\"#?é漢"
        return "".join(self.random.choice(letters) for _ in range(self.random.randint(least, 9))) or "x"


def protocol_of(name):
    """CloudWatch speaks three; Query is the one that all of its endpoints know."""
    return "query" if name == "cloudwatch" else model(name).metadata["protocol"]


def serialized(name, action, parameters):
    service = model(name)
    serializer = botocore.serialize.create_serializer(protocol_of(name), include_validation=False)
    return serializer.serialize_to_request(parameters, service.operation_model(action))


def form(text):
    return sorted(urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True))


def as_tree(xml):
    import xml.etree.ElementTree as tree

    def of(element):
        return (element.tag, element.text or "", sorted(map(of, element)) if len(element) else [])
    return of(tree.fromstring(xml))


class Requests(unittest.TestCase):
    maxDiff = None

    def ask(self, name, actions, rounds, seed, prepare=lambda action, value: value):
        values = Values(seed)
        asked = [(action, prepare(action, values.of(model(name).operation_model(action).input_shape)))
                 for action in actions for _ in range(rounds) if model(name).operation_model(action).input_shape]
        said = speak([{"do": "encode", "service": SERVICES[name], "action": action, "input": value, "own": False}
                      for action, value in asked])
        for (action, value), ours in zip(asked, said, strict=True):
            yield action, value, ours, serialized(name, action, value)

    def compare_forms(self, name, actions, rounds=6, prepare=lambda action, value: value):
        count = 0
        for action, value, ours, theirs in self.ask(name, actions, rounds, 1, prepare):
            expected = sorted((k, str(v)) for k, v in theirs["body"].items())
            self.assertEqual(form(ours["body"]), expected, (action, value))
            self.assertEqual((ours["method"], ours["path"], ours["query"]), ("POST", "/", ""))
            self.assertIn(["Content-Type", "application/x-www-form-urlencoded; charset=utf-8"], ours["headers"])
            count += 1
        self.assertGreaterEqual(count, rounds)

    def test_query_of_cloudformation_sts_and_iam(self):
        for name in ("cloudformation", "sts", "iam"):
            self.compare_forms(name, model(name).operation_names)

    def test_query_of_rds_and_redshift(self):
        self.compare_forms("rds", RDS_ACTIONS)
        self.compare_forms("cloudwatch", CLOUDWATCH_ACTIONS)
        self.compare_forms("redshift", REDSHIFT_ACTIONS)

    def test_ec2(self):
        self.compare_forms("ec2", EC2_ACTIONS)

    def test_json(self):
        for name, service in SERVICES.items():
            if model(name).metadata["protocol"] != "json":
                continue
            actions = model(name).operation_names[::6]
            for action, value, ours, theirs in self.ask(name, actions, 2, 2):
                headers = dict(ours["headers"])
                self.assertEqual(headers["X-Amz-Target"], theirs["headers"]["X-Amz-Target"])
                self.assertEqual(headers["Content-Type"], theirs["headers"]["Content-Type"])
                self.assertEqual((ours["method"], ours["path"], ours["query"]), ("POST", "/", ""))
                self.assertEqual(json.loads(ours["body"]), value, action)

    @staticmethod
    def known(service, action):
        """The members that the table's row takes, so that only those are asked for."""
        operation = model(NAMES[service]).operation_model(action)
        table = (ROOT / "lib/aws/rest_table.c").read_text()
        row = re.search(r'^    \{"%s", "%s",.*?\},$' % (service, action), table, re.M | re.S)[0]
        words = set(re.findall(r"[\w-]+", row)) | ({"ExpectedBucketOwner"} if "OWNER" in row else set())
        members = operation.input_shape.members if operation.input_shape else {}
        body = '"*"' in row
        return {name for name, member in members.items()
                if name in words or (body and not member.serialization.get("location"))}

    def rest(self, wanted):
        for service, action in rest_rows():
            if (service == "s3") == wanted:
                known = self.known(service, action)
                def prepare(action, value):
                    value = {k: v for k, v in value.items() if k in known and v not in ("", [])}
                    if action == "DeleteObjects":  # times as its XML has them are the caller's
                        value = json.loads(json.dumps(value).replace(MOMENT, "Sat, 22 Aug 2026 07:19:02 GMT"))
                    return value | ({"Metadata": {"project": "shop"}} if "Metadata" in value else {})
                if model(NAMES[service]).operation_model(action).input_shape is None:
                    continue
                yield from ((service, action, known, *rest)
                            for _, *rest in self.ask(NAMES[service], [action], 20, 3, prepare))

    def test_rest_json(self):
        for service, action, known, value, ours, theirs in self.rest(False):
            self.assertNotIn("why", ours, value)
            query = {k: v for k, v in theirs["query_string"].items()}
            flat = sorted((k, x if isinstance(x, str) else str(x).lower() if isinstance(x, bool) else str(x))
                          for k, v in query.items() for x in (v if isinstance(v, list) else [v]))
            self.assertEqual(ours["method"], theirs["method"])
            self.assertEqual(ours["path"], theirs["url_path"])
            self.assertEqual(form(ours["query"]) if ours["query"] else [], self.with_times(flat, value))
            self.assertEqual(json.loads(ours["body"] or "{}"), {k: v for k, v in value.items() if self.in_body(service, action, k)})
            bearer = theirs["headers"].get("x-amz-sso_bearer_token")
            self.assertEqual(dict(ours["headers"]).get("x-amz-sso_bearer_token"), bearer)

    @staticmethod
    def with_times(pairs, value):
        """Times in a query are the caller's texts."""
        return sorted((k, value[k] if k.startswith("createdAt") else v) for k, v in pairs)

    @staticmethod
    def in_body(service, action, member):
        shape = model(NAMES[service]).operation_model(action).input_shape
        return not shape.members[member].serialization.get("location")

    def test_s3(self):
        for _, action, known, value, ours, theirs in self.rest(True):
            self.assertNotIn("why", ours, value)
            path, _, fixed = theirs["url_path"].partition("?")
            expected = [*urllib.parse.parse_qsl(fixed, keep_blank_values=True),
                        *((k, str(v).lower() if isinstance(v, bool) else str(v)) for k, v in theirs["query_string"].items())]
            self.assertEqual((ours["method"], ours["path"]), (theirs["method"], path), value)
            self.assertEqual(form(ours["query"]) if ours["query"] else [], sorted(expected))
            headers = {k.lower(): v for k, v in ours["headers"]}
            for name, text in theirs["headers"].items():
                if name.lower() != "content-type":
                    self.assertEqual(headers.get(name.lower()), str(text), (action, name))
            self.compare_s3_body(action, value, ours, theirs, headers)

    def compare_s3_body(self, action, value, ours, theirs, headers):
        body = theirs["body"] or b""
        if action in ("PutObject", "UploadPart"):  # the payload is no member
            return
        if action == "PutBucketPolicy":
            self.assertEqual(ours["body"], value.get("Policy"))
        elif body:
            self.assertEqual(as_tree(ours["body"]), as_tree(body.decode()), action)
        else:
            self.assertEqual(ours["body"], "")
        if action == "CompleteMultipartUpload":  # the header is the object's there, not the body's
            self.assertEqual(headers.get("x-amz-checksum-sha256"), theirs["headers"].get("x-amz-checksum-sha256"))
        elif ours["body"]:
            digest = hashlib.sha256(ours["body"].encode()).digest()
            self.assertEqual(headers["x-amz-checksum-sha256"], base64.b64encode(digest).decode())

    def test_s3_addressing(self):
        cases = [("my-bucket", "/a//b/../c%20%2B%C3%A9", "my-bucket."), ("my.bucket", "/my.bucket/a//b/../c%20%2B%C3%A9", ""),
                 ("Old_Bucket", "/Old_Bucket/a//b/../c%20%2B%C3%A9", "")]
        for bucket, path, prefix in cases:
            said, = speak([{"do": "encode", "service": "s3", "action": "GetObject", "own": True,
                            "input": {"Bucket": bucket, "Key": "a//b/../c +é"}}])
            self.assertEqual((said["path"], said["host_prefix"]), (path, prefix))

    def test_what_cannot_be_sent_is_said(self):
        cases = [("s3", "GetObject", {"Bucket": "b"}, "GetObject needs the member 'Key'"),
                 ("s3", "GetObject", {"Bucket": "b", "Key": "k", "Kye": 1}, "GetObject has no member that is known as 'Kye'"),
                 ("s3", "Get", {}, "s3 has no action that is known as 'Get'"),
                 ("s3", "PutObject", {"Bucket": "b", "Key": "k", "ContentType": "a\r\nX: y"},
                  "PutObject takes a line of text for the header 'Content-Type'"),
                 ("s3", "PutBucketPolicy", {"Bucket": "b"}, "PutBucketPolicy needs the member 'Policy'"),
                 ("cloudformation", "ListStacks", [], "the input must be an object")]
        said = speak([{"do": "encode", "service": s, "action": a, "input": i, "own": True} for s, a, i, _ in cases])
        self.assertEqual([one.get("why") for one in said], [why for *_, why in cases])


class Hosts(unittest.TestCase):
    def test_hosts_and_regions_are_botocores(self):
        regions = ["eu-central-1", "us-east-1", "us-west-2", "ap-southeast-3", "cn-north-1", "us-gov-west-1", "us-gov-east-1",
                   "eusc-de-east-1", "us-iso-east-1"]
        for name, service in SERVICES.items():
            for region in regions:
                client = SESSION.create_client(name, region_name=region, aws_access_key_id="a", aws_secret_access_key="b")
                url = urllib.parse.urlsplit(client.meta.endpoint_url)
                said, = speak([{"do": "host", "service": service, "region": region}])
                with self.subTest(service=name, region=region):
                    host = url.hostname
                    if name == "s3":
                        host = host.replace("s3.amazonaws.com", f"s3.{region}.amazonaws.com")
                    self.assertEqual(said["host"], host)
                    self.assertEqual(said["region"], client._request_signer.region_name if name != "iam" else said["region"])


def to_xml(shape, value, name, ec2=False):
    """A reply as the service would write it."""
    kind = shape.type_name
    if kind == "structure":
        inner = "".join(to_xml(member, value[key], member.serialization.get("name", key), ec2)
                        for key, member in shape.members.items() if key in value and not member.serialization.get("location"))
        return f"<{name}>\n  {inner}</{name}>" if inner else f"<{name}/>"
    if kind == "list":
        item = shape.member.serialization.get("name", "item" if ec2 else "member")
        if shape.serialization.get("flattened"):
            return "".join(to_xml(shape.member, one, name, ec2) for one in value)
        return f"<{name}>" + "".join(to_xml(shape.member, one, item, ec2) for one in value) + f"</{name}>"
    if kind == "map":
        return f"<{name}>" + "".join(f"<entry><key>{escape(k)}</key>{to_xml(shape.value, v, 'value')}</entry>"
                                     for k, v in value.items()) + f"</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(text)}</{name}>"


def as_texts(shape, value, renamed):
    """What we promise: the API's names, and texts for all that is no list and no structure."""
    kind = shape.type_name
    if kind == "structure":
        return {renamed.get(k, k): as_texts(shape.members[k], v, renamed) for k, v in value.items()
                if not shape.members[k].serialization.get("location")}
    if kind == "list":
        return [as_texts(shape.member, one, renamed) for one in value]
    if kind == "map":
        return {k: as_texts(shape.value, v, renamed) for k, v in value.items()}
    return str(value).lower() if isinstance(value, bool) else str(value)


def pruned(value):
    """Without what is empty: an empty list may be missing."""
    if isinstance(value, dict):
        kept = {k: pruned(v) for k, v in value.items()}
        return {k: v for k, v in kept.items() if v not in ("", [])} or ""
    return [pruned(one) for one in value] if isinstance(value, list) else value


class Replies(unittest.TestCase):
    maxDiff = None

    def compare(self, name, actions, write, renamed={}, seed=7, rounds=8):
        values, asked = Values(seed, empty=0), []
        for action in actions:
            shape = model(name).operation_model(action).output_shape
            for _ in range(rounds if shape else 0):
                value = values.of(shape)
                asked.append((action, shape, value, write(model(name).operation_model(action), shape, value)))
        said = speak([{"do": "decode", "service": SERVICES[name], "action": action, "status": 200, "headers": "",
                       "body": body} for action, _, _, body in asked])
        for (action, shape, value, body), ours in zip(asked, said, strict=True):
            self.assertEqual(ours["outcome"], "ok", body)
            self.assertEqual(pruned(ours["output"]), pruned(as_texts(shape, value, renamed)), (action, body))
            self.check_botocore_reads_it(name, action, body)
        self.assertGreater(len(asked), 0)

    def check_botocore_reads_it(self, name, action, body):
        """The judge's own XML is right, or botocore would not find the service's members in it."""
        service = model(name)
        parser = parsers.create_parser(protocol_of(name))
        parsed = parser.parse({"status_code": 200, "headers": {}, "body": body.encode()},
                              service.operation_model(action).output_shape)
        self.assertIn("ResponseMetadata", parsed)

    @staticmethod
    def query(operation, shape, value):
        inner = to_xml(shape, value, operation.output_shape.serialization.get("resultWrapper", operation.name + "Result"))
        return (f'<?xml version="1.0"?>\n<{operation.name}Response xmlns="http://x/">{inner}'
                f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation.name}Response>")

    @staticmethod
    def ec2(operation, shape, value):
        inner = to_xml(shape, value, "x", ec2=True)[3:-4]
        return f'<{operation.name}Response xmlns="http://x/"><requestId>r-1</requestId>{inner}</{operation.name}Response>'

    def test_query_of_cloudformation_sts_and_iam(self):
        for name in ("cloudformation", "sts", "iam"):
            self.compare(name, model(name).operation_names, self.query)

    def test_query_of_rds_and_redshift(self):
        self.compare("rds", RDS_ACTIONS, self.query)
        self.compare("cloudwatch", CLOUDWATCH_ACTIONS, self.query)
        self.compare("redshift", REDSHIFT_ACTIONS, self.query)

    def test_ec2(self):
        self.compare("ec2", EC2_ACTIONS, self.ec2, EC2_UNTOLD)

    def test_s3(self):
        for action in ("ListBuckets", "ListObjectsV2", "ListObjectVersions", "DeleteObjects", "GetBucketTagging",
                       "GetBucketVersioning"):
            root = {"ListBuckets": "ListAllMyBucketsResult", "DeleteObjects": "DeleteResult"}.get(action, "ListBucketResult")
            write = lambda operation, shape, value: to_xml(shape, value, root)
            self.compare("s3", [action], write, {"MFADelete": "MfaDelete"} if action == "GetBucketVersioning" else {})

    def test_empty_lists_of_cloudformation_are_lists(self):
        said, = speak([{"do": "decode", "service": "cloudformation", "action": "DescribeStacks", "status": 200, "headers": "",
                        "body": "<DescribeStacksResponse><DescribeStacksResult><Stacks>\n </Stacks></DescribeStacksResult>"
                                "</DescribeStacksResponse>"}])
        self.assertEqual(said["output"], {"Stacks": []})

    @staticmethod
    def lists_of(name):
        """Elements that are a list in every place."""
        lists, others, seen = set(), set(), set()

        def walk(shape, element):
            (lists if shape.type_name == "list" else others).add(element)
            if (shape.name, element) in seen:
                return
            seen.add((shape.name, element))
            if shape.type_name == "structure":
                for member, inner in shape.members.items():
                    walk(inner, inner.serialization.get("name", member))
            elif shape.type_name == "list":
                walk(shape.member, "member")
            elif shape.type_name == "map":
                walk(shape.value, "value")

        for action in model(name).operation_names:
            if shape := model(name).operation_model(action).output_shape:
                walk(shape, "")
        return lists - others

    def test_every_list_of_cloudformation_and_iam_is_known(self):
        table = (ROOT / "lib/aws/names.c").read_text()
        known = re.findall(r'"(\w+)"', table.split("known[] = {")[1].split("};")[0])
        self.assertEqual(known, sorted(self.lists_of("cloudformation") | self.lists_of("iam")))

    def test_json(self):
        said = speak([{"do": "decode", "service": "kms", "action": "X", "status": 200, "headers": "x-amzn-RequestId: r\r\n",
                       "body": body} for body in ('{"A": [1, {"b": null}]}', "", "[]", "<html/>")])
        self.assertEqual(said[0]["output"], {"A": [1, {"b": None}]})
        self.assertEqual(said[0]["request_id"], "r")
        self.assertEqual([one["outcome"] for one in said], ["ok", "ok", "broken", "broken"])

    def test_a_refusal_may_say_more(self):
        """Airflow's own answer is in MWAA's refusal of it; other protocols say all in code and message."""
        body = '{"RestApiStatusCode": 404, "RestApiResponse": {"detail": "no"}}'
        said = speak([{"do": "decode", "service": service, "action": "InvokeRestApi", "status": status, "body": body,
                       "headers": "x-amzn-ErrorType: RestApiClientException\r\n"}
                      for service, status in (("airflow", 400), ("kms", 400), ("airflow", 500))])
        self.assertEqual([(one["code"], one["outcome"]) for one in said],
                         [("RestApiClientException", "refused")] * 2 + [("RestApiClientException", "broken")])
        self.assertEqual([one["payload_size"] for one in said], [len(body), 0, 0])

    def test_s3_headers(self):
        said = speak([{"do": "decode", "service": "s3", "action": action, "status": 200, "body": body, "headers":
                       'HTTP/1.1 200 OK\r\nETag: "e"\r\ncontent-length:  5\r\nx-amz-request-id: R\r\n'
                       'x-amz-bucket-region: eu-west-1\r\nDate: Sat, 22 Aug 2026 07:19:02 GMT\r\n'}
                      for action, body in (("HeadObject", ""), ("GetObject", "12345"))])
        expected = {"ETag": '"e"', "ContentLength": "5", "BucketRegion": "eu-west-1"}
        self.assertEqual([one["output"] for one in said], [expected, expected])
        self.assertEqual([one["payload_size"] for one in said], [0, 5])
        self.assertEqual(said[0]["request_id"], "R")

    def test_the_end_of_an_upload_in_parts(self):
        """What is in its body, and what stands in headers beside it; an error may come with status 200."""
        headers = ('HTTP/1.1 200 OK\r\nx-amz-version-id: v1\r\nETag: "not this"\r\n'
                   "x-amz-server-side-encryption: aws:kms\r\n")
        body = ("<CompleteMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><ETag>&quot;e-2&quot;</ETag>"
                "<ChecksumSHA256>c-2</ChecksumSHA256></CompleteMultipartUploadResult>")
        error = '<?xml version="1.0"?>\n   <Error><Code>%s</Code><Message>so</Message></Error>'
        bodies = [body, error % "InternalError", error % "SlowDown", error % "InvalidPart", "<html>no</html>"]
        said = speak([{"do": "decode", "service": "s3", "action": "CompleteMultipartUpload", "status": 200,
                       "headers": headers, "body": body} for body in bodies])
        expected = {"Bucket": "b", "Key": "k", "ETag": '"e-2"', "ChecksumSHA256": "c-2", "VersionId": "v1",
                    "ServerSideEncryption": "aws:kms"}
        self.assertEqual(said[0]["output"], expected)
        self.assertEqual([one["outcome"] for one in said], ["ok", "broken", "throttled", "refused", "broken"])
        self.assertEqual([one["code"] for one in said[1:]], ["InternalError", "SlowDown", "InvalidPart", "unreadable"])

    def test_location_of_a_bucket(self):
        said = speak([{"do": "decode", "service": "s3", "action": "GetBucketLocation", "status": 200, "headers": "",
                       "body": f'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{text}'
                               "</LocationConstraint>"} for text in ("eu-west-1", "")])
        self.assertEqual([one["output"] for one in said], [{"LocationConstraint": "eu-west-1"}, {}])


class Times(unittest.TestCase):
    def test_times_are_botocores(self):
        texts = ["2026-08-22T07:19:02.123Z", "2026-08-22T07:19:02Z", "2026-08-22T07:19:02+00:00", "1787382000",
                 "Sat, 22 Aug 2026 07:19:02 GMT", "2024-02-29T23:59:59.999999Z", "2000-02-29T00:00:00Z", "2026-08-22T07:19:02.1+02:00"]
        said = speak([{"do": "time", "text": text} for text in texts])
        for text, one in zip(texts, said, strict=True):
            moment = botocore.utils.parse_timestamp(text)
            self.assertEqual(one["time"], int(round(moment.timestamp() * 1000 - 0.4995)), text)

    def test_written_times_are_read_by_python(self):
        source = random.Random(5)
        for _ in range(300):
            moment = datetime.datetime.fromtimestamp(source.randrange(4 * 10**9), datetime.timezone.utc)
            said, = speak([{"do": "time", "text": moment.isoformat()}])
            self.assertEqual(datetime.datetime.fromisoformat(said["text"]), moment)


if __name__ == "__main__":
    unittest.main()

"""What a role may do: statements of a policy, asked as IAM asks them, as far as this platform's statements go."""
import fnmatch

import place


def as_list(value):
    return value if isinstance(value, list) else [value]


def like(pattern, text):
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def condition_holds(operator, wanted, context):
    for key, values in wanted.items():
        values = [place.resolved(value) for value in as_list(values)]
        values = [context.get("aws:userid", "") if value == "${aws:userid}" else value for value in values]
        if key not in context:
            if operator.endswith("IfExists"):
                continue
            return False
        kind = operator.removesuffix("IfExists")
        found = {"StringEquals": lambda v, k=key: v == context[k], "StringLike": lambda v, k=key: like(v, context[k]),
                 "ArnLike": lambda v, k=key: like(v, context[k])}[kind]
        if not any(found(value) for value in values):
            return False
    return True


def matches(statement, action, resource, context):
    return (any(like(pattern, action) for pattern in as_list(statement["Action"]))
            and any(like(place.resolved(pattern), resource) for pattern in as_list(statement["Resource"]))
            and all(condition_holds(operator, wanted, context)
                    for operator, wanted in statement.get("Condition", {}).items()))


def allows(statements, action, resource, context):
    effects = {statement["Effect"] for statement in statements if matches(statement, action, resource, context)}
    return effects == {"Allow"}


def tags_of(properties, prefix="aws:ResourceTag/"):
    tags = properties["Tags"]
    pairs = {tag["Key"]: tag["Value"] for tag in tags} if isinstance(tags, list) else tags
    return {prefix + key: value for key, value in pairs.items()}


class Questions:
    """What IAM is asked when a call comes: (action, resource, context) of each, by AWS's service authorization
    reference."""

    def __init__(self, stacks):
        self.stacks, self.jobs = stacks, {}

    def arn(self, service, rest):
        return f"arn:aws:{service}:{place.REGION}:{place.ACCOUNT}:{rest}"

    def of(self, service, operation, params):
        return getattr(self, service.replace("-", "_"))(operation, params)

    def emr_serverless(self, operation, params):
        application = self.arn("emr-serverless", f"/applications/{params['applicationId']}")
        tags = tags_of(self.stacks.resource("emr", "Application"))
        if operation == "GetJobRun":
            job = f"{application}/jobruns/{params['jobRunId']}"
            return [("emr-serverless:GetJobRun", job, self.jobs)]
        if operation != "StartJobRun":
            return [(f"emr-serverless:{operation}", application, tags)]
        asked = tags_of({"Tags": params.get("tags", {})}, "aws:RequestTag/")
        self.jobs = tags_of({"Tags": params.get("tags", {})})
        return [("emr-serverless:StartJobRun", application, {**tags, **asked}),
                ("emr-serverless:TagResource", f"{application}/jobruns/new", asked),
                ("iam:PassRole", params["executionRoleArn"], {"iam:PassedToService": "emr-serverless.amazonaws.com"})]

    def emr(self, operation, params):
        cluster = params.get("ClusterId") or params["JobFlowId"]
        return [(f"elasticmapreduce:{operation}", self.arn("elasticmapreduce", f"cluster/{cluster}"),
                 tags_of(self.stacks.resource("emr", "Cluster")))]

    def ssm(self, operation, params):
        return [(f"ssm:{operation}", self.arn("ssm", f"parameter{params['Name']}"), {})]

    def sns(self, operation, params):
        return [(f"sns:{operation}", params["TargetArn"], {})]

    def glue(self, operation, params):
        return [(f"glue:{operation}", self.arn("glue", f"crawler/{params['Name']}"), {})]

    def redshift_data(self, operation, params):
        if operation != "ExecuteStatement":
            session = {"aws:userid": "AROA:session", "redshift-data:statement-owner-iam-userid": "AROA:session"}
            return [(f"redshift-data:{operation}", "*", session)]
        assert "SecretArn" not in params and "DbUser" not in params  # else another right is asked for
        if "WorkgroupName" in params:
            workgroup = self.arn("redshift-serverless", "workgroup/5f1c")
            tags = tags_of(self.stacks.resource("redshift", "Workgroup"))
            return [("redshift-data:ExecuteStatement", workgroup, tags),
                    ("redshift-serverless:GetCredentials", workgroup, tags)]
        cluster, database = params["ClusterIdentifier"], params["Database"]
        return [("redshift-data:ExecuteStatement", self.arn("redshift", f"cluster:{cluster}"), {}),
                ("redshift:GetClusterCredentialsWithIAM", self.arn("redshift", f"dbname:{cluster}/{database}"), {})]

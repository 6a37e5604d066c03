/*
 * Names that are taken. Most names of a platform follow from its project and environment, so a
 * second one, or what an earlier one kept, is in the way: CloudFormation would say so only when it
 * comes to that resource.
 */
#include "preflight.h"

#include <string.h>

struct name {
    const char *type, *property;
    const char *service, *action;
    const char *input;  /* the name's member; "=x": a filter called x */
    const char *list;   /* of the answer, not empty where it is there; NULL: the answer is it */
    const char *member; /* of an item, which is the name; NULL: any item */
    bool importable;    /* CloudFormation can adopt it by its name */
    const char *what, *remedy;
};

static const char delete_it[] = "delete it if nobody uses it, or choose another project or "
                                "environment name";

/* CloudFormation adopts a resource whose type it can read back and whose identifier is its name. It
 * can read none of DMS's types nor Glue's security configurations, and a secret's identifier is its
 * ARN. */
static const struct name names[] = {
    {"AWS::S3::Bucket", "BucketName", "s3", "HeadBucket", "Bucket", NULL, NULL, true, "bucket",
     delete_it},
    {"AWS::IAM::Role", "RoleName", "iam", "GetRole", "RoleName", NULL, NULL, true, "role",
     delete_it},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName", "iam", "GetInstanceProfile",
     "InstanceProfileName", NULL, NULL, true, "instance profile", delete_it},
    {"AWS::Logs::LogGroup", "LogGroupName", "logs", "DescribeLogGroups", "logGroupNamePrefix",
     "logGroups", "logGroupName", true, "log group",
     "delete it if its events are no longer needed (aws logs delete-log-group)"},
    {"AWS::Glue::Database", "DatabaseInput.Name", "glue", "GetDatabase", "Name", NULL, NULL, true,
     "database of the catalog", delete_it},
    {"AWS::Glue::Crawler", "Name", "glue", "GetCrawler", "Name", NULL, NULL, true, "crawler",
     delete_it},
    {"AWS::Glue::SecurityConfiguration", "Name", "glue", "GetSecurityConfiguration", "Name", NULL,
     NULL, false, "security configuration of Glue", delete_it},
    {"AWS::Athena::WorkGroup", "Name", "athena", "GetWorkGroup", "WorkGroup", NULL, NULL, true,
     "workgroup of Athena", delete_it},
    {"AWS::SecretsManager::Secret", "Name", "secretsmanager", "DescribeSecret", "SecretId", NULL,
     NULL, false, "secret", delete_it},
    {"AWS::RDS::DBInstance", "DBInstanceIdentifier", "rds", "DescribeDBInstances",
     "DBInstanceIdentifier", NULL, NULL, true, "database", delete_it},
    {"AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "rds", "DescribeDBSubnetGroups",
     "DBSubnetGroupName", NULL, NULL, true, "subnet group of RDS", delete_it},
    {"AWS::RDS::DBParameterGroup", "DBParameterGroupName", "rds", "DescribeDBParameterGroups",
     "DBParameterGroupName", NULL, NULL, true, "parameter group of RDS", delete_it},
    {"AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", "dms",
     "DescribeReplicationInstances", "=replication-instance-id", "ReplicationInstances", NULL,
     false, "replication instance", delete_it},
    {"AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier", "dms",
     "DescribeReplicationSubnetGroups", "=replication-subnet-group-id", "ReplicationSubnetGroups",
     NULL, false, "subnet group of DMS", delete_it},
    {"AWS::DMS::Endpoint", "EndpointIdentifier", "dms", "DescribeEndpoints", "=endpoint-id",
     "Endpoints", NULL, false, "endpoint of DMS", delete_it},
    {"AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", "dms", "DescribeReplicationTasks",
     "=replication-task-id", "ReplicationTasks", NULL, false, "replication task", delete_it},
    {"AWS::RedshiftServerless::Namespace", "NamespaceName", "redshift-serverless", "GetNamespace",
     "namespaceName", NULL, NULL, true, "namespace of Redshift Serverless", delete_it},
    {"AWS::RedshiftServerless::Workgroup", "WorkgroupName", "redshift-serverless", "GetWorkgroup",
     "workgroupName", NULL, NULL, true, "workgroup of Redshift Serverless", delete_it},
    {"AWS::Redshift::Cluster", "ClusterIdentifier", "redshift", "DescribeClusters",
     "ClusterIdentifier", NULL, NULL, true, "cluster of Redshift", delete_it},
    {"AWS::MWAA::Environment", "Name", "airflow", "GetEnvironment", "Name", NULL, NULL, true,
     "environment of Airflow", "delete it, which takes half an hour, or choose another name"},
    {"AWS::KMS::Alias", "AliasName", "kms", "DescribeKey", "KeyId", NULL, NULL, true, "key's alias",
     "delete it (aws kms delete-alias), or choose another project or environment name"},
    {"AWS::SSM::Parameter", "Name", "ssm", "GetParameter", "Name", NULL, NULL, true,
     "parameter in Parameter Store", delete_it},
};

static json_t *input_of(const struct cfn__preflight *p, const struct name *row, const char *name) {
    if (row->input[0] == '=')
        return json_pack("{s:[{s:s, s:[s]}]}", "Filters", "Name", row->input + 1, "Values", name);
    json_t *input = json_pack("{s:s}", row->input, name);
    if (strcmp(row->action, "HeadBucket") == 0)
        json_object_set_new(input, "ExpectedBucketOwner", json_string(p->account));
    return input;
}

/* A kept resource can be adopted with what is in it; CloudFormation asks for the policy. */
static bool is_kept(const struct cfn__planned *resource) {
    return cfn_starts_with(cfn_output_text(resource->body, "DeletionPolicy"), "Retain");
}

static bool adopt(struct cfn__preflight *p, const struct cfn__check *check,
                  const struct name *row) {
    if (!row->importable || !is_kept(check->resource))
        return false;
    p->sites[check->resource->target].import_existing = true;
    cfn_warn(p->findings, "preflight.adopt", CFN__NOWHERE, check->path,
             "the %s exists already and is taken into the stack as it is, with what it holds: '%s'",
             row->what, check->subject);
    cfn_hint(p->findings, "it must be of no other stack, or the deployment is refused");
    return true;
}

static void tell_taken(struct cfn__preflight *p, const struct cfn__check *check,
                       const struct name *row) {
    cfn_fail(p->findings, "preflight.name-taken", CFN__NOWHERE, check->path,
             "a %s of this name exists already: '%s'", row->what, check->subject);
    cfn_hint(p->findings, "%s", row->remedy);
}

/* An answer that holds nothing says that nothing is there, but for HEAD, which never holds any. */
static bool holds_something(const json_t *output) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)output, name, value) {
        if (!json_is_null(value))
            return true;
    }
    return false;
}

static bool is_told_of(const struct cfn__preflight *p, const struct cfn__check *check,
                       const struct name *row) {
    const json_t *output = cfn__preflight_output(p, check->first);
    if (!row->list)
        return cfn_starts_with(row->action, "Head") || holds_something(output);
    const json_t *list = cfn_output_list(output, row->list);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!row->member ||
            cfn_same(cfn_output_text(json_array_get(list, i), row->member), check->subject))
            return true;
    return false;
}

static void judge_name(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct name *row = check->row;
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    if (verdict == CFN__THERE && !is_told_of(p, check, row))
        verdict = CFN__ABSENT;
    if (cfn__preflight_dms_role(p, check, verdict) || verdict != CFN__THERE)
        return;
    if (!adopt(p, check, row))
        tell_taken(p, check, row);
}

/* To others' buckets, S3 says no more than that they may not be looked at; to those of another
 * region, that one is to look elsewhere. */
static void judge_bucket(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct cfn__question *question = &p->questions.items[check->first];
    bool elsewhere = question->status == 301 || question->status == 307;
    if (question->outcome == CFN_REPLY_DENIED) {
        cfn_fail(p->findings, "preflight.bucket-taken", CFN__NOWHERE, check->path,
                 "the bucket's name is taken by another account, or these credentials may not "
                 "look at it: '%s'",
                 check->subject);
        cfn_hint(p->findings, "choose another project or environment name, or allow s3:ListBucket");
    } else if (question->outcome == CFN_REPLY_REFUSED && elsewhere) {
        cfn_fail(p->findings, "preflight.bucket-taken", CFN__NOWHERE, check->path,
                 "a bucket of this name exists already, in another region: '%s'", check->subject);
        cfn_hint(p->findings, "%s", delete_it);
    } else {
        judge_name(p, check);
    }
}

/* A deleted secret holds its name for up to 30 days. */
static void judge_secret(struct cfn__preflight *p, const struct cfn__check *check) {
    const json_t *output = cfn__preflight_output(p, check->first);
    if (!json_object_get(output, "DeletedDate")) {
        judge_name(p, check);
        return;
    }
    cfn_fail(p->findings, "preflight.secret-deleted", CFN__NOWHERE, check->path,
             "a secret of this name is scheduled for deletion and holds the name until then: '%s'",
             check->subject);
    cfn_hint(p->findings, "bring it back (aws secretsmanager restore-secret) or free its name "
                          "(delete-secret --force-delete-without-recovery)");
}

void cfn__preflight_names(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->planned.count; i++)
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            const struct cfn__planned *resource = &p->planned.items[i];
            const struct name *row = &names[n];
            const char *name = strcmp(resource->type, row->type) == 0
                                   ? cfn__planned_text(resource, row->property)
                                   : "";
            if (!*name)
                continue;
            struct cfn__check check = {.resource = resource, .subject = name, .row = row};
            check.first = cfn__preflight_ask(p, row->service, row->action, input_of(p, row, name));
            check.judge = strcmp(row->service, "s3") == 0               ? judge_bucket
                          : strcmp(row->service, "secretsmanager") == 0 ? judge_secret
                                                                        : judge_name;
            cfn__preflight_check(p, &check);
        }
}

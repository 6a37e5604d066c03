/* Versions and machines: whether this region offers them, and offers them together. */
#include "preflight.h"

#include <string.h>

/* What an instance wants, and the member of an orderable option that says whether it can be. */
static const struct {
    const char *property, *option, *what;
} abilities[] = {
    {"StorageEncrypted", "SupportsStorageEncryption", "encrypted storage"},
    {"EnablePerformanceInsights", "SupportsPerformanceInsights", "Performance Insights"},
    {"EnableIAMDatabaseAuthentication", "SupportsIAMDatabaseAuthentication", "sign-in by IAM"},
    {"MultiAZ", "MultiAZCapable", "a standby in another zone"},
};

static bool is_wanted(const struct cfn__planned *resource, const char *property) {
    return cfn__output_true(resource->properties, property);
}

/* Whether any of the options can; one that does not say is taken to. */
static bool is_offered(const json_t *options, const char *ability) {
    for (size_t i = 0; i < json_array_size(options); i++)
        if (!json_object_get(json_array_get(options, i), ability) ||
            cfn__output_true(json_array_get(options, i), ability))
            return true;
    return false;
}

static void judge_abilities(struct cfn__preflight *p, const struct cfn__check *check,
                            const json_t *options) {
    for (size_t i = 0; i < sizeof abilities / sizeof *abilities; i++) {
        if (!is_wanted(check->resource, abilities[i].property) ||
            is_offered(options, abilities[i].option))
            continue;
        cfn_fail(p->findings, "preflight.class", CFN__NOWHERE, check->path,
                 "%s %s has no %s with this class in %s: '%s'",
                 cfn__planned_text(check->resource, "Engine"),
                 cfn__planned_text(check->resource, "EngineVersion"), abilities[i].what,
                 p->what->region, check->subject);
        cfn_hint(p->findings, "choose another class, or set %s to false", abilities[i].property);
    }
}

static void judge_engine(struct cfn__preflight *p, const struct cfn__check *check) {
    const char *engine = cfn__planned_text(check->resource, "Engine");
    enum cfn__verdict verdict = cfn__preflight_verdict(p, check->first);
    if (verdict == CFN__UNKNOWN)
        return;
    const json_t *versions =
        cfn_output_list(cfn__preflight_output(p, check->first), "DBEngineVersions");
    if (!json_array_size(versions)) {
        cfn_fail(p->findings, "preflight.version", CFN__NOWHERE, check->path,
                 "RDS does not offer this version of %s in %s: '%s'", engine, p->what->region,
                 cfn__planned_text(check->resource, "EngineVersion"));
        cfn_hint(p->findings, "aws rds describe-db-engine-versions --engine %s lists them", engine);
        return;
    }
    if (!check->number || cfn__preflight_verdict(p, check->second) == CFN__UNKNOWN)
        return;
    const json_t *options =
        cfn_output_list(cfn__preflight_output(p, check->second), "OrderableDBInstanceOptions");
    if (json_array_size(options)) {
        judge_abilities(p, check, options);
        return;
    }
    cfn_fail(p->findings, "preflight.class", CFN__NOWHERE, check->path,
             "RDS does not offer this class with %s %s in %s: '%s'", engine,
             cfn__planned_text(check->resource, "EngineVersion"), p->what->region, check->subject);
    cfn_hint(p->findings,
             "aws rds describe-orderable-db-instance-options --engine %s lists what "
             "goes together",
             engine);
}

/* A version without a point is a major one: RDS takes its newest, so classes cannot be asked for.
 */
static void plan_database(struct cfn__preflight *p, const struct cfn__planned *resource) {
    const char *engine = cfn__planned_text(resource, "Engine");
    const char *version = cfn__planned_text(resource, "EngineVersion");
    const char *class = cfn__planned_text(resource, "DBInstanceClass");
    if (!*engine || !*version)
        return;
    struct cfn__check check = {.resource = resource, .subject = class, .judge = judge_engine};
    check.first =
        cfn__preflight_ask(p, "rds", "DescribeDBEngineVersions",
                           json_pack("{s:s, s:s}", "Engine", engine, "EngineVersion", version));
    check.number = *class && strchr(version, '.');
    if (check.number)
        check.second =
            cfn__preflight_ask(p, "rds", "DescribeOrderableDBInstanceOptions",
                               json_pack("{s:s, s:s, s:s, s:b}", "Engine", engine, "EngineVersion",
                                         version, "DBInstanceClass", class, "Vpc", 1));
    cfn__preflight_check(p, &check);
}

/* DMS lists all that it offers. */
static void judge_replication(struct cfn__preflight *p, const struct cfn__check *check) {
    const char *version = cfn__planned_text(check->resource, "EngineVersion");
    bool any_version = !*version, any_pair = false;
    if (cfn__preflight_verdict(p, check->first) != CFN__THERE)
        return;
    const json_t *list =
        cfn_output_list(cfn__preflight_output(p, check->first), "OrderableReplicationInstances");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        bool same = !*version || strcmp(cfn_output_text(item, "EngineVersion"), version) == 0;
        any_version |= same;
        any_pair |=
            same && strcmp(cfn_output_text(item, "ReplicationInstanceClass"), check->subject) == 0;
    }
    if (!json_array_size(list) || any_pair)
        return;
    if (!any_version)
        cfn_fail(p->findings, "preflight.version", CFN__NOWHERE, check->path,
                 "DMS does not offer this version in %s: '%s'", p->what->region, version);
    else
        cfn_fail(p->findings, "preflight.class", CFN__NOWHERE, check->path,
                 "DMS does not offer this class with version %s in %s: '%s'",
                 *version ? version : "of its choice", p->what->region, check->subject);
    cfn_hint(p->findings, "aws dms describe-orderable-replication-instances lists them");
}

static void plan_replication(struct cfn__preflight *p, const struct cfn__planned *resource) {
    struct cfn__check check = {.resource = resource,
                               .subject = cfn__planned_text(resource, "ReplicationInstanceClass"),
                               .judge = judge_replication};
    check.first = cfn__preflight_ask(p, "dms", "DescribeOrderableReplicationInstances",
                                     json_pack("{s:i}", "MaxRecords", 100));
    cfn__preflight_check(p, &check);
}

/* Lists that are asked for one thing, and are empty where it is not offered. */
struct offer {
    const char *type, *property;
    const char *service, *action, *list;
    const char *input; /* the thing's member; "Prefix", "=x": a filter of this kind, or called x */
    const char *what, *hint;
};
static const char releases[] = "aws emr list-release-labels lists them";
static const char types[] = "aws ec2 describe-instance-type-offerings lists them";
static const struct offer offers[] = {
    {"AWS::Redshift::Cluster", "NodeType", "redshift", "DescribeOrderableClusterOptions",
     "OrderableClusterOptions", "NodeType", "Redshift does not offer this node type",
     "aws redshift describe-orderable-cluster-options lists them"},
    {"AWS::EMR::Cluster", "ReleaseLabel", "elasticmapreduce", "ListReleaseLabels", "ReleaseLabels",
     "Prefix", "EMR does not offer this release", releases},
    {"AWS::EMRServerless::Application", "ReleaseLabel", "elasticmapreduce", "ListReleaseLabels",
     "ReleaseLabels", "Prefix", "EMR does not offer this release", releases},
    {"AWS::EMR::Cluster", "Instances.MasterInstanceGroup.InstanceType", "ec2",
     "DescribeInstanceTypeOfferings", "InstanceTypeOfferings", "=instance-type",
     "EC2 does not offer this instance type", types},
    {"AWS::EMR::Cluster", "Instances.CoreInstanceGroup.InstanceType", "ec2",
     "DescribeInstanceTypeOfferings", "InstanceTypeOfferings", "=instance-type",
     "EC2 does not offer this instance type", types},
};

static json_t *input_of(const struct offer *row, const char *wanted) {
    if (row->input[0] == '=')
        return json_pack("{s:[{s:s, s:[s]}]}", "Filters", "Name", row->input + 1, "Values", wanted);
    if (strcmp(row->input, "Prefix") == 0)
        return json_pack("{s:{s:s}}", "Filters", "Prefix", wanted);
    return json_pack("{s:s}", row->input, wanted);
}

static void judge_offer(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct offer *row = check->row;
    if (cfn__preflight_verdict(p, check->first) == CFN__UNKNOWN)
        return;
    if (json_array_size(cfn_output_list(cfn__preflight_output(p, check->first), row->list)))
        return;
    cfn_fail(p->findings, "preflight.version", CFN__NOWHERE, check->path, "%s in %s: '%s'",
             row->what, p->what->region, check->subject);
    cfn_hint(p->findings, "%s", row->hint);
}

static void plan_offers(struct cfn__preflight *p, const struct cfn__planned *resource) {
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        const struct offer *row = &offers[i];
        const char *wanted = cfn__planned_text(resource, row->property);
        if (strcmp(resource->type, row->type) != 0 || !*wanted)
            continue;
        struct cfn__check check = {
            .resource = resource, .subject = wanted, .row = row, .judge = judge_offer};
        check.first = cfn__preflight_ask(p, row->service, row->action, input_of(row, wanted));
        cfn__preflight_check(p, &check);
    }
}

void cfn__preflight_versions(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->planned.count; i++) {
        const struct cfn__planned *resource = &p->planned.items[i];
        if (strcmp(resource->type, "AWS::RDS::DBInstance") == 0)
            plan_database(p, resource);
        else if (strcmp(resource->type, "AWS::DMS::ReplicationInstance") == 0)
            plan_replication(p, resource);
        else
            plan_offers(p, resource);
    }
}

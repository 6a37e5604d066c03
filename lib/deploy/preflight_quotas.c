/* Quotas: what there is, what the deployment adds, and what the account may have. */
#include "preflight.h"

#include <string.h>

struct quota {
    const char *type;
    const char *quota_service, *quota_code; /* of Service Quotas */
    const char *service, *action, *list;    /* what there is */
    const char *states; /* of those that count, with a space after each; NULL: all */
    long usual;         /* where the quota cannot be read */
    bool per_zone;      /* so that the sum says less */
    const char *what;
};

static const struct quota quotas[] = {
    {"AWS::EC2::VPC", "vpc", "L-F678F1CE", "ec2", "DescribeVpcs", "Vpcs", NULL, 5, false, "VPCs"},
    {"AWS::EC2::EIP", "ec2", "L-0263D0A3", "ec2", "DescribeAddresses", "Addresses", NULL, 5, false,
     "Elastic IP addresses"},
    {"AWS::EC2::InternetGateway", "vpc", "L-A4707A72", "ec2", "DescribeInternetGateways",
     "InternetGateways", NULL, 5, false, "internet gateways"},
    {"AWS::EC2::NatGateway", "vpc", "L-FE5A380F", "ec2", "DescribeNatGateways", "NatGateways",
     "pending available ", 5, true, "NAT gateways"},
};

/* Services that tell what is used and what may be, all in one. */
struct account_quota {
    const char *type, *service, *name, *what;
};
static const struct account_quota account_quotas[] = {
    {"AWS::RDS::DBInstance", "rds", "DBInstances", "databases"},
    {"AWS::RDS::DBSubnetGroup", "rds", "DBSubnetGroups", "subnet groups of RDS"},
    {"AWS::RDS::DBParameterGroup", "rds", "DBParameterGroups", "parameter groups of RDS"},
    {"AWS::DMS::ReplicationInstance", "dms", "ReplicationInstances", "replication instances"},
    {"AWS::DMS::ReplicationSubnetGroup", "dms", "ReplicationSubnetGroups", "subnet groups of DMS"},
    {"AWS::DMS::Endpoint", "dms", "Endpoints", "endpoints of DMS"},
};

/* How many of a type will be made, and the first of them. */
static long added(const struct cfn__preflight *p, const char *type,
                  const struct cfn__planned **first) {
    long count = 0;
    for (size_t i = 0; i < p->planned.count; i++) {
        if (strcmp(p->planned.items[i].type, type) != 0)
            continue;
        if (!count++)
            *first = &p->planned.items[i];
    }
    return count;
}

static long used(const json_t *list, const char *states) {
    long count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *state = cfn_output_text(json_array_get(list, i), "State");
        count += !states || !*state || strstr(states, state);
    }
    return count;
}

static void tell(struct cfn__preflight *p, const struct cfn__check *check, const char *what,
                 long have, long most, bool certain) {
    if (certain)
        cfn_fail(p->findings, "preflight.quota", CFN__NOWHERE, check->path,
                 "%s in %s: %ld to be added, but the account has %ld and may have %ld", what,
                 p->what->region, check->number, have, most);
    else
        cfn_warn(p->findings, "preflight.quota", CFN__NOWHERE, check->path,
                 "%s in %s: %ld to be added to %ld, which may pass the quota of %ld", what,
                 p->what->region, check->number, have, most);
}

/* A zone can hold no more than all zones together do; more is not known without looking at every
 * subnet, so it is a warning then. */
static void judge_quota(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct quota *row = check->row;
    if (cfn__preflight_verdict(p, check->first) != CFN__THERE)
        return;
    long have =
        used(cfn_output_list(cfn__preflight_output(p, check->first), row->list), row->states);
    bool known = cfn__preflight_verdict(p, check->second) == CFN__THERE;
    long most =
        known ? cfn__output_number(cfn__preflight_output(p, check->second), "Quota.Value") : -1;
    known = most >= 0;
    most = known ? most : row->usual;
    if (have + check->number <= most)
        return;
    tell(p, check, row->what, have, most, known && (!row->per_zone || check->number > most));
    cfn_hint(p->findings,
             "delete unused ones, or ask for more: aws service-quotas "
             "request-service-quota-increase --service-code %s --quota-code %s "
             "--desired-value %ld%s",
             row->quota_service, row->quota_code, have + check->number,
             strcmp(row->type, "AWS::EC2::VPC") != 0 &&
                     strcmp(row->type, "AWS::EC2::InternetGateway") != 0
                 ? "; common.network.nat decides how many are made"
                 : "");
}

static void judge_account(struct cfn__preflight *p, const struct cfn__check *check) {
    const struct account_quota *row = check->row;
    if (cfn__preflight_verdict(p, check->first) != CFN__THERE)
        return;
    const json_t *list = cfn_output_list(cfn__preflight_output(p, check->first), "AccountQuotas");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        long have = cfn__output_number(item, "Used"), most = cfn__output_number(item, "Max");
        if (strcmp(cfn_output_text(item, "AccountQuotaName"), row->name) != 0 || have < 0 ||
            most < 0 || have + check->number <= most)
            continue;
        tell(p, check, row->what, have, most, true);
        cfn_hint(p->findings, "delete unused ones, or ask for more (Service Quotas, %s)",
                 row->service);
    }
}

/* Airflow's quotas have no code that is documented, but a name. */
static void judge_airflow(struct cfn__preflight *p, const struct cfn__check *check) {
    if (cfn__preflight_verdict(p, check->first) != CFN__THERE ||
        cfn__preflight_verdict(p, check->second) != CFN__THERE)
        return;
    long have = used(cfn_output_list(cfn__preflight_output(p, check->first), "Environments"), NULL);
    const json_t *list = cfn_output_list(cfn__preflight_output(p, check->second), "Quotas");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        long most = cfn__output_number(item, "Value");
        if (!strstr(cfn_output_text(item, "QuotaName"), "nvironments") || most < 0 ||
            have + check->number <= most)
            continue;
        tell(p, check, "environments of Airflow", have, most, true);
        cfn_hint(p->findings, "delete an unused one, or ask for more (Service Quotas, MWAA)");
        return;
    }
}

static void plan_airflow(struct cfn__preflight *p) {
    struct cfn__check check = {.judge = judge_airflow};
    check.number = added(p, "AWS::MWAA::Environment", &check.resource);
    if (!check.number)
        return;
    check.first = cfn__preflight_ask(p, "airflow", "ListEnvironments", json_object());
    check.second = cfn__preflight_ask(p, "servicequotas", "ListServiceQuotas",
                                      json_pack("{s:s}", "ServiceCode", "airflow"));
    cfn__preflight_check(p, &check);
}

void cfn__preflight_quotas(struct cfn__preflight *p) {
    for (size_t i = 0; i < sizeof quotas / sizeof *quotas; i++) {
        const struct quota *row = &quotas[i];
        struct cfn__check check = {.row = row, .judge = judge_quota};
        check.number = added(p, row->type, &check.resource);
        if (!check.number)
            continue;
        check.first = cfn__preflight_ask(p, row->service, row->action, json_object());
        check.second = cfn__preflight_ask(p, "servicequotas", "GetServiceQuota",
                                          json_pack("{s:s, s:s}", "ServiceCode", row->quota_service,
                                                    "QuotaCode", row->quota_code));
        cfn__preflight_check(p, &check);
    }
    for (size_t i = 0; i < sizeof account_quotas / sizeof *account_quotas; i++) {
        const struct account_quota *row = &account_quotas[i];
        struct cfn__check check = {.row = row, .judge = judge_account};
        check.number = added(p, row->type, &check.resource);
        if (!check.number)
            continue;
        check.first =
            cfn__preflight_ask(p, row->service, "DescribeAccountAttributes", json_object());
        cfn__preflight_check(p, &check);
    }
    plan_airflow(p);
}

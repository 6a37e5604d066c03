/*
 * The roles that DMS wants under fixed names, once per account. They are neither to be created
 * twice nor to be missing.
 */
#include "preflight.h"

#include <string.h>

static const struct {
    const char *name;
    bool vital; /* without it nothing can be created; without the other there are no logs */
} roles[] = {{"dms-vpc-role", true}, {"dms-cloudwatch-logs-role", false}};
enum { ROLES = sizeof roles / sizeof *roles };
static const char parameter[] = "DmsRoles";

static bool is_dms_role(const char *name) {
    for (size_t i = 0; i < ROLES; i++)
        if (strcmp(roles[i].name, name) == 0)
            return true;
    return false;
}

static bool has_parameter(const struct cfn__preflight *p, size_t target) {
    const json_t *all = json_object_get(p->what->targets[target].body, "Parameters");
    return json_object_get(all, parameter) != NULL;
}

bool cfn__preflight_dms_role(struct cfn__preflight *p, const struct cfn__check *check,
                             enum cfn__verdict verdict) {
    struct cfn__site *site = &p->sites[check->resource->target];
    if (strcmp(check->resource->type, "AWS::IAM::Role") != 0 || !is_dms_role(check->subject) ||
        !has_parameter(p, site->target))
        return false;
    site->roles_wanted++;
    site->roles_there += verdict == CFN__THERE;
    return true;
}

/* Both there: the stack leaves them alone. One of them: it is taken in, and the other made; both
 * are kept when the stack goes. */
void cfn__preflight_dms_advice(struct cfn__preflight *p) {
    for (size_t i = 0; i < p->what->count; i++) {
        struct cfn__site *site = &p->sites[i];
        const char *path = cfn_arena_text(&p->arena, "%s.%s", p->what->targets[i].name, parameter);
        if (!site->roles_there)
            continue;
        if (site->roles_there == site->roles_wanted) {
            site->advice = json_pack("{s:s}", parameter, "exist");
            cfn_warn(p->findings, "preflight.dms-roles", CFN__NOWHERE, path,
                     "the account has the roles of DMS already: they are left as they are");
        } else {
            site->import_existing = true;
            cfn_warn(p->findings, "preflight.dms-roles", CFN__NOWHERE, path,
                     "the account has one of the roles of DMS already: it is taken into the stack, "
                     "and the other made");
        }
    }
}

static void judge_missing(struct cfn__preflight *p, const struct cfn__check *check) {
    if (cfn__preflight_verdict(p, check->first) != CFN__ABSENT)
        return;
    if (check->number)
        cfn_fail(p->findings, "preflight.dms-roles", CFN__NOWHERE, check->path,
                 "DMS wants a role that the account does not have: '%s'", check->subject);
    else
        cfn_warn(p->findings, "preflight.dms-roles", CFN__NOWHERE, check->path,
                 "DMS writes no logs without a role that the account does not have: '%s'",
                 check->subject);
    cfn_hint(p->findings, "set common.create_dms_roles to true, or create it once per account, "
                          "trusting dms.amazonaws.com");
}

static const struct cfn__planned *first_of(const struct cfn__preflight *p, const char *prefix) {
    for (size_t i = 0; i < p->planned.count; i++)
        if (cfn_starts_with(p->planned.items[i].type, prefix))
            return &p->planned.items[i];
    return NULL;
}

static bool is_planned(const struct cfn__preflight *p, const char *role) {
    for (size_t i = 0; i < p->planned.count; i++)
        if (strcmp(p->planned.items[i].type, "AWS::IAM::Role") == 0 &&
            strcmp(cfn__planned_text(&p->planned.items[i], "RoleName"), role) == 0)
            return true;
    return false;
}

/* Where no stack of this deployment makes them, somebody else must have. */
void cfn__preflight_dms_roles(struct cfn__preflight *p) {
    const struct cfn__planned *user = first_of(p, "AWS::DMS::Replication");
    for (size_t i = 0; user && i < ROLES; i++) {
        if (is_planned(p, roles[i].name))
            continue;
        struct cfn__check check = {.resource = user,
                                   .subject = roles[i].name,
                                   .number = roles[i].vital,
                                   .judge = judge_missing};
        check.first =
            cfn__preflight_ask(p, "iam", "GetRole", json_pack("{s:s}", "RoleName", roles[i].name));
        cfn__preflight_check(p, &check);
    }
}

/* An account that answers the preflight: by rules of the test, else as one in which nothing of the
 * platform is there yet. */
#ifndef PREFLIGHT_FIXTURE_H
#define PREFLIGHT_FIXTURE_H

#include "base/base.h"
#include "deploy/errand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct rule {
    const char *call; /* stands in "service Action {input}" */
    enum cfn_outcome outcome;
    int status;
    const char *code, *output;
};

static const struct rule usual[] = {
    {.call = "sts ", .output = "{'Account':'111122223333','Arn':'arn:aws:iam::111122223333:u'}"},
    {.call = "ec2 DescribeAvailabilityZones",
     .output = "{'AvailabilityZones':[{'ZoneName':'eu-west-1a','ZoneType':'availability-zone',"
               "'State':'available'},{'ZoneName':'eu-west-1b'},{'ZoneName':'eu-west-1c'}]}"},
    {.call = "ec2 ", .output = "{}"},
    {.call = "servicequotas GetServiceQuota", .output = "{'Quota':{'Value':5.0}}"},
    {.call = "servicequotas List",
     .output = "{'Quotas':[{'QuotaName':'Environments per account','Value':10}]}"},
    {.call = "airflow ListEnvironments", .output = "{'Environments':['other']}"},
    {.call = "rds DescribeAccountAttributes",
     .output = "{'AccountQuotas':[{'AccountQuotaName':'DBInstances','Used':'3','Max':'40'}]}"},
    {.call = "dms DescribeAccountAttributes",
     .output = "{'AccountQuotas':[{'AccountQuotaName':'Endpoints','Used':3,'Max':1000}]}"},
    {.call = "rds DescribeDBEngineVersions",
     .output = "{'DBEngineVersions':[{'EngineVersion':'17.10'}]}"},
    {.call = "rds DescribeOrderable",
     .output = "{'OrderableDBInstanceOptions':[{'SupportsStorageEncryption':'true',"
               "'SupportsPerformanceInsights':'true'}]}"},
    {.call = "dms DescribeOrderableReplicationInstances {\"Marker\":\"2\"",
     .output = "{'OrderableReplicationInstances':[{'EngineVersion':'3.6.1',"
               "'ReplicationInstanceClass':'dms.t3.medium'}]}"},
    {.call = "dms DescribeOrderable",
     .output = "{'Marker':'2','OrderableReplicationInstances':[{'EngineVersion':'3.5.4',"
               "'ReplicationInstanceClass':'dms.t3.medium'}]}"},
    {.call = "elasticmapreduce ", .output = "{'ReleaseLabels':['emr-7.13.0']}"},
    {.call = "logs ", .output = "{'logGroups':[{'logGroupName':'/cfngen/shop-dev/flow-of-mine'}]}"},
    {.call = "dms DescribeEndpoints", .output = "{'Endpoints':[]}"},
    {.call = "s3 HeadBucket", .outcome = CFN_REPLY_REFUSED, .status = 404, .code = "404"},
    {.call = "athena ",
     .outcome = CFN_REPLY_REFUSED,
     .status = 400,
     .code = "InvalidRequestException",
     .output = "WorkGroup shop-dev-athena is not found."},
    {.call = " ", .outcome = CFN_REPLY_REFUSED, .status = 400, .code = "ResourceNotFoundException"},
};

enum { MOST_TARGETS = 12 };
struct account {
    struct cfn_target targets[MOST_TARGETS];
    json_t *bodies[MOST_TARGETS];
    bool there[MOST_TARGETS];
    const char *region; /* NULL: eu-west-1 */
    size_t count;
    struct rule rules[16]; /* of the test; come first */
    size_t order;          /* in which answers come */
    struct cfn__errand *errand;
    struct cfn_diags *findings;
    json_t *calls; /* every "service Action {input}", in order */
};

/* JSON with single quotes. */
static json_t *json_of(const char *text) {
    char *copy = cfn__copy(text);
    for (char *at = copy; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_error_t error;
    json_t *value = json_loads(copy, 0, &error);
    if (!value)
        fail_msg("%s: %s", error.text, copy);
    free(copy);
    return value;
}

static void add_target(struct account *account, const char *name, json_t *body) {
    static const char *const stacks[][2] = {
        {"common", "shop-dev-common"}, {"data_lake", "shop-dev-data-lake"},
        {"dms", "shop-dev-dms"},       {"emr", "shop-dev-emr"},
        {"glue", "shop-dev-glue"},     {"athena", "shop-dev-athena"},
        {"rds", "shop-dev-rds"},       {"redshift", "shop-dev-redshift"},
        {"mwaa", "shop-dev-mwaa"},     {"observability", "shop-dev-observability"},
    };
    struct cfn_target *target = &account->targets[account->count];
    assert_non_null(body);
    account->bodies[account->count++] = body;
    *target = (struct cfn_target){.name = name, .stack_name = name, .body = body};
    for (size_t i = 0; i < sizeof stacks / sizeof *stacks; i++)
        if (strcmp(stacks[i][0], name) == 0)
            target->stack_name = stacks[i][1];
}

/* The ten stacks of the default platform. */
static struct account *platform(void) {
    static const char *const names[] = {"common", "data_lake", "rds",  "dms", "glue",
                                        "athena", "redshift",  "mwaa", "emr", "observability"};
    struct account *account = cfn__alloc(sizeof *account);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "templates/%s.json", names[i]);
        add_target(account, names[i], json_load_file(path, 0, NULL));
    }
    return account;
}

/* One stack of a test's own. */
static struct account *single(const char *name, const char *resources) {
    struct account *account = cfn__alloc(sizeof *account);
    json_t *body = json_object();
    json_object_set_new(body, "Resources", json_of(resources));
    add_target(account, name, body);
    return account;
}

static const struct rule *rule_of(const struct account *account, const char *call) {
    for (size_t i = 0; i < 16 && account->rules[i].call; i++)
        if (strstr(call, account->rules[i].call))
            return &account->rules[i];
    const struct rule *rule = usual;
    while (!strstr(call, rule->call))
        rule++;
    return rule;
}

static void reply_to(const struct account *account, const char *call, struct cfn_reply *reply) {
    const struct rule *rule = rule_of(account, call);
    reply->outcome = rule->outcome;
    reply->status = rule->status ? rule->status : 200;
    reply->code = cfn__copy(rule->code ? rule->code : "");
    reply->message = cfn__copy("");
    if (rule->outcome == CFN_REPLY_OK) {
        reply->output = json_of(rule->output);
    } else {
        free(reply->message);
        reply->message = cfn__copy(rule->output ? rule->output : "as told");
    }
}

/* All that it gives is under way at once; answers come in an order of the test's. */
static void run(struct account *account) {
    enum { ROOM = 300 };
    static uint64_t tags[ROOM];
    static char *calls[ROOM];
    static struct cfn_deployment what;
    size_t count = 0;
    what = (struct cfn_deployment){.targets = account->targets,
                                   .count = account->count,
                                   .prefix = "shop-dev",
                                   .region = account->region ? account->region : "eu-west-1"};
    account->findings = cfn_diags_new();
    account->calls = json_array();
    account->errand = cfn__preflight_new(&what, account->there, account->findings);
    while (!account->errand->done(account->errand)) {
        struct cfn_call call;
        while (account->errand->next(account->errand, &tags[count], &call)) {
            char *input = json_dumps(call.input, JSON_COMPACT | JSON_SORT_KEYS);
            size_t size = strlen(input) + strlen(call.service) + strlen(call.action) + 3;
            calls[count] = cfn__alloc(size);
            snprintf(calls[count], size, "%s %s %s", call.service, call.action, input);
            json_array_append_new(account->calls, json_string(calls[count]));
            free(input);
            json_decref(call.input);
            assert_in_range(++count, 1, ROOM - 1);
        }
        assert_in_range(count, 1, ROOM);
        size_t pick = account->order++ * 31 % count;
        struct cfn_reply reply = {.id = tags[pick]};
        reply_to(account, calls[pick], &reply);
        account->errand->answer(account->errand, tags[pick], &reply);
        cfn_reply_done(&reply);
        free(calls[pick]);
        count--;
        tags[pick] = tags[count];
        calls[pick] = calls[count];
    }
    assert_int_equal(count, 0);
}

static void done(struct account *account) {
    account->errand->free(account->errand);
    cfn_diags_free(account->findings);
    json_decref(account->calls);
    for (size_t i = 0; i < account->count; i++)
        json_decref(account->bodies[i]);
    free(account);
}

/* All findings, a line for each: for comparing, and for messages of failing tests. */
static char *findings(const struct account *account) {
    struct cfn_text text = {0};
    for (size_t i = 0; i < cfn_diags_count(account->findings); i++) {
        char *line = cfn_diag_text(cfn_diags_at(account->findings, i));
        cfn_text_printf(&text, "%s\n", line);
        free(line);
    }
    return cfn_text_take(&text);
}

/* How many findings there are with a code, a path (NULL: any) and a piece of text. */
static size_t told(const struct account *account, const char *code, const char *path,
                   const char *piece) {
    size_t count = 0;
    for (size_t i = 0; i < cfn_diags_count(account->findings); i++) {
        const struct cfn_diag *diag = cfn_diags_at(account->findings, i);
        count += strcmp(diag->code, code) == 0 && (!path || cfn_same(path, diag->path)) &&
                 strstr(diag->message, piece) != NULL;
        assert_false(diag->severity == CFN_ERROR && !diag->hint); /* each says what to do */
    }
    return count;
}

/* Exactly one finding, which is an error. */
static void expect_one(struct account *account, const char *code, const char *path,
                       const char *piece) {
    run(account);
    char *text = findings(account);
    if (told(account, code, path, piece) != 1 || cfn_diags_count(account->findings) != 1 ||
        cfn_diags_errors(account->findings) != 1)
        fail_msg("wanted %s at %s with '%s', got:\n%s", code, path ? path : "-", piece, text);
    free(text);
    done(account);
}

#endif

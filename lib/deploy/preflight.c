/*
 * The preflight: whose account this is first, then everything else at once. Judged when the last
 * answer is there.
 */
#include "preflight.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PAGES = 30 };
static const uint64_t identity_tag = UINT64_MAX;

static struct cfn__preflight *of(struct cfn__errand *errand) {
    return (struct cfn__preflight *)errand;
}

size_t cfn__preflight_ask(struct cfn__preflight *p, const char *service, const char *action,
                          json_t *input) {
    char *text = json_dumps(input, JSON_COMPACT | JSON_SORT_KEYS);
    const char *key = cfn_arena_text(&p->arena, "%s %s %s", service, action, text ? text : "");
    free(text);
    for (size_t i = 0; i < p->questions.count; i++)
        if (strcmp(p->questions.items[i].key, key) == 0) {
            json_decref(input);
            return i;
        }
    *CFN_PUSH(&p->questions) =
        (struct cfn__question){.service = service, .action = action, .key = key, .input = input};
    p->open++;
    return p->questions.count - 1;
}

void cfn__preflight_check(struct cfn__preflight *p, const struct cfn__check *check) {
    struct cfn__check *added = CFN_PUSH(&p->checks);
    *added = *check;
    if (!added->path && added->resource)
        added->path = added->resource->path;
}

static void plan(struct cfn__preflight *p) {
    static void (*const checks[])(struct cfn__preflight *) = {
        cfn__preflight_network,   cfn__preflight_quotas,  cfn__preflight_names,
        cfn__preflight_dms_roles, cfn__preflight_keys,    cfn__preflight_versions,
        cfn__preflight_airflow,   cfn__preflight_secrets,
    };
    cfn__preflight_look(p);
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        checks[i](p);
}

static void judge(struct cfn__preflight *p) {
    p->judged = true;
    for (size_t i = 0; i < p->checks.count; i++)
        p->checks.items[i].judge(p, &p->checks.items[i]);
    cfn__preflight_dms_advice(p);
}

static bool is_done(const struct cfn__errand *errand) {
    return ((const struct cfn__preflight *)errand)->judged;
}

static bool next(struct cfn__errand *errand, uint64_t *tag, struct cfn_call *call) {
    struct cfn__preflight *p = of(errand);
    if (!p->account) {
        if (p->open || p->judged)
            return false;
        p->open = 1;
        *tag = identity_tag;
        *call = (struct cfn_call){
            .service = "sts", .action = "GetCallerIdentity", .input = json_object()};
        return true;
    }
    for (size_t i = 0; i < p->questions.count; i++) {
        struct cfn__question *question = &p->questions.items[i];
        if (question->sent)
            continue;
        question->sent = true;
        *tag = i;
        *call = (struct cfn_call){.service = question->service,
                                  .action = question->action,
                                  .input = json_deep_copy(question->input)};
        return true;
    }
    return false;
}

static const char *said(const struct cfn_reply *reply) {
    return reply->message && *reply->message ? reply->message : reply->code ? reply->code : "";
}

static bool is_among(const char *code, const char *const codes[]) {
    for (; *codes; codes++)
        if (strcmp(code, *codes) == 0)
            return true;
    return false;
}

/* Everybody may ask who he is: so a refusal is one of the credentials. */
static void refuse_credentials(struct cfn__preflight *p, const struct cfn_reply *reply) {
    static const char *const of_region[] = {"InvalidClientTokenId", "UnrecognizedClientException",
                                            "OptInRequired", "AuthFailure", NULL};
    if (is_among(reply->code ? reply->code : "", of_region)) {
        cfn_fail(p->findings, "preflight.region", CFN__NOWHERE, NULL,
                 "the credentials are not valid in region '%s'", p->what->region);
        cfn_hint(p->findings, "enable the region for the account (account settings, AWS Regions), "
                              "or check the access key");
    } else {
        cfn_fail(p->findings, "preflight.credentials", CFN__NOWHERE, NULL,
                 "there are no credentials that are valid: %s", said(reply));
        cfn_hint(p->findings, "sign in again, for a profile of SSO with aws sso login");
    }
}

/* Without an account no name can be known, so this is the end. */
static void refuse_identity(struct cfn__preflight *p, const struct cfn_reply *reply) {
    p->judged = true;
    if (reply->outcome == CFN_REPLY_EXPIRED || reply->outcome == CFN_REPLY_DENIED)
        refuse_credentials(p, reply);
    else
        cfn_warn(p->findings, "preflight.not-verified", CFN__NOWHERE, NULL,
                 "not verified: anything, because sts does not tell whose account this is: %s",
                 said(reply));
}

static void take_identity(struct cfn__preflight *p, const struct cfn_reply *reply) {
    const char *account = cfn_output_text(reply->output, "Account");
    const char *arn = cfn_output_text(reply->output, "Arn");
    p->open = 0;
    if (reply->outcome != CFN_REPLY_OK || !*account) {
        refuse_identity(p, reply);
        return;
    }
    const char *partition = cfn_starts_with(arn, "arn:") ? arn + 4 : "aws";
    p->account = cfn_arena_text(&p->arena, "%s", account);
    p->partition = cfn_arena_copy(&p->arena, partition, strcspn(partition, ":"));
    p->url_suffix = strcmp(p->partition, "aws-cn") == 0 ? "amazonaws.com.cn" : "amazonaws.com";
    plan(p);
    if (!p->open)
        judge(p);
}

/* The list of a page is added to those before it. */
static void join(json_t *all, const json_t *page) {
    const char *name;
    json_t *value, *before;
    json_object_foreach((json_t *)(uintptr_t)page, name, value) {
        before = json_object_get(all, name);
        if (json_is_array(before) && json_is_array(value))
            json_array_extend(before, value);
        else
            json_object_set(all, name, value);
    }
}

/* True where another page is to be asked for. */
static bool take_page(struct cfn__question *question, const struct cfn_reply *reply) {
    static const char *const marks[] = {"Marker", "NextToken", "nextToken"};
    if (!question->output)
        question->output = json_object();
    join(question->output, reply->output);
    if (++question->pages >= MOST_PAGES)
        return false;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = cfn_output_text(reply->output, marks[i]);
        if (!*mark)
            continue;
        json_object_set_new(question->input, marks[i], json_string(mark));
        return true;
    }
    return false;
}

static void answer(struct cfn__errand *errand, uint64_t tag, const struct cfn_reply *reply) {
    struct cfn__preflight *p = of(errand);
    if (tag == identity_tag) {
        take_identity(p, reply);
        return;
    }
    if (tag >= p->questions.count || p->questions.items[tag].answered)
        return;
    struct cfn__question *question = &p->questions.items[tag];
    if (reply->outcome == CFN_REPLY_OK && take_page(question, reply)) {
        question->sent = false;
        return;
    }
    question->answered = true;
    question->outcome = reply->outcome;
    question->status = reply->status;
    question->code = cfn_arena_text(&p->arena, "%s", reply->code ? reply->code : "");
    question->message = cfn_arena_text(&p->arena, "%s", said(reply));
    if (--p->open == 0)
        judge(p);
}

static void release(struct cfn__errand *errand) {
    struct cfn__preflight *p = of(errand);
    for (size_t i = 0; i < p->questions.count; i++) {
        json_decref(p->questions.items[i].input);
        json_decref(p->questions.items[i].output);
    }
    free(p->questions.items);
    free(p->checks.items);
    json_decref(p->unverified);
    cfn__preflight_forget(p);
    cfn_arena_done(&p->arena);
    free(p);
}

struct cfn__errand *cfn__preflight_new(const struct cfn_deployment *what, const bool *there,
                                       struct cfn_diags *findings) {
    struct cfn__preflight *p = cfn__alloc(sizeof *p);
    p->errand = (struct cfn__errand){next, answer, is_done, release, 0};
    p->what = what;
    p->findings = findings;
    p->unverified = json_object();
    p->sites = cfn__alloc((what->count + 1) * sizeof *p->sites);
    for (size_t i = 0; i < what->count; i++)
        p->sites[i] = (struct cfn__site){.preflight = p, .target = i, .there = there && there[i]};
    return &p->errand;
}

void cfn__preflight_advice(const struct cfn__errand *preflight, size_t target,
                           const json_t **parameters, bool *import_existing) {
    const struct cfn__preflight *p = (const struct cfn__preflight *)preflight;
    *parameters = p->sites[target].advice;
    *import_existing = p->sites[target].import_existing;
}

/* What is done alike with jobs of every kind, and the links to AWS's console. */
#include "job.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_LOOK_MS = 1000, SLOWEST_LOOK_MS = 15000 };

static const struct cfn__job_kind *kind_of(const struct cfn_job *job) {
    static const struct cfn__job_kind *const kinds[] = {
        [CFN_JOB_DAG] = &cfn__job_dag,
        [CFN_JOB_SERVERLESS] = &cfn__job_serverless,
        [CFN_JOB_STEP] = &cfn__job_step,
    };
    return kinds[job->kind];
}

char *cfn_job_begin(const struct cfn_transport *transport, const struct cfn_job *job,
                    struct cfn_diags *diags) {
    return kind_of(job)->begin(transport, job, diags);
}

json_t *cfn_job_look(const struct cfn_transport *transport, const struct cfn_job *job,
                     const char *id, struct cfn_diags *diags) {
    return kind_of(job)->look(transport, job, id, diags);
}

int cfn_job_cancel(const struct cfn_transport *transport, const struct cfn_job *job, const char *id,
                   struct cfn_diags *diags) {
    return kind_of(job)->cancel(transport, job, id, diags);
}

json_t *cfn_job_follow(const struct cfn_transport *transport, const struct cfn_job *job,
                       const char *id, const struct cfn_job_watch *watch, struct cfn_diags *diags) {
    struct cfn__poll poll = {watch->poll > 0 ? watch->poll : FIRST_LOOK_MS,
                             watch->poll > 0 ? watch->poll : SLOWEST_LOOK_MS};
    for (;;) {
        json_t *look = cfn_job_look(transport, job, id, diags);
        if (look && watch->look)
            watch->look(watch->self, look);
        bool late = watch->until && transport->now(transport->self) >= watch->until;
        if (!look || json_is_true(json_object_get(look, "ended")) || late ||
            (watch->stop && watch->stop(watch->self)))
            return look;
        json_decref(look);
        cfn__poll_pause(&poll, transport);
    }
}

/* -- looks ------------------------------------------------------------------------------------- */

static bool is_among(const char *words, const char *word) {
    struct cfn_text whole = {0};
    cfn_text_printf(&whole, "|%s|", word);
    bool among = strstr(words, whole.data) != NULL;
    cfn_text_done(&whole);
    return among;
}

json_t *cfn__job_look_of(const char *id, const char *state, const char *reason, const char *good,
                         const char *bad) {
    bool is_good = is_among(good, state);
    return json_pack("{s:s, s:s, s:b, s:b, s:s, s:[], s:[]}", "id", id, "state", state, "ended",
                     (int)(is_good || is_among(bad, state)), "good", (int)is_good, "reason", reason,
                     "links", "tasks");
}

void cfn__job_link(json_t *look, const char *what, char *url) {
    if (url)
        json_array_append_new(json_object_get(look, "links"),
                              json_pack("{s:s, s:s}", "what", what, "url", url));
    free(url);
}

/* -- links ------------------------------------------------------------------------------------- */

/* The console reads its own place after the number sign, where it writes % as $ and escapes twice:
 * a slash is $252F. */
static void put_twice(struct cfn_text *url, const char *text) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    for (; *text; text++)
        if (strchr(plain, *text))
            cfn_text_write(url, text, 1);
        else
            cfn_text_printf(url, "$25%02X", (unsigned)(unsigned char)*text);
}

static void put_group(struct cfn_text *url, const char *region, const char *group) {
    const char *domain = cfn_starts_with(region, "cn-")       ? "console.amazonaws.cn"
                         : cfn_starts_with(region, "us-gov-") ? "console.amazonaws-us-gov.com"
                                                              : "console.aws.amazon.com";
    cfn_text_printf(url, "https://%s.%s/cloudwatch/home?region=%s#logsV2:log-groups/log-group/",
                    region, domain, region);
    put_twice(url, group);
}

char *cfn__console_streams(const char *region, const char *group, const char *filter) {
    struct cfn_text url = {0};
    put_group(&url, region, group);
    cfn_text_put(&url, "$3FlogStreamNameFilter$3D");
    put_twice(&url, filter);
    return cfn_text_take(&url);
}

char *cfn__console_stream(const char *region, const char *group, const char *stream) {
    struct cfn_text url = {0};
    put_group(&url, region, group);
    cfn_text_put(&url, "/log-events/");
    put_twice(&url, stream);
    return cfn_text_take(&url);
}

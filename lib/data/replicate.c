/* Starting, resuming, reloading and stopping a replication, from whatever state it is in. */
#include "replicate.h"

#include <string.h>

enum { POLL = 5000, TIME_TO_STOP = 15 * 60 * 1000 };

static int refuse(struct cfn__replicating *r, const char *message, const char *hint) {
    cfn_fail(r->diags, "replicate.state", (struct cfn_place){0}, NULL, "%s", message);
    cfn_hint(r->diags, "%s", hint);
    return -1;
}

static int await_others(struct cfn__replicating *r) {
    bool told = false;
    while (cfn__state_is(r->status, "busy") || cfn__state_is(r->status, "stopping")) {
        if (!told)
            cfn__replicate_note(r, "waiting, for it is %s", cfn_output_text(r->status, "status"));
        told = true;
        if (cfn__replicate_rest(r, r->options.poll) || cfn__replicate_look(r, false))
            return -1;
    }
    return 0;
}

/* Changes, tests and stops of others are awaited, but not for ever. */
static int settle(struct cfn__replicating *r) {
    int64_t timeout = r->timeout;
    if (timeout <= 0)
        r->timeout = TIME_TO_STOP;
    int code = await_others(r);
    r->timeout = timeout;
    if (code)
        return -1;
    if (cfn__state_is(r->status, "deleting"))
        return refuse(r, "the replication is being deleted",
                      "'cfngen deploy --stack dms' brings a new one about");
    return 0;
}

/* A start that was refused, or whose answer was lost, may have been carried out all the same: by an
 * earlier try, or by somebody else. */
static int start_again_or_fail(struct cfn__replicating *r, struct cfn_reply *reply) {
    bool unclear =
        reply->outcome == CFN_REPLY_BROKEN || cfn_same(reply->code, "InvalidResourceStateFault");
    if (unclear && cfn__replicate_look(r, false) == 0 && cfn__replication_runs(r->status))
        return 0;
    return cfn__dms_fail(cfn__dialect_of(r->replication)->start, reply, r->diags);
}

static int start(struct cfn__replicating *r, const char *type) {
    const struct cfn__dialect *dialect = cfn__dialect_of(r->replication);
    struct cfn_reply reply;
    if (!r->options.no_test && r->replication->task_arn && cfn__replicate_test(r))
        return -1;
    json_t *was = json_incref(r->status);
    cfn__replicate_note(r, "starting: %s", type);
    cfn__dms_ask(r->transport, dialect->start,
                 json_pack("{s:s, s:s}", dialect->arn, cfn__replication_arn(r->replication),
                           dialect->start_type, type),
                 &reply);
    int code = reply.outcome == CFN_REPLY_OK ? 0 : start_again_or_fail(r, &reply);
    if (code == 0)
        cfn__replicate_unmark(r);
    if (code == 0 && !r->options.no_wait)
        code = cfn__replicate_follow(r, was, strcmp(type, "resume-processing") != 0);
    cfn_reply_done(&reply);
    json_decref(was);
    return code;
}

static bool is_full_load(const struct cfn__replicating *r) {
    return strcmp(cfn_output_text(r->status, "migration_type"), "full-load") == 0;
}

static int resume(struct cfn__replicating *r) {
    if (!r->replication->task_arn && is_full_load(r))
        return refuse(r, "a serverless full load cannot be resumed",
                      "'cfngen replicate reload' loads all tables anew");
    return start(r, "resume-processing");
}

static int follow_running(struct cfn__replicating *r) {
    cfn__replicate_note(r, "it runs already");
    return r->options.no_wait ? 0 : cfn__replicate_follow(r, NULL, false);
}

static int bring_to_run(struct cfn__replicating *r, bool first) {
    if (settle(r))
        return -1;
    if (cfn__replication_runs(r->status))
        return follow_running(r);
    if (cfn__state_is(r->status, "new") && first)
        return start(r, "start-replication");
    if (cfn__state_is(r->status, "new"))
        return refuse(r, "it has never been started, so there is nothing to resume",
                      "'cfngen replicate start' begins with a full load");
    if (!cfn__state_is(r->status, "loaded"))
        return resume(r);
    if (!first)
        return refuse(r, "its full load is finished, and it captures no changes",
                      "'cfngen replicate reload' loads all tables anew");
    cfn__replicate_note(r, "its full load is finished: nothing is left to be done");
    return 0;
}

static int reload(struct cfn__replicating *r) {
    struct cfn_replicate_options options = r->options;
    if (settle(r))
        return -1;
    if (cfn__state_is(r->status, "new"))
        return start(r, "start-replication");
    r->options.no_wait = false; /* what runs must stand still before it can be reloaded */
    if (cfn__replicate_halt(r))
        return -1;
    r->options = options;
    return start(r, "reload-target");
}

static int stop(struct cfn__replicating *r) {
    cfn__replicate_unmark(r); /* so that no deployment starts what somebody wants to stand still */
    if (cfn__replication_runs(r->status) || cfn__state_is(r->status, "stopping") ||
        cfn__state_is(r->status, "busy"))
        return cfn__replicate_halt(r);
    cfn__replicate_note(r, "it does not run: nothing is left to be done");
    return 0;
}

json_t *cfn_replicate(const struct cfn_transport *transport,
                      const struct cfn_replication *replication, enum cfn_replicate what,
                      const struct cfn_replicate_options *options, struct cfn_diags *diags) {
    struct cfn__replicating r = {.transport = transport,
                                 .replication = replication,
                                 .options = *options,
                                 .diags = diags,
                                 .timeout = options->timeout,
                                 .began = transport->now(transport->self)};
    if (r.options.poll <= 0)
        r.options.poll = POLL;
    if (what == CFN_REPLICATE_STOP && r.timeout <= 0)
        r.timeout = TIME_TO_STOP;
    if (cfn__replicate_look(&r, false))
        return NULL;
    switch (what) {
    case CFN_REPLICATE_START:
    case CFN_REPLICATE_RESUME:
        bring_to_run(&r, what == CFN_REPLICATE_START);
        break;
    case CFN_REPLICATE_RELOAD:
        reload(&r);
        break;
    case CFN_REPLICATE_STOP:
        stop(&r);
        break;
    }
    return r.status;
}

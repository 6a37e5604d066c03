/* Following a replication: until its load is through, or until it stands still. */
#include "replicate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TABLES_TOLD = 20, STALE = 3 * 60 * 1000 };

static void tell_tables(const struct cfn__replicating *r) {
    const json_t *tables = json_object_get(r->status, "tables");
    size_t told = 0;
    for (size_t i = 0; i < json_array_size(tables) && told < MOST_TABLES_TOLD; i++) {
        const json_t *table = json_array_get(tables, i);
        struct cfn_text name = {0};
        if (strcmp(cfn_output_text(table, "state"), "Table error") != 0)
            continue;
        told++;
        cfn_text_printf(&name, "%s.%s", cfn_output_text(table, "schema"),
                        cfn_output_text(table, "table"));
        cfn_fail(r->diags, "replicate.table", (struct cfn_place){0}, name.data,
                 "the table is in error after %" JSON_INTEGER_FORMAT " rows, %" JSON_INTEGER_FORMAT
                 " of them refused",
                 cfn__count_of(table, "rows"), cfn__count_of(table, "error_rows"));
        cfn_hint(r->diags, "the log group of the replication tells why; 'cfngen replicate reload' "
                           "loads all tables anew");
        cfn_text_done(&name);
    }
}

static int tell_failed(struct cfn__replicating *r) {
    const char *failure = cfn_output_text(r->status, "failure");
    const char *reason = cfn_output_text(r->status, "stop_reason");
    const char *why = *failure ? failure : reason;
    json_int_t errors = cfn__count_of(r->status, "tables_errored");
    const char *advice = cfn__replication_advice(why);
    if (*why || errors == 0)
        cfn_fail(r->diags, "replicate.failed", (struct cfn_place){0}, NULL,
                 "the replication has failed: %s%s%s", *why ? why : "DMS gives no reason",
                 *failure && *reason ? "; " : "", *failure ? reason : "");
    else
        cfn_fail(r->diags, "replicate.failed", (struct cfn_place){0}, NULL,
                 "%" JSON_INTEGER_FORMAT " of its tables %s in error", errors,
                 errors == 1 ? "is" : "are");
    cfn_hint(r->diags, "%s",
             *advice ? advice
                     : "the log group of the replication tells more; mended, 'cfngen replicate "
                       "resume' goes on, 'cfngen replicate reload' loads all anew");
    tell_tables(r);
    return -1;
}

static int tell_stopped(struct cfn__replicating *r) {
    const char *reason = cfn_output_text(r->status, "stop_reason");
    cfn_fail(r->diags, "replicate.failed", (struct cfn_place){0}, NULL,
             "the replication has stopped before its load was through: %s",
             *reason ? reason : "somebody stopped it");
    cfn_hint(r->diags, "'cfngen replicate resume' goes on from there");
    return -1;
}

/* DMS goes on telling for a while how it stood before the start. */
static bool is_stale(const struct cfn__replicating *r, const json_t *was, bool anew) {
    const json_t *started = json_object_get(r->status, "started");
    const json_t *fresh = json_object_get(r->status, "fresh_start");
    if (anew && json_is_number(fresh) && json_equal(fresh, json_object_get(was, "fresh_start")))
        return true;
    if (cfn__replication_runs(r->status))
        return false;
    return strcmp(cfn_output_text(r->status, "status"), cfn_output_text(was, "status")) == 0 &&
           json_equal(started, json_object_get(was, "started"));
}

static bool is_through(struct cfn__replicating *r, int *code) {
    *code = 0;
    if (cfn__state_is(r->status, "replicating") || cfn__state_is(r->status, "loaded"))
        return true;
    if (cfn__state_is(r->status, "failed"))
        *code = tell_failed(r);
    else if (cfn__state_is(r->status, "stopped") || cfn__state_is(r->status, "new"))
        *code = tell_stopped(r);
    else if (cfn__state_is(r->status, "deleting"))
        *code = cfn_fail(r->diags, "replicate.failed", (struct cfn_place){0}, NULL,
                         "the replication is being deleted");
    return *code != 0;
}

int cfn__replicate_follow(struct cfn__replicating *r, const json_t *was, bool anew) {
    const struct cfn_transport *transport = r->transport;
    int64_t begun = transport->now(transport->self);
    for (;;) {
        int code = cfn__replicate_look(r, true);
        bool old = transport->now(transport->self) - begun < STALE && was && is_stale(r, was, anew);
        if (code || (r->silent == 0 && !old && is_through(r, &code)))
            return code;
        if (cfn__replicate_rest(r, r->options.poll))
            return -1;
    }
}

/* What is starting cannot be stopped yet, and is asked again. */
static int order(struct cfn__replicating *r, bool *taken) {
    const struct cfn__dialect *dialect = cfn__dialect_of(r->replication);
    struct cfn_reply reply;
    int code = 0;
    cfn__dms_ask(r->transport, dialect->stop,
                 json_pack("{s:s}", dialect->arn, cfn__replication_arn(r->replication)), &reply);
    *taken = reply.outcome == CFN_REPLY_OK;
    bool later = reply.outcome == CFN_REPLY_BROKEN || reply.outcome == CFN_REPLY_THROTTLED ||
                 cfn_same(reply.code, "InvalidResourceStateFault");
    if (*taken)
        cfn__replicate_note(r, "stopping");
    else if (!later)
        code = cfn__dms_fail(dialect->stop, &reply, r->diags);
    cfn_reply_done(&reply);
    return code;
}

static bool stands_still(const json_t *status) {
    return !cfn__replication_runs(status) && !cfn__state_is(status, "stopping") &&
           !cfn__state_is(status, "busy");
}

int cfn__replicate_halt(struct cfn__replicating *r) {
    bool taken = false;
    while (!stands_still(r->status)) {
        if (!taken && cfn__replication_runs(r->status) && order(r, &taken))
            return -1;
        if (taken && r->options.no_wait)
            return 0;
        if (cfn__replicate_rest(r, r->options.poll) || cfn__replicate_look(r, false))
            return -1;
    }
    return 0;
}

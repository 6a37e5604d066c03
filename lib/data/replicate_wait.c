/* Waiting for what a replication does: notes, rests, looks, and when to go. */
#include "replicate.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SILENT = 20 };

void cfn__replicate_note(const struct cfn__replicating *r, const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    if (!r->options.note)
        return;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    char *note = cfn_text_take(&text);
    r->options.note(r->options.self, note);
    free(note);
}

static int interrupted(const struct cfn__replicating *r) {
    cfn_fail(r->diags, "replicate.interrupted", (struct cfn_place){0}, NULL,
             "nobody waits any more; the replication goes on by itself");
    cfn_hint(r->diags, "'cfngen replicate status' tells how it stands, 'cfngen replicate stop' "
                       "stops it");
    return -1;
}

static int too_late(const struct cfn__replicating *r) {
    cfn_fail(r->diags, "replicate.timeout", (struct cfn_place){0}, NULL,
             "after %" PRId64 " seconds it is still '%s'; it goes on by itself", r->timeout / 1000,
             cfn_output_text(r->status, "status"));
    cfn_hint(r->diags, "'cfngen replicate status' tells how it stands; --timeout waits longer");
    return -1;
}

int cfn__replicate_rest(struct cfn__replicating *r, int64_t milliseconds) {
    const struct cfn_transport *transport = r->transport;
    int64_t now = transport->now(transport->self), until = now + milliseconds;
    if (r->timeout > 0 && now - r->began >= r->timeout)
        return too_late(r);
    for (; now < until; now = transport->now(transport->self)) {
        struct cfn_reply reply = {0};
        if (r->options.stop && r->options.stop(r->options.self))
            return interrupted(r);
        if (transport->wait(transport->self, until, &reply))
            cfn_reply_done(&reply);
    }
    return r->options.stop && r->options.stop(r->options.self) ? interrupted(r) : 0;
}

/* Of what a look could not be had for: nobody answers, which may pass. */
static bool may_pass(const struct cfn_diags *diags) {
    const char *code = cfn_diags_count(diags) ? cfn_diags_at(diags, 0)->code : "";
    static const char *const final[] = {"replicate.absent",      "aws.AccessDeniedException",
                                        "aws.AccessDeniedFault", "aws.ExpiredTokenException",
                                        "aws.ExpiredToken",      "aws.UnrecognizedClientException"};
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        if (strcmp(code, final[i]) == 0)
            return false;
    return true;
}

static void hand_on(const struct cfn_diags *from, struct cfn_diags *to) {
    for (size_t i = 0; i < cfn_diags_count(from); i++) {
        const struct cfn_diag *diag = cfn_diags_at(from, i);
        if (diag->severity == CFN_WARNING)
            cfn_warn(to, diag->code, diag->place, diag->path, "%s", diag->message);
        else
            cfn_fail(to, diag->code, diag->place, diag->path, "%s", diag->message);
        if (diag->hint)
            cfn_hint(to, "%s", diag->hint);
    }
}

int cfn__replicate_look(struct cfn__replicating *r, bool whole) {
    struct cfn_diags *diags = cfn_diags_new();
    json_t *status = cfn_replication_status(r->transport, r->replication, whole, diags);
    int code = 0;
    if (status) {
        json_decref(r->status);
        r->status = status;
        r->silent = 0;
        if (r->options.look)
            r->options.look(r->options.self, status);
    } else if (!r->status || !may_pass(diags) || ++r->silent > MOST_SILENT) {
        hand_on(diags, r->diags);
        code = -1;
    } else if (r->silent == 1) {
        cfn__replicate_note(r, "no good answer: asked again (%s)", cfn_diags_at(diags, 0)->message);
    }
    cfn_diags_free(diags);
    return code;
}

void cfn__replicate_unmark(const struct cfn__replicating *r) {
    struct cfn_reply reply;
    cfn__dms_ask(r->transport, "RemoveTagsFromResource",
                 json_pack("{s:s, s:[s]}", "ResourceArn", cfn__replication_arn(r->replication),
                           "TagKeys", CFN__RESUME_MARK),
                 &reply);
    cfn_reply_done(&reply);
}

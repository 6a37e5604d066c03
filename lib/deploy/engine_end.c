/* When the whole cannot go on: nobody answers, or we are not allowed to ask. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* What runs goes on in CloudFormation; what has not begun does not begin. */
void cfn__engine_leave(struct cfn_engine *engine, const char *why) {
    size_t left = 0;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        bool works = engine->course >= CFN__OF_WORK;
        if (works && job->stage == CFN_STAGE_RUNNING) {
            left++;
            cfn__job_end(engine, job, CFN_STAGE_LEFT, why);
        } else if (works && job->stage == CFN_STAGE_WAITING) {
            cfn__job_end(engine, job, CFN_STAGE_NOT_BEGUN, why);
        }
        job->step = CFN__IDLE;
        job->wake = 0;
    }
    cfn__engine_forget(engine, NULL);
    engine->left = left > 0;
    engine->course = CFN__OF_END;
}

/* Nobody is denied: nobody was recognised. */
static bool is_unknown_key(const char *code) {
    static const char *const codes[] = {"SignatureDoesNotMatch", "InvalidClientTokenId",
                                        "UnrecognizedClientException", "AuthFailure",
                                        "InvalidAccessKeyId"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (cfn_same(code, codes[i]))
            return true;
    return false;
}

static const char *advice(const struct cfn_engine *engine, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_EXPIRED)
        return "sign in again, then run it again, which continues";
    if (reply->outcome == CFN_REPLY_DENIED && is_unknown_key(reply->code))
        return "check the access key and its secret, then run it again, which continues";
    if (reply->outcome == CFN_REPLY_DENIED)
        return "allow these credentials that action, then run it again, which continues";
    return engine->left ? "what runs goes on by itself; run it again, which continues"
                        : "nothing was changed; try again when AWS can be reached";
}

void cfn__engine_break(struct cfn_engine *engine, const struct cfn__request *request,
                       const struct cfn_reply *reply) {
    struct cfn_call call = {.service = request->call.service, .action = request->call.action};
    bool works = engine->course >= CFN__OF_WORK;
    cfn_reply_fail(reply, &call, engine->findings);
    cfn__engine_leave(engine, reply->outcome == CFN_REPLY_EXPIRED ? "the credentials have expired"
                              : reply->outcome == CFN_REPLY_DENIED
                                  ? "these credentials are not allowed to go on"
                                  : "AWS does not answer");
    cfn_hint(engine->findings, "%s%s", advice(engine, reply),
             works && engine->left && reply->outcome != CFN_REPLY_BROKEN
                 ? " (operations that run go on in CloudFormation)"
                 : "");
}

static void copy_diag(const struct cfn_diag *diag, struct cfn_diags *to) {
    if (diag->severity == CFN_ERROR)
        cfn_fail(to, diag->code, diag->place, diag->path, "%s", diag->message);
    else
        cfn_warn(to, diag->code, diag->place, diag->path, "%s", diag->message);
    if (diag->hint)
        cfn_hint(to, "%s", diag->hint);
}

static size_t copy_from(struct cfn_engine *engine, const struct cfn_diags *from, size_t next,
                        struct cfn_diags *to) {
    for (; next < cfn_diags_count(from); next++) {
        const struct cfn_diag *diag = cfn_diags_at(from, next);
        engine->error_told |= diag->severity == CFN_ERROR;
        copy_diag(diag, to);
    }
    return next;
}

int cfn_engine_tell(struct cfn_engine *engine, struct cfn_diags *diags) {
    engine->preflight_count =
        copy_from(engine, engine->preflight_findings, engine->preflight_count, diags);
    engine->told = copy_from(engine, engine->findings, engine->told, diags);
    return engine->error_told ? -1 : 0;
}

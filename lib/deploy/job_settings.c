/* What is no part of the template: stack policy and termination protection. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

void cfn__send_set_policy(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "SetStackPolicy",
                 json_pack("{s:s, s:s}", "StackName", job->now.stack_id, "StackPolicyBody",
                           engine->what.stack_policy));
}

static void refused(struct cfn_engine *engine, struct cfn__job *job, const char *what,
                    const struct cfn_reply *reply) {
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", reply->code,
                   cfn__word(job, "%s: %s", what, reply->message));
    cfn__job_fail(engine, job, what);
}

void cfn__take_set_policy(struct cfn_engine *engine, struct cfn__job *job,
                          const struct cfn_reply *reply) {
    job->wants_policy = false;
    if (reply->outcome == CFN_REPLY_OK)
        cfn__job_proceed(engine, job);
    else
        refused(engine, job, "the stack policy could not be set", reply);
}

static void send_protection(struct cfn_engine *engine, struct cfn__job *job, bool on) {
    cfn__job_ask(engine, job, "UpdateTerminationProtection",
                 json_pack("{s:s, s:b}", "StackName", job->target->stack_name,
                           "EnableTerminationProtection", on));
}

void cfn__send_protect(struct cfn_engine *engine, struct cfn__job *job) {
    send_protection(engine, job, true);
}

void cfn__take_protect(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_reply *reply) {
    job->wants_protection = false;
    if (reply->outcome == CFN_REPLY_OK) {
        job->now.is_protected = true;
        cfn__job_proceed(engine, job);
    } else {
        refused(engine, job, "the termination protection could not be switched on", reply);
    }
}

void cfn__send_unprotect(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__note(engine, job, CFN_EVENT_NOTE, "its termination protection is switched off");
    send_protection(engine, job, false);
}

void cfn__take_unprotect(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        job->now.is_protected = false;
        cfn__job_proceed(engine, job);
    } else if (strstr(reply->message, "does not exist")) {
        cfn__job_read_again(engine, job, 1);
    } else {
        refused(engine, job, "the termination protection could not be switched off", reply);
    }
}

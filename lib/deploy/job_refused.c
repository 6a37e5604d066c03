/* A call that should have begun something, and did not, or gave no answer. */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LOSSES = 40, MOST_REPLANS = 12, MOST_TOKENS = 4, EXPORT_WAITS = 3 };

/* It may have been carried out: that is looked up, and the same call sent again if it was not. */
void cfn__job_lost(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply) {
    if (++job->run.losses > MOST_LOSSES) {
        cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", reply->code,
                       cfn__word(job, "AWS does not answer: %s", reply->message));
        cfn__job_fail(engine, job, "AWS does not answer");
        return;
    }
    int64_t wait = job->run.losses < 6 ? (int64_t)500 << job->run.losses : 30000;
    cfn__job_rest(engine, job, CFN__LOOK, wait);
}

void cfn__send_look(struct cfn_engine *engine, struct cfn__job *job) {
    const char *name = job->now.there ? job->now.stack_id : job->target->stack_name;
    cfn__job_ask(engine, job, "DescribeStackEvents", json_pack("{s:s}", "StackName", name));
}

/* The token stays what it is: run_begin makes the same one from the same state. */
static void send_again(struct cfn_engine *engine, struct cfn__job *job) {
    unsigned losses = job->run.losses;
    if (engine->halted) {
        cfn__job_end(engine, job, CFN_STAGE_NOT_BEGUN, "the run was halted");
        return;
    }
    cfn__job_go(engine, job, job->run.sent_by);
    job->run.losses = losses;
}

static const json_t *event_of_token(const json_t *events, const char *token) {
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        if (strcmp(cfn_output_text(event, "ClientRequestToken"), token) == 0)
            return event;
    }
    return NULL;
}

void cfn__take_look(struct cfn_engine *engine, struct cfn__job *job,
                    const struct cfn_reply *reply) {
    const json_t *events = cfn_output_list(reply->output, "StackEvents");
    const json_t *event = event_of_token(events, job->run.token);
    if (event) {
        job->now.there = true;
        cfn__set_text(&job->now.stack_id, cfn_output_text(event, "StackId"));
        job->run.losses = 0;
        cfn__job_track(engine, job);
    } else if (job->run.kind == CFN__DELETES && cfn__is_missing(reply)) {
        cfn__set_text(&job->run.status, "DELETE_COMPLETE");
        cfn__run_ended(engine, job);
    } else if (job->run.exists) {
        cfn__job_read_again(engine, job, 1000);
    } else {
        send_again(engine, job);
    }
}

static void fail(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply) {
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", reply->code, reply->message);
    if (strstr(reply->message, "EarlyValidation"))
        cfn__job_go(engine, job, CFN__DETAILS);
    else
        cfn__job_fail(engine, job, "CloudFormation refuses it");
}

/* Somebody else was faster, or what was read was no longer true. */
static void read_again(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_reply *reply) {
    if (job->replans >= MOST_REPLANS)
        fail(engine, job, reply);
    else
        cfn__job_read_again(engine, job, 1000 * (int64_t)(job->replans + 1));
}

/* The token was used for something else. */
static void new_token(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    if (job->run.attempt >= MOST_TOKENS) {
        fail(engine, job, reply);
        return;
    }
    job->run.attempt++;
    send_again(engine, job);
}

/* It is there: created by us, with an answer that was lost, or by somebody else. */
static void exists(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply) {
    if (job->replans >= MOST_REPLANS) {
        fail(engine, job, reply);
        return;
    }
    job->replans++;
    job->run.exists = true;
    cfn__job_rest(engine, job, CFN__LOOK, 500);
}

static void nothing_to_do(struct cfn_engine *engine, struct cfn__job *job,
                          const struct cfn_reply *reply) {
    (void)reply;
    job->differs = false;
    cfn__note(engine, job, CFN_EVENT_NOTE, "CloudFormation sees no change");
    cfn__job_proceed(engine, job);
}

static void later(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply) {
    if (++job->run.losses > MOST_LOSSES)
        fail(engine, job, reply);
    else
        cfn__job_rest(engine, job, CFN__LOOK, 10000);
}

/* A producer that has just ended may not be known to all of CloudFormation yet. */
static void await_export(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    if (++job->export_waits >= EXPORT_WAITS)
        fail(engine, job, reply);
    else
        cfn__job_read_again(engine, job, 4000 * (int64_t)job->export_waits);
}

static void unprotect(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    if (job->run.attempt++ < MOST_TOKENS)
        cfn__job_go(engine, job, CFN__UNPROTECT);
    else
        fail(engine, job, reply);
}

static void gone(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply) {
    if (job->run.kind != CFN__DELETES) {
        read_again(engine, job, reply);
        return;
    }
    cfn__set_text(&job->run.status, "DELETE_COMPLETE");
    cfn__run_ended(engine, job);
}

static const struct {
    const char *code, *words; /* either may be NULL */
    cfn__take *take;
} refusals[] = {
    {"TokenAlreadyExistsException", NULL, new_token},
    {"AlreadyExistsException", NULL, exists},
    {"OperationInProgressException", NULL, read_again},
    {"StaleRequestException", NULL, read_again},
    {"ConcurrentResourcesLimitExceeded", NULL, later},
    {NULL, "No updates are to be performed", nothing_to_do},
    {NULL, "TerminationProtection is enabled", unprotect},
    {NULL, "No export named", await_export},
    {NULL, "does not exist", gone},
    {NULL, "_IN_PROGRESS", read_again},
    {NULL, "state and can", read_again},
    {NULL, "is not in ", read_again},
};

void cfn__job_refused(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const char *code = refusals[i].code, *words = refusals[i].words;
        if (code ? strcmp(reply->code, code) == 0 : strstr(reply->message, words) != NULL) {
            refusals[i].take(engine, job, reply);
            return;
        }
    }
    fail(engine, job, reply);
}

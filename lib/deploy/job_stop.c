/* The end of a job: done, failed, or never begun. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

void cfn__job_succeed(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->action == CFN_ACT_AWAIT || job->action == CFN_ACT_CONTINUE) {
        cfn__job_read_again(engine, job, 1);
        return;
    }
    job->differs = false;
    cfn__replications_changed(engine, job);
    cfn__cause_forget(job);
    cfn__job_proceed(engine, job);
}

static const char *text_of(const struct cfn__job *job, enum cfn_stage stage, const char *text) {
    if (text && *text)
        return text;
    return stage == CFN_STAGE_DONE && job->action == CFN_ACT_NONE ? "unchanged"
                                                                  : cfn_stage_name(stage);
}

/* A change set that nobody is going to execute goes, and the empty stack it has made. */
static void clear_away(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->set.id && job->stage != CFN_STAGE_LEFT && engine->course == CFN__OF_WORK)
        cfn__job_go(engine, job, CFN__DROP_SET);
    else
        cfn__job_go(engine, job, CFN__IDLE);
}

void cfn__job_end(struct cfn_engine *engine, struct cfn__job *job, enum cfn_stage stage,
                  const char *text) {
    if (cfn__resume_before_end(engine, job, stage, text))
        return;
    job->stage = stage;
    if (job->began && !(job->ended && stage == CFN_STAGE_DONE))
        job->ended = engine->now;
    if (!job->request) {
        cfn__set_text(&job->text, NULL);
        cfn__set_text(&job->now.text, NULL);
    }
    if (job->began || stage != CFN_STAGE_DONE)
        cfn__note(engine, job, CFN_EVENT_ENDED, "%s", text_of(job, stage, text));
    engine->changed = true;
    clear_away(engine, job);
}

static void record(struct cfn_engine *engine, const struct cfn__job *job) {
    const struct cfn_cause *cause = &job->cause;
    const struct cfn_place nowhere = {0};
    if (*cause->logical_id)
        cfn_fail(engine->findings, "deploy.failed", nowhere, job->target->name, "%s (%s) %s: %s",
                 cause->logical_id, cause->type, cause->status, cause->reason);
    else
        cfn_fail(engine->findings, "deploy.failed", nowhere, job->target->name,
                 "the stack failed%s%s: %s", *cause->status ? " with " : "", cause->status,
                 cause->reason);
    if (*cause->remedy)
        cfn_hint(engine->findings, "%s", cause->remedy);
}

/* Before anything was begun, what cannot be done is a refusal. */
void cfn__job_fail(struct cfn_engine *engine, struct cfn__job *job, const char *reason) {
    if (engine->course < CFN__OF_WORK) {
        cfn__plan_refuse(job, job->has_cause
                                  ? cfn__word(job, "%s%s%s", job->cause.logical_id,
                                              *job->cause.logical_id ? ": " : "", job->cause.reason)
                                  : reason);
        cfn__job_go(engine, job, job->set.id ? CFN__DROP_SET : CFN__IDLE);
        return;
    }
    if (!job->has_cause)
        cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", "", reason);
    if (!job->cause_told)
        cfn__tell_cause(engine, job);
    if (!job->refusal_told)
        record(engine, job);
    cfn__job_end(engine, job, CFN_STAGE_FAILED, reason);
}

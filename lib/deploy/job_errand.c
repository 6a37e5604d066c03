/* What comes after an errand of a job's own is done. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static void dismiss(struct cfn__job *job) {
    job->errand->free(job->errand);
    job->errand = NULL;
}

/* What could not be paused is not changed; what was paused by then is resumed. */
static void paused(struct cfn_engine *engine, struct cfn__job *job) {
    const char *failed = cfn__replications_failed(job->errand);
    const char *reason = failed ? cfn__word(job, "%s", failed) : NULL;
    dismiss(job);
    job->paused = true;
    if (!reason) {
        cfn__job_proceed(engine, job);
        return;
    }
    cfn__cause_set(engine, job, "", "AWS::DMS::ReplicationTask", "", reason);
    cfn__job_fail(engine, job, "its replication could not be stopped");
}

/* The stack itself is as it shall be, so it has not failed; but the failure is told. */
static void resumed(struct cfn_engine *engine, struct cfn__job *job) {
    const char *failed = cfn__replications_failed(job->errand);
    if (failed) {
        cfn__note(engine, job, CFN_EVENT_WARNING, "%s", failed);
        cfn_fail(engine->findings, "deploy.replication", (struct cfn_place){0}, job->target->name,
                 "%s", failed);
        cfn_hint(engine->findings, "'cfngen replicate resume' tries it again and tells more");
    }
    dismiss(job);
    for (size_t i = 0; i < json_array_size(job->replications); i++)
        json_object_del(json_array_get(job->replications, i), "halt");
    job->paused = false;
    if (!job->ending) {
        cfn__job_proceed(engine, job);
        return;
    }
    cfn__job_end(engine, job, job->end_stage, job->end_text);
    job->ending = false;
}

void cfn__errand_ended(struct cfn_engine *engine, struct cfn__job *job) {
    switch (job->step) {
    case CFN__EMPTY:
        cfn__job_emptied(engine, job);
        break;
    case CFN__READ_REPLICATIONS:
        dismiss(job);
        cfn__job_read_ended(engine, job);
        break;
    case CFN__PAUSE:
        paused(engine, job);
        break;
    case CFN__RESUME:
        resumed(engine, job);
        break;
    default:
        dismiss(job); /* it was left to itself */
        break;
    }
}

/* Before a stack goes: its buckets, where both keys agree that their data may be deleted. */
#include "engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TOLD_EACH = 10000 };

static void progress(void *self, const char *bucket, uint64_t gone) {
    struct cfn__job *job = self;
    if (gone / TOLD_EACH == job->gone / TOLD_EACH)
        return;
    job->gone = gone;
    cfn__note(job->engine, job, CFN_EVENT_NOTE,
              "%" PRIu64 " objects and versions of the bucket %s are deleted", gone, bucket);
}

void cfn__send_empty(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->errand)
        return;
    cfn__note(engine, job, CFN_EVENT_NOTE, "%zu of its buckets %s emptied",
              json_array_size(job->buckets), json_array_size(job->buckets) == 1 ? "is" : "are");
    job->gone = 0;
    job->errand = cfn__empty_new(job->buckets, progress, job);
    engine->changed = true;
}

void cfn__job_emptied(struct cfn_engine *engine, struct cfn__job *job) {
    const char *failed = cfn__empty_failed(job->errand);
    const char *reason = failed ? cfn__word(job, "%s", failed) : NULL;
    job->errand->free(job->errand);
    job->errand = NULL;
    job->emptied = true;
    if (!reason) {
        cfn__job_proceed(engine, job);
        return;
    }
    cfn__cause_set(engine, job, "", "AWS::S3::Bucket", "", reason);
    cfn__job_fail(engine, job, "its buckets could not be emptied");
}

/* Yes, and no: approval, and the ways to stop. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

void cfn_engine_approve(struct cfn_engine *engine) {
    if (engine->course != CFN__OF_PLAN)
        return;
    engine->course = CFN__OF_WORK;
    engine->changed = true;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        job->approved = true;
        job->dangers = job->diff ? cfn_diff_dangers(job->diff) : 0;
        job->kept_shown = json_array_size(job->kept);
        if (job->action == CFN_ACT_NONE) {
            job->stage = CFN_STAGE_DONE;
            job->available = true;
        }
    }
}

/* What the plan itself has made is taken back. */
static void take_back(struct cfn_engine *engine) {
    cfn__engine_forget(engine, NULL);
    engine->course = CFN__OF_UNDOING;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        job->request = 0;
        bool made = job->set.name && job->action != CFN_ACT_NONE;
        cfn__job_go(engine, job, made ? CFN__DROP_SET : CFN__IDLE);
    }
    cfn__engine_advance(engine);
}

/* Those that only wait for somebody else's end have begun nothing. */
static void stop_waiting(struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        if (job->stage == CFN_STAGE_RUNNING && job->step == CFN__WATCH) {
            cfn__engine_forget(engine, job);
            job->request = 0;
            cfn__job_end(engine, job, CFN_STAGE_NOT_BEGUN, "the run was halted");
        }
    }
}

void cfn_engine_halt(struct cfn_engine *engine, enum cfn_halt how) {
    if (engine->course == CFN__OF_END)
        return;
    if (how == CFN_HALT_LEAVE) {
        cfn__engine_leave(engine, "left to itself: a later run goes on from there");
        return;
    }
    if (engine->course < CFN__OF_WORK) {
        take_back(engine);
        return;
    }
    engine->halt = engine->halted && engine->halt > how ? engine->halt : how;
    engine->halted = true;
    engine->changed = true;
    if (engine->course == CFN__OF_WORK) {
        stop_waiting(engine);
        cfn__engine_advance(engine);
    }
    engine->cursor = 0;
}

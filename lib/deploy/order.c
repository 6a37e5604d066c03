/* The ready queue: whatever waits for nothing more begins, the longest way first. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static int64_t own_time(const struct cfn__job *job) {
    return job->action == CFN_ACT_NONE ? 0 : job->expected;
}

/* Puts jobs after those they wait for; returns how many, less than all where there is a circle. */
static size_t sort(const struct cfn_engine *engine, size_t *sorted) {
    size_t done = 0;
    bool *in = cfn__alloc((engine->count + 1) * sizeof *in), moved = true;
    while (moved) {
        moved = false;
        for (size_t i = 0; i < engine->count; i++) {
            const struct cfn__job *job = &engine->jobs[i];
            bool free_now = !in[i];
            for (size_t j = 0; free_now && j < job->waits.count; j++)
                free_now = in[job->waits.items[j]];
            if (!free_now)
                continue;
            in[i] = moved = true;
            sorted[done++] = i;
        }
    }
    free(in);
    return done;
}

static void refuse_circle(struct cfn_engine *engine, const size_t *sorted, size_t done) {
    bool *in = cfn__alloc((engine->count + 1) * sizeof *in);
    for (size_t i = 0; i < done; i++)
        in[sorted[i]] = true;
    for (size_t i = 0; i < engine->count; i++)
        if (!in[i])
            cfn__plan_refuse(&engine->jobs[i], "it waits for a stack that waits for it");
    free(in);
}

static void rank(struct cfn_engine *engine, const size_t *sorted, size_t done) {
    for (size_t i = 0; i < engine->count; i++)
        engine->jobs[i].rank = own_time(&engine->jobs[i]);
    for (size_t i = done; i > 0; i--) {
        const struct cfn__job *job = &engine->jobs[sorted[i - 1]];
        for (size_t j = 0; j < job->waits.count; j++) {
            struct cfn__job *need = &engine->jobs[job->waits.items[j]];
            int64_t with = own_time(need) + job->rank;
            need->rank = with > need->rank ? with : need->rank;
        }
    }
}

/* Insertion: equal ranks keep the order of the targets. */
void cfn__order_ranks(struct cfn_engine *engine) {
    size_t *sorted = cfn__alloc((engine->count + 1) * sizeof *sorted);
    size_t done = sort(engine, sorted);
    if (done < engine->count)
        refuse_circle(engine, sorted, done);
    rank(engine, sorted, done);
    for (size_t i = 0; i < engine->count; i++) {
        size_t at = i;
        for (; at > 0 && engine->jobs[engine->order[at - 1]].rank < engine->jobs[i].rank; at--)
            engine->order[at] = engine->order[at - 1];
        engine->order[at] = i;
    }
    free(sorted);
}

/* The heaviest way: from the one with the largest rank on, always to the largest that waits for it.
 */
static bool waits_for(const struct cfn__job *job, size_t index) {
    for (size_t i = 0; i < job->waits.count; i++)
        if (job->waits.items[i] == index)
            return true;
    return false;
}

int64_t cfn_engine_expected(const struct cfn_engine *engine, size_t *path, size_t *length) {
    size_t steps = 0, at = engine->count ? engine->order[0] : 0;
    int64_t whole = engine->count ? engine->jobs[at].rank : 0;
    for (bool more = whole > 0; more;) {
        if (path)
            path[steps] = at;
        steps++;
        more = false;
        for (size_t i = 0; i < engine->count && !more && steps < engine->count; i++) {
            size_t next = engine->order[i];
            if (engine->jobs[next].rank > 0 && waits_for(&engine->jobs[next], at)) {
                at = next;
                more = true;
            }
        }
    }
    if (length)
        *length = steps;
    return whole;
}

enum readiness { NOT_YET, READY, IN_VAIN };

static bool has_failed(const struct cfn__job *job) {
    return job->stage == CFN_STAGE_FAILED || job->stage == CFN_STAGE_NOT_BEGUN ||
           job->stage == CFN_STAGE_LEFT;
}

/* The second update of a producer waits for the ends of its consumers. */
static enum readiness readiness_of(const struct cfn_engine *engine, const struct cfn__job *job,
                                   const struct cfn__job **need) {
    enum readiness all = READY;
    for (size_t i = 0; i < job->waits.count; i++) {
        *need = &engine->jobs[job->waits.items[i]];
        bool good =
            job->second ? (*need)->stage == CFN_STAGE_DONE || (*need)->second : (*need)->available;
        if (good)
            continue;
        if (has_failed(*need))
            return IN_VAIN;
        all = NOT_YET;
    }
    return all;
}

static void give_up(struct cfn_engine *engine, struct cfn__job *job, const struct cfn__job *need) {
    if (job->second) {
        cfn__note(engine, job, CFN_EVENT_WARNING,
                  "its kept exports stay, for %s could not be brought to give them up",
                  need->target->name);
        cfn__job_end(engine, job, CFN_STAGE_DONE, "");
        return;
    }
    cfn__job_end(engine, job, CFN_STAGE_NOT_BEGUN,
                 cfn__word(job, "%s is needed first, and is not there", need->target->name));
}

static bool start_one(struct cfn_engine *engine, struct cfn__job *job) {
    const struct cfn__job *need = NULL;
    if (job->stage != CFN_STAGE_WAITING || job->step != CFN__IDLE)
        return false;
    if (engine->halted) {
        cfn__job_end(engine, job, job->second ? CFN_STAGE_DONE : CFN_STAGE_NOT_BEGUN,
                     "the run was halted");
        return true;
    }
    switch (job->action == CFN_ACT_REFUSE ? READY : readiness_of(engine, job, &need)) {
    case READY:
        cfn__job_start(engine, job);
        return true;
    case IN_VAIN:
        give_up(engine, job, need);
        return true;
    case NOT_YET:
        break;
    }
    return false;
}

void cfn__order_start(struct cfn_engine *engine) {
    for (bool any = true; any && engine->course == CFN__OF_WORK;) {
        any = false;
        for (size_t i = 0; i < engine->count && engine->course == CFN__OF_WORK; i++)
            any |= start_one(engine, &engine->jobs[engine->order[i]]);
    }
    engine->running = 0;
    for (size_t i = 0; i < engine->count; i++)
        engine->running += engine->jobs[i].stage == CFN_STAGE_RUNNING;
}

/* The engine as its caller sees it: made, stepped, freed. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static void init_jobs(struct cfn_engine *engine) {
    engine->jobs = cfn__alloc((engine->count + 1) * sizeof *engine->jobs);
    engine->order = cfn__alloc((engine->count + 1) * sizeof *engine->order);
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        *job = (struct cfn__job){
            .engine = engine, .target = &engine->what.targets[i], .index = i, .reason = ""};
        engine->order[i] = i;
        json_object_set_new(engine->names, job->target->name, json_integer((json_int_t)i));
        json_object_set_new(engine->by_id, job->target->stack_name, json_integer((json_int_t)i));
    }
}

struct cfn_engine *cfn_engine_new(const struct cfn_deployment *what, enum cfn_goal goal) {
    struct cfn_engine *engine = cfn__alloc(sizeof *engine);
    engine->what = *what;
    engine->goal = goal;
    engine->count = what->count;
    engine->names = json_object();
    engine->by_id = json_object();
    engine->slowness = 100;
    engine->findings = cfn_diags_new();
    engine->preflight_findings = cfn_diags_new();
    init_jobs(engine);
    return engine;
}

void cfn_engine_free(struct cfn_engine *engine) {
    if (!engine)
        return;
    cfn__engine_forget(engine, NULL);
    for (size_t i = 0; i < engine->count; i++)
        cfn__job_done(&engine->jobs[i]);
    if (engine->preflight)
        engine->preflight->free(engine->preflight);
    json_decref(engine->names);
    json_decref(engine->by_id);
    json_decref(engine->exports);
    cfn_diags_free(engine->findings);
    cfn_diags_free(engine->preflight_findings);
    cfn_arena_done(&engine->event_words);
    free(engine->jobs);
    free(engine->order);
    free(engine->requests.items);
    free(engine->events.items);
    free(engine->there);
    free(engine->account);
    free(engine->bucket);
    free(engine->bucket_refusal);
    free(engine);
}

static void begin(struct cfn_engine *engine) {
    engine->stepped = true;
    for (size_t i = 0; i < engine->count && engine->course == CFN__OF_READING; i++)
        cfn__job_go(engine, &engine->jobs[i], CFN__READ_STACK);
}

/* How far the service's clock is ahead; its Date has seconds, and travels. */
static void compare_clocks(struct cfn_engine *engine, const struct cfn_reply *reply) {
    if (reply->server_time <= 0)
        return;
    int64_t ahead = reply->server_time - engine->now;
    engine->ahead = ahead > -3000 && ahead < 3000 ? 0 : ahead;
}

static int64_t next_wake(const struct cfn_engine *engine) {
    int64_t next = cfn__engine_next_call(engine);
    if (engine->course == CFN__OF_PLAN || engine->course == CFN__OF_END)
        return CFN_NEVER;
    for (size_t i = 0; i < engine->count; i++) {
        int64_t wake = engine->jobs[i].wake;
        if (wake && wake < next)
            next = wake;
    }
    return next;
}

int64_t cfn_engine_step(struct cfn_engine *engine, int64_t now, const struct cfn_reply *reply) {
    if (now > engine->now)
        engine->now = now;
    cfn__events_clear(engine);
    if (!engine->stepped)
        begin(engine);
    if (reply) {
        compare_clocks(engine, reply);
        cfn__engine_receive(engine, reply);
    }
    for (size_t i = 0; i < engine->count; i++)
        cfn__job_wake(engine, &engine->jobs[i]);
    cfn__engine_advance(engine);
    engine->cursor = 0;
    return next_wake(engine);
}

enum cfn_phase cfn_engine_phase(const struct cfn_engine *engine) {
    static const enum cfn_phase phases[] = {
        [CFN__OF_READING] = CFN_READING,   [CFN__OF_IMPORTERS] = CFN_READING,
        [CFN__OF_PREFLIGHT] = CFN_READING, [CFN__OF_SETS] = CFN_READING,
        [CFN__OF_PLAN] = CFN_PLANNED,      [CFN__OF_WORK] = CFN_RUNNING,
        [CFN__OF_UNDOING] = CFN_RUNNING,   [CFN__OF_END] = CFN_ENDED,
    };
    return phases[engine->course];
}

size_t cfn_engine_count(const struct cfn_engine *engine) {
    return engine->count;
}

bool cfn_engine_changes(const struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count; i++)
        if (engine->jobs[i].action != CFN_ACT_NONE)
            return true;
    return false;
}

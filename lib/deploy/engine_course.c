/* The course of the whole: reading, planning, working; each begins when the one before is through.
 */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

static bool all_idle(const struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count; i++)
        if (engine->jobs[i].step != CFN__IDLE)
            return false;
    return true;
}

static void ask_exports(struct cfn_engine *engine, const char *token);

static void take_exports(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    const json_t *list = cfn_output_list(reply->output, "Exports");
    const char *next = cfn_output_text(reply->output, "NextToken");
    (void)job;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        json_object_set_new(engine->exports, cfn_output_text(one, "Name"),
                            json_string(cfn_output_text(one, "ExportingStackId")));
    }
    engine->exports_read = !*next;
    if (*next)
        ask_exports(engine, next);
}

static void ask_exports(struct cfn_engine *engine, const char *token) {
    json_t *input = json_object();
    if (token)
        json_object_set_new(input, "NextToken", json_string(token));
    cfn__ask(engine, CFN__ASKS, NULL, take_exports,
             &(const struct cfn_call){"cloudformation", "ListExports", input, NULL, 0});
}

/* They matter only where something stands already. */
static void read_exports(struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count && !engine->exports_asked; i++)
        engine->exports_asked = engine->goal == CFN_DEPLOY && engine->jobs[i].now.there;
    if (engine->exports_asked && !engine->exports) {
        engine->exports = json_object();
        ask_exports(engine, NULL);
    }
}

static bool stands(const struct cfn__job *job) {
    const char *status = job->now.there ? job->now.status : "";
    return *status && strcmp(status, "REVIEW_IN_PROGRESS") != 0 &&
           strcmp(status, "ROLLBACK_COMPLETE") != 0 && strcmp(status, "ROLLBACK_FAILED") != 0 &&
           strcmp(status, "DELETE_FAILED") != 0;
}

/* Begins as soon as it is known what is there, beside the rest of the reading. */
static void begin_preflight(struct cfn_engine *engine) {
    bool any = false;
    if (engine->preflight_made || engine->goal != CFN_DEPLOY || engine->what.no_preflight)
        return;
    for (size_t i = 0; i < engine->count; i++) {
        if (engine->jobs[i].step == CFN__READ_STACK)
            return;
        any |= !stands(&engine->jobs[i]);
    }
    engine->preflight_made = true;
    if (!any)
        return;
    engine->there = cfn__alloc((engine->count + 1) * sizeof *engine->there);
    for (size_t i = 0; i < engine->count; i++)
        engine->there[i] = stands(&engine->jobs[i]);
    engine->preflight =
        cfn__preflight_new(&engine->what, engine->there, engine->preflight_findings);
}

static void after_reading(struct cfn_engine *engine) {
    read_exports(engine);
    begin_preflight(engine);
    if (!all_idle(engine) || (engine->exports_asked && !engine->exports_read))
        return;
    engine->course = CFN__OF_IMPORTERS;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        cfn__plan_job(engine, job);
        cfn__plan_dropped(engine, job);
        if (json_array_size(job->asking) > 0)
            cfn__job_go(engine, job, CFN__READ_IMPORTERS);
    }
}

static void after_importers(struct cfn_engine *engine) {
    if (!all_idle(engine))
        return;
    for (size_t i = 0; i < engine->count; i++)
        cfn__plan_keep_exports(engine, &engine->jobs[i]);
    engine->course = CFN__OF_PREFLIGHT;
}

/* What the preflight found out is added to what is given; what the user gave stays. */
static void take_advice(struct cfn_engine *engine, struct cfn__job *job) {
    bool creates = job->action == CFN_ACT_CREATE || job->action == CFN_ACT_RECREATE;
    if (!engine->preflight || engine->goal != CFN_DEPLOY)
        return;
    cfn__preflight_advice(engine->preflight, job->index, &job->advice, &job->adopts);
    job->adopts = job->adopts && creates;
    if (creates)
        cfn__plan_job(engine, job);
}

static bool makes_sets(const struct cfn_engine *engine) {
    return engine->goal == CFN_DEPLOY && engine->what.mode == CFN_CHANGE_SETS;
}

static void begin_sets(struct cfn_engine *engine) {
    engine->course = CFN__OF_SETS;
    for (size_t i = 0; makes_sets(engine) && i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        cfn__plan_imports(engine, job);
        if (job->by_set && job->differs &&
            (job->action == CFN_ACT_CREATE || job->action == CFN_ACT_UPDATE) &&
            cfn__plan_imports_exist(engine, job))
            cfn__job_go(engine, job, CFN__MAKE_SET);
    }
}

static void after_preflight(struct cfn_engine *engine) {
    if (engine->preflight && !engine->preflight->done(engine->preflight))
        return;
    for (size_t i = 0; i < engine->count; i++)
        take_advice(engine, &engine->jobs[i]);
    cfn__plan_edges(engine);
    cfn__order_ranks(engine);
    begin_sets(engine);
}

static void after_sets(struct cfn_engine *engine) {
    if (!all_idle(engine))
        return;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        job->refusal_told = job->action == CFN_ACT_REFUSE;
        if (job->refusal_told)
            cfn_fail(engine->findings, "deploy.refused", (struct cfn_place){0}, job->target->name,
                     "%s", job->reason);
    }
    cfn__order_ranks(engine);
    engine->course = CFN__OF_PLAN;
}

/* Templates that go by way of S3 are there before their turn comes. */
static void upload_ahead(struct cfn_engine *engine) {
    if (engine->uploaded_ahead || engine->course != CFN__OF_WORK)
        return;
    engine->uploaded_ahead = true;
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        bool submits = job->action == CFN_ACT_CREATE || job->action == CFN_ACT_UPDATE;
        if (job->stage != CFN_STAGE_WAITING || job->step != CFN__IDLE || !submits ||
            job->set.ready || !job->differs)
            continue;
        char *text = cfn__body_text(job->body);
        job->text = text;
        if (cfn__must_upload(job))
            cfn__job_go(engine, job, CFN__UPLOAD);
        else
            cfn__set_text(&job->text, NULL);
    }
}

static void end_errands(struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *job = &engine->jobs[i];
        if (job->errand && job->errand->done(job->errand))
            cfn__errand_ended(engine, job);
    }
}

static void work(struct cfn_engine *engine) {
    if (!engine->changed)
        return;
    engine->changed = false;
    cfn__order_start(engine);
    upload_ahead(engine);
    bool ended = all_idle(engine) && engine->course == CFN__OF_WORK;
    for (size_t i = 0; i < engine->count; i++)
        ended = ended && engine->jobs[i].stage != CFN_STAGE_WAITING &&
                engine->jobs[i].stage != CFN_STAGE_RUNNING;
    if (ended)
        engine->course = CFN__OF_END;
}

static void undo(struct cfn_engine *engine) {
    if (all_idle(engine))
        engine->course = CFN__OF_END;
}

/* Each goes on to the next as soon as it is through. */
void cfn__engine_advance(struct cfn_engine *engine) {
    static void (*const courses[])(struct cfn_engine *) = {
        [CFN__OF_READING] = after_reading,
        [CFN__OF_IMPORTERS] = after_importers,
        [CFN__OF_PREFLIGHT] = after_preflight,
        [CFN__OF_SETS] = after_sets,
        [CFN__OF_WORK] = work,
        [CFN__OF_UNDOING] = undo,
        [CFN__OF_PLAN] = NULL,
        [CFN__OF_END] = NULL,
    };
    enum cfn__course before;
    do {
        before = engine->course;
        end_errands(engine);
        if (courses[before])
            courses[before](engine);
        cfn__engine_errands(engine);
    } while (engine->course != before || (engine->changed && engine->course == CFN__OF_WORK));
}

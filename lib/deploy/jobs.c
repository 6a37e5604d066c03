/* The table of steps, and what moves a job from one to the next. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* What a step sends when it is come to, how it takes the reply, and how a failure is taken. A step
 * without `send` waits for something else. */
struct row {
    cfn__send *send;
    cfn__take *take;
    enum cfn__asking asking;
};

static const struct row rows[CFN__STEPS] = {
    [CFN__IDLE] = {NULL, NULL, CFN__ASKS},
    [CFN__READ_STACK] = {cfn__send_stack, cfn__take_stack, CFN__ASKS},
    [CFN__READ_TEMPLATE] = {cfn__send_template, cfn__take_template, CFN__ASKS},
    [CFN__READ_POLICY] = {cfn__send_policy, cfn__take_policy, CFN__ASKS},
    [CFN__READ_EVENTS] = {cfn__send_events, cfn__take_events, CFN__ASKS},
    [CFN__READ_RESOURCES] = {cfn__send_resources, cfn__take_resources, CFN__ASKS},
    [CFN__READ_REPLICATIONS] = {cfn__send_read_replications, NULL, CFN__ASKS},
    [CFN__READ_IMPORTERS] = {cfn__send_importers, cfn__take_importers, CFN__ASKS_VAINLY},
    [CFN__SET_POLICY] = {cfn__send_set_policy, cfn__take_set_policy, CFN__ASKS},
    [CFN__PROTECT] = {cfn__send_protect, cfn__take_protect, CFN__ASKS},
    [CFN__UNPROTECT] = {cfn__send_unprotect, cfn__take_unprotect, CFN__ASKS},
    [CFN__UPLOAD] = {cfn__send_upload, NULL, CFN__ASKS},
    [CFN__UPLOAD_HEAD] = {cfn__send_upload_head, cfn__take_upload_head, CFN__ASKS_VAINLY},
    [CFN__UPLOAD_PUT] = {cfn__send_upload_put, cfn__take_upload_put, CFN__ASKS},
    [CFN__EMPTY] = {cfn__send_empty, NULL, CFN__ASKS},
    [CFN__PAUSE] = {cfn__send_pause, NULL, CFN__ASKS},
    [CFN__RESUME] = {cfn__send_resume, NULL, CFN__ASKS},
    [CFN__CREATE] = {cfn__send_create, cfn__take_operation, CFN__MUTATES},
    [CFN__UPDATE] = {cfn__send_update, cfn__take_operation, CFN__MUTATES},
    [CFN__DELETE] = {cfn__send_delete, cfn__take_operation, CFN__MUTATES},
    [CFN__CONTINUE] = {cfn__send_continue, cfn__take_operation, CFN__MUTATES},
    [CFN__MAKE_SET] = {cfn__send_make_set, cfn__take_make_set, CFN__ASKS},
    [CFN__LOOK_SET] = {cfn__send_look_set, cfn__take_look_set, CFN__ASKS},
    [CFN__EXECUTE] = {cfn__send_execute, cfn__take_execute, CFN__MUTATES},
    [CFN__DROP_SET] = {cfn__send_drop_set, cfn__take_drop_set, CFN__ASKS_VAINLY},
    [CFN__DROP_STACK] = {cfn__send_drop_stack, cfn__take_drop_stack, CFN__ASKS_VAINLY},
    [CFN__DROP_EMPTY] = {cfn__send_drop_empty, cfn__take_drop_empty, CFN__ASKS_VAINLY},
    [CFN__LOOK] = {cfn__send_look, cfn__take_look, CFN__ASKS},
    [CFN__TRACK] = {cfn__send_track, cfn__take_track, CFN__ASKS},
    [CFN__CANCEL] = {cfn__send_cancel, cfn__take_cancel, CFN__ASKS_VAINLY},
    [CFN__WATCH] = {cfn__send_watch, cfn__take_watch, CFN__ASKS},
    [CFN__NESTED] = {cfn__send_nested, cfn__take_nested, CFN__ASKS_VAINLY},
    [CFN__DETAILS] = {cfn__send_details, cfn__take_details, CFN__ASKS_VAINLY},
    [CFN__USERS] = {cfn__send_users, cfn__take_users, CFN__ASKS_VAINLY},
    [CFN__FAILED_ONES] = {cfn__send_failed_ones, cfn__take_failed_ones, CFN__ASKS},
    [CFN__FINAL] = {cfn__send_final, cfn__take_final, CFN__ASKS},
};

void cfn__job_go(struct cfn_engine *engine, struct cfn__job *job, enum cfn__step step) {
    job->step = step;
    job->wake = 0;
    engine->changed |= step == CFN__IDLE;
    if (rows[step].send)
        rows[step].send(engine, job);
}

void cfn__job_rest(struct cfn_engine *engine, struct cfn__job *job, enum cfn__step step,
                   int64_t milliseconds) {
    job->step = step;
    job->wake = engine->now + (milliseconds > 0 ? milliseconds : 1);
}

void cfn__job_wake(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->wake && job->wake <= engine->now)
        cfn__job_go(engine, job, job->step);
}

void cfn__job_ask(struct cfn_engine *engine, struct cfn__job *job, const char *action,
                  json_t *input) {
    const struct row *row = &rows[job->step];
    const struct cfn_call call = {.service = "cloudformation", .action = action, .input = input};
    cfn__ask(engine, row->asking, job, row->take, &call);
}

void cfn__set_text(char **text, const char *value) {
    if (*text && value && strcmp(*text, value) == 0)
        return;
    char *copy = value ? cfn__copy(value) : NULL;
    free(*text);
    *text = copy;
}

void cfn__set_json(json_t **value, json_t *other) {
    json_decref(*value);
    *value = other;
}

const char *cfn__word(struct cfn__job *job, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = cfn_arena_vtext(&job->words, format, arguments);
    va_end(arguments);
    return text;
}

static void run_done(struct cfn__operation_run *run) {
    json_decref(run->page);
    json_decref(run->failed);
    free(run->last_event);
    free(run->more);
    free(run->fell);
    free(run->status);
    free(run->reason);
    *run = (struct cfn__operation_run){.attempt = run->attempt};
}

static void progress_done(struct cfn__job *job) {
    for (size_t i = 0; i < job->progress.count; i++) {
        free(job->progress.items[i].id);
        free(job->progress.items[i].type);
    }
    job->progress.count = 0;
}

void cfn__run_begin(struct cfn_engine *engine, struct cfn__job *job, enum cfn__operates kind) {
    static const char *const kinds[] = {"create", "update", "delete", "continue"};
    run_done(&job->run);
    progress_done(job);
    job->run.kind = kind;
    job->run.sent_by = job->step;
    job->run.sent = engine->now + engine->ahead;
    job->run.failed = json_object();
    job->run.page = json_array();
    cfn__token_make(engine, job, kinds[kind]);
}

static void set_done(struct cfn__set *set) {
    free(set->name);
    free(set->id);
    free(set->more);
    json_decref(set->changes);
    json_decref(set->approved);
    json_decref(set->page);
}

void cfn__job_done(struct cfn__job *job) {
    json_t *const values[] = {job->is_body, job->was_body, job->was_tags,    job->before,
                              job->after,   job->body,     job->given,       job->dropped,
                              job->imports, job->asking,   job->kept,        job->buckets,
                              job->retain,  job->skip,     job->second_body, job->replications};
    if (job->errand)
        job->errand->free(job->errand);
    cfn_diff_free(job->diff);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        json_decref(values[i]);
    cfn__present_done(&job->now);
    run_done(&job->run);
    progress_done(job);
    set_done(&job->set);
    free(job->progress.items);
    free(job->waits.items);
    free(job->text);
    free(job->url);
    free(job->nested);
    cfn_arena_done(&job->words);
}

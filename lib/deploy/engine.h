/*
 * What the files of the engine share. Each stack is a job (job.h); beside the jobs the engine
 * itself asks for exports, the account and the template bucket, and runs errands.
 */
#ifndef CFN_DEPLOY_ENGINE_H
#define CFN_DEPLOY_ENGINE_H

#include "job.h"

/* How a call's failure is taken. */
enum cfn__asking {
    CFN__ASKS,        /* a read: asked again */
    CFN__ASKS_VAINLY, /* a read that may be in vain */
    CFN__MUTATES,     /* handed on: whether it was carried out must be looked up */
    CFN__FOR_ERRAND   /* handed on, whatever it is */
};
typedef void cfn__take(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_reply *reply);

struct cfn__request {
    uint64_t id; /* 0: the slot is free */
    bool out;
    enum cfn__asking asking;
    cfn__take *take;
    struct cfn__job *job; /* or NULL: the engine's own */
    struct cfn__errand *errand;
    uint64_t tag;
    struct cfn_call call;
    int64_t not_before, first;
    unsigned attempts;
};

/* The course of the whole. */
enum cfn__course {
    CFN__OF_READING,
    CFN__OF_IMPORTERS, /* of exports that shall go */
    CFN__OF_PREFLIGHT,
    CFN__OF_SETS,
    CFN__OF_PLAN, /* waits for approval */
    CFN__OF_WORK,
    CFN__OF_UNDOING, /* change sets of a plan that was declined */
    CFN__OF_END
};

enum cfn__bucket_at {
    CFN__BUCKET_UNASKED,
    CFN__BUCKET_ASKED,
    CFN__BUCKET_READY,
    CFN__BUCKET_REFUSED
};

struct cfn_engine {
    struct cfn_deployment what;
    enum cfn_goal goal;
    enum cfn__course course;
    int64_t now;
    bool stepped, changed, halted, left;
    bool heard; /* somebody has answered, be it badly */
    enum cfn_halt halt;
    struct cfn__job *jobs;
    size_t count;
    size_t *order; /* jobs, those with the longest way to go first */
    json_t *names; /* {name: index}, of targets */
    json_t *by_id; /* {stack name: index} */
    char *account;

    CFN_ARRAY(struct cfn__request) requests;
    size_t cursor; /* of cfn_engine_call */
    uint64_t serial;
    int64_t slowness; /* of looks, in percent */
    int64_t ahead;    /* of the service's clock */
    size_t running;   /* jobs */
    bool uploaded_ahead;
    unsigned sets; /* change sets that were named */

    json_t *exports; /* {name: stack id}; NULL: not asked for */
    bool exports_asked, exports_read;
    struct cfn__errand *preflight;
    bool *there;
    bool preflight_made, preflight_told;

    char *bucket;
    enum cfn__bucket_at bucket_at;
    size_t bucket_step;
    char *bucket_refusal;

    CFN_ARRAY(struct cfn_event) events;
    size_t event_next;
    struct cfn_arena event_words;
    struct cfn_diags *findings, *preflight_findings;
    size_t told, preflight_count;
    bool error_told;
};

/* engine_calls.c */
void cfn__ask(struct cfn_engine *engine, enum cfn__asking asking, struct cfn__job *job,
              cfn__take *take, const struct cfn_call *call);
void cfn__engine_receive(struct cfn_engine *engine, const struct cfn_reply *reply);
void cfn__engine_errands(struct cfn_engine *engine); /* fetches their calls */
void cfn__engine_forget(struct cfn_engine *engine, const struct cfn__job *job);
int64_t cfn__engine_next_call(const struct cfn_engine *engine);

/* engine_events.c */
void cfn__note(struct cfn_engine *engine, const struct cfn__job *job, enum cfn_event_kind kind,
               const char *format, ...) CFN_PRINTF(4, 5);
void cfn__tell_resource(struct cfn_engine *engine, const struct cfn__job *job, const json_t *event);
void cfn__tell_cause(struct cfn_engine *engine, struct cfn__job *job);
void cfn__events_clear(struct cfn_engine *engine);

/* engine_end.c: the whole cannot go on */
void cfn__engine_break(struct cfn_engine *engine, const struct cfn__request *request,
                       const struct cfn_reply *reply);
void cfn__engine_leave(struct cfn_engine *engine, const char *why);

/* jobs.c */
void cfn__job_go(struct cfn_engine *engine, struct cfn__job *job, enum cfn__step step);
void cfn__job_rest(struct cfn_engine *engine, struct cfn__job *job, enum cfn__step step,
                   int64_t milliseconds);
/* Sends a call of CloudFormation (of S3: "s3:PutObject") for the step it is at. input is consumed.
 */
void cfn__job_ask(struct cfn_engine *engine, struct cfn__job *job, const char *action,
                  json_t *input);
void cfn__job_wake(struct cfn_engine *engine, struct cfn__job *job);
void cfn__job_done(struct cfn__job *job);
void cfn__set_text(char **text, const char *value);
void cfn__set_json(json_t **value, json_t *other); /* takes it over */
const char *cfn__word(struct cfn__job *job, const char *format, ...) CFN_PRINTF(2, 3);
typedef void cfn__send(struct cfn_engine *engine, struct cfn__job *job);

/* job_read.c, job_read_more.c */
cfn__send cfn__send_stack, cfn__send_template, cfn__send_policy, cfn__send_events,
    cfn__send_resources, cfn__send_importers;
cfn__take cfn__take_stack, cfn__take_template, cfn__take_policy, cfn__take_events,
    cfn__take_resources, cfn__take_importers;
void cfn__job_read_again(struct cfn_engine *engine, struct cfn__job *job, int64_t after);
void cfn__present_take(struct cfn__job *job, const json_t *stack);
void cfn__present_done(struct cfn__present *present);
json_t *cfn__page_of(const struct cfn_reply *reply, const char *list, json_t *all, char **more);

/* job_settings.c */
cfn__send cfn__send_set_policy, cfn__send_protect, cfn__send_unprotect;
cfn__take cfn__take_set_policy, cfn__take_protect, cfn__take_unprotect;

/* upload.c */
cfn__send cfn__send_upload, cfn__send_upload_head, cfn__send_upload_put;
cfn__take cfn__take_upload_head, cfn__take_upload_put;
bool cfn__must_upload(const struct cfn__job *job);

/* job_destroy.c */
cfn__send cfn__send_empty;
void cfn__job_emptied(struct cfn_engine *engine, struct cfn__job *job);

/* job_replications.c: replications of DMS stand still while they are changed */
cfn__send cfn__send_read_replications, cfn__send_pause, cfn__send_resume;
/* Those among the resources that were read; false: there are none. */
bool cfn__replications_find(struct cfn__job *job);
bool cfn__may_have_replications(const struct cfn__job *job);
/* Marks those that the plan changes, and plans to resume those that an earlier run has left. */
void cfn__plan_replications(const struct cfn_engine *engine, struct cfn__job *job);
bool cfn__must_pause(const struct cfn__job *job);
/* The update has been good: those that went with it are not resumed. */
void cfn__replications_changed(struct cfn_engine *engine, struct cfn__job *job);
bool cfn__must_resume(const struct cfn__job *job);
/* True: the end is put off until they are resumed. */
bool cfn__resume_before_end(struct cfn_engine *engine, struct cfn__job *job, enum cfn_stage stage,
                            const char *text);
/* job_errand.c: what comes after an errand that is done */
void cfn__errand_ended(struct cfn_engine *engine, struct cfn__job *job);
void cfn__job_read_ended(struct cfn_engine *engine, struct cfn__job *job);

/* job_operate.c */
cfn__send cfn__send_create, cfn__send_update, cfn__send_delete, cfn__send_continue;
cfn__take cfn__take_operation;
/* Members that creating and updating share, also by change set. */
json_t *cfn__job_submission(struct cfn_engine *engine, struct cfn__job *job, bool creates);
void cfn__put_rollback(const struct cfn_engine *engine, const struct cfn__job *job, json_t *input);
/* Before a new operation: its token, and nothing seen of it. */
void cfn__run_begin(struct cfn_engine *engine, struct cfn__job *job, enum cfn__operates kind);

/* job_refused.c */
void cfn__job_refused(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply);
void cfn__job_lost(struct cfn_engine *engine, struct cfn__job *job, const struct cfn_reply *reply);
cfn__send cfn__send_look;
cfn__take cfn__take_look;

/* job_sets.c, job_sets_drop.c */
cfn__send cfn__send_make_set, cfn__send_look_set, cfn__send_execute, cfn__send_drop_set,
    cfn__send_drop_stack, cfn__send_drop_empty;
cfn__take cfn__take_make_set, cfn__take_look_set, cfn__take_execute, cfn__take_drop_set,
    cfn__take_drop_stack, cfn__take_drop_empty;

/* job_track.c, track_events.c */
cfn__send cfn__send_track, cfn__send_cancel, cfn__send_watch;
cfn__take cfn__take_track, cfn__take_cancel, cfn__take_watch;
void cfn__job_track(struct cfn_engine *engine, struct cfn__job *job);
int64_t cfn__poll_of(const struct cfn_engine *engine, const struct cfn__job *job);
/* Takes the events that have come, the oldest first; true: the operation has ended. */
bool cfn__events_take(struct cfn_engine *engine, struct cfn__job *job);
/* Whether an event belongs to the operation that runs. */
bool cfn__event_is_ours(const struct cfn__job *job, const json_t *event);
bool cfn__event_is_root(const struct cfn__job *job, const json_t *event);

/* cause.c */
cfn__send cfn__send_nested, cfn__send_details, cfn__send_users, cfn__send_failed_ones;
cfn__take cfn__take_nested, cfn__take_details, cfn__take_users, cfn__take_failed_ones;
void cfn__cause_set(struct cfn_engine *engine, struct cfn__job *job, const char *id,
                    const char *type, const char *status, const char *reason);
bool cfn__is_cause(const json_t *event);
void cfn__cause_forget(struct cfn__job *job);

/* job_end.c */
cfn__send cfn__send_final;
cfn__take cfn__take_final;
void cfn__run_ended(struct cfn_engine *engine, struct cfn__job *job);
void cfn__run_failed(struct cfn_engine *engine, struct cfn__job *job);

/* job_stop.c */
void cfn__job_succeed(struct cfn_engine *engine, struct cfn__job *job);
void cfn__job_fail(struct cfn_engine *engine, struct cfn__job *job, const char *reason);
void cfn__job_end(struct cfn_engine *engine, struct cfn__job *job, enum cfn_stage stage,
                  const char *text);

/* job_course.c: what comes next */
void cfn__job_start(struct cfn_engine *engine, struct cfn__job *job);
void cfn__job_proceed(struct cfn_engine *engine, struct cfn__job *job);

/* token.c */
void cfn__content_hash(struct cfn__job *job);
void cfn__token_make(const struct cfn_engine *engine, struct cfn__job *job, const char *kind);
bool cfn__token_is_ours(const struct cfn__job *job, const char *token);

/* plan.c, plan_compare.c, plan_parameters.c */
void cfn__plan_job(struct cfn_engine *engine, struct cfn__job *job);
/* Whether a new plan, made while the work goes on, is within what was approved; where it is not,
 * the job has failed. */
bool cfn__plan_agrees(struct cfn_engine *engine, struct cfn__job *job);
bool cfn__plan_reads_resources(const struct cfn_engine *engine, const struct cfn__job *job);
void cfn__plan_read_deployed(struct cfn__job *job);
void cfn__plan_compare(struct cfn_engine *engine, struct cfn__job *job);
void cfn__plan_refuse(struct cfn__job *job, const char *reason);
void cfn__plan_parameters(struct cfn_engine *engine, struct cfn__job *job);
const char *cfn__plan_missing_parameter(const struct cfn__job *job);
json_t *cfn__plan_submitted_parameters(const struct cfn__job *job, bool creates);
bool cfn__is_replaced(const struct cfn__job *job, const char *output);
int64_t cfn__plan_expected(const struct cfn_engine *engine, const struct cfn__job *job);
char *cfn__body_text(const json_t *body);

/* plan_exports.c */
const struct cfn_world *cfn__plan_world(struct cfn_engine *engine, struct cfn__job *job);
void cfn__plan_imports(struct cfn_engine *engine, struct cfn__job *job);
void cfn__plan_dropped(struct cfn_engine *engine, struct cfn__job *job);
void cfn__plan_keep_exports(struct cfn_engine *engine, struct cfn__job *job);
/* Whether exports that were kept are given up by all who import them, so that they can go. */
bool cfn__plan_second_follows(const struct cfn_engine *engine, struct cfn__job *job);
bool cfn__plan_imports_exist(const struct cfn_engine *engine, const struct cfn__job *job);

/* kept_body.c: a template that still exports what it no longer would */
json_t *cfn__body_keeping(const struct cfn__job *job, const json_t *names);

/* plan_edges.c, order.c */
void cfn__plan_edges(struct cfn_engine *engine);
void cfn__order_ranks(struct cfn_engine *engine);
void cfn__order_start(struct cfn_engine *engine);

/* plan_kept.c */
void cfn__plan_kept(struct cfn_engine *engine, struct cfn__job *job);

/* engine_course.c */
void cfn__engine_advance(struct cfn_engine *engine);

#endif

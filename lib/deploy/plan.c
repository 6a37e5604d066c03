/* What shall be done to a stack, by the state it is in. */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

/* Every state in which a stack can rest. Those that end in _IN_PROGRESS are awaited, but one. */
static const struct {
    const char *status;
    enum cfn_action action;
    const char *reason;
} states[] = {
    {"REVIEW_IN_PROGRESS", CFN_ACT_CREATE,
     "it is there without resources: its first change set was never executed"},
    {"CREATE_COMPLETE", CFN_ACT_UPDATE, ""},
    {"UPDATE_COMPLETE", CFN_ACT_UPDATE, ""},
    {"IMPORT_COMPLETE", CFN_ACT_UPDATE, ""},
    {"UPDATE_ROLLBACK_COMPLETE", CFN_ACT_UPDATE, ""},
    {"IMPORT_ROLLBACK_COMPLETE", CFN_ACT_UPDATE, ""},
    {"CREATE_FAILED", CFN_ACT_UPDATE, "its creation failed and was not rolled back: tried again"},
    {"UPDATE_FAILED", CFN_ACT_UPDATE, "its update failed and was not rolled back: tried again"},
    {"ROLLBACK_COMPLETE", CFN_ACT_RECREATE, "its creation failed"},
    {"ROLLBACK_FAILED", CFN_ACT_RECREATE, "its creation failed, and so did the rollback"},
    {"DELETE_FAILED", CFN_ACT_RECREATE, "its deletion failed half-way"},
    {"DELETE_COMPLETE", CFN_ACT_CREATE, ""},
    {"UPDATE_ROLLBACK_FAILED", CFN_ACT_CONTINUE,
     "the rollback of its last update failed: it is continued, then the stack is updated"},
    {"IMPORT_ROLLBACK_FAILED", CFN_ACT_REFUSE,
     "the rollback of an import failed, which only the CloudFormation console can mend"},
};

void cfn__plan_refuse(struct cfn__job *job, const char *reason) {
    job->action = CFN_ACT_REFUSE;
    job->reason = reason;
}

bool cfn__plan_reads_resources(const struct cfn_engine *engine, const struct cfn__job *job) {
    const char *status = job->now.there ? job->now.status : "";
    if (!job->now.there || strcmp(status, "REVIEW_IN_PROGRESS") == 0)
        return false;
    return engine->goal == CFN_DESTROY || strcmp(status, "ROLLBACK_COMPLETE") == 0 ||
           strcmp(status, "ROLLBACK_FAILED") == 0 || strcmp(status, "DELETE_FAILED") == 0 ||
           cfn__may_have_replications(job);
}

static bool is_retry(const char *status) {
    return strcmp(status, "CREATE_FAILED") == 0 || strcmp(status, "UPDATE_FAILED") == 0;
}

static void choose_by_state(struct cfn__job *job) {
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(job->now.status, states[i].status) == 0) {
            job->action = states[i].action;
            job->reason = states[i].reason;
            return;
        }
    cfn__plan_refuse(job,
                     cfn__word(job, "it is in a state that is not known: %s", job->now.status));
}

/* Ours or not, nothing can be done before it has ended. */
static void choose_to_wait(struct cfn_engine *engine, struct cfn__job *job) {
    job->ours = cfn__token_is_ours(job, job->now.token);
    if (!job->ours && !engine->what.wait_for_others) {
        cfn__plan_refuse(job,
                         cfn__word(job, "somebody else is working on it: %s", job->now.status));
        return;
    }
    job->action = CFN_ACT_AWAIT;
    job->reason = job->ours ? "an earlier run began it, and it is still under way"
                            : cfn__word(job, "somebody else is working on it: %s", job->now.status);
}

static const char *named(const struct cfn_engine *engine, const struct cfn__job *job,
                         const char *id) {
    size_t size = strlen(job->target->name);
    (void)engine;
    return strncmp(id, job->target->name, size) == 0 && id[size] == '.' ? id + size + 1 : NULL;
}

static void choose_to_continue(const struct cfn_engine *engine, struct cfn__job *job) {
    json_decref(job->skip);
    job->skip = NULL;
    for (const char *const *skip = engine->what.skip; skip && *skip; skip++) {
        const char *id = named(engine, job, *skip);
        if (id && !job->skip)
            job->skip = json_array();
        if (id)
            json_array_append_new(job->skip, json_string(id));
    }
}

static void plan_deployment(struct cfn_engine *engine, struct cfn__job *job) {
    const char *missing;
    if (!job->now.there)
        job->action = CFN_ACT_CREATE;
    else if (cfn__is_busy(job->now.status))
        choose_to_wait(engine, job);
    else
        choose_by_state(job);
    cfn__plan_compare(engine, job);
    if (job->action == CFN_ACT_UPDATE && !job->differs && !is_retry(job->now.status) &&
        !job->wants_policy && !job->wants_protection)
        job->action = CFN_ACT_NONE;
    if (job->action == CFN_ACT_UPDATE && is_retry(job->now.status))
        job->differs = true;
    if (job->action == CFN_ACT_CONTINUE)
        choose_to_continue(engine, job);
    missing = job->action == CFN_ACT_NONE ? NULL : cfn__plan_missing_parameter(job);
    if (missing)
        cfn__plan_refuse(job, missing);
}

static void plan_destruction(struct cfn_engine *engine, struct cfn__job *job) {
    job->action = CFN_ACT_NONE;
    if (!job->now.there)
        return;
    cfn__plan_read_deployed(job);
    job->action = CFN_ACT_DELETE;
    if (cfn__is_busy(job->now.status))
        choose_to_wait(engine, job);
    else if (job->now.is_protected)
        job->reason = "its termination protection is switched off first";
}

static void use_sets(const struct cfn_engine *engine, struct cfn__job *job) {
    bool review = job->now.there && strcmp(job->now.status, "REVIEW_IN_PROGRESS") == 0;
    bool retries = job->now.there && is_retry(job->now.status);
    job->by_set = review || job->adopts || (engine->what.mode == CFN_CHANGE_SETS && !retries);
}

void cfn__plan_job(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->unreadable)
        return;
    job->reason = "";
    job->ours = job->deleted = job->emptied = false;
    if (!job->body)
        job->body = json_incref(cfn__loose(job->target->body));
    cfn__content_hash(job);
    if (engine->goal == CFN_DESTROY)
        plan_destruction(engine, job);
    else
        plan_deployment(engine, job);
    cfn__plan_kept(engine, job);
    cfn__plan_replications(engine, job);
    use_sets(engine, job);
    job->expected = cfn__plan_expected(engine, job);
}

/* What was approved was one plan; what has become of it since must not do more harm. */
bool cfn__plan_agrees(struct cfn_engine *engine, struct cfn__job *job) {
    const unsigned harm = CFN_LOSES_DATA | CFN_REPLACES_DATA | CFN_WIDENS_ACCESS | CFN_UNPROTECTS;
    unsigned dangers = job->diff ? cfn_diff_dangers(job->diff) : 0;
    bool more_kept =
        job->action == CFN_ACT_RECREATE && json_array_size(job->kept) > job->kept_shown;
    if (job->action == CFN_ACT_REFUSE) {
        cfn__job_fail(engine, job, job->reason);
        return false;
    }
    if ((job->action != CFN_ACT_NONE && (dangers & ~job->dangers & harm)) || more_kept) {
        cfn__job_fail(engine, job,
                      "it has changed meanwhile, and the update would now do more harm than was "
                      "approved: run it again");
        return false;
    }
    return true;
}

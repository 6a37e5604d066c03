/*
 * What comes next for a stack: of all that its plan asks for, the first that is still missing. Each
 * step that is done comes back here.
 */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

static const char *word_of(const struct cfn__job *job) {
    return job->second ? "update: exports that are no longer imported go"
                       : cfn_action_name(job->action);
}

void cfn__job_start(struct cfn_engine *engine, struct cfn__job *job) {
    job->stage = CFN_STAGE_RUNNING;
    if (job->began == 0)
        job->began = engine->now;
    if (job->action != CFN_ACT_REFUSE)
        cfn__note(engine, job, CFN_EVENT_STARTED, "%s", word_of(job));
    cfn__job_proceed(engine, job);
}

static enum cfn__operates kind_of(const struct cfn__job *job) {
    if (cfn_starts_with(job->now.status, "CREATE"))
        return CFN__CREATES;
    return cfn_starts_with(job->now.status, "DELETE") ? CFN__DELETES : CFN__UPDATES;
}

/* An operation that an earlier run began goes on as if it had been begun here. */
static void attach(struct cfn_engine *engine, struct cfn__job *job) {
    job->step = CFN__TRACK;
    cfn__run_begin(engine, job, kind_of(job));
    size_t size = strlen(job->now.token);
    if (size >= CFN__TOKEN_ROOM)
        size = CFN__TOKEN_ROOM - 1;
    memcpy(job->run.token, job->now.token, size);
    job->run.token[size] = '\0';
    cfn__note(engine, job, CFN_EVENT_NOTE, "an earlier run began it: going on from there");
    cfn__job_track(engine, job);
}

static void await(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->ours && !strstr(job->now.status, "ROLLBACK")) {
        attach(engine, job);
        return;
    }
    cfn__note(engine, job, CFN_EVENT_NOTE, "waiting for the end of what %s began (%s)",
              job->ours ? "an earlier run" : "somebody else", job->now.status);
    cfn__job_rest(engine, job, CFN__WATCH, cfn__poll_of(engine, job));
}

static void remove_stack(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->now.is_protected)
        cfn__job_go(engine, job, CFN__UNPROTECT);
    else if (json_array_size(job->buckets) > 0 && !job->emptied)
        cfn__job_go(engine, job, CFN__EMPTY);
    else
        cfn__job_go(engine, job, cfn__must_pause(job) ? CFN__PAUSE : CFN__DELETE);
}

static void submit(struct cfn_engine *engine, struct cfn__job *job) {
    bool creates = !job->now.there || strcmp(job->now.status, "REVIEW_IN_PROGRESS") == 0;
    if (!job->text)
        job->text = cfn__body_text(job->body);
    if (cfn__must_upload(job) && !job->url)
        cfn__job_go(engine, job, CFN__UPLOAD);
    else if (job->by_set && !job->set.ready)
        cfn__job_go(engine, job, CFN__MAKE_SET);
    else if (cfn__must_pause(job))
        cfn__job_go(engine, job, CFN__PAUSE);
    else if (job->set.ready)
        cfn__job_go(engine, job, CFN__EXECUTE);
    else
        cfn__job_go(engine, job, creates ? CFN__CREATE : CFN__UPDATE);
}

/* The second update takes away what the first has kept. */
static void await_second(struct cfn_engine *engine, struct cfn__job *job) {
    job->second = true;
    job->stage = CFN_STAGE_WAITING;
    job->reason = "its kept exports go when they are no longer imported";
    cfn__set_json(&job->body, json_incref(job->second_body));
    cfn__set_text(&job->text, NULL);
    cfn__set_text(&job->url, NULL);
    cfn__content_hash(job);
    job->differs = true;
    job->action = CFN_ACT_UPDATE;
    cfn__job_go(engine, job, CFN__IDLE);
}

static void finish(struct cfn_engine *engine, struct cfn__job *job) {
    job->available = true;
    engine->changed = true;
    if (cfn__must_resume(job)) {
        cfn__job_go(engine, job, CFN__RESUME);
        return;
    }
    if (job->keeps_exports && !job->second && cfn__plan_second_follows(engine, job)) {
        await_second(engine, job);
        return;
    }
    if (job->second)
        job->keeps_exports = job->lasting;
    cfn__job_end(engine, job, CFN_STAGE_DONE, "");
}

/* Settings before an update, which is to obey them; after a creation, which needs the stack. */
static void bring_about(struct cfn_engine *engine, struct cfn__job *job) {
    bool stands = job->now.there && strcmp(job->now.status, "REVIEW_IN_PROGRESS") != 0;
    if (stands && job->wants_policy)
        cfn__job_go(engine, job, CFN__SET_POLICY);
    else if (stands && job->wants_protection)
        cfn__job_go(engine, job, CFN__PROTECT);
    else if (job->differs)
        submit(engine, job);
    else
        finish(engine, job);
}

void cfn__job_proceed(struct cfn_engine *engine, struct cfn__job *job) {
    if (engine->halted && (job->differs || job->action == CFN_ACT_DELETE)) {
        cfn__job_end(engine, job, CFN_STAGE_NOT_BEGUN, "the run was halted");
        return;
    }
    switch (job->action) {
    case CFN_ACT_REFUSE:
        cfn__job_fail(engine, job, job->reason);
        break;
    case CFN_ACT_AWAIT:
        await(engine, job);
        break;
    case CFN_ACT_CONTINUE:
        cfn__job_go(engine, job, cfn__must_pause(job) ? CFN__PAUSE : CFN__CONTINUE);
        break;
    case CFN_ACT_DELETE:
        remove_stack(engine, job);
        break;
    case CFN_ACT_RECREATE:
        if (job->now.there && !job->deleted)
            remove_stack(engine, job);
        else
            bring_about(engine, job);
        break;
    case CFN_ACT_NONE:
    case CFN_ACT_CREATE:
    case CFN_ACT_UPDATE:
        bring_about(engine, job);
        break;
    }
}

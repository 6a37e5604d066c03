/* Change sets: made, looked at until they are ready, executed. */
#include "engine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LOOKS = 20, MOST_REMAKES = 2 };

static bool creates(const struct cfn__job *job) {
    return !job->now.there || strcmp(job->now.status, "REVIEW_IN_PROGRESS") == 0;
}

/* A name that nothing else has: a set of the same name would have to be awaited until it is gone.
 */
static void name_set(struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%.80s-%" PRIx64 "-%u", engine->what.prefix, engine->what.run,
                    ++engine->sets);
    free(job->set.name);
    job->set.name = cfn_text_take(&text);
}

void cfn__send_make_set(struct cfn_engine *engine, struct cfn__job *job) {
    if (!job->text)
        job->text = cfn__body_text(job->body);
    if (cfn__must_upload(job) && !job->url) {
        cfn__job_go(engine, job, CFN__UPLOAD);
        return;
    }
    bool fresh = creates(job);
    name_set(engine, job);
    cfn__set_text(&job->set.id, NULL);
    cfn__set_text(&job->set.more, NULL);
    cfn__set_json(&job->set.page, NULL);
    job->set.looks = 0;
    cfn__run_begin(engine, job, fresh ? CFN__CREATES : CFN__UPDATES);
    json_t *input = cfn__job_submission(engine, job, fresh);
    json_object_set_new(input, "ChangeSetName", json_string(job->set.name));
    json_object_set_new(input, "ChangeSetType", json_string(fresh ? "CREATE" : "UPDATE"));
    json_object_set_new(input, "ClientToken", json_string(job->set.name));
    if (job->adopts)
        json_object_set_new(input, "ImportExistingResources", json_true());
    cfn__job_ask(engine, job, "CreateChangeSet", input);
}

static void refused(struct cfn_engine *engine, struct cfn__job *job,
                    const struct cfn_reply *reply) {
    if (engine->course >= CFN__OF_WORK) {
        cfn__job_refused(engine, job, reply);
        return;
    }
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", reply->code, reply->message);
    cfn__job_fail(engine, job, "CloudFormation refuses it");
}

void cfn__take_make_set(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply) {
    const char *stack_id = cfn_output_text(reply->output, "StackId");
    bool again = strcmp(reply->code ? reply->code : "", "AlreadyExistsException") == 0;
    if (reply->outcome != CFN_REPLY_OK && !again) {
        refused(engine, job, reply);
        return;
    }
    if (*cfn_output_text(reply->output, "Id"))
        cfn__set_text(&job->set.id, cfn_output_text(reply->output, "Id"));
    if (!job->now.there) {
        job->set.made_stack = job->now.there = true;
        cfn__set_text(&job->now.stack_id, *stack_id ? stack_id : job->target->stack_name);
        cfn__set_text(&job->now.status, "REVIEW_IN_PROGRESS");
    }
    cfn__job_rest(engine, job, CFN__LOOK_SET, cfn__poll_of(engine, job));
}

void cfn__send_look_set(struct cfn_engine *engine, struct cfn__job *job) {
    json_t *input = json_pack("{s:s}", "ChangeSetName", job->set.id ? job->set.id : job->set.name);
    if (!job->set.id)
        json_object_set_new(input, "StackName", json_string(job->target->stack_name));
    if (job->set.more)
        json_object_set_new(input, "NextToken", json_string(job->set.more));
    cfn__job_ask(engine, job, "DescribeChangeSet", input);
}

/* Judged by the words, never by an empty list: a change of outputs alone has none. */
static bool is_without_changes(const char *reason) {
    return strstr(reason, "didn't contain changes") ||
           strstr(reason, "No updates are to be performed");
}

static void tell_changes(struct cfn_engine *engine, struct cfn__job *job) {
    size_t replaced = 0, count = json_array_size(job->set.changes);
    for (size_t i = 0; i < count; i++)
        replaced += strcmp(cfn_output_text(json_array_get(job->set.changes, i),
                                           "ResourceChange.Replacement"),
                           "True") == 0;
    cfn__note(engine, job, replaced ? CFN_EVENT_WARNING : CFN_EVENT_NOTE,
              "its change set has %zu changes, %zu of them replace a resource", count, replaced);
}

static void ready(struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn__set *set = &job->set;
    cfn__set_json(&set->changes, set->page);
    set->page = NULL;
    set->ready = true;
    if (engine->course < CFN__OF_WORK) {
        cfn__job_go(engine, job, CFN__IDLE);
    } else if (set->approved && !json_equal(set->approved, set->changes)) {
        cfn__job_fail(engine, job,
                      "what CloudFormation would do is no longer what was approved: run it again");
    } else {
        if (!set->approved)
            tell_changes(engine, job);
        cfn__job_proceed(engine, job);
    }
}

static void unchanged(struct cfn_engine *engine, struct cfn__job *job) {
    job->differs = false;
    job->reason = "CloudFormation sees no change";
    if (!job->wants_policy && !job->wants_protection)
        job->action = CFN_ACT_NONE;
    cfn__job_go(engine, job, CFN__DROP_SET);
}

static void failed(struct cfn_engine *engine, struct cfn__job *job, const char *reason) {
    if (is_without_changes(reason) && !creates(job)) {
        unchanged(engine, job);
        return;
    }
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", "FAILED", reason);
    if (strstr(reason, "EarlyValidation"))
        cfn__job_go(engine, job, CFN__DETAILS);
    else
        cfn__job_fail(engine, job, "its change set failed");
}

void cfn__take_look_set(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply) {
    const char *status = cfn_output_text(reply->output, "Status");
    const char *id = cfn_output_text(reply->output, "ChangeSetId");
    if (*id)
        cfn__set_text(&job->set.id, id);
    if (reply->outcome != CFN_REPLY_OK && ++job->set.looks >= MOST_LOOKS) {
        refused(engine, job, reply);
    } else if (strcmp(status, "FAILED") == 0) {
        failed(engine, job, cfn_output_text(reply->output, "StatusReason"));
    } else if (strcmp(status, "CREATE_COMPLETE") != 0) {
        cfn__job_rest(engine, job, CFN__LOOK_SET, cfn__poll_of(engine, job));
    } else {
        job->set.page = cfn__page_of(reply, "Changes", job->set.page, &job->set.more);
        if (job->set.more)
            cfn__job_go(engine, job, CFN__LOOK_SET);
        else
            ready(engine, job);
    }
}

void cfn__send_execute(struct cfn_engine *engine, struct cfn__job *job) {
    bool fresh = creates(job);
    /* From here on the stack may be a real one: it is never taken away as an empty one. */
    job->set.made_stack = false;
    cfn__run_begin(engine, job, fresh ? CFN__CREATES : CFN__UPDATES);
    job->run.whole = fresh;
    job->resources_all = json_array_size(job->set.changes);
    json_t *input = json_pack("{s:s}", "ChangeSetName", job->set.id);
    cfn__put_rollback(engine, job, input);
    cfn__job_ask(engine, job, "ExecuteChangeSet", input);
}

static bool is_stale_set(const struct cfn_reply *reply) {
    return strcmp(reply->code, "InvalidChangeSetStatus") == 0 ||
           strcmp(reply->code, "InvalidChangeSetStatusException") == 0 ||
           strcmp(reply->code, "ChangeSetNotFound") == 0 ||
           strcmp(reply->code, "ChangeSetNotFoundException") == 0;
}

/* Made anew where the stack has changed meanwhile; what was approved must still be what it does. */
static void remake(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->approved && !job->set.approved)
        job->set.approved = json_incref(job->set.changes);
    job->set.ready = false;
    cfn__job_read_again(engine, job, 1);
}

void cfn__take_execute(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_reply *reply) {
    bool silent = reply->outcome == CFN_REPLY_THROTTLED || reply->outcome == CFN_REPLY_BROKEN;
    if (silent) {
        cfn__job_lost(engine, job, reply);
    } else if (reply->outcome == CFN_REPLY_OK || (is_stale_set(reply) && job->run.losses > 0)) {
        job->run.losses = 0;
        cfn__job_track(engine, job);
    } else if (is_stale_set(reply) && job->set.remakes++ < MOST_REMAKES) {
        remake(engine, job);
    } else {
        job->set.ready = false;
        cfn__job_refused(engine, job, reply);
    }
}

/* What the events of an operation tell: resources, the cause of a failure, the end. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

bool cfn__event_is_root(const struct cfn__job *job, const json_t *event) {
    return strcmp(cfn_output_text(event, "PhysicalResourceId"), job->now.stack_id) == 0 ||
           (strcmp(cfn_output_text(event, "ResourceType"), "AWS::CloudFormation::Stack") == 0 &&
            strcmp(cfn_output_text(event, "LogicalResourceId"), job->target->stack_name) == 0);
}

/* Emulators do not stamp events with tokens: there, the time tells. */
bool cfn__event_is_ours(const struct cfn__job *job, const json_t *event) {
    const char *token = cfn_output_text(event, "ClientRequestToken");
    if (job->run.whole || strcmp(token, job->run.token) == 0)
        return true;
    return !*token && cfn_time_read(cfn_output_text(event, "Timestamp")) >= job->run.sent - 1000 &&
           !*cfn_output_text(event, "OperationId");
}

static bool is_under_way(const char *status) {
    return cfn_ends_with(status, "_IN_PROGRESS");
}

static struct cfn__progress *progress_of(struct cfn__job *job, const char *id, const char *type) {
    for (size_t i = 0; i < job->progress.count; i++)
        if (strcmp(job->progress.items[i].id, id) == 0)
            return &job->progress.items[i];
    struct cfn__progress *progress = CFN_PUSH(&job->progress);
    progress->id = cfn__copy(id);
    progress->type = cfn__copy(type);
    return progress;
}

static void note_progress(struct cfn_engine *engine, struct cfn__job *job, const json_t *event) {
    const char *status = cfn_output_text(event, "ResourceStatus");
    struct cfn__progress *progress = progress_of(job, cfn_output_text(event, "LogicalResourceId"),
                                                 cfn_output_text(event, "ResourceType"));
    bool busy = is_under_way(status);
    if (busy && progress->since == 0) {
        int64_t time = cfn_time_read(cfn_output_text(event, "Timestamp"));
        progress->since = time > 0 ? time : engine->now;
    }
    if (!busy)
        progress->since = 0;
    progress->done = cfn_ends_with(status, "_COMPLETE");
}

/* Remembered by id: what could not be deleted is kept then, what could not be undone left out. */
static void note_failed(struct cfn__job *job, const json_t *event) {
    const char *status = cfn_output_text(event, "ResourceStatus");
    const char *id = cfn_output_text(event, "LogicalResourceId");
    bool failed = job->run.kind == CFN__DELETES     ? strcmp(status, "DELETE_FAILED") == 0
                  : job->run.kind == CFN__CONTINUES ? strcmp(status, "UPDATE_FAILED") == 0
                                                    : false;
    if (failed)
        json_object_set(job->run.failed, id, cfn__loose(event));
    else
        json_object_del(job->run.failed, id);
}

/* The old resources go after the new configuration stands: what stays is told, but no failure. */
static bool is_leftover(const struct cfn__job *job, const char *status) {
    return job->run.cleaning && strcmp(status, "DELETE_FAILED") == 0;
}

static void take_resource(struct cfn_engine *engine, struct cfn__job *job, const json_t *event) {
    const char *status = cfn_output_text(event, "ResourceStatus");
    const char *id = cfn_output_text(event, "LogicalResourceId");
    const char *type = cfn_output_text(event, "ResourceType");
    const char *reason = cfn_output_text(event, "ResourceStatusReason");
    cfn__tell_resource(engine, job, event);
    note_progress(engine, job, event);
    note_failed(job, event);
    if (is_leftover(job, status)) {
        cfn__note(engine, job, CFN_EVENT_WARNING, "%s (%s) could not be deleted and stays: %s", id,
                  type, reason);
        return;
    }
    if (job->has_cause || !cfn__is_cause(event))
        return;
    const char *nested = cfn_output_text(event, "PhysicalResourceId");
    if (strcmp(type, "AWS::CloudFormation::Stack") == 0 && cfn_starts_with(nested, "arn:")) {
        cfn__set_text(&job->nested, nested);
        job->depth = 0;
    }
    cfn__cause_set(engine, job, id, type, status, reason);
    if (!job->nested)
        cfn__tell_cause(engine, job);
}

/* True: it has ended. */
static bool take_root(struct cfn_engine *engine, struct cfn__job *job, const json_t *event) {
    struct cfn__operation_run *run = &job->run;
    const char *status = cfn_output_text(event, "ResourceStatus");
    const char *reason = cfn_output_text(event, "ResourceStatusReason");
    cfn__set_text(&job->now.status, status);
    if (is_under_way(status)) {
        if (strstr(status, "ROLLBACK_IN_PROGRESS") && !run->fell)
            run->fell = cfn__copy(reason);
        if (strcmp(status, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") == 0) {
            run->cleaning = true;
            job->available |=
                engine->goal == CFN_DEPLOY && !job->second && job->action != CFN_ACT_AWAIT;
            engine->changed = true;
        }
        return false;
    }
    cfn__set_text(&run->status, status);
    cfn__set_text(&run->reason, reason);
    return true;
}

/* Without a token, only what says so itself: what was done before may have ended just now. */
static bool begins(const struct cfn__job *job, const json_t *event) {
    static const char *const words[] = {
        [CFN__CREATES] = "CREATE_IN_PROGRESS",
        [CFN__UPDATES] = "UPDATE_IN_PROGRESS",
        [CFN__DELETES] = "DELETE_IN_PROGRESS",
        [CFN__CONTINUES] = "UPDATE_ROLLBACK_IN_PROGRESS",
    };
    if (!cfn__event_is_ours(job, event))
        return false;
    return job->run.whole || *cfn_output_text(event, "ClientRequestToken") ||
           (cfn__event_is_root(job, event) &&
            strcmp(cfn_output_text(event, "ResourceStatus"), words[job->run.kind]) == 0);
}

/* The first of ours begins it; the stack's first settled status after that ends it, whoever caused
 * it: CloudFormation does one thing at a time on a stack. */
bool cfn__events_take(struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn__operation_run *run = &job->run;
    bool ended = false;
    for (size_t i = json_array_size(run->page); i > 0 && !ended; i--) {
        const json_t *event = json_array_get(run->page, i - 1);
        if (!run->begun && begins(job, event)) {
            run->begun = true;
            run->first_time = cfn_time_read(cfn_output_text(event, "Timestamp"));
        }
        if (!run->begun)
            continue;
        cfn__set_text(&run->last_event, cfn_output_text(event, "EventId"));
        if (cfn__event_is_root(job, event))
            ended = take_root(engine, job, event);
        else
            take_resource(engine, job, event);
    }
    return ended;
}

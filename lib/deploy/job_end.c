/* What the end of an operation means, and what comes after it. */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STALE = 8, MOST_RETAINS = 4, MOST_SKIPS = 10, EXPORT_WAITS = 3 };

static bool is_good(enum cfn__operates kind, const char *status) {
    switch (kind) {
    case CFN__CREATES:
    case CFN__UPDATES:
        return strcmp(status, "CREATE_COMPLETE") == 0 || strcmp(status, "UPDATE_COMPLETE") == 0 ||
               strcmp(status, "IMPORT_COMPLETE") == 0;
    case CFN__DELETES:
        return strcmp(status, "DELETE_COMPLETE") == 0;
    case CFN__CONTINUES:
        return strcmp(status, "UPDATE_ROLLBACK_COMPLETE") == 0;
    }
    return false;
}

static void deleted(struct cfn_engine *engine, struct cfn__job *job) {
    job->deleted = true;
    cfn__set_json(&job->retain, NULL);
    cfn__set_json(&job->replications, NULL);
    if (engine->goal == CFN_DESTROY) {
        job->available = true;
        job->now.there = false;
        cfn__job_end(engine, job, CFN_STAGE_DONE, "");
        return;
    }
    if (job->action == CFN_ACT_AWAIT) {
        cfn__job_read_again(engine, job, 1);
        return;
    }
    cfn__present_done(&job->now);
    cfn__job_proceed(engine, job);
}

/* Good, or not: the stack itself is looked at once, for its outputs. Exports are there already, so
 * that nobody needs to wait for that look; but what an earlier run began is compared again. */
void cfn__run_ended(struct cfn_engine *engine, struct cfn__job *job) {
    bool ours = engine->goal == CFN_DEPLOY && job->action != CFN_ACT_AWAIT && !job->second &&
                (job->run.kind == CFN__CREATES || job->run.kind == CFN__UPDATES);
    cfn__set_text(&job->now.status, job->run.status);
    job->ended = engine->now; /* what is asked after it takes none of its time */
    if (ours && is_good(job->run.kind, job->run.status)) {
        job->available = true;
        engine->changed = true;
    }
    if (job->run.kind == CFN__DELETES && is_good(CFN__DELETES, job->run.status))
        deleted(engine, job);
    else
        cfn__job_go(engine, job, CFN__FINAL);
}

void cfn__send_final(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "DescribeStacks", json_pack("{s:s}", "StackName", job->now.stack_id));
}

void cfn__take_final(struct cfn_engine *engine, struct cfn__job *job,
                     const struct cfn_reply *reply) {
    const json_t *stack = json_array_get(cfn_output_list(reply->output, "Stacks"), 0);
    bool stale = !stack || strcmp(cfn_output_text(stack, "StackStatus"), job->run.status) != 0;
    if (stale && ++job->run.misses < MOST_STALE) {
        cfn__job_rest(engine, job, CFN__FINAL, cfn__poll_of(engine, job));
        return;
    }
    if (stack)
        cfn__present_take(job, stack);
    cfn__set_text(&job->now.status, job->run.status);
    if (is_good(job->run.kind, job->run.status))
        cfn__job_succeed(engine, job);
    else
        cfn__run_failed(engine, job);
}

/* What the stack itself tells, where no resource did. */
static void find_cause(struct cfn_engine *engine, struct cfn__job *job) {
    const struct cfn__operation_run *run = &job->run;
    if (job->has_cause)
        return;
    const char *why = run->fell && *run->fell       ? run->fell
                      : run->reason && *run->reason ? run->reason
                      : job->now.status_reason      ? job->now.status_reason
                                                    : "";
    if (!*why)
        why = strcmp(run->status, "DELETE_COMPLETE") == 0 ? "somebody else has deleted it meanwhile"
                                                          : "CloudFormation gives no reason";
    cfn__cause_set(engine, job, "", "AWS::CloudFormation::Stack", run->status, why);
}

/* Adds the ids that failed to a list; false: there is none that is not in it. */
static bool add_failed(struct cfn__job *job, json_t **list) {
    const char *id;
    json_t *resource;
    size_t before = json_array_size(*list);
    if (!*list)
        *list = json_array();
    json_object_foreach(job->run.failed, id, resource) {
        bool known = false;
        for (size_t i = 0; i < json_array_size(*list); i++)
            known |= strcmp(json_string_value(json_array_get(*list, i)), id) == 0;
        if (!known)
            json_array_append_new(*list, json_string(id));
    }
    return json_array_size(*list) > before;
}

static void tell_retained(struct cfn_engine *engine, struct cfn__job *job) {
    const char *id;
    json_t *resource;
    if (!job->kept)
        job->kept = json_array();
    json_object_foreach(job->run.failed, id, resource) {
        const char *physical = cfn_output_text(resource, "PhysicalResourceId");
        const char *type = cfn_output_text(resource, "ResourceType");
        json_array_append_new(job->kept, json_pack("{s:s, s:s, s:s}", "logical_id", id, "type",
                                                   type, "physical_id", physical));
        cfn__note(engine, job, CFN_EVENT_WARNING,
                  "%s (%s) could not be deleted and stays in the account: %s", id, type,
                  cfn_output_text(resource, "ResourceStatusReason"));
    }
}

/* DELETE_FAILED: once more as it was, for what hindered it may have gone; then without those that
 * failed. What is to be created again is never left behind: it would stand in its own way. */
static bool delete_again(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->run.kind != CFN__DELETES || strcmp(job->run.status, "DELETE_FAILED") != 0 ||
        job->skips >= MOST_RETAINS)
        return false;
    if (job->skips++ > 0 && engine->goal == CFN_DESTROY) {
        if (json_object_size(job->run.failed) == 0 && job->step != CFN__FAILED_ONES) {
            job->skips--;
            cfn__job_go(engine, job, CFN__FAILED_ONES);
            return true;
        }
        if (!add_failed(job, &job->retain))
            return false;
        tell_retained(engine, job);
    }
    cfn__cause_forget(job);
    cfn__job_proceed(engine, job);
    return true;
}

/* A rollback that failed again: without those that failed, where that is allowed. */
static bool continue_without(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->run.kind != CFN__CONTINUES || !engine->what.skip_failed || job->skips++ >= MOST_SKIPS)
        return false;
    if (json_object_size(job->run.failed) == 0 && job->step != CFN__FAILED_ONES) {
        job->skips--;
        cfn__job_go(engine, job, CFN__FAILED_ONES);
        return true;
    }
    if (!add_failed(job, &job->skip))
        return false;
    cfn__note(engine, job, CFN_EVENT_WARNING,
              "the rollback is continued without what fails to roll back");
    cfn__cause_forget(job);
    cfn__job_proceed(engine, job);
    return true;
}

/* What only needs time: exports of a stack that has just ended are known everywhere a little
 * later, imports that have just gone are forgotten a little later. */
static bool try_later(struct cfn_engine *engine, struct cfn__job *job) {
    bool missing = strstr(job->cause.reason, "No export named") != NULL;
    bool in_use = job->second && strstr(job->cause.reason, "in use by");
    if ((!missing && !in_use) || engine->goal != CFN_DEPLOY || ++job->export_waits >= EXPORT_WAITS)
        return false;
    cfn__note(engine, job, CFN_EVENT_NOTE, "tried again: %s", job->cause.reason);
    cfn__cause_forget(job);
    cfn__job_read_again(engine, job, 5000 * (int64_t)job->export_waits);
    return true;
}

void cfn__run_failed(struct cfn_engine *engine, struct cfn__job *job) {
    find_cause(engine, job);
    if (!engine->halted &&
        (delete_again(engine, job) || continue_without(engine, job) || try_later(engine, job)))
        return;
    if (strstr(job->cause.reason, "EarlyValidation"))
        cfn__job_go(engine, job, CFN__DETAILS);
    else if (job->run.kind == CFN__DELETES && strstr(job->cause.reason, "in use by"))
        cfn__job_go(engine, job, CFN__USERS);
    else
        cfn__job_fail(engine, job, job->run.status);
}

/*
 * The first real cause of a failure: found at once, not at the end of the rollback. Inside a nested
 * stack it is looked for there; behind an early validation, in its own list of events; behind an
 * export in use, by the names of those who use it.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 5, MOST_RESOURCES = 5000 };

bool cfn__is_cause(const json_t *event) {
    const char *reason = cfn_output_text(event, "ResourceStatusReason");
    return cfn_ends_with(cfn_output_text(event, "ResourceStatus"), "_FAILED") &&
           !strstr(reason, "cancelled") && !strstr(reason, "canceled");
}

void cfn__cause_set(struct cfn_engine *engine, struct cfn__job *job, const char *id,
                    const char *type, const char *status, const char *reason) {
    (void)engine;
    struct cfn_cause *cause = &job->cause;
    cause->stack = job->target->name;
    cause->logical_id = cfn__word(job, "%s", id);
    cause->type = cfn__word(job, "%s", type);
    cause->status = cfn__word(job, "%s", status ? status : "");
    cause->reason = cfn__word(job, "%s", reason ? reason : "");
    cfn_explain_failure(cause->type, cause->reason, &cause->meaning, &cause->remedy);
    job->has_cause = true;
}

void cfn__cause_forget(struct cfn__job *job) {
    job->has_cause = job->cause_told = false;
}

void cfn__send_nested(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "DescribeStackEvents", json_pack("{s:s}", "StackName", job->nested));
}

/* Its earliest failure; a stack's own events name the stack itself. */
static const json_t *first_failure(const json_t *events, const char *stack_id) {
    for (size_t i = json_array_size(events); i > 0; i--) {
        const json_t *event = json_array_get(events, i - 1);
        if (strcmp(cfn_output_text(event, "PhysicalResourceId"), stack_id) != 0 &&
            cfn__is_cause(event))
            return event;
    }
    return NULL;
}

static void after_nested(struct cfn_engine *engine, struct cfn__job *job) {
    free(job->nested);
    job->nested = NULL;
    cfn__tell_cause(engine, job);
    if (job->run.status)
        cfn__run_ended(engine, job);
    else
        cfn__job_rest(engine, job, CFN__TRACK, cfn__poll_of(engine, job));
}

void cfn__take_nested(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    const json_t *event = first_failure(cfn_output_list(reply->output, "StackEvents"), job->nested);
    if (!event) {
        after_nested(engine, job);
        return;
    }
    const char *type = cfn_output_text(event, "ResourceType");
    const char *deeper = cfn_output_text(event, "PhysicalResourceId");
    cfn__cause_set(
        engine, job,
        cfn__word(job, "%s.%s", job->cause.logical_id, cfn_output_text(event, "LogicalResourceId")),
        type, cfn_output_text(event, "ResourceStatus"),
        cfn_output_text(event, "ResourceStatusReason"));
    if (strcmp(type, "AWS::CloudFormation::Stack") == 0 && cfn_starts_with(deeper, "arn:") &&
        ++job->depth < MOST_DEPTH) {
        cfn__set_text(&job->nested, deeper);
        cfn__job_go(engine, job, CFN__NESTED);
        return;
    }
    after_nested(engine, job);
}

void cfn__send_details(struct cfn_engine *engine, struct cfn__job *job) {
    json_t *input = json_pack("{s:{s:b}}", "Filters", "FailedEvents", 1);
    if (job->set.id)
        json_object_set_new(input, "ChangeSetName", json_string(job->set.id));
    else
        json_object_set_new(
            input, "StackName",
            json_string(job->now.there ? job->now.stack_id : job->target->stack_name));
    cfn__job_ask(engine, job, "DescribeEvents", input);
}

void cfn__take_details(struct cfn_engine *engine, struct cfn__job *job,
                       const struct cfn_reply *reply) {
    const json_t *events = cfn_output_list(reply->output, "OperationEvents");
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        const char *why = cfn_output_text(event, "ValidationStatusReason");
        if (strcmp(cfn_output_text(event, "EventType"), "VALIDATION_ERROR") != 0 || !*why)
            continue;
        cfn__cause_set(engine, job, cfn_output_text(event, "LogicalResourceId"),
                       cfn_output_text(event, "ResourceType"),
                       cfn_output_text(event, "ValidationName"),
                       cfn__word(job, "%s %s", cfn_output_text(event, "ValidationPath"), why));
        break;
    }
    cfn__job_fail(engine, job, "CloudFormation's early validation refuses it");
}

/* "Export NAME cannot be deleted as it is in use by STACK": the name, or NULL. */
static char *export_in(const char *reason) {
    const char *from = strstr(reason, "Export "), *to = from ? strstr(from, " cannot be ") : NULL;
    if (!to)
        return NULL;
    struct cfn_text text = {0};
    from += strlen("Export ");
    cfn_text_write(&text, from, (size_t)(to - from));
    return cfn_text_take(&text);
}

void cfn__send_users(struct cfn_engine *engine, struct cfn__job *job) {
    char *name = export_in(job->cause.reason);
    if (name)
        cfn__job_ask(engine, job, "ListImports", json_pack("{s:s}", "ExportName", name));
    else
        cfn__job_fail(engine, job, "an export of it is in use");
    free(name);
}

void cfn__take_users(struct cfn_engine *engine, struct cfn__job *job,
                     const struct cfn_reply *reply) {
    const json_t *users = cfn_output_list(reply->output, "Imports");
    struct cfn_text text = {0};
    for (size_t i = 0; i < json_array_size(users); i++)
        cfn_text_printf(&text, "%s%s", i ? ", " : "", json_string_value(json_array_get(users, i)));
    if (text.size)
        cfn__cause_set(engine, job, job->cause.logical_id, job->cause.type, job->cause.status,
                       cfn__word(job, "%s (imported by %s)", job->cause.reason, text.data));
    cfn_text_done(&text);
    cfn__job_fail(engine, job, "an export of it is in use");
}

void cfn__send_failed_ones(struct cfn_engine *engine, struct cfn__job *job) {
    json_t *input = json_pack("{s:s}", "StackName", job->now.stack_id);
    if (job->run.more)
        json_object_set_new(input, "NextToken", json_string(job->run.more));
    else
        cfn__set_json(&job->now.resources, NULL);
    cfn__job_ask(engine, job, "ListStackResources", input);
}

/* Those that the events did not tell. */
void cfn__take_failed_ones(struct cfn_engine *engine, struct cfn__job *job,
                           const struct cfn_reply *reply) {
    const char *wanted = job->run.kind == CFN__DELETES ? "DELETE_FAILED" : "UPDATE_FAILED";
    job->now.resources =
        cfn__page_of(reply, "StackResourceSummaries", job->now.resources, &job->run.more);
    if (job->run.more && json_array_size(job->now.resources) < MOST_RESOURCES) {
        cfn__job_go(engine, job, CFN__FAILED_ONES);
        return;
    }
    for (size_t i = 0; i < json_array_size(job->now.resources); i++) {
        json_t *resource = json_array_get(job->now.resources, i);
        if (strcmp(cfn_output_text(resource, "ResourceStatus"), wanted) == 0)
            json_object_set(job->run.failed, cfn_output_text(resource, "LogicalResourceId"),
                            resource);
    }
    cfn__run_failed(engine, job);
}

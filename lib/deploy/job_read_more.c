/* What is there, further: whose operation is under way, resources, who imports what shall go. */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

void cfn__send_events(struct cfn_engine *engine, struct cfn__job *job) {
    if (!cfn__is_busy(job->now.status)) {
        cfn__job_go(engine, job, CFN__READ_RESOURCES);
        return;
    }
    cfn__job_ask(engine, job, "DescribeStackEvents",
                 json_pack("{s:s}", "StackName", job->now.stack_id));
}

static bool begins(const struct cfn__job *job, const json_t *event) {
    const char *status = cfn_output_text(event, "ResourceStatus");
    return cfn__event_is_root(job, event) &&
           (strcmp(status, "CREATE_IN_PROGRESS") == 0 ||
            strcmp(status, "UPDATE_IN_PROGRESS") == 0 || strcmp(status, "DELETE_IN_PROGRESS") == 0);
}

/* An event of the operation under way, and no earlier one, tells whose it is. */
void cfn__take_events(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    const json_t *events = cfn_output_list(reply->output, "StackEvents");
    cfn__set_text(&job->now.token, "");
    for (size_t i = 0; i < json_array_size(events) && !*job->now.token; i++) {
        const json_t *event = json_array_get(events, i);
        cfn__set_text(&job->now.token, cfn_output_text(event, "ClientRequestToken"));
        if (begins(job, event))
            break;
    }
    cfn__job_go(engine, job, CFN__READ_RESOURCES);
}

json_t *cfn__page_of(const struct cfn_reply *reply, const char *list, json_t *all, char **more) {
    const json_t *items = cfn_output_list(reply->output, list);
    const char *next = cfn_output_text(reply->output, "NextToken");
    if (!all)
        all = json_array();
    for (size_t i = 0; i < json_array_size(items); i++)
        json_array_append(all, json_array_get(items, i));
    cfn__set_text(more, *next ? next : NULL);
    return all;
}

/* The end of reading: a new plan where the work has begun. */
void cfn__job_read_ended(struct cfn_engine *engine, struct cfn__job *job) {
    if (!job->again) {
        cfn__job_go(engine, job, CFN__IDLE);
        return;
    }
    job->again = false;
    cfn__plan_job(engine, job);
    if (!cfn__plan_agrees(engine, job))
        return;
    cfn__job_proceed(engine, job);
}

static void end_resources(struct cfn_engine *engine, struct cfn__job *job) {
    if (cfn__replications_find(job))
        cfn__job_go(engine, job, CFN__READ_REPLICATIONS);
    else
        cfn__job_read_ended(engine, job);
}

void cfn__send_resources(struct cfn_engine *engine, struct cfn__job *job) {
    if (!cfn__plan_reads_resources(engine, job)) {
        end_resources(engine, job);
        return;
    }
    json_t *input = json_pack("{s:s}", "StackName", job->now.stack_id);
    if (job->run.more)
        json_object_set_new(input, "NextToken", json_string(job->run.more));
    cfn__job_ask(engine, job, "ListStackResources", input);
}

void cfn__take_resources(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    job->now.resources =
        cfn__page_of(reply, "StackResourceSummaries", job->now.resources, &job->run.more);
    if (job->run.more)
        cfn__job_go(engine, job, CFN__READ_RESOURCES);
    else
        end_resources(engine, job);
}

/* One name after the other; there are few. */
void cfn__send_importers(struct cfn_engine *engine, struct cfn__job *job) {
    const char *name = json_string_value(json_array_get(job->asking, 0));
    if (!name) {
        cfn__job_go(engine, job, CFN__IDLE);
        return;
    }
    json_t *input = json_pack("{s:s}", "ExportName", name);
    if (job->run.more)
        json_object_set_new(input, "NextToken", json_string(job->run.more));
    cfn__job_ask(engine, job, "ListImports", input);
}

/* An export that nobody imports is refused with a word; one that cannot be asked for goes, and
 * CloudFormation says no where it must not. */
void cfn__take_importers(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    const char *name = json_string_value(json_array_get(job->asking, 0));
    json_t *importers = json_object_get(job->dropped, name);
    if (!importers) {
        importers = json_array();
        json_object_set_new(job->dropped, name, importers);
    }
    cfn__page_of(reply, "Imports", importers, &job->run.more);
    if (!job->run.more) {
        if (json_array_size(importers) == 0)
            json_object_del(job->dropped, name);
        json_array_remove(job->asking, 0);
    }
    cfn__job_go(engine, job, CFN__READ_IMPORTERS);
}

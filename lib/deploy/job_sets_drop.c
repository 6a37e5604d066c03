/* Change sets that nobody executes are taken away, with the empty stacks they have made. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

void cfn__send_drop_set(struct cfn_engine *engine, struct cfn__job *job) {
    const struct cfn__set *set = &job->set;
    json_t *input = json_pack("{s:s}", "ChangeSetName", set->id ? set->id : set->name);
    if (!set->id)
        json_object_set_new(input, "StackName", json_string(job->target->stack_name));
    job->set.ready = false;
    cfn__job_ask(engine, job, "DeleteChangeSet", input);
}

static void dropped(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->stage == CFN_STAGE_RUNNING)
        cfn__job_proceed(engine, job);
    else
        cfn__job_go(engine, job, CFN__IDLE);
}

/* What cannot be deleted does no harm: it does nothing until somebody executes it. */
void cfn__take_drop_set(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply) {
    (void)reply;
    cfn__set_text(&job->set.id, NULL);
    if (job->set.made_stack)
        cfn__job_go(engine, job, CFN__DROP_STACK);
    else
        dropped(engine, job);
}

/* Only one that is still empty: a stack that holds anything is never deleted here. */
void cfn__send_drop_stack(struct cfn_engine *engine, struct cfn__job *job) {
    job->set.made_stack = false;
    cfn__job_ask(engine, job, "DescribeStacks", json_pack("{s:s}", "StackName", job->now.stack_id));
}

void cfn__take_drop_stack(struct cfn_engine *engine, struct cfn__job *job,
                          const struct cfn_reply *reply) {
    const char *status = cfn_output_text(reply->output, "Stacks.0.StackStatus");
    if (strcmp(status, "REVIEW_IN_PROGRESS") == 0)
        cfn__job_go(engine, job, CFN__DROP_EMPTY);
    else
        dropped(engine, job);
}

void cfn__send_drop_empty(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "DeleteStack", json_pack("{s:s}", "StackName", job->now.stack_id));
}

void cfn__take_drop_empty(struct cfn_engine *engine, struct cfn__job *job,
                          const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        job->now.there = false;
        cfn__set_text(&job->now.status, "");
    }
    dropped(engine, job);
}

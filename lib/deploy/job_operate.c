/* The four operations: what is sent for each. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static json_t *tags_of(const struct cfn__job *job) {
    const char *key;
    json_t *value, *tags = json_array();
    json_object_foreach(cfn__loose(job->target->tags), key, value)
        json_array_append_new(tags, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    return tags;
}

static json_t *topics_of(const struct cfn_engine *engine) {
    json_t *topics = json_array();
    for (size_t i = 0; i < engine->what.notification_arns.count; i++)
        json_array_append_new(topics, json_string(engine->what.notification_arns.items[i]));
    return topics;
}

/* A list that is sent empty clears what the stack has; one that is not sent leaves it. */
static void put_lists(const struct cfn_engine *engine, const struct cfn__job *job, json_t *input) {
    bool clears = json_array_size(job->now.topics) > 0;
    if (job->target->tags)
        json_object_set_new(input, "Tags", tags_of(job));
    if (engine->what.notification_arns.count > 0 || clears)
        json_object_set_new(input, "NotificationARNs", topics_of(engine));
}

json_t *cfn__job_submission(struct cfn_engine *engine, struct cfn__job *job, bool creates) {
    json_t *input =
        json_pack("{s:s, s:[s, s, s]}", "StackName",
                  job->now.there ? job->now.stack_id : job->target->stack_name, "Capabilities",
                  "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND");
    json_object_set_new(input, job->url ? "TemplateURL" : "TemplateBody",
                        json_string(job->url ? job->url : job->text));
    json_t *parameters = cfn__plan_submitted_parameters(job, creates);
    if (json_array_size(parameters) > 0)
        json_object_set(input, "Parameters", parameters);
    json_decref(parameters);
    put_lists(engine, job, input);
    if (engine->what.role_arn)
        json_object_set_new(input, "RoleARN", json_string(engine->what.role_arn));
    if (engine->what.mode == CFN_EXPRESS)
        json_object_set_new(input, "DeploymentConfig", json_pack("{s:s}", "Mode", "EXPRESS"));
    return input;
}

/* A creation that is rolled back takes with it what it has just made, also what is to be retained
 * later: it is empty, and would stand in the way of the next attempt. Express has its own rule for
 * rollbacks, and refuses to be told another. */
void cfn__put_rollback(const struct cfn_engine *engine, const struct cfn__job *job, json_t *input) {
    if (engine->what.mode != CFN_EXPRESS)
        json_object_set_new(input,
                            engine->what.keep_failed ? "DisableRollback" : "RetainExceptOnCreate",
                            json_true());
    json_object_set_new(input, "ClientRequestToken", json_string(job->run.token));
}

void cfn__send_create(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__run_begin(engine, job, CFN__CREATES);
    json_t *input = cfn__job_submission(engine, job, true);
    if (engine->what.termination_protection)
        json_object_set_new(input, "EnableTerminationProtection", json_true());
    if (engine->what.stack_policy)
        json_object_set_new(input, "StackPolicyBody", json_string(engine->what.stack_policy));
    cfn__put_rollback(engine, job, input);
    job->wants_policy = job->wants_protection = false;
    job->resources_all = json_object_size(json_object_get(job->body, "Resources"));
    cfn__job_ask(engine, job, "CreateStack", input);
}

static size_t changed_resources(const struct cfn__job *job) {
    size_t count = 0;
    for (size_t i = 0; job->diff && i < cfn_diff_count(job->diff); i++)
        count += strcmp(cfn_diff_at(job->diff, i)->section, "Resources") == 0;
    return count;
}

void cfn__send_update(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__run_begin(engine, job, CFN__UPDATES);
    json_t *input = cfn__job_submission(engine, job, false);
    cfn__put_rollback(engine, job, input);
    job->resources_all = changed_resources(job);
    cfn__job_ask(engine, job, "UpdateStack", input);
}

/* What is asked of a stack that takes no template: with a list of resources, where there are any.
 */
static json_t *operation_on(const struct cfn_engine *engine, const struct cfn__job *job,
                            const char *member, json_t *ids) {
    json_t *input = json_pack("{s:s, s:s}", "StackName", job->now.stack_id, "ClientRequestToken",
                              job->run.token);
    if (json_array_size(ids) > 0)
        json_object_set(input, member, ids);
    if (engine->what.role_arn)
        json_object_set_new(input, "RoleARN", json_string(engine->what.role_arn));
    return input;
}

void cfn__send_delete(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__run_begin(engine, job, CFN__DELETES);
    json_t *input = operation_on(engine, job, "RetainResources", job->retain);
    job->resources_all = json_array_size(job->now.resources);
    cfn__job_ask(engine, job, "DeleteStack", input);
}

void cfn__send_continue(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__run_begin(engine, job, CFN__CONTINUES);
    json_t *input = operation_on(engine, job, "ResourcesToSkip", job->skip);
    job->resources_all = 0;
    cfn__job_ask(engine, job, "ContinueUpdateRollback", input);
}

/* An emulator may have ended it already; CloudFormation has only begun. */
void cfn__take_operation(struct cfn_engine *engine, struct cfn__job *job,
                         const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_THROTTLED || reply->outcome == CFN_REPLY_BROKEN) {
        cfn__job_lost(engine, job, reply);
        return;
    }
    if (reply->outcome != CFN_REPLY_OK) {
        cfn__job_refused(engine, job, reply);
        return;
    }
    const char *id = cfn_output_text(reply->output, "StackId");
    job->run.losses = 0;
    if (*id && job->run.kind == CFN__CREATES) {
        job->now.there = true;
        job->run.whole = true;
        cfn__set_text(&job->now.stack_id, id);
        cfn__set_text(&job->now.status, "CREATE_IN_PROGRESS");
    }
    cfn__job_track(engine, job);
}

/* What is there: the stack, its template and its policy. Nothing here changes anything. */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

void cfn__present_done(struct cfn__present *present) {
    json_decref(present->parameters);
    json_decref(present->tags);
    json_decref(present->outputs);
    json_decref(present->exports);
    json_decref(present->topics);
    json_decref(present->body);
    json_decref(present->resources);
    free(present->stack_id);
    free(present->status);
    free(present->status_reason);
    free(present->updated);
    free(present->text);
    free(present->policy);
    free(present->token);
    *present = (struct cfn__present){0};
}

/* [{"Key": k, "Value": v}] as {k: v}. */
static json_t *as_object(const json_t *list, const char *key, const char *value) {
    json_t *object = json_object();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *name = cfn_output_text(item, key);
        if (*name && !cfn_starts_with(name, "aws:"))
            json_object_set_new(object, name, json_string(cfn_output_text(item, value)));
    }
    return object;
}

static json_t *exports_of(const json_t *outputs) {
    json_t *exports = json_object();
    for (size_t i = 0; i < json_array_size(outputs); i++) {
        const json_t *output = json_array_get(outputs, i);
        const char *name = cfn_output_text(output, "ExportName");
        if (*name)
            json_object_set_new(exports, name,
                                json_pack("{s:s, s:s}", "key", cfn_output_text(output, "OutputKey"),
                                          "value", cfn_output_text(output, "OutputValue")));
    }
    return exports;
}

/* The time of the last operation, and its id: what tells one state from the next. */
static char *updated_of(const json_t *stack) {
    struct cfn_text text = {0};
    const char *updated = cfn_output_text(stack, "LastUpdatedTime");
    cfn_text_printf(&text, "%s %s %s", *updated ? updated : cfn_output_text(stack, "CreationTime"),
                    cfn_output_text(stack, "DeletionTime"),
                    cfn_output_text(stack, "LastOperations.0.OperationId"));
    return cfn_text_take(&text);
}

static bool is_true(const json_t *value) {
    const char *text = json_string_value(value);
    return json_is_true(value) || (text && strcmp(text, "true") == 0);
}

void cfn__present_take(struct cfn__job *job, const json_t *stack) {
    struct cfn__present *now = &job->now;
    const json_t *topics = cfn_output_list(stack, "NotificationARNs");
    const json_t *outputs = cfn_output_list(stack, "Outputs");
    now->there = true;
    cfn__set_text(&now->stack_id, cfn_output_text(stack, "StackId"));
    cfn__set_text(&now->status, cfn_output_text(stack, "StackStatus"));
    cfn__set_text(&now->status_reason, cfn_output_text(stack, "StackStatusReason"));
    free(now->updated);
    now->updated = updated_of(stack);
    now->is_protected = is_true(json_object_get(stack, "EnableTerminationProtection"));
    cfn__set_json(&now->parameters, as_object(cfn_output_list(stack, "Parameters"), "ParameterKey",
                                              "ParameterValue"));
    cfn__set_json(&now->tags, as_object(cfn_output_list(stack, "Tags"), "Key", "Value"));
    cfn__set_json(&now->outputs, as_object(outputs, "OutputKey", "OutputValue"));
    cfn__set_json(&now->exports, exports_of(outputs));
    cfn__set_json(&now->topics, topics ? json_deep_copy(topics) : json_array());
}

void cfn__send_stack(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "DescribeStacks",
                 json_pack("{s:s}", "StackName", job->target->stack_name));
}

/* What is asked next of a stack that is there. */
static bool has_template(const struct cfn__job *job) {
    return job->now.there && strcmp(job->now.status, "REVIEW_IN_PROGRESS") != 0;
}

void cfn__take_stack(struct cfn_engine *engine, struct cfn__job *job,
                     const struct cfn_reply *reply) {
    const json_t *stack = json_array_get(cfn_output_list(reply->output, "Stacks"), 0);
    cfn__present_done(&job->now);
    job->unreadable = false;
    if (stack) {
        cfn__present_take(job, stack);
    } else if (!cfn__is_missing(reply)) {
        job->unreadable = true;
        cfn__plan_refuse(job, cfn__word(job, "CloudFormation does not tell the stack: %s",
                                        reply->message ? reply->message : ""));
    }
    cfn__job_go(engine, job, has_template(job) ? CFN__READ_TEMPLATE : CFN__READ_RESOURCES);
}

void cfn__send_template(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(
        engine, job, "GetTemplate",
        json_pack("{s:s, s:s}", "StackName", job->now.stack_id, "TemplateStage", "Original"));
}

/* A template that cannot be had is one that differs. */
void cfn__take_template(struct cfn_engine *engine, struct cfn__job *job,
                        const struct cfn_reply *reply) {
    const json_t *body = json_object_get(reply->output, "TemplateBody");
    if (json_is_string(body))
        cfn__set_text(&job->now.text, json_string_value(body));
    else if (json_is_object(body))
        cfn__set_json(&job->now.body, json_deep_copy(body));
    bool policy = engine->goal == CFN_DEPLOY && engine->what.stack_policy;
    cfn__job_go(engine, job, policy ? CFN__READ_POLICY : CFN__READ_EVENTS);
}

void cfn__send_policy(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "GetStackPolicy", json_pack("{s:s}", "StackName", job->now.stack_id));
}

void cfn__take_policy(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    cfn__set_text(&job->now.policy, cfn_output_text(reply->output, "StackPolicyBody"));
    cfn__job_go(engine, job, CFN__READ_EVENTS);
}

void cfn__job_read_again(struct cfn_engine *engine, struct cfn__job *job, int64_t after) {
    job->again = true;
    job->replans++;
    cfn__job_rest(engine, job, CFN__READ_STACK, after);
}

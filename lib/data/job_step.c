/* A step on a cluster: spark-submit there, as the role of jobs. */
#include "job.h"

#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 5, PAUSE_MS = 2000 };

/* "bronze_to_silver 1f0c...": the run stands in the name, so that a step is found again. */
static char *name_of(const struct cfn_job *job) {
    char token[65];
    struct cfn_text name = {0};
    cfn__data_token(job->entry_point, job->run, 0, token);
    cfn_text_printf(&name, "%.200s %.12s", job->name, token);
    return cfn_text_take(&name);
}

static json_t *arguments_of(const struct cfn_job *job) {
    json_t *list = json_pack("[sss]", "spark-submit", "--deploy-mode", "cluster");
    if (job->py_files) {
        json_array_append_new(list, json_string("--py-files"));
        json_array_append_new(list, json_string(job->py_files));
    }
    json_array_append_new(list, json_string(job->entry_point));
    for (const char *const *argument = job->arguments; argument && *argument; argument++)
        json_array_append_new(list, json_string(*argument));
    return list;
}

/* A step that fails must not end the cluster. */
static json_t *input_of(const struct cfn_job *job, const char *name) {
    json_t *jar = json_pack("{s:s, s:o}", "Jar", "command-runner.jar", "Args", arguments_of(job));
    return json_pack("{s:s, s:[{s:s, s:s, s:o}], s:s}", "JobFlowId", job->place, "Steps", "Name",
                     name, "ActionOnFailure", "CONTINUE", "HadoopJarStep", jar, "ExecutionRoleArn",
                     job->role_arn);
}

/* The id of the step of that name, or NULL; -1 where nobody can say. */
static int find(const struct cfn_transport *transport, const struct cfn_job *job, const char *name,
                char **id, struct cfn_diags *diags) {
    json_t *output = cfn__data_ask(transport, "elasticmapreduce", "ListSteps",
                                   json_pack("{s:s}", "ClusterId", job->place), diags);
    const json_t *steps = cfn_output_list(output, "Steps");
    *id = NULL;
    for (size_t i = 0; i < json_array_size(steps) && !*id; i++)
        if (strcmp(cfn_output_text(json_array_get(steps, i), "Name"), name) == 0)
            *id = cfn__copy(cfn_output_text(json_array_get(steps, i), "Id"));
    json_decref(output);
    return output ? 0 : -1;
}

/* One attempt; *again: it may be tried again, for nothing was begun. */
static char *attempt(const struct cfn_transport *transport, const struct cfn_job *job,
                     const char *name, bool last, bool *again, struct cfn_diags *diags) {
    const struct cfn_call call = {"elasticmapreduce", "AddJobFlowSteps", input_of(job, name), NULL,
                                  0};
    const struct cfn_transport *once = job->once ? job->once : transport;
    struct cfn_reply reply;
    char *id = NULL;
    cfn_call_wait(once, &call, &reply);
    *again = false;
    if (reply.outcome == CFN_REPLY_OK)
        id = cfn__copy(cfn_output_text(reply.output, "StepIds.0"));
    else if ((reply.outcome != CFN_REPLY_BROKEN && reply.outcome != CFN_REPLY_THROTTLED) || last)
        cfn_reply_fail(&reply, &call, diags);
    else
        *again = reply.outcome == CFN_REPLY_THROTTLED ||
                 (find(transport, job, name, &id, diags) == 0 && !id);
    cfn_reply_done(&reply);
    return id;
}

static char *begin(const struct cfn_transport *transport, const struct cfn_job *job,
                   struct cfn_diags *diags) {
    char *name = name_of(job), *id = NULL;
    bool again = true;
    for (int i = 1; again; i++) {
        id = attempt(transport, job, name, i == ATTEMPTS, &again, diags);
        if (again)
            cfn__data_pause(transport, PAUSE_MS * i);
    }
    free(name);
    return id;
}

static json_t *look(const struct cfn_transport *transport, const struct cfn_job *job,
                    const char *id, struct cfn_diags *diags) {
    json_t *output =
        cfn__data_ask(transport, "elasticmapreduce", "DescribeStep",
                      json_pack("{s:s, s:s}", "ClusterId", job->place, "StepId", id), diags);
    if (!output)
        return NULL;
    const char *details = cfn_output_text(output, "Step.Status.FailureDetails.Message"),
               *change = cfn_output_text(output, "Step.Status.StateChangeReason.Message"),
               *file = cfn_output_text(output, "Step.Status.FailureDetails.LogFile");
    json_t *seen = cfn__job_look_of(id, cfn_output_text(output, "Step.Status.State"),
                                    *details ? details : change, "|COMPLETED|",
                                    "|CANCELLED|FAILED|INTERRUPTED|");
    struct cfn_text logs = {0};
    if (*file)
        cfn_text_put(&logs, file);
    else if (job->logs)
        cfn_text_printf(&logs, "s3://%s/clusters/%s/steps/%s/", job->logs, job->place, id);
    if (logs.size)
        cfn__job_link(seen, "logs", cfn_text_take(&logs));
    json_decref(output);
    return seen;
}

static int cancel(const struct cfn_transport *transport, const struct cfn_job *job, const char *id,
                  struct cfn_diags *diags) {
    json_t *output =
        cfn__data_ask(transport, "elasticmapreduce", "CancelSteps",
                      json_pack("{s:s, s:[s], s:s}", "ClusterId", job->place, "StepIds", id,
                                "StepCancellationOption", "SEND_INTERRUPT"),
                      diags);
    const char *status = cfn_output_text(output, "CancelStepsInfoList.0.Status"),
               *reason = cfn_output_text(output, "CancelStepsInfoList.0.Reason");
    int code = output ? 0 : -1;
    if (output && strcmp(status, "FAILED") == 0)
        code = cfn_fail(diags, "job.cancel", (struct cfn_place){0}, NULL,
                        "the step is not cancelled: %s", reason);
    json_decref(output);
    return code;
}

const struct cfn__job_kind cfn__job_step = {begin, look, cancel};

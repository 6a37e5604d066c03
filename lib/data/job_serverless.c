/* A Spark job on EMR Serverless. */
#include "job.h"

#include <stdlib.h>

static json_t *texts_of(const char *const *texts) {
    json_t *list = json_array();
    for (; texts && *texts; texts++)
        json_array_append_new(list, json_string(*texts));
    return list;
}

static json_t *driver_of(const struct cfn_job *job) {
    json_t *submit = json_pack("{s:s, s:o}", "entryPoint", job->entry_point, "entryPointArguments",
                               texts_of(job->arguments));
    if (job->py_files) {
        struct cfn_text parameters = {0};
        cfn_text_printf(&parameters, "--py-files %s", job->py_files);
        json_object_set_new(submit, "sparkSubmitParameters", json_string(parameters.data));
        cfn_text_done(&parameters);
    }
    return json_pack("{s:o}", "sparkSubmit", submit);
}

static char *begin(const struct cfn_transport *transport, const struct cfn_job *job,
                   struct cfn_diags *diags) {
    char token[65];
    cfn__data_token(job->entry_point, job->run, 0, token);
    json_t *input = json_pack("{s:s, s:s, s:s, s:s, s:o}", "applicationId", job->place,
                              "clientToken", token, "executionRoleArn", job->role_arn, "name",
                              job->name, "jobDriver", driver_of(job));
    if (job->tags)
        json_object_set(input, "tags", (json_t *)(uintptr_t)job->tags);
    json_t *output = cfn__data_ask(transport, "emr-serverless", "StartJobRun", input, diags);
    char *id = output ? cfn__copy(cfn_output_text(output, "jobRunId")) : NULL;
    json_decref(output);
    return id;
}

static json_t *input_of(const struct cfn_job *job, const char *id) {
    return json_pack("{s:s, s:s}", "applicationId", job->place, "jobRunId", id);
}

static json_t *look(const struct cfn_transport *transport, const struct cfn_job *job,
                    const char *id, struct cfn_diags *diags) {
    json_t *output =
        cfn__data_ask(transport, "emr-serverless", "GetJobRun", input_of(job, id), diags);
    if (!output)
        return NULL;
    json_t *seen = cfn__job_look_of(id, cfn_output_text(output, "jobRun.state"),
                                    cfn_output_text(output, "jobRun.stateDetails"), "|SUCCESS|",
                                    "|FAILED|CANCELLED|");
    if (job->logs)
        cfn__job_link(seen, "logs", cfn__console_streams(job->region, job->logs, id));
    json_decref(output);
    return seen;
}

static int cancel(const struct cfn_transport *transport, const struct cfn_job *job, const char *id,
                  struct cfn_diags *diags) {
    json_t *output =
        cfn__data_ask(transport, "emr-serverless", "CancelJobRun", input_of(job, id), diags);
    json_decref(output);
    return output ? 0 : -1;
}

char *cfn_job_dashboard(const struct cfn_transport *transport, const struct cfn_job *job,
                        const char *id, struct cfn_diags *diags) {
    json_t *output = cfn__data_ask(transport, "emr-serverless", "GetDashboardForJobRun",
                                   input_of(job, id), diags);
    char *url = output ? cfn__copy(cfn_output_text(output, "url")) : NULL;
    json_decref(output);
    return url;
}

const struct cfn__job_kind cfn__job_serverless = {begin, look, cancel};

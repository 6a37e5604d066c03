/*
 * Airflow's own API by way of MWAA's InvokeRestApi, which signs us in. Paths are those of Airflow
 * without their beginning (/api/v1, /api/v2) and have at most 64 characters. What Airflow refuses
 * comes as a refusal of MWAA's that has Airflow's status and answer in it.
 */
#include "job.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_PATH = 64, LONGEST_LIST = 100 };

/* RestApiClientException and RestApiServerException. */
static int read_refusal(const struct cfn_reply *reply, int *status, json_t **answer) {
    json_t *body = json_loadb(reply->payload ? reply->payload : "", reply->payload_size, 0, NULL);
    json_t *inner = json_object_get(body, "RestApiResponse");
    *status = (int)json_integer_value(json_object_get(body, "RestApiStatusCode"));
    *answer = inner ? json_incref(inner) : json_object();
    json_decref(body);
    if (*status)
        return 0;
    json_decref(*answer);
    *answer = NULL;
    return -1;
}

int cfn__airflow(const struct cfn_transport *transport, const struct cfn_job *job,
                 const char *method, const char *path, json_t *body, int *status, json_t **answer,
                 struct cfn_diags *diags) {
    json_t *input =
        json_pack("{s:s, s:s, s:s}", "Name", job->environment, "Method", method, "Path", path);
    const struct cfn_call call = {"airflow", "InvokeRestApi", input, NULL, 0};
    struct cfn_reply reply;
    *answer = NULL;
    if (body)
        json_object_set_new(input, "Body", body);
    else if (cfn_ends_with(path, "/taskInstances")) /* Airflow 3 gives 50 by itself */
        json_object_set_new(input, "QueryParameters", json_pack("{s:i}", "limit", LONGEST_LIST));
    if (strlen(path) > LONGEST_PATH) {
        json_decref(input);
        return cfn_fail(diags, "job.path", (struct cfn_place){0}, NULL,
                        "MWAA takes paths of at most %d characters, so this DAG cannot be asked "
                        "for: '%s'",
                        LONGEST_PATH, path);
    }
    cfn_call_wait(transport, &call, &reply);
    int code = 0;
    if (reply.outcome == CFN_REPLY_OK) {
        json_t *inner = json_object_get(reply.output, "RestApiResponse");
        *status = (int)json_integer_value(json_object_get(reply.output, "RestApiStatusCode"));
        *answer = inner ? json_incref(inner) : json_object();
    } else if (reply.outcome != CFN_REPLY_REFUSED || read_refusal(&reply, status, answer))
        code = cfn_reply_fail(&reply, &call, diags);
    cfn_reply_done(&reply);
    return code;
}

/* {"detail": "..."} of both versions, or a list of what is wrong with members. */
int cfn__airflow_fail(const char *doing, int status, const json_t *answer,
                      struct cfn_diags *diags) {
    const json_t *detail = json_object_get(answer, "detail");
    const char *text = json_string_value(detail);
    char *dumped = text || !detail ? NULL : json_dumps(detail, JSON_COMPACT);
    if (!text || !*text)
        text = dumped ? dumped : cfn_output_text(answer, "title");
    cfn_fail(diags, "airflow.refused", (struct cfn_place){0}, NULL,
             "Airflow refuses to %s: %.500s (status %d)", doing, *text ? text : "without a word",
             status);
    free(dumped);
    return -1;
}

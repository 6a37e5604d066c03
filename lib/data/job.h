/*
 * What each kind of job does its own way (job_dag.c, job_serverless.c, job_step.c), for what is
 * done alike (job.c).
 */
#ifndef CFN_DATA_JOB_H
#define CFN_DATA_JOB_H

#include "ask.h"

#include <cfngen/job.h>

struct cfn__job_kind {
    char *(*begin)(const struct cfn_transport *transport, const struct cfn_job *job,
                   struct cfn_diags *diags);
    json_t *(*look)(const struct cfn_transport *transport, const struct cfn_job *job,
                    const char *id, struct cfn_diags *diags);
    int (*cancel)(const struct cfn_transport *transport, const struct cfn_job *job, const char *id,
                  struct cfn_diags *diags);
};
extern const struct cfn__job_kind cfn__job_dag, cfn__job_serverless, cfn__job_step;

/* A look without links and tasks. `good` are the words of an end that is one, `bad` of others, each
 * as "|SUCCESS|". */
json_t *cfn__job_look_of(const char *id, const char *state, const char *reason, const char *good,
                         const char *bad);

/* Adds a link; consumes the url, which may be NULL. */
void cfn__job_link(json_t *look, const char *what, char *url);

/* Pages of AWS's console: of a log group with the streams that begin with or have a text; of one
 * stream. free() them. */
char *cfn__console_streams(const char *region, const char *group, const char *filter);
char *cfn__console_stream(const char *region, const char *group, const char *stream);

/* One call of Airflow's own API by way of MWAA: status and answer. -1 with a diagnostic where MWAA
 * itself refuses; what Airflow refuses is its status. Consumes the body. */
int cfn__airflow(const struct cfn_transport *transport, const struct cfn_job *job,
                 const char *method, const char *path, json_t *body, int *status, json_t **answer,
                 struct cfn_diags *diags);
/* Tells what Airflow refuses; returns -1. */
int cfn__airflow_fail(const char *doing, int status, const json_t *answer, struct cfn_diags *diags);

#endif

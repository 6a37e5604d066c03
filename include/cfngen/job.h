/*
 * Jobs that run on the platform: a DAG of Airflow on MWAA, a Spark job on EMR Serverless, or a step
 * on a cluster. They are begun, looked at until they have ended, and cancelled alike.
 *
 *     char *id = cfn_job_begin(transport, &job, diags);
 *     json_t *end = id ? cfn_job_follow(transport, &job, id, &watch, diags) : NULL;
 *
 * A job goes on whether or not anybody follows it. Whatever is sent again is begun once.
 */
#ifndef CFNGEN_JOB_H
#define CFNGEN_JOB_H

#include <cfngen/aws.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_job_kind { CFN_JOB_DAG, CFN_JOB_SERVERLESS, CFN_JOB_STEP };

/* Everything is borrowed. */
struct cfn_job {
    enum cfn_job_kind kind;
    const char *name;   /* of the DAG, or what the job is called */
    const char *region; /* for links */
    uint64_t run;       /* a number that no other run has */

    /* of a DAG */
    const char *environment; /* of MWAA */
    const json_t *conf;      /* an object, or NULL */
    bool unpause;            /* one that is paused is switched on; else that is an error */

    /* of Spark */
    const char *place;            /* application id, or cluster id */
    const char *role_arn;         /* that the job takes on */
    const char *entry_point;      /* s3://bucket/spark/bronze_to_silver.py */
    const char *py_files;         /* s3://bucket/spark/modules.zip, or NULL */
    const char *const *arguments; /* ended by NULL; or NULL */
    const json_t *tags;           /* an object of strings, or NULL */
    const char *logs;             /* log group, or bucket of a cluster's logs; or NULL */
    /* A cluster knows no tokens, so a call that began a step and whose answer was lost is looked
     * for before it is sent again: a transport that makes one attempt, or NULL. */
    const struct cfn_transport *once;
};

/* Its id; the caller frees it with free(). NULL with a diagnostic. */
CFN_API char *cfn_job_begin(const struct cfn_transport *transport, const struct cfn_job *job,
                            struct cfn_diags *diags);

/* One look: {id, state, ended, good, reason, links: [{what, url}], tasks: [{name, state, try,
 * seconds}]}, a new reference; state as the service says it; tasks of a DAG alone, in the order in
 * which they began. NULL with a diagnostic. */
CFN_API json_t *cfn_job_look(const struct cfn_transport *transport, const struct cfn_job *job,
                             const char *id, struct cfn_diags *diags);

/* Looks until it has ended, `stop` says so, or the time is up; gives the last look. */
struct cfn_job_watch {
    void (*look)(void *self, const json_t *look); /* told of each; may be NULL */
    bool (*stop)(void *self);                     /* may be NULL */
    void *self;
    int64_t poll;  /* milliseconds between looks; 0: from 1,000 to 15,000 */
    int64_t until; /* a time of the transport, or 0 */
};
CFN_API json_t *cfn_job_follow(const struct cfn_transport *transport, const struct cfn_job *job,
                               const char *id, const struct cfn_job_watch *watch,
                               struct cfn_diags *diags);

/* Asks it to end; it may take its time. 0, or -1 with a diagnostic. */
CFN_API int cfn_job_cancel(const struct cfn_transport *transport, const struct cfn_job *job,
                           const char *id, struct cfn_diags *diags);

/* A link to Spark's own pages of a serverless job. It lets its bearer in for an hour. The caller
 * frees it with free(). */
CFN_API char *cfn_job_dashboard(const struct cfn_transport *transport, const struct cfn_job *job,
                                const char *id, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

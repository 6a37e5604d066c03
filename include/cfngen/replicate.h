/*
 * Running the replication of the database into the lake: starting it, following its full load,
 * stopping it. CloudFormation creates a replication of DMS and never starts it.
 *
 * The functions wait for their answers, and for what they bring about, in the transport's time.
 * They are right at whatever state they find: a replication that runs already is followed, one that
 * is to be stopped and stands still is left alone, so that each may be repeated.
 */
#ifndef CFNGEN_REPLICATE_H
#define CFNGEN_REPLICATE_H

#include <cfngen/aws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What replicates: a task on a replication instance, or a serverless replication. Borrowed. */
struct cfn_replication {
    const char *task_arn;      /* NULL: serverless */
    const char *config_arn;    /* NULL: a task */
    const char *instance_name; /* by which CloudWatch knows the instance, or NULL: no latency */
};
/* Finds it in the outputs of the stack dms (an object of strings). -1 with a diagnostic where they
 * name none. */
CFN_API int cfn_replication_find(const json_t *outputs, struct cfn_replication *replication,
                                 struct cfn_diags *diags);

/* How it stands, as a new reference:
 *   {arn, mode ("instance" or "serverless"), migration_type, state, status (DMS's own word),
 *    percent, tables_loaded, tables_loading, tables_queued, tables_errored, stop_reason, failure,
 *    started, fresh_start (seconds since 1970, or null), source_latency, target_latency (seconds,
 *    or null), instance_arn, source_endpoint_arn, target_endpoint_arn,
 *    left_by_deployment (an update that was killed has stopped it: the next one resumes it),
 *    tables: [{schema, table, state, rows, inserts, updates, deletes, error_rows}]}
 * state is one of: "new" (never started), "starting", "loading", "replicating" (the full load is
 * through, or there is none, and changes follow), "loaded" (a full load alone, and it is through),
 * "stopping", "stopped", "failed" (also: tables in error and nothing more being loaded), "busy"
 * (being changed, tested or moved), "deleting".
 * NULL with a diagnostic where DMS cannot be asked. Without `whole` neither tables nor latency are
 * asked for. */
CFN_API json_t *cfn_replication_status(const struct cfn_transport *transport,
                                       const struct cfn_replication *replication, bool whole,
                                       struct cfn_diags *diags);

enum cfn_replicate {
    CFN_REPLICATE_START,  /* the first time with a full load, later from where it stopped */
    CFN_REPLICATE_RESUME, /* from where it stopped; refused where it was never started */
    CFN_REPLICATE_RELOAD, /* all tables anew: what is in the lake is replaced */
    CFN_REPLICATE_STOP
};

struct cfn_replicate_options {
    int64_t poll;    /* time between looks; 0: 5,000 */
    int64_t timeout; /* 0: of stopping 15 minutes, of loading none */
    bool no_wait;    /* done as soon as DMS has taken the order */
    bool no_test;    /* the connections are not tested before a start */
    /* Told of what is done, and shown the status at each look. Both may be NULL. */
    void (*note)(void *self, const char *text);
    void (*look)(void *self, const json_t *status);
    /* Asked often: true ends the waiting, and nothing else. May be NULL. */
    bool (*stop)(void *self);
    void *self;
};

/* Brings it about and follows it: a start until the full load is through without a table in error,
 * a stop until it stands still. The status in the end as a new reference, or NULL where DMS could
 * not be asked; the diagnostics say what failed: "replicate.failed", "replicate.table",
 * "replicate.connection", "replicate.state", "replicate.timeout", "replicate.interrupted", or what
 * AWS said. What was begun goes on by itself whatever becomes of the caller. */
CFN_API json_t *cfn_replicate(const struct cfn_transport *transport,
                              const struct cfn_replication *replication, enum cfn_replicate what,
                              const struct cfn_replicate_options *options, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

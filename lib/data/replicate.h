/* What the files of replicating share. */
#ifndef CFN_DATA_REPLICATE_H
#define CFN_DATA_REPLICATE_H

#include "base/base.h"

#include <cfngen/replicate.h>

/* The tag by which a deployment knows that a replication is to be resumed. */
#define CFN__RESUME_MARK "cfngen:resume"

/* What DMS calls the same thing of a task and of a serverless replication. */
struct cfn__dialect {
    const char *mode;
    const char *arn;                       /* the member that names it */
    const char *describe, *filter, *list;  /* reading it */
    const char *numbers;                   /* the member with its progress */
    const char *migration_type, *started;  /* members */
    const char *tables, *table_list;       /* reading its tables */
    const char *start, *start_type, *stop; /* what is done to it */
};
const struct cfn__dialect *cfn__dialect_of(const struct cfn_replication *replication);
const char *cfn__replication_arn(const struct cfn_replication *replication);

/* Its state of all that has been read; see cfn_replication_status. */
const char *cfn__replication_state(const json_t *status);
/* Whether it has ever been started: then it is resumed, not started. */
bool cfn__replication_has_run(const json_t *status);
/* Whether it is at work, whatever comes of it. */
bool cfn__replication_runs(const json_t *status);
bool cfn__state_is(const json_t *status, const char *state);
json_int_t cfn__count_of(const json_t *status, const char *member);

/* A call of DMS; input is consumed. The reply is to be released. */
void cfn__dms_ask(const struct cfn_transport *transport, const char *action, json_t *input,
                  struct cfn_reply *reply);
/* Tells a refusal with what to do about it; -1. */
int cfn__dms_fail(const char *action, const struct cfn_reply *reply, struct cfn_diags *diags);
/* [{"Name": name, "Values": [values...]}], ended by NULL. */
json_t *cfn__dms_filter(const char *name, const char *const *values);

/* All pages of a list; NULL with the reply that was no answer. input is consumed. */
json_t *cfn__dms_pages(const struct cfn_transport *transport, const char *action, json_t *input,
                       const char *list, struct cfn_reply *failure);

/* Latency of the changes at both ends put into a status: seconds, or null. */
void cfn__replication_latency(const struct cfn_transport *transport,
                              const struct cfn_replication *replication, json_t *status,
                              struct cfn_diags *diags);

/* What to do about a failure that DMS tells in its own words; "" where nothing is known. */
const char *cfn__replication_advice(const char *message);

/* One call of cfn_replicate. */
struct cfn__replicating {
    const struct cfn_transport *transport;
    const struct cfn_replication *replication;
    struct cfn_replicate_options options;
    struct cfn_diags *diags;
    int64_t began, timeout;
    json_t *status;  /* of the last look */
    unsigned silent; /* looks without an answer, one after the other */
};
void cfn__replicate_note(const struct cfn__replicating *r, const char *format, ...)
    CFN_PRINTF(2, 3);
/* Waits for the next look; -1 with a diagnostic: the time is over, or the caller wants to go. */
int cfn__replicate_rest(struct cfn__replicating *r, int64_t milliseconds);
/* A new status; -1 with a diagnostic. */
int cfn__replicate_look(struct cfn__replicating *r, bool whole);

/* What a deployment would do about it later is done: its mark goes. */
void cfn__replicate_unmark(const struct cfn__replicating *r);

/* Both connections, from the instance to the endpoints: -1 with a diagnostic for each that fails.
 */
int cfn__replicate_test(struct cfn__replicating *r);
/* After a start: until the load is through. was: the status before it. */
int cfn__replicate_follow(struct cfn__replicating *r, const json_t *was, bool anew);
/* Until it stands still. */
int cfn__replicate_halt(struct cfn__replicating *r);

#endif

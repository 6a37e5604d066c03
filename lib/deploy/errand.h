/*
 * An errand: a small machine inside the engine that asks AWS something (or empties a bucket) beside
 * the stacks' own course. Pure, as the engine is: it gives calls, takes replies, and is done some
 * time.
 */
#ifndef CFN_DEPLOY_ERRAND_H
#define CFN_DEPLOY_ERRAND_H

#include <cfngen/deploy.h>

struct cfn__errand {
    /* The next call, with a tag of the errand's own choice; false: none now. */
    bool (*next)(struct cfn__errand *errand, uint64_t *tag, struct cfn_call *call);
    /* The reply to the call of that tag; borrowed. */
    void (*answer)(struct cfn__errand *errand, uint64_t tag, const struct cfn_reply *reply);
    bool (*done)(const struct cfn__errand *errand);
    void (*free)(struct cfn__errand *errand);
    int64_t rest; /* milliseconds that the call just given waits before it goes */
};

/* Before anything is touched: what AWS would report after half an hour. `there` says of each
 * target whether its stack exists already. Findings are recorded in `findings`, which outlives the
 * errand. */
struct cfn__errand *cfn__preflight_new(const struct cfn_deployment *what, const bool *there,
                                       struct cfn_diags *findings);
/* What the preflight found out for a target's creation: parameters to add (an object of strings, or
 * NULL; borrowed from the errand), and whether resources that it names exist already and are to be
 * adopted (ImportExistingResources). */
void cfn__preflight_advice(const struct cfn__errand *preflight, size_t target,
                           const json_t **parameters, bool *import_existing);

/* Empties buckets: all versions and delete markers, 1,000 at a time. buckets is a list of names.
 * progress (may be NULL) is told. failed() says why it could not; NULL when it could. */
struct cfn__errand *cfn__empty_new(const json_t *buckets,
                                   void (*progress)(void *self, const char *bucket, uint64_t gone),
                                   void *self);
const char *cfn__empty_failed(const struct cfn__errand *empty);

/* Replications of DMS, one after the other: looked at, paused (where an item has "halt"), or
 * resumed (where it has "resume" or "tagged"). list is the caller's, outlives the errand and is
 * filled in; see job_replications.c. tell is told. failed() says what could not be done; NULL where
 * all could. */
enum cfn__replications {
    CFN__REPLICATIONS_LOOK,
    CFN__REPLICATIONS_PAUSE,
    CFN__REPLICATIONS_RESUME
};
struct cfn__errand *cfn__replications_new(json_t *list, enum cfn__replications what, int64_t poll,
                                          void (*tell)(void *self, enum cfn_event_kind kind,
                                                       const char *text),
                                          void *self);
const char *cfn__replications_failed(const struct cfn__errand *replications);

#endif

/*
 * Replications of DMS on an errand: one of them at a time, one call at a time.
 *
 * A replication that runs is marked with a tag before it is stopped, and the mark goes when it runs
 * again: so whoever comes after a run that was killed knows that it is to be resumed.
 */
#ifndef CFN_DEPLOY_REPLICATIONS_H
#define CFN_DEPLOY_REPLICATIONS_H

#include "base/base.h"
#include "errand.h"

#define CFN__RESUME_TAG "cfngen:resume"

enum cfn__replications_at {
    CFN__REP_LOOK,
    CFN__REP_TAGS, /* does it have the mark? */
    CFN__REP_TAG,
    CFN__REP_STOP,
    CFN__REP_START,
    CFN__REP_UNTAG
};

struct cfn__replications_errand {
    struct cfn__errand errand;
    enum cfn__replications what;
    json_t *list; /* borrowed */
    size_t index;
    enum cfn__replications_at at;
    bool out, done;
    bool tried;   /* it was told to stop, or to start; that may have been carried out */
    bool ordered; /* it was carried out */
    unsigned looks, troubles;
    int64_t poll, rest;
    char *failed;
    void (*tell)(void *self, enum cfn_event_kind kind, const char *text);
    void *self;
};

/* The call of the step it is at. */
void cfn__replications_call(const struct cfn__replications_errand *errand, struct cfn_call *call);

/* The one it is about. */
json_t *cfn__replications_item(const struct cfn__replications_errand *errand);
bool cfn__replication_flag(const json_t *item, const char *flag);
void cfn__replication_set(json_t *item, const char *flag, bool on);
bool cfn__replication_is_task(const json_t *item);
/* What a status means. */
enum cfn__replication_is { CFN__REP_GONE, CFN__REP_STILL, CFN__REP_WORKS, CFN__REP_BUSY };
enum cfn__replication_is cfn__replication_is(const char *status);
/* Takes what a look has told: status, reason, failure, migration; without an answer "" for all. */
void cfn__replication_take(json_t *item, const struct cfn_reply *reply);

#endif

/*
 * Change sets: what is submitted, looked at before it is carried out.
 */
#ifndef CFN_SIM_CHANGE_SET_H
#define CFN_SIM_CHANGE_SET_H

#include "actions.h"

struct cfn__change_set {
    struct cfn__stack *stack;
    char *name, *id, *operation_id;
    bool creates, adopts, reverts_drift, validates, gone;
    const char *status, *execution;
    char *reason; /* of a failure, or NULL */
    struct cfn__version *version;
    json_t *input;    /* as it was asked for */
    json_t *changes;  /* a list */
    json_t *findings; /* of early validation: a list of events */
    int64_t created, ready;
};

/* Carries out what can be known beforehand: changes, and why it cannot be done. */
void cfn__change_set_work_out(struct cfn__change_set *set);
/* The set that a request names; NULL: refused. */
struct cfn__change_set *cfn__change_set_of(struct cfn__request *request);

/* What early validation found in an operation: a new list. */
json_t *cfn__findings_of(const struct cfn_sim *sim, const char *operation_id);

/* One resource's change, as it is told; NULL: it does not change. */
struct cfn__change {
    const struct cfn__change_set *set;
    struct cfn__operation *operation; /* that will not be carried out */
    const char *id;
    const struct cfn__resource *resource; /* as it is, or NULL */
    const json_t *item;                   /* as it shall be, or NULL */
    json_t *properties;                   /* as they would be */
    enum cfn__does does;
};
json_t *cfn__change_told(const struct cfn__change *change);
#define CFN__LATER "{{changeSet:KNOWN_AFTER_APPLY}}"

#endif

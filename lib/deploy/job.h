/*
 * A stack on its way: what is there, what shall be, and how far it has come.
 *
 * A job is at one step at a time, and has at most one call under way; the table of jobs.c says for
 * each step what it sends and how it takes the reply.
 */
#ifndef CFN_DEPLOY_JOB_H
#define CFN_DEPLOY_JOB_H

#include "base/base.h"
#include "errand.h"

/* Another name for it, for jansson's sake, whose iterators know no const. */
static inline json_t *cfn__loose(const json_t *value) {
    return (json_t *)(uintptr_t)value;
}

enum cfn__step {
    CFN__IDLE,
    CFN__READ_STACK, /* what is there */
    CFN__READ_TEMPLATE,
    CFN__READ_POLICY,
    CFN__READ_EVENTS, /* whose operation is under way */
    CFN__READ_RESOURCES,
    CFN__READ_REPLICATIONS, /* whether they run */
    CFN__READ_IMPORTERS,    /* of exports that shall go */
    CFN__SET_POLICY,        /* what is no part of the template */
    CFN__PROTECT,
    CFN__UNPROTECT,
    CFN__UPLOAD, /* waits for the bucket */
    CFN__UPLOAD_HEAD,
    CFN__UPLOAD_PUT,
    CFN__EMPTY, /* buckets, before the stack goes */
    CFN__PAUSE, /* replications, before they are changed */
    CFN__RESUME,
    CFN__CREATE,
    CFN__UPDATE,
    CFN__DELETE,
    CFN__CONTINUE,
    CFN__MAKE_SET, /* change sets */
    CFN__LOOK_SET,
    CFN__EXECUTE,
    CFN__DROP_SET,
    CFN__DROP_STACK, /* the empty one that a change set has made: is it still empty? */
    CFN__DROP_EMPTY,
    CFN__LOOK,  /* whether a call without an answer was carried out */
    CFN__TRACK, /* our operation, by its events */
    CFN__CANCEL,
    CFN__WATCH,  /* an operation of somebody else, by its status */
    CFN__NESTED, /* the cause of a failure, further down */
    CFN__DETAILS,
    CFN__USERS,       /* who imports what could not be deleted */
    CFN__FAILED_ONES, /* resources that could not be deleted, or rolled back */
    CFN__FINAL,       /* the stack, after its operation has ended */
    CFN__STEPS
};

enum cfn__operates { CFN__CREATES, CFN__UPDATES, CFN__DELETES, CFN__CONTINUES };

enum { CFN__TOKEN_ROOM = 80, CFN__HASH_ROOM = 25 };

/* A stack as CloudFormation has it. Owns what it names. */
struct cfn__present {
    bool there;
    char *stack_id, *status, *status_reason;
    char *updated; /* time of the last operation, and its id where that is told */
    json_t *parameters, *tags, *outputs; /* objects of strings */
    json_t *exports;                     /* {export name: {"key", "value"}} */
    json_t *topics;                      /* a list */
    bool is_protected;
    char *text; /* the template, as it was submitted */
    json_t *body;
    char *policy;
    char *token;       /* of the operation under way */
    json_t *resources; /* as ListStackResources tells them, or NULL */
};

/* What runs, or ran last, on a stack for us. */
struct cfn__operation_run {
    enum cfn__operates kind;
    enum cfn__step sent_by; /* the step that began it: to send it again */
    char token[CFN__TOKEN_ROOM];
    unsigned attempt; /* how often a new token was needed */
    bool exists;      /* it was told to be there already */
    bool begun;       /* its first event has been seen */
    bool whole;       /* all events of this stack are its own */
    bool cleaning;    /* the new configuration stands */
    int64_t sent;     /* by the service's clock */
    int64_t looked;   /* when the last look began */
    char *last_event; /* id of the newest event that has been taken */
    json_t *page;     /* events not yet taken, the newest first */
    char *more;       /* token of the next page */
    unsigned misses;  /* looks without any event of ours */
    unsigned pages;
    bool joined;           /* the pages read reach back to what is known */
    int64_t first_time;    /* of our first event */
    unsigned losses;       /* calls without an answer, one after the other */
    char *fell;            /* why it turned back, as the stack's own event tells */
    char *status, *reason; /* at its end */
    json_t *failed;        /* a set: logical ids of resources that failed */
};

struct cfn__progress {
    char *id, *type;
    int64_t since;
    bool done;
};

/* A change set. */
struct cfn__set {
    char *name, *id;
    json_t *changes;  /* as CloudFormation tells them */
    json_t *approved; /* the changes that were shown, when it must be made again */
    json_t *page;     /* those of the pages read so far */
    char *more;
    bool ready, made_stack;
    unsigned looks, remakes;
};

struct cfn__sizes_of {
    size_t *items;
    size_t count, room;
};

struct cfn__job {
    struct cfn_engine *engine; /* for what is told of a job alone */
    const struct cfn_target *target;
    size_t index;
    enum cfn__step step;
    int64_t wake;     /* when its step sends; 0: it does not wait for a time */
    uint64_t request; /* under way, or 0 */
    struct cfn_arena words;

    struct cfn__present now;

    /* the plan */
    enum cfn_action action;
    const char *reason; /* of words */
    struct cfn_diff *diff;
    json_t *was_body, *was_tags, *is_body, *before,
        *after; /* what the diff compares: it borrows them */
    bool unreadable, refusal_told;
    json_t *body;           /* what is submitted: the target's, or with exports that are kept */
    struct cfn_world world; /* that its templates are evaluated in */
    json_t *given;          /* parameters that are given */
    const json_t *advice;   /* of the preflight, for a creation: the errand's */
    json_t *dropped;        /* exports that shall go: {name: [importers]} */
    json_t *imports;        /* a set of names, or NULL */
    json_t *asking;         /* names whose importers are still to be asked for */
    json_t *kept;           /* resources that stay in the account */
    json_t *buckets;        /* to be emptied */
    uint64_t gone;          /* objects of them that were deleted when it was last told */
    bool differs;           /* template, parameters, tags or topics */
    bool wants_policy, wants_protection;
    bool ours; /* the operation under way is */
    bool approved;
    unsigned dangers; /* that were shown */
    size_t kept_shown;
    bool by_set, adopts;
    char content[CFN__HASH_ROOM]; /* of what is submitted */
    size_t body_size;             /* bytes of its text */
    int64_t expected, rank;       /* rank: with the longest that waits for it */
    struct cfn__sizes_of waits;   /* for these */
    bool is_waited_for;

    /* its course */
    enum cfn_stage stage;
    int64_t began, ended;
    bool available; /* those that need it may begin */
    bool cancelled;
    bool deleted, emptied, again; /* again: to be read anew, then planned */
    bool second;                  /* the second update, without the exports that were kept */
    bool keeps_exports, lasting;  /* lasting: some of them stay for others */
    json_t *second_body;
    unsigned replans, export_waits, skips;
    char *text, *url; /* of the template to be submitted */
    char key[72];
    struct cfn__operation_run run;
    struct cfn__set set;
    struct cfn__errand *errand;
    json_t *retain, *skip; /* logical ids */
    json_t *replications;  /* of DMS, see job_replications.c; or NULL */
    bool paused;           /* by this run, and not yet resumed */
    bool ending;           /* they are resumed before this end: */
    enum cfn_stage end_stage;
    const char *end_text; /* of words */
    CFN_ARRAY(struct cfn__progress) progress;
    size_t resources_all;
    struct cfn_cause cause;
    bool has_cause, cause_told;
    char *nested; /* the stack that is looked into for it */
    unsigned depth;
};

#endif

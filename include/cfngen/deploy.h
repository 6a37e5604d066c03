/*
 * Deploying stacks: a plan of what to do, and an engine that does it.
 *
 * The engine is pure: it is told the time and the replies, and gives calls to send and a time at
 * which it wants to be stepped again. It never sleeps, opens a socket or reads a clock. What it
 * must remember is in CloudFormation itself, so a run that was killed is continued by a new engine
 * from what it finds there. cfn_engine_run() is the loop that brings engine and transport together.
 *
 *     struct cfn_engine *engine = cfn_engine_new(&deployment, CFN_DEPLOY);
 *     cfn_engine_run(engine, transport, &watcher);        // reads; calls that change nothing
 *     ... show cfn_engine_stack(engine, i) and ask once ...
 *     cfn_engine_approve(engine);
 *     cfn_engine_run(engine, transport, &watcher);        // until all is done, or failed and told
 *     int code = cfn_engine_tell(engine, diags);
 */
#ifndef CFNGEN_DEPLOY_H
#define CFNGEN_DEPLOY_H

#include <cfngen/aws.h>
#include <cfngen/config.h>
#include <cfngen/diff.h>
#include <cfngen/evaluate.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A stack as it shall be. All is borrowed and outlives the engine. */
struct cfn_target {
    const char *name;         /* "rds": what people and `needs` call it */
    const char *stack_name;   /* "shop-dev-rds" */
    const json_t *body;       /* the template */
    struct cfn_texts needs;   /* names of the targets whose exports it imports, or that must come
                                 before it for other reasons */
    const json_t *parameters; /* an object of strings, or NULL; one that is not given keeps its
                                 previous value, or takes the template's default */
    const json_t *tags;       /* an object of strings, or NULL */
    bool may_delete_data;     /* both keys agree: see allow_data_deletion */
    int64_t usual[3];         /* by enum cfn_operation: how long it took before; 0: not known */
};

enum cfn_mode {
    CFN_DIRECT,      /* CreateStack, UpdateStack */
    CFN_CHANGE_SETS, /* every change set that can be made beforehand is a part of the plan */
    CFN_EXPRESS      /* does not wait for resources to become stable: for development */
};

struct cfn_deployment {
    const struct cfn_target *targets; /* closed: each need is among them */
    size_t count;
    const char *prefix; /* "shop-dev": begins the names of the template bucket and change sets */
    const char *region;
    enum cfn_mode mode;
    const char *role_arn;               /* that CloudFormation takes on, or NULL */
    struct cfn_texts notification_arns; /* topics, at most 5 */
    const char *stack_policy;           /* JSON text, or NULL: left as it is */
    bool termination_protection;        /* switched on where it is not; never off but by destroy */
    const char *template_bucket; /* for templates over 51,200 bytes; NULL: one is made on demand */
    bool keep_failed;            /* a failed operation is not rolled back */
    bool no_preflight;
    const char *const *skip; /* "name.LogicalId" that continuing a rollback leaves out, ended by
                                NULL; or NULL */
    bool skip_failed;        /* continuing a rollback leaves out whatever fails to roll back */
    bool wait_for_others;    /* a stack that somebody else is working on is awaited; else refused */
    int64_t poll;            /* time between looks at a stack that others wait for; 0: 1,000 */
    uint64_t run;            /* a number that no other run has, for names of change sets */
};

enum cfn_goal { CFN_DEPLOY, CFN_DESTROY };
enum cfn_phase {
    CFN_READING, /* asking what is there */
    CFN_PLANNED, /* the plan stands and waits for cfn_engine_approve */
    CFN_RUNNING,
    CFN_ENDED
};

/* What will be, or is being, done to a stack. */
enum cfn_action {
    CFN_ACT_NONE,     /* it is as it shall be */
    CFN_ACT_CREATE,   /* also out of REVIEW_IN_PROGRESS */
    CFN_ACT_UPDATE,   /* also of CREATE_FAILED and UPDATE_FAILED, which is a retry */
    CFN_ACT_RECREATE, /* ROLLBACK_COMPLETE and the like: deleted, then created */
    CFN_ACT_CONTINUE, /* UPDATE_ROLLBACK_FAILED: its rollback is continued, then it is updated */
    CFN_ACT_AWAIT,    /* an operation is under way: awaited, then compared again */
    CFN_ACT_DELETE,
    CFN_ACT_REFUSE /* it cannot be done: `reason` says why and what to do */
};
CFN_API const char *cfn_action_name(enum cfn_action action); /* "create" */

enum cfn_stage {
    CFN_STAGE_WAITING, /* for what it needs */
    CFN_STAGE_RUNNING,
    CFN_STAGE_DONE,
    CFN_STAGE_FAILED,
    CFN_STAGE_NOT_BEGUN, /* because a need failed, or the run was halted */
    CFN_STAGE_LEFT       /* it goes on in CloudFormation, but nobody here watches */
};
CFN_API const char *cfn_stage_name(enum cfn_stage stage);

/* The first real cause of a failure. */
struct cfn_cause {
    const char *stack, *logical_id, *type, *status, *reason; /* as CloudFormation tells them */
    const char *meaning;                                     /* what that means, or "" */
    const char *remedy;                                      /* what to do, or "" */
};

/* A stack as the engine sees it. Borrowed until the next step. */
struct cfn_view {
    const char *name, *stack_name;
    const char *stack_id; /* "" where it is not there */
    const char *status;   /* of CloudFormation, "" where it is not there */
    enum cfn_action action;
    const char *reason;          /* why this action; "" when it needs no word */
    const struct cfn_diff *diff; /* NULL where nothing can be compared */
    enum cfn_stage stage;
    int64_t began, ended; /* 0: not yet */
    int64_t expected;     /* how long it should take */
    const char *resource; /* logical id of what has been under way longest, "" */
    const char *resource_type;
    size_t resources_done, resources_all;
    const struct cfn_cause *cause; /* NULL: it has not failed */
    const json_t *outputs;         /* an object of strings; NULL before the end */
    const json_t *kept;            /* resources left in the account: a list of {logical_id, type,
                                      physical_id}, or NULL */
    const json_t *change_set; /* in that mode: the changes as CloudFormation tells them; or NULL */
    /* Replications of DMS, which stand still while they are changed: a list of {id, arn, type,
     * status ("": not known), halt, tagged (an earlier run has stopped it, and this one resumes
     * it)}; or NULL. halt is "pause" (where it runs it is stopped before the update and resumed
     * after it), "leave" (it goes with the update, and is resumed only where that fails), "stop"
     * (it goes with its stack), or missing (it is left alone). */
    const json_t *replications;
    bool keeps_exports; /* still imported exports stay for this deployment, a second update follows
                         */
};

/* What happens, for a log: one after the other in the order in which it became known. */
enum cfn_event_kind {
    CFN_EVENT_NOTE,     /* text alone: "the template bucket shop-dev-... is made" */
    CFN_EVENT_WARNING,  /* text alone */
    CFN_EVENT_STARTED,  /* of a stack: its action begins */
    CFN_EVENT_RESOURCE, /* a resource's status, as CloudFormation tells it */
    CFN_EVENT_CAUSE,    /* the first real cause of a failure; cause is set */
    CFN_EVENT_ENDED     /* of a stack: status, text says how */
};
struct cfn_event {
    enum cfn_event_kind kind;
    int64_t time;
    const char *stack; /* name, or "" */
    const char *logical_id, *type, *status, *text;
    const struct cfn_cause *cause; /* or NULL */
};

struct cfn_engine;
CFN_API struct cfn_engine *cfn_engine_new(const struct cfn_deployment *what, enum cfn_goal goal);
CFN_API void cfn_engine_free(struct cfn_engine *engine);

/* Takes one reply (not NULL: the answer to a call it gave; borrowed) and the time. Returns when it
 * wants to be stepped again even without a reply; CFN_NEVER when it waits for approval or has
 * ended. After each step, calls and events are fetched until there are none. */
#define CFN_NEVER INT64_MAX
CFN_API int64_t cfn_engine_step(struct cfn_engine *engine, int64_t now,
                                const struct cfn_reply *reply);
/* The next call to send; its input is given away with it. */
CFN_API bool cfn_engine_call(struct cfn_engine *engine, uint64_t *id, struct cfn_call *call);
/* The next event; borrowed until the next step. */
CFN_API bool cfn_engine_event(struct cfn_engine *engine, struct cfn_event *event);

CFN_API enum cfn_phase cfn_engine_phase(const struct cfn_engine *engine);
CFN_API size_t cfn_engine_count(const struct cfn_engine *engine);
/* In the order of the targets. */
CFN_API void cfn_engine_stack(const struct cfn_engine *engine, size_t index, struct cfn_view *view);
/* Whether the plan does anything, and whether any of it must be refused. */
CFN_API bool cfn_engine_changes(const struct cfn_engine *engine);
/* Expected time of the whole plan: the longest path; path (may be NULL) has room for count indexes
 * of targets and is filled with it from its beginning; *length says how many. */
CFN_API int64_t cfn_engine_expected(const struct cfn_engine *engine, size_t *path, size_t *length);
/* Findings of the preflight and refusals of the plan, then failures: 0, or -1 when one is an error.
 * May be called at any phase; each is told once. */
CFN_API int cfn_engine_tell(struct cfn_engine *engine, struct cfn_diags *diags);

CFN_API void cfn_engine_approve(struct cfn_engine *engine);
/* Stops: DRAIN starts nothing more and awaits what runs; CANCEL also cancels updates that run (a
 * creation cannot be cancelled but by deleting); LEAVE ends now, what runs goes on. Each may follow
 * a weaker one. */
enum cfn_halt { CFN_HALT_DRAIN, CFN_HALT_CANCEL, CFN_HALT_LEAVE };
CFN_API void cfn_engine_halt(struct cfn_engine *engine, enum cfn_halt how);

/* The loop: until the plan stands (and is not yet approved) or all has ended. */
struct cfn_watcher {
    void (*event)(void *self, const struct cfn_event *event);
    /* Called after each step and at least each `tick` milliseconds: to draw, to halt. */
    void (*look)(void *self, struct cfn_engine *engine, int64_t now);
    int64_t tick; /* 0: 1,000 */
    void *self;
};
CFN_API enum cfn_phase cfn_engine_run(struct cfn_engine *engine,
                                      const struct cfn_transport *transport,
                                      const struct cfn_watcher *watcher);

/* The targets of a platform that has been synthesized: all of them, or those of `names` (ended by
 * NULL) with what they need (destroy: with what needs them). parameters is {"stack": {"Name":
 * "value"}} or NULL, tags an object of strings for all. Its texts live as long as the assembly and
 * the values. NULL with a diagnostic for a name that is none. */
struct cfn_assembly;
struct cfn_targets {
    struct cfn_target *targets; /* free() it */
    size_t count;
};
CFN_API int cfn_targets_of(const struct cfn_assembly *assembly, const char *const *names,
                           enum cfn_goal goal, const json_t *parameters, const json_t *tags,
                           struct cfn_targets *targets, struct cfn_diags *diags);

/* What a failure that CloudFormation tells means on a data platform, and what to do: *meaning and
 * *remedy are constant texts, "" where nothing is known. */
CFN_API void cfn_explain_failure(const char *type, const char *reason, const char **meaning,
                                 const char **remedy);

#ifdef __cplusplus
}
#endif

#endif

/*
 * Operations on stacks: what is done to their resources, in phases, step by step.
 */
#ifndef CFN_SIM_OPERATION_H
#define CFN_SIM_OPERATION_H

#include "stack.h"

/* --- operations --- */

enum cfn__does {
    CFN__CREATES,
    CFN__UPDATES,
    CFN__REPLACES,
    CFN__DELETES,
    CFN__KEEPS,
    CFN__IMPORTS
};
enum cfn__at { CFN__WAITS, CFN__RUNS, CFN__DONE, CFN__FAILED };

struct cfn__step {
    char *id;                       /* logical */
    struct cfn__resource *resource; /* a step that deletes may have one of its own */
    bool own;                       /* it is the step's */
    bool is_old, is_new;            /* replaced; made by this operation */
    bool is_released;               /* was imported, and is let go again */
    enum cfn__does does;
    enum cfn__at at;
    size_t waits;           /* for so many */
    CFN_ARRAY(size_t) next; /* who waits for it */
    unsigned ticket;
    struct cfn__stack *child; /* of a nested stack */
    json_t *needs;            /* where there is no resource yet: a set of logical ids */
    char *fails;              /* why it is going to fail, or NULL */
};
struct cfn__steps {
    struct cfn__step *items;
    size_t count, room;
};

/* How a resource was before an update. */
struct cfn__before {
    char *id;
    enum cfn__does does;
    struct cfn__resource *was; /* NULL: it was not there */
    bool restored;
};

enum cfn__kind { CFN__CREATE, CFN__UPDATE, CFN__DELETE, CFN__ROLLBACK, CFN__CONTINUE };
enum cfn__phase { CFN__FORWARD, CFN__BACK, CFN__CLEANUP, CFN__ENDED };
enum cfn__on_failure { CFN__ROLLS_BACK, CFN__STAYS, CFN__REMOVES };

struct cfn__operation {
    struct cfn__stack *stack;
    enum cfn__kind kind;
    const char *action; /* "CREATE_STACK" */
    char *id;           /* OperationId */
    char *token;        /* "": none */
    bool other;         /* by another operator */
    struct cfn__version *version;
    struct cfn_world world;
    struct cfn_evaluation *evaluation;
    struct cfn_diags *diags;
    json_t *imports;
    enum cfn__phase phase;
    enum cfn__on_failure on_failure;
    bool express, retain_except_on_create, adopts, cancelled, failed, timed_out, forced, rolls_back;
    bool removes_all;
    bool undoes_creation; /* its rollback removes everything */
    bool forgets;         /* what it deletes is no longer listed */
    bool reverts_drift;
    struct cfn__version *before_version; /* of a nested stack, or NULL */
    const char *previous;                /* status of the stack before it */
    char *reason;                        /* of the failure */
    struct cfn__steps steps;
    struct cfn__map step_of; /* logical id to index + 1, of the forward phase */
    size_t left, running;
    CFN_ARRAY(struct cfn__before) before;
    CFN_ARRAY(struct cfn__resource *) leftovers; /* to be cleaned up */
    json_t *unknown;                /* of one that is only imagined: ids that are not known yet */
    json_t *skip;                   /* a set: resources not to be touched */
    json_t *failures[3];            /* logical ids that failed to create, update, delete */
    char *policy;                   /* of the stack during this update, or NULL */
    double stretch;                 /* of resources' times */
    int64_t start, end, not_before; /* not_before: it takes as long as it is said to */
    const char *status;             /* at its end */
    unsigned tickets, ending;       /* ending: the ticket of the phase's end */
    bool starting;
    struct cfn__operation *parent; /* of a nested stack's */
    size_t parent_step;
};

struct cfn__operation *cfn__operation_new(struct cfn__stack *stack, enum cfn__kind kind,
                                          const char *token);
void cfn__operation_free(struct cfn__operation *operation);
void cfn__operation_end(struct cfn__operation *operation, const char *status, const char *reason);
/* Begins; what it needs is set. */
void cfn__operation_create(struct cfn__operation *operation);
void cfn__operation_update(struct cfn__operation *operation);
void cfn__operation_delete(struct cfn__operation *operation);
void cfn__operation_cancel(struct cfn__operation *operation);
void cfn__operation_roll_back(struct cfn__operation *operation, const char *reason);
void cfn__operation_clean_up(struct cfn__operation *operation);
void cfn__operation_remove_all(struct cfn__operation *operation);
void cfn__operation_fail(struct cfn__operation *operation, const char *reason);
void cfn__operation_abandon(struct cfn__operation *operation);
void cfn__surplus_add(struct cfn__operation *operation);
struct cfn__before *cfn__before_of(const struct cfn__operation *operation, const char *id);
bool cfn__resource_is_there(const struct cfn__resource *resource);
void cfn__world_of(struct cfn__operation *operation);
/* A list; what cannot be evaluated is in diags. */
json_t *cfn__outputs_of(struct cfn__operation *operation, struct cfn_diags *diags);
/* The first of a set of names that no other stack exports, or NULL. */
const char *cfn__missing_import(const struct cfn__stack *stack, const json_t *names);
void cfn__change_sets_follow(struct cfn__stack *stack, const char *status);
/* Evaluates parameters and conditions; NULL when that cannot be done, with the reason in diags. */
struct cfn_evaluation *cfn__operation_evaluate(struct cfn__operation *operation,
                                               struct cfn_diags *diags);

/* steps.c: doing things in the order of references */
struct cfn__step *cfn__step_add(struct cfn__operation *operation, const char *id,
                                struct cfn__resource *resource, enum cfn__does does);
void cfn__steps_clear(struct cfn__operation *operation);
/* Each after what it needs (create), or before (delete). */
void cfn__steps_order(struct cfn__operation *operation, bool reverse);
void cfn__steps_start(struct cfn__operation *operation);
void cfn__step_done(struct cfn__operation *operation, size_t index);
void cfn__step_failed(struct cfn__operation *operation, size_t index, const char *reason);
void cfn__step_later(struct cfn__operation *operation, size_t index, int64_t after,
                     cfn__happens *run);
/* The step that a happening is for; NULL: it has come too late. */
struct cfn__step *cfn__step_of(const struct cfn__happening *happening);
/* Begins one, by its phase. */
void cfn__step_begin(struct cfn__operation *operation, size_t index);
void cfn__step_create(struct cfn__operation *operation, size_t index);
void cfn__step_forward(struct cfn__operation *operation, size_t index);
void cfn__step_delete(struct cfn__operation *operation, size_t index);
void cfn__step_restore(struct cfn__operation *operation, size_t index);
/* All steps are done, or none runs after a failure. */
void cfn__phase_ended(struct cfn__operation *operation);

int64_t cfn__step_time(const struct cfn__operation *operation, const char *type,
                       enum cfn_operation what, const json_t *properties);
/* Why a resource fails, by script or by chance; to be freed, or NULL. */
char *cfn__fault_of(struct cfn__operation *operation, const char *id, const char *what);
/* "Resource handler returned message: ..."; to be freed. */
char *cfn__handler_message(struct cfn_sim *sim, const char *message, const char *code);

/* Makes a whole stack take as long as the options say. */
void cfn__steps_stretch(struct cfn__operation *operation, enum cfn_operation what);
/* Stops all that run. */
void cfn__steps_cancel(struct cfn__operation *operation);

/* change.c: what a change means. */
enum cfn_replacement cfn__replacement_of(struct cfn_type type, const json_t *before,
                                         const json_t *after);
enum cfn__does cfn__what_changes(const struct cfn__operation *operation,
                                 const struct cfn__resource *resource, const json_t *properties);
/* Why the stack's policy forbids it; to be freed, or NULL. */
char *cfn__policy_denies(const struct cfn__operation *operation,
                         const struct cfn__resource *resource, enum cfn__does does);

/* What happens at the end of a step, by its phase. */
cfn__happens cfn__step_made, cfn__step_restored, cfn__step_deleted;
void cfn__step_settles(struct cfn__operation *operation, size_t index);

/* nested.c: a stack as a resource. begin: false when the resource is none. */
bool cfn__nested_begin(struct cfn__operation *operation, size_t index);
bool cfn__nested_delete(struct cfn__operation *operation, size_t index);
bool cfn__nested_restore(struct cfn__operation *operation, size_t index);
void cfn__nested_cancel(struct cfn__step *step);
void cfn__nested_ended(struct cfn__operation *child);

#endif

/*
 * Stacks: templates, what was submitted, resources, events, exports, and what exists in the account
 * because of them.
 */
#ifndef CFN_SIM_STACK_H
#define CFN_SIM_STACK_H

#include "clock.h"

#include <cfngen/check.h>
#include <cfngen/evaluate.h>

/* --- templates --- */

/* A template's text and all that is known of it by itself; shared by content. */
struct cfn__body {
    size_t users;
    uint64_t hash;
    char *text;
    size_t size;
    json_t *value;      /* NULL: it cannot be read */
    char *refusal;      /* in the service's words, or NULL */
    json_t *broken;     /* {logical id: why its properties are refused, by the schema} */
    json_t *needs;      /* {logical id: {logical id it refers to: true}} */
    json_t *transforms; /* a list of names */
    json_t *iam;        /* logical ids that ask for CAPABILITY_IAM; a list */
    bool named_iam;     /* one of them has a name of its own */
};
struct cfn__body *cfn__body_of(struct cfn_sim *sim, const char *text, size_t size);
struct cfn__body *cfn__body_keep(struct cfn__body *body);
void cfn__body_drop(struct cfn__body *body);
/* Why its text cannot be read, and why its content is refused (NULL: it is not); to be freed. */
char *cfn__unreadable(const struct cfn__body *body, const struct cfn_diags *diags);
char *cfn__refusal_of(struct cfn__body *body, const struct cfn_diags *diags);
const json_t *cfn__body_section(const struct cfn__body *body, const char *name);

/* What was submitted for a stack. */
struct cfn__version {
    size_t users;
    struct cfn__body *body;
    json_t *parameters;   /* an object of strings: as they are resolved */
    json_t *given;        /* an object of strings: those that were given */
    json_t *tags;         /* a list of {Key, Value} */
    json_t *capabilities; /* a list, or NULL */
    json_t *topics;       /* a list, or NULL */
    json_t *role;         /* a string, or NULL */
    json_t *triggers;     /* RollbackConfiguration, or NULL */
    json_t *deployment;   /* DeploymentConfig, or NULL */
    json_t *timeout;      /* TimeoutInMinutes, or NULL */
};
struct cfn__version *cfn__version_keep(struct cfn__version *version);
void cfn__version_drop(struct cfn__version *version);

/* --- stacks --- */

struct cfn__change_set;
struct cfn__operation;
struct cfn__stack;

struct cfn__resource {
    char *id;         /* logical */
    const char *type; /* of item */
    struct cfn_type facts;
    char *physical;       /* "": none yet */
    unsigned generation;  /* which of its physical ids this is */
    unsigned generations; /* how many there have been, but the first */
    json_t *item;         /* of the template */
    json_t *needs;        /* a set of logical ids */
    json_t *properties;   /* evaluated; an object */
    json_t *text;         /* the same as a JSON string */
    json_t *tags;         /* of the stack, as it was given them */
    json_t *live;         /* changed by hand, or NULL */
    const char *status;
    json_t *reason; /* or NULL */
    int64_t changed;
    const char *drift; /* "NOT_CHECKED" */
    int64_t drift_checked;
};

/* What of a stack is told, from a time on. */
struct cfn__telling {
    int64_t since;
    const char *status;
    json_t *reason; /* or NULL */
    struct cfn__version *version;
    json_t *outputs; /* a list, or NULL */
    json_t *told;    /* as DescribeStacks has it, made on demand */
};

struct cfn__event {
    int64_t time;
    json_t *told;
    struct cfn__operation *operation;
};

struct cfn__stack {
    struct cfn_sim *sim;
    char *name, *id;
    struct cfn__version *version; /* as it is, or as it was before what runs */
    struct cfn__version *stable;  /* what a failed update would be rolled back to, or NULL */
    json_t *stable_imports;       /* of that, or NULL */
    json_t *outputs;              /* a list, or NULL */
    json_t *imports;              /* a set of names of exports */
    const char *status;
    CFN_ARRAY(struct cfn__telling) tellings;
    CFN_ARRAY(struct cfn__event) events;
    CFN_ARRAY(struct cfn__resource *) resources;
    struct cfn__map by_id; /* resources */
    CFN_ARRAY(struct cfn__operation *) operations;
    struct cfn__operation *running;
    CFN_ARRAY(struct cfn__change_set *) change_sets;
    const char *change_set_id; /* the one executed last, or NULL */
    char *policy;              /* or NULL */
    bool is_protected, disable_rollback, retain_except_on_create, forced;
    const char *drift; /* "NOT_CHECKED" */
    int64_t drift_checked;
    int64_t created, updated, deleted;
    struct cfn__stack *parent; /* of a nested one */
    size_t index;
};

/* By name (one that is there) or by id (any). as_of: what a reader may see. */
struct cfn__stack *cfn__stack_find(struct cfn_sim *sim, const char *name);
struct cfn__stack *cfn__stack_seen(struct cfn_sim *sim, const char *name, int64_t as_of);
const struct cfn__telling *cfn__stack_telling(const struct cfn__stack *stack, int64_t as_of);
struct cfn__stack *cfn__stack_new(struct cfn_sim *sim, const char *name);
void cfn__stack_free(struct cfn__stack *stack);
void cfn__change_set_free(struct cfn__change_set *set);
/* Takes a stack back that never began. */
void cfn__stack_forget(struct cfn__stack *stack);
bool cfn__stack_is_gone(const struct cfn__stack *stack);
/* What is told of it has changed, but its status has not. */
void cfn__stack_retell(struct cfn__stack *stack);
/* A new status, with its event. reason may be NULL. */
void cfn__stack_set(struct cfn__stack *stack, struct cfn__operation *operation, const char *status,
                    const char *reason);

struct cfn__resource *cfn__resource_of(const struct cfn__stack *stack, const char *id);
struct cfn__resource *cfn__resource_add(struct cfn__stack *stack, const char *id);
void cfn__resource_remove(struct cfn__stack *stack, struct cfn__resource *resource);
void cfn__resource_free(struct cfn__resource *resource);
struct cfn__resource *cfn__resource_copy(const struct cfn__resource *resource);
/* A new status, with its event. */
void cfn__resource_set(struct cfn__stack *stack, struct cfn__operation *operation,
                       struct cfn__resource *resource, const char *status, const char *reason);
/* "Delete", "Retain", "Snapshot", "RetainExceptOnCreate": what its template says, or the default of
 * its type. attribute is DeletionPolicy or UpdateReplacePolicy. */
const char *cfn__resource_policy(const struct cfn__resource *resource, const char *attribute);

/* resource NULL: of the stack itself. reason may be NULL. */
void cfn__event_put(struct cfn__stack *stack, struct cfn__operation *operation,
                    struct cfn__resource *resource, const char *status, json_t *reason);

/* --- exports --- */

struct cfn__export {
    struct cfn__stack *stack;
    char *name;
    json_t *value;
    int64_t since, until; /* until 0: it is there */
};
struct cfn__export *cfn__export_of(const struct cfn_sim *sim, const char *name);
/* Names of stacks other than `but` that import it: a list; a new reference. */
json_t *cfn__export_users(const struct cfn_sim *sim, const char *name,
                          const struct cfn__stack *but);
/* Makes a stack's exports those of its outputs. */
void cfn__exports_follow(struct cfn__stack *stack, const json_t *outputs);
/* Why the stack's exports cannot become those of outputs; to be freed, or NULL: they can. */
char *cfn__exports_hindrance(struct cfn__stack *stack, const json_t *outputs);
/* "A, B and C"; to be freed. */
char *cfn__names_text(const json_t *names);

/* --- what exists in the account --- */

struct cfn__thing {
    char *type, *physical;
    struct cfn__stack *stack; /* NULL: of nobody */
    json_t *properties;
};
/* By the name it was given. */
struct cfn__thing *cfn__thing_of(const struct cfn_sim *sim, const char *type, const char *name);
/* Names of a type that the account has beforehand: a list, or NULL. */
const json_t *cfn__account_names(const struct cfn_sim *sim, const char *type);
void cfn__thing_put(struct cfn_sim *sim, const struct cfn__resource *resource,
                    struct cfn__stack *stack);
void cfn__thing_remove(struct cfn__stack *stack, const struct cfn__resource *resource);
struct cfn__thing *cfn__thing_behind(const struct cfn__stack *stack,
                                     const struct cfn__resource *resource);
void cfn__thing_free(void *thing);
/* Why a new resource cannot have the name it is given; to be freed, or NULL. */
char *cfn__collision(const struct cfn__stack *stack, const struct cfn__resource *resource);
/* It is there, in no stack, and can be taken into one. */
bool cfn__can_adopt(const struct cfn__stack *stack, const struct cfn__resource *resource);

/* The name that properties give a resource of a type, or NULL. Borrowed. */
const char *cfn__given_name(const char *type, const json_t *properties);
/* The property that names it, or NULL. */
const char *cfn__name_property(const char *type);
/* What Ref gives; to be freed. */
char *cfn__physical_id(const struct cfn__stack *stack, const struct cfn__resource *resource);
/* A new reference; NULL where the type has no such attribute. */
json_t *cfn__sim_attribute(const struct cfn__stack *stack, const struct cfn__resource *resource,
                           const char *name);
/* Letters and digits that follow from the seed and the texts; alphabet may be NULL. */
void cfn__sim_letters(const struct cfn_sim *sim, const char *salt, unsigned number,
                      const char *alphabet, char *letters, size_t count);

struct cfn__bucket;
struct cfn__bucket *cfn__bucket_of(const struct cfn_sim *sim, const char *name);
struct cfn__bucket *cfn__bucket_new(struct cfn_sim *sim, const char *name);
/* Why a bucket cannot be deleted; to be freed, or NULL. */
char *cfn__not_empty(struct cfn_sim *sim, const struct cfn__resource *resource);
bool cfn__bucket_is_empty(const struct cfn__bucket *bucket);
void cfn__bucket_remove(struct cfn_sim *sim, const char *name);
void cfn__bucket_free(void *bucket);
json_t *cfn__bucket_told(const struct cfn__bucket *bucket);
/* The newest version of an object; NULL: there is none. */
const char *cfn__bucket_object(const struct cfn_sim *sim, const char *bucket, const char *key,
                               size_t *size);

#endif

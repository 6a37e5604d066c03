/*
 * Shared by the files of the comparison (diff*.c) and of its dangers (danger*.c).
 */
#ifndef CFN_DEPLOY_DIFF_H
#define CFN_DEPLOY_DIFF_H

#include "base/base.h"

#include <cfngen/diff.h>

/* One side made ready. Everything but what `owned` holds is borrowed. */
struct cfn__side {
    json_t *body;  /* an empty object where there is none */
    json_t *texts; /* parameters as they are, with their defaults: an object of strings */
    json_t *tags;
    json_t *owned; /* a list */
    struct cfn_world world;
    struct cfn_evaluation *evaluation; /* NULL: what is written is all that is known */
    struct cfn_diags *diags;           /* why something cannot be evaluated: nobody asks */
};

/* One item of a section that may differ. */
struct cfn__edit {
    struct cfn_change change; /* its properties and its why are set at the end */
    CFN_ARRAY(struct cfn_property_change) properties;
    json_t *before, *after; /* the item as it is written, or NULL */
    struct cfn_type type;
    json_t *was, *is; /* a resource's properties, evaluated where that can be done; or NULL */
    bool replaced;    /* for certain, or because it refers to what is replaced */
    bool fresh;       /* new in a stack that is new as a whole */
    struct cfn_text why;
};

struct cfn_diff {
    struct cfn_arena arena;
    struct cfn__side before, after;
    CFN_ARRAY(struct cfn__edit *) edits;
    CFN_ARRAY(struct cfn_change) changes;
    json_t *owned; /* a list of values made here */
    /* What gives another value than before when it is referred to: name -> why. */
    json_t *refs /* parameters */, *conditions, *mappings, *replaced /* resources */;
};

/* diff.c */
static inline json_t *cfn__open(const json_t *value) {
    return (json_t *)(uintptr_t)value; /* jansson takes what it only reads without const */
}
/* A value that lives as long as the diff; takes the reference. */
json_t *cfn__diff_own(struct cfn_diff *diff, json_t *value);
struct cfn__edit *cfn__edit_new(struct cfn_diff *diff, const char *section, const char *name,
                                json_t *before, json_t *after);
/* One more sentence of an edit's why. */
void cfn__edit_say(struct cfn__edit *edit, const char *format, ...) CFN_PRINTF(2, 3);

/* diff_side.c */
void cfn__side_init(struct cfn__side *side, const struct cfn_side *given,
                    const struct cfn__side *earlier);
/* Conditions only count when they can be evaluated on both sides. */
void cfn__sides_evaluate(struct cfn__side *before, struct cfn__side *after);
void cfn__side_done(struct cfn__side *side);
bool cfn__side_has(const struct cfn__side *side, json_t *item);
/* A value with its functions carried out, or as it is. Borrowed, lives as long as the side. */
json_t *cfn__side_value(struct cfn__side *side, json_t *value, bool *evaluated);

/* diff_secret.c */
bool cfn__is_hidden_name(const char *name);
/* Whether the member `key` of objects is hidden: by its own name, or because a Key or Name beside
 * it says so. */
bool cfn__is_hidden_member(const json_t *object, const char *key);
/* The value, or a copy without its secrets that belongs to the diff. hidden: it is one itself. */
const json_t *cfn__shown_value(struct cfn_diff *diff, const json_t *value, bool hidden);

/* diff_same.c */
/* Whether two values are the same to CloudFormation; loose: 1 is "1", too. NULL is the same as
 * NULL. */
bool cfn__same_value(json_t *before, json_t *after, bool loose);

/* diff_list.c: which item of a list was which */
struct cfn__pair {
    size_t before, after; /* CFN__NOWHERE: it is new, or gone */
};
enum { CFN__NOWHERE = 0x7fffffff };
struct cfn__pairs {
    CFN_ARRAY(struct cfn__pair) all;
    bool moved; /* items that are on both sides follow each other differently */
};
void cfn__pair_items(struct cfn__pairs *pairs, json_t *before, json_t *after, bool is_set);
/* The order of a list of that name has no meaning, whatever the schema says. */
bool cfn__is_set_name(const char *name);

/* diff_value.c: where a value stands, and what the schema says of it */
struct cfn__place {
    const char *path, *was;
    const char *name;
    struct cfn_property property; /* kinds 0: nothing is known */
    bool item;                    /* it is an item of the property's list or map */
    bool hidden;
    enum cfn_replacement replacement; /* of all that it stands in */
};
struct cfn__place cfn__place_member(struct cfn_diff *diff, const struct cfn__place *place,
                                    const char *key);
struct cfn__place cfn__place_item(struct cfn_diff *diff, const struct cfn__place *place,
                                  struct cfn__pair pair);
/* What a change of the whole value means, with what stands in it. */
enum cfn_replacement cfn__place_replacement(const struct cfn__place *place, json_t *value);
bool cfn__is_call(json_t *value);
/* Tells each difference below a place. */
void cfn__compare(struct cfn_diff *diff, struct cfn__edit *edit, const struct cfn__place *place,
                  json_t *before, json_t *after);
struct cfn_property_change *cfn__edit_put(struct cfn_diff *diff, struct cfn__edit *edit,
                                          const struct cfn__place *place, const json_t *before,
                                          const json_t *after, enum cfn_replacement replacement);

/* diff_resource.c, diff_section.c */
void cfn__compare_resources(struct cfn_diff *diff);
struct cfn__place cfn__resource_place(const struct cfn__edit *edit);
void cfn__compare_sections(struct cfn_diff *diff);

/* diff_cause.c: why a function's value changes, though it is written as before; NULL: it does not,
 * as far as is written. by_resource: because a resource is replaced. Lives as long as the diff. */
const char *cfn__cause_of(struct cfn_diff *diff, json_t *call, bool *by_resource);

/* diff_follow.c: marks what refers to what changes. */
void cfn__follow(struct cfn_diff *diff);

/* diff_export.c: exports that go or change, which a stack that imports them does not allow. */
void cfn__tell_exports(struct cfn_diff *diff);

#endif

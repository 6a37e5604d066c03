/*
 * What is dangerous in a change: shared by the files danger*.c. Each looks at one edit and marks
 * it.
 */
#ifndef CFN_DEPLOY_DANGER_H
#define CFN_DEPLOY_DANGER_H

#include "diff.h"

/* danger.c */
/* fresh: the stack is new as a whole, so that only what is open to all the world is worth a word.
 */
void cfn__dangers_of(struct cfn_diff *diff, struct cfn__edit *edit, bool fresh);
/* Marks the edit, and the property changes at, in and around a path ("": none), with a sentence. */
void cfn__danger(struct cfn__edit *edit, unsigned danger, const char *path, const char *format, ...)
    CFN_PRINTF(4, 5);
/* "the bucket shop-dev-bronze": by its physical name where the template gives it one. */
const char *cfn__thing(struct cfn_diff *diff, const struct cfn__edit *edit);
/* A value in a sentence: its text, or compact JSON. */
const char *cfn__said(struct cfn_diff *diff, const json_t *value);

/* danger_data.c: what is deleted, kept, or no longer kept */
bool cfn__is_stateful(const struct cfn__edit *edit);
void cfn__danger_data(struct cfn_diff *diff, struct cfn__edit *edit);

/* danger_settings.c: single properties that protect; danger_table.c: which ones */
enum cfn__setting_kind {
    CFN__SAFE_TRUE,    /* to be off is worse */
    CFN__SAFE_FALSE,   /* to be on is worse */
    CFN__SAFE_PRESENT, /* to be absent is worse */
    CFN__SAFE_MORE,    /* a smaller number is worse */
    CFN__SAFE_RANK     /* words, the safest first */
};
struct cfn__setting {
    const char *name; /* how its path ends */
    enum cfn__setting_kind kind;
    unsigned danger;
    const char *says;  /* the thing stands for @ */
    bool safe_unset;   /* being absent is as safe as can be */
    double unset;      /* of CFN__SAFE_MORE: what absent stands for */
    const char *words; /* of CFN__SAFE_RANK, separated by blanks */
};
const struct cfn__setting *cfn__setting_of(const char *path);
void cfn__danger_settings(struct cfn_diff *diff, struct cfn__edit *edit);

/* danger_words.c: lists of words of a policy */
struct cfn__words {
    CFN_ARRAY(const char *) all;
    bool present;
    bool negated;  /* NotAction and the like */
    bool any_case; /* as actions are */
};
/* Fills them from a member ("Action") or its opposite ("NotAction"). Principals carry their kind:
 * "AWS:arn...", "Service:...", "*". */
void cfn__words_of(struct cfn_diff *diff, struct cfn__words *words, const json_t *statement,
                   const char *member, const char *opposite);
void cfn__words_done(struct cfn__words *words);
/* "a, b, c and 4 more" */
const char *cfn__words_said(struct cfn_diff *diff, const struct cfn__words *words);
bool cfn__words_have(const struct cfn__words *words, const char *word);
/* Whether a word that may hold * and ? stands for all that another one stands for. */
bool cfn__word_covers(const char *wide, const char *narrow, bool any_case);
/* Whether all that a word of `narrow` stands for is in `wide`; with NotAction and the like the word
 * does not matter. */
bool cfn__words_cover(const struct cfn__words *wide, const struct cfn__words *narrow,
                      const char *word);

/* danger_statement.c: one statement of a policy */
struct cfn__statement {
    json_t *json;
    const char *path;
    bool trust;  /* it says who may take the role, not what may be done */
    bool allow;  /* or it is not known what it does */
    bool opaque; /* a function in the place of a statement */
    struct cfn__words actions, resources, principals;
    json_t *condition;
};
struct cfn__statements {
    CFN_ARRAY(struct cfn__statement) all;
};
/* All statements of all policy documents in a value, whatever the properties are called. */
void cfn__statements_find(struct cfn_diff *diff, struct cfn__statements *found, json_t *value,
                          const char *path, bool trust);
void cfn__statements_done(struct cfn__statements *statements);
/* The actions of a statement that no statement of `by` that does the same (allows, denies) covers;
 * false: all are covered. */
bool cfn__statement_beyond(const struct cfn__statement *statement, const struct cfn__statements *by,
                           struct cfn__words *beyond);

/* danger_policy.c, danger_network.c, danger_grant.c */
void cfn__danger_policies(struct cfn_diff *diff, struct cfn__edit *edit);
void cfn__danger_network(struct cfn_diff *diff, struct cfn__edit *edit);
void cfn__danger_grants(struct cfn_diff *diff, struct cfn__edit *edit);

#endif

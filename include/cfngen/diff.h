/*
 * What an update would change: two templates (with parameters and tags) compared resource by
 * resource and property by property, and judged by the facts of the schema.
 */
#ifndef CFNGEN_DIFF_H
#define CFNGEN_DIFF_H

#include <cfngen/evaluate.h>
#include <cfngen/schema.h>
#include <cfngen/value.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_change_action { CFN_CHANGE_ADD, CFN_CHANGE_MODIFY, CFN_CHANGE_REMOVE };

/* What is marked loudly, a set of bits. */
enum cfn_danger {
    CFN_LOSES_DATA = 1,    /* data goes: a stateful resource is deleted or replaced and not kept */
    CFN_REPLACES_DATA = 2, /* a stateful resource is replaced; the old one is kept or snapshot */
    CFN_WIDENS_ACCESS = 4, /* an IAM policy, trust, security group, bucket or key policy allows
                              more, or encryption, blocking of the public or TLS is weakened */
    CFN_LEAVES_BEHIND = 8, /* removed from the template, but kept in the account */
    CFN_UNPROTECTS = 16    /* DeletionPolicy, DeletionProtection or versioning is taken away */
};

/* One property (or attribute of the resource beside its properties) that differs. The keys of a
 * path are joined by dots; items of a list are counted from 0. Items are matched by what names them
 * (Key, Sid, Name, ...) or by their order, so they may stand elsewhere than before. Secrets
 * (parameters with NoEcho, passwords and the like written out in a template) are "****" in before
 * and after. */
struct cfn_property_change {
    const char *path;        /* "Properties.Tags.0.Value", "DeletionPolicy": as it is after; of
                                what is gone, as it was before */
    const char *path_before; /* the same as it was before; of what is new, where it would stand if
                                nothing else had moved */
    const json_t *before;    /* NULL: was not there */
    const json_t *after;     /* NULL: is no longer there */
    enum cfn_replacement replacement;
    unsigned dangers;
    const char *why; /* "": the template says otherwise than before. Else it says the same, but what
                        it refers to changes: "Vpc is replaced", "the parameter Size changes";
                        before and after are then the same */
};

struct cfn_change {
    enum cfn_change_action action;
    const char *section;    /* "Resources", "Outputs", "Parameters", "Tags", ... */
    const char *logical_id; /* or the output's, parameter's, tag's name */
    const char *type;       /* of a resource, else "" */
    enum cfn_replacement replacement;
    unsigned dangers;
    const char *why; /* "deletes the bucket shop-dev-bronze and what is in it": of the dangers, and
                        what else is worth a word; "" where there is nothing to say */
    const struct cfn_property_change *properties; /* of what is modified */
    size_t property_count;
};

struct cfn_diff;
/* What stands on each side. before.body NULL: the stack is not there. Parameters and tags are
 * objects of strings or NULL; a parameter that is missing has its default, or else its value of
 * before. CloudFormation tells a NoEcho parameter as "****": what it was is not known then, and it
 * counts as unchanged. world (NULL: not known) says what the pseudo parameters are; its functions
 * are not called. Borrowed: they outlive the diff.
 *
 * Where conditions can be evaluated on both sides, what they leave out is not there. What resources
 * and imports will give is not known, and is compared as it is written. */
struct cfn_side {
    const json_t *body, *parameters, *tags;
    const struct cfn_world *world;
};
CFN_API struct cfn_diff *cfn_diff_new(const struct cfn_side *before, const struct cfn_side *after);
CFN_API void cfn_diff_free(struct cfn_diff *diff);
CFN_API size_t cfn_diff_count(const struct cfn_diff *diff); /* 0: nothing differs */
/* Resources first, in the order of the new template, removed ones after them; then Outputs,
 * Parameters, Conditions, Mappings, Tags, and sections that are compared as a whole. Metadata and
 * descriptions are no change. */
CFN_API const struct cfn_change *cfn_diff_at(const struct cfn_diff *diff, size_t index);
CFN_API unsigned cfn_diff_dangers(const struct cfn_diff *diff); /* all bits */
/* The diff as JSON for machines: a list of {action, section, logical_id, type, replacement,
 * dangers, why, properties: [{path, path_before, before, after, replacement, dangers, why}]}; what
 * is empty or says nothing is left out. A new reference. */
CFN_API json_t *cfn_diff_json(const struct cfn_diff *diff);
/* "loses data" etc. for one bit. */
CFN_API const char *cfn_danger_name(enum cfn_danger danger);

#ifdef __cplusplus
}
#endif

#endif

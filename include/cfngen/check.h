/*
 * Checking a template against AWS's own resource schema, offline.
 *
 * Told: a wrong shape of the template, unknown types, properties, sections and functions; wrong
 * kind, enum, pattern, bounds; missing required properties, one-of rules; unknown targets of Ref,
 * Fn::GetAtt, Fn::Sub and conditions; dependency cycles; duplicate ids and keys; limits (500
 * resources, 200 parameters, 200 outputs, 1 MB). A value given by an intrinsic function is checked
 * as far as the schema says what that gives. What the schema does not know is let through: a false
 * alarm on a valid template costs more than a missed rule. So a template that a macro will rewrite
 * is checked only as far as the macro leaves it alone.
 *
 * A property whose name speaks of a password, a secret or a token is not quoted in a diagnostic.
 */
#ifndef CFNGEN_CHECK_H
#define CFNGEN_CHECK_H

#include <cfngen/diag.h>
#include <cfngen/schema.h>
#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One step of a path into a value: a key, or an index where key is NULL. parent is NULL at the
 * first step. */
struct cfn_path {
    const struct cfn_path *parent;
    const char *key;
    size_t index;
};

/* Where a path stands in what the user wrote; a NULL path is the whole. Told only for mistakes, so
 * it may be slow. */
struct cfn_locator {
    struct cfn_place (*locate)(const void *source, const struct cfn_path *path);
    const void *source;
};

/* Which schema to check against: cfn_find_any, or a function that knows fewer types. */
typedef struct cfn_type cfn_find_type(const char *name, const void *context);

/* The name of a known type that is near to an unknown one's, for "did you mean"; NULL: none is. */
typedef const char *cfn_near_type(const char *name, const void *context);

struct cfn_check {
    cfn_find_type *find;      /* NULL: no type is known, and none is called wrong */
    const void *context;      /* handed to find and near */
    struct cfn_locator where; /* locate may be NULL */
    cfn_near_type *near;      /* may be NULL */
};

/* All types of AWS; the context is not looked at. */
CFN_API struct cfn_type cfn_find_any(const char *name, const void *context);
CFN_API const char *cfn_near_any(const char *name, const void *context);

/* 0, or -1 when an error was told. */
CFN_API int cfn_check_template(const json_t *body, const struct cfn_check *check,
                               struct cfn_diags *diags);

/* A template's text, JSON or YAML (with the short forms !Ref, !Sub, !GetAtt ...), checked against
 * all types of AWS; name stands in the diagnostics. At most 1 MB is accepted, as by CloudFormation.
 */
CFN_API int cfn_check_text(const char *name, const char *text, size_t size,
                           struct cfn_diags *diags);

/* The same text as a value, short forms written out; NULL after an error. The caller owns the
 * reference. Numbers that JSON would change (012345678901, 3.10) become strings, as CloudFormation
 * reads them. */
CFN_API json_t *cfn_template_read(const char *name, const char *text, size_t size,
                                  struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

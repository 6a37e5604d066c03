/*
 * Diagnostics: the one error type of cfngen.
 *
 * A bad config, a bad template and a refusing AWS are all told as a struct cfn_diag, collected in a
 * struct cfn_diags that the caller owns and passes as the last parameter. Nothing stops at the
 * first mistake that need not: a user mends a file in one pass.
 *
 * Messages are lower case, without a full stop, say what would be right, and quote the user's text
 * last. A secret never enters a diagnostic.
 */
#ifndef CFNGEN_DIAG_H
#define CFNGEN_DIAG_H

#include <cfngen/export.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_severity { CFN_ERROR, CFN_WARNING };

/* Where something stands. file may be NULL (not from a file); line and column count from 1, 0 means
 * unknown. column counts characters, not bytes. */
struct cfn_place {
    const char *file;
    int line;
    int column;
};

/* The place of the C source line it is written on: how a stack's own code is named in diagnostics.
 */
#define CFN_HERE ((struct cfn_place){.file = __FILE__, .line = __LINE__})

struct cfn_diag {
    const char *code; /* stable, for machines: "config.unknown-key", "template.required" */
    enum cfn_severity severity;
    struct cfn_place place;
    const char *path;    /* "rds.storage_gb", "Resources.Bronze.Properties.BucketName", or NULL */
    const char *message; /* what is wrong and what would be right */
    const char *hint;    /* what to do about it, or NULL */
};

struct cfn_diags;

CFN_API struct cfn_diags *cfn_diags_new(void);
CFN_API void cfn_diags_free(struct cfn_diags *diags);

/* Texts of a returned diagnostic are owned by diags and live as long as it does. */
CFN_API size_t cfn_diags_count(const struct cfn_diags *diags);
CFN_API size_t cfn_diags_errors(const struct cfn_diags *diags);
CFN_API const struct cfn_diag *cfn_diags_at(const struct cfn_diags *diags, size_t index);

/* Orders by file, line and column; those of one place keep the order in which they were found. */
CFN_API void cfn_diags_sort(struct cfn_diags *diags);

/* Records an error and returns -1, so that failing is one line: `return cfn_fail(...)`.
 * All texts are copied; path may be NULL. The collection holds at most 1,000 diagnostics: past that
 * only the count of errors grows, and one last diagnostic says so. */
CFN_API int cfn_fail(struct cfn_diags *diags, const char *code, struct cfn_place place,
                     const char *path, const char *format, ...) CFN_PRINTF(5, 6);

/* Records a warning; returns 0. */
CFN_API int cfn_warn(struct cfn_diags *diags, const char *code, struct cfn_place place,
                     const char *path, const char *format, ...) CFN_PRINTF(5, 6);

/* Adds advice to the diagnostic recorded last; replaces what it had. */
CFN_API void cfn_hint(struct cfn_diags *diags, const char *format, ...) CFN_PRINTF(2, 3);

/* One line, as compilers write it: "file:line:col: error: path: message (hint) [code]". The caller
 * frees it with free(). Parts that are unknown are left out. */
CFN_API char *cfn_diag_text(const struct cfn_diag *diag);

#ifdef __cplusplus
}
#endif

#endif

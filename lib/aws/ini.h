/*
 * The format of AWS's config and credentials files.
 *
 * [section] headers; name = value or name : value; names are lower-cased; # and ; begin a comment
 * where they are the first character of a line, not behind a value. A line that is indented deeper
 * than the one its setting began on continues its value, after a line break; where the value began
 * empty ("s3 =") such lines are settings of their own, with the first for their parent. Sections of
 * one name are one section and the last of two settings counts, which AWS's tools partly refuse and
 * partly take.
 *
 * Texts may be secrets: no message quotes a line, and all is wiped in the end.
 */
#ifndef CFN_AWS_INI_H
#define CFN_AWS_INI_H

#include "base/base.h"

struct cfn__ini_section {
    const char *name;         /* "profile dev" */
    const char *kind, *label; /* "profile" and "dev", unquoted; NULL unless of two words */
};
struct cfn__ini_entry {
    size_t section;
    const char *parent; /* "s3", or NULL */
    const char *name;
    char *value;
    int line;
};
struct cfn__ini {
    char *file, *text;
    size_t size;
    struct cfn_arena arena;
    CFN_ARRAY(struct cfn__ini_section) sections;
    CFN_ARRAY(struct cfn__ini_entry) entries;
};

/* Reads a text, which it wipes and frees in cfn__ini_done, also after a failure. -1 with a
 * diagnostic for each line that is wrong. */
int cfn__ini_read(struct cfn__ini *ini, const char *file, char *text, size_t size,
                  struct cfn_diags *diags);
void cfn__ini_done(struct cfn__ini *ini);

#endif

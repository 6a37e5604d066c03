/* Files that are put in their places all together, when each of them is whole. */
#ifndef CFN_DATA_FILES_H
#define CFN_DATA_FILES_H

#include <cfngen/diag.h>
#include <jansson.h>

struct cfn__files {
    const char *folder;
    struct cfn__file *files;
    size_t count, room;
    struct cfn_diags *diags;
};

/* Opens a file beside its place. 0, or -1, told. */
int cfn__files_open(struct cfn__files *files, const char *name);
/* Into the file opened last. A failure is told when it is closed. */
void cfn__files_write(struct cfn__files *files, const char *bytes, size_t size);
/* Closes it; 0, or -1, told: what was written has not got there. */
int cfn__files_close(struct cfn__files *files);
/* A file of JSON, from its opening to its closing. */
int cfn__files_json(struct cfn__files *files, const char *name, const json_t *value);
int cfn__files_publish(struct cfn__files *files); /* and done */
void cfn__files_discard(struct cfn__files *files);

#endif

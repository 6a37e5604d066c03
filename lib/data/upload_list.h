/*
 * Lists of files: what owns their texts, and archives of them.
 */
#ifndef CFN_DATA_UPLOAD_LIST_H
#define CFN_DATA_UPLOAD_LIST_H

#include "base/base.h"

#include <cfngen/upload.h>

struct cfn_upload_store {
    struct cfn_arena arena;
    CFN_ARRAY(char *) blobs;
    size_t room; /* of the list's files */
};
struct cfn_arena *cfn__upload_arena(struct cfn_upload_list *list);
/* Adds a file whose texts are the list's; the bytes become the list's too. */
void cfn__upload_add(struct cfn_upload_list *list, const char *path, const char *key, char *bytes,
                     size_t size);
/* An archive of files, stored; free() it. NULL with a diagnostic. */
char *cfn__zip(const struct cfn_upload_file *files, size_t count, size_t *size,
               struct cfn_diags *diags);

#endif

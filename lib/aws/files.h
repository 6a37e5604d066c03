/*
 * The one door of the credentials to files: AWS's config, caches and tokens. Other code here opens
 * none.
 */
#ifndef CFN_AWS_FILES_H
#define CFN_AWS_FILES_H

#include <stddef.h>

enum { CFN__FILE_CEILING = 1 << 20 };

/* A file's bytes with a NUL behind them, wiped and freed by cfn__secret_free. NULL where it cannot
 * be had, with the error of errno.h: ENOENT where there is none, EFBIG past the ceiling. */
char *cfn__file_read(const char *path, size_t *size, int *error);

/* Replaces a file as a whole, so that nobody reads half of it, and for its owner's eyes only.
 * 0, or the error of errno.h. */
int cfn__file_write(const char *path, const char *text);

/* Overwrites memory in a way that no compiler leaves out. NULL is nothing. */
void cfn__wipe(const void *memory, size_t size);
void cfn__wipe_text(const char *text);
void cfn__secret_free(char *text); /* wiped, then freed */

#endif

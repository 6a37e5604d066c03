/*
 * The floor's door to files that are read. A file is read through one descriptor, so that what is
 * put in its place meanwhile does not mix with it; its stamp tells whether it was written to.
 */
#ifndef CFN_DATA_SOURCE_H
#define CFN_DATA_SOURCE_H

#include "aws/digest.h"

#include <stdbool.h>
#include <stdint.h>

struct cfn__stamp {
    uint64_t size;
    int64_t changed; /* nanoseconds */
};
struct cfn__source {
    int file;          /* -1: none */
    const char *bytes; /* these instead of a file's */
    struct cfn__stamp stamp;
};

/* 0, or the error of errno.h; EISDIR and EINVAL for what is no file. */
int cfn__source_open(struct cfn__source *source, const char *path);
void cfn__source_of(struct cfn__source *source, const char *bytes, size_t size);
void cfn__source_close(struct cfn__source *source);
/* Reads just so many bytes; EPIPE where there are not so many. */
int cfn__source_read(const struct cfn__source *source, uint64_t from, char *room, size_t size);
/* Whether it was written to since it was opened. */
bool cfn__source_changed(const struct cfn__source *source);
/* SHA-256 of the whole. */
int cfn__source_digest(const struct cfn__source *source, unsigned char digest[CFN__SHA256_SIZE]);
/* 0 where a file can be read, and its size. */
int cfn__source_size(const char *path, uint64_t *size);

#endif

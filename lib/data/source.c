#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64
#include "source.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STRETCH = 1 << 20 };

static int stamp_of(int file, struct cfn__stamp *stamp) {
    struct stat about;
    if (fstat(file, &about) != 0)
        return errno;
    if (!S_ISREG(about.st_mode))
        return S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    *stamp = (struct cfn__stamp){
        .size = (uint64_t)about.st_size,
        .changed = (int64_t)about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec,
    };
    return 0;
}

/* A pipe is not waited for. */
int cfn__source_open(struct cfn__source *source, const char *path) {
    *source = (struct cfn__source){.file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    int error = source->file < 0 ? errno : stamp_of(source->file, &source->stamp);
    if (error)
        cfn__source_close(source);
    return error;
}

void cfn__source_of(struct cfn__source *source, const char *bytes, size_t size) {
    *source = (struct cfn__source){.file = -1, .bytes = bytes, .stamp = {.size = size}};
}

void cfn__source_close(struct cfn__source *source) {
    if (source->file >= 0)
        close(source->file);
    source->file = -1;
}

int cfn__source_read(const struct cfn__source *source, uint64_t from, char *room, size_t size) {
    if (source->bytes) {
        memcpy(room, source->bytes + from, size);
        return 0;
    }
    for (size_t filled = 0; filled < size;) {
        ssize_t got = pread(source->file, room + filled, size - filled, (off_t)(from + filled));
        if (got == 0)
            return EPIPE;
        if (got > 0)
            filled += (size_t)got;
        else if (errno != EINTR)
            return errno;
    }
    return 0;
}

bool cfn__source_changed(const struct cfn__source *source) {
    struct cfn__stamp now;
    return !source->bytes && (stamp_of(source->file, &now) != 0 || now.size != source->stamp.size ||
                              now.changed != source->stamp.changed);
}

int cfn__source_digest(const struct cfn__source *source, unsigned char digest[CFN__SHA256_SIZE]) {
    uint64_t size = source->stamp.size;
    size_t stretch = size < STRETCH ? (size_t)size : STRETCH;
    char *room = cfn__alloc(stretch + 1);
    struct cfn__digest *whole = cfn__digest_new();
    int error = 0;
    for (uint64_t at = 0; at < size && !error;) {
        size_t piece = size - at < stretch ? (size_t)(size - at) : stretch;
        error = cfn__source_read(source, at, room, piece);
        if (!error)
            cfn__digest_add(whole, room, piece);
        at += piece;
    }
    cfn__digest_end(whole, digest);
    free(room);
    return error;
}

int cfn__source_size(const char *path, uint64_t *size) {
    struct cfn__source source;
    int error = cfn__source_open(&source, path);
    if (error)
        return error;
    *size = source.stamp.size;
    cfn__source_close(&source);
    return 0;
}

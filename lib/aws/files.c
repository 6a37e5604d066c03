#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cfn__wipe(const void *memory, size_t size) {
    volatile unsigned char *byte = (volatile unsigned char *)(uintptr_t)memory;
    while (size-- > 0)
        *byte++ = 0;
}

void cfn__wipe_text(const char *text) {
    if (text)
        cfn__wipe(text, strlen(text));
}

void cfn__secret_free(char *text) {
    cfn__wipe_text(text);
    free(text);
}

/* A pipe that nobody writes to would hold us up for ever, so it is not waited for. */
static int open_for_reading(const char *path, int *error) {
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *error = file < 0 ? errno : 0;
    if (file >= 0 && fstat(file, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISCHR(about.st_mode))
        *error = S_ISDIR(about.st_mode) ? EISDIR : EINVAL;
    if (*error && file >= 0)
        close(file);
    return *error ? -1 : file;
}

static size_t read_all(int file, char *room, size_t size, int *error) {
    size_t filled = 0;
    while (filled < size) {
        ssize_t got = read(file, room + filled, size - filled);
        if (got == 0)
            return filled;
        if (got > 0)
            filled += (size_t)got;
        else if (errno != EINTR) {
            *error = errno;
            return filled;
        }
    }
    *error = EFBIG;
    return filled;
}

char *cfn__file_read(const char *path, size_t *size, int *error) {
    int file = open_for_reading(path, error);
    if (file < 0)
        return NULL;
    char *room = cfn__alloc(CFN__FILE_CEILING + 1), *text = NULL;
    *size = read_all(file, room, CFN__FILE_CEILING + 1, error);
    close(file);
    if (*error == 0) {
        text = cfn__alloc(*size + 1);
        memcpy(text, room, *size);
    }
    cfn__wipe(room, *size);
    free(room);
    return text;
}

static int write_all(int file, const char *text) {
    for (size_t size = strlen(text); size > 0;) {
        ssize_t written = write(file, text, size);
        if (written < 0 && errno != EINTR)
            return errno;
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return fsync(file) == 0 ? 0 : errno;
}

int cfn__file_write(const char *path, const char *text) {
    struct cfn_text fresh = {0};
    cfn_text_printf(&fresh, "%s.XXXXXX", path);
    int file = mkstemp(fresh.data); /* made for its owner alone */
    int error = file < 0 ? errno : write_all(file, text);
    if (file >= 0 && close(file) != 0 && error == 0)
        error = errno;
    if (error == 0 && rename(fresh.data, path) != 0)
        error = errno;
    if (error && file >= 0)
        unlink(fresh.data);
    cfn_text_done(&fresh);
    return error;
}

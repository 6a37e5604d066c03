#include "data/files.h"

#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct cfn__file {
    char *path, *part;
    FILE *stream;
    int error; /* of the first failure */
};

static char *joined(const char *folder, const char *before, const char *name, const char *behind) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s/%s%s%s", folder, before, name, behind);
    return cfn_text_take(&text);
}

static int tell(struct cfn__files *files, const char *path, int reason) {
    return cfn_fail(files->diags, "io.write", (struct cfn_place){.file = path}, NULL,
                    "cannot be written: %s", strerror(reason));
}

int cfn__files_open(struct cfn__files *files, const char *name) {
    struct cfn__file file = {.path = joined(files->folder, "", name, ""),
                             .part = joined(files->folder, ".", name, ".part")};
    file.stream = fopen(file.part, "wb");
    if (!file.stream) {
        tell(files, file.path, errno);
        free(file.path);
        free(file.part);
        return -1;
    }
    files->files = cfn__grow(files->files, &files->room, files->count, sizeof *files->files);
    files->files[files->count++] = file;
    return 0;
}

void cfn__files_write(struct cfn__files *files, const char *bytes, size_t size) {
    struct cfn__file *file = &files->files[files->count - 1];
    errno = 0;
    if (size > 0 && !file->error && fwrite(bytes, 1, size, file->stream) != size)
        file->error = errno ? errno : EIO;
}

int cfn__files_close(struct cfn__files *files) {
    struct cfn__file *file = &files->files[files->count - 1];
    errno = 0;
    if (fflush(file->stream) != 0 && !file->error)
        file->error = errno ? errno : EIO;
    if (fclose(file->stream) != 0 && !file->error)
        file->error = errno ? errno : EIO;
    file->stream = NULL;
    return file->error ? tell(files, file->path, file->error) : 0;
}

int cfn__files_json(struct cfn__files *files, const char *name, const json_t *value) {
    if (cfn__files_open(files, name))
        return -1;
    char *text = json_dumps(value, JSON_INDENT(2));
    cfn__files_write(files, text, strlen(text));
    cfn__files_write(files, "\n", 1);
    free(text);
    return cfn__files_close(files);
}

static void drop(struct cfn__files *files, bool remove_parts) {
    for (size_t i = 0; i < files->count; i++) {
        struct cfn__file *file = &files->files[i];
        if (file->stream)
            fclose(file->stream);
        if (remove_parts)
            remove(file->part);
        free(file->path);
        free(file->part);
    }
    free(files->files);
    files->files = NULL;
    files->count = files->room = 0;
}

int cfn__files_publish(struct cfn__files *files) {
    int failed = 0;
    for (size_t i = 0; i < files->count && !failed; i++)
        if (rename(files->files[i].part, files->files[i].path) != 0)
            failed = tell(files, files->files[i].path, errno);
    drop(files, failed != 0);
    return failed;
}

void cfn__files_discard(struct cfn__files *files) {
    drop(files, true);
}

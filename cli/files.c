/* Files: read whole, written so that nobody ever sees half of one. */
#include "cli.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The library refuses more than 1 MB, so one byte more is enough to see that there is more. */
enum { MOST_BYTES = (1 << 20) + 1 };

struct cli_file {
    char *path, *temporary;
};

static int tell(struct cli *cli, const char *code, const char *path, const char *what) {
    cfn_fail(cli->diags, code, (struct cfn_place){.file = path}, NULL, "cannot be %s: %s", what,
             strerror(errno));
    return CLI_IO;
}

static char *read_stream(FILE *file, size_t *size) {
    char *text = cli_alloc(MOST_BYTES + 1);
    *size = fread(text, 1, MOST_BYTES, file);
    if (ferror(file)) {
        free(text);
        return NULL;
    }
    return cli_resize(text, *size + 1);
}

char *cli_read(struct cli *cli, const char *name, size_t *size) {
    bool from_stdin = strcmp(name, "-") == 0;
    FILE *file = from_stdin ? stdin : fopen(name, "rb");
    char *text = file ? read_stream(file, size) : NULL;
    if (!text)
        tell(cli, "io.read", from_stdin ? "<stdin>" : name, "read");
    if (file && !from_stdin)
        fclose(file);
    return text;
}

/* What the process's mask leaves of 0666: mkstemp gives its files to the owner alone. */
static mode_t usual_mode(void) {
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static FILE *open_beside(const char *path, char **temporary) {
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash - path) + 1 : 0;
    *temporary = cli_text("%.*s.%s.XXXXXX", folder, path, path + folder);
    int descriptor = mkstemp(*temporary);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (file && fchmod(descriptor, usual_mode()) == 0)
        return file;
    int reason = errno;
    if (descriptor >= 0)
        unlink(*temporary);
    if (file)
        fclose(file);
    else if (descriptor >= 0)
        close(descriptor);
    errno = reason;
    return NULL;
}

static int put_text(FILE *file, const char *text) {
    int failed = fputs(text, file) < 0 || fflush(file) != 0;
    int reason = errno;
    if (fclose(file) != 0 && !failed)
        return -1;
    errno = reason;
    return failed ? -1 : 0;
}

/* A file that has the text already is left alone: its time then says when it last changed. */
static bool holds(const char *path, const char *text) {
    char room[8192];
    size_t size = strlen(text), read = 0;
    FILE *file = fopen(path, "rb");
    bool same = file != NULL;
    while (same && (read = fread(room, 1, sizeof room, file)) > 0) {
        same = read <= size && memcmp(room, text, read) == 0;
        text += same ? read : 0;
        size -= same ? read : 0;
    }
    if (file)
        fclose(file);
    return same && size == 0;
}

int cli_stage(struct cli *cli, struct cli_files *files, const char *path, const char *text) {
    if (holds(path, text))
        return CLI_DONE;
    char *temporary;
    FILE *file = open_beside(path, &temporary);
    if (file && put_text(file, text) == 0) {
        files->files = cli_resize(files->files, (files->count + 1) * sizeof *files->files);
        files->files[files->count++] = (struct cli_file){cli_text("%s", path), temporary};
        return CLI_DONE;
    }
    int code = tell(cli, "io.write", path, "written");
    if (file)
        unlink(temporary);
    free(temporary);
    return code;
}

static void files_done(struct cli_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].path);
        free(files->files[i].temporary);
    }
    free(files->files);
    *files = (struct cli_files){0};
}

void cli_discard(struct cli_files *files) {
    for (size_t i = 0; i < files->count; i++)
        unlink(files->files[i].temporary);
    files_done(files);
}

int cli_publish(struct cli *cli, struct cli_files *files) {
    int code = CLI_DONE;
    for (size_t i = 0; i < files->count; i++) {
        const struct cli_file *file = &files->files[i];
        if (code != CLI_DONE || rename(file->temporary, file->path) == 0)
            continue;
        code = tell(cli, "io.write", file->path, "written");
    }
    if (code == CLI_DONE)
        files_done(files);
    else
        cli_discard(files);
    return code;
}

int cli_make_directory(struct cli *cli, const char *path) {
    char *part = cli_text("%s", path);
    int code = CLI_DONE;
    for (char *at = part + 1; code == CLI_DONE && *at; at++) {
        at += strcspn(at, "/");
        char end = *at;
        *at = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            code = tell(cli, "io.write", part, "made");
        *at = end;
        if (!end)
            break;
    }
    free(part);
    return code;
}

/* A device or a pipe is written to; a file is replaced. */
static bool is_special(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

int cli_write(struct cli *cli, const char *path, const char *text) {
    struct cli_files files = {0};
    if (!path || strcmp(path, "-") == 0) {
        fputs(text, stdout); /* main tells when that failed */
        return CLI_DONE;
    }
    if (is_special(path)) {
        FILE *file = fopen(path, "wb");
        bool failed = !file || fputs(text, file) < 0;
        failed |= file && fclose(file) != 0;
        return failed ? tell(cli, "io.write", path, "written") : CLI_DONE;
    }
    int code = cli_stage(cli, &files, path, text);
    return code == CLI_DONE ? cli_publish(cli, &files) : code;
}

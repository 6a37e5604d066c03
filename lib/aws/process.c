#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include "clock.h"
#include "files.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CEILING = 64 << 10, LIMIT_MS = 60000, TICK_MS = 20 };

struct process {
    pid_t id;
    int pipe; /* its output */
    struct cfn__clock clock;
    int64_t begun;
    char room[CEILING + 1];
    size_t size;
};

static int left(const struct process *process) {
    int64_t gone = cfn__clock_now(&process->clock) - process->begun;
    return gone < LIMIT_MS ? (int)(LIMIT_MS - gone) : 0;
}

/* 0, or the error that kept it from starting. */
static int start(struct process *process, char **words, char *const *variables) {
    int ends[2];
    if (pipe(ends) != 0)
        return errno;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    int error = posix_spawnp(&process->id, words[0], &actions, NULL, words, variables);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    process->pipe = ends[0];
    process->clock = cfn__clock_new();
    process->begun = cfn__clock_now(&process->clock);
    if (error)
        close(ends[0]);
    return error;
}

static enum cfn__process_end read_output(struct process *process) {
    while (process->size < sizeof process->room) {
        struct pollfd wait = {.fd = process->pipe, .events = POLLIN};
        int ready = poll(&wait, 1, left(process));
        if (ready == 0)
            return CFN__PROCESS_TIME;
        if (ready < 0)
            continue; /* a signal */
        ssize_t got = read(process->pipe, process->room + process->size,
                           sizeof process->room - process->size);
        if (got == 0)
            return CFN__PROCESS_DONE;
        if (got > 0)
            process->size += (size_t)got;
    }
    return CFN__PROCESS_TOO_MUCH;
}

/* Waits for its end. Where the host of this library collects its children itself, there is no
 * status to be had, and the output alone counts. */
static enum cfn__process_end collect(struct process *process, int *detail) {
    int status = 0;
    for (;;) {
        pid_t ended = waitpid(process->id, &status, WNOHANG);
        if (ended < 0 && errno != EINTR)
            return CFN__PROCESS_DONE;
        if (ended == process->id)
            break;
        if (left(process) == 0)
            return CFN__PROCESS_TIME;
        poll(NULL, 0, TICK_MS);
    }
    *detail = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    if (WIFSIGNALED(status))
        return CFN__PROCESS_SIGNAL;
    return *detail ? CFN__PROCESS_STATUS : CFN__PROCESS_DONE;
}

static enum cfn__process_end follow(struct process *process, char **output, int *detail) {
    enum cfn__process_end end = read_output(process);
    close(process->pipe);
    if (end == CFN__PROCESS_DONE)
        end = collect(process, detail);
    if (end == CFN__PROCESS_TIME || end == CFN__PROCESS_TOO_MUCH) {
        kill(process->id, SIGKILL);
        while (waitpid(process->id, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (end == CFN__PROCESS_DONE) {
        *output = cfn__alloc(process->size + 1);
        memcpy(*output, process->room, process->size);
    }
    return end;
}

enum cfn__process_end cfn__process_run(const char *line, char *const *variables, char **output,
                                       int *detail) {
    *output = NULL;
    *detail = 0;
    size_t count = 0;
    char **words = cfn__words(line, &count);
    if (!words || count == 0) {
        free(words);
        return CFN__PROCESS_QUOTES;
    }
    struct process *process = cfn__alloc(sizeof *process);
    *detail = start(process, words, variables);
    enum cfn__process_end end = *detail ? CFN__PROCESS_START : follow(process, output, detail);
    cfn__wipe(process, sizeof *process);
    free(process);
    free(words);
    return end;
}

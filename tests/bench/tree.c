/*
 * tree LOG COMMAND...: runs a command once, in a session of its own, with all it says in a file;
 * prints its wall time in seconds, the processor time of it and all its children, the peak of
 * memory in KiB and its exit code.
 *
 * The peak is that of the whole tree: ten times a second the proportional sizes of all processes of
 * the session are added up; where one process alone has been larger between two such looks, that
 * counts. A program of its own because a child's peak begins at that of the process which starts
 * it, and this one is small.
 */
#define _DEFAULT_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

/* /proc/PID/stat: the session is the fourth number behind the name's last parenthesis. */
static int session_of(const char *pid) {
    char path[300], line[1024] = "";
    int session = -1;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return -1;
    size_t size = fread(line, 1, sizeof line - 1, file);
    line[size] = '\0';
    fclose(file);
    const char *behind = strrchr(line, ')');
    if (!behind || sscanf(behind + 1, " %*c %*d %*d %d", &session) != 1)
        return -1;
    return session;
}

static long size_of(const char *pid) {
    char path[300], line[200];
    long size = 0;
    snprintf(path, sizeof path, "/proc/%s/smaps_rollup", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "Pss: %ld", &size) == 1)
            break;
    fclose(file);
    return size;
}

static long size_of_session(int session) {
    DIR *processes = opendir("/proc");
    long sum = 0;
    if (!processes)
        return 0;
    for (struct dirent *entry; (entry = readdir(processes));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            session_of(entry->d_name) == session)
            sum += size_of(entry->d_name);
    closedir(processes);
    return sum;
}

static void become(const char *log, char **words, const sigset_t *signals) {
    int file = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0644), null = open("/dev/null", O_RDONLY);
    setsid();
    sigprocmask(SIG_UNBLOCK, signals, NULL);
    dup2(null, STDIN_FILENO);
    dup2(file, STDOUT_FILENO);
    dup2(file, STDERR_FILENO);
    execvp(words[0], words);
    _exit(127);
}

int main(int count, char **words) {
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    struct rusage usage;
    sigset_t signals;
    int status = 0;
    long peak = 0;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    double begin = now();
    pid_t child = count > 2 ? fork() : -1, ended;
    if (child == 0)
        become(words[1], words + 2, &signals);
    if (child < 0)
        return 2;
    while ((ended = wait4(child, &status, WNOHANG, &usage)) == 0) {
        long size = size_of_session(child);
        peak = size > peak ? size : peak;
        sigtimedwait(&signals, NULL, &pause);
    }
    if (ended < 0)
        return 2;
    peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
    printf("%.3f %.3f %ld %d\n", now() - begin, seconds(usage.ru_utime) + seconds(usage.ru_stime),
           peak, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}

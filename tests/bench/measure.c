/*
 * measure TIMES COMMAND...: runs a command again and again with its output thrown away; prints the
 * median of its wall time in seconds, the median of its processor time, the highest peak of memory
 * in KiB, and its exit code.
 *
 * A program of its own because a child's peak begins at that of the process which starts it, and
 * this one is small.
 */
#define _DEFAULT_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 1000 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void become(char **words) {
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execvp(words[0], words);
    _exit(127);
}

int main(int count, char **words) {
    int times = count > 2 ? atoi(words[1]) : 0, status = 0;
    double wall[MOST], processor[MOST];
    long peak = 0;
    if (times < 1 || times > MOST)
        return 2;
    for (int i = 0; i < times; i++) {
        double begin = now();
        pid_t child = fork();
        if (child == 0)
            become(words + 2);
        struct rusage usage;
        if (child < 0 || wait4(child, &status, 0, &usage) < 0)
            return 2;
        wall[i] = now() - begin;
        processor[i] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
        peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
    }
    qsort(wall, (size_t)times, sizeof *wall, compare);
    qsort(processor, (size_t)times, sizeof *processor, compare);
    printf("%.6f %.6f %ld %d\n", wall[times / 2], processor[times / 2], peak,
           WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}

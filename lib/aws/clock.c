#define _POSIX_C_SOURCE 200809L
#include "clock.h"

#include <time.h>

static int64_t read_clock(clockid_t kind) {
    struct timespec time = {0};
    clock_gettime(kind, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct cfn__clock cfn__clock_new(void) {
    return (struct cfn__clock){.start = read_clock(CLOCK_REALTIME) - read_clock(CLOCK_MONOTONIC)};
}

int64_t cfn__clock_now(const struct cfn__clock *clock) {
    return clock->start + read_clock(CLOCK_MONOTONIC);
}

/* Numbers that follow from a seed: the same on every machine. */
#ifndef DEPLOYMENTS_RANDOM_H
#define DEPLOYMENTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *random) {
    uint64_t z = random->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline int random_below(struct random *random, int limit) {
    return (int)(random_next(random) % (uint64_t)limit);
}

static inline bool random_chance(struct random *random, int percent) {
    return random_below(random, 100) < percent;
}

#endif

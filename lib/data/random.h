/*
 * Numbers that follow from a seed: integers alone, so that they are the same on every machine.
 *
 * Each row of each table has a stream of its own, so that no row depends on how many were drawn
 * before it, and any of them can be made again alone.
 */
#ifndef CFN_DATA_RANDOM_H
#define CFN_DATA_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* The finalizer of SplitMix64: different numbers stay different. */
static inline uint64_t cfn__mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

struct cfn__random {
    uint64_t state;
};

static inline uint64_t cfn__next(struct cfn__random *random) {
    return cfn__mix(random->state += 0x9E3779B97F4A7C15u);
}

static inline struct cfn__random cfn__stream(uint64_t seed, uint64_t purpose, uint64_t row) {
    uint64_t key = cfn__mix(seed + purpose * 0xD1B54A32D192ED03u);
    return (struct cfn__random){cfn__mix(key ^ row * 0x8CB92BA72F3D8DD7u)};
}

/* 0 to limit - 1; limit at most 2^32. */
static inline int64_t cfn__below(struct cfn__random *random, int64_t limit) {
    return (int64_t)(((cfn__next(random) >> 32) * (uint64_t)limit) >> 32);
}

static inline int64_t cfn__between(struct cfn__random *random, int64_t least, int64_t most) {
    return least + cfn__below(random, most - least + 1);
}

static inline bool cfn__chance(struct cfn__random *random, int64_t thousandths) {
    return cfn__below(random, 1000) < thousandths;
}

/* A bell curve: mean 0, standard deviation 65,536 (a sum of eight even numbers). */
int64_t cfn__bell(struct cfn__random *random);

/* median * 2^(sigma * bell): log-normal. sigma in 1/65,536 doublings. */
int64_t cfn__log_normal(struct cfn__random *random, int64_t median, int64_t sigma);

/* The index whose span of the running sums (ascending, the last one the whole) a draw falls in. */
int cfn__pick(struct cfn__random *random, const int32_t *sums, int count);

/* The integer square root. */
int64_t cfn__root(int64_t square);

/* A shuffle of 0 ... size - 1 that is computed rather than kept, both ways. */
struct cfn__shuffle {
    uint64_t size, mask, key;
    unsigned shift;
};
struct cfn__shuffle cfn__shuffle(int64_t size, uint64_t seed, uint64_t purpose);
int64_t cfn__shuffled(const struct cfn__shuffle *shuffle, int64_t index);
int64_t cfn__unshuffled(const struct cfn__shuffle *shuffle, int64_t place);

#endif

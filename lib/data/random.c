#include "data/random.h"

int64_t cfn__bell(struct cfn__random *random) {
    int64_t sum = 0;
    for (int i = 0; i < 2; i++) {
        uint64_t bits = cfn__next(random);
        for (int j = 0; j < 4; j++, bits >>= 16)
            sum += (int64_t)(bits & 0xFFFF);
    }
    /* Eight numbers up to 65,535 have the mean 262,140 and the deviation 65,536 * sqrt(8 / 12). */
    return (sum - 262140) * 80265 / 65536;
}

/* 2^x, x and the result in 1/65,536; x from -16 to 16. The cubic is exact to 1 part in 5,000. */
static int64_t power_of_two(int64_t x) {
    int64_t whole = x >> 16, part = x & 0xFFFF;
    int64_t value = 5189; /* 0.0792 */
    value = 14703 + (value * part >> 16);
    value = 45644 + (value * part >> 16);
    value = 65536 + (value * part >> 16);
    return whole >= 0 ? value << whole : value >> -whole;
}

int64_t cfn__log_normal(struct cfn__random *random, int64_t median, int64_t sigma) {
    return median * power_of_two(cfn__bell(random) * sigma / 65536) / 65536;
}

int cfn__pick(struct cfn__random *random, const int32_t *sums, int count) {
    int64_t drawn = cfn__below(random, sums[count - 1]);
    int low = 0, high = count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (drawn < sums[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

int64_t cfn__root(int64_t square) {
    uint64_t rest = (uint64_t)square, root = 0;
    for (uint64_t bit = UINT64_C(1) << 62; bit; bit >>= 2) {
        bool fits = rest >= root + bit;
        rest -= fits ? root + bit : 0;
        root = (root >> 1) + (fits ? bit : 0);
    }
    return (int64_t)root;
}

/* Odd factors and their inverses modulo 2^64. */
static const uint64_t factors[] = {0x9E3779B97F4A7C15u, 0xD1B54A32D192ED03u};

static uint64_t inverse(uint64_t odd) {
    uint64_t x = odd; /* right to 3 bits; each step doubles them */
    for (int i = 0; i < 5; i++)
        x *= 2 - odd * x;
    return x;
}

struct cfn__shuffle cfn__shuffle(int64_t size, uint64_t seed, uint64_t purpose) {
    unsigned bits = 2;
    while (bits < 62 && (INT64_C(1) << bits) < size)
        bits++;
    return (struct cfn__shuffle){
        .size = (uint64_t)size,
        .mask = (UINT64_C(1) << bits) - 1,
        .key = cfn__stream(seed, purpose, 0).state,
        .shift = (bits + 1) / 2,
    };
}

/* Each step can be undone within the bits; what falls behind the end goes round again. A shift of
 * half the bits undoes itself. */
int64_t cfn__shuffled(const struct cfn__shuffle *shuffle, int64_t index) {
    uint64_t x = (uint64_t)index, mask = shuffle->mask;
    do {
        x = (x + shuffle->key) & mask;
        for (int i = 0; i < 2; i++) {
            x ^= x >> shuffle->shift;
            x = x * factors[i] & mask;
        }
        x ^= x >> shuffle->shift;
    } while (x >= shuffle->size);
    return (int64_t)x;
}

int64_t cfn__unshuffled(const struct cfn__shuffle *shuffle, int64_t place) {
    uint64_t x = (uint64_t)place, mask = shuffle->mask;
    do {
        x ^= x >> shuffle->shift;
        for (int i = 1; i >= 0; i--) {
            x = x * inverse(factors[i]) & mask;
            x ^= x >> shuffle->shift;
        }
        x = (x - shuffle->key) & mask;
    } while (x >= shuffle->size);
    return (int64_t)x;
}

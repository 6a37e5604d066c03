#include "data/md5.h"

#include <string.h>

static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static inline uint32_t turned(uint32_t x, int bits) {
    return x << bits | x >> (32 - bits);
}

static inline uint32_t word_at(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

#define STEP(mixed, word, i, bits)                                                                 \
    do {                                                                                           \
        uint32_t sum = a + (mixed) + sines[i] + words[word];                                       \
        a = d;                                                                                     \
        d = c;                                                                                     \
        c = b;                                                                                     \
        b += turned(sum, bits);                                                                    \
    } while (0)

static void digest_block(uint32_t state[4], const unsigned char *block) {
    static const int bits[4][4] = {
        {7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t words[16], a = state[0], b = state[1], c = state[2], d = state[3];
    for (int i = 0; i < 16; i++)
        words[i] = word_at(block + 4 * i);
    for (int i = 0; i < 16; i++)
        STEP(d ^ (b & (c ^ d)), i, i, bits[0][i & 3]);
    for (int i = 0; i < 16; i++)
        STEP(c ^ (d & (b ^ c)), (5 * i + 1) & 15, i + 16, bits[1][i & 3]);
    for (int i = 0; i < 16; i++)
        STEP(b ^ c ^ d, (3 * i + 5) & 15, i + 32, bits[2][i & 3]);
    for (int i = 0; i < 16; i++)
        STEP(c ^ (b | ~d), (7 * i) & 15, i + 48, bits[3][i & 3]);
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void digest(const unsigned char *bytes, size_t size, uint32_t state[4]) {
    static const uint32_t begin[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    unsigned char last[128] = {0};
    size_t rest = size % 64, padded = rest < 56 ? 64 : 128;
    memcpy(state, begin, sizeof begin);
    for (size_t at = 0; at + 64 <= size; at += 64)
        digest_block(state, bytes + at);
    if (rest)
        memcpy(last, bytes + size - rest, rest);
    last[rest] = 0x80;
    for (int i = 0; i < 8; i++)
        last[padded - 8 + (size_t)i] = (unsigned char)((uint64_t)size * 8 >> 8 * i);
    for (size_t at = 0; at < padded; at += 64)
        digest_block(state, last + at);
}

void cfn__md5_bytes(const void *bytes, size_t size, unsigned char out[16]) {
    uint32_t state[4];
    digest(bytes, size, state);
    for (int i = 0; i < 16; i++)
        out[i] = (unsigned char)(state[i / 4] >> 8 * (i % 4));
}

uint32_t cfn__md5_head(const void *bytes, size_t size) {
    unsigned char out[16];
    cfn__md5_bytes(bytes, size, out);
    return (uint32_t)out[0] << 24 | (uint32_t)out[1] << 16 | (uint32_t)out[2] << 8 | out[3];
}

/* IPv4 networks: 10.0.0.0/16. */
#include "network.h"

#include <stdio.h>

/* Digits at *text as a number up to most, without leading zeros; -1 where there is none. */
static long number_at(const char **text, long most) {
    const char *start = *text;
    long number = 0;
    while (**text >= '0' && **text <= '9' && number <= most)
        number = number * 10 + (*(*text)++ - '0');
    bool padded = start[0] == '0' && *text - start > 1;
    return *text == start || padded || number > most ? -1 : number;
}

static bool skip(const char **text, char c) {
    if (**text != c)
        return false;
    ++*text;
    return true;
}

bool cfn__network_read(const char *text, struct cfn__network *network) {
    unsigned long address = 0;
    for (int i = 0; i < 4; i++) {
        long octet = i && !skip(&text, '.') ? -1 : number_at(&text, 255);
        if (octet < 0)
            return false;
        address = address << 8 | (unsigned long)octet;
    }
    long bits = skip(&text, '/') ? number_at(&text, 32) : -1;
    if (bits < 0 || *text)
        return false;
    network->bits = (int)bits;
    network->mask = bits ? 0xFFFFFFFFUL << (32 - bits) & 0xFFFFFFFFUL : 0;
    network->address = address;
    return true;
}

static bool is_network(const char *text, int shortest, int longest) {
    struct cfn__network network;
    return cfn__network_read(text, &network) && network.bits >= shortest &&
           network.bits <= longest && (network.address & ~network.mask) == 0;
}

bool cfn__is_vpc_network(const char *text) {
    return is_network(text, 16, 28);
}

bool cfn__is_any_network(const char *text) {
    return is_network(text, 0, 32);
}

/* An address inside a network, for the network: 10.0.0.1/16 for 10.0.0.0/16. */
void cfn__suggest_network(const char *text, char room[64]) {
    struct cfn__network network;
    if (!cfn__network_read(text, &network))
        return;
    unsigned long address = network.address & network.mask;
    snprintf(room, 64, "%lu.%lu.%lu.%lu/%d", address >> 24, address >> 16 & 255, address >> 8 & 255,
             address & 255, network.bits);
}

#ifndef CFN_CONFIG_NETWORK_H
#define CFN_CONFIG_NETWORK_H

#include <stdbool.h>

struct cfn__network {
    unsigned long address, mask;
    int bits;
};

/* An address and the length of its network's prefix; host bits may be set. */
bool cfn__network_read(const char *text, struct cfn__network *network);

bool cfn__is_vpc_network(const char *text);
bool cfn__is_any_network(const char *text);
void cfn__suggest_network(const char *text, char room[64]);

#endif

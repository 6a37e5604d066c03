/*
 * The network of the stack common: a VPC over two or three zones, whose subnets are computed from
 * one CIDR block.
 */
#ifndef CFN_STACKS_NETWORK_H
#define CFN_STACKS_NETWORK_H

#include <cfngen/stack.h>

struct network_settings {
    const char *cidr;
    long zones;
    struct cfn_texts private_subnets, public_subnets;
    const char *nat;
    struct cfn_texts interface_endpoints;
    bool flow_logs;
};

extern const struct cfn_row network_rows[];

/* Tells blocks that are no part of the VPC, overlap, or do not match the zones. */
void network_check(const struct cfn_scope *scope, const struct network_settings *n);

/* Adds everything and exports VpcId, VpcCidr, PrivateSubnetIds and PublicSubnetIds. */
void network_build(const struct cfn_scope *scope, const struct network_settings *n, long log_days);

#endif

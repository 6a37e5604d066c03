/* A transport that counts what goes through it, and remembers what must not be. */
#ifndef DEPLOYMENTS_SPY_H
#define DEPLOYMENTS_SPY_H

#include <cfngen/aws.h>

struct spy {
    const struct cfn_transport *inner;
    struct cfn_transport outer;
    bool approved, loud;
    uint64_t calls, changes_before_approval;
};

void spy_init(struct spy *spy, const struct cfn_transport *inner, bool loud);

#endif

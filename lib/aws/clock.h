/* The door to the machine's clock. */
#ifndef CFN_AWS_CLOCK_H
#define CFN_AWS_CLOCK_H

#include <stdint.h>

/* The wall clock is read once; from then on its steps are followed only where they are ours. */
struct cfn__clock {
    int64_t start; /* of the wall, minus the monotone clock's */
    int64_t skew;  /* what AWS's clock is ahead by */
};
struct cfn__clock cfn__clock_new(void);
/* Milliseconds since 1970; never run backwards. */
int64_t cfn__clock_now(const struct cfn__clock *clock);

#endif

/* Exact whole numbers of up to 54 digits: enough for sums of 38-digit decimals. */
#ifndef CFN_DATA_DECIMAL_H
#define CFN_DATA_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Three limbs of 18 digits, the lowest first; each may be of either sign until it is written. */
struct cfn__decimal {
    int64_t limb[3];
};
enum { CFN__DECIMAL_TEXT = 64 };

void cfn__decimal_add(struct cfn__decimal *sum, int64_t number); /* below 10^18 either way */
/* sum += sign * other; sign is 1 or -1. */
void cfn__decimal_plus(struct cfn__decimal *sum, const struct cfn__decimal *other, int sign);
/* Digits alone, at most 54. */
struct cfn__decimal cfn__decimal_of(const char *digits, size_t count);
/* With so many of the digits behind the point: "13591643.70", "-0.05", "7". */
void cfn__decimal_write(const struct cfn__decimal *number, int scale, char text[CFN__DECIMAL_TEXT]);

#endif

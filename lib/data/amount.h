/* Exact decimals as texts: added and compared, whatever their scales. */
#ifndef CFN_DATA_AMOUNT_H
#define CFN_DATA_AMOUNT_H

#include "data/decimal.h"

/* "-13591643.70": digits, perhaps a sign before and decimals behind a point; at most 40 digits. */
bool cfn__amount_is(const char *text);
/* The sum, with as many decimals as the longer one has. NULL counts as nothing. */
void cfn__amount_add(const char *a, const char *b, char sum[CFN__DECIMAL_TEXT]);
/* 7 and 7.00 are the same. */
bool cfn__amount_same(const char *a, const char *b);

#endif

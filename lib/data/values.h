/* Texts of a file as values of a column: checked, and in the form that totals and COPY take. */
#ifndef CFN_DATA_VALUES_H
#define CFN_DATA_VALUES_H

#include "data/decimal.h"

#include <cfngen/tables.h>
#include <stdbool.h>

enum { CFN__CANONICAL = 64 };

struct cfn__checked {
    const char *text; /* canonical; in room, or a part of what was given */
    size_t size;
    struct cfn__decimal number; /* of a numeric column, in units of its scale */
    const char *problem;        /* what it must be; NULL: it is good */
    char room[CFN__CANONICAL];
};

/* Whether a text is a value of the column's type. */
bool cfn__value_check(const struct cfn_column *column, const char *text, size_t size,
                      struct cfn__checked *checked);

#endif

/* A row of the made shop: its values in the order of the table's columns. */
#ifndef CFN_DATA_ROW_H
#define CFN_DATA_ROW_H

#include "data/totals.h"

#include <stdint.h>

enum cfn__value_kind {
    CFN__NULL,
    CFN__TEXT,
    CFN__WORD, /* a text of digits and letters alone */
    CFN__NUMBER,
    CFN__MONEY, /* in hundredths */
    CFN__TIME   /* seconds since 1970, of the shop's clock */
};

struct cfn__value {
    enum cfn__value_kind kind;
    int64_t number;
    const char *text;
    size_t size;
};

enum { CFN__ROW_VALUES = 12, CFN__ROW_ROOM = 4096, CFN__ID_SIZE = 32 };

struct cfn__row {
    struct cfn__value values[CFN__ROW_VALUES];
    size_t count, used;
    char room[CFN__ROW_ROOM]; /* of its texts */
};

void cfn__row_begin(struct cfn__row *row);
void cfn__row_null(struct cfn__row *row);
void cfn__row_number(struct cfn__row *row, int64_t number);
void cfn__row_money(struct cfn__row *row, int64_t hundredths);
void cfn__row_time(struct cfn__row *row, int64_t seconds);           /* CFN__NEVER is NULL */
void cfn__row_text(struct cfn__row *row, const char *text);          /* copied */
void cfn__row_id(struct cfn__row *row, uint64_t high, uint64_t low); /* 32 hexadecimal digits */
#define CFN__NEVER INT64_MIN

/* Writes a value that is not NULL as CSV and SQL have it between quotes; gives its size. Texts are
 * given as they are. */
enum { CFN__VALUE_TEXT = 32 };
const char *cfn__value_text(const struct cfn__value *value, char room[CFN__VALUE_TEXT],
                            size_t *size);

/* Counts a row in (1) or out (-1). */
void cfn__row_count(const struct cfn__row *row, struct cfn__totals *totals, int sign);

#endif

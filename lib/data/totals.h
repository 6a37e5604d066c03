/*
 * Control totals of one table: the numbers that must be equal in every layer.
 *
 * Rows; the sum of each numeric column; and a checksum: the sum over the rows of the first 32 bits
 * of the MD5 of the row's canonical text, which is its checked columns (cfn_column_is_checked)
 * joined with '|'. NULL is \N; an integer has no sign of plus and no leading zero; a numeric has
 * exactly its scale of decimals; a timestamp is "YYYY-MM-DD HH:MM:SS"; a text is as it is, char(n)
 * without trailing blanks. All of them are sums, so that rows can be taken away again.
 */
#ifndef CFN_DATA_TOTALS_H
#define CFN_DATA_TOTALS_H

#include "base/base.h"
#include "data/decimal.h"

#include <cfngen/tables.h>
#include <jansson.h>

struct cfn__totals {
    const struct cfn_source_table *table;
    int64_t rows;
    struct cfn__decimal checksum;
    struct cfn__decimal *sums; /* of each column; 0 where it is not numeric */
    struct cfn__decimal *row;  /* the numbers of the row under way */
    struct cfn_text text;      /* its canonical text */
    struct cfn_text last;      /* that of the row before, */
    int64_t last_check;        /* and what it came to: of a few columns, rows are often the same */
    size_t column;
    bool begun; /* the text has a column */
};

void cfn__totals_init(struct cfn__totals *totals, const struct cfn_source_table *table);
void cfn__totals_done(struct cfn__totals *totals);

/* The values of a row, one after the other; then its end, with 1 to count it in, -1 to take it
 * away, or 0 to forget it. Numbers of numeric columns are given besides their text. */
void cfn__totals_text(struct cfn__totals *totals, const char *text, size_t size);
void cfn__totals_null(struct cfn__totals *totals);
void cfn__totals_number(struct cfn__totals *totals, const char *text, size_t size,
                        const struct cfn__decimal *number);
void cfn__totals_end(struct cfn__totals *totals, int sign);

/* Adds those of another part of the same table. */
void cfn__totals_add(struct cfn__totals *totals, const struct cfn__totals *other);
/* {"rows": "99441", "sum(price)": "13591643.70", "checksum": "..."}; a new reference. */
json_t *cfn__totals_json(const struct cfn__totals *totals);

#endif

/* Control totals as a question to PostgreSQL. */
#ifndef CFN_DATA_TOTALS_SQL_H
#define CFN_DATA_TOTALS_SQL_H

#include "base/base.h"

#include <cfngen/tables.h>
#include <jansson.h>

/* SELECT of one row: rows, the sum of each numeric column, and, where it is wanted, the checksum;
 * needs datestyle ISO. */
void cfn__put_totals_query(struct cfn_text *sql, const char *schema,
                           const struct cfn_source_table *table, bool checksum);
/* That row as {"rows": ..., "sum(price)": ..., "checksum": ...}; a new reference. */
json_t *cfn__totals_of_row(const struct cfn_source_table *table, const json_t *row);

#endif

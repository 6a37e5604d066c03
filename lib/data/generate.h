/* Inside the floor: the tables of the made shop, one after the other. */
#ifndef CFN_DATA_GENERATE_H
#define CFN_DATA_GENERATE_H

#include "data/sheet.h"
#include "data/shop.h"

#include <cfngen/generate.h>

enum { CFN__SHOP_TABLES = 9 };

/* Makes all rows of a table. */
struct cfn__maker {
    const char *table;
    unsigned style;
    void (*make)(const struct cfn__shop *shop, struct cfn__sheet *sheet);
};
extern const struct cfn__maker cfn__makers[CFN__SHOP_TABLES];

/* {"layer": "generated", "totals": {table: ...}}; a new reference. */
json_t *cfn__generated_totals(const struct cfn__totals *totals, size_t count);

#endif

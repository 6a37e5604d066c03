/* pipeline/tables.json as bytes, made at build time. */
#ifndef CFN_TABLES_SHOP_H
#define CFN_TABLES_SHOP_H

#include <stddef.h>

extern const char cfn__shop_tables[];
extern const size_t cfn__shop_tables_size;

#endif

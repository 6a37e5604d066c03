/*
 * The parts of a statement's way that stand in files of their own.
 */
#ifndef CFN_DATA_WAREHOUSE_H
#define CFN_DATA_WAREHOUSE_H

#include <cfngen/warehouse.h>

/* The result of a statement that is done, as cfn_warehouse_execute gives it; described is the
 * answer to the last look. */
json_t *cfn__warehouse_result(const struct cfn_transport *transport, const char *id,
                              const json_t *described, struct cfn_diags *diags);

#endif

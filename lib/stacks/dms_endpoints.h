/*
 * Where AWS DMS reads and where it writes: its two endpoints, and the role that each lets it take.
 */
#ifndef CFN_STACKS_DMS_ENDPOINTS_H
#define CFN_STACKS_DMS_ENDPOINTS_H

#include <cfngen/stack.h>

/* Settings of the S3 endpoint; a section's worth of rows that stand in dms itself. */
struct dms_target {
    const char *layer, *folder, *timestamp_column, *date_partition;
    long batch_seconds, batch_mb;
};

/* Adds "Source", the database of the stack rds; heartbeat where changes are captured. */
void dms_add_source(const struct cfn_scope *scope, const char *plugin, bool heartbeat);

/* Adds "Target", a folder of a layer's bucket. */
void dms_add_target(const struct cfn_scope *scope, const struct dms_target *target,
                    bool validation);

#endif

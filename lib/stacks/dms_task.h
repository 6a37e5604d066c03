/*
 * What AWS DMS is told as JSON: which tables it replicates, and how.
 */
#ifndef CFN_STACKS_DMS_TASK_H
#define CFN_STACKS_DMS_TASK_H

#include <cfngen/stack.h>

/* "schema.table" or "schema.%", as a text format for rows. */
extern const struct cfn_text_format dms_table_format;

/* Selection rules: the tables, less those of exclude, less all that DMS makes for itself
 * (awsdms_*). */
cfn_value dms_table_mappings(const struct cfn_scope *scope, const struct cfn_texts *tables,
                             const struct cfn_texts *exclude);

/* Settings of a task or of a serverless replication; only what is decided here, the rest is left to
 * DMS. */
cfn_value dms_task_settings(long lob_max_kb, bool validation);

#endif

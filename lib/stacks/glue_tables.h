/*
 * The tables that the catalog knows from the start: those of the Olist shop, as Spark writes them
 * to the lake.
 */
#ifndef CFN_STACKS_GLUE_TABLES_H
#define CFN_STACKS_GLUE_TABLES_H

#include <cfngen/stack.h>

/* Declares them in the database of that logical id; the files of a table lie in
 * <bucket>/<folder>/<table>/. bucket is the name of an export of data_lake. */
void glue_tables_build(const struct cfn_scope *scope, const char *database, const char *bucket,
                       const char *folder);

#endif

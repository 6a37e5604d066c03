/*
 * Loading the shop's files into PostgreSQL: all tables or none.
 *
 * Files are read as RFC 4180 has them, their columns found by name; each value is checked against
 * its column, and every bad row is told with its file, line and column, in one run. Rows go into
 * staging tables over several connections; keys are built and the control totals of what was read
 * compared with those in the database; then one transaction puts all tables in their places. What a
 * killed run leaves behind is swept away by the next one.
 *
 * What was loaded is remembered (SHA-256 of each file) in a schema of its own, `cfngen`, so that
 * the same files change nothing a second time. Rows are not compared then: a shop lives on after
 * it was loaded, and cfn_reconcile is there for that. Tables that hold other rows are refused,
 * unless `replace` is set.
 *
 * Whoever replicates the tables sees new ones after a replacement: replication must be reloaded.
 */
#ifndef CFNGEN_LOAD_H
#define CFNGEN_LOAD_H

#include <cfngen/database.h>
#include <cfngen/tables.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_load_stage {
    CFN_LOAD_READING,  /* files are compared with what was loaded */
    CFN_LOAD_COPYING,  /* rows on their way */
    CFN_LOAD_KEYS,     /* keys, totals */
    CFN_LOAD_SWAPPING, /* the last transaction */
};

struct cfn_load_progress {
    enum cfn_load_stage stage;
    const char *table; /* which is being read or has just been finished; or NULL */
    int64_t rows, bytes, all_bytes;
    size_t done, count; /* steps of the stage */
};

struct cfn_load {
    const struct cfn_tables *tables;
    const char *folder;
    const struct cfn_database *database;
    bool replace;
    int jobs; /* connections that take rows; 0: 4 */
    /* Told now and then. May be NULL. */
    void (*progress)(void *self, const struct cfn_load_progress *progress);
    bool (*stop)(void *self); /* asked now and then; true ends it, with nothing changed */
    void *self;
};

/* {layer: "files", result: "loaded", "replaced" or "unchanged", rows, bytes, totals: {table: {rows,
 * ...}}}, a new reference; NULL with diagnostics. */
CFN_API json_t *cfn_load(const struct cfn_load *load, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

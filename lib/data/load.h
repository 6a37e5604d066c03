/* Inside the floor: a load at work. */
#ifndef CFN_DATA_LOAD_H
#define CFN_DATA_LOAD_H

#include "data/csv.h"
#include "data/postgres.h"
#include "data/totals.h"

#include <cfngen/load.h>
#include <stdio.h>

struct cfn__digest;

/* A file on its way into its table: load_file.c. */
struct cfn__load_file {
    const struct cfn_source_table *table;
    char *path;
    FILE *stream;
    struct cfn__digest *digest;
    char sha256[65]; /* when it is over */
    int64_t size, read;
    struct cfn__csv csv;
    size_t fields;    /* of a row, as the header says */
    size_t *field_of; /* of each column */
    struct cfn__totals totals;
    struct cfn_text room;
    size_t bad;
    bool over, failed;
};
/* Its size; -1, told: there is none. */
int cfn__load_file_find(struct cfn__load_file *file, const char *folder,
                        const struct cfn_source_table *table, struct cfn_diags *diags);
/* The SHA-256 of it all. */
int cfn__load_file_digest(struct cfn__load_file *file, struct cfn_diags *diags);
/* Opens it and understands its header. */
int cfn__load_file_begin(struct cfn__load_file *file, struct cfn_diags *diags);
/* Appends rows as COPY takes them until `out` has about so many bytes, or the file is over. Bad
 * rows are told and left out. */
void cfn__load_file_rows(struct cfn__load_file *file, struct cfn_text *out, size_t size,
                         struct cfn_diags *diags);
void cfn__load_file_done(struct cfn__load_file *file);

/* What lies in the database where the staging tables are made. */
#define CFN__STAGING "cfngen_staging"

struct cfn__loading {
    const struct cfn_load *what;
    const struct cfn_tables *tables;
    struct cfn_diags *diags;
    struct cfn__libpq *libpq;
    struct cfn__pg *pg;       /* holds the lock */
    struct cfn__pg **workers; /* opened when they are needed */
    size_t worker_count;
    struct cfn__load_file *files; /* of each table */
    json_t *existing;             /* table: {oid, rows: bool} */
    json_t *loaded;               /* table: {oid, sha256, bytes} */
    struct cfn_load_progress progress;
    bool stopped;
};
void cfn__load_tell(struct cfn__loading *load, const char *table);
bool cfn__load_stops(struct cfn__loading *load); /* told once */

/* load_state.c: what is there, the lock, the sweeping. */
int cfn__load_look(struct cfn__loading *load);
int cfn__load_stage(struct cfn__loading *load);
int cfn__load_sweep(struct cfn__loading *load);

/* load_copy.c, load_keys.c, load_swap.c */
int cfn__load_copy(struct cfn__loading *load);
int cfn__load_keys(struct cfn__loading *load);
int cfn__load_swap(struct cfn__loading *load);
void cfn__put_table(struct cfn_text *sql, const char *schema, const struct cfn_source_table *table);

#endif

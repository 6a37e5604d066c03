/*
 * The tables of the shop: what is loaded, replicated, refined and modelled, described once.
 *
 * The description is a JSON text (pipeline/tables.json; the library carries a copy of it). From it
 * come the tables of the source database and the keys and checks of its loading, the catalog of the
 * lake, what the Spark job casts, cleans and checks, and the control totals by which layers are
 * compared.
 */
#ifndef CFNGEN_TABLES_H
#define CFNGEN_TABLES_H

#include <cfngen/diag.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum cfn_column_kind {
    CFN_COLUMN_CHAR,    /* char(size) */
    CFN_COLUMN_VARCHAR, /* varchar(size) */
    CFN_COLUMN_TEXT,
    CFN_COLUMN_INTEGER, /* 32 bits */
    CFN_COLUMN_NUMERIC, /* numeric(size,scale): exact */
    CFN_COLUMN_DOUBLE,
    CFN_COLUMN_TIMESTAMP /* without a zone */
};

struct cfn_column {
    const char *name;
    const char *type; /* as PostgreSQL spells it: "numeric(10,2)" */
    enum cfn_column_kind kind;
    int size, scale;    /* 0 where the type has none */
    bool required;      /* not null */
    const char *about;  /* or "" */
    const char *clean;  /* how it is cleaned between bronze and silver: "zip5", "city"; NULL: not */
    const char *reason; /* why; NULL where it is not cleaned */
};

/* Columns of this table that name a row of another by its key. */
struct cfn_reference {
    const size_t *columns; /* indexes, as many as the other's key has */
    size_t column_count;
    size_t table; /* index */
};

/* What a row must fulfil to get into silver. */
struct cfn_table_rule {
    const char *name, *check /* SQL */, *reason;
};

struct cfn_source_table {
    const char *name, *about;
    const char *file; /* of the published data set */
    const struct cfn_column *columns;
    size_t column_count;
    const size_t *key; /* indexes of columns; none: a multiset of rows */
    size_t key_count;
    const struct cfn_reference *references;
    size_t reference_count;
    const struct cfn_table_rule *rules;
    size_t rule_count;
    const struct cfn_column *partition; /* by whose time files are parted; or NULL */
    const char *partition_by;           /* "year", "month"; NULL without one */
};

struct cfn_tables {
    const char *schema; /* in the source database */
    const struct cfn_source_table *tables;
    size_t count;
};

/* Reads a description; file is for diagnostics. NULL with every mistake told. The caller frees it
 * with cfn_tables_free. */
CFN_API struct cfn_tables *cfn_tables_read(const char *text, size_t size, const char *file,
                                           struct cfn_diags *diags);
/* The nine tables of the Olist shop; freed likewise. */
CFN_API struct cfn_tables *cfn_tables_shop(void);
/* NULL is allowed. */
CFN_API void cfn_tables_free(struct cfn_tables *tables);

/* By name; NULL: there is none. */
CFN_API const struct cfn_source_table *cfn_tables_find(const struct cfn_tables *tables,
                                                       const char *name);
/* Whether a column is a part of its table's checksum: what cleaning changes and floating numbers
 * are not. */
CFN_API bool cfn_column_is_checked(const struct cfn_column *column);

#ifdef __cplusplus
}
#endif

#endif

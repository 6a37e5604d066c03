/*
 * The one door to libpq, which is loaded when it is asked for. A connection is used by one thread;
 * many of them can be under way at the same time, waited for together.
 */
#ifndef CFN_DATA_POSTGRES_H
#define CFN_DATA_POSTGRES_H

#include "base/base.h"

#include <cfngen/database.h>

struct cfn__libpq;
/* NULL with a diagnostic that says what to install. */
struct cfn__libpq *cfn__libpq_new(struct cfn_diags *diags);
void cfn__libpq_free(struct cfn__libpq *libpq);

struct cfn__pg;
/* name: of the application, for pg_stat_activity. NULL with a diagnostic. */
struct cfn__pg *cfn__pg_open(const struct cfn__libpq *libpq, const struct cfn_database *database,
                             const char *name, struct cfn_diags *diags);
void cfn__pg_close(struct cfn__pg *pg); /* NULL is allowed */
/* Warns where the connection is less than verified; once is enough for all of a database. */
void cfn__pg_warn(const struct cfn__libpq *libpq, const struct cfn_database *database,
                  struct cfn_diags *diags);

/* Statements one after the other, waited for. 0, or -1 with a diagnostic "postgres.<SQLSTATE>". */
int cfn__pg_run(struct cfn__pg *pg, struct cfn_diags *diags, const char *sql);
/* The rows of the last of them: a list of lists of strings and nulls, a new reference; NULL with a
 * diagnostic. */
json_t *cfn__pg_rows(struct cfn__pg *pg, struct cfn_diags *diags, const char *sql);

/* What is told next is about this ("ecommerce.orders"); borrowed, NULL to begin with. */
void cfn__pg_about(struct cfn__pg *pg, const char *what);

/* Without waiting: statements are sent, and looked after until they are over. */
void cfn__pg_send(struct cfn__pg *pg, const char *sql);
enum cfn__pg_state {
    CFN__PG_IDLE,   /* nothing is under way */
    CFN__PG_BUSY,   /* it works */
    CFN__PG_COPYING /* it takes rows */
};
enum cfn__pg_state cfn__pg_look(struct cfn__pg *pg, struct cfn_diags *diags);
/* Whether what was sent last failed, which has been told; its rows as above, taken by the caller.
 */
bool cfn__pg_failed(const struct cfn__pg *pg);
json_t *cfn__pg_take(struct cfn__pg *pg);
/* Rows for a COPY, while it takes them; sent by and by. why: rows must be forgotten, or NULL. */
void cfn__pg_put(struct cfn__pg *pg, const char *bytes, size_t size);
void cfn__pg_end(struct cfn__pg *pg, const char *why);
/* Whether all of that has gone out. */
bool cfn__pg_flush(struct cfn__pg *pg);
/* Until one of them has something to say or room to be told, or the time is over. */
void cfn__pg_wait(struct cfn__pg *const *pgs, size_t count, int milliseconds);

/* In quotes for SQL; appended. */
void cfn__put_name(struct cfn_text *sql, const char *name);
void cfn__put_literal(struct cfn_text *sql, const char *text);

#endif

/*
 * The warehouse by way of the Redshift Data API: SQL goes out, rows come back, without a driver and
 * without a way into its network.
 *
 *     json_t *rows = cfn_warehouse_query(transport, &warehouse, "select 1 as one", diags);
 *
 * Who asks is decided by `secret` (a user and password of Secrets Manager), or by `user` (a cluster
 * makes credentials for it), or else is the caller of AWS himself.
 *
 * Failures: "warehouse.failed" is what the database says of a statement, "warehouse.timeout" and
 * "warehouse.stopped" end one that runs, "aws.<Code>" is the service. Values of rows are null,
 * truth values, integers, reals and texts as the Data API gives them: exact decimals, dates and
 * times are texts.
 */
#ifndef CFNGEN_WAREHOUSE_H
#define CFNGEN_WAREHOUSE_H

#include <cfngen/aws.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Where it is and as whom. Everything is borrowed. */
struct cfn_warehouse {
    const char *workgroup; /* of Redshift Serverless, or NULL */
    const char *cluster;   /* else its identifier */
    const char *database;
    const char *secret;       /* name or ARN, or NULL */
    const char *user;         /* of a cluster, or NULL */
    int64_t timeout;          /* of one statement, milliseconds; 0: an hour */
    uint64_t run;             /* a number that no other run has: a repeated call is carried out
                                 once */
    bool (*stop)(void *self); /* asked at each look; a statement that runs is cancelled. May be NULL
                               */
    void *self;
};

/* A statement, and where it stands for messages. */
struct cfn_sql {
    const char *text; /* not ended by NUL */
    size_t size;
    struct cfn_place place;
};
#define CFN_SQL(text_) ((struct cfn_sql){.text = (text_), .size = strlen(text_)})

/* Runs one statement: {id, columns: [{name, type}], rows: [[...]], affected, milliseconds}, a new
 * reference; columns is missing where it gives no rows, affected is -1 where the service does not
 * tell. NULL with a diagnostic. */
CFN_API json_t *cfn_warehouse_execute(const struct cfn_transport *transport,
                                      const struct cfn_warehouse *warehouse,
                                      const struct cfn_sql *sql, struct cfn_diags *diags);

/* Runs one statement; the rows as a list of objects by column name, a new reference. */
CFN_API json_t *cfn_warehouse_query(const struct cfn_transport *transport,
                                    const struct cfn_warehouse *warehouse, const char *sql,
                                    struct cfn_diags *diags);

/* Runs 1 to 40 statements in one transaction: all of them, or none. 0, or -1 with a diagnostic. */
#define CFN_WAREHOUSE_MOST 40
CFN_API int cfn_warehouse_transact(const struct cfn_transport *transport,
                                   const struct cfn_warehouse *warehouse, const char *const *sqls,
                                   size_t count, struct cfn_diags *diags);

/* The next statement of a script, from *at on, which is moved behind it; false: there is none.
 * Semicolons end statements, but not in quotes ('it''s', 'it\'s', "a;b"), dollar quotes ($$,
 * $body$) and comments (-- to the end of the line, slash and asterisk, which nest). What is not
 * closed is told, and ends the script with `wrong` set. */
struct cfn_script {
    const char *text;
    size_t size;
    const char *file; /* for places */
    size_t at;        /* bytes, 0 to begin with */
    int line;         /* of at; 0 to begin with */
    bool wrong;
};
CFN_API bool cfn_script_next(struct cfn_script *script, struct cfn_sql *sql,
                             struct cfn_diags *diags);

/* Identifiers and texts for SQL that is made: in quotes, with what must be doubled doubled. The
 * caller frees them with free(). */
CFN_API char *cfn_sql_name(const char *name);
CFN_API char *cfn_sql_text(const char *text);

#ifdef __cplusplus
}
#endif

#endif

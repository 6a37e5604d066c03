/*
 * What the verbs share that talk with the source database: which one it is.
 */
#ifndef CFNGEN_CLI_DATABASE_H
#define CFNGEN_CLI_DATABASE_H

#include "steps.h"

#define CLI_DATABASE_OPTIONS                                                                       \
    {.name = "dsn",                                                                                \
     .argument = "DSN",                                                                            \
     .help = "the database, as libpq takes it, in place of that of the stack rds"},                \
    {                                                                                              \
        .name = "ca", .argument = "FILE", .help = "certificates that sign the database's own"      \
    }
#define CLI_TABLES_OPTION                                                                          \
    {                                                                                              \
        .name = "tables", .argument = "FILE",                                                      \
        .help = "another description of the tables than the shop's"                                \
    }

/* The database of --dsn, else (step is not NULL then) of the stack rds: its outputs and its secret,
 * which is to be released with cfn_secret_done. 0, or -1, told. */
int cli_database_of(struct cli *cli, const struct cli_step *step, struct cfn_database *database,
                    json_t **secret);

/* The tables of --tables, or the shop's; NULL, told. */
struct cfn_tables *cli_tables(struct cli *cli);

/* "1,550,922": in groups where a person looks at the stream. */
const char *cli_grouped(const struct cli *cli, FILE *file, const char *digits, char text[64]);

#endif

/*
 * A replication as it goes on: a picture on a terminal, plain lines elsewhere, one JSON object a
 * line for machines.
 */
#ifndef CFNGEN_REPLICATION_H
#define CFNGEN_REPLICATION_H

#include "deployment.h"

struct cli_replication {
    struct cli *cli;
    const struct cfn_transport *transport;
    bool rich;
    size_t lines;      /* drawn at present */
    int64_t began;     /* of the transport's clock */
    int64_t last_line; /* when something was told last */
    char *said;        /* what the last line said of the whole */
    json_t *tables;    /* {"schema.table": state}, as they were told last */
};
void cli_replication_note(void *self, const char *text);
void cli_replication_look(void *self, const json_t *status);
/* Takes the picture away. */
void cli_replication_clear(struct cli_replication *live);
void cli_replication_done(struct cli_replication *live);

/* All of a status, for people: the whole, then a table of tables. */
void cli_replication_print(const struct cli *cli, const json_t *status, FILE *file);

#endif

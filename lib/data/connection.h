/* Inside the door: a connection. */
#ifndef CFN_DATA_CONNECTION_H
#define CFN_DATA_CONNECTION_H

#include "data/libpq.h"
#include "data/postgres.h"

struct cfn__pg {
    const struct cfn__libpq *libpq;
    void *connection;
    const char *about;
    enum cfn__pg_state state;
    bool failed;
    bool ending; /* the rows of a COPY are over */
    json_t *rows;
};

/* A message of libpq's in one line; the caller frees it. */
char *cfn__one_line(const char *message);

#endif

/* Statements, rows and COPY over a connection. */
#define _POSIX_C_SOURCE 200809L
#include "data/postgres.h"

#include "data/connection.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

char *cfn__one_line(const char *message) {
    struct cfn_text text = {0};
    while (*message) {
        size_t size = strcspn(message, "\r\n\t");
        cfn_text_write(&text, message, size);
        message += size + strspn(message + size, "\r\n\t ");
        cfn_text_put(&text, size && *message ? "; " : "");
    }
    return cfn_text_take(&text);
}

enum { SQLSTATE = 'C', PRIMARY = 'M', DETAIL = 'D', HINT = 'H' };

/* A refusal: what the server says of it, in one line. */
static int tell(const struct cfn__pg *pg, const void *result, struct cfn_diags *diags) {
    const struct cfn__libpq *libpq = pg->libpq;
    const char *state = result ? libpq->PQresultErrorField(result, SQLSTATE) : NULL;
    const char *primary = result ? libpq->PQresultErrorField(result, PRIMARY) : NULL;
    const char *detail = result ? libpq->PQresultErrorField(result, DETAIL) : NULL;
    const char *hint = result ? libpq->PQresultErrorField(result, HINT) : NULL;
    struct cfn_text code = {0};
    cfn_text_printf(&code, "%s%s", state ? "postgres." : "io.lost", state ? state : "");
    char *message = cfn__one_line(primary ? primary : libpq->PQerrorMessage(pg->connection));
    char *more = cfn__one_line(detail ? detail : ""), *advice = cfn__one_line(hint ? hint : "");
    cfn_fail(diags, code.data, (struct cfn_place){0}, pg->about, "the database says: %s%s%s",
             message, *more ? "; " : "", more);
    if (*advice)
        cfn_hint(diags, "%s", advice);
    cfn_text_done(&code);
    free(message);
    free(more);
    free(advice);
    return -1;
}

static json_t *rows_of(const struct cfn__libpq *libpq, const void *result) {
    json_t *rows = json_array();
    int count = libpq->PQntuples(result), columns = libpq->PQnfields(result);
    for (int i = 0; i < count; i++) {
        json_t *row = json_array();
        for (int j = 0; j < columns; j++)
            json_array_append_new(row, libpq->PQgetisnull(result, i, j)
                                           ? json_null()
                                           : json_string(libpq->PQgetvalue(result, i, j)));
        json_array_append_new(rows, row);
    }
    return rows;
}

static bool is_good(int status) {
    return status == CFN__PQ_COMMAND_OK || status == CFN__PQ_TUPLES_OK ||
           status == CFN__PQ_EMPTY_QUERY;
}

int cfn__pg_run(struct cfn__pg *pg, struct cfn_diags *diags, const char *sql) {
    json_t *rows = cfn__pg_rows(pg, diags, sql);
    json_decref(rows);
    return rows ? 0 : -1;
}

json_t *cfn__pg_rows(struct cfn__pg *pg, struct cfn_diags *diags, const char *sql) {
    const struct cfn__libpq *libpq = pg->libpq;
    void *result = libpq->PQexec(pg->connection, sql);
    json_t *rows = NULL;
    if (result && is_good(libpq->PQresultStatus(result)))
        rows = rows_of(libpq, result);
    else
        tell(pg, result, diags);
    libpq->PQclear(result);
    return rows;
}

void cfn__pg_about(struct cfn__pg *pg, const char *what) {
    pg->about = what;
}

void cfn__pg_send(struct cfn__pg *pg, const char *sql) {
    json_decref(pg->rows);
    pg->rows = NULL;
    pg->failed = pg->ending = false;
    pg->libpq->PQsetnonblocking(pg->connection, 1);
    pg->libpq->PQsendQuery(pg->connection, sql); /* its failure comes as a result */
    pg->state = CFN__PG_BUSY;
}

static void take_result(struct cfn__pg *pg, void *result, struct cfn_diags *diags) {
    int status = pg->libpq->PQresultStatus(result);
    bool lost = status == CFN__PQ_COPY_IN && pg->ending; /* the end has not got through */
    if (status == CFN__PQ_COPY_IN && !lost) {
        pg->state = CFN__PG_COPYING;
    } else if (status == CFN__PQ_TUPLES_OK) {
        json_decref(pg->rows);
        pg->rows = rows_of(pg->libpq, result);
    } else if (!is_good(status) && !pg->failed) {
        pg->failed = true;
        tell(pg, lost ? NULL : result, diags);
    }
    if (lost)
        pg->state = CFN__PG_IDLE;
    pg->libpq->PQclear(result);
}

enum cfn__pg_state cfn__pg_look(struct cfn__pg *pg, struct cfn_diags *diags) {
    if (pg->state != CFN__PG_BUSY)
        return pg->state;
    cfn__pg_flush(pg);
    if (!pg->libpq->PQconsumeInput(pg->connection) && !pg->failed) {
        pg->failed = true;
        tell(pg, NULL, diags);
    }
    while (pg->state == CFN__PG_BUSY && !pg->libpq->PQisBusy(pg->connection)) {
        void *result = pg->libpq->PQgetResult(pg->connection);
        if (result)
            take_result(pg, result, diags);
        else
            pg->state = CFN__PG_IDLE;
    }
    if (pg->state == CFN__PG_IDLE)
        pg->libpq->PQsetnonblocking(pg->connection, 0);
    return pg->state;
}

bool cfn__pg_failed(const struct cfn__pg *pg) {
    return pg->failed;
}

json_t *cfn__pg_take(struct cfn__pg *pg) {
    json_t *rows = pg->rows;
    pg->rows = NULL;
    return rows;
}

void cfn__pg_put(struct cfn__pg *pg, const char *bytes, size_t size) {
    while (size > 0) {
        int part = size > INT_MAX / 2 ? INT_MAX / 2 : (int)size;
        if (pg->libpq->PQputCopyData(pg->connection, bytes, part) < 0)
            return; /* the end tells */
        bytes += part;
        size -= (size_t)part;
    }
}

void cfn__pg_end(struct cfn__pg *pg, const char *why) {
    pg->ending = true;
    pg->libpq->PQputCopyEnd(pg->connection, why);
    pg->state = CFN__PG_BUSY;
}

/* A connection that is lost has nothing to send: its end is told by the look. */
bool cfn__pg_flush(struct cfn__pg *pg) {
    return pg->libpq->PQflush(pg->connection) != 1;
}

void cfn__pg_wait(struct cfn__pg *const *pgs, size_t count, int milliseconds) {
    enum { MOST = 64 };
    struct pollfd files[MOST];
    nfds_t used = 0;
    for (size_t i = 0; i < count && used < MOST; i++) {
        int file = pgs[i]->libpq->PQsocket(pgs[i]->connection);
        bool sending = pgs[i]->libpq->PQflush(pgs[i]->connection) == 1;
        if (file < 0 || (pgs[i]->state == CFN__PG_IDLE && !sending))
            continue;
        /* What a server says during a COPY (that it failed) is read when the COPY has ended. */
        short events = pgs[i]->state == CFN__PG_COPYING && !sending ? 0 : POLLIN;
        files[used++] =
            (struct pollfd){.fd = file, .events = (short)(events | (sending ? POLLOUT : 0))};
    }
    poll(files, used, milliseconds);
}

void cfn__put_name(struct cfn_text *sql, const char *name) {
    cfn_text_put(sql, "\"");
    for (; *name; name++)
        cfn_text_write(sql, *name == '"' ? "\"\"" : name, *name == '"' ? 2 : 1);
    cfn_text_put(sql, "\"");
}

void cfn__put_literal(struct cfn_text *sql, const char *text) {
    cfn_text_put(sql, "'");
    for (; *text; text++)
        cfn_text_write(sql, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
    cfn_text_put(sql, "'");
}

/* Loading libpq, and connecting safely. */
#include "data/libpq.h"
#include "data/postgres.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/connection.h"

static bool find(void *library, const char *name, void *function, size_t size) {
    void *found = dlsym(library, name);
    memcpy(function, &found, size); /* POSIX says that this is a function */
    return found != NULL;
}

struct cfn__libpq *cfn__libpq_new(struct cfn_diags *diags) {
    struct cfn__libpq *libpq = cfn__alloc(sizeof *libpq);
    bool whole = (libpq->library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE));
#define FIND(type, name, arguments)                                                                \
    whole = whole && find(libpq->library, #name, &libpq->name, sizeof libpq->name);
    CFN__LIBPQ(FIND)
#undef FIND
    if (whole)
        return libpq;
    cfn_fail(diags, "io.libpq", (struct cfn_place){0}, NULL,
             "libpq.so.5, the client library of PostgreSQL, cannot be loaded");
    cfn_hint(diags, "install it: libpq5 (Debian, Ubuntu), libpq (Fedora, Alpine), postgresql-libs");
    cfn__libpq_free(libpq);
    return NULL;
}

void cfn__libpq_free(struct cfn__libpq *libpq) {
    if (libpq && libpq->library)
        dlclose(libpq->library);
    free(libpq);
}

/* The value of a keyword that a list has, copied; NULL. */
static char *value_of(const struct cfn__pq_option *options, const char *keyword) {
    for (; options && options->keyword; options++)
        if (strcmp(options->keyword, keyword) == 0 && options->val && *options->val)
            return cfn__copy(options->val);
    return NULL;
}

/* What the connection string says of a keyword, else a variable of libpq's; without its own
 * defaults. */
static char *said(const struct cfn__libpq *libpq, const struct cfn_database *database,
                  const char *keyword) {
    char *error = NULL, *value = NULL;
    struct cfn__pq_option *options =
        database->dsn ? libpq->PQconninfoParse(database->dsn, &error) : NULL;
    value = value_of(options, keyword);
    libpq->PQconninfoFree(options);
    libpq->PQfreemem(error);
    if (value)
        return value;
    options = libpq->PQconndefaults();
    for (struct cfn__pq_option *at = options; at && at->keyword && !value; at++)
        if (strcmp(at->keyword, keyword) == 0 && at->val && *at->val &&
            !cfn_same(at->val, at->compiled))
            value = cfn__copy(at->val);
    libpq->PQconninfoFree(options);
    return value;
}

/* Where the system keeps its roots; libpq knows that itself from 16 on. */
static const char *system_roots(const struct cfn__libpq *libpq) {
    static const char *const files[] = {"/etc/ssl/certs/ca-certificates.crt",
                                        "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
    if (libpq->PQlibVersion() >= 160000)
        return "system";
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        FILE *file = fopen(files[i], "r");
        if (!file)
            continue;
        fclose(file);
        return files[i];
    }
    return NULL;
}

static bool is_local(const char *host) {
    return !host || host[0] == '/' || host[0] == '@';
}

void cfn__pg_warn(const struct cfn__libpq *libpq, const struct cfn_database *database,
                  struct cfn_diags *diags) {
    char *mode = said(libpq, database, "sslmode"), *host = said(libpq, database, "host");
    char *address = said(libpq, database, "hostaddr");
    if (mode && strcmp(mode, "verify-full") != 0 && (database->host || address || !is_local(host)))
        cfn_warn(diags, "postgres.tls", (struct cfn_place){0}, NULL,
                 "the server's certificate and name are not verified with sslmode=%s: "
                 "verify-full would be right",
                 mode);
    free(mode);
    free(host);
    free(address);
}

static bool is_a_string(const struct cfn__libpq *libpq, const char *dsn, struct cfn_diags *diags) {
    char *error = NULL;
    struct cfn__pq_option *options = libpq->PQconninfoParse(dsn, &error);
    bool good = options != NULL;
    if (!good) { /* libpq quotes parts of it, which may be a password */
        cfn_fail(diags, "postgres.dsn", (struct cfn_place){0}, NULL,
                 "the connection string is not one that libpq takes");
        cfn_hint(diags, "'host=... dbname=... user=...', or postgresql://user@host/dbname");
    }
    libpq->PQconninfoFree(options);
    libpq->PQfreemem(error);
    return good;
}

static void tell(const struct cfn__libpq *libpq, const struct cfn_database *database,
                 const void *connection, struct cfn_diags *diags) {
    const char *message = connection ? libpq->PQerrorMessage(connection) : "out of memory";
    char *line = cfn__one_line(message);
    bool certificate = strstr(line, "certificate") != NULL;
    cfn_fail(diags, "io.connect", (struct cfn_place){0}, NULL, "cannot connect: %s", line);
    if (certificate && database->of_amazon)
        cfn_hint(diags, "the certificates of RDS are signed by an authority of its own: fetch "
                        "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem and "
                        "name it with --ca");
    else if (certificate)
        cfn_hint(diags, "--ca FILE names the certificates to trust");
    free(line);
}

/* Keywords in the order of their weight: what comes later wins. */
enum { MOST = 16 };
struct words {
    const char *keywords[MOST + 1], *values[MOST + 1];
    int count;
};

static void say(struct words *words, const char *keyword, const char *value) {
    if (!value)
        return;
    words->keywords[words->count] = keyword;
    words->values[words->count++] = value;
}

static void *connect_to(const struct cfn__libpq *libpq, const struct cfn_database *database,
                        const char *name) {
    struct words words = {.count = 0};
    char *mode = said(libpq, database, "sslmode"), *roots = said(libpq, database, "sslrootcert");
    say(&words, "connect_timeout", "15");
    say(&words, "sslmode", mode ? mode : "verify-full");
    if (roots || !mode || cfn_starts_with(mode, "verify")) /* else a file of roots would verify */
        say(&words, "sslrootcert", roots ? roots : system_roots(libpq));
    say(&words, "host", database->host);
    say(&words, "port", database->port);
    say(&words, "user", database->user);
    say(&words, "password", database->password);
    say(&words, "dbname", database->dsn ? database->dsn : database->name);
    say(&words, "sslrootcert", database->ca);
    say(&words, "application_name", name);
    say(&words, "client_encoding", "UTF8");
    void *connection =
        libpq->PQconnectdbParams(words.keywords, words.values, database->dsn != NULL);
    free(mode);
    free(roots);
    return connection;
}

static void ignore(void *self, const char *message) {
    (void)self;
    (void)message;
}

struct cfn__pg *cfn__pg_open(const struct cfn__libpq *libpq, const struct cfn_database *database,
                             const char *name, struct cfn_diags *diags) {
    if (database->dsn && !is_a_string(libpq, database->dsn, diags))
        return NULL;
    void *connection = connect_to(libpq, database, name);
    if (!connection || libpq->PQstatus(connection) != CFN__PQ_CONNECTION_OK) {
        tell(libpq, database, connection, diags);
        libpq->PQfinish(connection);
        return NULL;
    }
    libpq->PQsetNoticeProcessor(connection, ignore, NULL);
    struct cfn__pg *pg = cfn__alloc(sizeof *pg);
    *pg = (struct cfn__pg){.libpq = libpq, .connection = connection};
    /* Texts as this code reads and writes them, whatever the server's settings are. */
    if (cfn__pg_run(pg, diags,
                    "SET datestyle = 'ISO, YMD'; SET standard_conforming_strings = on; "
                    "SET timezone = 'UTC'; SET extra_float_digits = 1; SET statement_timeout = 0; "
                    "SET idle_in_transaction_session_timeout = 0") == 0)
        return pg;
    cfn__pg_close(pg);
    return NULL;
}

void cfn__pg_close(struct cfn__pg *pg) {
    if (!pg)
        return;
    json_decref(pg->rows);
    pg->libpq->PQfinish(pg->connection);
    free(pg);
}

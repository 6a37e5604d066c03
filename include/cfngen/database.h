/*
 * Which PostgreSQL is meant, and as whom: for the steps that load and compare. libpq is loaded when
 * it is needed (libpq.so.5), so that nothing else depends on it.
 *
 * What a connection string or libpq's variables (PGHOST, PGSSLMODE, ...) do not say is safe: TLS
 * with a verified certificate and host name (verify-full), by the roots of `ca`, else those of the
 * system. A string may ask for less; over a network that is told as a warning.
 */
#ifndef CFNGEN_DATABASE_H
#define CFNGEN_DATABASE_H

#include <cfngen/aws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Everything is borrowed. NULL: not said. */
struct cfn_database {
    const char *dsn; /* a URI or keywords, as libpq takes them */
    const char *host, *port, *name;
    const char *user, *password; /* never told, logged or handed to another process */
    const char *ca;              /* a file of certificates in PEM */
    bool of_amazon;              /* its certificate is signed by Amazon's authority for RDS */
};

/* User and password of a secret of Secrets Manager ({"username": ..., "password": ...}), as a JSON
 * object to be released by cfn_secret_done, which wipes it. NULL with a diagnostic. */
CFN_API json_t *cfn_secret_read(const struct cfn_transport *transport, const char *secret,
                                struct cfn_diags *diags);
CFN_API void cfn_secret_done(json_t *secret);

#ifdef __cplusplus
}
#endif

#endif

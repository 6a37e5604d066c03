/*
 * JSON over HTTP to servers that are not AWS: unsigned, with the same care. TLS is verified, 1.2 at
 * least; plain http goes to this machine only, unless it is allowed. Redirects are not followed.
 */
#ifndef CFNGEN_WEB_H
#define CFNGEN_WEB_H

#include <cfngen/diag.h>
#include <jansson.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cfn_web_options {
    const char *url;              /* "https://metabase.example.com", maybe with a path */
    bool plain;                   /* http to another machine is taken, with a warning */
    const char *ca_bundle;        /* a file of certificates; NULL: the system's */
    const char *const *variables; /* proxies, as of a session; may be NULL */
    int request_ms;               /* 0: 60,000 */
};
struct cfn_web;
/* NULL with a diagnostic. Copies what it is given. */
CFN_API struct cfn_web *cfn_web_new(const struct cfn_web_options *options, struct cfn_diags *diags);
CFN_API void cfn_web_free(struct cfn_web *web);

/* A header that goes with every request from now on: a key, a session. Wiped in the end. */
CFN_API void cfn_web_header(struct cfn_web *web, const char *name, const char *value);

/* One request; path begins behind the URL ("/api/card"). body may be NULL. GET and PUT are tried
 * again where the server is busy or the answer is lost. Gives the status, and the answer as a new
 * reference (NULL where it is no JSON or empty). -1 with a diagnostic, code "web.<what>", where
 * there is no answer at all: what a server refuses is a status. */
CFN_API int cfn_web_ask(struct cfn_web *web, const char *method, const char *path,
                        const json_t *body, json_t **answer, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

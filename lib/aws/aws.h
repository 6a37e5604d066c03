/*
 * What the parts of this floor share: credentials, the HTTP client, and the wire between calls and
 * exchanges. A session is made of these: settings and providers on one side, http and wire on the
 * other.
 */
#ifndef CFN_AWS_AWS_H
#define CFN_AWS_AWS_H

#include "base/base.h"

#include <cfngen/session.h>

/* Credentials. Their texts are their own. */
struct cfn__credentials {
    char *access_key, *secret_key;
    char *session_token; /* NULL where there is none */
    int64_t expires;     /* 0: never */
    char *source;        /* where they come from, for people */
};
void cfn__credentials_done(struct cfn__credentials *credentials); /* wipes them */

/* -- HTTP -------------------------------------------------------------------------------------- */

struct cfn__http;
struct cfn__http_options {
    int connect_ms, request_ms;   /* limits; 0: 5,000 and 60,000 */
    const char *const *variables; /* proxies: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, also in small
                                     letters; may be NULL. The process's own environment has no
                                     say */
    const char *ca_bundle;        /* a file of certificates; NULL: the system's */
};
/* Copies what it is given. NULL with a diagnostic where the certificates cannot be read. */
struct cfn__http *cfn__http_new(const struct cfn__http_options *options, struct cfn_diags *diags);
void cfn__http_free(struct cfn__http *http);

/* Milliseconds since 1970, which never run backwards. */
int64_t cfn__http_now(const struct cfn__http *http);
/* The same as AWS sees it: what signatures carry and expiry is compared with. Put right by
 * cfn__http_adjust with a time that a server has just told. */
int64_t cfn__http_time(const struct cfn__http *http);
void cfn__http_adjust(struct cfn__http *http, int64_t server_time);

struct cfn__request {
    const char *method, *url;
    const char *const *headers; /* names and values by turns, ended by NULL; may be NULL */
    const void *body;           /* stays valid until the response, or NULL */
    size_t body_size;
    int connect_ms, request_ms; /* 0: those of the client */
    bool direct;                /* never by way of a proxy */
};
/* Either status is not 0, or error and detail say why there is no answer. */
struct cfn__response {
    int status;
    char *body; /* never NULL, a NUL behind it */
    size_t body_size;
    char *headers;     /* "Name: value\r\n" lines; see cfn__response_header */
    const char *error; /* "", or "dns", "connect", "tls", "timeout", "truncated", "too-large",
                          "network", "url" */
    char detail[160];  /* one line for people; no secret in it */
    int64_t date;      /* of the answer's Date header, or 0 */
};
void cfn__response_done(struct cfn__response *response); /* wipes the body: it may be secret */
/* A header's value in a new text, or NULL. */
char *cfn__response_header(const struct cfn__response *response, const char *name);

/* Begins an exchange on behalf of an owner, any address. Everything but the body is copied. There
 * is exactly one response for it. */
void cfn__http_start(struct cfn__http *http, const void *owner, uint64_t id,
                     const struct cfn__request *request);
/* The owner's next response, waiting for it until cfn__http_now reaches `until`. false: that time
 * has come first, or cfn__http_wake was called. */
bool cfn__http_next(struct cfn__http *http, const void *owner, int64_t until, uint64_t *id,
                    struct cfn__response *response);
/* Ends what the owner has under way. */
void cfn__http_drop(struct cfn__http *http, const void *owner);
/* One exchange and its response, whatever else is under way. */
void cfn__http_fetch(struct cfn__http *http, const struct cfn__request *request,
                     struct cfn__response *response);
/* Makes a cfn__http_next return early; may be called from a signal handler. While it is shielded a
 * wake is kept for later: it is meant for whoever waits outside. */
void cfn__http_wake(struct cfn__http *http);
void cfn__http_shield(struct cfn__http *http, bool on);

/* -- the wire ---------------------------------------------------------------------------------- */

struct cfn__wire;
struct cfn__wire_options {
    struct cfn__http *http; /* must outlive the wire */
    const char *region;
    /* The URL of a service that somebody has set, by the name its signature carries; NULL: AWS's.
     * May be NULL. */
    const char *(*endpoint)(void *self, const char *service);
    /* Fills credentials, which are the wire's from then on; -1 with a diagnostic. Asked when the
     * first call needs them, within 5 minutes of their end, and once after AWS says that they have
     * expired. now is cfn__http_time. NULL: calls are not signed. */
    int (*credentials)(void *self, int64_t now, struct cfn__credentials *credentials,
                       struct cfn_diags *diags);
    void (*trace)(void *self, const struct cfn_trace *trace); /* may be NULL */
    void *self, *trace_self;
};
struct cfn__wire *cfn__wire_new(const struct cfn__wire_options *options);
void cfn__wire_free(struct cfn__wire *wire);
/* Actions that are not signed by their nature (AssumeRoleWithWebIdentity, SSO's) never ask for
 * credentials. A wire may be made for a single call: cfn_call_wait on its transport. */
const struct cfn_transport *cfn__wire_transport(struct cfn__wire *wire);
/* The credentials as they are now, fetched where need be; borrowed. NULL with a diagnostic. */
const struct cfn__credentials *cfn__wire_credentials(struct cfn__wire *wire,
                                                     struct cfn_diags *diags);
/* See cfn_session_presign. */
char *cfn__wire_presign(struct cfn__wire *wire, const char *method, const char *bucket,
                        const char *key, int seconds, struct cfn_diags *diags);

#endif

/*
 * A session with AWS: who we are, where we go, and the wire between.
 *
 * Region and credentials are found as AWS's own command finds them. Credentials: keys of the
 * environment; then of the profile (of options.profile, AWS_PROFILE, or "default") in the config
 * and credentials files, a role with source_profile or credential_source and mfa_serial; web
 * identity, also of the environment; sso_session; keys; credential_process; then the ECS/EKS
 * container; the instance's metadata (IMDSv2). A profile of the options goes before the
 * environment, and a profile that somebody has named is used alone: where it gives no credentials
 * the machine is not asked. They are fetched when the first call needs them, and again before they
 * expire; where that fails, those that there are serve to their end.
 *
 * Endpoints follow AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL and the profile's endpoint_url;
 * proxies HTTPS_PROXY and NO_PROXY; certificates AWS_CA_BUNDLE. TLS is verified, 1.2 at least; a
 * plain http endpoint is taken only where an endpoint says so.
 *
 * A secret is never printed, traced or put into a diagnostic.
 */
#ifndef CFNGEN_SESSION_H
#define CFNGEN_SESSION_H

#include <cfngen/aws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One call as it went over the wire, for --trace. */
struct cfn_trace {
    const char *service, *action, *method, *url; /* url without its query */
    int status;                                  /* 0: no answer */
    const char *code;                            /* of the failure, or "" */
    const char *request_id;
    int64_t milliseconds;
    size_t sent, received; /* bytes of the bodies */
};

struct cfn_session_options {
    const char *profile;          /* NULL: AWS_PROFILE, else "default" */
    const char *region;           /* NULL: AWS_REGION, AWS_DEFAULT_REGION, the profile's */
    const char *endpoint;         /* of every service; NULL: see above */
    const char *const *variables; /* "NAME=value", ended by NULL: the environment; NULL: empty */
    const char *home;             /* for ~/.aws; NULL: HOME of variables */
    int connect_ms, request_ms;   /* limits; 0: 5,000 and 60,000 */
    /* Asked for a code of a multi-factor device: fills code and returns true. NULL: profiles that
     * need one are refused. */
    bool (*ask_mfa)(void *self, const char *serial, char code[16]);
    /* Told of each call. May be NULL. */
    void (*trace)(void *self, const struct cfn_trace *trace);
    void *self; /* handed to both */
};

struct cfn_session;
/* NULL when the region or the files cannot be had; credentials are not asked for yet. */
CFN_API struct cfn_session *cfn_session_new(const struct cfn_session_options *options,
                                            struct cfn_diags *diags);
CFN_API void cfn_session_free(struct cfn_session *session);
CFN_API const char *cfn_session_region(const struct cfn_session *session);
/* Straight to the wire: one attempt each, see cfn_retry_new. */
CFN_API const struct cfn_transport *cfn_session_transport(struct cfn_session *session);
/* Makes a wait() return early; may be called from a signal handler. */
CFN_API void cfn_session_wake(struct cfn_session *session);
/* Fetches credentials now and says where they come from ("profile dev: assumed role ..."); NULL
 * with a diagnostic that says what to do ("run aws sso login --profile dev"). The caller frees it
 * with free(). */
CFN_API char *cfn_session_identity(struct cfn_session *session, struct cfn_diags *diags);
/* A URL that lets its bearer make one call with these credentials for `seconds`: presigned. S3
 * GetObject and PutObject. The caller frees it with free(). */
CFN_API char *cfn_session_presign(struct cfn_session *session, const char *method,
                                  const char *bucket, const char *key, int seconds,
                                  struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

/*
 * The one door to AWS: calls go out, replies come back, by way of a transport.
 *
 * A call names a service, an action and its input as a JSON object with the API's own member names
 * ({"StackName": "shop-dev-rds"}), whatever the wire looks like (Query, JSON 1.1, REST). A reply
 * carries the output in the same form. Lists are arrays, structures are objects, numbers and truth
 * values of XML services stay strings; an empty list may be missing. Whoever needs the wire itself
 * finds it in lib/aws.
 *
 * A transport is anything that takes calls and gives replies: AWS and what speaks like it
 * (cfn_session_transport), the embedded simulation (cfn_sim_transport), a test's own. It owns the
 * clock too, so that time may be virtual. Times are milliseconds since 1970-01-01T00:00:00Z.
 */
#ifndef CFNGEN_AWS_H
#define CFNGEN_AWS_H

#include <cfngen/diag.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* service is the name the signature carries: "cloudformation", "s3", "sts", "iam", "ec2", ... */
struct cfn_call {
    const char *service;
    const char *action;  /* "CreateStack" */
    json_t *input;       /* an object, or NULL */
    const void *payload; /* bytes that are the request's body (S3 PutObject), or NULL */
    size_t payload_size;
};

/* What became of a call. Only the first is a success. */
enum cfn_outcome {
    CFN_REPLY_OK,
    CFN_REPLY_REFUSED,   /* AWS says no: error.code and error.message tell why */
    CFN_REPLY_DENIED,    /* not allowed to these credentials */
    CFN_REPLY_EXPIRED,   /* no credentials, or they have expired: asking again does not help */
    CFN_REPLY_THROTTLED, /* too many requests */
    CFN_REPLY_BROKEN     /* no answer, or one that says nothing: network, TLS, 5xx, a proxy's HTML.
                            Whether the call was carried out is not known */
};
CFN_API const char *cfn_outcome_name(enum cfn_outcome outcome); /* "refused" */

/* A reply. Texts and output are its own until cfn_reply_done. Those that do not apply are "" or 0.
 */
struct cfn_reply {
    uint64_t id; /* the caller's, from send */
    enum cfn_outcome outcome;
    int status;     /* of HTTP; 0: there was none */
    json_t *output; /* an object when OK, else NULL */
    char *payload;  /* bytes of the body where the action gives such (S3 GetObject), or where a
                       service that speaks REST and JSON refuses and may say more; or NULL */
    size_t payload_size;
    char *code;          /* "ValidationError"; for BROKEN a short word: "timeout", "dns", "tls" */
    char *message;       /* of AWS, or of whoever failed */
    char *request_id;    /* of AWS */
    int64_t server_time; /* the reply's Date, or 0 */
};
/* Releases what it holds and clears it. */
CFN_API void cfn_reply_done(struct cfn_reply *reply);

struct cfn_transport {
    void *self;
    /* Begins a call. Consumes call->input and copies the rest but the payload, which stays valid
     * until the reply. What cannot be sent is answered: there is exactly one reply for an id. */
    void (*send)(void *self, uint64_t id, const struct cfn_call *call);
    /* The next reply, waiting for it until now() reaches `until`. false: that time has come first,
     * or the transport was woken. */
    bool (*wait)(void *self, int64_t until, struct cfn_reply *reply);
    int64_t (*now)(void *self); /* never runs backwards */
};

/* One call and its answer, for whoever has nothing else under way. */
CFN_API void cfn_call_wait(const struct cfn_transport *transport, const struct cfn_call *call,
                           struct cfn_reply *reply);

/* Records a failed reply as a diagnostic, with code "aws.<Code>", service, action and request id;
 * returns -1. */
CFN_API int cfn_reply_fail(const struct cfn_reply *reply, const struct cfn_call *call,
                           struct cfn_diags *diags);

/* Finds a member by a path of names and indexes ("Stacks.0.StackStatus"); "" where there is none or
 * it is no text. Borrowed. */
CFN_API const char *cfn_output_text(const json_t *output, const char *path);
/* The list at a path; NULL where there is none: json_array_size(NULL) is 0. */
CFN_API const json_t *cfn_output_list(const json_t *output, const char *path);

/* ISO 8601 in UTC, "2026-08-22T07:19:02.123Z". cfn_time_read takes what AWS writes (with or without
 * fractions, Z or +00:00), a number of seconds, and HTTP's Date; -1 for anything else. */
CFN_API int64_t cfn_time_read(const char *text);
CFN_API void cfn_time_write(int64_t time, char text[32]);

/* Retrying, in one place: a transport around a transport. Throttles, 5xx and lost connections are
 * tried again with full jitter; a token bucket per service keeps a sick service from being flooded,
 * and a throttled one is asked more slowly until it answers again. A refusal, a denial and expired
 * credentials are handed on at once. A mutating call is repeated as it was, with its token, so it
 * is carried out once. The inner transport must outlive it. */
struct cfn_retry_options {
    int attempts;              /* of one call; 0: 6 */
    int64_t base_ms, cap_ms;   /* of the waits; 0: 200 and 10,000 */
    uint64_t seed;             /* of the jitter */
    unsigned calls_per_second; /* what a service is asked at most; 0: 20, S3 3,000 */
};
struct cfn_retry;
/* options may be NULL. */
CFN_API struct cfn_retry *cfn_retry_new(const struct cfn_transport *inner,
                                        const struct cfn_retry_options *options);
CFN_API void cfn_retry_free(struct cfn_retry *retry);
CFN_API const struct cfn_transport *cfn_retry_transport(struct cfn_retry *retry);
/* Calls that went to the inner transport, and those of them that were repeats. */
CFN_API void cfn_retry_counts(const struct cfn_retry *retry, uint64_t *calls, uint64_t *repeats);

/* SHA-256 as 64 lower-case hexadecimal digits and NUL. */
CFN_API void cfn_sha256(const void *bytes, size_t size, char hex[65]);

#ifdef __cplusplus
}
#endif

#endif

/*
 * AWS's Signature Version 4, in the three stages of its description, so that each can be compared:
 * the canonical request, the string to sign, the signature.
 *
 * S3 has rules of its own: its paths are signed as they are sent, neither put in order nor encoded
 * a second time, and the digest of the body is a header.
 */
#ifndef CFN_AWS_SIGV4_H
#define CFN_AWS_SIGV4_H

#include "pairs.h"

#include <stdint.h>

/* Who signs, for which service, and when. */
struct cfn__signer {
    const char *access_key, *secret_key;
    const char *session_token; /* or NULL */
    const char *region, *service;
    int64_t time;
};

/* What is signed. path and query are encoded as they are sent; headers have the host. */
struct cfn__signable {
    const char *method, *path, *query;
    struct cfn__pairs headers;
    const char *digest; /* of the body, hexadecimal, or "UNSIGNED-PAYLOAD" */
};

/* "20260822T071902Z" */
void cfn__sign_time(int64_t time, char text[17]);
/* "20260822/eu-central-1/s3/aws4_request", from the arena. */
char *cfn__sign_scope(const struct cfn__signer *signer, struct cfn_arena *arena);
/* "host;x-amz-date": the names of headers that a signature covers, in order. */
char *cfn__sign_names(const struct cfn__pairs *headers, struct cfn_arena *arena);

char *cfn__sign_canonical(const struct cfn__signer *signer, const struct cfn__signable *signable,
                          struct cfn_arena *arena);
char *cfn__sign_string(const struct cfn__signer *signer, const char *canonical,
                       struct cfn_arena *arena);
void cfn__sign_signature(const struct cfn__signer *signer, const char *string, char hex[65]);

/* All stages: adds the headers X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-SHA256 (S3) and
 * Authorization. */
void cfn__sign_headers(const struct cfn__signer *signer, struct cfn__signable *signable,
                       struct cfn_arena *arena);
/* All stages for a URL that is valid for some seconds: the query with what signs it. */
char *cfn__sign_query(const struct cfn__signer *signer, const struct cfn__signable *signable,
                      int seconds, struct cfn_arena *arena);

#endif

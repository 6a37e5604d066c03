/* Signatures: made again with the same secret, and compared. */
#include "aws/sigv4.h"
#include "serve.h"

#include <stdlib.h>
#include <string.h>

/* --- what is claimed --- */

/* "AKID/20260822/eu-central-1/s3/aws4_request" */
static bool read_scope(struct cfn_arena *arena, const char *scope, struct cfn__claim *claim) {
    const char **const parts[] = {&claim->key, &claim->date, &claim->region, &claim->service};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t size = strcspn(scope, "/");
        if (!scope[size])
            return false;
        *parts[i] = cfn_arena_copy(arena, scope, size);
        if (!cfn__is_text(*parts[i]))
            return false;
        scope += size + 1;
    }
    return strcmp(scope, "aws4_request") == 0;
}

/* A part of the Authorization header, "Credential=..., SignedHeaders=..., Signature=...". */
static const char *part_of(struct cfn_arena *arena, const char *header, const char *name) {
    const char *at = strstr(header, name);
    if (!at)
        return NULL;
    at += strlen(name);
    return cfn_arena_copy(arena, at, strcspn(at, ", "));
}

static bool read_header_claim(struct cfn__incoming *in, const char *header,
                              struct cfn__claim *claim) {
    const char *scope = part_of(&in->arena, header, "Credential=");
    const char *time = cfn__pairs_get(&in->headers, "X-Amz-Date");
    claim->names = part_of(&in->arena, header, "SignedHeaders=");
    claim->signature = part_of(&in->arena, header, "Signature=");
    claim->time = time ? time : cfn__pairs_get(&in->headers, "Date");
    return cfn_starts_with(header, "AWS4-HMAC-SHA256 ") && scope &&
           read_scope(&in->arena, scope, claim);
}

bool cfn__claim_read(struct cfn__incoming *in, struct cfn__claim *claim) {
    *claim = (struct cfn__claim){0};
    const char *header = cfn__pairs_get(&in->headers, "Authorization");
    if (header)
        return read_header_claim(in, header, claim);
    const char *scope = cfn__query_value(&in->arena, in->query, "X-Amz-Credential");
    claim->in_query = true;
    claim->names = cfn__query_value(&in->arena, in->query, "X-Amz-SignedHeaders");
    claim->signature = cfn__query_value(&in->arena, in->query, "X-Amz-Signature");
    claim->time = cfn__query_value(&in->arena, in->query, "X-Amz-Date");
    return scope && read_scope(&in->arena, scope, claim);
}

/* --- refusals, in the words of each kind of service --- */

enum wrong { MISSING, INCOMPLETE, UNKNOWN_KEY, MISMATCH, SKEWED, DIGEST };

static const struct refusal {
    int status;
    const char *code, *message;
} refusals[][4] = {
    /* Query, EC2, JSON, S3 */
    [MISSING] = {{403, "MissingAuthenticationToken", "Request is missing Authentication Token"},
                 {401, "AuthFailure",
                  "AWS was not able to validate the provided access "
                  "credentials"},
                 {400, "MissingAuthenticationTokenException", "Missing Authentication Token"},
                 {403, "AccessDenied", "Access Denied"}},
    [INCOMPLETE] = {{400, "IncompleteSignature",
                     "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and "
                     "a date"},
                    {400, "IncompleteSignature",
                     "The request must contain a complete authorization"},
                    {400, "IncompleteSignatureException",
                     "Authorization header requires 'Credential', 'Signature', 'SignedHeaders' and "
                     "a date"},
                    {400, "AuthorizationHeaderMalformed",
                     "The authorization header that you provided is not valid."}},
    [UNKNOWN_KEY] = {{403, "InvalidClientTokenId",
                      "The security token included in the request is invalid."},
                     {401, "AuthFailure",
                      "AWS was not able to validate the provided access credentials"},
                     {400, "UnrecognizedClientException",
                      "The security token included in the request is invalid."},
                     {403, "InvalidAccessKeyId",
                      "The AWS Access Key Id you provided does not exist in our records."}},
    [MISMATCH] = {{403, "SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your AWS Secret Access Key and signing method. Consult the service "
                   "documentation for details."},
                  {401, "AuthFailure",
                   "AWS was not able to validate the provided access credentials"},
                  {400, "InvalidSignatureException",
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your AWS Secret Access Key and signing method. Consult the service "
                   "documentation for details."},
                  {403, "SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your key and signing method."}},
    [SKEWED] = {{403, "SignatureDoesNotMatch",
                 "Signature expired: the time of the request is more than 5 minutes away from the "
                 "service's"},
                {400, "RequestExpired", "Request has expired."},
                {400, "InvalidSignatureException",
                 "Signature expired: the time of the request is more than 5 minutes away from the "
                 "service's"},
                {403, "RequestTimeTooSkewed",
                 "The difference between the request time and the current time is too large."}},
    [DIGEST] = {{400, "InvalidRequest", "The digest of the body does not match"},
                {400, "InvalidRequest", "The digest of the body does not match"},
                {400, "InvalidRequest", "The digest of the body does not match"},
                {400, "XAmzContentSHA256Mismatch",
                 "The provided 'x-amz-content-sha256' header does not match what was computed."}},
};

static bool refuse(struct cfn__asked *asked, enum wrong wrong) {
    enum cfn__protocol protocol = asked->service->protocol;
    size_t kind = protocol == CFN__QUERY ? 0
                  : protocol == CFN__EC2 ? 1
                  : protocol == CFN__S3  ? 3
                                         : 2;
    const struct refusal *refusal = &refusals[wrong][kind];
    cfn__asked_refuse(asked, refusal->status, refusal->code, refusal->message);
    return false;
}

/* --- the signature again --- */

/* "20260822T071902Z" as milliseconds; -1: it is none. */
static int64_t time_of(const char *text) {
    char iso[24];
    if (strlen(text) != 16 || text[8] != 'T' || text[15] != 'Z')
        return cfn_time_read(text);
    size_t size = 0;
    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6)
            iso[size++] = '-';
        if (i == 11 || i == 13)
            iso[size++] = ':';
        iso[size++] = text[i];
    }
    iso[size] = '\0';
    return cfn_time_read(iso);
}

/* The headers that it says it covers; false: one of them is not there. */
static bool put_headers(struct cfn__incoming *in, const char *names, struct cfn__pairs *headers) {
    for (size_t size; *names; names += size + (names[size] == ';')) {
        size = strcspn(names, ";");
        const char *name = cfn_arena_copy(&in->arena, names, size);
        bool there = false;
        for (size_t i = 0; i < in->headers.count; i += 2)
            if (cfn__same_name(in->headers.items[i], name)) {
                cfn__pairs_put(headers, name, in->headers.items[i + 1]);
                there = true;
            }
        if (!there)
            return false;
    }
    return true;
}

/* A presigned URL's query without what was added last. */
static const char *signed_query(struct cfn__incoming *in) {
    struct cfn_text text = {0};
    const char *query = in->query;
    for (size_t size; *query; query += size + (query[size] == '&')) {
        size = strcspn(query, "&");
        if (cfn_starts_with(query, "X-Amz-Signature="))
            continue;
        cfn_text_put(&text, text.size ? "&" : "");
        cfn_text_write(&text, query, size);
    }
    const char *copy = cfn_arena_copy(&in->arena, text.data ? text.data : "", text.size);
    cfn_text_done(&text);
    return copy;
}

/* S3 signs what a header says the digest is, which may be that of chunks to come. */
static const char *digest_of(struct cfn__incoming *in, bool s3, bool in_query) {
    const char *said = cfn__pairs_get(&in->headers, "x-amz-content-sha256");
    if (s3 && in_query)
        return said ? said : "UNSIGNED-PAYLOAD";
    if (s3 && said)
        return said;
    char *digest = cfn_arena_take(&in->arena, 65);
    cfn_sha256(in->body.data ? in->body.data : "", in->body.size, digest);
    return digest;
}

static bool is_body(struct cfn__incoming *in, const char *digest) {
    char real[65];
    if (strlen(digest) != 64)
        return true; /* "UNSIGNED-PAYLOAD", "STREAMING-..." */
    cfn_sha256(in->body.data ? in->body.data : "", in->body.size, real);
    return strcmp(real, digest) == 0;
}

static bool is_signed(struct cfn__incoming *in, const struct cfn__claim *claim, const char *secret,
                      const char *digest, int64_t time) {
    const struct cfn__signer signer = {.access_key = claim->key,
                                       .secret_key = secret,
                                       .region = claim->region,
                                       .service = claim->service,
                                       .time = time};
    struct cfn__signable signable = {.method = in->method,
                                     .path = in->path,
                                     .query = claim->in_query ? signed_query(in) : in->query,
                                     .digest = digest};
    char signature[65] = "";
    bool whole = put_headers(in, claim->names, &signable.headers);
    if (whole) {
        const char *canonical = cfn__sign_canonical(&signer, &signable, &in->arena);
        cfn__sign_signature(&signer, cfn__sign_string(&signer, canonical, &in->arena), signature);
    }
    cfn__pairs_done(&signable.headers);
    return whole && strcmp(signature, claim->signature) == 0;
}

/* A presigned URL lives as long as it says. */
static bool is_timely(struct cfn__incoming *in, const struct cfn__claim *claim, int64_t time,
                      const struct cfn__watch watches[2]) {
    int64_t longer = 0;
    if (claim->in_query) {
        const char *seconds = cfn__query_value(&in->arena, in->query, "X-Amz-Expires");
        longer = seconds ? strtol(seconds, NULL, 10) * 1000 : 0;
    }
    for (size_t i = 0; i < 2; i++)
        if (time <= watches[i].now + watches[i].tolerance &&
            watches[i].now <= time + longer + watches[i].tolerance)
            return true;
    return false;
}

bool cfn__sign_verify(struct cfn__incoming *in, struct cfn__asked *asked, const char *secret,
                      const struct cfn__watch watches[2]) {
    struct cfn__claim claim;
    bool signs = cfn__claim_read(in, &claim);
    if (cfn__action_is_open(asked->service, asked->call.action))
        return true;
    if (!signs && !cfn__pairs_get(&in->headers, "Authorization"))
        return refuse(asked, MISSING);
    if (!signs || !claim.names || !claim.signature || !claim.time)
        return refuse(asked, INCOMPLETE);
    if (strcmp(claim.key, "cfngen") != 0)
        return refuse(asked, UNKNOWN_KEY);
    int64_t time = time_of(claim.time);
    if (time < 0)
        return refuse(asked, INCOMPLETE);
    if (!is_timely(in, &claim, time, watches))
        return refuse(asked, SKEWED);
    const char *digest = digest_of(in, strcmp(claim.service, "s3") == 0, claim.in_query);
    if (!is_body(in, digest))
        return refuse(asked, DIGEST);
    char day[17];
    cfn__sign_time(time, day);
    return (strncmp(day, claim.date, 8) == 0 && is_signed(in, &claim, secret, digest, time)) ||
           refuse(asked, MISMATCH);
}

/* From an encoded call to a signed request, and presigned URLs. */
#include "wire.h"

#include "digest.h"

#include <stdlib.h>
#include <string.h>

enum { RENEW_MS = 5 * 60 * 1000, REFUSED_MS = 10 * 1000, LONGEST_SECONDS = 7 * 24 * 3600 };

/* -- credentials ------------------------------------------------------------------------------- */

const struct cfn__credentials *cfn__wire_credentials(struct cfn__wire *wire,
                                                     struct cfn_diags *diags) {
    int64_t now = cfn__http_time(wire->options.http);
    struct cfn__credentials *held = &wire->credentials, fresh = {0};
    if (wire->have && (!held->expires || held->expires - now > RENEW_MS))
        return held;
    cfn__http_shield(wire->options.http, true);
    int result = wire->options.credentials(wire->options.self, now, &fresh, diags);
    cfn__http_shield(wire->options.http, false);
    if (result != 0)
        return wire->have && held->expires > now ? held : NULL;
    cfn__credentials_done(held);
    *held = fresh;
    wire->have = true;
    return held;
}

/* Of many calls at once only the first finds out that there are none, which may take its time. */
static bool have_credentials(struct cfn__wire *wire) {
    int64_t now = cfn__http_now(wire->options.http);
    if (wire->refusal && now - wire->refused < REFUSED_MS)
        return false;
    free(wire->refusal);
    wire->refusal = NULL;
    struct cfn_diags *diags = cfn_diags_new();
    bool have = cfn__wire_credentials(wire, diags);
    if (!have) {
        const struct cfn_diag *diag = cfn_diags_count(diags) ? cfn_diags_at(diags, 0) : NULL;
        struct cfn_text why = {0};
        cfn_text_put(&why, diag ? diag->message : "no credentials");
        if (diag && diag->hint)
            cfn_text_printf(&why, " (%s)", diag->hint);
        wire->refusal = cfn_text_take(&why);
        wire->refused = now;
    }
    cfn_diags_free(diags);
    return have;
}

struct cfn__signer cfn__wire_signer(struct cfn__wire *wire, const struct cfn__service *service) {
    return (struct cfn__signer){
        .access_key = wire->credentials.access_key,
        .secret_key = wire->credentials.secret_key,
        .session_token = wire->credentials.session_token,
        .region = cfn__service_region(service, wire->region),
        .service = service->signing,
        .time = cfn__http_time(wire->options.http),
    };
}

/* -- where to ---------------------------------------------------------------------------------- */

const char *cfn__wire_base(struct cfn__wire *wire, const struct cfn__service *service, bool *own,
                           struct cfn_arena *arena) {
    const struct cfn__wire_options *options = &wire->options;
    const char *url = options->endpoint ? options->endpoint(options->self, service->signing) : NULL;
    *own = !url;
    return url ? url
               : cfn_arena_text(arena, "https://%s",
                                cfn__service_host(service, wire->region, arena));
}

/* A port that the scheme implies is not said, as libcurl does it. */
static size_t host_size(const char *base, const char *host) {
    const char *port = cfn_starts_with(base, "https:") ? ":443" : ":80";
    size_t size = strcspn(host, "/?#"), without = size - strlen(port);
    bool implied = size > strlen(port) && strncmp(host + without, port, strlen(port)) == 0;
    return implied ? without : size;
}

struct cfn__signable cfn__wire_signable(const struct cfn__outgoing *outgoing, const char *base,
                                        struct cfn_arena *arena) {
    const char *host = strstr(base, "://");
    host = host ? host + 3 : base;
    const char *path = host + strcspn(host, "/?#");
    size_t path_size = strcspn(path, "?#");
    path_size -= path_size > 0 && path[path_size - 1] == '/';
    struct cfn__signable signable = {
        .method = outgoing->method,
        .path = cfn_arena_text(arena, "%.*s%s", (int)path_size, path, outgoing->path),
        .query = outgoing->query,
    };
    cfn__pairs_put(
        &signable.headers, "Host",
        cfn_arena_text(arena, "%s%.*s", outgoing->host_prefix, (int)host_size(base, host), host));
    for (size_t i = 0; i < outgoing->headers.count; i += 2)
        cfn__pairs_put(&signable.headers, outgoing->headers.items[i],
                       outgoing->headers.items[i + 1]);
    return signable;
}

char *cfn__wire_url(const struct cfn__signable *signable, const char *base,
                    struct cfn_arena *arena) {
    return cfn_arena_text(arena, "%s://%s%s", cfn_starts_with(base, "https:") ? "https" : "http",
                          cfn__pairs_get(&signable->headers, "Host"), signable->path);
}

/* -- off it goes ------------------------------------------------------------------------------- */

bool cfn__wire_start(struct cfn__wire *wire, struct cfn__flight *flight) {
    struct cfn__outgoing *outgoing = &flight->outgoing;
    struct cfn_arena arena = {0};
    char digest[65];
    bool own,
        open = !wire->options.credentials || cfn__action_is_open(flight->service, flight->action);
    if (!open && !have_credentials(wire))
        return false;
    const char *base = cfn__wire_base(wire, flight->service, &own, &arena);
    struct cfn__signable signable = cfn__wire_signable(outgoing, base, &arena);
    const struct cfn__signer signer = cfn__wire_signer(wire, flight->service);
    cfn_sha256(outgoing->body, outgoing->body_size, digest);
    signable.digest = digest;
    if (!open)
        cfn__sign_headers(&signer, &signable, &arena);
    free(flight->url);
    flight->url = cfn__copy(cfn__wire_url(&signable, base, &arena));
    const struct cfn__request request = {
        .method = outgoing->method,
        .url = cfn_arena_text(&arena, "%s%s%s", flight->url, *outgoing->query ? "?" : "",
                              outgoing->query),
        .headers = signable.headers.items + 2, /* without Host, which is the URL's */
        .body = outgoing->body,
        .body_size = outgoing->body_size,
    };
    flight->begun = cfn__http_now(wire->options.http);
    flight->exchange = ++wire->exchanges;
    cfn__http_start(wire->options.http, wire, flight->exchange, &request);
    cfn__pairs_done(&signable.headers);
    cfn_arena_done(&arena);
    return true;
}

/* -- presigned URLs ---------------------------------------------------------------------------- */

static char *presign(struct cfn__wire *wire, struct cfn_call *call, int seconds,
                     struct cfn_diags *diags) {
    const struct cfn__service *s3 = cfn__service_find("s3");
    struct cfn__outgoing outgoing = {0};
    struct cfn_arena arena = {0};
    bool own;
    const char *base = cfn__wire_base(wire, s3, &own, &arena);
    const char *why = cfn__encode(s3, call, own, &outgoing);
    struct cfn_text url = {0};
    if (why)
        cfn_fail(diags, "aws.presign", (struct cfn_place){0}, NULL, "%s", why);
    else if (cfn__wire_credentials(wire, diags)) {
        const struct cfn__signer signer = cfn__wire_signer(wire, s3);
        struct cfn__signable signable = cfn__wire_signable(&outgoing, base, &arena);
        signable.digest = "UNSIGNED-PAYLOAD";
        cfn_text_printf(&url, "%s?", cfn__wire_url(&signable, base, &arena));
        cfn_text_put(&url, cfn__sign_query(&signer, &signable, seconds, &arena));
        cfn__pairs_done(&signable.headers);
    }
    cfn_arena_done(&arena);
    cfn__outgoing_done(&outgoing);
    return url.data ? cfn_text_take(&url) : NULL;
}

char *cfn__wire_presign(struct cfn__wire *wire, const char *method, const char *bucket,
                        const char *key, int seconds, struct cfn_diags *diags) {
    bool get = strcmp(method, "GET") == 0;
    if ((!get && strcmp(method, "PUT") != 0) || seconds < 1 || seconds > LONGEST_SECONDS) {
        cfn_fail(diags, "aws.presign", (struct cfn_place){0}, NULL,
                 "a URL is presigned for GET or PUT and 1 to %d seconds", LONGEST_SECONDS);
        return NULL;
    }
    struct cfn_call call = {.service = "s3", .action = get ? "GetObject" : "PutObject"};
    call.input = json_pack("{s:s, s:s}", "Bucket", bucket, "Key", key);
    char *url = NULL;
    if (call.input && wire->options.credentials)
        url = presign(wire, &call, seconds, diags);
    else
        cfn_fail(diags, "aws.presign", (struct cfn_place){0}, NULL,
                 "a URL is presigned with credentials, for a bucket and a key of valid UTF-8");
    json_decref(call.input);
    return url;
}

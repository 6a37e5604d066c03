/* Servers that are not AWS, by way of the one HTTP client. */
#include "aws.h"
#include "files.h"

#include <cfngen/web.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_HEADERS = 4, ATTEMPTS = 4, PAUSE_MS = 500 };

struct cfn_web {
    struct cfn__http *http;
    char *url; /* without a slash at its end */
    char *names[MOST_HEADERS], *values[MOST_HEADERS];
    size_t count;
};

/* -- the address ------------------------------------------------------------------------------- */

/* The host of an URL, without port: "[::1]", "localhost"; its size, 0: there is none. */
static size_t host_size(const char *host) {
    if (*host == '[')
        return strcspn(host, "]") + (strchr(host, ']') != NULL);
    return strcspn(host, ":/?#");
}

static bool is_local(const char *host, size_t size) {
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (size == strlen(own[i]) && strncmp(host, own[i], size) == 0)
            return true;
    return false;
}

static bool is_visible(const char *text) {
    for (; *text; text++)
        if (!isgraph((unsigned char)*text))
            return false;
    return true;
}

static int check_url(const struct cfn_web_options *options, struct cfn_diags *diags) {
    const char *url = options->url;
    bool tls = cfn_starts_with(url, "https://"), plain = cfn_starts_with(url, "http://");
    const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
    if ((!tls && !plain) || host_size(host) == 0 || !is_visible(url) || strpbrk(host, "?#@\\\""))
        return cfn_fail(diags, "address.form", (struct cfn_place){0}, NULL,
                        "must be an address such as https://metabase.example.com, without a name, "
                        "a question or a fragment");
    if (tls || is_local(host, host_size(host)))
        return 0;
    if (!options->plain) {
        cfn_fail(diags, "address.plain", (struct cfn_place){0}, NULL,
                 "must begin with https://, or passwords would go over the network for all to "
                 "read: '%s'",
                 url);
        return -1;
    }
    return cfn_warn(diags, "address.plain", (struct cfn_place){0}, NULL,
                    "passwords go over the network for all to read: '%s'", url);
}

struct cfn_web *cfn_web_new(const struct cfn_web_options *options, struct cfn_diags *diags) {
    const struct cfn__http_options http = {.request_ms = options->request_ms,
                                           .variables = options->variables,
                                           .ca_bundle = options->ca_bundle};
    if (check_url(options, diags))
        return NULL;
    struct cfn_web *web = cfn__alloc(sizeof *web);
    web->http = cfn__http_new(&http, diags);
    web->url = cfn__copy(options->url);
    for (size_t size = strlen(web->url); size > 0 && web->url[size - 1] == '/'; size--)
        web->url[size - 1] = '\0';
    if (web->http)
        return web;
    cfn_web_free(web);
    return NULL;
}

void cfn_web_free(struct cfn_web *web) {
    if (!web)
        return;
    cfn__http_free(web->http);
    for (size_t i = 0; i < web->count; i++) {
        free(web->names[i]);
        cfn__secret_free(web->values[i]);
    }
    free(web->url);
    free(web);
}

void cfn_web_header(struct cfn_web *web, const char *name, const char *value) {
    if (web->count == MOST_HEADERS)
        abort();
    web->names[web->count] = cfn__copy(name);
    web->values[web->count++] = cfn__copy(value);
}

/* -- asking ------------------------------------------------------------------------------------ */

/* What may be sent twice: a POST may have been carried out though its answer was lost. */
static bool may_repeat(const char *method) {
    return strcmp(method, "GET") == 0 || strcmp(method, "PUT") == 0;
}

static bool is_passing(const struct cfn__response *response) {
    int status = response->status;
    return status == 429 || status == 502 || status == 503 || status == 504 ||
           (status == 0 && strcmp(response->error, "url") != 0 &&
            strcmp(response->error, "tls") != 0 && strcmp(response->error, "too-large") != 0);
}

static void fetch(struct cfn_web *web, const char *method, const char *url, const char *body,
                  struct cfn__response *response) {
    const char *headers[2 * (MOST_HEADERS + 2) + 1] = {"Accept", "application/json", "Content-Type",
                                                       "application/json"};
    size_t at = body ? 4 : 2;
    headers[2] = body ? headers[2] : NULL;
    for (size_t i = 0; i < web->count; i++) {
        headers[at++] = web->names[i];
        headers[at++] = web->values[i];
    }
    headers[at] = NULL;
    const struct cfn__request request = {.method = method,
                                         .url = url,
                                         .headers = headers,
                                         .body = body,
                                         .body_size = body ? strlen(body) : 0};
    for (int attempt = 1;; attempt++) {
        cfn__http_fetch(web->http, &request, response);
        if (!may_repeat(method) || !is_passing(response) || attempt == ATTEMPTS)
            return;
        cfn__response_done(response);
        uint64_t id = 0;
        struct cfn__response none;
        cfn__http_next(web->http, web, cfn__http_now(web->http) + PAUSE_MS * attempt, &id, &none);
    }
}

int cfn_web_ask(struct cfn_web *web, const char *method, const char *path, const json_t *body,
                json_t **answer, struct cfn_diags *diags) {
    struct cfn_text url = {0}, code = {0};
    struct cfn__response response = {0};
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    cfn_text_printf(&url, "%s%s", web->url, path);
    fetch(web, method, url.data, text, &response);
    int status = response.status;
    *answer = status ? json_loadb(response.body, response.body_size, JSON_DECODE_ANY, NULL) : NULL;
    if (status == 0) {
        cfn_text_printf(&code, "web.%s", response.error);
        status = cfn_fail(diags, code.data, (struct cfn_place){0}, NULL, "%s %s: %s", method,
                          url.data, response.detail);
    }
    cfn__secret_free(text);
    cfn__response_done(&response);
    cfn_text_done(&url);
    cfn_text_done(&code);
    return status;
}

/* The door to libcurl: one loop of many exchanges, without threads. */
#include "clock.h"
#include "exchange.h"
#include "files.h"
#include "pairs.h"

#include <cfngen/version.h>
#include <curl/curl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_BYTES_A_MS = 8, KEPT_CONNECTIONS = 64 };

/* One under way, or done and waiting for its owner. */
struct exchange {
    const void *owner;
    uint64_t id;
    CURL *easy;
    struct curl_slist *lines;
    struct cfn_text headers, body;
    struct cfn__response response;
    bool headed; /* the headers have come to their end */
    bool done;
    char detail[CURL_ERROR_SIZE];
    struct exchange *next;
};

struct cfn__http {
    CURLM *multi;
    struct cfn__clock clock;
    struct cfn__proxies proxies;
    char *ca_bundle;
    int connect_ms, request_ms;
    struct exchange *exchanges; /* in the order they were begun */
    atomic_bool woken;
    unsigned shields;
};

/* -- the client -------------------------------------------------------------------------------- */

struct cfn__http *cfn__http_new(const struct cfn__http_options *options, struct cfn_diags *diags) {
    FILE *bundle = options->ca_bundle ? fopen(options->ca_bundle, "r") : NULL;
    if (options->ca_bundle && !bundle) {
        cfn_fail(diags, "aws.ca-bundle", (struct cfn_place){0}, NULL,
                 "the certificates of AWS_CA_BUNDLE cannot be read: '%s'", options->ca_bundle);
        return NULL;
    }
    if (bundle)
        fclose(bundle);
    struct cfn__http *http = cfn__alloc(sizeof *http);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http->multi = curl_multi_init();
    if (!http->multi)
        abort();
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)KEPT_CONNECTIONS);
    http->clock = cfn__clock_new();
    http->connect_ms = options->connect_ms ? options->connect_ms : 5000;
    http->request_ms = options->request_ms ? options->request_ms : 60000;
    http->ca_bundle = options->ca_bundle ? cfn__copy(options->ca_bundle) : NULL;
    cfn__proxies_read(&http->proxies, options->variables);
    return http;
}

static void release(struct cfn__http *http, struct exchange **place) {
    struct exchange *exchange = *place;
    *place = exchange->next;
    if (exchange->easy) {
        curl_multi_remove_handle(http->multi, exchange->easy);
        curl_easy_cleanup(exchange->easy);
    }
    for (struct curl_slist *line = exchange->lines; line; line = line->next)
        cfn__wipe_text(line->data); /* a token, most often */
    curl_slist_free_all(exchange->lines);
    cfn_text_done(&exchange->headers);
    cfn_text_done(&exchange->body);
    cfn__response_done(&exchange->response);
    free(exchange);
}

void cfn__http_free(struct cfn__http *http) {
    if (!http)
        return;
    while (http->exchanges)
        release(http, &http->exchanges);
    curl_multi_cleanup(http->multi);
    cfn__proxies_done(&http->proxies);
    free(http->ca_bundle);
    free(http);
    curl_global_cleanup();
}

int64_t cfn__http_now(const struct cfn__http *http) {
    return cfn__clock_now(&http->clock);
}

int64_t cfn__http_time(const struct cfn__http *http) {
    return cfn__clock_now(&http->clock) + http->clock.skew;
}

void cfn__http_adjust(struct cfn__http *http, int64_t server_time) {
    http->clock.skew = server_time - cfn__clock_now(&http->clock);
}

void cfn__http_wake(struct cfn__http *http) {
    atomic_store(&http->woken, true);
    curl_multi_wakeup(http->multi);
}

void cfn__http_shield(struct cfn__http *http, bool on) {
    if (on)
        http->shields++;
    else
        http->shields--;
}

/* -- an exchange ------------------------------------------------------------------------------- */

/* Taking less than it is given makes libcurl end the exchange. */
static size_t take_body(char *bytes, size_t size, size_t count, void *self) {
    struct exchange *exchange = self;
    cfn_text_write(&exchange->body, bytes, size * count);
    return exchange->body.full ? 0 : size * count;
}

/* Those of a proxy's answer or of "100 Continue" come first and are forgotten. */
static size_t take_header(char *bytes, size_t size, size_t count, void *self) {
    struct exchange *exchange = self;
    if (size * count > 5 && strncmp(bytes, "HTTP/", 5) == 0) {
        cfn_text_done(&exchange->headers);
        exchange->headed = false;
    }
    exchange->headed = exchange->headed || *bytes == '\r' || *bytes == '\n';
    exchange->headers.ceiling = CFN__HEADERS_CEILING;
    cfn_text_write(&exchange->headers, bytes, size * count);
    return exchange->headers.full ? 0 : size * count;
}

static void put_line(struct exchange *exchange, const char *name, const char *value) {
    struct cfn_text line = {0};
    cfn_text_printf(&line, *value ? "%s: %s" : "%s;", name, value);
    struct curl_slist *lines = curl_slist_append(exchange->lines, line.data);
    if (!lines)
        abort();
    exchange->lines = lines;
    cfn__wipe(line.data, line.size);
    cfn_text_done(&line);
}

/* Headers that libcurl would add by itself are taken out: "Name:" does that. */
static void put_headers(struct exchange *exchange, const char *const *headers) {
    static const char *const own[] = {"Accept", "Content-Type", "Expect", "User-Agent"};
    bool given[4] = {false};
    for (; headers && headers[0]; headers += 2) {
        put_line(exchange, headers[0], headers[1]);
        for (size_t i = 0; i < 4; i++)
            given[i] |= cfn__same_name(headers[0], own[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        struct cfn_text line = {0};
        cfn_text_printf(&line, "%s:", own[i]);
        struct curl_slist *lines =
            given[i] ? exchange->lines : curl_slist_append(exchange->lines, line.data);
        if (!lines)
            abort();
        exchange->lines = lines;
        cfn_text_done(&line);
    }
    if (!given[3])
        put_line(exchange, "User-Agent", "cfngen/" CFNGEN_VERSION);
    curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->lines);
}

static void set_method(CURL *easy, const struct cfn__request *request) {
    bool put = strcmp(request->method, "PUT") == 0 || strcmp(request->method, "POST") == 0 ||
               strcmp(request->method, "PATCH") == 0;
    if (request->body_size || put) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body_size ? request->body : "");
    } else if (strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
}

/* What dribbles is ended before its whole time is up. Many bodies may share one slow line, so each
 * gets more time by its size. */
static void set_limits(const struct cfn__http *http, CURL *easy,
                       const struct cfn__request *request) {
    int connect_ms = request->connect_ms ? request->connect_ms : http->connect_ms;
    int request_ms = request->request_ms ? request->request_ms : http->request_ms;
    int slow = request_ms / 2000;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)connect_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS,
                     (long)request_ms + (long)(request->body_size / LEAST_BYTES_A_MS));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 64L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)(slow > 1 ? slow : 1));
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
}

/* Nothing is left to the environment of the process: a proxy of "" is none. */
static void set_route(const struct cfn__http *http, CURL *easy,
                      const struct cfn__request *request) {
    bool tls = cfn_starts_with(request->url, "https:");
    const char *proxy = request->direct ? "" : tls ? http->proxies.https : http->proxies.http;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, proxy);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, http->proxies.skip);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca_bundle)
        curl_easy_setopt(easy, CURLOPT_CAINFO, http->ca_bundle);
}

void cfn__http_start(struct cfn__http *http, const void *owner, uint64_t id,
                     const struct cfn__request *request) {
    struct exchange *exchange = cfn__alloc(sizeof *exchange), **last = &http->exchanges;
    while (*last)
        last = &(*last)->next;
    *last = exchange;
    exchange->owner = owner;
    exchange->id = id;
    exchange->easy = curl_easy_init();
    if (!exchange->easy)
        abort();
    exchange->body.ceiling = CFN__BODY_CEILING;
    set_route(http, exchange->easy, request);
    set_limits(http, exchange->easy, request);
    set_method(exchange->easy, request);
    put_headers(exchange, request->headers);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(exchange->easy, CURLOPT_WRITEDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(exchange->easy, CURLOPT_HEADERDATA, exchange);
    curl_easy_setopt(exchange->easy, CURLOPT_ERRORBUFFER, exchange->detail);
    curl_easy_setopt(exchange->easy, CURLOPT_PRIVATE, exchange);
    curl_multi_add_handle(http->multi, exchange->easy);
}

/* -- the loop ---------------------------------------------------------------------------------- */

static const char *word_of(const struct exchange *exchange, CURLcode code) {
    static const struct {
        CURLcode code;
        const char *word;
    } words[] = {
        {CURLE_COULDNT_RESOLVE_HOST, "dns"},    {CURLE_COULDNT_RESOLVE_PROXY, "dns"},
        {CURLE_COULDNT_CONNECT, "connect"},     {CURLE_OPERATION_TIMEDOUT, "timeout"},
        {CURLE_SSL_CONNECT_ERROR, "tls"},       {CURLE_PEER_FAILED_VERIFICATION, "tls"},
        {CURLE_SSL_CERTPROBLEM, "tls"},         {CURLE_SSL_CIPHER, "tls"},
        {CURLE_SSL_CACERT_BADFILE, "tls"},      {CURLE_SSL_ISSUER_ERROR, "tls"},
        {CURLE_SSL_INVALIDCERTSTATUS, "tls"},   {CURLE_PARTIAL_FILE, "truncated"},
        {CURLE_FILESIZE_EXCEEDED, "too-large"}, {CURLE_URL_MALFORMAT, "url"},
    };
    if (exchange->body.full || exchange->headers.full)
        return "too-large";
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].code == code)
            return words[i].word;
    return "network";
}

/* libcurl takes headers that are cut off for an answer without a body. */
static void finish(struct cfn__http *http, struct exchange *exchange, CURLcode code) {
    long status = 0;
    curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && !exchange->headed)
        code = CURLE_PARTIAL_FILE;
    if (code == CURLE_OK && status > 0)
        cfn__response_make(&exchange->response, (int)status, &exchange->headers, &exchange->body);
    else
        cfn__response_fail(&exchange->response, word_of(exchange, code),
                           *exchange->detail ? exchange->detail : curl_easy_strerror(code));
    curl_multi_remove_handle(http->multi, exchange->easy);
    curl_easy_cleanup(exchange->easy);
    exchange->easy = NULL;
    exchange->done = true;
}

static void turn(struct cfn__http *http) {
    int running = 0, left = 0;
    curl_multi_perform(http->multi, &running);
    for (CURLMsg *message; (message = curl_multi_info_read(http->multi, &left));) {
        struct exchange *exchange = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &exchange);
        finish(http, exchange, message->data.result);
    }
}

static bool take(struct cfn__http *http, const void *owner, uint64_t *id,
                 struct cfn__response *response) {
    for (struct exchange **at = &http->exchanges; *at; at = &(*at)->next) {
        struct exchange *exchange = *at;
        if (exchange->owner != owner || !exchange->done)
            continue;
        *id = exchange->id;
        *response = exchange->response;
        exchange->response = (struct cfn__response){0};
        release(http, at);
        return true;
    }
    return false;
}

/* At most a second at a time, for a caller whose `until` is far away. */
static void rest(struct cfn__http *http, int64_t until) {
    int64_t left = until - cfn__http_now(http);
    curl_multi_poll(http->multi, NULL, 0, left > 1000 ? 1000 : (int)(left > 0 ? left : 0), NULL);
}

bool cfn__http_next(struct cfn__http *http, const void *owner, int64_t until, uint64_t *id,
                    struct cfn__response *response) {
    for (;;) {
        turn(http);
        if (http->shields == 0 && atomic_exchange(&http->woken, false))
            return false;
        if (take(http, owner, id, response))
            return true;
        if (cfn__http_now(http) >= until)
            return false;
        rest(http, until);
    }
}

void cfn__http_drop(struct cfn__http *http, const void *owner) {
    for (struct exchange **at = &http->exchanges; *at;) {
        if ((*at)->owner == owner)
            release(http, at);
        else
            at = &(*at)->next;
    }
}

/* A wake is for whoever waits for replies; it keeps. */
void cfn__http_fetch(struct cfn__http *http, const struct cfn__request *request,
                     struct cfn__response *response) {
    uint64_t id = 0;
    cfn__http_start(http, response, 0, request);
    for (turn(http); !take(http, response, &id, response); turn(http))
        rest(http, INT64_MAX);
}

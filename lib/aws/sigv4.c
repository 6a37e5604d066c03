#include "sigv4.h"

#include "digest.h"
#include "files.h"

#include <cfngen/aws.h>
#include <stdlib.h>
#include <string.h>

static const char algorithm[] = "AWS4-HMAC-SHA256";

void cfn__sign_time(int64_t time, char text[17]) {
    char iso[32];
    cfn_time_write(time, iso);
    size_t size = 0;
    for (const char *c = iso; *c && *c != '.'; c++)
        if (*c != '-' && *c != ':')
            text[size++] = *c;
    text[size++] = 'Z';
    text[size] = '\0';
}

char *cfn__sign_scope(const struct cfn__signer *signer, struct cfn_arena *arena) {
    char time[17];
    cfn__sign_time(signer->time, time);
    return cfn_arena_text(arena, "%.8s/%s/%s/aws4_request", time, signer->region, signer->service);
}

static bool is_s3(const struct cfn__signer *signer) {
    return strcmp(signer->service, "s3") == 0;
}

/* -- the path ---------------------------------------------------------------------------------- */

/* Takes the last segment off again. */
static void drop_segment(struct cfn_text *path) {
    while (path->size > 0 && path->data[--path->size] != '/')
        continue;
    if (path->data)
        path->data[path->size] = '\0';
}

/* Without empty segments and dots, as RFC 3986 has it; a slash at the end stays. */
static void put_ordered(struct cfn_text *ordered, const char *path) {
    bool slash = cfn_ends_with(path, "/");
    while (*path) {
        path += strspn(path, "/");
        size_t size = strcspn(path, "/");
        if (size == 2 && strncmp(path, "..", 2) == 0)
            drop_segment(ordered);
        else if (size > 0 && !(size == 1 && *path == '.')) {
            cfn_text_put(ordered, "/");
            cfn_text_write(ordered, path, size);
        }
        path += size;
    }
    if (slash || ordered->size == 0)
        cfn_text_put(ordered, "/");
}

static void put_path(struct cfn_text *text, const struct cfn__signer *signer, const char *path) {
    struct cfn_text ordered = {0};
    if (!is_s3(signer))
        put_ordered(&ordered, path);
    else
        cfn_text_put(&ordered, *path ? path : "/");
    if (is_s3(signer))
        cfn_text_put(text, ordered.data);
    else
        cfn__url_put(text, ordered.data, ordered.size, true);
    cfn_text_done(&ordered);
}

/* -- the query and the headers, in order ------------------------------------------------------- */

struct part {
    const char *name, *value;
    size_t name_size, value_size, place;
};

static int compare_pieces(const char *a, size_t a_size, const char *b, size_t b_size) {
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* Values of a query are in order too; those of a header stay in theirs. */
static int compare_parts(const void *left, const void *right) {
    const struct part *a = left, *b = right;
    int order = compare_pieces(a->name, a->name_size, b->name, b->name_size);
    if (order == 0 && a->place == 0)
        order = compare_pieces(a->value, a->value_size, b->value, b->value_size);
    return order ? order : (a->place > b->place) - (a->place < b->place);
}

static void put_query(struct cfn_text *text, const char *query) {
    CFN_ARRAY(struct part) parts = {0};
    while (*query) {
        size_t size = strcspn(query, "&"), name = strcspn(query, "=&");
        bool sign = query[name] == '=';
        if (size > 0)
            *CFN_PUSH(&parts) =
                (struct part){query, query + name + sign, name, size - name - sign, 0};
        query += size + (query[size] == '&');
    }
    if (parts.count)
        qsort(parts.items, parts.count, sizeof *parts.items, compare_parts);
    for (size_t i = 0; i < parts.count; i++) {
        cfn_text_put(text, i ? "&" : "");
        cfn_text_write(text, parts.items[i].name, parts.items[i].name_size);
        cfn_text_put(text, "=");
        cfn_text_write(text, parts.items[i].value, parts.items[i].value_size);
    }
    free(parts.items);
}

/* Proxies on the way may change these, so they are not signed. */
static bool is_signed(const char *name) {
    static const char *const others[] = {"connection", "expect",          "transfer-encoding",
                                         "user-agent", "x-amzn-trace-id", "authorization"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(others[i], name) == 0)
            return false;
    return true;
}

/* The signed headers by name, and by their place where they share one. */
static struct part *sorted(const struct cfn__pairs *headers, struct cfn_arena *arena,
                           size_t *count) {
    struct part *parts = cfn_arena_take(arena, (headers->count / 2 + 1) * sizeof *parts);
    *count = 0;
    for (size_t i = 0; i < headers->count; i += 2) {
        const char *name = cfn__lower(arena, headers->items[i]);
        const char *value = headers->items[i + 1];
        if (is_signed(name))
            parts[(*count)++] = (struct part){name, value, strlen(name), strlen(value), i + 1};
    }
    if (*count)
        qsort(parts, *count, sizeof *parts, compare_parts);
    return parts;
}

/* Without blanks at its ends, and with one where there were several. */
static void put_value(struct cfn_text *text, const char *value) {
    static const char blanks[] = " \t\r\n\v\f";
    for (bool first = true; *(value += strspn(value, blanks)); first = false) {
        size_t size = strcspn(value, blanks);
        cfn_text_put(text, first ? "" : " ");
        cfn_text_write(text, value, size);
        value += size;
    }
}

static void put_headers(struct cfn_text *text, const struct cfn__pairs *headers,
                        struct cfn_arena *arena) {
    size_t count = 0;
    const struct part *parts = sorted(headers, arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool again = i > 0 && strcmp(parts[i].name, parts[i - 1].name) == 0;
        if (again)
            cfn_text_put(text, ",");
        else
            cfn_text_printf(text, "%s%s:", i ? "\n" : "", parts[i].name);
        put_value(text, parts[i].value);
    }
    cfn_text_put(text, "\n");
}

char *cfn__sign_names(const struct cfn__pairs *headers, struct cfn_arena *arena) {
    size_t count = 0;
    const struct part *parts = sorted(headers, arena, &count);
    struct cfn_text text = {0};
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(parts[i].name, parts[i - 1].name) != 0)
            cfn_text_printf(&text, "%s%s", i ? ";" : "", parts[i].name);
    char *names = cfn_arena_copy(arena, text.data ? text.data : "", text.size);
    cfn_text_done(&text);
    return names;
}

/* -- the stages -------------------------------------------------------------------------------- */

char *cfn__sign_canonical(const struct cfn__signer *signer, const struct cfn__signable *signable,
                          struct cfn_arena *arena) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s\n", signable->method);
    put_path(&text, signer, signable->path);
    cfn_text_put(&text, "\n");
    put_query(&text, signable->query);
    cfn_text_put(&text, "\n");
    put_headers(&text, &signable->headers, arena);
    cfn_text_printf(&text, "\n%s\n%s", cfn__sign_names(&signable->headers, arena),
                    signable->digest);
    char *canonical = cfn_arena_copy(arena, text.data, text.size);
    cfn__wipe(text.data, text.size); /* the session token is in it */
    cfn_text_done(&text);
    return canonical;
}

char *cfn__sign_string(const struct cfn__signer *signer, const char *canonical,
                       struct cfn_arena *arena) {
    char time[17], digest[65];
    cfn__sign_time(signer->time, time);
    cfn_sha256(canonical, strlen(canonical), digest);
    return cfn_arena_text(arena, "%s\n%s\n%s\n%s", algorithm, time, cfn__sign_scope(signer, arena),
                          digest);
}

void cfn__sign_signature(const struct cfn__signer *signer, const char *string, char hex[65]) {
    char time[17];
    cfn__sign_time(signer->time, time);
    time[8] = '\0';
    const char *const steps[] = {time, signer->region, signer->service, "aws4_request", string};
    struct cfn_text secret = {0};
    cfn_text_printf(&secret, "AWS4%s", signer->secret_key);
    unsigned char key[CFN__SHA256_SIZE], next[CFN__SHA256_SIZE];
    cfn__hmac_sha256(secret.data, secret.size, steps[0], strlen(steps[0]), key);
    for (size_t i = 1; i < sizeof steps / sizeof *steps; i++) {
        cfn__hmac_sha256(key, sizeof key, steps[i], strlen(steps[i]), next);
        memcpy(key, next, sizeof key);
    }
    cfn__hex(key, sizeof key, hex);
    cfn__wipe(secret.data, secret.size);
    cfn__wipe(key, sizeof key);
    cfn__wipe(next, sizeof next);
    cfn_text_done(&secret);
}

void cfn__sign_headers(const struct cfn__signer *signer, struct cfn__signable *signable,
                       struct cfn_arena *arena) {
    char time[17], signature[65];
    cfn__sign_time(signer->time, time);
    cfn__pairs_put(&signable->headers, "X-Amz-Date", cfn_arena_copy(arena, time, strlen(time)));
    if (signer->session_token)
        cfn__pairs_put(&signable->headers, "X-Amz-Security-Token", signer->session_token);
    if (is_s3(signer))
        cfn__pairs_put(&signable->headers, "X-Amz-Content-SHA256", signable->digest);
    const char *canonical = cfn__sign_canonical(signer, signable, arena);
    cfn__sign_signature(signer, cfn__sign_string(signer, canonical, arena), signature);
    cfn__pairs_put(&signable->headers, "Authorization",
                   cfn_arena_text(arena, "%s Credential=%s/%s, SignedHeaders=%s, Signature=%s",
                                  algorithm, signer->access_key, cfn__sign_scope(signer, arena),
                                  cfn__sign_names(&signable->headers, arena), signature));
}

char *cfn__sign_query(const struct cfn__signer *signer, const struct cfn__signable *signable,
                      int seconds, struct cfn_arena *arena) {
    char time[17], signature[65];
    cfn__sign_time(signer->time, time);
    struct cfn_text query = {0};
    cfn_text_put(&query, signable->query);
    cfn__url_pair(&query, "X-Amz-Algorithm", algorithm);
    cfn__url_pair(
        &query, "X-Amz-Credential",
        cfn_arena_text(arena, "%s/%s", signer->access_key, cfn__sign_scope(signer, arena)));
    cfn__url_pair(&query, "X-Amz-Date", time);
    cfn__url_pair(&query, "X-Amz-Expires", cfn_arena_text(arena, "%d", seconds));
    cfn__url_pair(&query, "X-Amz-SignedHeaders", cfn__sign_names(&signable->headers, arena));
    if (signer->session_token)
        cfn__url_pair(&query, "X-Amz-Security-Token", signer->session_token);
    struct cfn__signable presigned = *signable;
    presigned.query = query.data;
    const char *canonical = cfn__sign_canonical(signer, &presigned, arena);
    cfn__sign_signature(signer, cfn__sign_string(signer, canonical, arena), signature);
    cfn__url_pair(&query, "X-Amz-Signature", signature);
    char *signed_query = cfn_arena_copy(arena, query.data, query.size);
    cfn_text_done(&query);
    return signed_query;
}

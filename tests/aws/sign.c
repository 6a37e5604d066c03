/*
 * Signs requests, for a judge that compares: a JSON object a line on standard input, one with the
 * stages of the signature a line on standard output. With "seconds" the query is signed instead.
 */
#include "aws/sigv4.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static const char *text_or_null(const json_t *json, const char *name) {
    return json_string_value(json_object_get(json, name));
}

static json_t *by_query(const struct cfn__signer *signer, const struct cfn__signable *signable,
                        int seconds, struct cfn_arena *arena) {
    return json_pack("{s:s}", "query", cfn__sign_query(signer, signable, seconds, arena));
}

/* The stages are those of the headers as they are in the end, but for the last. */
static json_t *by_headers(const struct cfn__signer *signer, struct cfn__signable *signable,
                          struct cfn_arena *arena) {
    char signature[65];
    cfn__sign_headers(signer, signable, arena);
    const char *authorization = signable->headers.items[signable->headers.count - 1];
    const char *canonical = cfn__sign_canonical(signer, signable, arena);
    const char *string = cfn__sign_string(signer, canonical, arena);
    cfn__sign_signature(signer, string, signature);
    return json_pack("{s:s, s:s, s:s, s:s}", "canonical", canonical, "string", string, "signature",
                     signature, "authorization", authorization);
}

static json_t *answer(const json_t *line) {
    struct cfn_arena arena = {0};
    const struct cfn__signer signer = {
        .access_key = text_of(line, "access_key"),
        .secret_key = text_of(line, "secret_key"),
        .session_token = text_or_null(line, "session_token"),
        .region = text_of(line, "region"),
        .service = text_of(line, "service"),
        .time = (int64_t)json_integer_value(json_object_get(line, "time")),
    };
    struct cfn__signable signable = {
        .method = text_of(line, "method"),
        .path = text_of(line, "path"),
        .query = text_of(line, "query"),
        .digest = text_of(line, "digest"),
    };
    const json_t *headers = json_object_get(line, "headers");
    for (size_t i = 0; i < json_array_size(headers); i++) {
        const json_t *header = json_array_get(headers, i);
        cfn__pairs_put(&signable.headers, json_string_value(json_array_get(header, 0)),
                       json_string_value(json_array_get(header, 1)));
    }
    int seconds = (int)json_integer_value(json_object_get(line, "seconds"));
    json_t *said = seconds ? by_query(&signer, &signable, seconds, &arena)
                           : by_headers(&signer, &signable, &arena);
    cfn__pairs_done(&signable.headers);
    cfn_arena_done(&arena);
    return said;
}

int main(void) {
    json_t *line = NULL;
    while ((line = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL))) {
        json_t *said = answer(line);
        json_dumpf(said, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(said);
        json_decref(line);
    }
    return 0;
}

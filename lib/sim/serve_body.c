/* Bodies of requests: of a length, in chunks, and in S3's chunks within. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LINE = 1024, MOST_TRAILERS = 8192 };

static size_t put(struct cfn__incoming *in, const char *bytes, size_t size) {
    if (size > in->left)
        size = in->left;
    cfn_text_write(&in->body, bytes, size);
    in->left -= size;
    return size;
}

/* The size of a line with its end; 0: that has not come, or never will. */
static size_t line_size(struct cfn__incoming *in, const char *bytes, size_t size) {
    const char *end = memchr(bytes, '\n', size < MOST_LINE ? size : MOST_LINE);
    if (end)
        return (size_t)(end - bytes) + 1;
    return size < MOST_LINE ? 0 : cfn__incoming_fail(in, 400, "a line of the body is too long");
}

static bool is_empty(const char *line, size_t size) {
    return size == 1 || (size == 2 && line[0] == '\r');
}

static int digit_of(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The hexadecimal number that a line begins with; -1: none, or nobody's. */
static long chunk_size(const char *line, size_t size) {
    long number = 0;
    size_t at = 0;
    for (; at < size && digit_of(line[at]) >= 0; at++) {
        number = number * 16 + digit_of(line[at]);
        if (number > CFN__MOST_BODY)
            return (long)CFN__MOST_BODY + 1;
    }
    return at > 0 && line[at] && strchr("\r\n; \t", line[at]) ? number : -1;
}

static size_t take_chunk_size(struct cfn__incoming *in, const char *bytes, size_t size) {
    size_t taken = line_size(in, bytes, size);
    if (!taken)
        return 0;
    long number = chunk_size(bytes, taken);
    if (number < 0)
        return cfn__incoming_fail(in, 400, "a chunk must begin with its size");
    if ((size_t)number + in->body.size > CFN__MOST_BODY)
        return cfn__incoming_fail(in, 413, "the body is too large");
    in->left = (size_t)number;
    in->stage = number ? CFN__CHUNK : CFN__TRAILERS;
    return taken;
}

static size_t take_chunk_end(struct cfn__incoming *in, const char *bytes, size_t size) {
    size_t taken = line_size(in, bytes, size < 2 ? size : 2);
    if (!taken && size < 2)
        return 0;
    if (!taken || !is_empty(bytes, taken))
        return cfn__incoming_fail(in, 400, "a chunk must be as long as it says");
    in->stage = CFN__CHUNK_SIZE;
    return taken;
}

static size_t take_trailer(struct cfn__incoming *in, const char *bytes, size_t size) {
    size_t taken = line_size(in, bytes, size);
    if (taken && is_empty(bytes, taken))
        in->stage = CFN__WHOLE;
    in->left += taken;
    if (in->left > MOST_TRAILERS)
        return cfn__incoming_fail(in, 431, "there are too many trailers");
    return taken;
}

size_t cfn__body_take(struct cfn__incoming *in, const char *bytes, size_t size) {
    size_t taken;
    switch (in->stage) {
    case CFN__BODY:
    case CFN__CHUNK:
        taken = put(in, bytes, size);
        if (in->left == 0)
            in->stage = in->stage == CFN__BODY ? CFN__WHOLE : CFN__CHUNK_END;
        return taken;
    case CFN__CHUNK_SIZE:
        return take_chunk_size(in, bytes, size);
    case CFN__CHUNK_END:
        return take_chunk_end(in, bytes, size);
    case CFN__TRAILERS:
        return take_trailer(in, bytes, size);
    default:
        return 0;
    }
}

/* --- S3's chunks --- */

static bool unwrap(struct cfn__incoming *inner, const char *bytes, size_t size) {
    inner->stage = CFN__CHUNK_SIZE;
    while (inner->stage != CFN__WHOLE && inner->stage != CFN__BAD) {
        size_t taken = cfn__body_take(inner, bytes, size);
        bytes += taken;
        size -= taken;
        if (taken == 0)
            break;
    }
    /* Some senders leave out the line behind the last chunk. */
    return inner->stage == CFN__WHOLE || (inner->stage == CFN__TRAILERS && size == 0);
}

static bool is_as_long_as_said(const struct cfn__incoming *in, size_t size) {
    const char *length = cfn__pairs_get(&in->headers, "x-amz-decoded-content-length");
    return !length || strtoull(length, NULL, 10) == size;
}

bool cfn__body_unwrap(struct cfn__incoming *in) {
    const char *digest = cfn__pairs_get(&in->headers, "x-amz-content-sha256");
    if (!digest || !cfn_starts_with(digest, "STREAMING-"))
        return true;
    struct cfn__incoming inner = {0};
    bool is = unwrap(&inner, in->body.data ? in->body.data : "", in->body.size) &&
              is_as_long_as_said(in, inner.body.size);
    cfn_text_done(&in->body);
    in->body = inner.body;
    return is;
}

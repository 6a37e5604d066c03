/* Requests of HTTP/1.1: the head, read strictly. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_HEAD = 64 << 10, MOST_HEADERS = 200, MOST_TARGET = 32 << 10 };

size_t cfn__incoming_fail(struct cfn__incoming *in, int status, const char *why) {
    in->stage = CFN__BAD;
    in->status = status;
    in->why = why;
    in->last = true;
    return 0;
}

void cfn__incoming_done(struct cfn__incoming *in) {
    cfn_arena_done(&in->arena);
    cfn__pairs_done(&in->headers);
    cfn_text_done(&in->body);
    *in = (struct cfn__incoming){0};
}

/* --- lines --- */

/* The next line of a text that is cut up; NULL at its end. */
static char *next_line(char **at) {
    char *line = *at, *end = strchr(line, '\n');
    if (!*line)
        return NULL;
    *at = end ? end + 1 : line + strlen(line);
    if (end && end > line && end[-1] == '\r')
        end--;
    if (end)
        *end = '\0';
    return line;
}

/* A token of RFC 9110. */
static bool is_token(const char *text) {
    static const char marks[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return *text && !text[strspn(text, marks)];
}

static bool has_controls(const char *text, bool tab) {
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && !(tab && *text == '\t')) || *text == 0x7f)
            return true;
    return false;
}

/* --- the request line --- */

/* Behind scheme and host, where a proxy's form of it is used. */
static char *path_of(char *target) {
    char *host = cfn_starts_with(target, "http://")    ? target + 7
                 : cfn_starts_with(target, "https://") ? target + 8
                                                       : NULL;
    char *slash = host ? strchr(host, '/') : target;
    return slash;
}

static bool read_version(struct cfn__incoming *in, const char *version) {
    if (strcmp(version, "HTTP/1.1") == 0)
        return true;
    in->last = true;
    if (strcmp(version, "HTTP/1.0") == 0)
        return true;
    bool other = cfn_starts_with(version, "HTTP/");
    cfn__incoming_fail(in, other ? 505 : 400,
                       other ? "only HTTP/1.0 and HTTP/1.1 are spoken here"
                             : "the request line must end in a version of HTTP");
    return false;
}

static bool read_request_line(struct cfn__incoming *in, char *line) {
    char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version) {
        cfn__incoming_fail(in, 400, "the request line must have a method, a target and a version");
        return false;
    }
    *target++ = '\0';
    *version++ = '\0';
    if (!read_version(in, version))
        return false;
    char *path = path_of(target);
    if (version - target > MOST_TARGET) {
        cfn__incoming_fail(in, 414, "the target is too long");
        return false;
    }
    if (!is_token(line) || !path || *path != '/' || has_controls(path, false)) {
        cfn__incoming_fail(in, 400, "the request line must have a method and a path");
        return false;
    }
    size_t size = strcspn(path, "?#");
    in->query = "";
    if (path[size] == '?') {
        path[size] = '\0';
        path[size + 1 + strcspn(path + size + 1, "#")] = '\0';
        in->query = path + size + 1;
    }
    path[size] = '\0';
    in->method = line;
    in->path = path;
    return true;
}

/* --- headers --- */

static bool read_header(struct cfn__incoming *in, char *line) {
    char *value = strchr(line, ':');
    if (value)
        *value++ = '\0';
    if (!value || !is_token(line) || has_controls(value, true)) {
        cfn__incoming_fail(in, 400, "a header must be a name, a colon and a line of text");
        return false;
    }
    value += strspn(value, " \t");
    size_t size = strlen(value);
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        value[--size] = '\0';
    cfn__pairs_put(&in->headers, line, value);
    return true;
}

static bool read_headers(struct cfn__incoming *in, char *lines) {
    char *line;
    while ((line = next_line(&lines)) && *line) {
        if (in->headers.count >= (size_t)MOST_HEADERS * 2) {
            cfn__incoming_fail(in, 431, "there are too many headers");
            return false;
        }
        if (!read_header(in, line))
            return false;
    }
    return true;
}

/* How many headers have a name; *same: all have one value. */
static size_t count_headers(const struct cfn__incoming *in, const char *name, bool *same) {
    const char *first = cfn__pairs_get(&in->headers, name);
    size_t count = 0;
    *same = true;
    for (size_t i = 0; i < in->headers.count; i += 2) {
        if (!cfn__same_name(in->headers.items[i], name))
            continue;
        count++;
        *same = *same && strcmp(in->headers.items[i + 1], first) == 0;
    }
    return count;
}

/* --- what follows the head --- */

static void read_length(struct cfn__incoming *in, const char *length) {
    if (!*length || length[strspn(length, "0123456789")]) {
        cfn__incoming_fail(in, 400, "Content-Length must be a number");
        return;
    }
    length += strspn(length, "0");
    in->left = strlen(length) > 9 ? (size_t)CFN__MOST_BODY + 1 : strtoul(length, NULL, 10);
    if (in->left > CFN__MOST_BODY)
        cfn__incoming_fail(in, 413, "the body is too large");
    else
        in->stage = in->left ? CFN__BODY : CFN__WHOLE;
}

/* A body of two lengths is how one request is smuggled within another. */
static void read_framing(struct cfn__incoming *in) {
    bool same, same_coding;
    size_t lengths = count_headers(in, "Content-Length", &same);
    size_t codings = count_headers(in, "Transfer-Encoding", &same_coding);
    if (!same || (lengths && codings))
        cfn__incoming_fail(in, 400, "the body must have one length");
    else if (codings > 1 ||
             (codings &&
              !cfn__same_name(cfn__pairs_get(&in->headers, "Transfer-Encoding"), "chunked")))
        cfn__incoming_fail(in, 501, "the one transfer encoding that is known is chunked");
    else if (codings)
        in->stage = CFN__CHUNK_SIZE;
    else if (lengths)
        read_length(in, cfn__pairs_get(&in->headers, "Content-Length"));
    else
        in->stage = CFN__WHOLE;
}

static void read_connection(struct cfn__incoming *in) {
    const char *connection = cfn__pairs_get(&in->headers, "Connection");
    const char *expect = cfn__pairs_get(&in->headers, "Expect");
    bool same;
    size_t hosts = count_headers(in, "Host", &same);
    if (connection && cfn__same_name(connection, "close"))
        in->last = true;
    if (connection && cfn__same_name(connection, "keep-alive"))
        in->last = false;
    in->expects = expect && in->stage != CFN__WHOLE;
    if (hosts > 1 || (hosts == 0 && !in->last))
        cfn__incoming_fail(in, 400, "there must be one Host");
    else if (expect && !cfn__same_name(expect, "100-continue"))
        cfn__incoming_fail(in, 417, "the one expectation that is known is 100-continue");
}

static void read_head(struct cfn__incoming *in, const char *bytes, size_t size) {
    if (memchr(bytes, '\0', size)) {
        cfn__incoming_fail(in, 400, "the head must be text");
        return;
    }
    char *lines = cfn_arena_copy(&in->arena, bytes, size), *line = next_line(&lines);
    if (!read_request_line(in, line) || !read_headers(in, lines))
        return;
    read_framing(in);
    if (in->stage != CFN__BAD)
        read_connection(in);
}

/* The size of a head with its empty line; 0: its end has not come. */
static size_t head_size(struct cfn__incoming *in, const char *bytes, size_t size) {
    size_t at = in->scanned;
    for (const char *end; (end = memchr(bytes + at, '\n', size - at));) {
        at = (size_t)(end - bytes) + 1;
        if (at < size && bytes[at] == '\n')
            return at + 1;
        if (at + 1 < size && bytes[at] == '\r' && bytes[at + 1] == '\n')
            return at + 2;
    }
    in->scanned = size > 2 ? size - 2 : 0;
    return 0;
}

size_t cfn__incoming_take(struct cfn__incoming *in, const char *bytes, size_t size) {
    if (in->stage != CFN__HEAD)
        return cfn__body_take(in, bytes, size);
    size_t blank = 0; /* lines that some clients send behind a body */
    while (blank < size && in->scanned == 0 && (bytes[blank] == '\r' || bytes[blank] == '\n'))
        blank++;
    if (blank > 0)
        return blank;
    size_t head = head_size(in, bytes, size);
    if ((head ? head : size) > MOST_HEAD)
        return cfn__incoming_fail(in, 431, "the head is too large");
    if (head)
        read_head(in, bytes, head);
    return head;
}

/* REST: the row of the table that a request is, read backwards. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

/* --- where things are --- */

/* A bucket in front of the host's name: "name.s3.us-east-1.amazonaws.com", "name.localhost". */
static const char *bucket_of_host(struct cfn__incoming *in) {
    static const char *const marks[] = {".s3.", ".s3-", ".localhost"};
    const char *host = cfn__pairs_get(&in->headers, "Host");
    for (size_t i = 0; host && i < sizeof marks / sizeof *marks; i++) {
        const char *mark = strstr(host, marks[i]);
        if (mark && mark > host)
            return cfn_arena_copy(&in->arena, host, (size_t)(mark - host));
    }
    return NULL;
}

/* The path with the bucket in it. */
static const char *whole_path(struct cfn__incoming *in, const struct cfn__service *service) {
    const char *bucket = service->protocol == CFN__S3 ? bucket_of_host(in) : NULL;
    if (!bucket || strcmp(bucket, "s3") == 0)
        return in->path;
    return cfn_arena_text(&in->arena, "/%s%s", bucket, strcmp(in->path, "/") == 0 ? "" : in->path);
}

/* --- paths --- */

/* Sets a member to a piece of the path; false: it is none. */
static bool put_piece(struct cfn__incoming *in, json_t *input, const char *name, size_t name_size,
                      const char *piece, size_t size) {
    const char *plain = cfn__url_plain(&in->arena, piece, size, false);
    return size > 0 && plain &&
           json_object_setn_new(input, name, name_size, json_string(plain)) == 0;
}

/* Whether a path is what a pattern says, up to its question mark; fills the input. */
static bool match_path(struct cfn__incoming *in, const char *pattern, const char *path,
                       json_t *input) {
    while (*pattern && *pattern != '?') {
        if (*pattern != '{') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t name = strcspn(pattern + 1, "+}");
        bool slashes = pattern[1 + name] == '+';
        size_t size = slashes ? strlen(path) : strcspn(path, "/");
        if (!put_piece(in, input, pattern + 1, name, path, size))
            return false;
        path += size;
        pattern += 1 + name + slashes + 1;
    }
    return !*path || strcmp(path, "/") == 0;
}

/* --- queries and headers --- */

/* A value that comes again makes a list. */
static void put_value(json_t *input, const char *member, const char *value) {
    json_t *text = json_string(value), *there = json_object_get(input, member);
    if (json_is_array(there))
        json_array_append_new(there, text);
    else if (there)
        json_object_set_new(input, member, json_pack("[O, o]", there, text));
    else if (text)
        json_object_set_new(input, member, text);
}

/* What any request may have beside: who asks, and a signature. */
static bool is_aside(const char *name) {
    return strcmp(name, "x-id") == 0 || cfn_starts_with(name, "X-Amz-") ||
           cfn_starts_with(name, "response-");
}

static bool put_parameter(struct cfn__incoming *in, const struct cfn__rest *rest, const char *name,
                          const char *value, json_t *input) {
    const char *places = rest->query, *fixed = strchr(rest->path, '?');
    for (struct cfn__place_of place; cfn__rest_place(&places, &in->arena, &place);)
        if (strcmp(place.name, name) == 0) {
            put_value(input, place.member, value);
            return true;
        }
    size_t size = strlen(name);
    bool is_fixed = fixed && strncmp(fixed + 1, name, size) == 0 &&
                    (fixed[1 + size] == '\0' ||
                     (fixed[1 + size] == '=' && strcmp(fixed + 2 + size, value) == 0));
    return is_fixed || is_aside(name);
}

/* A row's own parameter ("?versioning") must be there, and none that the row does not know. */
static bool match_query(struct cfn__incoming *in, const struct cfn__rest *rest, json_t *input) {
    const char *fixed = strchr(rest->path, '?'), *query = in->query;
    if (fixed) {
        const char *name = cfn_arena_copy(&in->arena, fixed + 1, strcspn(fixed + 1, "="));
        if (!cfn__query_value(&in->arena, query, name))
            return false;
    }
    for (size_t size; *query; query += size + (query[size] == '&')) {
        size = strcspn(query, "&");
        size_t key = strcspn(query, "=&");
        const char *name = cfn__url_plain(&in->arena, query, key, true);
        const char *value =
            key < size ? cfn__url_plain(&in->arena, query + key + 1, size - key - 1, true) : "";
        if (size > 0 && (!name || !value || !put_parameter(in, rest, name, value, input)))
            return false;
    }
    return true;
}

/* Headers whose names begin so are a table. */
static void put_table(const struct cfn__incoming *in, const struct cfn__place_of *place,
                      json_t *input) {
    size_t size = strlen(place->name);
    json_t *table = json_object();
    for (size_t i = 0; i < in->headers.count; i += 2) {
        const char *name = in->headers.items[i];
        struct cfn_arena arena = {0};
        const char *low = cfn__lower(&arena, name);
        if (strncmp(low, place->name, size) == 0 && low[size])
            json_object_set_new(table, low + size, json_string(in->headers.items[i + 1]));
        cfn_arena_done(&arena);
    }
    if (json_object_size(table))
        json_object_set(input, place->member, table);
    json_decref(table);
}

static void put_headers(struct cfn__incoming *in, const struct cfn__rest *rest, json_t *input) {
    const char *places = rest->headers;
    for (struct cfn__place_of place; cfn__rest_place(&places, &in->arena, &place);) {
        const char *value = cfn__pairs_get(&in->headers, place.name);
        if (cfn_ends_with(place.name, "-"))
            put_table(in, &place, input);
        else if (value)
            put_value(input, place.member, value);
    }
    json_t *coding = json_object_get(input, "ContentEncoding");
    if (cfn_same(json_string_value(coding), "aws-chunked"))
        json_object_del(input, "ContentEncoding");
}

/* --- bodies --- */

static bool is_flat(const char *name, bool many) {
    (void)many;
    static const char *const flat[] = {"Object", "Rule", "Transition",
                                       "NoncurrentVersionTransition"};
    for (size_t i = 0; i < sizeof flat / sizeof *flat; i++)
        if (strcmp(flat[i], name) == 0)
            return true;
    return false;
}

static bool is_set(const char *name, const char *item) {
    return strcmp(name, "TagSet") == 0 && (!item || strcmp(item, "Tag") == 0);
}

static const char *plural(const char *name, bool list, char room[128]) {
    if (!list || !is_flat(name, list))
        return name;
    size_t size = strlen(name);
    memcpy(room, name, size);
    memcpy(room + size, "s", 2);
    return room;
}

static bool put_xml(const struct cfn__incoming *in, const char *member, json_t *input) {
    static const struct cfn__xml_names xml_names = {is_set, is_flat, plural};
    if (in->body.size == 0)
        return true;
    json_t *read = cfn__xml_read(in->body.data, in->body.size, &xml_names);
    void *root = json_object_iter(read);
    json_t *value = root ? json_object_iter_value(root) : NULL;
    if (json_is_string(value)) /* an element without any within */
        json_object_set_new(input, member, json_object());
    else if (value)
        json_object_set(input, member, value);
    json_decref(read);
    return root;
}

static bool put_json(const struct cfn__incoming *in, json_t *input) {
    if (in->body.size == 0)
        return true;
    json_t *read = json_loadb(in->body.data, in->body.size, JSON_REJECT_DUPLICATES, NULL);
    bool is_object = json_is_object(read);
    if (is_object)
        json_object_update_missing(input, read);
    json_decref(read);
    return is_object;
}

static bool put_body(struct cfn__incoming *in, const char *body, struct cfn__asked *asked) {
    json_t *input = asked->call.input;
    if (!body)
        return true;
    if (strcmp(body, "*") == 0)
        return put_json(in, input);
    if (strcmp(body, "payload") == 0) {
        asked->call.payload = in->body.data ? in->body.data : "";
        asked->call.payload_size = in->body.size;
        return true;
    }
    if (*body != '=')
        return put_xml(in, cfn_arena_copy(&in->arena, body, strcspn(body, "=")), input);
    json_t *text = json_stringn(in->body.data ? in->body.data : "", in->body.size);
    return text && json_object_set_new(input, body + 1, text) == 0;
}

/* --- rows --- */

/* A row with a parameter of its own goes before one without. */
static const struct cfn__rest *find_row(struct cfn__incoming *in, struct cfn__asked *asked) {
    const char *path = whole_path(in, asked->service);
    for (int own = 1; own >= 0; own--)
        for (const struct cfn__rest *rest = cfn__rest_table; rest->service; rest++) {
            if (strcmp(rest->service, asked->service->signing) != 0 ||
                strcmp(rest->method, in->method) != 0 || !strchr(rest->path, '?') != !own)
                continue;
            json_t *input = json_object();
            if (match_path(in, rest->path, path, input) && match_query(in, rest, input)) {
                asked->call.input = input;
                return rest;
            }
            json_decref(input);
        }
    return NULL;
}

bool cfn__rest_read(struct cfn__incoming *in, struct cfn__asked *asked) {
    const struct cfn__rest *rest = find_row(in, asked);
    bool s3 = asked->service->protocol == CFN__S3;
    if (!rest) {
        cfn__asked_refuse(asked, s3 ? 501 : 404,
                          s3 ? "NotImplemented" : "UnknownOperationException",
                          "The simulation has no such action");
        return false;
    }
    asked->call.action = rest->action;
    put_headers(in, rest, asked->call.input);
    if (put_body(in, rest->body, asked))
        return true;
    cfn__asked_refuse(asked, 400, s3 ? "MalformedXML" : "SerializationException",
                      s3 ? "The XML you provided was not well-formed or did not validate against "
                           "our published schema"
                         : "The body cannot be read");
    return false;
}

/* REST: a row of the table says where each member of a call goes. */
#include "digest.h"
#include "files.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

struct sheet {
    const struct cfn__rest *rest;
    struct cfn__outgoing *outgoing;
    json_t *left; /* members that have not found their place yet */
    const char *why;
};

static const char *refuse(struct sheet *sheet, const char *what, const char *name) {
    sheet->why =
        cfn_arena_text(&sheet->outgoing->arena, "%s%s '%s'", sheet->rest->action, what, name);
    return sheet->why;
}

/* -- the path ---------------------------------------------------------------------------------- */

/* A bucket whose name is no label of a certificate stays in the path. */
static bool is_label(const char *bucket) {
    return *bucket && !bucket[strspn(bucket, "abcdefghijklmnopqrstuvwxyz0123456789-")];
}

/* {Name} or {Name+}, from behind the brace; gives what follows the other. */
static const char *put_member(struct sheet *sheet, struct cfn_text *path, const char *name) {
    size_t size = strcspn(name, "+}");
    bool slashes = name[size] == '+';
    struct cfn_arena *arena = &sheet->outgoing->arena;
    const char *member = cfn_arena_copy(arena, name, size);
    const char *value = cfn__plain_text(json_object_get(sheet->left, member), arena);
    if (!value || !*value)
        refuse(sheet, " needs the member", member);
    else
        cfn__url_put(path, value, strlen(value), slashes);
    json_object_del(sheet->left, member);
    return name + size + slashes + 1;
}

static const char *take_bucket(struct sheet *sheet, const char *path) {
    static const char start[] = "/{Bucket}";
    const char *bucket = json_string_value(json_object_get(sheet->left, "Bucket"));
    if (!cfn_starts_with(path, start) || !bucket || !is_label(bucket))
        return path;
    sheet->outgoing->host_prefix = cfn_arena_text(&sheet->outgoing->arena, "%s.", bucket);
    json_object_del(sheet->left, "Bucket");
    return path + strlen(start);
}

static void put_path(struct sheet *sheet, const char *path, struct cfn_text *query) {
    struct cfn_text text = {0};
    while (*path && *path != '?') {
        if (*path == '{')
            path = put_member(sheet, &text, path + 1);
        else
            cfn_text_write(&text, path++, 1);
    }
    if (*path == '?') {
        cfn_text_put(query, path + 1);
        cfn_text_put(query, strchr(path, '=') ? "" : "=");
    }
    sheet->outgoing->path =
        text.size ? cfn_arena_copy(&sheet->outgoing->arena, text.data, text.size) : "/";
    cfn_text_done(&text);
}

/* -- the query and the headers ----------------------------------------------------------------- */

bool cfn__rest_place(const char **places, struct cfn_arena *arena, struct cfn__place_of *place) {
    if (!*places || !**places)
        return false;
    size_t size = strcspn(*places, "|"), name = strcspn(*places, "=|");
    place->member = cfn_arena_copy(arena, *places, name);
    place->name =
        name < size ? cfn_arena_copy(arena, *places + name + 1, size - name - 1) : place->member;
    *places += size + ((*places)[size] == '|');
    return true;
}

static void put_query(struct sheet *sheet, struct cfn_text *query) {
    struct cfn_arena *arena = &sheet->outgoing->arena;
    const char *places = sheet->rest->query;
    for (struct cfn__place_of place; cfn__rest_place(&places, arena, &place);) {
        json_t *value = json_object_get(sheet->left, place.member);
        size_t count = json_is_array(value) ? json_array_size(value) : value ? 1 : 0;
        for (size_t i = 0; i < count; i++) {
            const char *text =
                cfn__plain_text(json_is_array(value) ? json_array_get(value, i) : value, arena);
            if (text)
                cfn__url_pair(query, place.name, text);
            else
                refuse(sheet, " takes plain values for", place.member);
        }
        json_object_del(sheet->left, place.member);
    }
    sheet->outgoing->query = cfn_arena_copy(arena, query->data ? query->data : "", query->size);
}

/* What would break out of its line is no value of a header. */
static void put_header(struct sheet *sheet, const char *name, const json_t *value) {
    struct cfn_arena *arena = &sheet->outgoing->arena;
    const char *text = cfn__plain_text(value, arena);
    if (!text || strpbrk(text, "\r\n") || strpbrk(name, "\r\n: "))
        refuse(sheet, " takes a line of text for the header", name);
    else
        cfn__pairs_put(&sheet->outgoing->headers, name, cfn_arena_copy(arena, text, strlen(text)));
}

static void put_headers(struct sheet *sheet) {
    struct cfn_arena *arena = &sheet->outgoing->arena;
    const char *places = sheet->rest->headers;
    for (struct cfn__place_of place; cfn__rest_place(&places, arena, &place);) {
        json_t *value = json_object_get(sheet->left, place.member), *each = NULL;
        const char *key = NULL;
        if (!json_is_object(value) && value)
            put_header(sheet, place.name, value);
        json_object_foreach(value, key, each)
            put_header(sheet, cfn_arena_text(arena, "%s%s", place.name, key), each);
        json_object_del(sheet->left, place.member);
    }
}

/* -- the body ---------------------------------------------------------------------------------- */

static void put_xml(struct cfn_text *xml, const char *above, const char *name, const json_t *value,
                    struct cfn_arena *arena);

/* Lists have no element around their items, but for the tags of a bucket; items have the list's
 * singular for a name. */
static void put_xml_list(struct cfn_text *xml, const char *above, const char *name,
                         const json_t *list, struct cfn_arena *arena) {
    char room[128];
    bool set = strcmp(name, "TagSet") == 0;
    bool around = set || strcmp(above, "CreateBucketConfiguration") == 0;
    if (around)
        cfn_text_printf(xml, "<%s>", name);
    for (size_t i = 0; i < json_array_size(list); i++)
        put_xml(xml, name, set ? "Tag" : cfn__singular(name, room), json_array_get(list, i), arena);
    if (around)
        cfn_text_printf(xml, "</%s>", name);
}

static void put_xml(struct cfn_text *xml, const char *above, const char *name, const json_t *value,
                    struct cfn_arena *arena) {
    const char *key = NULL;
    json_t *each = NULL;
    name = strcmp(name, "MFADelete") == 0 ? "MfaDelete" : name;
    if (json_is_array(value)) {
        put_xml_list(xml, above, name, value, arena);
        return;
    }
    cfn_text_printf(xml, "<%s>", name);
    json_object_foreach(((json_t *)(uintptr_t)value), key, each) {
        put_xml(xml, name, key, each, arena);
    }
    const char *text = cfn__plain_text(value, arena);
    cfn__xml_escape(xml, text ? text : "");
    cfn_text_printf(xml, "</%s>", name);
}

static void take_body(struct cfn__outgoing *outgoing, struct cfn_text *body) {
    outgoing->body_size = body->size;
    outgoing->body = cfn_arena_copy(&outgoing->arena, body->data ? body->data : "", body->size);
    if (body->data)
        cfn__wipe(body->data, body->size);
    cfn_text_done(body);
}

/* S3 wants a digest for what changes a bucket; where the header is a member of the action, it is
 * that of an object. */
static void put_checksum(const struct cfn__rest *rest, struct cfn__outgoing *outgoing) {
    if (rest->headers && strstr(rest->headers, "=x-amz-checksum-sha256"))
        return;
    unsigned char digest[CFN__SHA256_SIZE];
    char text[(CFN__SHA256_SIZE + 2) / 3 * 4 + 1];
    cfn__sha256(outgoing->body, outgoing->body_size, digest);
    cfn__base64(digest, sizeof digest, text);
    cfn__pairs_put(&outgoing->headers, "x-amz-sdk-checksum-algorithm", "SHA256");
    cfn__pairs_put(&outgoing->headers, "x-amz-checksum-sha256",
                   cfn_arena_copy(&outgoing->arena, text, strlen(text)));
}

static void put_text_body(struct sheet *sheet, const char *name) {
    const char *value = json_string_value(json_object_get(sheet->left, name));
    struct cfn_text body = {0};
    if (!value) {
        refuse(sheet, " needs the member", name);
        return;
    }
    cfn_text_put(&body, value);
    json_object_del(sheet->left, name);
    take_body(sheet->outgoing, &body);
    put_checksum(sheet->rest, sheet->outgoing);
}

/* "Member" or "Member=Element". */
static void put_xml_body(struct sheet *sheet, const char *places) {
    struct cfn_arena *arena = &sheet->outgoing->arena;
    struct cfn__place_of place;
    struct cfn_text body = {0}, inner = {0};
    if (!cfn__rest_place(&places, arena, &place) || !json_object_get(sheet->left, place.member))
        return;
    put_xml(&inner, "", place.name, json_object_get(sheet->left, place.member), arena);
    cfn_text_printf(&body, "<%s xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">%s", place.name,
                    inner.data + strlen(place.name) + 2);
    cfn_text_done(&inner);
    json_object_del(sheet->left, place.member);
    take_body(sheet->outgoing, &body);
    cfn__pairs_put(&sheet->outgoing->headers, "Content-Type", "application/xml");
    put_checksum(sheet->rest, sheet->outgoing);
}

static void put_json_body(struct sheet *sheet) {
    struct cfn_text body = {0};
    char *text = json_dumps(sheet->left, JSON_COMPACT);
    cfn_text_put(&body, text);
    cfn__secret_free(text);
    take_body(sheet->outgoing, &body);
    json_object_clear(sheet->left);
    cfn__pairs_put(&sheet->outgoing->headers, "Content-Type", "application/json");
}

static void put_body(struct sheet *sheet, const struct cfn_call *call) {
    const char *body = sheet->rest->body;
    if (!body)
        return;
    if (strcmp(body, "*") == 0)
        put_json_body(sheet);
    else if (strcmp(body, "payload") == 0) {
        sheet->outgoing->body = call->payload ? call->payload : "";
        sheet->outgoing->body_size = call->payload ? call->payload_size : 0;
    } else if (*body == '=')
        put_text_body(sheet, body + 1);
    else
        put_xml_body(sheet, body);
}

const char *cfn__encode_rest(const struct cfn__service *service, const struct cfn_call *call,
                             bool own, struct cfn__outgoing *outgoing) {
    const struct cfn__rest *rest = cfn__rest_find(service->signing, call->action);
    if (!rest)
        return cfn_arena_text(&outgoing->arena, "%s has no action that is known as '%s'",
                              service->name, call->action);
    struct sheet sheet = {.rest = rest, .outgoing = outgoing, .left = json_copy(call->input)};
    struct cfn_text query = {0};
    outgoing->method = rest->method;
    if (rest->host_prefix && own)
        outgoing->host_prefix = rest->host_prefix;
    bool host = service->protocol == CFN__S3 && own;
    put_path(&sheet, host ? take_bucket(&sheet, rest->path) : rest->path, &query);
    put_query(&sheet, &query);
    put_headers(&sheet);
    put_body(&sheet, call);
    void *other = json_object_iter(sheet.left);
    if (other && !sheet.why)
        refuse(&sheet, " has no member that is known as", json_object_iter_key(other));
    json_decref(sheet.left);
    cfn_text_done(&query);
    return sheet.why;
}

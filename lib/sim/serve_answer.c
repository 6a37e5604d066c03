/* Answers on their way: status line, headers, and a body in the service's own form. */
#include "serve.h"

#include <stdlib.h>
#include <string.h>

static const char *phrase_of(int status) {
    static const struct {
        int status;
        const char *phrase;
    } rows[] = {
        {200, "OK"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].status == status)
            return rows[i].phrase;
    return "Unknown";
}

/* "Sat, 22 Aug 2026 07:19:02 GMT" */
static void put_date(struct cfn_text *out, const char *name, int64_t time) {
    static const char days[][4] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char iso[32];
    time = time < 0 ? 0 : time;
    cfn_time_write(time, iso);
    int month = (iso[5] - '0') * 10 + iso[6] - '0';
    cfn_text_printf(out, "%s: %s, %.2s %s %.4s %.8s GMT\r\n", name, days[time / 86400000 % 7],
                    iso + 8, months[(month + 11) % 12], iso, iso + 11);
}

static void put_start(struct cfn_text *out, int status, bool last) {
    cfn_text_printf(out, "HTTP/1.1 %d %s\r\nServer: cfngen\r\n", status, phrase_of(status));
    if (last)
        cfn_text_put(out, "Connection: close\r\n");
}

/* --- headers of S3 --- */

/* A member as a header. What would break out of its line is left out. */
static void put_header(struct cfn_text *out, const char *name, const json_t *value) {
    struct cfn_arena arena = {0};
    const char *text = cfn__plain_text(value, &arena);
    int64_t time = cfn_ends_with(name, "-Modified") && text ? cfn_time_read(text) : -1;
    if (time >= 0)
        put_date(out, name, time);
    else if (text && !text[strcspn(text, "\r\n")])
        cfn_text_printf(out, "%s: %s\r\n", name, text);
    cfn_arena_done(&arena);
}

/* Members of outputs that are no part of a body. */
static void put_s3_headers(struct cfn_text *out, const json_t *output) {
    static const char *const rows[][2] = {
        {"AcceptRanges", "Accept-Ranges"},
        {"BucketRegion", "x-amz-bucket-region"},
        {"BucketKeyEnabled", "x-amz-server-side-encryption-bucket-key-enabled"},
        {"CacheControl", "Cache-Control"},
        {"ContentDisposition", "Content-Disposition"},
        {"ContentEncoding", "Content-Encoding"},
        {"ContentRange", "Content-Range"},
        {"DeleteMarker", "x-amz-delete-marker"},
        {"ETag", "ETag"},
        {"LastModified", "Last-Modified"},
        {"Location", "Location"},
        {"SSEKMSKeyId", "x-amz-server-side-encryption-aws-kms-key-id"},
        {"ServerSideEncryption", "x-amz-server-side-encryption"},
        {"StorageClass", "x-amz-storage-class"},
        {"VersionId", "x-amz-version-id"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put_header(out, rows[i][1], json_object_get(output, rows[i][0]));
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(output, "Metadata"), name, value) {
        cfn_text_put(out, "x-amz-meta-");
        put_header(out, name, value);
    }
}

/* --- bodies in JSON --- */

static bool is_time_member(const char *name) {
    return cfn_ends_with(name, "Date") || cfn_ends_with(name, "Time") ||
           cfn_ends_with(name, "Timestamp") || cfn_ends_with(name, "At");
}

/* Times are numbers of seconds there. */
static json_t *with_times(const char *name, json_t *value) {
    const char *text = json_string_value(value), *key;
    int64_t time = text && is_time_member(name) && strlen(text) > 18 ? cfn_time_read(text) : -1;
    json_t *made, *each;
    size_t index;
    if (time >= 0)
        return json_real((double)time / 1000);
    if (json_is_object(value)) {
        made = json_object();
        json_object_foreach(value, key, each) json_object_set_new(made, key, with_times(key, each));
        return made;
    }
    if (!json_is_array(value))
        return json_incref(value);
    made = json_array();
    json_array_foreach(value, index, each) json_array_append_new(made, with_times(name, each));
    return made;
}

static void put_json(struct cfn_text *body, json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT);
    cfn_text_put(body, text);
    free(text);
    json_decref(value);
}

static void put_json_error(struct cfn_text *body, const struct cfn_reply *reply) {
    put_json(body, json_pack("{s:s, s:s}", "__type", reply->code, "message", reply->message));
}

/* --- whole answers --- */

static bool is_xml(const struct cfn__asked *asked) {
    return asked->service->protocol == CFN__QUERY || asked->service->protocol == CFN__EC2 ||
           asked->service->protocol == CFN__S3;
}

static void make_body(struct cfn_text *body, const struct cfn__asked *asked,
                      const struct cfn_reply *reply) {
    body->ceiling = (size_t)256 << 20;
    if (reply->outcome != CFN_REPLY_OK && is_xml(asked))
        cfn__xml_error(body, asked, reply);
    else if (reply->outcome != CFN_REPLY_OK)
        put_json_error(body, reply);
    else if (reply->payload)
        cfn_text_write(body, reply->payload, reply->payload_size);
    else if (is_xml(asked))
        cfn__xml_output(body, asked, reply);
    else
        put_json(body, with_times("", reply->output));
}

static const char *type_of(const struct cfn__asked *asked, const struct cfn_reply *reply) {
    const char *own = json_string_value(json_object_get(reply->output, "ContentType"));
    switch (asked->service->protocol) {
    case CFN__QUERY:
        return "text/xml";
    case CFN__EC2:
        return "text/xml;charset=UTF-8";
    case CFN__JSON:
        return "application/x-amz-json-1.1";
    case CFN__REST_JSON:
        return "application/json";
    default:
        return own && !own[strcspn(own, "\r\n")] ? own : "application/xml";
    }
}

/* What S3 answers to some actions has a status of its own. */
static int status_of(const struct cfn__asked *asked, const struct cfn_reply *reply) {
    static const char *const silent[] = {"DeleteBucket", "DeleteObject", "PutBucketPolicy",
                                         "PutBucketTagging"};
    if (reply->outcome == CFN_REPLY_OK && asked->service->protocol == CFN__S3) {
        if (json_object_get(reply->output, "ContentRange"))
            return 206;
        for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
            if (strcmp(silent[i], asked->call.action) == 0)
                return 204;
    }
    return reply->status ? reply->status : 500;
}

static void put_heads(struct cfn_text *out, const struct cfn__asked *asked,
                      const struct cfn_reply *reply) {
    bool s3 = asked->service->protocol == CFN__S3;
    cfn_text_printf(out, "%s: %s\r\n", s3 ? "x-amz-request-id" : "x-amzn-RequestId",
                    reply->request_id);
    if (s3)
        cfn_text_put(out, "x-amz-id-2: simulation\r\n");
    if (s3 && reply->output)
        put_s3_headers(out, reply->output);
    if (asked->service->protocol == CFN__REST_JSON && reply->outcome != CFN_REPLY_OK)
        cfn_text_printf(out, "x-amzn-ErrorType: %s\r\n", reply->code);
    put_date(out, "Date", reply->server_time);
}

void cfn__answer_write(struct cfn_text *out, const struct cfn__asked *asked,
                       const struct cfn_reply *reply, bool head, bool last) {
    struct cfn_text body = {0};
    int status = status_of(asked, reply);
    make_body(&body, asked, reply);
    const json_t *length = head ? json_object_get(reply->output, "ContentLength") : NULL;
    bool silent = status == 204 || status == 304;
    put_start(out, status, last);
    put_heads(out, asked, reply);
    if (body.size || length || reply->payload)
        cfn_text_printf(out, "Content-Type: %s\r\n", type_of(asked, reply));
    if (length)
        put_header(out, "Content-Length", length);
    else if (!silent)
        cfn_text_printf(out, "Content-Length: %zu\r\n", body.size);
    cfn_text_put(out, "\r\n");
    if (!head && !silent)
        cfn_text_write(out, body.data ? body.data : "", body.size);
    cfn_text_done(&body);
}

void cfn__answer_bad(struct cfn_text *out, int status, const char *why, int64_t now) {
    put_start(out, status, true);
    put_date(out, "Date", now);
    cfn_text_printf(out, "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s\n",
                    strlen(why) + 1, why);
}

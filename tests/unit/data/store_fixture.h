/*
 * A small S3 for the tests of the upload: one bucket, versions, uploads in parts, checksums that
 * are compared. Answers come in an order of their own; what a test scripts goes wrong.
 */
#include "aws/digest.h"
#include "base/base.h"

#include <cfngen/upload.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_OBJECTS = 4096, MOST_AWAY = 64, MOST_PARTS_THERE = 64, MOST_UPLOADS = 8 };

struct object {
    char key[160], etag[64], sha256[65], checksum[64];
    char *bytes; /* of small ones that are not files: the manifests */
    size_t size;
    unsigned version;
    bool there;
};
struct parts_there {
    char key[160], etags[MOST_PARTS_THERE][64], checksums[MOST_PARTS_THERE][64];
    unsigned char digests[MOST_PARTS_THERE][CFN__SHA256_SIZE];
    size_t sizes[MOST_PARTS_THERE];
    bool open, aborted;
};
struct waiting {
    uint64_t id;
    char action[32];
    json_t *input;
    const void *payload;
    size_t size, counted; /* the latter: of what is no manifest */
};
struct store {
    struct cfn_transport transport;
    struct object objects[MOST_OBJECTS];
    size_t count;
    struct parts_there uploads[MOST_UPLOADS];
    size_t upload_count;
    struct waiting away[MOST_AWAY];
    size_t away_count, most_away;
    uint64_t bytes_away, most_bytes;
    unsigned etags, versions, order;
    int64_t now;
    /* by action: how often it was asked */
    struct {
        char action[32];
        unsigned times;
    } asked[16];
    /* The times-th call of that action (1: the first) and those after it, `many` in all, fail. */
    struct {
        const char *action, *key, *code;
        enum cfn_outcome outcome;
        int status;
        unsigned first, many;
        bool carried_out; /* all the same */
    } fault;
    const char *wrong_checksum; /* of replies of that action */
    size_t page;                /* keys a page; 0: 1,000 */
    int stop_after;             /* replies, and then the watcher says stop; 0: never */
    int stop_how, replies;
    size_t sent, removed;
    uint64_t told;
};

static unsigned times(struct store *store, const char *action, bool count) {
    size_t i = 0;
    while (*store->asked[i].action && strcmp(store->asked[i].action, action) != 0)
        i++;
    assert_true(i < 15);
    if (count && store->asked[i].times++ == 0)
        snprintf(store->asked[i].action, sizeof store->asked[i].action, "%s", action);
    return store->asked[i].times;
}

static struct object *object_of(struct store *store, const char *key, bool make) {
    for (size_t i = 0; i < store->count; i++)
        if (strcmp(store->objects[i].key, key) == 0)
            return &store->objects[i];
    assert_true(!make || store->count < MOST_OBJECTS);
    if (!make)
        return NULL;
    struct object *object = &store->objects[store->count++];
    snprintf(object->key, sizeof object->key, "%s", key);
    return object;
}

static void refuse(struct cfn_reply *reply, int status, const char *code) {
    reply->outcome = status >= 500 || status == 0 ? CFN_REPLY_BROKEN : CFN_REPLY_REFUSED;
    reply->status = status;
    free(reply->code);
    reply->code = cfn__copy(code);
}

static void set_object(struct store *store, struct object *object, const void *bytes, size_t size) {
    free(object->bytes);
    object->bytes = NULL;
    if (strncmp(object->key, ".cfngen/", 8) == 0) {
        object->bytes = cfn__alloc(size + 1);
        memcpy(object->bytes, bytes, size);
    }
    if (bytes)
        cfn_sha256(bytes, size, object->sha256);
    object->size = size;
    object->there = true;
    object->version = ++store->versions;
    snprintf(object->etag, sizeof object->etag, "\"%u\"", ++store->etags); /* as with SSE-KMS */
}

static void checksum_of(const void *bytes, size_t size, char text[64]) {
    unsigned char digest[CFN__SHA256_SIZE];
    cfn__sha256(bytes, size, digest);
    cfn__base64(digest, sizeof digest, text);
}

static json_t *told(struct store *store, const char *action, const char *etag, unsigned version,
                    const char *checksum) {
    bool wrong = store->wrong_checksum && strcmp(store->wrong_checksum, action) == 0;
    json_t *output =
        json_pack("{s:s, s:s}", "ETag", etag, "ChecksumSHA256", wrong ? "AAAA" : checksum);
    if (version)
        json_object_set_new(output, "VersionId", json_sprintf("v%u", version));
    return output;
}

static void put(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    char checksum[64];
    checksum_of(call->payload, call->size, checksum);
    assert_string_equal(cfn_output_text(call->input, "ChecksumSHA256"), checksum);
    struct object *object = object_of(store, cfn_output_text(call->input, "Key"), true);
    set_object(store, object, call->payload, call->size);
    strcpy(object->checksum, checksum);
    reply->output = told(store, call->action, object->etag, object->version, checksum);
}

static void get(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    const struct object *object = object_of(store, cfn_output_text(call->input, "Key"), false);
    bool head = strcmp(call->action, "HeadObject") == 0;
    if (!object || !object->there) {
        refuse(reply, 404, head ? "NotFound" : "NoSuchKey");
        return;
    }
    reply->output = told(store, call->action, object->etag, object->version, object->checksum);
    json_object_set_new(reply->output, "ContentLength", json_sprintf("%zu", object->size));
    if (head)
        return;
    assert_non_null(object->bytes);
    reply->payload = cfn__alloc(object->size + 1);
    memcpy(reply->payload, object->bytes, object->size);
    reply->payload_size = object->size;
}

/* As S3 does with EncodingType=url. */
static json_t *encoded(const char *key) {
    char text[3 * 160 + 1];
    size_t size = 0;
    for (; *key; key++) {
        bool plain =
            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./", *key);
        size += (size_t)snprintf(text + size, sizeof text - size,
                                 *key == ' ' ? "+"
                                 : plain     ? "%c"
                                             : "%%%02X",
                                 (unsigned char)*key);
    }
    return json_stringn(text, size);
}

static void list(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    const char *prefix = cfn_output_text(call->input, "Prefix");
    const char *token = cfn_output_text(call->input, "ContinuationToken");
    size_t page = store->page ? store->page : 1000, i = strtoul(token, NULL, 10), given = 0;
    json_t *contents = json_array();
    assert_string_equal(cfn_output_text(call->input, "EncodingType"), "url");
    for (; i < store->count && given < page; i++)
        if (store->objects[i].there && cfn_starts_with(store->objects[i].key, prefix)) {
            json_array_append_new(contents, json_pack("{s:o, s:o, s:s}", "Key",
                                                      encoded(store->objects[i].key), "Size",
                                                      json_sprintf("%zu", store->objects[i].size),
                                                      "ETag", store->objects[i].etag));
            given++;
        }
    reply->output = json_pack("{s:o, s:s}", "Contents", contents, "EncodingType", "url");
    if (i < store->count)
        json_object_set_new(reply->output, "NextContinuationToken", json_sprintf("%zu", i));
}

static void drop(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    const json_t *objects = cfn_output_list(call->input, "Delete.Objects");
    assert_in_range(json_array_size(objects), 1, 1000);
    reply->output = json_pack("{s:[]}", "Errors");
    for (size_t i = 0; i < json_array_size(objects); i++) {
        const char *key = cfn_output_text(json_array_get(objects, i), "Key");
        struct object *object = object_of(store, key, false);
        assert_non_null(object);
        if (strstr(key, "locked"))
            json_array_append_new(json_object_get(reply->output, "Errors"),
                                  json_pack("{s:s, s:s, s:s}", "Key", key, "Code", "AccessDenied",
                                            "Message", "it is locked"));
        else
            object->there = false;
    }
}

static struct parts_there *upload_of(struct store *store, const struct waiting *call) {
    size_t index = strtoul(cfn_output_text(call->input, "UploadId") + 1, NULL, 10);
    assert_true(index < store->upload_count);
    assert_string_equal(store->uploads[index].key, cfn_output_text(call->input, "Key"));
    return &store->uploads[index];
}

static void begin(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    assert_true(store->upload_count < MOST_UPLOADS);
    assert_string_equal(cfn_output_text(call->input, "ChecksumAlgorithm"), "SHA256");
    struct parts_there *upload = &store->uploads[store->upload_count];
    snprintf(upload->key, sizeof upload->key, "%s", cfn_output_text(call->input, "Key"));
    upload->open = true;
    reply->output = json_pack("{s:o}", "UploadId", json_sprintf("u%zu", store->upload_count++));
}

static void put_part(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    struct parts_there *upload = upload_of(store, call);
    size_t number = (size_t)json_integer_value(json_object_get(call->input, "PartNumber"));
    char checksum[64];
    checksum_of(call->payload, call->size, checksum);
    assert_true(upload->open);
    assert_in_range(number, 1, MOST_PARTS_THERE - 1);
    assert_string_equal(cfn_output_text(call->input, "ChecksumSHA256"), checksum);
    strcpy(upload->checksums[number], checksum);
    cfn__sha256(call->payload, call->size, upload->digests[number]);
    upload->sizes[number] = call->size;
    snprintf(upload->etags[number], sizeof upload->etags[number], "\"p%u\"", ++store->etags);
    reply->output = told(store, call->action, upload->etags[number], 0, checksum);
}

/* All parts, in their order, each but the last of one size. */
static void complete(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    struct parts_there *upload = upload_of(store, call);
    const json_t *parts = cfn_output_list(call->input, "MultipartUpload.Parts");
    size_t size = 0;
    if (!upload->open) {
        refuse(reply, 404, "NoSuchUpload");
        return;
    }
    for (size_t i = 0; i < json_array_size(parts); i++) {
        const json_t *part = json_array_get(parts, i);
        assert_int_equal(json_integer_value(json_object_get(part, "PartNumber")), i + 1);
        assert_string_equal(cfn_output_text(part, "ETag"), upload->etags[i + 1]);
        assert_string_equal(cfn_output_text(part, "ChecksumSHA256"), upload->checksums[i + 1]);
        assert_true(i == 0 || upload->sizes[i] == upload->sizes[1]);
        size += upload->sizes[i + 1];
    }
    assert_int_equal(json_integer_value(json_object_get(call->input, "MpuObjectSize")), size);
    upload->open = false;
    struct object *object = object_of(store, upload->key, true);
    set_object(store, object, NULL, size);
    checksum_of(upload->digests[1], json_array_size(parts) * CFN__SHA256_SIZE, object->checksum);
    size_t end = strlen(object->checksum);
    snprintf(object->checksum + end, sizeof object->checksum - end, "-%zu", json_array_size(parts));
    reply->output = told(store, call->action, object->etag, object->version, object->checksum);
}

static void take_back(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    struct parts_there *upload = upload_of(store, call);
    upload->open = false;
    upload->aborted = true;
    reply->output = json_object();
}

static void serve(struct store *store, const struct waiting *call, struct cfn_reply *reply) {
    static const struct {
        const char *action;
        void (*serve)(struct store *, const struct waiting *, struct cfn_reply *);
    } rows[] = {{"PutObject", put},
                {"GetObject", get},
                {"HeadObject", get},
                {"ListObjectsV2", list},
                {"DeleteObjects", drop},
                {"CreateMultipartUpload", begin},
                {"UploadPart", put_part},
                {"CompleteMultipartUpload", complete},
                {"AbortMultipartUpload", take_back}};
    assert_string_equal(cfn_output_text(call->input, "Bucket"), "the-bucket");
    assert_string_equal(cfn_output_text(call->input, "ExpectedBucketOwner"), "111122223333");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].action, call->action) == 0) {
            rows[i].serve(store, call, reply);
            return;
        }
    fail_msg("nobody asked for %s", call->action);
}

static bool is_faulty(struct store *store, const struct waiting *call, unsigned number) {
    return store->fault.action && strcmp(store->fault.action, call->action) == 0 &&
           (!store->fault.key || strstr(cfn_output_text(call->input, "Key"), store->fault.key)) &&
           number >= store->fault.first && number < store->fault.first + store->fault.many;
}

static void fail_it(struct store *store, struct cfn_reply *reply) {
    json_decref(reply->output);
    reply->output = NULL;
    reply->outcome = store->fault.outcome;
    reply->status = store->fault.status;
    free(reply->code);
    reply->code = cfn__copy(store->fault.code);
}

static void store_send(void *self, uint64_t id, const struct cfn_call *call) {
    struct store *store = self;
    assert_true(store->away_count < MOST_AWAY);
    assert_string_equal(call->service, "s3");
    struct waiting *waiting = &store->away[store->away_count++];
    *waiting = (struct waiting){id, "", call->input, call->payload, call->payload_size, 0};
    snprintf(waiting->action, sizeof waiting->action, "%s", call->action);
    waiting->counted =
        cfn_starts_with(cfn_output_text(call->input, "Key"), ".cfngen/") ? 0 : call->payload_size;
    store->bytes_away += waiting->counted;
    store->most_away = store->away_count > store->most_away ? store->away_count : store->most_away;
    store->most_bytes =
        store->bytes_away > store->most_bytes ? store->bytes_away : store->most_bytes;
}

static bool store_wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct store *store = self;
    if (store->away_count == 0) {
        store->now = until;
        return false;
    }
    size_t pick = store->order++ * 7 % store->away_count;
    struct waiting call = store->away[pick];
    store->away[pick] = store->away[--store->away_count];
    store->bytes_away -= call.counted;
    store->now += 3;
    store->replies++;
    *reply = (struct cfn_reply){.id = call.id,
                                .status = 200,
                                .code = cfn__copy(""),
                                .message = cfn__copy("as told"),
                                .request_id = cfn__copy("")};
    bool faulty = is_faulty(store, &call, times(store, call.action, true));
    if (!faulty || store->fault.carried_out)
        serve(store, &call, reply);
    if (faulty)
        fail_it(store, reply);
    json_decref(call.input);
    return true;
}

static int64_t store_now(void *self) {
    return ((struct store *)self)->now;
}

static struct store *store_new(void) {
    struct store *store = cfn__alloc(sizeof *store);
    store->transport = (struct cfn_transport){store, store_send, store_wait, store_now};
    store->now = 1000000;
    return store;
}

static void store_free(struct store *store) {
    for (size_t i = 0; i < store->count; i++)
        free(store->objects[i].bytes);
    for (size_t i = 0; i < store->away_count; i++)
        json_decref(store->away[i].input);
    free(store);
}

/* Calls are counted from here on. */
static void store_rest(struct store *store) {
    memset(store->asked, 0, sizeof store->asked);
    memset(&store->fault, 0, sizeof store->fault);
    store->most_away = store->sent = store->removed = 0;
    store->most_bytes = store->told = 0;
    store->replies = store->stop_after = 0;
    store->wrong_checksum = NULL;
}

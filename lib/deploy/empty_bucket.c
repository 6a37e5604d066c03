/* One bucket: its listing, the pages to delete, and when to stop. */
#include "empty_bucket.h"

#include "base/base.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000, MOST_PAGES = 4, MOST_TROUBLES = 5, MOST_IDLE = 3, MOST_PASSES = 20 };

void cfn__bucket_start(struct cfn__bucket *bucket, const char *name) {
    *bucket = (struct cfn__bucket){.name = name, .waiting = json_array()};
}

static void forget_marks(struct cfn__bucket *bucket) {
    json_decref(bucket->key);
    json_decref(bucket->version);
    bucket->key = bucket->version = NULL;
}

void cfn__bucket_done(struct cfn__bucket *bucket) {
    forget_marks(bucket);
    json_decref(bucket->waiting);
    json_decref(bucket->error);
    free(bucket->failed);
}

/* What is under way is still answered, but nothing more is asked. */
static void end(struct cfn__bucket *bucket, const char *format, ...) CFN_PRINTF(2, 3);
static void end(struct cfn__bucket *bucket, const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    bool before = bucket->ended;
    bucket->ended = true;
    if (!format || before)
        return;
    cfn_text_printf(&text, "bucket %s: ", bucket->name);
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    bucket->failed = cfn_text_take(&text);
}

static json_t *request(const struct cfn__bucket *bucket, const char *account) {
    return json_pack("{s:s, s:s}", "Bucket", bucket->name, "ExpectedBucketOwner", account);
}

static const char *list(struct cfn__bucket *bucket, const char *account, json_t **input) {
    bucket->listing = true;
    *input = request(bucket, account);
    json_object_set_new(*input, "MaxKeys", json_integer(PAGE));
    json_object_set_new(*input, "EncodingType", json_string("url"));
    json_object_set(*input, "KeyMarker", bucket->key);
    json_object_set(*input, "VersionIdMarker", bucket->version);
    return "ListObjectVersions";
}

const char *cfn__bucket_next(struct cfn__bucket *bucket, const char *account, json_t **input,
                             json_t **page) {
    *page = NULL;
    if (bucket->ended)
        return NULL;
    if (json_array_size(bucket->waiting)) {
        *page = json_incref(json_array_get(bucket->waiting, 0));
        json_array_remove(bucket->waiting, 0);
        bucket->deleting++;
        *input = request(bucket, account);
        json_object_set_new(*input, "Delete",
                            json_pack("{s:O, s:b}", "Objects", *page, "Quiet", 1));
        return "DeleteObjects";
    }
    if (!bucket->listing && !bucket->listed && bucket->deleting < MOST_PAGES)
        return list(bucket, account, input);
    return NULL;
}

/* True when the answer says nothing about the bucket, and the same is to be asked again. */
static bool is_trouble(struct cfn__bucket *bucket, const struct cfn_reply *reply) {
    if (reply->outcome != CFN_REPLY_THROTTLED && reply->outcome != CFN_REPLY_BROKEN) {
        bucket->troubles = 0;
        return false;
    }
    if (++bucket->troubles >= MOST_TROUBLES)
        end(bucket, "S3 does not answer: %s", reply->message ? reply->message : "");
    return true;
}

/* True when it was refused. A bucket that is gone is as empty as can be. */
static bool is_refused(struct cfn__bucket *bucket, const struct cfn_reply *reply,
                       const char *action) {
    const char *code = reply->code ? reply->code : "", *said = reply->message;
    if (reply->outcome == CFN_REPLY_OK)
        return false;
    if (reply->outcome == CFN_REPLY_REFUSED &&
        (reply->status == 404 || strcmp(code, "NoSuchBucket") == 0))
        end(bucket, NULL);
    else if (reply->outcome == CFN_REPLY_DENIED)
        end(bucket, "these credentials may not %s, or it is of another account: %s", action,
            said ? said : code);
    else
        end(bucket, "%s: %s", code, said ? said : "");
    return true;
}

static int digit(char letter) {
    const char *digits = "0123456789abcdef", *at = letter ? strchr(digits, letter | 32) : NULL;
    return at && (letter > '9' || (letter >= '0' && letter <= '9')) ? (int)(at - digits) : -1;
}

/* A key as S3 writes it in a listing with EncodingType=url. */
static json_t *plain(const char *key) {
    char *text = cfn__copy(key), *to = text;
    for (const char *from = key; *from; from++) {
        int high = *from == '%' ? digit(from[1]) : -1, low = high >= 0 ? digit(from[2]) : -1;
        if (low >= 0)
            from += 2;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *from == '+' ? ' ' : *from;
    }
    *to = '\0';
    json_t *value = json_string(text);
    free(text);
    return value ? value : json_string(key);
}

static json_t *key_of(const json_t *output, const char *key) {
    return strcmp(cfn_output_text(output, "EncodingType"), "url") == 0 ? plain(key)
                                                                       : json_string(key);
}

static void take(struct cfn__bucket *bucket, const json_t *output, const char *member,
                 json_t **page) {
    const json_t *list = cfn_output_list(output, member);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *version = cfn_output_text(item, "VersionId");
        json_t *entry = json_pack("{s:o}", "Key", key_of(output, cfn_output_text(item, "Key")));
        if (*version)
            json_object_set_new(entry, "VersionId", json_string(version));
        json_array_append_new(*page, entry);
        bucket->seen++;
        if (json_array_size(*page) < PAGE)
            continue;
        json_array_append_new(bucket->waiting, *page);
        *page = json_array();
    }
}

/* True values of S3 are texts. */
static bool is_true(const json_t *output, const char *member) {
    return json_is_true(json_object_get(output, member)) ||
           strcmp(cfn_output_text(output, member), "true") == 0;
}

static void begin_anew(struct cfn__bucket *bucket) {
    forget_marks(bucket);
    json_decref(bucket->error);
    bucket->error = NULL;
    bucket->listed = bucket->final = false;
    bucket->seen = bucket->gone = bucket->missed = 0;
}

static void give_up(struct cfn__bucket *bucket) {
    end(bucket, "%" PRIu64 " objects cannot be deleted; the first is '%s': %s: %s", bucket->missed,
        cfn_output_text(bucket->error, "Key"), cfn_output_text(bucket->error, "Code"),
        cfn_output_text(bucket->error, "Message"));
}

/* The end of a listing whose pages are all deleted, or were tried. */
static void end_pass(struct cfn__bucket *bucket) {
    if (bucket->ended || !bucket->listed || bucket->deleting || json_array_size(bucket->waiting))
        return;
    bucket->passes++;
    bucket->idle = bucket->gone ? 0 : bucket->idle + 1;
    if (!bucket->seen)
        end(bucket, NULL);
    else if (bucket->missed && (bucket->final || bucket->idle >= MOST_IDLE))
        give_up(bucket);
    else if (bucket->passes >= MOST_PASSES)
        end(bucket, "something keeps writing into it");
    else
        begin_anew(bucket);
}

void cfn__bucket_listed(struct cfn__bucket *bucket, const struct cfn_reply *reply) {
    bucket->listing = false;
    if (is_trouble(bucket, reply) || is_refused(bucket, reply, "list its versions"))
        return;
    json_t *page = json_array();
    take(bucket, reply->output, "Versions", &page);
    take(bucket, reply->output, "DeleteMarkers", &page);
    if (json_array_size(page))
        json_array_append(bucket->waiting, page);
    json_decref(page);
    forget_marks(bucket);
    bucket->listed = !is_true(reply->output, "IsTruncated");
    const char *key = cfn_output_text(reply->output, "NextKeyMarker");
    const char *version = cfn_output_text(reply->output, "NextVersionIdMarker");
    if (!bucket->listed) {
        bucket->key = key_of(reply->output, key);
        bucket->version = *version ? json_string(version) : NULL;
    }
    if (!bucket->listed && !*key)
        bucket->listed = true; /* begins anew rather than for ever */
    end_pass(bucket);
}

/* Codes that another try does not change: a lock, a hold, a policy. */
static bool is_final(const char *code) {
    static const char *const codes[] = {"AccessDenied", "InvalidRequest", "MethodNotAllowed",
                                        "NotImplemented"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

void cfn__bucket_deleted(struct cfn__bucket *bucket, json_t *page, const struct cfn_reply *reply) {
    bucket->deleting--;
    if (is_trouble(bucket, reply)) {
        json_array_append(bucket->waiting, page);
    } else if (!is_refused(bucket, reply, "delete its objects")) {
        const json_t *errors = cfn_output_list(reply->output, "Errors");
        uint64_t missed = json_array_size(errors), all = json_array_size(page);
        missed = missed < all ? missed : all;
        bucket->missed += missed;
        bucket->gone += all - missed;
        bucket->total += all - missed;
        for (size_t i = 0; i < json_array_size(errors); i++)
            bucket->final |= is_final(cfn_output_text(json_array_get(errors, i), "Code"));
        if (missed && !bucket->error)
            bucket->error = json_incref(json_array_get(errors, 0));
    }
    json_decref(page);
    end_pass(bucket);
}

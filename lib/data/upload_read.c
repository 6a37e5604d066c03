/* What lies there: the manifest, and sizes and ETags by a listing, or key by key. */
#include "upload.h"

#include <stdlib.h>
#include <string.h>

json_t *cfn__etag_of(const char *etag) {
    size_t size = strlen(etag);
    bool quoted = size >= 2 && etag[0] == '"' && etag[size - 1] == '"';
    return quoted ? json_stringn(etag + 1, size - 2) : json_string(etag);
}

/* -- the manifest ------------------------------------------------------------------------------ */

/* One that nobody can read is as good as none: everything is sent again. */
static void take_manifest(struct cfn_upload *upload, struct cfn__upload_call *call,
                          const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        json_t *files = cfn__manifest_read(reply->payload, reply->payload_size);
        if (!files)
            cfn_warn(upload->diags, "upload.manifest", (struct cfn_place){0}, NULL,
                     "the manifest is not one of ours, so everything is sent: s3://%s/%s",
                     call->place->given->bucket, call->place->manifest);
        json_object_update(call->place->known, files);
        json_decref(files);
    } else if (reply->status != 404 || strcmp(reply->code, "NoSuchBucket") == 0) {
        cfn__upload_refused(upload, call, reply);
    }
}

/* -- the listing ------------------------------------------------------------------------------- */

static int digit(char letter) {
    const char *digits = "0123456789abcdef", *at = letter ? strchr(digits, letter | 32) : NULL;
    return at && (letter > '9' || (letter >= '0' && letter <= '9')) ? (int)(at - digits) : -1;
}

/* A key as S3 writes it with EncodingType=url. free() it. */
static char *plain_key(const char *key) {
    char *text = cfn__copy(key), *to = text;
    for (const char *from = key; *from; from++) {
        int high = *from == '%' ? digit(from[1]) : -1, low = high >= 0 ? digit(from[2]) : -1;
        if (low >= 0)
            from += 2;
        *to++ = low >= 0 ? (char)(high * 16 + low) : *from == '+' ? ' ' : *from;
    }
    *to = '\0';
    return text;
}

static void put_there(struct cfn__upload_place *place, const char *key, const char *size,
                      const char *etag, const char *version) {
    json_object_set_new(place->there, key,
                        json_pack("{s:I, s:o, s:s}", "size", (json_int_t)strtoll(size, NULL, 10),
                                  "etag", cfn__etag_of(etag), "version", version));
}

static void ask_page(struct cfn_upload *upload, struct cfn__upload_place *place, const char *token);

static void take_page(struct cfn_upload *upload, struct cfn__upload_call *call,
                      const struct cfn_reply *reply) {
    if (reply->outcome != CFN_REPLY_OK) {
        cfn__upload_refused(upload, call, reply);
        return;
    }
    const json_t *objects = cfn_output_list(reply->output, "Contents");
    bool encoded = strcmp(cfn_output_text(reply->output, "EncodingType"), "url") == 0;
    for (size_t i = 0; i < json_array_size(objects); i++) {
        const json_t *object = json_array_get(objects, i);
        const char *key = cfn_output_text(object, "Key");
        char *plain = encoded ? plain_key(key) : cfn__copy(key);
        put_there(call->place, plain, cfn_output_text(object, "Size"),
                  cfn_output_text(object, "ETag"), "");
        free(plain);
    }
    const char *token = cfn_output_text(reply->output, "NextContinuationToken");
    if (*token && !upload->stopped)
        ask_page(upload, call->place, token);
}

static void ask_page(struct cfn_upload *upload, struct cfn__upload_place *place,
                     const char *token) {
    json_t *input = cfn__upload_input(place, NULL);
    json_object_set_new(input, "Prefix", json_string(place->given->prefix));
    json_object_set_new(input, "EncodingType", json_string("url"));
    if (token)
        json_object_set_new(input, "ContinuationToken", json_string(token));
    cfn__upload_ask(upload,
                    &(const struct cfn__upload_call){
                        .take = take_page, .place = place, .action = "ListObjectsV2"},
                    input);
}

/* -- key by key -------------------------------------------------------------------------------- */

static void take_head(struct cfn_upload *upload, struct cfn__upload_call *call,
                      const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK)
        put_there(
            call->place, call->file->given->key, cfn_output_text(reply->output, "ContentLength"),
            cfn_output_text(reply->output, "ETag"), cfn_output_text(reply->output, "VersionId"));
    else if (reply->status != 404)
        cfn__upload_refused(upload, call, reply);
}

static void ask_head(struct cfn_upload *upload, struct cfn__upload_place *place, size_t index) {
    struct cfn__upload_file *file = upload->files;
    while (file->place != place)
        file++;
    file += index;
    cfn__upload_ask(upload,
                    &(const struct cfn__upload_call){
                        .take = take_head, .place = place, .file = file, .action = "HeadObject"},
                    cfn__upload_input(place, file->given->key));
}

bool cfn__upload_read_next(struct cfn_upload *upload) {
    for (size_t i = 0; i < upload->place_count; i++) {
        struct cfn__upload_place *place = &upload->places[i];
        size_t all = 1 + (place->given->prefix ? 1 : place->given->count);
        if (place->asked == all || !cfn__upload_room(upload, 0))
            continue;
        if (place->asked == 0)
            cfn__upload_ask(upload,
                            &(const struct cfn__upload_call){
                                .take = take_manifest, .place = place, .action = "GetObject"},
                            cfn__upload_input(place, place->manifest));
        else if (place->given->prefix)
            ask_page(upload, place, NULL);
        else
            ask_head(upload, place, place->asked - 1);
        place->asked++;
        return true;
    }
    return false;
}

/*
 * Large files: begun, sent in parts side by side, completed; taken back where that fails. Parts are
 * read one after the other, so the digest of the whole is made on the way.
 */
#include "upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARTS = 10000, MEGABYTE = 1 << 20 };

void cfn__parts_free(struct cfn__parts *parts) {
    if (!parts)
        return;
    for (size_t i = 0; i < parts->count; i++)
        free(parts->made[i].etag);
    cfn__digest_end(parts->whole, NULL);
    cfn__source_close(&parts->source);
    free(parts->made);
    free(parts->id);
    free(parts);
}

/* Whole megabytes, so that there are no more parts than S3 takes. */
static uint64_t part_size(const struct cfn_upload *upload, uint64_t size) {
    uint64_t least = (size + MOST_PARTS - 1) / MOST_PARTS;
    if (least <= upload->options.part)
        return upload->options.part;
    return (least + MEGABYTE - 1) / MEGABYTE * MEGABYTE;
}

static void leave(struct cfn_upload *upload, struct cfn__upload_file *file) {
    struct cfn__upload_file **at = &upload->in_parts;
    while (*at != file)
        at = &(*at)->next;
    *at = file->next;
    upload->parts_count--;
    cfn__parts_free(file->parts);
    file->parts = NULL;
}

static void give_up(struct cfn__upload_file *file) {
    file->state = CFN__FILE_FAILED;
    file->parts->failed = true;
}

/* A call about one file, with the id of its upload. */
static json_t *input_of(const struct cfn__upload_file *file) {
    json_t *input = cfn__upload_input(file->place, file->given->key);
    json_object_set_new(input, "UploadId", json_string(file->parts->id));
    return input;
}

static void ask(struct cfn_upload *upload, struct cfn__upload_file *file, const char *action,
                void (*take)(struct cfn_upload *upload, struct cfn__upload_call *call,
                             const struct cfn_reply *reply),
                json_t *input) {
    file->parts->away++;
    cfn__upload_ask(upload,
                    &(const struct cfn__upload_call){
                        .take = take, .place = file->place, .file = file, .action = action},
                    input);
}

/* -- begun ------------------------------------------------------------------------------------- */

static void take_begun(struct cfn_upload *upload, struct cfn__upload_call *call,
                       const struct cfn_reply *reply) {
    struct cfn__parts *parts = call->file->parts;
    parts->away--;
    const char *id = cfn_output_text(reply->output, "UploadId");
    if (reply->outcome == CFN_REPLY_OK && *id) {
        parts->id = cfn__copy(id);
        return;
    }
    give_up(call->file);
    if (reply->outcome == CFN_REPLY_OK)
        upload->failed = cfn_fail(upload->diags, "aws.unreadable", (struct cfn_place){0}, NULL,
                                  "s3 CreateMultipartUpload tells no id: s3://%s/%s",
                                  call->place->given->bucket, call->file->given->key) != 0;
    else
        cfn__upload_refused(upload, call, reply);
    leave(upload, call->file);
}

void cfn__upload_begin_parts(struct cfn_upload *upload, struct cfn__upload_file *file,
                             const struct cfn__source *source) {
    struct cfn__parts *parts = file->parts = cfn__alloc(sizeof *parts);
    parts->source = *source;
    parts->size = part_size(upload, source->stamp.size);
    parts->count = (size_t)((source->stamp.size + parts->size - 1) / parts->size);
    parts->made = cfn__alloc(parts->count * sizeof *parts->made);
    parts->whole = cfn__digest_new();
    upload->progress.bytes += source->stamp.size - file->size;
    file->size = source->stamp.size;
    file->state = CFN__FILE_GOING;
    struct cfn__upload_file **last = &upload->in_parts;
    while (*last)
        last = &(*last)->next;
    *last = file;
    file->next = NULL;
    upload->parts_count++;
    json_t *input = cfn__upload_input(file->place, file->given->key);
    json_object_set_new(input, "ChecksumAlgorithm", json_string("SHA256"));
    json_object_set_new(input, "ChecksumType", json_string("COMPOSITE"));
    ask(upload, file, "CreateMultipartUpload", take_begun, input);
}

/* -- completed --------------------------------------------------------------------------------- */

/* S3's checksum of an upload in parts: that of the parts' digests, and how many they are. */
static void make_checksum(struct cfn__parts *parts) {
    struct cfn__digest *all = cfn__digest_new();
    unsigned char digest[CFN__SHA256_SIZE];
    for (size_t i = 0; i < parts->count; i++)
        cfn__digest_add(all, parts->made[i].digest, sizeof parts->made[i].digest);
    cfn__digest_end(all, digest);
    cfn__base64(digest, sizeof digest, parts->checksum);
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%s-%zu", parts->checksum, parts->count);
    memcpy(parts->checksum, text.data, text.size + 1);
    cfn_text_done(&text);
}

static void finish(struct cfn_upload *upload, struct cfn__upload_file *file, const json_t *output) {
    unsigned char digest[CFN__SHA256_SIZE];
    cfn__digest_end(file->parts->whole, digest);
    file->parts->whole = NULL;
    cfn__hex(digest, sizeof digest, file->sha256);
    leave(upload, file);
    cfn__upload_sent(upload, file, output);
}

static void refuse_whole(struct cfn_upload *upload, struct cfn__upload_file *file) {
    upload->failed = true;
    give_up(file);
    cfn_fail(upload->diags, "aws.BadDigest", (struct cfn_place){0}, NULL,
             "what lies there is not what was sent: s3://%s/%s", file->place->given->bucket,
             file->given->key);
}

/* The answer to the end may have been lost, and the same said again is refused: what lies there
 * tells. */
static void take_look(struct cfn_upload *upload, struct cfn__upload_call *call,
                      const struct cfn_reply *reply) {
    struct cfn__parts *parts = call->file->parts;
    parts->away--;
    const char *told = cfn_output_text(reply->output, "ChecksumSHA256");
    if (reply->outcome == CFN_REPLY_OK && strcmp(told, parts->checksum) == 0)
        finish(upload, call->file, reply->output);
    else if (reply->outcome == CFN_REPLY_OK || reply->status == 404)
        refuse_whole(upload, call->file);
    else {
        give_up(call->file);
        cfn__upload_refused(upload, call, reply);
    }
}

static void take_end(struct cfn_upload *upload, struct cfn__upload_call *call,
                     const struct cfn_reply *reply) {
    struct cfn__upload_file *file = call->file;
    file->parts->away--;
    if (reply->outcome == CFN_REPLY_OK &&
        cfn__upload_is_proof(reply->output, file->parts->checksum)) {
        finish(upload, file, reply->output);
    } else if (reply->outcome == CFN_REPLY_OK) {
        refuse_whole(upload, file);
    } else if (strcmp(reply->code, "NoSuchUpload") == 0) {
        json_t *input = cfn__upload_input(file->place, file->given->key);
        json_object_set_new(input, "ChecksumMode", json_string("ENABLED"));
        ask(upload, file, "HeadObject", take_look, input);
    } else {
        give_up(file);
        cfn__upload_refused(upload, call, reply);
    }
}

static void complete(struct cfn_upload *upload, struct cfn__upload_file *file) {
    struct cfn__parts *parts = file->parts;
    json_t *list = json_array(), *input = input_of(file);
    char digest[64];
    make_checksum(parts);
    for (size_t i = 0; i < parts->count; i++) {
        cfn__base64(parts->made[i].digest, sizeof parts->made[i].digest, digest);
        json_array_append_new(list,
                              json_pack("{s:I, s:s, s:s}", "PartNumber", (json_int_t)(i + 1),
                                        "ETag", parts->made[i].etag, "ChecksumSHA256", digest));
    }
    json_object_set_new(input, "MultipartUpload", json_pack("{s:o}", "Parts", list));
    json_object_set_new(input, "MpuObjectSize", json_integer((json_int_t)file->size));
    ask(upload, file, "CompleteMultipartUpload", take_end, input);
}

/* -- parts ------------------------------------------------------------------------------------- */

static void take_part(struct cfn_upload *upload, struct cfn__upload_call *call,
                      const struct cfn_reply *reply) {
    struct cfn__parts *parts = call->file->parts;
    char checksum[64];
    cfn__base64(call->digest, sizeof call->digest, checksum);
    parts->away--;
    upload->progress.bytes_done += call->size;
    if (reply->outcome != CFN_REPLY_OK) {
        give_up(call->file);
        cfn__upload_refused(upload, call, reply);
    } else if (!cfn__upload_is_proof(reply->output, checksum)) {
        refuse_whole(upload, call->file);
    } else {
        struct cfn__part *part = &parts->made[call->part];
        part->etag = cfn__copy(cfn_output_text(reply->output, "ETag"));
        memcpy(part->digest, call->digest, sizeof part->digest);
        parts->done++;
    }
}

static void send_part(struct cfn_upload *upload, struct cfn__upload_file *file, size_t size) {
    struct cfn__parts *parts = file->parts;
    struct cfn__upload_call call = {.take = take_part,
                                    .place = file->place,
                                    .file = file,
                                    .action = "UploadPart",
                                    .part = parts->begun,
                                    .size = size};
    char checksum[64];
    call.body = cfn__alloc(size + 1);
    int error = cfn__source_read(&parts->source, parts->begun * parts->size, call.body, size);
    parts->begun++;
    if (error || cfn__source_changed(&parts->source)) {
        free(call.body);
        if (error && error != EPIPE)
            cfn__upload_unread(upload, file, error);
        else
            cfn__upload_changed(upload, file);
        give_up(file);
        return;
    }
    cfn__digest_add(parts->whole, call.body, size);
    cfn__sha256(call.body, size, call.digest);
    cfn__base64(call.digest, sizeof call.digest, checksum);
    json_t *input = input_of(file);
    json_object_set_new(input, "PartNumber", json_integer((json_int_t)call.part + 1));
    json_object_set_new(input, "ChecksumSHA256", json_string(checksum));
    parts->away++;
    cfn__upload_ask(upload, &call, input);
}

static void take_aborted(struct cfn_upload *upload, struct cfn__upload_call *call,
                         const struct cfn_reply *reply) {
    (void)reply; /* the bucket forgets it by itself after some days */
    leave(upload, call->file);
}

static bool abort_one(struct cfn_upload *upload, struct cfn__upload_file *file) {
    if (file->parts->aborting || file->parts->away > 0 || !cfn__upload_room(upload, 0))
        return false;
    file->parts->aborting = true;
    ask(upload, file, "AbortMultipartUpload", take_aborted, input_of(file));
    return true;
}

/* One more step of a file; false: it waits for answers, or for room. */
static bool step(struct cfn_upload *upload, struct cfn__upload_file *file) {
    struct cfn__parts *parts = file->parts;
    if (!parts->id)
        return false;
    if (parts->failed || file->place->ended)
        return abort_one(upload, file);
    if (parts->done == parts->count && parts->away == 0 && !*parts->checksum &&
        cfn__upload_room(upload, 0)) {
        complete(upload, file);
        return true;
    }
    uint64_t left = parts->begun < parts->count ? file->size - parts->begun * parts->size : 0;
    size_t size = (size_t)(left < parts->size ? left : parts->size);
    if (size == 0 || !cfn__upload_room(upload, size))
        return false;
    send_part(upload, file, size);
    return true;
}

bool cfn__upload_parts_next(struct cfn_upload *upload) {
    for (struct cfn__upload_file *file = upload->in_parts; file; file = file->next)
        if (step(upload, file))
            return true;
    return false;
}

bool cfn__upload_take_back_next(struct cfn_upload *upload) {
    for (struct cfn__upload_file *file = upload->in_parts; file; file = file->next)
        if (abort_one(upload, file))
            return true;
    return false;
}

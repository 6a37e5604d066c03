/* Files on their way: those that go at once here, large ones in parts. */
#include "upload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool cfn__upload_is_proof(const json_t *output, const char *checksum) {
    const char *told = cfn_output_text(output, "ChecksumSHA256");
    return *cfn_output_text(output, "ETag") && (!*told || strcmp(told, checksum) == 0);
}

void cfn__upload_sent(struct cfn_upload *upload, struct cfn__upload_file *file,
                      const json_t *output) {
    const char *version = cfn_output_text(output, "VersionId"), *key = file->given->key;
    json_object_set_new(
        file->place->known, key,
        json_pack("{s:I, s:s, s:o, s:s}", "size", (json_int_t)file->size, "sha256", file->sha256,
                  "etag", cfn__etag_of(cfn_output_text(output, "ETag")), "version", version));
    if (!file->place->given->prefix && *version && strcmp(version, "null") != 0)
        json_object_set_new(file->place->versions, key, json_string(version));
    file->place->changed = true;
    file->state = CFN__FILE_SENT;
    upload->progress.files_done++;
    upload->bytes_sent += file->size;
    cfn__upload_tell(upload, CFN_UPLOAD_SENT, file->place, key, file->size);
}

static void take_put(struct cfn_upload *upload, struct cfn__upload_call *call,
                     const struct cfn_reply *reply) {
    char checksum[64];
    cfn__base64(call->digest, sizeof call->digest, checksum);
    call->file->state = CFN__FILE_FAILED;
    upload->progress.bytes_done += call->size;
    if (reply->outcome != CFN_REPLY_OK) {
        cfn__upload_refused(upload, call, reply);
    } else if (!cfn__upload_is_proof(reply->output, checksum)) {
        upload->failed = true;
        cfn_fail(upload->diags, "aws.BadDigest", (struct cfn_place){0}, NULL,
                 "what lies there is not what was sent: s3://%s/%s", call->place->given->bucket,
                 call->file->given->key);
    } else {
        cfn__hex(call->digest, sizeof call->digest, call->file->sha256);
        cfn__upload_sent(upload, call->file, reply->output);
    }
}

/* Its size is what it is now, whatever it was when it was compared. */
static void put(struct cfn_upload *upload, struct cfn__upload_file *file,
                const struct cfn__source *source) {
    struct cfn__upload_call call = {.take = take_put,
                                    .place = file->place,
                                    .file = file,
                                    .action = "PutObject",
                                    .size = (size_t)source->stamp.size};
    char checksum[64];
    call.body = cfn__alloc(call.size + 1);
    int error = cfn__source_read(source, 0, call.body, call.size);
    if (error || cfn__source_changed(source)) {
        free(call.body);
        if (error && error != EPIPE)
            cfn__upload_unread(upload, file, error);
        else
            cfn__upload_changed(upload, file);
        return;
    }
    upload->progress.bytes += call.size - file->size;
    file->size = call.size;
    file->state = CFN__FILE_GOING;
    cfn__sha256(call.body, call.size, call.digest);
    cfn__base64(call.digest, sizeof call.digest, checksum);
    json_t *input = cfn__upload_input(file->place, file->given->key);
    json_object_set_new(input, "ChecksumSHA256", json_string(checksum));
    cfn__upload_ask(upload, &call, input);
}

static void send_file(struct cfn_upload *upload, struct cfn__upload_file *file) {
    struct cfn__source source;
    int error = 0;
    if (file->given->bytes)
        cfn__source_of(&source, file->given->bytes, file->given->size);
    else
        error = cfn__source_open(&source, file->given->path);
    if (error) {
        cfn__upload_unread(upload, file, error);
        return;
    }
    if (source.stamp.size >= upload->options.large) {
        cfn__upload_begin_parts(upload, file, &source); /* its source from now on */
        return;
    }
    put(upload, file, &source);
    cfn__source_close(&source);
}

/* Between files, so that a run that is killed has not sent for nothing. */
static bool keep_meanwhile(struct cfn_upload *upload) {
    int64_t now = upload->transport->now(upload->transport->self);
    if (now - upload->kept < upload->options.keep || !cfn__upload_room(upload, 0))
        return false;
    if (cfn__upload_keep_next(upload))
        return true;
    upload->kept = now;
    return false;
}

bool cfn__upload_send_next(struct cfn_upload *upload) {
    if (keep_meanwhile(upload) || cfn__upload_parts_next(upload))
        return true;
    while (upload->next < upload->file_count) {
        struct cfn__upload_file *file = &upload->files[upload->next];
        if (file->state != CFN__FILE_TO_SEND || file->place->ended) {
            upload->next++;
            continue;
        }
        bool large = file->size >= upload->options.large;
        if (!cfn__upload_room(upload, large ? 0 : file->size) || (large && upload->parts_count > 3))
            return false;
        upload->next++;
        send_file(upload, file);
        return true;
    }
    return false;
}

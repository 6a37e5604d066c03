/* Manifests, what is gone, and the result. */
#include "upload.h"

#include <stdlib.h>
#include <string.h>

enum { MANIFEST_FORM = 1, MOST_KEYS = 1000 };

/* -- manifests --------------------------------------------------------------------------------- */

static bool is_entry(const json_t *entry) {
    return json_is_integer(json_object_get(entry, "size")) &&
           json_is_string(json_object_get(entry, "sha256")) &&
           json_is_string(json_object_get(entry, "etag"));
}

json_t *cfn__manifest_read(const char *text, size_t size) {
    json_t *whole = json_loadb(text ? text : "", size, JSON_REJECT_DUPLICATES, NULL), *entry;
    json_t *files = json_object_get(whole, "files");
    const char *key;
    bool good = json_is_object(files) &&
                json_integer_value(json_object_get(whole, "form")) == MANIFEST_FORM;
    json_object_foreach(files, key, entry) good = good && is_entry(entry);
    files = good ? json_incref(files) : NULL;
    json_decref(whole);
    return files;
}

static char *manifest_text(const struct cfn__upload_place *place) {
    json_t *whole = json_pack("{s:i, s:O}", "form", MANIFEST_FORM, "files", place->known);
    char *text = json_dumps(whole, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(whole);
    return text;
}

static void take_kept(struct cfn_upload *upload, struct cfn__upload_call *call,
                      const struct cfn_reply *reply) {
    call->place->keeping = false;
    if (reply->outcome == CFN_REPLY_OK)
        return;
    cfn__upload_refused(upload, call, reply);
    call->place->ended = true;
}

static void keep(struct cfn_upload *upload, struct cfn__upload_place *place) {
    struct cfn__upload_call call = {.take = take_kept, .place = place, .action = "PutObject"};
    char checksum[64];
    call.body = manifest_text(place);
    call.size = strlen(call.body);
    cfn__sha256(call.body, call.size, call.digest);
    cfn__base64(call.digest, sizeof call.digest, checksum);
    json_t *input = cfn__upload_input(place, place->manifest);
    json_object_set_new(input, "ChecksumSHA256", json_string(checksum));
    json_object_set_new(input, "ContentType", json_string("application/json"));
    place->changed = false;
    place->keeping = true;
    cfn__upload_ask(upload, &call, input);
}

bool cfn__upload_keep_next(struct cfn_upload *upload) {
    for (size_t i = 0; i < upload->place_count; i++) {
        struct cfn__upload_place *place = &upload->places[i];
        if (!place->changed || place->keeping || place->ended || !cfn__upload_room(upload, 0))
            continue;
        keep(upload, place);
        return true;
    }
    return false;
}

/* -- what is gone ------------------------------------------------------------------------------ */

static bool is_refused(const json_t *errors, const char *key) {
    for (size_t i = 0; i < json_array_size(errors); i++)
        if (strcmp(cfn_output_text(json_array_get(errors, i), "Key"), key) == 0)
            return true;
    return false;
}

static void tell_refusals(struct cfn_upload *upload, const json_t *errors) {
    for (size_t i = 0; i < json_array_size(errors); i++) {
        const json_t *error = json_array_get(errors, i);
        struct cfn_text code = {0};
        cfn_text_printf(&code, "aws.%s", cfn_output_text(error, "Code"));
        upload->failed = true;
        cfn_fail(upload->diags, code.data, (struct cfn_place){0}, NULL, "cannot be deleted: %s: %s",
                 cfn_output_text(error, "Message"), cfn_output_text(error, "Key"));
        cfn_text_done(&code);
    }
}

/* part is the index of the first of its keys, size how many. */
static void take_removed(struct cfn_upload *upload, struct cfn__upload_call *call,
                         const struct cfn_reply *reply) {
    struct cfn__upload_place *place = call->place;
    if (reply->outcome != CFN_REPLY_OK) {
        cfn__upload_refused(upload, call, reply);
        return;
    }
    const json_t *errors = cfn_output_list(reply->output, "Errors");
    tell_refusals(upload, errors);
    for (size_t i = call->part; i < call->part + MOST_KEYS && i < json_array_size(place->gone);
         i++) {
        const char *key = json_string_value(json_array_get(place->gone, i));
        if (is_refused(errors, key))
            continue;
        json_array_append_new(place->removed, json_string(key));
        json_object_del(place->known, key);
        place->changed = true;
        cfn__upload_tell(upload, CFN_UPLOAD_REMOVED, place, key, 0);
    }
}

static void ask_remove(struct cfn_upload *upload, struct cfn__upload_place *place) {
    json_t *objects = json_array(), *input = cfn__upload_input(place, NULL);
    const struct cfn__upload_call call = {
        .take = take_removed, .place = place, .action = "DeleteObjects", .part = place->removing};
    size_t count = json_array_size(place->gone);
    for (size_t i = 0; i < MOST_KEYS && place->removing < count; i++)
        json_array_append_new(
            objects, json_pack("{s:O}", "Key", json_array_get(place->gone, place->removing++)));
    json_object_set_new(input, "Delete", json_pack("{s:o, s:b}", "Objects", objects, "Quiet", 1));
    cfn__upload_ask(upload, &call, input);
}

bool cfn__upload_remove_next(struct cfn_upload *upload) {
    for (size_t i = 0; i < upload->place_count; i++) {
        struct cfn__upload_place *place = &upload->places[i];
        if (place->removing == json_array_size(place->gone) || place->ended ||
            !cfn__upload_room(upload, 0))
            continue;
        ask_remove(upload, place);
        return true;
    }
    return false;
}

/* -- the result -------------------------------------------------------------------------------- */

static json_t *files_of(const struct cfn_upload *upload, const struct cfn__upload_place *place,
                        size_t *same) {
    enum cfn__file_state wanted = upload->options.dry_run ? CFN__FILE_TO_SEND : CFN__FILE_SENT;
    json_t *sent = json_array();
    *same = 0;
    for (size_t i = 0; i < upload->file_count; i++) {
        const struct cfn__upload_file *file = &upload->files[i];
        if (file->place != place)
            continue;
        *same += file->state == CFN__FILE_SAME;
        if (file->state == wanted)
            json_array_append_new(sent,
                                  json_pack("{s:s, s:s, s:I}", "key", file->given->key, "path",
                                            file->given->path, "bytes", (json_int_t)file->size));
    }
    return sent;
}

json_t *cfn_upload_result(const struct cfn_upload *upload) {
    bool dry = upload->options.dry_run;
    size_t all = 0, all_same = 0;
    json_t *places = json_array();
    for (size_t i = 0; i < upload->place_count; i++) {
        const struct cfn__upload_place *place = &upload->places[i];
        size_t same = 0;
        json_t *sent = files_of(upload, place, &same);
        json_t *removed = dry && upload->options.remove ? place->gone : place->removed;
        json_t *left = upload->options.remove ? json_array() : json_incref(place->gone);
        all += json_array_size(sent);
        all_same += same;
        json_array_append_new(places,
                              json_pack("{s:s, s:s, s:o, s:I, s:O, s:o, s:O}", "name",
                                        place->given->name, "bucket", place->given->bucket, "sent",
                                        sent, "unchanged", (json_int_t)same, "removed", removed,
                                        "left", left, "versions", place->versions));
    }
    return json_pack("{s:b, s:I, s:I, s:I, s:o}", "dry_run", dry, "files", (json_int_t)all, "bytes",
                     (json_int_t)(dry ? upload->progress.bytes : upload->bytes_sent), "unchanged",
                     (json_int_t)all_same, "places", places);
}

/* What has changed: by size first, then by content; S3 is not asked. */
#include "upload.h"

#include <string.h>

/* What was sent once lies there still, as it was sent. */
static bool lies_there(const struct cfn__upload_place *place, const char *key) {
    const json_t *known = json_object_get(place->known, key);
    const json_t *there = json_object_get(place->there, key);
    return known && there &&
           json_integer_value(json_object_get(known, "size")) ==
               json_integer_value(json_object_get(there, "size")) &&
           strcmp(cfn_output_text(known, "etag"), cfn_output_text(there, "etag")) == 0;
}

/* Nobody else may have put it there under the same ETag: content is what is compared. */
static bool is_same(struct cfn__upload_file *file, const struct cfn__source *source, int *error) {
    const json_t *known = json_object_get(file->place->known, file->given->key);
    unsigned char digest[CFN__SHA256_SIZE];
    if (!lies_there(file->place, file->given->key) ||
        (uint64_t)json_integer_value(json_object_get(known, "size")) != source->stamp.size)
        return false;
    *error = cfn__source_digest(source, digest);
    cfn__hex(digest, sizeof digest, file->sha256);
    return !*error && strcmp(cfn_output_text(known, "sha256"), file->sha256) == 0;
}

static int open_file(const struct cfn_upload_file *file, struct cfn__source *source) {
    if (!file->bytes)
        return cfn__source_open(source, file->path);
    cfn__source_of(source, file->bytes, file->size);
    return 0;
}

static void compare_file(struct cfn_upload *upload, struct cfn__upload_file *file) {
    struct cfn__source source;
    int error = open_file(file->given, &source);
    if (error) {
        cfn__upload_unread(upload, file, error);
        return;
    }
    file->size = source.stamp.size;
    file->state = is_same(file, &source, &error) ? CFN__FILE_SAME : CFN__FILE_TO_SEND;
    if (error)
        cfn__upload_unread(upload, file, error);
    cfn__source_close(&source);
    if (file->state == CFN__FILE_TO_SEND) {
        upload->progress.files++;
        upload->progress.bytes += file->size;
    }
}

static void note_version(struct cfn__upload_file *file) {
    const json_t *there = json_object_get(file->place->there, file->given->key);
    const char *version = cfn_output_text(there, "version");
    if (file->state == CFN__FILE_SAME && *version && strcmp(version, "null") != 0)
        json_object_set_new(file->place->versions, file->given->key, json_string(version));
}

/* Keys that are known and no longer here. What has gone there as well is forgotten; what somebody
 * else has changed there is not ours any more. */
static void find_gone(struct cfn__upload_place *place) {
    json_t *here = json_object(), *value;
    const char *key;
    void *next;
    for (size_t i = 0; i < place->given->count; i++)
        json_object_set_new(here, place->given->files[i].key, json_true());
    json_object_foreach_safe(place->known, next, key, value) {
        if (json_object_get(here, key))
            continue;
        if (lies_there(place, key)) {
            json_array_append_new(place->gone, json_string(key));
            continue;
        }
        json_object_del(place->known, key);
        place->changed = true;
    }
    json_decref(here);
}

static void tell_plan(struct cfn_upload *upload) {
    for (size_t i = 0; i < upload->file_count; i++)
        if (upload->files[i].state == CFN__FILE_TO_SEND)
            cfn__upload_tell(upload, CFN_UPLOAD_SENT, upload->files[i].place,
                             upload->files[i].given->key, upload->files[i].size);
    for (size_t i = 0; i < upload->place_count && upload->options.remove; i++) {
        const json_t *gone = upload->places[i].gone;
        for (size_t j = 0; j < json_array_size(gone); j++)
            cfn__upload_tell(upload, CFN_UPLOAD_REMOVED, &upload->places[i],
                             json_string_value(json_array_get(gone, j)), 0);
    }
}

void cfn__upload_compare(struct cfn_upload *upload) {
    const struct cfn_upload_watcher *watcher = upload->watcher;
    for (size_t i = 0; i < upload->place_count; i++)
        if (upload->places[i].given->prefix)
            find_gone(&upload->places[i]);
    for (size_t i = 0; i < upload->file_count; i++) {
        if (watcher->stop && watcher->stop(watcher->self))
            return;
        compare_file(upload, &upload->files[i]);
        note_version(&upload->files[i]);
    }
    if (upload->options.dry_run)
        tell_plan(upload);
}

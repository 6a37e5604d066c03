/* Lists of objects and of their versions. */
#include "bucket.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LISTED = 1000 };

static int by_key(const void *a, const void *b) {
    const struct cfn__object *const *left = a, *const *right = b;
    int order = strcmp((*left)->key, (*right)->key);
    if (order)
        return order;
    return *left < *right ? 1 : -1; /* the newest of a key first: it lies behind the others */
}

struct listing {
    const struct cfn__object **items;
    size_t count;
};

static struct listing listing_of(const struct cfn__bucket *bucket, const char *prefix) {
    struct listing list = {cfn__alloc((bucket->objects.count + 1) * sizeof *list.items), 0};
    for (size_t i = 0; i < bucket->objects.count; i++)
        if (!prefix || cfn_starts_with(bucket->objects.items[i].key, prefix))
            list.items[list.count++] = &bucket->objects.items[i];
    qsort(list.items, list.count, sizeof *list.items, by_key);
    return list;
}

static size_t most(const struct cfn__request *request) {
    const json_t *said = json_object_get(request->input, "MaxKeys");
    const char *text = json_string_value(said);
    long long number = text ? strtoll(text, NULL, 10) : json_integer_value(said);
    return number > 0 && number < MOST_LISTED ? (size_t)number : MOST_LISTED;
}

static json_t *told_of(const struct cfn__object *object) {
    return json_pack("{s:s, s:o, s:s, s:o, s:s}", "Key", object->key, "LastModified",
                     cfn__json_time(object->time), "ETag", object->etag, "Size",
                     json_sprintf("%zu", object->size), "StorageClass", "STANDARD");
}

static struct cfn__bucket *bucket_of(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "Bucket");
    struct cfn__bucket *bucket = name ? cfn__bucket_of(request->sim, name) : NULL;
    if (!bucket)
        cfn__sim_refuse(request, 404, "NoSuchBucket", "The specified bucket does not exist");
    return bucket;
}

json_t *cfn__list_objects(struct cfn__request *request) {
    const struct cfn__bucket *bucket = bucket_of(request);
    if (!bucket)
        return NULL;
    const char *prefix = cfn__text_of(request, "Prefix"),
               *after = cfn__text_of(request, "ContinuationToken");
    after = after ? after : cfn__text_of(request, "StartAfter");
    struct listing list = listing_of(bucket, prefix);
    json_t *contents = json_array(), *output = json_object();
    const char *last = NULL;
    bool more = false;
    for (size_t i = 0; i < list.count && !more; i++) {
        const struct cfn__object *object = list.items[i];
        bool first = i == 0 || strcmp(list.items[i - 1]->key, object->key) != 0;
        if (!first || object->is_marker || (after && strcmp(object->key, after) <= 0))
            continue;
        more = json_array_size(contents) == most(request);
        if (more)
            break;
        json_array_append_new(contents, told_of(object));
        last = object->key;
    }
    cfn__json_put(output, "Name", json_string(cfn__text_of(request, "Bucket")));
    cfn__json_put(output, "Prefix", json_string(prefix ? prefix : ""));
    cfn__json_put(output, "KeyCount", json_sprintf("%zu", json_array_size(contents)));
    cfn__json_put(output, "MaxKeys", json_sprintf("%zu", most(request)));
    cfn__json_put(output, "IsTruncated", cfn__json_truth(more));
    if (more)
        cfn__json_put(output, "NextContinuationToken", json_string(last));
    cfn__json_put(output, "Contents", contents);
    free(list.items);
    return output;
}

/* Where a page begins: behind a key and a version. */
static size_t start_of(const struct cfn__request *request, const struct listing *list) {
    const char *key = cfn__text_of(request, "KeyMarker"),
               *version = cfn__text_of(request, "VersionIdMarker");
    if (!key)
        return 0;
    for (size_t i = 0; i < list->count; i++) {
        int order = strcmp(list->items[i]->key, key);
        if (order > 0)
            return i;
        if (order == 0 && version && strcmp(list->items[i]->version, version) == 0)
            return i + 1;
    }
    return list->count;
}

json_t *cfn__list_object_versions(struct cfn__request *request) {
    const struct cfn__bucket *bucket = bucket_of(request);
    if (!bucket)
        return NULL;
    struct listing list = listing_of(bucket, cfn__text_of(request, "Prefix"));
    json_t *versions = json_array(), *markers = json_array(), *output = json_object();
    size_t begin = start_of(request, &list), end = begin + most(request);
    end = end < list.count ? end : list.count;
    for (size_t i = begin; i < end; i++) {
        const struct cfn__object *object = list.items[i];
        bool latest = i == 0 || strcmp(list.items[i - 1]->key, object->key) != 0;
        json_t *told = told_of(object);
        cfn__json_put(told, "VersionId", json_string(object->version));
        cfn__json_put(told, "IsLatest", cfn__json_truth(latest));
        json_array_append_new(object->is_marker ? markers : versions, told);
    }
    cfn__json_put(output, "Name", json_string(cfn__text_of(request, "Bucket")));
    cfn__json_put(output, "IsTruncated", cfn__json_truth(end < list.count));
    if (end < list.count && end > 0) {
        cfn__json_put(output, "NextKeyMarker", json_string(list.items[end - 1]->key));
        cfn__json_put(output, "NextVersionIdMarker", json_string(list.items[end - 1]->version));
    }
    cfn__json_put(output, "Versions", versions);
    cfn__json_put(output, "DeleteMarkers", markers);
    free(list.items);
    return output;
}

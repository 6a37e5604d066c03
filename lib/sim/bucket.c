/* Buckets and what lies in them, with versions. */
#include "bucket.h"

#include <stdlib.h>
#include <string.h>

struct cfn__bucket *cfn__bucket_of(const struct cfn_sim *sim, const char *name) {
    return cfn__map_get(&sim->buckets, name);
}

struct cfn__bucket *cfn__bucket_new(struct cfn_sim *sim, const char *name) {
    struct cfn__bucket *bucket = cfn__bucket_of(sim, name);
    if (bucket)
        return bucket;
    bucket = cfn__alloc(sizeof *bucket);
    bucket->created = sim->now;
    bucket->configuration = json_object();
    cfn__map_put(&sim->buckets, name, bucket);
    return bucket;
}

static void free_version(struct cfn__object *object) {
    free(object->key);
    free(object->version);
    free(object->bytes);
    json_decref(object->facts);
}

void cfn__bucket_free(void *value) {
    struct cfn__bucket *bucket = value;
    for (size_t i = 0; i < bucket->objects.count; i++)
        free_version(&bucket->objects.items[i]);
    free(bucket->objects.items);
    json_decref(bucket->configuration);
    free(bucket);
}

void cfn__bucket_remove(struct cfn_sim *sim, const char *name) {
    struct cfn__bucket *bucket = cfn__bucket_of(sim, name);
    if (!bucket)
        return;
    cfn__map_remove(&sim->buckets, name);
    cfn__bucket_free(bucket);
}

bool cfn__bucket_is_empty(const struct cfn__bucket *bucket) {
    return !bucket->objects.count;
}

char *cfn__not_empty(struct cfn_sim *sim, const struct cfn__resource *resource) {
    if (strcmp(resource->type, "AWS::S3::Bucket") != 0)
        return NULL;
    const struct cfn__bucket *bucket = cfn__bucket_of(sim, resource->physical);
    if (!bucket || cfn__bucket_is_empty(bucket))
        return NULL;
    return cfn__handler_message(
        sim, "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)",
        "GeneralServiceException");
}

/* The bucket's versioning, as its configuration or its stack says. */
bool cfn__bucket_is_versioned(const struct cfn_sim *sim, const char *name) {
    const struct cfn__bucket *bucket = cfn__bucket_of(sim, name);
    const struct cfn__thing *thing = cfn__thing_of(sim, "AWS::S3::Bucket", name);
    const json_t *said = json_object_get(bucket->configuration, "VersioningConfiguration");
    if (!said && thing)
        said = json_object_get(thing->properties, "VersioningConfiguration");
    return cfn_same(json_string_value(json_object_get(said, "Status")), "Enabled");
}

struct cfn__object *cfn__object_latest(const struct cfn__bucket *bucket, const char *key) {
    for (size_t i = bucket->objects.count; i > 0; i--)
        if (strcmp(bucket->objects.items[i - 1].key, key) == 0)
            return &bucket->objects.items[i - 1];
    return NULL;
}

void cfn__object_drop(struct cfn__bucket *bucket, const struct cfn__object *object) {
    size_t index = (size_t)(object - bucket->objects.items);
    free_version(&bucket->objects.items[index]);
    memmove(&bucket->objects.items[index], &bucket->objects.items[index + 1],
            (bucket->objects.count - index - 1) * sizeof *object);
    bucket->objects.count--;
}

const char *cfn__bucket_object(const struct cfn_sim *sim, const char *bucket, const char *key,
                               size_t *size) {
    const struct cfn__bucket *found = cfn__bucket_of(sim, bucket);
    const struct cfn__object *object = found ? cfn__object_latest(found, key) : NULL;
    if (!object || object->is_marker)
        return NULL;
    *size = object->size;
    return object->bytes;
}

json_t *cfn__bucket_told(const struct cfn__bucket *bucket) {
    json_t *keys = json_object();
    for (size_t i = 0; i < bucket->objects.count; i++) {
        const struct cfn__object *object = &bucket->objects.items[i];
        json_object_set_new(keys, object->key,
                            object->is_marker ? json_null()
                                              : json_integer((json_int_t)object->size));
    }
    return json_pack("{s:o, s:O, s:I}", "objects", keys, "configuration", bucket->configuration,
                     "versions", (json_int_t)bucket->objects.count);
}

/* S3: buckets and objects, by the names of its own actions. */
#include "bucket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_KEYS = 1000 };

static json_t *no_bucket(struct cfn__request *request) {
    return cfn__sim_refuse(request, 404, "NoSuchBucket", "The specified bucket does not exist");
}

static struct cfn__bucket *named(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "Bucket");
    return name ? cfn__bucket_of(request->sim, name) : NULL;
}

/* --- buckets --- */

static json_t *create_bucket(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "Bucket");
    if (!name)
        return cfn__sim_refuse(request, 400, "InvalidBucketName",
                               "The specified bucket is not valid.");
    const char *owner =
        json_string_value(json_object_get(json_object_get(request->sim->has, "buckets"), name));
    bool other = owner && strcmp(owner, request->sim->account) != 0;
    if (other)
        return cfn__sim_refuse(request, 409, "BucketAlreadyExists",
                               "The requested bucket name is not available. The bucket namespace "
                               "is shared by all users of the system. Please select a different "
                               "name and try again.");
    if (named(request))
        return cfn__sim_refuse(request, 409, "BucketAlreadyOwnedByYou",
                               "Your previous request to create the named bucket succeeded and you "
                               "already own it.");
    cfn__bucket_new(request->sim, name);
    return json_pack("{s:o}", "Location", json_sprintf("/%s", name));
}

static json_t *head_bucket(struct cfn__request *request) {
    const char *name = cfn__text_of(request, "Bucket");
    if (named(request))
        return json_pack("{s:s}", "BucketRegion", request->sim->region);
    if (name && json_object_get(json_object_get(request->sim->has, "buckets"), name))
        return cfn__sim_refuse(request, 403, "403", "Forbidden");
    return cfn__sim_refuse(request, 404, "404", "Not Found");
}

static json_t *delete_bucket(struct cfn__request *request) {
    const struct cfn__bucket *bucket = named(request);
    if (!bucket)
        return no_bucket(request);
    if (!cfn__bucket_is_empty(bucket))
        return cfn__sim_refuse(request, 409, "BucketNotEmpty",
                               "The bucket you tried to delete is not empty");
    cfn__bucket_remove(request->sim, cfn__text_of(request, "Bucket"));
    return json_object();
}

static json_t *list_buckets(struct cfn__request *request) {
    json_t *all = json_array();
    for (size_t i = 0; i < request->sim->buckets.count; i++) {
        const struct cfn__entry *entry = &request->sim->buckets.items[i];
        const struct cfn__bucket *bucket = entry->value;
        if (bucket)
            json_array_append_new(all, json_pack("{s:s, s:o}", "Name", entry->key, "CreationDate",
                                                 cfn__json_time(bucket->created)));
    }
    return json_pack("{s:o}", "Buckets", all);
}

/* --- objects --- */

static json_t *put_object(struct cfn__request *request) {
    const char *key = cfn__text_of(request, "Key");
    struct cfn__bucket *bucket = named(request);
    if (!bucket)
        return no_bucket(request);
    bool versioned = cfn__bucket_is_versioned(request->sim, cfn__text_of(request, "Bucket"));
    const struct cfn__object *old = cfn__object_latest(bucket, key);
    if (old && !versioned)
        cfn__object_drop(bucket, old);
    struct cfn__object *object = CFN_PUSH(&bucket->objects);
    *object =
        (struct cfn__object){.key = cfn__copy(key),
                             .version = versioned ? cfn__sim_uuid(request->sim) : cfn__copy("null"),
                             .size = request->call->payload_size,
                             .time = request->sim->now,
                             .facts = json_deep_copy(request->input)};
    object->bytes = cfn__alloc(object->size + 1);
    if (object->size)
        memcpy(object->bytes, request->call->payload, object->size);
    char digest[65];
    cfn_sha256(object->bytes, object->size, digest);
    snprintf(object->etag, sizeof object->etag, "\"%.32s\"", digest);
    json_t *output = json_pack("{s:s}", "ETag", object->etag);
    if (versioned)
        cfn__json_put(output, "VersionId", json_string(object->version));
    return output;
}

static const struct cfn__object *wanted(const struct cfn__request *request,
                                        const struct cfn__bucket *bucket) {
    const char *key = cfn__text_of(request, "Key"), *version = cfn__text_of(request, "VersionId");
    if (!key)
        return NULL;
    if (!version)
        return cfn__object_latest(bucket, key);
    for (size_t i = 0; i < bucket->objects.count; i++)
        if (strcmp(bucket->objects.items[i].key, key) == 0 &&
            strcmp(bucket->objects.items[i].version, version) == 0)
            return &bucket->objects.items[i];
    return NULL;
}

static json_t *get_object(struct cfn__request *request) {
    const struct cfn__bucket *bucket = named(request);
    bool head = strcmp(request->call->action, "HeadObject") == 0;
    const struct cfn__object *object = bucket ? wanted(request, bucket) : NULL;
    if (!object || object->is_marker) {
        if (head)
            return cfn__sim_refuse(request, 404, "404", "Not Found");
        return bucket
                   ? cfn__sim_refuse(request, 404, "NoSuchKey", "The specified key does not exist.")
                   : no_bucket(request);
    }
    json_t *output =
        json_pack("{s:s, s:o, s:o, s:s}", "ETag", object->etag, "ContentLength",
                  json_sprintf("%zu", object->size), "LastModified", cfn__json_time(object->time),
                  "ContentType", "application/octet-stream");
    const json_t *type = json_object_get(object->facts, "ContentType");
    cfn__json_put(output, "ContentType", json_incref(cfn__json_of(type)));
    cfn__json_put(output, "Metadata", json_incref(json_object_get(object->facts, "Metadata")));
    if (strcmp(object->version, "null") != 0)
        cfn__json_put(output, "VersionId", json_string(object->version));
    if (!head)
        cfn__sim_give_payload(request, object->bytes, object->size);
    return output;
}

/* Deletes one: by version for good, else with a marker where there are versions. */
static json_t *delete_one(struct cfn__request *request, struct cfn__bucket *bucket, const char *key,
                          const char *version) {
    json_t *told = json_pack("{s:s}", "Key", key);
    bool versioned = cfn__bucket_is_versioned(request->sim, cfn__text_of(request, "Bucket"));
    if (version || !versioned) {
        for (size_t i = bucket->objects.count; i > 0; i--) {
            const struct cfn__object *object = &bucket->objects.items[i - 1];
            if (strcmp(object->key, key) == 0 &&
                (!version || strcmp(object->version, version) == 0))
                cfn__object_drop(bucket, object);
        }
        if (version)
            cfn__json_put(told, "VersionId", json_string(version));
        return told;
    }
    struct cfn__object *marker = CFN_PUSH(&bucket->objects);
    *marker = (struct cfn__object){.key = cfn__copy(key),
                                   .version = cfn__sim_uuid(request->sim),
                                   .bytes = cfn__copy(""),
                                   .time = request->sim->now,
                                   .is_marker = true};
    cfn__json_put(told, "DeleteMarker", cfn__json_truth(true));
    cfn__json_put(told, "DeleteMarkerVersionId", json_string(marker->version));
    return told;
}

static json_t *delete_object(struct cfn__request *request) {
    struct cfn__bucket *bucket = named(request);
    if (!bucket)
        return no_bucket(request);
    return delete_one(request, bucket, cfn__text_of(request, "Key"),
                      cfn__text_of(request, "VersionId"));
}

static json_t *delete_objects(struct cfn__request *request) {
    struct cfn__bucket *bucket = named(request);
    if (!bucket)
        return no_bucket(request);
    const json_t *list = json_object_get(json_object_get(request->input, "Delete"), "Objects");
    if (json_array_size(list) > MOST_KEYS)
        return cfn__sim_refuse(request, 400, "MalformedXML",
                               "The XML you provided was not well-formed or did not validate "
                               "against our published schema");
    json_t *told = json_array();
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const char *key = json_string_value(json_object_get(item, "Key"));
        if (key)
            json_array_append_new(
                told, delete_one(request, bucket, key,
                                 json_string_value(json_object_get(item, "VersionId"))));
    }
    return json_pack("{s:o}", "Deleted", told);
}

/* --- configuration: stored as it was put, and given back --- */

/* "VersioningConfiguration" for "PutBucketVersioning": the input's member that is no address. */
static const char *body_member(const json_t *input) {
    static const char *const others[] = {"Bucket", "ChecksumAlgorithm", "ContentMD5",
                                         "ExpectedBucketOwner",
                                         "TransitionDefaultMinimumObjectSize"};
    const char *name;
    json_t *value;
    json_object_foreach(cfn__json_of(input), name, value) {
        bool other = false;
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            other = other || strcmp(others[i], name) == 0;
        if (!other)
            return name;
    }
    return NULL;
}

static json_t *put_configuration(struct cfn__request *request) {
    struct cfn__bucket *bucket = named(request);
    const char *member = body_member(request->input);
    if (!bucket)
        return no_bucket(request);
    if (!member)
        return cfn__sim_refuse(request, 400, "MissingRequestBodyError", "Request Body is empty");
    json_object_set_new(bucket->configuration, member,
                        json_deep_copy(json_object_get(request->input, member)));
    return json_object();
}

static json_t *get_versioning(struct cfn__request *request) {
    if (!named(request))
        return no_bucket(request);
    return cfn__bucket_is_versioned(request->sim, cfn__text_of(request, "Bucket"))
               ? json_pack("{s:s}", "Status", "Enabled")
               : json_object();
}

static json_t *get_location(struct cfn__request *request) {
    if (!named(request))
        return no_bucket(request);
    bool first = strcmp(request->sim->region, "us-east-1") == 0;
    return first ? json_object() : json_pack("{s:s}", "LocationConstraint", request->sim->region);
}

/* --- the table --- */

static const struct {
    const char *name;
    cfn__action *answer;
} actions[] = {{"CreateBucket", create_bucket},
               {"DeleteBucket", delete_bucket},
               {"DeleteObject", delete_object},
               {"DeleteObjects", delete_objects},
               {"GetBucketLocation", get_location},
               {"GetBucketVersioning", get_versioning},
               {"GetObject", get_object},
               {"HeadBucket", head_bucket},
               {"HeadObject", get_object},
               {"ListBuckets", list_buckets},
               {"ListObjectVersions", cfn__list_object_versions},
               {"ListObjectsV2", cfn__list_objects},
               {"PutBucketEncryption", put_configuration},
               {"PutBucketLifecycleConfiguration", put_configuration},
               {"PutBucketOwnershipControls", put_configuration},
               {"PutBucketPolicy", put_configuration},
               {"PutBucketTagging", put_configuration},
               {"PutBucketVersioning", put_configuration},
               {"PutObject", put_object},
               {"PutPublicAccessBlock", put_configuration}};

json_t *cfn__answer_s3(struct cfn__request *request) {
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, request->call->action) == 0)
            return actions[i].answer(request);
    return cfn__sim_refuse(request, 400, "InvalidAction", "the simulation does not answer s3 %s",
                           request->call->action);
}

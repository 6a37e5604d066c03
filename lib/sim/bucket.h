/*
 * Buckets of S3, as far as templates need them.
 */
#ifndef CFN_SIM_BUCKET_H
#define CFN_SIM_BUCKET_H

#include "sim.h"

/* One version of an object; the last of a key is the newest. */
struct cfn__object {
    char *key, *version; /* "null" where the bucket has no versions */
    char *bytes;
    size_t size;
    char etag[40];
    int64_t time;
    bool is_marker; /* of a deletion */
    json_t *facts;  /* ContentType, Metadata and the like */
};

struct cfn__bucket {
    CFN_ARRAY(struct cfn__object) objects; /* in the order of their times */
    json_t *configuration; /* what Put... calls have set, by the name of the input */
    int64_t created;
};

cfn__action cfn__list_objects, cfn__list_object_versions;
bool cfn__bucket_is_versioned(const struct cfn_sim *sim, const char *name);
struct cfn__object *cfn__object_latest(const struct cfn__bucket *bucket, const char *key);
void cfn__object_drop(struct cfn__bucket *bucket, const struct cfn__object *object);

#endif

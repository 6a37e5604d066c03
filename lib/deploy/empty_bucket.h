/*
 * Emptying one bucket: what to ask next, and what an answer means. All versions and delete markers
 * are listed page by page while earlier pages are being deleted; when a listing has come to its end
 * it begins anew, until one finds nothing.
 */
#ifndef CFN_DEPLOY_EMPTY_BUCKET_H
#define CFN_DEPLOY_EMPTY_BUCKET_H

#include <cfngen/aws.h>

struct cfn__bucket {
    const char *name; /* borrowed */
    bool ended;
    char *failed;   /* why it is not empty; NULL: it is, or is not there */
    uint64_t total; /* deleted so far */
    /* Its own. */
    json_t *key, *version;       /* where the next page begins; NULL: at the beginning */
    bool listing, listed;        /* a page is under way; the last one has come */
    json_t *waiting;             /* pages to delete */
    unsigned deleting;           /* pages under way */
    uint64_t seen, gone, missed; /* since the listing began */
    json_t *error;               /* the first object that could not be deleted */
    bool final;                  /* no use in trying it again */
    unsigned troubles, idle, passes;
};

void cfn__bucket_start(struct cfn__bucket *bucket, const char *name);
void cfn__bucket_done(struct cfn__bucket *bucket);

/* The next call's action and input; NULL: none now. *page is what a deletion is about (a new
 * reference that is given back with the answer), or NULL. */
const char *cfn__bucket_next(struct cfn__bucket *bucket, const char *account, json_t **input,
                             json_t **page);
void cfn__bucket_listed(struct cfn__bucket *bucket, const struct cfn_reply *reply);
void cfn__bucket_deleted(struct cfn__bucket *bucket, json_t *page, const struct cfn_reply *reply);

#endif

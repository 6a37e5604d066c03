/* Empties buckets side by side, with a bounded number of calls under way. */
#include "base/base.h"
#include "empty_bucket.h"
#include "errand.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_CALLS = 16 };

struct flight {
    bool used;
    struct cfn__bucket *bucket; /* NULL: whose account this is */
    json_t *page;               /* of a deletion, else NULL */
};

struct empty {
    struct cfn__errand errand;
    json_t *names;
    struct cfn__bucket *buckets;
    size_t count, turn; /* whose turn it is */
    struct flight flights[MOST_CALLS];
    bool asked;    /* for the account */
    char *account; /* that each bucket must be of */
    char *failed;
    void (*progress)(void *self, const char *bucket, uint64_t gone);
    void *self;
};

static struct empty *of(struct cfn__errand *errand) {
    return (struct empty *)errand;
}

static bool is_done(const struct cfn__errand *errand) {
    const struct empty *empty = (const struct empty *)errand;
    for (size_t i = 0; i < MOST_CALLS; i++)
        if (empty->flights[i].used)
            return false;
    if (empty->failed)
        return true;
    for (size_t i = 0; i < empty->count; i++)
        if (!empty->buckets[i].ended)
            return false;
    return true;
}

/* The account first: so that no bucket of somebody else, who took the name meanwhile, is touched.
 */
static bool ask_account(struct empty *empty, uint64_t *tag, struct cfn_call *call) {
    if (empty->asked || !empty->count)
        return false;
    empty->asked = true;
    empty->flights[0] = (struct flight){.used = true};
    *tag = 0;
    *call =
        (struct cfn_call){.service = "sts", .action = "GetCallerIdentity", .input = json_object()};
    return true;
}

static bool next(struct cfn__errand *errand, uint64_t *tag, struct cfn_call *call) {
    struct empty *empty = of(errand);
    if (empty->failed)
        return false;
    if (!empty->account)
        return ask_account(empty, tag, call);
    size_t free_one = 0;
    while (free_one < MOST_CALLS && empty->flights[free_one].used)
        free_one++;
    for (size_t i = 0; free_one < MOST_CALLS && i < empty->count; i++) {
        struct cfn__bucket *bucket = &empty->buckets[empty->turn++ % empty->count];
        json_t *input = NULL, *page = NULL;
        const char *action = cfn__bucket_next(bucket, empty->account, &input, &page);
        if (!action)
            continue;
        empty->flights[free_one] = (struct flight){true, bucket, page};
        *tag = free_one;
        *call = (struct cfn_call){.service = "s3", .action = action, .input = input};
        return true;
    }
    return false;
}

static void take_account(struct empty *empty, const struct cfn_reply *reply) {
    const char *account = cfn_output_text(reply->output, "Account");
    if (reply->outcome == CFN_REPLY_OK && *account) {
        empty->account = cfn__copy(account);
        return;
    }
    struct cfn_text text = {0};
    cfn_text_printf(&text, "whose buckets these are cannot be asked: %s",
                    reply->message ? reply->message : "");
    empty->failed = cfn_text_take(&text);
}

static void answer(struct cfn__errand *errand, uint64_t tag, const struct cfn_reply *reply) {
    struct empty *empty = of(errand);
    if (tag >= MOST_CALLS || !empty->flights[tag].used)
        return;
    struct flight flight = empty->flights[tag];
    empty->flights[tag] = (struct flight){0};
    if (!flight.bucket) {
        take_account(empty, reply);
    } else if (!flight.page) {
        cfn__bucket_listed(flight.bucket, reply);
    } else {
        uint64_t before = flight.bucket->total;
        cfn__bucket_deleted(flight.bucket, flight.page, reply);
        if (empty->progress && flight.bucket->total > before)
            empty->progress(empty->self, flight.bucket->name, flight.bucket->total);
    }
    if (reply->outcome == CFN_REPLY_EXPIRED && !empty->failed)
        empty->failed = cfn__copy("the credentials have expired: sign in again, then run it again, "
                                  "which continues");
}

static void release(struct cfn__errand *errand) {
    struct empty *empty = of(errand);
    for (size_t i = 0; i < MOST_CALLS; i++)
        json_decref(empty->flights[i].page);
    for (size_t i = 0; i < empty->count; i++)
        cfn__bucket_done(&empty->buckets[i]);
    json_decref(empty->names);
    free(empty->buckets);
    free(empty->account);
    free(empty->failed);
    free(empty);
}

struct cfn__errand *cfn__empty_new(const json_t *buckets,
                                   void (*progress)(void *self, const char *bucket, uint64_t gone),
                                   void *self) {
    struct empty *empty = cfn__alloc(sizeof *empty);
    empty->errand = (struct cfn__errand){next, answer, is_done, release, 0};
    empty->names = buckets ? json_deep_copy(buckets) : json_array();
    empty->count = json_array_size(empty->names);
    empty->buckets = cfn__alloc((empty->count + 1) * sizeof *empty->buckets);
    for (size_t i = 0; i < empty->count; i++) {
        const char *name = json_string_value(json_array_get(empty->names, i));
        cfn__bucket_start(&empty->buckets[i], name ? name : "");
    }
    empty->progress = progress;
    empty->self = self;
    return &empty->errand;
}

/* The first thing that went wrong; the bucket's name stands in it. */
const char *cfn__empty_failed(const struct cfn__errand *errand) {
    const struct empty *empty = (const struct empty *)errand;
    for (size_t i = 0; i < empty->count && !empty->failed; i++)
        if (empty->buckets[i].failed)
            return empty->buckets[i].failed;
    return empty->failed;
}

/*
 * Retrying: a transport around a transport.
 *
 * Nothing here knows what time really is: now and wait are the inner transport's, so that it may be
 * virtual. A call waits in line until its time has come and its service's bucket has a token for
 * it, goes to the inner transport under a number of ours, and leaves the line with its last reply.
 */
#include "base/base.h"

#include <cfngen/aws.h>
#include <stdlib.h>
#include <string.h>

/* What a service is asked, in calls per second; tokens are whole calls. */
struct bucket {
    char *service;
    double most, rate, tokens;
    int64_t filled; /* when tokens were counted last */
    int64_t slowed; /* when the rate was lowered last */
    struct bucket *next;
};

struct errand {
    uint64_t id, number; /* the caller's, and ours with the inner transport */
    struct cfn_call call;
    struct bucket *bucket;
    bool away;    /* with the inner transport */
    int attempts; /* that went there */
    int64_t due;  /* of the next one */
    struct errand *next;
};

struct cfn_retry {
    const struct cfn_transport *inner;
    struct cfn_transport transport;
    struct cfn_retry_options options;
    uint64_t random, numbers, calls, repeats;
    struct bucket *buckets;
    struct errand *errands, **last;
};

static const double slowest = 0.5; /* calls per second */
enum {
    SLOW_MS = 1000, /* replies of one burst lower the rate once */
    STEPS = 20      /* seconds of success from nothing to the highest rate */
};

/* What services take of one who does not know what else is asked there: control planes little, S3
 * thousands a second for each prefix. */
static double usual_rate(const char *service) {
    return strcmp(service, "s3") == 0 ? 3000 : 20;
}

static int64_t now_of(struct cfn_retry *retry) {
    return retry->inner->now(retry->inner->self);
}

/* -- buckets ----------------------------------------------------------------------------------- */

static struct bucket *bucket_of(struct cfn_retry *retry, const char *service) {
    for (struct bucket *bucket = retry->buckets; bucket; bucket = bucket->next)
        if (strcmp(bucket->service, service) == 0)
            return bucket;
    struct bucket *bucket = cfn__alloc(sizeof *bucket);
    int64_t now = now_of(retry);
    double rate = retry->options.calls_per_second;
    rate = rate > 0 ? rate : usual_rate(service);
    *bucket = (struct bucket){.service = cfn__copy(service),
                              .most = rate,
                              .rate = rate,
                              .tokens = rate,
                              .filled = now,
                              .slowed = now - SLOW_MS,
                              .next = retry->buckets};
    retry->buckets = bucket;
    return bucket;
}

static void fill(struct bucket *bucket, int64_t now) {
    double most = bucket->rate > 1 ? bucket->rate : 1;
    bucket->tokens += (double)(now - bucket->filled) * bucket->rate / 1000;
    bucket->tokens = bucket->tokens < most ? bucket->tokens : most;
    bucket->filled = now;
}

/* When there will be a token. */
static int64_t filled_at(const struct bucket *bucket, int64_t now) {
    if (bucket->tokens >= 1)
        return now;
    return now + 1 + (int64_t)((1 - bucket->tokens) * 1000 / bucket->rate);
}

static void slow_down(struct bucket *bucket, int64_t now) {
    if (now - bucket->slowed < SLOW_MS)
        return;
    bucket->slowed = now;
    bucket->rate = bucket->rate / 2 > slowest ? bucket->rate / 2 : slowest;
    bucket->tokens = 0;
    bucket->filled = now;
}

/* By a step in each second of success. */
static void speed_up(struct bucket *bucket) {
    bucket->rate += bucket->most / STEPS / (bucket->rate > 1 ? bucket->rate : 1);
    bucket->rate = bucket->rate < bucket->most ? bucket->rate : bucket->most;
}

/* -- the line ---------------------------------------------------------------------------------- */

static void release(struct errand *errand) {
    free((char *)(uintptr_t)errand->call.service);
    free((char *)(uintptr_t)errand->call.action);
    json_decref(errand->call.input);
    free(errand);
}

static void put_away(struct cfn_retry *retry, struct errand *errand) {
    struct errand **at = &retry->errands;
    while (*at != errand)
        at = &(*at)->next;
    *at = errand->next;
    if (!*at)
        retry->last = at;
    release(errand);
}

/* The inner transport consumes its input, and the next attempt needs it whole. */
static void go(struct cfn_retry *retry, struct errand *errand) {
    struct cfn_call call = errand->call;
    call.input = json_deep_copy(errand->call.input);
    errand->number = ++retry->numbers;
    errand->away = true;
    retry->calls++;
    retry->repeats += errand->attempts++ > 0;
    retry->inner->send(retry->inner->self, errand->number, &call);
}

/* Sends what is due; tells when the next one will be. */
static int64_t send_due(struct cfn_retry *retry) {
    int64_t now = now_of(retry), next = INT64_MAX;
    for (struct errand *errand = retry->errands; errand; errand = errand->next) {
        struct bucket *bucket = errand->bucket;
        if (errand->away)
            continue;
        fill(bucket, now);
        int64_t time = errand->due > now ? errand->due : filled_at(bucket, now);
        if (time > now) {
            next = time < next ? time : next;
            continue;
        }
        bucket->tokens -= 1;
        go(retry, errand);
    }
    return next;
}

static void send_call(void *self, uint64_t id, const struct cfn_call *call) {
    struct cfn_retry *retry = self;
    struct errand *errand = cfn__alloc(sizeof *errand);
    errand->id = id;
    errand->call = *call;
    errand->call.service = cfn__copy(call->service);
    errand->call.action = cfn__copy(call->action);
    errand->bucket = bucket_of(retry, call->service);
    errand->due = now_of(retry);
    *retry->last = errand;
    retry->last = &errand->next;
    send_due(retry);
}

/* -- replies ----------------------------------------------------------------------------------- */

/* Some of what is broken stays so. */
static bool is_passing(const struct cfn_reply *reply) {
    static const char *const lasting[] = {"tls", "url", "too-large"};
    if (reply->outcome == CFN_REPLY_THROTTLED)
        return true;
    if (reply->outcome != CFN_REPLY_BROKEN)
        return false;
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        if (reply->code && strcmp(reply->code, lasting[i]) == 0)
            return false;
    return true;
}

/* splitmix64 */
static uint64_t draw(struct cfn_retry *retry) {
    uint64_t z = retry->random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* Full jitter: anything between nothing and a bound that doubles with each attempt. */
static int64_t pause_of(struct cfn_retry *retry, int attempts) {
    int64_t bound = retry->options.base_ms;
    for (int i = 1; i < attempts && bound < retry->options.cap_ms; i++)
        bound *= 2;
    bound = bound < retry->options.cap_ms ? bound : retry->options.cap_ms;
    return (int64_t)(draw(retry) % ((uint64_t)bound + 1));
}

static struct errand *errand_of(struct cfn_retry *retry, uint64_t number) {
    struct errand *errand = retry->errands;
    while (errand && !(errand->away && errand->number == number))
        errand = errand->next;
    return errand;
}

/* true: the reply is the caller's now. */
static bool settle(struct cfn_retry *retry, struct cfn_reply *reply) {
    struct errand *errand = errand_of(retry, reply->id);
    int64_t now = now_of(retry);
    if (!errand) { /* of one before us on the same inner transport */
        cfn_reply_done(reply);
        return false;
    }
    bool passing = is_passing(reply);
    fill(errand->bucket, now);
    if (passing)
        slow_down(errand->bucket, now);
    else if (reply->outcome != CFN_REPLY_BROKEN)
        speed_up(errand->bucket);
    if (passing && errand->attempts < retry->options.attempts) {
        cfn_reply_done(reply);
        errand->away = false;
        errand->due = now + pause_of(retry, errand->attempts);
        return false;
    }
    reply->id = errand->id;
    put_away(retry, errand);
    return true;
}

static bool wait_reply(void *self, int64_t until, struct cfn_reply *reply) {
    struct cfn_retry *retry = self;
    for (;;) {
        int64_t next = send_due(retry), limit = next < until ? next : until;
        if (retry->inner->wait(retry->inner->self, limit, reply)) {
            if (settle(retry, reply))
                return true;
            continue;
        }
        int64_t now = now_of(retry);
        if (now < limit || now >= until) /* woken, or in vain */
            return false;
    }
}

static int64_t now(void *self) {
    return now_of(self);
}

/* -- the whole --------------------------------------------------------------------------------- */

struct cfn_retry *cfn_retry_new(const struct cfn_transport *inner,
                                const struct cfn_retry_options *options) {
    struct cfn_retry *retry = cfn__alloc(sizeof *retry);
    struct cfn_retry_options *own = &retry->options;
    if (options)
        *own = *options;
    own->attempts = own->attempts > 0 ? own->attempts : 6;
    own->base_ms = own->base_ms > 0 ? own->base_ms : 200;
    own->cap_ms = own->cap_ms > 0 ? own->cap_ms : 10000;
    retry->inner = inner;
    retry->random = own->seed;
    retry->last = &retry->errands;
    retry->transport = (struct cfn_transport){retry, send_call, wait_reply, now};
    return retry;
}

void cfn_retry_free(struct cfn_retry *retry) {
    if (!retry)
        return;
    while (retry->errands) {
        struct errand *errand = retry->errands;
        retry->errands = errand->next;
        release(errand);
    }
    while (retry->buckets) {
        struct bucket *bucket = retry->buckets;
        retry->buckets = bucket->next;
        free(bucket->service);
        free(bucket);
    }
    free(retry);
}

const struct cfn_transport *cfn_retry_transport(struct cfn_retry *retry) {
    return &retry->transport;
}

void cfn_retry_counts(const struct cfn_retry *retry, uint64_t *calls, uint64_t *repeats) {
    *calls = retry->calls;
    *repeats = retry->repeats;
}

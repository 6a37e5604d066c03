/*
 * The calls that are under way: who gets the reply, and what is asked again. A read that gets no
 * answer is asked again: before anything was begun for two minutes, if anybody was there at all;
 * while operations run as long as six hundred looks take.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

enum {
    SLOTS = 1 << 16,
    READING_TIME = 120000,
    MOST_LOOKS = 600,
    LONGEST_WAIT = 30000,
    VAIN_ATTEMPTS = 3
};

static struct cfn__request *free_slot(struct cfn_engine *engine, size_t *slot) {
    for (*slot = 0; *slot < engine->requests.count; (*slot)++)
        if (engine->requests.items[*slot].id == 0)
            return &engine->requests.items[*slot];
    return CFN_PUSH(&engine->requests);
}

static struct cfn__request *add(struct cfn_engine *engine, const struct cfn__request *wanted) {
    size_t slot;
    struct cfn__request *request = free_slot(engine, &slot);
    *request = *wanted;
    request->id = ++engine->serial * SLOTS + slot;
    request->not_before = request->first = engine->now;
    if (slot < engine->cursor)
        engine->cursor = slot;
    return request;
}

void cfn__ask(struct cfn_engine *engine, enum cfn__asking asking, struct cfn__job *job,
              cfn__take *take, const struct cfn_call *call) {
    const struct cfn__request wanted = {.asking = asking, .take = take, .job = job, .call = *call};
    uint64_t id = add(engine, &wanted)->id;
    if (job)
        job->request = id;
}

static void release(struct cfn__request *request) {
    json_decref(request->call.input);
    *request = (struct cfn__request){0};
}

void cfn__engine_forget(struct cfn_engine *engine, const struct cfn__job *job) {
    for (size_t i = 0; i < engine->requests.count; i++) {
        struct cfn__request *request = &engine->requests.items[i];
        if (request->id && (!job || request->job == job))
            release(request);
    }
}

static void fetch_from(struct cfn_engine *engine, struct cfn__errand *errand) {
    struct cfn__request wanted = {.asking = CFN__FOR_ERRAND, .errand = errand};
    while (errand && errand->next(errand, &wanted.tag, &wanted.call)) {
        add(engine, &wanted)->not_before += errand->rest;
        errand->rest = 0;
    }
}

void cfn__engine_errands(struct cfn_engine *engine) {
    if (engine->course == CFN__OF_END)
        return;
    fetch_from(engine, engine->preflight);
    for (size_t i = 0; i < engine->count; i++)
        fetch_from(engine, engine->jobs[i].errand);
}

bool cfn_engine_call(struct cfn_engine *engine, uint64_t *id, struct cfn_call *call) {
    for (; engine->cursor < engine->requests.count; engine->cursor++) {
        struct cfn__request *request = &engine->requests.items[engine->cursor];
        if (request->id == 0 || request->out || request->not_before > engine->now)
            continue;
        request->out = true;
        *id = request->id;
        *call = request->call;
        call->input = request->call.input ? json_copy(request->call.input) : NULL;
        engine->cursor++;
        return true;
    }
    return false;
}

int64_t cfn__engine_next_call(const struct cfn_engine *engine) {
    int64_t next = CFN_NEVER;
    for (size_t i = 0; i < engine->requests.count; i++) {
        const struct cfn__request *request = &engine->requests.items[i];
        if (request->id && !request->out && request->not_before < next)
            next = request->not_before;
    }
    return next;
}

static bool is_silent(const struct cfn_reply *reply) {
    return reply->outcome == CFN_REPLY_THROTTLED || reply->outcome == CFN_REPLY_BROKEN;
}

/* Looks are made less often while the service says that it is asked too much. */
static void heed_throttle(struct cfn_engine *engine, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_THROTTLED)
        engine->slowness = engine->slowness * 2 > 1600 ? 1600 : engine->slowness * 2;
    else if (engine->slowness > 100)
        engine->slowness -= (engine->slowness - 100) / 20 + 1;
}

static bool is_among(const char *code, const char *const words[]) {
    for (; code && *words; words++)
        if (strcmp(code, *words) == 0)
            return true;
    return false;
}

/* What nobody has answered yet is asked at a wrong address, most often; a certificate that is
 * refused stays so. While operations run, a service that only wants to be asked less often is never
 * given up. */
static bool is_hopeless(const struct cfn_engine *engine, const struct cfn__request *request,
                        const struct cfn_reply *reply) {
    static const char *const nowhere[] = {"dns", "connect", NULL};
    static const char *const wrong[] = {"tls", "url", NULL};
    int64_t waited = engine->now - request->first;
    int64_t poll = engine->what.poll > 0 ? engine->what.poll : 1000;
    if (engine->course >= CFN__OF_WORK)
        return reply->outcome == CFN_REPLY_BROKEN && waited > MOST_LOOKS * poll;
    return waited > READING_TIME || is_among(reply->code, wrong) ||
           (!engine->heard && is_among(reply->code, nowhere));
}

static void tell_silence(struct cfn_engine *engine, const struct cfn__request *request,
                         const struct cfn_reply *reply) {
    if (request->attempts == 0 && reply->outcome == CFN_REPLY_BROKEN)
        cfn__note(engine, request->job, CFN_EVENT_WARNING, "no good answer to %s (%s): asked again",
                  request->call.action,
                  reply->message && *reply->message ? reply->message : reply->code);
}

/* True: it is asked again, or the whole has been ended. */
static bool again(struct cfn_engine *engine, struct cfn__request *request,
                  const struct cfn_reply *reply) {
    if (!is_silent(reply) || request->asking == CFN__MUTATES)
        return false;
    if (request->asking == CFN__ASKS_VAINLY && request->attempts >= VAIN_ATTEMPTS)
        return false;
    if (is_hopeless(engine, request, reply)) {
        cfn__engine_break(engine, request, reply);
        return true;
    }
    tell_silence(engine, request, reply);
    int64_t wait = request->attempts < 5 ? (int64_t)1000 << request->attempts : LONGEST_WAIT;
    request->attempts++;
    request->not_before = engine->now + (wait < LONGEST_WAIT ? wait : LONGEST_WAIT);
    request->out = false;
    return true;
}

static bool is_fatal(const struct cfn__request *request, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_DENIED)
        return request->asking != CFN__ASKS_VAINLY;
    return reply->outcome == CFN_REPLY_EXPIRED;
}

void cfn__engine_receive(struct cfn_engine *engine, const struct cfn_reply *reply) {
    size_t slot = (size_t)(reply->id % SLOTS);
    if (slot >= engine->requests.count || engine->requests.items[slot].id != reply->id)
        return;
    struct cfn__request *request = &engine->requests.items[slot];
    static const char *const unheard[] = {"dns", "connect", "tls", "url", NULL};
    engine->heard |= reply->outcome != CFN_REPLY_BROKEN || !is_among(reply->code, unheard);
    heed_throttle(engine, reply);
    if (request->asking == CFN__FOR_ERRAND) {
        struct cfn__request copy = *request;
        release(request);
        copy.errand->answer(copy.errand, copy.tag, reply);
        engine->changed = true;
        return;
    }
    if (is_fatal(request, reply)) {
        cfn__engine_break(engine, request, reply);
        return;
    }
    if (again(engine, request, reply))
        return;
    cfn__take *take = request->take;
    struct cfn__job *job = request->job;
    if (job)
        job->request = 0;
    release(request);
    take(engine, job, reply);
}

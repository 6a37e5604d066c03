/*
 * Following an operation. Ours by its events, one page a look: what happens and that it has ended
 * are told by the same call. Somebody else's by the stack's status.
 */
#include "engine.h"
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PAGES = 50, DEEP_EACH = 5, MOST_MISSES = 60, FEW = 10 };

static int64_t base_poll(const struct cfn_engine *engine) {
    return engine->what.poll > 0 ? engine->what.poll : 1000;
}

static bool is_near_its_end(const struct cfn_engine *engine, const struct cfn__job *job) {
    int64_t left = job->began + job->expected - engine->now;
    return left < job->expected / 4 || left < 20 * base_poll(engine);
}

/* A region answers only so many reads: some fourteen looks a second at all stacks together. */
static int64_t crowded(const struct cfn_engine *engine, int64_t poll) {
    int64_t least = (int64_t)engine->running * 70;
    return poll > least ? poll : least;
}

/* Those that others wait for are looked at each time, and twice as often near their end; the rest
 * less often, and all the less the more of them there are. */
int64_t cfn__poll_of(const struct cfn_engine *engine, const struct cfn__job *job) {
    int64_t poll = base_poll(engine) * engine->slowness / 100;
    bool matters = job->is_waited_for || engine->running == 1;
    if (matters && is_near_its_end(engine, job))
        return crowded(engine, poll / 2);
    if (matters || is_near_its_end(engine, job))
        return crowded(engine, poll);
    return crowded(engine, engine->running <= FEW ? 2 * poll : 5 * poll);
}

/* The first look of what takes long need not come at once. */
static int64_t first_look(const struct cfn_engine *engine, const struct cfn__job *job) {
    int64_t poll = cfn__poll_of(engine, job), early = job->expected / 20;
    return early > 3 * poll ? 3 * poll : early > poll ? early : poll;
}

/* A change set that was executed is no longer there. */
void cfn__job_track(struct cfn_engine *engine, struct cfn__job *job) {
    job->set.ready = job->set.made_stack = false;
    cfn__set_text(&job->set.id, NULL);
    cfn__job_rest(engine, job, CFN__TRACK, first_look(engine, job));
}

static bool may_cancel(const struct cfn_engine *engine, const struct cfn__job *job) {
    return engine->halted && engine->halt == CFN_HALT_CANCEL && job->run.begun &&
           job->run.kind == CFN__UPDATES && !job->run.cleaning && !job->cancelled &&
           !job->run.more && strcmp(job->now.status, "UPDATE_IN_PROGRESS") == 0;
}

static void start_looking(const struct cfn_engine *engine, struct cfn__job *job) {
    job->run.looked = engine->now;
    cfn__set_json(&job->run.page, json_array());
    job->run.pages = 0;
    job->run.joined = job->run.last_event == NULL;
}

void cfn__send_track(struct cfn_engine *engine, struct cfn__job *job) {
    if (may_cancel(engine, job)) {
        cfn__job_go(engine, job, CFN__CANCEL);
        return;
    }
    json_t *input = json_pack("{s:s}", "StackName", job->now.stack_id);
    if (job->run.more)
        json_object_set_new(input, "NextToken", json_string(job->run.more));
    else
        start_looking(engine, job);
    cfn__job_ask(engine, job, "DescribeStackEvents", input);
}

/* Puts the new ones of a page with those before; false: the rest is known. */
static bool add_page(struct cfn__job *job, const json_t *events) {
    struct cfn__operation_run *run = &job->run;
    bool deep = run->misses % DEEP_EACH == DEEP_EACH - 1, found = false;
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        const char *id = cfn_output_text(event, "EventId");
        if (run->last_event && strcmp(id, run->last_event) == 0) {
            run->joined = true;
            return false;
        }
        if (run->begun && cfn_time_read(cfn_output_text(event, "Timestamp")) < run->first_time)
            return false;
        bool ours = cfn__event_is_ours(job, event);
        if (!run->begun && found && !ours)
            return false;
        found |= ours;
        json_array_append(run->page, event);
    }
    return run->begun || found || deep;
}

/* From the beginning of one look to that of the next; a little rest where replies are slow. */
static int64_t until_next_look(const struct cfn_engine *engine, const struct cfn__job *job) {
    int64_t poll = cfn__poll_of(engine, job);
    int64_t left = job->run.looked + poll - engine->now;
    return left > poll / 10 ? left : poll / 10;
}

static void look_again(struct cfn_engine *engine, struct cfn__job *job) {
    if (!job->run.begun && ++job->run.misses > MOST_MISSES) {
        job->run.misses = 0;
        cfn__job_read_again(engine, job, 1000);
        return;
    }
    if (job->nested)
        cfn__job_go(engine, job, CFN__NESTED);
    else
        cfn__job_rest(engine, job, CFN__TRACK, until_next_look(engine, job));
}

/* A stack that is gone with all its events: only where they are not kept by its id. */
static void take_gone(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->run.kind != CFN__DELETES) {
        look_again(engine, job);
        return;
    }
    cfn__set_text(&job->run.status, "DELETE_COMPLETE");
    cfn__run_ended(engine, job);
}

void cfn__take_track(struct cfn_engine *engine, struct cfn__job *job,
                     const struct cfn_reply *reply) {
    const json_t *events = cfn_output_list(reply->output, "StackEvents");
    const char *next = cfn_output_text(reply->output, "NextToken");
    if (reply->outcome != CFN_REPLY_OK && cfn__is_missing(reply)) {
        take_gone(engine, job);
        return;
    }
    bool more = add_page(job, events) && *next && ++job->run.pages < MOST_PAGES;
    cfn__set_text(&job->run.more, more ? next : NULL);
    if (more) {
        cfn__job_go(engine, job, CFN__TRACK);
        return;
    }
    /* A look that does not reach what is known already is an old one: it tells nothing. */
    bool ended = job->run.joined && cfn__events_take(engine, job);
    cfn__set_json(&job->run.page, json_array());
    if (!ended)
        look_again(engine, job);
    else if (job->nested)
        cfn__job_go(engine, job, CFN__NESTED);
    else
        cfn__run_ended(engine, job);
}

void cfn__send_cancel(struct cfn_engine *engine, struct cfn__job *job) {
    char token[CFN__TOKEN_ROOM];
    memcpy(token, job->run.token, sizeof token);
    memcpy(token, "cancel", 6); /* instead of "cfngen": its own, and the same each time */
    job->cancelled = true;
    cfn__job_ask(
        engine, job, "CancelUpdateStack",
        json_pack("{s:s, s:s}", "StackName", job->now.stack_id, "ClientRequestToken", token));
}

/* One that cannot be cancelled any more goes on to its end. */
void cfn__take_cancel(struct cfn_engine *engine, struct cfn__job *job,
                      const struct cfn_reply *reply) {
    cfn__note(engine, job, CFN_EVENT_NOTE, "%s",
              reply->outcome == CFN_REPLY_OK ? "the update is cancelled: it turns back"
                                             : "the update can no longer be cancelled");
    cfn__job_rest(engine, job, CFN__TRACK, cfn__poll_of(engine, job));
}

void cfn__send_watch(struct cfn_engine *engine, struct cfn__job *job) {
    cfn__job_ask(engine, job, "DescribeStacks",
                 json_pack("{s:s}", "StackName", job->target->stack_name));
}

void cfn__take_watch(struct cfn_engine *engine, struct cfn__job *job,
                     const struct cfn_reply *reply) {
    const char *status = cfn_output_text(reply->output, "Stacks.0.StackStatus");
    if (*status)
        cfn__set_text(&job->now.status, status);
    if (*status && cfn__is_busy(status))
        cfn__job_rest(engine, job, CFN__WATCH, 2 * cfn__poll_of(engine, job));
    else
        cfn__job_read_again(engine, job, 1);
}

/* Pausing replications before a change, and resuming them after it. */
#include "replications.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_LOOKS = 180, MOST_TROUBLES = 30, FEW_TROUBLES = 3, LONGEST_REST = 30000, PATIENCE = 6 };

static struct cfn__replications_errand *of(struct cfn__errand *errand) {
    return (struct cfn__replications_errand *)errand;
}

static void tell(struct cfn__replications_errand *e, enum cfn_event_kind kind, const char *format,
                 ...) CFN_PRINTF(3, 4);
static void tell(struct cfn__replications_errand *e, enum cfn_event_kind kind, const char *format,
                 ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    e->tell(e->self, kind, text.data ? text.data : "");
    cfn_text_done(&text);
}

static const char *name_of(const struct cfn__replications_errand *e) {
    return cfn_output_text(cfn__replications_item(e), "id");
}

static bool is_concerned(const struct cfn__replications_errand *e, const json_t *item) {
    if (e->what == CFN__REPLICATIONS_LOOK)
        return true;
    if (e->what == CFN__REPLICATIONS_PAUSE)
        return *cfn_output_text(item, "halt") != '\0';
    return cfn__replication_flag(item, "resume") || cfn__replication_flag(item, "tagged");
}

/* On to the first that it concerns, from that index on. */
static void turn_to(struct cfn__replications_errand *e, size_t index) {
    size_t count = json_array_size(e->list);
    while (index < count && !is_concerned(e, json_array_get(e->list, index)))
        index++;
    e->index = index;
    e->at = CFN__REP_LOOK;
    e->looks = e->troubles = 0;
    e->ordered = e->tried = false;
    e->rest = 0;
    e->done = e->done || index == count;
}

static void go_on(struct cfn__replications_errand *e) {
    turn_to(e, e->index + 1);
}

static void go(struct cfn__replications_errand *e, enum cfn__replications_at at, int64_t rest) {
    e->at = at;
    e->rest = rest;
}

/* What cannot be paused ends the errand; what cannot be resumed leaves the others to it. */
static void give_up(struct cfn__replications_errand *e, const char *format, ...) CFN_PRINTF(2, 3);
static void give_up(struct cfn__replications_errand *e, const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    cfn_text_printf(&text, "the replication %s ", name_of(e));
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    cfn__replication_set(cfn__replications_item(e), "given_up", true);
    if (e->failed)
        cfn_text_done(&text);
    else
        e->failed = cfn_text_take(&text);
    if (e->what == CFN__REPLICATIONS_PAUSE)
        e->done = true;
    else
        go_on(e);
}

static void look_again(struct cfn__replications_errand *e, const char *what) {
    if (++e->looks > MOST_LOOKS)
        give_up(e, "does not %s: it is still '%s'", what,
                cfn_output_text(cfn__replications_item(e), "status"));
    else
        go(e, CFN__REP_LOOK, e->poll);
}

static bool is_finished(const json_t *item) {
    return strstr(cfn_output_text(item, "reason"), "FULL_LOAD_ONLY_FINISHED") != NULL;
}

/* --- after a look --- */

static bool comes_back(const json_t *item) {
    return strcmp(cfn_output_text(item, "halt"), "stop") != 0;
}

/* One that was at work, or bears the mark of an earlier run, shall be so again. */
static void pause_still(struct cfn__replications_errand *e, json_t *item) {
    if (comes_back(item) && !is_finished(item) &&
        (e->tried || cfn__replication_flag(item, "tagged")))
        cfn__replication_set(item, "resume", true);
    if (e->tried)
        tell(e, CFN_EVENT_NOTE, "the replication %s stands still", name_of(e));
    go_on(e);
}

/* What a serverless replication has loaded half-way cannot be resumed. */
static bool may_be_stopped(const json_t *item) {
    return cfn__replication_is_task(item) || !comes_back(item) ||
           strcmp(cfn_output_text(item, "migration"), "full-load") != 0;
}

static void pause_working(struct cfn__replications_errand *e, json_t *item) {
    if (!may_be_stopped(item))
        give_up(e, "is loading, and could not be resumed: wait until its full load is through");
    else if (e->ordered)
        look_again(e, "stop");
    else if (comes_back(item) && !cfn__replication_flag(item, "tagged") &&
             !cfn__replication_flag(item, "unmarked"))
        go(e, CFN__REP_TAG, 0);
    else
        go(e, CFN__REP_STOP, 0);
}

static void pause(struct cfn__replications_errand *e, json_t *item) {
    switch (cfn__replication_is(cfn_output_text(item, "status"))) {
    case CFN__REP_GONE:
        go_on(e);
        break;
    case CFN__REP_STILL:
        pause_still(e, item);
        break;
    case CFN__REP_WORKS:
        pause_working(e, item);
        break;
    case CFN__REP_BUSY:
        look_again(e, "stop");
        break;
    }
}

static void back_at_work(struct cfn__replications_errand *e, json_t *item) {
    cfn__replication_set(item, "resume", false);
    if (e->tried)
        tell(e, CFN_EVENT_NOTE, "the replication %s runs again", name_of(e));
    if (cfn__replication_flag(item, "tagged"))
        go(e, CFN__REP_UNTAG, 0);
    else
        go_on(e);
}

/* DMS goes on telling for a while how it stood before the start. */
static void resume_still(struct cfn__replications_errand *e, json_t *item) {
    const char *failure = cfn_output_text(item, "failure");
    bool failed = strcmp(cfn_output_text(item, "status"), "failed") == 0;
    if (is_finished(item))
        back_at_work(e, item);
    else if (!e->ordered)
        go(e, CFN__REP_START, 0);
    else if (failed && e->looks >= PATIENCE)
        give_up(e, "does not run again: %s", *failure ? failure : "DMS gives no reason");
    else
        look_again(e, "run again");
}

static void resume(struct cfn__replications_errand *e, json_t *item) {
    const char *status = cfn_output_text(item, "status");
    switch (cfn__replication_is(status)) {
    case CFN__REP_GONE:
        tell(e, CFN_EVENT_WARNING, "the replication %s that was stopped is gone", name_of(e));
        cfn__replication_set(item, "resume", false);
        cfn__replication_set(item, "tagged", false);
        go_on(e);
        break;
    case CFN__REP_STILL:
        resume_still(e, item);
        break;
    case CFN__REP_WORKS:
        if (strcmp(status, "running") == 0)
            back_at_work(e, item);
        else
            look_again(e, "run again");
        break;
    case CFN__REP_BUSY:
        look_again(e, "run again");
        break;
    }
}

/* --- answers --- */

static const char *said_of(const struct cfn_reply *reply) {
    return reply->message && *reply->message ? reply->message
           : reply->code && *reply->code     ? reply->code
                                             : "without a word";
}

/* What cannot be looked at in the beginning is looked at when it matters. */
static void not_known(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    tell(e, CFN_EVENT_WARNING, "whether the replication %s runs is not known: %s", name_of(e),
         said_of(reply));
    go_on(e);
}

static void take_look(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    json_t *item = cfn__replications_item(e);
    bool missing = cfn_same(reply->code, "ResourceNotFoundFault");
    if (reply->outcome != CFN_REPLY_OK && !missing) {
        if (e->what == CFN__REPLICATIONS_LOOK)
            not_known(e, reply);
        else
            give_up(e, "cannot be looked at: %s", said_of(reply));
        return;
    }
    cfn__replication_take(item, reply);
    if (e->what == CFN__REPLICATIONS_PAUSE)
        pause(e, item);
    else if (e->what == CFN__REPLICATIONS_RESUME)
        resume(e, item);
    else if (missing || !*cfn_output_text(item, "status"))
        go_on(e);
    else
        go(e, CFN__REP_TAGS, 0);
}

static void take_tags(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    const json_t *tags = cfn_output_list(reply->output, "TagList");
    for (size_t i = 0; i < json_array_size(tags); i++)
        if (strcmp(cfn_output_text(json_array_get(tags, i), "Key"), CFN__RESUME_TAG) == 0)
            cfn__replication_set(cfn__replications_item(e), "tagged", true);
    go_on(e);
}

/* Without the mark it goes on all the same, only that nobody knows after a killed run. */
static void take_tag(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    bool good = reply->outcome == CFN_REPLY_OK;
    cfn__replication_set(cfn__replications_item(e), good ? "tagged" : "unmarked", true);
    if (!good)
        tell(e, CFN_EVENT_WARNING,
             "the replication %s cannot be marked, so a run that is killed now leaves it stopped "
             "for good: %s",
             name_of(e), said_of(reply));
    go(e, CFN__REP_STOP, 0);
}

static bool is_of_state(const struct cfn_reply *reply) {
    return cfn_same(reply->code, "InvalidResourceStateFault") ||
           cfn_same(reply->code, "ResourceNotFoundFault");
}

static void take_stop(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        e->ordered = true;
        tell(e, CFN_EVENT_NOTE, "the replication %s is being stopped", name_of(e));
        go(e, CFN__REP_LOOK, e->poll);
    } else if (is_of_state(reply)) {
        look_again(e, "stop");
    } else {
        give_up(e, "cannot be stopped: %s", said_of(reply));
    }
}

static void take_start(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK) {
        e->ordered = true;
        go(e, CFN__REP_LOOK, e->poll);
    } else if (is_of_state(reply)) {
        look_again(e, "run again");
    } else {
        give_up(e, "cannot be resumed: %s", said_of(reply));
    }
}

static void take_untag(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    if (reply->outcome == CFN_REPLY_OK || cfn_same(reply->code, "ResourceNotFoundFault")) {
        cfn__replication_set(cfn__replications_item(e), "tagged", false);
        go_on(e);
        return;
    }
    give_up(e, "runs, but its mark cannot be taken away: %s", said_of(reply));
}

/* True when nobody has answered, and the same, or how it stands, is asked again. */
static bool is_trouble(struct cfn__replications_errand *e, const struct cfn_reply *reply) {
    unsigned most = e->what == CFN__REPLICATIONS_LOOK ? FEW_TROUBLES : MOST_TROUBLES;
    if (reply->outcome != CFN_REPLY_THROTTLED && reply->outcome != CFN_REPLY_BROKEN) {
        e->troubles = 0;
        return false;
    }
    if (++e->troubles > most)
        return false;
    int64_t rest = e->troubles < 5 ? (int64_t)1000 << e->troubles : LONGEST_REST;
    bool unclear = e->at == CFN__REP_STOP || e->at == CFN__REP_START; /* it may be carried out */
    go(e, unclear ? CFN__REP_LOOK : e->at, rest);
    return true;
}

static void answer(struct cfn__errand *errand, uint64_t tag, const struct cfn_reply *reply) {
    static void (*const takes[])(struct cfn__replications_errand *, const struct cfn_reply *) = {
        [CFN__REP_LOOK] = take_look, [CFN__REP_TAGS] = take_tags,   [CFN__REP_TAG] = take_tag,
        [CFN__REP_STOP] = take_stop, [CFN__REP_START] = take_start, [CFN__REP_UNTAG] = take_untag,
    };
    struct cfn__replications_errand *e = of(errand);
    (void)tag;
    e->out = false;
    if (!e->done && !is_trouble(e, reply))
        takes[e->at](e, reply);
}

static bool next(struct cfn__errand *errand, uint64_t *tag, struct cfn_call *call) {
    struct cfn__replications_errand *e = of(errand);
    if (e->out || e->done)
        return false;
    e->out = true;
    e->errand.rest = e->rest;
    e->rest = 0;
    e->tried |= e->at == CFN__REP_STOP || e->at == CFN__REP_START;
    *tag = 0;
    cfn__replications_call(e, call);
    return true;
}

static bool is_done(const struct cfn__errand *errand) {
    return ((const struct cfn__replications_errand *)errand)->done;
}

static void release(struct cfn__errand *errand) {
    free(of(errand)->failed);
    free(errand);
}

struct cfn__errand *cfn__replications_new(json_t *list, enum cfn__replications what, int64_t poll,
                                          void (*told)(void *self, enum cfn_event_kind kind,
                                                       const char *text),
                                          void *self) {
    struct cfn__replications_errand *e = cfn__alloc(sizeof *e);
    e->errand = (struct cfn__errand){next, answer, is_done, release, 0};
    e->list = list;
    e->what = what;
    e->poll = poll;
    e->tell = told;
    e->self = self;
    turn_to(e, 0);
    return &e->errand;
}

const char *cfn__replications_failed(const struct cfn__errand *errand) {
    return ((const struct cfn__replications_errand *)errand)->failed;
}

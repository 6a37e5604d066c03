/*
 * A scripted AWS in virtual time: each action answers with the next of its replies, and with the
 * last one for ever. What was asked is kept.
 */
#ifndef TESTS_DATA_REPLIES_H
#define TESTS_DATA_REPLIES_H

#include "base/base.h"

#include <setjmp.h> /* cmocka.h wants it, stdarg.h, stddef.h and stdint.h before it */
#include <stdint.h>

#include <cfngen/aws.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

struct scripted {
    struct cfn_transport transport;
    int64_t now;
    json_t *replies; /* {action: [reply...]} */
    json_t *calls;   /* [{action, input, at}] */
    struct {
        uint64_t id;
        json_t *reply;
        int64_t at;
    } waiting[16];
    size_t count;
};

static inline void scripted_send(void *self, uint64_t id, const struct cfn_call *call) {
    struct scripted *s = self;
    json_t *list = json_object_get(s->replies, call->action);
    if (json_array_size(list) == 0 && strstr(call->action, "Resource")) { /* tags: none */
        list = json_pack("[{}]");
        json_object_set_new(s->replies, call->action, list);
    }
    if (json_array_size(list) == 0)
        fail_msg("nobody expects %s", call->action);
    json_t *reply = json_incref(json_array_get(list, 0));
    if (json_array_size(list) > 1)
        json_array_remove(list, 0);
    json_array_append_new(s->calls,
                          json_pack("{s:s, s:s, s:o, s:I}", "action", call->action, "service",
                                    call->service, "input", call->input, "at", (json_int_t)s->now));
    assert_true(s->count < 16);
    s->waiting[s->count].id = id;
    s->waiting[s->count].reply = reply;
    s->waiting[s->count++].at = s->now + 80;
}

static inline enum cfn_outcome outcome_of(const char *name) {
    for (int i = CFN_REPLY_OK; i <= CFN_REPLY_BROKEN; i++)
        if (strcmp(cfn_outcome_name((enum cfn_outcome)i), name) == 0)
            return (enum cfn_outcome)i;
    return CFN_REPLY_OK;
}

/* {"refused": "Code"}, {"broken": "timeout"} ... or the output itself. */
static inline void scripted_answer(json_t *from, struct cfn_reply *reply) {
    const char *name = json_object_iter_key(json_object_iter(from));
    enum cfn_outcome outcome = name ? outcome_of(name) : CFN_REPLY_OK;
    reply->outcome = outcome;
    reply->status = outcome == CFN_REPLY_OK ? 200 : outcome == CFN_REPLY_BROKEN ? 0 : 400;
    if (outcome == CFN_REPLY_OK)
        reply->output = json_deep_copy(from);
    else
        reply->code = cfn__copy(cfn_output_text(from, name));
    const char *said = cfn_output_text(from, "message");
    reply->message = cfn__copy(*said ? said : "as the script says");
    reply->request_id = cfn__copy("");
}

static inline bool scripted_wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct scripted *s = self;
    if (s->count == 0 || s->waiting[0].at > until) {
        if (until > s->now && until != INT64_MAX)
            s->now = until;
        return false;
    }
    json_t *from = s->waiting[0].reply;
    s->now = s->waiting[0].at > s->now ? s->waiting[0].at : s->now;
    *reply = (struct cfn_reply){.id = s->waiting[0].id};
    memmove(&s->waiting[0], &s->waiting[1], --s->count * sizeof s->waiting[0]);
    scripted_answer(from, reply);
    json_decref(from);
    return true;
}

static inline int64_t scripted_now(void *self) {
    return ((struct scripted *)self)->now;
}

/* In virtual time: 2026-01-01T00:00:00Z. */
static inline void scripted_init(struct scripted *s) {
    *s = (struct scripted){.now = 1767225600000, .replies = json_object(), .calls = json_array()};
    s->transport = (struct cfn_transport){s, scripted_send, scripted_wait, scripted_now};
}

static inline void scripted_done(struct scripted *s) {
    json_decref(s->replies);
    json_decref(s->calls);
}

static inline void scripted_add(struct scripted *s, const char *action, json_t *reply) {
    json_t *list = json_object_get(s->replies, action);
    assert_non_null(reply);
    if (!list) {
        list = json_array();
        json_object_set_new(s->replies, action, list);
    }
    json_array_append_new(list, reply);
}

static inline size_t scripted_calls(const struct scripted *s, const char *action) {
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(s->calls); i++)
        count += strcmp(cfn_output_text(json_array_get(s->calls, i), "action"), action) == 0;
    return count;
}

/* Input of the last call of that action; NULL: there was none. */
static inline const json_t *scripted_input(const struct scripted *s, const char *action) {
    for (size_t i = json_array_size(s->calls); i > 0; i--) {
        const json_t *call = json_array_get(s->calls, i - 1);
        if (strcmp(cfn_output_text(call, "action"), action) == 0)
            return json_object_get(call, "input");
    }
    return NULL;
}

static inline bool has_diag(const struct cfn_diags *diags, const char *code, const char *words) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        const struct cfn_diag *diag = cfn_diags_at(diags, i);
        if (strcmp(diag->code, code) == 0 && strstr(diag->message, words))
            return true;
    }
    return false;
}

#endif

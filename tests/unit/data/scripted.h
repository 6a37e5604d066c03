/*
 * A scripted AWS in virtual time: each action answers with the next of its replies, and with the
 * last one for ever. What was asked is kept.
 */
#ifndef TESTS_DATA_SCRIPTED_H
#define TESTS_DATA_SCRIPTED_H

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
 * A transport that is told beforehand which calls will come and what is answered, in virtual time.
 * A call that is another than the next line says fails the test.
#ifndef CFN_TESTS_DATA_SCRIPTED_H
#define CFN_TESTS_DATA_SCRIPTED_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
enum { LATENCY_MS = 50 };
/* What is wanted of the input and given as output is JSON; wanted members must be there and equal.
 * A line without `gives` refuses with code and message. */
struct line {
    const char *action, *wants, *gives, *code, *message, *payload;
    const struct line *lines; /* ended by one without an action */
    size_t at;
    bool pending;
    bool broken; /* refusals are lost answers instead */
    uint64_t id;
    json_t *last; /* the last input */
static json_t *json_of(const char *text) {
    json_error_t error;
    json_t *json = json_loads(text ? text : "{}", JSON_DECODE_ANY, &error);
    if (!json)
        fail_msg("%s: %s", error.text, text);
    return json;
static bool holds(const json_t *whole, const json_t *part) {
    const char *key;
    json_t *value;
    if (!json_is_object(part))
        return json_equal((json_t *)(uintptr_t)whole, (json_t *)(uintptr_t)part);
    json_object_foreach(((json_t *)(uintptr_t)part), key,
                        value) if (!holds(json_object_get(whole, key), value)) return false;
static void scripted_send(void *self, uint64_t id, const struct cfn_call *call) {
    struct scripted *scripted = self;
    const struct line *line = &scripted->lines[scripted->at];
    char *said = json_dumps(call->input, JSON_COMPACT | JSON_SORT_KEYS);
    if (!line->action)
        fail_msg("%s %s comes after the end", call->action, said);
    if (strcmp(line->action, call->action) != 0)
        fail_msg("call %zu is %s %s, not %s", scripted->at, call->action, said, line->action);
    json_t *wanted = json_of(line->wants);
    if (!holds(call->input, wanted))
        fail_msg("call %zu, %s, lacks of %s: %s", scripted->at, call->action, line->wants, said);
    json_decref(wanted);
    free(said);
    json_decref(scripted->last);
    scripted->last = call->input;
    scripted->pending = true;
    scripted->id = id;
static bool scripted_wait(void *self, int64_t until, struct cfn_reply *reply) {
    if (!scripted->pending) {
        assert_true(until < INT64_MAX);
        scripted->now = until > scripted->now ? until : scripted->now;
    const struct line *line = &scripted->lines[scripted->at++];
    scripted->pending = false;
    scripted->now += LATENCY_MS;
    *reply = (struct cfn_reply){
        .id = scripted->id,
        .outcome = !line->code        ? CFN_REPLY_OK
                   : scripted->broken ? CFN_REPLY_BROKEN
                                      : CFN_REPLY_REFUSED,
        .status = line->code ? 400 : 200,
        .output = line->code ? NULL : json_of(line->gives),
        .code = cfn__copy(line->code ? line->code : ""),
        .message = cfn__copy(line->message ? line->message : ""),
        .payload = line->payload ? cfn__copy(line->payload) : NULL,
        .payload_size = line->payload ? strlen(line->payload) : 0,
        .request_id = cfn__copy(""),
    };
static int64_t scripted_now(void *self) {
static struct scripted *scripted_new(const struct line *lines) {
    struct scripted *scripted = cfn__alloc(sizeof *scripted);
    scripted->transport =
        (struct cfn_transport){scripted, scripted_send, scripted_wait, scripted_now};
    scripted->lines = lines;
    scripted->now = 1795000000000;
    return scripted;
/* All lines have been used. */
static void scripted_end(struct scripted *scripted) {
    if (scripted->lines[scripted->at].action)
        fail_msg("line %zu, %s, was never called", scripted->at,
                 scripted->lines[scripted->at].action);
    free(scripted);
static const char *first_message(const struct cfn_diags *diags) {
    assert_true(cfn_diags_count(diags) > 0);
    return cfn_diags_at(diags, 0)->message;
}

#endif

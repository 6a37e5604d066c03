/*
 * A transport that is told beforehand which calls will come and what is answered, in virtual time.
 * A call that is another than the next line says fails the test.
 */
#ifndef CFN_TESTS_DATA_SCRIPTED_H
#define CFN_TESTS_DATA_SCRIPTED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/base.h"

#include <cfngen/aws.h>

enum { LATENCY_MS = 50 };

/* What is wanted of the input and given as output is JSON; wanted members must be there and equal.
 * A line without `gives` refuses with code and message. */
struct line {
    const char *action, *wants, *gives, *code, *message, *payload;
};

struct scripted {
    struct cfn_transport transport;
    const struct line *lines; /* ended by one without an action */
    size_t at;
    int64_t now;
    bool pending;
    bool broken; /* refusals are lost answers instead */
    uint64_t id;
    json_t *last; /* the last input */
};

static json_t *json_of(const char *text) {
    json_error_t error;
    json_t *json = json_loads(text ? text : "{}", JSON_DECODE_ANY, &error);
    if (!json)
        fail_msg("%s: %s", error.text, text);
    return json;
}

static bool holds(const json_t *whole, const json_t *part) {
    const char *key;
    json_t *value;
    if (!json_is_object(part))
        return json_equal((json_t *)(uintptr_t)whole, (json_t *)(uintptr_t)part);
    json_object_foreach(((json_t *)(uintptr_t)part), key,
                        value) if (!holds(json_object_get(whole, key), value)) return false;
    return true;
}

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
}

static bool scripted_wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct scripted *scripted = self;
    if (!scripted->pending) {
        assert_true(until < INT64_MAX);
        scripted->now = until > scripted->now ? until : scripted->now;
        return false;
    }
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
    return true;
}

static int64_t scripted_now(void *self) {
    return ((struct scripted *)self)->now;
}

static struct scripted *scripted_new(const struct line *lines) {
    struct scripted *scripted = cfn__alloc(sizeof *scripted);
    scripted->transport =
        (struct cfn_transport){scripted, scripted_send, scripted_wait, scripted_now};
    scripted->lines = lines;
    scripted->now = 1795000000000;
    return scripted;
}

/* All lines have been used. */
static void scripted_end(struct scripted *scripted) {
    if (scripted->lines[scripted->at].action)
        fail_msg("line %zu, %s, was never called", scripted->at,
                 scripted->lines[scripted->at].action);
    json_decref(scripted->last);
    free(scripted);
}

static const char *first_message(const struct cfn_diags *diags) {
    assert_true(cfn_diags_count(diags) > 0);
    return cfn_diags_at(diags, 0)->message;
}

#endif

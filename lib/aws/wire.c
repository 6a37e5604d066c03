/* The transport to AWS: calls become requests, answers become replies. */
#include "wire.h"

#include <stdlib.h>
#include <string.h>

enum { SKEW_MS = 4 * 60 * 1000 };

static void release(struct cfn__flight *flight) {
    cfn__outgoing_done(&flight->outgoing);
    free(flight->action);
    free(flight->url);
    free(flight);
}

/* -- sending ----------------------------------------------------------------------------------- */

static void answer_now(struct cfn__wire *wire, uint64_t id, enum cfn_outcome outcome,
                       const char *code, const char *message) {
    *CFN_PUSH(&wire->ready) = (struct cfn_reply){
        .id = id,
        .outcome = outcome,
        .code = cfn__copy(code),
        .message = cfn__copy(message),
        .request_id = cfn__copy(""),
    };
}

static void trace(struct cfn__wire *wire, const struct cfn__flight *flight,
                  const struct cfn_reply *reply, size_t received) {
    const struct cfn_trace line = {
        .service = flight->service->signing,
        .action = flight->action,
        .method = flight->outgoing.method,
        .url = flight->url,
        .status = reply->status,
        .code = reply->code,
        .request_id = reply->request_id,
        .milliseconds = cfn__http_now(wire->options.http) - flight->begun,
        .sent = flight->outgoing.body_size,
        .received = received,
    };
    if (wire->options.trace)
        wire->options.trace(wire->options.trace_self, &line);
}

static void start(struct cfn__wire *wire, struct cfn__flight *flight) {
    if (cfn__wire_start(wire, flight)) {
        flight->next = wire->flights;
        wire->flights = flight;
        return;
    }
    answer_now(wire, flight->id, CFN_REPLY_EXPIRED, "NoCredentials", wire->refusal);
    release(flight);
}

static void send_call(void *self, uint64_t id, const struct cfn_call *call) {
    struct cfn__wire *wire = self;
    const struct cfn__service *service = cfn__service_find(call->service);
    struct cfn__flight *flight = cfn__alloc(sizeof *flight);
    const char *why = "no service is known by that name";
    flight->id = id;
    flight->service = service;
    flight->action = cfn__copy(call->action);
    if (service) {
        bool own;
        cfn__wire_base(wire, service, &own, &flight->outgoing.arena);
        why = cfn__encode(service, call, own, &flight->outgoing);
    }
    json_decref(call->input);
    if (!why) {
        start(wire, flight);
        return;
    }
    answer_now(wire, id, CFN_REPLY_REFUSED, "InvalidCall", why);
    release(flight);
}

/* -- receiving --------------------------------------------------------------------------------- */

static struct cfn__flight *take_flight(struct cfn__wire *wire, uint64_t exchange) {
    struct cfn__flight **at = &wire->flights;
    while ((*at)->exchange != exchange)
        at = &(*at)->next;
    struct cfn__flight *flight = *at;
    *at = flight->next;
    return flight;
}

static bool is_about_time(const char *code) {
    static const char *const codes[] = {"SignatureDoesNotMatch", "InvalidSignatureException",
                                        "RequestTimeTooSkewed", "RequestExpired"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], code) == 0)
            return true;
    return false;
}

/* A signature is good for some minutes around the service's time, which its answer has told. */
static bool adjusts(struct cfn__wire *wire, struct cfn__flight *flight,
                    const struct cfn_reply *reply) {
    int64_t skew = reply->server_time - cfn__http_time(wire->options.http);
    if (flight->adjusted || !reply->server_time || !is_about_time(reply->code) ||
        (skew > -SKEW_MS && skew < SKEW_MS))
        return false;
    cfn__http_adjust(wire->options.http, reply->server_time);
    flight->adjusted = true;
    return true;
}

/* Once, and with other credentials: the same would be refused again. */
static bool renews(struct cfn__wire *wire, struct cfn__flight *flight,
                   const struct cfn_reply *reply) {
    if (flight->renewed || reply->outcome != CFN_REPLY_EXPIRED || !wire->have ||
        !cfn_starts_with(reply->code, "ExpiredToken"))
        return false;
    flight->renewed = true;
    struct cfn__credentials before = wire->credentials;
    wire->credentials = (struct cfn__credentials){0};
    wire->have = false;
    struct cfn_diags *unheard = cfn_diags_new();
    const struct cfn__credentials *fresh = cfn__wire_credentials(wire, unheard);
    bool other = fresh && (!cfn_same(fresh->access_key, before.access_key) ||
                           !cfn_same(fresh->session_token, before.session_token));
    cfn_diags_free(unheard);
    cfn__credentials_done(&before);
    return other;
}

/* false: the call has been sent again. */
static bool settle(struct cfn__wire *wire, uint64_t exchange, struct cfn__response *response,
                   struct cfn_reply *reply) {
    struct cfn__flight *flight = take_flight(wire, exchange);
    size_t received = response->body_size;
    cfn__decode(flight->service, flight->action, response, reply);
    cfn__response_done(response);
    reply->id = flight->id;
    trace(wire, flight, reply, received);
    if (reply->outcome != CFN_REPLY_OK &&
        (adjusts(wire, flight, reply) || renews(wire, flight, reply))) {
        cfn_reply_done(reply);
        start(wire, flight);
        return false;
    }
    release(flight);
    return true;
}

static bool take_ready(struct cfn__wire *wire, struct cfn_reply *reply) {
    if (wire->ready.count == 0)
        return false;
    *reply = wire->ready.items[0];
    wire->ready.count--;
    memmove(wire->ready.items, wire->ready.items + 1, wire->ready.count * sizeof *reply);
    return true;
}

static bool wait_reply(void *self, int64_t until, struct cfn_reply *reply) {
    struct cfn__wire *wire = self;
    uint64_t exchange = 0;
    struct cfn__response response;
    while (!take_ready(wire, reply)) {
        if (!cfn__http_next(wire->options.http, wire, until, &exchange, &response))
            return false;
        if (settle(wire, exchange, &response, reply))
            return true;
    }
    return true;
}

/* -- the whole --------------------------------------------------------------------------------- */

static int64_t now(void *self) {
    struct cfn__wire *wire = self;
    return cfn__http_now(wire->options.http);
}

struct cfn__wire *cfn__wire_new(const struct cfn__wire_options *options) {
    struct cfn__wire *wire = cfn__alloc(sizeof *wire);
    wire->options = *options;
    wire->region = cfn__copy(options->region);
    wire->transport = (struct cfn_transport){wire, send_call, wait_reply, now};
    return wire;
}

const struct cfn_transport *cfn__wire_transport(struct cfn__wire *wire) {
    return &wire->transport;
}

void cfn__wire_free(struct cfn__wire *wire) {
    if (!wire)
        return;
    cfn__http_drop(wire->options.http, wire);
    while (wire->flights) {
        struct cfn__flight *flight = wire->flights;
        wire->flights = flight->next;
        release(flight);
    }
    for (size_t i = 0; i < wire->ready.count; i++)
        cfn_reply_done(&wire->ready.items[i]);
    free(wire->ready.items);
    cfn__credentials_done(&wire->credentials);
    free(wire->refusal);
    free(wire->region);
    free(wire);
}

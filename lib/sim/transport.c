/*
 * The transport: calls travel, are carried out when they arrive, and their answers travel back; and
 * what a network and a busy service do to them on the way.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

enum { STALE = 5000, LATE = 30000, SLOWEST = 60000 };

/* One call under way, there or back. */
struct flight {
    unsigned epoch;
    uint64_t id;
    struct cfn_call call; /* its texts are copies */
    char *payload;        /* who hangs up takes his own with him */
    enum cfn__fate fate;
    struct cfn_reply reply;
};

static void drop_flight(struct flight *flight) {
    char *service, *action;
    memcpy(&service, &flight->call.service, sizeof service);
    memcpy(&action, &flight->call.action, sizeof action);
    free(service);
    free(action);
    free(flight->payload);
    json_decref(flight->call.input);
    cfn_reply_done(&flight->reply);
    free(flight);
}

static void break_reply(struct flight *flight, int status, const char *code, const char *message) {
    cfn_reply_done(&flight->reply);
    flight->reply = (struct cfn_reply){.outcome = CFN_REPLY_BROKEN,
                                       .status = status,
                                       .code = cfn__copy(code),
                                       .message = cfn__copy(message),
                                       .request_id = cfn__copy("")};
}

static void return_flight(struct cfn_sim *sim, struct flight *flight, int64_t after) {
    flight->reply.id = flight->id;
    struct cfn__happening answer = {
        .time = sim->now + after, .order = ++sim->orders, .subject = flight};
    cfn__heap_put(&sim->answers, answer);
}

static void fail_flight(struct cfn_sim *sim, struct flight *flight) {
    uint64_t draw = cfn__sim_draw(sim);
    if (flight->fate == CFN__FATE_LOST) {
        break_reply(flight, 0, draw & 1 ? "timeout" : "connection",
                    draw & 1 ? "no answer came in time" : "the connection was lost");
        return_flight(sim, flight, draw & 1 ? SLOWEST : 200);
        return;
    }
    bool busy = draw & 1;
    break_reply(flight, busy ? 503 : 500, busy ? "ServiceUnavailable" : "InternalFailure",
                busy ? "Service is unable to handle request."
                     : "An internal error has occurred. Please try your query again at a later "
                       "time.");
    return_flight(sim, flight, sim->latency - sim->latency / 2);
}

static void throttle(struct cfn_sim *sim, struct flight *flight) {
    flight->reply = (struct cfn_reply){.outcome = CFN_REPLY_THROTTLED,
                                       .status = 400,
                                       .code = cfn__copy("Throttling"),
                                       .message = cfn__copy("Rate exceeded"),
                                       .request_id = cfn__sim_uuid(sim),
                                       .server_time = sim->now};
}

static void arrive(struct cfn_sim *sim, const struct cfn__happening *happening) {
    struct flight *flight = happening->subject;
    int64_t back = sim->latency - sim->latency / 2, as_of = sim->now;
    cfn__others_act(sim);
    bool carried_out = cfn__fate_of(sim, &flight->fate);
    if (cfn__sim_chance(sim, sim->faults.stale_read))
        as_of -= (int64_t)(cfn__sim_draw(sim) % STALE);
    if (flight->fate == CFN__FATE_THROTTLED)
        throttle(sim, flight);
    else if (carried_out)
        cfn__sim_answer(sim, &flight->call, as_of, false, &flight->reply);
    if (flight->fate == CFN__FATE_LATE)
        back += (int64_t)(cfn__sim_draw(sim) % LATE);
    if (flight->fate == CFN__FATE_LOST || flight->fate == CFN__FATE_BROKEN)
        fail_flight(sim, flight);
    else
        return_flight(sim, flight, back);
}

static void send_call(void *self, uint64_t id, const struct cfn_call *call) {
    struct cfn_sim *sim = self;
    struct flight *flight = cfn__alloc(sizeof *flight);
    *flight = (struct flight){.epoch = sim->epoch, .id = id, .call = *call};
    flight->call.service = cfn__copy(call->service);
    flight->call.action = cfn__copy(call->action);
    if (call->payload) {
        flight->payload = cfn__alloc(call->payload_size + 1);
        memcpy(flight->payload, call->payload, call->payload_size);
        flight->call.payload = flight->payload;
    }
    cfn__sim_at(sim, sim->now + sim->latency / 2, arrive, flight, 0, 0);
}

static bool take_answer(struct cfn_sim *sim, struct cfn_reply *reply) {
    struct flight *flight = cfn__heap_take(&sim->answers).subject;
    bool wanted = flight->epoch == sim->epoch;
    if (wanted) {
        *reply = flight->reply;
        flight->reply = (struct cfn_reply){0};
    }
    drop_flight(flight);
    return wanted;
}

static bool wait_reply(void *self, int64_t until, struct cfn_reply *reply) {
    struct cfn_sim *sim = self;
    for (;;) {
        int64_t answer = sim->answers.count ? sim->answers.items[0].time : INT64_MAX;
        if (cfn__sim_next(sim, answer < until ? answer : until))
            continue;
        if (answer > until || answer == INT64_MAX)
            break;
        if (answer > sim->now)
            sim->now = answer;
        if (take_answer(sim, reply))
            return true;
    }
    if (until > sim->now && until != INT64_MAX)
        sim->now = until;
    return false;
}

static int64_t tell_now(void *self) {
    const struct cfn_sim *sim = self;
    return sim->now;
}

const struct cfn_transport *cfn_sim_transport(struct cfn_sim *sim) {
    sim->transport = (struct cfn_transport){sim, send_call, wait_reply, tell_now};
    return &sim->transport;
}

void cfn_sim_hang_up(struct cfn_sim *sim) {
    sim->epoch++;
    while (sim->answers.count)
        drop_flight(cfn__heap_take(&sim->answers).subject);
}

void cfn__calls_drop(struct cfn_sim *sim) {
    while (sim->heap.count) {
        struct cfn__happening happening = cfn__heap_take(&sim->heap);
        if (happening.run == arrive)
            drop_flight(happening.subject);
    }
}

void cfn_sim_call(struct cfn_sim *sim, int64_t now, const struct cfn_call *call,
                  struct cfn_reply *reply) {
    cfn__sim_pass(sim, now);
    cfn__sim_answer(sim, call, sim->now, false, reply);
    json_decref(call->input);
}

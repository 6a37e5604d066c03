/* The loop that brings engine and transport together. */
#include "base/base.h"

#include <cfngen/deploy.h>

static void send_calls(struct cfn_engine *engine, const struct cfn_transport *transport) {
    uint64_t id;
    struct cfn_call call;
    while (cfn_engine_call(engine, &id, &call))
        transport->send(transport->self, id, &call);
}

static void tell_events(struct cfn_engine *engine, const struct cfn_watcher *watcher) {
    struct cfn_event event;
    while (cfn_engine_event(engine, &event))
        if (watcher->event)
            watcher->event(watcher->self, &event);
}

static bool is_over(const struct cfn_engine *engine) {
    enum cfn_phase phase = cfn_engine_phase(engine);
    return phase == CFN_PLANNED || phase == CFN_ENDED;
}

/* Steps until nothing more comes of it; the watcher may have halted it meanwhile. */
static int64_t settle(struct cfn_engine *engine, const struct cfn_transport *transport,
                      const struct cfn_watcher *watcher, struct cfn_reply *reply) {
    int64_t now = transport->now(transport->self);
    int64_t next = cfn_engine_step(engine, now, reply);
    if (reply)
        cfn_reply_done(reply);
    send_calls(engine, transport);
    tell_events(engine, watcher);
    if (watcher->look)
        watcher->look(watcher->self, engine, now);
    send_calls(engine, transport);
    tell_events(engine, watcher);
    return next;
}

enum cfn_phase cfn_engine_run(struct cfn_engine *engine, const struct cfn_transport *transport,
                              const struct cfn_watcher *watcher) {
    static const struct cfn_watcher nobody = {0};
    const struct cfn_watcher *who = watcher ? watcher : &nobody;
    int64_t tick = who->tick > 0 ? who->tick : 1000;
    int64_t next = settle(engine, transport, who, NULL);
    while (!is_over(engine)) {
        int64_t until = transport->now(transport->self) + tick;
        struct cfn_reply reply = {0};
        bool any = transport->wait(transport->self, next < until ? next : until, &reply);
        next = settle(engine, transport, who, any ? &reply : NULL);
    }
    return cfn_engine_phase(engine);
}

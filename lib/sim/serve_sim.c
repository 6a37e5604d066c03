/* Between the server and the simulation: calls with the faults of a network. */
#include "serve_sim.h"

#include "sim.h"

#include <string.h>

enum { STALE = 5000, LATEST = 30000 };

void cfn__serve_refuse(struct cfn_sim *sim, int status, const char *code, const char *message,
                       struct cfn_reply *reply) {
    *reply = (struct cfn_reply){.outcome = CFN_REPLY_REFUSED,
                                .status = status,
                                .code = cfn__copy(code),
                                .message = cfn__copy(message),
                                .request_id = cfn__sim_uuid(sim),
                                .server_time = sim->now};
}

static enum cfn__journey fail(struct cfn_sim *sim, struct cfn_reply *reply) {
    cfn_reply_done(reply);
    if (cfn__sim_draw(sim) & 1)
        cfn__serve_refuse(sim, 503, "ServiceUnavailable", "Service is unable to handle request.",
                          reply);
    else
        cfn__serve_refuse(sim, 500, "InternalFailure",
                          "An internal error has occurred. Please try your query again at a later "
                          "time.",
                          reply);
    return CFN__BROKEN_BY;
}

enum cfn__journey cfn__serve_call(struct cfn_sim *sim, const struct cfn_call *call,
                                  struct cfn_reply *reply, int64_t *late) {
    enum cfn__fate fate;
    int64_t as_of = sim->now;
    *late = 0;
    cfn__others_act(sim);
    bool carried_out = cfn__fate_of(sim, &fate);
    if (cfn__sim_chance(sim, sim->faults.stale_read))
        as_of -= (int64_t)(cfn__sim_draw(sim) % STALE);
    if (carried_out)
        cfn__sim_answer(sim, call, as_of, false, reply);
    if (fate == CFN__FATE_LATE)
        *late = (int64_t)(cfn__sim_draw(sim) % LATEST);
    if (fate == CFN__FATE_BROKEN)
        return fail(sim, reply);
    if (fate == CFN__FATE_LOST)
        return CFN__SILENT;
    return fate == CFN__FATE_THROTTLED ? CFN__REFUSED : CFN__ANSWERED;
}

int64_t cfn__serve_latency(const struct cfn_sim *sim) {
    return sim->latency;
}

const char *cfn__serve_members(const char *action) {
    const struct cfn__action_row *row = cfn__action_of(action);
    return row ? row->members : NULL;
}

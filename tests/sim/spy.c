#include "spy.h"

#include <stdio.h>
#include <string.h>

static bool changes_something(const char *action) {
    static const char *const reads[] = {"Describe", "List", "Get", "Head", "Detect", "Validate"};
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++)
        if (strncmp(action, reads[i], strlen(reads[i])) == 0)
            return false;
    return true;
}

static void send(void *self, uint64_t id, const struct cfn_call *call) {
    struct spy *spy = self;
    spy->calls++;
    if (!spy->approved && changes_something(call->action))
        spy->changes_before_approval++;
    if (spy->loud) {
        char *input = json_dumps(call->input, JSON_COMPACT);
        printf("%10lld -> #%llu %s %.160s\n", (long long)spy->inner->now(spy->inner->self),
               (unsigned long long)id, call->action, input ? input : "");
        free(input);
    }
    spy->inner->send(spy->inner->self, id, call);
}

static bool wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct spy *spy = self;
    bool got = spy->inner->wait(spy->inner->self, until, reply);
    if (got && spy->loud)
        printf("%10lld <- #%llu %s %s %s\n", (long long)spy->inner->now(spy->inner->self),
               (unsigned long long)reply->id, cfn_outcome_name(reply->outcome),
               reply->code ? reply->code : "", reply->message ? reply->message : "");
    return got;
}

static int64_t now(void *self) {
    const struct spy *spy = self;
    return spy->inner->now(spy->inner->self);
}

void spy_init(struct spy *spy, const struct cfn_transport *inner, bool loud) {
    *spy = (struct spy){.inner = inner, .loud = loud};
    spy->outer = (struct cfn_transport){.self = spy, .send = send, .wait = wait, .now = now};
}

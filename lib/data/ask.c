#include "ask.h"

#include <stdlib.h>

json_t *cfn__data_ask(const struct cfn_transport *transport, const char *service,
                      const char *action, json_t *input, struct cfn_diags *diags) {
    const struct cfn_call call = {.service = service, .action = action, .input = input};
    struct cfn_reply reply;
    cfn_call_wait(transport, &call, &reply);
    json_t *output = reply.outcome == CFN_REPLY_OK ? json_incref(reply.output) : NULL;
    if (!output)
        cfn_reply_fail(&reply, &call, diags);
    cfn_reply_done(&reply);
    return output;
}

void cfn__data_pause(const struct cfn_transport *transport, int64_t milliseconds) {
    struct cfn_reply reply;
    if (transport->wait(transport->self, transport->now(transport->self) + milliseconds, &reply))
        cfn_reply_done(&reply);
}

void cfn__poll_pause(struct cfn__poll *poll, const struct cfn_transport *transport) {
    cfn__data_pause(transport, poll->wait);
    poll->wait = poll->wait * 3 / 2 < poll->slowest ? poll->wait * 3 / 2 : poll->slowest;
}

void cfn__data_token(const char *what, uint64_t run, int64_t now, char token[65]) {
    struct cfn_text text = {0};
    cfn_text_printf(&text, "%llu/%lld/%s", (unsigned long long)run, (long long)now, what);
    cfn_sha256(text.data, text.size, token);
    cfn_text_done(&text);
}

/* Asking and waiting: several calls at once, all pages of a list. */
#include "inspect.h"

#include <stdlib.h>
#include <string.h>

void cfn__ask_all(const struct cfn_transport *transport, const struct cfn_call *calls, size_t count,
                  struct cfn_reply *replies) {
    for (size_t i = 0; i < count; i++) {
        replies[i] = (struct cfn_reply){0};
        transport->send(transport->self, i, &calls[i]);
    }
    for (size_t left = count; left > 0;) {
        struct cfn_reply reply;
        if (!transport->wait(transport->self, CFN_NEVER, &reply))
            continue;
        if (reply.id < count) {
            replies[reply.id] = reply;
            left--;
        } else {
            cfn_reply_done(&reply);
        }
    }
}

void cfn__ask_each(const struct cfn_transport *transport, const struct cfn_deployment *what,
                   const char *action, const bool *wanted, struct cfn_reply *replies) {
    struct cfn_call *calls = cfn__alloc(what->count * sizeof *calls);
    struct cfn_reply *answers = cfn__alloc(what->count * sizeof *answers);
    size_t asked = 0;
    for (size_t i = 0; i < what->count; i++)
        if (!wanted || wanted[i])
            calls[asked++] = (struct cfn_call){
                .service = "cloudformation",
                .action = action,
                .input = json_pack("{s:s}", "StackName", what->targets[i].stack_name),
            };
    cfn__ask_all(transport, calls, asked, answers);
    asked = 0;
    for (size_t i = 0; i < what->count; i++)
        replies[i] = !wanted || wanted[i] ? answers[asked++] : (struct cfn_reply){0};
    free(calls);
    free(answers);
}

void cfn__replies_done(struct cfn_reply *replies, size_t count) {
    for (size_t i = 0; i < count; i++)
        cfn_reply_done(&replies[i]);
    free(replies);
}

json_t *cfn__ask_pages(const struct cfn_transport *transport, const char *action, json_t *input,
                       const char *list, struct cfn_diags *diags) {
    json_t *all = json_array();
    for (bool more = true; more && all;) {
        struct cfn_call call = {
            .service = "cloudformation", .action = action, .input = json_deep_copy(input)};
        struct cfn_reply reply;
        cfn_call_wait(transport, &call, &reply);
        const char *next = cfn_output_text(reply.output, "NextToken");
        const json_t *items = cfn_output_list(reply.output, list);
        for (size_t i = 0; i < json_array_size(items); i++)
            json_array_append(all, json_array_get(items, i));
        more = *next != '\0';
        if (more)
            json_object_set_new(input, "NextToken", json_string(next));
        if (reply.outcome != CFN_REPLY_OK) {
            cfn_reply_fail(&reply, &call, diags);
            json_decref(all);
            all = NULL;
        }
        cfn_reply_done(&reply);
    }
    json_decref(input);
    return all;
}

void cfn__rest(const struct cfn_transport *transport, int64_t milliseconds) {
    int64_t until = transport->now(transport->self) + milliseconds;
    struct cfn_reply reply;
    if (transport->wait(transport->self, until, &reply))
        cfn_reply_done(&reply);
}

bool cfn__is_busy(const char *status) {
    return cfn_ends_with(status, "_IN_PROGRESS") && strcmp(status, "REVIEW_IN_PROGRESS") != 0;
}

bool cfn__is_missing(const struct cfn_reply *reply) {
    return reply->outcome == CFN_REPLY_REFUSED &&
           (strcmp(reply->code, "StackNotFoundException") == 0 ||
            (strcmp(reply->code, "ValidationError") == 0 &&
             strstr(reply->message, "does not exist")));
}

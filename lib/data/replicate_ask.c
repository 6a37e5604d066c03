/* Asking DMS: calls, pages, and what its refusals mean. */
#include "replicate.h"

#include <stdlib.h>
#include <string.h>

void cfn__dms_ask(const struct cfn_transport *transport, const char *action, json_t *input,
                  struct cfn_reply *reply) {
    const struct cfn_call call = {.service = "dms", .action = action, .input = input};
    cfn_call_wait(transport, &call, reply);
}

static const struct {
    const char *code, *advice;
} refusals[] = {
    {"ResourceNotFoundFault",
     "it is not there (any more): 'cfngen deploy --stack dms' brings the stack about"},
    {"InvalidResourceStateFault",
     "DMS does not do that in its present state, which 'cfngen replicate status' tells"},
    {"AccessDeniedFault", "allow these credentials the action, then run it again"},
    {"AccessDeniedException", "allow these credentials the action, then run it again"},
    {"KMSKeyNotAccessibleFault",
     "the key of the stack common must be enabled, and its policy let DMS use it"},
    {"ResourceQuotaExceededFault", "a quota of DMS is used up: have it raised in Service Quotas"},
};

int cfn__dms_fail(const char *action, const struct cfn_reply *reply, struct cfn_diags *diags) {
    const struct cfn_call call = {.service = "dms", .action = action};
    cfn_reply_fail(reply, &call, diags);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (cfn_same(reply->code, refusals[i].code))
            cfn_hint(diags, "%s", refusals[i].advice);
    return -1;
}

json_t *cfn__dms_filter(const char *name, const char *const *values) {
    json_t *list = json_array();
    for (; *values; values++)
        json_array_append_new(list, json_string(*values));
    return json_pack("[{s:s, s:o}]", "Name", name, "Values", list);
}

json_t *cfn__dms_pages(const struct cfn_transport *transport, const char *action, json_t *input,
                       const char *list, struct cfn_reply *failure) {
    json_t *all = json_array();
    for (bool more = true; more;) {
        struct cfn_reply reply;
        cfn__dms_ask(transport, action, json_deep_copy(input), &reply);
        if (reply.outcome != CFN_REPLY_OK) {
            *failure = reply;
            json_decref(all);
            json_decref(input);
            return NULL;
        }
        const json_t *page = cfn_output_list(reply.output, list);
        for (size_t i = 0; i < json_array_size(page); i++)
            json_array_append(all, json_array_get(page, i));
        const char *marker = cfn_output_text(reply.output, "Marker");
        more = *marker && json_array_size(page) > 0;
        if (more)
            json_object_set_new(input, "Marker", json_string(marker));
        cfn_reply_done(&reply);
    }
    json_decref(input);
    return all;
}

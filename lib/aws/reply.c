/* Replies: their names, their release, and what is read from them. */
#include "base/base.h"

#include <cfngen/aws.h>
#include <stdlib.h>
#include <string.h>

const char *cfn_outcome_name(enum cfn_outcome outcome) {
    static const char *const names[] = {"ok",      "refused",   "denied",
                                        "expired", "throttled", "broken"};
    return names[outcome];
}

void cfn_reply_done(struct cfn_reply *reply) {
    json_decref(reply->output);
    free(reply->payload);
    free(reply->code);
    free(reply->message);
    free(reply->request_id);
    *reply = (struct cfn_reply){0};
}

void cfn_call_wait(const struct cfn_transport *transport, const struct cfn_call *call,
                   struct cfn_reply *reply) {
    *reply = (struct cfn_reply){0};
    transport->send(transport->self, 0, call);
    while (!transport->wait(transport->self, INT64_MAX, reply))
        continue;
}

int cfn_reply_fail(const struct cfn_reply *reply, const struct cfn_call *call,
                   struct cfn_diags *diags) {
    static const char *const phrases[] = {"has succeeded",         "is refused",   "is denied",
                                          "needs new credentials", "is throttled", "has failed"};
    struct cfn_text text = {0};
    const char *code = reply->code && *reply->code ? reply->code : "failed";
    const char *message = reply->message ? reply->message : "";
    size_t size = strlen(message);
    size -= size > 0 && message[size - 1] == '.';
    cfn_text_printf(&text, "aws.%s", code);
    char *name = cfn_text_take(&text);
    const bool has_id = reply->request_id && *reply->request_id;
    if (has_id || reply->status)
        cfn_text_printf(&text, " (status %d%s%s)", reply->status, has_id ? ", request " : "",
                        has_id ? reply->request_id : "");
    cfn_fail(diags, name, (struct cfn_place){0}, NULL, "%s %s %s: %.*s%s", call->service,
             call->action, phrases[reply->outcome], (int)(size < 4000 ? size : 4000),
             size ? message : "without a word", text.data ? text.data : "");
    cfn_text_done(&text);
    free(name);
    return -1;
}

/* The value at a path of names and indexes, or NULL. */
static const json_t *value_at(const json_t *output, const char *path) {
    char step[128];
    while (output && *path) {
        size_t size = strcspn(path, ".");
        if (size == 0 || size >= sizeof step)
            return NULL;
        memcpy(step, path, size);
        step[size] = '\0';
        path += size + (path[size] == '.');
        if (!json_is_array(output))
            output = json_object_get(output, step);
        else if (step[strspn(step, "0123456789")])
            output = NULL;
        else
            output = json_array_get(output, strtoul(step, NULL, 10));
    }
    return output;
}

const char *cfn_output_text(const json_t *output, const char *path) {
    const char *text = json_string_value(value_at(output, path));
    return text ? text : "";
}

const json_t *cfn_output_list(const json_t *output, const char *path) {
    const json_t *list = value_at(output, path);
    return json_is_array(list) ? list : NULL;
}

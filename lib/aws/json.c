/* The JSON protocols, and what all encoders share. */
#include "files.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

const char *cfn__plain_text(const json_t *value, struct cfn_arena *arena) {
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    if (!json_is_number(value))
        return NULL;
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    const char *copy = cfn_arena_copy(arena, text, strlen(text));
    free(text);
    return copy;
}

const char *cfn__encode_json(const struct cfn__service *service, const struct cfn_call *call,
                             struct cfn__outgoing *outgoing) {
    char *body = json_dumps(call->input, JSON_COMPACT);
    outgoing->method = "POST";
    outgoing->body_size = strlen(body);
    outgoing->body = cfn_arena_copy(&outgoing->arena, body, outgoing->body_size);
    cfn__secret_free(body);
    cfn__pairs_put(&outgoing->headers, "Content-Type", "application/x-amz-json-1.1");
    cfn__pairs_put(&outgoing->headers, "X-Amz-Target",
                   cfn_arena_text(&outgoing->arena, "%s.%s", service->target, call->action));
    return NULL;
}

const char *cfn__encode(const struct cfn__service *service, const struct cfn_call *call, bool own,
                        struct cfn__outgoing *outgoing) {
    json_t *empty = json_object();
    struct cfn_call whole = *call;
    whole.input = call->input ? call->input : empty;
    outgoing->path = "/";
    outgoing->query = outgoing->host_prefix = outgoing->body = "";
    const char *why = NULL;
    if (!json_is_object(whole.input))
        why = "the input must be an object";
    else if (service->protocol == CFN__QUERY || service->protocol == CFN__EC2)
        why = cfn__encode_query(service, &whole, outgoing);
    else if (service->protocol == CFN__JSON)
        why = cfn__encode_json(service, &whole, outgoing);
    else
        why = cfn__encode_rest(service, &whole, own, outgoing);
    json_decref(empty);
    return why;
}

void cfn__outgoing_done(struct cfn__outgoing *outgoing) {
    cfn_arena_done(&outgoing->arena);
    cfn__pairs_done(&outgoing->headers);
    *outgoing = (struct cfn__outgoing){0};
}

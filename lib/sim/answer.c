/* Answering a call: validated, repeated ones as before, then carried out. */
#include "actions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKEN = 128 };

static void fill(struct cfn__request *request, int status, enum cfn_outcome outcome,
                 const char *code, char *message) {
    *request->reply = (struct cfn_reply){.outcome = outcome,
                                         .status = status,
                                         .code = cfn__copy(code),
                                         .message = message,
                                         .request_id = cfn__sim_uuid(request->sim),
                                         .server_time = request->sim->now};
}

json_t *cfn__sim_refuse(struct cfn__request *request, int status, const char *code,
                        const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    fill(request, status, CFN_REPLY_REFUSED, code, cfn_text_take(&text));
    return NULL;
}

json_t *cfn__sim_invalid(struct cfn__request *request, const char *format, ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    fill(request, 400, CFN_REPLY_REFUSED, "ValidationError", cfn_text_take(&text));
    return NULL;
}

void cfn__sim_give_payload(struct cfn__request *request, const char *bytes, size_t size) {
    request->payload = cfn__alloc(size + 1);
    if (size)
        memcpy(request->payload, bytes, size);
    request->payload_size = size;
}

const char *cfn__text_of(const struct cfn__request *request, const char *member) {
    return json_string_value(json_object_get(request->input, member));
}

bool cfn__truth_of(const struct cfn__request *request, const char *member) {
    return cfn__is_true(json_object_get(request->input, member));
}

/* --- calls that are repeated --- */

/* A token belongs to a stack's name, whether the name or its id is said. */
static char *token_key(const struct cfn__request *request, const char *token) {
    const char *name = cfn__text_of(request, "StackName");
    if (name && cfn_starts_with(name, "arn:") && strstr(name, ":stack/"))
        name = strstr(name, ":stack/") + strlen(":stack/");
    struct cfn_text key = {0};
    cfn_text_printf(&key, "%s %.*s %s", request->call->action, name ? (int)strcspn(name, "/") : 0,
                    name ? name : "", token);
    return cfn_text_take(&key);
}

static uint64_t content_of(const json_t *input) {
    char *text = json_dumps(input, JSON_COMPACT | JSON_SORT_KEYS);
    uint64_t hash = cfn__sim_hash(text, strlen(text));
    free(text);
    return hash;
}

static bool is_token(const char *text) {
    size_t size = strlen(text);
    if (!size || size > MOST_TOKEN || *text == '-')
        return false;
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return false;
    return true;
}

static json_t *answer_once(struct cfn__request *request, const struct cfn__action_row *row) {
    const char *token = row->token ? cfn__text_of(request, row->token) : NULL;
    if (!token)
        return row->answer(request);
    if (!is_token(token))
        return cfn__sim_invalid(request,
                                "1 validation error detected: Value '%s' at '%c%s' failed to "
                                "satisfy constraint: Member must satisfy regular expression "
                                "pattern: [a-zA-Z0-9][-a-zA-Z0-9]*",
                                token, tolower((unsigned char)row->token[0]), row->token + 1);
    char *key = token_key(request, token), content[20];
    snprintf(content, sizeof content, "%016llx", (unsigned long long)content_of(request->input));
    json_t *known = cfn__map_get(&request->sim->tokens, key), *output;
    if (known && !cfn_same(json_string_value(json_object_get(known, "content")), content)) {
        output = cfn__sim_refuse(request, 400, "TokenAlreadyExistsException",
                                 "A client request token already exists: %s", token);
    } else if (known) {
        output = json_incref(json_object_get(known, "output"));
    } else {
        output = row->answer(request);
        if (output)
            cfn__map_put(&request->sim->tokens, key,
                         json_pack("{s:s, s:O}", "content", content, "output", output));
    }
    free(key);
    return output;
}

static json_t *answer_stacks(struct cfn__request *request) {
    const struct cfn__action_row *row = cfn__action_of(request->call->action);
    if (!row)
        return cfn__sim_refuse(request, 400, "InvalidAction", "Could not find operation %s",
                               request->call->action);
    if (!cfn__validate(request, row->members))
        return NULL;
    return answer_once(request, row);
}

void cfn__sim_answer(struct cfn_sim *sim, const struct cfn_call *call, int64_t as_of, bool other,
                     struct cfn_reply *reply) {
    json_t *nothing = call->input ? NULL : json_object(), *output;
    struct cfn__request request = {.sim = sim,
                                   .call = call,
                                   .input = call->input ? call->input : nothing,
                                   .as_of = as_of,
                                   .other = other,
                                   .reply = reply};
    *reply = (struct cfn_reply){0};
    if (strcmp(call->service, "cloudformation") == 0)
        output = answer_stacks(&request);
    else if (strcmp(call->service, "s3") == 0)
        output = cfn__answer_s3(&request);
    else
        output = cfn__answer_others(&request);
    if (output) {
        fill(&request, 200, CFN_REPLY_OK, "", cfn__copy(""));
        reply->output = output;
        reply->payload = request.payload;
        reply->payload_size = request.payload_size;
    }
    json_decref(nothing);
}

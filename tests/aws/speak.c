/*
 * Speaks the protocols, for a judge that compares: a JSON object a line on standard input, the
 * answer a line on standard output.
 *   {"do": "encode", service, action, input, own}      the request as it would be sent
 *   {"do": "decode", service, action, status, headers, body}   the reply as it would be read
 *   {"do": "host", service, region}                    where it would go
 *   {"do": "time", text}                               a time, read and written
 *   {"do": "call", url, service, action, input, ...}   a reply that has come over the wire
 *   {"do": "call", url, "many": count}                 those of as many calls at once
 */
#include "aws/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

static int number_of(const json_t *json, const char *name) {
    return (int)json_integer_value(json_object_get(json, name));
}

static json_t *encode(const json_t *line) {
    struct cfn__outgoing outgoing = {0};
    const struct cfn_call call = {.service = text_of(line, "service"),
                                  .action = text_of(line, "action"),
                                  .input = json_object_get(line, "input"),
                                  .payload = json_string_value(json_object_get(line, "payload")),
                                  .payload_size = strlen(text_of(line, "payload"))};
    const struct cfn__service *service = cfn__service_find(call.service);
    const char *why =
        cfn__encode(service, &call, json_is_true(json_object_get(line, "own")), &outgoing);
    json_t *said = json_object();
    if (why)
        json_object_set_new(said, "why", json_string(why));
    else {
        json_t *headers = json_array();
        for (size_t i = 0; i < outgoing.headers.count; i += 2)
            json_array_append_new(headers, json_pack("[ss]", outgoing.headers.items[i],
                                                     outgoing.headers.items[i + 1]));
        json_object_set_new(said, "method", json_string(outgoing.method));
        json_object_set_new(said, "path", json_string(outgoing.path));
        json_object_set_new(said, "query", json_string(outgoing.query));
        json_object_set_new(said, "host_prefix", json_string(outgoing.host_prefix));
        json_object_set_new(said, "body", json_stringn(outgoing.body, outgoing.body_size));
        json_object_set_new(said, "headers", headers);
    }
    cfn__outgoing_done(&outgoing);
    return said;
}

static json_t *reply_of(struct cfn_reply *reply) {
    json_t *said = json_pack(
        "{s:s, s:i, s:O?, s:s, s:s, s:s, s:I, s:i}", "outcome", cfn_outcome_name(reply->outcome),
        "status", reply->status, "output", reply->output, "code", reply->code, "message",
        reply->message, "request_id", reply->request_id, "server_time",
        (json_int_t)reply->server_time, "payload_size", (int)reply->payload_size);
    cfn_reply_done(reply);
    return said ? said : json_string("the reply is no UTF-8");
}

static json_t *decode(const json_t *line) {
    const json_t *body = json_object_get(line, "body");
    struct cfn__response response = {.status = number_of(line, "status"), .error = ""};
    response.body_size = json_string_length(body);
    response.body = cfn__alloc(response.body_size + 1);
    memcpy(response.body, json_string_value(body), response.body_size);
    response.headers = cfn__copy(text_of(line, "headers"));
    struct cfn_reply reply = {0};
    cfn__decode(cfn__service_find(text_of(line, "service")), text_of(line, "action"), &response,
                &reply);
    cfn__response_done(&response);
    return reply_of(&reply);
}

static json_t *host(const json_t *line) {
    struct cfn_arena arena = {0};
    const struct cfn__service *service = cfn__service_find(text_of(line, "service"));
    const char *region = text_of(line, "region");
    json_t *said = json_pack("{s:s, s:s}", "host", cfn__service_host(service, region, &arena),
                             "region", cfn__service_region(service, region));
    cfn_arena_done(&arena);
    return said;
}

static json_t *time_of(const json_t *line) {
    char text[32];
    int64_t time = cfn_time_read(text_of(line, "text"));
    cfn_time_write(time, text);
    return json_pack("{s:I, s:s}", "time", (json_int_t)time, "text", text);
}

static const char *endpoint(void *self, const char *service) {
    (void)service;
    const char *url = text_of(self, "url");
    return *url ? url : NULL;
}

/* The first keys that are asked for are "old", all others "new". */
static int credentials(void *self, int64_t now, struct cfn__credentials *filled,
                       struct cfn_diags *diags) {
    json_t *line = self;
    (void)now;
    if (json_is_true(json_object_get(line, "none")))
        return cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL, "none to be had");
    bool again = json_object_get(line, "asked");
    const char *key = text_of(line, "access_key"), *secret = text_of(line, "secret_key");
    json_object_set_new(line, "asked", json_true());
    *filled = (struct cfn__credentials){.access_key = cfn__copy(*key    ? key
                                                                : again ? "new"
                                                                        : "old"),
                                        .secret_key = cfn__copy(*secret ? secret : "secret"),
                                        .source = cfn__copy("a test")};
    return 0;
}

static void traced(void *self, const struct cfn_trace *trace) {
    json_array_append_new(json_object_get(self, "trace"),
                          json_pack("{s:s, s:s, s:s, s:i}", "method", trace->method, "url",
                                    trace->url, "code", trace->code, "status", trace->status));
}

/* {number of the call: what came for it}, all of them under way at once. */
static json_t *many(struct cfn__wire *wire, const json_t *line) {
    const struct cfn_transport *transport = cfn__wire_transport(wire);
    int count = number_of(line, "many");
    json_t *said = json_object();
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "s%d", i);
        const struct cfn_call call = {.service = "cloudformation",
                                      .action = "GetTemplate",
                                      .input = json_pack("{s:s}", "StackName", name)};
        transport->send(transport->self, (uint64_t)i, &call);
    }
    for (int i = 0; i < count; i++) {
        struct cfn_reply reply = {0};
        while (!transport->wait(transport->self, INT64_MAX, &reply))
            continue;
        char name[16];
        snprintf(name, sizeof name, "%d", (int)reply.id);
        json_object_set_new(said, name, reply_of(&reply));
    }
    return said;
}

static json_t *call_with(struct cfn__wire *wire, json_t *line) {
    if (number_of(line, "many"))
        return many(wire, line);
    struct cfn_reply reply = {0};
    const struct cfn_call call = {.service = text_of(line, "service"),
                                  .action = text_of(line, "action"),
                                  .input = json_incref(json_object_get(line, "input")),
                                  .payload = json_string_value(json_object_get(line, "payload")),
                                  .payload_size = strlen(text_of(line, "payload"))};
    for (int i = number_of(line, "before"); i > 0; i--) {
        json_incref(call.input);
        cfn_call_wait(cfn__wire_transport(wire), &call, &reply);
        cfn_reply_done(&reply);
    }
    cfn_call_wait(cfn__wire_transport(wire), &call, &reply);
    json_t *said = reply_of(&reply);
    if (json_is_string(json_object_get(line, "presign"))) {
        char *url = cfn__wire_presign(wire, text_of(line, "presign"), "bucket", "a/b c", 60, NULL);
        json_object_set_new(said, "url", json_string(url));
        free(url);
    }
    return said;
}

static json_t *call(json_t *line) {
    const char *variables[3] = {text_of(line, "variable"), NULL, NULL};
    const struct cfn__http_options options = {
        .connect_ms = number_of(line, "connect_ms"),
        .request_ms = number_of(line, "request_ms"),
        .variables = variables,
        .ca_bundle = json_string_value(json_object_get(line, "ca_bundle")),
    };
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn__http *http = cfn__http_new(&options, diags);
    json_t *said = NULL;
    json_object_set_new(line, "trace", json_array());
    if (http) {
        const struct cfn__wire_options with = {.http = http,
                                               .region = "eu-central-1",
                                               .endpoint = endpoint,
                                               .credentials = credentials,
                                               .trace = traced,
                                               .self = line,
                                               .trace_self = line};
        struct cfn__wire *wire = cfn__wire_new(&with);
        said = call_with(wire, line);
        json_object_set(said, "trace", json_object_get(line, "trace"));
        cfn__wire_free(wire);
        cfn__http_free(http);
    } else
        said = json_pack("{s:s}", "why", cfn_diags_at(diags, 0)->message);
    cfn_diags_free(diags);
    return said;
}

static json_t *answer(json_t *line) {
    const char *what = text_of(line, "do");
    return strcmp(what, "encode") == 0   ? encode(line)
           : strcmp(what, "decode") == 0 ? decode(line)
           : strcmp(what, "host") == 0   ? host(line)
           : strcmp(what, "time") == 0   ? time_of(line)
                                         : call(line);
}

int main(void) {
    json_t *line = NULL;
    while ((line = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, NULL))) {
        json_t *said = answer(line);
        json_dumpf(said, stdout, JSON_COMPACT);
        putchar('\n');
        fflush(stdout);
        json_decref(said);
        json_decref(line);
    }
    return 0;
}

/* STS: one action, by a wire of its own, with the credentials of who asks. */
#include "credentials.h"
#include "region.h"

#include <string.h>

struct asker {
    struct cfn__finder *finder;
    const struct cfn__credentials *source;
};

static const char *endpoint(void *self, const char *service) {
    const struct asker *asker = self;
    return cfn__endpoint_find(asker->finder->settings, service);
}

static int credentials(void *self, int64_t now, struct cfn__credentials *copy,
                       struct cfn_diags *diags) {
    const struct asker *asker = self;
    (void)now;
    (void)diags;
    *copy = cfn__credentials_copy(asker->source);
    return 0;
}

static void exchange(struct asker *asker, const char *action, json_t *input,
                     struct cfn_reply *reply) {
    const struct cfn__wire_options options = {
        .http = asker->finder->http,
        .region = asker->finder->region,
        .endpoint = endpoint,
        .credentials = asker->source ? credentials : NULL,
        .trace = asker->finder->trace,
        .self = asker,
        .trace_self = asker->finder->self,
    };
    const struct cfn_call call = {.service = "sts", .action = action, .input = input};
    struct cfn__wire *wire = cfn__wire_new(&options);
    cfn_call_wait(cfn__wire_transport(wire), &call, reply);
    cfn__wire_free(wire);
}

/* STS repeats what it cannot read, and that may be the token. */
static int tell(const struct cfn_reply *reply, const char *action, const char *hidden,
                struct cfn_place place, struct cfn_diags *diags) {
    const char *message = reply->message ? reply->message : "";
    const char *code = reply->code && *reply->code ? reply->code : "without a code";
    if (hidden && strstr(message, hidden))
        message = "the token is not accepted";
    size_t size = strlen(message) - cfn_ends_with(message, ".");
    const char *what = reply->outcome == CFN_REPLY_BROKEN ? "is not answered" : "is refused";
    return cfn_fail(diags, "aws.credentials", place, NULL, "sts:%s %s: %.*s (%s)", action, what,
                    (int)(size < 1000 ? size : 1000), message, code);
}

int cfn__sts_ask(struct cfn__finder *finder, const char *action, json_t *input,
                 const struct cfn__credentials *source, const char *hidden, struct cfn_place place,
                 struct cfn__credentials *found, struct cfn_diags *diags) {
    static const struct cfn__json_names names = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                                 "Expiration"};
    struct asker asker = {finder, source};
    struct cfn_reply reply = {0};
    exchange(&asker, action, input, &reply);
    int result = 0;
    if (reply.outcome != CFN_REPLY_OK)
        result = tell(&reply, action, hidden, place, diags);
    else if (!cfn__credentials_read(json_object_get(reply.output, "Credentials"), &names, found))
        result = cfn_fail(diags, "aws.credentials", place, NULL,
                          "sts:%s has answered without credentials", action);
    cfn_reply_done(&reply);
    return result;
}

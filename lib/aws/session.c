/* A session: settings, HTTP and the wire, put together. */
#include "credentials.h"
#include "region.h"

#include <stdlib.h>

enum { AGAIN_MS = 60 * 1000 };

struct cfn_session {
    struct cfn__settings settings;
    struct cfn__finder finder;
    struct cfn__http *http;
    struct cfn__wire *wire;
    struct cfn__credentials last; /* used to their end where no others are to be had */
    int64_t failed;               /* when that was found out */
};

static const char *endpoint(void *self, const char *service) {
    struct cfn_session *session = self;
    return cfn__endpoint_find(&session->settings, service);
}

static int find(struct cfn_session *session, int64_t now, struct cfn_diags *diags) {
    struct cfn__credentials fresh;
    if (cfn__credentials_find(&session->finder, &fresh, diags) != 0) {
        session->failed = now;
        return -1;
    }
    cfn__credentials_done(&session->last);
    session->last = fresh;
    session->failed = 0;
    return 0;
}

/* We are asked some minutes before the end. Where that fails, what there is serves on, and the next
 * attempt waits a little. */
static int credentials(void *self, int64_t now, struct cfn__credentials *copy,
                       struct cfn_diags *diags) {
    struct cfn_session *session = self;
    bool usable = session->last.access_key && session->last.expires > now;
    int result = 0;
    if (!usable)
        result = find(session, now, diags);
    else if (!session->failed || now >= session->failed + AGAIN_MS) {
        struct cfn_diags *unheard = cfn_diags_new();
        find(session, now, unheard);
        cfn_diags_free(unheard);
    }
    if (result == 0)
        *copy = cfn__credentials_copy(&session->last);
    return result;
}

static struct cfn__http *make_http(const struct cfn__settings *settings,
                                   const struct cfn_session_options *options,
                                   struct cfn_diags *diags) {
    const char *bundle = cfn__variable(settings, "AWS_CA_BUNDLE");
    const struct cfn__http_options http = {
        .connect_ms = options->connect_ms,
        .request_ms = options->request_ms,
        .variables = options->variables,
        .ca_bundle = bundle ? bundle : cfn__profile_value(settings, settings->profile, "ca_bundle"),
    };
    return cfn__http_new(&http, diags);
}

static void make_wire(struct cfn_session *session, const struct cfn_session_options *options,
                      const char *region) {
    session->finder = (struct cfn__finder){
        .settings = &session->settings,
        .region = region,
        .http = session->http,
        .ask_mfa = options->ask_mfa,
        .trace = options->trace,
        .self = options->self,
    };
    const struct cfn__wire_options wire = {
        .http = session->http,
        .region = region,
        .endpoint = endpoint,
        .credentials = credentials,
        .trace = options->trace,
        .self = session,
        .trace_self = options->self,
    };
    session->wire = cfn__wire_new(&wire);
}

struct cfn_session *cfn_session_new(const struct cfn_session_options *options,
                                    struct cfn_diags *diags) {
    struct cfn_session *session = cfn__alloc(sizeof *session);
    struct cfn__settings *settings = &session->settings;
    const char *region = NULL;
    int result = cfn__settings_read(settings, options, diags);
    if (result == 0) {
        region = cfn__region_find(settings, options->region, diags);
        result = cfn__endpoints_check(settings, diags);
    }
    if (region && result == 0)
        session->http = make_http(settings, options, diags);
    if (session->http) {
        make_wire(session, options, region);
        return session;
    }
    cfn_session_free(session);
    return NULL;
}

void cfn_session_free(struct cfn_session *session) {
    if (!session)
        return;
    if (session->wire)
        cfn__wire_free(session->wire);
    if (session->http)
        cfn__http_free(session->http);
    cfn__credentials_done(&session->last);
    cfn__settings_done(&session->settings);
    free(session);
}

const char *cfn_session_region(const struct cfn_session *session) {
    return session->finder.region;
}

const struct cfn_transport *cfn_session_transport(struct cfn_session *session) {
    return cfn__wire_transport(session->wire);
}

void cfn_session_wake(struct cfn_session *session) {
    cfn__http_wake(session->http);
}

const struct cfn__credentials *cfn__session_credentials(struct cfn_session *session,
                                                        struct cfn_diags *diags) {
    return cfn__wire_credentials(session->wire, diags);
}

char *cfn_session_identity(struct cfn_session *session, struct cfn_diags *diags) {
    const struct cfn__credentials *now = cfn__wire_credentials(session->wire, diags);
    return now ? cfn__copy(now->source) : NULL;
}

char *cfn_session_presign(struct cfn_session *session, const char *method, const char *bucket,
                          const char *key, int seconds, struct cfn_diags *diags) {
    return cfn__wire_presign(session->wire, method, bucket, key, seconds, diags);
}

/* Exchanges with those who give credentials, told to whoever traces the calls. */
#include "credentials.h"

#include <string.h>

void cfn__finder_ask(const struct cfn__finder *finder, const char *service, const char *action,
                     const struct cfn__request *request, struct cfn__response *response) {
    int64_t begun = cfn__http_now(finder->http);
    cfn__http_fetch(finder->http, request, response);
    if (!finder->trace)
        return;
    struct cfn_arena arena = {0};
    const struct cfn_trace trace = {
        .service = service,
        .action = action,
        .method = request->method,
        .url = cfn_arena_copy(&arena, request->url, strcspn(request->url, "?")),
        .status = response->status,
        .code = response->error,
        .request_id = "",
        .milliseconds = cfn__http_now(finder->http) - begun,
        .sent = request->body_size,
        .received = response->body_size,
    };
    finder->trace(finder->self, &trace);
    cfn_arena_done(&arena);
}

/* The door to AWS: a session made of options and environment, and the retries around it. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void trace(void *self, const struct cfn_trace *call) {
    const struct cli *cli = self;
    fputs(cli_style(cli, stderr, CLI_DIM), stderr);
    fprintf(stderr, "trace: %s %s %s", call->service, call->action, call->method);
    putc(' ', stderr);
    cli_put_clean(stderr, call->url);
    fprintf(stderr, " -> %d", call->status);
    if (call->code && *call->code) {
        putc(' ', stderr);
        cli_put_clean(stderr, call->code);
    }
    fprintf(stderr, ", %lld ms, %zu bytes out, %zu in", (long long)call->milliseconds, call->sent,
            call->received);
    if (call->request_id && *call->request_id) {
        fputs(", request ", stderr);
        cli_put_clean(stderr, call->request_id);
    }
    fprintf(stderr, "%s\n", cli_style(cli, stderr, CLI_PLAIN));
}

static bool ask_mfa(void *self, const char *serial, char code[16]) {
    (void)self;
    if (!isatty(STDIN_FILENO))
        return false;
    fputs("code of the device ", stderr);
    cli_put_clean(stderr, serial);
    fputs(": ", stderr);
    fflush(stderr);
    if (!fgets(code, 16, stdin))
        return false;
    code[strcspn(code, "\r\n")] = '\0';
    return *code != '\0';
}

static uint64_t seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000003u ^ (uint64_t)now.tv_nsec << 20 ^ (uint64_t)getpid();
}

int cli_connect(struct cli *cli, const struct cli_session *session, struct cli_door *door) {
    const struct cfn_session_options options = {
        .profile = cli_value(cli, "profile"),
        .region = session->platform ? cfn_platform_region(session->platform) : NULL,
        .endpoint = cli_value(cli, "endpoint"),
        .variables = (const char *const *)environ,
        .ask_mfa = ask_mfa,
        .trace = cli_has(cli, "trace") ? trace : NULL,
        .self = cli,
    };
    *door = (struct cli_door){.session = cfn_session_new(&options, cli->diags)};
    if (!door->session)
        return CLI_IO;
    door->retry = cfn_retry_new(cfn_session_transport(door->session),
                                &(const struct cfn_retry_options){.seed = seed()});
    door->transport = cfn_retry_transport(door->retry);
    return CLI_DONE;
}

void cli_disconnect(struct cli_door *door) {
    cfn_retry_free(door->retry);
    cfn_session_free(door->session);
    *door = (struct cli_door){0};
}

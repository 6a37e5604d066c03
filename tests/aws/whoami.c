/*
 * Who a session is in this environment: its region, where its credentials come from, the id of the
 * key, and of its secrets the beginning of their SHA-256, by which a test knows them.
 *
 *     whoami [--profile NAME] [--region NAME] [--code DIGITS|-] [--times N] [--endpoint SERVICE]
 *
 * --code is what is answered when a code of a device is asked for; - gives none. --times asks as
 * often where the credentials come from, before they are told. --endpoint tells the URL that is set
 * for a service instead.
 */
#define _POSIX_C_SOURCE 200809L
#include "aws/credentials.h"
#include "aws/region.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static bool give_code(void *self, const char *serial, char code[16]) {
    const char *digits = self;
    (void)serial;
    if (strcmp(digits, "-") == 0)
        return false;
    snprintf(code, 16, "%s", digits);
    return true;
}

static void trace(void *self, const struct cfn_trace *trace) {
    (void)self;
    fprintf(stderr, "trace: %s %s %s %s %d %s\n", trace->service, trace->action, trace->method,
            trace->url, trace->status, trace->code);
}

static void print_short(const char *secret) {
    char hex[65] = "-";
    if (secret)
        cfn_sha256(secret, strlen(secret), hex);
    printf(" %.16s", hex);
}

static bool print_found(struct cfn_session *session, struct cfn_diags *diags) {
    const struct cfn__credentials *found = cfn__session_credentials(session, diags);
    if (!found)
        return false;
    printf("%s", found->access_key);
    print_short(found->secret_key);
    print_short(found->session_token);
    printf("\n");
    return true;
}

static bool ask(struct cfn_session *session, struct cfn_diags *diags) {
    char *identity = cfn_session_identity(session, diags);
    if (!identity)
        return false;
    printf("%s\n", identity);
    free(identity);
    return true;
}

static int run(const struct cfn_session_options *options, long times, struct cfn_diags *diags) {
    struct cfn_session *session = cfn_session_new(options, diags);
    bool good = session != NULL;
    if (good)
        printf("%s\n", cfn_session_region(session));
    while (good && times-- > 0)
        good = ask(session, diags);
    if (good)
        good = print_found(session, diags);
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *line = cfn_diag_text(cfn_diags_at(diags, i));
        fprintf(stderr, "%s\n", line);
        free(line);
    }
    cfn_session_free(session);
    return good ? 0 : 3;
}

static int tell_endpoint(const struct cfn_session_options *options, const char *service,
                         struct cfn_diags *diags) {
    struct cfn__settings settings;
    int result = cfn__settings_read(&settings, options, diags);
    const char *url = result == 0 ? cfn__endpoint_find(&settings, service) : NULL;
    printf("%s\n", url ? url : "-");
    cfn__settings_done(&settings);
    return result == 0 ? 0 : 3;
}

int main(int count, char **words) {
    struct cfn_session_options options = {
        .variables = (const char *const *)environ, .trace = trace, .connect_ms = 5000};
    char *code = NULL, *service = NULL;
    long times = 1;
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(words[i], "--profile") == 0)
            options.profile = words[i + 1];
        else if (strcmp(words[i], "--region") == 0)
            options.region = words[i + 1];
        else if (strcmp(words[i], "--code") == 0)
            code = words[i + 1];
        else if (strcmp(words[i], "--times") == 0)
            times = strtol(words[i + 1], NULL, 10);
        else if (strcmp(words[i], "--endpoint") == 0)
            service = words[i + 1];
        else
            return 2;
    }
    if (code) {
        options.ask_mfa = give_code;
        options.self = code;
    }
    struct cfn_diags *diags = cfn_diags_new();
    int status = service ? tell_endpoint(&options, service, diags) : run(&options, times, diags);
    cfn_diags_free(diags);
    return status;
}

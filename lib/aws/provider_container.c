/* The container's credentials: an agent of ECS or EKS beside us answers over HTTP. */
#include "credentials.h"
#include "files.h"

#include <stdlib.h>
#include <string.h>

/* A plain http address outside this machine would give our token to whoever is there. */
static bool is_loopback(const char *host, size_t size) {
    if (size >= 4 && strncmp(host, "127.", 4) == 0)
        return strspn(host, "0123456789.") >= size;
    return size == 5 && strncmp(host, "[::1]", 5) == 0;
}

static bool is_agent(const char *host, size_t size) {
    static const char *const agents[] = {"169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",
                                         "localhost"};
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++)
        if (strlen(agents[i]) == size && strncmp(agents[i], host, size) == 0)
            return true;
    return false;
}

static bool is_allowed(const char *url) {
    if (cfn_starts_with(url, "https://"))
        return url[8] && url[8] != '/';
    if (!cfn_starts_with(url, "http://") || strchr(url, '@'))
        return false;
    const char *host = url + 7;
    size_t size = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/?#");
    if (size > strlen(host) || (host[size] && !strchr(":/?#", host[size])))
        return false;
    return is_loopback(host, size) || is_agent(host, size);
}

/* The token of the request; *set where there must be one. */
static char *read_token(struct cfn__finder *finder, bool *set, struct cfn_diags *diags) {
    static const char file_name[] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    const char *file = cfn__variable(finder->settings, file_name);
    const char *given = cfn__variable(finder->settings, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
    *set = file || given;
    if (!*set)
        return NULL;
    size_t size = 0;
    int error = 0;
    char *token = file ? cfn__file_read(file, &size, &error) : cfn__copy(given);
    const char *path = file ? file_name : "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    if (!token) {
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, path,
                 "the token's file cannot be read (%s): '%s'", strerror(error), file);
        return NULL;
    }
    if (!token[strcspn(token, "\r\n")] && (!file || strlen(token) == size))
        return token;
    cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, path,
             "the token must be a single line, without a line break");
    cfn__secret_free(token);
    return NULL;
}

static enum cfn__search read_answer(const struct cfn__response *answer, const char *url,
                                    struct cfn__credentials *found, struct cfn_diags *diags) {
    static const struct cfn__json_names names = {"AccessKeyId", "SecretAccessKey", "Token",
                                                 "Expiration"};
    char code[64];
    json_t *json = cfn__object_read(answer->body);
    bool read = answer->status == 200 && cfn__credentials_read(json, &names, found);
    if (!read && answer->status == 0)
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL,
                 "the container's credentials cannot be had (%s): '%s'", answer->error, url);
    else if (!read)
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL,
                 "the container's agent gives no credentials, but status %d %s: '%s'",
                 answer->status, cfn__answer_code(json, code), url);
    json_decref(json);
    cfn__credentials_source(found, "the container's role");
    return read ? CFN__FOUND : CFN__FAILED;
}

static enum cfn__search ask(struct cfn__finder *finder, const char *url, const char *token,
                            struct cfn__credentials *found, struct cfn_diags *diags) {
    const char *const headers[] = {"Accept", "application/json", token ? "Authorization" : NULL,
                                   token, NULL};
    const struct cfn__request request = {.method = "GET",
                                         .url = url,
                                         .headers = headers,
                                         .connect_ms = 1000,
                                         .request_ms = 10000,
                                         .direct = true};
    struct cfn__response answer;
    cfn__finder_ask(finder, "container", "GetCredentials", &request, &answer);
    enum cfn__search search = read_answer(&answer, url, found, diags);
    cfn__response_done(&answer);
    return search;
}

enum cfn__search cfn__provider_container(struct cfn__finder *finder, const char *profile,
                                         struct cfn__credentials *found, struct cfn_diags *diags) {
    (void)profile;
    struct cfn__settings *settings = finder->settings;
    const char *relative = cfn__variable(settings, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *full = cfn__variable(settings, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (!relative && !full)
        return CFN__NONE;
    if (relative)
        full = cfn_arena_text(&settings->arena, "http://169.254.170.2%s%s",
                              *relative == '/' ? "" : "/", relative);
    if (!is_allowed(full)) {
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0},
                 "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                 "must be https, or http on this machine (localhost, 127.0.0.1, 169.254.170.2, "
                 "169.254.170.23)");
        return CFN__FAILED;
    }
    bool set = false;
    char *token = read_token(finder, &set, diags);
    if (set && !token)
        return CFN__FAILED;
    enum cfn__search search = ask(finder, full, token, found, diags);
    cfn__secret_free(token);
    return search;
}

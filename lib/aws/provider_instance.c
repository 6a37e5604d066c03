/* The instance's role: its metadata service, by the second version of its protocol alone. */
#include "credentials.h"
#include "files.h"

#include <stdlib.h>
#include <string.h>

static const char *setting(struct cfn__finder *finder, const char *variable, const char *name) {
    const char *value = cfn__variable(finder->settings, variable);
    return value ? value : cfn__profile_value(finder->settings, finder->settings->profile, name);
}

static const char *service_of(struct cfn__finder *finder) {
    const char *url =
        setting(finder, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    const char *mode = setting(finder, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
                               "ec2_metadata_service_endpoint_mode");
    if (!url)
        url = mode && (mode[0] == 'i' || mode[0] == 'I') && strlen(mode) == 4 && mode[3] == '6'
                  ? "http://[fd00:ec2::254]"
                  : "http://169.254.169.254";
    return cfn_arena_copy(&finder->settings->arena, url, strlen(url) - cfn_ends_with(url, "/"));
}

/* Most machines are no instance: a second is all the time that they are asked for, unless somebody
 * says more. In milliseconds. */
static int patience(struct cfn__finder *finder) {
    const char *seconds =
        setting(finder, "AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout");
    long most = seconds ? strtol(seconds, NULL, 10) : 1;
    return most >= 1 && most <= 60 ? (int)most * 1000 : 1000;
}

static void ask(struct cfn__finder *finder, const char *method, const char *path, const char *name,
                const char *value, struct cfn__response *answer) {
    const char *const headers[] = {name, value, NULL};
    const struct cfn__request request = {
        .method = method,
        .url = cfn_arena_text(&finder->settings->arena, "%s%s", service_of(finder), path),
        .headers = headers,
        .direct = true,
        .connect_ms = patience(finder),
        .request_ms = patience(finder),
    };
    cfn__finder_ask(finder, "instance", "GetMetadata", &request, answer);
}

/* What is to stand in a header or a path is one word of visible characters. */
static char *word_of(struct cfn__response *answer) {
    size_t size = 0;
    while (answer->body[size] > ' ' && answer->body[size] < 0x7F)
        size++;
    bool good = answer->status == 200 && size > 0 && strchr("\r\n", answer->body[size]);
    char *word = NULL;
    if (good) {
        answer->body[size] = '\0';
        word = cfn__copy(answer->body);
    }
    cfn__response_done(answer);
    return word;
}

static char *fetch_word(struct cfn__finder *finder, const char *token, const char *path) {
    struct cfn__response answer;
    if (token)
        ask(finder, "GET", path, "x-aws-ec2-metadata-token", token, &answer);
    else
        ask(finder, "PUT", path, "x-aws-ec2-metadata-token-ttl-seconds", "21600", &answer);
    return word_of(&answer);
}

static enum cfn__search fetch_role(struct cfn__finder *finder, const char *token, const char *role,
                                   struct cfn__credentials *found, struct cfn_diags *diags) {
    static const struct cfn__json_names names = {"AccessKeyId", "SecretAccessKey", "Token",
                                                 "Expiration"};
    const char *path = cfn_arena_text(&finder->settings->arena,
                                      "/latest/meta-data/iam/security-credentials/%s", role);
    struct cfn__response answer;
    ask(finder, "GET", path, "x-aws-ec2-metadata-token", token, &answer);
    json_t *json = cfn__object_read(answer.body);
    bool read = answer.status == 200 && cfn__credentials_read(json, &names, found);
    char code[64];
    if (!read)
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL,
                 "the instance's metadata gives no credentials, but status %d %s: role '%s'",
                 answer.status, cfn__answer_code(json, code), role);
    json_decref(json);
    cfn__response_done(&answer);
    cfn__credentials_source(found, "the instance's role %s", role);
    return read ? CFN__FOUND : CFN__FAILED;
}

enum cfn__search cfn__provider_instance(struct cfn__finder *finder, const char *profile,
                                        struct cfn__credentials *found, struct cfn_diags *diags) {
    (void)profile;
    if (cfn__switch(finder->settings, "AWS_EC2_METADATA_DISABLED", NULL))
        return CFN__NONE;
    char *token = fetch_word(finder, NULL, "/latest/api/token");
    char *role =
        token ? fetch_word(finder, token, "/latest/meta-data/iam/security-credentials/") : NULL;
    enum cfn__search search = role ? fetch_role(finder, token, role, found, diags) : CFN__NONE;
    cfn__secret_free(token);
    free(role);
    return search;
}

/* Web identity: a token in a file, of Kubernetes or of a CI system, is exchanged for a role. */
#include "credentials.h"
#include "files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct identity {
    const char *file, *role, *name;
    struct cfn_place place;
};

/* Each part may come from the environment or from the profile, the environment first. */
static const char *part(struct cfn__finder *finder, const char *variable, const char *profile,
                        const char *name) {
    const char *value = variable ? cfn__variable(finder->settings, variable) : NULL;
    return value ? value : cfn__profile_value(finder->settings, profile, name);
}

/* Tokens are of visible characters; what is not has been written by mistake. */
static bool is_token(const char *token, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (token[i] <= ' ' || token[i] >= 0x7F)
            return false;
    return size > 0;
}

static char *read_token(struct cfn__finder *finder, const struct identity *identity,
                        struct cfn_diags *diags) {
    size_t size = 0;
    int error = 0;
    const char *path = cfn__path(finder->settings, identity->file);
    char *token = cfn__file_read(path, &size, &error);
    if (!token) {
        cfn_fail(diags, "aws.credentials", identity->place, "web_identity_token_file",
                 "the token's file cannot be read (%s): '%s'", strerror(error), path);
        return NULL;
    }
    while (size > 0 && strchr(" \t\r\n", token[size - 1]))
        token[--size] = '\0';
    if (is_token(token, size))
        return token;
    cfn__secret_free(token);
    cfn_fail(diags, "aws.credentials", identity->place, "web_identity_token_file",
             "the token's file must hold a token: '%s'", path);
    return NULL;
}

static enum cfn__search exchange(struct cfn__finder *finder, const struct identity *identity,
                                 struct cfn__credentials *found, struct cfn_diags *diags) {
    char *token = read_token(finder, identity, diags);
    if (!token)
        return CFN__FAILED;
    json_t *input =
        json_pack("{s:s, s:s, s:s}", "RoleArn", identity->role, "RoleSessionName",
                  identity->name ? identity->name : "cfngen", "WebIdentityToken", token);
    int result = cfn__sts_ask(finder, "AssumeRoleWithWebIdentity", input, NULL, token,
                              identity->place, found, diags);
    cfn__secret_free(token);
    cfn__credentials_source(found, "role %s, by the web identity of %s", identity->role,
                            identity->file);
    return result == 0 ? CFN__FOUND : CFN__FAILED;
}

static enum cfn__search find(struct cfn__finder *finder, const char *profile, bool environment,
                             struct cfn__credentials *found, struct cfn_diags *diags) {
    const struct identity identity = {
        .file = part(finder, environment ? "AWS_WEB_IDENTITY_TOKEN_FILE" : NULL, profile,
                     "web_identity_token_file"),
        .role = part(finder, environment ? "AWS_ROLE_ARN" : NULL, profile, "role_arn"),
        .name = part(finder, environment ? "AWS_ROLE_SESSION_NAME" : NULL, profile,
                     "role_session_name"),
        .place = cfn__profile_place(
            finder->settings, profile,
            cfn__profile_entry(finder->settings, profile, "web_identity_token_file")),
    };
    if (!identity.file)
        return CFN__NONE;
    if (identity.role)
        return exchange(finder, &identity, found, diags);
    cfn_fail(diags, "aws.credentials", identity.place, "web_identity_token_file",
             "a role is needed for the token");
    cfn_hint(diags, "set AWS_ROLE_ARN, or role_arn in profile '%s'", profile);
    return CFN__FAILED;
}

enum cfn__search cfn__provider_web(struct cfn__finder *finder, const char *profile,
                                   struct cfn__credentials *found, struct cfn_diags *diags) {
    return find(finder, profile, !finder->settings->given, found, diags);
}

enum cfn__search cfn__provider_web_profile(struct cfn__finder *finder, const char *profile,
                                           struct cfn__credentials *found,
                                           struct cfn_diags *diags) {
    return find(finder, profile, false, found, diags);
}

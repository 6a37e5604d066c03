/* Keys that somebody has written down: in the environment, or in a profile. */
#include "credentials.h"
#include "words.h"

#include <string.h>

static char *copy_of(const char *text) {
    return text ? cfn__copy(text) : NULL;
}

enum cfn__search cfn__provider_environment(struct cfn__finder *finder, const char *profile,
                                           struct cfn__credentials *found,
                                           struct cfn_diags *diags) {
    (void)profile;
    const struct cfn__settings *settings = finder->settings;
    const char *key = cfn__variable(settings, "AWS_ACCESS_KEY_ID");
    const char *secret = cfn__variable(settings, "AWS_SECRET_ACCESS_KEY");
    const char *token = cfn__variable(settings, "AWS_SECURITY_TOKEN");
    const char *expires = cfn__variable(settings, "AWS_CREDENTIAL_EXPIRATION");
    if (!key)
        return CFN__NONE;
    if (!secret) {
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, "AWS_SECRET_ACCESS_KEY",
                 "must be set where AWS_ACCESS_KEY_ID is");
        cfn_hint(diags, "set both, or neither");
        return CFN__FAILED;
    }
    found->expires = expires ? cfn_time_read(expires) : 0;
    if (found->expires < 0)
        return (enum cfn__search)cfn_fail(
            diags, "aws.credentials", (struct cfn_place){0}, "AWS_CREDENTIAL_EXPIRATION",
            "must be a time such as 2026-08-22T07:19:02Z, not '%s'", expires);
    found->access_key = cfn__copy(key);
    found->secret_key = cfn__copy(secret);
    found->session_token = copy_of(token ? token : cfn__variable(settings, "AWS_SESSION_TOKEN"));
    cfn__credentials_source(found, "keys of the environment");
    return CFN__FOUND;
}

static const char *value_in(const struct cfn__settings *settings, const struct cfn__ini *ini,
                            const char *profile, const char *name) {
    const struct cfn__ini_entry *entry = cfn__profile_entry_in(settings, ini, profile, name);
    return entry && *entry->value ? entry->value : NULL;
}

/* Keys are taken from one file: they belong together. */
static enum cfn__search keys_in(const struct cfn__settings *settings, const struct cfn__ini *ini,
                                const char *profile, struct cfn__credentials *found,
                                struct cfn_diags *diags) {
    const struct cfn__ini_entry *key =
        cfn__profile_entry_in(settings, ini, profile, "aws_access_key_id");
    const char *secret = value_in(settings, ini, profile, "aws_secret_access_key");
    const char *token = value_in(settings, ini, profile, "aws_security_token");
    if (!key)
        return CFN__NONE;
    struct cfn_place place = cfn__profile_place(settings, profile, key);
    if (!*key->value || !secret)
        return (enum cfn__search)cfn_fail(
            diags, "aws.credentials", place, NULL,
            "profile '%s' must have aws_access_key_id and aws_secret_access_key in one file",
            profile);
    found->access_key = cfn__copy(key->value);
    found->secret_key = cfn__copy(secret);
    found->session_token =
        copy_of(token ? token : value_in(settings, ini, profile, "aws_session_token"));
    cfn__credentials_source(found, "profile %s: keys in %s:%d", profile, place.file, place.line);
    return CFN__FOUND;
}

enum cfn__search cfn__provider_credentials_file(struct cfn__finder *finder, const char *profile,
                                                struct cfn__credentials *found,
                                                struct cfn_diags *diags) {
    const struct cfn__settings *settings = finder->settings;
    return keys_in(settings, &settings->credentials, profile, found, diags);
}

enum cfn__search cfn__provider_config_file(struct cfn__finder *finder, const char *profile,
                                           struct cfn__credentials *found,
                                           struct cfn_diags *diags) {
    const struct cfn__settings *settings = finder->settings;
    return keys_in(settings, &settings->config, profile, found, diags);
}

/* What `aws login` leaves behind is bound to a key of that program, so it is asked for them. */
enum cfn__search cfn__provider_login(struct cfn__finder *finder, const char *profile,
                                     struct cfn__credentials *found, struct cfn_diags *diags) {
    (void)found;
    struct cfn__settings *settings = finder->settings;
    const struct cfn__ini_entry *entry = cfn__profile_entry(settings, profile, "login_session");
    if (!entry)
        return CFN__NONE;
    cfn_fail(diags, "aws.credentials", cfn__profile_place(settings, profile, entry), NULL,
             "profile '%s' uses a session of aws login, which only aws itself can read", profile);
    cfn_hint(diags,
             "add a profile with credential_process = aws configure export-credentials --profile "
             "%s --format process, and use that",
             cfn__word_quoted(&settings->arena, profile));
    return CFN__FAILED;
}

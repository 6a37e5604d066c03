/* The order in which credentials are looked for: that of AWS's own command. */
#include "credentials.h"
#include "words.h"

#include <string.h>

/* A half-made find of a provider that failed is nothing. */
static enum cfn__search first_of(cfn__provider *const *providers, struct cfn__finder *finder,
                                 const char *profile, struct cfn__credentials *found,
                                 struct cfn_diags *diags) {
    for (; *providers; providers++) {
        enum cfn__search search = (*providers)(finder, profile, found, diags);
        if (search != CFN__FOUND)
            cfn__credentials_done(found);
        if (search != CFN__NONE)
            return search;
    }
    return CFN__NONE;
}

enum cfn__search cfn__profile_find(struct cfn__finder *finder, const char *profile,
                                   struct cfn__credentials *found, struct cfn_diags *diags) {
    static cfn__provider *const providers[] = {
        cfn__provider_web_profile,
        cfn__provider_sso,
        cfn__provider_credentials_file,
        cfn__provider_login,
        cfn__provider_process,
        cfn__provider_config_file,
        NULL,
    };
    return first_of(providers, finder, profile, found, diags);
}

/* A header is made of them, so they are words of visible characters. */
static bool is_word(const char *text) {
    for (; text && *text; text++)
        if (*text <= ' ' || *text >= 0x7F)
            return false;
    return true;
}

static int check(struct cfn__finder *finder, const struct cfn__credentials *found,
                 struct cfn_diags *diags) {
    if (!is_word(found->access_key) || !is_word(found->secret_key) ||
        !is_word(found->session_token)) {
        cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL,
                 "keys and tokens must be without blanks and line breaks: %s", found->source);
        return -1;
    }
    if (!found->expires || found->expires > cfn__http_time(finder->http))
        return 0;
    char time[32];
    cfn_time_write(found->expires, time);
    return cfn_fail(diags, "aws.credentials-expired", (struct cfn_place){0}, NULL,
                    "these credentials have expired at %s, and must be had anew: %s", time,
                    found->source);
}

static int none(struct cfn__settings *settings, struct cfn_diags *diags) {
    const char *profile = settings->profile;
    const char *word = cfn__word_quoted(&settings->arena, profile);
    if (settings->chosen) {
        cfn_fail(diags, "aws.credentials", cfn__profile_place(settings, profile, NULL), NULL,
                 "profile '%s' has no credentials", profile);
        cfn_hint(diags, "run aws configure --profile %s, or aws configure sso --profile %s", word,
                 word);
        return -1;
    }
    cfn_fail(diags, "aws.credentials", (struct cfn_place){0}, NULL,
             "no credentials: not in the environment, not in %s or %s, and this is no container "
             "and no instance with a role",
             settings->credentials.file, settings->config.file);
    cfn_hint(diags, "run aws configure, or name a profile with AWS_PROFILE");
    return -1;
}

int cfn__credentials_find(struct cfn__finder *finder, struct cfn__credentials *found,
                          struct cfn_diags *diags) {
    static cfn__provider *const mine[] = {
        cfn__provider_environment,
        cfn__provider_role,
        cfn__provider_web,
        cfn__provider_sso,
        cfn__provider_credentials_file,
        cfn__provider_login,
        cfn__provider_process,
        cfn__provider_config_file,
        NULL,
    };
    static cfn__provider *const machine[] = {cfn__provider_container, cfn__provider_instance, NULL};
    struct cfn__settings *settings = finder->settings;
    const char *profile = settings->profile;
    *found = (struct cfn__credentials){0};
    /* Who names a profile for this call means it, and not what the environment happens to hold. */
    enum cfn__search search =
        first_of(settings->given ? mine + 1 : mine, finder, profile, found, diags);
    if (search == CFN__NONE && !settings->chosen)
        search = first_of(machine, finder, profile, found, diags);
    if (search == CFN__NONE)
        return none(settings, diags);
    if (search == CFN__FAILED)
        return -1;
    if (check(finder, found, diags) == 0)
        return 0;
    cfn__credentials_done(found);
    return -1;
}

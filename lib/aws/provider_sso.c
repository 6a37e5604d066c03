/* SSO: the session of `aws sso login` is exchanged for credentials of a role. */
#include "files.h"
#include "sso.h"

#include <string.h>

/* A setting of the sso-session, which the profile may repeat but not contradict. */
static const char *shared(struct cfn__finder *finder, const struct cfn__sso *sso, const char *name,
                          struct cfn_diags *diags) {
    const char *own = cfn__profile_value(finder->settings, sso->profile, name);
    if (!sso->session)
        return own;
    const char *value =
        cfn__section_value(finder->settings, "sso-session", sso->session, NULL, name);
    if (own && value && strcmp(own, value) != 0)
        cfn_fail(diags, "aws.sso", sso->place, name,
                 "profile '%s' and [sso-session %s] must say the same", sso->profile, sso->session);
    return value ? value : own;
}

static int check(const struct cfn__sso *sso, struct cfn_diags *diags) {
    const struct {
        const char *name, *value;
    } needed[] = {
        {"sso_start_url", sso->start_url},
        {"sso_region", sso->region},
        {"sso_account_id", sso->account},
        {"sso_role_name", sso->role},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (!needed[i].value)
            result = cfn_fail(diags, "aws.sso", sso->place, needed[i].name,
                              "must be set for profile '%s', which signs in by SSO", sso->profile);
    if (sso->region && sso->region[strspn(sso->region, "abcdefghijklmnopqrstuvwxyz0123456789-")])
        result = cfn_fail(diags, "aws.sso", sso->place, "sso_region",
                          "must be a region such as eu-central-1, not '%s'", sso->region);
    return result;
}

static int read_settings(struct cfn__finder *finder, struct cfn__sso *sso,
                         struct cfn_diags *diags) {
    const struct cfn__settings *settings = finder->settings;
    size_t errors = cfn_diags_errors(diags);
    sso->session = cfn__profile_value(settings, sso->profile, "sso_session");
    if (sso->session && !cfn__section_exists(settings, "sso-session", sso->session))
        return cfn_fail(diags, "aws.sso", sso->place, "sso_session",
                        "there is no section [sso-session %s] in %s", sso->session,
                        settings->config.file);
    sso->start_url = shared(finder, sso, "sso_start_url", diags);
    sso->region = shared(finder, sso, "sso_region", diags);
    sso->account = cfn__profile_value(settings, sso->profile, "sso_account_id");
    sso->role = cfn__profile_value(settings, sso->profile, "sso_role_name");
    return check(sso, diags) || cfn_diags_errors(diags) > errors ? -1 : 0;
}

static void put_encoded(struct cfn_text *text, const char *value) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (; *value; value++) {
        if (strchr(plain, *value))
            cfn_text_write(text, value, 1);
        else
            cfn_text_printf(text, "%%%02X", (unsigned)(unsigned char)*value);
    }
}

static void ask(struct cfn__finder *finder, const struct cfn__sso *sso, const char *token,
                struct cfn__response *answer) {
    const char *const headers[] = {"Accept", "application/json", "x-amz-sso_bearer_token", token,
                                   NULL};
    struct cfn_text url = {0};
    cfn_text_printf(&url, "%s/federation/credentials?role_name=",
                    cfn__sso_endpoint(finder, sso, "awsssoportal", "portal.sso"));
    put_encoded(&url, sso->role);
    cfn_text_put(&url, "&account_id=");
    put_encoded(&url, sso->account);
    const struct cfn__request request = {.method = "GET", .url = url.data, .headers = headers};
    cfn__finder_ask(finder, "sso", "GetRoleCredentials", &request, answer);
    cfn_text_done(&url);
}

static int read_answer(const struct cfn__sso *sso, const struct cfn__response *answer,
                       struct cfn__credentials *found, struct cfn_diags *diags) {
    static const struct cfn__json_names names = {"accessKeyId", "secretAccessKey", "sessionToken",
                                                 "expiration"};
    if (answer->status == 0)
        return cfn_fail(diags, "aws.sso", sso->place, NULL,
                        "the SSO portal of profile '%s' does not answer (%s)", sso->profile,
                        answer->error);
    if (answer->status == 401)
        return cfn__sso_sign_in(sso, "has expired", diags);
    if (answer->status == 403 || answer->status == 404)
        return cfn_fail(diags, "aws.sso", sso->place, NULL,
                        "the SSO user of profile '%s' must be given role '%s' in account '%s'",
                        sso->profile, sso->role, sso->account);
    json_t *json = cfn__object_read(answer->body);
    bool read = answer->status == 200 &&
                cfn__credentials_read(json_object_get(json, "roleCredentials"), &names, found);
    json_decref(json);
    return read ? 0
                : cfn_fail(diags, "aws.sso", sso->place, NULL,
                           "the SSO portal of profile '%s' gives no credentials, but status %d",
                           sso->profile, answer->status);
}

enum cfn__search cfn__provider_sso(struct cfn__finder *finder, const char *profile,
                                   struct cfn__credentials *found, struct cfn_diags *diags) {
    const struct cfn__settings *settings = finder->settings;
    const struct cfn__ini_entry *entry = cfn__profile_entry(settings, profile, "sso_account_id");
    entry = entry ? entry : cfn__profile_entry(settings, profile, "sso_role_name");
    if (!entry)
        return CFN__NONE;
    struct cfn__sso sso = {.profile = profile,
                           .place = cfn__profile_place(settings, profile, entry)};
    if (read_settings(finder, &sso, diags) != 0)
        return CFN__FAILED;
    char *token = cfn__sso_token(finder, &sso, diags);
    if (!token)
        return CFN__FAILED;
    struct cfn__response answer;
    ask(finder, &sso, token, &answer);
    cfn__secret_free(token);
    int result = read_answer(&sso, &answer, found, diags);
    cfn__response_done(&answer);
    cfn__credentials_source(found, "profile %s: role %s of account %s, by SSO", profile, sso.role,
                            sso.account);
    return result == 0 ? CFN__FOUND : CFN__FAILED;
}

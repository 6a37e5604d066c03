#include "sso.h"

#include "digest.h"
#include "files.h"
#include "region.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_MS = 15 * 60 * 1000 };

int cfn__sso_sign_in(const struct cfn__sso *sso, const char *what, struct cfn_diags *diags) {
    cfn_fail(diags, "aws.sso", sso->place, NULL, "the SSO session of profile '%s' %s", sso->profile,
             what);
    struct cfn_arena arena = {0};
    cfn_hint(diags, "run aws sso login --profile %s", cfn__word_quoted(&arena, sso->profile));
    cfn_arena_done(&arena);
    return -1;
}

const char *cfn__sso_endpoint(struct cfn__finder *finder, const struct cfn__sso *sso,
                              const char *service, const char *host) {
    const char *url = cfn__endpoint_find(finder->settings, service);
    if (url) /* without a slash at its end, for a path follows */
        return cfn_arena_copy(&finder->settings->arena, url, strlen(url) - cfn_ends_with(url, "/"));
    return cfn_arena_text(&finder->settings->arena, "https://%s.%s.amazonaws.com%s", host,
                          sso->region, cfn_starts_with(sso->region, "cn-") ? ".cn" : "");
}

/* Where `aws sso login` has put it. */
static const char *cache_path(struct cfn__finder *finder, const struct cfn__sso *sso) {
    const char *name = sso->session ? sso->session : sso->start_url;
    char hex[41];
    cfn__sha1(name, strlen(name), hex);
    const char *path = cfn_arena_text(&finder->settings->arena, "~/.aws/sso/cache/%s.json", hex);
    return cfn__path(finder->settings, path);
}

static json_t *read_cache(const char *path) {
    size_t size = 0;
    int error = 0;
    char *text = cfn__file_read(path, &size, &error);
    json_t *token = text ? cfn__object_read(text) : NULL;
    cfn__secret_free(text);
    return token;
}

static const char *member(const json_t *token, const char *name) {
    const char *text = json_string_value(json_object_get(token, name));
    return text ? text : "";
}

static void wipe(json_t *token) {
    static const char *const secrets[] = {"accessToken", "refreshToken", "clientSecret"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        cfn__wipe_text(json_string_value(json_object_get(token, secrets[i])));
    json_decref(token);
}

static bool can_refresh(const json_t *token, int64_t now) {
    return *member(token, "refreshToken") && *member(token, "clientId") &&
           *member(token, "clientSecret") &&
           cfn_time_read(member(token, "registrationExpiresAt")) > now;
}

static char *refresh_body(const json_t *token) {
    json_t *body =
        json_pack("{s:s, s:s, s:s, s:s}", "grantType", "refresh_token", "clientId",
                  member(token, "clientId"), "clientSecret", member(token, "clientSecret"),
                  "refreshToken", member(token, "refreshToken"));
    char *text = json_dumps(body, JSON_COMPACT);
    wipe(body);
    return text;
}

/* The answer to a refresh, or NULL. */
static json_t *ask_refresh(struct cfn__finder *finder, const struct cfn__sso *sso,
                           const json_t *token) {
    static const char *const headers[] = {"Content-Type", "application/json", NULL};
    char *body = refresh_body(token);
    const char *host = cfn__sso_endpoint(finder, sso, "sso-oauth", "oidc");
    const struct cfn__request request = {
        .method = "POST",
        .url = cfn_arena_text(&finder->settings->arena, "%s/token", host),
        .headers = headers,
        .body = body,
        .body_size = strlen(body),
    };
    struct cfn__response answer;
    cfn__finder_ask(finder, "sso-oidc", "CreateToken", &request, &answer);
    cfn__secret_free(body);
    json_t *fresh = answer.status == 200 ? cfn__object_read(answer.body) : NULL;
    cfn__response_done(&answer);
    if (*member(fresh, "accessToken") &&
        json_integer_value(json_object_get(fresh, "expiresIn")) > 0)
        return fresh;
    wipe(fresh);
    return NULL;
}

static void move(json_t *token, const char *name, json_t *value) {
    cfn__wipe_text(json_string_value(json_object_get(token, name)));
    json_object_set_new(token, name, value);
}

/* The cache as AWS's tools would have written it, so that they go on with it. */
static void keep(struct cfn__finder *finder, const struct cfn__sso *sso, const char *path,
                 json_t *token, const json_t *fresh, struct cfn_diags *diags) {
    char until[32];
    json_int_t seconds = json_integer_value(json_object_get(fresh, "expiresIn"));
    cfn_time_write(cfn__http_time(finder->http) + (int64_t)seconds * 1000, until);
    move(token, "accessToken", json_string(member(fresh, "accessToken")));
    move(token, "expiresAt", json_string(until));
    if (*member(fresh, "refreshToken"))
        move(token, "refreshToken", json_string(member(fresh, "refreshToken")));
    char *text = json_dumps(token, JSON_INDENT(2));
    int error = cfn__file_write(path, text);
    cfn__secret_free(text);
    if (!error)
        return;
    cfn_warn(diags, "aws.sso", (struct cfn_place){.file = path}, NULL,
             "the refreshed SSO session of profile '%s' cannot be kept: %s", sso->profile,
             strerror(error));
}

char *cfn__sso_token(struct cfn__finder *finder, const struct cfn__sso *sso,
                     struct cfn_diags *diags) {
    const char *path = cache_path(finder, sso);
    json_t *token = read_cache(path), *fresh = NULL;
    int64_t now = cfn__http_time(finder->http);
    int64_t until = cfn_time_read(member(token, "expiresAt"));
    if (sso->session && until < now + WINDOW_MS && can_refresh(token, now))
        fresh = ask_refresh(finder, sso, token);
    if (fresh)
        keep(finder, sso, path, token, fresh, diags);
    wipe(fresh);
    char *text = NULL;
    if (!*member(token, "accessToken") || until < 0)
        cfn__sso_sign_in(sso, "is not there", diags);
    else if (!fresh && until <= now)
        cfn__sso_sign_in(sso, "has expired", diags);
    else
        text = cfn__copy(member(token, "accessToken"));
    wipe(token);
    return text;
}

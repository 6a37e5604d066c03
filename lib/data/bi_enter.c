/* The way into Metabase: by a key, by a session, or by being the first one there. */
#include "bi.h"

#include <cfngen/aws.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BAD = 300 };

/* What a server says of a refusal, in one line, without what was sent. */
static char *words_of(const json_t *answer) {
    static const char *const names[] = {"message", "error", "cause"};
    const json_t *errors = json_object_get(answer, "errors");
    if (json_is_string(answer))
        return cfn__copy(json_string_value(answer));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (*cfn_output_text(answer, names[i]))
            return cfn__copy(cfn_output_text(answer, names[i]));
    return errors ? json_dumps(errors, JSON_COMPACT) : cfn__copy("without a word");
}

json_t *cfn__bi_ask(const struct cfn_bi *bi, const char *method, const char *path,
                    const json_t *body, struct cfn_diags *diags) {
    json_t *answer = NULL;
    int status = cfn_web_ask(bi->web, method, path, body, &answer, diags);
    if (status >= 200 && status < FIRST_BAD)
        return answer ? answer : json_null();
    if (status > 0) {
        char *words = words_of(answer);
        cfn_fail(diags, "bi.refused", (struct cfn_place){0}, NULL,
                 "Metabase refuses %s %s: %.300s (status %d)", method, path, words, status);
        if (status == 401 || status == 403)
            cfn_hint(diags, "the key, or the person, must be of the group Administrators");
        free(words);
    }
    json_decref(answer);
    return NULL;
}

/* -- a new one --------------------------------------------------------------------------------- */

/* The first person of a new Metabase is its administrator. */
static json_t *first_of(const struct cfn_bi *bi, const char *token) {
    json_t *person = json_pack("{s:s, s:s, s:s, s:s}", "email", bi->user, "password", bi->password,
                               "first_name", "Data", "last_name", "Platform");
    return json_pack("{s:s, s:o, s:{s:s, s:s, s:b}}", "token", token, "user", person, "prefs",
                     "site_name", bi->site_name ? bi->site_name : "Metabase", "site_locale", "en",
                     "allow_tracking", 0);
}

static int set_up(const struct cfn_bi *bi, const char *token, struct cfn_diags *diags) {
    if (!bi->user || !bi->password) {
        cfn_fail(diags, "bi.new", (struct cfn_place){0}, NULL,
                 "this Metabase is new, and needs a first person with a password");
        cfn_hint(diags,
                 "set CFNGEN_METABASE_USER, an e-mail address, and CFNGEN_METABASE_PASSWORD");
        return -1;
    }
    if (bi->told)
        bi->told(bi->self, "create", "administrator", bi->user, "");
    if (bi->dry_run)
        return 0;
    json_t *body = first_of(bi, token);
    json_t *answer = cfn__bi_ask(bi, "POST", "/api/setup", body, diags);
    json_decref(body);
    json_decref(answer);
    return answer ? 0 : -1;
}

/* -- signing in -------------------------------------------------------------------------------- */

static int sign_in(const struct cfn_bi *bi, struct cfn_diags *diags) {
    if (bi->api_key) {
        cfn_web_header(bi->web, "x-api-key", bi->api_key);
        return 0;
    }
    if (!bi->user || !bi->password) {
        cfn_fail(diags, "bi.credentials", (struct cfn_place){0}, NULL,
                 "nothing tells who signs in to Metabase");
        cfn_hint(diags, "set CFNGEN_METABASE_KEY, or CFNGEN_METABASE_USER and "
                        "CFNGEN_METABASE_PASSWORD");
        return -1;
    }
    json_t *body = json_pack("{s:s, s:s}", "username", bi->user, "password", bi->password);
    json_t *answer = cfn__bi_ask(bi, "POST", "/api/session", body, diags);
    const char *session = cfn_output_text(answer, "id");
    if (*session)
        cfn_web_header(bi->web, "X-Metabase-Session", session);
    else if (answer)
        cfn_fail(diags, "bi.session", (struct cfn_place){0}, NULL, "Metabase gives no session");
    int code = *session ? 0 : -1;
    json_decref(body);
    json_decref(answer);
    return code;
}

int cfn__bi_enter(const struct cfn_bi *bi, bool *is_new, struct cfn_diags *diags) {
    json_t *properties = cfn__bi_ask(bi, "GET", "/api/session/properties", NULL, diags);
    if (!properties)
        return -1;
    const json_t *users = json_object_get(properties, "has-user-setup");
    const char *token = cfn_output_text(properties, "setup-token");
    int code = 0;
    *is_new = *token && !json_is_true(users);
    if (!json_is_object(properties) || (!users && !*token))
        code = cfn_fail(diags, "bi.other", (struct cfn_place){0}, NULL,
                        "what answers there is no Metabase");
    else if (*is_new)
        code = set_up(bi, token, diags);
    json_decref(properties);
    if (code == 0 && !(*is_new && bi->dry_run))
        code = sign_in(bi, diags);
    return code;
}

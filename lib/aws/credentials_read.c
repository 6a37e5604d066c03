/* What a provider has found: read from JSON, released. */
#include "credentials.h"
#include "files.h"

#include <stdlib.h>
#include <string.h>

void cfn__credentials_done(struct cfn__credentials *found) {
    cfn__secret_free(found->access_key);
    cfn__secret_free(found->secret_key);
    cfn__secret_free(found->session_token);
    free(found->source);
    *found = (struct cfn__credentials){0};
}

struct cfn__credentials cfn__credentials_copy(const struct cfn__credentials *from) {
    return (struct cfn__credentials){
        .access_key = cfn__copy(from->access_key),
        .secret_key = cfn__copy(from->secret_key),
        .session_token = from->session_token ? cfn__copy(from->session_token) : NULL,
        .expires = from->expires,
        .source = cfn__copy(from->source),
    };
}

void cfn__credentials_source(struct cfn__credentials *found, const char *format, ...) {
    struct cfn_text origin = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&origin, format, arguments);
    va_end(arguments);
    free(found->source);
    found->source = cfn_text_take(&origin);
}

/* The member's text, which is wiped where it was: NULL for none, or an empty one. */
static char *taken(const json_t *json, const char *name) {
    const char *text = json_string_value(json_object_get(json, name));
    if (!text || !*text)
        return NULL;
    char *copy = cfn__copy(text);
    cfn__wipe_text(text);
    return copy;
}

/* Times are texts, or numbers of milliseconds, as the portal of SSO writes them. */
static int64_t time_of(const json_t *json) {
    if (json_is_string(json))
        return cfn_time_read(json_string_value(json));
    return json_is_integer(json) ? (int64_t)json_integer_value(json) : 0;
}

bool cfn__credentials_read(const json_t *json, const struct cfn__json_names *names,
                           struct cfn__credentials *found) {
    found->access_key = taken(json, names->key);
    found->secret_key = taken(json, names->secret);
    found->session_token = taken(json, names->token);
    found->expires = time_of(json_object_get(json, names->expires));
    return found->access_key && found->secret_key && found->expires >= 0;
}

json_t *cfn__object_read(const char *text) {
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

/* Only a word is taken for a code: what else an answer says may hold what we have sent. */
const char *cfn__answer_code(const json_t *json, char code[64]) {
    static const char *const names[] = {"Code", "code", "error", "__type"};
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    code[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof *names && !*code; i++) {
        const char *text = json_string_value(json_object_get(json, names[i]));
        if (text && strlen(text) < 40 && text[strspn(text, letters)] == '\0')
            memcpy(code, text, strlen(text) + 1);
    }
    return code;
}

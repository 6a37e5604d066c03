/* The user and password of a database, from Secrets Manager. */
#include <cfngen/database.h>

#include "aws/files.h"
#include "base/base.h"

#include <string.h>

void cfn_secret_done(json_t *secret) {
    const char *key;
    json_t *value;
    if (!secret)
        return;
    json_object_foreach(secret, key, value) cfn__wipe_text(json_string_value(value));
    json_decref(secret);
}

static json_t *refuse(const char *secret, struct cfn_diags *diags) {
    cfn_fail(diags, "secret.form", (struct cfn_place){0}, NULL,
             "must be a secret with a JSON object of username and password, not '%s'", secret);
    return NULL;
}

/* What the secret holds is never quoted: not even when it is wrong. */
static json_t *read_secret(const char *secret, const char *text, struct cfn_diags *diags) {
    json_t *whole = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *user = json_string_value(json_object_get(whole, "username"));
    const char *password = json_string_value(json_object_get(whole, "password"));
    json_t *both = user && password
                       ? json_pack("{s:s, s:s}", "username", user, "password", password)
                       : refuse(secret, diags);
    cfn_secret_done(whole);
    return both;
}

json_t *cfn_secret_read(const struct cfn_transport *transport, const char *secret,
                        struct cfn_diags *diags) {
    const struct cfn_call call = {.service = "secretsmanager",
                                  .action = "GetSecretValue",
                                  .input = json_pack("{s:s}", "SecretId", secret)};
    struct cfn_reply reply;
    json_t *found = NULL;
    cfn_call_wait(transport, &call, &reply);
    if (reply.outcome == CFN_REPLY_OK) {
        const char *text = cfn_output_text(reply.output, "SecretString");
        found = read_secret(secret, text, diags);
        cfn__wipe_text(json_string_value(json_object_get(reply.output, "SecretString")));
    } else {
        cfn_reply_fail(&reply, &call, diags);
    }
    cfn_reply_done(&reply);
    return found;
}

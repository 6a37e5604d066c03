/* Passwords of logins: in the environment, or in Secrets Manager. */
#include "login.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST = 8, MOST = 64, MADE = 32 };

void cli_login_forget(char *password) {
    volatile char *at = password;
    while (at && *at)
        *at++ = '\0';
    free(password);
}

/* What Redshift would refuse in clear text, though it gets a digest only: a tool may still. */
static char *judged(const struct cli *cli, char *password, const char *origin) {
    size_t size = password ? strlen(password) : 0;
    if (size >= LEAST && size <= MOST)
        return password;
    cfn_fail(cli->diags, "login.password", (struct cfn_place){0}, NULL,
             "the password in %s must have %d to %d characters", origin, LEAST, MOST);
    cli_login_forget(password);
    return NULL;
}

static struct cfn_reply call(const struct cli_step *step, const char *action, json_t *input) {
    const struct cfn_call what = {.service = "secretsmanager", .action = action, .input = input};
    struct cfn_reply reply;
    cfn_call_wait(step->transport, &what, &reply);
    return reply;
}

static void tell(const struct cli_step *step, const struct cfn_reply *reply, const char *action) {
    const struct cfn_call what = {.service = "secretsmanager", .action = action};
    cfn_reply_fail(reply, &what, step->cli->diags);
}

/* {"username": ..., "password": ...}: as Redshift's own secrets are. */
static char *read_secret(const struct cli_step *step, const char *login, const char *id,
                         const struct cfn_reply *reply) {
    const char *text = cfn_output_text(reply->output, "SecretString");
    json_t *secret = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    const char *user = cfn_output_text(secret, "username"),
               *password = cfn_output_text(secret, "password");
    char *copy = NULL;
    if (strcmp(user, login) != 0)
        cfn_fail(step->cli->diags, "login.secret", (struct cfn_place){0}, NULL,
                 "the secret must be JSON with username and password, and of the user '%s': '%s'",
                 login, id);
    else
        copy = judged(step->cli, cli_text("%s", password), id);
    json_decref(secret);
    return copy;
}

static json_t *tag_list(const json_t *tags) {
    json_t *list = json_array(), *value;
    const char *key;
    json_object_foreach(((json_t *)(uintptr_t)tags), key, value)
        json_array_append_new(list, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    return list;
}

/* Kept with the platform's key; nobody sees the password on its way. */
static char *make_secret(const struct cli_step *step, const char *login, const char *id) {
    struct cfn_reply made = call(step, "GetRandomPassword",
                                 json_pack("{s:i, s:b, s:b}", "PasswordLength", MADE,
                                           "ExcludePunctuation", 1, "RequireEachIncludedType", 1));
    char *password = NULL, *secret = NULL;
    if (made.outcome == CFN_REPLY_OK)
        password = cli_text("%s", cfn_output_text(made.output, "RandomPassword"));
    else
        tell(step, &made, "GetRandomPassword");
    cfn_reply_done(&made);
    if (!password)
        return NULL;
    json_t *both = json_pack("{s:s, s:s}", "username", login, "password", password);
    secret = json_dumps(both, JSON_COMPACT);
    json_decref(both);
    char *token = cli_text("cfngen-%016llx-%016llx", (unsigned long long)step->run,
                           (unsigned long long)step->transport->now(step->transport->self));
    json_t *input = json_pack("{s:s, s:s, s:s, s:s, s:o}", "Name", id, "ClientRequestToken", token,
                              "Description", "a reader of the warehouse", "SecretString", secret,
                              "Tags", tag_list(step->tags));
    const char *key = cli_output(step, "common", "KeyArn");
    if (key)
        json_object_set_new(input, "KmsKeyId", json_string(key));
    struct cfn_reply kept = call(step, "CreateSecret", input);
    if (kept.outcome == CFN_REPLY_OK)
        fprintf(stderr, "the secret %s is made\n", id);
    else {
        tell(step, &kept, "CreateSecret");
        cli_login_forget(password);
        password = NULL;
    }
    cfn_reply_done(&kept);
    cli_login_forget(secret);
    free(token);
    return password;
}

char *cli_login_password(const struct cli_step *step, const char *login, bool make) {
    const char *own = getenv("CFNGEN_LOGIN_PASSWORD"),
               *given = cli_value(step->cli, "login-secret");
    if (own && *own)
        return judged(step->cli, cli_text("%s", own), "CFNGEN_LOGIN_PASSWORD");
    char *id =
        given ? cli_text("%s", given) : cli_text("%s/warehouse/%s", step->what->prefix, login);
    struct cfn_reply reply = call(step, "GetSecretValue", json_pack("{s:s}", "SecretId", id));
    bool lacks = strcmp(reply.code, "ResourceNotFoundException") == 0;
    char *password = NULL;
    if (reply.outcome == CFN_REPLY_OK)
        password = read_secret(step, login, id, &reply);
    else if (lacks && make)
        password = make_secret(step, login, id);
    else
        tell(step, &reply, "GetSecretValue");
    if (!password && lacks && !make)
        cfn_hint(step->cli->diags, "'cfngen warehouse --login %s' makes it", login);
    cfn_reply_done(&reply);
    free(id);
    return password;
}

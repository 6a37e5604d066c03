/*
 * Where credentials come from.
 *
 * A provider is asked about a profile, or about the machine, and answers with one of three: found;
 * none here, ask the next one; failed, with a diagnostic, for somebody has set this up and it does
 * not work. Each provider has a file of its own; credentials.c has their order.
 */
#ifndef CFN_AWS_CREDENTIALS_H
#define CFN_AWS_CREDENTIALS_H

#include "aws.h"
#include "profile.h"

/* Says where credentials come from: "profile dev: keys in ~/.aws/credentials:3". */
void cfn__credentials_source(struct cfn__credentials *found, const char *format, ...)
    CFN_PRINTF(2, 3);

struct cfn__credentials cfn__credentials_copy(const struct cfn__credentials *from);
/* Those of a session as they are now, fetched where need be; borrowed. NULL with a diagnostic. */
const struct cfn__credentials *cfn__session_credentials(struct cfn_session *session,
                                                        struct cfn_diags *diags);

enum cfn__search { CFN__FAILED = -1, CFN__NONE, CFN__FOUND };

/* Who looks, with what it needs for that. */
struct cfn__finder {
    struct cfn__settings *settings;
    const char *region;
    struct cfn__http *http;
    bool (*ask_mfa)(void *self, const char *serial, char code[16]);
    void (*trace)(void *self, const struct cfn_trace *trace);
    void *self; /* of both */
};

/* Asks all in their order. 0, or -1 with a diagnostic that says what to do. */
int cfn__credentials_find(struct cfn__finder *finder, struct cfn__credentials *found,
                          struct cfn_diags *diags);

typedef enum cfn__search cfn__provider(struct cfn__finder *finder, const char *profile,
                                       struct cfn__credentials *found, struct cfn_diags *diags);
cfn__provider cfn__provider_environment, cfn__provider_role, cfn__provider_web, cfn__provider_sso,
    cfn__provider_credentials_file, cfn__provider_login, cfn__provider_process,
    cfn__provider_config_file, cfn__provider_container, cfn__provider_instance;
/* Those that a source_profile is asked for: without the environment. */
enum cfn__search cfn__profile_find(struct cfn__finder *finder, const char *profile,
                                   struct cfn__credentials *found, struct cfn_diags *diags);
/* cfn__provider_web of the profile alone. */
cfn__provider cfn__provider_web_profile;

/* An exchange that is told to whoever traces the calls, without the query of its URL. */
void cfn__finder_ask(const struct cfn__finder *finder, const char *service, const char *action,
                     const struct cfn__request *request, struct cfn__response *response);

/* An action of STS, signed with source or, where that is NULL, by nobody. Consumes input. Fills
 * found but for its source; -1 with a diagnostic at place, whose text never holds `hidden`. */
int cfn__sts_ask(struct cfn__finder *finder, const char *action, json_t *input,
                 const struct cfn__credentials *source, const char *hidden, struct cfn_place place,
                 struct cfn__credentials *found, struct cfn_diags *diags);

/* Credentials as JSON, by the names that the caller's source uses. false: one is missing. Wipes
 * what it has read inside the JSON value. */
struct cfn__json_names {
    const char *key, *secret, *token, *expires;
};
bool cfn__credentials_read(const json_t *json, const struct cfn__json_names *names,
                           struct cfn__credentials *found);
/* A text as JSON object, or NULL. */
json_t *cfn__object_read(const char *text);
/* The code by which an answer tells what is wrong ("AccessDenied"), or "". */
const char *cfn__answer_code(const json_t *json, char code[64]);

#endif

/* credential_process: a program that writes credentials as JSON. */
#include "credentials.h"
#include "files.h"
#include "process.h"

#include <string.h>

/* The command's words may hold a secret: no message repeats them. */
static int tell_end(enum cfn__process_end end, int detail, const char *profile,
                    struct cfn_place place, struct cfn_diags *diags) {
    static const char code[] = "aws.credentials", what[] = "credential_process";
    switch (end) {
    case CFN__PROCESS_DONE:
        return 0;
    case CFN__PROCESS_QUOTES:
        return cfn_fail(diags, code, place, what,
                        "must be a command; a quote in it is not closed, or it is empty");
    case CFN__PROCESS_START:
        return cfn_fail(diags, code, place, what, "the program of profile '%s' cannot be run: %s",
                        profile, strerror(detail));
    case CFN__PROCESS_STATUS:
        return cfn_fail(diags, code, place, what,
                        "the program of profile '%s' has failed with exit status %d", profile,
                        detail);
    case CFN__PROCESS_SIGNAL:
        return cfn_fail(diags, code, place, what,
                        "the program of profile '%s' was ended by signal %d", profile, detail);
    case CFN__PROCESS_TIME:
        return cfn_fail(diags, code, place, what,
                        "the program of profile '%s' has not ended within 60 seconds", profile);
    case CFN__PROCESS_TOO_MUCH:
        return cfn_fail(diags, code, place, what,
                        "the program of profile '%s' has written more than 64 KB", profile);
    }
    return -1;
}

static int read_output(const char *output, struct cfn__credentials *found, const char *profile,
                       struct cfn_place place, struct cfn_diags *diags) {
    static const struct cfn__json_names names = {"AccessKeyId", "SecretAccessKey", "SessionToken",
                                                 "Expiration"};
    json_t *json = cfn__object_read(output);
    bool versioned = json_integer_value(json_object_get(json, "Version")) == 1;
    bool complete = versioned && cfn__credentials_read(json, &names, found);
    json_decref(json);
    if (complete)
        return 0;
    return cfn_fail(diags, "aws.credentials", place, "credential_process",
                    "the program of profile '%s' must write a JSON object with %s", profile,
                    versioned ? "AccessKeyId, SecretAccessKey and, if any, a valid Expiration"
                              : "\"Version\": 1");
}

enum cfn__search cfn__provider_process(struct cfn__finder *finder, const char *profile,
                                       struct cfn__credentials *found, struct cfn_diags *diags) {
    const struct cfn__settings *settings = finder->settings;
    const struct cfn__ini_entry *entry =
        cfn__profile_entry(settings, profile, "credential_process");
    if (!entry)
        return CFN__NONE;
    struct cfn_place place = cfn__profile_place(settings, profile, entry);
    int detail = 0;
    char *output = NULL;
    enum cfn__process_end end =
        cfn__process_run(entry->value, settings->variables, &output, &detail);
    int result = tell_end(end, detail, profile, place, diags);
    if (result == 0)
        result = read_output(output, found, profile, place, diags);
    cfn__secret_free(output);
    if (result != 0)
        return CFN__FAILED;
    cfn__credentials_source(found, "profile %s: credential_process in %s:%d", profile, place.file,
                            place.line);
    return CFN__FOUND;
}

/* role_arn: a role that another profile's credentials, or the machine's, take on. */
#include "credentials.h"
#include "files.h"

#include <stdlib.h>
#include <string.h>

/* The profiles that are under way, so that one which leads back to itself is seen. */
struct step {
    const char *profile;
    const struct step *before;
};

static enum cfn__search assume(struct cfn__finder *finder, const struct step *step,
                               struct cfn__credentials *found, struct cfn_diags *diags);

static const char *value(struct cfn__finder *finder, const char *profile, const char *name) {
    return cfn__profile_value(finder->settings, profile, name);
}

static struct cfn_place place_of(struct cfn__finder *finder, const char *profile,
                                 const char *name) {
    return cfn__profile_place(finder->settings, profile,
                              cfn__profile_entry(finder->settings, profile, name));
}

/* Web identity has a role_arn too, and goes its own way. */
static bool has_role(struct cfn__finder *finder, const char *profile) {
    return cfn__profile_entry(finder->settings, profile, "role_arn") &&
           !cfn__profile_entry(finder->settings, profile, "web_identity_token_file");
}

static bool has_keys(struct cfn__finder *finder, const char *profile) {
    return cfn__profile_entry(finder->settings, profile, "aws_access_key_id") ||
           cfn__profile_entry(finder->settings, profile, "aws_secret_access_key");
}

/* A profile may name itself for its source where it has keys. */
static int check_circle(struct cfn__finder *finder, const struct step *step, const char *source,
                        struct cfn_diags *diags) {
    if (strcmp(step->profile, source) == 0 && has_keys(finder, source))
        return 0;
    for (const struct step *passed = step; passed; passed = passed->before)
        if (strcmp(passed->profile, source) == 0)
            return cfn_fail(diags, "aws.credentials",
                            place_of(finder, step->profile, "source_profile"), "source_profile",
                            "the profiles lead in a circle: '%s' comes back to '%s'", step->profile,
                            source);
    return 0;
}

static enum cfn__search from_profile(struct cfn__finder *finder, const struct step *step,
                                     const char *source, struct cfn__credentials *found,
                                     struct cfn_diags *diags) {
    struct cfn_place place = place_of(finder, step->profile, "source_profile");
    if (!cfn__profile_exists(finder->settings, source)) {
        const char *nearest = cfn__profile_nearest(finder->settings, source);
        cfn_fail(diags, "aws.credentials", place, "source_profile",
                 "profile '%s' needs a profile that is not there: '%s'", step->profile, source);
        if (nearest)
            cfn_hint(diags, "did you mean '%s'?", nearest);
        return CFN__FAILED;
    }
    if (check_circle(finder, step, source, diags) != 0)
        return CFN__FAILED;
    if (has_role(finder, source) && !has_keys(finder, source)) {
        const struct step next = {source, step};
        return assume(finder, &next, found, diags);
    }
    enum cfn__search search = cfn__profile_find(finder, source, found, diags);
    if (search == CFN__NONE)
        search = (enum cfn__search)cfn_fail(
            diags, "aws.credentials", place, "source_profile",
            "profile '%s' needs credentials of a profile that has none: '%s'", step->profile,
            source);
    return search;
}

static enum cfn__search from_machine(struct cfn__finder *finder, const char *profile,
                                     const char *source, struct cfn__credentials *found,
                                     struct cfn_diags *diags) {
    static const struct {
        const char *name;
        cfn__provider *provider;
    } sources[] = {
        {"Environment", cfn__provider_environment},
        {"EcsContainer", cfn__provider_container},
        {"Ec2InstanceMetadata", cfn__provider_instance},
    };
    struct cfn_place place = place_of(finder, profile, "credential_source");
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        if (strcmp(sources[i].name, source) != 0)
            continue;
        enum cfn__search search = sources[i].provider(finder, profile, found, diags);
        return search != CFN__NONE
                   ? search
                   : (enum cfn__search)cfn_fail(
                         diags, "aws.credentials", place, "credential_source",
                         "profile '%s' finds no credentials there: '%s'", profile, source);
    }
    return (enum cfn__search)cfn_fail(
        diags, "aws.credentials", place, "credential_source",
        "must be Environment, Ec2InstanceMetadata or EcsContainer, not '%s'", source);
}

static enum cfn__search source_of(struct cfn__finder *finder, const struct step *step,
                                  struct cfn__credentials *found, struct cfn_diags *diags) {
    const char *profile = step->profile;
    const char *source = value(finder, profile, "source_profile");
    const char *machine = value(finder, profile, "credential_source");
    if (source && machine)
        return (enum cfn__search)cfn_fail(
            diags, "aws.credentials", place_of(finder, profile, "credential_source"), NULL,
            "profile '%s' must have one of source_profile and credential_source, not both",
            profile);
    if (source)
        return from_profile(finder, step, source, found, diags);
    if (machine)
        return from_machine(finder, profile, machine, found, diags);
    return (enum cfn__search)cfn_fail(
        diags, "aws.credentials", place_of(finder, profile, "role_arn"), NULL,
        "profile '%s' has a role_arn and needs source_profile or credential_source", profile);
}

static int add_code(struct cfn__finder *finder, const char *profile, const char *serial,
                    json_t *input, struct cfn_diags *diags) {
    static const char code[] = "aws.mfa", what[] = "mfa_serial";
    struct cfn_place place = place_of(finder, profile, what);
    char digits[16] = "";
    if (!finder->ask_mfa) {
        cfn_fail(diags, code, place, what,
                 "profile '%s' needs a code of a device, and there is nobody to ask for it: '%s'",
                 profile, serial);
        cfn_hint(diags, "run it at a terminal, or with a profile that needs none");
        return -1;
    }
    if (!finder->ask_mfa(finder->self, serial, digits))
        return cfn_fail(diags, code, place, what, "no code was given for profile '%s'", profile);
    digits[sizeof digits - 1] = '\0';
    bool right = strlen(digits) == 6 && strspn(digits, "0123456789") == 6;
    if (right) {
        json_object_set_new(input, "SerialNumber", json_string(serial));
        json_object_set_new(input, "TokenCode", json_string(digits));
    }
    cfn__wipe(digits, sizeof digits);
    return right ? 0
                 : cfn_fail(diags, code, place, what,
                            "the code of profile '%s' must be of 6 digits", profile);
}

static int add_duration(struct cfn__finder *finder, const char *profile, json_t *input,
                        struct cfn_diags *diags) {
    const char *seconds = value(finder, profile, "duration_seconds");
    if (!seconds)
        return 0;
    if (strlen(seconds) > 6 || seconds[strspn(seconds, "0123456789")])
        return cfn_fail(diags, "aws.credentials", place_of(finder, profile, "duration_seconds"),
                        "duration_seconds", "must be a number of seconds, not '%s'", seconds);
    json_object_set_new(input, "DurationSeconds", json_integer(strtol(seconds, NULL, 10)));
    return 0;
}

static json_t *input_of(struct cfn__finder *finder, const char *profile, const char *role,
                        struct cfn_diags *diags) {
    const char *name = value(finder, profile, "role_session_name");
    const char *external = value(finder, profile, "external_id");
    const char *serial = value(finder, profile, "mfa_serial");
    json_t *input =
        json_pack("{s:s, s:s}", "RoleArn", role, "RoleSessionName", name ? name : "cfngen");
    if (external)
        json_object_set_new(input, "ExternalId", json_string(external));
    int result = add_duration(finder, profile, input, diags);
    if (result == 0 && serial)
        result = add_code(finder, profile, serial, input, diags);
    if (result == 0)
        return input;
    json_decref(input);
    return NULL;
}

static enum cfn__search assume(struct cfn__finder *finder, const struct step *step,
                               struct cfn__credentials *found, struct cfn_diags *diags) {
    const char *role = value(finder, step->profile, "role_arn");
    struct cfn_place place = place_of(finder, step->profile, "role_arn");
    struct cfn__credentials source = {0};
    if (!role)
        return (enum cfn__search)cfn_fail(diags, "aws.credentials", place, "role_arn",
                                          "must be the ARN of a role; it is empty");
    enum cfn__search search = source_of(finder, step, &source, diags);
    json_t *input = search == CFN__FOUND ? input_of(finder, step->profile, role, diags) : NULL;
    bool assumed =
        input && cfn__sts_ask(finder, "AssumeRole", input, &source, NULL, place, found, diags) == 0;
    if (assumed)
        cfn__credentials_source(found, "profile %s: role %s, assumed with %s", step->profile, role,
                                source.source);
    cfn__credentials_done(&source);
    return assumed ? CFN__FOUND : CFN__FAILED;
}

enum cfn__search cfn__provider_role(struct cfn__finder *finder, const char *profile,
                                    struct cfn__credentials *found, struct cfn_diags *diags) {
    const struct step step = {profile, NULL};
    return has_role(finder, profile) ? assume(finder, &step, found, diags) : CFN__NONE;
}

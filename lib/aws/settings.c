/* The settings of a session: variables, and the files they lead to. */
#include "files.h"
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char **copy_variables(const char *const *variables) {
    size_t count = 0;
    while (variables && variables[count])
        count++;
    char **copies = cfn__alloc((count + 1) * sizeof *copies);
    for (size_t i = 0; i < count; i++)
        copies[i] = cfn__copy(variables[i]);
    return copies;
}

const char *cfn__variable(const struct cfn__settings *settings, const char *name) {
    size_t size = strlen(name);
    for (char **variable = settings->variables; *variable; variable++)
        if (strncmp(*variable, name, size) == 0 && (*variable)[size] == '=')
            return (*variable)[size + 1] ? *variable + size + 1 : NULL;
    return NULL;
}

static bool says_true(const char *text) {
    static const char word[] = "true";
    for (size_t i = 0; i < sizeof word; i++)
        if (text[i] != word[i] && (i + 1 == sizeof word || text[i] != word[i] - 'a' + 'A'))
            return false;
    return true;
}

bool cfn__switch(const struct cfn__settings *settings, const char *variable, const char *setting) {
    const char *value = cfn__variable(settings, variable);
    if (!value && setting)
        value = cfn__profile_value(settings, settings->profile, setting);
    return value && says_true(value);
}

const char *cfn__path(struct cfn__settings *settings, const char *path) {
    if (path[0] != '~' || path[1] != '/' || !settings->home)
        return path;
    return cfn_arena_text(&settings->arena, "%s%s", settings->home, path + 1);
}

/* A file that is not there says nothing; without a home there is none to look for. */
static int read_file(struct cfn__settings *settings, struct cfn__ini *ini, const char *variable,
                     const char *usual, struct cfn_diags *diags) {
    const char *named = cfn__variable(settings, variable);
    const char *path = cfn__path(settings, named ? named : usual);
    size_t size = 0;
    int error = ENOENT;
    char *text = *path == '~' ? NULL : cfn__file_read(path, &size, &error);
    if (text)
        return cfn__ini_read(ini, path, text, size, diags);
    ini->file = cfn__copy(path);
    if (error == ENOENT || error == ENOTDIR)
        return 0;
    const struct cfn_place place = {.file = path};
    if (error == EFBIG)
        return cfn_fail(diags, "aws.profile-file", place, NULL, "this file is over 1 MB");
    return cfn_fail(diags, "aws.profile-file", place, NULL, "this file cannot be read: %s",
                    strerror(error));
}

static void choose_profile(struct cfn__settings *settings, const char *given) {
    const char *name = given && *given ? given : NULL;
    settings->given = name != NULL;
    if (!name) /* in the order in which AWS's own command asks */
        name = cfn__variable(settings, "AWS_DEFAULT_PROFILE");
    if (!name)
        name = cfn__variable(settings, "AWS_PROFILE");
    settings->chosen = name != NULL;
    name = name ? name : "default";
    settings->profile = cfn_arena_copy(&settings->arena, name, strlen(name));
}

static int require_profile(struct cfn__settings *settings, struct cfn_diags *diags) {
    const char *name = settings->profile;
    if (!settings->chosen || strcmp(name, "default") == 0 || cfn__profile_exists(settings, name))
        return 0;
    const char *nearest = cfn__profile_nearest(settings, name);
    cfn_fail(diags, "aws.profile", (struct cfn_place){.file = settings->config.file}, NULL,
             "there is no profile of that name, here or in %s: '%s'", settings->credentials.file,
             name);
    if (nearest)
        cfn_hint(diags, "did you mean '%s'?", nearest);
    else
        cfn_hint(diags, "aws configure list-profiles tells which there are");
    return -1;
}

int cfn__settings_read(struct cfn__settings *settings, const struct cfn_session_options *options,
                       struct cfn_diags *diags) {
    *settings = (struct cfn__settings){.variables = copy_variables(options->variables)};
    const char *home = options->home ? options->home : cfn__variable(settings, "HOME");
    settings->home = home ? cfn__copy(home) : NULL;
    if (options->endpoint && *options->endpoint)
        settings->endpoint = cfn__copy(options->endpoint);
    choose_profile(settings, options->profile);
    int config = read_file(settings, &settings->config, "AWS_CONFIG_FILE", "~/.aws/config", diags);
    int credentials = read_file(settings, &settings->credentials, "AWS_SHARED_CREDENTIALS_FILE",
                                "~/.aws/credentials", diags);
    return config || credentials ? -1 : require_profile(settings, diags);
}

void cfn__settings_done(struct cfn__settings *settings) {
    for (char **variable = settings->variables; variable && *variable; variable++)
        cfn__secret_free(*variable);
    free(settings->variables);
    free(settings->home);
    free(settings->endpoint);
    cfn__ini_done(&settings->config);
    cfn__ini_done(&settings->credentials);
    cfn_arena_done(&settings->arena);
    *settings = (struct cfn__settings){0};
}

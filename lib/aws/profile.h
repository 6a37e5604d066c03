/*
 * What a session is told from outside: variables, and the profiles of AWS's config and credentials
 * files. Everything is a copy and is wiped in the end, for some of it is secret.
 */
#ifndef CFN_AWS_PROFILE_H
#define CFN_AWS_PROFILE_H

#include "ini.h"

#include <cfngen/session.h>

struct cfn__settings {
    char **variables;    /* "NAME=value", ended by NULL */
    char *home;          /* or NULL */
    char *endpoint;      /* of the options, or NULL */
    const char *profile; /* its name; "default" where nobody names one */
    bool given, chosen;  /* by the options; by them or by a variable */
    struct cfn__ini config, credentials;
    struct cfn_arena arena; /* of what is no secret */
};

/* Takes over what the options say and reads the files. -1 where a file is wrong or a named profile
 * is in none; cfn__settings_done is due all the same. */
int cfn__settings_read(struct cfn__settings *settings, const struct cfn_session_options *options,
                       struct cfn_diags *diags);
void cfn__settings_done(struct cfn__settings *settings);

/* A variable's value; NULL where it is not set, or empty. */
const char *cfn__variable(const struct cfn__settings *settings, const char *name);
/* Whether a variable says true; the profile's setting where there is no such variable. */
bool cfn__switch(const struct cfn__settings *settings, const char *variable, const char *setting);
/* A path with the home folder for a leading ~. */
const char *cfn__path(struct cfn__settings *settings, const char *path);

bool cfn__profile_exists(const struct cfn__settings *settings, const char *profile);
/* A profile's setting: the credentials file counts more than the config file. NULL: none. */
const struct cfn__ini_entry *cfn__profile_entry(const struct cfn__settings *settings,
                                                const char *profile, const char *name);
/* The same in one of the files alone, &settings->config or &settings->credentials. */
const struct cfn__ini_entry *cfn__profile_entry_in(const struct cfn__settings *settings,
                                                   const struct cfn__ini *ini, const char *profile,
                                                   const char *name);
/* Its value; NULL where there is none, or it is empty. */
const char *cfn__profile_value(const struct cfn__settings *settings, const char *profile,
                               const char *name);
/* Where an entry stands; of NULL, where the profile's first setting does. */
struct cfn_place cfn__profile_place(const struct cfn__settings *settings, const char *profile,
                                    const struct cfn__ini_entry *entry);

/* Sections of other kinds of the config file: [sso-session LABEL], [services LABEL]. parent is the
 * name of an indented block, or NULL. */
bool cfn__section_exists(const struct cfn__settings *settings, const char *kind, const char *label);
const char *cfn__section_value(const struct cfn__settings *settings, const char *kind,
                               const char *label, const char *parent, const char *name);

/* Among the profiles, the one most like a name that is none, or NULL. */
const char *cfn__profile_nearest(const struct cfn__settings *settings, const char *name);

#endif

/*
 * A login of the warehouse that has a password: for what cannot use IAM, as a BI tool.
 */
#ifndef CFNGEN_CLI_LOGIN_H
#define CFNGEN_CLI_LOGIN_H

#include "steps.h"

#define CLI_LOGIN_OPTIONS(login_help)                                                              \
    {.name = "login", .argument = "USER", .help = login_help}, {                                   \
        .name = "login-secret", .argument = "ID",                                                  \
        .help = "of Secrets Manager: where its password is (default: PREFIX/warehouse/USER)"       \
    }

/* Its password: of $CFNGEN_LOGIN_PASSWORD, else of its secret, which is made where it is not there
 * and `make` is set. NULL with a diagnostic; cli_login_forget wipes and frees it. */
char *cli_login_password(const struct cli_step *step, const char *login, bool make);
void cli_login_forget(char *password);

#endif

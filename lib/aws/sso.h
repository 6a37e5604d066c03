/* SSO (IAM Identity Center): how a profile signs in, and the token that `aws sso login` keeps. */
#ifndef CFN_AWS_SSO_H
#define CFN_AWS_SSO_H

#include "credentials.h"

/* What a profile and its sso-session section say. session: NULL in the older form, which has all in
 * the profile. */
struct cfn__sso {
    const char *profile, *session, *start_url, *region, *account, *role;
    struct cfn_place place;
};

/* The access token, refreshed where it is about to expire and can be: for cfn__secret_free. NULL
 * with a diagnostic that says to sign in. */
char *cfn__sso_token(struct cfn__finder *finder, const struct cfn__sso *sso,
                     struct cfn_diags *diags);

/* The diagnostic for a session that is not there, or no more; -1. */
int cfn__sso_sign_in(const struct cfn__sso *sso, const char *what, struct cfn_diags *diags);

/* "https://portal.sso.eu-west-1.amazonaws.com", or what is set for the service; kept by settings.
 */
const char *cfn__sso_endpoint(struct cfn__finder *finder, const struct cfn__sso *sso,
                              const char *service, const char *host);

#endif

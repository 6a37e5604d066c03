/* Where a session goes: its region, and the endpoints that somebody has set. */
#ifndef CFN_AWS_REGION_H
#define CFN_AWS_REGION_H

#include "profile.h"

/* The region of `given`, AWS_REGION, AWS_DEFAULT_REGION or the profile, kept by settings. NULL with
 * a diagnostic where there is none, or it is none. */
const char *cfn__region_find(struct cfn__settings *settings, const char *given,
                             struct cfn_diags *diags);

/* Refuses, once and before the first call, endpoints that are no URL, a `services` section that is
 * not there, and FIPS and dual-stack endpoints, which are not supported. */
int cfn__endpoints_check(const struct cfn__settings *settings, struct cfn_diags *diags);

/* The URL that is set for a service, by the name its signature carries: of the options;
 * AWS_ENDPOINT_URL_<SERVICE>; AWS_ENDPOINT_URL; the profile's services section; its endpoint_url.
 * NULL: none, the service's own is right. */
const char *cfn__endpoint_find(struct cfn__settings *settings, const char *service);

#endif

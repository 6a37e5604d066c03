/* What http.c shares with the rest of the HTTP client: responses as they come in. */
#ifndef CFN_AWS_EXCHANGE_H
#define CFN_AWS_EXCHANGE_H

#include "aws.h"

enum { CFN__BODY_CEILING = 64 << 20, CFN__HEADERS_CEILING = 256 << 10 };

/* Which proxy a URL is fetched by; "" is none. skip: hosts that no proxy is for. */
struct cfn__proxies {
    char *https, *http, *skip;
};
void cfn__proxies_read(struct cfn__proxies *proxies, const char *const *variables);
void cfn__proxies_done(struct cfn__proxies *proxies);

/* Makes a response of what has come in; takes over both texts. */
void cfn__response_make(struct cfn__response *response, int status, struct cfn_text *headers,
                        struct cfn_text *body);
/* Makes one of a failure; a detail is one line of visible characters, without what a URL may carry
 * behind its question mark. */
void cfn__response_fail(struct cfn__response *response, const char *error, const char *detail);

#endif

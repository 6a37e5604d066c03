/* Names with values (headers, the parts of a query), and how URLs are written. */
#ifndef CFN_AWS_PAIRS_H
#define CFN_AWS_PAIRS_H

#include "base/base.h"

/* Names and values by turns, and NULL: {0} to begin with. Texts are borrowed, from an arena most
 * often. */
struct cfn__pairs {
    const char **items;
    size_t count, room; /* count: of texts, without NULL */
};
void cfn__pairs_put(struct cfn__pairs *pairs, const char *name, const char *value);
/* NULL: there is none of that name, in whatever case. */
const char *cfn__pairs_get(const struct cfn__pairs *pairs, const char *name);
void cfn__pairs_done(struct cfn__pairs *pairs);

bool cfn__same_name(const char *a, const char *b); /* whatever the case of ASCII letters */
char *cfn__lower(struct cfn_arena *arena, const char *text);

/* Appends bytes percent-encoded as AWS wants it: all but letters, digits and -._~ and, where it is
 * kept, the slash. */
void cfn__url_put(struct cfn_text *text, const char *bytes, size_t size, bool keep_slash);
/* Appends name=value, encoded, behind a & where there is something already. */
void cfn__url_pair(struct cfn_text *query, const char *name, const char *value);

#endif

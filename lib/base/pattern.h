/*
 * Regular expressions: the house's door to PCRE2. Compiled patterns are kept, by the address of
 * their text, which must outlive the set.
 */
#ifndef CFN_BASE_PATTERN_H
#define CFN_BASE_PATTERN_H

#include <stdbool.h>

struct cfn__patterns;
struct cfn__patterns *cfn__patterns_new(void);
void cfn__patterns_free(struct cfn__patterns *patterns);

/* Whether a valid UTF-8 text contains what the pattern describes or, where whole, is it. True, too,
 * when the pattern cannot be compiled or takes too many steps: patterns come from outside, and a
 * false alarm costs more. */
bool cfn__pattern_matches(struct cfn__patterns *patterns, const char *pattern, const char *text,
                          bool whole);

#endif

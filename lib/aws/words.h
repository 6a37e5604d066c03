/* A line taken apart into words as a shell does, but with nothing replaced or run in it. */
#ifndef CFN_AWS_WORDS_H
#define CFN_AWS_WORDS_H

#include "base/base.h"

/* The words of a text, ended by NULL, in one piece of memory that the caller frees; *count of them.
 * NULL where a quote is not closed or a backslash stands at the end. Single quotes keep everything,
 * double quotes know \" and \\, elsewhere a backslash keeps the character behind it. */
char **cfn__words(const char *text, size_t *count);

/* A word as a shell takes it for one: as it is, or in single quotes. */
const char *cfn__word_quoted(struct cfn_arena *arena, const char *word);

#endif

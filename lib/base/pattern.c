/* The only file that knows PCRE2. */
#include "pattern.h"

#include "base.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { BUCKETS = 256, MOST_STEPS = 100000, MOST_HEAP_KIB = 4096 };

struct entry {
    struct entry *next;
    const char *pattern;
    bool whole;
    pcre2_code *code; /* NULL: cannot be compiled */
};

struct cfn__patterns {
    struct cfn_arena arena;
    struct entry *buckets[BUCKETS];
    pcre2_match_context *limits;
    pcre2_match_data *match;
};

struct cfn__patterns *cfn__patterns_new(void) {
    return cfn__alloc(sizeof(struct cfn__patterns));
}

void cfn__patterns_free(struct cfn__patterns *patterns) {
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct entry *entry = patterns->buckets[i]; entry; entry = entry->next)
            pcre2_code_free(entry->code);
    pcre2_match_context_free(patterns->limits);
    pcre2_match_data_free(patterns->match);
    cfn_arena_done(&patterns->arena);
    free(patterns);
}

static pcre2_code *compiled(const char *pattern, bool whole) {
    int error;
    size_t at;
    uint32_t options = PCRE2_UTF | PCRE2_NO_AUTO_CAPTURE | PCRE2_NEVER_BACKSLASH_C;
    options |= whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : PCRE2_UCP;
    return pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &error, &at, NULL);
}

static const struct entry *entry_of(struct cfn__patterns *patterns, const char *pattern,
                                    bool whole) {
    struct entry **bucket = &patterns->buckets[((uintptr_t)pattern >> 2) % BUCKETS];
    for (struct entry *entry = *bucket; entry; entry = entry->next)
        if (entry->pattern == pattern && entry->whole == whole)
            return entry;
    struct entry *fresh = cfn_arena_take(&patterns->arena, sizeof *fresh);
    *fresh = (struct entry){*bucket, pattern, whole, compiled(pattern, whole)};
    return *bucket = fresh;
}

/* Patterns come from outside and so do texts: a match that takes too many steps is given up. */
static void prepare(struct cfn__patterns *patterns) {
    if (patterns->limits)
        return;
    patterns->limits = pcre2_match_context_create(NULL);
    patterns->match = pcre2_match_data_create(1, NULL);
    if (!patterns->limits || !patterns->match)
        free(cfn__alloc(SIZE_MAX)); /* reports through the hook, and aborts */
    pcre2_set_match_limit(patterns->limits, MOST_STEPS);
    pcre2_set_depth_limit(patterns->limits, MOST_STEPS);
    pcre2_set_heap_limit(patterns->limits, MOST_HEAP_KIB);
}

bool cfn__pattern_matches(struct cfn__patterns *patterns, const char *pattern, const char *text,
                          bool whole) {
    const struct entry *entry = entry_of(patterns, pattern, whole);
    if (!entry->code)
        return true;
    prepare(patterns);
    return pcre2_match(entry->code, (PCRE2_SPTR)text, strlen(text), 0, PCRE2_NO_UTF_CHECK,
                       patterns->match, patterns->limits) != PCRE2_ERROR_NOMATCH;
}

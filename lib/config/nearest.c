#include "config.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST = 63, MOST_HINTS = 1000 };

/* Case, and which of - and _ is used, are the commonest mistakes: they count for nothing. */
static bool folded(const char *text, char out[LONGEST + 1]) {
    size_t size = strlen(text);
    if (size > LONGEST)
        return false;
    for (size_t i = 0; i <= size; i++) {
        char c = text[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '-' ? '_' : c;
    }
    return true;
}

static size_t allowed(const char *word) {
    size_t third = strlen(word) / 3;
    return third > 3 ? 3 : third < 1 ? 1 : third;
}

/* "storage" for "storage_gb": a word that was left unfinished. */
static bool is_beginning(const char *word, const char *candidate) {
    size_t size = strlen(word);
    return cfn_starts_with(candidate, word) &&
           (size > 3 || (size == 3 && strchr("_.", candidate[size])));
}

const char *cfn_nearest(const char *word, const char *const *candidates) {
    char want[LONGEST + 1], have[LONGEST + 1];
    if (!folded(word, want))
        return NULL;
    const char *nearest = NULL, *begun = NULL;
    size_t best = allowed(want) + 1;
    for (; *candidates; candidates++) {
        if (!folded(*candidates, have))
            continue;
        size_t distance = cfn_distance(want, have, best - 1);
        if (distance < best) {
            nearest = *candidates;
            best = distance;
            if (best == 0)
                return nearest;
        }
        if (!begun && is_beginning(want, have))
            begun = *candidates;
    }
    return nearest ? nearest : begun;
}

/* Past the most that are shown, a search for the nearest would be time for nothing. */
bool cfn__is_worth_a_hint(const struct cfn_diags *diags) {
    return cfn_diags_count(diags) < MOST_HINTS;
}

bool cfn__hint_nearest(struct cfn_diags *diags, const char *word, const char *const *candidates) {
    const char *nearest = cfn__is_worth_a_hint(diags) ? cfn_nearest(word, candidates) : NULL;
    if (nearest)
        cfn_hint(diags, "did you mean '%s'?", nearest);
    return nearest;
}

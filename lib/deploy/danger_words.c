/* Actions, resources and principals of a policy as lists of words, and which word covers which. */
#include "cfn/checker.h"
#include "danger.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_SAID = 3, LONGEST_WORD = 120 };

static char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + ('a' - 'A')) : letter;
}

static bool same_letter(char wide, char narrow, bool any_case) {
    return any_case ? lower(wide) == lower(narrow) : wide == narrow;
}

/* A * of the narrow word is a letter like any other: only a * covers it. */
bool cfn__word_covers(const char *wide, const char *narrow, bool any_case) {
    const char *star = NULL, *resume = NULL;
    while (*narrow) {
        if (*wide == '*') {
            star = ++wide;
            resume = narrow;
        } else if (*wide &&
                   (same_letter(*wide, *narrow, any_case) || (*wide == '?' && *narrow != '*'))) {
            wide++;
            narrow++;
        } else if (star) {
            wide = star;
            narrow = ++resume;
        } else {
            return false;
        }
    }
    while (*wide == '*')
        wide++;
    return *wide == '\0';
}

/* The whole text of a value: as Fn::Sub would write it where there is such a form. */
static const char *text_of(struct cfn_diff *diff, json_t *value) {
    struct cfn__call call;
    struct cfn__attribute at;
    if (json_is_string(value))
        return json_string_value(value);
    if (cfn__call_of(value, &call) && cfn__call_is(&call, "Fn::GetAtt") &&
        cfn__attribute_of(call.argument, &at))
        return cfn_arena_text(&diff->arena, "${%.*s.%s}", (int)at.size, at.resource, at.attribute);
    if (cfn__call_of(value, &call) && json_is_string(call.argument) &&
        (cfn__call_is(&call, "Ref") || cfn__call_is(&call, "Fn::Sub")))
        return cfn__said(diff, value);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = text ? cfn_arena_copy(&diff->arena, text, strlen(text)) : "";
    free(text);
    return kept;
}

static void put(struct cfn_diff *diff, struct cfn__words *words, const char *kind, json_t *value) {
    size_t index;
    json_t *item;
    if (json_is_array(value)) {
        json_array_foreach(value, index, item) put(diff, words, kind, item);
        return;
    }
    const char *text = text_of(diff, value);
    bool everybody = strcmp(text, "*") == 0 && (!kind || strcmp(kind, "AWS") == 0);
    *CFN_PUSH(&words->all) =
        kind && !everybody ? cfn_arena_text(&diff->arena, "%s:%s", kind, text) : text;
}

void cfn__words_of(struct cfn_diff *diff, struct cfn__words *words, const json_t *statement,
                   const char *member, const char *opposite) {
    json_t *value = json_object_get(statement, member), *item;
    const char *key;
    words->any_case = strcmp(member, "Action") == 0;
    words->negated = !value && json_object_get(statement, opposite);
    value = value ? value : json_object_get(statement, opposite);
    words->present = value != NULL;
    if (json_is_object(value) && !cfn__is_call(value)) {
        json_object_foreach(value, key, item) put(diff, words, key, item);
    } else if (value) {
        put(diff, words, NULL, value);
    }
}

void cfn__words_done(struct cfn__words *words) {
    free(words->all.items);
}

bool cfn__words_have(const struct cfn__words *words, const char *word) {
    for (size_t i = 0; i < words->all.count; i++)
        if (strcmp(words->all.items[i], word) == 0)
            return true;
    return false;
}

static bool any_covers(const struct cfn__words *wide, const char *word) {
    for (size_t i = 0; i < wide->all.count; i++)
        if (cfn__word_covers(wide->all.items[i], word, wide->any_case))
            return true;
    return false;
}

static bool any_meets(const struct cfn__words *words, const char *word) {
    for (size_t i = 0; i < words->all.count; i++)
        if (cfn__word_covers(words->all.items[i], word, words->any_case) ||
            cfn__word_covers(word, words->all.items[i], words->any_case))
            return true;
    return false;
}

/* All but `narrow` is in all but `wide` when what `wide` leaves out is left out there, too. */
static bool all_covered(const struct cfn__words *words, const struct cfn__words *by) {
    for (size_t i = 0; i < words->all.count; i++)
        if (!any_covers(by, words->all.items[i]))
            return false;
    return true;
}

bool cfn__words_cover(const struct cfn__words *wide, const struct cfn__words *narrow,
                      const char *word) {
    if (wide->present != narrow->present)
        return false;
    if (!wide->present)
        return true;
    if (narrow->negated)
        return wide->negated ? all_covered(wide, narrow) : cfn__words_have(wide, "*");
    return wide->negated ? !any_meets(wide, word) : any_covers(wide, word);
}

/* Which kind of principal it is says its name. */
static const char *without_kind(const char *word) {
    static const char *const kinds[] = {"AWS:", "Service:", "Federated:", "CanonicalUser:"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (cfn_starts_with(word, kinds[i]))
            return word + strlen(kinds[i]);
    return word;
}

const char *cfn__words_said(struct cfn_diff *diff, const struct cfn__words *words) {
    struct cfn_text text = {0};
    if (words->negated)
        cfn_text_put(&text, "everything but ");
    for (size_t i = 0; i < words->all.count && i < WORDS_SAID; i++) {
        const char *word = without_kind(words->all.items[i]);
        size_t size = strlen(word);
        const char *end = size > LONGEST_WORD ? "..." : "";
        while (size > LONGEST_WORD || (size && ((unsigned char)word[size] & 0xC0) == 0x80))
            size--;
        cfn_text_printf(&text, "%s%.*s%s", i ? ", " : "", (int)size, word, end);
    }
    if (words->all.count > WORDS_SAID)
        cfn_text_printf(&text, " and %zu more", words->all.count - WORDS_SAID);
    const char *said = cfn_arena_copy(&diff->arena, text.data ? text.data : "", text.size);
    cfn_text_done(&text);
    return said;
}

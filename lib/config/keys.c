/* The keys of mappings: YAML lets anything be one, and the same one twice. */
#include "node.h"

#include <stdlib.h>
#include <string.h>

bool cfn__key_is_usable(const struct cfn__node *key, struct cfn_diags *diags) {
    if (key->kind != CFN__SCALAR) {
        struct cfn__quote quote;
        cfn__refuse(diags, "config.syntax", key, NULL, "must have a name before the colon, not %s",
                    cfn__quoted(key, &quote));
        return false;
    }
    if (key->plain && strcmp(key->text, "<<") == 0) {
        cfn__refuse(diags, "config.syntax", key, NULL, "must not use merge keys, '<<'");
        cfn_hint(diags, "environments are merged over the settings of the root");
        return false;
    }
    return true;
}

static int by_name(const void *left, const void *right) {
    const struct cfn__member *a = *(const struct cfn__member *const *)left;
    const struct cfn__member *b = *(const struct cfn__member *const *)right;
    int order = strcmp(a->key->text, b->key->text);
    return order ? order : (a > b) - (a < b);
}

static void refuse_second(const struct cfn__node *first, const struct cfn__node *second,
                          struct cfn_diags *diags) {
    struct cfn__quote quote;
    struct cfn_place was = first->place;
    cfn__refuse(diags, "config.duplicate-key", second, NULL, "must not repeat the key %s",
                cfn__quoted_text(second->text, &quote));
    if (was.line)
        cfn_hint(diags, "the first is at line %d, column %d", was.line, was.column);
}

/* Sorted, the same names stand beside each other: many keys take no quadratic time. */
void cfn__refuse_duplicates(const struct cfn__member *members, size_t count,
                            struct cfn_diags *diags) {
    if (count < 2)
        return;
    const struct cfn__member **sorted = cfn__alloc(count * sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &members[i];
    qsort(sorted, count, sizeof *sorted, by_name);
    size_t first = 0;
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[first]->key->text, sorted[i]->key->text) == 0)
            refuse_second(sorted[first]->key, sorted[i]->key, diags);
        else
            first = i;
    free(sorted);
}

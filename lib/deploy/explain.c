/* Finds the row that explains a failure. */
#include "explain.h"

#include "base/base.h"

#include <string.h>

static const struct cfn__explanations *const tables[] = {
    &cfn__explain_access,    &cfn__explain_network,  &cfn__explain_storage,
    &cfn__explain_databases, &cfn__explain_pipeline, &cfn__explain_general,
};
enum { TABLES = sizeof tables / sizeof *tables };

/* AWS spells its words in this case and that: only ASCII letters matter. */
static char lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool stands_at(const char *text, const char *word, size_t size) {
    for (size_t i = 0; i < size; i++)
        if (lower(text[i]) != lower(word[i])) /* a text's end differs from every letter */
            return false;
    return true;
}

static bool contains(const char *text, const char *word, size_t size) {
    for (; *text; text++)
        if (stands_at(text, word, size))
            return true;
    return false;
}

/* "a|b": one of them. */
static bool contains_any(const char *text, const char *words) {
    for (;;) {
        size_t size = strcspn(words, "|");
        if (contains(text, words, size))
            return true;
        if (!words[size])
            return false;
        words += size + 1;
    }
}

static bool is_type(const char *type, const char *glob) {
    size_t size = glob ? strlen(glob) : 0;
    if (!size)
        return true;
    if (glob[size - 1] == '*')
        return strncmp(type, glob, size - 1) == 0;
    return strcmp(type, glob) == 0;
}

static bool fits(const struct cfn__explanation *row, const char *type, const char *reason) {
    return is_type(type, row->type) && contains_any(reason, row->words[0]) &&
           (!row->words[1] || contains_any(reason, row->words[1]));
}

const struct cfn__explanation *cfn__explain(const char *type, const char *reason, size_t *number) {
    size_t before = 0;
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 0; i < tables[t]->count; i++)
            if (fits(&tables[t]->rows[i], type, reason)) {
                *number = before + i;
                return &tables[t]->rows[i];
            }
        before += tables[t]->count;
    }
    return NULL;
}

size_t cfn__explain_count(void) {
    size_t count = 0;
    for (size_t t = 0; t < TABLES; t++)
        count += tables[t]->count;
    return count;
}

void cfn_explain_failure(const char *type, const char *reason, const char **meaning,
                         const char **remedy) {
    size_t number;
    const struct cfn__explanation *row =
        cfn__explain(type ? type : "", reason ? reason : "", &number);
    *meaning = row ? row->meaning : "";
    *remedy = row ? row->remedy : "";
}

#include "words.h"

#include <stdlib.h>
#include <string.h>

/* How a word is read: where the text stands, where the word grows. */
struct cutter {
    const char *text;
    char *word;
};

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What stands between quotes, the opening one being read already. */
static bool quoted(struct cutter *cutter, char quote) {
    for (; *cutter->text && *cutter->text != quote; cutter->text++) {
        char next = cutter->text[1];
        if (quote == '"' && *cutter->text == '\\' && (next == '"' || next == '\\'))
            cutter->text++;
        *cutter->word++ = *cutter->text;
    }
    if (!*cutter->text)
        return false;
    cutter->text++;
    return true;
}

static bool one_word(struct cutter *cutter) {
    while (*cutter->text && !is_blank(*cutter->text)) {
        char c = *cutter->text++;
        if (c == '\'' || c == '"') {
            if (!quoted(cutter, c))
                return false;
            continue;
        }
        if (c == '\\' && !(c = *cutter->text++))
            return false;
        *cutter->word++ = c;
    }
    *cutter->word++ = '\0';
    return true;
}

/* There are at most half as many words as characters, and one more; they are no longer than the
 * text and a NUL each. */
char **cfn__words(const char *text, size_t *count) {
    size_t size = strlen(text), most = size / 2 + 2;
    char **words = cfn__alloc(most * sizeof *words + size + 2);
    struct cutter cutter = {text, (char *)(words + most)};
    for (*count = 0;;) {
        while (is_blank(*cutter.text))
            cutter.text++;
        if (!*cutter.text)
            return words;
        words[(*count)++] = cutter.word;
        if (!one_word(&cutter)) {
            free(words);
            return NULL;
        }
    }
}

const char *cfn__word_quoted(struct cfn_arena *arena, const char *word) {
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=+@%,";
    if (*word && word[strspn(word, plain)] == '\0')
        return word;
    struct cfn_text text = {0};
    cfn_text_put(&text, "'");
    for (; *word; word++) {
        if (*word == '\'')
            cfn_text_put(&text, "'\\'");
        cfn_text_write(&text, word, 1);
    }
    cfn_text_put(&text, "'");
    const char *quoted = cfn_arena_copy(arena, text.data, text.size);
    cfn_text_done(&text);
    return quoted;
}

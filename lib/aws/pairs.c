#include "pairs.h"

#include <stdlib.h>
#include <string.h>

void cfn__pairs_put(struct cfn__pairs *pairs, const char *name, const char *value) {
    *CFN_PUSH(pairs) = name;
    *CFN_PUSH(pairs) = value;
    *CFN_PUSH(pairs) = NULL;
    pairs->count--;
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool cfn__same_name(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

const char *cfn__pairs_get(const struct cfn__pairs *pairs, const char *name) {
    for (size_t i = 0; i < pairs->count; i += 2)
        if (cfn__same_name(pairs->items[i], name))
            return pairs->items[i + 1];
    return NULL;
}

void cfn__pairs_done(struct cfn__pairs *pairs) {
    free(pairs->items);
    *pairs = (struct cfn__pairs){0};
}

char *cfn__lower(struct cfn_arena *arena, const char *text) {
    char *copy = cfn_arena_copy(arena, text, strlen(text));
    for (char *c = copy; *c; c++)
        *c = lower(*c);
    return copy;
}

void cfn__url_put(struct cfn_text *text, const char *bytes, size_t size, bool keep_slash) {
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < size; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        const char code[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        if ((byte && strchr(plain, byte)) || (byte == '/' && keep_slash))
            cfn_text_write(text, bytes + i, 1);
        else
            cfn_text_write(text, code, sizeof code);
    }
}

void cfn__url_pair(struct cfn_text *query, const char *name, const char *value) {
    if (query->size)
        cfn_text_put(query, "&");
    cfn__url_put(query, name, strlen(name), false);
    cfn_text_put(query, "=");
    cfn__url_put(query, value, strlen(value), false);
}

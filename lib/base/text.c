#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_CEILING = 64 << 20, LONGEST_WORD = 63 };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t ceiling_of(const struct cfn_text *text) {
    return text->ceiling ? text->ceiling : DEFAULT_CEILING;
}

static bool make_room(struct cfn_text *text, size_t more) {
    size_t ceiling = ceiling_of(text);
    if (text->full || more > ceiling || text->size > ceiling - more) {
        text->full = true;
        return false;
    }
    if (text->size + more + 1 > text->room) {
        size_t room = text->room ? text->room : 256;
        while (room < text->size + more + 1)
            room *= 2;
        text->data = cfn__resize(text->data, room);
        text->room = room;
    }
    return true;
}

void cfn_text_write(struct cfn_text *text, const char *bytes, size_t size) {
    if (!make_room(text, size))
        return;
    memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
}

void cfn_text_put(struct cfn_text *text, const char *piece) {
    cfn_text_write(text, piece, strlen(piece));
}

/* Written at once where there is room, else measured by the attempt and written again. */
void cfn_text_vprintf(struct cfn_text *text, const char *format, va_list arguments) {
    if (!make_room(text, 0))
        return;
    size_t left = least(text->room, ceiling_of(text) + 1) - text->size;
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(text->data + text->size, left, format, again);
    va_end(again);
    if (size > 0 && (size_t)size >= left) {
        text->data[text->size] = '\0';
        if (!make_room(text, (size_t)size))
            return;
        vsnprintf(text->data + text->size, (size_t)size + 1, format, arguments);
    }
    if (size > 0)
        text->size += (size_t)size;
}

void cfn_text_printf(struct cfn_text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(text, format, arguments);
    va_end(arguments);
}

char *cfn_text_take(struct cfn_text *text) {
    char *data = text->data ? text->data : cfn__copy("");
    *text = (struct cfn_text){.ceiling = text->ceiling};
    return data;
}

void cfn_text_done(struct cfn_text *text) {
    free(text->data);
    *text = (struct cfn_text){0};
}

bool cfn_starts_with(const char *text, const char *prefix) {
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool cfn_ends_with(const char *text, const char *suffix) {
    size_t all = strlen(text), end = strlen(suffix);
    return all >= end && strcmp(text + all - end, suffix) == 0;
}

bool cfn_same(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* The first continuation byte of E0, ED, F0 and F4 is narrower than the others': that excludes
 * overlong forms, surrogates and what lies beyond U+10FFFF. */
static bool second_byte_fits(unsigned char first, unsigned char second) {
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

size_t cfn_utf8_length(const char *text, size_t size) {
    if (size == 0)
        return 0;
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80)
        return 1;
    size_t length = byte[0] >= 0xC2 && byte[0] <= 0xDF   ? 2
                    : byte[0] >= 0xE0 && byte[0] <= 0xEF ? 3
                    : byte[0] >= 0xF0 && byte[0] <= 0xF4 ? 4
                                                         : 0;
    if (length == 0 || length > size || !second_byte_fits(byte[0], byte[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

size_t cfn_utf8_count(const char *text) {
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xC0) != 0x80;
    return count;
}

size_t cfn_distance(const char *a, const char *b, size_t limit) {
    size_t m = strlen(a), n = strlen(b);
    if (m > LONGEST_WORD || n > LONGEST_WORD || (m > n ? m - n : n - m) > limit)
        return limit + 1;
    size_t rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= m; i++) {
        size_t *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n; j++) {
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before[j - 2] + 1);
        }
    }
    return least(rows[m % 3][n], limit + 1);
}

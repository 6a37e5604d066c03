/*
 * The ground floor: memory that belongs to one owner, growing text, small strings.
 * Nothing here fails: out of memory aborts through the hook of <cfngen/export.h>.
 */
#ifndef CFN_BASE_H
#define CFN_BASE_H

#include <cfngen/diag.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* malloc and friends that do not return NULL. */
void *cfn__alloc(size_t size); /* zeroed */
void *cfn__resize(void *memory, size_t size);
char *cfn__copy(const char *text);

/* An arena: what is taken from it is freed with it. */
struct cfn_arena {
    struct cfn_arena_block *blocks;
};
void *cfn_arena_take(struct cfn_arena *arena, size_t size); /* zeroed, aligned for any type */
char *cfn_arena_copy(struct cfn_arena *arena, const char *text, size_t size); /* NUL added */
char *cfn_arena_text(struct cfn_arena *arena, const char *format, ...) CFN_PRINTF(2, 3);
char *cfn_arena_vtext(struct cfn_arena *arena, const char *format, va_list arguments)
    CFN_PRINTF(2, 0);
void cfn_arena_done(struct cfn_arena *arena);

/* Growing text, {0} to begin with. Past its ceiling (0: 64 MB) it takes nothing more and is marked
 * full. data is NUL-terminated, or NULL while empty. */
struct cfn_text {
    char *data;
    size_t size, room, ceiling;
    bool full;
};
void cfn_text_put(struct cfn_text *text, const char *piece);
void cfn_text_write(struct cfn_text *text, const char *bytes, size_t size);
void cfn_text_printf(struct cfn_text *text, const char *format, ...) CFN_PRINTF(2, 3);
void cfn_text_vprintf(struct cfn_text *text, const char *format, va_list arguments)
    CFN_PRINTF(2, 0);
char *cfn_text_take(struct cfn_text *text); /* the text, now the caller's; "" rather than NULL */
void cfn_text_done(struct cfn_text *text);

/* A growing array of T: {0} to begin with. Grows by doubling; CFN_PUSH gives the address of a new,
 * zeroed element. */
#define CFN_ARRAY(T)                                                                               \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t count, room;                                                                        \
    }
#define CFN_PUSH(array)                                                                            \
    ((array)->items =                                                                              \
         cfn__grow((array)->items, &(array)->room, (array)->count, sizeof *(array)->items),        \
     &(array)->items[(array)->count++])
void *cfn__grow(void *items, size_t *room, size_t count, size_t size);

/* snprintf and friends follow the locale for numbers with a point; these texts never do. */
bool cfn_starts_with(const char *text, const char *prefix);
bool cfn_ends_with(const char *text, const char *suffix);
bool cfn_same(const char *a, const char *b); /* NULL equals only NULL */

/* Length in bytes of valid UTF-8 at text (0: invalid), for one character. */
size_t cfn_utf8_length(const char *text, size_t size);
size_t cfn_utf8_count(const char *text); /* characters of a valid text */

/* Edit distance (Damerau, adjacent swaps count one), at most limit + 1. */
size_t cfn_distance(const char *a, const char *b, size_t limit);

#endif

#include "write.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t hash(const char *data, size_t size) {
    uint64_t value = 1469598103934665603U;
    for (size_t i = 0; i < size; i++)
        value = (value ^ (unsigned char)data[i]) * 1099511628211U;
    return (size_t)(value ^ (value >> 32));
}

/* Where data is or would be. Each text stands with the NUL that ends it; texts of several parts
 * hold NULs themselves. */
static size_t *find_slot(struct pool *pool, const char *data, size_t size) {
    for (size_t i = hash(data, size);; i++) {
        size_t *slot = &pool->slots[i & (pool->slot_count - 1)];
        if (*slot == 0)
            return slot;
        size_t offset = *slot - 1;
        if (pool->text.size - offset > size && pool->text.data[offset + size] == '\0' &&
            memcmp(pool->text.data + offset, data, size) == 0)
            return slot;
    }
}

static void grow(struct pool *pool) {
    size_t *old = pool->slots, count = pool->slot_count;
    pool->slot_count = count ? count * 2 : 1024;
    pool->slots = cfn__alloc(pool->slot_count * sizeof *pool->slots);
    for (size_t i = 0; i < count; i++) {
        if (old[i] == 0)
            continue;
        const char *data = pool->text.data + old[i] - 1;
        *find_slot(pool, data, strlen(data)) = old[i];
    }
    free(old);
}

size_t pool_add(struct pool *pool, const char *data, size_t size) {
    if (pool->text.size == 0)
        cfn_text_write(&pool->text, "", 1);
    if (size == 0)
        return 0;
    if (pool->used * 2 >= pool->slot_count)
        grow(pool);
    size_t *slot = find_slot(pool, data, size);
    if (*slot)
        return *slot - 1;
    *slot = pool->text.size + 1;
    pool->used++;
    cfn_text_write(&pool->text, data, size);
    cfn_text_write(&pool->text, "", 1);
    return *slot - 1;
}

void write_literal(struct cfn_text *out, const char *data, size_t size) {
    cfn_text_put(out, "\"");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == '"' || c == '\\')
            cfn_text_printf(out, "\\%c", c);
        else if (c < ' ' || c > '~' || c == '?') /* ? for the sake of trigraphs */
            cfn_text_printf(out, "\\%03o", c);
        else
            cfn_text_write(out, data + i, 1);
    }
    cfn_text_put(out, "\"");
}

void pool_write(const struct pool *pool, struct cfn_text *out) {
    for (size_t start = 0; start < pool->text.size;) {
        size_t size = strlen(pool->text.data + start) + 1;
        cfn_text_put(out, "\n    ");
        /* the last NUL is the literal's own */
        write_literal(out, pool->text.data + start,
                      start + size == pool->text.size ? size - 1 : size);
        start += size;
    }
}

void pool_done(struct pool *pool) {
    cfn_text_done(&pool->text);
    free(pool->slots);
    *pool = (struct pool){0};
}

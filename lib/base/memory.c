#include "base.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*out_of_memory)(unsigned long bytes);

void cfn_on_out_of_memory(void (*hook)(unsigned long bytes)) {
    out_of_memory = hook;
}

static void give_up(size_t bytes) {
    if (out_of_memory)
        out_of_memory((unsigned long)bytes);
    else
        fprintf(stderr, "cfngen: out of memory (%zu bytes asked for)\n", bytes);
    abort();
}

void *cfn__alloc(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory)
        give_up(size);
    return memory;
}

void *cfn__resize(void *memory, size_t size) {
    void *larger = realloc(memory, size ? size : 1);
    if (!larger)
        give_up(size);
    return larger;
}

char *cfn__copy(const char *text) {
    size_t size = strlen(text) + 1;
    return memcpy(cfn__alloc(size), text, size);
}

void *cfn__grow(void *items, size_t *room, size_t count, size_t size) {
    if (count == *room) {
        size_t more = *room ? *room * 2 : 8;
        if (more > SIZE_MAX / size)
            give_up(SIZE_MAX);
        items = cfn__resize(items, more * size);
        *room = more;
    }
    memset((char *)items + count * size, 0, size);
    return items;
}

/* Blocks double from 4 KiB, so that a small config costs a page and a large one few calls. */
struct cfn_arena_block {
    struct cfn_arena_block *next;
    size_t used, room;
    _Alignas(max_align_t) char bytes[];
};

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

static struct cfn_arena_block *block_with_room(struct cfn_arena *arena, size_t size) {
    struct cfn_arena_block *top = arena->blocks;
    if (top && top->room - top->used >= size)
        return top;
    size_t room = top ? top->room * 2 : FIRST_BLOCK;
    if (room > LARGEST_BLOCK)
        room = LARGEST_BLOCK;
    if (room < size)
        room = size;
    struct cfn_arena_block *fresh = cfn__alloc(sizeof *fresh + room);
    fresh->room = room;
    fresh->next = top;
    arena->blocks = fresh;
    return fresh;
}

void *cfn_arena_take(struct cfn_arena *arena, size_t size) {
    const size_t grain = _Alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        give_up(size);
    size = (size + grain - 1) / grain * grain;
    struct cfn_arena_block *block = block_with_room(arena, size);
    void *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

char *cfn_arena_copy(struct cfn_arena *arena, const char *text, size_t size) {
    char *copy = cfn_arena_take(arena, size + 1);
    memcpy(copy, text, size);
    return copy;
}

/* Most texts are short: they are written once, and measured by that. */
char *cfn_arena_vtext(struct cfn_arena *arena, const char *format, va_list arguments) {
    char room[256];
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(room, sizeof room, format, again);
    va_end(again);
    if (size < (int)sizeof room)
        return cfn_arena_copy(arena, room, size < 0 ? 0 : (size_t)size);
    char *text = cfn_arena_take(arena, (size_t)size + 1);
    vsnprintf(text, (size_t)size + 1, format, arguments);
    return text;
}

char *cfn_arena_text(struct cfn_arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = cfn_arena_vtext(arena, format, arguments);
    va_end(arguments);
    return text;
}

void cfn_arena_done(struct cfn_arena *arena) {
    for (struct cfn_arena_block *block = arena->blocks, *next; block; block = next) {
        next = block->next;
        free(block);
    }
    arena->blocks = NULL;
}

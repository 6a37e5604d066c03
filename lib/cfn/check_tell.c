#include "checker.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_SHOWN = 80, LONGEST_KEY = 255, MOST_FAR = 3, MOST_LOCATED = 1000 };

/* Bytes of a text that can be shown: whole characters only. */
static size_t shown_size(const char *text) {
    size_t rest = strlen(text), size = 0;
    while (rest > 0 && size < LONGEST_SHOWN) {
        size_t length = cfn_utf8_length(text + size, rest);
        length = length ? length : 1;
        size += length;
        rest -= length;
    }
    return size;
}

static void put_path(struct cfn_text *text, const struct cfn_path *path) {
    if (path->parent)
        put_path(text, path->parent);
    if (!path->key) {
        cfn_text_printf(text, "[%zu]", path->index);
        return;
    }
    if (path->parent)
        cfn_text_put(text, ".");
    size_t size = strlen(path->key);
    cfn_text_write(text, path->key, size > LONGEST_KEY ? shown_size(path->key) : size);
}

char *cfn__path_text(const struct cfn_path *path) {
    if (!path)
        return NULL;
    struct cfn_text text = {0};
    put_path(&text, path);
    for (size_t i = 0; i < text.size; i++)
        if ((unsigned char)text.data[i] < ' ')
            text.data[i] = ' ';
    return cfn_text_take(&text);
}

int cfn__tell(struct cfn__checker *c, const char *code, const struct cfn_path *path,
              const char *format, ...) {
    const struct cfn_locator *where = &c->check->where;
    struct cfn_place place = {0};
    bool kept = cfn_diags_count(c->diags) <= MOST_LOCATED;
    if (where->locate && kept)
        place = where->locate(where->source, path);
    va_list arguments;
    va_start(arguments, format);
    const char *message = cfn_arena_vtext(&c->arena, format, arguments);
    va_end(arguments);
    char *text = cfn__path_text(path);
    int result = cfn_fail(c->diags, code, place, text, "%s", message);
    free(text);
    return result;
}

void cfn__did_you_mean(struct cfn__checker *c, const char *near) {
    if (near)
        cfn_hint(c->diags, "did you mean %s?", cfn__shown(c, near));
}

const char *cfn__shown(struct cfn__checker *c, const char *text) {
    size_t size = shown_size(text);
    char *copy = cfn_arena_copy(&c->arena, text, size);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)copy[i] < ' ' || copy[i] == 0x7f)
            copy[i] = ' ';
    return text[size] ? cfn_arena_text(&c->arena, "%s...", copy) : copy;
}

const char *cfn__described(struct cfn__checker *c, json_t *value) {
    struct cfn__call call;
    char room[32];
    const char *text = cfn__scalar_text(value, room);
    if (json_is_string(value))
        return cfn_arena_text(&c->arena, "'%s'", cfn__shown(c, text));
    if (text)
        return cfn_arena_text(&c->arena, "%s", text);
    if (json_is_array(value))
        return "a list";
    if (json_is_null(value))
        return "null";
    if (!cfn__call_of(value, &call))
        return "an object";
    unsigned gives = cfn__gives(c, value);
    const char *name = cfn__shown(c, call.name);
    if (gives != CFN__GIVES_LIST && gives != CFN__GIVES_SCALAR)
        return name;
    return cfn_arena_text(&c->arena, "%s, which gives %s", name,
                          gives == CFN__GIVES_LIST ? "a list" : "a single value");
}

static char lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool same_but_case(const char *a, const char *b) {
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return lower(*a) == lower(*b);
}

/* One typing mistake in three or four letters; what is alike but for case is nearest of all. */
void cfn__near_try(struct cfn__near *near, const char *candidate) {
    size_t limit = strlen(near->word) / 4 + 1;
    if (limit > MOST_FAR)
        limit = MOST_FAR;
    size_t distance =
        same_but_case(near->word, candidate) ? 0 : cfn_distance(near->word, candidate, limit);
    if (distance > limit || distance >= strlen(near->word) ||
        (near->best && distance >= near->distance))
        return;
    near->best = candidate;
    near->distance = distance;
}

const char *cfn__near_key(const char *word, json_t *object) {
    struct cfn__near near = {.word = word};
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) cfn__near_try(&near, key);
    return near.best;
}

const char *cfn__near_of(const char *word, const char *const *words) {
    struct cfn__near near = {.word = word};
    for (; *words; words++)
        cfn__near_try(&near, *words);
    return near.best;
}

/* Values that are not from a file: what stands in a default, a variable or a flag, as a node. */
#include "config.h"

#include <string.h>

static const struct cfn__node *parsed(struct cfn_arena *arena, const char *text,
                                      const char *origin) {
    const struct cfn__text_source source = {NULL, origin, text, strlen(text)};
    struct cfn_diags *unseen = cfn_diags_new();
    const struct cfn__node *node = cfn__yaml_read(arena, &source, unseen);
    bool good = cfn_diags_errors(unseen) == 0;
    cfn_diags_free(unseen);
    return good ? node : NULL;
}

static const char *trimmed(struct cfn_arena *arena, const char *text, size_t size) {
    while (size && text[0] == ' ') {
        text++;
        size--;
    }
    while (size && text[size - 1] == ' ')
        size--;
    return cfn_arena_copy(arena, text, size);
}

/* a, b */
static const struct cfn__node *split(struct cfn_arena *arena, const char *text,
                                     const char *origin) {
    size_t count = 1;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    struct cfn__member *items = cfn_arena_take(arena, count * sizeof *items);
    struct cfn__node *list = cfn_arena_take(arena, sizeof *list);
    *list = (struct cfn__node){.kind = CFN__SEQUENCE, .origin = origin, .members = items};
    if (text[strspn(text, " ")] == '\0')
        return list;
    for (; list->count < count; list->count++) {
        size_t size = strcspn(text, ",");
        items[list->count].value = cfn__scalar(arena, trimmed(arena, text, size), origin);
        text += size + 1;
    }
    return list;
}

const struct cfn__node *cfn__value_node(struct cfn_arena *arena, const struct cfn_row *row,
                                        const char *text, const char *origin) {
    char first = text[strspn(text, " ")];
    bool flow =
        (row->kind == CFN_ROW_LIST && first == '[') || (row->kind == CFN_ROW_TABLE && first == '{');
    const struct cfn__node *node = flow ? parsed(arena, text, origin) : NULL;
    if (!flow && row->kind == CFN_ROW_LIST)
        node = split(arena, text, origin);
    return node ? node : cfn__scalar(arena, text, origin);
}

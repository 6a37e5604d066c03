#include "node.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const struct cfn__node *cfn__scalar(struct cfn_arena *arena, const char *text, const char *origin) {
    struct cfn__node *node = cfn_arena_take(arena, sizeof *node);
    node->kind = CFN__SCALAR;
    node->origin = origin;
    node->text = cfn_arena_copy(arena, text, strlen(text));
    return node;
}

const struct cfn__member *cfn__member_named(const struct cfn__node *mapping, const char *name,
                                            size_t length) {
    if (!mapping || mapping->kind != CFN__MAPPING)
        return NULL;
    for (size_t i = 0; i < mapping->count; i++) {
        const char *key = mapping->members[i].key->text;
        if (strncmp(key, name, length) == 0 && key[length] == '\0')
            return &mapping->members[i];
    }
    return NULL;
}

static const struct cfn__member *item_at(const struct cfn__node *sequence, const char *digits,
                                         size_t length) {
    size_t index = 0;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9' || i > 6)
            return NULL;
        index = index * 10 + (size_t)(digits[i] - '0');
    }
    return length && index < sequence->count ? &sequence->members[index] : NULL;
}

const struct cfn__member *cfn__member_at(const struct cfn__node *node, const char *path) {
    const struct cfn__member *member = NULL;
    while (node) {
        size_t length = strcspn(path, ".");
        member = node->kind == CFN__SEQUENCE ? item_at(node, path, length)
                                             : cfn__member_named(node, path, length);
        if (!member || path[length] == '\0')
            return member;
        node = member->value;
        path += length + 1;
    }
    return NULL;
}

const struct cfn__node *cfn__node_at(const struct cfn__node *node, const char *path) {
    const struct cfn__member *member = cfn__member_at(node, path);
    return member ? member->value : NULL;
}

/* As much as a reader needs to find it again, on one line. */
static const char *shortened(const char *before, const char *text, const char *after,
                             struct cfn__quote *room) {
    enum { MOST = 96 };
    size_t size = strlen(text), used = 0, at = strlen(before);
    memcpy(room->text, before, at);
    while (used < size) {
        size_t length = cfn_utf8_length(text + used, size - used);
        bool printable = length > 1 || (length == 1 && text[used] >= ' ' && text[used] != 0x7F);
        if (used + length > MOST)
            break;
        memcpy(room->text + at, printable ? text + used : "?", printable ? length : 1);
        at += printable ? length : 1;
        used += length ? length : 1;
    }
    const char *end = used < size ? "..." : "";
    memcpy(room->text + at, end, strlen(end) + 1);
    memcpy(room->text + at + strlen(end), after, strlen(after) + 1);
    return room->text;
}

const char *cfn__quoted_text(const char *text, struct cfn__quote *room) {
    return shortened("'", text, "'", room);
}

const char *cfn__quoted(const struct cfn__node *node, struct cfn__quote *room) {
    if (node->kind != CFN__SCALAR)
        return node->kind == CFN__SEQUENCE ? "a list" : "a mapping";
    return node->nothing ? "nothing" : cfn__quoted_text(node->text, room);
}

void cfn__config_tell(struct cfn_diags *diags, enum cfn_severity severity, const char *code,
                      const struct cfn__node *node, const char *path, const char *format,
                      va_list arguments) {
    struct cfn_text message = {0};
    cfn_text_vprintf(&message, format, arguments);
    if (node->origin)
        cfn_text_printf(&message, " (%s)", node->origin);
    const char *text = message.data ? message.data : "";
    if (severity == CFN_ERROR)
        cfn_fail(diags, code, node->place, path, "%s", text);
    else
        cfn_warn(diags, code, node->place, path, "%s", text);
    cfn_text_done(&message);
}

int cfn__refuse(struct cfn_diags *diags, const char *code, const struct cfn__node *node,
                const char *path, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    cfn__config_tell(diags, CFN_ERROR, code, node, path, format, arguments);
    va_end(arguments);
    return -1;
}

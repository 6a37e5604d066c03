/* What a text must be before it is read as YAML: UTF-8 without control characters. */
#include "node.h"

#include <string.h>

struct cursor {
    const char *text;
    size_t left;
    int line, column;
};

static unsigned long code_point(const char *text, size_t length) {
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned long code = (unsigned char)text[0] & mask[length];
    for (size_t i = 1; i < length; i++)
        code = code << 6 | ((unsigned char)text[i] & 0x3F);
    return code;
}

/* As YAML 1.2, section 5.1, has it. */
static bool is_printable(unsigned long code) {
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0x7F) ||
           code == 0x85 || (code >= 0xA0 && code != 0xFEFF && code != 0xFFFE && code != 0xFFFF);
}

static void step(struct cursor *at, size_t length) {
    bool pair = at->text[0] == '\r' && at->left > 1 && at->text[1] == '\n';
    if (at->text[0] == '\n' || (at->text[0] == '\r' && !pair)) {
        at->line++;
        at->column = 1;
    } else {
        at->column++;
    }
    at->text += length;
    at->left -= length;
}

static struct cfn_place place_of(const struct cfn__text_source *source, const struct cursor *at) {
    if (source->origin)
        return (struct cfn_place){0};
    return (struct cfn_place){source->file, at->line, at->column};
}

bool cfn__text_is_clean(const struct cfn__text_source *source, struct cfn_diags *diags) {
    struct cursor at = {source->text, source->size, 1, 1};
    while (at.left) {
        size_t length = cfn_utf8_length(at.text, at.left);
        if (length == 0) {
            if (diags)
                cfn_fail(diags, "config.syntax", place_of(source, &at), NULL,
                         "must be UTF-8, not the byte 0x%02X", (unsigned)(unsigned char)at.text[0]);
            return false;
        }
        unsigned long code = code_point(at.text, length);
        if (!is_printable(code)) {
            if (diags)
                cfn_fail(diags, "config.syntax", place_of(source, &at), NULL,
                         "must not contain the character U+%04lX", code);
            return false;
        }
        step(&at, length);
    }
    return true;
}

bool cfn__text_begin(struct cfn__text_source *source, struct cfn_diags *diags) {
    enum { MOST = 1 << 20 };
    if (source->size > MOST) {
        cfn_fail(diags, "config.limit", (struct cfn_place){.file = source->file}, NULL,
                 "must be at most 1 MB, not %zu bytes", source->size);
        return false;
    }
    if (source->size >= 3 && memcmp(source->text, "\xEF\xBB\xBF", 3) == 0) {
        source->text += 3;
        source->size -= 3;
    }
    return cfn__text_is_clean(source, diags);
}

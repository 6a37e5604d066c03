/* Nodes as one line of YAML: for `explain`, and for values inside the example file. */
#include "node.h"

#include <string.h>

static bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Less than YAML allows, so that nobody has to know what it allows where. */
static bool is_plain(const char *text) {
    static const char *const nulls[] = {"null", "Null", "NULL"};
    for (size_t i = 0; i < sizeof nulls / sizeof *nulls; i++)
        if (strcmp(text, nulls[i]) == 0)
            return false;
    bool number = text[0] == '-' && text[1] >= '0' && text[1] <= '9';
    if (!is_letter_or_digit(text[0]) && !strchr("/.", text[0]) && !number)
        return false;
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        if (!is_letter_or_digit(text[i]) && !strchr("-_./:+@$=()*? ", text[i]))
            return false;
    return size && text[size - 1] != ' ' && text[size - 1] != ':' && !strstr(text, ": ") &&
           !strstr(text, "  ") && !cfn_starts_with(text, "...");
}

/* Length of a character that must be escaped: controls, line breaks, byte order marks; else 0. */
static size_t escaped_length(const char *text) {
    unsigned char byte = (unsigned char)*text;
    if (byte < 0x20 || byte == 0x7F)
        return 1;
    if (byte == 0xC2 && (unsigned char)text[1] < 0xA0)
        return 2;
    static const char *const others[] = {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF",
                                         "\xEF\xBF\xBE", "\xEF\xBF\xBF"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(text, others[i], 3) == 0)
            return 3;
    return 0;
}

static unsigned code_of(const char *text, size_t length) {
    const unsigned char *byte = (const unsigned char *)text;
    if (length == 1)
        return byte[0];
    if (length == 2)
        return (byte[0] & 0x1FU) << 6 | (byte[1] & 0x3FU);
    return (byte[0] & 0x0FU) << 12 | (byte[1] & 0x3FU) << 6 | (byte[2] & 0x3FU);
}

static void write_double(struct cfn_text *out, const char *text) {
    cfn_text_put(out, "\"");
    while (*text) {
        size_t length = escaped_length(text);
        if (length)
            cfn_text_printf(out, "\\u%04X", code_of(text, length));
        else
            cfn_text_printf(out, "%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
        text += length ? length : 1;
    }
    cfn_text_put(out, "\"");
}

static void write_single(struct cfn_text *out, const char *text) {
    cfn_text_put(out, "'");
    for (; *text; text++)
        cfn_text_write(out, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
    cfn_text_put(out, "'");
}

void cfn__flow_scalar(struct cfn_text *out, const char *text) {
    size_t escapes = 0;
    for (const char *c = text; *c; c++)
        escapes += escaped_length(c) != 0;
    if (escapes)
        write_double(out, text);
    else if (is_plain(text))
        cfn_text_put(out, text);
    else
        write_single(out, text);
}

void cfn__flow_write(struct cfn_text *out, const struct cfn__node *node) {
    if (node->kind == CFN__SCALAR) {
        cfn__flow_scalar(out, node->text);
        return;
    }
    bool mapping = node->kind == CFN__MAPPING;
    cfn_text_put(out, mapping ? "{" : "[");
    for (size_t i = 0; i < node->count; i++) {
        cfn_text_put(out, i ? ", " : "");
        if (mapping) {
            cfn__flow_scalar(out, node->members[i].key->text);
            cfn_text_put(out, ": ");
        }
        cfn__flow_write(out, node->members[i].value);
    }
    cfn_text_put(out, mapping ? "}" : "]");
}

const char *cfn__flow_text(struct cfn_arena *arena, const struct cfn__node *node) {
    struct cfn_text text = {0};
    cfn__flow_write(&text, node);
    const char *kept = cfn_arena_copy(arena, text.data ? text.data : "", text.size);
    cfn_text_done(&text);
    return kept;
}

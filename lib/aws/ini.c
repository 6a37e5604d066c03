#include "ini.h"

#include "files.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Values are put together where they stand in the text: what is joined is never longer than what it
 * was made of. */
struct reader {
    struct cfn__ini *ini;
    struct cfn_diags *diags;
    int line;
    size_t indent; /* of the line that the open setting began on */
    bool open;     /* the last entry without a parent may go on */
    bool nested;   /* its value began empty, so what goes on are settings */
    size_t setting;
    char *end; /* of its value */
    bool failed;
};

static void wrong(struct reader *reader, const char *what, const char *hint) {
    const struct cfn_place place = {reader->ini->file, reader->line, 0};
    cfn_fail(reader->diags, "aws.profile-file", place, NULL, "%s", what);
    if (hint)
        cfn_hint(reader->diags, "%s", hint);
    reader->failed = true;
    reader->open = false;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static char *trim_start(char *text) {
    while (is_blank(*text))
        text++;
    return text;
}

static void trim_end(char *text) {
    size_t size = strlen(text);
    while (size > 0 && is_blank(text[size - 1]))
        text[--size] = '\0';
}

static void lower(char *text) {
    for (; *text; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

static void add_section(struct cfn__ini *ini, const char *name) {
    struct cfn__ini_section *section = CFN_PUSH(&ini->sections);
    section->name = name;
    size_t count = 0;
    char **words = cfn__words(name, &count);
    if (words && count == 2) {
        section->kind = cfn_arena_copy(&ini->arena, words[0], strlen(words[0]));
        section->label = cfn_arena_copy(&ini->arena, words[1], strlen(words[1]));
    }
    free(words);
}

static void read_header(struct reader *reader, char *text) {
    char *close = strrchr(text, ']');
    reader->open = false;
    if (!close || trim_start(text + 1) == close) {
        wrong(reader, "a section is written as [name] or [profile name]", NULL);
        return;
    }
    *close = '\0';
    text = trim_start(text + 1);
    trim_end(text);
    add_section(reader->ini, text);
}

/* Cuts "name = value" in two. NULL where there is no such sign, or nothing before it. */
static char *cut(char *text, const char *signs) {
    char *sign = strpbrk(text, signs);
    if (!sign || sign == text)
        return NULL;
    *sign = '\0';
    trim_end(text);
    return trim_start(sign + 1);
}

static struct cfn__ini_entry *add_entry(struct reader *reader, char *name, char *value) {
    struct cfn__ini_entry *entry = CFN_PUSH(&reader->ini->entries);
    entry->section = reader->ini->sections.count - 1;
    entry->name = name;
    entry->value = value;
    entry->line = reader->line;
    return entry;
}

static void read_setting(struct reader *reader, char *text) {
    if (reader->ini->sections.count == 0) {
        wrong(reader, "a setting stands before the first section",
              "write [default] or [profile name] above it");
        return;
    }
    char *value = cut(text, "=:");
    if (!value) {
        wrong(reader, "a line must be a [section], name = value, or a comment", NULL);
        return;
    }
    lower(text);
    reader->setting = reader->ini->entries.count;
    add_entry(reader, text, value);
    reader->open = true;
    reader->nested = *value == '\0';
    reader->end = value + strlen(value);
}

static void read_nested(struct reader *reader, char *text) {
    char *value = cut(text, "=");
    const char *parent = reader->ini->entries.items[reader->setting].name;
    if (!value)
        wrong(reader, "a line of an indented block must be name = value", NULL);
    else
        add_entry(reader, text, value)->parent = parent;
}

static void go_on(struct reader *reader, const char *text) {
    size_t size = strlen(text);
    *reader->end++ = '\n';
    memmove(reader->end, text, size + 1);
    reader->end += size;
}

static void read_line(struct reader *reader, char *line) {
    char *text = trim_start(line);
    size_t indent = (size_t)(text - line);
    trim_end(text);
    if (*text == '\0' || *text == '#' || *text == ';')
        return;
    if (reader->open && indent > reader->indent) {
        if (reader->nested)
            read_nested(reader, text);
        else
            go_on(reader, text);
        return;
    }
    reader->indent = indent;
    if (*text == '[')
        read_header(reader, text);
    else
        read_setting(reader, text);
}

/* Whether a line is text at all: what is not has no business in such a file. */
static bool is_text(const char *line, size_t size) {
    for (size_t i = 0; i < size;) {
        size_t length = line[i] ? cfn_utf8_length(line + i, size - i) : 0;
        if (length == 0)
            return false;
        i += length;
    }
    return true;
}

int cfn__ini_read(struct cfn__ini *ini, const char *file, char *text, size_t size,
                  struct cfn_diags *diags) {
    *ini = (struct cfn__ini){.file = cfn__copy(file), .text = text, .size = size};
    struct reader reader = {.ini = ini, .diags = diags};
    char *end = text + size;
    char *line = cfn_starts_with(text, "\xEF\xBB\xBF") ? text + 3 : text;
    while (line < end) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        char *stop = newline ? newline : end;
        *stop = '\0';
        reader.line++;
        if (is_text(line, (size_t)(stop - line)))
            read_line(&reader, line);
        else
            wrong(&reader, "a line is no text in UTF-8", NULL);
        line = stop + 1;
    }
    return reader.failed ? -1 : 0;
}

void cfn__ini_done(struct cfn__ini *ini) {
    if (ini->text)
        cfn__wipe(ini->text, ini->size);
    free(ini->text);
    free(ini->file);
    free(ini->sections.items);
    free(ini->entries.items);
    cfn_arena_done(&ini->arena);
    *ini = (struct cfn__ini){0};
}

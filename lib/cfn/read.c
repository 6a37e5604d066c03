#include "read.h"
#include "checker.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1048576, MOST_OPEN = 2000, MOST_ANCHORS = 20000 };

struct cfn__source {
    const char *name, *text;
    size_t size;
    json_t *value;
    struct cfn__yaml *yaml; /* NULL: it is JSON */
};

static int check_bytes(const char *name, const char *text, size_t size, struct cfn_diags *diags) {
    for (size_t i = 0, length; i < size; i += length) {
        length = 1;
        if ((unsigned char)(text[i] - 1) < 0x7f) /* ASCII, as nearly all of it is */
            continue;
        length = cfn_utf8_length(text + i, size - i);
        if (length == 0 || text[i] == '\0')
            return cfn_fail(diags, "template.syntax", cfn__place_at(name, text, size, i), NULL,
                            "must be UTF-8 text, not byte 0x%02x", (unsigned char)text[i]);
    }
    return 0;
}

static int check_size(const char *name, size_t size, struct cfn_diags *diags) {
    struct cfn_place place = {.file = name};
    if (size > MOST_BYTES)
        return cfn_fail(diags, "template.limit", place, NULL,
                        "must be at most 1 MB: split it, or move data out of it");
    return 0;
}

bool cfn__is_indented_by_tab(const char *text, size_t size, size_t line) {
    size_t at = 0;
    for (; at < size && line > 0; at++)
        line -= text[at] == '\n';
    while (at < size && text[at] == ' ')
        at++;
    return at < size && text[at] == '\t';
}

static bool looks_like_json(const char *text, size_t size) {
    while (size > 0 && strchr(" \t\r\n", *text))
        text++, size--;
    return size > 0 && *text == '{';
}

/* libyaml takes time by the square of open brackets and of anchors. No template comes near these.
 */
static bool is_costly(const char *text, size_t size) {
    size_t open = 0, anchors = 0;
    for (size_t i = 0; i < size && open <= MOST_OPEN && anchors <= MOST_ANCHORS; i++) {
        open += text[i] == '[' || text[i] == '{';
        open -= open > 0 && (text[i] == ']' || text[i] == '}');
        anchors += text[i] == '&';
    }
    return open > MOST_OPEN || anchors > MOST_ANCHORS;
}

static void load_yaml(struct cfn__source *source, struct cfn_diags *diags) {
    if (is_costly(source->text, source->size)) {
        cfn_fail(diags, "template.limit", (struct cfn_place){.file = source->name}, NULL,
                 "must have at most %d open brackets and %d anchors", MOST_OPEN, MOST_ANCHORS);
        return;
    }
    source->yaml = cfn__yaml_load(source->name, source->text, source->size, &source->value, diags);
}

/* What begins as JSON and is not may still be YAML's flow style; if it is neither, it was meant as
 * JSON. */
static void load_json(struct cfn__source *source, struct cfn_diags *diags) {
    struct cfn_diags *json = cfn_diags_new(), *yaml = cfn_diags_new();
    source->value = cfn__json_load(source->name, source->text, source->size, json);
    if (!source->value)
        load_yaml(source, yaml);
    for (size_t i = 0; !source->value && i < cfn_diags_count(json); i++) {
        const struct cfn_diag *diag = cfn_diags_at(json, i);
        cfn_fail(diags, diag->code, diag->place, diag->path, "%s", diag->message);
    }
    cfn_diags_free(json);
    cfn_diags_free(yaml);
}

struct cfn__source *cfn__source_new(const char *name, const char *text, size_t size,
                                    struct cfn_diags *diags) {
    size_t mark = size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (check_size(name, size, diags) || check_bytes(name, text, size, diags))
        return NULL;
    struct cfn__source *source = cfn__alloc(sizeof *source);
    *source = (struct cfn__source){.name = name, .text = text + mark, .size = size - mark};
    if (looks_like_json(source->text, source->size))
        load_json(source, diags);
    else
        load_yaml(source, diags);
    if (source->value)
        return source;
    cfn__source_free(source);
    return NULL;
}

void cfn__source_free(struct cfn__source *source) {
    if (!source)
        return;
    json_decref(source->value);
    cfn__yaml_free(source->yaml);
    free(source);
}

const json_t *cfn__source_value(const struct cfn__source *source) {
    return source->value;
}

struct cfn_place cfn__source_place(const void *from, const struct cfn_path *path) {
    const struct cfn__source *source = from;
    if (source->yaml)
        return cfn__yaml_place(source->yaml, path);
    return cfn__json_place(source->name, source->text, source->size, path);
}

size_t cfn__path_steps(const struct cfn_path *path, const struct cfn_path **steps, size_t room) {
    size_t count = 0, skip;
    for (const struct cfn_path *step = path; step; step = step->parent)
        count++;
    skip = count > room ? count - room : 0;
    for (; skip > 0; skip--, count--)
        path = path->parent;
    for (size_t i = count; i > 0; i--, path = path->parent)
        steps[i - 1] = path;
    return count;
}

json_t *cfn_template_read(const char *name, const char *text, size_t size,
                          struct cfn_diags *diags) {
    struct cfn__source *source = cfn__source_new(name, text, size, diags);
    json_t *value = source ? json_incref(source->value) : NULL;
    cfn__source_free(source);
    return value;
}

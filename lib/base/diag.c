#include "base.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DIAGS = 1000 };

struct cfn_diags {
    struct cfn_arena arena;
    CFN_ARRAY(struct cfn_diag) list;
    size_t errors;
};

struct cfn_diags *cfn_diags_new(void) {
    return cfn__alloc(sizeof(struct cfn_diags));
}

void cfn_diags_free(struct cfn_diags *diags) {
    if (!diags)
        return;
    cfn_arena_done(&diags->arena);
    free(diags->list.items);
    free(diags);
}

size_t cfn_diags_count(const struct cfn_diags *diags) {
    return diags->list.count;
}

size_t cfn_diags_errors(const struct cfn_diags *diags) {
    return diags->errors;
}

const struct cfn_diag *cfn_diags_at(const struct cfn_diags *diags, size_t index) {
    return index < diags->list.count ? &diags->list.items[index] : NULL;
}

static int by_place(const struct cfn_diag *a, const struct cfn_diag *b) {
    int order = strcmp(a->place.file ? a->place.file : "", b->place.file ? b->place.file : "");
    if (order == 0)
        order = (a->place.line > b->place.line) - (a->place.line < b->place.line);
    if (order == 0)
        order = (a->place.column > b->place.column) - (a->place.column < b->place.column);
    return order;
}

/* Insertion sort: stable, and the list is short and mostly in order. */
void cfn_diags_sort(struct cfn_diags *diags) {
    struct cfn_diag *list = diags->list.items;
    for (size_t i = 1; i < diags->list.count; i++) {
        struct cfn_diag moving = list[i];
        size_t j = i;
        for (; j > 0 && by_place(&list[j - 1], &moving) > 0; j--)
            list[j] = list[j - 1];
        list[j] = moving;
    }
}

static const char *kept(struct cfn_diags *diags, const char *text) {
    return text ? cfn_arena_copy(&diags->arena, text, strlen(text)) : NULL;
}

CFN_PRINTF(3, 0)
static void record(struct cfn_diags *diags, struct cfn_diag diag, const char *format,
                   va_list arguments) {
    if (diag.severity == CFN_ERROR)
        diags->errors++;
    if (diags->list.count > MOST_DIAGS)
        return;
    if (diags->list.count == MOST_DIAGS) {
        *CFN_PUSH(&diags->list) = (struct cfn_diag){
            .code = "diag.too-many",
            .severity = diag.severity,
            .message = "more than 1000 diagnostics: the rest is not shown",
        };
        return;
    }
    diag.code = kept(diags, diag.code);
    diag.path = kept(diags, diag.path);
    diag.place.file = kept(diags, diag.place.file);
    diag.message = cfn_arena_vtext(&diags->arena, format, arguments);
    *CFN_PUSH(&diags->list) = diag;
}

int cfn_fail(struct cfn_diags *diags, const char *code, struct cfn_place place, const char *path,
             const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diags, (struct cfn_diag){code, CFN_ERROR, place, path, NULL, NULL}, format, arguments);
    va_end(arguments);
    return -1;
}

int cfn_warn(struct cfn_diags *diags, const char *code, struct cfn_place place, const char *path,
             const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    record(diags, (struct cfn_diag){code, CFN_WARNING, place, path, NULL, NULL}, format, arguments);
    va_end(arguments);
    return 0;
}

void cfn_hint(struct cfn_diags *diags, const char *format, ...) {
    if (diags->list.count == 0 || diags->list.count > MOST_DIAGS)
        return;
    va_list arguments;
    va_start(arguments, format);
    diags->list.items[diags->list.count - 1].hint =
        cfn_arena_vtext(&diags->arena, format, arguments);
    va_end(arguments);
}

char *cfn_diag_text(const struct cfn_diag *diag) {
    struct cfn_text text = {0};
    if (diag->place.file)
        cfn_text_printf(&text, "%s:", diag->place.file);
    if (diag->place.line)
        cfn_text_printf(&text, "%d:", diag->place.line);
    if (diag->place.column)
        cfn_text_printf(&text, "%d:", diag->place.column);
    cfn_text_printf(&text, "%s%s: ", text.size ? " " : "",
                    diag->severity == CFN_ERROR ? "error" : "warning");
    if (diag->path)
        cfn_text_printf(&text, "%s: ", diag->path);
    cfn_text_put(&text, diag->message);
    if (diag->hint)
        cfn_text_printf(&text, " (%s)", diag->hint);
    cfn_text_printf(&text, " [%s]", diag->code);
    return cfn_text_take(&text);
}

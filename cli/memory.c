/* Memory that is there or aborts, and small texts. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void *kept(void *memory) {
    if (memory)
        return memory;
    fputs("cfngen: out of memory\n", stderr);
    abort();
}

void *cli_alloc(size_t size) {
    return kept(calloc(1, size ? size : 1));
}

void *cli_resize(void *memory, size_t size) {
    return kept(realloc(memory, size ? size : 1));
}

static CFN_PRINTF(1, 0) char *text_of(const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = cli_alloc((size_t)(size < 0 ? 0 : size) + 1);
    if (size > 0)
        vsnprintf(text, (size_t)size + 1, format, arguments);
    return text;
}

char *cli_text(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = text_of(format, arguments);
    va_end(arguments);
    return text;
}

void cli_cell(struct cli_table *table, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    table->cells = cli_resize(table->cells, (table->count + 1) * sizeof *table->cells);
    table->cells[table->count++] = text_of(format, arguments);
    va_end(arguments);
}

bool cli_choice(const char *choices, size_t index, char *buffer, size_t size) {
    for (; choices && index > 0; index--)
        choices = strchr(choices, '|') ? strchr(choices, '|') + 1 : NULL;
    if (!choices || !*choices)
        return false;
    snprintf(buffer, size, "%.*s", (int)strcspn(choices, "|"), choices);
    return true;
}

const char *cli_plural(size_t count, const char *noun, char buffer[48]) {
    snprintf(buffer, 48, "%zu %s%s", count, noun, count == 1 ? "" : "s");
    return buffer;
}

char *cli_joined(struct cfn_texts texts) {
    char *all = cli_text("%s", texts.count ? texts.items[0] : "-");
    for (size_t i = 1; i < texts.count; i++) {
        char *longer = cli_text("%s, %s", all, texts.items[i]);
        free(all);
        all = longer;
    }
    return all;
}

void cli_put_json(FILE *file, json_t *value) {
    char *text = cfn_render(value, CFN_FORMAT_JSON);
    fputs(kept(text), file);
    free(text);
    json_decref(value);
}

void cli_put_line(FILE *file, json_t *value) {
    char *text = json_dumps(value, JSON_COMPACT);
    fputs(kept(text), file);
    putc('\n', file);
    fflush(file);
    free(text);
    json_decref(value);
}

size_t cli_resources(const struct cfn_assembled *stack) {
    return json_object_size(json_object_get(stack->body, "Resources"));
}

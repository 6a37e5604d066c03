/* What a person sees: colours, clean text, tables. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool cli_is_rich(const struct cli *cli, FILE *file) {
    return strcmp(cli->color, "always") == 0 || isatty(fileno(file));
}

static bool has_colors(const struct cli *cli, FILE *file) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (strcmp(cli->color, "auto") != 0)
        return strcmp(cli->color, "always") == 0;
    return isatty(fileno(file)) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

const char *cli_style(const struct cli *cli, FILE *file, enum cli_style style) {
    static const char *const sequences[] = {
        [CLI_PLAIN] = "\033[0m",  [CLI_BOLD] = "\033[1m",      [CLI_DIM] = "\033[2m",
        [CLI_RED] = "\033[1;31m", [CLI_YELLOW] = "\033[1;33m", [CLI_GREEN] = "\033[32m",
        [CLI_BLUE] = "\033[34m",
    };
    return has_colors(cli, file) ? sequences[style] : "";
}

/* U+0080 to U+009F are control characters too: C2 80 to C2 9F. */
static bool is_control(const unsigned char *at) {
    return at[0] < ' ' || at[0] == 0x7F || (at[0] == 0xC2 && at[1] >= 0x80 && at[1] < 0xA0);
}

void cli_put_clean(FILE *file, const char *text) {
    for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
        if (!is_control(at))
            putc(*at, file);
        else if (at[0] == 0xC2)
            fprintf(file, "\\u%04x", *++at);
        else
            fprintf(file, "\\x%02x", *at);
    }
}

static size_t width_of(const char *text) {
    size_t width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static size_t column_width(const struct cli_table *table, size_t column) {
    size_t width = 0;
    for (size_t i = column; i < table->count; i += table->columns)
        if (width_of(table->cells[i]) > width)
            width = width_of(table->cells[i]);
    return width;
}

static void put_cell(const struct cli_table *table, size_t cell, size_t width, FILE *file) {
    size_t column = cell % table->columns;
    bool right = table->right >> column & 1;
    bool last =
        column + 1 == table->columns || (column + 2 == table->columns && !*table->cells[cell + 1]);
    int pad = (int)(width - width_of(table->cells[cell]));
    fprintf(file, "%*s", right ? pad : 0, "");
    cli_put_clean(file, table->cells[cell]);
    if (!last)
        fprintf(file, "%*s", (right ? 0 : pad) + 2, "");
}

void cli_table_print(const struct cli *cli, struct cli_table *table, FILE *file) {
    size_t *widths = cli_alloc(table->columns * sizeof *widths);
    for (size_t i = 0; i < table->columns; i++)
        widths[i] = column_width(table, i);
    for (size_t i = 0; i < table->count; i++) {
        size_t column = i % table->columns;
        if (i == 0)
            fputs(cli_style(cli, file, CLI_BOLD), file);
        put_cell(table, i, widths[column], file);
        if (i + 1 == table->columns)
            fputs(cli_style(cli, file, CLI_PLAIN), file);
        if (column + 1 == table->columns)
            putc('\n', file);
    }
    free(widths);
    cli_table_drop(table);
}

void cli_table_drop(struct cli_table *table) {
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    *table = (struct cli_table){0};
}

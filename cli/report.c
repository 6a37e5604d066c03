/* Diagnostics on their way out: lines as compilers write them, with the source shown to a person,
 * or JSON. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SOURCE = 1 << 20, SHOWN = 96, SHOWN_BEFORE = 60 };

static json_t *json_text(const char *text) {
    return text ? cfn_str(text) : json_null();
}

static json_t *json_of(const struct cfn_diag *diag) {
    return cfn_map({"severity", cfn_str(diag->severity == CFN_ERROR ? "error" : "warning")},
                   {"code", json_text(diag->code)}, {"file", json_text(diag->place.file)},
                   {"line", cfn_int(diag->place.line)}, {"column", cfn_int(diag->place.column)},
                   {"path", json_text(diag->path)}, {"message", json_text(diag->message)},
                   {"hint", json_text(diag->hint)});
}

static void put_json_lines(const struct cfn_diags *diags) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        json_t *line = json_of(cfn_diags_at(diags, i));
        json_dumpf(line, stderr, JSON_COMPACT);
        putc('\n', stderr);
        json_decref(line);
    }
}

static void put_json_array(const struct cfn_diags *diags) {
    json_t *array = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        array = cfn_append(array, json_of(cfn_diags_at(diags, i)));
    cli_put_json(stdout, array);
}

/* The text of the file that was asked for last. */
struct source {
    char *name, *text;
};

static void read_source(struct source *source, const char *name) {
    if (source->name && strcmp(source->name, name) == 0)
        return;
    free(source->name);
    free(source->text);
    source->name = cli_text("%s", name);
    source->text = cli_alloc(MOST_SOURCE + 1);
    FILE *file = fopen(name, "rb");
    if (!file)
        return;
    source->text[fread(source->text, 1, MOST_SOURCE, file)] = '\0';
    fclose(file);
}

static const char *line_of(const char *text, int number) {
    for (; number > 1 && text; number--)
        text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
    return text && *text ? text : NULL;
}

static size_t bytes_of(const char *text, size_t characters) {
    size_t size = 0;
    while (text[size] && text[size] != '\n' && characters-- > 0)
        do
            size++;
        while (((unsigned char)text[size] & 0xC0) == 0x80);
    return size;
}

/* The line with a caret below; of a very long line, as one of JSON without spaces, the part around
 * it. */
static void put_excerpt(const struct cli *cli, FILE *file, struct source *source,
                        struct cfn_place place) {
    if (!place.file || place.line < 1 || place.column < 1)
        return;
    read_source(source, place.file);
    const char *line = line_of(source->text, place.line);
    if (!line)
        return;
    size_t before = (size_t)place.column - 1,
           from = before > SHOWN_BEFORE ? before - SHOWN_BEFORE : 0;
    const char *start = line + bytes_of(line, from);
    char *shown = cli_text("%.*s", (int)bytes_of(start, SHOWN), start);
    for (char *at = shown; *at; at++)
        *at = *at == '\t' || *at == '\r' ? ' ' : *at;
    fprintf(file, "%s%6d | %s", cli_style(cli, file, CLI_DIM), place.line,
            cli_style(cli, file, CLI_PLAIN));
    cli_put_clean(file, shown);
    fprintf(file, "\n%s       |%s %*s%s^%s\n", cli_style(cli, file, CLI_DIM),
            cli_style(cli, file, CLI_PLAIN), (int)(before - from), "",
            cli_style(cli, file, CLI_RED), cli_style(cli, file, CLI_PLAIN));
    free(shown);
}

static void put_place(FILE *file, struct cfn_place place) {
    if (place.file) {
        cli_put_clean(file, place.file);
        putc(':', file);
    }
    if (place.line)
        fprintf(file, "%d:", place.line);
    if (place.column)
        fprintf(file, "%d:", place.column);
    if (place.file || place.line)
        putc(' ', file);
}

static void put_rich(const struct cli *cli, FILE *file, struct source *source,
                     const struct cfn_diag *diag) {
    bool error = diag->severity == CFN_ERROR;
    const char *plain = cli_style(cli, file, CLI_PLAIN), *bold = cli_style(cli, file, CLI_BOLD);
    fputs(bold, file);
    put_place(file, diag->place);
    fprintf(file, "%s%s%s: ", cli_style(cli, file, error ? CLI_RED : CLI_YELLOW),
            error ? "error" : "warning", plain);
    if (diag->path) {
        fputs(bold, file);
        cli_put_clean(file, diag->path);
        fprintf(file, "%s: ", plain);
    }
    cli_put_clean(file, diag->message);
    fprintf(file, " %s[%s]%s\n", cli_style(cli, file, CLI_DIM), diag->code, plain);
    put_excerpt(cli, file, source, diag->place);
    if (!diag->hint)
        return;
    fprintf(file, "  %shint:%s ", cli_style(cli, file, CLI_GREEN), plain);
    cli_put_clean(file, diag->hint);
    putc('\n', file);
}

static void put_line(FILE *file, const struct cfn_diag *diag) {
    char *text = cfn_diag_text(diag);
    cli_put_clean(file, text);
    putc('\n', file);
    free(text);
}

static void put_summary(const struct cfn_diags *diags) {
    char errors[48], warnings[48];
    size_t count = cfn_diags_errors(diags), other = 0;
    for (size_t i = 0; i < cfn_diags_count(diags); i++)
        other += cfn_diags_at(diags, i)->severity == CFN_WARNING;
    cli_plural(count, "error", errors);
    cli_plural(other, "warning", warnings);
    fprintf(stderr, "%s%s%s\n", count ? errors : "", count && other ? ", " : "",
            other ? warnings : "");
}

static void put_lines(const struct cli *cli, FILE *file) {
    struct source source = {0};
    for (size_t i = 0; i < cfn_diags_count(cli->diags); i++) {
        const struct cfn_diag *diag = cfn_diags_at(cli->diags, i);
        if (cli_is_rich(cli, file))
            put_rich(cli, file, &source, diag);
        else
            put_line(file, diag);
    }
    free(source.name);
    free(source.text);
}

void cli_report(struct cli *cli, enum cli_stream stream) {
    if (cli->reported)
        return;
    cli->reported = true;
    cfn_diags_sort(cli->diags);
    if (cli->json && stream == CLI_STDOUT_ARRAY)
        put_json_array(cli->diags);
    else if (cli->json)
        put_json_lines(cli->diags);
    else
        put_lines(cli, stream == CLI_STDOUT_ARRAY ? stdout : stderr);
    if (!cli->json && cfn_diags_count(cli->diags) > 0 && stream == CLI_STDERR_LINES)
        put_summary(cli->diags);
}

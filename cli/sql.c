/* Scripts for the warehouse: each statement's rows as a table, CSV, or a JSON object a line. */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

/* How many bits a table has for columns of numbers. */
enum { MOST_RIGHT = 8 * sizeof(unsigned) };

static bool is_number(const char *type) {
    static const char *const types[] = {"int2",   "int4",    "int8",  "float4",
                                        "float8", "numeric", "bigint"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return false;
}

/* Text as it is, all else as JSON has it; free() it. */
static char *cell_of(const json_t *value) {
    return json_is_string(value) ? cli_text("%s", json_string_value(value))
                                 : json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
}

static void print_rows(const struct cli *cli, const json_t *result) {
    const json_t *columns = json_object_get(result, "columns"),
                 *rows = json_object_get(result, "rows");
    struct cli_table table = {.columns = json_array_size(columns)};
    char counted[48];
    for (size_t c = 0; c < table.columns; c++) {
        const json_t *column = json_array_get(columns, c);
        cli_cell(&table, "%s", cfn_output_text(column, "name"));
        if (c < MOST_RIGHT && is_number(cfn_output_text(column, "type")))
            table.right |= 1u << c;
    }
    for (size_t r = 0; r < json_array_size(rows); r++)
        for (size_t c = 0; c < table.columns; c++) {
            char *cell = cell_of(json_array_get(json_array_get(rows, r), c));
            cli_cell(&table, "%s", cell);
            free(cell);
        }
    cli_table_print(cli, &table, stdout);
    printf("(%s)\n", cli_plural(json_array_size(rows), "row", counted));
}

/* -- CSV --------------------------------------------------------------------------------------- */

/* An empty text is in quotes, so that it is no null. */
static void put_field(const char *text) {
    if (*text && !strpbrk(text, ",\"\r\n")) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_csv(const json_t *result) {
    const json_t *columns = json_object_get(result, "columns"),
                 *rows = json_object_get(result, "rows");
    for (size_t c = 0; c < json_array_size(columns); c++) {
        fputs(c ? "," : "", stdout);
        put_field(cfn_output_text(json_array_get(columns, c), "name"));
    }
    putchar('\n');
    for (size_t r = 0; r < json_array_size(rows); r++) {
        for (size_t c = 0; c < json_array_size(columns); c++) {
            const json_t *value = json_array_get(json_array_get(rows, r), c);
            char *cell = cell_of(value);
            fputs(c ? "," : "", stdout);
            if (!json_is_null(value))
                put_field(cell);
            free(cell);
        }
        putchar('\n');
    }
}

/* -- statements -------------------------------------------------------------------------------- */

static void print_result(const struct cli *cli, const struct cfn_sql *sql, json_t *result) {
    const char *format = cli_value(cli, "format");
    bool rows = json_object_get(result, "columns") != NULL;
    json_int_t affected = json_integer_value(json_object_get(result, "affected"));
    if (cli->json || (format && strcmp(format, "json") == 0)) {
        json_object_set_new(result, "line", json_integer(sql->place.line));
        json_object_set_new(result, "sql", json_stringn(sql->text, sql->size));
        cli_put_line(stdout, json_incref(result));
    } else if (format && strcmp(format, "csv") == 0) {
        if (rows)
            print_csv(result);
    } else if (rows)
        print_rows(cli, result);
    else if (affected >= 0)
        printf("done (%lld)\n", (long long)affected);
    else
        puts("done");
    fflush(stdout);
}

/* Until the first mistake. A script that cannot be split is not begun. */
static int check_script(const struct cli_step *step, struct cfn_script script, size_t *count) {
    struct cfn_sql sql;
    while (cfn_script_next(&script, &sql, step->cli->diags))
        ++*count;
    if (!script.wrong && *count == 0)
        cfn_fail(step->cli->diags, "sql.empty", (struct cfn_place){.file = script.file}, NULL,
                 "there is no statement in it");
    return script.wrong || *count == 0 ? CLI_NO : CLI_DONE;
}

static int run_all(const struct cli_step *step, struct cfn_script *script) {
    struct cfn_warehouse warehouse;
    struct cfn_sql sql;
    size_t count = 0;
    int code = check_script(step, *script, &count);
    if (code != CLI_DONE)
        return code;
    if (cli_warehouse_of(step, &warehouse))
        return cli_code_of(step->cli);
    if (cli_seconds(step->cli, "timeout", 1, 86400, &warehouse.timeout) != CLI_DONE)
        return CLI_USAGE;
    while (cfn_script_next(script, &sql, step->cli->diags)) {
        json_t *result = cfn_warehouse_execute(step->transport, &warehouse, &sql, step->cli->diags);
        if (!result)
            return cli_code_of(step->cli);
        print_result(step->cli, &sql, result);
        json_decref(result);
    }
    return CLI_DONE;
}

int cli_run_script(const struct cli_step *step, const char *file) {
    size_t size = 0;
    char *text = cli_read(step->cli, file, &size);
    if (!text)
        return CLI_IO;
    struct cfn_script script = {
        .text = text, .size = size, .file = strcmp(file, "-") == 0 ? "<stdin>" : file};
    int code = run_all(step, &script);
    free(text);
    return code;
}

/* A replication as it goes on, and as it stands. */
#include "replication.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static json_int_t count_of(const json_t *value, const char *member) {
    return json_integer_value(json_object_get(value, member));
}

static bool is_state(const json_t *status, const char *state) {
    return strcmp(cfn_output_text(status, "state"), state) == 0;
}

static enum cli_style style_of(const json_t *status) {
    if (is_state(status, "failed") || is_state(status, "deleting"))
        return CLI_RED;
    if (is_state(status, "replicating") || is_state(status, "loaded"))
        return CLI_GREEN;
    return is_state(status, "loading") || is_state(status, "starting") ? CLI_BLUE : CLI_YELLOW;
}

/* "loading: 66 %, 6 of 9 tables, 2 under way" */
static char *words_of(const json_t *status) {
    json_int_t loaded = count_of(status, "tables_loaded");
    json_int_t loading = count_of(status, "tables_loading");
    json_int_t errored = count_of(status, "tables_errored");
    json_int_t all = loaded + loading + errored + count_of(status, "tables_queued");
    char *tables =
        all ? cli_text(", %" JSON_INTEGER_FORMAT " of %" JSON_INTEGER_FORMAT " tables", loaded, all)
            : cli_text("%s", "");
    char *under_way =
        loading ? cli_text(", %" JSON_INTEGER_FORMAT " under way", loading) : cli_text("%s", "");
    char *errors =
        errored ? cli_text(", %" JSON_INTEGER_FORMAT " in error", errored) : cli_text("%s", "");
    const char *state = cfn_output_text(status, "state"), *word = cfn_output_text(status, "status");
    bool other = strcmp(state, word) != 0 && strcmp(word, "running") != 0;
    char *whole = cli_text("%s%s%s%s: %" JSON_INTEGER_FORMAT " %%%s%s%s", state, other ? " (" : "",
                           other ? word : "", other ? ")" : "", count_of(status, "percent"), tables,
                           under_way, errors);
    free(tables);
    free(under_way);
    free(errors);
    return whole;
}

static void put_clock(const struct cli_replication *live) {
    char text[32];
    cli_duration(live->transport->now(live->transport->self) - live->began, text);
    printf("%s%8s%s  ", cli_style(live->cli, stdout, CLI_DIM), text,
           cli_style(live->cli, stdout, CLI_PLAIN));
}

void cli_replication_clear(struct cli_replication *live) {
    for (; live->lines > 0; live->lines--)
        fputs("\033[A\033[2K", stdout);
    fflush(stdout);
}

void cli_replication_done(struct cli_replication *live) {
    free(live->said);
    json_decref(live->tables);
    live->said = NULL;
    live->tables = NULL;
}

void cli_replication_note(void *self, const char *text) {
    struct cli_replication *live = self;
    if (live->cli->json) {
        cli_put_line(stdout, cfn_map({"kind", cfn_str("note")}, {"text", cfn_str(text)}));
        return;
    }
    cli_replication_clear(live);
    put_clock(live);
    cli_put_clean(stdout, text);
    putchar('\n');
    fflush(stdout);
}

static void draw_table(struct cli_replication *live, const json_t *table, size_t width) {
    char *line = cli_text("  %s.%-32s %-18s %12" JSON_INTEGER_FORMAT " rows",
                          cfn_output_text(table, "schema"), cfn_output_text(table, "table"),
                          cfn_output_text(table, "state"), count_of(table, "rows"));
    if (strlen(line) >= width)
        line[width - 1] = '\0';
    cli_put_clean(stdout, line);
    putchar('\n');
    live->lines++;
    free(line);
}

static bool is_through(const json_t *table) {
    return strcmp(cfn_output_text(table, "state"), "Table completed") == 0;
}

/* Where there are more tables than fit, those that are through are left out first. */
static void draw(struct cli_replication *live, const json_t *status) {
    const json_t *tables = json_object_get(status, "tables");
    size_t height = cli_terminal_height(stdout), width = cli_terminal_width(stdout);
    size_t room = height > 6 ? height - 4 : 2, count = json_array_size(tables);
    char *words = words_of(status);
    cli_replication_clear(live);
    put_clock(live);
    printf("%s%s%s\n", cli_style(live->cli, stdout, style_of(status)), words,
           cli_style(live->cli, stdout, CLI_PLAIN));
    live->lines++;
    for (size_t i = 0; i < count && live->lines < room; i++)
        if (count < room || !is_through(json_array_get(tables, i)))
            draw_table(live, json_array_get(tables, i), width);
    free(words);
    fflush(stdout);
}

/* Tables whose state is another one than before. */
static void tell_tables(struct cli_replication *live, const json_t *status) {
    const json_t *tables = json_object_get(status, "tables");
    if (!live->tables)
        live->tables = json_object();
    for (size_t i = 0; i < json_array_size(tables); i++) {
        const json_t *table = json_array_get(tables, i);
        const char *state = cfn_output_text(table, "state");
        char *name =
            cli_text("%s.%s", cfn_output_text(table, "schema"), cfn_output_text(table, "table"));
        const char *before = json_string_value(json_object_get(live->tables, name));
        if (!before || strcmp(before, state) != 0) {
            put_clock(live);
            cli_put_clean(stdout, name);
            printf(": ");
            cli_put_clean(stdout, state);
            printf(", %" JSON_INTEGER_FORMAT " rows\n", count_of(table, "rows"));
            json_object_set_new(live->tables, name, cfn_str(state));
        }
        free(name);
    }
}

/* Plain lines: what has changed, and a sign of life each minute. */
static void tell(struct cli_replication *live, const json_t *status) {
    int64_t now = live->transport->now(live->transport->self);
    char *words = words_of(status);
    tell_tables(live, status);
    if (!live->said || strcmp(live->said, words) != 0 || now - live->last_line >= 60000) {
        put_clock(live);
        puts(words);
        free(live->said);
        live->said = words;
        live->last_line = now;
        words = NULL;
    }
    free(words);
    fflush(stdout);
}

void cli_replication_look(void *self, const json_t *status) {
    struct cli_replication *live = self;
    if (live->cli->json) {
        json_t *line = json_deep_copy(status);
        json_object_set_new(line, "kind", cfn_str("status"));
        cli_put_line(stdout, line);
    } else if (live->rich) {
        draw(live, status);
    } else {
        tell(live, status);
    }
}

static void put_latency(const json_t *status, const char *member, const char *what, FILE *file) {
    const json_t *seconds = json_object_get(status, member);
    char text[32] = "-";
    if (json_is_integer(seconds))
        cli_duration((int64_t)json_integer_value(seconds) * 1000, text);
    fprintf(file, "%s latency  %s\n", what, text);
}

static void put_tables(const struct cli *cli, const json_t *tables, FILE *file) {
    static const char *const heads[] = {"TABLE", "STATE", "ROWS", "INSERTS", "UPDATES", "DELETES"};
    static const char *const numbers[] = {"rows", "inserts", "updates", "deletes"};
    struct cli_table table = {.columns = 6, .right = 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        cli_cell(&table, "%s", heads[i]);
    for (size_t i = 0; i < json_array_size(tables); i++) {
        const json_t *one = json_array_get(tables, i);
        cli_cell(&table, "%s.%s", cfn_output_text(one, "schema"), cfn_output_text(one, "table"));
        cli_cell(&table, "%s", cfn_output_text(one, "state"));
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            cli_cell(&table, "%" JSON_INTEGER_FORMAT, count_of(one, numbers[j]));
    }
    cli_table_print(cli, &table, file);
}

void cli_replication_print(const struct cli *cli, const json_t *status, FILE *file) {
    char *words = words_of(status);
    fprintf(file, "%s%s%s\n", cli_style(cli, file, style_of(status)), words,
            cli_style(cli, file, CLI_PLAIN));
    free(words);
    if (*cfn_output_text(status, "stop_reason")) {
        fputs("stopped         ", file);
        cli_put_clean(file, cfn_output_text(status, "stop_reason"));
        putc('\n', file);
    }
    if (*cfn_output_text(status, "failure")) {
        fputs("last failure    ", file);
        cli_put_clean(file, cfn_output_text(status, "failure"));
        putc('\n', file);
    }
    if (json_is_true(json_object_get(status, "left_by_deployment")))
        fputs("a deployment that did not come to its end has stopped it: 'cfngen deploy' or\n"
              "'cfngen replicate resume' resumes it\n",
              file);
    put_latency(status, "source_latency", "source", file);
    put_latency(status, "target_latency", "target", file);
    if (json_array_size(json_object_get(status, "tables")))
        put_tables(cli, json_object_get(status, "tables"), file);
}

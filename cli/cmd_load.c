/* cfngen load: the shop's files into the source database. */
#include "database.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct cli_option options[] = {
    {.name = "from", .argument = "DIR", .help = "the folder with the files"},
    CLI_DATABASE_OPTIONS,
    {.name = "replace", .help = "put the files' tables in the place of tables that hold rows"},
    {.name = "jobs", .argument = "N", .help = "connections that take rows", .fallback = "4"},
    CLI_TABLES_OPTION,
    CLI_OPTIONS_END,
};

static const char about[] =
    "The nine files of the Olist data set, as published or as 'cfngen generate'\n"
    "writes them, become tables with keys and references. All of them come to their\n"
    "places in one transaction, or none. Every value is checked first; all bad rows\n"
    "of all files are told in one run. The same files a second time change nothing:\n"
    "their SHA-256 is remembered in the schema cfngen (rows are not compared then: a\n"
    "shop lives on; 'cfngen reconcile' compares). What a killed load leaves behind\n"
    "is swept away by the next one.\n"
    "\n"
    "TLS is verified (verify-full), unless --dsn asks for less. For RDS fetch\n"
    "Amazon's certificates and name them with --ca:\n"
    "https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem\n"
    "A password belongs into ~/.pgpass or $PGPASSWORD, not into --dsn. The result of\n"
    "--output json can be given to 'cfngen reconcile --totals'.\n";

static const struct cli_example examples[] = {
    {"cfngen load --from data --ca global-bundle.pem", "into the database of the stack rds"},
    {"cfngen load --from data --dsn postgresql://shop@localhost/shop", "into another one"},
    {NULL, NULL},
};

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* -- how far it is --------------------------------------------------------------------------- */

struct view {
    struct cli *cli;
    bool rich, drawn;
    int64_t began, last;
    int stage; /* that was told last; -1: none */
};

static const char *stage_name(enum cfn_load_stage stage) {
    static const char *const names[] = {
        [CFN_LOAD_READING] = "comparing files",
        [CFN_LOAD_COPYING] = "copying rows",
        [CFN_LOAD_KEYS] = "building keys, comparing totals",
        [CFN_LOAD_SWAPPING] = "putting the tables in their places",
    };
    return names[stage];
}

static void clear(struct view *view) {
    if (view->drawn)
        fputs("\r\033[2K", stderr);
    view->drawn = false;
}

static void put_state(const struct view *view, const struct cfn_load_progress *progress,
                      int64_t now) {
    char rows[64], digits[32];
    double seconds = (double)(now - view->began + 1) / 1000, mb = (double)progress->bytes / 1e6;
    fputs(stage_name(progress->stage), stderr);
    if (progress->stage == CFN_LOAD_KEYS)
        fprintf(stderr, ": %zu of %zu", progress->done, progress->count);
    if (progress->stage != CFN_LOAD_COPYING && progress->stage != CFN_LOAD_READING)
        return;
    snprintf(digits, sizeof digits, "%lld", (long long)progress->rows);
    fprintf(stderr, ": %.1f of %.1f MB", mb, (double)progress->all_bytes / 1e6);
    if (progress->stage == CFN_LOAD_COPYING)
        fprintf(stderr, ", %s rows, %.1f MB/s", cli_grouped(view->cli, stderr, digits, rows),
                mb / seconds);
    if (progress->table)
        fprintf(stderr, ", %s", progress->table);
}

/* One line that is written over on a terminal; elsewhere one for each stage, and every 10 s. */
static void tell(void *self, const struct cfn_load_progress *progress) {
    struct view *view = self;
    int64_t now = milliseconds();
    bool other = (int)progress->stage != view->stage;
    if (view->cli->json || (!other && now - view->last < (view->rich ? 100 : 10000)))
        return;
    view->stage = (int)progress->stage;
    view->last = now;
    clear(view);
    put_state(view, progress, now);
    if (!view->rich)
        putc('\n', stderr);
    view->drawn = view->rich;
    fflush(stderr);
}

static bool stop(void *self) {
    (void)self;
    return cli_interrupts() > 0;
}

/* -- the end --------------------------------------------------------------------------------- */

static void put_tables(struct cli *cli, const json_t *result) {
    struct cli_table table = {.columns = 2, .right = 2};
    const char *name;
    json_t *totals;
    cli_cell(&table, "TABLE");
    cli_cell(&table, "ROWS");
    json_object_foreach(json_object_get(result, "totals"), name, totals) {
        char text[64];
        const char *rows = json_string_value(json_object_get(totals, "rows"));
        cli_cell(&table, "%s", name);
        cli_cell(&table, "%s", cli_grouped(cli, stdout, rows, text));
    }
    cli_table_print(cli, &table, stdout);
}

static void put_result(struct cli *cli, const json_t *result, int64_t took) {
    const char *what = json_string_value(json_object_get(result, "result"));
    double rows = (double)json_integer_value(json_object_get(result, "rows"));
    double bytes = (double)json_integer_value(json_object_get(result, "bytes"));
    double seconds = (double)(took + 1) / 1000;
    if (strcmp(what, "unchanged") == 0) {
        puts("these files have been loaded already: nothing to do");
        return;
    }
    put_tables(cli, result);
    printf("%s in %.1f s: %.0f rows/s, %.1f MB/s\n", what, seconds, rows / seconds,
           bytes / 1e6 / seconds);
    if (strcmp(what, "replaced") == 0)
        puts("the tables are new ones: a replication of them must be loaded again, with "
             "'cfngen replicate reload'");
}

static int load(struct cli *cli, const struct cfn_tables *tables,
                const struct cfn_database *database, int jobs) {
    struct view view = {
        .cli = cli, .rich = cli_is_rich(cli, stderr), .began = milliseconds(), .stage = -1};
    const struct cfn_load what = {
        .tables = tables,
        .folder = cli_value(cli, "from"),
        .database = database,
        .replace = cli_has(cli, "replace"),
        .jobs = jobs,
        .progress = tell,
        .stop = stop,
        .self = &view,
    };
    json_t *result = cfn_load(&what, cli->diags);
    clear(&view);
    if (!result)
        return cli_code_of(cli);
    if (cli->json)
        cli_put_json(stdout, json_incref(result));
    else
        put_result(cli, result, milliseconds() - view.began);
    json_decref(result);
    return CLI_DONE;
}

static int read_jobs(const struct cli *cli, int *jobs) {
    const char *text = cli_value(cli, "jobs");
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : 0;
    if (text && (*end || end == text || value < 1 || value > 32))
        return cli_usage(cli, "--jobs must be a number from 1 to 32, not '%s'", text);
    *jobs = (int)value;
    return CLI_DONE;
}

static int load_into(struct cli *cli, const struct cli_step *step) {
    struct cfn_database database;
    json_t *secret;
    int jobs = 0, code = read_jobs(cli, &jobs);
    struct cfn_tables *tables = code == CLI_DONE ? cli_tables(cli) : NULL;
    if (tables && cli_database_of(cli, step, &database, &secret) == 0) {
        code = load(cli, tables, &database, jobs);
        cfn_secret_done(secret);
    } else if (code == CLI_DONE) {
        code = cli_code_of(cli);
    }
    cfn_tables_free(tables);
    return code;
}

static int work(struct cli_step *step) {
    return load_into(step->cli, step);
}

static int run(struct cli *cli) {
    int jobs, code = read_jobs(cli, &jobs);
    if (code == CLI_DONE && !cli_value(cli, "from"))
        code = cli_usage(cli, "needs --from DIR, the folder with the files");
    if (code != CLI_DONE)
        return code;
    if (!cli_value(cli, "dsn"))
        return cli_with_outputs(cli, work);
    cli_catch_interrupts(NULL);
    return load_into(cli, NULL);
}

const struct cli_verb cli_load_verb = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

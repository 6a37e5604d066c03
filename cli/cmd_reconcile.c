/* cfngen reconcile: the control totals of every layer, side by side. */
#include "database.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "totals",
     .argument = "FILE",
     .help = "further layers: totals.json of 'cfngen generate', what 'cfngen load --output json' "
             "prints, the pipeline's; '-' is standard input",
     .repeats = true},
    {.name = "no-source", .help = "leave the source database out"},
    {.name = "no-warehouse", .help = "leave the warehouse out"},
    {.name = "write", .argument = "FILE", .help = "write the source's totals as such a file"},
    CLI_DATABASE_OPTIONS,
    CLI_WAREHOUSE_OPTIONS,
    CLI_TABLES_OPTION,
    CLI_OPTIONS_END,
};

static const char about[] =
    "Rows, sums of money and a checksum of each table: computed in the source\n"
    "database (all tables at one moment), stated by files, and read from the relation\n"
    "analytics.reconciliation of the warehouse, which knows bronze, silver and\n"
    "itself. What a layer has put aside (quarantined) is shown as +n, and counted in.\n"
    "Decimals are compared exactly.\n"
    "\n"
    "The exit code is 0 when every measure that two layers state is equal, and 1 when\n"
    "one is not: the first layer that departs is named. '-' is a measure that a layer\n"
    "does not state; a table whose rows it does not state has none there.\n";

static const struct cli_example examples[] = {
    {"cfngen reconcile", "from the source to the warehouse"},
    {"cfngen reconcile --totals data/totals.json --dsn \"host=localhost dbname=shop\"",
     "what was generated, and what was loaded"},
    {"cfngen reconcile --no-source --totals a.json --totals b.json", "files alone"},
    {NULL, NULL},
};

/* -- layers ---------------------------------------------------------------------------------- */

static int take(json_t *layers, json_t *more) {
    if (!more)
        return -1;
    json_array_extend(layers, more);
    json_decref(more);
    return 0;
}

static int add_files(struct cli *cli, json_t *layers) {
    const char *name;
    int failed = 0;
    for (size_t i = 0; (name = cli_value_at(cli, "totals", i)); i++) {
        size_t size;
        char *text = cli_read(cli, name, &size);
        failed |= !text || take(layers, cfn_totals_read(text, size, name, cli->diags));
        free(text);
    }
    return failed;
}

static int write_source(struct cli *cli, const json_t *layer) {
    const char *name = cli_value(cli, "write");
    if (!name)
        return CLI_DONE;
    char *text = json_dumps(layer, JSON_INDENT(2)), *line = cli_text("%s\n", text);
    int code = cli_write(cli, name, line);
    free(text);
    free(line);
    return code;
}

static int add_source(struct cli *cli, const struct cli_step *step, const struct cfn_tables *tables,
                      json_t *layers) {
    struct cfn_database database;
    json_t *secret, *layer = NULL;
    if (cli_database_of(cli, step, &database, &secret) == 0) {
        layer = cfn_totals_source(tables, &database, cli->diags);
        cfn_secret_done(secret);
    }
    if (!layer)
        return cli_code_of(cli);
    int code = write_source(cli, layer);
    json_array_append_new(layers, layer);
    return code;
}

static int add_warehouse(struct cli *cli, const struct cli_step *step, json_t *layers) {
    struct cfn_warehouse warehouse;
    if (!cli_output(step, "redshift", "DatabaseName")) {
        cfn_warn(cli->diags, "reconcile.warehouse", (struct cfn_place){0}, NULL,
                 "the stack redshift is not deployed: the warehouse is left out");
        return CLI_DONE;
    }
    if (cli_warehouse_of(step, &warehouse))
        return cli_code_of(cli);
    int code = cli_seconds(cli, "timeout", 1, 86400, &warehouse.timeout);
    if (code != CLI_DONE)
        return code;
    json_t *rows = cfn_warehouse_query(step->transport, &warehouse,
                                       "SELECT layer, table_name, measure, value, quarantined "
                                       "FROM analytics.reconciliation",
                                       cli->diags);
    int failed = !rows || take(layers, cfn_totals_of_rows(rows, cli->diags));
    json_decref(rows);
    return failed ? cli_code_of(cli) : CLI_DONE;
}

/* -- the table ------------------------------------------------------------------------------- */

static void put_value(const struct cli *cli, struct cli_table *table, const json_t *value) {
    const char *aside = json_string_value(json_object_get(value, "quarantined"));
    char text[64], more[64];
    if (!json_is_object(value)) {
        cli_cell(table, "-");
        return;
    }
    bool nothing = !aside || strspn(aside, "0.") == strlen(aside);
    cli_cell(table, "%s%s%s",
             cli_grouped(cli, stdout, json_string_value(json_object_get(value, "value")), text),
             nothing ? "" : "+", nothing ? "" : cli_grouped(cli, stdout, aside, more));
}

static void put_measure(const struct cli *cli, struct cli_table *table, const json_t *row) {
    const json_t *values = json_object_get(row, "values"), *equal = json_object_get(row, "equal");
    cli_cell(table, "%s", json_string_value(json_object_get(row, "table")));
    cli_cell(table, "%s", json_string_value(json_object_get(row, "measure")));
    for (size_t i = 0; i < json_array_size(values); i++)
        put_value(cli, table, json_array_get(values, i));
    if (json_is_false(equal))
        cli_cell(table, "departs in %s", json_string_value(json_object_get(row, "departs")));
    else
        cli_cell(table, "%s", json_is_true(equal) ? "equal" : "");
}

static void put_table(const struct cli *cli, const json_t *result) {
    const json_t *layers = json_object_get(result, "layers");
    const json_t *measures = json_object_get(result, "measures");
    struct cli_table table = {.columns = json_array_size(layers) + 3};
    cli_cell(&table, "TABLE");
    cli_cell(&table, "MEASURE");
    for (size_t i = 0; i < json_array_size(layers); i++) {
        const char *name = json_string_value(json_array_get(layers, i));
        table.right |= i < 28 ? 4u << i : 0;
        cli_cell(&table, "%s", name);
    }
    cli_cell(&table, "RESULT");
    for (size_t i = 0; i < json_array_size(measures); i++)
        put_measure(cli, &table, json_array_get(measures, i));
    cli_table_print(cli, &table, stdout);
}

/* The layer nearest to the source in which anything departs. */
static const char *first_departure(const json_t *result, size_t *count) {
    const json_t *layers = json_object_get(result, "layers");
    const json_t *measures = json_object_get(result, "measures");
    const char *first = NULL;
    *count = 0;
    for (size_t i = 0; i < json_array_size(layers); i++) {
        const char *layer = json_string_value(json_array_get(layers, i));
        for (size_t j = 0; j < json_array_size(measures); j++) {
            const char *departs =
                json_string_value(json_object_get(json_array_get(measures, j), "departs"));
            *count += departs && strcmp(departs, layer) == 0;
            first = departs && !first && strcmp(departs, layer) == 0 ? layer : first;
        }
    }
    return first;
}

static void tell(struct cli *cli, const json_t *result, size_t compared) {
    size_t differ;
    const char *first = first_departure(result, &differ);
    char count[48];
    if (first) {
        cfn_fail(cli->diags, "reconcile.differs", (struct cfn_place){0}, NULL,
                 "%zu of %s differ; the first layer that departs is %s", differ,
                 cli_plural(compared, "measure", count), first);
    } else if (compared == 0 && !cli_has(cli, "write")) {
        cfn_fail(cli->diags, "reconcile.alone", (struct cfn_place){0}, NULL,
                 "nothing is stated by two layers: there is nothing to compare");
        cfn_hint(cli->diags, "--totals FILE names another layer");
    } else if (!cli->json && compared > 0) {
        printf("\n%s%s equal%s\n", cli_style(cli, stdout, CLI_GREEN),
               cli_plural(compared, "measure", count), cli_style(cli, stdout, CLI_PLAIN));
    }
}

static int compare(struct cli *cli, const struct cfn_tables *tables, const json_t *layers) {
    json_t *result = cfn_reconcile(tables, layers, cli->diags);
    if (!result)
        return cli_code_of(cli);
    if (cli->json)
        cli_put_json(stdout, json_incref(result));
    else
        put_table(cli, result);
    tell(cli, result, (size_t)json_integer_value(json_object_get(result, "compared")));
    json_decref(result);
    return cli_code_of(cli);
}

/* -- the run --------------------------------------------------------------------------------- */

static bool wants_warehouse(const struct cli *cli) {
    if (cli_has(cli, "no-warehouse"))
        return false;
    /* With a database of one's own there may be no platform at all. */
    return (!cli_has(cli, "dsn") && !cli_has(cli, "no-source")) || cli_has(cli, "config") ||
           getenv("CFNGEN_CONFIG") || access("platform.yaml", F_OK) == 0;
}

static bool wants_stacks(const struct cli *cli) {
    return wants_warehouse(cli) || (!cli_has(cli, "dsn") && !cli_has(cli, "no-source"));
}

static int reconcile(struct cli *cli, const struct cli_step *step) {
    struct cfn_tables *tables = cli_tables(cli);
    json_t *layers = json_array();
    int code = !tables || add_files(cli, layers) ? cli_code_of(cli) : CLI_DONE;
    if (code == CLI_DONE && !cli_has(cli, "no-source"))
        code = add_source(cli, step, tables, layers);
    if (code == CLI_DONE && wants_warehouse(cli))
        code = add_warehouse(cli, step, layers);
    if (code == CLI_DONE)
        code = compare(cli, tables, layers);
    json_decref(layers);
    cfn_tables_free(tables);
    return code;
}

static int work(struct cli_step *step) {
    return reconcile(step->cli, step);
}

static int run(struct cli *cli) {
    if (cli_has(cli, "no-source") && (cli_has(cli, "write") || cli_has(cli, "dsn")))
        return cli_usage(cli, "--no-source does not go with --write and --dsn");
    if (cli_has(cli, "secret") && cli_has(cli, "iam"))
        return cli_usage(cli, "--secret and --iam exclude each other");
    return wants_stacks(cli) ? cli_with_outputs(cli, work) : reconcile(cli, NULL);
}

const struct cli_verb cli_reconcile_verb = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

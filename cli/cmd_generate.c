/* cfngen generate: a shop to try the platform with, and days in it. */
#include "cli.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "out", .letter = 'o', .argument = "DIR", .help = "the folder to write into"},
    {.name = "scale",
     .argument = "NUMBER",
     .help = "size, from 0.001 to 100; 1 is that of the published files",
     .fallback = "1"},
    {.name = "seed",
     .argument = "NUMBER",
     .help = "another seed makes another shop",
     .fallback = "1"},
    {.name = "day",
     .argument = "N",
     .help = "write the N-th day after the files, as SQL, in place of the files"},
    {.name = "plain-zips",
     .help = "the other published form: zip codes without leading zeros, CR LF in the translation"},
    {.name = "force", .help = "write into a folder that holds other things"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Nine CSV files in the published format of the Olist data set, with as many rows\n"
    "of each kind at scale 1, and its quirks: commas, quotes and line breaks in\n"
    "fields, a byte order mark, missing values, misspelt cities, points in other\n"
    "countries. What they hold is made up. The same seed gives the same bytes on\n"
    "every machine.\n"
    "\n"
    "totals.json beside them holds the control totals, to be compared by\n"
    "'cfngen reconcile'. A day is day-N.sql for psql (new orders, orders that go on,\n"
    "corrections, deletions; in transactions), and totals-day-N.json, what the tables\n"
    "come to after it. Days follow each other from 1.\n";

static const struct cli_example examples[] = {
    {"cfngen generate --out data", "the nine files in their published size"},
    {"cfngen generate --out data --scale 0.01", "a hundredth of it, for a test"},
    {"cfngen generate --out data --scale 0.01 --day 1", "what happens on the day after"},
    {NULL, NULL},
};

/* "0.25" in millionths; -1: it is no such number. */
static int64_t millionths_of(const char *text) {
    int64_t value = 0, digits = 0, decimals = -1;
    for (; *text; text++) {
        if (*text == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*text < '0' || *text > '9' || decimals == 6 || ++digits > 12)
            return -1;
        value = value * 10 + (*text - '0');
        decimals += decimals >= 0;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; decimals++)
        value *= 10;
    return digits ? value : -1;
}

static int read_options(struct cli *cli, struct cfn_generate_options *what, int *day) {
    const char *scale = cli_value(cli, "scale"), *seed = cli_value(cli, "seed");
    const char *number = cli_value(cli, "day");
    char *end = NULL;
    *what = (struct cfn_generate_options){.scale = millionths_of(scale ? scale : "1"),
                                          .plain_zips = cli_has(cli, "plain-zips")};
    if (what->scale < 1000 || what->scale > 100000000)
        return cli_usage(cli, "--scale must be a number from 0.001 to 100, not '%s'", scale);
    errno = 0;
    what->seed = strtoull(seed ? seed : "1", &end, 10);
    if (*end || errno || (seed && (*seed < '0' || *seed > '9')))
        return cli_usage(cli, "--seed must be a whole number, not '%s'", seed);
    long value = number ? strtol(number, &end, 10) : 0;
    if (number && (*end || value < 1 || value > 3650))
        return cli_usage(cli, "--day must be a number from 1 to 3650, not '%s'", number);
    *day = (int)value;
    return CLI_DONE;
}

/* What this command writes, or left behind when it was killed. */
static bool is_ours(const char *name, const struct cfn_tables *tables) {
    const char *dot = strrchr(name, '.');
    if (strncmp(name, "totals", 6) == 0 || strncmp(name, "day-", 4) == 0 || *name == '.')
        return *name != '.' || !name[1] || (name[1] == '.' && !name[2]) ||
               (dot && strcmp(dot, ".part") == 0);
    for (size_t i = 0; i < tables->count; i++)
        if (strcmp(tables->tables[i].file, name) == 0)
            return true;
    return false;
}

static int look_around(struct cli *cli, const char *path) {
    struct cfn_tables *tables = cfn_tables_shop();
    DIR *folder = opendir(path);
    const struct dirent *entry;
    int code = CLI_DONE;
    while (folder && code == CLI_DONE && (entry = readdir(folder))) {
        if (is_ours(entry->d_name, tables))
            continue;
        cfn_fail(cli->diags, "generate.folder", (struct cfn_place){.file = path}, NULL,
                 "the folder holds other things, such as '%s'", entry->d_name);
        cfn_hint(cli->diags, "name an empty one, or write into it with --force");
        code = CLI_NO;
    }
    if (folder)
        closedir(folder);
    cfn_tables_free(tables);
    return code;
}

static void put_text(json_t *totals) {
    const char *name;
    json_t *table;
    json_object_foreach(json_object_get(totals, "totals"), name, table)
        printf("%-36s %12s rows\n", name, json_string_value(json_object_get(table, "rows")));
}

static int generate(struct cli *cli, const struct cfn_generate_options *what, int day,
                    const char *folder) {
    json_t *totals = day ? cfn_generate_day(what, day, folder, cli->diags)
                         : cfn_generate(what, folder, cli->diags);
    if (!totals)
        return CLI_IO;
    if (cli->json) {
        cli_put_json(stdout, totals);
    } else {
        put_text(totals);
        json_decref(totals);
    }
    return CLI_DONE;
}

static int run(struct cli *cli) {
    struct cfn_generate_options what;
    const char *folder = cli_value(cli, "out");
    int day = 0, code = read_options(cli, &what, &day);
    if (code == CLI_DONE && !folder)
        code = cli_usage(cli, "needs --out DIR, the folder to write into");
    if (code == CLI_DONE)
        code = cli_make_directory(cli, folder);
    if (code == CLI_DONE && !cli_has(cli, "force"))
        code = look_around(cli, folder);
    return code == CLI_DONE ? generate(cli, &what, day, folder) : code;
}

const struct cli_verb cli_generate = {options, CLI_REPORT, about, NULL, 0, examples, run};

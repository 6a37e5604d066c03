/* cfngen warehouse: what the warehouse needs before dbt can build in it; and SQL of one's own. */
#include "login.h"
#include "steps.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "dry-run", .help = "print what would be done, and do nothing"},
    {.name = "script", .help = "print it all, as for an empty warehouse, without asking it"},
    {.name = "writer",
     .argument = "USER",
     .help = "who may build the marts, beside Airflow's role: IAMR:ROLE, IAM:USER or a user",
     .repeats = true},
    {.name = "reader", .argument = "USER", .help = "who may read them", .repeats = true},
    CLI_LOGIN_OPTIONS("a reader with a password, for dashboards"),
    {.name = "set-password", .help = "give the login its password again, as after a rotation"},
    {.name = "replace", .help = "make an external schema anew that reads something else"},
    {.name = "format",
     .argument = "FORMAT",
     .help = "of the rows of 'sql'",
     .choices = "text|json|csv",
     .fallback = "text"},
    CLI_WAREHOUSE_OPTIONS,
    CLI_OPTIONS_END,
};

static const char about[] =
    "Without operands: external schemas over the lake's layers (redshift.layers), the\n"
    "schemas analytics and analytics_staging, the roles analytics_writer and\n"
    "analytics_reader with their rights, and their users. Nothing is made twice; what\n"
    "stands in the end is looked at from outside.\n"
    "\n"
    "The password of --login comes from $CFNGEN_LOGIN_PASSWORD, else from the secret\n"
    "PREFIX/warehouse/LOGIN of Secrets Manager, which is made where it is not there.\n"
    "A password is never printed, and only its digest is sent to the warehouse.\n"
    "\n"
    "'sql FILE' runs the statements of a file (-: standard input) until the first\n"
    "mistake, each by itself, and prints their rows.\n";

static const struct cli_example examples[] = {
    {"cfngen warehouse --dry-run", "the SQL, as far as it is still to be done"},
    {"cfngen warehouse --login metabase_reader", "and a user for the BI tool"},
    {"echo 'select count(*) from silver.orders' | cfngen warehouse sql -", "a question"},
    {"cfngen warehouse sql report.sql --format csv > report.csv", "a report"},
    {NULL, NULL},
};

/* -- what shall be ----------------------------------------------------------------------------- */

struct wanted {
    struct cfn_warehouse_setup setup;
    struct cfn_warehouse_layer *layers;
    char **texts; /* that are its own */
    size_t text_count;
    const char **writers, **readers;
    char *password;
};

static const char *keep(struct wanted *wanted, char *text) {
    wanted->texts = cli_resize(wanted->texts, (wanted->text_count + 1) * sizeof *wanted->texts);
    return wanted->texts[wanted->text_count++] = text;
}

static void forget(struct wanted *wanted) {
    for (size_t i = 0; i < wanted->text_count; i++)
        free(wanted->texts[i]);
    cli_login_forget(wanted->password);
    free(wanted->texts);
    free(wanted->layers);
    free(wanted->writers);
    free(wanted->readers);
}

/* "raw_events" as "RawEvents". */
static char *camel(const char *snake) {
    char *text = cli_text("%s", snake), *to = text;
    bool upper = true;
    for (const char *from = snake; *from; from++) {
        if (*from != '_' && *from != '-')
            *to++ = upper && *from >= 'a' && *from <= 'z' ? (char)(*from - 'a' + 'A') : *from;
        upper = *from == '_' || *from == '-';
    }
    *to = '\0';
    return text;
}

/* The setting is "[silver, gold]". */
static int add_layers(const struct cli_step *step, struct wanted *wanted) {
    const char *at = cli_setting(step, "redshift.layers");
    wanted->layers = cli_alloc((strlen(at) + 1) * sizeof *wanted->layers);
    for (at += strspn(at, "[, "); *at && *at != ']'; at += strspn(at, ", ")) {
        size_t size = strcspn(at, ",] ");
        const char *layer = keep(wanted, cli_text("%.*s", (int)size, at));
        char *name = camel(layer);
        const char *output = keep(wanted, cli_text("%sDatabaseName", name));
        free(name);
        const char *database = cli_need(step, "glue", output);
        if (!database)
            return -1;
        wanted->layers[wanted->setup.layer_count++] = (struct cfn_warehouse_layer){layer, database};
        at += size;
    }
    wanted->setup.layers = wanted->layers;
    return 0;
}

static struct cfn_texts texts_of(const char **values) {
    struct cfn_texts texts = {values, 0};
    while (values && values[texts.count])
        texts.count++;
    return texts;
}

/* Airflow logs in by the role of its tasks. */
static void add_airflow(const struct cli_step *step, struct wanted *wanted) {
    const char *arn = cli_output(step, "mwaa", "ExecutionRoleArn");
    const char *role = arn ? strrchr(arn, '/') : NULL;
    size_t count = texts_of(wanted->writers).count;
    if (!role)
        return;
    wanted->writers = cli_resize(wanted->writers, (count + 2) * sizeof *wanted->writers);
    wanted->writers[count] = keep(wanted, cli_text("IAMR:%s", role + 1));
    wanted->writers[count + 1] = NULL;
}

static int want(const struct cli_step *step, struct wanted *wanted) {
    static const char *const schemas[] = {"analytics", "analytics_staging"};
    const struct cli *cli = step->cli;
    wanted->writers = cli_values(cli, "writer");
    wanted->readers = cli_values(cli, "reader");
    add_airflow(step, wanted);
    wanted->setup = (struct cfn_warehouse_setup){
        .region = step->what->region,
        .role_arn = cli_need(step, "redshift", "SpectrumRoleArn"),
        .database = cli_need(step, "redshift", "DatabaseName"),
        .schemas = {schemas, sizeof schemas / sizeof *schemas},
        .writer = "analytics_writer",
        .reader = "analytics_reader",
        .writers = texts_of(wanted->writers),
        .readers = texts_of(wanted->readers),
        .login = cli_value(cli, "login"),
        .set_password = cli_has(cli, "set-password"),
        .replace = cli_has(cli, "replace"),
    };
    if (!wanted->setup.role_arn || !wanted->setup.database)
        return -1;
    return add_layers(step, wanted);
}

/* -- telling ----------------------------------------------------------------------------------- */

static void print_statement(void *self, const json_t *statement) {
    const struct cli *cli = self;
    if (cli->json) {
        cli_put_line(stdout, cfn_map({"kind", cfn_str("statement")},
                                     {"sql", cfn_str(cfn_output_text(statement, "shown"))},
                                     {"why", cfn_str(cfn_output_text(statement, "why"))}));
        return;
    }
    printf("%s;", cfn_output_text(statement, "shown"));
    printf("%s -- %s%s\n", cli_style(cli, stdout, CLI_DIM), cfn_output_text(statement, "why"),
           cli_style(cli, stdout, CLI_PLAIN));
    fflush(stdout);
}

/* As a script, where transactions are told too. */
static void print_plan(struct cli *cli, const json_t *plan) {
    bool open = false;
    for (size_t i = 0; i < json_array_size(plan); i++) {
        const json_t *statement = json_array_get(plan, i);
        bool together = !json_is_true(json_object_get(statement, "alone"));
        if (together != open && !cli->json)
            puts(together ? "begin;" : "commit;");
        open = together;
        print_statement(cli, statement);
    }
    if (open && !cli->json)
        puts("commit;");
}

static int print_checks(struct cli *cli, const json_t *checks) {
    int code = CLI_DONE;
    if (!cli->json)
        putchar('\n');
    for (size_t i = 0; i < json_array_size(checks); i++) {
        const json_t *check = json_array_get(checks, i);
        bool good = json_is_true(json_object_get(check, "good"));
        code = good ? code : CLI_NO;
        if (cli->json) {
            json_t *line = json_deep_copy(check);
            json_object_set_new(line, "kind", cfn_str("check"));
            cli_put_line(stdout, line);
        } else
            printf("%s%s%s  %s: %s\n", cli_style(cli, stdout, good ? CLI_GREEN : CLI_RED),
                   good ? "ok" : "no", cli_style(cli, stdout, CLI_PLAIN),
                   cfn_output_text(check, "check"), cfn_output_text(check, "found"));
    }
    if (code != CLI_DONE) {
        cfn_fail(cli->diags, "warehouse.check", (struct cfn_place){0}, NULL,
                 "the warehouse does not have all that it should have");
        cfn_hint(cli->diags, "tables of a layer come from the stack glue: 'cfngen deploy'");
    }
    return code;
}

/* -- doing ------------------------------------------------------------------------------------- */

/* Whether a password is set: of a login that is not there, or on request. */
static bool sets_password(const struct cli *cli, const struct cfn_warehouse_setup *setup,
                          const json_t *state) {
    const json_t *users = json_object_get(state, "users");
    if (!setup->login || cli_has(cli, "dry-run"))
        return false;
    for (size_t i = 0; i < json_array_size(users); i++)
        if (strcmp(json_string_value(json_array_get(users, i)), setup->login) == 0)
            return setup->set_password;
    return true;
}

static json_t *make_plan(const struct cli_step *step, const struct cfn_warehouse *warehouse,
                         struct wanted *wanted) {
    struct cli *cli = step->cli;
    struct cfn_warehouse_setup *setup = &wanted->setup;
    if (cli_has(cli, "script"))
        return cfn_warehouse_plan(setup, NULL, cli->diags);
    json_t *state = cfn_warehouse_state(step->transport, warehouse, setup, cli->diags);
    json_t *plan = NULL;
    bool sets = state && sets_password(cli, setup, state);
    if (sets)
        setup->login_password = wanted->password = cli_login_password(step, setup->login, true);
    if (state && (!sets || setup->login_password))
        plan = cfn_warehouse_plan(setup, state, cli->diags);
    json_decref(state);
    return plan;
}

static int set_up(const struct cli_step *step, const struct cfn_warehouse *warehouse,
                  struct wanted *wanted) {
    struct cli *cli = step->cli;
    json_t *plan = make_plan(step, warehouse, wanted), *checks = NULL;
    const struct cfn_warehouse_progress progress = {print_statement, cli};
    int code = CLI_DONE;
    if (!plan)
        return cli_code_of(cli);
    if (cli_has(cli, "script") || cli_has(cli, "dry-run"))
        print_plan(cli, plan);
    else if (cfn_warehouse_apply(step->transport, warehouse, plan, &progress, cli->diags) ||
             !(checks =
                   cfn_warehouse_verify(step->transport, warehouse, &wanted->setup, cli->diags)))
        code = cli_code_of(cli);
    else
        code = print_checks(cli, checks);
    json_decref(plan);
    json_decref(checks);
    return code;
}

static int work(struct cli_step *step) {
    struct cfn_warehouse warehouse;
    struct wanted wanted = {0};
    if (step->cli->operand_count > 0)
        return cli_run_script(step, step->cli->operands[1]);
    int code = cli_warehouse_of(step, &warehouse) || want(step, &wanted) ? cli_code_of(step->cli)
                                                                         : CLI_DONE;
    if (code == CLI_DONE)
        code = cli_seconds(step->cli, "timeout", 1, 86400, &warehouse.timeout);
    if (code == CLI_DONE)
        code = set_up(step, &warehouse, &wanted);
    forget(&wanted);
    return code;
}

static int run(struct cli *cli) {
    bool script = cli->operand_count > 0;
    if (script && strcmp(cli->operands[0], "sql") != 0)
        return cli_usage(cli, "takes nothing, or 'sql FILE', not '%s'", cli->operands[0]);
    if (script && cli->operand_count != 2)
        return cli_usage(cli, "'sql' takes a file, or - for standard input");
    static const char *const setup_only[] = {"dry-run", "script",       "writer", "reader",
                                             "login",   "set-password", "replace"};
    for (size_t i = 0; script && i < sizeof setup_only / sizeof *setup_only; i++)
        if (cli_has(cli, setup_only[i]))
            return cli_usage(cli, "--%s does not go with 'sql'", setup_only[i]);
    if (!script && cli_has(cli, "format"))
        return cli_usage(cli, "--format goes with 'sql'");
    if (cli_has(cli, "secret") && cli_has(cli, "iam"))
        return cli_usage(cli, "--secret and --iam exclude each other");
    if (cli_has(cli, "set-password") && !cli_has(cli, "login"))
        return cli_usage(cli, "--set-password needs --login");
    return cli_with_outputs(cli, work);
}

const struct cli_verb cli_warehouse = {.options = options,
                                       .common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                       .about = about,
                                       .most_operands = 2,
                                       .examples = examples,
                                       .run = run};

/* cfngen metabase: dashboards of the BI tool, from text in version control. */
#include "login.h"

#include <stdlib.h>
#include <string.h>

extern char **environ;

static const struct cli_option options[] = {
    {.name = "url", .argument = "URL", .help = "of Metabase; else $CFNGEN_METABASE_URL"},
    {.name = "definitions",
     .argument = "DIR",
     .help = "what it shall hold",
     .fallback = "metabase/definitions"},
    {.name = "dry-run", .help = "tell what would be done, and do nothing"},
    {.name = "check", .help = "look at the definitions alone"},
    CLI_LOGIN_OPTIONS("of the warehouse, that Metabase uses (default: metabase_reader)"),
    {.name = "set-password", .help = "give Metabase the login's password again"},
    {.name = "insecure-http", .help = "take http:// to another machine than this one"},
    {.name = "ca-file", .argument = "FILE", .help = "certificates that Metabase's is signed by"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Signs in with $CFNGEN_METABASE_KEY, or as $CFNGEN_METABASE_USER with\n"
    "$CFNGEN_METABASE_PASSWORD, who also becomes the administrator of a new Metabase.\n"
    "Objects are found by their names within their collection: a second run changes\n"
    "nothing, and what nobody defines is not touched.\n"
    "\n"
    "Values that the definitions take from outside are environment variables or, for\n"
    "METABASE_WAREHOUSE_HOST, _PORT, _DB, _USER and _PASSWORD, what the stacks tell\n"
    "and the secret of --login, which 'cfngen warehouse --login' makes.\n";

static const struct cli_example examples[] = {
    {"cfngen metabase --check", "are the definitions whole?"},
    {"cfngen metabase --url https://metabase.example.com --dry-run", "what would change"},
    {"cfngen metabase --url http://localhost:3000", "by way of a tunnel or a proxy"},
    {NULL, NULL},
};

/* -- definitions ------------------------------------------------------------------------------- */

static json_t *load(struct cli *cli, const char *folder, const char *name) {
    char *path = cli_text("%s/%s", folder, name);
    size_t size;
    json_error_t error;
    char *text = cli_read(cli, path, &size);
    json_t *json = text ? json_loadb(text, size, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (text && !json)
        cfn_fail(cli->diags, "bi.json",
                 (struct cfn_place){.file = path, .line = error.line, .column = error.column}, NULL,
                 "%s", error.text);
    free(text);
    free(path);
    return json;
}

/* A file below the folder, and nowhere else. */
static bool is_below(const char *path) {
    return *path && *path != '/' && !strstr(path, "..") && !strchr(path, '\\');
}

static int load_query(struct cli *cli, const char *folder, json_t *card) {
    const char *sql = cfn_output_text(card, "sql");
    size_t size = 0;
    if (!is_below(sql)) {
        cfn_fail(cli->diags, "bi.sql", (struct cfn_place){.file = folder}, NULL,
                 "the sql of a card must be a file below the definitions, not '%s'", sql);
        return -1;
    }
    char *path = cli_text("%s/%s", folder, sql), *text = cli_read(cli, path, &size);
    while (text && size > 0 && strchr(" \t\r\n", text[size - 1]))
        size--;
    json_t *query = text ? json_stringn(text, size) : NULL;
    if (text && !query)
        cfn_fail(cli->diags, "bi.sql", (struct cfn_place){.file = path}, NULL, "must be UTF-8");
    int code = query ? json_object_set_new(card, "query", query) : -1;
    free(text);
    free(path);
    return code;
}

/* {database, collections, cards, dashboards}; NULL with a diagnostic. */
static json_t *load_all(struct cli *cli) {
    static const char *const names[] = {"database", "collections", "cards", "dashboards"};
    const char *given = cli_value(cli, "definitions"),
               *folder = given ? given : "metabase/definitions";
    json_t *all = json_object();
    int code = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *file = cli_text("%s.json", names[i]);
        json_t *part = load(cli, folder, file);
        bool list = i > 0;
        if (part && (list ? !json_is_array(part) : !json_is_object(part)))
            code = cfn_fail(cli->diags, "bi.json", (struct cfn_place){.file = file}, NULL,
                            "must be a %s", list ? "list" : "an object");
        code = part ? code : -1;
        json_object_set_new(all, names[i], part ? part : json_null());
        free(file);
    }
    json_t *cards = json_object_get(all, "cards");
    for (size_t i = 0; code == 0 && i < json_array_size(cards); i++)
        code = load_query(cli, folder, json_array_get(cards, i));
    if (code == 0)
        code = cfn_bi_check(all, cli->diags);
    if (code == 0)
        return all;
    json_decref(all);
    return NULL;
}

/* -- values from outside ----------------------------------------------------------------------- */

struct work {
    const struct cli_step *step;
    size_t created, updated, kept;
};

static const char *login_of(const struct cli *cli) {
    const char *login = cli_value(cli, "login");
    return login ? login : "metabase_reader";
}

/* A variable that is set goes before what the stacks tell. */
static char *value(void *self, const char *name, bool secret) {
    static const char *const outputs[][2] = {{"METABASE_WAREHOUSE_HOST", "Host"},
                                             {"METABASE_WAREHOUSE_PORT", "Port"},
                                             {"METABASE_WAREHOUSE_DB", "DatabaseName"}};
    const struct work *work = self;
    const char *own = getenv(name);
    (void)secret;
    if (own && *own)
        return cli_text("%s", own);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        if (strcmp(outputs[i][0], name) == 0) {
            const char *output = cli_need(work->step, "redshift", outputs[i][1]);
            return output ? cli_text("%s", output) : NULL;
        }
    if (strcmp(name, "METABASE_WAREHOUSE_USER") == 0)
        return cli_text("%s", login_of(work->step->cli));
    if (strcmp(name, "METABASE_WAREHOUSE_PASSWORD") == 0)
        return cli_login_password(work->step, login_of(work->step->cli), false);
    return NULL;
}

/* -- telling ----------------------------------------------------------------------------------- */

static void told(void *self, const char *what, const char *kind, const char *name,
                 const char *why) {
    struct work *work = self;
    const struct cli *cli = work->step->cli;
    bool creates = strcmp(what, "create") == 0, keeps = strcmp(what, "keep") == 0;
    *(creates ? &work->created : keeps ? &work->kept : &work->updated) += 1;
    if (cli->json) {
        cli_put_line(stdout, cfn_map({"kind", cfn_str(kind)}, {"name", cfn_str(name)},
                                     {"action", cfn_str(what)}, {"differs", cfn_str(why)}));
        return;
    }
    if (keeps)
        return;
    printf("%s%s%s  %-13s  ", cli_style(cli, stdout, creates ? CLI_GREEN : CLI_YELLOW), what,
           cli_style(cli, stdout, CLI_PLAIN), kind);
    cli_put_clean(stdout, name);
    printf("%s%s%s\n", *why ? " (" : "", why, *why ? ")" : "");
    fflush(stdout);
}

/* -- doing ------------------------------------------------------------------------------------- */

static const char *variable(const char *name) {
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

static int provision(const struct cli_step *step, struct cfn_web *web, const json_t *definitions) {
    const struct cli *cli = step->cli;
    struct work work = {.step = step};
    const struct cfn_bi bi = {.web = web,
                              .api_key = variable("CFNGEN_METABASE_KEY"),
                              .user = variable("CFNGEN_METABASE_USER"),
                              .password = variable("CFNGEN_METABASE_PASSWORD"),
                              .site_name = step->what->prefix,
                              .dry_run = cli_has(cli, "dry-run"),
                              .set_password = cli_has(cli, "set-password"),
                              .value = value,
                              .told = told,
                              .self = &work};
    int code = cfn_bi_provision(&bi, definitions, cli->diags) ? cli_code_of(cli) : CLI_DONE;
    if (code == CLI_DONE && !cli->json)
        printf("%s%zu created, %zu updated, %zu as they were\n", bi.dry_run ? "would be: " : "",
               work.created, work.updated, work.kept);
    return code;
}

static const char *url_of(const struct cli *cli) {
    const char *url = cli_value(cli, "url");
    return url ? url : variable("CFNGEN_METABASE_URL");
}

static int work(struct cli_step *step) {
    struct cli *cli = step->cli;
    const struct cfn_web_options web_options = {.url = url_of(cli),
                                                .plain = cli_has(cli, "insecure-http"),
                                                .ca_bundle = cli_value(cli, "ca-file"),
                                                .variables = (const char *const *)environ};
    json_t *definitions = load_all(cli);
    struct cfn_web *web = definitions ? cfn_web_new(&web_options, cli->diags) : NULL;
    int code = web ? provision(step, web, definitions) : cli_code_of(cli);
    cfn_web_free(web);
    json_decref(definitions);
    return code;
}

static int check(struct cli *cli) {
    json_t *definitions = load_all(cli);
    if (!definitions)
        return cli_code_of(cli);
    printf("%zu cards on %zu dashboards in %zu collections\n",
           json_array_size(json_object_get(definitions, "cards")),
           json_array_size(json_object_get(definitions, "dashboards")),
           json_array_size(json_object_get(definitions, "collections")));
    json_decref(definitions);
    return CLI_DONE;
}

static int run(struct cli *cli) {
    if (cli_has(cli, "check"))
        return check(cli);
    if (!url_of(cli))
        return cli_usage(cli, "--url, or CFNGEN_METABASE_URL, must say where Metabase is");
    return cli_with_outputs(cli, work);
}

const struct cli_verb cli_metabase = {.options = options,
                                      .common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                      .about = about,
                                      .examples = examples,
                                      .run = run};

/* cfngen upload: what the stacks need to do their work, into their buckets. */
#include "upload.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "from",
     .argument = "DIR",
     .help = "folder of the pipeline; absent: pipeline beside the platform file"},
    {.name = "dbt-project",
     .argument = "DIR",
     .help = "the dbt project; absent: dbt_project beside the pipeline"},
    {.name = "delete", .help = "delete there what was sent once and is gone here"},
    {.name = "dry-run",
     .letter = 'n',
     .help = "list what would be sent, change nothing; 1: there is something"},
    {.name = "apply",
     .help = "then deploy the stack mwaa, and what it needs, with the versions of its files"},
    {.name = "yes", .letter = 'y', .help = "carry out the plan of --apply without asking"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "PART is one of these; without it all are sent that are here.\n"
    "\n"
    "  spark         DIR/spark and DIR/tables.json to spark/ in the script bucket,\n"
    "                and both as spark/modules.zip, for --py-files\n"
    "  dags          DIR/dags to the folder of DAGs\n"
    "  dbt           the dbt project to dbt_project/ there, but for target,\n"
    "                dbt_packages and logs\n"
    "  requirements  DIR/requirements.txt, plugins.zip (or the folder plugins) and\n"
    "                startup.sh, by the paths of mwaa's settings\n"
    "\n"
    "Only what has changed is sent: the object .cfngen/PART.json of the bucket tells\n"
    "what was, and a listing whether it is still so. Hidden files, __pycache__ and\n"
    "*.pyc are passed over. What is gone here stays there without --delete, as with\n"
    "'aws s3 sync'; what somebody else has put there always stays.\n"
    "\n"
    "MWAA takes requirements, plugins and the startup script by their versions, which\n"
    "are parameters of the stack: the command that gives it new ones is printed, and\n"
    "carried out with --apply.\n"
    "\n"
    "Ctrl-C once sends nothing more and takes back what is under way in parts, twice\n"
    "ends at once. The next run goes on.\n";

static const struct cli_example examples[] = {
    {"cfngen upload", "send all that has changed"},
    {"cfngen upload dags dbt --delete", "make the DAGs just what is here"},
    {"cfngen upload requirements --apply", "send them and let Airflow install them"},
    {NULL, NULL},
};

/* -- what is asked for ------------------------------------------------------------------------- */

static bool is_part(const char *word) {
    for (size_t i = 0; cfn_upload_parts[i]; i++)
        if (strcmp(cfn_upload_parts[i], word) == 0)
            return true;
    return false;
}

static int check_parts(const struct cli *cli) {
    for (size_t i = 0; i < cli->operand_count; i++) {
        const char *near = cfn_nearest(cli->operands[i], cfn_upload_parts);
        if (!is_part(cli->operands[i]))
            return cli_usage(cli, "a part must be spark, dags, dbt or requirements%s%s%s, not '%s'",
                             near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "",
                             cli->operands[i]);
    }
    return CLI_DONE;
}

/* Beside a path; free() it. */
static char *beside(const char *path, const char *name) {
    size_t size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        size--;
    while (size > 0 && path[size - 1] != '/')
        size--;
    return cli_text("%.*s%s", (int)size, path, name);
}

static void find_sources(struct cli_upload *run) {
    const char *from = cli_value(run->cli, "from"), *dbt = cli_value(run->cli, "dbt-project");
    const char *config = cli_config_name(run->cli);
    bool standard_input = strcmp(config, "-") == 0;
    run->pipeline = from ? cli_text("%s", from) : beside(standard_input ? "" : config, "pipeline");
    run->dbt_project = dbt ? cli_text("%s", dbt) : beside(run->pipeline, "dbt_project");
}

static bool is_wanted(const struct cli *cli, const char *part) {
    for (size_t i = 0; i < cli->operand_count; i++)
        if (strcmp(cli->operands[i], part) == 0)
            return true;
    return cli->operand_count == 0;
}

/* Only the stacks whose buckets are needed are asked. */
static int ask_stacks(struct cli_upload *run) {
    const char *names[3] = {NULL};
    size_t count = 0;
    bool mwaa = is_wanted(run->cli, "dags") || is_wanted(run->cli, "dbt") ||
                is_wanted(run->cli, "requirements");
    if (is_wanted(run->cli, "spark") && cfn_assembly_find(run->session.assembly, "common"))
        names[count++] = "common";
    if (mwaa && cfn_assembly_find(run->session.assembly, "mwaa"))
        names[count++] = "mwaa";
    run->stacks = json_array();
    if (count == 0)
        return CLI_DONE;
    struct cfn_targets targets = {0};
    if (cfn_targets_of(run->session.assembly, names, CFN_DEPLOY, NULL, NULL, &targets,
                       run->cli->diags))
        return CLI_NO;
    const struct cfn_deployment what = {.targets = targets.targets, .count = targets.count};
    json_decref(run->stacks);
    run->stacks = cfn_inspect_stacks(run->door.transport, &what, run->cli->diags);
    free(targets.targets);
    return run->stacks ? CLI_DONE : cli_code_of(run->cli);
}

/* -- the versions ------------------------------------------------------------------------------ */

static void print_command(const struct cli_upload *run, const json_t *parameters) {
    const char *config = cli_value(run->cli, "config"), *name;
    json_t *version;
    puts("\nAirflow uses the new files once its stack is given their versions:");
    printf("  cfngen deploy%s%s --stack mwaa", config ? " --config " : "", config ? config : "");
    json_object_foreach((json_t *)(uintptr_t)parameters, name, version)
        printf(" --parameter mwaa.%s=%s", name, json_string_value(version));
    putchar('\n');
}

static int deploy(struct cli_upload *run, const json_t *parameters) {
    static const char *const names[] = {"mwaa", NULL};
    struct cli_deployment deployment = {0};
    struct cli_run plan = {.cli = run->cli,
                           .deployment = &deployment,
                           .transport = run->door.transport,
                           .question = "Deploy? Only 'yes' is taken:",
                           .answer = "yes"};
    if (cli_has(run->cli, "yes"))
        plan.question = NULL;
    int code = cli_deployment_of(run->cli, &run->session, CFN_DEPLOY, names,
                                 json_pack("{s:O}", "mwaa", parameters), &deployment);
    if (code == CLI_DONE) {
        cli_history_recall(&deployment);
        code = cli_plan(&plan, CFN_DEPLOY);
    }
    if (code == CLI_DONE) {
        code = cli_carry_out(&plan);
        cli_history_note(run->cli, &deployment, plan.engine);
    }
    cli_run_done(&plan);
    cli_deployment_done(&deployment);
    return code;
}

/* In a dry run nothing has a version yet. */
static int use_versions(struct cli_upload *run, const json_t *result) {
    json_t *parameters = cfn_upload_parameters(run->session.platform, run->stacks, result);
    int code = CLI_DONE;
    if (json_object_size(parameters) > 0 && !cli_has(run->cli, "dry-run")) {
        if (cli_has(run->cli, "apply"))
            code = deploy(run, parameters);
        else if (!run->cli->json)
            print_command(run, parameters);
    }
    json_decref(parameters);
    return code;
}

/* -- the run ----------------------------------------------------------------------------------- */

static int send(struct cli_upload *run) {
    const struct cfn_upload_options how = {.dry_run = cli_has(run->cli, "dry-run"),
                                           .remove = cli_has(run->cli, "delete")};
    const struct cfn_upload_watcher watcher = cli_upload_watcher(run);
    run->upload = cfn_upload_new(run->set.places, run->set.count, &how);
    int failed = cfn_upload_run(run->upload, run->door.transport, &watcher, run->cli->diags);
    json_t *result = cfn_upload_result(run->upload);
    json_t *parameters = cfn_upload_parameters(run->session.platform, run->stacks, result);
    json_object_set_new(result, "parameters", parameters);
    cli_upload_tell(run, result);
    int code = failed ? cli_code_of(run->cli) : CLI_DONE;
    if (code == CLI_DONE)
        code = use_versions(run, result);
    if (code == CLI_DONE && how.dry_run && cli_upload_changes(result))
        code = CLI_NO;
    json_decref(result);
    return code;
}

static int work(struct cli_upload *run) {
    const struct cfn_upload_sources sources = {run->pipeline, run->dbt_project, run->cli->operands};
    int code = ask_stacks(run);
    if (code == CLI_DONE &&
        cfn_upload_set_of(run->session.platform, run->stacks, &sources, &run->set, run->cli->diags))
        code = cli_code_of(run->cli);
    return code == CLI_DONE ? send(run) : code;
}

/* The transport goes first: it may still have bodies of the upload under way. */
static int run(struct cli *cli) {
    struct cli_upload upload = {.cli = cli};
    int code = check_parts(cli);
    if (code != CLI_DONE)
        return code;
    find_sources(&upload);
    code = cli_synthesize(cli, &upload.session);
    if (code == CLI_DONE)
        code = cli_connect(cli, &upload.session, &upload.door);
    if (code == CLI_DONE) {
        cli_catch_interrupts(&upload.door);
        code = work(&upload);
    }
    cli_catch_interrupts(NULL);
    cli_disconnect(&upload.door);
    cfn_upload_free(upload.upload);
    cfn_upload_set_done(&upload.set);
    json_decref(upload.stacks);
    cli_session_done(&upload.session);
    free(upload.pipeline);
    free(upload.dbt_project);
    return code;
}

const struct cli_verb cli_upload = {options,  CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                    about,    "spark dags dbt requirements",
                                    SIZE_MAX, examples,
                                    run};

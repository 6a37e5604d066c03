/* cfngen rehearse: a whole deployment in the embedded simulation, in virtual time. */
#include "deployment.h"
#include "simulation.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_STACK_OPTION("what it needs"),
    {.name = "deployed",
     .argument = "DIR",
     .help = "what 'cfngen synth --out DIR' wrote stands already: rehearse the update"},
    {.name = "destroy", .help = "rehearse the deletion of what was deployed"},
    {.name = "change-sets", .help = "by way of change sets"},
    {.name = "express", .help = "as 'cfngen deploy --express'"},
    CLI_PARAMETER_OPTION,
    {.name = "fail",
     .argument = "STACK/ID[=REASON]",
     .help = "let this resource fail (STACK as CloudFormation calls it)",
     .repeats = true},
    {.name = "seed", .argument = "NUMBER", .help = "of ids and jitter", .fallback = "1"},
    {.name = "speed",
     .argument = "FACTOR",
     .help = "play it so many times as fast as it would be; 0: at once",
     .fallback = "0"},
    CLI_RUN_OPTIONS("write the result as JSON"),
    CLI_OPTIONS_END,
};

static const char about[] =
    "The same engine that deploys to AWS deploys into a CloudFormation of our own, in\n"
    "this process and in virtual time: templates are really evaluated, checked\n"
    "against AWS's resource schema and created resource by resource, each taking the\n"
    "time it typically takes. No account is needed, and nothing is created anywhere.\n"
    "\n"
    "It is a simulation. It does not know whether AWS accepts every value that its\n"
    "schema accepts, your permissions, quotas and existing resources, or how long AWS\n"
    "takes today.\n";

static const struct cli_example examples[] = {
    {"cfngen rehearse", "the timeline and the longest path of a first deployment"},
    {"cfngen rehearse --speed 200", "watch it: two hundred times as fast"},
    {"cfngen rehearse --deployed out", "what an update would do to what is in out/"},
    {"cfngen rehearse --fail shop-dev-rds/Database", "what happens when the database fails"},
    {NULL, NULL},
};

struct rehearsal {
    struct cli *cli;
    struct cli_session session;
    struct cli_deployment deployment;
    struct cfn_sim *sim;
    json_t *failures;
    double seed, speed;
};

/* Stacks that stand before: carried out without a word, and without the faults. */
static int deploy_before(struct rehearsal *rehearsal, const struct cfn_deployment *what) {
    struct cfn_engine *engine = cfn_engine_new(what, CFN_DEPLOY);
    const struct cfn_transport *transport = cfn_sim_transport(rehearsal->sim);
    const struct cfn_watcher nobody = {.tick = 60000};
    if (cfn_engine_run(engine, transport, &nobody) == CFN_PLANNED) {
        cfn_engine_approve(engine);
        cfn_engine_run(engine, transport, &nobody);
    }
    int code = cfn_engine_tell(engine, rehearsal->cli->diags) ? CLI_NO : CLI_DONE;
    cfn_engine_free(engine);
    return code;
}

/* Whatever is deleted stood there with all that it needs. */
static int deploy_everything(struct rehearsal *rehearsal) {
    struct cfn_deployment all = rehearsal->deployment.what;
    struct cfn_targets targets = {0};
    int code = CLI_NO;
    if (cfn_targets_of(rehearsal->session.assembly, NULL, CFN_DEPLOY,
                       rehearsal->deployment.parameters, rehearsal->deployment.tags, &targets,
                       rehearsal->cli->diags) == 0) {
        all.targets = targets.targets;
        all.count = targets.count;
        code = deploy_before(rehearsal, &all);
    }
    free(targets.targets);
    return code;
}

static json_t *read_template(struct cli *cli, const char *directory, const char *file) {
    size_t size;
    char *path = cli_text("%s/%s", directory, file), *text = cli_read(cli, path, &size);
    json_t *body = text ? cfn_template_read(path, text, size, cli->diags) : NULL;
    free(text);
    free(path);
    return body;
}

static int refuse_manifest(struct cli *cli, const char *path) {
    cfn_fail(cli->diags, "cli.manifest", (struct cfn_place){.file = path}, NULL,
             "must be a manifest that 'cfngen synth --out' wrote");
    return CLI_NO;
}

/* One stack of a manifest; body and names stay in `keep`. */
static int read_target(struct rehearsal *rehearsal, const char *directory, const json_t *entry,
                       json_t *keep, struct cfn_target *target) {
    const char *file = json_string_value(json_object_get(entry, "file"));
    const char *name = json_string_value(json_object_get(entry, "name"));
    const char *stack_name = json_string_value(json_object_get(entry, "stack_name"));
    const json_t *needs = json_object_get(entry, "needs");
    if (!file || !name || !stack_name || strchr(file, '/'))
        return refuse_manifest(rehearsal->cli, directory);
    json_t *body = read_template(rehearsal->cli, directory, file);
    if (!body)
        return CLI_NO;
    json_array_append_new(keep, body);
    const char **names = cli_alloc((json_array_size(needs) + 1) * sizeof *names);
    for (size_t i = 0; i < json_array_size(needs); i++)
        names[i] = json_string_value(json_array_get(needs, i));
    *target = (struct cfn_target){
        .name = name,
        .stack_name = stack_name,
        .body = body,
        .needs = {names, json_array_size(needs)},
        .parameters = json_object_get(rehearsal->deployment.parameters, name),
        .tags = rehearsal->deployment.tags,
    };
    return CLI_DONE;
}

static int deploy_directory(struct rehearsal *rehearsal, const char *directory) {
    char *path = cli_text("%s/manifest.json", directory);
    size_t size;
    char *text = cli_read(rehearsal->cli, path, &size);
    json_t *manifest = text ? json_loadb(text, size, 0, NULL) : NULL, *keep = json_array();
    const json_t *stacks = json_object_get(manifest, "stacks");
    size_t count = json_array_size(stacks);
    struct cfn_target *targets = cli_alloc((count + 1) * sizeof *targets);
    int code = !text ? CLI_IO : CLI_DONE;
    if (text && count == 0)
        code = refuse_manifest(rehearsal->cli, path);
    for (size_t i = 0; code == CLI_DONE && i < count; i++)
        code = read_target(rehearsal, directory, json_array_get(stacks, i), keep, &targets[i]);
    struct cfn_deployment before = rehearsal->deployment.what;
    before.targets = targets;
    before.count = count;
    before.mode = CFN_DIRECT;
    if (code == CLI_DONE)
        code = deploy_before(rehearsal, &before);
    for (size_t i = 0; i < count; i++)
        free((void *)(uintptr_t)targets[i].needs.items);
    free(targets);
    json_decref(keep);
    json_decref(manifest);
    free(text);
    free(path);
    return code;
}

static void tell_what_it_is(const struct rehearsal *rehearsal) {
    struct cli *cli = rehearsal->cli;
    if (cli->json)
        return;
    printf("%sA simulation%s of %s in %s: nothing is created, no account is asked.\n\n",
           cli_style(cli, stdout, CLI_BOLD), cli_style(cli, stdout, CLI_PLAIN),
           rehearsal->deployment.what.prefix, rehearsal->deployment.what.region);
    fflush(stdout);
}

static int rehearse(struct rehearsal *rehearsal, enum cfn_goal goal) {
    struct cli *cli = rehearsal->cli;
    const struct cfn_transport *transport = cfn_sim_transport(rehearsal->sim);
    struct cli_run run = {.cli = cli, .deployment = &rehearsal->deployment, .transport = transport};
    run.live.speed = rehearsal->speed;
    run.live.silent = rehearsal->speed <= 0;
    tell_what_it_is(rehearsal);
    int code = cli_plan(&run, goal);
    if (code == CLI_DONE && !cli->json)
        putchar('\n');
    if (code == CLI_DONE)
        code = cli_carry_out(&run);
    if (run.began && !cli->json) {
        putchar('\n');
        cli_chart_print(cli, run.engine, run.began, transport->now(transport->self), stdout);
    }
    cli_run_done(&run);
    return code;
}

static bool has_resource(const struct cfn_targets *targets, const char *where) {
    const char *slash = strchr(where, '/');
    for (size_t i = 0; i < targets->count; i++) {
        const char *name = targets->targets[i].stack_name;
        if (strlen(name) == (size_t)(slash - where) && strncmp(name, where, strlen(name)) == 0 &&
            json_object_get(json_object_get(targets->targets[i].body, "Resources"), slash + 1))
            return true;
    }
    return false;
}

/* A failure that can never come would make a rehearsal look better than it is. */
static int check_failures(const struct rehearsal *rehearsal) {
    const char *where;
    json_t *unused;
    json_object_foreach(rehearsal->failures, where, unused) {
        if (!has_resource(&rehearsal->deployment.targets, where))
            return cli_usage(rehearsal->cli,
                             "--fail must name a resource of a stack that is deployed, such as "
                             "shop-dev-rds/Database, not '%s'",
                             where);
    }
    return CLI_DONE;
}

static int begin(struct rehearsal *rehearsal) {
    struct cli *cli = rehearsal->cli;
    enum cfn_goal goal = cli_has(cli, "destroy") ? CFN_DESTROY : CFN_DEPLOY;
    int code = cli_number(cli, "seed", 0, 9007199254740991, &rehearsal->seed);
    if (code == CLI_DONE)
        code = cli_number(cli, "speed", 0, 1e6, &rehearsal->speed);
    if (code == CLI_DONE && !(rehearsal->failures = cli_failures(cli)))
        code = CLI_USAGE;
    if (code == CLI_DONE)
        code = cli_synthesize(cli, &rehearsal->session);
    if (code == CLI_DONE)
        code = cli_deployment(cli, &rehearsal->session, goal, &rehearsal->deployment);
    if (code == CLI_DONE)
        code = check_failures(rehearsal);
    if (code != CLI_DONE)
        return code;
    const struct cfn_sim_options simulation = {
        .seed = (uint64_t)rehearsal->seed,
        .region = rehearsal->deployment.what.region,
    };
    rehearsal->sim = cfn_sim_new(&simulation);
    rehearsal->deployment.what.run = (uint64_t)rehearsal->seed + 1;
    rehearsal->deployment.what.no_preflight = true; /* there is no account to be asked */
    if (cli_has(cli, "deployed"))
        code = deploy_directory(rehearsal, cli_value(cli, "deployed"));
    else if (goal == CFN_DESTROY)
        code = deploy_everything(rehearsal);
    cfn_sim_set_failures(rehearsal->sim, rehearsal->failures);
    return code == CLI_DONE ? rehearse(rehearsal, goal) : code;
}

static int run(struct cli *cli) {
    struct rehearsal rehearsal = {.cli = cli, .seed = 1};
    cli_catch_interrupts(NULL);
    int code = begin(&rehearsal);
    cfn_sim_free(rehearsal.sim);
    json_decref(rehearsal.failures);
    cli_deployment_done(&rehearsal.deployment);
    cli_session_done(&rehearsal.session);
    return code;
}

const struct cli_verb cli_rehearse = {options, CLI_PLATFORM | CLI_REPORT, about, NULL, 0, examples,
                                      run};

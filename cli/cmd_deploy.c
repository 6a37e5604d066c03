/* cfngen deploy: the stacks as the platform file describes them. */
#include "deployment.h"

static const struct cli_option options[] = {
    CLI_STACK_OPTION("what it needs"),
    {.name = "yes", .letter = 'y', .help = "carry out the plan without asking"},
    {.name = "dry-run",
     .letter = 'n',
     .help = "show the plan, change nothing; 1: there are changes"},
    {.name = "change-sets", .help = "by way of change sets, which are a part of the plan"},
    {.name = "express",
     .help = "do not wait until resources are stable: for development, never for production"},
    CLI_PARAMETER_OPTION,
    {.name = "stack-policy", .argument = "FILE", .help = "policy that updates must obey, as JSON"},
    {.name = "no-rollback", .help = "leave what failed as it is, to be looked at and tried again"},
    {.name = "skip",
     .argument = "STACK.ID",
     .help = "resource that the continued rollback of a stack leaves out",
     .repeats = true},
    {.name = "skip-failed", .help = "leave out whatever fails in a continued rollback"},
    {.name = "no-wait", .help = "refuse stacks that somebody else is working on"},
    {.name = "no-preflight", .help = "do not look for what would fail"},
    CLI_RUN_OPTIONS("write the result as JSON, outputs included"),
    CLI_OPTIONS_END,
};

static const char about[] =
    "First everything is read and compared, which changes nothing: templates,\n"
    "parameters and tags of all stacks, and what AWS would refuse after half an hour\n"
    "(the preflight). The plan is shown once, down to single properties; what loses\n"
    "data, replaces it or opens access is said loudly. Then stacks are deployed as\n"
    "soon as those are done whose exports they import, the longest way first.\n"
    "\n"
    "What matters is kept by CloudFormation, not here: a run that was killed is\n"
    "continued by the next one. Ctrl-C once starts nothing more, twice leaves what\n"
    "runs to itself. When a stack fails, those that do not need it go on.\n"
    "\n"
    "With --output json each line is an object: the plan, events, the result.\n";

static const struct cli_example examples[] = {
    {"cfngen deploy", "show the plan, ask, deploy"},
    {"cfngen deploy --stack rds", "deploy one stack and what it needs"},
    {"cfngen deploy --dry-run", "see what would change; exit code 1 when something would"},
    {"cfngen deploy --yes --output json --result result.json", "in a pipeline"},
    {NULL, NULL},
};

static int deploy(struct cli *cli, struct cli_deployment *deployment,
                  const struct cfn_transport *transport) {
    struct cli_run run = {.cli = cli,
                          .deployment = deployment,
                          .transport = transport,
                          .question = "Deploy? Only 'yes' is taken:",
                          .answer = "yes"};
    if (cli_has(cli, "yes"))
        run.question = NULL;
    cli_history_recall(deployment);
    int code = cli_plan(&run, CFN_DEPLOY);
    if (code == CLI_DONE && cli_has(cli, "dry-run"))
        code = cfn_engine_changes(run.engine) ? CLI_NO : CLI_DONE;
    else if (code == CLI_DONE) {
        code = cli_carry_out(&run);
        cli_history_note(cli, deployment, run.engine);
    }
    cli_run_done(&run);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_deployment(cli, CFN_DEPLOY, deploy);
}

const struct cli_verb cli_deploy = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

/* cfngen diff: what a deployment would change. */
#include "deployment.h"

static const struct cli_option options[] = {
    CLI_STACK_OPTION("what it needs"),
    CLI_PARAMETER_OPTION,
    CLI_OPTIONS_END,
};

static const char about[] =
    "Compares the templates, parameters and tags of all stacks with what is deployed,\n"
    "in parallel and without a change set: nothing is made. Whether a resource is\n"
    "replaced is told from AWS's resource schema, what loses data or opens access\n"
    "from the properties themselves. The exit code is 0 when nothing differs, 1 when\n"
    "something does, 3 when AWS could not be asked.\n";

static const struct cli_example examples[] = {
    {"cfngen diff", "all stacks"},
    {"cfngen diff --env production --stack rds", "one stack and what it needs"},
    {"cfngen diff --output json | jq '.stacks[].changes'", "for machines"},
    {NULL, NULL},
};

static int diff(struct cli *cli, struct cli_deployment *deployment,
                const struct cfn_transport *transport) {
    deployment->what.no_preflight = true;
    deployment->what.mode = CFN_DIRECT;
    struct cli_run run = {
        .cli = cli, .deployment = deployment, .transport = transport, .whole_diff = true};
    int code = cli_plan(&run, CFN_DEPLOY);
    if (code == CLI_DONE)
        code = cfn_engine_changes(run.engine) ? CLI_NO : CLI_DONE;
    cli_run_done(&run);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_deployment(cli, CFN_DEPLOY, diff);
}

const struct cli_verb cli_diff = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

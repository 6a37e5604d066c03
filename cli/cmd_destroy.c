/* cfngen destroy: the stacks are deleted, the data is not, unless both keys agree. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    CLI_STACK_OPTION("those that need it"),
    {.name = "confirm",
     .argument = "PLATFORM",
     .help = "the platform's name (project-environment), typed beforehand"},
    {.name = "dry-run",
     .letter = 'n',
     .help = "show the plan, change nothing; 1: there is something to delete"},
    {.name = "no-wait", .help = "refuse stacks that somebody else is working on"},
    CLI_RUN_OPTIONS("write the result as JSON"),
    CLI_OPTIONS_END,
};

static const char about[] =
    "Stacks are deleted in reverse order, those that nobody needs at the same time.\n"
    "Buckets, databases and keys stay in the account and are listed at the end,\n"
    "unless allow_data_deletion is set for the platform and for the stack, and that\n"
    "was deployed. Only then are buckets emptied, with all versions.\n"
    "\n"
    "Before anything is deleted the platform's name must be typed, or be given by\n"
    "the option --confirm. Termination protection is switched off after that.\n";

static const struct cli_example examples[] = {
    {"cfngen destroy --dry-run", "what would go, and what would stay"},
    {"cfngen destroy", "show the plan, ask for the platform's name, delete"},
    {"cfngen destroy --stack mwaa --confirm shop-dev", "one stack, in a pipeline"},
    {NULL, NULL},
};

static int destroy(struct cli *cli, struct cli_deployment *deployment,
                   const struct cfn_transport *transport) {
    const char *name = deployment->what.prefix, *confirmed = cli_value(cli, "confirm");
    if (confirmed && strcmp(confirmed, name) != 0)
        return cli_usage(cli, "--confirm must be the platform's name, %s, not '%s'", name,
                         confirmed);
    char *question = cli_text("Type the platform's name, %s, to delete these stacks:", name);
    struct cli_run run = {.cli = cli,
                          .deployment = deployment,
                          .transport = transport,
                          .question = confirmed ? NULL : question,
                          .answer = name};
    cli_history_recall(deployment);
    int code = cli_plan(&run, CFN_DESTROY);
    if (code == CLI_DONE && cli_has(cli, "dry-run"))
        code = cfn_engine_changes(run.engine) ? CLI_NO : CLI_DONE;
    else if (code == CLI_DONE)
        code = cli_carry_out(&run);
    cli_run_done(&run);
    free(question);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_deployment(cli, CFN_DESTROY, destroy);
}

const struct cli_verb cli_destroy = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

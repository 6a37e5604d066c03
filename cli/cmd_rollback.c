/* cfngen rollback: bring failed stacks back to their last good state. */
#include "deployment.h"

#include <stdlib.h>

static const struct cli_option options[] = {
    {.name = "skip",
     .argument = "STACK.ID",
     .help = "resource that a continued rollback leaves out, as it is",
     .repeats = true},
    CLI_OPTIONS_END,
};

static const char about[] =
    "A rollback that has failed is continued; what failed without a rollback\n"
    "(deploy --no-rollback) is rolled back. Stacks that have settled are left alone.\n"
    "It returns at once: 'cfngen watch' follows.\n";

static const struct cli_example examples[] = {
    {"cfngen rollback", "every stack that has failed half-way"},
    {"cfngen rollback rds --skip rds.Instance", "leaving out what cannot be taken back"},
    {NULL, NULL},
};

static int rollback(struct cli *cli, struct cli_deployment *deployment,
                    const struct cfn_transport *transport) {
    return cli_put_undone(cli, cfn_roll_back(transport, &deployment->what, cli->diags), "begun");
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, rollback);
}

const struct cli_verb cli_rollback = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, "@ls --names", SIZE_MAX, examples, run};

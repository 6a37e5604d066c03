/* cfngen cancel: take back updates under way. */
#include "deployment.h"

static const char about[] =
    "Updates under way are cancelled: CloudFormation takes them back to what was\n"
    "before. A creation cannot be cancelled, and what others have begun is cancelled\n"
    "as well. 'cfngen watch' follows the way back.\n";

static const struct cli_example examples[] = {
    {"cfngen cancel", "every update of the platform that is under way"},
    {"cfngen cancel rds", "that of one stack"},
    {NULL, NULL},
};

static int cancel(struct cli *cli, struct cli_deployment *deployment,
                  const struct cfn_transport *transport) {
    return cli_put_undone(cli, cfn_cancel(transport, &deployment->what, cli->diags), "cancelled");
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, cancel);
}

const struct cli_verb cli_cancel = {.common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                    .about = about,
                                    .words = "@ls --names",
                                    .most_operands = SIZE_MAX,
                                    .examples = examples,
                                    .run = run};

/* cfngen version: of the library that is linked, and of the facts it holds. */
#include "cli.h"

static const char about[] = "Says too where the facts about AWS's resource types come from.\n";

static int run(struct cli *cli) {
    if (cli->json) {
        cli_put_json(stdout, cfn_map({"version", cfn_str(cfn_version())},
                                     {"schema", cfn_str(cfn_schema_source())},
                                     {"types", cfn_int((long long)cfn_schema_count())}));
        return CLI_DONE;
    }
    printf("cfngen %s\n%zu resource types of AWS, from %s\n", cfn_version(), cfn_schema_count(),
           cfn_schema_source());
    return CLI_DONE;
}

const struct cli_verb cli_version = {NULL, CLI_REPORT, about, NULL, 0, NULL, run};

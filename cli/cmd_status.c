/* cfngen status: what is deployed, in one table. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const char about[] =
    "One line per stack: its state in CloudFormation, when it was last changed,\n"
    "whether drift was found when it was last looked for, and whether it is protected\n"
    "from deletion. The exit code is 1 when a stack has failed or is not there.\n";

static const struct cli_example examples[] = {
    {"cfngen status", "all stacks of the platform"},
    {"cfngen status rds dms", "two of them"},
    {"cfngen status --output json | jq -r '.[] | [.name, .status] | @tsv'", "for machines"},
    {NULL, NULL},
};

static bool is_good(const char *status) {
    size_t size = strlen(status);
    return size > 9 && strcmp(status + size - 9, "_COMPLETE") == 0 &&
           strcmp(status, "ROLLBACK_COMPLETE") != 0 && strcmp(status, "DELETE_COMPLETE") != 0;
}

static void add_row(struct cli_table *table, const json_t *stack) {
    const char *status = cfn_output_text(stack, "status");
    const char *updated = cfn_output_text(stack, "updated");
    bool protects = json_is_true(json_object_get(stack, "termination_protection"));
    cli_cell(table, "%s", cfn_output_text(stack, "name"));
    cli_cell(table, "%s", *status ? status : "-");
    cli_cell(table, "%.19s", *updated ? updated : cfn_output_text(stack, "created"));
    cli_cell(table, "%s", cfn_output_text(stack, "drift"));
    cli_cell(table, "%s", !*status ? "" : protects ? "yes" : "no");
}

static void print_table(const struct cli *cli, const json_t *stacks) {
    struct cli_table table = {.columns = 5};
    static const char *const heads[] = {"STACK", "STATUS", "CHANGED", "DRIFT", "PROTECTED"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        cli_cell(&table, "%s", heads[i]);
    for (size_t i = 0; i < json_array_size(stacks); i++)
        add_row(&table, json_array_get(stacks, i));
    cli_table_print(cli, &table, stdout);
}

static int status(struct cli *cli, struct cli_deployment *deployment,
                  const struct cfn_transport *transport) {
    json_t *stacks = cfn_inspect_stacks(transport, &deployment->what, cli->diags);
    int code = CLI_DONE;
    if (!stacks)
        return cli_code_of(cli);
    for (size_t i = 0; i < json_array_size(stacks); i++)
        if (!is_good(cfn_output_text(json_array_get(stacks, i), "status")))
            code = CLI_NO;
    if (cli->json)
        cli_put_json(stdout, json_incref(stacks));
    else
        print_table(cli, stacks);
    json_decref(stacks);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, status);
}

const struct cli_verb cli_status = {.common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                    .about = about,
                                    .words = "@ls --names",
                                    .most_operands = SIZE_MAX,
                                    .examples = examples,
                                    .run = run};

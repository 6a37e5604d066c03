/* cfngen drift: what was changed by hand. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Drift is detected on all stacks at the same time. CloudFormation does not know\n"
    "the drift of every type; those that it cannot look at are not in the list. The\n"
    "exit code is 1 when something has drifted.\n";

static const struct cli_example examples[] = {
    {"cfngen drift", "all stacks"},
    {"cfngen drift rds --output json", "one of them, for machines"},
    {NULL, NULL},
};

static void print_resource(const json_t *resource) {
    const json_t *differences = json_object_get(resource, "differences");
    printf("    %s  %s  %s\n", cfn_output_text(resource, "logical_id"),
           cfn_output_text(resource, "type"), cfn_output_text(resource, "drift"));
    for (size_t i = 0; i < json_array_size(differences); i++) {
        const json_t *difference = json_array_get(differences, i);
        fputs("        ", stdout);
        cli_put_clean(stdout, cfn_output_text(difference, "path"));
        fputs(": ", stdout);
        cli_put_clean(stdout, cfn_output_text(difference, "expected"));
        fputs(" -> ", stdout);
        cli_put_clean(stdout, cfn_output_text(difference, "actual"));
        putchar('\n');
    }
}

static void print_stack(const struct cli *cli, const json_t *stack) {
    const char *drift = cfn_output_text(stack, "drift"), *reason = cfn_output_text(stack, "reason");
    bool drifted = strcmp(drift, "DRIFTED") == 0;
    printf("%s%-14s  %s%s", cli_style(cli, stdout, drifted ? CLI_YELLOW : CLI_PLAIN),
           cfn_output_text(stack, "name"), drift, cli_style(cli, stdout, CLI_PLAIN));
    if (*reason) {
        fputs("  ", stdout);
        cli_put_clean(stdout, reason);
    }
    putchar('\n');
    const json_t *resources = json_object_get(stack, "resources");
    for (size_t i = 0; i < json_array_size(resources); i++)
        print_resource(json_array_get(resources, i));
}

static int drift(struct cli *cli, struct cli_deployment *deployment,
                 const struct cfn_transport *transport) {
    if (!cli->json)
        fputs("detecting drift ...\n", stderr);
    json_t *stacks = cfn_inspect_drift(transport, &deployment->what, cli->diags);
    int code = stacks ? CLI_DONE : cli_code_of(cli);
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const json_t *stack = json_array_get(stacks, i);
        if (strcmp(cfn_output_text(stack, "drift"), "DRIFTED") == 0)
            code = CLI_NO;
        if (!cli->json)
            print_stack(cli, stack);
    }
    if (stacks && cli->json)
        cli_put_json(stdout, json_incref(stacks));
    json_decref(stacks);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, drift);
}

const struct cli_verb cli_drift = {.common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                   .about = about,
                                   .words = "@ls --names",
                                   .most_operands = SIZE_MAX,
                                   .examples = examples,
                                   .run = run};

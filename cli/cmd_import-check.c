/* cfngen import-check: who imports what from whom. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Lists what the deployed stacks export and which stacks import it: an export that\n"
    "is imported can be neither changed nor removed, nor its stack deleted. Then what\n"
    "the templates will import, and whether somebody exports it today. The exit code\n"
    "is 1 when a stack that is deployed imports what nobody exports.\n";

static const struct cli_example examples[] = {
    {"cfngen import-check", "all stacks"},
    {"cfngen import-check common --output json", "one of them, for machines"},
    {NULL, NULL},
};

static char *joined(const json_t *names) {
    char *text = cli_text("%s", "");
    for (size_t i = 0; i < json_array_size(names); i++) {
        char *longer =
            cli_text("%s%s%s", text, i ? ", " : "", json_string_value(json_array_get(names, i)));
        free(text);
        text = longer;
    }
    return text;
}

static void add_rows(struct cli_table *table, const json_t *stack) {
    const json_t *exports = json_object_get(stack, "exports");
    const json_t *imports = json_object_get(stack, "imports");
    for (size_t i = 0; i < json_array_size(exports); i++) {
        const json_t *export = json_array_get(exports, i);
        char *importers = joined(json_object_get(export, "importers"));
        cli_cell(table, "%s", cfn_output_text(stack, "name"));
        cli_cell(table, "exports");
        cli_cell(table, "%s", cfn_output_text(export, "name"));
        cli_cell(table, "%s", *importers ? importers : "-");
        free(importers);
    }
    for (size_t i = 0; i < json_array_size(imports); i++) {
        const json_t *import = json_array_get(imports, i);
        const char *exporter = cfn_output_text(import, "exporter");
        cli_cell(table, "%s", cfn_output_text(stack, "name"));
        cli_cell(table, "imports");
        cli_cell(table, "%s", cfn_output_text(import, "name"));
        cli_cell(table, "%s", *exporter ? exporter : "nobody exports it yet");
    }
}

/* A deployed stack whose template imports what is not exported. */
static bool is_broken(const json_t *stack) {
    const json_t *imports = json_object_get(stack, "imports");
    if (!*cfn_output_text(stack, "status"))
        return false;
    for (size_t i = 0; i < json_array_size(imports); i++)
        if (!*cfn_output_text(json_array_get(imports, i), "exporter"))
            return true;
    return false;
}

static int import_check(struct cli *cli, struct cli_deployment *deployment,
                        const struct cfn_transport *transport) {
    json_t *stacks = cfn_inspect_imports(transport, &deployment->what, cli->diags);
    struct cli_table table = {.columns = 4};
    int code = stacks ? CLI_DONE : cli_code_of(cli);
    cli_cell(&table, "STACK");
    cli_cell(&table, "%s", "");
    cli_cell(&table, "NAME");
    cli_cell(&table, "BY OR FROM");
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        add_rows(&table, json_array_get(stacks, i));
        if (is_broken(json_array_get(stacks, i)))
            code = CLI_NO;
    }
    if (stacks && cli->json)
        cli_put_json(stdout, json_incref(stacks));
    else if (stacks)
        cli_table_print(cli, &table, stdout);
    cli_table_drop(&table);
    json_decref(stacks);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, import_check);
}

const struct cli_verb cli_import_check = {.common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                          .about = about,
                                          .words = "@ls --names",
                                          .most_operands = SIZE_MAX,
                                          .examples = examples,
                                          .run = run};

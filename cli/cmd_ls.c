/* cfngen ls: the stacks in their order of deployment. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "names", .help = "only the names of enabled stacks, one a line"},
    CLI_OPTIONS_END,
};

static const char about[] = "Stacks that are switched off stand at the end.\n";

static const struct cli_example examples[] = {
    {"cfngen ls", "what is deployed, after what"},
    {"cfngen ls --output json | jq -r '.[].stack_name'", "names in CloudFormation"},
    {NULL, NULL},
};

static json_t *json_of(const struct cfn_assembled *stack) {
    return cfn_map({"name", cfn_str(stack->name)}, {"stack_name", cfn_str(stack->stack_name)},
                   {"enabled", cfn_bool(true)}, {"summary", cfn_str(stack->summary)},
                   {"resources", cfn_int((long long)cli_resources(stack))},
                   {"needs", cfn_strs_of(stack->needs.items, stack->needs.count)});
}

/* Stacks of the set that are not in the assembly: index counts among these. */
static const struct cfn_stack *switched_off(const struct cli_session *session, size_t index) {
    for (size_t i = 0; i < cfn_stack_set_count(session->set); i++) {
        const struct cfn_stack *stack = cfn_stack_set_at(session->set, i);
        if (!cfn_assembly_find(session->assembly, stack->name) && index-- == 0)
            return stack;
    }
    return NULL;
}

static void print_json(const struct cli_session *session) {
    json_t *all = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < cfn_assembly_count(session->assembly); i++)
        all = cfn_append(all, json_of(cfn_assembly_at(session->assembly, i)));
    const struct cfn_stack *off;
    for (size_t i = 0; (off = switched_off(session, i)); i++)
        all = cfn_append(all,
                         cfn_map({"name", cfn_str(off->name)}, {"stack_name", json_null()},
                                 {"enabled", cfn_bool(false)}, {"summary", cfn_str(off->summary)},
                                 {"resources", cfn_int(0)}, {"needs", cfn_list_of(NULL, 0)}));
    cli_put_json(stdout, all);
}

static void add_row(struct cli_table *table, const struct cfn_assembled *stack) {
    char *needs = cli_joined(stack->needs);
    cli_cell(table, "%s", stack->name);
    cli_cell(table, "%s", stack->stack_name);
    cli_cell(table, "%zu", cli_resources(stack));
    cli_cell(table, "%s", needs);
    free(needs);
}

static void print_table(const struct cli *cli, const struct cli_session *session) {
    struct cli_table table = {.columns = 4, .right = 1 << 2};
    cli_cell(&table, "STACK");
    cli_cell(&table, "IN CLOUDFORMATION");
    cli_cell(&table, "RESOURCES");
    cli_cell(&table, "NEEDS");
    for (size_t i = 0; i < cfn_assembly_count(session->assembly); i++)
        add_row(&table, cfn_assembly_at(session->assembly, i));
    const struct cfn_stack *off;
    for (size_t i = 0; (off = switched_off(session, i)); i++) {
        cli_cell(&table, "%s", off->name);
        cli_cell(&table, "(switched off)");
        cli_cell(&table, "-");
        cli_cell(&table, "-");
    }
    cli_table_print(cli, &table, stdout);
}

static void print_names(const struct cli_session *session) {
    for (size_t i = 0; i < cfn_assembly_count(session->assembly); i++)
        puts(cfn_assembly_at(session->assembly, i)->name);
}

static int run(struct cli *cli) {
    struct cli_session session = {0};
    int code = cli_synthesize(cli, &session);
    if (code == CLI_DONE && cli_has(cli, "names"))
        print_names(&session);
    else if (code == CLI_DONE && cli->json)
        print_json(&session);
    else if (code == CLI_DONE)
        print_table(cli, &session);
    cli_session_done(&session);
    return code;
}

const struct cli_verb cli_ls = {options, CLI_PLATFORM | CLI_REPORT, about, NULL, 0, examples, run};

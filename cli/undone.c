/* What cancel and rollback have to tell. */
#include "deployment.h"

int cli_put_undone(struct cli *cli, json_t *stacks, const char *member) {
    int code = stacks ? CLI_NO : cli_code_of(cli);
    struct cli_table table = {.columns = 4};
    cli_cell(&table, "STACK");
    cli_cell(&table, "STATUS");
    cli_cell(&table, "DONE");
    cli_cell(&table, "WHY NOT");
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const json_t *stack = json_array_get(stacks, i);
        const char *status = cfn_output_text(stack, "status");
        bool done = json_is_true(json_object_get(stack, member));
        if (done)
            code = CLI_DONE;
        cli_cell(&table, "%s", cfn_output_text(stack, "name"));
        cli_cell(&table, "%s", *status ? status : "-");
        cli_cell(&table, "%s", done ? member : "no");
        cli_cell(&table, "%s", cfn_output_text(stack, "reason"));
    }
    if (stacks && cli->json)
        cli_put_json(stdout, json_incref(stacks));
    else if (stacks)
        cli_table_print(cli, &table, stdout);
    cli_table_drop(&table);
    json_decref(stacks);
    return code;
}

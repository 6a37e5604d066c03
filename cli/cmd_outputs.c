/* cfngen outputs: what the stacks tell of themselves, for people, machines and shells. */
#include "deployment.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "format",
     .argument = "FORMAT",
     .help = "env writes lines for a shell to evaluate, dotenv a .env file",
     .choices = "text|json|env|dotenv",
     .fallback = "text"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Variables are named STACK_OUTPUT, with underscores between words: RDS_ENDPOINT,\n"
    "DATA_LAKE_BRONZE_BUCKET. Secrets are no outputs: what stands there is the ARN of\n"
    "the secret. Stacks that are not there have none.\n";

static const struct cli_example examples[] = {
    {"cfngen outputs rds", "of one stack"},
    {"eval \"$(cfngen outputs --format env)\"", "as variables of this shell"},
    {"cfngen outputs --format json | jq -r .rds.Endpoint", "for machines"},
    {NULL, NULL},
};

/* "data_lake" and "BronzeBucketArn" as DATA_LAKE_BRONZE_BUCKET_ARN. */
static char *variable_of(const char *stack, const char *output) {
    char *name = cli_alloc(strlen(stack) + 2 * strlen(output) + 2), *at = name;
    for (; *stack; stack++)
        *at++ = isalnum((unsigned char)*stack) ? (char)toupper((unsigned char)*stack) : '_';
    *at++ = '_';
    for (const char *from = output; *from; from++) {
        bool begins = from > output && isupper((unsigned char)*from) &&
                      (islower((unsigned char)from[-1]) || isdigit((unsigned char)from[-1]) ||
                       islower((unsigned char)from[1]));
        if (begins)
            *at++ = '_';
        *at++ = isalnum((unsigned char)*from) ? (char)toupper((unsigned char)*from) : '_';
    }
    return name;
}

/* In single quotes, where nothing means anything but the quote itself. */
static void put_shell(const char *name, const char *value) {
    printf("export %s='", name);
    for (; *value; value++)
        if (*value == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*value);
    puts("'");
}

/* In double quotes, with the escapes that dotenv readers know. */
static void put_dotenv(const char *name, const char *value) {
    printf("%s=\"", name);
    for (; *value; value++)
        if (*value == '\n')
            fputs("\\n", stdout);
        else if (strchr("\"\\$`", *value))
            printf("\\%c", *value);
        else
            putchar(*value);
    puts("\"");
}

static void print_stack(const struct cli *cli, const json_t *stack, struct cli_table *table) {
    const char *format = cli_value(cli, "format"), *name, *stack_name;
    json_t *value;
    stack_name = cfn_output_text(stack, "name");
    json_object_foreach(json_object_get(stack, "outputs"), name, value) {
        char *variable = variable_of(stack_name, name);
        if (format && strcmp(format, "env") == 0)
            put_shell(variable, json_string_value(value));
        else if (format && strcmp(format, "dotenv") == 0)
            put_dotenv(variable, json_string_value(value));
        else {
            cli_cell(table, "%s", stack_name);
            cli_cell(table, "%s", name);
            cli_cell(table, "%s", json_string_value(value));
        }
        free(variable);
    }
}

static void print_json(const json_t *stacks) {
    json_t *all = json_object();
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const json_t *stack = json_array_get(stacks, i);
        json_object_set(all, cfn_output_text(stack, "name"), json_object_get(stack, "outputs"));
    }
    cli_put_json(stdout, all);
}

static int outputs(struct cli *cli, struct cli_deployment *deployment,
                   const struct cfn_transport *transport) {
    const char *format = cli_value(cli, "format");
    json_t *stacks = cfn_inspect_stacks(transport, &deployment->what, cli->diags);
    if (!stacks)
        return cli_code_of(cli);
    if (cli->json || (format && strcmp(format, "json") == 0)) {
        print_json(stacks);
    } else {
        struct cli_table table = {.columns = 3};
        cli_cell(&table, "STACK");
        cli_cell(&table, "OUTPUT");
        cli_cell(&table, "VALUE");
        for (size_t i = 0; i < json_array_size(stacks); i++)
            print_stack(cli, json_array_get(stacks, i), &table);
        if (!format || strcmp(format, "text") == 0)
            cli_table_print(cli, &table, stdout);
        cli_table_drop(&table);
    }
    json_decref(stacks);
    return CLI_DONE;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, outputs);
}

const struct cli_verb cli_outputs = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, "@ls --names", SIZE_MAX, examples, run};

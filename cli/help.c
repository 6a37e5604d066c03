/* Help, made of the table of verbs. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

enum { HELP_WIDTH = 80 };

static size_t widest_name(void) {
    size_t widest = 0;
    for (const struct cli_command *command = cli_commands; command->name; command++)
        if (!command->hidden && strlen(command->name) > widest)
            widest = strlen(command->name);
    return widest;
}

void cli_help(const struct cli *cli, FILE *file) {
    const char *bold = cli_style(cli, file, CLI_BOLD), *plain = cli_style(cli, file, CLI_PLAIN);
    fprintf(file, "%susage:%s cfngen COMMAND [OPTION...]\n\n", bold, plain);
    fputs("One YAML file becomes checked CloudFormation stacks of an AWS data platform.\n\n", file);
    int width = (int)widest_name();
    for (const struct cli_command *command = cli_commands; command->name; command++)
        if (!command->hidden)
            fprintf(file, "  %s%-*s%s  %s\n", bold, width, command->name, plain, command->purpose);
    fputs("\nBegin with 'cfngen init'. 'cfngen COMMAND --help' tells more of a command.\n"
          "$CFNGEN_CONFIG and $CFNGEN_ENV stand for --config and --env; $CFNGEN_RDS_STORAGE_GB\n"
          "sets rds.storage_gb, and so on.\n",
          file);
}

/* "-f, --config FILE", "    --output text|json" */
static char *left_side(const struct cli_option *option) {
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    return cli_text("%s--%s%s%s", option->letter ? letter : "    ", option->name,
                    option->argument ? " " : "", option->argument ? option->argument : "");
}

static size_t widest_option(const struct cli_verb *verb) {
    size_t widest = 0;
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++) {
        char *left = left_side(option);
        widest = strlen(left) > widest ? strlen(left) : widest;
        free(left);
    }
    return widest;
}

/* Words, broken at the page's edge, lines after the first begin at column indent. */
static void put_wrapped(FILE *file, const char *text, size_t indent) {
    size_t column = indent;
    while (*text) {
        size_t word = strcspn(text, " ");
        if (column > indent && column + 1 + word > HELP_WIDTH) {
            fprintf(file, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putc(' ', file);
            column++;
        }
        fprintf(file, "%.*s", (int)word, text);
        column += word;
        text += word + strspn(text + word, " ");
    }
    putc('\n', file);
}

static void put_option(FILE *file, const struct cli_option *option, size_t width) {
    char *left = left_side(option), *help = cli_option_help(option);
    fprintf(file, "  %-*s  ", (int)width, left);
    put_wrapped(file, help, width + 4);
    free(help);
    free(left);
}

static void put_examples(const struct cli *cli, const struct cli_verb *verb) {
    if (!verb->examples)
        return;
    printf("\n%sexamples:%s\n", cli_style(cli, stdout, CLI_BOLD),
           cli_style(cli, stdout, CLI_PLAIN));
    for (const struct cli_example *example = verb->examples; example->command; example++)
        printf("  %s\n      %s\n", example->command, example->does);
}

static void put_sentence(const char *purpose) {
    printf("%c%s.\n", purpose[0] - 'a' + 'A', purpose + 1);
}

void cli_help_command(const struct cli *cli, const struct cli_command *command) {
    const struct cli_verb *verb = command->verb;
    const char *bold = cli_style(cli, stdout, CLI_BOLD), *plain = cli_style(cli, stdout, CLI_PLAIN);
    printf("%susage:%s cfngen %s [OPTION...]%s%s\n\n", bold, plain, command->name,
           *command->operands ? " " : "", command->operands);
    put_sentence(command->purpose);
    if (verb->about)
        printf("\n%s", verb->about);
    const struct cli_option *option;
    size_t width = widest_option(verb);
    bool headed = false;
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++) {
        const char *heading = cli_option_group(verb, i);
        if (heading || !headed)
            printf("\n%s%s:%s\n", bold, heading ? heading : "options", plain);
        headed = true;
        put_option(stdout, option, width);
    }
    put_examples(cli, verb);
}

static int run(struct cli *cli) {
    if (cli->operand_count == 0) {
        cli_help(cli, stdout);
        return CLI_DONE;
    }
    const struct cli_command *command = cli_find_command(cli->operands[0]);
    if (!command)
        return cli_unknown_command(cli, cli->operands[0]);
    cli_help_command(cli, command);
    return CLI_DONE;
}

const struct cli_verb cli_help_verb = {NULL, 0, NULL, "@", 1, NULL, run};

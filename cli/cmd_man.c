/* cfngen man: manual pages, made of the table of verbs. The build installs them. */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "The page of cfngen or of one command, for man(1), on standard output.\n";

/* A line of roff: hyphens are minus signs, and no text is taken for a request. */
static void put_text(const char *text, size_t size) {
    if (size > 0 && (text[0] == '.' || text[0] == '\''))
        fputs("\\&", stdout);
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\\')
            fputs("\\e", stdout);
        else if (text[i] == '-')
            fputs("\\-", stdout);
        else
            putchar(text[i]);
}

static void put(const char *text) {
    put_text(text, strlen(text));
}

static void put_line(const char *request, const char *text) {
    fputs(request, stdout);
    put(text);
    putchar('\n');
}

/* Lines that are indented are shown as they are. */
static void put_paragraphs(const char *text) {
    bool literal = false;
    for (; *text; text += strcspn(text, "\n") + 1) {
        if ((*text == ' ') != literal)
            puts(literal ? ".EE" : ".PP\n.EX");
        literal = *text == ' ';
        if (*text == '\n') {
            puts(".PP");
            continue;
        }
        put_text(text, strcspn(text, "\n"));
        putchar('\n');
    }
    if (literal)
        puts(".EE");
}

static void put_head(const char *name, const char *purpose) {
    char *title = cli_text("%s", name);
    for (char *c = title; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    printf(".TH %s 1 \"\" \"cfngen %s\" \"cfngen\"\n.SH NAME\n", title, cfn_version());
    put(name);
    fputs(" \\- ", stdout);
    put_line("", purpose);
    free(title);
}

static void put_option(const struct cli_option *option) {
    puts(".TP");
    if (option->letter)
        printf("\\fB\\-%c\\fR, ", option->letter);
    fputs("\\fB\\-\\-", stdout);
    put(option->name);
    fputs("\\fR", stdout);
    if (option->argument)
        printf(" \\fI%s\\fR", option->argument);
    putchar('\n');
    char *help = cli_option_help(option);
    put(help);
    puts(".");
    free(help);
}

static void put_examples(const struct cli_example *examples) {
    if (!examples)
        return;
    puts(".SH EXAMPLES");
    for (; examples->command; examples++) {
        puts(".TP");
        put_line(".B ", examples->command);
        put(examples->does);
        puts(".");
    }
}

static const char exit_codes[] =
    ".SH EXIT STATUS\n"
    ".TP\n.B 0\nDone.\n"
    ".TP\n.B 1\nNo: something is invalid, differs or has failed, and was told.\n"
    ".TP\n.B 2\nThe command was not used as it should be.\n"
    ".TP\n.B 3\nAWS could not be asked, or a file not be read or written.\n";

static const char environment[] =
    ".SH ENVIRONMENT\n"
    ".TP\n.B CFNGEN_CONFIG\nThe platform file, where \\fB\\-\\-config\\fR does not name it.\n"
    ".TP\n.B CFNGEN_ENV\nThe environment whose overlay is taken, where \\fB\\-\\-env\\fR does not "
    "name it.\n"
    ".TP\n.BI CFNGEN_ PATH\nA setting: \\fBCFNGEN_RDS_STORAGE_GB\\fR sets \\fIrds.storage_gb\\fR.\n"
    ".TP\n.BR CFNGEN_TODAY \", \" SOURCE_DATE_EPOCH\n"
    "The day for which versions near their end are judged, as a date such as 2026\\-11\\-23 or as "
    "seconds since 1970; else today.\n"
    ".TP\n.B NO_COLOR\nWhere it is set, there are no colours.\n";

static void put_command_page(const struct cli_command *command) {
    char *name = cli_text("cfngen-%s", command->name);
    put_head(name, command->purpose);
    printf(".SH SYNOPSIS\n.B cfngen %s\n[\\fIOPTION\\fR...]%s%s\n.SH DESCRIPTION\n", command->name,
           *command->operands ? " " : "", command->operands);
    char *sentence = cli_text("%s.\n", command->purpose);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    put_paragraphs(sentence);
    if (command->verb->about) {
        puts(".PP");
        put_paragraphs(command->verb->about);
    }
    puts(".SH OPTIONS");
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(command->verb, i)); i++)
        put_option(option);
    put_examples(command->verb->examples);
    fputs(exit_codes, stdout);
    puts(".SH SEE ALSO\n.BR cfngen (1)");
    free(sentence);
    free(name);
}

static void put_main_page(void) {
    put_head("cfngen", "CloudFormation stacks of an AWS data platform, from one YAML file");
    puts(".SH SYNOPSIS\n.B cfngen\n\\fICOMMAND\\fR [\\fIOPTION\\fR...]\n.SH DESCRIPTION\n"
         "A platform file names a project, a region and what should differ from the defaults.\n"
         "Of it\n.B cfngen\nmakes one CloudFormation template per stack, each checked against "
         "AWS's own resource schema, without any access to AWS.\n.SH COMMANDS");
    for (const struct cli_command *command = cli_commands; command->name; command++) {
        if (command->hidden)
            continue;
        fputs(".TP\n.BR cfngen\\-", stdout);
        put(command->name);
        puts(" (1)");
        put(command->purpose);
        puts(".");
    }
    fputs(environment, stdout);
    puts(".SH FILES\n.TP\n.I platform.yaml\nThe platform file.\n"
         ".BR \"cfngen init\" \" writes one.\"");
    fputs(exit_codes, stdout);
}

static int run(struct cli *cli) {
    if (cli->operand_count == 0) {
        put_main_page();
        return CLI_DONE;
    }
    const struct cli_command *command = cli_find_command(cli->operands[0]);
    if (!command)
        return cli_unknown_command(cli, cli->operands[0]);
    put_command_page(command);
    return CLI_DONE;
}

const struct cli_verb cli_man = {NULL, 0, about, "@", 1, NULL, run};

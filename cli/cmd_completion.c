/* cfngen completion: scripts for shells, made of the table of verbs. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Put the script where your shell looks for it, or load it in its start file:\n"
    "  bash  source <(cfngen completion bash)\n"
    "  zsh   source <(cfngen completion zsh)\n"
    "  fish  cfngen completion fish | source\n";

static const char banner[] = "# Made by 'cfngen completion'.\n";

/* Whether an option's argument is a file or a folder. */
static bool takes(const struct cli_option *option, const char *what) {
    return option->argument && strcmp(option->argument, what) == 0;
}

static void put_names(void) {
    bool first = true;
    for (const struct cli_command *command = cli_commands; command->name; command++) {
        if (command->hidden)
            continue;
        printf("%s%s", first ? "" : " ", command->name);
        first = false;
    }
}

/* What a shell evaluates to get the words; begin and end surround a command. */
static void put_words(const char *words, const char *begin, const char *end) {
    if (strcmp(words, "@") == 0)
        put_names();
    else if (words[0] == '@')
        printf("%scfngen %s 2>/dev/null%s", begin, words + 1, end);
    else
        fputs(words, stdout);
}

static void put_choices(const struct cli_option *option) {
    char choice[32];
    for (size_t i = 0; cli_choice(option->choices, i, choice, sizeof choice); i++)
        printf("%s%s", i ? " " : "", choice);
}

/* Text in single quotes; special characters of the shell's own language get a backslash. */
static void put_quoted(const char *text, const char *special) {
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\'", stdout);
        else if (strchr(special, *text))
            putchar('\\');
        putchar(*text);
    }
    putchar('\'');
}

/* ---- bash ---- */

/* Words are split at spaces alone, as bash splits at the colons of AWS::S3::Bucket too; what stands
 * before the last colon is then cut from the answers. */
static const char bash_begin[] =
    "_cfngen() {\n"
    "    local line=${COMP_LINE:0:COMP_POINT} current previous command words= kind=\n"
    "    local -a typed\n"
    "    read -ra typed <<<\"$line\"\n"
    "    [[ $line == *[[:space:]] ]] && typed+=('')\n"
    "    current=${typed[${#typed[@]} - 1]} previous=${typed[${#typed[@]} - 2]}\n"
    "    command=${typed[1]}\n"
    "    if [[ $current == --*=* ]]; then\n"
    "        previous=${current%%=*} current=${current#*=}\n"
    "    fi\n"
    "    if ((${#typed[@]} <= 2)); then\n"
    "        command= previous=\n"
    "    fi\n"
    "    case $command:$previous in\n";

static const char bash_end[] =
    "    esac\n"
    "    case $kind in\n"
    "        files) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\")) ;;\n"
    "        folders) compopt -o filenames; COMPREPLY=($(compgen -d -- \"$current\")) ;;\n"
    "        *) COMPREPLY=($(compgen -W \"$words\" -- \"$current\")) ;;\n"
    "    esac\n"
    "    if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then\n"
    "        COMPREPLY=(\"${COMPREPLY[@]#\"${current%\"${current##*:}\"}\"}\")\n"
    "    fi\n"
    "}\n"
    "complete -F _cfngen cfngen\n";

static void bash_argument(const struct cli_command *command, const struct cli_option *option) {
    if (!option->argument)
        return;
    printf("        %s:--%s", command->name, option->name);
    if (option->letter)
        printf(" | %s:-%c", command->name, option->letter);
    fputs(") ", stdout);
    if (option->choices) {
        fputs("words='", stdout);
        put_choices(option);
        fputs("' ", stdout);
    } else if (option->words) {
        fputs("words=\"", stdout);
        put_words(option->words, "$(", ")");
        fputs("\" ", stdout);
    } else if (takes(option, "FILE") || takes(option, "DIR")) {
        printf("kind=%s ", takes(option, "DIR") ? "folders" : "files");
    }
    puts(";;");
}

static void bash_operands(const struct cli_command *command) {
    const struct cli_verb *verb = command->verb;
    const struct cli_option *option;
    printf("        %s:*)\n            words='", command->name);
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++)
        printf("%s--%s", i ? " " : "", option->name);
    puts("'");
    if (verb->words) {
        fputs("            [[ $current == -* ]] || words=\"", stdout);
        put_words(verb->words, "$(", ")");
        puts("\"");
    } else if (verb->most_operands) {
        puts("            [[ $current == -* ]] || kind=files");
    }
    puts("            ;;");
}

static void put_bash(void) {
    printf("%s%s        :*) words='", banner, bash_begin);
    put_names();
    puts(" --help --version' ;;");
    for (const struct cli_command *command = cli_commands; command->name; command++) {
        const struct cli_option *option;
        for (size_t i = 0; !command->hidden && (option = cli_option_at(command->verb, i)); i++)
            bash_argument(command, option);
        if (!command->hidden)
            bash_operands(command);
    }
    fputs(bash_end, stdout);
}

/* ---- zsh ---- */

static void zsh_values(const char *words) {
    fputs(":value:(", stdout);
    put_words(words, "${(f)\"$(", ")\"}");
    putchar(')');
}

static void zsh_argument(const struct cli_option *option) {
    if (option->choices) {
        fputs(":value:(", stdout);
        put_choices(option);
        putchar(')');
    } else if (option->words) {
        zsh_values(option->words);
    } else if (option->argument) {
        printf(":%s:%s", option->argument,
               takes(option, "DIR")    ? "_files -/"
               : takes(option, "FILE") ? "_files"
                                       : " ");
    }
}

/* '(-o --out)'{-o,--out=}'[help]:DIR:_files -/'; an option that repeats has a star in place of the
 * brackets. */
static void zsh_option(const struct cli_option *option) {
    const char *equals = option->argument ? "=" : "";
    fputs(" \\\n            ", stdout);
    if (option->letter && option->repeats)
        printf("'*'{-%c,--%s%s}'", option->letter, option->name, equals);
    else if (option->letter)
        printf("'(-%c --%s)'{-%c,--%s%s}'", option->letter, option->name, option->letter,
               option->name, equals);
    else
        printf("'%s--%s%s", option->repeats ? "*" : "", option->name, equals);
    putchar('[');
    for (const char *c = option->help; *c; c++)
        printf("%s%c", *c == '\'' ? "'\\'" : strchr("[]:\\", *c) ? "\\" : "", *c);
    putchar(']');
    zsh_argument(option);
    putchar('\'');
}

static void zsh_command(const struct cli_command *command) {
    const struct cli_option *option;
    printf("        %s)\n            _arguments -s", command->name);
    for (size_t i = 0; (option = cli_option_at(command->verb, i)); i++)
        zsh_option(option);
    if (command->verb->most_operands > 0) {
        fputs(" \\\n            '*", stdout);
        if (command->verb->words)
            zsh_values(command->verb->words);
        else
            fputs(":file:_files", stdout);
        putchar('\'');
    }
    puts("\n            ;;");
}

static void put_zsh(void) {
    printf("#compdef cfngen\n%s_cfngen() {\n    local -a commands=(\n", banner);
    for (const struct cli_command *command = cli_commands; command->name; command++) {
        if (command->hidden)
            continue;
        char *entry = cli_text("%s:%s", command->name, command->purpose);
        fputs("        ", stdout);
        put_quoted(entry, "");
        putchar('\n');
        free(entry);
    }
    puts(
        "    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n"
        "    fi\n    local command=$words[2]\n    shift words\n    ((CURRENT--))\n"
        "    case $command in");
    for (const struct cli_command *command = cli_commands; command->name; command++)
        if (!command->hidden)
            zsh_command(command);
    puts("    esac\n}\nif [[ $funcstack[1] == _cfngen ]]; then\n    _cfngen \"$@\"\nelse\n"
         "    compdef _cfngen cfngen\nfi");
}

/* ---- fish ---- */

static void fish_option(const struct cli_command *command, const struct cli_option *option) {
    printf("complete -c cfngen -n '__fish_seen_subcommand_from %s' -l %s", command->name,
           option->name);
    if (option->letter)
        printf(" -s %c", option->letter);
    if (option->choices || option->words) {
        fputs(" -x -a '", stdout);
        if (option->choices)
            put_choices(option);
        else
            put_words(option->words, "(", ")");
        putchar('\'');
    } else if (option->argument) {
        fputs(takes(option, "DIR")    ? " -x -a '(__fish_complete_directories)'"
              : takes(option, "FILE") ? " -r -F"
                                      : " -x",
              stdout);
    }
    fputs(" -d ", stdout);
    put_quoted(option->help, "\\");
    putchar('\n');
}

static void fish_command(const struct cli_command *command) {
    const struct cli_verb *verb = command->verb;
    printf("complete -c cfngen -n __fish_use_subcommand -a %s -d ", command->name);
    put_quoted(command->purpose, "\\");
    putchar('\n');
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++)
        fish_option(command, option);
    if (verb->most_operands == 0)
        return;
    printf("complete -c cfngen -n '__fish_seen_subcommand_from %s' ", command->name);
    if (verb->words) {
        fputs("-a '", stdout);
        put_words(verb->words, "(", ")");
        puts("'");
    } else {
        puts("-F");
    }
}

static void put_fish(void) {
    printf("%scomplete -c cfngen -f\n", banner);
    for (const struct cli_command *command = cli_commands; command->name; command++)
        if (!command->hidden)
            fish_command(command);
}

static int run(struct cli *cli) {
    static const struct {
        const char *shell;
        void (*put)(void);
    } scripts[] = {{"bash", put_bash}, {"zsh", put_zsh}, {"fish", put_fish}};
    if (cli->operand_count == 0)
        return cli_usage(cli, "needs the name of a shell: bash, zsh or fish");
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (strcmp(cli->operands[0], scripts[i].shell) == 0) {
            scripts[i].put();
            return CLI_DONE;
        }
    return cli_usage(cli, "knows bash, zsh and fish, not '%s'", cli->operands[0]);
}

const struct cli_verb cli_completion = {NULL, 0, about, "bash zsh fish", 1, NULL, run};

/* Options: one table per verb, the groups that verbs share, and the parser. */
#include "cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option platform_options[] = {
    {.name = "config",
     .letter = 'f',
     .argument = "FILE",
     .help = "the platform file",
     .fallback = "platform.yaml"},
    {.name = "env",
     .letter = 'e',
     .argument = "NAME",
     .help = "the environment whose overlay is taken"},
    {.name = "set",
     .letter = 's',
     .argument = "PATH=VALUE",
     .help = "one setting, over file and variables",
     .words = "@explain --paths",
     .repeats = true},
    CLI_OPTIONS_END,
};

static const struct cli_option aws_options[] = {
    {.name = "profile", .argument = "NAME", .help = "the profile of AWS's config files"},
    {.name = "endpoint",
     .argument = "URL",
     .help = "of every service, in place of AWS's own: 'cfngen simulate' or an emulator"},
    {.name = "trace", .help = "tell each call, its time and request id; never a secret"},
    CLI_OPTIONS_END,
};

static const struct cli_option report_options[] = {
    {.name = "output",
     .argument = "FORMAT",
     .help = "of diagnostics and lists",
     .choices = "text|json",
     .fallback = "text"},
    {.name = "color",
     .argument = "WHEN",
     .help = "colours",
     .choices = "auto|always|never",
     .fallback = "auto"},
    CLI_OPTIONS_END,
};

static const struct cli_option help_options[] = {
    {.name = "help", .letter = 'h', .help = "print this help"},
    CLI_OPTIONS_END,
};

static const struct cli_option no_options[] = {CLI_OPTIONS_END};

/* Where an index falls in the groups of a verb, in the order in which they are shown. */
static const struct cli_option *group_at(const struct cli_verb *verb, size_t *index,
                                         const char **heading) {
    const struct {
        const struct cli_option *options;
        const char *heading;
    } groups[] = {
        {verb->options ? verb->options : no_options, "options"},
        {verb->common & CLI_PLATFORM ? platform_options : no_options, "the platform"},
        {verb->common & CLI_AWS ? aws_options : no_options, "AWS"},
        {verb->common & CLI_REPORT ? report_options : no_options, "what is printed"},
        {help_options, NULL},
    };
    for (size_t group = 0; group < sizeof groups / sizeof *groups; group++) {
        *heading = groups[group].heading;
        size_t count = 0;
        while (groups[group].options[count].name)
            count++;
        if (*index < count)
            return groups[group].options;
        *index -= count;
    }
    return NULL;
}

const struct cli_option *cli_option_at(const struct cli_verb *verb, size_t index) {
    const char *heading;
    const struct cli_option *group = group_at(verb, &index, &heading);
    return group ? &group[index] : NULL;
}

const char *cli_option_group(const struct cli_verb *verb, size_t index) {
    const char *heading = NULL;
    const struct cli_option *group = group_at(verb, &index, &heading);
    return group && index == 0 ? heading : NULL;
}

char *cli_option_help(const struct cli_option *option) {
    char *text = cli_text("%s", option->help), choice[32];
    for (size_t i = 0; cli_choice(option->choices, i, choice, sizeof choice); i++) {
        bool last = !cli_choice(option->choices, i + 1, (char[32]){0}, 32);
        char *longer = cli_text("%s%s %s", text, i == 0 ? ":" : last ? " or" : ",", choice);
        free(text);
        text = longer;
    }
    char *whole = cli_text("%s%s%s%s%s", text, option->fallback ? " (default: " : "",
                           option->fallback ? option->fallback : "", option->fallback ? ")" : "",
                           option->repeats ? "; may be repeated" : "");
    free(text);
    return whole;
}

int cli_usage(const struct cli *cli, const char *format, ...) {
    const char *space = cli->command ? " " : "", *name = cli->command ? cli->command->name : "";
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "cfngen%s%s: ", space, name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\ntry 'cfngen%s%s --help'\n", space, name);
    va_end(arguments);
    return CLI_USAGE;
}

static const struct cli_option *find_long(const struct cli_verb *verb, const char *word,
                                          size_t size) {
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++)
        if (strlen(option->name) == size && strncmp(option->name, word, size) == 0)
            return option;
    return NULL;
}

static const struct cli_option *find_short(const struct cli_verb *verb, char letter) {
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(verb, i)); i++)
        if (option->letter == letter)
            return option;
    return NULL;
}

static int unknown_long(const struct cli *cli, const char *word, size_t size) {
    const char *names[64] = {NULL};
    const struct cli_option *option;
    for (size_t i = 0; i < 63 && (option = cli_option_at(cli->command->verb, i)); i++)
        names[i] = option->name;
    char *name = cli_text("%.*s", (int)size, word);
    const char *near = cfn_nearest(name, names);
    int code = near ? cli_usage(cli, "unknown option '--%s': did you mean '--%s'?", name, near)
                    : cli_usage(cli, "unknown option '--%s'", name);
    free(name);
    return code;
}

static bool is_choice(const char *choices, const char *value) {
    char choice[32];
    for (size_t i = 0; cli_choice(choices, i, choice, sizeof choice); i++)
        if (strcmp(choice, value) == 0)
            return true;
    return false;
}

static int give(struct cli *cli, const struct cli_option *option, const char *value) {
    if (option->choices && !is_choice(option->choices, value))
        return cli_usage(cli, "--%s must be one of %s, not '%s'", option->name, option->choices,
                         value);
    if (!option->repeats && cli_has(cli, option->name))
        return cli_usage(cli, "--%s stands there twice", option->name);
    cli->given = cli_resize(cli->given, (cli->given_count + 1) * sizeof *cli->given);
    cli->given[cli->given_count++] = (struct cli_given){option, value};
    if (strcmp(option->name, "output") == 0)
        cli->json = strcmp(value, "json") == 0;
    if (strcmp(option->name, "color") == 0)
        cli->color = value;
    return CLI_DONE;
}

/* --name, --name=value, --name value. at stands on the word and is moved past what was taken. */
static int parse_long(struct cli *cli, int count, char **words, int *at) {
    const char *word = words[(*at)++] + 2, *equals = strchr(word, '=');
    size_t size = equals ? (size_t)(equals - word) : strlen(word);
    const struct cli_option *option = find_long(cli->command->verb, word, size);
    if (!option)
        return unknown_long(cli, word, size);
    if (!option->argument && equals)
        return cli_usage(cli, "--%s takes no value", option->name);
    if (!option->argument || equals)
        return give(cli, option, equals ? equals + 1 : "");
    if (*at == count)
        return cli_usage(cli, "--%s needs a value: %s", option->name, option->argument);
    return give(cli, option, words[(*at)++]);
}

/* -a, -ab (of switches), -fFILE, -f FILE. */
static int parse_short(struct cli *cli, int count, char **words, int *at) {
    for (const char *letter = words[(*at)++] + 1; *letter; letter++) {
        const struct cli_option *option = find_short(cli->command->verb, *letter);
        if (!option)
            return cli_usage(cli, "unknown option '-%c'", *letter);
        if (option->argument && !letter[1] && *at == count)
            return cli_usage(cli, "-%c needs a value: %s", *letter, option->argument);
        if (option->argument)
            return give(cli, option, letter[1] ? letter + 1 : words[(*at)++]);
        int code = give(cli, option, "");
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

static int parse_word(struct cli *cli, int count, char **words, int *at, bool *only_operands) {
    const char *word = words[*at];
    if (!*only_operands && strcmp(word, "--") == 0) {
        *only_operands = true;
        (*at)++;
        return CLI_DONE;
    }
    if (!*only_operands && strncmp(word, "--", 2) == 0)
        return parse_long(cli, count, words, at);
    if (!*only_operands && word[0] == '-' && word[1])
        return parse_short(cli, count, words, at);
    cli->operands[cli->operand_count++] = word;
    (*at)++;
    return CLI_DONE;
}

int cli_parse(struct cli *cli, int count, char **words) {
    cli->operands = cli_alloc(((size_t)count + 1) * sizeof *cli->operands);
    bool only_operands = false;
    for (int at = 0; at < count;) {
        int code = parse_word(cli, count, words, &at, &only_operands);
        if (code != CLI_DONE)
            return code;
    }
    size_t most = cli->command->verb->most_operands;
    if (cli->operand_count > most && !cli_has(cli, "help"))
        return cli_usage(cli, "takes %s, not '%s'",
                         most == 0 ? "no operands" : cli->command->operands, cli->operands[most]);
    return CLI_DONE;
}

const char *cli_value_at(const struct cli *cli, const char *option, size_t index) {
    for (size_t i = 0; i < cli->given_count; i++)
        if (strcmp(cli->given[i].option->name, option) == 0 && index-- == 0)
            return cli->given[i].value;
    return NULL;
}

bool cli_has(const struct cli *cli, const char *option) {
    return cli_value_at(cli, option, 0) != NULL;
}

const char *cli_value(const struct cli *cli, const char *option) {
    return cli_value_at(cli, option, 0);
}

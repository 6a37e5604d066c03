/*
 * cfngen up: every step from nothing to numbers that agree, each by the verb that does it.
 *
 * There is no memory of what was done: each verb finds out for itself what is there already, so a
 * run that stopped is continued by the next one.
 */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct cli_option options[] = {
    {.name = "from", .argument = "DIR", .help = "load the shop's files of this folder"},
    {.name = "dsn", .argument = "DSN", .help = "the source database, for load and reconcile"},
    {.name = "ca", .argument = "FILE", .help = "certificates that sign the source's own"},
    {.name = "metabase", .argument = "URL", .help = "set up the dashboards of this Metabase"},
    {.name = "skip",
     .argument = "STEP",
     .help = "leave out a step",
     .words = "deploy load upload replicate warehouse run metabase reconcile",
     .repeats = true},
    {.name = "yes", .letter = 'y', .help = "carry out each step without asking"},
    {.name = "dry-run", .letter = 'n', .help = "tell the steps, do nothing"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "The steps, in this order, are those whose stacks the platform has: deploy, load\n"
    "(with --from), upload, replicate, warehouse, run, metabase (with --metabase) and\n"
    "reconcile. Each is a command of its own, and is told as such.\n"
    "\n"
    "The first failure ends the run. The next one goes on from there: each step looks\n"
    "for itself what is there, and has nothing to do where that is enough.\n";

static const struct cli_example examples[] = {
    {"cfngen up --from data --yes", "everything, with the files in data"},
    {"cfngen up --dry-run", "see the steps"},
    {"cfngen up --skip run --skip reconcile", "all but the pipeline's run"},
    {NULL, NULL},
};

enum { MOST_WORDS = 8 };

/* A step: its words, the stack without which it has nothing to do, and that with which another does
 * it. A word that begins with '=' is the value of an option of `up`, without which there is no such
 * step; one that begins with '?' is an option that is handed on where it is given; the words after
 * one that begins with '+' are said where that option is given. */
static const struct step {
    const char *stack, *unless;
    const char *words[MOST_WORDS];
} steps[] = {
    {NULL, NULL, {"deploy"}},
    {"rds", NULL, {"load", "--from", "=from", "?dsn", "?ca"}},
    {"mwaa", NULL, {"upload", "--apply"}},
    {"emr", "mwaa", {"upload"}},
    {"dms", NULL, {"replicate", "start"}},
    {"redshift", NULL, {"warehouse", "+metabase", "--login", "metabase_reader"}},
    {"mwaa", NULL, {"run", "--unpause"}},
    {"emr", "mwaa", {"run", "job"}},
    {"redshift", NULL, {"metabase", "--url", "=metabase"}},
    {"rds", NULL, {"reconcile", "?dsn", "?ca"}},
};
enum { STEPS = sizeof steps / sizeof *steps };

/* Steps that would ask. */
static bool asks(const char *name) {
    return strcmp(name, "deploy") == 0 || strcmp(name, "upload") == 0;
}

static bool is_skipped(const struct cli *cli, const char *name) {
    const char *skipped;
    for (size_t i = 0; (skipped = cli_value_at(cli, "skip", i)); i++)
        if (strcmp(skipped, name) == 0)
            return true;
    return false;
}

static bool is_wanted(const struct cli *cli, const struct cli_session *session,
                      const struct step *step) {
    for (size_t i = 0; i < MOST_WORDS && step->words[i]; i++)
        if (step->words[i][0] == '=' && !cli_has(cli, step->words[i] + 1))
            return false;
    if (step->stack && !cfn_assembly_find(session->assembly, step->stack))
        return false;
    if (step->unless && cfn_assembly_find(session->assembly, step->unless))
        return false;
    return !is_skipped(cli, step->words[0]);
}

struct command {
    char **words; /* "cfngen", the verb and so on; ended by NULL */
    int count;
};

static void add(struct command *command, const char *word) {
    command->words =
        cli_resize(command->words, ((size_t)command->count + 2) * sizeof *command->words);
    command->words[command->count++] = cli_text("%s", word);
    command->words[command->count] = NULL;
}

static void add_option(struct command *command, const char *name, const char *value) {
    char *word = value ? cli_text("--%s=%s", name, value) : cli_text("--%s", name);
    add(command, word);
    free(word);
}

static void add_word(const struct cli *cli, struct command *command, const char *word) {
    if (word[0] == '=')
        add(command, cli_value(cli, word + 1));
    else if (word[0] != '?')
        add(command, word);
    else if (cli_has(cli, word + 1))
        add_option(command, word + 1, cli_value(cli, word + 1));
}

static void done_with(struct command *command) {
    for (int i = 0; i < command->count; i++)
        free(command->words[i]);
    free(command->words);
}

static bool is_own(const struct cli_option *option) {
    return option >= options && option < options + sizeof options / sizeof *options;
}

/* What was said of the platform, of AWS and of what is printed holds for each step. */
static struct command command_of(const struct cli *cli, const struct step *step) {
    struct command command = {0};
    add(&command, "cfngen");
    bool said = true;
    for (size_t i = 0; i < MOST_WORDS && step->words[i]; i++)
        if (step->words[i][0] == '+')
            said = cli_has(cli, step->words[i] + 1);
        else if (said)
            add_word(cli, &command, step->words[i]);
    if (cli_has(cli, "yes") && asks(step->words[0]))
        add(&command, "--yes");
    for (size_t i = 0; i < cli->given_count; i++) {
        const struct cli_given *given = &cli->given[i];
        if (is_own(given->option))
            continue;
        add_option(&command, given->option->name, given->option->argument ? given->value : NULL);
    }
    return command;
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void tell_step(const struct cli *cli, const struct command *command, size_t at,
                      size_t count) {
    FILE *file = cli->json ? stderr : stdout;
    fprintf(file, "%s%zu/%zu", cli_style(cli, file, CLI_BOLD), at + 1, count);
    for (int i = 0; i < command->count; i++) {
        bool may_hold_a_password = strncmp(command->words[i], "--dsn=", 6) == 0;
        putc(' ', file);
        cli_put_clean(file, may_hold_a_password ? "--dsn=..." : command->words[i]);
    }
    fprintf(file, "%s\n", cli_style(cli, file, CLI_PLAIN));
    fflush(file);
}

static void tell_end(const struct cli *cli, const char *name, int code, int64_t took) {
    char time[32];
    cli_duration(took, time);
    if (cli->json)
        cli_put_line(stdout, json_pack("{s:s, s:i, s:I}", "step", name, "code", code,
                                       "milliseconds", (json_int_t)took));
    else
        printf("%s%s %s after %s%s\n\n",
               cli_style(cli, stdout, code == CLI_DONE ? CLI_GREEN : CLI_RED), name,
               code == CLI_DONE ? "is done" : "has failed", time,
               cli_style(cli, stdout, CLI_PLAIN));
    fflush(stdout);
}

static int carry_out(struct cli *cli, const struct step *const *wanted, size_t count) {
    int code = CLI_DONE;
    for (size_t i = 0; i < count && code == CLI_DONE; i++) {
        struct command command = command_of(cli, wanted[i]);
        tell_step(cli, &command, i, count);
        if (!cli_has(cli, "dry-run")) {
            int64_t began = now();
            code = cli_run(command.count, command.words);
            tell_end(cli, wanted[i]->words[0], code, now() - began);
        }
        done_with(&command);
    }
    if (code != CLI_DONE)
        fputs("the next 'cfngen up' goes on from here\n", stderr);
    return code;
}

static int check_names(const struct cli *cli) {
    const char *skipped;
    for (size_t i = 0; (skipped = cli_value_at(cli, "skip", i)); i++) {
        size_t at = 0;
        while (at < STEPS && strcmp(steps[at].words[0], skipped) != 0)
            at++;
        if (at == STEPS)
            return cli_usage(cli, "--skip must name a step, not '%s'", skipped);
    }
    return CLI_DONE;
}

static int run(struct cli *cli) {
    struct cli_session session = {0};
    const struct step *wanted[STEPS];
    size_t count = 0;
    int code = check_names(cli);
    if (code == CLI_DONE)
        code = cli_synthesize(cli, &session);
    for (size_t i = 0; code == CLI_DONE && i < STEPS; i++)
        if (is_wanted(cli, &session, &steps[i]))
            wanted[count++] = &steps[i];
    cli_session_done(&session);
    return code == CLI_DONE ? carry_out(cli, wanted, count) : code;
}

const struct cli_verb cli_up = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, NULL, 0, examples, run};

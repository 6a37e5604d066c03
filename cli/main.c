/* cfngen: the table of verbs, which is usage and dispatch. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern const struct cli_verb cli_init, cli_synth, cli_check, cli_ls, cli_graph, cli_explain,
    cli_schema, cli_rehearse, cli_deploy, cli_destroy, cli_diff, cli_status, cli_events,
    cli_outputs, cli_watch, cli_cancel, cli_rollback, cli_drift, cli_import_check, cli_simulate,
    cli_up, cli_generate, cli_load_verb, cli_upload, cli_replicate, cli_run_verb, cli_warehouse,
    cli_dbt_profile, cli_metabase, cli_reconcile_verb, cli_completion, cli_man, cli_version,
    cli_help_verb;

const struct cli_command cli_commands[] = {
    {"init", "[FILE]", "write a commented platform file to begin with", &cli_init, false},
    {"synth", "", "turn the platform file into CloudFormation templates", &cli_synth, false},
    {"check", "[FILE...]", "check templates against AWS's own resource schema", &cli_check, false},
    {"ls", "", "list the stacks in their order of deployment", &cli_ls, false},
    {"graph", "", "draw which stack needs which", &cli_graph, false},
    {"explain", "[PATH]", "say what a setting is, and where its value comes from", &cli_explain,
     false},
    {"schema", "[TYPE [PROPERTY...]]", "show what the platform file, or AWS, knows of settings",
     &cli_schema, false},
    {"rehearse", "", "deploy in a simulation: the timeline, without an account", &cli_rehearse,
     false},
    {"up", "", "all of it, from the stacks to numbers that agree", &cli_up, false},
    {"deploy", "", "bring the stacks to what the platform file says", &cli_deploy, false},
    {"destroy", "", "delete the stacks; data is kept", &cli_destroy, false},
    {"diff", "", "show what a deployment would change", &cli_diff, false},
    {"status", "[STACK...]", "tell the state of the deployed stacks", &cli_status, false},
    {"events", "[STACK...]", "tell what CloudFormation did", &cli_events, false},
    {"outputs", "[STACK...]", "print the outputs of stacks", &cli_outputs, false},
    {"watch", "[STACK...]", "follow what is under way", &cli_watch, false},
    {"cancel", "[STACK...]", "cancel updates under way", &cli_cancel, false},
    {"rollback", "[STACK...]", "bring failed stacks back to their last good state", &cli_rollback,
     false},
    {"drift", "[STACK...]", "find what was changed by hand", &cli_drift, false},
    {"import-check", "[STACK...]", "tell which stack imports what from which", &cli_import_check,
     false},
    {"generate", "", "make a shop to try the platform with, and days in it", &cli_generate, false},
    {"load", "", "load the shop's files into the source database", &cli_load_verb, false},
    {"upload", "[PART...]", "send jobs, DAGs and the dbt project to the stacks' buckets",
     &cli_upload, false},
    {"replicate", "[start|stop|resume|reload|status]",
     "run the replication of the database into the lake", &cli_replicate, false},
    {"run", "[dag [NAME] | job [NAME [ARGUMENT...]]]",
     "run the pipeline, or a part of it, and follow it", &cli_run_verb, false},
    {"warehouse", "[sql FILE]",
     "set up schemas, roles and users of the warehouse, or run SQL there", &cli_warehouse, false},
    {"dbt-profile", "", "write dbt's way to the warehouse: profiles.yml", &cli_dbt_profile, false},
    {"metabase", "", "bring the dashboards of Metabase to what their definitions say",
     &cli_metabase, false},
    {"reconcile", "", "compare the layers' control totals, from the source to the warehouse",
     &cli_reconcile_verb, false},
    {"simulate", "", "answer AWS clients as CloudFormation would, on this machine", &cli_simulate,
     false},
    {"completion", "bash|zsh|fish", "print a script that completes cfngen's words in a shell",
     &cli_completion, false},
    {"man", "[COMMAND]", "print a manual page", &cli_man, true},
    {"version", "", "print the version", &cli_version, false},
    {"help", "[COMMAND]", "tell more of a command", &cli_help_verb, false},
    {NULL, NULL, NULL, NULL, false},
};

const struct cli_command *cli_find_command(const char *name) {
    for (const struct cli_command *command = cli_commands; command->name; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* A file opened later must not become standard output: what is closed is filled with something that
 * cannot be written. */
static void fill_closed_streams(void) {
    for (int stream = 0; stream <= 2; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF &&
            open("/dev/null", stream ? O_RDONLY : O_WRONLY) < 0)
            _Exit(CLI_IO);
}

int cli_unknown_command(const struct cli *cli, const char *word) {
    const char *names[sizeof cli_commands / sizeof *cli_commands] = {NULL};
    for (size_t i = 0; cli_commands[i].name; i++)
        names[i] = cli_commands[i].name;
    if (word[0] == '-')
        return cli_usage(cli, "options stand behind a command, not before it: '%s'", word);
    const char *near = cfn_nearest(word, names);
    return near ? cli_usage(cli, "unknown command '%s': did you mean '%s'?", word, near)
                : cli_usage(cli, "unknown command '%s'", word);
}

static int run_command(struct cli *cli, int count, char **words) {
    int code = cli_parse(cli, count, words);
    if (code != CLI_DONE)
        return code;
    if (cli_has(cli, "help")) {
        cli_help_command(cli, cli->command);
        return CLI_DONE;
    }
    return cli->command->verb->run(cli);
}

static int run(struct cli *cli, int count, char **words) {
    if (count < 2) {
        cli_help(cli, stderr);
        return CLI_USAGE;
    }
    const char *word = words[1];
    if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
        word = "help";
    if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
        word = "version";
    cli->command = cli_find_command(word);
    return cli->command ? run_command(cli, count - 2, words + 2) : cli_unknown_command(cli, word);
}

int cli_run(int count, char **words) {
    struct cli cli = {.color = "auto", .diags = cfn_diags_new()};
    int code = run(&cli, count, words);
    cli_report(&cli, CLI_STDERR_LINES);
    cfn_diags_free(cli.diags);
    free(cli.given);
    free(cli.operands);
    return code;
}

static bool reader_is_gone(void) {
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

/* A reader that has gone away knows it; every other failure is told. It may have come early, and
 * its reason be forgotten. */
static int close_output(int code) {
    bool now = fflush(stdout) != 0;
    int reason = errno;
    if (!now && !ferror(stdout))
        return code;
    if (!reader_is_gone())
        fprintf(stderr, "cfngen: cannot write to standard output%s%s\n", now ? ": " : "",
                now ? strerror(reason) : "");
    return CLI_IO;
}

int main(int count, char **words) {
    fill_closed_streams();
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* a line at a time: tables are made of many pieces */
    return close_output(cli_run(count, words));
}

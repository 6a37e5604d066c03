/* cfngen replicate: the replication of the database into the lake, started, followed, stopped. */
#include "replication.h"
#include "steps.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "no-wait", .help = "do not wait for what was begun"},
    {.name = "no-test", .help = "do not test the connections before a start"},
    {.name = "yes", .letter = 'y', .help = "reload without asking"},
    {.name = "poll", .argument = "SECONDS", .help = "time between looks", .fallback = "5"},
    {.name = "timeout",
     .argument = "SECONDS",
     .help = "longest time to wait; without it a load is awaited for ever, a stop 900 seconds"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "CloudFormation creates the replication of DMS and never starts it. Without a\n"
    "word it is started:\n"
    "  start   tests the connections to source and target, starts the replication\n"
    "          (the first time with a full load, later from where it stopped), and\n"
    "          follows it until every table is loaded and none is in error\n"
    "  resume  the same, but never begins with a full load\n"
    "  reload  loads all tables anew, which replaces what is in the lake; what runs\n"
    "          is stopped first. Asks, unless --yes is given\n"
    "  stop    stops it, and waits until it stands still\n"
    "  status  its state, its tables, and how far the lake is behind the database\n"
    "\n"
    "Each may be repeated: what runs already is followed, what stands still is left\n"
    "alone. Ctrl-C ends only the watching; the replication goes on by itself. The\n"
    "exit code is 1 when the replication or one of its tables has failed.\n"
    "\n"
    "With --output json each line is an object: notes, looks, the result.\n";

static const struct cli_example examples[] = {
    {"cfngen replicate", "start it, and follow the load"},
    {"cfngen replicate status", "how it stands"},
    {"cfngen replicate stop", "stop it; 'resume' goes on from there"},
    {"cfngen replicate reload --yes", "load everything anew"},
    {NULL, NULL},
};

static const char words[] = "start stop resume reload status";

static bool is_word(const struct cli *cli, const char *word) {
    return strcmp(cli->operand_count ? cli->operands[0] : "start", word) == 0;
}

static bool interrupted(void *self) {
    (void)self;
    return cli_interrupts() > 0;
}

static int confirm(struct cli *cli) {
    if (!is_word(cli, "reload") || cli_has(cli, "yes"))
        return CLI_DONE;
    if (cli->json || !isatty(STDIN_FILENO)) {
        cfn_fail(cli->diags, "cli.confirm", (struct cfn_place){0}, NULL,
                 "a reload replaces what is in the lake: it must be approved, and nobody can be "
                 "asked here");
        cfn_hint(cli->diags, "--yes approves it");
        return CLI_NO;
    }
    if (cli_confirm("Load all tables anew, and replace what is in the lake? Only 'yes' is taken:",
                    "yes"))
        return CLI_DONE;
    fputs("nothing was changed\n", stderr);
    return CLI_NO;
}

static int put_result(struct cli *cli, json_t *status) {
    int code = cli_code_of(cli);
    if (cli->json && status)
        cli_put_line(stdout, cfn_map({"kind", cfn_str("result")}, {"done", cfn_bool(!code)},
                                     {"status", json_incref(status)}));
    json_decref(status);
    return code;
}

static int show_status(struct cli *cli, const struct cfn_replication *replication,
                       const struct cfn_transport *transport) {
    json_t *status = cfn_replication_status(transport, replication, true, cli->diags);
    if (!status)
        return cli_code_of(cli);
    bool failed = strcmp(cfn_output_text(status, "state"), "failed") == 0 ||
                  json_integer_value(json_object_get(status, "tables_errored")) > 0;
    if (cli->json)
        cli_put_json(stdout, status);
    else {
        cli_replication_print(cli, status, stdout);
        json_decref(status);
    }
    return failed ? CLI_NO : CLI_DONE;
}

static int carry_out(struct cli *cli, const struct cfn_replication *replication,
                     const struct cfn_transport *transport, struct cfn_replicate_options *how) {
    struct cli_replication live = {.cli = cli,
                                   .transport = transport,
                                   .rich = !cli->json && cli_is_rich(cli, stdout) &&
                                           isatty(STDOUT_FILENO),
                                   .began = transport->now(transport->self)};
    enum cfn_replicate what = is_word(cli, "start")    ? CFN_REPLICATE_START
                              : is_word(cli, "resume") ? CFN_REPLICATE_RESUME
                              : is_word(cli, "reload") ? CFN_REPLICATE_RELOAD
                                                       : CFN_REPLICATE_STOP;
    how->note = cli_replication_note;
    how->look = cli_replication_look;
    how->stop = interrupted;
    how->self = &live;
    json_t *status = cfn_replicate(transport, replication, what, how, cli->diags);
    live.lines = 0; /* the last picture stays */
    cli_replication_done(&live);
    return put_result(cli, status);
}

/* The stack dms alone is asked for. */
static json_t *outputs_of_dms(struct cli *cli, const struct cli_deployment *deployment,
                              const struct cfn_transport *transport) {
    struct cfn_deployment what = deployment->what;
    size_t index = 0;
    while (index < what.count && strcmp(what.targets[index].name, "dms") != 0)
        index++;
    if (index == what.count) {
        cfn_fail(cli->diags, "replicate.absent", (struct cfn_place){0}, "dms",
                 "the platform has no stack dms, which replicates");
        cfn_hint(cli->diags, "dms.enabled is false in the platform file");
        return NULL;
    }
    what.targets = &what.targets[index];
    what.count = 1;
    json_t *stacks = cfn_inspect_stacks(transport, &what, cli->diags);
    json_t *outputs = json_incref(json_object_get(json_array_get(stacks, 0), "outputs"));
    if (stacks && !*cfn_output_text(stacks, "0.status")) {
        cfn_fail(cli->diags, "replicate.absent", (struct cfn_place){0}, "dms",
                 "the stack %s is not there", what.targets[0].stack_name);
        cfn_hint(cli->diags, "'cfngen deploy --stack dms' brings it about");
        json_decref(outputs);
        outputs = NULL;
    }
    json_decref(stacks);
    return outputs;
}

static int replicate(struct cli *cli, struct cli_deployment *deployment,
                     const struct cfn_transport *transport) {
    struct cfn_replicate_options how = {.no_wait = cli_has(cli, "no-wait"),
                                        .no_test = cli_has(cli, "no-test"),
                                        .poll = deployment->what.poll};
    int code = cli_seconds(cli, "timeout", 1, 31536000, &how.timeout);
    if (code != CLI_DONE)
        return code;
    struct cfn_replication replication;
    json_t *outputs = outputs_of_dms(cli, deployment, transport);
    code = CLI_DONE;
    if (!outputs || cfn_replication_find(outputs, &replication, cli->diags))
        code = cli_code_of(cli);
    else if (is_word(cli, "status"))
        code = show_status(cli, &replication, transport);
    else if ((code = confirm(cli)) == CLI_DONE)
        code = carry_out(cli, &replication, transport, &how);
    json_decref(outputs);
    return code;
}

static int run(struct cli *cli) {
    bool known = false;
    for (const char *at = words; *at && cli->operand_count;
         at += strcspn(at, " "), at += *at == ' ')
        known |= strlen(cli->operands[0]) == strcspn(at, " ") &&
                 strncmp(at, cli->operands[0], strcspn(at, " ")) == 0;
    if (cli->operand_count && !known)
        return cli_usage(cli,
                         "replicate must be followed by start, stop, resume, reload or status, "
                         "not '%s'",
                         cli->operands[0]);
    return cli_with_deployment(cli, CFN_DEPLOY, replicate);
}

const struct cli_verb cli_replicate = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, words, 1, examples, run};

/* From a plan to its end: read, show, ask once, carry out, tell. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int cli_code_of(const struct cli *cli) {
    for (size_t i = 0; i < cfn_diags_count(cli->diags); i++) {
        const struct cfn_diag *diag = cfn_diags_at(cli->diags, i);
        if (diag->severity == CFN_ERROR &&
            (strncmp(diag->code, "aws.", 4) == 0 || strncmp(diag->code, "io.", 3) == 0 ||
             strncmp(diag->code, "web.", 4) == 0))
            return CLI_IO;
    }
    return cfn_diags_errors(cli->diags) ? CLI_NO : CLI_DONE;
}

/* What stands in the plan is a promise only while nothing is refused. */
static int show_plan(struct cli_run *run) {
    struct cli *cli = run->cli;
    if (cli->json)
        cli_put_line(stdout, cli_plan_json(run->engine));
    else
        cli_plan_print(cli, run->engine, run->whole_diff, stdout);
    fflush(stdout);
    return cfn_engine_tell(run->engine, cli->diags) ? cli_code_of(cli) : CLI_DONE;
}

/* Declining takes back what the plan itself has made (change sets). */
static void decline(struct cli_run *run) {
    struct cfn_watcher watcher = cli_live_watcher(&run->live);
    cfn_engine_halt(run->engine, CFN_HALT_DRAIN);
    cfn_engine_run(run->engine, run->transport, &watcher);
}

int cli_plan(struct cli_run *run, enum cfn_goal goal) {
    struct cli *cli = run->cli;
    bool terminal = !cli->json && isatty(fileno(stderr));
    run->live.cli = cli;
    if (!cli->json && !run->live.file)
        run->live.file = stdout;
    run->live.rich =
        run->live.file && cli_is_rich(cli, run->live.file) && isatty(fileno(run->live.file));
    run->live.all_events = cli_has(cli, "events");
    run->engine = cfn_engine_new(&run->deployment->what, goal);
    if (terminal)
        fprintf(stderr, "reading what is deployed ...\r");
    struct cfn_watcher watcher = cli_live_watcher(&run->live);
    enum cfn_phase phase = cfn_engine_run(run->engine, run->transport, &watcher);
    if (terminal)
        fprintf(stderr, "\033[2K");
    int code = show_plan(run);
    if (code == CLI_DONE && phase != CFN_PLANNED)
        code = CLI_NO;
    if (code != CLI_DONE && phase == CFN_PLANNED)
        decline(run);
    return code;
}

static int ask(struct cli_run *run) {
    if (!run->question)
        return CLI_DONE;
    if (run->cli->json || !isatty(STDIN_FILENO)) {
        cfn_fail(run->cli->diags, "cli.confirm", (struct cfn_place){0}, NULL,
                 "the plan must be approved, and nobody can be asked here");
        cfn_hint(run->cli->diags, "see --help for how to approve it beforehand");
        return CLI_NO;
    }
    cli_report(run->cli, CLI_STDERR_LINES);
    if (cli_confirm(run->question, run->answer))
        return CLI_DONE;
    fputs("nothing was changed\n", stderr);
    return CLI_NO;
}

static void tell_end(struct cli_run *run, int64_t ended) {
    struct cli *cli = run->cli;
    cli_live_clear(&run->live);
    if (cli->json)
        cli_put_line(stdout, cli_outcome_json(run->engine, run->began, ended));
    else
        cli_outcome_print(cli, run->engine, run->began, ended, stdout);
    fflush(stdout);
}

static int write_result(struct cli_run *run, int64_t ended) {
    const char *path = cli_value(run->cli, "result");
    if (!path)
        return CLI_DONE;
    json_t *result = cli_outcome_json(run->engine, run->began, ended);
    char *text = cfn_render(result, CFN_FORMAT_JSON);
    int code = cli_write(run->cli, path, text);
    free(text);
    json_decref(result);
    return code;
}

static bool all_done(const struct cfn_engine *engine) {
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.action != CFN_ACT_NONE && view.stage != CFN_STAGE_DONE)
            return false;
    }
    return true;
}

int cli_carry_out(struct cli_run *run) {
    int code = cfn_engine_changes(run->engine) ? ask(run) : CLI_DONE;
    if (code != CLI_DONE) {
        decline(run);
        return code;
    }
    struct cfn_watcher watcher = cli_live_watcher(&run->live);
    run->began = run->live.began = run->transport->now(run->transport->self);
    cfn_engine_approve(run->engine);
    cfn_engine_run(run->engine, run->transport, &watcher);
    int64_t ended = run->transport->now(run->transport->self);
    cfn_engine_tell(run->engine, run->cli->diags);
    if (cfn_engine_changes(run->engine))
        tell_end(run, ended);
    int written = write_result(run, ended);
    code = cli_code_of(run->cli);
    if (code == CLI_DONE && !all_done(run->engine))
        code = CLI_NO;
    return code != CLI_DONE ? code : written;
}

void cli_run_done(struct cli_run *run) {
    cfn_engine_free(run->engine);
    run->engine = NULL;
}

/* Leaves the targets that the operands name, in the platform's order. */
static int choose(struct cli *cli, struct cli_deployment *deployment) {
    struct cfn_targets *targets = &deployment->targets;
    size_t kept = 0;
    for (size_t i = 0; i < cli->operand_count; i++) {
        bool found = false;
        for (size_t j = 0; j < targets->count; j++)
            found = found || strcmp(cli->operands[i], targets->targets[j].name) == 0;
        if (!found)
            return cli_usage(cli, "there is no stack '%s' in the platform", cli->operands[i]);
    }
    for (size_t j = 0; j < targets->count; j++) {
        bool named = cli->operand_count == 0;
        for (size_t i = 0; i < cli->operand_count; i++)
            named = named || strcmp(cli->operands[i], targets->targets[j].name) == 0;
        if (named)
            targets->targets[kept++] = targets->targets[j];
    }
    deployment->what.count = targets->count = kept;
    return CLI_DONE;
}

static int with_deployment(struct cli *cli, enum cfn_goal goal, bool operands,
                           cli_deployment_work *work) {
    struct cli_session session = {0};
    struct cli_deployment deployment = {0};
    struct cli_door door = {0};
    int code = cli_synthesize(cli, &session);
    if (code == CLI_DONE)
        code = cli_deployment(cli, &session, goal, &deployment);
    if (code == CLI_DONE && operands)
        code = choose(cli, &deployment);
    if (code == CLI_DONE)
        code = cli_connect(cli, &session, &door);
    if (code == CLI_DONE) {
        cli_catch_interrupts(&door);
        code = work(cli, &deployment, door.transport);
    }
    cli_catch_interrupts(NULL);
    cli_disconnect(&door);
    cli_deployment_done(&deployment);
    cli_session_done(&session);
    return code;
}

int cli_with_deployment(struct cli *cli, enum cfn_goal goal, cli_deployment_work *work) {
    return with_deployment(cli, goal, false, work);
}

int cli_with_stacks(struct cli *cli, cli_deployment_work *work) {
    return with_deployment(cli, CFN_DEPLOY, true, work);
}

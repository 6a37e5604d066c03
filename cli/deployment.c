/* What the engine is asked to do: the platform's stacks with the options of this run. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

const char **cli_values(const struct cli *cli, const char *option) {
    size_t count = 0;
    while (cli_value_at(cli, option, count))
        count++;
    if (count == 0)
        return NULL;
    const char **values = cli_alloc((count + 1) * sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = cli_value_at(cli, option, i);
    return values;
}

/* STACK.NAME=VALUE into {"STACK": {"NAME": "VALUE"}}. */
static int read_parameter(struct cli *cli, const struct cli_session *session, const char *text,
                          json_t *all) {
    const char *dot = strchr(text, '.'), *equals = strchr(text, '=');
    if (!dot || !equals || dot > equals || dot + 1 == equals)
        return cli_usage(cli, "--parameter must be STACK.NAME=VALUE, not '%s'", text);
    char *stack = cli_text("%.*s", (int)(dot - text), text);
    char *name = cli_text("%.*s", (int)(equals - dot - 1), dot + 1);
    const struct cfn_assembled *assembled = cfn_assembly_find(session->assembly, stack);
    int code = CLI_DONE;
    if (!assembled)
        code =
            cli_usage(cli, "--parameter must begin with a stack of the platform, not '%s'", stack);
    else if (!json_object_get(json_object_get(assembled->body, "Parameters"), name))
        code = cli_usage(cli, "--parameter must name a parameter of %s, not '%s'", stack, name);
    else if (!json_object_get(all, stack))
        json_object_set_new(all, stack, json_object());
    if (code == CLI_DONE)
        json_object_set_new(json_object_get(all, stack), name, cfn_str(equals + 1));
    free(stack);
    free(name);
    return code;
}

static int read_parameters(struct cli *cli, const struct cli_session *session, json_t *all) {
    const char *text;
    for (size_t i = 0; (text = cli_value_at(cli, "parameter", i)); i++) {
        int code = read_parameter(cli, session, text, all);
        if (code != CLI_DONE)
            return code;
    }
    return CLI_DONE;
}

static int read_policy(struct cli *cli, struct cli_deployment *deployment) {
    const char *name = cli_value(cli, "stack-policy");
    size_t size;
    if (!name)
        return CLI_DONE;
    deployment->stack_policy = cli_read(cli, name, &size);
    if (!deployment->stack_policy)
        return CLI_IO;
    json_error_t error;
    json_t *policy = json_loadb(deployment->stack_policy, size, JSON_REJECT_DUPLICATES, &error);
    bool object = json_is_object(policy);
    json_decref(policy);
    if (object && size <= 16384)
        return CLI_DONE;
    cfn_fail(cli->diags, "cli.stack-policy",
             (struct cfn_place){.file = name, .line = object ? 0 : error.line}, NULL,
             "must be a JSON object of at most 16,384 bytes");
    return CLI_NO;
}

static int read_poll(struct cli *cli, int64_t *poll) {
    const char *text = cli_value(cli, "poll");
    if (!text)
        return CLI_DONE;
    char *end;
    double seconds = strtod(text, &end);
    if (*end || end == text || !(seconds >= 0.05 && seconds <= 60))
        return cli_usage(cli, "--poll must be a number of seconds from 0.05 to 60, not '%s'", text);
    *poll = (int64_t)(seconds * 1000);
    return CLI_DONE;
}

static uint64_t run_number(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec << 20 ^ (uint64_t)now.tv_nsec / 1000 ^ (uint64_t)getpid() << 44;
}

static enum cfn_mode mode_of(const struct cli *cli) {
    if (cli_has(cli, "express"))
        return CFN_EXPRESS;
    return cli_has(cli, "change-sets") ? CFN_CHANGE_SETS : CFN_DIRECT;
}

static void ask_for(struct cli *cli, const struct cli_session *session,
                    struct cli_deployment *deployment) {
    const struct cfn_deploy_settings *settings = cfn_platform_deploy(session->platform);
    struct cfn_deployment *what = &deployment->what;
    what->targets = deployment->targets.targets;
    what->count = deployment->targets.count;
    what->prefix = cfn_platform_name(session->platform);
    what->region = cfn_platform_region(session->platform);
    what->mode = mode_of(cli);
    what->role_arn = settings->role_arn;
    what->notification_arns = settings->notification_arns;
    what->termination_protection = settings->termination_protection;
    what->template_bucket = settings->template_bucket;
    what->stack_policy = deployment->stack_policy;
    what->keep_failed = cli_has(cli, "no-rollback");
    what->no_preflight = cli_has(cli, "no-preflight");
    what->skip = deployment->skip = cli_values(cli, "skip");
    what->skip_failed = cli_has(cli, "skip-failed");
    what->wait_for_others = !cli_has(cli, "no-wait");
    what->run = run_number();
}

int cli_deployment_of(struct cli *cli, const struct cli_session *session, enum cfn_goal goal,
                      const char *const *names, json_t *parameters,
                      struct cli_deployment *deployment) {
    *deployment = (struct cli_deployment){.parameters = parameters,
                                          .tags = cfn_platform_tags(session->platform)};
    if (cli_has(cli, "express") && cli_has(cli, "change-sets"))
        return cli_usage(cli, "--express and --change-sets exclude each other");
    int code = read_parameters(cli, session, deployment->parameters);
    if (code == CLI_DONE)
        code = read_policy(cli, deployment);
    if (code == CLI_DONE)
        code = read_poll(cli, &deployment->what.poll);
    if (code != CLI_DONE)
        return code;
    if (cfn_targets_of(session->assembly, names, goal, deployment->parameters, deployment->tags,
                       &deployment->targets, cli->diags))
        code = CLI_NO;
    if (code == CLI_DONE)
        ask_for(cli, session, deployment);
    return code;
}

int cli_deployment(struct cli *cli, const struct cli_session *session, enum cfn_goal goal,
                   struct cli_deployment *deployment) {
    const char **names = cli_values(cli, "stack");
    int code = cli_deployment_of(cli, session, goal, names, json_object(), deployment);
    free(names);
    return code;
}

void cli_deployment_done(struct cli_deployment *deployment) {
    free(deployment->targets.targets);
    free(deployment->skip);
    free(deployment->stack_policy);
    json_decref(deployment->parameters);
    json_decref(deployment->tags);
    *deployment = (struct cli_deployment){0};
}

/* The outputs of the deployed stacks, for the steps that come after. */
#include "steps.h"

#include <stdlib.h>
#include <string.h>

static const json_t *stack_of(const struct cli_step *step, const char *name) {
    for (size_t i = 0; i < json_array_size(step->stacks); i++)
        if (strcmp(cfn_output_text(json_array_get(step->stacks, i), "name"), name) == 0)
            return json_array_get(step->stacks, i);
    return NULL;
}

const char *cli_output(const struct cli_step *step, const char *stack, const char *output) {
    const json_t *outputs = json_object_get(stack_of(step, stack), "outputs");
    return json_string_value(json_object_get(outputs, output));
}

const char *cli_need(const struct cli_step *step, const char *stack, const char *output) {
    const json_t *found = stack_of(step, stack);
    const char *value = cli_output(step, stack, output);
    if (value && *value)
        return value;
    const char *status = cfn_output_text(found, "status");
    if (!found)
        cfn_fail(step->cli->diags, "step.stack", (struct cfn_place){0}, NULL,
                 "the platform has no stack %s, whose output %s is needed", stack, output);
    else if (!*status)
        cfn_fail(step->cli->diags, "step.stack", (struct cfn_place){0}, NULL,
                 "the stack %s, whose output %s is needed, is not deployed", stack, output);
    else
        cfn_fail(step->cli->diags, "step.stack", (struct cfn_place){0}, NULL,
                 "the stack %s (%s) gives no output %s", stack, status, output);
    if (!found)
        cfn_hint(step->cli->diags, "set %s.enabled to true, then 'cfngen deploy --stack %s'", stack,
                 stack);
    else
        cfn_hint(step->cli->diags, "'cfngen deploy --stack %s'", stack);
    return NULL;
}

const char *cli_setting(const struct cli_step *step, const char *path) {
    const struct cfn_setting *setting =
        cfn_config_find(cfn_platform_config(step->session->platform), path);
    return setting && setting->value ? setting->value : "";
}

int cli_seconds(const struct cli *cli, const char *option, double least, double most,
                int64_t *milliseconds) {
    const char *text = cli_value(cli, option);
    if (!text)
        return CLI_DONE;
    char *end;
    double seconds = strtod(text, &end);
    if (*end || end == text || !(seconds >= least && seconds <= most))
        return cli_usage(cli, "--%s must be a number of seconds from %g to %.0f, not '%s'", option,
                         least, most, text);
    *milliseconds = (int64_t)(seconds * 1000);
    return CLI_DONE;
}

static int work_on(struct cli_step *step, cli_step_work *work) {
    int code = cli_connect(step->cli, step->session, step->door);
    if (code != CLI_DONE)
        return code;
    step->transport = step->door->transport;
    cli_catch_interrupts(step->door);
    step->stacks = cfn_inspect_stacks(step->transport, step->what, step->cli->diags);
    return step->stacks ? work(step) : cli_code_of(step->cli);
}

int cli_with_outputs(struct cli *cli, cli_step_work *work) {
    struct cli_session session = {0};
    struct cli_deployment deployment = {0};
    struct cli_door door = {0};
    struct cli_step step = {.cli = cli, .session = &session, .door = &door};
    int code = cli_synthesize(cli, &session);
    if (code == CLI_DONE)
        code = cli_deployment(cli, &session, CFN_DEPLOY, &deployment);
    step.what = &deployment.what;
    step.tags = deployment.tags;
    step.run = deployment.what.run;
    if (code == CLI_DONE)
        code = work_on(&step, work);
    cli_catch_interrupts(NULL);
    json_decref(step.stacks);
    cli_disconnect(&door);
    cli_deployment_done(&deployment);
    cli_session_done(&session);
    return code;
}

/* -- the warehouse ----------------------------------------------------------------------------- */

static bool stop(void *self) {
    (void)self;
    return cli_interrupts() > 0;
}

int cli_warehouse_of(const struct cli_step *step, struct cfn_warehouse *warehouse) {
    bool serverless = strcmp(cli_setting(step, "redshift.mode"), "provisioned") != 0;
    const char *name =
        cli_need(step, "redshift", serverless ? "WorkgroupName" : "ClusterIdentifier");
    *warehouse = (struct cfn_warehouse){
        .workgroup = serverless ? name : NULL,
        .cluster = serverless ? NULL : name,
        .database = name ? cli_need(step, "redshift", "DatabaseName") : NULL,
        .secret = cli_value(step->cli, "secret"),
        .run = step->run,
        .stop = stop,
    };
    if (!warehouse->secret && !cli_has(step->cli, "iam") && warehouse->database)
        warehouse->secret = cli_need(step, "redshift", "AdminSecretId");
    return warehouse->database && (warehouse->secret || cli_has(step->cli, "iam")) ? 0 : -1;
}

/*
 * What the verbs of the data steps share: the outputs of the deployed stacks, and the warehouse.
 */
#ifndef CFNGEN_CLI_STEPS_H
#define CFNGEN_CLI_STEPS_H

#include "deployment.h"

/* A step at work. Everything is borrowed. */
struct cli_step {
    struct cli *cli;
    const struct cli_session *session;
    const struct cfn_deployment *what;
    const json_t *tags; /* of the platform, an object of strings */
    struct cli_door *door;
    const struct cfn_transport *transport;
    json_t *stacks; /* as cfn_inspect_stacks gives them */
    uint64_t run;   /* a number that no other run has */
};
typedef int cli_step_work(struct cli_step *step);

/* Loads the platform, opens the door, asks what the stacks tell of themselves, and does the work.
 */
int cli_with_outputs(struct cli *cli, cli_step_work *work);

/* An output of a deployed stack, or NULL. */
const char *cli_output(const struct cli_step *step, const char *stack, const char *output);
/* The same; where it is not there, what to deploy is told, and NULL given. */
const char *cli_need(const struct cli_step *step, const char *stack, const char *output);
/* A setting of the platform as YAML text ("[silver]", "serverless"), or "". */
const char *cli_setting(const struct cli_step *step, const char *path);

/* A number of seconds of an option, as milliseconds; CLI_USAGE where it is none. An option that is
 * not given leaves *milliseconds as it is. */
int cli_seconds(const struct cli *cli, const char *option, double least, double most,
                int64_t *milliseconds);

/* The warehouse of the platform, asked as its administrator, or as the options --secret and --iam
 * say. 0, or -1 with a diagnostic. */
#define CLI_WAREHOUSE_OPTIONS                                                                      \
    {.name = "secret",                                                                             \
     .argument = "ID",                                                                             \
     .help = "of Secrets Manager: whose user asks, in place of the administrator"},                \
        {.name = "iam", .help = "ask as yourself: the user IAM:<you> or IAMR:<your role>"}, {      \
        .name = "timeout", .argument = "SECONDS", .help = "of one statement, which is cancelled",  \
        .fallback = "3600"                                                                         \
    }
int cli_warehouse_of(const struct cli_step *step, struct cfn_warehouse *warehouse);

/* Runs a script and prints what it gives: cli/sql.c. */
int cli_run_script(const struct cli_step *step, const char *file);

#endif

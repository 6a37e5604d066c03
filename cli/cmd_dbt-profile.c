/* cfngen dbt-profile: profiles.yml for dbt, from the outputs of the stacks. */
#include "steps.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "out", .letter = 'o', .argument = "FILE", .help = "write it there"},
    {.name = "check", .help = "write nothing; the exit code is 1 where FILE is another"},
    {.name = "force", .help = "replace a file that is another"},
    {.name = "method",
     .argument = "METHOD",
     .help = "how dbt logs in: iam as the caller of AWS, password as $DBT_USER with $DBT_PASSWORD",
     .choices = "iam|password",
     .fallback = "iam"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Prints it, without --out. No secret stands in it. With the method iam, dbt logs\n"
    "in as IAMR:<role> or IAM:<user>: 'cfngen warehouse --writer' gives that one its\n"
    "rights.\n";

static const struct cli_example examples[] = {
    {"cfngen dbt-profile --out dbt_project/profiles.yml --force", "for dbt on this machine"},
    {"DBT_PROFILES_DIR=$PWD dbt build --project-dir dbt_project", "and dbt, once it stands here"},
    {NULL, NULL},
};

/* Whether the file has that text already; *there: whether there is one. */
static int compare(struct cli *cli, const char *path, const char *text, bool *there, bool *same) {
    *there = *same = false;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return CLI_DONE;
    size_t size = 0;
    char *old = cli_read(cli, path, &size);
    if (!old)
        return CLI_IO;
    *there = true;
    *same = size == strlen(text) && memcmp(old, text, size) == 0;
    free(old);
    return CLI_DONE;
}

static int put(struct cli *cli, const char *text) {
    const char *path = cli_value(cli, "out");
    bool there, same;
    if (!path || strcmp(path, "-") == 0)
        return cli_write(cli, path, text);
    int code = compare(cli, path, text, &there, &same);
    if (code != CLI_DONE || same)
        return code;
    const struct cfn_place place = {.file = path};
    if (cli_has(cli, "check")) {
        cfn_fail(cli->diags, "dbt.differs", place, NULL,
                 there ? "is not what the stacks tell" : "is not there");
        return CLI_NO;
    }
    if (there && !cli_has(cli, "force")) {
        cfn_fail(cli->diags, "dbt.there", place, NULL, "is there, and is another");
        cfn_hint(cli->diags, "--force replaces it, '--out -' prints");
        return CLI_NO;
    }
    return cli_write(cli, path, text);
}

static int work(struct cli_step *step) {
    struct cli *cli = step->cli;
    const char *method = cli_value(cli, "method");
    bool serverless = strcmp(cli_setting(step, "redshift.mode"), "provisioned") != 0;
    const char *name =
        cli_need(step, "redshift", serverless ? "WorkgroupName" : "ClusterIdentifier");
    const struct cfn_dbt_profile profile = {
        .host = name ? cli_need(step, "redshift", "Host") : NULL,
        .port = name ? cli_need(step, "redshift", "Port") : NULL,
        .database = name ? cli_need(step, "redshift", "DatabaseName") : NULL,
        .region = step->what->region,
        .workgroup = serverless ? name : NULL,
        .cluster = serverless ? NULL : name,
        .schema = "analytics",
        .profile = cli_value(cli, "profile"),
        .password = method && strcmp(method, "password") == 0,
    };
    if (!profile.host || !profile.port || !profile.database)
        return cli_code_of(cli);
    char *text = cfn_dbt_profile_text(&profile);
    int code = put(cli, text);
    free(text);
    return code;
}

static int run(struct cli *cli) {
    if (cli_has(cli, "check") && !cli_value(cli, "out"))
        return cli_usage(cli, "--check needs --out");
    if (cli_has(cli, "check") && cli_has(cli, "force"))
        return cli_usage(cli, "--check and --force exclude each other");
    return cli_with_outputs(cli, work);
}

const struct cli_verb cli_dbt_profile = {.options = options,
                                         .common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                         .about = about,
                                         .examples = examples,
                                         .run = run};

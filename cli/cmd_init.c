/* cfngen init: a file to begin with, that says of every setting what it is. */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "project",
     .letter = 'p',
     .argument = "NAME",
     .help = "begins the name of everything",
     .fallback = "shop"},
    {.name = "region",
     .letter = 'r',
     .argument = "REGION",
     .help = "AWS region",
     .fallback = "$AWS_REGION or eu-central-1"},
    {.name = "environment",
     .letter = 'e',
     .argument = "NAME",
     .help = "second part of every name",
     .fallback = "dev"},
    {.name = "force", .help = "write over a file that is there"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "The file is platform.yaml, or FILE; '-' is standard output. It holds the three\n"
    "settings that are needed, and every other one as a comment with its default.\n";

static const struct cli_example examples[] = {
    {"cfngen init --project shop --region eu-central-1", "write platform.yaml"},
    {"cfngen init - | less", "read what can be set"},
    {NULL, NULL},
};

static const char *region(const struct cli *cli) {
    const char *given = cli_value(cli, "region"), *variable = getenv("AWS_REGION");
    return given ? given : variable && *variable ? variable : "eu-central-1";
}

static char *preset(const struct cli *cli, const char *name, const char *fallback) {
    const char *given = cli_value(cli, name);
    return cli_text("%s=%s", name, given ? given : fallback);
}

/* A mistake in a preset, told of the option it came from. */
static void tell_preset(struct cli *cli, const struct cfn_diag *diag) {
    const char *origin = strstr(diag->message, " (from --set)");
    size_t size = origin ? (size_t)(origin - diag->message) : strlen(diag->message);
    cfn_fail(cli->diags, diag->code, (struct cfn_place){0}, NULL, "--%s: %.*s",
             diag->path ? diag->path : "project", (int)size, diag->message);
    if (diag->hint)
        cfn_hint(cli->diags, "%s", diag->hint);
}

/* What is written must load: a name that AWS would refuse is told here. */
static int check_presets(struct cli *cli, struct cfn_stack_set *set, const char *const *presets) {
    struct cfn_config_source source = {.name = "presets", .text = "", .flags = presets};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_platform *platform = cfn_platform_load(set, &source, NULL, diags);
    int code = platform ? CLI_DONE : CLI_NO;
    for (size_t i = 0; !platform && i < cfn_diags_count(diags); i++)
        tell_preset(cli, cfn_diags_at(diags, i));
    cfn_platform_free(platform);
    cfn_diags_free(diags);
    return code;
}

static int refuse_existing(struct cli *cli, const char *path) {
    if (strcmp(path, "-") == 0 || cli_has(cli, "force") || access(path, F_OK) != 0)
        return CLI_DONE;
    cfn_fail(cli->diags, "cli.exists", (struct cfn_place){.file = path}, NULL,
             "is there already, and is left as it is");
    cfn_hint(cli->diags, "'--force' writes over it, '-' prints to standard output");
    return CLI_NO;
}

static void tell_next(const char *path) {
    if (strcmp(path, "-") == 0)
        return;
    fprintf(stderr,
            "wrote %s\n\n"
            "next:\n"
            "  cfngen ls               what it makes, in the order of deployment\n"
            "  cfngen synth --out out  its templates, checked\n"
            "  cfngen explain          every setting, and where its value comes from\n",
            path);
}

static int write_file(struct cli *cli, struct cfn_stack_set *set, const char *path) {
    char *presets[] = {preset(cli, "project", "shop"), preset(cli, "environment", "dev"),
                       cli_text("region=%s", region(cli)), NULL};
    int code = check_presets(cli, set, (const char *const *)presets);
    if (code == CLI_DONE) {
        char *text = cfn_rows_example(cfn_stack_set_rows(set), "The platform, as cfngen makes it",
                                      (const char *const *)presets);
        code = cli_write(cli, path, text);
        free(text);
    }
    if (code == CLI_DONE)
        tell_next(path);
    for (size_t i = 0; presets[i]; i++)
        free(presets[i]);
    return code;
}

static int run(struct cli *cli) {
    const char *path = cli->operand_count ? cli->operands[0] : "platform.yaml";
    int code = refuse_existing(cli, path);
    if (code != CLI_DONE)
        return code;
    struct cfn_stack_set *set = cfn_stack_set_new();
    code = write_file(cli, set, path);
    cfn_stack_set_free(set);
    return code;
}

const struct cli_verb cli_init = {options, CLI_REPORT, about, NULL, 1, examples, run};

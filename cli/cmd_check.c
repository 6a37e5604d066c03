/* cfngen check: templates against AWS's own resource schema, offline. */
#include "cli.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Each FILE is a CloudFormation template, JSON or YAML (with !Ref, !Sub and the\n"
    "other short forms); '-' is standard input. Without FILE the platform's own\n"
    "templates are synthesized and checked. What the schema does not know is let\n"
    "through. The manifest.json that 'cfngen synth' writes is passed over, so that\n"
    "all files of a folder can be named.\n"
    "\n"
    "Findings are printed to standard output, as lines 'file:line:column: error: ...'\n"
    "or, with --output json, as one array. The exit code is 1 when there is an error.\n";

static const struct cli_example examples[] = {
    {"cfngen check template.yaml", "check a template of your own"},
    {"cfngen check --output json out/*.json | jq '.[].message'", "findings for a program"},
    {NULL, NULL},
};

static bool is_manifest(const char *name, const char *text, size_t size) {
    const char *slash = strrchr(name, '/');
    if (strcmp(slash ? slash + 1 : name, "manifest.json") != 0)
        return false;
    json_t *body = json_loadb(text, size, 0, NULL);
    bool found = json_is_array(json_object_get(body, "stacks"));
    json_decref(body);
    return found;
}

static int check_file(struct cli *cli, const char *name, size_t *count) {
    size_t size = 0;
    char *text = cli_read(cli, name, &size);
    if (!text)
        return CLI_IO;
    if (is_manifest(name, text, size)) {
        free(text);
        return CLI_DONE;
    }
    ++*count;
    int result = cfn_check_text(strcmp(name, "-") == 0 ? "<stdin>" : name, text, size, cli->diags);
    free(text);
    return result == 0 ? CLI_DONE : CLI_NO;
}

static int check_files(struct cli *cli, size_t *count) {
    int worst = CLI_DONE;
    for (size_t i = 0; i < cli->operand_count; i++) {
        int code = check_file(cli, cli->operands[i], count);
        worst = code > worst ? code : worst;
    }
    return worst;
}

static int check_platform(struct cli *cli, size_t *count) {
    struct cli_session session = {0};
    int code = cli_synthesize(cli, &session);
    if (session.assembly)
        *count = cfn_assembly_count(session.assembly);
    cli_session_done(&session);
    return code;
}

static void tell_summary(const struct cli *cli, size_t count) {
    char templates[48], errors[48], warnings[48];
    size_t failed = cfn_diags_errors(cli->diags), other = 0;
    for (size_t i = 0; i < cfn_diags_count(cli->diags); i++)
        other += cfn_diags_at(cli->diags, i)->severity == CFN_WARNING;
    if (count > 0)
        fprintf(stderr, "%s: ", cli_plural(count, "template", templates));
    fprintf(stderr, "%s, %s\n", failed ? cli_plural(failed, "error", errors) : "no errors",
            other ? cli_plural(other, "warning", warnings) : "no warnings");
}

static int run(struct cli *cli) {
    size_t count = 0;
    int code = cli->operand_count ? check_files(cli, &count) : check_platform(cli, &count);
    if (code == CLI_USAGE)
        return code;
    cli_report(cli, CLI_STDOUT_ARRAY);
    if (!cli->json)
        tell_summary(cli, count);
    return code;
}

const struct cli_verb cli_check = {NULL, CLI_PLATFORM | CLI_REPORT, about, NULL, SIZE_MAX, examples,
                                   run};

/* cfngen schema: of the platform file, for editors and readers; and of AWS's resource types. */
#include "cli.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "reference", .help = "the reference of all settings, as Markdown"},
    {.name = "example", .help = "an example file, every setting with its default"},
    {.name = "list", .letter = 'l', .help = "list types; TYPE is a pattern or a part of a name"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Without operands, the JSON Schema of the platform file, for editors. With a TYPE\n"
    "such as AWS::S3::Bucket, what AWS knows of it: properties, kinds, bounds, what a\n"
    "change replaces, attributes. Further words walk into its properties.\n";

static const struct cli_example examples[] = {
    {"cfngen schema > platform.schema.json", "completion and checks in an editor"},
    {"cfngen schema --list 'AWS::RDS::*'", "types of a service"},
    {"cfngen schema AWS::S3::Bucket VersioningConfiguration Status", "one property"},
    {NULL, NULL},
};

static char *part(const char *text, size_t at, size_t size) {
    char *lower = cli_text("%.*s", (int)size, text + at);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return lower;
}

static bool contains(const char *name, const char *piece) {
    char *all = part(name, 0, strlen(name)), *wanted = part(piece, 0, strlen(piece));
    bool found = strstr(all, wanted) != NULL;
    free(all);
    free(wanted);
    return found;
}

static bool matches(const char *name, const char *pattern) {
    if (!pattern)
        return true;
    return strpbrk(pattern, "*?[") ? fnmatch(pattern, name, 0) == 0 : contains(name, pattern);
}

static int list(struct cli *cli) {
    const char *pattern = cli->operand_count ? cli->operands[0] : NULL;
    size_t found = 0;
    json_t *all = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < cfn_schema_count(); i++) {
        const char *name = cfn_type_name(cfn_schema_at(i));
        if (!matches(name, pattern))
            continue;
        found++;
        if (cli->json)
            all = cfn_append(all, cfn_str(name));
        else
            puts(name);
    }
    if (cli->json)
        cli_put_json(stdout, json_incref(all));
    json_decref(all);
    return found ? CLI_DONE : CLI_NO;
}

static int unknown(struct cli *cli, const char *what, const char *word, const char *near) {
    cfn_fail(cli->diags, "cli.schema", (struct cfn_place){0}, NULL, "must be %s, not '%s'", what,
             word);
    if (near)
        cfn_hint(cli->diags, "did you mean '%s'?", near);
    else
        cfn_hint(cli->diags, "'cfngen schema --list' lists all types");
    return CLI_NO;
}

static int unknown_type(struct cli *cli, const char *word) {
    size_t count = cfn_schema_count();
    const char **names = cli_alloc((count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = cfn_type_name(cfn_schema_at(i));
    int code = unknown(cli, "a resource type of AWS", word, cfn_nearest(word, names));
    free(names);
    return code;
}

static int unknown_property(struct cli *cli, struct cfn_type type, const char *word) {
    size_t count = cfn_type_property_count(type);
    const char **names = cli_alloc((count + 1) * sizeof *names);
    struct cfn_property property;
    for (size_t i = 0; i < count && cfn_type_property(type, i, &property); i++)
        names[i] = property.name;
    char *what = cli_text("a property of %s", cfn_type_name(type));
    int code = unknown(cli, what, word, cfn_nearest(word, names));
    free(what);
    free(names);
    return code;
}

static int show_type(struct cli *cli) {
    struct cfn_type type = cfn_schema_find(cli->operands[0]);
    if (!type.service)
        return unknown_type(cli, cli->operands[0]);
    struct cfn_property property = {0};
    for (size_t i = 1; i < cli->operand_count; i++) {
        const char *word = cli->operands[i];
        if (!type.service)
            return cfn_fail(cli->diags, "cli.schema", (struct cfn_place){0}, NULL,
                            "%s has no properties of its own, so nothing can follow it, not '%s'",
                            property.name, word),
                   CLI_NO;
        if (!cfn_type_find_property(type, word, &property))
            return unknown_property(cli, type, word);
        type = property.type;
    }
    cli_show_facts(cli, type, cli->operand_count > 1 ? &property : NULL);
    return CLI_DONE;
}

static int show_file(const struct cli *cli) {
    static const char title[] = "The platform file of cfngen";
    static const char *const presets[] = {"project=shop", "region=eu-central-1", NULL};
    struct cfn_stack_set *set = cfn_stack_set_new();
    const struct cfn_row *rows = cfn_stack_set_rows(set);
    char *text = cli_has(cli, "reference") ? cfn_rows_reference(rows, title)
                 : cli_has(cli, "example") ? cfn_rows_example(rows, title, presets)
                                           : cfn_rows_json_schema(rows, title);
    fputs(text, stdout);
    free(text);
    cfn_stack_set_free(set);
    return CLI_DONE;
}

static int run(struct cli *cli) {
    bool reference = cli_has(cli, "reference"), example = cli_has(cli, "example");
    if (reference + example + cli_has(cli, "list") > 1)
        return cli_usage(cli, "takes one of --reference, --example and --list");
    if ((reference || example) && cli->operand_count > 0)
        return cli_usage(cli, "--%s takes no TYPE", reference ? "reference" : "example");
    if (cli_has(cli, "list") && cli->operand_count > 1)
        return cli_usage(cli, "--list takes one pattern, not '%s' too", cli->operands[1]);
    if (cli_has(cli, "list"))
        return list(cli);
    return cli->operand_count ? show_type(cli) : show_file(cli);
}

const struct cli_verb cli_schema = {options,  CLI_REPORT, about, "@schema --list",
                                    SIZE_MAX, examples,   run};

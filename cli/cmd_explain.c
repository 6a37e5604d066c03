/* cfngen explain: what a setting is, what it is set to, and by whom. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "paths", .help = "only the paths, one a line"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "PATH is a setting such as rds.storage_gb, or a section such as rds; without it\n"
    "all settings are listed. A value is looked for in this order: --set, the\n"
    "environment variable, the overlay of the environment, the file, the default.\n";

static const struct cli_example examples[] = {
    {"cfngen explain rds.storage_gb", "one setting: value, origin, range, help"},
    {"cfngen explain --env production rds", "a section, as it is in production"},
    {NULL, NULL},
};

enum { MOST_SHOWN = 48 };

/* "platform.yaml:12:15", "$CFNGEN_RDS_STORAGE_GB", "--set", "default"; free() it. */
static char *origin_of(const struct cfn_setting *setting) {
    switch (setting->origin) {
    case CFN_FROM_FLAG:
        return cli_text("--set");
    case CFN_FROM_VARIABLE:
        return cli_text("$%s", setting->variable);
    case CFN_FROM_FILE:
        return cli_text("%s:%d:%d", setting->place.file, setting->place.line,
                        setting->place.column);
    case CFN_FROM_DEFAULT:
        break;
    }
    return cli_text("default");
}

static char *choices_of(const char *choices) {
    char *all = cli_text("one of"), choice[64];
    for (size_t i = 0; cli_choice(choices, i, choice, sizeof choice); i++) {
        char *longer = cli_text("%s%s %s", all, i ? "," : "", choice);
        free(all);
        all = longer;
    }
    return all;
}

/* What a value may be, in words; free() it. */
static char *kind_of(const struct cfn_row *row) {
    const char *must_be = row->format ? row->format->must_be : NULL;
    switch (row->kind) {
    case CFN_ROW_BOOL:
        return cli_text("true or false");
    case CFN_ROW_INT:
        return row->max > row->min ? cli_text("whole number, %ld to %ld", row->min, row->max)
                                   : cli_text("whole number");
    case CFN_ROW_CHOICE:
        return choices_of(row->choices);
    case CFN_ROW_LIST:
        return must_be ? cli_text("list, each %s", must_be) : cli_text("list of texts");
    case CFN_ROW_TABLE:
        return cli_text("table of texts");
    case CFN_ROW_TEXT:
    case CFN_ROW_SECTION:
        break;
    }
    return cli_text("%s", must_be ? must_be : "text");
}

static json_t *text_or_null(const char *text) {
    return text ? cfn_str(text) : json_null();
}

static json_t *json_of(const struct cfn_setting *setting) {
    char *origin = origin_of(setting), *kind = kind_of(setting->row);
    json_t *value = cfn_map(
        {"path", cfn_str(setting->path)}, {"value", text_or_null(setting->value)},
        {"origin", cfn_str(origin)}, {"variable", text_or_null(setting->variable)},
        {"kind", cfn_str(kind)}, {"default", text_or_null(setting->row->fallback)},
        {"required", cfn_bool(setting->row->required)}, {"help", text_or_null(setting->row->help)});
    free(origin);
    free(kind);
    return value;
}

static void print_field(const char *name, const char *value) {
    printf("  %-9s ", name);
    cli_put_clean(stdout, value);
    putchar('\n');
}

static void print_setting(const struct cli *cli, const struct cfn_setting *setting) {
    char *origin = origin_of(setting), *kind = kind_of(setting->row);
    fputs(cli_style(cli, stdout, CLI_BOLD), stdout);
    printf("%s: ", setting->path);
    cli_put_clean(stdout, setting->value ? setting->value : "(absent)");
    printf("%s\n", cli_style(cli, stdout, CLI_PLAIN));
    if (setting->row->help)
        printf("  %s\n", setting->row->help);
    putchar('\n');
    print_field("from", origin);
    print_field("must be", kind);
    print_field("default", setting->row->required   ? "none: it must be set"
                           : setting->row->fallback ? setting->row->fallback
                                                    : "absent");
    print_field("variable", setting->variable);
    free(origin);
    free(kind);
}

/* In the path's section, or the setting itself; a path of NULL holds all. */
static bool is_inside(const struct cfn_setting *setting, const char *path) {
    size_t size = path ? strlen(path) : 0;
    return !path || (strncmp(setting->path, path, size) == 0 &&
                     (setting->path[size] == '.' || setting->path[size] == '\0'));
}

/* A value's beginning, without half a character. */
static int shown_bytes(const char *value) {
    size_t size = strlen(value);
    if (size <= MOST_SHOWN)
        return (int)size;
    for (size = MOST_SHOWN - 3; size > 0 && ((unsigned char)value[size] & 0xC0) == 0x80;)
        size--;
    return (int)size;
}

static void add_row(struct cli_table *table, const struct cfn_setting *setting) {
    const char *value = setting->value ? setting->value : "-";
    char *origin = origin_of(setting);
    cli_cell(table, "%s", setting->path);
    cli_cell(table, "%.*s%s", shown_bytes(value), value, strlen(value) > MOST_SHOWN ? "..." : "");
    cli_cell(table, "%s", origin);
    free(origin);
}

static void print_table(const struct cli *cli, const struct cfn_config *config, const char *path) {
    struct cli_table table = {.columns = 3};
    cli_cell(&table, "SETTING");
    cli_cell(&table, "VALUE");
    cli_cell(&table, "FROM");
    for (size_t i = 0; i < cfn_config_count(config); i++)
        if (is_inside(cfn_config_at(config, i), path))
            add_row(&table, cfn_config_at(config, i));
    cli_table_print(cli, &table, stdout);
}

static void print_paths(const struct cfn_config *config, const char *path) {
    for (size_t i = 0; i < cfn_config_count(config); i++)
        if (is_inside(cfn_config_at(config, i), path))
            puts(cfn_config_at(config, i)->path);
}

static void print_json(const struct cfn_config *config, const char *path) {
    json_t *all = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < cfn_config_count(config); i++)
        if (is_inside(cfn_config_at(config, i), path))
            all = cfn_append(all, json_of(cfn_config_at(config, i)));
    cli_put_json(stdout, all);
}

static bool is_known(const struct cfn_config *config, const char *path) {
    for (size_t i = 0; i < cfn_config_count(config); i++)
        if (is_inside(cfn_config_at(config, i), path))
            return true;
    return false;
}

static int unknown_path(struct cli *cli, struct cli_session *session, const char *path) {
    const struct cfn_config *config = cfn_platform_config(session->platform);
    const struct cfn_row *rows = cfn_stack_set_rows(session->set);
    size_t settings = cfn_config_count(config), count = 0;
    while (rows[count].name)
        count++;
    const char **known = cli_alloc((settings + count + 1) * sizeof *known);
    for (size_t i = 0; i < settings; i++)
        known[i] = cfn_config_at(config, i)->path;
    for (size_t i = 0; i < count; i++)
        known[settings + i] = rows[i].name;
    const char *near = cfn_nearest(path, known);
    cfn_fail(cli->diags, "cli.path", (struct cfn_place){0}, NULL,
             "PATH must be a setting or a section, not '%s'", path);
    if (near)
        cfn_hint(cli->diags, "did you mean '%s'?", near);
    free(known);
    return CLI_NO;
}

static int explain(struct cli *cli, struct cli_session *session) {
    const struct cfn_config *config = cfn_platform_config(session->platform);
    const char *path = cli->operand_count ? cli->operands[0] : NULL;
    if (!is_known(config, path))
        return unknown_path(cli, session, path);
    const struct cfn_setting *setting = path ? cfn_config_find(config, path) : NULL;
    if (cli_has(cli, "paths"))
        print_paths(config, path);
    else if (cli->json)
        print_json(config, path);
    else if (setting)
        print_setting(cli, setting);
    else
        print_table(cli, config, path);
    return CLI_DONE;
}

static int run(struct cli *cli) {
    struct cli_session session = {0};
    int code = cli_load(cli, &session);
    if (code == CLI_DONE)
        code = explain(cli, &session);
    cli_session_done(&session);
    return code;
}

const struct cli_verb cli_explain = {
    options, CLI_PLATFORM | CLI_REPORT, about, "@explain --paths", 1, examples, run};

/* cfngen synth: the templates, on standard output or as files. */
#include "cli.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const struct cli_option options[] = {
    {.name = "out",
     .letter = 'o',
     .argument = "DIR",
     .help = "write one file per stack, and manifest.json"},
    {.name = "stack",
     .argument = "NAME",
     .help = "only this stack",
     .words = "@ls --names",
     .repeats = true},
    {.name = "format",
     .argument = "FORMAT",
     .help = "of the templates",
     .choices = "json|yaml",
     .fallback = "json"},
    {.name = "strict", .help = "take warnings for errors"},
    CLI_OPTIONS_END,
};

static const char about[] =
    "Every template is checked before anything is written; after an error nothing is.\n"
    "One stack is printed as its template, several as an object of all of them. The\n"
    "same file gives the same bytes whatever the machine, locale and time zone.\n"
    "\n"
    "With --out, files that an earlier run left there and that are no longer part of\n"
    "the platform are removed; files of others never are. With --stack too, only that\n"
    "file is written, and the manifest stays as it is.\n";

static const struct cli_example examples[] = {
    {"cfngen synth --out out", "write out/common.json, out/data_lake.json, ..., out/manifest.json"},
    {"cfngen synth --stack rds --format yaml", "print one template"},
    {"cfngen synth --env production --set rds.multi_az=true | jq keys", "try a setting"},
    {NULL, NULL},
};

struct synth {
    struct cli *cli;
    struct cli_session session;
    const char *format; /* "json": the extension too */
    enum cfn_format as;
    struct timespec begin;
    size_t templates, resources;
    struct cli_table table;
};

static bool is_chosen(const struct cli *cli, const char *stack) {
    const char *name;
    for (size_t i = 0; (name = cli_value_at(cli, "stack", i)); i++)
        if (strcmp(name, stack) == 0)
            return true;
    return !cli_has(cli, "stack");
}

static int unknown_stack(const struct synth *synth, const char *name) {
    const struct cfn_assembly *assembly = synth->session.assembly;
    size_t count = cfn_assembly_count(assembly);
    const char **names = cli_alloc((count + 1) * sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = cfn_assembly_at(assembly, i)->name;
    struct cfn_diags *diags = synth->cli->diags;
    cfn_fail(diags, "cli.stack", (struct cfn_place){0}, NULL,
             "--stack must name a stack of the platform that is enabled, not '%s'", name);
    const char *near = cfn_nearest(name, names);
    if (near)
        cfn_hint(diags, "did you mean '%s'?", near);
    free(names);
    return CLI_NO;
}

static int check_choice(const struct synth *synth) {
    const char *name;
    for (size_t i = 0; (name = cli_value_at(synth->cli, "stack", i)); i++)
        if (!cfn_assembly_find(synth->session.assembly, name))
            return unknown_stack(synth, name);
    if (!cli_has(synth->cli, "strict") || cfn_diags_count(synth->cli->diags) == 0)
        return CLI_DONE;
    cfn_fail(synth->cli->diags, "cli.strict", (struct cfn_place){0}, NULL,
             "there must be no warning under --strict: nothing is written");
    return CLI_NO;
}

/* One template as it is; several as an object, in the order of deployment. */
static int print(const struct synth *synth) {
    const struct cfn_assembly *assembly = synth->session.assembly;
    json_t *all = json_object(), *one = NULL;
    for (size_t i = 0; i < cfn_assembly_count(assembly); i++) {
        const struct cfn_assembled *stack = cfn_assembly_at(assembly, i);
        if (!is_chosen(synth->cli, stack->name))
            continue;
        one = json_incref((json_t *)(uintptr_t)stack->body); /* shown, not changed */
        json_object_set_new(all, stack->name, one);
    }
    bool alone = cli_has(synth->cli, "stack") && json_object_size(all) == 1;
    char *text = cfn_render(alone ? one : all, synth->as);
    fputs(text, stdout);
    free(text);
    json_decref(all);
    return CLI_DONE;
}

static int stage_text(struct synth *synth, struct cli_files *files, const char *name,
                      const char *text) {
    char *path = cli_text("%s/%s", cli_value(synth->cli, "out"), name);
    int code = cli_stage(synth->cli, files, path, text);
    free(path);
    return code;
}

static void note_stack(struct synth *synth, const struct cfn_assembled *stack, size_t bytes) {
    char *needs = cli_joined(stack->needs);
    cli_cell(&synth->table, "%s", stack->name);
    cli_cell(&synth->table, "%zu", cli_resources(stack));
    cli_cell(&synth->table, "%zu", bytes);
    cli_cell(&synth->table, "%s", needs);
    synth->templates++;
    synth->resources += cli_resources(stack);
    free(needs);
}

static int stage_stack(struct synth *synth, struct cli_files *files,
                       const struct cfn_assembled *stack) {
    char *name = cli_text("%s.%s", stack->name, synth->format);
    char *text = cfn_render(stack->body, synth->as);
    int code = stage_text(synth, files, name, text);
    note_stack(synth, stack, strlen(text));
    free(text);
    free(name);
    return code;
}

static int stage_all(struct synth *synth, struct cli_files *files, const json_t *manifest) {
    int code = CLI_DONE;
    const struct cfn_assembly *assembly = synth->session.assembly;
    for (size_t i = 0; code == CLI_DONE && i < cfn_assembly_count(assembly); i++)
        if (is_chosen(synth->cli, cfn_assembly_at(assembly, i)->name))
            code = stage_stack(synth, files, cfn_assembly_at(assembly, i));
    if (code != CLI_DONE || cli_has(synth->cli, "stack"))
        return code;
    char *text = cfn_render(manifest, CFN_FORMAT_JSON);
    code = stage_text(synth, files, "manifest.json", text);
    free(text);
    return code;
}

/* A manifest is a file that anyone may have edited: only plain names of templates are taken from
 * it. */
static bool is_template_name(const char *name) {
    const char *dot = name ? strrchr(name, '.') : NULL;
    return dot && dot != name && name[0] != '.' && !strchr(name, '/') &&
           strcmp(name, "manifest.json") != 0 &&
           (strcmp(dot, ".json") == 0 || strcmp(dot, ".yaml") == 0);
}

static bool lists(const json_t *manifest, const char *file) {
    const json_t *stacks = json_object_get(manifest, "stacks");
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const char *own = json_string_value(json_object_get(json_array_get(stacks, i), "file"));
        if (own && strcmp(own, file) == 0)
            return true;
    }
    return false;
}

static void remove_stale(const struct synth *synth, const json_t *before, const json_t *now) {
    const json_t *stacks = json_object_get(before, "stacks");
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const char *file = json_string_value(json_object_get(json_array_get(stacks, i), "file"));
        if (!is_template_name(file) || lists(now, file))
            continue;
        char *path = cli_text("%s/%s", cli_value(synth->cli, "out"), file);
        unlink(path);
        free(path);
    }
}

static void tell_done(struct synth *synth) {
    char templates[48], resources[48];
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    double milliseconds = (double)(end.tv_sec - synth->begin.tv_sec) * 1e3 +
                          (double)(end.tv_nsec - synth->begin.tv_nsec) / 1e6;
    if (synth->cli->json)
        return;
    cli_table_print(synth->cli, &synth->table, stderr);
    fprintf(stderr, "\n%s with %s in %s, after %.1f ms\n",
            cli_plural(synth->templates, "template", templates),
            cli_plural(synth->resources, "resource", resources), cli_value(synth->cli, "out"),
            milliseconds);
}

static int write_files(struct synth *synth) {
    const char *out = cli_value(synth->cli, "out");
    struct cli_files files = {0};
    char *path = cli_text("%s/manifest.json", out);
    json_t *before = json_load_file(path, 0, NULL);
    json_t *now = cfn_assembly_manifest(synth->session.assembly, synth->format);
    int code = cli_make_directory(synth->cli, out);
    if (code == CLI_DONE)
        code = stage_all(synth, &files, now);
    if (code == CLI_DONE)
        code = cli_publish(synth->cli, &files);
    else
        cli_discard(&files);
    if (code == CLI_DONE && !cli_has(synth->cli, "stack"))
        remove_stale(synth, before, now);
    if (code == CLI_DONE)
        tell_done(synth);
    json_decref(before);
    json_decref(now);
    free(path);
    return code;
}

static int run(struct cli *cli) {
    struct synth synth = {.cli = cli, .format = cli_value(cli, "format")};
    clock_gettime(CLOCK_MONOTONIC, &synth.begin);
    if (!synth.format)
        synth.format = "json";
    synth.as = strcmp(synth.format, "yaml") == 0 ? CFN_FORMAT_YAML : CFN_FORMAT_JSON;
    synth.table = (struct cli_table){.columns = 4, .right = 1 << 1 | 1 << 2};
    cli_cell(&synth.table, "STACK");
    cli_cell(&synth.table, "RESOURCES");
    cli_cell(&synth.table, "BYTES");
    cli_cell(&synth.table, "NEEDS");
    int code = cli_synthesize(cli, &synth.session);
    if (code == CLI_DONE)
        code = check_choice(&synth);
    if (code == CLI_DONE)
        code = cli_has(cli, "out") ? write_files(&synth) : print(&synth);
    cli_table_drop(&synth.table);
    cli_session_done(&synth.session);
    return code;
}

const struct cli_verb cli_synth = {options, CLI_PLATFORM | CLI_REPORT, about, NULL, 0, examples,
                                   run};

/* The plan: one property-level diff of all stacks, with what is dangerous said loudly. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const enum cfn_danger dangers[] = {CFN_LOSES_DATA, CFN_REPLACES_DATA, CFN_WIDENS_ACCESS,
                                          CFN_UNPROTECTS, CFN_LEAVES_BEHIND};

static const char *sign(enum cfn_action action) {
    static const char *const signs[] = {
        [CFN_ACT_NONE] = "=",     [CFN_ACT_CREATE] = "+",   [CFN_ACT_UPDATE] = "~",
        [CFN_ACT_RECREATE] = "±", [CFN_ACT_CONTINUE] = "~", [CFN_ACT_AWAIT] = "…",
        [CFN_ACT_DELETE] = "-",   [CFN_ACT_REFUSE] = "!",
    };
    return signs[action];
}

static enum cli_style style_of(enum cfn_action action) {
    static const enum cli_style styles[] = {
        [CFN_ACT_NONE] = CLI_DIM,        [CFN_ACT_CREATE] = CLI_GREEN,
        [CFN_ACT_UPDATE] = CLI_YELLOW,   [CFN_ACT_RECREATE] = CLI_YELLOW,
        [CFN_ACT_CONTINUE] = CLI_YELLOW, [CFN_ACT_AWAIT] = CLI_BLUE,
        [CFN_ACT_DELETE] = CLI_RED,      [CFN_ACT_REFUSE] = CLI_RED,
    };
    return styles[action];
}

static size_t count_resources(const struct cfn_diff *diff) {
    size_t count = 0;
    for (size_t i = 0; i < cfn_diff_count(diff); i++)
        count += strcmp(cfn_diff_at(diff, i)->section, "Resources") == 0;
    return count;
}

/* "58 resources", "2 of them", or why. */
static void print_stack(const struct cli *cli, const struct cfn_view *view, FILE *file) {
    char time[32], count[48];
    fprintf(file, "%s%s %-14s %-9s%s", cli_style(cli, file, style_of(view->action)),
            sign(view->action), view->name, cfn_action_name(view->action),
            cli_style(cli, file, CLI_PLAIN));
    if (view->diff && view->action != CFN_ACT_NONE)
        fprintf(file, " %s", cli_plural(count_resources(view->diff), "resource", count));
    if (view->expected > 0 && view->action != CFN_ACT_NONE) {
        cli_duration(view->expected, time);
        fprintf(file, ", about %s", time);
    }
    if (view->reason && *view->reason) {
        fputs("  ", file);
        cli_put_clean(file, view->reason);
    }
    putc('\n', file);
}

/* A value in one line, shortened. */
static void put_value(const json_t *value, FILE *file) {
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    if (!text)
        return;
    size_t size = strlen(text);
    if (size > 100) {
        size = 97;
        while (((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
        memcpy(text + size, "...", 4);
    }
    cli_put_clean(file, text);
    free(text);
}

static const char *replacement_words(enum cfn_replacement replacement) {
    static const char *const words[] = {
        [CFN_IN_PLACE] = "", [CFN_MAY_REPLACE] = "may replace", [CFN_REPLACES] = "replaces"};
    return words[replacement];
}

static void print_replacement(const struct cfn_property_change *property, FILE *file) {
    if (property->replacement != CFN_IN_PLACE)
        fprintf(file, "  (%s it)", replacement_words(property->replacement));
    putc('\n', file);
}

static void print_property(const struct cfn_property_change *property, FILE *file) {
    fputs("        ", file);
    cli_put_clean(file, property->path);
    fputs(": ", file);
    if (*property->why) { /* written as before, but it comes to something else */
        cli_put_clean(file, property->why);
        print_replacement(property, file);
        return;
    }
    if (property->before)
        put_value(property->before, file);
    if (property->before && property->after)
        fputs(" -> ", file);
    if (property->after)
        put_value(property->after, file);
    else
        fputs(" removed", file);
    print_replacement(property, file);
}

static void print_dangers(const struct cli *cli, const struct cfn_change *change, FILE *file) {
    for (size_t i = 0; i < sizeof dangers / sizeof *dangers; i++) {
        if (!(change->dangers & dangers[i]))
            continue;
        bool loud = dangers[i] != CFN_LEAVES_BEHIND;
        fprintf(file, "      %s! %s%s", cli_style(cli, file, loud ? CLI_RED : CLI_YELLOW),
                cfn_danger_name(dangers[i]), cli_style(cli, file, CLI_PLAIN));
        putc('\n', file);
    }
    if (*change->why) {
        fputs("        ", file);
        cli_put_clean(file, change->why);
        putc('\n', file);
    }
}

static void print_change(const struct cli *cli, const struct cfn_change *change, FILE *file) {
    static const char *const signs[] = {
        [CFN_CHANGE_ADD] = "+", [CFN_CHANGE_MODIFY] = "~", [CFN_CHANGE_REMOVE] = "-"};
    static const enum cli_style styles[] = {[CFN_CHANGE_ADD] = CLI_GREEN,
                                            [CFN_CHANGE_MODIFY] = CLI_YELLOW,
                                            [CFN_CHANGE_REMOVE] = CLI_RED};
    fprintf(file, "    %s%s%s ", cli_style(cli, file, styles[change->action]),
            signs[change->action], cli_style(cli, file, CLI_PLAIN));
    if (strcmp(change->section, "Resources") != 0)
        fprintf(file, "%s.", change->section);
    cli_put_clean(file, change->logical_id);
    if (*change->type)
        fprintf(file, "  %s", change->type);
    if (change->replacement != CFN_IN_PLACE)
        fprintf(file, "  %s%s%s",
                cli_style(cli, file, change->replacement == CFN_REPLACES ? CLI_RED : CLI_YELLOW),
                change->replacement == CFN_REPLACES ? "replaced" : "may be replaced",
                cli_style(cli, file, CLI_PLAIN));
    putc('\n', file);
    if (change->action == CFN_CHANGE_MODIFY)
        for (size_t i = 0; i < change->property_count; i++)
            print_property(&change->properties[i], file);
    print_dangers(cli, change, file);
}

static bool stands_still(const char *status) {
    static const char *const words[] = {"ready", "created", "stopped", "failed"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], status) == 0)
            return true;
    return false;
}

/* What is stopped for the sake of the plan, and what becomes of it after that. */
static void print_replications(const struct cli *cli, const struct cfn_view *view, FILE *file) {
    for (size_t i = 0; i < json_array_size(view->replications); i++) {
        const json_t *one = json_array_get(view->replications, i);
        const char *halt = cfn_output_text(one, "halt"), *status = cfn_output_text(one, "status");
        if (!*halt || stands_still(status))
            continue;
        fprintf(file, "    %s!%s the replication ", cli_style(cli, file, CLI_YELLOW),
                cli_style(cli, file, CLI_PLAIN));
        cli_put_clean(file, cfn_output_text(one, "id"));
        fprintf(file, "%s is stopped first%s\n", *status ? "" : ", if it runs,",
                strcmp(halt, "pause") == 0 ? ", and resumed after the update" : "");
    }
}

/* Of a stack that is created every resource is new: only what is dangerous is told. */
static void print_changes(const struct cli *cli, const struct cfn_view *view, bool whole,
                          FILE *file) {
    bool fresh = view->action == CFN_ACT_CREATE || view->action == CFN_ACT_RECREATE;
    if (view->action == CFN_ACT_NONE || !view->diff)
        return;
    for (size_t i = 0; i < cfn_diff_count(view->diff); i++) {
        const struct cfn_change *change = cfn_diff_at(view->diff, i);
        if (whole || !fresh)
            print_change(cli, change, file);
    }
}

static void print_path(const struct cli *cli, const struct cfn_engine *engine, FILE *file) {
    size_t count = cfn_engine_count(engine), length = 0;
    size_t *path = cli_alloc((count + 1) * sizeof *path);
    int64_t expected = cfn_engine_expected(engine, path, &length);
    char time[32];
    cli_duration(expected, time);
    if (length > 0)
        fprintf(file, "\nabout %s%s%s; the longest path is ", cli_style(cli, file, CLI_BOLD), time,
                cli_style(cli, file, CLI_PLAIN));
    for (size_t i = 0; i < length; i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, path[i], &view);
        fprintf(file, "%s%s", i ? " -> " : "", view.name);
    }
    if (length > 0)
        putc('\n', file);
    free(path);
}

void cli_plan_print(const struct cli *cli, const struct cfn_engine *engine, bool whole_diff,
                    FILE *file) {
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        print_stack(cli, &view, file);
        print_changes(cli, &view, whole_diff, file);
        print_replications(cli, &view, file);
    }
    print_path(cli, engine, file);
    char *summary = cli_plan_summary(engine);
    fprintf(file, "%s\n", summary);
    free(summary);
}

char *cli_plan_summary(const struct cfn_engine *engine) {
    size_t counts[CFN_ACT_REFUSE + 1] = {0};
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        counts[view.action]++;
    }
    char *text = cli_text("%s", "");
    for (int action = CFN_ACT_CREATE; action <= CFN_ACT_REFUSE; action++) {
        if (counts[action] == 0)
            continue;
        char *longer = cli_text("%s%s%s %zu", text, *text ? ", " : "",
                                cfn_action_name((enum cfn_action)action), counts[action]);
        free(text);
        text = longer;
    }
    char *whole = counts[CFN_ACT_NONE] == 0 ? cli_text("%s", text)
                  : *text ? cli_text("%s, leave %zu as they are", text, counts[CFN_ACT_NONE])
                          : cli_text("nothing to do: all stacks are as they shall be");
    free(text);
    return whole;
}

static json_t *stack_json(const struct cfn_view *view) {
    json_t *kept = view->kept ? json_deep_copy(view->kept) : NULL;
    return cfn_map(
        {"name", cfn_str(view->name)}, {"stack_name", cfn_str(view->stack_name)},
        {"action", cfn_str(cfn_action_name(view->action))},
        {"status", *view->status ? cfn_str(view->status) : NULL},
        {"reason", *view->reason ? cfn_str(view->reason) : NULL},
        {"expected_seconds", cfn_real((double)view->expected / 1000)},
        {"changes", view->diff ? cfn_diff_json(view->diff) : NULL}, {"kept", kept},
        {"replications", view->replications ? json_deep_copy(view->replications) : NULL});
}

json_t *cli_plan_json(const struct cfn_engine *engine) {
    size_t count = cfn_engine_count(engine), length = 0;
    size_t *path = cli_alloc((count + 1) * sizeof *path);
    int64_t expected = cfn_engine_expected(engine, path, &length);
    json_t *stacks = json_array(), *names = json_array();
    struct cfn_view view;
    for (size_t i = 0; i < count; i++) {
        cfn_engine_stack(engine, i, &view);
        json_array_append_new(stacks, stack_json(&view));
    }
    for (size_t i = 0; i < length; i++) {
        cfn_engine_stack(engine, path[i], &view);
        json_array_append_new(names, cfn_str(view.name));
    }
    free(path);
    return cfn_map({"kind", cfn_str("plan")}, {"changes", cfn_bool(cfn_engine_changes(engine))},
                   {"expected_seconds", cfn_real((double)expected / 1000)}, {"longest_path", names},
                   {"stacks", stacks});
}

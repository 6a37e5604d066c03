/* The end of a run: what became of each stack, and why. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static json_t *cause_json(const struct cfn_cause *cause) {
    if (!cause)
        return NULL;
    return cfn_map({"stack", cfn_str(cause->stack)}, {"logical_id", cfn_str(cause->logical_id)},
                   {"type", cfn_str(cause->type)}, {"status", cfn_str(cause->status)},
                   {"reason", cfn_str(cause->reason)}, {"meaning", cfn_str(cause->meaning)},
                   {"remedy", cfn_str(cause->remedy)});
}

json_t *cli_event_json(const struct cfn_event *event) {
    static const char *const kinds[] = {
        [CFN_EVENT_NOTE] = "note",       [CFN_EVENT_WARNING] = "warning",
        [CFN_EVENT_STARTED] = "started", [CFN_EVENT_RESOURCE] = "resource",
        [CFN_EVENT_CAUSE] = "cause",     [CFN_EVENT_ENDED] = "ended",
    };
    char time[32];
    cfn_time_write(event->time, time);
    return cfn_map({"kind", cfn_str(kinds[event->kind])}, {"time", cfn_str(time)},
                   {"stack", *event->stack ? cfn_str(event->stack) : NULL},
                   {"logical_id", *event->logical_id ? cfn_str(event->logical_id) : NULL},
                   {"type", *event->type ? cfn_str(event->type) : NULL},
                   {"status", *event->status ? cfn_str(event->status) : NULL},
                   {"text", *event->text ? cfn_str(event->text) : NULL},
                   {"cause", cause_json(event->cause)});
}

static json_t *stack_json(const struct cfn_view *view) {
    json_t *outputs = view->outputs ? json_deep_copy(view->outputs) : NULL;
    json_t *kept = view->kept ? json_deep_copy(view->kept) : NULL;
    double seconds = view->ended > view->began ? (double)(view->ended - view->began) / 1000 : 0;
    return cfn_map({"name", cfn_str(view->name)}, {"stack_name", cfn_str(view->stack_name)},
                   {"action", cfn_str(cfn_action_name(view->action))},
                   {"stage", cfn_str(cfn_stage_name(view->stage))},
                   {"status", *view->status ? cfn_str(view->status) : NULL},
                   {"seconds", cfn_real(seconds)}, {"cause", cause_json(view->cause)},
                   {"outputs", outputs}, {"kept", kept});
}

/* "unchanged", "done", "failed" or "left". */
static const char *outcome_of(const struct cfn_engine *engine) {
    const char *outcome = "unchanged";
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.stage == CFN_STAGE_FAILED || view.action == CFN_ACT_REFUSE)
            return "failed";
        if (view.stage == CFN_STAGE_LEFT || view.stage == CFN_STAGE_NOT_BEGUN)
            outcome = "left";
        else if (view.action != CFN_ACT_NONE && strcmp(outcome, "unchanged") == 0)
            outcome = "done";
    }
    return outcome;
}

json_t *cli_outcome_json(const struct cfn_engine *engine, int64_t began, int64_t ended) {
    json_t *stacks = json_array();
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        json_array_append_new(stacks, stack_json(&view));
    }
    return cfn_map({"kind", cfn_str("result")}, {"outcome", cfn_str(outcome_of(engine))},
                   {"seconds", cfn_real((double)(ended - began) / 1000)}, {"stacks", stacks});
}

static void print_kept(const struct cli *cli, const struct cfn_view *view, FILE *file) {
    for (size_t i = 0; i < json_array_size(view->kept); i++) {
        const json_t *resource = json_array_get(view->kept, i);
        if (i == 0)
            fprintf(file, "%s%s keeps in the account:%s\n", cli_style(cli, file, CLI_YELLOW),
                    view->name, cli_style(cli, file, CLI_PLAIN));
        fprintf(file, "    %s  ", cfn_output_text(resource, "type"));
        cli_put_clean(file, cfn_output_text(resource, "physical_id"));
        putc('\n', file);
    }
}

void cli_outcome_print(const struct cli *cli, const struct cfn_engine *engine, int64_t began,
                       int64_t ended, FILE *file) {
    char time[32], noun[48];
    size_t stages[CFN_STAGE_LEFT + 1] = {0};
    struct cfn_view view;
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        cfn_engine_stack(engine, i, &view);
        print_kept(cli, &view, file);
        if (view.action != CFN_ACT_NONE)
            stages[view.stage]++;
    }
    cli_duration(ended - began, time);
    bool good =
        !stages[CFN_STAGE_FAILED] && !stages[CFN_STAGE_NOT_BEGUN] && !stages[CFN_STAGE_LEFT];
    fprintf(file, "%s%s%s: %s done", cli_style(cli, file, good ? CLI_GREEN : CLI_RED),
            good ? "done" : "not done", cli_style(cli, file, CLI_PLAIN),
            cli_plural(stages[CFN_STAGE_DONE], "stack", noun));
    if (stages[CFN_STAGE_FAILED])
        fprintf(file, ", %zu failed", stages[CFN_STAGE_FAILED]);
    if (stages[CFN_STAGE_NOT_BEGUN])
        fprintf(file, ", %zu not begun", stages[CFN_STAGE_NOT_BEGUN]);
    if (stages[CFN_STAGE_LEFT])
        fprintf(file, ", %zu left running", stages[CFN_STAGE_LEFT]);
    fprintf(file, " after %s\n", time);
}

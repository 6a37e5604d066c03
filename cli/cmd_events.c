/* cfngen events: what CloudFormation did, the oldest first. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {.name = "last",
     .argument = "COUNT",
     .help = "so many of each stack; 0: all",
     .fallback = "50"},
    {.name = "failed", .help = "only failures"},
    CLI_OPTIONS_END,
};

static const char about[] = "CloudFormation keeps the events of a stack for ninety days.\n";

static const struct cli_example examples[] = {
    {"cfngen events rds", "the last fifty of one stack"},
    {"cfngen events --failed --last 0", "every failure that is still known"},
    {NULL, NULL},
};

static bool is_chosen(const struct cli *cli, const json_t *event) {
    const char *status = cfn_output_text(event, "status");
    size_t size = strlen(status);
    return !cli_has(cli, "failed") || (size > 7 && strcmp(status + size - 7, "_FAILED") == 0);
}

static void print_event(const char *stack, const json_t *event) {
    static const char *const members[] = {"logical_id", "type", "status", "reason"};
    printf("%.19sZ  %-14s", cfn_output_text(event, "time"), stack);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *text = cfn_output_text(event, members[i]);
        if (!*text)
            continue;
        fputs(i == 3 ? ": " : "  ", stdout);
        cli_put_clean(stdout, text);
    }
    putchar('\n');
}

static int events_of(struct cli *cli, const struct cfn_target *target, size_t last,
                     const struct cfn_transport *transport) {
    json_t *events = cfn_inspect_events(transport, target->stack_name, last, 0, cli->diags);
    if (!events)
        return cli_code_of(cli);
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        if (!is_chosen(cli, event))
            continue;
        if (cli->json) {
            json_object_set_new(event, "stack", cfn_str(target->name));
            cli_put_line(stdout, json_incref(event));
        } else {
            print_event(target->name, event);
        }
    }
    json_decref(events);
    return CLI_DONE;
}

static bool is_there(const json_t *stacks, size_t index) {
    return *cfn_output_text(json_array_get(stacks, index), "status") != '\0';
}

static int events(struct cli *cli, struct cli_deployment *deployment,
                  const struct cfn_transport *transport) {
    const char *text = cli_value(cli, "last");
    char *end = NULL;
    long last = text ? strtol(text, &end, 10) : 50;
    if (text && (*end || end == text || last < 0))
        return cli_usage(cli, "--last must be a number from 0, not '%s'", text);
    json_t *stacks = cfn_inspect_stacks(transport, &deployment->what, cli->diags);
    int code = stacks ? CLI_DONE : cli_code_of(cli);
    for (size_t i = 0; code == CLI_DONE && i < deployment->what.count; i++)
        if (is_there(stacks, i))
            code = events_of(cli, &deployment->what.targets[i], (size_t)last, transport);
    json_decref(stacks);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, events);
}

const struct cli_verb cli_events = {
    options, CLI_PLATFORM | CLI_AWS | CLI_REPORT, about, "@ls --names", SIZE_MAX, examples, run};

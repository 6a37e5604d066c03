/* cfngen watch: follow what is under way, whoever began it. */
#include "deployment.h"

#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Tells the events of stacks on which an operation is under way until none is. It\n"
    "changes nothing, and Ctrl-C ends only the watching. The exit code is 1 when a\n"
    "stack has failed in the end.\n";

static const struct cli_example examples[] = {
    {"cfngen watch", "all stacks"},
    {"cfngen watch mwaa", "one of them"},
    {NULL, NULL},
};

static void tell(void *self, const struct cfn_event *event) {
    const struct cli *cli = self;
    char time[32];
    if (cli->json) {
        cli_put_line(stdout, cli_event_json(event));
        return;
    }
    cfn_time_write(event->time, time);
    printf("%.19sZ  %-14s  ", time, event->stack);
    cli_put_clean(stdout, event->logical_id);
    printf("  %s  %s", event->type, event->status);
    if (*event->text) {
        fputs(": ", stdout);
        cli_put_clean(stdout, event->text);
    }
    putchar('\n');
    fflush(stdout);
}

static bool stop(void *self) {
    (void)self;
    return cli_interrupts() > 0;
}

static bool has_failed(const char *status) {
    return strstr(status, "FAILED") || strcmp(status, "ROLLBACK_COMPLETE") == 0 ||
           strcmp(status, "UPDATE_ROLLBACK_COMPLETE") == 0;
}

static int watch(struct cli *cli, struct cli_deployment *deployment,
                 const struct cfn_transport *transport) {
    const struct cfn_watch watching = {.event = tell, .stop = stop, .self = cli};
    json_t *stacks = cfn_inspect_watch(transport, &deployment->what, &watching, cli->diags);
    int code = stacks ? CLI_DONE : cli_code_of(cli);
    for (size_t i = 0; i < json_array_size(stacks); i++) {
        const char *status = cfn_output_text(json_array_get(stacks, i), "status");
        if (has_failed(status))
            code = CLI_NO;
        if (!cli->json)
            printf("%-14s  %s\n", deployment->what.targets[i].name, *status ? status : "-");
    }
    if (stacks && cli->json)
        cli_put_line(stdout, cfn_map({"kind", cfn_str("result")}, {"stacks", json_incref(stacks)}));
    json_decref(stacks);
    return code;
}

static int run(struct cli *cli) {
    return cli_with_stacks(cli, watch);
}

const struct cli_verb cli_watch = {.common = CLI_PLATFORM | CLI_AWS | CLI_REPORT,
                                   .about = about,
                                   .words = "@ls --names",
                                   .most_operands = SIZE_MAX,
                                   .examples = examples,
                                   .run = run};

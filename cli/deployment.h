/*
 * What the verbs share that talk with CloudFormation, or with its simulation.
 */
#ifndef CFNGEN_CLI_DEPLOYMENT_H
#define CFNGEN_CLI_DEPLOYMENT_H

#include "cli.h"

/* Options that several verbs have; `which` says what else is taken along. */
#define CLI_STACK_OPTION(which)                                                                    \
    {                                                                                              \
        .name = "stack", .argument = "NAME", .help = "only this stack and " which,                 \
        .words = "@ls --names", .repeats = true                                                    \
    }
#define CLI_PARAMETER_OPTION                                                                       \
    {                                                                                              \
        .name = "parameter", .argument = "STACK.NAME=VALUE",                                       \
        .help = "value of a template's parameter", .repeats = true                                 \
    }
#define CLI_RUN_OPTIONS(result_help)                                                               \
    {.name = "poll", .argument = "SECONDS", .help = "time between looks", .fallback = "1"},        \
        {.name = "events", .help = "tell every resource, not only stacks and failures"}, {         \
        .name = "result", .argument = "FILE", .help = result_help                                  \
    }

/* connect.c: the door to AWS that options and environment open, with its retries. */
struct cli_door {
    struct cfn_session *session;
    struct cfn_retry *retry;
    const struct cfn_transport *transport;
};
int cli_connect(struct cli *cli, const struct cli_session *session, struct cli_door *door);
void cli_disconnect(struct cli_door *door);

/* interrupt.c: how often Ctrl-C (or a request to end) has come. The door is woken by each. */
void cli_catch_interrupts(struct cli_door *door);
int cli_interrupts(void);

/* deployment.c: what the engine is asked to do, made of the platform and the options. */
struct cli_deployment {
    struct cfn_deployment what;
    struct cfn_targets targets;
    json_t *parameters, *tags;
    char *stack_policy;
    const char **skip;
};
int cli_deployment(struct cli *cli, const struct cli_session *session, enum cfn_goal goal,
                   struct cli_deployment *deployment);
/* The same for stacks that something else names (ended by NULL), with parameters of its own, which
 * are consumed. */
int cli_deployment_of(struct cli *cli, const struct cli_session *session, enum cfn_goal goal,
                      const char *const *names, json_t *parameters,
                      struct cli_deployment *deployment);
void cli_deployment_done(struct cli_deployment *deployment);
/* The values of a repeatable option, ended by NULL; free() the list. NULL where there is none. */
const char **cli_values(const struct cli *cli, const char *option);

/* history.c: how long the operations of earlier runs took, kept in one small file that may be lost
 * ($XDG_STATE_HOME/cfngen/history.json). */
void cli_history_recall(struct cli_deployment *deployment);
void cli_history_note(struct cli *cli, const struct cli_deployment *deployment,
                      const struct cfn_engine *engine);

/* plan.c: a plan for people and for machines. */
void cli_plan_print(const struct cli *cli, const struct cfn_engine *engine, bool whole_diff,
                    FILE *file);
json_t *cli_plan_json(const struct cfn_engine *engine);
/* One line on what a plan comes to: "create 3, update 1, leave 6 as they are". free() it. */
char *cli_plan_summary(const struct cfn_engine *engine);

/* outcome.c: the end of a run. */
void cli_outcome_print(const struct cli *cli, const struct cfn_engine *engine, int64_t began,
                       int64_t ended, FILE *file);
json_t *cli_outcome_json(const struct cfn_engine *engine, int64_t began, int64_t ended);
json_t *cli_event_json(const struct cfn_event *event);

/* live.c: a run as it goes on: a line per stack on a terminal, plain lines elsewhere, one JSON
 * object a line for machines. */
struct cli_live {
    struct cli *cli;
    FILE *file; /* NULL: no words for people */
    bool rich;
    bool all_events; /* plain lines tell every resource */
    bool silent;     /* no signs of life: nobody waits */
    int64_t began, last_line;
    double speed;   /* of a virtual clock against the machine's; 0: they are the same */
    int64_t played; /* virtual time that has been shown */
    int halts;
    size_t lines; /* drawn at present */
    int64_t last_drawn;
};
struct cfn_watcher cli_live_watcher(struct cli_live *live);
/* Takes the picture away, for words to be written. */
void cli_live_clear(struct cli_live *live);

/* run.c: the way from a plan to its end, as every verb that changes something goes it. */
struct cli_run {
    struct cli *cli;
    struct cli_deployment *deployment;
    const struct cfn_transport *transport;
    struct cfn_engine *engine;
    struct cli_live live;
    const char *question, *answer; /* what is asked before anything is changed; NULL: approved */
    bool whole_diff;               /* the plan shows every resource of new stacks */
    int64_t began;
};
/* Reads and shows the plan. CLI_DONE when it can be carried out; engine is set. */
int cli_plan(struct cli_run *run, enum cfn_goal goal);
/* Asks, carries it out, and tells the end. */
int cli_carry_out(struct cli_run *run);
void cli_run_done(struct cli_run *run);
/* The exit code that the errors told so far ask for: CLI_IO where AWS or a file was to blame. */
int cli_code_of(const struct cli *cli);

/* Loads and synthesizes the platform, opens the door, and does the work between. */
typedef int cli_deployment_work(struct cli *cli, struct cli_deployment *deployment,
                                const struct cfn_transport *transport);
int cli_with_deployment(struct cli *cli, enum cfn_goal goal, cli_deployment_work *work);

/* The same for verbs whose operands name stacks (none: all): just those, without what they need. */
int cli_with_stacks(struct cli *cli, cli_deployment_work *work);
/* undone.c: the answer of cfn_cancel or cfn_roll_back (released), whose member says what was done.
 * CLI_NO when nothing was. */
int cli_put_undone(struct cli *cli, json_t *stacks, const char *member);

/* chart.c: which stack takes how long, side by side. */
void cli_chart_print(const struct cli *cli, const struct cfn_engine *engine, int64_t began,
                     int64_t ended, FILE *file);

/* words.c */
void cli_duration(int64_t milliseconds, char text[32]); /* "2m 41s", "38m", "1h 05m" */
size_t cli_terminal_width(FILE *file);                  /* 80 where it is not known */
size_t cli_terminal_height(FILE *file);                 /* 24 where it is not known */
bool cli_confirm(const char *question, const char *answer);

#endif

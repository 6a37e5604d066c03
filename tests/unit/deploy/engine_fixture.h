/*
 * Engines against the simulation: a world with its calls written down, targets out of JSON, and a
 * run from reading to the end.
 */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#define _POSIX_C_SOURCE 200809L
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cfngen/deploy.h>
#include <cfngen/sim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TARGETS = 8 };

struct world {
    struct cfn_sim *sim;
    struct cfn_transport transport;
    json_t *calls;  /* [{action, input, time}] */
    json_t *events; /* [{kind, stack, id, status, text}] */
    json_t *bodies; /* kept for the engines */
    struct cfn_target targets[MOST_TARGETS];
    size_t count;
    struct cfn_deployment what;
    struct cfn_engine *engine;
    struct cfn_diags *diags;
    void (*look)(struct world *world);
    int64_t now;
    const char *lose;         /* the answer to the next call of that action is lost */
    const char *swallow;      /* the next call of that action never arrives */
    uint64_t lost, swallowed; /* their ids + 1 */
    enum cfn_outcome outcome; /* of every call from now on, when it is not OK */
};

static inline void world_send(void *self, uint64_t id, const struct cfn_call *call) {
    struct world *world = self;
    const struct cfn_transport *sim = cfn_sim_transport(world->sim);
    json_array_append_new(world->calls,
                          json_pack("{s:s, s:O?, s:I}", "action", call->action, "input",
                                    call->input, "time", (json_int_t)sim->now(sim->self)));
    if (world->lose && strcmp(world->lose, call->action) == 0) {
        world->lose = NULL;
        world->lost = id + 1;
    }
    if (world->swallow && strcmp(world->swallow, call->action) == 0) {
        world->swallow = NULL;
        world->swallowed = id + 1;
        json_decref(call->input);
        return;
    }
    sim->send(sim->self, id, call);
}

static inline void world_break(struct cfn_reply *reply, uint64_t id, enum cfn_outcome outcome) {
    static const char *const codes[] = {"",           "",       "AccessDenied", "ExpiredToken",
                                        "Throttling", "timeout"};
    cfn_reply_done(reply);
    *reply = (struct cfn_reply){.id = id, .outcome = outcome};
    reply->code = strdup(codes[outcome]);
    reply->message = strdup("as the test wants it");
    reply->request_id = strdup("");
}

static inline bool world_wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct world *world = self;
    const struct cfn_transport *sim = cfn_sim_transport(world->sim);
    if (world->swallowed) {
        *reply = (struct cfn_reply){0};
        world_break(reply, world->swallowed - 1, CFN_REPLY_BROKEN);
        world->swallowed = 0;
        return true;
    }
    bool any = sim->wait(sim->self, until, reply);
    if (any && world->lost == reply->id + 1) {
        world->lost = 0;
        world_break(reply, reply->id, CFN_REPLY_BROKEN);
    }
    if (any && world->outcome != CFN_REPLY_OK)
        world_break(reply, reply->id, world->outcome);
    return any;
}

static inline int64_t world_now(void *self) {
    struct world *world = self;
    return cfn_sim_now(world->sim);
}

static inline void world_open(struct world *world, const struct cfn_sim_options *options) {
    *world = (struct world){.calls = json_array(), .events = json_array(), .bodies = json_array()};
    world->sim = cfn_sim_new(options);
    world->transport = (struct cfn_transport){world, world_send, world_wait, world_now};
    world->diags = cfn_diags_new();
    world->what = (struct cfn_deployment){.prefix = "shop-dev",
                                          .region = "us-east-1",
                                          .wait_for_others = true,
                                          .no_preflight = true,
                                          .run = 7};
}

static inline void world_close(struct world *world) {
    cfn_engine_free(world->engine);
    cfn_diags_free(world->diags);
    cfn_sim_free(world->sim);
    json_decref(world->calls);
    json_decref(world->events);
    json_decref(world->bodies);
}

/* A stack "shop-dev-<name>" whose template is that JSON (with ' for "); need may be NULL. Its place
 * is that of the name, which is replaced when it is there. */
static inline struct cfn_target *world_put(struct world *world, const char *name, const char *need,
                                           const char *template) {
    static const char *const known[] = {"a", "b", "c", "d"};
    char text[20000];
    size_t i = 0;
    snprintf(text, sizeof text, "%s", template);
    for (char *at = text; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    json_error_t error;
    json_t *body = json_loads(text, 0, &error);
    if (!body)
        print_error("%s at %d: %s\n", error.text, error.column, text);
    assert_non_null(body);
    while (i < world->count && strcmp(world->targets[i].name, name) != 0)
        i++;
    world->count = i == world->count ? i + 1 : world->count;
    json_t *keep = json_pack("{s:o, s:s, s:o}", "body", body, "name", name, "stack",
                             json_sprintf("shop-dev-%s", name));
    json_array_append_new(world->bodies, keep);
    struct cfn_target *target = &world->targets[i];
    *target = (struct cfn_target){.name = json_string_value(json_object_get(keep, "name")),
                                  .stack_name = json_string_value(json_object_get(keep, "stack")),
                                  .body = json_object_get(keep, "body")};
    for (size_t k = 0; need && k < sizeof known / sizeof *known; k++)
        if (strcmp(known[k], need) == 0)
            target->needs = (struct cfn_texts){&known[k], 1};
    return target;
}

static inline void world_event(void *self, const struct cfn_event *event) {
    struct world *world = self;
    json_array_append_new(world->events,
                          json_pack("{s:i, s:s, s:s, s:s, s:s, s:I}", "kind", event->kind, "stack",
                                    event->stack, "id", event->logical_id, "status", event->status,
                                    "text", event->text, "time", (json_int_t)event->time));
}

static inline void world_look(void *self, struct cfn_engine *engine, int64_t now) {
    struct world *world = self;
    (void)engine;
    world->now = now;
    if (world->look)
        world->look(world);
}

static inline enum cfn_phase world_step_on(struct world *world) {
    const struct cfn_watcher watcher = {world_event, world_look, 1000, world};
    return cfn_engine_run(world->engine, &world->transport, &watcher);
}

/* Until the plan stands. */
static inline enum cfn_phase world_plan(struct world *world, enum cfn_goal goal) {
    cfn_engine_free(world->engine);
    json_array_clear(world->calls);
    json_array_clear(world->events);
    world->what.targets = world->targets;
    world->what.count = world->count;
    world->what.run++;
    world->engine = cfn_engine_new(&world->what, goal);
    return world_step_on(world);
}

/* All of it; what cfn_engine_tell says. */
static inline int world_run(struct world *world, enum cfn_goal goal) {
    cfn_diags_free(world->diags);
    world->diags = cfn_diags_new();
    if (world_plan(world, goal) == CFN_PLANNED) {
        cfn_engine_approve(world->engine);
        assert_int_equal(world_step_on(world), CFN_ENDED);
    }
    return cfn_engine_tell(world->engine, world->diags);
}

static inline struct cfn_view world_view(const struct world *world, const char *name) {
    struct cfn_view view = {0};
    for (size_t i = 0; i < cfn_engine_count(world->engine); i++) {
        cfn_engine_stack(world->engine, i, &view);
        if (strcmp(view.name, name) == 0)
            return view;
    }
    fail_msg("there is no stack %s", name);
    return view;
}

/* How often an action was called; of one stack, where name is given. */
static inline size_t world_calls(const struct world *world, const char *action, const char *name) {
    size_t count = 0, index;
    json_t *call;
    json_array_foreach(world->calls, index, call) {
        const char *stack =
            json_string_value(json_object_get(json_object_get(call, "input"), "StackName"));
        count += strcmp(json_string_value(json_object_get(call, "action")), action) == 0 &&
                 (!name || (stack && strstr(stack, name)));
    }
    return count;
}

/* The input of the last call of an action; NULL: there was none. */
static inline const json_t *world_input(const struct world *world, const char *action) {
    for (size_t i = json_array_size(world->calls); i > 0; i--) {
        const json_t *call = json_array_get(world->calls, i - 1);
        if (strcmp(json_string_value(json_object_get(call, "action")), action) == 0)
            return json_object_get(call, "input");
    }
    return NULL;
}

/* When an action was called first for a stack; -1: never. */
static inline int64_t world_time(const struct world *world, const char *action, const char *name) {
    size_t index;
    json_t *call;
    json_array_foreach(world->calls, index, call) {
        const char *stack =
            json_string_value(json_object_get(json_object_get(call, "input"), "StackName"));
        if (strcmp(json_string_value(json_object_get(call, "action")), action) == 0 && stack &&
            strstr(stack, name))
            return json_integer_value(json_object_get(call, "time"));
    }
    return -1;
}

static inline bool world_heard(const struct world *world, enum cfn_event_kind kind,
                               const char *words) {
    size_t index;
    json_t *event;
    json_array_foreach(world->events, index, event) {
        if (json_integer_value(json_object_get(event, "kind")) == (json_int_t)kind &&
            strstr(json_string_value(json_object_get(event, "text")), words))
            return true;
    }
    return false;
}

static inline bool world_told(const struct world *world, const char *words) {
    for (size_t i = 0; i < cfn_diags_count(world->diags); i++)
        if (strstr(cfn_diags_at(world->diags, i)->message, words))
            return true;
    return false;
}

/* One call of somebody else. */
static inline bool world_call(struct world *world, const char *action, json_t *input) {
    struct cfn_call call = {.service = "cloudformation", .action = action, .input = input};
    struct cfn_reply reply = {0};
    cfn_sim_call(world->sim, cfn_sim_now(world->sim), &call, &reply);
    bool good = reply.outcome == CFN_REPLY_OK;
    if (!good)
        print_message("%s: %s\n", reply.code, reply.message);
    cfn_reply_done(&reply);
    return good;
}

static inline const char *world_status(const struct world *world, const char *stack_name) {
    static char status[64];
    json_t *state = cfn_sim_state(world->sim);
    const json_t *stack = json_object_get(json_object_get(state, "stacks"), stack_name);
    snprintf(status, sizeof status, "%s", cfn_output_text(stack, "status"));
    json_decref(state);
    return status;
}

/* Templates: a queue of that name, exported; and a consumer of the export. */
#define PRODUCER(queue)                                                                            \
    "{'Resources':{'Queue':{'Type':'AWS::SQS::Queue','Properties':{'QueueName':'" queue            \
    "'}}},'Outputs':{'Arn':{'Value':{'Fn::GetAtt':['Queue','Arn']},'Export':{'Name':'arn'}}}}"
#define CONSUMER(value)                                                                            \
    "{'Resources':{'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':"       \
    "{'Fn::Join':['',['" value "',{'Fn::ImportValue':'arn'}]]}}}}}"
#define ALONE(value)                                                                               \
    "{'Resources':{'P':{'Type':'AWS::SSM::Parameter','Properties':{'Type':'String','Value':"       \
    "'" value "'}}}}"

#endif

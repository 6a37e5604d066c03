/*
 * Deployments by the hundred thousand, in virtual time, each following from its seed: a random
 * platform is created, changed and perhaps destroyed while calls are throttled, answered late,
 * answered with 5xx or not at all, reads tell of the past, resources fail, others work on the same
 * stacks, and the engine is killed at any step and begun anew.
 *
 *     deployments FIRST COUNT      runs seeds FIRST .. FIRST + COUNT - 1, and prints what fails
 *     deployments --replay SEED    runs one and prints every call
 */
#include "judge.h"
#include "spy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 100000, FAULTY_ATTEMPTS = 3, CLEAN_ATTEMPTS = 5 };

struct trial {
    uint64_t seed;
    struct random random;
    struct model model;
    struct cfn_sim *sim;
    json_t *running;              /* ARNs of the replications that were started: a set */
    bool loud, others, leftovers; /* others work on the stacks; names may be left that are taken */
    char wrong[900], told[600];   /* told: the last failure, in the engine's words */
    uint64_t calls, kills, failures, runs;
};

/* The first thing that is wrong counts. */
static void fail(struct trial *trial, const char *what, const char *more) {
    if (!*trial->wrong)
        snprintf(trial->wrong, sizeof trial->wrong, "%.200s%.600s", what, more);
}

static struct cfn_sim_faults random_faults(struct random *random) {
    unsigned rate = (unsigned)(1 + random_below(random, 1500));
#define SOMETIMES(percent, value) (random_chance(random, percent) ? (value) : 0)
    return (struct cfn_sim_faults){
        .throttle = SOMETIMES(40, rate),
        .server_error = SOMETIMES(40, rate),
        .lost_request = SOMETIMES(30, rate / 2),
        .lost_reply = SOMETIMES(30, rate / 2),
        .late_reply = SOMETIMES(30, rate),
        .stale_read = SOMETIMES(40, rate * 3),
        .resource = SOMETIMES(30, rate),
        .stuck_delete = SOMETIMES(10, rate),
        .stuck_rollback = SOMETIMES(10, rate * 3),
        .other_operator = SOMETIMES(15, rate / 10 + 1),
    };
#undef SOMETIMES
}

/* One run of the engine; kill_at: the step at which it is given up, or 0. Returns whether it came
 * to its end, and in *good whether that was the end that was planned. */
static bool run_engine(struct trial *trial, const struct cfn_deployment *what, enum cfn_goal goal,
                       int kill_at, bool *good) {
    struct spy spy;
    spy_init(&spy, cfn_sim_transport(trial->sim), trial->loud);
    const struct cfn_retry_options options = {.seed = random_next(&trial->random)};
    struct cfn_retry *retry = cfn_retry_new(&spy.outer, &options);
    const struct cfn_transport *transport = cfn_retry_transport(retry);
    struct cfn_engine *engine = cfn_engine_new(what, goal);
    struct cfn_reply reply = {0};
    bool has_reply = false, ended = false;
    int step = 0;
    for (; step < MOST_STEPS && !ended && !(kill_at && step == kill_at); step++) {
        int64_t now = transport->now(transport->self), wake;
        struct cfn_call call;
        struct cfn_event event;
        uint64_t id;
        wake = cfn_engine_step(engine, now, has_reply ? &reply : NULL);
        if (has_reply)
            cfn_reply_done(&reply);
        has_reply = false;
        while (cfn_engine_call(engine, &id, &call))
            transport->send(transport->self, id, &call);
        while (cfn_engine_event(engine, &event))
            if (trial->loud)
                printf("           event %d %s %s %s %s %s\n", event.kind, event.stack,
                       event.logical_id, event.status, event.text,
                       event.cause ? event.cause->reason : "");
        ended = cfn_engine_phase(engine) == CFN_ENDED;
        if (cfn_engine_phase(engine) == CFN_PLANNED) {
            if (spy.changes_before_approval && what->mode != CFN_CHANGE_SETS)
                fail(trial, "a call that changes something came before the approval", "");
            spy.approved = true;
            cfn_engine_approve(engine);
        } else if (!ended) {
            if (wake == CFN_NEVER)
                wake = now + 3600000;
            has_reply = transport->wait(transport->self, wake, &reply);
        }
    }
    if (has_reply)
        cfn_reply_done(&reply);
    if (ended) {
        struct cfn_diags *diags = cfn_diags_new();
        *good = cfn_engine_tell(engine, diags) == 0;
        for (size_t i = 0; i < cfn_diags_count(diags); i++)
            if (cfn_diags_at(diags, i)->severity == CFN_ERROR)
                snprintf(trial->told, sizeof trial->told, "%s", cfn_diags_at(diags, i)->message);
        if (!*good && (cfn_diags_errors(diags) == 0 || !*cfn_diags_at(diags, 0)->message))
            fail(trial, "it failed without a word", "");
        for (size_t i = 0; trial->loud && i < cfn_diags_count(diags); i++) {
            char *line = cfn_diag_text(cfn_diags_at(diags, i));
            printf("           %s\n", line);
            free(line);
        }
        cfn_diags_free(diags);
    } else if (step == MOST_STEPS) {
        fail(trial, "it does not end", "");
    }
    trial->calls += spy.calls;
    trial->kills += !ended;
    trial->failures += ended && !*good;
    cfn_engine_free(engine);
    cfn_retry_free(retry);
    cfn_sim_hang_up(trial->sim);
    return ended;
}

static struct cfn_deployment deployment_of(struct trial *trial, const struct platform *platform) {
    return (struct cfn_deployment){
        .targets = platform->targets,
        .count = platform->count,
        .prefix = "p",
        .region = "us-east-1",
        .mode = random_chance(&trial->random, 70)   ? CFN_DIRECT
                : random_chance(&trial->random, 60) ? CFN_CHANGE_SETS
                                                    : CFN_EXPRESS,
        .termination_protection = random_chance(&trial->random, 50),
        .keep_failed = random_chance(&trial->random, 15),
        .skip_failed = true,
        .wait_for_others = true,
        .run = random_next(&trial->random),
    };
}

/* Attempts under faults, then without, until it has come to the end that was planned. */
static bool carry_out(struct trial *trial, const struct platform *platform, enum cfn_goal goal) {
    bool good = false;
    json_t *before = cfn_sim_state(trial->sim), *after;
    struct cfn_deployment what = deployment_of(trial, platform);
    for (int attempt = 0; attempt < FAULTY_ATTEMPTS + CLEAN_ATTEMPTS && !*trial->wrong; attempt++) {
        struct cfn_sim_faults faults = {0};
        if (attempt < FAULTY_ATTEMPTS)
            faults = random_faults(&trial->random);
        trial->others = trial->others || faults.other_operator;
        trial->leftovers = trial->leftovers || faults.other_operator || faults.stuck_delete ||
                           faults.stuck_rollback;
        cfn_sim_set_faults(trial->sim, &faults);
        bool killed = attempt < FAULTY_ATTEMPTS && random_chance(&trial->random, 35);
        int kill_at = killed ? 1 + random_below(&trial->random, 150) : 0;
        if (trial->loud)
            printf("---------- attempt %d, kill at %d\n", attempt, kill_at);
        what.run++;
        trial->runs++;
        if (run_engine(trial, &what, goal, kill_at, &good) && good && !faults.other_operator)
            break;
        good = false;
        if (random_chance(&trial->random, 50))
            cfn_sim_advance(trial->sim,
                            cfn_sim_now(trial->sim) + random_below(&trial->random, 600000));
    }
    after = cfn_sim_state(trial->sim);
    /* What cannot be undone, or is left by somebody else, may have a name that then stands in the
     * way: that is told, and is for a person to clear. */
    bool taken = strstr(trial->told, "already exist") || strstr(trial->told, "already own");
    if (!good && !(trial->leftovers && taken))
        fail(trial, "it does not converge: ", trial->told);
    const char *wrong = judge_always(after);
    if (!*wrong && good && !trial->others)
        wrong =
            goal == CFN_DEPLOY ? judge_deployed(after, platform) : judge_destroyed(after, platform);
    if (!*wrong && !trial->others)
        wrong = judge_kept(before, after);
    if (!*wrong && good && goal == CFN_DEPLOY)
        wrong = judge_replications(after, trial->running);
    if (*wrong)
        fail(trial, "", wrong);
    json_decref(before);
    json_decref(after);
    return good;
}

/* A second look finds nothing to do, and does nothing. */
static void look_again(struct trial *trial, const struct platform *platform) {
    struct cfn_deployment what = deployment_of(trial, platform);
    const struct cfn_watcher nobody = {.tick = 60000};
    what.mode = CFN_DIRECT;
    cfn_sim_set_faults(trial->sim, &(const struct cfn_sim_faults){0});
    cfn_sim_advance(trial->sim, cfn_sim_now(trial->sim) + 10000); /* what was read late is past */
    struct cfn_engine *engine = cfn_engine_new(&what, CFN_DEPLOY);
    cfn_engine_run(engine, cfn_sim_transport(trial->sim), &nobody);
    for (size_t i = 0; i < cfn_engine_count(engine); i++) {
        struct cfn_view view;
        cfn_engine_stack(engine, i, &view);
        if (view.action != CFN_ACT_NONE && !what.termination_protection)
            fail(trial,
                 "a second run finds something to do: ", *view.reason ? view.reason : view.name);
    }
    cfn_engine_free(engine);
    cfn_sim_hang_up(trial->sim);
}

static void ask(struct trial *trial, const char *action, json_t *input) {
    const struct cfn_call call = {.service = "dms", .action = action, .input = input};
    struct cfn_reply reply = {0};
    cfn_sim_call(trial->sim, cfn_sim_now(trial->sim), &call, &reply);
    if (trial->loud)
        printf("---------- %s: %s\n", action, cfn_outcome_name(reply.outcome));
    cfn_reply_done(&reply);
}

static bool is_task(const json_t *resource) {
    return strcmp(cfn_output_text(resource, "type"), "AWS::DMS::ReplicationTask") == 0;
}

/* Somebody starts replications, as people do once they are there. */
static void start_replications(struct trial *trial) {
    json_t *state = cfn_sim_state(trial->sim), *stack, *resource;
    const char *name, *id;
    json_object_foreach(json_object_get(state, "stacks"), name, stack) {
        json_object_foreach(json_object_get(stack, "resources"), id, resource) {
            const char *arn = cfn_output_text(resource, "physical_id");
            if (!is_task(resource) || !*arn || random_chance(&trial->random, 30))
                continue;
            const char *type =
                json_object_get(trial->running, arn) ? "resume-processing" : "start-replication";
            ask(trial, "StartReplicationTask",
                json_pack("{s:s, s:s}", "ReplicationTaskArn", arn, "StartReplicationTaskType",
                          type));
            json_object_set_new(trial->running, arn, json_true());
        }
    }
    json_decref(state);
    cfn_sim_advance(trial->sim, cfn_sim_now(trial->sim) + random_below(&trial->random, 200000));
}

static bool deploy(struct trial *trial, int version, bool first) {
    struct platform platform;
    platform_of(&trial->model, &platform, version);
    bool good = carry_out(trial, &platform, CFN_DEPLOY);
    if (!*trial->wrong && good) {
        json_t *state = cfn_sim_state(trial->sim);
        const char *wrong = first && !trial->others ? judge_order(state, &platform) : "";
        if (*wrong)
            fail(trial, "", wrong);
        json_decref(state);
        if (!trial->others)
            look_again(trial, &platform);
    }
    platform_done(&platform);
    return good;
}

static void destroy(struct trial *trial, int version) {
    struct platform platform;
    platform_of(&trial->model, &platform, version);
    carry_out(trial, &platform, CFN_DESTROY);
    platform_done(&platform);
}

static bool run_trial(struct trial *trial) {
    const struct cfn_sim_options options = {.seed = trial->seed};
    trial->random.state = trial->seed * 0x2545F4914F6CDD1Du + 1;
    trial->sim = cfn_sim_new(&options);
    trial->running = json_object();
    model_make(&trial->model, &trial->random);
    bool good = deploy(trial, 1, true);
    int versions = random_below(&trial->random, 3);
    for (int version = 2; version < 2 + versions && !*trial->wrong && good; version++) {
        start_replications(trial);
        model_change(&trial->model, &trial->random);
        good = deploy(trial, version, false);
    }
    if (!*trial->wrong && good && random_chance(&trial->random, 30)) {
        start_replications(trial);
        destroy(trial, 9);
    }
    json_decref(trial->running);
    cfn_sim_free(trial->sim);
    return !*trial->wrong;
}

int main(int count, char **words) {
    if (count == 3 && strcmp(words[1], "--replay") == 0) {
        struct trial trial = {.seed = strtoull(words[2], NULL, 10), .loud = true};
        setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
        bool good = run_trial(&trial);
        printf("seed %s: %s\n", words[2], good ? "good" : trial.wrong);
        return good ? 0 : 1;
    }
    if (count != 3) {
        fputs("usage: deployments FIRST COUNT | --replay SEED\n", stderr);
        return 2;
    }
    uint64_t first = strtoull(words[1], NULL, 10), seeds = strtoull(words[2], NULL, 10);
    uint64_t calls = 0, kills = 0, failures = 0, runs = 0;
    int wrong = 0;
    for (uint64_t seed = first; seed < first + seeds && wrong < 10; seed++) {
        struct trial trial = {.seed = seed};
        if (!run_trial(&trial)) {
            printf("seed %llu: %s\n", (unsigned long long)seed, trial.wrong);
            fflush(stdout);
            wrong++;
        }
        calls += trial.calls;
        kills += trial.kills;
        failures += trial.failures;
        runs += trial.runs;
    }
    printf("%llu seeds, %llu deployments, %llu calls, %llu killed, %llu failed and were told\n",
           (unsigned long long)seeds, (unsigned long long)runs, (unsigned long long)calls,
           (unsigned long long)kills, (unsigned long long)failures);
    return wrong ? 1 : 0;
}

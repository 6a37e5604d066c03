/*
 * Deploys a folder of templates, as cfngen synth writes it, through the library:
 *
 *     bench_deploy ENDPOINT FOLDER         against a server
 *     bench_deploy virtual FOLDER TIMES    in the embedded simulation and its virtual time
 *
 * Prints a JSON object: seconds of the reading and of the running (in the transport's own time) and
 * of the machine, calls, steps of the engine and what one costs in microseconds.
 */
#define _POSIX_C_SOURCE 200809L
#include <cfngen/cfngen.h>
#include <cfngen/deploy.h>
#include <cfngen/session.h>
#include <cfngen/sim.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

extern char **environ;

/* A transport that keeps a count of the time spent in the one it stands for. */
struct metered {
    const struct cfn_transport *inner;
    double seconds;
    size_t steps;
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void metered_send(void *self, uint64_t id, const struct cfn_call *call) {
    struct metered *metered = self;
    double begin = now();
    metered->inner->send(metered->inner->self, id, call);
    metered->seconds += now() - begin;
}

static bool metered_wait(void *self, int64_t until, struct cfn_reply *reply) {
    struct metered *metered = self;
    double begin = now();
    bool came = metered->inner->wait(metered->inner->self, until, reply);
    metered->seconds += now() - begin;
    return came;
}

static int64_t metered_now(void *self) {
    struct metered *metered = self;
    return metered->inner->now(metered->inner->self);
}

static void count_step(void *self, struct cfn_engine *engine, int64_t time) {
    struct metered *metered = self;
    (void)engine;
    (void)time;
    metered->steps++;
}

static void fail(const struct cfn_diags *diags) {
    for (size_t i = 0; i < cfn_diags_count(diags); i++) {
        char *text = cfn_diag_text(cfn_diags_at(diags, i));
        fprintf(stderr, "%s\n", text);
        free(text);
    }
    exit(1);
}

static json_t *load(const char *folder, const char *name) {
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name);
    json_t *value = json_load_file(path, 0, &error);
    if (!value) {
        fprintf(stderr, "%s: %s\n", path, error.text);
        exit(1);
    }
    return value;
}

static const char *text_of(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

static struct cfn_texts needs_of(const json_t *stack) {
    const json_t *list = json_object_get(stack, "needs");
    struct cfn_texts needs = {.count = json_array_size(list)};
    const char **items = calloc(needs.count + 1, sizeof *items);
    for (size_t i = 0; i < needs.count; i++)
        items[i] = json_string_value(json_array_get(list, i));
    needs.items = items;
    return needs;
}

static struct cfn_deployment deployment_of(const char *folder) {
    const json_t *manifest = load(folder, "manifest.json");
    const json_t *stacks = json_object_get(manifest, "stacks");
    size_t count = json_array_size(stacks);
    struct cfn_target *targets = calloc(count, sizeof *targets);
    for (size_t i = 0; i < count; i++) {
        const json_t *stack = json_array_get(stacks, i);
        targets[i] = (struct cfn_target){.name = text_of(stack, "name"),
                                         .stack_name = text_of(stack, "stack_name"),
                                         .body = load(folder, text_of(stack, "file")),
                                         .needs = needs_of(stack)};
    }
    return (struct cfn_deployment){.targets = targets,
                                   .count = count,
                                   .prefix = text_of(manifest, "project"),
                                   .region = text_of(manifest, "region"),
                                   .run = (uint64_t)time(NULL)};
}

static void deploy(const struct cfn_deployment *what, const struct cfn_transport *inner) {
    struct cfn_retry *retry = cfn_retry_new(inner, &(const struct cfn_retry_options){.seed = 1});
    struct metered metered = {.inner = cfn_retry_transport(retry)};
    const struct cfn_transport transport = {&metered, metered_send, metered_wait, metered_now};
    const struct cfn_watcher watcher = {.look = count_step, .self = &metered};
    struct cfn_diags *diags = cfn_diags_new();
    double begin = now();
    int64_t start = metered_now(&metered);
    struct cfn_engine *engine = cfn_engine_new(what, CFN_DEPLOY);
    enum cfn_phase phase = cfn_engine_run(engine, &transport, &watcher);
    int64_t planned = metered_now(&metered);
    if (cfn_engine_tell(engine, diags) || (phase != CFN_PLANNED && phase != CFN_ENDED))
        fail(diags);
    cfn_engine_approve(engine);
    cfn_engine_run(engine, &transport, &watcher);
    int64_t end = metered_now(&metered);
    if (cfn_engine_tell(engine, diags))
        fail(diags);
    double wall = now() - begin;
    uint64_t calls, repeats;
    cfn_retry_counts(retry, &calls, &repeats);
    printf("{\"reading\": %.3f, \"running\": %.3f, \"wall\": %.3f, \"calls\": %llu, \"repeats\": "
           "%llu, \"steps\": %zu, \"microseconds\": %.2f}\n",
           (double)(planned - start) / 1000, (double)(end - planned) / 1000, wall,
           (unsigned long long)calls, (unsigned long long)repeats, metered.steps,
           (wall - metered.seconds) / (double)metered.steps * 1e6);
    cfn_engine_free(engine);
    cfn_retry_free(retry);
    cfn_diags_free(diags);
}

static void in_virtual_time(const struct cfn_deployment *what, const char *times) {
    const struct cfn_sim_options options = {
        .seed = 1, .region = what->region, .times = load("", times)};
    struct cfn_sim *sim = cfn_sim_new(&options);
    deploy(what, cfn_sim_transport(sim));
    cfn_sim_free(sim);
}

static void over_http(const struct cfn_deployment *what, const char *endpoint) {
    const struct cfn_session_options options = {
        .region = what->region, .endpoint = endpoint, .variables = (const char *const *)environ};
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_session *session = cfn_session_new(&options, diags);
    if (!session)
        fail(diags);
    deploy(what, cfn_session_transport(session));
    cfn_session_free(session);
    cfn_diags_free(diags);
}

int main(int count, char **words) {
    if (count < 3 || (strcmp(words[1], "virtual") == 0 && count != 4))
        return 2;
    const struct cfn_deployment what = deployment_of(words[2]);
    if (strcmp(words[1], "virtual") == 0)
        in_virtual_time(&what, words[3]);
    else
        over_http(&what, words[1]);
    return 0;
}

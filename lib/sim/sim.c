/* The simulation as a whole: what it begins with, and its end. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

enum { LATENCY = 80, CHANGE_SET = 3000 };
#define START 1767225600000 /* 2026-01-01T00:00:00Z */

static json_t *copy_of(const json_t *value) {
    return value ? json_deep_copy(value) : NULL;
}

static void furnish(struct cfn_sim *sim) {
    const char *name;
    json_t *owner;
    json_object_foreach(json_object_get(sim->has, "buckets"), name, owner) {
        if (cfn_same(json_string_value(owner), sim->account))
            cfn__bucket_new(sim, name);
    }
}

struct cfn_sim *cfn_sim_new(const struct cfn_sim_options *options) {
    const struct cfn_sim_options defaults = {0}, *o = options ? options : &defaults;
    struct cfn_sim *sim = cfn__alloc(sizeof *sim);
    sim->seed = cfn__sim_mix(o->seed + 1);
    sim->region = cfn__copy(o->region ? o->region : "us-east-1");
    sim->account = cfn__copy(o->account ? o->account : "123456789012");
    sim->now = o->start ? o->start : START;
    sim->latency = o->latency < 0 ? 0 : o->latency ? o->latency : LATENCY;
    sim->change_set_time = o->change_set ? o->change_set : CHANGE_SET;
    sim->scale = o->scale > 0 ? o->scale : 1;
    sim->times = copy_of(o->times);
    sim->failures = copy_of(o->failures);
    sim->has = copy_of(o->account_has);
    sim->faults = o->faults;
    sim->violations = json_array();
    furnish(sim);
    return sim;
}

static void free_body(void *body) {
    cfn__body_drop(body);
}

static void free_json(void *value) {
    json_decref(value);
}

static void free_stacks(struct cfn_sim *sim) {
    for (size_t i = 0; i < sim->exports.count; i++) {
        json_decref(sim->exports.items[i]->value);
        free(sim->exports.items[i]->name);
        free(sim->exports.items[i]);
    }
    free(sim->exports.items);
    for (size_t i = 0; i < sim->stacks.count; i++)
        cfn__stack_free(sim->stacks.items[i]);
    free(sim->stacks.items);
}

static void free_maps(struct cfn_sim *sim) {
    cfn__map_done(&sim->by_name, NULL);
    cfn__map_done(&sim->by_stack_id, NULL);
    cfn__map_done(&sim->export_of, NULL);
    cfn__map_done(&sim->bodies, free_body);
    cfn__map_done(&sim->tokens, free_json);
    cfn__map_done(&sim->things, cfn__thing_free);
    cfn__map_done(&sim->buckets, cfn__bucket_free);
    cfn__map_done(&sim->replications, cfn__replication_free);
    json_decref(sim->connections);
    cfn__map_done(&sim->drift_checks, free_json);
    cfn__map_done(&sim->failed_times, free_json);
}

void cfn_sim_free(struct cfn_sim *sim) {
    if (!sim)
        return;
    cfn_sim_hang_up(sim);
    cfn__calls_drop(sim);
    free_stacks(sim);
    free_maps(sim);
    json_decref(sim->times);
    json_decref(sim->failures);
    json_decref(sim->has);
    json_decref(sim->violations);
    free(sim->heap.items);
    free(sim->answers.items);
    free(sim->region);
    free(sim->account);
    free(sim);
}

void cfn_sim_set_failures(struct cfn_sim *sim, const json_t *failures) {
    json_decref(sim->failures);
    sim->failures = copy_of(failures);
}

void cfn_sim_set_faults(struct cfn_sim *sim, const struct cfn_sim_faults *faults) {
    sim->faults = *faults;
}

/* Doing things to resources in the order of their references, as many at a time as it allows. */
#include "sim.h"

#include <stdint.h>
#include <stdlib.h>

struct cfn__step *cfn__step_add(struct cfn__operation *operation, const char *id,
                                struct cfn__resource *resource, enum cfn__does does) {
    struct cfn__step *step = CFN_PUSH(&operation->steps);
    step->id = cfn__copy(id);
    step->resource = resource;
    step->does = does;
    return step;
}

void cfn__steps_clear(struct cfn__operation *operation) {
    for (size_t i = 0; i < operation->steps.count; i++) {
        struct cfn__step *step = &operation->steps.items[i];
        if (step->own)
            cfn__resource_free(step->resource);
        json_decref(step->needs);
        free(step->id);
        free(step->fails);
        free(step->next.items);
    }
    operation->steps.count = 0;
    operation->running = 0;
    cfn__map_done(&operation->step_of, NULL);
}

static void join_steps(struct cfn__operation *operation, size_t first, size_t then) {
    *CFN_PUSH(&operation->steps.items[first].next) = then;
    operation->steps.items[then].waits++;
}

void cfn__steps_order(struct cfn__operation *operation, bool reverse) {
    struct cfn__steps *steps = &operation->steps;
    for (size_t i = 0; i < steps->count; i++)
        cfn__map_put(&operation->step_of, steps->items[i].id, &steps->items[i]);
    for (size_t i = 0; i < steps->count; i++) {
        struct cfn__step *step = &steps->items[i];
        json_t *needs = step->needs ? step->needs : step->resource ? step->resource->needs : NULL;
        const char *id;
        json_t *unused;
        json_object_foreach(needs, id, unused) {
            const struct cfn__step *other = cfn__map_get(&operation->step_of, id);
            size_t index = other ? (size_t)(other - steps->items) : i;
            if (index == i)
                continue;
            join_steps(operation, reverse ? i : index, reverse ? index : i);
        }
    }
}

static void end_phase(struct cfn_sim *sim, const struct cfn__happening *happening) {
    (void)sim;
    struct cfn__operation *operation = happening->subject;
    if (operation->ending == happening->ticket)
        cfn__phase_ended(operation);
}

/* Whatever can begin has begun: when nothing runs, nothing is going to. */
static void check_end(struct cfn__operation *operation) {
    if (operation->running || operation->starting)
        return;
    operation->ending = ++operation->tickets;
    cfn__sim_at(operation->stack->sim, operation->not_before, end_phase, operation, 0,
                operation->ending);
}

static void begin(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    if (operation->failed && operation->phase == CFN__FORWARD)
        return;
    step->at = CFN__RUNS;
    operation->running++;
    cfn__step_begin(operation, index);
}

void cfn__steps_start(struct cfn__operation *operation) {
    operation->starting = true;
    for (size_t i = 0; i < operation->steps.count; i++)
        if (!operation->steps.items[i].waits && operation->steps.items[i].at == CFN__WAITS)
            begin(operation, i);
    operation->starting = false;
    check_end(operation);
}

void cfn__step_done(struct cfn__operation *operation, size_t index) {
    struct cfn__step *step = &operation->steps.items[index];
    step->at = CFN__DONE;
    step->ticket = 0;
    for (size_t i = 0; i < step->next.count; i++) {
        size_t next = step->next.items[i];
        if (!--operation->steps.items[next].waits)
            begin(operation, next);
    }
    operation->running--;
    check_end(operation);
}

void cfn__step_later(struct cfn__operation *operation, size_t index, int64_t after,
                     cfn__happens *run) {
    struct cfn__step *step = &operation->steps.items[index];
    step->ticket = ++operation->tickets;
    cfn__sim_at(operation->stack->sim, operation->stack->sim->now + after, run, operation, index,
                step->ticket);
}

struct cfn__step *cfn__step_of(const struct cfn__happening *happening) {
    struct cfn__operation *operation = happening->subject;
    if (happening->step >= operation->steps.count)
        return NULL;
    struct cfn__step *step = &operation->steps.items[happening->step];
    return step->ticket == happening->ticket ? step : NULL;
}

static void note_failure(struct cfn__operation *operation, const struct cfn__step *step) {
    size_t kind = step->does == CFN__CREATES || step->does == CFN__IMPORTS ? 0
                  : step->does == CFN__DELETES                             ? 2
                                                                           : 1;
    if (!operation->failures[kind])
        operation->failures[kind] = json_array();
    json_array_append_new(operation->failures[kind], json_string(step->id));
}

static const char *failed_status(const struct cfn__step *step) {
    return step->does == CFN__CREATES   ? "CREATE_FAILED"
           : step->does == CFN__DELETES ? "DELETE_FAILED"
           : step->does == CFN__IMPORTS ? "IMPORT_FAILED"
                                        : "UPDATE_FAILED";
}

static void cancel_others(struct cfn__operation *operation) {
    for (size_t i = 0; i < operation->steps.count; i++) {
        struct cfn__step *step = &operation->steps.items[i];
        if (step->at != CFN__RUNS)
            continue;
        step->at = CFN__FAILED;
        step->ticket = 0;
        operation->running--;
        note_failure(operation, step);
        cfn__nested_cancel(step);
        cfn__resource_set(operation->stack, operation, step->resource, failed_status(step),
                          step->does == CFN__CREATES ? "Resource creation cancelled"
                                                     : "Resource update cancelled");
    }
}

void cfn__steps_cancel(struct cfn__operation *operation) {
    operation->failed = true;
    cancel_others(operation);
    check_end(operation);
}

void cfn__step_failed(struct cfn__operation *operation, size_t index, const char *reason) {
    struct cfn__step *step = &operation->steps.items[index];
    bool first = !operation->failed;
    step->at = CFN__FAILED;
    step->ticket = 0;
    operation->running--;
    operation->failed = true;
    note_failure(operation, step);
    cfn__resource_set(operation->stack, operation, step->resource, failed_status(step), reason);
    if (operation->phase == CFN__FORWARD && first && operation->on_failure != CFN__STAYS)
        cancel_others(operation);
    check_end(operation);
}

int64_t cfn__step_time(const struct cfn__operation *operation, const char *type,
                       enum cfn_operation what, const json_t *properties) {
    double time = (double)cfn_typical_time(type, what, properties) * operation->stack->sim->scale *
                  operation->stretch;
    if (operation->express)
        time /= 4;
    return time < 1 ? 1 : (int64_t)time;
}

/* The longest chain of resources from here on, by their typical times. */
static double longest_from(const struct cfn__operation *operation, enum cfn_operation what,
                           size_t index, double *known) {
    if (known[index] > 0)
        return known[index];
    const struct cfn__step *step = &operation->steps.items[index];
    const json_t *item =
        json_object_get(cfn__body_section(operation->version ? operation->version->body
                                                             : operation->stack->version->body,
                                          "Resources"),
                        step->id);
    const char *type = json_string_value(json_object_get(item, "Type"));
    double rest = 0;
    for (size_t i = 0; i < step->next.count; i++) {
        double time = longest_from(operation, what, step->next.items[i], known);
        rest = time > rest ? time : rest;
    }
    double own =
        type ? (double)cfn_typical_time(type, what, json_object_get(item, "Properties")) : 1;
    return known[index] = (own < 1 ? 1 : own) + rest;
}

void cfn__steps_stretch(struct cfn__operation *operation, enum cfn_operation what) {
    const struct cfn_sim *sim = operation->stack->sim;
    const json_t *wanted = json_object_get(sim->times, operation->stack->name);
    if (!wanted || !operation->steps.count)
        return;
    double time = json_number_value(wanted), longest = 1;
    double *known = cfn__alloc(operation->steps.count * sizeof *known);
    for (size_t i = 0; i < operation->steps.count; i++) {
        double chain = longest_from(operation, what, i, known);
        longest = chain > longest ? chain : longest;
    }
    free(known);
    operation->stretch = time / longest / sim->scale;
    operation->not_before = sim->now + (int64_t)time;
}

/*
 * Who waits for whom. A consumer waits for its producer, unless all that it imports is exported
 * today and stays as it is: an export cannot change while it is imported.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const char *stack_of(const struct cfn_engine *engine, const char *export_name) {
    return json_string_value(json_object_get(engine->exports, export_name));
}

/* What lies behind an output is replaced, or may be, or the output itself is another. */
bool cfn__is_replaced(const struct cfn__job *job, const char *output) {
    json_t *value =
        json_object_get(json_object_get(json_object_get(job->body, "Outputs"), output), "Value");
    json_t *behind = cfn_references(job->body, value);
    bool replaced = !value;
    for (size_t i = 0; job->diff && !replaced && i < cfn_diff_count(job->diff); i++) {
        const struct cfn_change *change = cfn_diff_at(job->diff, i);
        bool resource = strcmp(change->section, "Resources") == 0;
        replaced = resource ? json_object_get(behind, change->logical_id) &&
                                  (change->action != CFN_CHANGE_MODIFY ||
                                   change->replacement != CFN_IN_PLACE)
                            : strcmp(change->section, "Outputs") == 0 &&
                                  strcmp(change->logical_id, output) == 0;
    }
    json_decref(behind);
    return replaced;
}

static bool exports_stay(const struct cfn_engine *engine, const struct cfn__job *consumer,
                         const struct cfn__job *producer) {
    const char *name;
    json_t *value;
    size_t imported = 0;
    json_object_foreach(consumer->imports, name, value) {
        const char *stack = stack_of(engine, name);
        if (!stack)
            return false; /* somebody's new export: perhaps this one's */
        if (strcmp(stack, producer->now.stack_id) != 0)
            continue;
        imported++;
        const char *key = cfn_output_text(json_object_get(producer->now.exports, name), "key");
        if (cfn__is_replaced(producer, key))
            return false;
    }
    return imported > 0; /* one that imports nothing is to wait for another reason */
}

static bool must_wait(struct cfn_engine *engine, struct cfn__job *consumer,
                      const struct cfn__job *producer) {
    if (engine->goal == CFN_DESTROY || producer->action != CFN_ACT_UPDATE ||
        consumer->action == CFN_ACT_AWAIT || consumer->action == CFN_ACT_CONTINUE ||
        !producer->now.there || !engine->exports)
        return true;
    cfn__plan_imports(engine, consumer);
    return !exports_stay(engine, consumer, producer);
}

static void add_edge(struct cfn__job *from, struct cfn__job *to) {
    *CFN_PUSH(&from->waits) = to->index;
    to->is_waited_for = true;
}

/* A destruction goes the other way round. */
void cfn__plan_edges(struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count; i++) {
        engine->jobs[i].waits.count = 0;
        engine->jobs[i].is_waited_for = false;
    }
    for (size_t i = 0; i < engine->count; i++) {
        struct cfn__job *consumer = &engine->jobs[i];
        for (size_t j = 0; j < consumer->target->needs.count; j++) {
            const json_t *index = json_object_get(engine->names, consumer->target->needs.items[j]);
            struct cfn__job *producer = index ? &engine->jobs[json_integer_value(index)] : NULL;
            if (!producer || producer == consumer || !must_wait(engine, consumer, producer))
                continue;
            if (engine->goal == CFN_DESTROY)
                add_edge(producer, consumer);
            else
                add_edge(consumer, producer);
        }
    }
}

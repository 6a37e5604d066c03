/*
 * Exports and imports: which exports would go, who imports them, and whether they must be kept for
 * one deployment, until those who import them no longer do.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* The account is the fifth part of a stack's ARN. */
static void learn_account(struct cfn_engine *engine) {
    for (size_t i = 0; i < engine->count && !engine->account; i++) {
        const char *from = engine->jobs[i].now.stack_id;
        for (int colons = 0; from && colons < 4; colons++)
            from = (from = strchr(from, ':')) ? from + 1 : NULL;
        const char *to = from ? strchr(from, ':') : NULL;
        if (to && to - from == 12) {
            engine->account = cfn__copy(from);
            engine->account[12] = '\0';
        }
    }
}

static const char *part_of(const struct cfn_engine *engine, const char *china, const char *gov,
                           const char *rest) {
    return cfn_starts_with(engine->what.region, "cn-")       ? china
           : cfn_starts_with(engine->what.region, "us-gov-") ? gov
                                                             : rest;
}

const struct cfn_world *cfn__plan_world(struct cfn_engine *engine, struct cfn__job *job) {
    learn_account(engine);
    job->world = (struct cfn_world){
        .account = engine->account,
        .region = engine->what.region,
        .partition = part_of(engine, "aws-cn", "aws-us-gov", "aws"),
        .url_suffix = part_of(engine, "amazonaws.com.cn", "amazonaws.com", "amazonaws.com"),
        .stack_name = job->target->stack_name,
        .stack_id = job->now.there ? cfn__word(job, "%s", job->now.stack_id) : NULL,
    };
    return &job->world;
}

static struct cfn_evaluation *evaluate(struct cfn_engine *engine, struct cfn__job *job,
                                       struct cfn_diags *diags) {
    return cfn_evaluation_new(job->target->body, job->after, cfn__plan_world(engine, job), diags);
}

void cfn__plan_imports(struct cfn_engine *engine, struct cfn__job *job) {
    if (job->imports)
        return;
    struct cfn_diags *unheard = cfn_diags_new();
    struct cfn_evaluation *evaluation = evaluate(engine, job, unheard);
    job->imports = cfn_imported_names(job->target->body, evaluation);
    if (!job->imports)
        job->imports = json_object();
    cfn_evaluation_free(evaluation);
    cfn_diags_free(unheard);
}

static void add_export(struct cfn_evaluation *evaluation, const json_t *output, json_t *names,
                       struct cfn_diags *unheard) {
    json_t *name = json_object_get(json_object_get(output, "Export"), "Name");
    if (!name || (evaluation && !cfn_evaluation_has(evaluation, output)))
        return;
    json_t *value = json_is_string(name) ? json_incref(name)
                    : evaluation         ? cfn_evaluate(evaluation, name, "Outputs", unheard)
                                         : NULL;
    if (json_is_string(value))
        json_object_set_new(names, json_string_value(value), json_true());
    json_decref(value);
}

/* Names that the new template exports. */
static json_t *new_exports(struct cfn_engine *engine, struct cfn__job *job) {
    const char *key;
    json_t *output, *names = json_object();
    struct cfn_diags *unheard = cfn_diags_new();
    struct cfn_evaluation *evaluation = evaluate(engine, job, unheard);
    json_object_foreach(json_object_get(cfn__loose(job->target->body), "Outputs"), key, output)
        add_export(evaluation, output, names, unheard);
    cfn_evaluation_free(evaluation);
    cfn_diags_free(unheard);
    return names;
}

static bool may_drop(const struct cfn__job *job) {
    return job->now.there && json_object_size(job->now.exports) > 0 &&
           (job->action == CFN_ACT_UPDATE || job->action == CFN_ACT_CONTINUE ||
            job->action == CFN_ACT_AWAIT);
}

void cfn__plan_dropped(struct cfn_engine *engine, struct cfn__job *job) {
    const char *name;
    json_t *value;
    if (engine->goal != CFN_DEPLOY || !may_drop(job))
        return;
    json_t *names = new_exports(engine, job);
    cfn__set_json(&job->asking, json_array());
    cfn__set_json(&job->dropped, json_object());
    json_object_foreach(job->now.exports, name, value) if (!json_object_get(names, name))
        json_array_append_new(job->asking, json_string(name));
    json_decref(names);
}

static struct cfn__job *target_of(const struct cfn_engine *engine, const char *stack_name) {
    const json_t *index = json_object_get(engine->by_id, stack_name);
    return index ? &engine->jobs[json_integer_value(index)] : NULL;
}

/* A stack gives an import up in this run when it is one of ours, and its new template no longer
 * has it. */
static bool gives_up(struct cfn_engine *engine, const char *stack_name, const char *name) {
    struct cfn__job *job = target_of(engine, stack_name);
    if (!job || job->action == CFN_ACT_REFUSE)
        return false;
    cfn__plan_imports(engine, job);
    return !json_object_get(job->imports, name);
}

/* The first who keeps importing it; NULL: nobody does. */
static const char *stays_with(struct cfn_engine *engine, const struct cfn__job *job,
                              const char *name) {
    const json_t *importers = json_object_get(job->dropped, name);
    for (size_t i = 0; i < json_array_size(importers); i++) {
        const char *importer = json_string_value(json_array_get(importers, i));
        if (importer && !gives_up(engine, importer, name))
            return importer;
    }
    return NULL;
}

static void keep(struct cfn_engine *engine, struct cfn__job *job) {
    enum cfn_action action = job->action;
    cfn__set_json(&job->body, cfn__body_keeping(job, job->dropped));
    job->keeps_exports = true;
    cfn__plan_job(engine, job);
    if (job->action == CFN_ACT_NONE) /* only the export was to go */
        job->action = action;
}

void cfn__plan_keep_exports(struct cfn_engine *engine, struct cfn__job *job) {
    const char *name, *lasting = NULL;
    json_t *importers;
    if (json_object_size(job->dropped) == 0 || job->keeps_exports || !may_drop(job))
        return;
    keep(engine, job);
    json_object_foreach(job->dropped, name, importers) {
        const char *importer = stays_with(engine, job, name);
        if (!importer)
            continue;
        lasting = importer;
        cfn_warn(engine->findings, "deploy.kept-export", (struct cfn_place){0}, job->target->name,
                 "the export %s is kept, for the stack %s imports it", name, importer);
        cfn_hint(engine->findings, "remove the import there, then deploy again");
    }
    job->reason = lasting ? cfn__word(job, "keeps an export that %s still imports", lasting)
                          : "still imported exports are kept, until those who import them have "
                            "moved; then they go";
}

static void wait_for(struct cfn_engine *engine, struct cfn__job *job, const char *stack_name) {
    const struct cfn__job *other = target_of(engine, stack_name);
    if (other)
        *CFN_PUSH(&job->waits) = other->index;
}

bool cfn__plan_second_follows(const struct cfn_engine *engine, struct cfn__job *job) {
    struct cfn_engine *writable = job->engine;
    const char *name;
    json_t *importers, *lasting = json_object();
    (void)engine;
    job->waits.count = 0;
    json_object_foreach(job->dropped, name, importers) {
        bool stays = stays_with(writable, job, name) != NULL;
        if (stays)
            json_object_set(lasting, name, importers);
        for (size_t i = 0; !stays && i < json_array_size(importers); i++)
            wait_for(writable, job, json_string_value(json_array_get(importers, i)));
    }
    bool follows = json_object_size(lasting) < json_object_size(job->dropped);
    cfn__set_json(&job->second_body, follows ? cfn__body_keeping(job, lasting) : NULL);
    job->lasting = json_object_size(lasting) > 0;
    json_decref(lasting);
    return follows;
}

bool cfn__plan_imports_exist(const struct cfn_engine *engine, const struct cfn__job *job) {
    const char *name;
    json_t *value;
    json_object_foreach(job->imports, name,
                        value) if (!json_object_get(engine->exports, name)) return false;
    return true;
}

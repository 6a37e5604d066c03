/* What is there against what shall be: the template, parameters, tags, topics, settings. */
#include "engine.h"

#include <cfngen/check.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST_TEMPLATE = 1048576, BASE_TIME = 5000, PAUSE_TIME = 120000 };

char *cfn__body_text(const json_t *body) {
    char *text = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    return text ? text : cfn__copy("");
}

/* The deployed template as a value; the same one where its text is the same. */
void cfn__plan_read_deployed(struct cfn__job *job) {
    struct cfn__present *now = &job->now;
    if (now->body || !now->text)
        return;
    char *text = cfn__body_text(job->body);
    bool same = strcmp(now->text, text) == 0;
    free(text);
    if (same) {
        now->body = json_incref(job->body);
        return;
    }
    struct cfn_diags *unheard = cfn_diags_new();
    now->body = cfn_template_read("deployed", now->text, strlen(now->text), unheard);
    cfn_diags_free(unheard);
}

/* Descriptions, metadata of the whole and what conditions leave out are no reason for an update:
 * CloudFormation would say that there is nothing to do. */
static bool is_other_template(const struct cfn__job *job) {
    static const char *const sections[] = {"Resources", "Outputs", "Transform"};
    for (size_t i = 0; job->now.body && i < sizeof sections / sizeof *sections; i++) {
        json_t *was = json_object_get(job->now.body, sections[i]);
        json_t *is = json_object_get(job->body, sections[i]);
        if ((was || is) && !json_equal(was, is))
            return true;
    }
    return !job->now.body || cfn_diff_count(job->diff) > 0;
}

static bool has_other_tags(const struct cfn__job *job) {
    return job->target->tags && !json_equal(job->now.tags, cfn__loose(job->target->tags));
}

static bool is_topic(const json_t *topics, const char *topic) {
    for (size_t i = 0; i < json_array_size(topics); i++) {
        const char *text = json_string_value(json_array_get(topics, i));
        if (text && strcmp(text, topic) == 0)
            return true;
    }
    return false;
}

static bool has_other_topics(const struct cfn_engine *engine, const struct cfn__job *job) {
    const struct cfn_texts *wanted = &engine->what.notification_arns;
    if (wanted->count != json_array_size(job->now.topics))
        return true;
    for (size_t i = 0; i < wanted->count; i++)
        if (!is_topic(job->now.topics, wanted->items[i]))
            return true;
    return false;
}

static bool is_other_policy(const char *wanted, const char *there) {
    json_t *left = json_loads(wanted, 0, NULL), *right = json_loads(there ? there : "", 0, NULL);
    bool other = !left || !right || !json_equal(left, right);
    json_decref(left);
    json_decref(right);
    return other;
}

static void compare_settings(const struct cfn_engine *engine, struct cfn__job *job) {
    job->wants_protection = engine->what.termination_protection && !job->now.is_protected;
    job->wants_policy =
        engine->what.stack_policy && is_other_policy(engine->what.stack_policy, job->now.policy);
}

static bool stands(const struct cfn__job *job) {
    return job->now.there && job->action != CFN_ACT_RECREATE &&
           strcmp(job->now.status, "REVIEW_IN_PROGRESS") != 0;
}

static void show_diff(struct cfn_engine *engine, struct cfn__job *job) {
    bool compares = stands(job);
    const struct cfn_world *world = cfn__plan_world(engine, job);
    cfn__set_json(&job->is_body, json_incref(job->body));
    cfn__set_json(&job->was_body, compares ? json_incref(job->now.body) : NULL);
    cfn__set_json(&job->was_tags, compares ? json_incref(job->now.tags) : NULL);
    const struct cfn_side before = {job->was_body, compares ? job->before : NULL, job->was_tags,
                                    world};
    const struct cfn_side after = {job->is_body, job->after,
                                   job->target->tags ? job->target->tags : job->was_tags, world};
    job->diff = cfn_diff_new(&before, &after);
}

void cfn__plan_compare(struct cfn_engine *engine, struct cfn__job *job) {
    cfn_diff_free(job->diff);
    job->diff = NULL;
    job->differs = false;
    cfn__plan_read_deployed(job);
    if (job->body_size > LARGEST_TEMPLATE)
        cfn__plan_refuse(job, "its template is larger than 1 MB, which CloudFormation refuses");
    cfn__plan_parameters(engine, job);
    show_diff(engine, job);
    if (!stands(job)) {
        job->differs = true;
        job->wants_policy = engine->what.stack_policy != NULL;
        job->wants_protection = engine->what.termination_protection;
    } else {
        job->differs |=
            is_other_template(job) || has_other_tags(job) || has_other_topics(engine, job);
        compare_settings(engine, job);
    }
}

static int64_t time_of_changes(const struct cfn__job *job) {
    int64_t longest = 0;
    const json_t *resources = json_object_get(job->body, "Resources");
    for (size_t i = 0; job->diff && i < cfn_diff_count(job->diff); i++) {
        const struct cfn_change *change = cfn_diff_at(job->diff, i);
        if (strcmp(change->section, "Resources") != 0)
            continue;
        const json_t *properties =
            json_object_get(json_object_get(resources, change->logical_id), "Properties");
        enum cfn_operation operation =
            change->action == CFN_CHANGE_REMOVE                                       ? CFN_DELETES
            : change->action == CFN_CHANGE_ADD || change->replacement == CFN_REPLACES ? CFN_CREATES
                                                                                      : CFN_UPDATES;
        int64_t time = cfn_typical_time(change->type, operation, properties);
        longest = time > longest ? time : longest;
    }
    return longest + BASE_TIME;
}

static int64_t time_to_delete(const struct cfn__job *job) {
    const json_t *body = job->now.body ? job->now.body : job->body;
    return job->target->usual[CFN_DELETES] > 0 ? job->target->usual[CFN_DELETES]
                                               : cfn_template_time(body, CFN_DELETES);
}

static int64_t time_to_create(const struct cfn__job *job) {
    return job->target->usual[CFN_CREATES] > 0 ? job->target->usual[CFN_CREATES]
                                               : cfn_template_time(job->body, CFN_CREATES);
}

static int64_t time_to_update(const struct cfn__job *job) {
    int64_t pause = cfn__must_pause(job) ? PAUSE_TIME : 0;
    return job->target->usual[CFN_UPDATES] > 0 ? job->target->usual[CFN_UPDATES]
                                               : time_of_changes(job) + pause;
}

int64_t cfn__plan_expected(const struct cfn_engine *engine, const struct cfn__job *job) {
    (void)engine;
    switch (job->action) {
    case CFN_ACT_CREATE:
        return time_to_create(job);
    case CFN_ACT_RECREATE:
        return BASE_TIME + time_to_create(job);
    case CFN_ACT_UPDATE:
    case CFN_ACT_AWAIT:
        return time_to_update(job);
    case CFN_ACT_CONTINUE:
        return 2 * time_to_update(job);
    case CFN_ACT_DELETE:
        return time_to_delete(job);
    case CFN_ACT_NONE:
    case CFN_ACT_REFUSE:
        break;
    }
    return 0;
}

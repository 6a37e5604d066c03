/*
 * Replications of DMS: CloudFormation cannot change one that runs, nor delete it. So those that an
 * update touches are stopped before it and resumed after it, whatever became of it; those that go
 * are stopped. Each is an object: what cfn_view tells of it, and
 *   resume      this run, or an earlier one, has stopped it
 *   unmarked    it could not be marked
 *   given_up    it could not be resumed
 */
#include "engine.h"
#include "replications.h"

#include <stdlib.h>
#include <string.h>

enum { LOOKS = 5 }; /* between two looks there are so many of a stack */

static bool is_replication(const char *type) {
    return strcmp(type, "AWS::DMS::ReplicationTask") == 0 ||
           strcmp(type, "AWS::DMS::ReplicationConfig") == 0;
}

/* --- reading --- */

bool cfn__may_have_replications(const struct cfn__job *job) {
    const char *id;
    json_t *resource;
    if (job->now.text)
        return strstr(job->now.text, "AWS::DMS::Replication") != NULL;
    json_object_foreach(json_object_get(job->now.body, "Resources"), id, resource) {
        if (is_replication(cfn_output_text(resource, "Type")))
            return true;
    }
    return false;
}

static const json_t *known(const json_t *list, const char *arn) {
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(cfn_output_text(json_array_get(list, i), "arn"), arn) == 0)
            return json_array_get(list, i);
    return NULL;
}

/* What this run knows of one goes on to be known. */
static json_t *item_of(const struct cfn__job *job, const json_t *resource) {
    static const char *const flags[] = {"resume", "unmarked"};
    const char *arn = cfn_output_text(resource, "PhysicalResourceId");
    const json_t *before = known(job->replications, arn);
    json_t *item =
        json_pack("{s:s, s:s, s:s, s:s}", "id", cfn_output_text(resource, "LogicalResourceId"),
                  "arn", arn, "type", cfn_output_text(resource, "ResourceType"), "status", "");
    for (size_t i = 0; before && i < sizeof flags / sizeof *flags; i++)
        cfn__replication_set(item, flags[i], cfn__replication_flag(before, flags[i]));
    return item;
}

bool cfn__replications_find(struct cfn__job *job) {
    json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(job->now.resources); i++) {
        const json_t *resource = json_array_get(job->now.resources, i);
        if (is_replication(cfn_output_text(resource, "ResourceType")) &&
            *cfn_output_text(resource, "PhysicalResourceId") &&
            strcmp(cfn_output_text(resource, "ResourceStatus"), "DELETE_COMPLETE") != 0)
            json_array_append_new(list, item_of(job, resource));
    }
    bool any = json_array_size(list) > 0;
    if (!any)
        json_decref(list);
    cfn__set_json(&job->replications, any ? list : NULL);
    return any;
}

/* --- the plan --- */

static const json_t *resource_of(const json_t *body, const char *id) {
    return json_object_get(json_object_get(body, "Resources"), id);
}

/* Whether a value refers to a resource, however deep. */
static bool refers(const json_t *value, const char *id) {
    const char *key, *text = json_string_value(json_object_get(value, "Ref"));
    json_t *member;
    if (text && strcmp(text, id) == 0)
        return true;
    json_object_foreach(cfn__loose(value), key, member) {
        const char *first =
            json_string_value(json_is_array(member) ? json_array_get(member, 0) : member);
        bool attribute = strcmp(key, "Fn::GetAtt") == 0 && first &&
                         strncmp(first, id, strlen(id)) == 0 &&
                         (first[strlen(id)] == '\0' || first[strlen(id)] == '.');
        if (attribute || refers(member, id))
            return true;
    }
    for (size_t i = 0; i < json_array_size(value); i++)
        if (refers(json_array_get(value, i), id))
            return true;
    return false;
}

/* Attributes beside the properties (DeletionPolicy ...) are no business of DMS. */
static bool touches_properties(const struct cfn_change *change) {
    for (size_t i = 0; i < change->property_count; i++)
        if (cfn_starts_with(change->properties[i].path, "Properties"))
            return true;
    return change->action == CFN_CHANGE_REMOVE;
}

/* NULL, or the change of the replication itself, or of an endpoint or instance that it stands on.
 */
static const struct cfn_change *touching(const struct cfn__job *job, const json_t *item) {
    const char *id = cfn_output_text(item, "id");
    const json_t *own = json_object_get(resource_of(job->now.body, id), "Properties");
    const struct cfn_change *found = NULL;
    for (size_t i = 0; job->diff && i < cfn_diff_count(job->diff); i++) {
        const struct cfn_change *change = cfn_diff_at(job->diff, i);
        if (strcmp(change->section, "Tags") == 0 && !found)
            found = change; /* they are handed on to every resource */
        if (strcmp(change->section, "Resources") != 0 || !touches_properties(change))
            continue;
        if (strcmp(change->logical_id, id) == 0)
            return change;
        if (!found && cfn_starts_with(change->type, "AWS::DMS::") &&
            refers(own, change->logical_id))
            found = change;
    }
    return found;
}

static bool is_kept(const struct cfn__job *job, const json_t *item) {
    const json_t *resource = resource_of(job->now.body, cfn_output_text(item, "id"));
    return cfn_starts_with(cfn_output_text(resource, "DeletionPolicy"), "Retain");
}

/* One that goes with the update, by removal or replacement, comes back only where it fails. */
static const char *halt_for_update(const struct cfn__job *job, const json_t *item) {
    const char *status = job->now.status, *id = cfn_output_text(item, "id");
    bool retries = strcmp(status, "UPDATE_FAILED") == 0 || strcmp(status, "CREATE_FAILED") == 0;
    const struct cfn_change *change = touching(job, item);
    if (!job->differs || (!retries && !change && job->now.body))
        return NULL;
    if (!resource_of(job->body, id))
        return is_kept(job, item) ? NULL : "leave";
    return change && strcmp(change->logical_id, id) == 0 && change->replacement == CFN_REPLACES
               ? "leave"
               : "pause";
}

static const char *halt_of(const struct cfn__job *job, const json_t *item) {
    if (job->action == CFN_ACT_DELETE || job->action == CFN_ACT_RECREATE)
        return is_kept(job, item) ? NULL : "stop";
    if (job->action == CFN_ACT_CONTINUE)
        return "pause";
    return job->action == CFN_ACT_UPDATE ? halt_for_update(job, item) : NULL;
}

void cfn__plan_replications(const struct cfn_engine *engine, struct cfn__job *job) {
    bool left = false;
    for (size_t i = 0; i < json_array_size(job->replications); i++) {
        json_t *item = json_array_get(job->replications, i);
        const char *halt = halt_of(job, item);
        json_object_del(item, "halt");
        if (halt)
            json_object_set_new(item, "halt", json_string(halt));
        left |= cfn__replication_flag(item, "tagged");
    }
    if (!left || engine->goal != CFN_DEPLOY || job->action != CFN_ACT_NONE)
        return;
    job->action = CFN_ACT_UPDATE;
    job->reason = "its replication was stopped for an update by an earlier run: it is resumed";
}

/* --- pausing and resuming --- */

bool cfn__must_pause(const struct cfn__job *job) {
    for (size_t i = 0; !job->paused && i < json_array_size(job->replications); i++)
        if (json_object_get(json_array_get(job->replications, i), "halt"))
            return true;
    return false;
}

bool cfn__must_resume(const struct cfn__job *job) {
    if (job->action == CFN_ACT_DELETE)
        return false;
    for (size_t i = 0; i < json_array_size(job->replications); i++) {
        const json_t *item = json_array_get(job->replications, i);
        bool stands =
            cfn__replication_flag(item, "resume") || cfn__replication_flag(item, "tagged");
        if (stands && !cfn__replication_flag(item, "given_up"))
            return true;
    }
    return false;
}

void cfn__replications_changed(struct cfn_engine *engine, struct cfn__job *job) {
    for (size_t i = 0; i < json_array_size(job->replications); i++) {
        json_t *item = json_array_get(job->replications, i);
        const char *id = cfn_output_text(item, "id");
        if (strcmp(cfn_output_text(item, "halt"), "leave") != 0)
            continue;
        if (cfn__replication_flag(item, "resume") && resource_of(job->body, id))
            cfn__note(engine, job, CFN_EVENT_WARNING,
                      "the replication %s was replaced, and the new one does not run: 'cfngen "
                      "replicate start' starts it, with a full load",
                      id);
        cfn__replication_set(item, "resume", false);
        cfn__replication_set(item, "tagged", false);
    }
}

bool cfn__resume_before_end(struct cfn_engine *engine, struct cfn__job *job, enum cfn_stage stage,
                            const char *text) {
    if (engine->course != CFN__OF_WORK || !cfn__must_resume(job) || job->ending)
        return false;
    if (stage == CFN_STAGE_LEFT) {
        cfn__note(engine, job, CFN_EVENT_WARNING,
                  "its replication may stand still: the next deployment resumes it");
        return false;
    }
    if (stage != CFN_STAGE_FAILED && !job->paused)
        return false;
    job->ending = true;
    job->end_stage = stage;
    job->end_text = cfn__word(job, "%s", text);
    cfn__job_go(engine, job, CFN__RESUME);
    return true;
}

static void told(void *self, enum cfn_event_kind kind, const char *text) {
    struct cfn__job *job = self;
    cfn__note(job->engine, job, kind, "%s", text);
}

static void send_out(struct cfn_engine *engine, struct cfn__job *job, enum cfn__replications what) {
    int64_t poll = engine->what.poll > 0 ? engine->what.poll : 1000;
    if (job->errand)
        return;
    job->errand = cfn__replications_new(job->replications, what, LOOKS * poll, told, job);
    engine->changed = true;
}

void cfn__send_read_replications(struct cfn_engine *engine, struct cfn__job *job) {
    send_out(engine, job, CFN__REPLICATIONS_LOOK);
}

void cfn__send_pause(struct cfn_engine *engine, struct cfn__job *job) {
    send_out(engine, job, CFN__REPLICATIONS_PAUSE);
}

void cfn__send_resume(struct cfn_engine *engine, struct cfn__job *job) {
    send_out(engine, job, CFN__REPLICATIONS_RESUME);
}

/*
 * A template that still exports what it no longer would. The value of an export that is imported
 * cannot change, so it is written as it is now; and what lies behind it stays too, for whoever
 * imports it uses it.
 */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

/* A section that may be changed without the original's. */
static json_t *own_section(json_t *body, const char *name) {
    json_t *section = json_object_get(body, name);
    section = section ? json_copy(section) : json_object();
    json_object_set_new(body, name, section);
    return section;
}

static void add_missing(json_t *body, const json_t *old, const char *name) {
    const char *key;
    json_t *value, *from = json_object_get(old, name);
    if (json_object_size(from) == 0)
        return;
    json_t *section = own_section(body, name);
    json_object_foreach(from, key, value) if (!json_object_get(section, key))
        json_object_set(section, key, value);
}

/* A resource of the old template that the new one has no more, and all that it refers to. */
static bool add_resource(json_t *resources, const json_t *old, const char *id) {
    json_t *resource = json_object_get(json_object_get(old, "Resources"), id);
    if (!resource || json_object_get(resources, id))
        return false;
    json_object_set(resources, id, resource);
    const char *name;
    json_t *value, *references = cfn_references(old, resource);
    json_object_foreach(references, name, value) add_resource(resources, old, name);
    json_decref(references);
    return true;
}

static void add_output(json_t *body, const struct cfn__job *job, const char *name) {
    const json_t *old = job->now.body, *told = json_object_get(job->now.exports, name);
    const char *key = cfn_output_text(told, "key"), *value = cfn_output_text(told, "value");
    json_t *outputs = json_object_get(body, "Outputs");
    const json_t *was = json_object_get(json_object_get(old, "Outputs"), key);
    json_t *references = cfn_references(old, json_object_get(was, "Value")), *each;
    const char *id;
    bool added = false;
    json_object_foreach(references, id, each) added |=
        add_resource(json_object_get(body, "Resources"), old, id);
    json_decref(references);
    if (added) {
        add_missing(body, old, "Conditions");
        add_missing(body, old, "Mappings");
        add_missing(body, old, "Parameters");
    }
    while (json_object_get(outputs, key)) /* taken by another meanwhile */
        key = cfn__word(&job->engine->jobs[job->index], "%sKept", key);
    json_object_set_new(outputs, key,
                        json_pack("{s:s, s:s, s:{s:s}}", "Description",
                                  "kept for one deployment: it is still imported", "Value", value,
                                  "Export", "Name", name));
}

json_t *cfn__body_keeping(const struct cfn__job *job, const json_t *names) {
    const char *name;
    json_t *value, *body = json_copy(cfn__loose(job->target->body));
    if (json_object_size(names) == 0)
        return body;
    own_section(body, "Outputs");
    own_section(body, "Resources");
    json_object_foreach(cfn__loose(names), name, value) if (json_object_get(job->now.exports, name))
        add_output(body, job, name);
    return body;
}

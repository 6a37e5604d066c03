/* Parameters: what is given, what stays as it was, what cannot be compared. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

static const char hidden[] = "****";

static const json_t *declared(const struct cfn__job *job) {
    return json_object_get(job->body, "Parameters");
}

static bool is_secret(const json_t *declaration) {
    const json_t *echo = json_object_get(declaration, "NoEcho");
    const char *text = json_string_value(echo);
    return json_is_true(echo) || (text && strcmp(text, "true") == 0);
}

static bool is_stored(const json_t *declaration) {
    const char *type = json_string_value(json_object_get(declaration, "Type"));
    return type && cfn_starts_with(type, "AWS::SSM::Parameter::Value");
}

static json_t *default_of(const json_t *declaration) {
    json_t *value = json_object_get(declaration, "Default");
    if (!value || json_is_string(value))
        return json_incref(value);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    json_t *string = json_string(text);
    free(text);
    return string;
}

/* As the diff shows it after. */
static json_t *after_of(const struct cfn__job *job, const char *name, const json_t *declaration) {
    json_t *given = json_object_get(job->given, name);
    json_t *known = json_object_get(job->now.parameters, name);
    if (is_secret(declaration))
        return json_string(hidden);
    if (given || known)
        return json_incref(given ? given : known);
    return default_of(declaration);
}

/* A secret is told as asterisks, a stored one by its name alone: whether they have changed only
 * CloudFormation can say, and says at once when there is nothing to do. */
static void compare_one(struct cfn__job *job, const char *name, const json_t *declaration) {
    const json_t *given = json_object_get(job->given, name);
    const json_t *known = json_object_get(job->now.parameters, name);
    if (is_stored(declaration)) {
        job->differs = true;
        job->reason = "a parameter is kept in Parameter Store, where it may have changed";
    } else if (given && is_secret(declaration)) {
        job->differs = true;
        job->reason = "a secret parameter is given, which cannot be compared";
    } else if (given && known && !json_equal(given, known)) {
        job->differs = true;
    }
}

/* What the preflight found out counts where a stack is created, and nobody gave another value. */
static void take_advice(struct cfn__job *job) {
    const char *name;
    json_t *value;
    if (job->now.there && job->action != CFN_ACT_RECREATE &&
        strcmp(job->now.status, "REVIEW_IN_PROGRESS") != 0)
        return;
    json_object_foreach(cfn__loose(job->advice), name,
                        value) if (!json_object_get(job->given, name) &&
                                   json_object_get(declared(job), name))
        json_object_set(job->given, name, value);
}

void cfn__plan_parameters(struct cfn_engine *engine, struct cfn__job *job) {
    const char *name;
    json_t *declaration, *value;
    (void)engine;
    cfn__set_json(&job->given, job->target->parameters
                                   ? json_copy(cfn__loose(job->target->parameters))
                                   : json_object());
    take_advice(job);
    cfn__set_json(&job->before,
                  job->now.parameters ? json_copy(job->now.parameters) : json_object());
    cfn__set_json(&job->after, json_object());
    json_object_foreach(cfn__loose(declared(job)), name, declaration) {
        if ((value = after_of(job, name, declaration)))
            json_object_set_new(job->after, name, value);
        if (job->now.there && job->action != CFN_ACT_RECREATE)
            compare_one(job, name, declaration);
    }
}

const char *cfn__plan_missing_parameter(const struct cfn__job *job) {
    const char *name;
    json_t *declaration, *value;
    struct cfn__job *writable = &job->engine->jobs[job->index];
    bool fresh = !job->now.there || job->action == CFN_ACT_RECREATE;
    json_object_foreach(
        job->given, name,
        value) if (!json_object_get(declared(job),
                                    name)) return cfn__word(writable,
                                                            "its template has no parameter '%s'",
                                                            name);
    json_object_foreach(
        cfn__loose(declared(job)), name,
        declaration) if (!json_object_get(job->given, name) &&
                         !json_object_get(declaration, "Default") &&
                         (fresh ||
                          !json_object_get(
                              job->now.parameters,
                              name))) return cfn__word(writable,
                                                       "its parameter %s must be given a value",
                                                       name);
    return NULL;
}

/* The value that a stack has already is referred to, never sent: it may be a secret. */
json_t *cfn__plan_submitted_parameters(const struct cfn__job *job, bool creates) {
    const char *name;
    json_t *declaration, *list = json_array();
    json_object_foreach(cfn__loose(declared(job)), name, declaration) {
        json_t *given = json_object_get(job->given, name);
        if (given)
            json_array_append_new(
                list, json_pack("{s:s, s:O}", "ParameterKey", name, "ParameterValue", given));
        else if (!creates && json_object_get(job->now.parameters, name))
            json_array_append_new(
                list, json_pack("{s:s, s:b}", "ParameterKey", name, "UsePreviousValue", 1));
    }
    return list;
}

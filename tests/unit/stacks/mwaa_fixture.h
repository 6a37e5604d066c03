/*
 * What the tests of the stack mwaa share: other platforms, and short ways to the environment, its
 * options and the statements of its role.
 */
#ifndef MWAA_FIXTURE_H
#define MWAA_FIXTURE_H

#include "platform_fixture.h"

#define LONELY                                                                                     \
    "dms: {enabled: false}\nglue: {enabled: false}\nathena: {enabled: false}\n"                    \
    "emr: {enabled: false}\nredshift: {enabled: false}\ndata_lake: {enabled: false}\n"

#define OTHER_MODES "emr: {mode: ec2}\ndms: {mode: serverless}\nredshift: {mode: provisioned}\n"

#define IN_ACCOUNT ":${AWS::Region}:${AWS::AccountId}:"

static inline json_t *property(const struct fixture *f, const char *id, const char *path) {
    return value_at(properties_of(f, "mwaa", id), path);
}

static inline const char *text(const struct fixture *f, const char *path) {
    const char *value = json_string_value(property(f, "Environment", path));
    return value ? value : "(none)";
}

/* The statement of that Sid, or NULL. */
static inline json_t *statement(const struct fixture *f, const char *sid) {
    size_t index;
    json_t *one;
    json_array_foreach(property(f, "ExecutionRole", "Policies/0/PolicyDocument/Statement"), index,
                       one) {
        const char *name = json_string_value(json_object_get(one, "Sid"));
        if (name && strcmp(name, sid) == 0)
            return one;
    }
    return NULL;
}

static inline bool allows(const struct fixture *f, const char *sid, const char *part) {
    json_t *one = statement(f, sid);
    return one && contains(one, part);
}

static inline const char *option(const struct fixture *f, const char *key) {
    json_t *value = json_object_get(property(f, "Environment", "AirflowConfigurationOptions"), key);
    const char *told = json_string_value(value);
    told = told ? told : json_string_value(json_object_get(value, "Fn::Sub"));
    return told ? told : "(none)";
}

static inline const char *named(const struct fixture *f, const char *stack, const char *id,
                                const char *path) {
    const char *name = json_string_value(value_at(properties_of(f, stack, id), path));
    return name ? name : "(no name)";
}

#endif

/*
 * What the tests of the lake, its catalog and its engines share: a platform without the stacks that
 * do not concern them, and short ways into a template.
 */
#ifndef LAKE_FIXTURE_H
#define LAKE_FIXTURE_H

#include "platform_fixture.h"

#define WITHOUT(stack) stack ": {enabled: false}\n"
#define LAKE_ONLY                                                                                  \
    WITHOUT("rds") WITHOUT("dms") WITHOUT("redshift") WITHOUT("mwaa") WITHOUT("observability")

/* The text at a path of a value; "" when there is none. */
static inline const char *text_at(const json_t *value, const char *path) {
    const char *text = json_string_value(value_at(value, path));
    return text ? text : "";
}

static inline long long number_at(const json_t *value, const char *path) {
    return json_integer_value(value_at(value, path));
}

/* What stands beside a resource's properties: "DeletionPolicy", "Type". */
static inline const char *attribute_of(const struct fixture *f, const char *stack, const char *id,
                                       const char *name) {
    char path[256];
    snprintf(path, sizeof path, "Resources/%s/%s", id, name);
    return text_at(stack_body(f, stack), path);
}

static inline bool exports(const struct fixture *f, const char *stack, const char *name) {
    char path[256];
    snprintf(path, sizeof path, "Outputs/%s/Export/Name", name);
    return value_at(stack_body(f, stack), path) != NULL;
}

/* How many resources of a type a stack has. */
static inline size_t count_of(const struct fixture *f, const char *stack, const char *type) {
    const char *id;
    json_t *resource;
    size_t count = 0;
    json_object_foreach(json_object_get(stack_body(f, stack), "Resources"), id, resource) {
        count += strcmp(text_at(resource, "Type"), type) == 0;
    }
    return count;
}

/* The statement of that Sid in a list of statements; NULL when there is none. */
static inline const json_t *statement_of(const json_t *statements, const char *sid) {
    size_t index;
    const json_t *statement;
    json_array_foreach(statements, index, statement) {
        if (strcmp(text_at(statement, "Sid"), sid) == 0)
            return statement;
    }
    return NULL;
}

static inline const json_t *role_statements(const struct fixture *f, const char *stack,
                                            const char *role) {
    return value_at(properties_of(f, stack, role), "Policies/0/PolicyDocument/Statement");
}

#endif

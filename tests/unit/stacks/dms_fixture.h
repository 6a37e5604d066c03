/*
 * What the tests of the stack dms look at.
 */
#ifndef DMS_FIXTURE_H
#define DMS_FIXTURE_H

#include "platform_fixture.h"

static inline const json_t *source(const struct fixture *f) {
    return properties_of(f, "dms", "Source");
}

static inline const json_t *target(const struct fixture *f) {
    return value_at(properties_of(f, "dms", "Target"), "S3Settings");
}

static inline const json_t *statements(const struct fixture *f, const char *role) {
    return value_at(properties_of(f, "dms", role), "Policies/0/PolicyDocument/Statement");
}

/* JSON that stands as text in the task. A new reference. */
static inline json_t *task_json(const struct fixture *f, const char *property) {
    const char *text = json_string_value(value_at(properties_of(f, "dms", "Task"), property));
    assert_non_null(text);
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static inline size_t wildcards(const json_t *list) {
    size_t index, count = 0;
    json_t *statement;
    json_array_foreach(list, index, statement) {
        const json_t *action = json_object_get(statement, "Action");
        const json_t *resource = json_object_get(statement, "Resource");
        count += contains(action, "*") || (json_is_string(resource) && contains(resource, "\"*\""));
    }
    return count;
}

#endif

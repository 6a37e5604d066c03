/* What is submitted for a stack: template, parameters, capabilities, tags and the rest. */
#include "actions.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TAGS = 50, MOST_TOPICS = 5, MOST_VALUE = 4096 };

bool cfn__is_name(const char *name) {
    if (!isalpha((unsigned char)*name))
        return false;
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-')
            return false;
    return true;
}

/* --- parameters --- */

static json_t *default_of(const struct cfn__body *body, const char *name) {
    const json_t *value =
        json_object_get(json_object_get(cfn__body_section(body, "Parameters"), name), "Default");
    char text[64];
    if (!value || json_is_string(value))
        return json_incref(cfn__json_of(value));
    if (json_is_boolean(value))
        return cfn__json_truth(json_is_true(value));
    if (json_is_integer(value))
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(text, sizeof text, "%.15g", json_number_value(value));
    return json_string(text);
}

static bool take_parameter(struct cfn__request *request, const json_t *item,
                           const struct cfn__version *before, json_t *given) {
    const char *key = json_string_value(json_object_get(item, "ParameterKey"));
    json_t *value = json_object_get(item, "ParameterValue");
    bool previous = cfn__is_true(json_object_get(item, "UsePreviousValue"));
    if (!key)
        return cfn__sim_invalid(request, "Parameters must have a ParameterKey") != NULL;
    if (previous && value)
        return cfn__sim_invalid(
                   request,
                   "Invalid input for parameter key %s. Cannot specify usePreviousValue "
                   "as true and non empty value for a parameter",
                   key) != NULL;
    if (previous)
        value = before ? json_object_get(before->given, key) : NULL;
    if (previous && !value)
        return cfn__sim_invalid(
                   request,
                   "Invalid input for parameter key %s. Cannot specify usePreviousValue "
                   "as true for a parameter key not in the previous template",
                   key) != NULL;
    if (value && strlen(json_string_value(value)) > MOST_VALUE)
        return cfn__sim_invalid(request, "Parameter '%s' must have a value of at most %d bytes",
                                key, MOST_VALUE) != NULL;
    if (value)
        json_object_set(given, key, value);
    return true;
}

static json_t *given_parameters(struct cfn__request *request, const struct cfn__body *body,
                                const struct cfn__version *before) {
    json_t *given = json_object(), *item;
    size_t index;
    json_array_foreach(json_object_get(request->input, "Parameters"), index, item) {
        if (take_parameter(request, item, before, given))
            continue;
        json_decref(given);
        return NULL;
    }
    const char *name;
    json_object_foreach(cfn__json_of(cfn__body_section(body, "Parameters")), name, item) {
        if (!json_object_get(given, name))
            cfn__json_put(given, name, default_of(body, name));
    }
    return given;
}

/* --- tags and topics --- */

static bool check_lists(struct cfn__request *request) {
    const json_t *tags = json_object_get(request->input, "Tags"),
                 *topics = json_object_get(request->input, "NotificationARNs");
    if (json_array_size(tags) > MOST_TAGS)
        return cfn__sim_invalid(request, "Number of tags may not exceed %d", MOST_TAGS) != NULL;
    if (json_array_size(topics) > MOST_TOPICS)
        return cfn__sim_invalid(request, "Number of notification ARNs may not exceed %d",
                                MOST_TOPICS) != NULL;
    json_t *seen = json_object();
    bool fine = true;
    for (size_t i = 0; i < json_array_size(tags) && fine; i++) {
        const char *key = json_string_value(json_object_get(json_array_get(tags, i), "Key"));
        if (cfn_starts_with(key, "aws:"))
            fine = cfn__sim_invalid(request, "aws: prefixed tag key names are not allowed for "
                                             "external use.") != NULL;
        else if (json_object_get(seen, key))
            fine =
                cfn__sim_invalid(request, "Duplicate tag keys found. Please note that Tag keys are "
                                          "case insensitive.") != NULL;
        json_object_set_new(seen, key, json_true());
    }
    json_decref(seen);
    return fine;
}

/* A list that is given, even an empty one, replaces the one before. */
static json_t *list_of(const struct cfn__request *request, const char *member,
                       const json_t *before) {
    const json_t *given = json_object_get(request->input, member);
    return json_incref(cfn__json_of(given ? given : before));
}

/* Whether a type is one of those that ResourceTypes allows, which may end in a star. */
static bool is_allowed(const json_t *types, const char *type) {
    for (size_t i = 0; i < json_array_size(types); i++) {
        const char *allowed = json_string_value(json_array_get(types, i));
        size_t star = strcspn(allowed, "*");
        if (strncmp(allowed, type, star) == 0 && (allowed[star] || !type[star]))
            return true;
    }
    return !json_array_size(types);
}

static bool types_are_allowed(struct cfn__request *request, const struct cfn__body *body) {
    const json_t *types = json_object_get(request->input, "ResourceTypes");
    const char *id;
    json_t *item;
    json_object_foreach(cfn__json_of(cfn__body_section(body, "Resources")), id, item) {
        const char *type = json_string_value(json_object_get(item, "Type"));
        if (is_allowed(types, type))
            continue;
        cfn__sim_invalid(request,
                         "Resource type %s of resource %s is not among the given ResourceTypes",
                         type, id);
        return false;
    }
    return true;
}

struct cfn__version *cfn__submission(struct cfn__request *request, struct cfn__stack *stack) {
    const struct cfn__version *before = stack ? stack->version : NULL;
    if (!check_lists(request))
        return NULL;
    struct cfn__body *body = cfn__template_of(request, stack);
    json_t *given = body && cfn__has_capabilities(request, body) && types_are_allowed(request, body)
                        ? given_parameters(request, body, before)
                        : NULL;
    if (!given) {
        cfn__body_drop(body);
        return NULL;
    }
    struct cfn__version *version = cfn__alloc(sizeof *version);
    *version = (struct cfn__version){
        .users = 1,
        .body = body,
        .given = given,
        .tags = list_of(request, "Tags", before ? before->tags : NULL),
        .capabilities = list_of(request, "Capabilities", NULL),
        .topics = list_of(request, "NotificationARNs", before ? before->topics : NULL),
        .role = list_of(request, "RoleARN", before ? before->role : NULL),
        .triggers = list_of(request, "RollbackConfiguration", before ? before->triggers : NULL),
        .deployment = list_of(request, "DeploymentConfig", NULL),
        .timeout = list_of(request, "TimeoutInMinutes", before ? before->timeout : NULL)};
    return version;
}

/* --- what an update would change --- */

static bool same(const json_t *a, const json_t *b) {
    bool no_a = !a || (json_is_array(a) && !json_array_size(a)),
         no_b = !b || (json_is_array(b) && !json_array_size(b));
    return (no_a && no_b) || (!no_a && !no_b && json_equal(a, b));
}

bool cfn__version_differs(const struct cfn__version *before, const struct cfn__version *after) {
    static const char *const sections[] = {"Resources", "Outputs", "Conditions", "Mappings"};
    for (size_t i = 0; before->body != after->body && i < 4; i++)
        if (!same(cfn__body_section(before->body, sections[i]),
                  cfn__body_section(after->body, sections[i])))
            return true;
    return !same(before->parameters, after->parameters) || !same(before->tags, after->tags) ||
           !same(before->topics, after->topics);
}

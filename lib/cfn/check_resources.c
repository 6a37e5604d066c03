/* What stands beside a resource's properties, and the properties of types that the schema does not
 * describe. */
#include "checker.h"

#include <string.h>

/* A suggestion looks at every type there is: for the sake of large files not without end. */
enum { MOST_SUGGESTIONS = 100 };

static const char *const attributes[] = {
    "Condition", "CreationPolicy", "DeletionPolicy", "DependsOn",    "Description",
    "Metadata",  "Properties",     "Type",           "UpdatePolicy", "UpdateReplacePolicy",
    NULL};

static void check_policy(struct cfn__checker *c, json_t *resource, const char *name,
                         const struct cfn_path *path) {
    static const char *const policies[] = {"Delete", "Retain", "Snapshot", "RetainExceptOnCreate",
                                           NULL};
    json_t *value = json_object_get(resource, name);
    const char *text = json_string_value(value);
    bool replacing = name[0] == 'U';
    if (!value || json_is_null(value) || (c->extensions && !text))
        return;
    for (size_t i = 0; text && policies[i]; i++)
        if (strcmp(text, policies[i]) == 0 && !(replacing && i == 3))
            return;
    cfn__tell(c, "resource.attribute", &(struct cfn_path){path, name, 0},
              "must be Delete, Retain%s Snapshot%s, not %s", replacing ? " or" : ",",
              replacing ? "" : " or RetainExceptOnCreate", cfn__described(c, value));
    const char *near = text ? cfn__near_of(text, policies) : NULL;
    cfn__did_you_mean(c, cfn_same(near, text) ? NULL : near);
}

static void check_need(struct cfn__checker *c, json_t *name, const struct cfn_path *path) {
    const char *text = json_string_value(name);
    if (!text) {
        cfn__tell(c, "reference.depends-on", path, "must be the name of a resource, not %s",
                  cfn__described(c, name));
    } else if (!json_object_get(c->resources, text) && !c->more_ids) {
        cfn__tell(c, "reference.depends-on", path, "there is no resource '%s'",
                  cfn__shown(c, text));
        cfn__did_you_mean(c, cfn__near_key(text, c->resources));
    }
}

static void check_depends_on(struct cfn__checker *c, json_t *resource,
                             const struct cfn_path *path) {
    json_t *needs = json_object_get(resource, "DependsOn"), *need;
    struct cfn_path at = {path, "DependsOn", 0};
    size_t index;
    if (!needs || json_is_null(needs) || (c->extensions && json_is_object(needs)))
        return;
    if (!json_is_array(needs))
        check_need(c, needs, &at);
    json_array_foreach(needs, index, need) {
        check_need(c, need, &(struct cfn_path){&at, NULL, index});
    }
}

/* Read for references only. */
static void check_others(struct cfn__checker *c, json_t *resource, const struct cfn_path *path) {
    static const char *const names[] = {"Metadata", "CreationPolicy", "UpdatePolicy"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(resource, names[i]);
        struct cfn_path at = {path, names[i], 0};
        if (value && !json_is_null(value) && !json_is_object(value))
            cfn__tell(c, "resource.attribute", &at, "must be an object, not %s",
                      cfn__described(c, value));
        else if (value)
            cfn__walk(c, value, &at);
    }
}

static void check_unknown_type(struct cfn__checker *c, const char *type,
                               const struct cfn_path *path) {
    struct cfn_path at = {path, "Type", 0};
    if (!c->check->find || cfn__type_is_custom(type))
        return;
    if (cfn_starts_with(type, "AWS::Serverless::") && !c->serverless) {
        cfn__tell(c, "resource.type", &at,
                  "needs 'Transform: AWS::Serverless-2016-10-31' in the template, to be %s", type);
    } else if (!cfn__type_is_foreign(type)) {
        cfn__tell(c, "resource.type", &at, "there is no resource type '%s'", cfn__shown(c, type));
        if (c->check->near && cfn_diags_errors(c->diags) < MOST_SUGGESTIONS)
            cfn__did_you_mean(c, c->check->near(type, c->check->context));
    }
}

/* Every custom resource needs somebody who makes it. */
static void check_custom(struct cfn__checker *c, const char *type, json_t *properties,
                         const struct cfn_path *path) {
    if (cfn__type_is_custom(type) && !cfn__is_unfinished(properties) &&
        !json_object_get(properties, "ServiceToken"))
        cfn__tell(c, "property.required", path, "must have ServiceToken, which %s requires",
                  cfn__shown(c, type));
}

static void check_properties(struct cfn__checker *c, json_t *resource, const char *type,
                             const struct cfn_path *path) {
    struct cfn_path at = {path, "Properties", 0};
    struct cfn__call call;
    json_t *properties = json_object_get(resource, "Properties"), *none = NULL;
    struct cfn_type known = cfn__type_of(c, resource);
    if (!known.service)
        check_unknown_type(c, type, path);
    if (properties && !json_is_object(properties)) {
        if (!json_is_null(properties))
            cfn__tell(c, "template.shape", &at, "must be an object, not %s",
                      cfn__described(c, properties));
        return;
    }
    if (!properties)
        properties = none = json_object();
    if (known.service && !cfn__call_of(properties, &call)) {
        cfn__check_object(c, known, properties, none ? path : &at);
    } else {
        check_custom(c, type, properties, none ? path : &at);
        cfn__walk(c, properties, &at);
    }
    json_decref(none);
}

static bool is_attribute(const char *name) {
    for (const char *const *known = attributes; *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

/* A property that stands beside Properties, not in it, is a mistake of one indentation. */
static void hint_at_properties(struct cfn__checker *c, json_t *resource) {
    struct cfn_type type = cfn__type_of(c, resource);
    struct cfn_property property;
    const char *key;
    json_t *value;
    json_object_foreach(resource, key, value) {
        if (!is_attribute(key) && cfn_type_find_property(type, key, &property)) {
            cfn_hint(c->diags, "%s belongs in Properties", property.name);
            return;
        }
    }
}

static void check_keys(struct cfn__checker *c, json_t *resource, const char *type,
                       const struct cfn_path *path) {
    if (c->serverless || (type && cfn__type_is_custom(type)))
        return;
    size_t errors = cfn_diags_errors(c->diags);
    cfn__check_keys(c, resource, attributes, "resource.attribute", "attribute", path);
    if (cfn_diags_errors(c->diags) > errors)
        hint_at_properties(c, resource);
}

static void check_resource(struct cfn__checker *c, json_t *resource, const struct cfn_path *path) {
    json_t *type = json_object_get(resource, "Type"),
           *condition = json_object_get(resource, "Condition");
    if (!json_is_object(resource)) {
        cfn__tell(c, "template.shape", path, "must be an object with a Type, not %s",
                  cfn__described(c, resource));
        return;
    }
    check_keys(c, resource, json_string_value(type), path);
    if (condition)
        cfn__check_condition_name(c, condition, &(struct cfn_path){path, "Condition", 0});
    check_policy(c, resource, "DeletionPolicy", path);
    check_policy(c, resource, "UpdateReplacePolicy", path);
    check_depends_on(c, resource, path);
    check_others(c, resource, path);
    if (json_is_string(type))
        check_properties(c, resource, json_string_value(type), path);
    else if (!cfn__is_unfinished(resource))
        cfn__tell(c, "template.shape", path, "must have a Type, such as AWS::S3::Bucket");
}

static void note_modules(struct cfn__checker *c) {
    const char *id;
    json_t *resource;
    json_object_foreach(c->resources, id, resource) {
        const char *type = json_string_value(json_object_get(resource, "Type"));
        c->more_ids |= type && cfn_ends_with(type, "::MODULE");
    }
}

/* The transform moves what such a resource refers to into others: what waits for what is seen only
 * after it. */
static bool is_serverless(json_t *resource) {
    const char *type = json_string_value(json_object_get(resource, "Type"));
    return type && cfn_starts_with(type, "AWS::Serverless::");
}

struct needing {
    struct cfn__checker *checker;
    const char *id;
};

static void found_need(void *self, const char *name, size_t size) {
    const struct needing *needing = self;
    struct cfn__checker *c = needing->checker;
    char room[CFN__ID_ROOM];
    void *at = json_object_iter_at(c->resources, cfn__id_text(name, size, room));
    if (at)
        cfn__edge_add(&c->edges, needing->id, json_object_iter_key(at));
}

/* What is chosen by Fn::If may never be needed, and makes no circle for certain. */
static void note_needs(struct cfn__checker *c, const char *id, json_t *resource) {
    struct needing needing = {c, id};
    const struct cfn__names names = {.found = found_need, .self = &needing, .certain = true};
    cfn__names_needed(&names, resource);
}

void cfn__check_resources(struct cfn__checker *c) {
    struct cfn_path section = {.key = "Resources"};
    const char *id;
    json_t *resource;
    note_modules(c);
    json_object_foreach(c->resources, id, resource) {
        if (cfn_starts_with(id, "Fn::"))
            continue;
        struct cfn_path path = {&section, id, 0};
        cfn__check_id(c, id, &path);
        check_resource(c, resource, &path);
        if (!is_serverless(resource))
            note_needs(c, id, resource);
    }
    cfn__check_cycles(c, section.key, &c->edges);
}

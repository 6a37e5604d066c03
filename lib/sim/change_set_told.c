/* A resource's change in the words of DescribeChangeSet. */
#include "change_set.h"

#include <stdlib.h>
#include <string.h>

static bool mentions_later(const json_t *value) {
    if (json_is_string(value))
        return strstr(json_string_value(value), CFN__LATER);
    const char *key;
    size_t index;
    json_t *item;
    json_object_foreach(cfn__json_of(value), key, item) {
        if (mentions_later(item))
            return true;
    }
    json_array_foreach(cfn__json_of(value), index, item) {
        if (mentions_later(item))
            return true;
    }
    return false;
}

/* The first parameter that a part of a template refers to; NULL: none. Borrowed. */
static const char *parameter_in(const struct cfn__body *body, const json_t *value) {
    const char *name = json_string_value(json_object_get(value, "Ref")), *key;
    if (name && json_object_get(cfn__body_section(body, "Parameters"), name))
        return name;
    const char *found = NULL;
    size_t index;
    json_t *item;
    json_object_foreach(cfn__json_of(value), key, item) {
        found = found ? found : parameter_in(body, item);
    }
    json_array_foreach(cfn__json_of(value), index, item) {
        found = found ? found : parameter_in(body, item);
    }
    return found;
}

static json_t *text_of(const json_t *value) {
    if (json_is_string(value))
        return json_incref(cfn__json_of(value));
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    json_t *made = json_string(text);
    free(text);
    return made;
}

static enum cfn_replacement replacement_of(const struct cfn__change *change, const char *name) {
    json_t *before = json_object(), *after = json_object();
    cfn__json_put(before, name, json_incref(json_object_get(change->resource->properties, name)));
    cfn__json_put(after, name, json_incref(json_object_get(change->properties, name)));
    enum cfn_replacement replacement = cfn__replacement_of(change->resource->facts, before, after);
    json_decref(before);
    json_decref(after);
    return replacement;
}

/* Why it changes: its own text, a parameter, or another resource. */
static void put_source(json_t *detail, const struct cfn__change *change, const char *name) {
    const struct cfn__body *body = change->set->version->body;
    const json_t *old =
                     json_object_get(json_object_get(change->resource->item, "Properties"), name),
                 *new = json_object_get(json_object_get(change->item, "Properties"), name);
    const char *source = "DirectModification", *cause = NULL;
    json_t *needs = cfn_references(body->value, new);
    if (json_equal(old, new)) {
        cause = json_object_iter_key(json_object_iter(needs));
        source = cause ? "ResourceReference" : "ParameterReference";
        if (!cause)
            cause = parameter_in(body, new);
    }
    bool later = mentions_later(json_object_get(change->properties, name));
    cfn__json_put(detail, "Evaluation", json_string(later ? "Dynamic" : "Static"));
    cfn__json_put(detail, "ChangeSource", json_string(source));
    cfn__json_put(detail, "CausingEntity", cause ? json_string(cause) : NULL);
    json_decref(needs);
}

static json_t *detail_of(const struct cfn__change *change, const char *name) {
    static const char *const recreation[] = {"Never", "Conditionally", "Always"};
    const json_t *before = json_object_get(change->resource->properties, name),
                 *after = json_object_get(change->properties, name);
    json_t *target = json_pack("{s:s, s:s, s:s, s:o, s:s}", "Attribute", "Properties", "Name", name,
                               "RequiresRecreation", recreation[replacement_of(change, name)],
                               "Path", json_sprintf("/Properties/%s", name), "AttributeChangeType",
                               !before  ? "Add"
                               : !after ? "Remove"
                                        : "Modify");
    cfn__json_put(target, "BeforeValue", before ? text_of(before) : NULL);
    cfn__json_put(target, "AfterValue", after ? text_of(after) : NULL);
    json_t *detail = json_pack("{s:o}", "Target", target);
    put_source(detail, change, name);
    return detail;
}

static json_t *attribute_detail(const char *attribute) {
    return json_pack("{s:{s:s, s:s}, s:s, s:s}", "Target", "Attribute", attribute,
                     "RequiresRecreation", "Never", "Evaluation", "Static", "ChangeSource",
                     "DirectModification");
}

static void put_details(json_t *told, const struct cfn__change *change) {
    static const char *const attributes[] = {"Metadata", "CreationPolicy", "UpdatePolicy",
                                             "DeletionPolicy", "UpdateReplacePolicy"};
    const json_t *before = change->resource->properties;
    json_t *details = json_array(), *scope = json_array(), *value;
    const char *name;
    json_object_foreach(cfn__json_of(before), name, value) {
        if (!json_equal(value, json_object_get(change->properties, name)))
            json_array_append_new(details, detail_of(change, name));
    }
    json_object_foreach(change->properties, name, value) {
        if (!json_object_get(before, name))
            json_array_append_new(details, detail_of(change, name));
    }
    if (json_array_size(details))
        json_array_append_new(scope, json_string("Properties"));
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        const json_t *old = json_object_get(change->resource->item, attributes[i]),
                     *new = json_object_get(change->item, attributes[i]);
        if ((!old && !new) || json_equal(old, new))
            continue;
        json_array_append_new(scope, json_string(attributes[i]));
        json_array_append_new(details, attribute_detail(attributes[i]));
    }
    if (!json_array_size(scope)) {
        json_array_append_new(scope, json_string("Tags"));
        json_array_append_new(details, attribute_detail("Tags"));
    }
    cfn__json_put(told, "Scope", scope);
    cfn__json_put(told, "Details", details);
}

/* "True", "False", or "Conditional" where it hangs on what is not known yet. */
static const char *replacement_text(const struct cfn__change *change) {
    bool conditional = false;
    const char *name;
    json_t *value;
    json_object_foreach(change->properties, name, value) {
        enum cfn_replacement replacement = replacement_of(change, name);
        if (replacement == CFN_REPLACES && !mentions_later(value))
            return "True";
        conditional = conditional || replacement != CFN_IN_PLACE;
    }
    if (conditional)
        return "Conditional";
    return change->does == CFN__REPLACES ? "True" : "False";
}

static const char *policy_action(const struct cfn__change *change) {
    bool removes = change->does == CFN__DELETES;
    const char *policy =
        cfn__resource_policy(change->resource, removes ? "DeletionPolicy" : "UpdateReplacePolicy");
    if (cfn_starts_with(policy, "Retain"))
        return removes ? "Retain" : "ReplaceAndRetain";
    if (strcmp(policy, "Snapshot") == 0)
        return removes ? "Snapshot" : "ReplaceAndSnapshot";
    return removes ? "Delete" : "ReplaceAndDelete";
}

static json_t *context_of(const json_t *properties) {
    json_t *whole = json_pack("{s:O}", "Properties", properties);
    json_t *text = text_of(whole);
    json_decref(whole);
    return text;
}

json_t *cfn__change_told(const struct cfn__change *change) {
    static const char *const actions[] = {
        [CFN__CREATES] = "Add",    [CFN__UPDATES] = "Modify", [CFN__REPLACES] = "Modify",
        [CFN__DELETES] = "Remove", [CFN__KEEPS] = "Modify",   [CFN__IMPORTS] = "Import"};
    const char *type = change->resource ? change->resource->type
                                        : json_string_value(json_object_get(change->item, "Type"));
    json_t *told = json_pack("{s:s, s:s, s:s}", "Action", actions[change->does],
                             "LogicalResourceId", change->id, "ResourceType", type);
    if (change->resource)
        cfn__json_put(told, "PhysicalResourceId", json_string(change->resource->physical));
    if (change->does == CFN__DELETES || change->does == CFN__REPLACES)
        cfn__json_put(told, "PolicyAction", json_string(policy_action(change)));
    if (change->resource && change->properties) {
        cfn__json_put(told, "Replacement", json_string(replacement_text(change)));
        put_details(told, change);
    }
    if (change->resource)
        cfn__json_put(told, "BeforeContext", context_of(change->resource->properties));
    if (change->properties)
        cfn__json_put(told, "AfterContext", context_of(change->properties));
    return json_pack("{s:s, s:o}", "Type", "Resource", "ResourceChange", told);
}

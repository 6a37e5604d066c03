#include <base/base.h>
#include <cfngen/check.h>
#include <cfngen/template.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where an entry of a section was written in C. */
struct origin {
    const char *section, *name;
    struct cfn_place place;
};

struct cfn_template {
    struct cfn_arena arena;
    const char *name;
    json_t *body;
    CFN_ARRAY(struct origin) origins;
    CFN_ARRAY(struct cfn_type) types; /* of the resources, so that a check needs no other tables */
    struct cfn_diags *mistakes;       /* of building, told by the check */
};

static const char *const sections[] = {"AWSTemplateFormatVersion",
                                       "Description",
                                       "Metadata",
                                       "Parameters",
                                       "Mappings",
                                       "Conditions",
                                       "Resources",
                                       "Outputs"};

struct cfn_template *cfn_template_new(const char *name, const char *description) {
    struct cfn_template *t = cfn__alloc(sizeof *t);
    t->name = cfn_arena_copy(&t->arena, name, strlen(name));
    t->mistakes = cfn_diags_new();
    t->body = cfn_map({"AWSTemplateFormatVersion", cfn_str("2010-09-09")},
                      {"Description", cfn_str(description)});
    return t;
}

void cfn_template_free(struct cfn_template *t) {
    if (!t)
        return;
    json_decref(t->body);
    cfn_diags_free(t->mistakes);
    free(t->origins.items);
    free(t->types.items);
    cfn_arena_done(&t->arena);
    free(t);
}

const char *cfn_template_name(const struct cfn_template *t) {
    return t->name;
}

const json_t *cfn_template_json(const struct cfn_template *t) {
    return t->body;
}

/* Sections are made when first written to; the body is then put back into CloudFormation's order.
 */
static json_t *section_of(struct cfn_template *t, const char *name) {
    json_t *section = json_object_get(t->body, name);
    if (section)
        return section;
    json_object_set_new(t->body, name, cfn_map_of(NULL, 0));
    json_t *ordered = cfn_map_of(NULL, 0);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        json_object_set(ordered, sections[i], json_object_get(t->body, sections[i]));
    json_decref(t->body);
    t->body = ordered;
    return json_object_get(t->body, name);
}

/* Puts value (consumed) under name, remembering where that was written; a second of one name is a
 * mistake. */
static void put(struct cfn_template *t, const char *section_name, const char *name, cfn_value value,
                struct cfn_place place) {
    json_t *section = section_of(t, section_name);
    const char *path = cfn_arena_text(&t->arena, "%s.%s", section_name, name);
    if (json_object_get(section, name)) {
        cfn_fail(t->mistakes, "template.duplicate", place, path, "is defined twice");
        json_decref(value);
        return;
    }
    if (json_object_set_new(section, name, value) != 0) {
        cfn_fail(t->mistakes, "template.value", place, path, "must have a name in valid UTF-8");
        return;
    }
    *CFN_PUSH(&t->origins) =
        (struct origin){section_name, cfn_arena_copy(&t->arena, name, strlen(name)), place};
}

cfn_value cfn_members_of(const struct cfn_service *service, unsigned index,
                         const cfn_value *members) {
    struct cfn_type type = {service, index};
    json_t *object = cfn_map_of(NULL, 0);
    struct cfn_property property;
    size_t count = cfn_type_property_count(type);
    for (size_t i = 0; i < count; i++)
        if (members[i] && cfn_type_property(type, i, &property))
            json_object_set_new(object, property.name, members[i]);
    return object;
}

struct cfn_resource cfn_resource_of(const struct cfn_service *service, unsigned type,
                                    const cfn_value *members) {
    return (struct cfn_resource){
        .type = {service, type},
        .properties = cfn_members_of(service, type, members),
    };
}

void cfn_template_add(struct cfn_template *t, const char *logical_id, struct cfn_resource resource,
                      const struct cfn_attributes *attributes, struct cfn_place place) {
    static const struct cfn_attributes none;
    const struct cfn_attributes *a = attributes ? attributes : &none;
    const char *type = resource.type_name ? resource.type_name : cfn_type_name(resource.type);
    if (json_object_size(resource.properties) == 0) {
        json_decref(resource.properties);
        resource.properties = NULL;
    }
    if (!resource.type_name)
        *CFN_PUSH(&t->types) = resource.type;
    put(t, "Resources", logical_id,
        cfn_map({"Type", cfn_str(type)}, {"Condition", cfn_str(a->Condition)},
                {"DependsOn", a->DependsOn}, {"CreationPolicy", a->CreationPolicy},
                {"UpdatePolicy", a->UpdatePolicy}, {"DeletionPolicy", cfn_str(a->DeletionPolicy)},
                {"UpdateReplacePolicy",
                 cfn_str(a->UpdateReplacePolicy ? a->UpdateReplacePolicy : a->DeletionPolicy)},
                {"Metadata", a->Metadata}, {"Properties", resource.properties}),
        place);
}

void cfn_template_parameter(struct cfn_template *t, const char *name, const struct cfn_parameter *p,
                            struct cfn_place place) {
    put(t, "Parameters", name,
        cfn_map({"Type", cfn_str(p->Type ? p->Type : "String")},
                {"Description", cfn_str(p->Description)}, {"Default", cfn_str(p->Default)},
                {"AllowedValues", p->AllowedValues}, {"AllowedPattern", cfn_str(p->AllowedPattern)},
                {"ConstraintDescription", cfn_str(p->ConstraintDescription)},
                {"MinLength", cfn_str(p->MinLength)}, {"MaxLength", cfn_str(p->MaxLength)},
                {"NoEcho", p->NoEcho ? cfn_bool(true) : NULL}),
        place);
}

void cfn_template_condition(struct cfn_template *t, const char *name, cfn_value expression,
                            struct cfn_place place) {
    put(t, "Conditions", name, expression, place);
}

void cfn_template_mapping(struct cfn_template *t, const char *name, cfn_value map,
                          struct cfn_place place) {
    put(t, "Mappings", name, map, place);
}

void cfn_template_output(struct cfn_template *t, const char *name, const struct cfn_output *output,
                         struct cfn_place place) {
    put(t, "Outputs", name,
        cfn_map({"Description", cfn_str(output->Description)},
                {"Condition", cfn_str(output->Condition)}, {"Value", output->Value},
                {"Export", output->ExportName ? cfn_map({"Name", output->ExportName}) : NULL}),
        place);
}

void cfn_template_metadata(struct cfn_template *t, const char *key, cfn_value value) {
    json_object_set_new(section_of(t, "Metadata"), key, value);
}

/* A path's first two steps name the entry; everything inside it was written by the same call. */
static struct cfn_place place_of(const void *source, const struct cfn_path *path) {
    const struct cfn_template *t = source;
    const struct cfn_path *section = NULL, *entry = NULL;
    for (; path; path = path->parent) {
        entry = section;
        section = path;
    }
    if (entry && entry->key)
        for (size_t i = 0; i < t->origins.count; i++)
            if (cfn_same(t->origins.items[i].section, section->key) &&
                cfn_same(t->origins.items[i].name, entry->key))
                return t->origins.items[i].place;
    return (struct cfn_place){.file = t->name};
}

static struct cfn_type own_type(const char *name, const void *context) {
    const struct cfn_template *t = context;
    for (size_t i = 0; i < t->types.count; i++)
        if (strcmp(cfn_type_name(t->types.items[i]), name) == 0)
            return t->types.items[i];
    return (struct cfn_type){0};
}

/* Tags as a type takes them: a list of {Key, Value}, or a map; 0 where it takes none that can be
 * changed in place. */
static cfn_value tags_for(struct cfn_type type, const json_t *tags) {
    struct cfn_property property, key;
    if (!cfn_type_find_property(type, "Tags", &property) || property.read_only ||
        property.replacement == CFN_REPLACES)
        return NULL;
    const char *name;
    json_t *value;
    bool pairs = (property.kinds & CFN_LIST) && (property.kinds & CFN_NESTED) &&
                 cfn_type_find_property(property.type, "Key", &key);
    if (!pairs)
        return property.kinds & CFN_LIST ? NULL : json_deep_copy(tags);
    cfn_value list = cfn_list_of(NULL, 0);
    json_object_foreach((json_t *)(uintptr_t)tags, name, value) {
        list = cfn_append(list, cfn_map({"Key", cfn_str(name)}, {"Value", json_incref(value)}));
    }
    return list;
}

void cfn_template_tag(struct cfn_template *t, cfn_value tags) {
    const char *id;
    json_t *resource;
    json_object_foreach(json_object_get(t->body, "Resources"), id, resource) {
        struct cfn_type type = own_type(json_string_value(json_object_get(resource, "Type")), t);
        json_t *properties = json_object_get(resource, "Properties");
        if (!type.service || json_object_get(properties, "Tags"))
            continue;
        cfn_value own = tags_for(type, tags);
        if (own && !properties) {
            properties = cfn_map_of(NULL, 0);
            json_object_set_new(resource, "Properties", properties);
        }
        if (own)
            json_object_set_new(properties, "Tags", own);
    }
    json_decref(tags);
}

int cfn_template_check(const struct cfn_template *t, struct cfn_diags *diags) {
    size_t errors = cfn_diags_errors(diags);
    for (size_t i = 0; i < cfn_diags_count(t->mistakes); i++) {
        const struct cfn_diag *d = cfn_diags_at(t->mistakes, i);
        cfn_fail(diags, d->code, d->place, d->path, "%s", d->message);
    }
    cfn_check_template(t->body,
                       &(struct cfn_check){.find = own_type, .context = t, .where = {place_of, t}},
                       diags);
    return cfn_diags_errors(diags) > errors ? -1 : 0;
}

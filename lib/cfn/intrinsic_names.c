/* What names stand for: parameters, resources and their attributes, conditions, mappings. */
#include "checker.h"

#include <string.h>

static const char *const pseudo_parameters[] = {
    "AWS::AccountId", "AWS::NotificationARNs", "AWS::NoValue",
    "AWS::Partition", "AWS::Region",           "AWS::StackId",
    "AWS::StackName", "AWS::URLSuffix",        NULL};

static bool is_pseudo(const char *name) {
    for (const char *const *known = pseudo_parameters; *known; known++)
        if (strcmp(*known, name) == 0)
            return true;
    return false;
}

unsigned cfn__ref_gives(struct cfn__checker *c, const char *name) {
    json_t *parameter = json_object_get(c->parameters, name);
    const char *type = json_string_value(json_object_get(parameter, "Type"));
    if (strcmp(name, "AWS::NoValue") == 0)
        return CFN__GIVES_ANY;
    if (strcmp(name, "AWS::NotificationARNs") == 0)
        return CFN__GIVES_LIST;
    if (is_pseudo(name))
        return CFN__GIVES_SCALAR;
    if (parameter)
        return type && cfn__parameter_type_known(type) ? cfn__parameter_gives(type)
                                                       : CFN__GIVES_ANY;
    return json_object_get(c->resources, name) ? CFN__GIVES_SCALAR : 0;
}

static const char *near_name(struct cfn__checker *c, const char *name) {
    struct cfn__near near = {.word = name};
    const char *key;
    json_t *value;
    for (const char *const *known = pseudo_parameters; *known; known++)
        cfn__near_try(&near, *known);
    json_object_foreach(c->parameters, key, value) cfn__near_try(&near, key);
    if (c->where == CFN__IN_VALUES)
        json_object_foreach(c->resources, key, value) cfn__near_try(&near, key);
    return near.best;
}

void cfn__check_name(struct cfn__checker *c, const char *name, const char *code,
                     const struct cfn_path *path) {
    bool resource = json_object_get(c->resources, name) != NULL;
    if (is_pseudo(name) || json_object_get(c->parameters, name))
        return;
    if (c->where == CFN__IN_CONDITIONS && resource) {
        cfn__tell(c, code, path,
                  "must be a parameter, since a condition cannot wait for resource '%s'",
                  cfn__shown(c, name));
    } else if (!resource && !c->more_ids) {
        cfn__tell(c, code, path,
                  c->where == CFN__IN_CONDITIONS ? "there is no parameter '%s'"
                                                 : "there is no parameter or resource '%s'",
                  cfn__shown(c, name));
        cfn__did_you_mean(c, near_name(c, name));
    }
}

/* Below an attribute that holds an object lies what the schema does not name. */
static bool inside_attribute(struct cfn_type type, const char *attribute) {
    char prefix[256];
    unsigned kinds;
    for (const char *dot = strchr(attribute, '.'); dot; dot = strchr(dot + 1, '.')) {
        size_t size = (size_t)(dot - attribute);
        if (size >= sizeof prefix)
            return true;
        memcpy(prefix, attribute, size);
        prefix[size] = '\0';
        if (cfn_type_find_attribute(type, prefix, &kinds) &&
            kinds & (CFN_JSON | CFN_NESTED | CFN_MAP))
            return true;
    }
    return false;
}

static void check_type_attribute(struct cfn__checker *c, struct cfn_type type,
                                 const char *attribute, const char *code,
                                 const struct cfn_path *path) {
    if (cfn_type_find_attribute(type, attribute, NULL) || inside_attribute(type, attribute))
        return;
    struct cfn__near near = {.word = attribute};
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++)
        cfn__near_try(&near, cfn_type_attribute(type, i));
    cfn__tell(c, code, path, "must be an attribute of %s, not '%s'", cfn_type_name(type),
              cfn__shown(c, attribute));
    cfn__did_you_mean(c, near.best);
}

void cfn__check_attribute(struct cfn__checker *c, const char *resource, const char *attribute,
                          const char *code, const struct cfn_path *path) {
    json_t *target = json_object_get(c->resources, resource);
    if (!target && c->more_ids)
        return;
    if (!target) {
        cfn__tell(c, code, path, "there is no resource '%s'", cfn__shown(c, resource));
        cfn__did_you_mean(c, cfn__near_key(resource, c->resources));
        return;
    }
    if (c->where == CFN__IN_CONDITIONS) /* that it stands here at all is told already */
        return;
    struct cfn_type type = cfn__type_of(c, target);
    if (type.service && attribute)
        check_type_attribute(c, type, attribute, code, path);
}

static unsigned kinds_give(unsigned kinds) {
    if (kinds & CFN_LIST)
        return CFN__GIVES_LIST;
    return kinds == 0 || kinds & (CFN_JSON | CFN_NESTED | CFN_MAP) ? CFN__GIVES_ANY
                                                                   : CFN__GIVES_SCALAR;
}

const char *cfn__id_text(const char *name, size_t size, char *room) {
    size_t kept = size < CFN__ID_ROOM ? size : CFN__ID_ROOM - 1;
    memcpy(room, name, kept);
    room[kept] = '\0';
    return room;
}

bool cfn__attribute_of(const json_t *argument, struct cfn__attribute *at) {
    const char *text = json_string_value(argument), *dot = text ? strchr(text, '.') : NULL;
    if (dot) {
        *at = (struct cfn__attribute){text, (size_t)(dot - text), dot + 1};
        return true;
    }
    *at = (struct cfn__attribute){.resource = json_string_value(json_array_get(argument, 0)),
                                  .attribute = json_string_value(json_array_get(argument, 1))};
    at->size = at->resource ? strlen(at->resource) : 0;
    return at->resource && at->attribute && json_array_size(argument) == 2;
}

unsigned cfn__att_gives(struct cfn__checker *c, json_t *argument) {
    struct cfn__attribute at;
    unsigned kinds = 0;
    if (!cfn__attribute_of(argument, &at))
        return CFN__GIVES_ANY;
    const char *resource = cfn_arena_copy(&c->arena, at.resource, at.size);
    struct cfn_type type = cfn__type_of(c, json_object_get(c->resources, resource));
    if (type.service)
        cfn_type_find_attribute(type, at.attribute, &kinds);
    return kinds_give(kinds);
}

void cfn__check_condition_name(struct cfn__checker *c, json_t *name, const struct cfn_path *path) {
    const char *text = json_string_value(name);
    if (json_is_null(name) || (c->extensions && !text))
        return;
    if (!text) {
        cfn__tell(c, "reference.condition", path, "must be the name of a condition, not %s",
                  cfn__described(c, name));
    } else if (json_object_get(c->conditions, text)) {
        if (c->condition)
            cfn__edge_add(&c->edges, c->condition, text);
    } else if (!c->more_conditions) {
        cfn__tell(c, "reference.condition", path, "there is no condition '%s'",
                  cfn__shown(c, text));
        cfn__did_you_mean(c, cfn__near_key(text, c->conditions));
    }
}

/* Whether any row of a map has the column: which row is chosen may be known only later. */
static bool some_row_has(json_t *map, const char *column) {
    const char *key;
    json_t *row;
    json_object_foreach(map, key, row) {
        if (json_object_get(row, column) || cfn__is_unfinished(row))
            return true;
    }
    return false;
}

static void check_column(struct cfn__checker *c, json_t *map, const char *row, const char *column,
                         const struct cfn_path *path) {
    struct cfn_path place = {path, NULL, 2};
    json_t *cells = row ? json_object_get(map, row) : NULL;
    if (cells ? json_object_get(cells, column) || cfn__is_unfinished(cells)
              : some_row_has(map, column))
        return;
    cfn__tell(c, "reference.mapping", &place, "there is no key '%s' in the mapping",
              cfn__shown(c, column));
    cfn__did_you_mean(c, cfn__near_key(column, cells));
}

static void check_cells(struct cfn__checker *c, json_t *map, const char *row, const char *column,
                        const struct cfn_path *path) {
    struct cfn_path place = {path, NULL, 1};
    if (row && !json_object_get(map, row)) {
        cfn__tell(c, "reference.mapping", &place, "there is no key '%s' in the mapping",
                  cfn__shown(c, row));
        cfn__did_you_mean(c, cfn__near_key(row, map));
    } else if (column) {
        check_column(c, map, row, column, path);
    }
}

static void check_map_names(struct cfn__checker *c, json_t *argument, const struct cfn_path *path) {
    const char *name = json_string_value(json_array_get(argument, 0));
    json_t *map = name ? json_object_get(c->mappings, name) : NULL;
    struct cfn_path first = {path, NULL, 0};
    if (!name || c->more_maps || json_array_size(argument) > 3)
        return;
    if (!map) {
        cfn__tell(c, "reference.mapping", &first, "there is no mapping '%s'", cfn__shown(c, name));
        cfn__did_you_mean(c, cfn__near_key(name, c->mappings));
    } else if (!cfn__is_unfinished(map)) {
        check_cells(c, map, json_string_value(json_array_get(argument, 1)),
                    json_string_value(json_array_get(argument, 2)), path);
    }
}

void cfn__check_find_in_map(struct cfn__checker *c, const char *name, json_t *argument,
                            const struct cfn_path *path) {
    (void)name;
    size_t most = c->extensions ? 4 : 3;
    if (!json_is_array(argument) || json_array_size(argument) < 3 ||
        json_array_size(argument) > most) {
        cfn__tell(c, "function.shape", path,
                  "must be a list of a mapping's name, a first key and a second, not %s",
                  cfn__described(c, argument));
        return;
    }
    for (size_t i = 0; i < json_array_size(argument); i++) {
        struct cfn_path item = {path, NULL, i};
        cfn__expect(c, json_array_get(argument, i), i < 3 ? CFN__GIVES_SCALAR : CFN__GIVES_OBJECT,
                    &item);
    }
    check_map_names(c, argument, path);
}

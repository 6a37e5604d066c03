#include "table.h"

#include <math.h>
#include <string.h>

static const struct cfn__type_row *row_of(struct cfn_type type) {
    bool known = type.service && type.index < type.service->type_count;
    return known ? &type.service->types[type.index] : NULL;
}

/* A flag of a type that there may not be. */
static bool has(struct cfn_type type, unsigned flag) {
    const struct cfn__type_row *row = row_of(type);
    return row && (row->flags & flag) != 0;
}

const char *cfn_type_name(struct cfn_type type) {
    const struct cfn__type_row *row = row_of(type);
    return row ? type.service->pool + row->name : NULL;
}

bool cfn_type_is_resource(struct cfn_type type) {
    return has(type, CFN__RESOURCE);
}

bool cfn_type_is_stateful(struct cfn_type type) {
    return has(type, CFN__STATEFUL);
}

bool cfn_type_is_open(struct cfn_type type) {
    return has(type, CFN__OPEN);
}

size_t cfn_type_property_count(struct cfn_type type) {
    const struct cfn__type_row *row = row_of(type);
    return row ? row[1].properties - row->properties : 0;
}

static struct cfn_bounds bounds_of(const struct cfn_service *service, const uint16_t index[2]) {
    return (struct cfn_bounds){.min = index[0] ? service->numbers[index[0]] : -INFINITY,
                               .max = index[1] ? service->numbers[index[1]] : INFINITY};
}

static void constrain(const struct cfn_service *service, unsigned index,
                      struct cfn_property *property) {
    const struct cfn__constraint_row *row = &service->constraints[index];
    property->length = bounds_of(service, row->length);
    property->value = bounds_of(service, row->value);
    property->items = bounds_of(service, row->items);
    property->pattern = row->pattern ? service->pool + row->pattern : NULL;
    property->enumeration = row->enumeration ? service->pool + row->enumeration : NULL;
}

static void fill(const struct cfn_service *service, const struct cfn__property_row *row,
                 struct cfn_property *property) {
    bool nested = row->type != CFN__NO_TYPE;
    *property = (struct cfn_property){
        .name = service->pool + row->name,
        .kinds = row->kinds,
        .type = {nested ? service : NULL, nested ? row->type : 0},
        .required = (row->flags & CFN__REQUIRED) != 0,
        .unique = (row->flags & CFN__UNIQUE) != 0,
        .deprecated = (row->flags & CFN__DEPRECATED) != 0,
        .replacement = (enum cfn_replacement)(row->flags >> CFN__REPLACEMENT),
    };
    constrain(service, row->constraint, property);
}

bool cfn_type_property(struct cfn_type type, size_t index, struct cfn_property *property) {
    if (index >= cfn_type_property_count(type))
        return false;
    fill(type.service, &type.service->properties[row_of(type)->properties + index], property);
    return true;
}

/* An attribute of that name is known too, so that setting it can be told from misspelling. */
static bool find_read_only(struct cfn_type type, const char *name, struct cfn_property *property) {
    unsigned kinds;
    if (strpbrk(name, ".*") || cfn_type_is_open(type) ||
        !cfn_type_find_attribute(type, name, &kinds))
        return false;
    struct cfn__property_row row = {.kinds = (uint8_t)kinds, .type = CFN__NO_TYPE};
    fill(type.service, &row, property);
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++)
        if (strcmp(cfn_type_attribute(type, i), name) == 0)
            property->name = cfn_type_attribute(type, i);
    property->read_only = true;
    return true;
}

bool cfn_type_find_property(struct cfn_type type, const char *name, struct cfn_property *property) {
    size_t low = 0, high = cfn_type_property_count(type);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct cfn__property_row *row =
            &type.service->properties[row_of(type)->properties + middle];
        int order = strcmp(name, type.service->pool + row->name);
        if (order == 0) {
            fill(type.service, row, property);
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return find_read_only(type, name, property);
}

size_t cfn_type_attribute_count(struct cfn_type type) {
    const struct cfn__type_row *row = row_of(type);
    return row ? row[1].attributes - row->attributes : 0;
}

static const struct cfn__attribute_row *attribute_row(struct cfn_type type, size_t index) {
    return &type.service->attributes[row_of(type)->attributes + index];
}

const char *cfn_type_attribute(struct cfn_type type, size_t index) {
    bool known = index < cfn_type_attribute_count(type);
    return known ? type.service->pool + attribute_row(type, index)->name : NULL;
}

/* "Outputs.*" stands for any name that begins with "Outputs.". */
static bool matches(const char *attribute, const char *name) {
    size_t size = strlen(attribute);
    if (size > 0 && attribute[size - 1] == '*')
        return strncmp(attribute, name, size - 1) == 0 && name[size - 1] != '\0';
    return strcmp(attribute, name) == 0;
}

bool cfn_type_find_attribute(struct cfn_type type, const char *name, unsigned *kinds) {
    for (size_t i = 0; i < cfn_type_attribute_count(type); i++) {
        if (!matches(cfn_type_attribute(type, i), name))
            continue;
        if (kinds)
            *kinds = attribute_row(type, i)->kinds;
        return true;
    }
    return false;
}

bool cfn_type_rule(struct cfn_type type, size_t index, struct cfn_rule *rule) {
    const struct cfn__type_row *row = row_of(type);
    if (!row || index >= (size_t)(row[1].rules - row->rules))
        return false;
    const struct cfn__rule_row *found = &type.service->rules[row->rules + index];
    *rule = (struct cfn_rule){(enum cfn_rule_kind)found->kind, type.service->pool + found->names};
    return true;
}

/* A property's value against its kind: lists, maps, objects, and what functions give. */
#include "checker.h"

#include <math.h>
#include <string.h>

enum { MOST_COMPARED = 300 };

static const struct cfn_bounds unbounded = {-INFINITY, INFINITY};

/* What an item of a list, or a member of a map, must be. */
static struct cfn_property item_of(const struct cfn_property *property) {
    struct cfn_property item = *property;
    item.kinds &= ~(unsigned)(CFN_LIST | CFN_MAP);
    item.items = unbounded;
    item.unique = false;
    return item;
}

/* How many items there are at least and at most, whatever functions and conditions give. */
struct count {
    size_t least, most;
};

static struct count count_of(json_t *list) {
    struct count count = {0};
    struct cfn__call call;
    size_t index;
    json_t *item;
    json_array_foreach(list, index, item) {
        bool sure = !cfn__call_of(item, &call) || cfn__call_is(&call, "Fn::Sub") ||
                    cfn__call_is(&call, "Fn::Join") || cfn__call_is(&call, "Fn::GetAtt");
        bool absent = cfn__is_no_value(item);
        count.least += sure;
        count.most += !absent;
        if (!sure && !absent && !cfn__call_is(&call, "Ref") && !cfn__call_is(&call, "Fn::If"))
            count.most += SIZE_MAX / 2 / (json_array_size(list) + 1);
    }
    return count;
}

static void check_count(struct cfn__checker *c, struct count count, const char *noun,
                        struct cfn_bounds bounds, const struct cfn_path *path) {
    if ((double)count.most < bounds.min)
        cfn__tell(c, "property.items", path, "must have at least %s %s, not %zu",
                  cfn__number_text(c, bounds.min), noun, count.most);
    else if ((double)count.least > bounds.max)
        cfn__tell(c, "property.items", path, "must have at most %s %s, not %zu",
                  cfn__number_text(c, bounds.max), noun, count.least);
}

/* Calls are compared too: what is written alike gives the same. */
static void check_unique(struct cfn__checker *c, json_t *list, const struct cfn_property *property,
                         const struct cfn_path *path) {
    size_t count = json_array_size(list);
    bool secret = cfn__is_secret(property->name);
    for (size_t i = 1; i < count && i < MOST_COMPARED; i++) {
        json_t *item = json_array_get(list, i);
        for (size_t j = 0; j < i; j++) {
            if (cfn__is_no_value(item) || !json_equal(item, json_array_get(list, j)))
                continue;
            cfn__tell(c, "property.unique", &(struct cfn_path){path, NULL, i},
                      "must differ from item %zu%s%s", j, secret ? "" : ": ",
                      secret ? "" : cfn__described(c, item));
            break;
        }
    }
}

static void check_list(struct cfn__checker *c, json_t *list, const struct cfn_property *property,
                       const struct cfn_path *path) {
    struct cfn_property item = item_of(property);
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        cfn__check_value(c, value, &item, &(struct cfn_path){path, NULL, index});
    }
    check_count(c, count_of(list), "items", property->items, path);
    if (property->unique)
        check_unique(c, list, property, path);
}

static void check_map(struct cfn__checker *c, json_t *map, const struct cfn_property *property,
                      const struct cfn_path *path) {
    struct cfn_property member = item_of(property);
    bool unfinished = cfn__is_unfinished(map);
    const char *key;
    json_t *value;
    json_object_foreach(map, key, value) {
        if (!cfn_starts_with(key, "Fn::"))
            cfn__check_value(c, value, &member, &(struct cfn_path){path, key, 0});
    }
    size_t size = json_object_size(map);
    if (!unfinished)
        check_count(c, (struct count){size, size}, "pairs", property->items, path);
}

static void check_literal(struct cfn__checker *c, json_t *value,
                          const struct cfn_property *property, const struct cfn_path *path) {
    unsigned kinds = property->kinds;
    bool list = json_is_array(value), object = json_is_object(value);
    if (json_is_null(value))
        return;
    if (kinds & CFN_LIST && list)
        check_list(c, value, property, path);
    else if (kinds & CFN_MAP && object)
        check_map(c, value, property, path);
    else if (kinds & (CFN_LIST | CFN_MAP))
        cfn__tell_kind(c, value, property, path);
    else if (kinds & CFN_JSON)
        cfn__walk(c, value, path);
    else if (kinds & CFN_NESTED && object)
        cfn__check_object(c, property->type, value, path);
    else if (list || object || !(kinds & ~(unsigned)CFN_NESTED))
        cfn__tell_kind(c, value, property, path);
    else
        cfn__check_scalar(c, value, property, path);
}

static void check_branches(struct cfn__checker *c, const struct cfn__call *call,
                           const struct cfn_property *property, const struct cfn_path *path) {
    struct cfn_path inside = {path, call->name, 0};
    if (!cfn__check_if_frame(c, call->argument, &inside))
        return;
    for (size_t i = 1; i <= 2; i++)
        cfn__check_value(c, json_array_get(call->argument, i), property,
                         &(struct cfn_path){&inside, NULL, i});
}

/* What a property takes, as a set of enum cfn__gives. */
static unsigned takes(unsigned kinds) {
    if (kinds & CFN_LIST)
        return CFN__GIVES_LIST;
    if (kinds & CFN_MAP)
        return CFN__GIVES_OBJECT;
    if (kinds & CFN_JSON)
        return CFN__GIVES_ANY;
    unsigned scalar = kinds & ~(unsigned)CFN_NESTED ? CFN__GIVES_SCALAR : 0;
    return scalar | (kinds & CFN_NESTED ? CFN__GIVES_OBJECT : 0);
}

/* A text without variables is a literal in disguise. */
static json_t *plain_text(const struct cfn__call *call) {
    bool plain = cfn__call_is(call, "Fn::Sub") && json_is_string(call->argument) &&
                 !strstr(json_string_value(call->argument), "${");
    return plain ? call->argument : NULL;
}

static void check_given(struct cfn__checker *c, json_t *value, const struct cfn__call *call,
                        const struct cfn_property *property, const struct cfn_path *path) {
    if (cfn__call_is(call, "Fn::If")) {
        check_branches(c, call, property, path);
        return;
    }
    size_t errors = cfn_diags_errors(c->diags);
    cfn__check_call(c, call, path);
    if (cfn_diags_errors(c->diags) > errors)
        return;
    if (!(cfn__gives(c, value) & takes(property->kinds)))
        cfn__tell_kind(c, value, property, path);
    else if (plain_text(call))
        check_literal(c, plain_text(call), property, path);
}

void cfn__check_value(struct cfn__checker *c, json_t *value, const struct cfn_property *property,
                      const struct cfn_path *path) {
    struct cfn__call call;
    if (cfn__call_of(value, &call))
        check_given(c, value, &call, property, path);
    else
        check_literal(c, value, property, path);
}

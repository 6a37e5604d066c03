/* What a value depends on beside itself: parameters, conditions, mappings, and resources that get
 * another id when they are replaced. */
#include "cfn/checker.h"
#include "diff.h"

#include <string.h>

enum { MOST_DEPTH = 200 };

struct search {
    struct cfn_diff *diff;
    const char *by_name, *by_resource;
};

static const char *why_of(const json_t *causes, const char *name) {
    return name ? json_string_value(json_object_get(causes, name)) : NULL;
}

static void found_name(void *self, const char *name, size_t size) {
    struct search *search = self;
    char room[CFN__ID_ROOM];
    const char *id = cfn__id_text(name, size, room);
    if (!search->by_name)
        search->by_name = why_of(search->diff->refs, id);
    if (!search->by_resource)
        search->by_resource = why_of(search->diff->replaced, id);
}

/* A cell that is named by plain texts is compared itself. */
static bool same_cell(const struct cfn_diff *diff, json_t *argument) {
    const char *map = json_string_value(json_array_get(argument, 0));
    const char *row = json_string_value(json_array_get(argument, 1));
    const char *column = json_string_value(json_array_get(argument, 2));
    if (!map || !row || !column)
        return false;
    json_t *bodies[] = {diff->before.body, diff->after.body}, *cells[2];
    for (size_t i = 0; i < 2; i++) {
        json_t *rows = json_object_get(json_object_get(bodies[i], "Mappings"), map);
        cells[i] = json_object_get(json_object_get(rows, row), column);
    }
    return cfn__same_value(cells[0], cells[1], false);
}

static const char *cause_of_map(const struct cfn_diff *diff, json_t *argument) {
    json_t *name = json_array_get(argument, 0);
    if (json_is_string(name))
        return same_cell(diff, argument) ? NULL : why_of(diff->mappings, json_string_value(name));
    return json_string_value(json_object_iter_value(json_object_iter(diff->mappings)));
}

/* Conditions and mappings, which stand in functions of their own. */
static const char *cause_in(const struct cfn_diff *diff, json_t *value, unsigned depth) {
    struct cfn__call call;
    const char *key, *cause = NULL;
    size_t index;
    json_t *member;
    if (depth > MOST_DEPTH)
        return NULL;
    if (cfn__call_of(value, &call) && cfn__call_is(&call, "Fn::If"))
        cause = why_of(diff->conditions, json_string_value(json_array_get(call.argument, 0)));
    else if (cfn__call_of(value, &call) && cfn__call_is(&call, "Fn::FindInMap"))
        cause = cause_of_map(diff, call.argument);
    json_object_foreach(value, key, member) {
        cause = cause ? cause : cause_in(diff, member, depth + 1);
    }
    json_array_foreach(value, index, member) {
        cause = cause ? cause : cause_in(diff, member, depth + 1);
    }
    return cause;
}

const char *cfn__cause_of(struct cfn_diff *diff, json_t *call, bool *by_resource) {
    struct search search = {.diff = diff};
    struct cfn__names names = {
        .found = found_name, .self = &search, .evaluation = diff->after.evaluation};
    cfn__names_in(&names, call);
    *by_resource = search.by_resource != NULL;
    if (search.by_resource)
        return search.by_resource;
    return search.by_name ? search.by_name : cause_in(diff, call, 0);
}

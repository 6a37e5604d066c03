/* Whether Metabase has what it shall have. It adds members of its own, and a later one may keep a
 * query in stages: these are no differences. */
#include "bi.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static bool holds(const json_t *there, const json_t *wanted);

static bool holds_all(const json_t *there, const json_t *wanted) {
    const char *key;
    json_t *value;
    json_object_foreach(((json_t *)(uintptr_t)wanted), key, value) {
        if (!holds(json_object_get(there, key), value))
            return false;
    }
    return true;
}

/* Whether all that is wanted is there. Nothing and null are the same. */
static bool holds(const json_t *there, const json_t *wanted) {
    if (json_is_null(wanted))
        return !there || json_is_null(there);
    if (json_is_number(wanted))
        return json_is_number(there) && json_number_value(there) == json_number_value(wanted);
    if (json_is_object(wanted))
        return (json_is_object(there) || json_object_size(wanted) == 0) && holds_all(there, wanted);
    if (!json_is_array(wanted))
        return json_equal((json_t *)(uintptr_t)there, (json_t *)(uintptr_t)wanted);
    if (json_array_size(there) != json_array_size(wanted))
        return false;
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!holds(json_array_get(there, i), json_array_get(wanted, i)))
            return false;
    return true;
}

/* {database, stages: [{native: "select ...", template-tags}]} as {database, native: {...}}. */
static json_t *query_of(const json_t *query) {
    const json_t *stage = json_array_get(json_object_get(query, "stages"), 0);
    if (!stage)
        return json_incref((json_t *)(uintptr_t)query);
    json_t *tags = json_object_get(stage, "template-tags");
    return json_pack("{s:O?, s:s, s:{s:O?, s:O?}}", "database", json_object_get(query, "database"),
                     "type", "native", "native", "query", json_object_get(stage, "native"),
                     "template-tags", tags);
}

/* -- dashboards -------------------------------------------------------------------------------- */

static int order(const void *left, const void *right) {
    static const char *const places[] = {"row", "col", "card_id"};
    const json_t *const *a = left, *const *b = right;
    for (size_t i = 0; i < 3; i++) {
        json_int_t first = json_integer_value(json_object_get(*a, places[i])),
                   second = json_integer_value(json_object_get(*b, places[i]));
        if (first != second)
            return first < second ? -1 : 1;
    }
    return 0;
}

/* In the order of their places, without what is Metabase's to give. */
static json_t *sorted(const json_t *dashcards) {
    size_t count = json_array_size(dashcards);
    json_t **items = cfn__alloc((count + 1) * sizeof *items), *list = json_array();
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(dashcards, i);
    qsort(items, count, sizeof *items, order);
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_copy(items[i]);
        json_object_del(item, "id");
        json_array_append_new(list, item);
    }
    free(items);
    return list;
}

static bool holds_dashcards(const json_t *there, const json_t *wanted) {
    json_t *a = sorted(there), *b = sorted(wanted);
    bool same = holds(a, b);
    json_decref(a);
    json_decref(b);
    return same;
}

/* -- all --------------------------------------------------------------------------------------- */

static bool holds_member(const char *kind, const char *name, const json_t *there,
                         const json_t *wanted) {
    if (strcmp(name, "dashcards") == 0)
        return holds_dashcards(there, wanted);
    if (strcmp(kind, "card") != 0 || strcmp(name, "dataset_query") != 0)
        return holds(there, wanted);
    json_t *query = query_of(there);
    bool same = holds(query, wanted);
    json_decref(query);
    return same;
}

char *cfn__bi_differs(const char *kind, const json_t *wanted, const json_t *there) {
    struct cfn_text names = {0};
    const char *key;
    json_t *value;
    json_object_foreach(((json_t *)(uintptr_t)wanted), key, value) {
        if (!holds_member(kind, key, json_object_get(there, key), value))
            cfn_text_printf(&names, "%s%s", names.size ? ", " : "", key);
    }
    return cfn_text_take(&names);
}

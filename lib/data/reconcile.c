/* Layers side by side. */
#include <cfngen/reconcile.h>

#include "base/base.h"
#include "data/amount.h"

#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"generated", "files",  "source",
                                    "bronze",    "silver", "warehouse"};
enum { KNOWN = sizeof known / sizeof *known };

static size_t rank_of(const char *layer) {
    size_t rank = 0;
    while (rank < KNOWN && strcmp(known[rank], layer) != 0)
        rank++;
    return rank;
}

static const char *name_of(const json_t *layer) {
    return json_string_value(json_object_get(layer, "layer"));
}

/* In the order of the way; others behind, as they came. */
static json_t *ordered(const json_t *layers) {
    json_t *list = json_array();
    for (size_t rank = 0; rank <= KNOWN; rank++)
        for (size_t i = 0; i < json_array_size(layers); i++)
            if (rank_of(name_of(json_array_get(layers, i))) == rank)
                json_array_append(list, json_array_get(layers, i));
    return list;
}

static bool is_twice(const json_t *layers, struct cfn_diags *diags) {
    for (size_t i = 0; i < json_array_size(layers); i++)
        for (size_t j = 0; j < i; j++)
            if (cfn_same(name_of(json_array_get(layers, i)), name_of(json_array_get(layers, j)))) {
                cfn_fail(diags, "reconcile.twice", (struct cfn_place){0}, NULL,
                         "the layer '%s' is there twice", name_of(json_array_get(layers, i)));
                return true;
            }
    return false;
}

/* What a layer says of a measure: a text, or {value, quarantined}. */
static json_t *value_of(const json_t *layer, const char *table, const char *measure) {
    const json_t *totals = json_object_get(json_object_get(layer, "totals"), table);
    const json_t *said = json_object_get(totals, measure);
    const json_t *value = json_is_object(said) ? json_object_get(said, "value") : said;
    const char *aside = json_string_value(json_object_get(said, "quarantined"));
    char total[CFN__DECIMAL_TEXT];
    if (!said)
        return json_null();
    cfn__amount_add(json_string_value(value), aside, total);
    return json_pack("{s:s, s:s?, s:s}", "value", json_string_value(value), "quarantined", aside,
                     "total", total);
}

static const char *total_of(const json_t *values, size_t index) {
    return json_string_value(json_object_get(json_array_get(values, index), "total"));
}

/* How many layers state it, and the first that departs from the one before it. A layer that says
 * nothing of a table has no rows of it: an empty table leaves no trace in a lake, and one that was
 * lost does not either. */
static size_t judge(const json_t *values, bool rows, size_t *departs) {
    const char *before = NULL;
    size_t stated = 0;
    *departs = SIZE_MAX;
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *said = total_of(values, i), *total = said || !rows ? said : "0";
        if (!total)
            continue;
        if (before && *departs == SIZE_MAX && !cfn__amount_same(before, total))
            *departs = i;
        before = total;
        stated++;
    }
    return stated;
}

static json_t *compare(const json_t *layers, const char *table, const char *measure) {
    json_t *values = json_array();
    size_t departs;
    for (size_t i = 0; i < json_array_size(layers); i++)
        json_array_append_new(values, value_of(json_array_get(layers, i), table, measure));
    size_t stated = judge(values, strcmp(measure, "rows") == 0, &departs);
    const char *name = departs == SIZE_MAX ? NULL : name_of(json_array_get(layers, departs));
    return json_pack("{s:s, s:s, s:o, s:s?, s:o}", "table", table, "measure", measure, "equal",
                     stated < 2 ? json_null() : json_boolean(!name), "departs", name, "values",
                     values);
}

static bool is_stated(const json_t *layers, const char *table, const char *measure) {
    for (size_t i = 0; i < json_array_size(layers); i++)
        if (json_object_get(
                json_object_get(json_object_get(json_array_get(layers, i), "totals"), table),
                measure))
            return true;
    return false;
}

static void add(json_t *measures, const json_t *layers, const char *table, const char *measure) {
    if (is_stated(layers, table, measure))
        json_array_append_new(measures, compare(layers, table, measure));
}

static void add_table(json_t *measures, const json_t *layers,
                      const struct cfn_source_table *table) {
    add(measures, layers, table->name, "rows");
    for (size_t i = 0; i < table->column_count; i++) {
        struct cfn_text measure = {0};
        cfn_text_printf(&measure, "sum(%s)", table->columns[i].name);
        add(measures, layers, table->name, measure.data);
        cfn_text_done(&measure);
    }
    add(measures, layers, table->name, "checksum");
}

static json_t *names_of(const json_t *layers) {
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(layers); i++)
        json_array_append(names, json_object_get(json_array_get(layers, i), "layer"));
    return names;
}

json_t *cfn_reconcile(const struct cfn_tables *tables, const json_t *layers,
                      struct cfn_diags *diags) {
    json_t *measures = json_array(), *all = ordered(layers);
    size_t compared = 0, differ = 0;
    if (is_twice(all, diags)) {
        json_decref(measures);
        json_decref(all);
        return NULL;
    }
    for (size_t i = 0; i < tables->count; i++)
        add_table(measures, all, &tables->tables[i]);
    for (size_t i = 0; i < json_array_size(measures); i++) {
        const json_t *equal = json_object_get(json_array_get(measures, i), "equal");
        compared += !json_is_null(equal);
        differ += json_is_false(equal);
    }
    json_t *result = json_pack("{s:o, s:I, s:o, s:o}", "equal",
                               compared ? json_boolean(differ == 0) : json_null(), "compared",
                               (json_int_t)compared, "layers", names_of(all), "measures", measures);
    json_decref(all);
    return result;
}

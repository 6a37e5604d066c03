/* Layers from where they are stated: the source database, files, rows of the warehouse. */
#include <cfngen/reconcile.h>

#include "base/base.h"
#include "data/amount.h"
#include "data/postgres.h"
#include "data/totals_sql.h"

#include <string.h>

/* -- the source -------------------------------------------------------------------------------- */

static int add_table(struct cfn__pg *pg, const struct cfn_tables *tables, size_t index,
                     json_t *totals, struct cfn_diags *diags) {
    const struct cfn_source_table *table = &tables->tables[index];
    struct cfn_text sql = {0};
    cfn__pg_about(pg, table->name);
    cfn__put_totals_query(&sql, tables->schema, table, true);
    json_t *rows = cfn__pg_rows(pg, diags, sql.data);
    cfn_text_done(&sql);
    if (rows)
        json_object_set_new(totals, table->name,
                            cfn__totals_of_row(table, json_array_get(rows, 0)));
    json_decref(rows);
    return rows ? 0 : -1;
}

/* One snapshot for all of them: a shop goes on selling while it is counted. */
static int add_tables(struct cfn__pg *pg, const struct cfn_tables *tables, json_t *totals,
                      struct cfn_diags *diags) {
    int failed = cfn__pg_run(pg, diags, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    for (size_t i = 0; i < tables->count && !failed; i++) {
        failed = add_table(pg, tables, i, totals, diags);
        if (failed)
            cfn_hint(diags, "'cfngen load' makes the tables");
    }
    return failed || cfn__pg_run(pg, diags, "COMMIT") ? -1 : 0;
}

json_t *cfn_totals_source(const struct cfn_tables *tables, const struct cfn_database *database,
                          struct cfn_diags *diags) {
    struct cfn__libpq *libpq = cfn__libpq_new(diags);
    struct cfn__pg *pg = NULL;
    json_t *totals = json_object(), *layer = NULL;
    if (libpq) {
        cfn__pg_warn(libpq, database, diags);
        pg = cfn__pg_open(libpq, database, "cfngen reconcile", diags);
    }
    if (pg && add_tables(pg, tables, totals, diags) == 0)
        layer = json_pack("{s:s, s:O}", "layer", "source", "totals", totals);
    json_decref(totals);
    cfn__pg_close(pg);
    cfn__libpq_free(libpq);
    return layer;
}

/* -- files ------------------------------------------------------------------------------------- */

static int refuse(const char *file, const char *path, const char *what, struct cfn_diags *diags) {
    return cfn_fail(diags, "reconcile.totals", (struct cfn_place){.file = file}, path, "%s", what);
}

static bool is_amount(const json_t *value) {
    return json_is_string(value) && cfn__amount_is(json_string_value(value));
}

static int check_measure(const char *file, const char *path, const json_t *said,
                         struct cfn_diags *diags) {
    const json_t *aside = json_object_get(said, "quarantined");
    bool good = json_is_object(said) ? is_amount(json_object_get(said, "value")) &&
                                           (!aside || json_is_null(aside) || is_amount(aside))
                                     : is_amount(said);
    return good ? 0
                : refuse(file, path,
                         "must be a decimal as a text (\"99441\"), or {value, quarantined} of such",
                         diags);
}

static int check_layer(const char *file, const json_t *layer, struct cfn_diags *diags) {
    const char *name = json_string_value(json_object_get(layer, "layer")), *table, *measure;
    json_t *totals = json_object_get(layer, "totals"), *measures, *said;
    int failed = 0;
    if (!name || !*name || !json_is_object(totals))
        return refuse(file, NULL, "must have a layer (a text) and totals (an object)", diags);
    json_object_foreach(totals, table, measures) {
        if (!json_is_object(measures))
            failed = refuse(file, table, "must be an object of measures", diags);
        json_object_foreach(measures, measure, said) {
            struct cfn_text path = {0};
            cfn_text_printf(&path, "%s.%s.%s", name, table, measure);
            failed |= check_measure(file, path.data, said, diags);
            cfn_text_done(&path);
        }
    }
    if (json_object_size(totals) == 0)
        failed = refuse(file, name, "states no totals", diags);
    return failed;
}

json_t *cfn_totals_read(const char *text, size_t size, const char *file, struct cfn_diags *diags) {
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        cfn_fail(diags, "reconcile.json",
                 (struct cfn_place){.file = file, .line = error.line, .column = error.column}, NULL,
                 "%s", error.text);
        return NULL;
    }
    json_t *layers = json_is_array(root) ? json_incref(root) : json_pack("[O]", root);
    int failed = json_array_size(layers) ? 0 : refuse(file, NULL, "has no layer", diags);
    for (size_t i = 0; i < json_array_size(layers); i++)
        failed |= check_layer(file, json_array_get(layers, i), diags);
    json_decref(root);
    if (!failed)
        return layers;
    json_decref(layers);
    return NULL;
}

/* -- rows -------------------------------------------------------------------------------------- */

static const char *text_of(const json_t *row, const char *member) {
    return json_string_value(json_object_get(row, member));
}

/* The totals of a table within a layer, which are made where they are not there. */
static json_t *totals_of(json_t *by_layer, const char *layer, const char *table) {
    json_t *totals = json_object_get(by_layer, layer);
    if (!totals) {
        totals = json_object();
        json_object_set_new(by_layer, layer, totals);
    }
    json_t *measures = json_object_get(totals, table);
    if (!measures) {
        measures = json_object();
        json_object_set_new(totals, table, measures);
    }
    return measures;
}

json_t *cfn_totals_of_rows(const json_t *rows, struct cfn_diags *diags) {
    json_t *by_layer = json_object(), *layers = json_array(), *totals;
    const char *name;
    int failed = 0;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *layer = text_of(row, "layer"), *table = text_of(row, "table_name");
        const char *measure = text_of(row, "measure"), *value = text_of(row, "value");
        const char *aside = text_of(row, "quarantined");
        if (!layer || !table || !measure || !value) {
            failed = refuse(NULL, NULL, "a row lacks layer, table_name, measure or value", diags);
            continue;
        }
        json_object_set_new(totals_of(by_layer, layer, table), measure,
                            json_pack("{s:s, s:s?}", "value", value, "quarantined", aside));
    }
    json_object_foreach(by_layer, name, totals) {
        json_t *layer = json_pack("{s:s, s:O}", "layer", name, "totals", totals);
        failed |= check_layer(NULL, layer, diags);
        json_array_append_new(layers, layer);
    }
    json_decref(by_layer);
    if (!failed)
        return layers;
    json_decref(layers);
    return NULL;
}

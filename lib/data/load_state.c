/* What is in the database before a load: the lock that there is one at a time, tables and their
 * rows, what was loaded; and the staging schema. */
#include "data/load.h"

#include <string.h>

/* Held by the connection until it closes, however that comes. */
static int take_lock(struct cfn__loading *load) {
    json_t *rows = cfn__pg_rows(
        load->pg, load->diags, "SELECT pg_try_advisory_lock(hashtext('cfngen'), hashtext('load'))");
    const char *got = json_string_value(json_array_get(json_array_get(rows, 0), 0));
    int failed = rows ? 0 : -1;
    if (got && strcmp(got, "t") != 0)
        failed = cfn_fail(load->diags, "load.busy", (struct cfn_place){0}, NULL,
                          "another load is under way in this database");
    json_decref(rows);
    return failed;
}

/* Helpers of a killed run may still build keys, and hold what is to be dropped. */
static const char sweep[] =
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE application_name = 'cfngen load worker' AND datname = current_database() "
    "AND usename = current_user AND pid <> pg_backend_pid(); "
    "DROP SCHEMA IF EXISTS " CFN__STAGING " CASCADE";

int cfn__load_sweep(struct cfn__loading *load) {
    return cfn__pg_run(load->pg, load->diags, sweep);
}

/* {table: {oid, rows}} of those that are there. */
static int find_tables(struct cfn__loading *load) {
    struct cfn_text sql = {0};
    cfn_text_put(&sql, "SELECT c.relname, c.oid::text FROM pg_class c JOIN pg_namespace n "
                       "ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname = ");
    cfn__put_literal(&sql, load->tables->schema);
    json_t *rows = cfn__pg_rows(load->pg, load->diags, sql.data);
    cfn_text_done(&sql);
    load->existing = json_object();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *name = json_string_value(json_array_get(row, 0));
        if (cfn_tables_find(load->tables, name))
            json_object_set_new(load->existing, name,
                                json_pack("{s:O}", "oid", json_array_get(row, 1)));
    }
    json_decref(rows);
    return rows ? 0 : -1;
}

static int find_rows(struct cfn__loading *load) {
    const char *name;
    json_t *table;
    json_object_foreach(load->existing, name, table) {
        struct cfn_text sql = {0};
        cfn_text_printf(&sql, "SELECT 1 FROM %s.%s LIMIT 1", load->tables->schema, name);
        json_t *rows = cfn__pg_rows(load->pg, load->diags, sql.data);
        cfn_text_done(&sql);
        if (!rows)
            return -1;
        json_object_set_new(table, "rows", json_boolean(json_array_size(rows) > 0));
        json_decref(rows);
    }
    return 0;
}

static int find_loaded(struct cfn__loading *load) {
    struct cfn_text sql = {0};
    load->loaded = json_object();
    json_t *there = cfn__pg_rows(load->pg, load->diags,
                                 "SELECT 1 WHERE to_regclass('cfngen.loaded') IS NOT NULL");
    bool found = json_array_size(there) > 0;
    json_decref(there);
    if (!there || !found)
        return there ? 0 : -1;
    cfn_text_put(&sql, "SELECT table_name, table_oid::text, sha256, rows::text FROM cfngen.loaded "
                       "WHERE schema_name = ");
    cfn__put_literal(&sql, load->tables->schema);
    json_t *rows = cfn__pg_rows(load->pg, load->diags, sql.data);
    cfn_text_done(&sql);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        json_object_set_new(load->loaded, json_string_value(json_array_get(row, 0)),
                            json_pack("{s:O, s:O, s:O}", "oid", json_array_get(row, 1), "sha256",
                                      json_array_get(row, 2), "rows", json_array_get(row, 3)));
    }
    json_decref(rows);
    return rows ? 0 : -1;
}

int cfn__load_look(struct cfn__loading *load) {
    return take_lock(load) || find_tables(load) || find_rows(load) || find_loaded(load) ? -1 : 0;
}

/* -- staging ----------------------------------------------------------------------------------- */

static void put_comment(struct cfn_text *sql, const char *kind, const char *schema,
                        const struct cfn_source_table *table, const struct cfn_column *column,
                        const char *about) {
    if (!about || !*about)
        return;
    cfn_text_printf(sql, "COMMENT ON %s %s.%s%s%s IS ", kind, schema, table->name,
                    column ? "." : "", column ? column->name : "");
    cfn__put_literal(sql, about);
    cfn_text_put(sql, ";\n");
}

void cfn__put_table(struct cfn_text *sql, const char *schema,
                    const struct cfn_source_table *table) {
    cfn_text_printf(sql, "CREATE TABLE %s.%s (", schema, table->name);
    for (size_t i = 0; i < table->column_count; i++)
        cfn_text_printf(sql, "%s%s %s%s", i ? ", " : "", table->columns[i].name,
                        table->columns[i].type, table->columns[i].required ? " NOT NULL" : "");
    cfn_text_put(sql, ");\n");
    put_comment(sql, "TABLE", schema, table, NULL, table->about);
    for (size_t i = 0; i < table->column_count; i++)
        put_comment(sql, "COLUMN", schema, table, &table->columns[i], table->columns[i].about);
}

/* Committed, so that other connections see them. */
int cfn__load_stage(struct cfn__loading *load) {
    struct cfn_text sql = {0};
    cfn_text_put(&sql, "BEGIN;\nCREATE SCHEMA " CFN__STAGING ";\n");
    for (size_t i = 0; i < load->tables->count; i++)
        cfn__put_table(&sql, CFN__STAGING, &load->tables->tables[i]);
    cfn_text_put(&sql, "COMMIT");
    int failed = cfn__load_sweep(load);
    failed = failed || cfn__pg_run(load->pg, load->diags, sql.data);
    cfn_text_done(&sql);
    return failed ? -1 : 0;
}

/* The last transaction: all tables come to their places, what was there goes, and what was loaded
 * is written down. */
#include "data/load.h"

#include <stdlib.h>

static const char record_table[] =
    "CREATE SCHEMA IF NOT EXISTS cfngen;\n"
    "COMMENT ON SCHEMA cfngen IS 'What cfngen load remembers; no part of the data';\n"
    "CREATE TABLE IF NOT EXISTS cfngen.loaded (schema_name text, table_name text, "
    "table_oid oid NOT NULL, file text NOT NULL, sha256 char(64) NOT NULL, bytes bigint NOT NULL, "
    "rows bigint NOT NULL, totals jsonb NOT NULL, loaded_at timestamptz NOT NULL DEFAULT now(), "
    "PRIMARY KEY (schema_name, table_name));\n";

/* Somebody may have written into empty tables since they were looked at. */
static void put_guard(const struct cfn__loading *load, struct cfn_text *sql) {
    const char *name;
    json_t *table;
    json_object_foreach(load->existing, name, table) {
        cfn_text_printf(sql, "LOCK TABLE %s.%s IN ACCESS EXCLUSIVE MODE;\n", load->tables->schema,
                        name);
        if (load->what->replace)
            continue;
        cfn_text_printf(sql,
                        "DO $guard$ BEGIN IF EXISTS (SELECT FROM %s.%s) THEN RAISE EXCEPTION "
                        "'%s.%s has got rows in the meantime'; END IF; END $guard$;\n",
                        load->tables->schema, name, load->tables->schema, name);
    }
}

/* Who may do what with the old tables may do it with the new ones. */
static void put_keep_grants(const struct cfn__loading *load, struct cfn_text *sql) {
    cfn_text_put(
        sql, "CREATE TEMPORARY TABLE cfngen_grants ON COMMIT DROP AS SELECT format('GRANT %s ON "
             "%I.%I TO %s%s', a.privilege_type, n.nspname, c.relname, CASE a.grantee WHEN 0 "
             "THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END, CASE WHEN "
             "a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) AS statement "
             "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
             "aclexplode(c.relacl) a WHERE a.grantee <> c.relowner AND n.nspname = ");
    cfn__put_literal(sql, load->tables->schema);
    cfn_text_put(sql, " AND c.relname IN (''");
    for (size_t i = 0; i < load->tables->count; i++)
        cfn_text_printf(sql, ", '%s'", load->tables->tables[i].name);
    cfn_text_put(sql, ");\n");
}

static void put_drop(const struct cfn__loading *load, struct cfn_text *sql) {
    const char *name, *between = "DROP TABLE ";
    json_t *table;
    json_object_foreach(load->existing, name, table) {
        cfn_text_printf(sql, "%s%s.%s", between, load->tables->schema, name);
        between = ", ";
    }
    cfn_text_put(sql, json_object_size(load->existing) ? ";\n" : "");
}

static void put_record(const struct cfn__loading *load, const struct cfn__load_file *file,
                       struct cfn_text *sql) {
    json_t *totals = cfn__totals_json(&file->totals);
    char *text = json_dumps(totals, JSON_COMPACT);
    cfn_text_put(sql, "INSERT INTO cfngen.loaded VALUES (");
    cfn__put_literal(sql, load->tables->schema);
    cfn_text_printf(sql, ", '%s', '%s.%s'::regclass, ", file->table->name, load->tables->schema,
                    file->table->name);
    cfn__put_literal(sql, file->table->file);
    cfn_text_printf(sql, ", '%s', %lld, %lld, ", file->sha256, (long long)file->read,
                    (long long)file->totals.rows);
    cfn__put_literal(sql, text);
    cfn_text_put(sql, ");\n");
    json_decref(totals);
    free(text);
}

/* One string: it is sent at once, and nobody sees half of it. */
static void put_all(const struct cfn__loading *load, struct cfn_text *sql) {
    const struct cfn_tables *tables = load->tables;
    cfn_text_put(sql, "BEGIN;\nSET LOCAL lock_timeout = '60s';\n");
    cfn_text_printf(sql, "CREATE SCHEMA IF NOT EXISTS %s;\n", tables->schema);
    put_guard(load, sql);
    put_keep_grants(load, sql);
    put_drop(load, sql);
    for (size_t i = 0; i < tables->count; i++)
        cfn_text_printf(sql, "ALTER TABLE %s.%s SET SCHEMA %s;\n", CFN__STAGING,
                        tables->tables[i].name, tables->schema);
    cfn_text_put(sql, "DO $grants$ DECLARE g record; BEGIN FOR g IN SELECT statement FROM "
                      "cfngen_grants LOOP EXECUTE g.statement; END LOOP; END $grants$;\n");
    cfn_text_put(sql, record_table);
    cfn_text_put(sql, "DELETE FROM cfngen.loaded WHERE schema_name = ");
    cfn__put_literal(sql, tables->schema);
    cfn_text_put(sql, ";\n");
    for (size_t i = 0; i < tables->count; i++)
        put_record(load, &load->files[i], sql);
    cfn_text_put(sql, "DROP SCHEMA " CFN__STAGING ";\nCOMMIT");
}

int cfn__load_swap(struct cfn__loading *load) {
    struct cfn_text sql = {0};
    load->progress.stage = CFN_LOAD_SWAPPING;
    cfn__load_tell(load, NULL);
    put_all(load, &sql);
    int failed = cfn__pg_run(load->pg, load->diags, sql.data);
    cfn_text_done(&sql);
    return failed;
}

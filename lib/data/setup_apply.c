/* Carrying a plan out, and looking whether it stands. */
#include "setup.h"

#include <stdlib.h>
#include <string.h>

static bool is_alone(const json_t *statement) {
    return json_is_true(json_object_get(statement, "alone"));
}

/* How many statements from there on are one transaction. */
static size_t run_length(const json_t *plan, size_t from) {
    size_t size = 0, count = json_array_size(plan);
    while (from + size < count && size < CFN_WAREHOUSE_MOST &&
           !is_alone(json_array_get(plan, from + size)))
        size++;
    return size;
}

static int apply_alone(const struct cfn_transport *transport, const struct cfn_warehouse *warehouse,
                       const json_t *statement, struct cfn_diags *diags) {
    const struct cfn_sql sql = CFN_SQL(cfn_output_text(statement, "sql"));
    json_t *result = cfn_warehouse_execute(transport, warehouse, &sql, diags);
    json_decref(result);
    return result ? 0 : -1;
}

static int apply_together(const struct cfn_transport *transport,
                          const struct cfn_warehouse *warehouse, const json_t *plan, size_t from,
                          size_t count, struct cfn_diags *diags) {
    const char *sqls[CFN_WAREHOUSE_MOST];
    for (size_t i = 0; i < count; i++)
        sqls[i] = cfn_output_text(json_array_get(plan, from + i), "sql");
    return cfn_warehouse_transact(transport, warehouse, sqls, count, diags);
}

int cfn_warehouse_apply(const struct cfn_transport *transport,
                        const struct cfn_warehouse *warehouse, const json_t *plan,
                        const struct cfn_warehouse_progress *progress, struct cfn_diags *diags) {
    for (size_t at = 0; at < json_array_size(plan);) {
        size_t count = run_length(plan, at);
        int code = count ? apply_together(transport, warehouse, plan, at, count, diags)
                         : apply_alone(transport, warehouse, json_array_get(plan, at), diags);
        if (code)
            return -1;
        for (size_t end = at + (count ? count : 1); at < end; at++)
            if (progress && progress->done)
                progress->done(progress->self, json_array_get(plan, at));
    }
    return 0;
}

/* -- looking ----------------------------------------------------------------------------------- */

static CFN_PRINTF(4, 5) void add_check(json_t *checks, bool good, const char *check,
                                       const char *format, ...) {
    struct cfn_text found = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&found, format, arguments);
    va_end(arguments);
    json_array_append_new(checks, json_pack("{s:s, s:b, s:s}", "check", check, "good", (int)good,
                                            "found", found.data ? found.data : ""));
    cfn_text_done(&found);
}

/* Tables of an external schema are asked of the catalog, by way of the role. */
static int check_layer(const struct cfn_transport *transport, const struct cfn_warehouse *warehouse,
                       const struct cfn_warehouse_layer *layer, json_t *checks,
                       struct cfn_diags *diags) {
    struct cfn_text sql = {0}, check = {0};
    cfn_text_put(&sql, "select count(*) as tables from svv_external_tables where schemaname in (");
    cfn__put_texts(&sql, &layer->schema, 1);
    cfn_text_put(&sql, ")");
    json_t *rows = cfn_warehouse_query(transport, warehouse, sql.data, diags);
    json_int_t tables = json_integer_value(json_object_get(json_array_get(rows, 0), "tables"));
    cfn_text_printf(&check, "tables of the schema %s", layer->schema);
    if (rows)
        add_check(checks, tables > 0, check.data, "%lld", (long long)tables);
    cfn_text_done(&sql);
    cfn_text_done(&check);
    json_decref(rows);
    return rows ? 0 : -1;
}

/* The rights of a role on a schema, as "USAGE, CREATE". */
static void check_rights(const json_t *rows, const char *role, const char *schema,
                         const char *wanted, json_t *checks) {
    struct cfn_text found = {0}, check = {0};
    bool good = false;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *right = cfn_output_text(row, "privilege_type");
        if (strcmp(cfn_output_text(row, "identity_name"), role) != 0 ||
            strcmp(cfn_output_text(row, "namespace_name"), schema) != 0 ||
            (found.data && strstr(found.data, right)))
            continue;
        cfn_text_printf(&found, "%s%s", found.data ? ", " : "", right);
        good |= strcmp(right, wanted) == 0;
    }
    cfn_text_printf(&check, "rights of %s on %s", role, schema);
    add_check(checks, good, check.data, "%s", found.data ? found.data : "none");
    cfn_text_done(&found);
    cfn_text_done(&check);
}

static int check_roles(const struct cfn_transport *transport, const struct cfn_warehouse *warehouse,
                       const struct cfn_warehouse_setup *setup, json_t *checks,
                       struct cfn_diags *diags) {
    const char *const roles[] = {setup->writer, setup->reader};
    struct cfn_text sql = {0};
    cfn_text_put(&sql, "select namespace_name, identity_name, privilege_type from "
                       "svv_schema_privileges where identity_type = 'role' and identity_name in (");
    cfn__put_texts(&sql, roles, 2);
    cfn_text_put(&sql, ") order by 1, 2, 3");
    json_t *rows = cfn_warehouse_query(transport, warehouse, sql.data, diags);
    cfn_text_done(&sql);
    if (!rows)
        return -1;
    for (size_t i = 0; i < setup->layer_count; i++)
        check_rights(rows, setup->writer, setup->layers[i].schema, "USAGE", checks);
    for (size_t i = 0; i < setup->schemas.count; i++)
        check_rights(rows, setup->writer, setup->schemas.items[i], "CREATE", checks);
    check_rights(rows, setup->reader, setup->schemas.items[0], "USAGE", checks);
    json_decref(rows);
    return 0;
}

json_t *cfn_warehouse_verify(const struct cfn_transport *transport,
                             const struct cfn_warehouse *warehouse,
                             const struct cfn_warehouse_setup *setup, struct cfn_diags *diags) {
    json_t *checks = json_array();
    int code = check_roles(transport, warehouse, setup, checks, diags);
    for (size_t i = 0; i < setup->layer_count && code == 0; i++)
        code = check_layer(transport, warehouse, &setup->layers[i], checks, diags);
    if (code == 0)
        return checks;
    json_decref(checks);
    return NULL;
}

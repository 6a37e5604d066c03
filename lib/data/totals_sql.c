#include "data/totals_sql.h"

#include "data/postgres.h"

/* Identifiers of a description need no quotes. A char(n) loses its trailing blanks by the cast. */
static void put_canonical(struct cfn_text *sql, const struct cfn_column *column) {
    bool time = column->kind == CFN_COLUMN_TIMESTAMP;
    cfn_text_printf(sql, time ? "coalesce(left(%s::text, 19), '\\N')" : "coalesce(%s::text, '\\N')",
                    column->name);
}

static void put_checksum(struct cfn_text *sql, const struct cfn_source_table *table) {
    const char *between = "";
    cfn_text_put(sql, ", coalesce(sum(('x' || left(md5(");
    for (size_t i = 0; i < table->column_count; i++) {
        if (!cfn_column_is_checked(&table->columns[i]))
            continue;
        cfn_text_put(sql, between);
        put_canonical(sql, &table->columns[i]);
        between = " || '|' || ";
    }
    cfn_text_put(sql, *between ? "" : "''");
    cfn_text_put(sql, "), 8))::bit(32)::bigint), 0)::text");
}

void cfn__put_totals_query(struct cfn_text *sql, const char *schema,
                           const struct cfn_source_table *table, bool checksum) {
    cfn_text_put(sql, "SELECT count(*)::text");
    for (size_t i = 0; i < table->column_count; i++)
        if (table->columns[i].kind == CFN_COLUMN_NUMERIC)
            cfn_text_printf(sql, ", coalesce(sum(%s), 0::%s)::text", table->columns[i].name,
                            table->columns[i].type);
    if (checksum)
        put_checksum(sql, table);
    cfn_text_printf(sql, " FROM %s.%s", schema, table->name);
}

json_t *cfn__totals_of_row(const struct cfn_source_table *table, const json_t *row) {
    json_t *object = json_object();
    size_t at = 0;
    json_object_set(object, "rows", json_array_get(row, at++));
    for (size_t i = 0; i < table->column_count; i++) {
        struct cfn_text measure = {0};
        if (table->columns[i].kind != CFN_COLUMN_NUMERIC)
            continue;
        cfn_text_printf(&measure, "sum(%s)", table->columns[i].name);
        json_object_set(object, measure.data, json_array_get(row, at++));
        cfn_text_done(&measure);
    }
    if (at < json_array_size(row))
        json_object_set(object, "checksum", json_array_get(row, at));
    return object;
}

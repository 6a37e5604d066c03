/* Statements as psql takes them, and what they change of the totals. */
#include "data/day.h"

#include <string.h>

enum { PIECE = 1 << 16 };

static void put(struct cfn__day *day, const char *text) {
    if (day->out)
        cfn_text_put(day->out, text);
}

void cfn__day_begin(struct cfn__day *day) {
    put(day, "BEGIN;\n");
}

void cfn__day_commit(struct cfn__day *day) {
    put(day, "COMMIT;\n");
    if (!day->out || day->out->size < PIECE)
        return;
    cfn__files_write(day->files, day->out->data, day->out->size);
    day->out->size = 0;
}

/* Line breaks and backslashes by their escapes: a statement is then one line. */
static void put_text(struct cfn_text *out, const char *text, size_t size) {
    bool escaped = memchr(text, '\n', size) || memchr(text, '\r', size) || memchr(text, '\\', size);
    cfn_text_put(out, escaped ? "E'" : "'");
    for (size_t i = 0; i < size; i++) {
        const char *as = text[i] == '\'' ? "''" : text[i] == '\\' ? "\\\\" : NULL;
        as = text[i] == '\n' ? "\\n" : text[i] == '\r' ? "\\r" : as;
        if (as)
            cfn_text_put(out, as);
        else
            cfn_text_write(out, &text[i], 1);
    }
    cfn_text_put(out, "'");
}

static bool is_number(const struct cfn_column *column) {
    return column->kind == CFN_COLUMN_INTEGER || column->kind == CFN_COLUMN_NUMERIC ||
           column->kind == CFN_COLUMN_DOUBLE;
}

static void put_value(struct cfn_text *out, const struct cfn_column *column,
                      const struct cfn__value *value) {
    char room[CFN__VALUE_TEXT];
    size_t size;
    if (value->kind == CFN__NULL) {
        cfn_text_put(out, "NULL");
        return;
    }
    const char *text = cfn__value_text(value, room, &size);
    if (is_number(column))
        cfn_text_write(out, text, size);
    else
        put_text(out, text, size);
}

static bool is_key(const struct cfn_source_table *table, size_t column) {
    for (size_t i = 0; i < table->key_count; i++)
        if (table->key[i] == column)
            return true;
    return false;
}

/* " WHERE order_id = '...' AND order_item_id = 2;" */
static void put_where(struct cfn_text *out, const struct cfn_source_table *table,
                      const struct cfn__row *row) {
    const char *between = " WHERE ";
    for (size_t i = 0; i < table->column_count; i++) {
        if (!is_key(table, i))
            continue;
        cfn_text_printf(out, "%s%s = ", between, table->columns[i].name);
        put_value(out, &table->columns[i], &row->values[i]);
        between = " AND ";
    }
    cfn_text_put(out, ";\n");
}

void cfn__day_insert(struct cfn__day *day, int table, const struct cfn__row *row) {
    const struct cfn_source_table *about = day->tables[table];
    cfn__row_count(row, &day->totals[table], 1);
    if (!day->out)
        return;
    cfn_text_printf(day->out, "INSERT INTO %s.%s (", day->schema, about->name);
    for (size_t i = 0; i < about->column_count; i++)
        cfn_text_printf(day->out, "%s%s", i ? ", " : "", about->columns[i].name);
    cfn_text_put(day->out, ") VALUES (");
    for (size_t i = 0; i < about->column_count; i++) {
        cfn_text_put(day->out, i ? ", " : "");
        put_value(day->out, &about->columns[i], &row->values[i]);
    }
    cfn_text_put(day->out, ");\n");
}

void cfn__day_delete(struct cfn__day *day, int table, const struct cfn__row *row) {
    cfn__row_count(row, &day->totals[table], -1);
    if (!day->out)
        return;
    cfn_text_printf(day->out, "DELETE FROM %s.%s", day->schema, day->tables[table]->name);
    put_where(day->out, day->tables[table], row);
}

static bool same(const struct cfn__value *a, const struct cfn__value *b) {
    if (a->kind != b->kind)
        return false;
    if (a->kind == CFN__TEXT || a->kind == CFN__WORD)
        return a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
    return a->kind == CFN__NULL || a->number == b->number;
}

void cfn__day_update(struct cfn__day *day, int table, const struct cfn__row *before,
                     const struct cfn__row *after) {
    const struct cfn_source_table *about = day->tables[table];
    size_t changed = 0;
    cfn__row_count(before, &day->totals[table], -1);
    cfn__row_count(after, &day->totals[table], 1);
    for (size_t i = 0; i < about->column_count && day->out; i++) {
        if (same(&before->values[i], &after->values[i]))
            continue;
        if (changed++ == 0)
            cfn_text_printf(day->out, "UPDATE %s.%s SET ", day->schema, about->name);
        cfn_text_printf(day->out, "%s%s = ", changed > 1 ? ", " : "", about->columns[i].name);
        put_value(day->out, &about->columns[i], &after->values[i]);
    }
    if (changed)
        put_where(day->out, about, before);
}

#include "data/totals.h"

#include "data/md5.h"

#include <stdlib.h>
#include <string.h>

void cfn__totals_init(struct cfn__totals *totals, const struct cfn_source_table *table) {
    *totals = (struct cfn__totals){.table = table};
    totals->sums = cfn__alloc(2 * table->column_count * sizeof *totals->sums);
    totals->row = totals->sums + table->column_count;
}

void cfn__totals_done(struct cfn__totals *totals) {
    free(totals->sums);
    cfn_text_done(&totals->text);
    cfn_text_done(&totals->last);
    *totals = (struct cfn__totals){0};
}

void cfn__totals_text(struct cfn__totals *totals, const char *text, size_t size) {
    if (cfn_column_is_checked(&totals->table->columns[totals->column])) {
        if (totals->begun)
            cfn_text_write(&totals->text, "|", 1);
        cfn_text_write(&totals->text, text, size);
        totals->begun = true;
    }
    totals->column++;
}

void cfn__totals_null(struct cfn__totals *totals) {
    cfn__totals_text(totals, "\\N", 2);
}

void cfn__totals_number(struct cfn__totals *totals, const char *text, size_t size,
                        const struct cfn__decimal *number) {
    totals->row[totals->column] = *number;
    cfn__totals_text(totals, text, size);
}

static int64_t check_of(struct cfn__totals *totals) {
    struct cfn_text *text = &totals->text, *last = &totals->last;
    cfn_text_put(text, ""); /* it has bytes now */
    if (last->data && text->size == last->size && memcmp(text->data, last->data, last->size) == 0)
        return totals->last_check;
    totals->last_check = cfn__md5_head(text->data, text->size);
    struct cfn_text swap = *text;
    *text = *last;
    *last = swap;
    return totals->last_check;
}

void cfn__totals_end(struct cfn__totals *totals, int sign) {
    const size_t count = totals->table->column_count;
    int64_t check = check_of(totals);
    for (size_t i = 0; i < count; i++) {
        if (totals->table->columns[i].kind == CFN_COLUMN_NUMERIC && sign)
            cfn__decimal_plus(&totals->sums[i], &totals->row[i], sign);
        totals->row[i] = (struct cfn__decimal){{0}};
    }
    cfn__decimal_add(&totals->checksum, sign * check);
    totals->rows += sign;
    totals->column = 0;
    totals->text.size = 0;
    totals->begun = false;
}

void cfn__totals_add(struct cfn__totals *totals, const struct cfn__totals *other) {
    totals->rows += other->rows;
    cfn__decimal_plus(&totals->checksum, &other->checksum, 1);
    for (size_t i = 0; i < totals->table->column_count; i++)
        cfn__decimal_plus(&totals->sums[i], &other->sums[i], 1);
}

static void put(json_t *object, const char *measure, const struct cfn__decimal *number, int scale) {
    char text[CFN__DECIMAL_TEXT];
    cfn__decimal_write(number, scale, text);
    json_object_set_new(object, measure, json_string(text));
}

json_t *cfn__totals_json(const struct cfn__totals *totals) {
    json_t *object = json_object();
    struct cfn__decimal rows = {{totals->rows}};
    put(object, "rows", &rows, 0);
    for (size_t i = 0; i < totals->table->column_count; i++) {
        const struct cfn_column *column = &totals->table->columns[i];
        struct cfn_text measure = {0};
        cfn_text_printf(&measure, "sum(%s)", column->name);
        if (column->kind == CFN_COLUMN_NUMERIC)
            put(object, measure.data, &totals->sums[i], column->scale);
        cfn_text_done(&measure);
    }
    put(object, "checksum", &totals->checksum, 0);
    return object;
}

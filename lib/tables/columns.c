/* Columns and their types. */
#include "tables/read.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum cfn_column_kind kind;
    int numbers; /* in parentheses */
} types[] = {
    {"char", CFN_COLUMN_CHAR, 1},           {"varchar", CFN_COLUMN_VARCHAR, 1},
    {"text", CFN_COLUMN_TEXT, 0},           {"integer", CFN_COLUMN_INTEGER, 0},
    {"numeric", CFN_COLUMN_NUMERIC, 2},     {"double precision", CFN_COLUMN_DOUBLE, 0},
    {"timestamp", CFN_COLUMN_TIMESTAMP, 0},
};

/* "(10,2)" to its end. */
static bool read_numbers(const char *text, int count, int numbers[2]) {
    for (int i = 0; i < count; i++) {
        char *end;
        if (*text != (i == 0 ? '(' : ',') || text[1] < '0' || text[1] > '9')
            return false;
        long number = strtol(text + 1, &end, 10);
        if (number > 65535)
            return false;
        numbers[i] = (int)number;
        text = end;
    }
    return strcmp(text, count ? ")" : "") == 0;
}

static bool fits(const struct cfn_column *column) {
    if (column->kind == CFN_COLUMN_NUMERIC) /* 38 digits are what Redshift and Glue hold */
        return column->size >= 1 && column->size <= 38 && column->scale <= column->size;
    return column->kind > CFN_COLUMN_VARCHAR || column->size >= 1;
}

static bool read_type(struct cfn_column *column) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        int numbers[2] = {0};
        size_t size = strlen(types[i].name);
        if (strncmp(column->type, types[i].name, size) != 0 ||
            !read_numbers(column->type + size, types[i].numbers, numbers))
            continue;
        column->kind = types[i].kind;
        column->size = numbers[0];
        column->scale = numbers[1];
        return fits(column);
    }
    return false;
}

static bool is_text(const struct cfn_column *column) {
    return column->kind <= CFN_COLUMN_TEXT;
}

static void check_clean(struct cfn__tables_reader *reader, const char *path,
                        const struct cfn_column *column) {
    static const char *const known[] = {"zip5", "city"};
    if (!column->clean)
        return;
    if (!column->reason)
        cfn__tables_refuse(reader, path, "must say the reason for which it is cleaned");
    if (!is_text(column))
        cfn__tables_refuse(reader, path, "must be a text to be cleaned, not '%s'", column->type);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i], column->clean) == 0)
            return;
    cfn__tables_refuse(reader, path, "clean must be zip5 or city, not '%s'", column->clean);
}

static void read_column(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                        struct cfn_column *column) {
    static const char *const names[] = {"name",  "type",   "required", "about",
                                        "clean", "reason", NULL};
    cfn__tables_only(reader, object, path, names);
    column->name = cfn__tables_text(reader, object, path, "name", true);
    column->type = cfn__tables_text(reader, object, path, "type", true);
    column->about = cfn__tables_text(reader, object, path, "about", false);
    column->clean = cfn__tables_text(reader, object, path, "clean", false);
    column->reason = cfn__tables_text(reader, object, path, "reason", false);
    column->required = json_is_true(json_object_get(object, "required"));
    if (!column->about)
        column->about = "";
    if (column->name && !cfn__tables_is_name(column->name))
        cfn__tables_refuse(reader, path, "name must be of a-z, 0-9 and _, not '%s'", column->name);
    if (column->type && !read_type(column))
        cfn__tables_refuse(reader, path,
                           "type must be char(n), varchar(n), text, integer, numeric(p,s), double "
                           "precision or timestamp, not '%s'",
                           column->type);
    else if (column->type)
        check_clean(reader, path, column);
}

void cfn__tables_columns(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                         struct cfn_source_table *table) {
    const json_t *list = cfn__tables_list(reader, object, path, "columns", true);
    size_t count = json_array_size(list);
    struct cfn_column *columns = cfn_arena_take(reader->arena, (count + 1) * sizeof *columns);
    table->columns = columns;
    table->column_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *at = cfn_arena_text(reader->arena, "%s.columns.%zu", path, i);
        read_column(reader, json_array_get(list, i), at, &columns[i]);
        for (size_t j = 0; j < i; j++)
            if (columns[i].name && cfn_same(columns[i].name, columns[j].name))
                cfn__tables_refuse(reader, at, "must have a name of its own, not '%s'",
                                   columns[i].name);
    }
    if (list && count == 0)
        cfn__tables_refuse(reader, path, "must have columns");
}

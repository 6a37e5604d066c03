/* Tables, their keys, references, rules and partitions. */
#include "tables/read.h"

#include <string.h>

bool cfn__tables_refuse(struct cfn__tables_reader *reader, const char *path, const char *format,
                        ...) {
    struct cfn_text text = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&text, format, arguments);
    va_end(arguments);
    cfn_fail(reader->diags, "tables.description", (struct cfn_place){.file = reader->file}, path,
             "%s", text.data);
    cfn_text_done(&text);
    reader->failed = true;
    return false;
}

const char *cfn__tables_text(struct cfn__tables_reader *reader, const json_t *object,
                             const char *path, const char *name, bool needed) {
    const json_t *value = json_object_get(object, name);
    if (!value && !needed)
        return NULL;
    if (!json_is_string(value) || json_string_length(value) == 0 ||
        strlen(json_string_value(value)) != json_string_length(value)) {
        cfn__tables_refuse(reader, path, "must have a text as %s", name);
        return NULL;
    }
    return cfn_arena_copy(reader->arena, json_string_value(value), json_string_length(value));
}

const json_t *cfn__tables_list(struct cfn__tables_reader *reader, const json_t *object,
                               const char *path, const char *name, bool needed) {
    const json_t *value = json_object_get(object, name);
    if (json_is_array(value) || (!value && !needed))
        return value;
    cfn__tables_refuse(reader, path, "must have a list as %s", name);
    return NULL;
}

void cfn__tables_only(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                      const char *const *names) {
    const char *key;
    json_t *value;
    if (!json_is_object(object)) {
        cfn__tables_refuse(reader, path, "must be an object");
        return;
    }
    /* jansson's iteration takes no const; nothing is changed */
    union {
        const json_t *in;
        json_t *out;
    } same = {object};
    json_object_foreach(same.out, key, value) {
        size_t i = 0;
        while (names[i] && strcmp(names[i], key) != 0)
            i++;
        if (!names[i])
            cfn__tables_refuse(reader, path, "has no member '%s'", key);
    }
}

bool cfn__tables_is_name(const char *name) {
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return name[size] == '\0' && size >= 1 && size <= 63 && (name[0] < '0' || name[0] > '9');
}

/* A column by its name, told where there is none. */
static bool find_column(struct cfn__tables_reader *reader, const struct cfn_source_table *table,
                        const char *path, const json_t *name, size_t *index) {
    const char *text = json_string_value(name);
    for (size_t i = 0; text && i < table->column_count; i++)
        if (cfn_same(table->columns[i].name, text)) {
            *index = i;
            return true;
        }
    return cfn__tables_refuse(reader, path, "must name columns of its table, not '%s'",
                              text ? text : "");
}

static size_t read_indexes(struct cfn__tables_reader *reader, const json_t *object,
                           const char *path, const char *name, const struct cfn_source_table *table,
                           const size_t **indexes) {
    const json_t *list = cfn__tables_list(reader, object, path, name, true);
    size_t count = json_array_size(list);
    size_t *all = cfn_arena_take(reader->arena, (count + 1) * sizeof *all);
    for (size_t i = 0; i < count; i++)
        find_column(reader, table, path, json_array_get(list, i), &all[i]);
    *indexes = all;
    return count;
}

static void read_key(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                     struct cfn_source_table *table) {
    table->key_count = read_indexes(reader, object, path, "key", table, &table->key);
    for (size_t i = 0; i < table->key_count && !reader->failed; i++)
        if (!table->columns[table->key[i]].required)
            cfn__tables_refuse(reader, path, "key must be of required columns, not '%s'",
                               table->columns[table->key[i]].name);
}

static void read_rules(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                       struct cfn_source_table *table) {
    static const char *const names[] = {"name", "check", "reason", NULL};
    const json_t *list = cfn__tables_list(reader, object, path, "rules", false);
    struct cfn_table_rule *rules =
        cfn_arena_take(reader->arena, (json_array_size(list) + 1) * sizeof *rules);
    table->rules = rules;
    table->rule_count = json_array_size(list);
    for (size_t i = 0; i < table->rule_count; i++) {
        const char *at = cfn_arena_text(reader->arena, "%s.rules.%zu", path, i);
        const json_t *rule = json_array_get(list, i);
        cfn__tables_only(reader, rule, at, names);
        rules[i].name = cfn__tables_text(reader, rule, at, "name", true);
        rules[i].check = cfn__tables_text(reader, rule, at, "check", true);
        rules[i].reason = cfn__tables_text(reader, rule, at, "reason", true);
    }
}

static void read_partition(struct cfn__tables_reader *reader, const json_t *object,
                           const char *path, struct cfn_source_table *table) {
    static const char *const names[] = {"column", "by", NULL};
    const json_t *partition = json_object_get(object, "partition");
    size_t index = 0;
    if (!partition)
        return;
    cfn__tables_only(reader, partition, path, names);
    table->partition_by = cfn__tables_text(reader, partition, path, "by", true);
    if (table->partition_by && strcmp(table->partition_by, "year") != 0 &&
        strcmp(table->partition_by, "month") != 0)
        cfn__tables_refuse(reader, path, "partition must be by year or month, not '%s'",
                           table->partition_by);
    if (!find_column(reader, table, path, json_object_get(partition, "column"), &index))
        return;
    table->partition = &table->columns[index];
    if (table->partition->kind != CFN_COLUMN_TIMESTAMP || !table->partition->required)
        cfn__tables_refuse(reader, path, "partition must be by a required timestamp, not '%s'",
                           table->partition->name);
}

static void read_table(struct cfn__tables_reader *reader, const json_t *object, const char *path,
                       struct cfn_source_table *table) {
    static const char *const names[] = {"name",      "about", "file",    "key", "references",
                                        "partition", "rules", "columns", NULL};
    cfn__tables_only(reader, object, path, names);
    table->name = cfn__tables_text(reader, object, path, "name", true);
    table->about = cfn__tables_text(reader, object, path, "about", true);
    table->file = cfn__tables_text(reader, object, path, "file", true);
    if (table->name && !cfn__tables_is_name(table->name))
        cfn__tables_refuse(reader, path, "name must be of a-z, 0-9 and _, not '%s'", table->name);
    if (table->file && (strchr(table->file, '/') || table->file[0] == '.'))
        cfn__tables_refuse(reader, path, "file must be a plain name, not '%s'", table->file);
    cfn__tables_columns(reader, object, path, table);
    read_key(reader, object, path, table);
    read_rules(reader, object, path, table);
    read_partition(reader, object, path, table);
}

static void read_reference(struct cfn__tables_reader *reader, const json_t *object,
                           const char *path, const struct cfn_tables *tables, size_t from,
                           struct cfn_reference *reference) {
    static const char *const names[] = {"columns", "table", NULL};
    cfn__tables_only(reader, object, path, names);
    const char *name = cfn__tables_text(reader, object, path, "table", true);
    const struct cfn_source_table *other = name ? cfn_tables_find(tables, name) : NULL;
    reference->column_count =
        read_indexes(reader, object, path, "columns", &tables->tables[from], &reference->columns);
    if (name && !other)
        cfn__tables_refuse(reader, path, "must name a table of the description, not '%s'", name);
    if (!other)
        return;
    reference->table = (size_t)(other - tables->tables);
    if (reference->column_count != other->key_count || other->key_count == 0)
        cfn__tables_refuse(reader, path, "must have as many columns as the key of '%s'", name);
}

/* When all tables are known. */
static void read_references(struct cfn__tables_reader *reader, const json_t *object,
                            const char *path, const struct cfn_tables *tables, size_t from,
                            struct cfn_source_table *table) {
    const json_t *list = cfn__tables_list(reader, object, path, "references", false);
    struct cfn_reference *all =
        cfn_arena_take(reader->arena, (json_array_size(list) + 1) * sizeof *all);
    table->references = all;
    table->reference_count = json_array_size(list);
    for (size_t i = 0; i < table->reference_count; i++)
        read_reference(reader, json_array_get(list, i),
                       cfn_arena_text(reader->arena, "%s.references.%zu", path, i), tables, from,
                       &all[i]);
}

static void check_names(struct cfn__tables_reader *reader, const struct cfn_tables *tables) {
    for (size_t i = 0; i < tables->count; i++)
        for (size_t j = 0; j < i; j++)
            if (tables->tables[i].name && cfn_same(tables->tables[i].name, tables->tables[j].name))
                cfn__tables_refuse(reader, "tables", "must have names of their own, not '%s'",
                                   tables->tables[i].name);
}

void cfn__tables_read(struct cfn__tables_reader *reader, const json_t *root,
                      struct cfn_tables *tables) {
    static const char *const names[] = {"schema", "tables", NULL};
    cfn__tables_only(reader, root, NULL, names);
    tables->schema = cfn__tables_text(reader, root, NULL, "schema", true);
    if (tables->schema && !cfn__tables_is_name(tables->schema))
        cfn__tables_refuse(reader, "schema", "must be of a-z, 0-9 and _, not '%s'", tables->schema);
    const json_t *list = cfn__tables_list(reader, root, NULL, "tables", true);
    size_t count = json_array_size(list);
    struct cfn_source_table *all = cfn_arena_take(reader->arena, (count + 1) * sizeof *all);
    tables->tables = all;
    tables->count = count;
    for (size_t i = 0; i < count; i++)
        read_table(reader, json_array_get(list, i), cfn_arena_text(reader->arena, "tables.%zu", i),
                   &all[i]);
    for (size_t i = 0; i < count; i++)
        read_references(reader, json_array_get(list, i),
                        cfn_arena_text(reader->arena, "tables.%zu", i), tables, i, &all[i]);
    check_names(reader, tables);
    if (list && count == 0)
        cfn__tables_refuse(reader, "tables", "must not be empty");
}

/* From JSON to structs. Everything is the arena's, whose first block begins with the whole. */
#include <cfngen/tables.h>

#include "base/base.h"
#include "tables/read.h"
#include "tables/shop.h"

#include <stdlib.h>
#include <string.h>

struct whole {
    struct cfn_tables tables; /* first: it is what the caller holds */
    struct cfn_arena arena;
};

struct cfn_tables *cfn_tables_read(const char *text, size_t size, const char *file,
                                   struct cfn_diags *diags) {
    struct whole *whole = cfn__alloc(sizeof *whole);
    struct cfn__tables_reader reader = {.arena = &whole->arena, .diags = diags, .file = file};
    json_error_t error;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        cfn_fail(diags, "tables.json",
                 (struct cfn_place){.file = file, .line = error.line, .column = error.column}, NULL,
                 "%s", error.text);
        reader.failed = true;
    } else {
        cfn__tables_read(&reader, root, &whole->tables);
    }
    json_decref(root);
    if (!reader.failed)
        return &whole->tables;
    cfn_tables_free(&whole->tables);
    return NULL;
}

struct cfn_tables *cfn_tables_shop(void) {
    struct cfn_diags *diags = cfn_diags_new();
    struct cfn_tables *tables =
        cfn_tables_read(cfn__shop_tables, cfn__shop_tables_size, "pipeline/tables.json", diags);
    cfn_diags_free(diags);
    if (!tables)
        abort(); /* the library's own description is read by a test */
    return tables;
}

void cfn_tables_free(struct cfn_tables *tables) {
    if (!tables)
        return;
    struct whole *whole = (struct whole *)(void *)tables;
    cfn_arena_done(&whole->arena);
    free(whole);
}

const struct cfn_source_table *cfn_tables_find(const struct cfn_tables *tables, const char *name) {
    for (size_t i = 0; i < tables->count; i++)
        if (cfn_same(tables->tables[i].name, name))
            return &tables->tables[i];
    return NULL;
}

bool cfn_column_is_checked(const struct cfn_column *column) {
    return !column->clean && column->kind != CFN_COLUMN_DOUBLE;
}

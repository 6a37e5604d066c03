#include "glue_tables.h"

#include "parts.h"

#include <cfngen/aws/glue.h>
#include <cfngen/tables.h>

#include <string.h>

/* Types as the catalog spells them: all texts are strings there. */
static cfn_value catalog_type(const struct cfn_column *column) {
    switch (column->kind) {
    case CFN_COLUMN_INTEGER:
        return cfn_str("int");
    case CFN_COLUMN_NUMERIC:
        return cfn_fmt("decimal(%d,%d)", column->size, column->scale);
    case CFN_COLUMN_DOUBLE:
        return cfn_str("double");
    case CFN_COLUMN_TIMESTAMP:
        return cfn_str("timestamp");
    default:
        return cfn_str("string");
    }
}

static cfn_value column(const char *name, cfn_value type, const char *comment) {
    return AWS_Glue_Table_Column(.Name = cfn_str(name), .Type = type,
                                 .Comment = *comment ? cfn_str(comment) : NULL);
}

static cfn_value columns_of(const struct cfn_source_table *table) {
    cfn_value list = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < table->column_count; i++)
        list = cfn_append(list, column(table->columns[i].name, catalog_type(&table->columns[i]),
                                       table->columns[i].about));
    return cfn_append(list, column("_changed_at", cfn_str("timestamp"),
                                   "when this version was committed at the source"));
}

/* What the job says of its own work. */
static const struct own_table {
    const char *name, *folder, *about, *columns; /* "name type, ..." */
} own_tables[] = {
    {"quarantine", "_quarantine", "Rows that break a rule, and which one",
     "table_name string, rule string, key string, row string, _changed_at timestamp"},
    {"control_totals", "control_totals",
     "Rows, sums and checksums of bronze and silver, to compare with the source",
     "layer string, table_name string, measure string, value string, quarantined string"},
    {"runs", "runs", "What each run has done to each table",
     "run_id string, table_name string, mode string, status string, error string, started_at "
     "timestamp, ended_at timestamp, files_read bigint, rows_read bigint, inserted bigint, updated "
     "bigint, deleted bigint, quarantined bigint, rows_now bigint, bytes_written bigint"},
};

static cfn_value own_columns(const struct cfn_scope *scope, const struct own_table *table) {
    cfn_value list = cfn_list_of(NULL, 0);
    for (const char *at = table->columns; *at;) {
        int name = (int)strcspn(at, " "), type = (int)strcspn(at + name + 1, ",");
        list = cfn_append(list, column(cfn_text_of(scope, "%.*s", name, at),
                                       cfn_fmt("%.*s", type, at + name + 1), ""));
        at += name + 1 + type;
        at += strspn(at, ", ");
    }
    return list;
}

/* A snapshot is a list of Parquet files in one object, which a writer replaces as a whole: a reader
 * sees the old files or the new ones. */
static cfn_value snapshot(cfn_value columns, cfn_value location) {
    return AWS_Glue_Table_StorageDescriptor(
            .Columns = columns, .Location = location,
            .InputFormat = cfn_str("org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"),
            .OutputFormat = cfn_str("org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"),
            .SerdeInfo = AWS_Glue_Table_SerdeInfo(
                    .SerializationLibrary =
                        cfn_str("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
                    .Parameters = cfn_map({"serialization.format", cfn_str("1")})));
}

struct where {
    const char *database; /* logical id */
    const char *bucket;   /* export of data_lake */
    const char *folder;
};

static void add_table(const struct cfn_scope *scope, const struct where *where, const char *name,
                      const char *folder, const char *about, cfn_value columns) {
    const char *uri =
        cfn_text_of(scope, "s3://${Bucket}/%s/%s/_symlink_format_manifest/", where->folder, folder);
    cfn_value location =
        cfn_sub_with(uri, cfn_map({"Bucket", cfn_import_from(scope, "data_lake", where->bucket)}));
    cfn_add(scope->t, cfn_text_of(scope, "%sTable", part_camel(scope, name)),
            AWS_Glue_Table(.CatalogId = cfn_ref("AWS::AccountId"),
                           .DatabaseName = cfn_ref(where->database),
                           .TableInput = AWS_Glue_Table_TableInput(
                                   .Name = cfn_str(name), .Description = cfn_str(about),
                                   .TableType = cfn_str("EXTERNAL_TABLE"),
                                   .Parameters = cfn_map({"EXTERNAL", cfn_str("TRUE")},
                                                         {"classification", cfn_str("parquet")}),
                                   .StorageDescriptor = snapshot(columns, location))),
            .DeletionPolicy = "Delete");
}

void glue_tables_build(const struct cfn_scope *scope, const char *database, const char *bucket,
                       const char *folder) {
    const struct where where = {database, bucket, folder};
    struct cfn_tables *shop = cfn_tables_shop();
    for (size_t i = 0; i < shop->count; i++)
        add_table(scope, &where, shop->tables[i].name, shop->tables[i].name, shop->tables[i].about,
                  columns_of(&shop->tables[i]));
    for (size_t i = 0; i < sizeof own_tables / sizeof *own_tables; i++)
        add_table(scope, &where, own_tables[i].name, own_tables[i].folder, own_tables[i].about,
                  own_columns(scope, &own_tables[i]));
    cfn_tables_free(shop);
}

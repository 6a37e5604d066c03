#include "glue_tables.h"

#include "parts.h"

#include <cfngen/aws/glue.h>

struct column {
    const char *name, *type, *comment; /* the comment may be NULL */
};

struct table {
    const char *name, *about;
    const struct column *columns; /* ended by one without a name */
};

/* Names are those of the published files, their two misspelt ones (lenght) too; nothing is a float
 * that is money. */
static const struct table tables[] = {
    {"customers", "A customer of one order",
     (const struct column[]){
         {"customer_id", "string", "key; another one for each order"},
         {"customer_unique_id", "string", "the person, who may have ordered more than once"},
         {"customer_zip_code_prefix", "string", "first five digits, with leading zeros"},
         {"customer_city", "string", NULL},
         {"customer_state", "string", NULL},
         {NULL, NULL, NULL}}},
    {"geolocation", "Coordinates of zip codes; no key, many points per zip code",
     (const struct column[]){
         {"geolocation_zip_code_prefix", "string", "first five digits, with leading zeros"},
         {"geolocation_lat", "double", NULL},
         {"geolocation_lng", "double", NULL},
         {"geolocation_city", "string", NULL},
         {"geolocation_state", "string", NULL},
         {NULL, NULL, NULL}}},
    {"order_items", "One row per item of an order; key order_id, order_item_id",
     (const struct column[]){
         {"order_id", "string", NULL},
         {"order_item_id", "int", "number of the item within its order, not a quantity"},
         {"product_id", "string", NULL},
         {"seller_id", "string", NULL},
         {"shipping_limit_date", "timestamp", NULL},
         {"price", "decimal(10,2)", "of this item, in BRL"},
         {"freight_value", "decimal(10,2)", "of this item, in BRL"},
         {NULL, NULL, NULL}}},
    {"order_payments", "One row per payment of an order; key order_id, payment_sequential",
     (const struct column[]){
         {"order_id", "string", NULL},
         {"payment_sequential", "int", "number of the payment within its order"},
         {"payment_type", "string", NULL},
         {"payment_installments", "int", NULL},
         {"payment_value", "decimal(10,2)", "in BRL"},
         {NULL, NULL, NULL}}},
    {"order_reviews",
     "Reviews; key review_id, order_id, as one review may stand for several orders",
     (const struct column[]){{"review_id", "string", NULL},
                             {"order_id", "string", NULL},
                             {"review_score", "int", "1 to 5"},
                             {"review_comment_title", "string", NULL},
                             {"review_comment_message", "string", NULL},
                             {"review_creation_date", "timestamp", NULL},
                             {"review_answer_timestamp", "timestamp", NULL},
                             {NULL, NULL, NULL}}},
    {"orders", "One row per order; key order_id",
     (const struct column[]){{"order_id", "string", NULL},
                             {"customer_id", "string", NULL},
                             {"order_status", "string", NULL},
                             {"order_purchase_timestamp", "timestamp", NULL},
                             {"order_approved_at", "timestamp", "may be null"},
                             {"order_delivered_carrier_date", "timestamp", "may be null"},
                             {"order_delivered_customer_date", "timestamp", "may be null"},
                             {"order_estimated_delivery_date", "timestamp", NULL},
                             {NULL, NULL, NULL}}},
    {"products", "One row per product; key product_id",
     (const struct column[]){
         {"product_id", "string", NULL},
         {"product_category_name", "string", "may be null, or lack a translation"},
         {"product_name_lenght", "int", NULL},
         {"product_description_lenght", "int", NULL},
         {"product_photos_qty", "int", NULL},
         {"product_weight_g", "int", NULL},
         {"product_length_cm", "int", NULL},
         {"product_height_cm", "int", NULL},
         {"product_width_cm", "int", NULL},
         {NULL, NULL, NULL}}},
    {"sellers", "One row per seller; key seller_id",
     (const struct column[]){
         {"seller_id", "string", NULL},
         {"seller_zip_code_prefix", "string", "first five digits, with leading zeros"},
         {"seller_city", "string", NULL},
         {"seller_state", "string", NULL},
         {NULL, NULL, NULL}}},
    {"product_category_name_translation", "English names of the product categories",
     (const struct column[]){{"product_category_name", "string", "key"},
                             {"product_category_name_english", "string", NULL},
                             {NULL, NULL, NULL}}},
};

static cfn_value columns_of(const struct table *table) {
    cfn_value list = cfn_list_of(NULL, 0);
    for (const struct column *c = table->columns; c->name; c++)
        list = cfn_append(list,
                          AWS_Glue_Table_Column(.Name = cfn_str(c->name), .Type = cfn_str(c->type),
                                                .Comment = cfn_str(c->comment)));
    return list;
}

static cfn_value parquet(const struct table *table, cfn_value location) {
    return AWS_Glue_Table_StorageDescriptor(
            .Columns = columns_of(table), .Location = location,
            .InputFormat = cfn_str("org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"),
            .OutputFormat =
                cfn_str("org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"),
            .SerdeInfo = AWS_Glue_Table_SerdeInfo(
                    .SerializationLibrary =
                        cfn_str("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"),
                    .Parameters = cfn_map({"serialization.format", cfn_str("1")})));
}

static void add_table(const struct cfn_scope *scope, const struct table *table,
                      const char *database, cfn_value location) {
    cfn_add(
        scope->t, cfn_text_of(scope, "%sTable", part_camel(scope, table->name)),
        AWS_Glue_Table(.CatalogId = cfn_ref("AWS::AccountId"), .DatabaseName = cfn_ref(database),
                       .TableInput = AWS_Glue_Table_TableInput(
                               .Name = cfn_str(table->name), .Description = cfn_str(table->about),
                               .TableType = cfn_str("EXTERNAL_TABLE"),
                               .Parameters = cfn_map({"EXTERNAL", cfn_str("TRUE")},
                                                     {"classification", cfn_str("parquet")}),
                               .StorageDescriptor = parquet(table, location))),
        .DeletionPolicy = "Delete");
}

void glue_tables_build(const struct cfn_scope *scope, const char *database, const char *bucket,
                       const char *folder) {
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        add_table(scope, &tables[i], database,
                  cfn_sub_with(cfn_text_of(scope, "s3://${Bucket}/%s/%s/", folder, tables[i].name),
                               cfn_map({"Bucket", cfn_import_from(scope, "data_lake", bucket)})));
}

/*
 * glue: the catalog of the lake. Creates a database per layer, the tables that are known
 * beforehand, crawlers for layers whose tables are not, their role, and a security configuration.
 * Needs the key of common and the buckets of data_lake. Exports <Layer>DatabaseName of each layer,
 * SecurityConfigurationName, and where there are crawlers <Layer>CrawlerName and CrawlerRoleArn.
 */
#include "glue_tables.h"
#include "parts.h"

#include <cfngen/aws/glue.h>

#include <base/base.h>
#include <string.h>

struct glue {
    struct cfn_stack_settings stack;
    bool declare_tables;
    const char *tables_layer;
    const char *tables_folder;
    struct cfn_texts crawlers;
    const char *crawl_schedule;
    const char *recrawl;
    long landing_table_level;
    bool encrypt_catalog;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct glue),
    CFN_BOOL(struct glue, declare_tables, .fallback = "true",
             .help = "whether the tables of the Olist shop are declared, as Spark writes them"),
    CFN_TEXT(struct glue, tables_layer, .fallback = "silver",
             .help = "layer of the lake in which the declared tables lie"),
    CFN_TEXT(struct glue, tables_folder, .fallback = "ecommerce", .format = &cfn_format_identifier,
             .help = "folder of that layer's bucket which has one folder per declared table"),
    CFN_TEXTS(struct glue, crawlers, .fallback = "[bronze]", .max = 8,
              .help =
                  "layers whose tables a crawler finds out; each run costs at least ten minutes "
                  "of two processing units"),
    CFN_TEXT(struct glue, crawl_schedule, .format = &cfn_format_schedule,
             .help = "when the crawlers run, such as cron(0 3 * * ? *); absent: on demand"),
    CFN_CHOICE(struct glue, recrawl, .fallback = "everything", .choices = "everything|new_folders",
               .help = "what a crawler reads again: new_folders is cheaper, but then it changes no "
                       "table that it has made"),
    CFN_INT(struct glue, landing_table_level, .fallback = "4", .min = 2, .max = 10,
            .help = "at which level tables lie in the first layer, its bucket being 1: 4 for "
                    "bucket/folder/schema/table"),
    CFN_BOOL(struct glue, encrypt_catalog, .fallback = "false",
             .help = "whether the Glue catalog is encrypted with this platform's key: one setting "
                     "for all catalogs of the account in the region, so at most one platform says "
                     "true"),
    CFN_ROWS_END,
};

static bool is_listed(const struct cfn_texts *list, const char *text) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

static const char *joined(const struct cfn_scope *scope, const struct cfn_texts *list) {
    const char *text = list->count ? list->items[0] : "";
    for (size_t i = 1; i < list->count; i++)
        text = cfn_text_of(scope, "%s, %s", text, list->items[i]);
    return text;
}

static void check_layer(const struct cfn_scope *scope, const char *setting, const char *layer) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    if (!is_listed(&layers, layer))
        cfn_refuse(scope, setting, "must be of data_lake.layers (%s), not '%s'",
                   joined(scope, &layers), layer);
}

static void check_crawlers(const struct cfn_scope *scope, const struct glue *g) {
    for (size_t i = 0; i < g->crawlers.count; i++) {
        const struct cfn_texts before = {g->crawlers.items, i};
        const char *layer = g->crawlers.items[i];
        check_layer(scope, "crawlers", layer);
        if (is_listed(&before, layer))
            cfn_refuse(scope, "crawlers", "must name a layer once: '%s'", layer);
        if (g->declare_tables && strcmp(layer, g->tables_layer) == 0)
            cfn_refuse(scope, "crawlers",
                       "must not have the layer of the declared tables, which a crawler would "
                       "change: '%s'",
                       layer);
    }
}

static void check(const struct cfn_scope *scope) {
    const struct glue *g = scope->settings;
    if (g->declare_tables)
        check_layer(scope, "tables_layer", g->tables_layer);
    check_crawlers(scope, g);
    if (g->crawl_schedule && !cfn_starts_with(g->crawl_schedule, "cron("))
        cfn_refuse(scope, "crawl_schedule",
                   "must be a cron expression, such as cron(0 3 * * ? *), not '%s'",
                   g->crawl_schedule);
}

static const char *database_id(const struct cfn_scope *scope, const char *layer) {
    return cfn_text_of(scope, "%sDatabase", part_camel(scope, layer));
}

static const char *bucket_of(const struct cfn_scope *scope, const char *layer) {
    return cfn_text_of(scope, "%sBucketName", part_camel(scope, layer));
}

static cfn_value bucket_uri(const struct cfn_scope *scope, const char *layer) {
    return cfn_sub_with(
        "s3://${Bucket}/",
        cfn_map({"Bucket", cfn_import_from(scope, "data_lake", bucket_of(scope, layer))}));
}

static void add_database(const struct cfn_scope *scope, const char *layer) {
    const char *id = database_id(scope, layer);
    cfn_add(
        scope->t, id,
        AWS_Glue_Database(.CatalogId = cfn_ref("AWS::AccountId"),
                          .DatabaseInput = AWS_Glue_Database_DatabaseInput(
                                  .Name = cfn_str(part_database_name(scope, layer)),
                                  .Description = cfn_fmt("layer %s of %s", layer, scope->prefix),
                                  .LocationUri = bucket_uri(scope, layer))),
        .DeletionPolicy = "Delete");
    cfn_export(scope, cfn_text_of(scope, "%sDatabaseName", part_camel(scope, layer)), cfn_ref(id),
               cfn_text_of(scope, "Database of the layer %s", layer));
}

static void add_security(const struct cfn_scope *scope) {
    cfn_add(
        scope->t, "Security",
        AWS_Glue_SecurityConfiguration(
                .Name = cfn_str(cfn_scoped(scope, "glue", 255)),
                .EncryptionConfiguration = AWS_Glue_SecurityConfiguration_EncryptionConfiguration(
                        .CloudWatchEncryption = AWS_Glue_SecurityConfiguration_CloudWatchEncryption(
                                .CloudWatchEncryptionMode = cfn_str("SSE-KMS"),
                                .KmsKeyArn = part_key(scope)),
                        .JobBookmarksEncryption =
                            AWS_Glue_SecurityConfiguration_JobBookmarksEncryption(
                                    .JobBookmarksEncryptionMode = cfn_str("CSE-KMS"),
                                    .KmsKeyArn = part_key(scope)),
                        .S3Encryptions = cfn_list(AWS_Glue_SecurityConfiguration_S3Encryption(
                                .S3EncryptionMode = cfn_str("SSE-KMS"),
                                .KmsKeyArn = part_key(scope))))));
    cfn_export(scope, "SecurityConfigurationName", cfn_ref("Security"),
               "Security configuration for crawlers and jobs");
}

static void encrypt_catalog(const struct cfn_scope *scope) {
    cfn_add(
        scope->t, "CatalogEncryption",
        AWS_Glue_DataCatalogEncryptionSettings(
                .CatalogId = cfn_ref("AWS::AccountId"),
                .DataCatalogEncryptionSettings =
                    AWS_Glue_DataCatalogEncryptionSettings_DataCatalogEncryptionSettings(
                            .ConnectionPasswordEncryption =
                                AWS_Glue_DataCatalogEncryptionSettings_ConnectionPasswordEncryption(
                                        .ReturnConnectionPasswordEncrypted = cfn_bool(true),
                                        .KmsKeyId = part_key(scope)),
                            .EncryptionAtRest =
                                AWS_Glue_DataCatalogEncryptionSettings_EncryptionAtRest(
                                        .CatalogEncryptionMode = cfn_str("SSE-KMS"),
                                        .SseAwsKmsKeyId = part_key(scope)))));
}

/* For each crawled layer: its database and tables in the catalog, and reading its bucket. */
static cfn_value layer_rights(const struct cfn_scope *scope, const char *layer) {
    const char *bucket = cfn_text_of(scope, "%sBucketArn", part_camel(scope, layer));
    const char *arn = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}";
    const char *database = database_id(scope, layer);
    cfn_value catalog =
        cfn_statement(.Action =
                          cfn_strs("glue:BatchCreatePartition", "glue:BatchGetPartition",
                                   "glue:BatchUpdatePartition", "glue:CreatePartition",
                                   "glue:CreateTable", "glue:GetDatabase", "glue:GetPartition",
                                   "glue:GetPartitions", "glue:GetTable", "glue:GetTables",
                                   "glue:UpdatePartition", "glue:UpdateTable"),
                      .Resource =
                          cfn_list(cfn_sub(cfn_text_of(scope, "%s:catalog", arn)),
                                   cfn_sub(cfn_text_of(scope, "%s:database/${%s}", arn, database)),
                                   cfn_sub(cfn_text_of(scope, "%s:table/${%s}/*", arn, database))));
    cfn_value objects = cfn_sub_with(
        "${Bucket}/*", cfn_map({"Bucket", cfn_import_from(scope, "data_lake", bucket)}));
    cfn_value rights = part_may_read(cfn_import_from(scope, "data_lake", bucket), objects);
    return cfn_append(rights, catalog);
}

/* Glue names the log groups of crawlers itself, and asks for the key of those it makes. */
static cfn_value log_rights(void) {
    return cfn_statement(.Sid = "WriteLogs",
                         .Action = cfn_strs("logs:AssociateKmsKey", "logs:CreateLogGroup",
                                            "logs:CreateLogStream", "logs:PutLogEvents"),
                         .Resource =
                             cfn_sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
                                     "log-group:/aws-glue/crawlers*"));
}

/* A security configuration has no ARN that a statement could name. */
static cfn_value security_rights(void) {
    return cfn_statement(.Sid = "ReadSecurityConfiguration",
                         .Action = cfn_str("glue:GetSecurityConfiguration"),
                         .Resource = cfn_str("*"));
}

static void add_role(const struct cfn_scope *scope, const struct glue *g) {
    cfn_value statements = cfn_list(log_rights(), security_rights(), part_may_use_key(scope));
    for (size_t i = 0; i < g->crawlers.count; i++) {
        cfn_value rights = layer_rights(scope, g->crawlers.items[i]);
        json_array_extend(statements, rights);
        json_decref(rights);
    }
    part_role(scope, .id = "CrawlerRole", .description = "reads the lake and writes its catalog",
              .trust = cfn_trust("glue.amazonaws.com", true), .statements = statements);
    cfn_export(scope, "CrawlerRoleArn", cfn_att("CrawlerRole", "Arn"), "Role of the crawlers");
}

/* One table per folder of that level, whatever its files look like: else a crawler splits a table
 * in several. Jobs write the later layers as bucket/folder/table. */
static cfn_value grouping(const struct cfn_scope *scope, const struct glue *g, const char *layer) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    bool landing = layers.count && strcmp(layers.items[0], layer) == 0;
    return cfn_json_text(cfn_map(
        {"Version", cfn_real(1.0)},
        {"Grouping",
         cfn_map({"TableGroupingPolicy", cfn_str("CombineCompatibleSchemas")},
                 {"TableLevelConfiguration", cfn_int(landing ? g->landing_table_level : 3)})},
        {"CrawlerOutput",
         cfn_map({"Partitions", cfn_map({"AddOrUpdateBehavior", cfn_str("InheritFromTable")})})}));
}

static void add_crawler(const struct cfn_scope *scope, const struct glue *g, const char *layer) {
    bool everything = strcmp(g->recrawl, "everything") == 0;
    const char *id = cfn_text_of(scope, "%sCrawler", part_camel(scope, layer));
    cfn_value schedule =
        g->crawl_schedule
            ? AWS_Glue_Crawler_Schedule(.ScheduleExpression = cfn_str(g->crawl_schedule))
            : NULL;
    cfn_add(
        scope->t, id,
        AWS_Glue_Crawler(.Name = cfn_str(part_crawler_name(scope, layer)),
                         .Description = cfn_fmt("finds the tables of the layer %s", layer),
                         .Role = cfn_att("CrawlerRole", "Arn"),
                         .DatabaseName = cfn_ref(database_id(scope, layer)),
                         .CrawlerSecurityConfiguration = cfn_ref("Security"),
                         .Targets = AWS_Glue_Crawler_Targets(
                                 .S3Targets = cfn_list(
                                     AWS_Glue_Crawler_S3Target(.Path = bucket_uri(scope, layer)))),
                         .Configuration = grouping(scope, g, layer), .Schedule = schedule,
                         .RecrawlPolicy = AWS_Glue_Crawler_RecrawlPolicy(
                                 .RecrawlBehavior = cfn_str(everything ? "CRAWL_EVERYTHING"
                                                                       : "CRAWL_NEW_FOLDERS_ONLY")),
                         .SchemaChangePolicy = AWS_Glue_Crawler_SchemaChangePolicy(
                                 .UpdateBehavior =
                                     cfn_str(everything ? "UPDATE_IN_DATABASE" : "LOG"),
                                 .DeleteBehavior = cfn_str("LOG"))));
    cfn_export(scope, cfn_text_of(scope, "%sCrawlerName", part_camel(scope, layer)), cfn_ref(id),
               cfn_text_of(scope, "Crawler of the layer %s", layer));
}

static void build(const struct cfn_scope *scope) {
    const struct glue *g = scope->settings;
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    add_security(scope);
    for (size_t i = 0; i < layers.count; i++)
        add_database(scope, layers.items[i]);
    if (g->declare_tables)
        glue_tables_build(scope, database_id(scope, g->tables_layer),
                          bucket_of(scope, g->tables_layer), g->tables_folder);
    if (g->crawlers.count)
        add_role(scope, g);
    for (size_t i = 0; i < g->crawlers.count; i++)
        add_crawler(scope, g, g->crawlers.items[i]);
    if (g->encrypt_catalog)
        encrypt_catalog(scope);
}

const struct cfn_stack cfn_stack_glue = {
    .name = "glue",
    .summary = "catalog of the lake: databases, tables and crawlers",
    .size = sizeof(struct glue),
    .rows = rows,
    .check = check,
    .build = build,
};

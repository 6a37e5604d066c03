/* What a Spark job may do: read scripts and the layer where data lands, write the later layers and
 * their catalog. */
#include "emr.h"

#include "parts.h"

#define CATALOG "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:"

static cfn_value lake(const struct cfn_scope *scope, const char *layer, const char *what) {
    return cfn_import_from(scope, "data_lake",
                           cfn_text_of(scope, "%s%s", part_camel(scope, layer), what));
}

static cfn_value objects_in(cfn_value bucket_arn) {
    return cfn_sub_with("${Bucket}/*", cfn_map({"Bucket", bucket_arn}));
}

/* Jobs overwrite folders of the layers after the first; of a lake with a single layer, that one. */
static size_t first_written(const struct cfn_texts *layers) {
    return layers->count > 1 ? 1 : 0;
}

static cfn_value read_buckets(const struct cfn_scope *scope, const struct cfn_texts *layers) {
    cfn_value buckets = cfn_list(cfn_import_from(scope, "common", "ScriptBucketArn"));
    cfn_value objects = cfn_list(objects_in(cfn_import_from(scope, "common", "ScriptBucketArn")));
    for (size_t i = 0; i < layers->count; i++) {
        buckets = cfn_append(buckets, lake(scope, layers->items[i], "BucketArn"));
        objects = cfn_append(objects, objects_in(lake(scope, layers->items[i], "BucketArn")));
    }
    return part_may_read(buckets, objects);
}

static cfn_value write_buckets(const struct cfn_scope *scope, const struct cfn_texts *layers) {
    cfn_value objects = cfn_list_of(NULL, 0);
    for (size_t i = first_written(layers); i < layers->count; i++)
        objects = cfn_append(objects, objects_in(lake(scope, layers->items[i], "BucketArn")));
    return cfn_statement(.Sid = "WriteLake",
                         .Action =
                             cfn_strs("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"),
                         .Resource = objects);
}

/* Of one kind ("database/%s") of the catalog's resources, that of a layer. */
static cfn_value catalog_arn(const struct cfn_scope *scope, const char *layer,
                             const char *resource) {
    const char *name = cfn_text_of(scope, "%sDatabaseName", part_camel(scope, layer));
    return cfn_sub_with(cfn_text_of(scope, CATALOG "%s", resource),
                        cfn_map({"Database", cfn_import_from(scope, "glue", name)}));
}

/* Databases and tables of the layers from `first` on, and the catalog that holds them. */
static cfn_value catalog_of(const struct cfn_scope *scope, const struct cfn_texts *layers,
                            size_t first) {
    cfn_value arns = cfn_list(cfn_sub(CATALOG "catalog"));
    for (size_t i = first; i < layers->count; i++) {
        const char *layer = layers->items[i];
        arns = cfn_append(arns, catalog_arn(scope, layer, "database/${Database}"));
        arns = cfn_append(arns, catalog_arn(scope, layer, "table/${Database}/*"));
    }
    return arns;
}

/* Spark asks for the database `default` and for functions before anything else, and fails when it
 * may not. */
static cfn_value read_catalog(const struct cfn_scope *scope, const struct cfn_texts *layers) {
    cfn_value arns = catalog_of(scope, layers, 0);
    arns = cfn_append(arns, cfn_sub(CATALOG "database/default"));
    for (size_t i = 0; i < layers->count; i++)
        arns = cfn_append(
            arns, catalog_arn(scope, layers->items[i], "userDefinedFunction/${Database}/*"));
    return cfn_statement(.Sid = "ReadCatalog",
                         .Action = cfn_strs("glue:BatchGetPartition", "glue:GetDatabase",
                                            "glue:GetDatabases", "glue:GetPartition",
                                            "glue:GetPartitions", "glue:GetTable", "glue:GetTables",
                                            "glue:GetUserDefinedFunctions"),
                         .Resource = arns);
}

static cfn_value write_catalog(const struct cfn_scope *scope, const struct cfn_texts *layers) {
    return cfn_statement(.Sid = "WriteCatalog",
                         .Action = cfn_strs(
                             "glue:BatchCreatePartition", "glue:BatchDeletePartition",
                             "glue:BatchUpdatePartition", "glue:CreatePartition",
                             "glue:CreateTable", "glue:DeletePartition", "glue:DeleteTable",
                             "glue:UpdatePartition", "glue:UpdateTable"),
                         .Resource = catalog_of(scope, layers, first_written(layers)));
}

void emr_add_job_role(const struct cfn_scope *scope, cfn_value trust, cfn_value further) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    cfn_value statements = read_buckets(scope, &layers);
    statements = cfn_append(statements, write_buckets(scope, &layers));
    if (cfn_enabled(scope, "glue")) {
        statements = cfn_append(statements, read_catalog(scope, &layers));
        statements = cfn_append(statements, write_catalog(scope, &layers));
    }
    statements = cfn_append(statements, part_may_use_key(scope));
    if (further) {
        json_array_extend(statements, further);
        json_decref(further);
    }
    part_role(scope, .id = "JobRole", .name = PART_SPARK_ROLE,
              .description = "Spark jobs: from the lake to the lake", .trust = trust,
              .statements = statements);
    cfn_export(scope, "JobRoleArn", cfn_att("JobRole", "Arn"), "Role that Spark jobs take");
}

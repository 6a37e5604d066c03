/*
 * dms: replication of the database into the lake. Creates the two endpoints with their roles and,
 * as `mode` says, a replication instance with its task or a serverless replication. Nothing starts
 * by itself. Needs the network, key and DMS roles of common, the database of rds and a bucket of
 * data_lake. Exports SourceEndpointArn and TargetEndpointArn, then ReplicationTaskArn,
 * TaskIdentifier and ReplicationInstanceIdentifier, or ReplicationConfigArn.
 */
#include "dms_endpoints.h"
#include "dms_task.h"
#include "parts.h"

#include <base/base.h>
#include <cfngen/aws/dms.h>
#include <cfngen/aws/ec2.h>

#include <stdlib.h>
#include <string.h>

enum { LATEST_PROVEN_POSTGRES = 17 };

struct dms {
    struct cfn_stack_settings stack;
    const char *mode, *migration_type;
    struct cfn_texts tables, exclude_tables;
    const char *target_layer, *folder, *timestamp_column, *date_partition;
    long batch_seconds, batch_mb, lob_max_kb;
    bool validation;
    const char *plugin;
    const char *engine_version, *instance_class;
    long storage_gb;
    const char *min_capacity_units, *max_capacity_units;
    bool multi_az;
    const char *maintenance_window;
};

static const struct cfn_text_format instance_class = {
    .name = "replication-instance-class",
    .must_be = "a class of replication instances such as dms.t3.medium",
    .pattern = "^dms\\.[a-z0-9]+\\.[a-z0-9]+$",
};

#define CAPACITY_UNITS "1|2|4|8|16|32|64|128|192|256|384"

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct dms),
    CFN_CHOICE(struct dms, mode, .fallback = "instance", .choices = "instance|serverless",
               .help = "what replicates: an instance that is always there, or capacity that comes "
                       "and goes"),
    CFN_CHOICE(struct dms, migration_type, .fallback = "full-load-and-cdc",
               .choices = "full-load|cdc|full-load-and-cdc",
               .help = "what is there (full-load), what changes (cdc), or both"),
    CFN_TEXTS(struct dms, tables, .fallback = "[ecommerce.%]", .format = &dms_table_format,
              .min = 1, .max = 500,
              .help = "tables to replicate, each schema.table; % stands for any text"),
    CFN_TEXTS(struct dms, exclude_tables, .fallback = "[]", .format = &dms_table_format, .max = 500,
              .help = "tables of those that are left out all the same"),
    CFN_TEXT(struct dms, target_layer, .fallback = "bronze",
             .help = "layer of the lake that takes the files"),
    CFN_TEXT(struct dms, folder, .fallback = "rds", .format = &cfn_format_identifier,
             .help = "folder of that layer: files lie in folder/schema/table"),
    CFN_TEXT(struct dms, timestamp_column, .fallback = "dms_timestamp",
             .format = &cfn_format_identifier,
             .help = "name of the column that is added with the time of each change"),
    CFN_CHOICE(struct dms, date_partition, .fallback = "day", .choices = "none|hour|day|month",
               .help = "folders by the time of commit below a table's own, for its changes"),
    CFN_INT(struct dms, batch_seconds, .fallback = "300", .min = 60, .max = 3600,
            .help = "longest time for which changes are gathered into one file"),
    CFN_INT(struct dms, batch_mb, .fallback = "32", .min = 1, .max = 1000,
            .help = "size in MB at which a file of changes is written before that time"),
    CFN_INT(struct dms, lob_max_kb, .fallback = "1024", .min = 1, .max = 102400,
            .help = "longest text or binary value in KB; a longer one stops the task"),
    CFN_BOOL(struct dms, validation, .fallback = "false",
             .help = "whether DMS compares lake and database with queries of Athena, which cost"),
    CFN_CHOICE(struct dms, plugin, .fallback = "test-decoding",
               .choices = "test-decoding|pglogical",
               .help = "how changes are decoded; pglogical must be installed in the database"),
    CFN_TEXT(struct dms, engine_version, .fallback = "3.6.1", .format = &cfn_format_version,
             .help = "version of the replication instance"),
    CFN_TEXT(struct dms, instance_class, .fallback = "dms.t3.medium", .format = &instance_class,
             .help = "class of the replication instance: about 55 USD a month for dms.t3.medium"),
    CFN_INT(struct dms, storage_gb, .fallback = "50", .min = 5, .max = 6144,
            .help = "storage of the replication instance in GiB, for logs and waiting changes"),
    CFN_CHOICE(struct dms, min_capacity_units, .fallback = "1", .choices = CAPACITY_UNITS,
               .help = "fewest units of 2 GB that a serverless replication keeps"),
    CFN_CHOICE(struct dms, max_capacity_units, .fallback = "4", .choices = CAPACITY_UNITS,
               .help = "most units of 2 GB to which a serverless replication grows"),
    CFN_BOOL(struct dms, multi_az, .fallback = "false",
             .help = "whether a standby waits in a second zone, at twice the price"),
    CFN_TEXT(struct dms, maintenance_window, .fallback = "sun:05:00-sun:06:00",
             .format = &cfn_format_window, .help = "when AWS maintains the replication (UTC)"),
    CFN_ROWS_END,
};

static bool captures_changes(const struct dms *d) {
    return strcmp(d->migration_type, "full-load") != 0;
}

static bool is_serverless(const struct dms *d) {
    return strcmp(d->mode, "serverless") == 0;
}

static void add_network(const struct cfn_scope *scope) {
    cfn_add(scope->t, "ReplicationAccess",
            AWS_EC2_SecurityGroup(.GroupDescription =
                                      cfn_str("AWS DMS to S3, Secrets Manager and CloudWatch"),
                                  .VpcId = part_vpc(scope),
                                  .SecurityGroupEgress = cfn_list(part_egress_https()),
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "dms", 255))));
    cfn_add(scope->t, "Subnets",
            AWS_DMS_ReplicationSubnetGroup(.ReplicationSubnetGroupIdentifier =
                                               cfn_str(cfn_scoped(scope, "dms", 255)),
                                           .ReplicationSubnetGroupDescription =
                                               cfn_fmt("private subnets of %s", scope->prefix),
                                           .SubnetIds = part_private_subnets(scope)));
}

static cfn_value security_groups(const struct cfn_scope *scope) {
    return cfn_list(cfn_att("ReplicationAccess", "GroupId"),
                    cfn_import_from(scope, "rds", "ClientSecurityGroupId"));
}

static void add_endpoints(const struct cfn_scope *scope, const struct dms *d) {
    dms_add_source(scope, d->plugin, captures_changes(d));
    dms_add_target(scope,
                   &(const struct dms_target){.layer = d->target_layer,
                                              .folder = d->folder,
                                              .timestamp_column = d->timestamp_column,
                                              .date_partition = d->date_partition,
                                              .batch_seconds = d->batch_seconds,
                                              .batch_mb = d->batch_mb},
                   d->validation);
    cfn_export(scope, "SourceEndpointArn", cfn_ref("Source"), "Endpoint that is read");
    cfn_export(scope, "TargetEndpointArn", cfn_ref("Target"), "Endpoint that is written");
}

static void add_instance(const struct cfn_scope *scope, const struct dms *d) {
    const char *name = cfn_scoped(scope, "dms", 63);
    part_log_group(scope, "Logs", cfn_fmt("dms-tasks-%s", name), part_log_days(scope));
    cfn_add(
        scope->t, "Instance",
        AWS_DMS_ReplicationInstance(.ReplicationInstanceIdentifier = cfn_str(name),
                                    .ReplicationInstanceClass = cfn_str(d->instance_class),
                                    .EngineVersion = cfn_str(d->engine_version),
                                    .AllocatedStorage = cfn_int(d->storage_gb),
                                    .KmsKeyId = part_key(scope), .MultiAZ = cfn_bool(d->multi_az),
                                    .PubliclyAccessible = cfn_bool(false),
                                    .ReplicationSubnetGroupIdentifier = cfn_ref("Subnets"),
                                    .VpcSecurityGroupIds = security_groups(scope),
                                    .AutoMinorVersionUpgrade = cfn_bool(true),
                                    .AllowMajorVersionUpgrade = cfn_bool(false),
                                    .PreferredMaintenanceWindow = cfn_str(d->maintenance_window)),
        .DependsOn = cfn_str("Logs"));
    cfn_export(scope, "ReplicationInstanceIdentifier", cfn_str(name),
               "Name of the replication instance");
}

/* The resource id is ours, so that the name of the task and the one in its ARN, by which CloudWatch
 * knows it, agree. */
static void add_task(const struct cfn_scope *scope, const struct dms *d) {
    const char *name = part_task_name(scope);
    cfn_add(scope->t, "Task",
            AWS_DMS_ReplicationTask(.ReplicationTaskIdentifier = cfn_str(name),
                                    .ResourceIdentifier = cfn_str(name),
                                    .MigrationType = cfn_str(d->migration_type),
                                    .ReplicationInstanceArn = cfn_ref("Instance"),
                                    .SourceEndpointArn = cfn_ref("Source"),
                                    .TargetEndpointArn = cfn_ref("Target"),
                                    .TableMappings = cfn_json_text(
                                        dms_table_mappings(scope, &d->tables, &d->exclude_tables)),
                                    .ReplicationTaskSettings = cfn_json_text(
                                        dms_task_settings(d->lob_max_kb, d->validation))));
    cfn_export(scope, "ReplicationTaskArn", cfn_ref("Task"), "Task that replicates");
    cfn_export(scope, "TaskIdentifier", cfn_str(name), "Name of the task");
}

static void add_serverless(const struct cfn_scope *scope, const struct dms *d) {
    const char *name = part_task_name(scope);
    part_log_group(scope, "Logs", cfn_fmt("dms-serverless-replication-%s", name),
                   part_log_days(scope));
    cfn_add(scope->t, "Replication",
            AWS_DMS_ReplicationConfig(
                    .ReplicationConfigIdentifier = cfn_str(name),
                    .ResourceIdentifier = cfn_str(name),
                    .ReplicationType = cfn_str(d->migration_type),
                    .SourceEndpointArn = cfn_ref("Source"), .TargetEndpointArn = cfn_ref("Target"),
                    .TableMappings = dms_table_mappings(scope, &d->tables, &d->exclude_tables),
                    .ReplicationSettings = dms_task_settings(d->lob_max_kb, d->validation),
                    .ComputeConfig = AWS_DMS_ReplicationConfig_ComputeConfig(
                            .MinCapacityUnits = cfn_int(strtol(d->min_capacity_units, NULL, 10)),
                            .MaxCapacityUnits = cfn_int(strtol(d->max_capacity_units, NULL, 10)),
                            .MultiAZ = cfn_bool(d->multi_az), .KmsKeyId = part_key(scope),
                            .PreferredMaintenanceWindow = cfn_str(d->maintenance_window),
                            .ReplicationSubnetGroupId = cfn_ref("Subnets"),
                            .VpcSecurityGroupIds = security_groups(scope))),
            .DependsOn = cfn_str("Logs"));
    cfn_export(scope, "ReplicationConfigArn", cfn_att("Replication", "ReplicationConfigArn"),
               "Serverless replication");
}

static void check_layer(const struct cfn_scope *scope, const struct dms *d) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    const char *all = layers.count ? layers.items[0] : "";
    for (size_t i = 0; i < layers.count; i++)
        if (strcmp(layers.items[i], d->target_layer) == 0)
            return;
    for (size_t i = 1; i < layers.count; i++)
        all = cfn_text_of(scope, "%s, %s", all, layers.items[i]);
    cfn_refuse(scope, "target_layer", "must be of data_lake.layers (%s), not '%s'", all,
               d->target_layer);
}

static void check_tables(const struct cfn_scope *scope, const struct dms *d) {
    for (size_t i = 0; i < d->tables.count; i++) {
        const char *table = strchr(d->tables.items[i], '.') + 1;
        if (cfn_starts_with(table, "awsdms_"))
            cfn_refuse(scope, "tables",
                       "must not be tables that DMS makes for itself, which are never "
                       "replicated: '%s'",
                       d->tables.items[i]);
    }
}

static void check_source(const struct cfn_scope *scope, const struct dms *d) {
    const char *version = cfn_setting_of(scope, "rds.engine_version");
    if (cfn_setting_of(scope, "rds.existing.host") || !cfn_enabled(scope, "rds"))
        return;
    if (captures_changes(d) && cfn_same(cfn_setting_of(scope, "rds.logical_replication"), "false"))
        cfn_refuse(scope, "migration_type",
                   "must be full-load while rds.logical_replication is false, not '%s'",
                   d->migration_type);
    if (version && strtol(version, NULL, 10) > LATEST_PROVEN_POSTGRES)
        cfn_caution(scope, ".rds.engine_version",
                    "is newer than what AWS DMS is documented to replicate from, which is %d: '%s'",
                    LATEST_PROVEN_POSTGRES, version);
}

/* From 3.4.7 on, DMS reaches the secret through the VPC alone. */
static void check_way_to_secret(const struct cfn_scope *scope) {
    if (!part_reaches(scope, "secretsmanager"))
        cfn_caution(
            scope, ".common.network.interface_endpoints",
            "leaves AWS DMS without a way to the secret of the database: add secretsmanager");
}

static void check_mode(const struct cfn_scope *scope, const struct dms *d) {
    long fewest = strtol(d->min_capacity_units, NULL, 10);
    long most = strtol(d->max_capacity_units, NULL, 10);
    if (!is_serverless(d))
        cfn_judge_version(scope, "engine_version", "dms", d->engine_version);
    else if (fewest > most)
        cfn_refuse(scope, "min_capacity_units",
                   "must be at most max_capacity_units, %ld, not '%ld'", most, fewest);
    part_check_region(scope, "mode",
                      is_serverless(d) ? "AWS::DMS::ReplicationConfig"
                                       : "AWS::DMS::ReplicationTask");
    if (d->validation && captures_changes(d) && strcmp(d->date_partition, "none") == 0)
        cfn_refuse(scope, "date_partition",
                   "must be hour, day or month where changes are validated, not 'none'");
}

static void check(const struct cfn_scope *scope) {
    const struct dms *d = scope->settings;
    check_layer(scope, d);
    check_tables(scope, d);
    check_source(scope, d);
    check_way_to_secret(scope);
    check_mode(scope, d);
}

static void build(const struct cfn_scope *scope) {
    const struct dms *d = scope->settings;
    add_network(scope);
    add_endpoints(scope, d);
    if (is_serverless(d)) {
        add_serverless(scope, d);
    } else {
        add_instance(scope, d);
        add_task(scope, d);
    }
}

const struct cfn_stack cfn_stack_dms = {
    .name = "dms",
    .summary = "replication of the database into the lake",
    .size = sizeof(struct dms),
    .rows = rows,
    .check = check,
    .build = build,
};

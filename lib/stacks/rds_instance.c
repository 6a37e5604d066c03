#include "rds.h"

#include "parts.h"

#include <cfngen/aws/rds.h>
#include <cfngen/aws/secretsmanager.h>

#include <stdlib.h>
#include <string.h>

enum { PASSWORD_LENGTH = 40, INSIGHTS_DAYS = 7, ADVANCED_INSIGHTS_DAYS = 465, MB_PER_GB = 1024 };

/* Without punctuation: AWS DMS refuses ; . : + in a password, RDS / @ " and space, and a URL wants
 * others escaped. Forty letters and digits are 238 bits. Kept with the data, for a restored
 * snapshot opens with the same password. */
static void add_secret(const struct cfn_scope *scope, const struct rds *r) {
    cfn_add(scope->t, "Secret",
            AWS_SecretsManager_Secret(.Description = cfn_fmt("master user of the database of %s",
                                                             scope->prefix),
                                      .KmsKeyId = part_key(scope),
                                      .GenerateSecretString =
                                          AWS_SecretsManager_Secret_GenerateSecretString(
                                                  .SecretStringTemplate = cfn_json_text(
                                                      cfn_map({"username", cfn_str(r->username)})),
                                                  .GenerateStringKey = cfn_str("password"),
                                                  .PasswordLength = cfn_int(PASSWORD_LENGTH),
                                                  .ExcludePunctuation = cfn_bool(true))),
            .DeletionPolicy = cfn_retain(scope));
}

/* Writes host, port and engine into the secret, which is then all that a client needs. */
static void attach_secret(const struct cfn_scope *scope) {
    cfn_add(
        scope->t, "SecretAttachment",
        AWS_SecretsManager_SecretTargetAttachment(.SecretId = cfn_ref("Secret"),
                                                  .TargetId = cfn_ref("Database"),
                                                  .TargetType = cfn_str("AWS::RDS::DBInstance")));
}

static cfn_value replication_parameters(const struct rds *r) {
    return cfn_map({"rds.force_ssl", cfn_str("1")}, {"log_connections", cfn_str("1")},
                   {"log_disconnections", cfn_str("1")}, {"log_lock_waits", cfn_str("1")},
                   {"log_min_duration_statement", cfn_str("1000")},
                   {"log_statement", cfn_str("ddl")},
                   {"rds.logical_replication", cfn_str(r->logical_replication ? "1" : "0")},
                   {"max_replication_slots", r->logical_replication ? cfn_str("20") : NULL},
                   {"max_wal_senders", r->logical_replication ? cfn_str("20") : NULL},
                   {"max_slot_wal_keep_size",
                    r->logical_replication ? cfn_fmt("%ld", r->slot_wal_gb * MB_PER_GB) : NULL},
                   {"wal_sender_timeout", r->logical_replication ? cfn_str("30000") : NULL});
}

static void add_groups(const struct cfn_scope *scope, const struct rds *r) {
    long major = strtol(r->engine_version, NULL, 10);
    cfn_add(scope->t, "Subnets",
            AWS_RDS_DBSubnetGroup(.DBSubnetGroupDescription =
                                      cfn_fmt("private subnets of %s", scope->prefix),
                                  .SubnetIds = part_private_subnets(scope)));
    cfn_add(scope->t, "Parameters",
            AWS_RDS_DBParameterGroup(.Description =
                                         cfn_fmt("TLS only, logical replication and logs for %s",
                                                 scope->prefix),
                                     .Family = cfn_fmt("postgres%ld", major),
                                     .Parameters = replication_parameters(r)));
}

/* RDS makes these itself where they are missing, unencrypted and for ever. */
static void add_log_groups(const struct cfn_scope *scope, const char *instance) {
    long days = part_log_days(scope);
    part_log_group(scope, "PostgresqlLogs", cfn_fmt("/aws/rds/instance/%s/postgresql", instance),
                   days);
    part_log_group(scope, "UpgradeLogs", cfn_fmt("/aws/rds/instance/%s/upgrade", instance), days);
}

static void add_monitoring_role(const struct cfn_scope *scope) {
    part_role(scope, .id = "MonitoringRole",
              .description = "writes the metrics of the database host",
              .trust = cfn_trust("monitoring.rds.amazonaws.com", true),
              .managed = cfn_list(cfn_sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"
                                          "AmazonRDSEnhancedMonitoringRole")));
}

static cfn_value password(void) {
    return cfn_sub("{{resolve:secretsmanager:${Secret}:SecretString:password}}");
}

/* The physical name is fixed: it names the log groups, and it makes CloudFormation refuse, rather
 * than carry out, a change that would replace the database by an empty one. */
static void add_instance(const struct cfn_scope *scope, const struct rds *r, const char *name) {
    long monitoring = strtol(r->monitoring_seconds, NULL, 10);
    bool insights = strcmp(r->insights, "off") != 0;
    bool advanced = strcmp(r->insights, "advanced") == 0;
    cfn_add(
        scope->t, "Database",
        AWS_RDS_DBInstance(
                .DBInstanceIdentifier = cfn_str(name), .Engine = cfn_str("postgres"),
                .EngineVersion = cfn_str(r->engine_version),
                .DBInstanceClass = cfn_str(r->instance_class), .DBName = cfn_str(r->database),
                .Port = cfn_fmt("%ld", r->port), .MasterUsername = cfn_str(r->username),
                .MasterUserPassword = password(),
                .EnableIAMDatabaseAuthentication = cfn_bool(r->iam_authentication),
                .AllocatedStorage = cfn_fmt("%ld", r->storage_gb),
                .MaxAllocatedStorage = r->max_storage_gb ? cfn_int(r->max_storage_gb) : NULL,
                .StorageType = cfn_str("gp3"), .StorageEncrypted = cfn_bool(true),
                .KmsKeyId = part_key(scope), .MultiAZ = cfn_bool(r->multi_az),
                .PubliclyAccessible = cfn_bool(false), .DBSubnetGroupName = cfn_ref("Subnets"),
                .VPCSecurityGroups = cfn_list(cfn_att("DatabaseAccess", "GroupId")),
                .DBParameterGroupName = cfn_ref("Parameters"),
                .CACertificateIdentifier = cfn_str(r->ca_certificate),
                .BackupRetentionPeriod = cfn_int(r->backup_days),
                .PreferredBackupWindow = cfn_str(r->backup_window),
                .CopyTagsToSnapshot = cfn_bool(true),
                .DeleteAutomatedBackups = cfn_bool(scope->may_delete_data),
                .DeletionProtection = cfn_bool(!scope->may_delete_data),
                .PreferredMaintenanceWindow = cfn_str(r->maintenance_window),
                .AutoMinorVersionUpgrade = cfn_bool(r->minor_upgrades),
                .AllowMajorVersionUpgrade = cfn_bool(r->major_upgrades),
                .EngineLifecycleSupport =
                    cfn_str(r->extended_support ? "open-source-rds-extended-support"
                                                : "open-source-rds-extended-support-disabled"),
                .EnableCloudwatchLogsExports = cfn_strs("postgresql", "upgrade"),
                .MonitoringInterval = cfn_int(monitoring),
                .MonitoringRoleArn = monitoring ? cfn_att("MonitoringRole", "Arn") : NULL,
                .EnablePerformanceInsights = cfn_bool(insights),
                .DatabaseInsightsMode = insights ? cfn_str(r->insights) : NULL,
                .PerformanceInsightsKMSKeyId = insights ? part_key(scope) : NULL,
                .PerformanceInsightsRetentionPeriod =
                    insights ? cfn_int(advanced ? ADVANCED_INSIGHTS_DAYS : INSIGHTS_DAYS) : NULL),
        .DeletionPolicy = cfn_snapshot(scope),
        .DependsOn = cfn_strs("PostgresqlLogs", "UpgradeLogs"));
}

static void add_exports(const struct cfn_scope *scope, const struct rds *r) {
    cfn_export(scope, "Host", cfn_att("Database", "Endpoint.Address"), "Host name of the database");
    cfn_export(scope, "Port", cfn_att("Database", "Endpoint.Port"), "TCP port of the database");
    cfn_export(scope, "DatabaseName", cfn_str(r->database), "Name of the database");
    cfn_export(scope, "SecretArn", cfn_ref("SecretAttachment"),
               "Secret with the user and the host");
    cfn_export(scope, "InstanceIdentifier", cfn_ref("Database"), "Identifier of the DB instance");
}

void rds_build_instance(const struct cfn_scope *scope, const struct rds *r) {
    const char *name = cfn_scoped(scope, "rds", 63);
    add_secret(scope, r);
    add_groups(scope, r);
    add_log_groups(scope, name);
    if (strcmp(r->monitoring_seconds, "0") != 0)
        add_monitoring_role(scope);
    add_instance(scope, r, name);
    attach_secret(scope);
    add_exports(scope, r);
}

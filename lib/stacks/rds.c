/*
 * rds: the PostgreSQL database that the platform replicates from. Creates the instance with its
 * generated secret, subnet and parameter groups, logs and monitoring, and a security group whose
 * members may reach it; or, with `existing:`, only that security group, for a database of the
 * user's own. Needs common. Exports SecretArn, Host, Port, DatabaseName, ClientSecurityGroupId and,
 * of its own database, InstanceIdentifier.
 */
#include "rds.h"

#include "parts.h"

#include <base/base.h>
#include <cfngen/aws/ec2.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MINUTES_A_DAY = 24 * 60 };

static const struct cfn_text_format instance_class = {
    .name = "instance-class",
    .must_be = "a class of DB instances such as db.t4g.small",
    .pattern = "^db\\.[a-z0-9-]+\\.[a-z0-9]+$",
};

static const struct cfn_row existing_rows[] = {
    CFN_TEXT(struct rds_existing, host, .format = &cfn_format_host,
             .help = "host name of your own database; without it, the platform makes one"),
    CFN_INT(struct rds_existing, port, .fallback = "5432", .min = 1, .max = 65535,
            .help = "TCP port of your own database"),
    CFN_TEXT(struct rds_existing, database, .help = "name of the database on that host"),
    CFN_TEXT(struct rds_existing, secret_arn, .format = &cfn_format_arn,
             .help =
                 "ARN of the secret with username, password, host and port, as AWS DMS reads it"),
    CFN_TEXT(struct rds_existing, secret_key_arn, .format = &cfn_format_arn,
             .help = "ARN of the KMS key of that secret, where it is a key of your own"),
    CFN_TEXTS(struct rds_existing, cidrs, .fallback = "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16]",
              .format = &cfn_format_any_cidr, .min = 1, .max = 50,
              .help = "address blocks in which that host lies; nothing else can be reached"),
    CFN_ROWS_END,
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct rds),
    CFN_SECTION(struct rds, existing, struct rds_existing, .rows = existing_rows,
                .help = "a database of your own in place of one that the platform makes"),
    CFN_TEXT(struct rds, engine_version, .fallback = "17.10", .format = &cfn_format_version,
             .help = "version of PostgreSQL"),
    CFN_TEXT(struct rds, instance_class, .fallback = "db.t4g.small", .format = &instance_class,
             .help = "class of the DB instance: about 25 USD a month for db.t4g.small"),
    CFN_TEXT(struct rds, database, .fallback = "ecommerce", .format = &cfn_format_identifier,
             .help = "name of the database"),
    CFN_TEXT(struct rds, username, .fallback = "platform", .format = &cfn_format_identifier,
             .help = "name of the master user, whose password is generated"),
    CFN_INT(struct rds, port, .fallback = "5432", .min = 1150, .max = 65535,
            .help = "TCP port of the database"),
    CFN_INT(struct rds, storage_gb, .fallback = "20", .min = 20, .max = 65536,
            .help = "gp3 storage in GiB to begin with"),
    CFN_INT(struct rds, max_storage_gb, .fallback = "100", .max = 65536,
            .help = "ceiling in GiB to which storage grows by itself; 0: it does not grow"),
    CFN_BOOL(struct rds, multi_az, .fallback = "false",
             .help = "whether a standby waits in a second zone, at twice the price"),
    CFN_TEXTS(struct rds, allowed_security_groups, .fallback = "[]",
              .format = &cfn_format_security_group, .max = 50,
              .help = "security groups of your own that may reach the database, beside the "
                      "platform's"),
    CFN_BOOL(struct rds, logical_replication, .fallback = "true",
             .help = "whether changes can be captured: what AWS DMS needs for ongoing replication"),
    CFN_INT(struct rds, slot_wal_gb, .fallback = "10", .min = 1, .max = 65536,
            .help = "write-ahead log in GiB kept for a replication that has stopped; past it that "
                    "must load anew, but the disk does not fill"),
    CFN_BOOL(struct rds, iam_authentication, .fallback = "true",
             .help = "whether users may also log in with IAM tokens"),
    CFN_INT(struct rds, backup_days, .fallback = "7", .min = 1, .max = 35,
            .help = "days back to which the database can be restored, to the second"),
    CFN_TEXT(struct rds, backup_window, .fallback = "02:00-03:00", .format = &cfn_format_day_window,
             .help = "when the daily backup is made (UTC)"),
    CFN_TEXT(struct rds, maintenance_window, .fallback = "sun:03:30-sun:04:30",
             .format = &cfn_format_window, .help = "when AWS maintains the instance (UTC)"),
    CFN_BOOL(struct rds, minor_upgrades, .fallback = "true",
             .help = "whether minor versions are upgraded in the maintenance window"),
    CFN_BOOL(struct rds, major_upgrades, .fallback = "false",
             .help = "whether a change of engine_version may be one of the major version"),
    CFN_BOOL(struct rds, extended_support, .fallback = "false",
             .help =
                 "whether to pay for support of a version past its end rather than be upgraded"),
    CFN_CHOICE(struct rds, monitoring_seconds, .fallback = "60", .choices = "0|1|5|10|15|30|60",
               .help = "seconds between measurements of the operating system; 0: none"),
    CFN_CHOICE(struct rds, insights, .fallback = "standard", .choices = "off|standard|advanced",
               .help =
                   "Database Insights: standard keeps 7 days without charge, advanced 15 months"),
    CFN_CHOICE(struct rds, ca_certificate, .fallback = "rds-ca-rsa2048-g1",
               .choices = "rds-ca-rsa2048-g1|rds-ca-rsa4096-g1|rds-ca-ecc384-g1",
               .help = "authority that signs the server's certificate"),
    CFN_ROWS_END,
};

static cfn_value tcp_to(long port, cfn_value cidr, const char *why) {
    return AWS_EC2_SecurityGroup_Egress(.IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(port),
                                        .ToPort = cfn_int(port), .CidrIp = cidr,
                                        .Description = cfn_str(why));
}

static void add_client_group(const struct cfn_scope *scope, cfn_value egress) {
    cfn_add(scope->t, "ClientAccess",
            AWS_EC2_SecurityGroup(.GroupDescription =
                                      cfn_str("Members may reach the database and nothing else"),
                                  .VpcId = part_vpc(scope), .SecurityGroupEgress = egress,
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "rds-client", 255))));
    cfn_export(scope, "ClientSecurityGroupId", cfn_att("ClientAccess", "GroupId"),
               "Security group whose members may reach the database");
}

static cfn_value tcp_from(long port, cfn_value group, const char *why) {
    return AWS_EC2_SecurityGroup_Ingress(.IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(port),
                                         .ToPort = cfn_int(port), .SourceSecurityGroupId = group,
                                         .Description = cfn_str(why));
}

/* Each of the two groups names the other, so the clients' way to the database is a resource of its
 * own. */
static void add_groups(const struct cfn_scope *scope, const struct rds *r) {
    cfn_value ingress = cfn_list(
        tcp_from(r->port, cfn_att("ClientAccess", "GroupId"), "PostgreSQL from the platform"));
    for (size_t i = 0; i < r->allowed_security_groups.count; i++)
        ingress =
            cfn_append(ingress, tcp_from(r->port, cfn_str(r->allowed_security_groups.items[i]),
                                         "PostgreSQL from a group named in the platform file"));
    add_client_group(scope, cfn_list(part_egress_none()));
    cfn_add(scope->t, "DatabaseAccess",
            AWS_EC2_SecurityGroup(.GroupDescription =
                                      cfn_str("PostgreSQL from named security groups only"),
                                  .VpcId = part_vpc(scope), .SecurityGroupIngress = ingress,
                                  .SecurityGroupEgress = cfn_list(part_egress_none()),
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "rds", 255))));
    cfn_add(scope->t, "ClientEgress",
            AWS_EC2_SecurityGroupEgress(.GroupId = cfn_att("ClientAccess", "GroupId"),
                                        .IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(r->port),
                                        .ToPort = cfn_int(r->port),
                                        .DestinationSecurityGroupId =
                                            cfn_att("DatabaseAccess", "GroupId"),
                                        .Description = cfn_str("PostgreSQL to the database")));
}

static void build_existing(const struct cfn_scope *scope, const struct rds_existing *e) {
    cfn_value egress = cfn_list_of(NULL, 0);
    for (size_t i = 0; i < e->cidrs.count; i++)
        egress = cfn_append(
            egress, tcp_to(e->port, cfn_str(e->cidrs.items[i]), "PostgreSQL to the database"));
    add_client_group(scope, egress);
    cfn_export(scope, "Host", cfn_str(e->host), "Host name of the database");
    cfn_export(scope, "Port", cfn_fmt("%ld", e->port), "TCP port of the database");
    cfn_export(scope, "DatabaseName", cfn_str(e->database), "Name of the database");
    cfn_export(scope, "SecretArn", cfn_str(e->secret_arn), "Secret with the user and the host");
}

static void check_existing(const struct cfn_scope *scope, const struct rds_existing *e) {
    if (!e->secret_arn)
        cfn_refuse(scope, "existing.secret_arn",
                   "must be the ARN of the secret that holds the user of the database at '%s'",
                   e->host);
    if (!e->database)
        cfn_refuse(scope, "existing.database",
                   "must be the name of the database to be used at '%s'", e->host);
    for (const struct cfn_row *row = rows; row->name; row++)
        if (row->kind != CFN_ROW_SECTION && strcmp(row->name, "enabled") != 0 &&
            part_given(scope, row->name))
            cfn_caution(scope, row->name,
                        "has no effect, for the database is the existing one at '%s'", e->host);
}

static void check_stray(const struct cfn_scope *scope, const struct rds_existing *e) {
    const char *stray = e->secret_arn       ? "secret_arn"
                        : e->secret_key_arn ? "secret_key_arn"
                        : e->database       ? "database"
                                            : NULL;
    if (stray)
        cfn_refuse(scope, cfn_text_of(scope, "existing.%s", stray),
                   "must stand with existing.host, or not at all");
}

static bool is_reserved(const char *name) {
    static const char *const reserved[] = {"admin",     "all",       "current_user",
                                           "postgres",  "root",      "session_user",
                                           "template0", "template1", "user"};
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (strcmp(name, reserved[i]) == 0)
            return true;
    return cfn_starts_with(name, "rds") || cfn_starts_with(name, "pg_");
}

static void check_names(const struct cfn_scope *scope, const struct rds *r) {
    if (is_reserved(r->username))
        cfn_refuse(scope, "username",
                   "must be a name that neither PostgreSQL nor RDS keeps for itself, not '%s'",
                   r->username);
    if (is_reserved(r->database))
        cfn_refuse(scope, "database",
                   "must be a name that neither PostgreSQL nor RDS keeps for itself, not '%s'",
                   r->database);
}

/* RDS wants room to grow by a tenth at least. */
static void check_storage(const struct cfn_scope *scope, const struct rds *r) {
    long most = r->max_storage_gb > r->storage_gb ? r->max_storage_gb : r->storage_gb;
    if (r->max_storage_gb && r->max_storage_gb * 10 < r->storage_gb * 11)
        cfn_refuse(scope, "max_storage_gb",
                   "must be 0 or at least %ld, a tenth more than storage_gb, not '%ld'",
                   (r->storage_gb * 11 + 9) / 10, r->max_storage_gb);
    else if (r->logical_replication && r->slot_wal_gb >= most)
        cfn_refuse(scope, "slot_wal_gb",
                   "must be less than the %ld GiB to which storage may grow, not '%ld'", most,
                   r->slot_wal_gb);
}

/* Both texts have been accepted by their formats: [day:]HH:MM-[day:]HH:MM. Gives the minute of the
 * day on which it begins and its length. */
static void read_window(const char *text, int *begin, int *length) {
    int h1 = 0, m1 = 0, h2 = 0, m2 = 0;
    if (sscanf(text, "%*3[a-z]:%2d:%2d-%*3[a-z]:%2d:%2d", &h1, &m1, &h2, &m2) != 4)
        (void)!sscanf(text, "%2d:%2d-%2d:%2d", &h1, &m1, &h2, &m2);
    *begin = h1 * 60 + m1;
    *length = (h2 * 60 + m2 - *begin + MINUTES_A_DAY) % MINUTES_A_DAY;
}

static void check_windows(const struct cfn_scope *scope, const struct rds *r) {
    int backup, backup_length, care, care_length;
    read_window(r->backup_window, &backup, &backup_length);
    read_window(r->maintenance_window, &care, &care_length);
    if ((care - backup + MINUTES_A_DAY) % MINUTES_A_DAY < backup_length ||
        (backup - care + MINUTES_A_DAY) % MINUTES_A_DAY < care_length)
        cfn_refuse(scope, "maintenance_window", "must not overlap the daily backup_window %s: '%s'",
                   r->backup_window, r->maintenance_window);
}

static void check(const struct cfn_scope *scope) {
    const struct rds *r = scope->settings;
    if (r->existing.host) {
        check_existing(scope, &r->existing);
        return;
    }
    check_stray(scope, &r->existing);
    cfn_judge_version(scope, "engine_version", "rds.postgres", r->engine_version);
    check_names(scope, r);
    check_storage(scope, r);
    check_windows(scope, r);
}

static void build(const struct cfn_scope *scope) {
    const struct rds *r = scope->settings;
    if (r->existing.host) {
        build_existing(scope, &r->existing);
        return;
    }
    add_groups(scope, r);
    rds_build_instance(scope, r);
}

const struct cfn_stack cfn_stack_rds = {
    .name = "rds",
    .summary = "PostgreSQL database that the platform replicates from",
    .size = sizeof(struct rds),
    .rows = rows,
    .check = check,
    .build = build,
};

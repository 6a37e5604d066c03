/*
 * The stack rds in two files: what it needs of the platform (rds.c), and the database itself
 * (rds_instance.c).
 */
#ifndef CFN_STACKS_RDS_H
#define CFN_STACKS_RDS_H

#include <cfngen/stack.h>

/* The user's own database: it is one when host is set. */
struct rds_existing {
    const char *host, *database, *secret_arn, *secret_key_arn;
    long port;
    struct cfn_texts cidrs;
};

struct rds {
    struct cfn_stack_settings stack;
    struct rds_existing existing;
    const char *engine_version, *instance_class;
    const char *database, *username;
    long port, storage_gb, max_storage_gb;
    bool multi_az;
    struct cfn_texts allowed_security_groups;
    bool logical_replication;
    long slot_wal_gb;
    bool iam_authentication;
    long backup_days;
    const char *backup_window, *maintenance_window;
    bool minor_upgrades, major_upgrades, extended_support;
    const char *monitoring_seconds, *insights, *ca_certificate;
};

/* Adds the secret, the groups, the logs and the DB instance "Database", which admits the security
 * group "DatabaseAccess"; exports what is only known of our own database. */
void rds_build_instance(const struct cfn_scope *scope, const struct rds *r);

#endif

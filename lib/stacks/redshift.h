/*
 * The two shapes of the stack redshift's warehouse. Both live behind the security group
 * WarehouseAccess, use the role SpectrumRole and write into log groups that exist before them.
 */
#ifndef CFN_STACKS_REDSHIFT_H
#define CFN_STACKS_REDSHIFT_H

#include <cfngen/stack.h>

struct redshift_serverless {
    long base_capacity, max_capacity;
    bool final_snapshot;
    long final_snapshot_days;
};

struct redshift_provisioned {
    const char *node_type;
    long nodes;
    long snapshot_days;
    const char *maintenance_window;
};

struct redshift {
    struct cfn_stack_settings stack;
    const char *mode;
    const char *database, *admin_user;
    struct cfn_texts layers;
    long port;
    struct cfn_texts client_security_groups;
    long max_query_seconds;
    struct redshift_serverless serverless;
    struct redshift_provisioned provisioned;
};

extern const struct cfn_row redshift_serverless_rows[];
extern const struct cfn_row redshift_provisioned_rows[];

void redshift_check_serverless(const struct cfn_scope *scope, const struct redshift_serverless *s);
void redshift_check_provisioned(const struct cfn_scope *scope,
                                const struct redshift_provisioned *p);

/* Add the warehouse and export its name, ARN, host and secret. logs: ids of its log groups, a list.
 */
void redshift_add_serverless(const struct cfn_scope *scope, const struct redshift *r,
                             cfn_value logs);
void redshift_add_provisioned(const struct cfn_scope *scope, const struct redshift *r,
                              cfn_value logs);

#endif

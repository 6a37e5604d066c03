#include "parts.h"
#include "redshift.h"

#include <cfngen/aws/redshift.h>
#include <cfngen/aws/redshiftserverless.h>

#include <stdlib.h>
#include <string.h>

enum { SERVERLESS_ZONES = 3, SMALLEST_CAPACITY = 4, CAPACITY_STEP = 8 };

const struct cfn_row redshift_serverless_rows[] = {
    CFN_INT(struct redshift_serverless, base_capacity, .fallback = "8", .min = 4, .max = 1024,
            .help = "capacity of a query in RPU: 4, or a multiple of 8"),
    CFN_INT(struct redshift_serverless, max_capacity, .fallback = "32", .min = 4, .max = 5632,
            .help = "RPU that are never passed, however many queries there are"),
    CFN_BOOL(struct redshift_serverless, final_snapshot, .fallback = "true",
             .help = "whether a last snapshot is taken when the namespace is deleted"),
    CFN_INT(struct redshift_serverless, final_snapshot_days, .fallback = "30", .min = 1,
            .max = 3653, .help = "days that the last snapshot is kept"),
    CFN_ROWS_END,
};

const struct cfn_row redshift_provisioned_rows[] = {
    CFN_TEXT(struct redshift_provisioned, node_type, .fallback = "ra3.large",
             .help = "node type, such as ra3.large, ra3.xlplus, ra3.4xlarge or rg.large"),
    CFN_INT(struct redshift_provisioned, nodes, .fallback = "2", .min = 1, .max = 128,
            .help = "number of nodes; 1: a single node that is leader and worker in one"),
    CFN_INT(struct redshift_provisioned, snapshot_days, .fallback = "7", .min = 1, .max = 35,
            .help = "days that automatic snapshots are kept"),
    CFN_TEXT(struct redshift_provisioned, maintenance_window, .fallback = "sun:03:00-sun:04:00",
             .format = &cfn_format_window, .help = "weekly window of maintenance, UTC"),
    CFN_ROWS_END,
};

static bool is_capacity(long rpu) {
    return rpu == SMALLEST_CAPACITY || rpu % CAPACITY_STEP == 0;
}

/* Subnets of three zones are a rule of the service, not of ours. */
static void check_zones(const struct cfn_scope *scope) {
    const char *zones = cfn_setting_of(scope, "common.network.zones");
    if (strcmp(scope->region, "us-west-1") == 0)
        cfn_refuse(scope, "mode",
                   "must be 'provisioned' in us-west-1, which has two zones where Redshift "
                   "Serverless wants subnets in three: 'serverless'");
    else if (zones && strtol(zones, NULL, 10) < SERVERLESS_ZONES)
        cfn_refuse(scope, ".common.network.zones",
                   "must be %d, because Redshift Serverless wants subnets in three zones (or set "
                   "redshift.mode to provisioned), not '%s'",
                   SERVERLESS_ZONES, zones);
}

void redshift_check_serverless(const struct cfn_scope *scope, const struct redshift_serverless *s) {
    check_zones(scope);
    if (!is_capacity(s->base_capacity))
        cfn_refuse(scope, "serverless.base_capacity", "must be 4 or a multiple of 8, not '%ld'",
                   s->base_capacity);
    if (!is_capacity(s->max_capacity))
        cfn_refuse(scope, "serverless.max_capacity", "must be 4 or a multiple of 8, not '%ld'",
                   s->max_capacity);
    else if (s->max_capacity < s->base_capacity)
        cfn_refuse(scope, "serverless.max_capacity",
                   "must be at least the base capacity of %ld, not '%ld'", s->base_capacity,
                   s->max_capacity);
}

static bool is_family(const char *node_type, const char *family) {
    return strncmp(node_type, family, strlen(family)) == 0;
}

void redshift_check_provisioned(const struct cfn_scope *scope,
                                const struct redshift_provisioned *p) {
    cfn_judge_version(scope, "provisioned.node_type", "redshift.node", p->node_type);
    bool retired = is_family(p->node_type, "dc") || is_family(p->node_type, "ds");
    if (!retired && !is_family(p->node_type, "ra3.") && !is_family(p->node_type, "rg."))
        cfn_refuse(scope, "provisioned.node_type",
                   "must be a node type such as ra3.large or rg.large, not '%s'", p->node_type);
    bool large =
        strcmp(p->node_type, "ra3.4xlarge") == 0 || strcmp(p->node_type, "ra3.16xlarge") == 0;
    if (large && p->nodes < 2)
        cfn_refuse(scope, "provisioned.nodes", "must be at least 2 for %s, not '%ld'", p->node_type,
                   p->nodes);
}

static void add_namespace(const struct cfn_scope *scope, const struct redshift *r, cfn_value logs) {
    const struct redshift_serverless *s = &r->serverless;
    const char *last =
        s->final_snapshot ? cfn_text_of(scope, "%s-final", part_warehouse_name(scope)) : NULL;
    cfn_value role = cfn_att("SpectrumRole", "Arn");
    cfn_add(scope->t, "Namespace",
            AWS_RedshiftServerless_Namespace(
                    .NamespaceName = cfn_str(part_warehouse_name(scope)),
                    .DbName = cfn_str(r->database), .AdminUsername = cfn_str(r->admin_user),
                    .ManageAdminPassword = cfn_bool(true),
                    .AdminPasswordSecretKmsKeyId = part_key(scope), .KmsKeyId = part_key(scope),
                    .DefaultIamRoleArn = role, .IamRoles = cfn_list(json_incref(role)),
                    .LogExports = cfn_strs("connectionlog", "userlog", "useractivitylog"),
                    .FinalSnapshotName = cfn_str(last),
                    .FinalSnapshotRetentionPeriod = last ? cfn_int(s->final_snapshot_days) : NULL),
            .DeletionPolicy = cfn_retain(scope), .DependsOn = logs);
}

static cfn_value setting(const char *key, cfn_value value) {
    return AWS_RedshiftServerless_Workgroup_ConfigParameter(.ParameterKey = cfn_str(key),
                                                            .ParameterValue = value);
}

/* Holds no data: where the namespace is kept, another workgroup can take it over. */
static void add_workgroup(const struct cfn_scope *scope, const struct redshift *r) {
    cfn_add(
        scope->t, "Workgroup",
        AWS_RedshiftServerless_Workgroup(
                .WorkgroupName = cfn_str(part_warehouse_name(scope)),
                .NamespaceName = cfn_ref("Namespace"),
                .BaseCapacity = cfn_int(r->serverless.base_capacity),
                .MaxCapacity = cfn_int(r->serverless.max_capacity), .Port = cfn_int(r->port),
                .EnhancedVpcRouting = cfn_bool(true), .PubliclyAccessible = cfn_bool(false),
                .SubnetIds = part_private_subnets(scope),
                .SecurityGroupIds = cfn_list(cfn_att("WarehouseAccess", "GroupId")),
                .ConfigParameters = cfn_list(
                    setting("require_ssl", cfn_str("true")),
                    setting("enable_user_activity_logging", cfn_str("true")),
                    setting("max_query_execution_time", cfn_fmt("%ld", r->max_query_seconds)))));
}

void redshift_add_serverless(const struct cfn_scope *scope, const struct redshift *r,
                             cfn_value logs) {
    add_namespace(scope, r, logs);
    add_workgroup(scope, r);
    cfn_export(scope, "NamespaceName", cfn_ref("Namespace"), "Namespace of the warehouse");
    cfn_export(scope, "WorkgroupName", cfn_ref("Workgroup"), "Workgroup of the warehouse");
    cfn_export(scope, "WorkgroupArn", cfn_att("Workgroup", "Workgroup.WorkgroupArn"),
               "ARN of that workgroup");
    /* GetAtt cannot tell the secret that Redshift makes, so this is the name that Redshift gives
     * it. */
    cfn_export(scope, "AdminSecretId", cfn_str(part_warehouse_secret(scope)),
               "Name of the secret of the warehouse's administrator");
    cfn_export(scope, "Host", cfn_att("Workgroup", "Workgroup.Endpoint.Address"),
               "Host name of the warehouse");
    part_tell_airflow(scope, "redshift_host", cfn_att("Workgroup", "Workgroup.Endpoint.Address"));
    cfn_export(scope, "Port", cfn_fmt("%ld", r->port), "Port of the warehouse");
}

static cfn_value parameter(const char *name, cfn_value value) {
    return AWS_Redshift_ClusterParameterGroup_Parameter(.ParameterName = cfn_str(name),
                                                        .ParameterValue = value);
}

static void add_groups(const struct cfn_scope *scope, const struct redshift *r) {
    cfn_add(
        scope->t, "Subnets",
        AWS_Redshift_ClusterSubnetGroup(.Description = cfn_str("private subnets of the platform"),
                                        .SubnetIds = part_private_subnets(scope)));
    cfn_add(scope->t, "Parameters",
            AWS_Redshift_ClusterParameterGroup(
                    .Description = cfn_str("TLS only, audited, queries end"),
                    .ParameterGroupFamily = cfn_str("redshift-1.0"),
                    .Parameters = cfn_list(
                        parameter("require_ssl", cfn_str("true")),
                        parameter("enable_user_activity_logging", cfn_str("true")),
                        parameter("statement_timeout", cfn_fmt("%ld000", r->max_query_seconds)))));
}

static void add_cluster(const struct cfn_scope *scope, const struct redshift *r, cfn_value logs) {
    const struct redshift_provisioned *p = &r->provisioned;
    cfn_add(scope->t, "Cluster",
            AWS_Redshift_Cluster(
                    .ClusterIdentifier = cfn_str(part_warehouse_name(scope)),
                    .ClusterType = cfn_str(p->nodes == 1 ? "single-node" : "multi-node"),
                    .NumberOfNodes = p->nodes == 1 ? NULL : cfn_int(p->nodes),
                    .NodeType = cfn_str(p->node_type), .DBName = cfn_str(r->database),
                    .MasterUsername = cfn_str(r->admin_user),
                    .ManageMasterPassword = cfn_bool(true),
                    .MasterPasswordSecretKmsKeyId = part_key(scope), .Encrypted = cfn_bool(true),
                    .KmsKeyId = part_key(scope), .Port = cfn_int(r->port),
                    .PubliclyAccessible = cfn_bool(false), .EnhancedVpcRouting = cfn_bool(true),
                    .AvailabilityZoneRelocation = cfn_bool(true),
                    .ClusterSubnetGroupName = cfn_ref("Subnets"),
                    .ClusterParameterGroupName = cfn_ref("Parameters"),
                    .VpcSecurityGroupIds = cfn_list(cfn_att("WarehouseAccess", "GroupId")),
                    .IamRoles = cfn_list(cfn_att("SpectrumRole", "Arn")),
                    .AllowVersionUpgrade = cfn_bool(true),
                    .AutomatedSnapshotRetentionPeriod = cfn_int(p->snapshot_days),
                    .PreferredMaintenanceWindow = cfn_str(p->maintenance_window),
                    .LoggingProperties = AWS_Redshift_Cluster_LoggingProperties(
                            .LogDestinationType = cfn_str("cloudwatch"),
                            .LogExports = cfn_strs("connectionlog", "userlog", "useractivitylog"))),
            .DeletionPolicy = cfn_snapshot(scope), .DependsOn = logs);
}

void redshift_add_provisioned(const struct cfn_scope *scope, const struct redshift *r,
                              cfn_value logs) {
    add_groups(scope, r);
    add_cluster(scope, r, logs);
    cfn_export(scope, "ClusterIdentifier", cfn_ref("Cluster"), "Cluster of the warehouse");
    cfn_export(scope, "ClusterArn",
               cfn_sub("arn:${AWS::Partition}:redshift:${AWS::Region}:${AWS::AccountId}:cluster:"
                       "${Cluster}"),
               "ARN of that cluster");
    cfn_export(scope, "AdminSecretId", cfn_att("Cluster", "MasterPasswordSecretArn"),
               "ARN of the secret of the warehouse's administrator");
    cfn_export(scope, "Host", cfn_att("Cluster", "Endpoint.Address"), "Host name of the warehouse");
    part_tell_airflow(scope, "redshift_host", cfn_att("Cluster", "Endpoint.Address"));
    cfn_export(scope, "Port", cfn_att("Cluster", "Endpoint.Port"), "Port of the warehouse");
}

/*
 * redshift: the warehouse. Creates Redshift Serverless (a namespace and a workgroup) or a
 * provisioned cluster, both private, encrypted, TLS-only and audited, with an administrator whose
 * password Redshift itself keeps in Secrets Manager; the role by which it reads the lake
 * (Spectrum). Members of the security group WarehouseClients of common may reach it: it stands
 * there so that who has to be a member need not wait for the warehouse. Where there is mwaa, a
 * variable tells Airflow the host. Needs common, and data_lake and glue for the layers that it
 * reads. Exports WorkgroupName, WorkgroupArn and NamespaceName or
 * ClusterIdentifier and ClusterArn; Host, Port, DatabaseName, AdminSecretId (what Secrets Manager
 * finds the administrator's secret by) and SpectrumRoleArn.
 */
#include "redshift.h"

#include "parts.h"

#include <cfngen/aws/ec2.h>

#include <stdlib.h>
#include <string.h>

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct redshift),
    CFN_CHOICE(struct redshift, mode, .fallback = "serverless", .choices = "serverless|provisioned",
               .help = "serverless is paid by the second of queries, provisioned by the hour"),
    CFN_TEXT(struct redshift, database, .fallback = "warehouse", .format = &cfn_format_identifier,
             .help = "name of the first database"),
    CFN_TEXT(struct redshift, admin_user, .fallback = "admin", .format = &cfn_format_identifier,
             .help = "name of the administrator, whose password Redshift makes and keeps secret"),
    CFN_TEXTS(struct redshift, layers, .fallback = "[silver]", .format = &cfn_format_identifier,
              .help = "layers of the lake that the warehouse may read; empty: none"),
    CFN_INT(struct redshift, port, .fallback = "5439", .min = 5431, .max = 8215,
            .help = "port of the warehouse: 5431 to 5455 or 8191 to 8215"),
    CFN_TEXTS(struct redshift, client_security_groups, .fallback = "[]",
              .format = &cfn_format_security_group,
              .help = "security groups of your own that may reach the warehouse"),
    CFN_INT(struct redshift, max_query_seconds, .fallback = "3600", .min = 1, .max = 86399,
            .help = "seconds after which a query is stopped"),
    CFN_SECTION(struct redshift, serverless, struct redshift_serverless,
                .rows = redshift_serverless_rows, .help = "of the mode serverless"),
    CFN_SECTION(struct redshift, provisioned, struct redshift_provisioned,
                .rows = redshift_provisioned_rows, .help = "of the mode provisioned"),
    CFN_ROWS_END,
};

static bool is_serverless(const struct redshift *r) {
    return strcmp(r->mode, "serverless") == 0;
}

static void allow_from(const struct cfn_scope *scope, const struct redshift *r, const char *id,
                       cfn_value group) {
    cfn_add(scope->t, id,
            AWS_EC2_SecurityGroupIngress(.GroupId = cfn_att("WarehouseAccess", "GroupId"),
                                         .IpProtocol = cfn_str("tcp"), .FromPort = cfn_int(r->port),
                                         .ToPort = cfn_int(r->port), .SourceSecurityGroupId = group,
                                         .Description = cfn_str("clients of the warehouse")));
}

static void add_access(const struct cfn_scope *scope, const struct redshift *r) {
    cfn_add(scope->t, "WarehouseAccess",
            AWS_EC2_SecurityGroup(.VpcId = part_vpc(scope),
                                  .GroupDescription = cfn_str("the warehouse"),
                                  .SecurityGroupEgress = cfn_list(part_egress_https()),
                                  .Tags = cfn_tags(scope, cfn_scoped(scope, "warehouse", 255))));
    allow_from(scope, r, "FromClients",
               cfn_import_from(scope, "common", "WarehouseClientSecurityGroupId"));
    for (size_t i = 0; i < r->client_security_groups.count; i++)
        allow_from(scope, r, cfn_text_of(scope, "FromGroup%zu", i + 1),
                   cfn_str(r->client_security_groups.items[i]));
}

static cfn_value layer_bucket(const struct cfn_scope *scope, const char *layer) {
    return cfn_import_from(scope, "data_lake",
                           cfn_text_of(scope, "%sBucketArn", part_camel(scope, layer)));
}

static cfn_value in_catalog(const struct cfn_scope *scope, const char *layer, const char *path) {
    const char *text =
        cfn_text_of(scope, "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:%s", path);
    const char *database = cfn_text_of(scope, "%sDatabaseName", part_camel(scope, layer));
    return cfn_sub_with(text, cfn_map({"Database", cfn_import_from(scope, "glue", database)}));
}

static cfn_value may_read_catalog(cfn_value resources) {
    return cfn_statement(.Sid = "ReadCatalog",
                         .Action = cfn_strs("glue:GetDatabase", "glue:GetDatabases",
                                            "glue:GetTable", "glue:GetTables", "glue:GetPartition",
                                            "glue:GetPartitions", "glue:BatchGetPartition"),
                         .Resource = resources);
}

/* The lake is read, never written, and only the layers that are named. */
static cfn_value spectrum_rights(const struct cfn_scope *scope, const struct cfn_texts *layers) {
    cfn_value buckets = cfn_list_of(NULL, 0), objects = cfn_list_of(NULL, 0);
    cfn_value catalog =
        cfn_list(cfn_sub("arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}:catalog"));
    for (size_t i = 0; i < layers->count; i++) {
        const char *layer = layers->items[i];
        buckets = cfn_append(buckets, layer_bucket(scope, layer));
        objects = cfn_append(
            objects, cfn_sub_with("${Bucket}/*", cfn_map({"Bucket", layer_bucket(scope, layer)})));
        catalog = cfn_append(catalog, in_catalog(scope, layer, "database/${Database}"));
        catalog = cfn_append(catalog, in_catalog(scope, layer, "table/${Database}/*"));
    }
    cfn_value statements = part_may_read(buckets, objects);
    statements = cfn_append(statements, may_read_catalog(catalog));
    return cfn_append(statements, cfn_statement(.Sid = "Decrypt", .Action = cfn_str("kms:Decrypt"),
                                                .Resource = part_key(scope)));
}

/* Redshift says nothing of the account when it takes the role, so its trust has no condition; who
 * may give it to a warehouse is decided by iam:PassRole in this account. */
static cfn_value spectrum_trust(bool serverless) {
    cfn_value services = cfn_strs("redshift.amazonaws.com");
    if (serverless)
        services = cfn_append(services, cfn_str("redshift-serverless.amazonaws.com"));
    return cfn_policy(cfn_list(cfn_statement(.Principal = cfn_map({"Service", services}),
                                             .Action = cfn_str("sts:AssumeRole"))));
}

static void add_spectrum_role(const struct cfn_scope *scope, const struct redshift *r) {
    part_role(scope, .id = "SpectrumRole", .name = PART_SPECTRUM_ROLE,
              .description = "reads the lake for the warehouse",
              .trust = spectrum_trust(is_serverless(r)),
              .statements = r->layers.count ? spectrum_rights(scope, &r->layers) : NULL);
    cfn_export(scope, "SpectrumRoleArn", cfn_att("SpectrumRole", "Arn"),
               "Role by which the warehouse reads the lake");
}

/* Redshift takes log groups that are there, else makes its own, unencrypted and for ever. */
static cfn_value add_logs(const struct cfn_scope *scope, const struct redshift *r) {
    static const char *const kinds[] = {"connectionlog", "userlog", "useractivitylog"};
    static const char *const ids[] = {"ConnectionLog", "UserLog", "UserActivityLog"};
    const char *root = is_serverless(r) ? "/aws/redshift" : "/aws/redshift/cluster";
    const char *days = cfn_setting_of(scope, "common.log_retention_days");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        part_log_group(scope, ids[i],
                       cfn_fmt("%s/%s/%s", root, part_warehouse_name(scope), kinds[i]),
                       days ? strtol(days, NULL, 10) : 30);
    return cfn_strs_of(ids, sizeof ids / sizeof *ids);
}

static bool is_layer(const struct cfn_scope *scope, const char *name) {
    struct cfn_texts layers = cfn_setting_list(scope, "data_lake.layers");
    for (size_t i = 0; i < layers.count; i++)
        if (strcmp(layers.items[i], name) == 0)
            return true;
    return false;
}

static void check(const struct cfn_scope *scope) {
    const struct redshift *r = scope->settings;
    for (size_t i = 0; i < r->layers.count; i++)
        if (!is_layer(scope, r->layers.items[i]))
            cfn_refuse(scope, "layers", "must be layers of data_lake.layers, not '%s'",
                       r->layers.items[i]);
    if (r->port > 5455 && r->port < 8191)
        cfn_refuse(scope, "port", "must be from 5431 to 5455 or from 8191 to 8215, not '%ld'",
                   r->port);
    if (is_serverless(r))
        redshift_check_serverless(scope, &r->serverless);
    else
        redshift_check_provisioned(scope, &r->provisioned);
}

static void build(const struct cfn_scope *scope) {
    const struct redshift *r = scope->settings;
    add_access(scope, r);
    add_spectrum_role(scope, r);
    cfn_value logs = add_logs(scope, r);
    if (is_serverless(r))
        redshift_add_serverless(scope, r, logs);
    else
        redshift_add_provisioned(scope, r, logs);
    cfn_export(scope, "DatabaseName", cfn_str(r->database), "First database of the warehouse");
}

const struct cfn_stack cfn_stack_redshift = {
    .name = "redshift",
    .summary = "warehouse, serverless or provisioned, that reads the lake",
    .size = sizeof(struct redshift),
    .rows = rows,
    .check = check,
    .build = build,
};

/* The cluster on EC2: one primary node and workers between two numbers, in a private subnet, its
 * disks and logs encrypted. */
#include "emr.h"
#include "parts.h"

#include <cfngen/aws/emr.h>
#include <cfngen/aws/s3.h>

const struct cfn_row emr_cluster_rows[] = {
    CFN_TEXT(struct emr_cluster, primary_type, .fallback = "m6g.xlarge",
             .help = "instance type of the primary node"),
    CFN_TEXT(struct emr_cluster, worker_type, .fallback = "m6g.xlarge",
             .help = "instance type of the workers"),
    CFN_INT(struct emr_cluster, min_instances, .fallback = "1", .min = 1, .max = 1000,
            .help = "fewest workers"),
    CFN_INT(struct emr_cluster, max_instances, .fallback = "4", .min = 1, .max = 1000,
            .help = "most workers"),
    CFN_INT(struct emr_cluster, volume_gb, .fallback = "64", .min = 10, .max = 16384,
            .help = "gigabytes of disk of each worker"),
    CFN_INT(struct emr_cluster, step_concurrency, .fallback = "4", .min = 1, .max = 256,
            .help = "most steps that run at the same time"),
    CFN_INT(struct emr_cluster, idle_minutes, .fallback = "60", .max = 10080,
            .help = "minutes without work after which the cluster ends for good; 0: never"),
    CFN_INT(struct emr_cluster, generation, .fallback = "1", .min = 1, .max = 1000000,
            .help = "raise it to have a cluster made anew, as when the last one has ended"),
    CFN_TEXT(struct emr_cluster, certificates, .format = &cfn_format_s3_key,
             .help = "key, in the script bucket, of a zip of PEM certificates with which nodes "
                     "encrypt what they send each other; absent: they do not"),
    CFN_INT(struct emr_cluster, log_days, .fallback = "90", .min = 1, .max = 3650,
            .help = "days that logs of clusters are kept"),
    CFN_ROWS_END,
};

void emr_cluster_check(const struct cfn_scope *scope, const struct emr_cluster *c) {
    if (c->min_instances > c->max_instances)
        cfn_refuse(scope, "ec2.min_instances", "must be at most max_instances, %ld, not %ld",
                   c->max_instances, c->min_instances);
}

cfn_value emr_managed_tags(const struct cfn_scope *scope, const char *name) {
    return cfn_append(cfn_tags(scope, name),
                      cfn_map({"Key", cfn_str("for-use-with-amazon-emr-managed-policies")},
                              {"Value", cfn_str("true")}));
}

static void add_logs(const struct cfn_scope *scope, const struct emr_cluster *c) {
    cfn_value expire = AWS_S3_Bucket_Rule(.Id = cfn_str("expire"), .Status = cfn_str("Enabled"),
                                          .ExpirationInDays = cfn_int(c->log_days));
    part_bucket(scope, .id = "Logs", .what = "emr-logs", .key = part_key(scope),
                .log_bucket = part_log_bucket(scope), .lifecycle = cfn_list(expire),
                .noncurrent_days = 1);
    cfn_export(scope, "LogBucketName", cfn_ref("Logs"), "Bucket of the cluster's logs");
}

static cfn_value at_rest(const struct cfn_scope *scope) {
    return cfn_map(
        {"S3EncryptionConfiguration",
         cfn_map({"EncryptionMode", cfn_str("SSE-KMS")}, {"AwsKmsKey", part_key(scope)})},
        {"LocalDiskEncryptionConfiguration",
         cfn_map({"EncryptionKeyProviderType", cfn_str("AwsKms")}, {"AwsKmsKey", part_key(scope)},
                 {"EnableEbsEncryption", cfn_bool(true)})});
}

static cfn_value in_transit(const struct cfn_scope *scope, const char *certificates) {
    if (!certificates)
        return NULL;
    cfn_value object =
        cfn_sub_with(cfn_text_of(scope, "s3://${Bucket}/%s", certificates),
                     cfn_map({"Bucket", cfn_import_from(scope, "common", "ScriptBucketName")}));
    return cfn_map({"TLSCertificateConfiguration",
                    cfn_map({"CertificateProviderType", cfn_str("PEM")}, {"S3Object", object})});
}

/* Steps take the role they are started with, not the nodes' own, and only with IMDSv2. Nodes can
 * encrypt what they send each other only with certificates, which nobody but the user can issue. */
static void add_security(const struct cfn_scope *scope, const struct emr_cluster *c) {
    cfn_value encryption =
        cfn_map({"EnableAtRestEncryption", cfn_bool(true)},
                {"AtRestEncryptionConfiguration", at_rest(scope)},
                {"EnableInTransitEncryption", cfn_bool(c->certificates != NULL)},
                {"InTransitEncryptionConfiguration", in_transit(scope, c->certificates)});
    cfn_value authorization =
        cfn_map({"IAMConfiguration", cfn_map({"EnableApplicationScopedIAMRole", cfn_bool(true)})});
    cfn_value metadata = cfn_map({"MinimumInstanceMetadataServiceVersion", cfn_int(2)},
                                 {"HttpPutResponseHopLimit", cfn_int(1)});
    cfn_add(scope->t, "Security",
            AWS_EMR_SecurityConfiguration(.SecurityConfiguration = cfn_map(
                                              {"EncryptionConfiguration", encryption},
                                              {"AuthorizationConfiguration", authorization},
                                              {"InstanceMetadataServiceConfiguration", metadata})));
}

static cfn_value group(const char *name, const char *type, long count, long volume_gb) {
    return AWS_EMR_Cluster_InstanceGroupConfig(
            .Name = cfn_str(name), .InstanceType = cfn_str(type), .InstanceCount = cfn_int(count),
            .Market = cfn_str("ON_DEMAND"),
            .EbsConfiguration = AWS_EMR_Cluster_EbsConfiguration(
                    .EbsOptimized = cfn_bool(true),
                    .EbsBlockDeviceConfigs = cfn_list(AWS_EMR_Cluster_EbsBlockDeviceConfig(
                            .VolumesPerInstance = cfn_int(1),
                            .VolumeSpecification =
                                AWS_EMR_Cluster_VolumeSpecification(.VolumeType = cfn_str("gp3"),
                                                                    .SizeInGB =
                                                                        cfn_int(volume_gb))))));
}

static cfn_value instances(const struct cfn_scope *scope, const struct emr_cluster *c) {
    return AWS_EMR_Cluster_JobFlowInstancesConfig(
            .Ec2SubnetId = cfn_select(0, part_private_subnets(scope)),
            .EmrManagedMasterSecurityGroup = cfn_ref("PrimaryAccess"),
            .EmrManagedSlaveSecurityGroup = cfn_ref("WorkerAccess"),
            .ServiceAccessSecurityGroup = cfn_ref("ServiceAccess"),
            .KeepJobFlowAliveWhenNoSteps = cfn_bool(true), .TerminationProtected = cfn_bool(false),
            .MasterInstanceGroup = group("primary", c->primary_type, 1, c->volume_gb),
            .CoreInstanceGroup = group("workers", c->worker_type, c->min_instances, c->volume_gb));
}

static cfn_value scaling(const struct emr_cluster *c) {
    return AWS_EMR_Cluster_ManagedScalingPolicy(
            .ComputeLimits =
                AWS_EMR_Cluster_ComputeLimits(.UnitType = cfn_str("Instances"),
                                              .MinimumCapacityUnits = cfn_int(c->min_instances),
                                              .MaximumCapacityUnits = cfn_int(c->max_instances),
                                              .MaximumCoreCapacityUnits =
                                                  cfn_int(c->max_instances)));
}

static cfn_value configurations(const struct cfn_scope *scope) {
    return cfn_list(
        AWS_EMR_Cluster_Configuration(.Classification = cfn_str("spark-defaults"),
                                      .ConfigurationProperties = emr_spark_defaults(scope)));
}

/* A cluster holds no data of its own: its disks are scratch space, the lake is in S3. */
static void add_cluster(const struct cfn_scope *scope, const struct emr *emr, cfn_value after) {
    const struct emr_cluster *c = &emr->ec2;
    const char *name = cfn_text_of(scope, "emr-%ld", c->generation);
    cfn_value ending =
        c->idle_minutes
            ? AWS_EMR_Cluster_AutoTerminationPolicy(.IdleTimeout = cfn_int(c->idle_minutes * 60))
            : NULL;
    cfn_add(
        scope->t, "Cluster",
        AWS_EMR_Cluster(.Name = cfn_str(cfn_scoped(scope, name, 256)),
                        .ReleaseLabel = cfn_fmt("emr-%s", emr->release),
                        .Applications =
                            cfn_list(AWS_EMR_Cluster_Application(.Name = cfn_str("Hadoop")),
                                     AWS_EMR_Cluster_Application(.Name = cfn_str("Spark"))),
                        .Configurations = configurations(scope), .Instances = instances(scope, c),
                        .ManagedScalingPolicy = scaling(c), .AutoTerminationPolicy = ending,
                        .StepConcurrencyLevel = cfn_int(c->step_concurrency),
                        .LogUri = cfn_sub("s3://${Logs}/clusters/"),
                        .LogEncryptionKmsKeyId = part_key(scope), .EbsRootVolumeSize = cfn_int(20),
                        .SecurityConfiguration = cfn_ref("Security"),
                        .ServiceRole = cfn_ref("ServiceRole"),
                        .JobFlowRole = cfn_ref("NodeProfile"),
                        .Tags = emr_managed_tags(scope, cfn_scoped(scope, name, 256))),
        .DeletionPolicy = "Delete", .DependsOn = after);
    cfn_export(scope, "ClusterId", cfn_ref("Cluster"), "Cluster that runs Spark");
    part_tell_airflow(scope, "emr_cluster_id", cfn_ref("Cluster"));
}

void emr_cluster_build(const struct cfn_scope *scope, const struct emr *emr) {
    add_logs(scope, &emr->ec2);
    cfn_value access = emr_add_cluster_access(scope);
    emr_add_cluster_roles(scope);
    add_security(scope, &emr->ec2);
    add_cluster(scope, emr, cfn_append(access, cfn_str("NodePolicy")));
}

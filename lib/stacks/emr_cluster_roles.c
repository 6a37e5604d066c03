/*
 * The roles of a cluster. The service's own is AWS's second managed policy, which reaches only what
 * is tagged for it, and what that leaves out. The nodes may hardly do more than take the role of
 * the job they run: a node's rights are not the sum of the rights of all jobs.
 */
#include "emr.h"
#include "parts.h"

#include <cfngen/aws/iam.h>

static cfn_value ec2_principal(void) {
    return cfn_sub("ec2.${AWS::URLSuffix}");
}

static cfn_value service_trust(void) {
    return cfn_policy(cfn_list(cfn_statement(
            .Principal = cfn_map({"Service", cfn_sub("elasticmapreduce.${AWS::URLSuffix}")}),
            .Action = cfn_str("sts:AssumeRole"),
            .Condition =
                cfn_map({"StringEquals", cfn_map({"aws:SourceAccount", cfn_ref("AWS::AccountId")})},
                        {"ArnLike",
                         cfn_map({"aws:SourceArn",
                                  cfn_sub("arn:${AWS::Partition}:elasticmapreduce:${AWS::Region}:"
                                          "${AWS::AccountId}:*")})}))));
}

/* The subnet belongs to common, which does not tag it for EMR. */
static cfn_value launch_in_subnet(const struct cfn_scope *scope) {
    return cfn_statement(
            .Sid = "LaunchInSubnet",
            .Action = cfn_strs("ec2:CreateFleet", "ec2:CreateLaunchTemplate",
                               "ec2:CreateLaunchTemplateVersion", "ec2:CreateNetworkInterface",
                               "ec2:RunInstances"),
            .Resource = cfn_sub_with(
                "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:subnet/${Subnet}",
                cfn_map({"Subnet", cfn_select(0, part_private_subnets(scope))})));
}

static cfn_value pass_node_role(void) {
    return cfn_statement(.Sid = "PassNodeRole", .Action = cfn_str("iam:PassRole"),
                         .Resource = cfn_att("NodeRole", "Arn"),
                         .Condition = cfn_map(
                             {"StringEquals", cfn_map({"iam:PassedToService", ec2_principal()})}));
}

/* Encrypted disks: EC2 is granted the key on the service's behalf. */
static cfn_value use_key_for_disks(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "EncryptDisks",
                         .Action =
                             cfn_strs("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt",
                                      "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
                                      "kms:ListGrants", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
                         .Resource = part_key(scope));
}

static cfn_value grant_key(const struct cfn_scope *scope) {
    return cfn_statement(.Sid = "GrantKeyToDisks", .Action = cfn_str("kms:CreateGrant"),
                         .Resource = part_key(scope),
                         .Condition = cfn_map(
                             {"Bool", cfn_map({"kms:GrantIsForAWSResource", cfn_str("true")})}));
}

static void add_service_role(const struct cfn_scope *scope) {
    part_role(scope, .id = "ServiceRole",
              .description = "EMR: starts and stops the cluster's nodes", .trust = service_trust(),
              .managed = cfn_list(cfn_sub("arn:${AWS::Partition}:iam::aws:policy/service-role/"
                                          "AmazonEMRServicePolicy_v2")),
              .statements = cfn_list(launch_in_subnet(scope), pass_node_role(),
                                     use_key_for_disks(scope), grant_key(scope)));
}

static void add_node_role(const struct cfn_scope *scope) {
    part_role(scope, .id = "NodeRole", .description = "nodes of the EMR cluster",
              .trust = cfn_trust("ec2.${AWS::URLSuffix}", false));
    cfn_add(scope->t, "NodeProfile",
            AWS_IAM_InstanceProfile(.Roles = cfn_list(cfn_ref("NodeRole"))));
    cfn_export(scope, "InstanceProfileArn", cfn_att("NodeProfile", "Arn"),
               "Instance profile of the cluster's nodes");
}

static cfn_value take_job_role(void) {
    return cfn_statement(.Sid = "TakeJobRole",
                         .Action = cfn_strs("sts:AssumeRole", "sts:TagSession"),
                         .Resource = cfn_att("JobRole", "Arn"));
}

static cfn_value write_logs(void) {
    return cfn_statement(.Sid = "WriteLogs", .Action = cfn_str("s3:PutObject"),
                         .Resource = cfn_sub("${Logs.Arn}/*"));
}

/* Apart from the role: the role of jobs trusts that one, and this policy names the role of jobs. */
static void add_node_policy(const struct cfn_scope *scope) {
    cfn_value scripts = cfn_sub_with(
        "${Bucket}/*", cfn_map({"Bucket", cfn_import_from(scope, "common", "ScriptBucketArn")}));
    cfn_value statements =
        part_may_read(cfn_import_from(scope, "common", "ScriptBucketArn"), scripts);
    statements = cfn_append(statements, take_job_role());
    statements = cfn_append(statements, write_logs());
    statements = cfn_append(statements, part_may_use_key(scope));
    cfn_add(scope->t, "NodePolicy",
            AWS_IAM_RolePolicy(.RoleName = cfn_ref("NodeRole"), .PolicyName = cfn_str("own"),
                               .PolicyDocument = cfn_policy(statements)));
}

static cfn_value job_trust(void) {
    return cfn_policy(
        cfn_list(cfn_statement(.Principal = cfn_map({"AWS", cfn_att("NodeRole", "Arn")}),
                               .Action = cfn_strs("sts:AssumeRole", "sts:TagSession"))));
}

void emr_add_cluster_roles(const struct cfn_scope *scope) {
    add_service_role(scope);
    add_node_role(scope);
    emr_add_job_role(scope, job_trust(), NULL);
    add_node_policy(scope);
}

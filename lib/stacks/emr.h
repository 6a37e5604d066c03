/*
 * The stack emr in its parts: the settings, and who builds what of them.
 */
#ifndef CFN_STACKS_EMR_H
#define CFN_STACKS_EMR_H

#include <cfngen/stack.h>

struct emr_serverless {
    const char *architecture;
    long idle_minutes;
    long max_vcpu, max_memory_gb, max_disk_gb;
};

struct emr_cluster {
    const char *primary_type, *worker_type;
    long min_instances, max_instances;
    long volume_gb;
    long step_concurrency;
    long idle_minutes;
    long generation;
    const char *certificates;
    long log_days;
};

struct emr {
    struct cfn_stack_settings stack;
    const char *mode;
    const char *release;
    struct emr_serverless serverless;
    struct emr_cluster ec2;
};

extern const struct cfn_row emr_serverless_rows[];
extern const struct cfn_row emr_cluster_rows[];

/* Impossible sizes. */
void emr_serverless_check(const struct cfn_scope *scope, const struct emr_serverless *s);
void emr_cluster_check(const struct cfn_scope *scope, const struct emr_cluster *c);

/* What Spark is told on either kind: UTC, and the Glue catalog where it is there. A map of
 * properties. */
cfn_value emr_spark_defaults(const struct cfn_scope *scope);

/* The role of jobs, JobRole, and its export. further: statements for one kind alone (a list, may be
 * absent). */
void emr_add_job_role(const struct cfn_scope *scope, cfn_value trust, cfn_value further);

/* Everything else, with exports. */
void emr_serverless_build(const struct cfn_scope *scope, const struct emr *emr);
void emr_cluster_build(const struct cfn_scope *scope, const struct emr *emr);

/* Of a cluster: the security groups PrimaryAccess, WorkerAccess and ServiceAccess. Returns the
 * logical ids of their rules: EMR would add those that it misses, and be in the way of ours. */
cfn_value emr_add_cluster_access(const struct cfn_scope *scope);

/* Of a cluster: JobRole, ServiceRole, NodeRole with NodePolicy, and the profile NodeProfile. */
void emr_add_cluster_roles(const struct cfn_scope *scope);

/* The platform's tags, and the one by which AWS's managed policy for EMR knows what it may touch.
 */
cfn_value emr_managed_tags(const struct cfn_scope *scope, const char *name);

#endif

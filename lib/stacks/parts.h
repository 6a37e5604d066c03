/*
 * What several stacks are made of, safe by construction: a bucket is private, encrypted, TLS-only
 * and logged; a log group is encrypted and expires; a role trusts one service of this account. A
 * stack writes only what differs.
 */
#ifndef CFN_STACKS_PARTS_H
#define CFN_STACKS_PARTS_H

#include <cfngen/stack.h>

/* "shop-dev-<what>-<account>-<region>". */
cfn_value part_bucket_name(const struct cfn_scope *scope, const char *what);

/* The ARN of the bucket of that name, and suffix: "" for itself, "/<key>" or a pattern for objects.
 */
cfn_value part_bucket_arn(const struct cfn_scope *scope, const char *what, const char *suffix);

struct part_bucket {
    const char *id;   /* logical id; its policy is <id>Policy */
    const char *what; /* part of its name: "bronze" */
    cfn_value key;    /* KMS key ARN; absent: S3's own key (only where a service cannot use KMS) */
    cfn_value log_bucket; /* name of the bucket that takes its access logs; absent: not logged */
    cfn_value lifecycle;  /* list of rules; incomplete uploads are always cleaned up */
    cfn_value statements; /* further statements of its policy */
    long noncurrent_days; /* old versions are deleted after so many days; 0: not versioned */
    bool events;          /* tells EventBridge of its objects */
    const char *deletion_policy;
    const void *cfn_end;
};
#define part_bucket(scope, ...)                                                                    \
    part_add_bucket((scope), &(const struct part_bucket){__VA_ARGS__}, CFN_HERE)
void part_add_bucket(const struct cfn_scope *scope, const struct part_bucket *bucket,
                     struct cfn_place place);

/* The key, and the bucket of access logs, that the stack common exports. */
cfn_value part_key(const struct cfn_scope *scope);
cfn_value part_log_bucket(const struct cfn_scope *scope);

/* VPC and private subnets of the stack common. */
cfn_value part_vpc(const struct cfn_scope *scope);
cfn_value part_private_subnets(const struct cfn_scope *scope);

/* How long log groups keep events: a setting of the stack common. */
long part_log_days(const struct cfn_scope *scope);

/* A log group of that name, encrypted with the platform's key. */
#define part_log_group(scope, id, name, days)                                                      \
    part_add_log_group((scope), (id), (name), (days), CFN_HERE)
void part_add_log_group(const struct cfn_scope *scope, const char *id, cfn_value name, long days,
                        struct cfn_place place);

/* A role with one inline policy made of statements (a list) and managed policies (a list of ARNs,
 * may be absent). */
struct part_role {
    const char *id;
    const char *name;     /* suffix of its physical name; NULL: CloudFormation makes one */
    cfn_value trust;      /* cfn_trust(...) */
    cfn_value statements; /* may be absent */
    cfn_value managed;    /* may be absent */
    const char *description;
    const char *condition;
    const void *cfn_end;
};
#define part_role(scope, ...)                                                                      \
    part_add_role((scope), &(const struct part_role){__VA_ARGS__}, CFN_HERE)
void part_add_role(const struct cfn_scope *scope, const struct part_role *role,
                   struct cfn_place place);

/* Statements that several roles need. */
cfn_value
part_may_use_key(const struct cfn_scope *scope); /* Decrypt, GenerateDataKey, DescribeKey */
cfn_value part_may_read(cfn_value bucket_arn,
                        cfn_value objects); /* two statements as a list: ListBucket; GetObject */
cfn_value
part_may_write_logs(const char *log_group); /* of a group's name, which may end in an asterisk */

/* A security group in the platform's VPC without ingress, and egress only as told: rules as EC2
 * takes them. */
cfn_value part_egress_https(void); /* TCP 443 to anywhere: AWS's own endpoints */

cfn_value part_egress_none(void); /* nowhere: without any rule, EC2 would let everything out */

/*
 * Names that several stacks know. The stack that makes the thing gives it its name; another finds
 * it by that, without an import, and so need not wait for it.
 */
#define PART_SPARK_ROLE "spark"       /* .name of the role of Spark jobs */
#define PART_SPECTRUM_ROLE "spectrum" /* .name of the warehouse's role */

/* Roles are the account's, so their names say the region: "<prefix>-<name>-<region>". What stands
 * behind the prefix in the name of a role of that .name, and its ARN. */
const char *part_role_suffix(const struct cfn_scope *scope, const char *name);
cfn_value part_role_arn(const struct cfn_scope *scope, const char *name);

/* Of a layer. */
const char *part_database_name(const struct cfn_scope *scope, const char *layer);
const char *part_crawler_name(const struct cfn_scope *scope, const char *layer);

/* Of the replication, in both modes. */
const char *part_task_name(const struct cfn_scope *scope);

/* Of workgroup and namespace, or of the cluster; of its first database; of the secret that Redshift
 * makes for its administrator. */
const char *part_warehouse_name(const struct cfn_scope *scope);
const char *part_warehouse_database(const struct cfn_scope *scope);
const char *part_warehouse_secret(const struct cfn_scope *scope);

/* Of EMR Serverless. */
const char *part_spark_log_group(const struct cfn_scope *scope);

/* "/shop-dev/airflow": the path in Parameter Store that Airflow may read; its variables are below
 * /variables. */
const char *part_airflow_parameters(const struct cfn_scope *scope);

/* Adds AirflowVariable, a variable of Airflow in Parameter Store, where Airflow is there: read when
 * a DAG runs, so that Airflow does not wait for what it tells of. Consumes value. */
void part_tell_airflow(const struct cfn_scope *scope, const char *variable, cfn_value value);

/* "arn:<partition>:<service>:<region>:<account>:<rest>"; rest may have pseudo parameters and
 * asterisks. */
cfn_value part_arn(const struct cfn_scope *scope, const char *service, const char *rest);

/* Whether the private subnets have a way to a service ("ssm"): by NAT or by an endpoint of its own.
 */
bool part_reaches(const struct cfn_scope *scope, const char *service);

/* Whether a setting of this stack ("instance_class") was written by the user, wherever he wrote it.
 */
bool part_given(const struct cfn_scope *scope, const char *name);

/* "raw-events" -> "raw_events": for names that take no hyphens; not the empty text. */
const char *part_underscored(const struct cfn_scope *scope, const char *name);

/* "bronze" -> "Bronze", "raw_events" -> "RawEvents": for logical ids and export names. */
const char *part_camel(const struct cfn_scope *scope, const char *snake);

/* Warns, at a setting, that the region does not have a type as far as is known: it may have come
 * since. */
void part_check_region(const struct cfn_scope *scope, const char *name, const char *type);

#endif

/*
 * The stack mwaa in its parts: settings and what is refused of them (mwaa_settings.c), the
 * execution role and what it tells DAGs (mwaa_role.c), the environment and the rest (mwaa.c).
 */
#ifndef CFN_STACKS_MWAA_H
#define CFN_STACKS_MWAA_H

#include <cfngen/stack.h>

struct mwaa_logs {
    const char *dag_processing, *scheduler, *task, *webserver, *worker;
};

struct mwaa {
    struct cfn_stack_settings stack;
    const char *airflow_version, *environment_class;
    long min_workers, max_workers, schedulers, webservers;
    const char *webserver_access;
    const char *dags_path, *requirements_path, *plugins_path, *startup_script_path;
    struct mwaa_logs log_levels;
    const char *maintenance_start, *worker_replacement, *endpoints;
    struct cfn_table airflow_options;
};

extern const struct cfn_row mwaa_rows[];

void mwaa_check(const struct cfn_scope *scope);

/* The number that is given, else the usual one of the class. */
long mwaa_count(const struct mwaa *m, long given, long usual);

/* Adds ExecutionRole for the environment of that name, whose bucket is the resource Dags: what MWAA
 * itself wants, under the names that it really uses, and what DAGs do with the stacks that are
 * there. */
void mwaa_add_role(const struct cfn_scope *scope, const char *environment);

/* What a DAG has to know of the platform, as configuration options: {"cfngen.silver_bucket": ...}.
 * A DAG that reads them calls no API while it is parsed. */
cfn_value mwaa_options(const struct cfn_scope *scope);

/* Whether other stacks tell Airflow something by variables, in Parameter Store. */
bool mwaa_has_variables(const struct cfn_scope *scope);

/* Whether the user's options say where Airflow looks for variables. */
bool mwaa_has_own_backend(const struct cfn_table *own);

/* The tags by which the platform knows its own, Project and Environment, each key after a prefix.
 */
cfn_value mwaa_own_tags(const struct cfn_scope *scope, const char *key_prefix);

/* Of the task, or of the serverless replication. */
cfn_value mwaa_replication_arn(const struct cfn_scope *scope);

#endif

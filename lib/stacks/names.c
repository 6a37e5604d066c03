/* Names that several stacks know, and the ARNs made of them. */
#include "parts.h"

#include <base/base.h>
#include <string.h>

enum { LONGEST_TASK_NAME = 31, LONGEST_WAREHOUSE_NAME = 63, LONGEST_CRAWLER_NAME = 255 };

/* Too long a name is told once, by the stack that gives it. */
static const char *name_of(const struct cfn_scope *scope, const char *giver, const char *suffix,
                           size_t max) {
    return cfn_same(scope->stack, giver) ? cfn_scoped(scope, suffix, max)
                                         : cfn_text_of(scope, "%s-%s", scope->prefix, suffix);
}

cfn_value part_arn(const struct cfn_scope *scope, const char *service, const char *rest) {
    return cfn_sub(cfn_text_of(
        scope, "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:%s", service, rest));
}

const char *part_role_suffix(const struct cfn_scope *scope, const char *name) {
    return cfn_text_of(scope, "%s-%s", name, scope->region);
}

cfn_value part_role_arn(const struct cfn_scope *scope, const char *name) {
    return cfn_sub(cfn_text_of(scope, "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/%s-%s",
                               scope->prefix, part_role_suffix(scope, name)));
}

const char *part_underscored(const struct cfn_scope *scope, const char *name) {
    struct cfn_text text = {0};
    cfn_text_put(&text, name);
    for (char *c = text.data; *c; c++)
        if (*c == '-')
            *c = '_';
    const char *kept = cfn_text_of(scope, "%s", text.data);
    cfn_text_done(&text);
    return kept;
}

/* Athena and Spark read names without quotes only when they have no hyphens. */
const char *part_database_name(const struct cfn_scope *scope, const char *layer) {
    return part_underscored(scope, cfn_text_of(scope, "%s_%s", scope->prefix, layer));
}

const char *part_crawler_name(const struct cfn_scope *scope, const char *layer) {
    return name_of(scope, "glue", layer, LONGEST_CRAWLER_NAME);
}

const char *part_task_name(const struct cfn_scope *scope) {
    return name_of(scope, "dms", "db", LONGEST_TASK_NAME);
}

const char *part_warehouse_name(const struct cfn_scope *scope) {
    return name_of(scope, "redshift", "warehouse", LONGEST_WAREHOUSE_NAME);
}

const char *part_warehouse_database(const struct cfn_scope *scope) {
    return cfn_setting_of(scope, "redshift.database");
}

const char *part_warehouse_secret(const struct cfn_scope *scope) {
    return cfn_text_of(scope, "redshift!%s-%s", part_warehouse_name(scope),
                       cfn_setting_of(scope, "redshift.admin_user"));
}

const char *part_spark_log_group(const struct cfn_scope *scope) {
    return cfn_text_of(scope, "/cfngen/%s/emr", scope->prefix);
}

const char *part_airflow_parameters(const struct cfn_scope *scope) {
    return cfn_text_of(scope, "/%s/airflow", scope->prefix);
}

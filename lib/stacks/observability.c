/*
 * observability: what tells a person that something is wrong. Creates alarms on the metrics that
 * matter, rules for the events that matter (a failed Spark job, crawler or replication), all ending
 * at the topic of common, and one dashboard. Needs common, and of the other stacks those that are
 * switched on. Exports DashboardName.
 */
#include "observability.h"

#include <string.h>

struct observability {
    struct cfn_stack_settings stack;
    struct watched_rds rds;
    struct watched_dms dms;
    struct watched_redshift redshift;
    struct watched_mwaa mwaa;
};

static const struct cfn_row rows[] = {
    CFN_STACK_ROWS(struct observability),
    CFN_SECTION(struct observability, rds, struct watched_rds, .rows = watched_rds_rows,
                .help = "thresholds of the database"),
    CFN_SECTION(struct observability, dms, struct watched_dms, .rows = watched_dms_rows,
                .help = "thresholds of the replication"),
    CFN_SECTION(struct observability, redshift, struct watched_redshift,
                .rows = watched_redshift_rows, .help = "thresholds of the warehouse"),
    CFN_SECTION(struct observability, mwaa, struct watched_mwaa, .rows = watched_mwaa_rows,
                .help = "thresholds of Airflow"),
    CFN_ROWS_END,
};

bool watch_finds(const struct cfn_scope *scope, const char *path, const char *value) {
    const char *found = cfn_setting_of(scope, path);
    return found && strcmp(found, value) == 0;
}

static void build(const struct cfn_scope *scope) {
    const struct observability *o = scope->settings;
    struct watch w;
    watch_begin(&w, scope);
    if (cfn_enabled(scope, "rds") && !cfn_setting_of(scope, "rds.existing.host"))
        watch_rds(&w, &o->rds);
    if (cfn_enabled(scope, "dms"))
        watch_dms(&w, &o->dms);
    if (cfn_enabled(scope, "glue"))
        watch_glue(&w);
    if (cfn_enabled(scope, "emr"))
        watch_emr(&w);
    if (cfn_enabled(scope, "redshift"))
        watch_redshift(&w, &o->redshift);
    if (cfn_enabled(scope, "mwaa"))
        watch_mwaa(&w, &o->mwaa);
    watch_end(&w);
}

const struct cfn_stack cfn_stack_observability = {
    .name = "observability",
    .summary = "alarms, event rules and one dashboard",
    .size = sizeof(struct observability),
    .rows = rows,
    .build = build,
};

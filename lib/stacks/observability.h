/*
 * What the stack observability watches of each other stack that is switched on. A threshold of 0:
 * no such alarm.
 */
#ifndef CFN_STACKS_OBSERVABILITY_H
#define CFN_STACKS_OBSERVABILITY_H

#include "watch.h"

struct watched_rds {
    long free_storage_gb, cpu_percent, free_memory_mb, connections, slot_lag_gb, wal_gb;
};

struct watched_dms {
    long latency_seconds, free_storage_gb, free_memory_mb;
};

struct watched_redshift {
    long capacity_percent, disk_percent;
};

struct watched_mwaa {
    bool heartbeat;
    long queued_tasks;
};

extern const struct cfn_row watched_rds_rows[];
extern const struct cfn_row watched_dms_rows[];
extern const struct cfn_row watched_redshift_rows[];
extern const struct cfn_row watched_mwaa_rows[];

void watch_rds(struct watch *w, const struct watched_rds *limits);
void watch_dms(struct watch *w, const struct watched_dms *limits);
void watch_redshift(struct watch *w, const struct watched_redshift *limits);
void watch_mwaa(struct watch *w, const struct watched_mwaa *limits);
void watch_emr(struct watch *w);
void watch_glue(struct watch *w);

/* Whether a setting of another stack has this value. */
bool watch_finds(const struct cfn_scope *scope, const char *path, const char *value);

#endif

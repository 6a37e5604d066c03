/*
 * Replications of DMS, once they have been started: what they do follows from when they were
 * started and stopped. Those that nobody has started need no memory: they are "ready", or
 * "created" where they are serverless.
 */
#ifndef CFN_SIM_REPLICATION_H
#define CFN_SIM_REPLICATION_H

#include "sim.h"

/* From a time on, which may be to come. */
struct cfn__replication_step {
    int64_t time;
    const char *status, *reason;
};
struct cfn__replication {
    CFN_ARRAY(struct cfn__replication_step) course;
    int64_t started, fresh, loaded; /* loaded: when the full load is through; 0: never */
    json_t *tags;                   /* {key: value} */
};

/* The task or serverless replication of that ARN; NULL: there is none. */
const struct cfn__thing *cfn__replicating_thing(const struct cfn_sim *sim, const char *arn);
/* The one that a request names; NULL: refused. */
const struct cfn__thing *cfn__replication_named(struct cfn__request *request);
struct cfn__replication *cfn__replication_remembered(struct cfn_sim *sim, const char *arn);
json_t *cfn__replication_told(const struct cfn_sim *sim, const struct cfn__thing *thing,
                              int64_t as_of);
const char *cfn__replication_type(const struct cfn__thing *thing); /* "full-load" */
struct cfn__replication *cfn__replication_of(const struct cfn_sim *sim, const char *arn);
void cfn__replication_free(void *replication);
/* Whether it works at that time, so that it can be neither changed nor deleted. */
bool cfn__replication_works(const struct cfn_sim *sim, const char *arn, int64_t time);
const char *cfn__replication_status(const struct cfn_sim *sim, const struct cfn__thing *thing,
                                    int64_t time, const char **reason);
/* {arn: {status, tags}} of those that were ever started or tagged. */
json_t *cfn__replications_told(const struct cfn_sim *sim);
/* Why a resource that is a working replication cannot be updated or deleted; to be freed, or NULL.
 */
char *cfn__replication_hinders(const struct cfn_sim *sim, const struct cfn__resource *resource,
                               const char *verb);

cfn__action cfn__describe_replications, cfn__start_replication, cfn__stop_replication,
    cfn__describe_replicated_tables, cfn__test_connection, cfn__describe_connections,
    cfn__tag_replication, cfn__untag_replication, cfn__list_replication_tags,
    cfn__get_metric_statistics;

#endif

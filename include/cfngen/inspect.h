/*
 * Looking at what is deployed, and single operations on it, over any transport. These wait for
 * their answers; calls for several stacks are under way at the same time. Of a deployment only the
 * targets are looked at. Each gives a list with one object per target, in their order, as a new
 * reference, or NULL with a diagnostic when AWS could not be asked. A stack that is not there is no
 * error: its status is "".
 */
#ifndef CFNGEN_INSPECT_H
#define CFNGEN_INSPECT_H

#include <cfngen/deploy.h>

#ifdef __cplusplus
extern "C" {
#endif

/* {name, stack_name, stack_id, status, status_reason, created, updated, termination_protection,
 * drift, parameters: {}, tags: {}, outputs: {}}; times as AWS writes them. */
CFN_API json_t *cfn_inspect_stacks(const struct cfn_transport *transport,
                                   const struct cfn_deployment *what, struct cfn_diags *diags);

/* Events of one stack, the oldest first: {time, logical_id, physical_id, type, status, reason,
 * token}. limit: at most so many, the latest (0: all that AWS keeps). since: none before that time.
 * By stack name or id. */
CFN_API json_t *cfn_inspect_events(const struct cfn_transport *transport, const char *stack_name,
                                   size_t limit, int64_t since, struct cfn_diags *diags);

/* Follows the stacks on which an operation is under way until none is. event is told of every
 * resource, from the beginning of the watch; stop is asked at each look. poll in milliseconds, 0:
 * 2,000. The list is that of cfn_inspect_stacks at the end. */
struct cfn_watch {
    void (*event)(void *self, const struct cfn_event *event);
    bool (*stop)(void *self);
    void *self;
    int64_t poll;
};
CFN_API json_t *cfn_inspect_watch(const struct cfn_transport *transport,
                                  const struct cfn_deployment *what, const struct cfn_watch *watch,
                                  struct cfn_diags *diags);

/* Detects drift: {name, stack_name, status, drift ("IN_SYNC", "DRIFTED", "NOT_CHECKED"), reason,
 * resources: [{logical_id, physical_id, type, drift, differences: [{path, kind, expected,
 * actual}]}]}, with those resources that have drifted. */
CFN_API json_t *cfn_inspect_drift(const struct cfn_transport *transport,
                                  const struct cfn_deployment *what, struct cfn_diags *diags);

/* Who imports what: {name, stack_name, status, exports: [{name, value, importers: [stack names]}],
 * imports: [{name, exporter (a stack name, "" where nobody exports it), value}]}: exports as they
 * are deployed, imports as the templates will ask for them. */
CFN_API json_t *cfn_inspect_imports(const struct cfn_transport *transport,
                                    const struct cfn_deployment *what, struct cfn_diags *diags);

/* Cancels updates under way: {name, stack_name, status, cancelled, reason}. A creation cannot be
 * cancelled; reason says so. */
CFN_API json_t *cfn_cancel(const struct cfn_transport *transport, const struct cfn_deployment *what,
                           struct cfn_diags *diags);

/* Brings failed stacks back to their last good state: continues a rollback that failed (leaving out
 * what->skip), or rolls back what failed without a rollback: {name, stack_name, status, begun,
 * reason}. It does not wait for the end; see cfn_inspect_watch. */
CFN_API json_t *cfn_roll_back(const struct cfn_transport *transport,
                              const struct cfn_deployment *what, struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

/*
 * A simulation of CloudFormation, in this process and in virtual time.
 *
 * It keeps stacks as the service does: templates are evaluated and checked against AWS's resource
 * schema; resources are created, updated (in place or by replacement) and deleted in the order of
 * their references, each taking its typical time; every step is an event; a failure rolls back;
 * exports protect what others import; tokens make calls repeatable; change sets, drift, capability,
 * size and termination checks answer with the service's own words and codes. Physical ids and
 * attributes have the form of real ones.
 *
 * What it does not know: whether AWS would accept a value that the schema accepts, permissions,
 * quotas of the account, what a resource does once it is there, true times. It creates nothing.
 * Macros, nested stacks' remote templates (but those uploaded to its own S3), hooks and stack sets
 * are refused.
 *
 * Beside CloudFormation it answers, as far as a deployment needs: S3 (buckets, objects, versions),
 * STS GetCallerIdentity, DMS (replications that are started, stopped and told, which takes its time
 * and replicates nothing; one that runs can be neither updated nor deleted), and reads of IAM, EC2,
 * KMS and others that follow from the stacks it has or from `account` below.
 */
#ifndef CFNGEN_SIM_H
#define CFNGEN_SIM_H

#include <cfngen/aws.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Chances are per 10,000 calls (or resources), 0: never. The same seed and the same calls give the
 * same run. */
struct cfn_sim_faults {
    unsigned throttle;       /* a call is refused with Throttling */
    unsigned server_error;   /* answered with 500 or 503; half of them were carried out */
    unsigned lost_request;   /* never arrives */
    unsigned lost_reply;     /* carried out, but no answer comes */
    unsigned late_reply;     /* the answer takes up to 30 s */
    unsigned stale_read;     /* a read tells what was true up to 5 s ago */
    unsigned resource;       /* creating or updating a resource fails */
    unsigned stuck_delete;   /* deleting a resource fails */
    unsigned stuck_rollback; /* undoing an update of a resource fails */
    unsigned other_operator; /* per call: someone else updates, cancels or deletes a stack */
};

struct cfn_sim_options {
    uint64_t seed;
    const char *region, *account; /* NULL: "us-east-1", "123456789012" */
    int64_t start;                /* virtual time at the beginning; 0: 2026-01-01T00:00:00Z */
    int64_t latency;              /* of a call, in milliseconds; 0: 80; negative: none */
    int64_t change_set;           /* time to make a change set; 0: 3,000 */
    double scale;                 /* of resources' times: 0.01 makes minutes of hours; 0: 1 */
    const json_t
        *times; /* {"stack-name": milliseconds}: whole stacks that take this long, or NULL */
    /* Resources that fail, by script: {"stack-name/LogicalId": {"reason": text, "times": n,
     * "operation": "create|update|delete|rollback"}}, where operation is missing when it is created
     * or updated; or NULL. */
    const json_t *failures;
    /* What the account has beforehand, or NULL: {"roles": ["dms-vpc-role"], "log_groups": [...],
     * "buckets": {"name": "owner account id"}, "parameters": {"name": "value"}, "quotas": {"code":
     * number}, "zones": [...]}. */
    const json_t *account_has;
    struct cfn_sim_faults faults;
};

struct cfn_sim;
/* NULL options: the defaults. */
CFN_API struct cfn_sim *cfn_sim_new(const struct cfn_sim_options *options);
CFN_API void cfn_sim_free(struct cfn_sim *sim);

/* In virtual time: wait() moves the clock to the next reply, or to its limit. Calls of one
 * transport that is abandoned (the caller is "killed") are forgotten with cfn_sim_hang_up; what
 * they began goes on. */
CFN_API const struct cfn_transport *cfn_sim_transport(struct cfn_sim *sim);
CFN_API void cfn_sim_hang_up(struct cfn_sim *sim);
CFN_API int64_t cfn_sim_now(const struct cfn_sim *sim);
/* Lets virtual time pass. */
CFN_API void cfn_sim_advance(struct cfn_sim *sim, int64_t until);
/* Changes the faults, or the script of failures, from now on. */
CFN_API void cfn_sim_set_faults(struct cfn_sim *sim, const struct cfn_sim_faults *faults);
CFN_API void cfn_sim_set_failures(struct cfn_sim *sim, const json_t *failures);

/* One call at time `now` (not before an earlier one), answered at once and without faults of the
 * network: what the server stands on. Consumes its input. */
CFN_API void cfn_sim_call(struct cfn_sim *sim, int64_t now, const struct cfn_call *call,
                          struct cfn_reply *reply);

/* What is really there, past all staleness, for tests and for telling: {"stacks": {name: {"status",
 * "parameters", "tags", "template", "outputs", "resources": {id: {type, physical_id, status,
 * properties}}, "operations": [{token, action, by, start, end, status}]}}, "exports": {...},
 * "buckets": {...}, "replications": {arn: {status, tags}} (of those that were started or tagged),
 * "violations": [text]}: the last list names what no caller may ever do to the service's own
 * consistency (never filled by a correct simulation). A new reference. */
CFN_API json_t *cfn_sim_state(const struct cfn_sim *sim);
/* Sets a resource's live properties as if someone had changed them by hand: for drift. 0, or -1
 * when there is no such resource. */
CFN_API int cfn_sim_drift(struct cfn_sim *sim, const char *stack_name, const char *logical_id,
                          json_t *properties);

/* The same over HTTP, for any AWS client: `cfngen simulate --listen`. Time is the machine's, or
 * runs `speed` times as fast; HTTP's Date is the machine's. Serves until *stop is not 0. address
 * "127.0.0.1:0" takes a free port; ready (may be NULL) is told which. Anything but a loopback
 * address is refused, for it has no access control. */
struct cfn_sim_server {
    const char *address;
    double speed;       /* 0: 1 */
    const char *secret; /* of the access key "cfngen": where set, signatures are verified */
    volatile int *stop;
    void (*ready)(void *self, int port);
    void (*trace)(void *self, const char *service, const char *action, const char *outcome);
    void *self;
};
CFN_API int cfn_sim_serve(struct cfn_sim *sim, const struct cfn_sim_server *server,
                          struct cfn_diags *diags);

#ifdef __cplusplus
}
#endif

#endif

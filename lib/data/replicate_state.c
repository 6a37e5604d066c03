/* What a replication's status comes to, of all that DMS tells. */
#include "replicate.h"

#include <string.h>

/* Words of DMS, in small letters, and what they mean. What is not among them is a step on the way
 * of a serverless replication ("calculating_capacity"). */
static const struct {
    const char *status, *state;
} states[] = {
    {"creating", "busy"},         {"modifying", "busy"},      {"moving", "busy"},
    {"testing", "busy"},          {"deleting", "deleting"},   {"deleted", "deleting"},
    {"failed", "failed"},         {"failed-move", "stopped"}, {"stopping", "stopping"},
    {"ready", "stopped"},         {"created", "stopped"},     {"stopped", "stopped"},
    {"deprovisioned", "stopped"}, {"paused", "stopped"},      {"running", "running"},
    {"starting", "starting"},
};

json_int_t cfn__count_of(const json_t *status, const char *member) {
    return json_integer_value(json_object_get(status, member));
}

bool cfn__state_is(const json_t *status, const char *state) {
    return strcmp(cfn_output_text(status, "state"), state) == 0;
}

static const char *rough(const json_t *status) {
    const char *word = cfn_output_text(status, "status");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].status, word) == 0)
            return states[i].state;
    return *word ? "starting" : "deleting";
}

bool cfn__replication_has_run(const json_t *status) {
    const char *word = cfn_output_text(status, "status");
    return (strcmp(word, "ready") != 0 && strcmp(word, "created") != 0) ||
           json_is_number(json_object_get(status, "started"));
}

bool cfn__replication_runs(const json_t *status) {
    const char *state = rough(status);
    return strcmp(state, "running") == 0 || strcmp(state, "starting") == 0;
}

static bool loads(const json_t *status) {
    return cfn__count_of(status, "tables_loading") > 0 ||
           cfn__count_of(status, "tables_queued") > 0;
}

/* That it runs does not say that it has loaded: all tables must be through, none in error. */
static const char *state_running(const json_t *status) {
    const char *type = cfn_output_text(status, "migration_type");
    bool errors = cfn__count_of(status, "tables_errored") > 0;
    if (errors && !loads(status))
        return "failed";
    if (strcmp(type, "cdc") == 0)
        return "replicating";
    bool through = cfn__count_of(status, "percent") >= 100 && !loads(status);
    return through && strcmp(type, "full-load") != 0 ? "replicating" : "loading";
}

static const char *state_stopped(const json_t *status) {
    static const char *const troubles[] = {"ERROR", "LOW_MEMORY", "LOW_DISK", "LIMITS_REACHED"};
    const char *reason = cfn_output_text(status, "stop_reason");
    if (!cfn__replication_has_run(status))
        return "new";
    for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
        if (strstr(reason, troubles[i]))
            return "failed";
    if (!strstr(reason, "FULL_LOAD_ONLY_FINISHED"))
        return "stopped";
    return cfn__count_of(status, "tables_errored") > 0 ? "failed" : "loaded";
}

const char *cfn__replication_state(const json_t *status) {
    const char *state = rough(status);
    if (strcmp(state, "running") == 0)
        return state_running(status);
    return strcmp(state, "stopped") == 0 ? state_stopped(status) : state;
}

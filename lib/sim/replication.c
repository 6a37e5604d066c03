/* What replications do in time: started, they load and then follow; stopped, they stand still. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

enum { STARTING = 45000, STOPPING = 20000, LOADING = 180000 };

const struct cfn__thing *cfn__replicating_thing(const struct cfn_sim *sim, const char *arn) {
    for (size_t i = 0; i < sim->things.count && arn; i++) {
        const struct cfn__thing *thing = sim->things.items[i].value;
        if (thing && strcmp(thing->physical, arn) == 0 &&
            (strcmp(thing->type, "AWS::DMS::ReplicationTask") == 0 ||
             strcmp(thing->type, "AWS::DMS::ReplicationConfig") == 0))
            return thing;
    }
    return NULL;
}

struct cfn__replication *cfn__replication_of(const struct cfn_sim *sim, const char *arn) {
    return cfn__map_get(&sim->replications, arn);
}

void cfn__replication_free(void *value) {
    struct cfn__replication *replication = value;
    free(replication->course.items);
    json_decref(replication->tags);
    free(replication);
}

struct cfn__replication *cfn__replication_remembered(struct cfn_sim *sim, const char *arn) {
    struct cfn__replication *replication = cfn__replication_of(sim, arn);
    if (!replication) {
        replication = cfn__alloc(sizeof *replication);
        replication->tags = json_object();
        cfn__map_put(&sim->replications, arn, replication);
    }
    return replication;
}

const char *cfn__replication_status(const struct cfn_sim *sim, const struct cfn__thing *thing,
                                    int64_t time, const char **reason) {
    const struct cfn__replication *replication = cfn__replication_of(sim, thing->physical);
    const char *status =
        strcmp(thing->type, "AWS::DMS::ReplicationTask") == 0 ? "ready" : "created";
    *reason = "";
    for (size_t i = 0; replication && i < replication->course.count; i++)
        if (replication->course.items[i].time <= time) {
            status = replication->course.items[i].status;
            *reason = replication->course.items[i].reason;
        }
    return status;
}

static bool is_at_work(const char *status) {
    return strcmp(status, "starting") == 0 || strcmp(status, "running") == 0 ||
           strcmp(status, "stopping") == 0;
}

bool cfn__replication_works(const struct cfn_sim *sim, const char *arn, int64_t time) {
    const struct cfn__thing *thing = cfn__replicating_thing(sim, arn);
    const char *reason;
    return thing && is_at_work(cfn__replication_status(sim, thing, time, &reason));
}

char *cfn__replication_hinders(const struct cfn_sim *sim, const struct cfn__resource *resource,
                               const char *verb) {
    struct cfn_text reason = {0};
    if (!cfn_starts_with(resource->type, "AWS::DMS::Replication") ||
        !cfn__replication_works(sim, resource->physical, sim->now))
        return NULL;
    cfn_text_printf(&reason,
                    "Replication %s cannot be %s while it is running (Service: "
                    "AWSDatabaseMigrationService; Status Code: 400; Error Code: "
                    "InvalidResourceStateFault)",
                    resource->physical, verb);
    return cfn_text_take(&reason);
}

json_t *cfn__replications_told(const struct cfn_sim *sim) {
    json_t *told = json_object();
    for (size_t i = 0; i < sim->replications.count; i++) {
        const struct cfn__replication *replication = sim->replications.items[i].value;
        const struct cfn__thing *thing =
            replication ? cfn__replicating_thing(sim, sim->replications.items[i].key) : NULL;
        const char *reason;
        if (thing)
            json_object_set_new(told, thing->physical,
                                json_pack("{s:s, s:O}", "status",
                                          cfn__replication_status(sim, thing, sim->now, &reason),
                                          "tags", replication->tags));
    }
    return told;
}

/* --- starting and stopping --- */

const struct cfn__thing *cfn__replication_named(struct cfn__request *request) {
    const char *arn = cfn__text_of(request, "ReplicationTaskArn");
    if (!arn)
        arn = cfn__text_of(request, "ReplicationConfigArn");
    if (!arn)
        arn = cfn__text_of(request, "ResourceArn");
    const struct cfn__thing *thing = cfn__replicating_thing(request->sim, arn);
    if (!thing)
        cfn__sim_refuse(request, 400, "ResourceNotFoundFault", "Replication %s not found.",
                        arn ? arn : "");
    return thing;
}

static int64_t scaled(const struct cfn_sim *sim, int64_t time) {
    return (int64_t)((double)time * sim->scale);
}

static void put_course(struct cfn__replication *replication, int64_t time, const char *status,
                       const char *reason) {
    *CFN_PUSH(&replication->course) = (struct cfn__replication_step){time, status, reason};
}

/* What was to come does not come any more. */
static void forget_what_comes(struct cfn__replication *replication, int64_t now) {
    while (replication->course.count &&
           replication->course.items[replication->course.count - 1].time > now)
        replication->course.count--;
}

const char *cfn__replication_type(const struct cfn__thing *thing) {
    const char *type = cfn_output_text(thing->properties, "MigrationType");
    return *type ? type : cfn_output_text(thing->properties, "ReplicationType");
}

static void begin(struct cfn_sim *sim, const struct cfn__thing *thing, bool fresh) {
    struct cfn__replication *replication = cfn__replication_remembered(sim, thing->physical);
    int64_t runs = sim->now + scaled(sim, STARTING), loaded = runs + scaled(sim, LOADING);
    put_course(replication, sim->now, "starting", "");
    put_course(replication, runs, "running", "");
    replication->started = sim->now;
    if (fresh)
        replication->fresh = sim->now;
    if (fresh || replication->loaded > sim->now)
        replication->loaded = loaded;
    if (strcmp(cfn__replication_type(thing), "full-load") == 0)
        put_course(replication, replication->loaded > runs ? replication->loaded : runs, "stopped",
                   "Stop Reason FULL_LOAD_ONLY_FINISHED");
}

static json_t *told_alone(const struct cfn_sim *sim, const struct cfn__thing *thing) {
    bool task = strcmp(thing->type, "AWS::DMS::ReplicationTask") == 0;
    return json_pack("{s:o}", task ? "ReplicationTask" : "Replication",
                     cfn__replication_told(sim, thing, sim->now));
}

json_t *cfn__start_replication(struct cfn__request *request) {
    struct cfn_sim *sim = request->sim;
    const struct cfn__thing *thing = cfn__replication_named(request);
    const char *type = cfn__text_of(request, "StartReplicationTaskType"), *reason;
    if (!thing)
        return NULL;
    if (!type)
        type = cfn__text_of(request, "StartReplicationType");
    bool first = type && strcmp(type, "start-replication") == 0;
    bool reload = type && strcmp(type, "reload-target") == 0;
    if (!type || (!first && !reload && strcmp(type, "resume-processing") != 0))
        return cfn__sim_refuse(request, 400, "InvalidParameterValueException",
                               "Invalid start type: %s", type ? type : "");
    const struct cfn__replication *known = cfn__replication_of(sim, thing->physical);
    bool has_run = known && known->started;
    if (is_at_work(cfn__replication_status(sim, thing, sim->now, &reason)))
        return cfn__sim_refuse(request, 400, "InvalidResourceStateFault",
                               "Replication %s cannot be started, it is running already",
                               thing->physical);
    if (first == has_run)
        return cfn__sim_refuse(request, 400, "InvalidParameterCombinationException",
                               "Start Type : %s, valid only for tasks %s",
                               first ? "START_REPLICATION" : "RESUME_PROCESSING",
                               first ? "running for the first time" : "that have run before");
    begin(sim, thing, first || reload);
    return told_alone(sim, thing);
}

json_t *cfn__stop_replication(struct cfn__request *request) {
    struct cfn_sim *sim = request->sim;
    const struct cfn__thing *thing = cfn__replication_named(request);
    const char *reason;
    if (!thing)
        return NULL;
    if (strcmp(cfn__replication_status(sim, thing, sim->now, &reason), "running") != 0)
        return cfn__sim_refuse(request, 400, "InvalidResourceStateFault",
                               "Replication %s cannot be stopped, it is not running",
                               thing->physical);
    struct cfn__replication *replication = cfn__replication_remembered(sim, thing->physical);
    forget_what_comes(replication, sim->now);
    put_course(replication, sim->now, "stopping", "");
    put_course(replication, sim->now + scaled(sim, STOPPING), "stopped", "Stop Reason NORMAL");
    return told_alone(sim, thing);
}

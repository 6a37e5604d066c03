/* What is told of replications, their tables, tags and connections. */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

static int percent_of(const struct cfn__replication *replication, int64_t time) {
    if (!replication || !replication->fresh || time < replication->fresh)
        return 0;
    if (time >= replication->loaded)
        return 100;
    int64_t whole = replication->loaded - replication->fresh;
    return (int)(100 * (time - replication->fresh) / (whole > 0 ? whole : 1));
}

/* Names of the tables that its mappings select, as they are written there: one for each rule, for
 * what the database has is not known. A list of {schema-name, table-name}. */
static json_t *tables_of(const struct cfn__thing *thing) {
    const json_t *mappings = json_object_get(thing->properties, "TableMappings");
    json_t *read = json_is_string(mappings) ? json_loads(json_string_value(mappings), 0, NULL)
                                            : json_incref(cfn__json_of(mappings));
    json_t *tables = json_array();
    const json_t *rules = cfn_output_list(read, "rules");
    for (size_t i = 0; i < json_array_size(rules); i++) {
        const json_t *rule = json_array_get(rules, i);
        if (strcmp(cfn_output_text(rule, "rule-type"), "selection") == 0 &&
            strcmp(cfn_output_text(rule, "rule-action"), "include") == 0)
            json_array_append(tables, json_object_get(rule, "object-locator"));
    }
    json_decref(read);
    return tables;
}

static json_t *numbers_told(const struct cfn__replication *replication, size_t tables,
                            int64_t as_of) {
    int percent = percent_of(replication, as_of);
    json_int_t loaded = percent == 100 ? (json_int_t)tables : 0;
    json_t *numbers =
        json_pack("{s:i, s:I, s:I, s:i, s:i}", "FullLoadProgressPercent", percent, "TablesLoaded",
                  loaded, "TablesLoading",
                  replication && replication->started ? (json_int_t)tables - loaded : (json_int_t)0,
                  "TablesQueued", 0, "TablesErrored", 0);
    if (replication && replication->fresh)
        cfn__json_put(numbers, "FreshStartDate", json_integer(replication->fresh / 1000));
    if (replication && replication->started)
        cfn__json_put(numbers, "StartDate", json_integer(replication->started / 1000));
    return numbers;
}

json_t *cfn__replication_told(const struct cfn_sim *sim, const struct cfn__thing *thing,
                              int64_t as_of) {
    bool task = strcmp(thing->type, "AWS::DMS::ReplicationTask") == 0;
    const struct cfn__replication *replication = cfn__replication_of(sim, thing->physical);
    const char *reason, *status = cfn__replication_status(sim, thing, as_of, &reason);
    const char *name = cfn__given_name(thing->type, thing->properties);
    json_t *tables = tables_of(thing);
    json_t *told = json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:s}", task ? "ReplicationTaskArn" : "ReplicationConfigArn",
        thing->physical, task ? "ReplicationTaskIdentifier" : "ReplicationConfigIdentifier",
        name ? name : "", "Status", status, task ? "MigrationType" : "ReplicationType",
        cfn__replication_type(thing), task ? "ReplicationTaskStats" : "ReplicationStats",
        numbers_told(replication, json_array_size(tables), as_of), "StopReason", reason);
    static const char *const members[] = {"SourceEndpointArn", "TargetEndpointArn",
                                          "ReplicationInstanceArn"};
    for (size_t i = 0; i < (task ? 3u : 2u); i++)
        cfn__json_put(told, members[i],
                      json_string(cfn_output_text(thing->properties, members[i])));
    if (task && replication && replication->started)
        cfn__json_put(told, "ReplicationTaskStartDate", json_integer(replication->started / 1000));
    json_decref(tables);
    return told;
}

/* Filters by ARN or by name; others let all pass. */
static bool passes(const struct cfn__request *request, const struct cfn__thing *thing) {
    const json_t *filters = json_object_get(request->input, "Filters");
    const char *name = cfn__given_name(thing->type, thing->properties);
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const json_t *filter = json_array_get(filters, i);
        const json_t *values = json_object_get(filter, "Values");
        const char *by = cfn_output_text(filter, "Name");
        const char *own = cfn_ends_with(by, "-arn")  ? thing->physical
                          : cfn_ends_with(by, "-id") ? name
                                                     : NULL;
        bool among = !own;
        for (size_t j = 0; j < json_array_size(values); j++)
            among |= cfn_same(json_string_value(json_array_get(values, j)), own);
        if (!among)
            return false;
    }
    return true;
}

json_t *cfn__describe_replications(struct cfn__request *request) {
    const struct cfn_sim *sim = request->sim;
    bool tasks = strcmp(request->call->action, "DescribeReplicationTasks") == 0;
    const char *type = tasks ? "AWS::DMS::ReplicationTask" : "AWS::DMS::ReplicationConfig";
    json_t *list = json_array();
    for (size_t i = 0; i < sim->things.count; i++) {
        const struct cfn__thing *thing = sim->things.items[i].value;
        if (thing && strcmp(thing->type, type) == 0 && passes(request, thing))
            json_array_append_new(list, cfn__replication_told(sim, thing, request->as_of));
    }
    return json_pack("{s:o}", tasks ? "ReplicationTasks" : "Replications", list);
}

json_t *cfn__describe_replicated_tables(struct cfn__request *request) {
    const struct cfn__thing *thing = cfn__replication_named(request);
    bool task = strcmp(request->call->action, "DescribeTableStatistics") == 0;
    if (!thing)
        return NULL;
    const struct cfn__replication *replication = cfn__replication_of(request->sim, thing->physical);
    if (!replication || !replication->started)
        return cfn__sim_refuse(request, 400, "InvalidResourceStateFault",
                               "No table statistics: %s has not been started", thing->physical);
    json_t *names = tables_of(thing), *list = json_array();
    bool loaded = percent_of(replication, request->as_of) == 100;
    for (size_t i = 0; i < json_array_size(names); i++) {
        const json_t *name = json_array_get(names, i);
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s, s:i, s:i, s:i, s:i}", "SchemaName",
                                        cfn_output_text(name, "schema-name"), "TableName",
                                        cfn_output_text(name, "table-name"), "TableState",
                                        loaded ? "Table completed" : "Full load", "FullLoadRows", 0,
                                        "Inserts", 0, "Updates", 0, "Deletes", 0));
    }
    json_decref(names);
    return json_pack("{s:s, s:o}", task ? "ReplicationTaskArn" : "ReplicationConfigArn",
                     thing->physical, task ? "TableStatistics" : "ReplicationTableStatistics",
                     list);
}

/* --- tags --- */

json_t *cfn__tag_replication(struct cfn__request *request) {
    const struct cfn__thing *thing = cfn__replication_named(request);
    const json_t *tags = json_object_get(request->input, "Tags");
    if (!thing)
        return NULL;
    struct cfn__replication *replication =
        cfn__replication_remembered(request->sim, thing->physical);
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *tag = json_array_get(tags, i);
        json_object_set(replication->tags, cfn_output_text(tag, "Key"),
                        json_object_get(tag, "Value"));
    }
    return json_object();
}

json_t *cfn__untag_replication(struct cfn__request *request) {
    const struct cfn__thing *thing = cfn__replication_named(request);
    const json_t *keys = json_object_get(request->input, "TagKeys");
    if (!thing)
        return NULL;
    struct cfn__replication *replication =
        cfn__replication_remembered(request->sim, thing->physical);
    for (size_t i = 0; i < json_array_size(keys); i++)
        json_object_del(replication->tags, json_string_value(json_array_get(keys, i)));
    return json_object();
}

/* Those that nobody has given beside the template: what the template gives is not told. */
json_t *cfn__list_replication_tags(struct cfn__request *request) {
    const struct cfn__thing *thing = cfn__replication_named(request);
    json_t *list = json_array();
    const char *key;
    json_t *value;
    if (!thing) {
        json_decref(list);
        return NULL;
    }
    const struct cfn__replication *replication = cfn__replication_of(request->sim, thing->physical);
    if (replication)
        json_object_foreach(replication->tags, key, value) {
            json_array_append_new(list, json_pack("{s:s, s:O}", "Key", key, "Value", value));
        }
    return json_pack("{s:o}", "TagList", list);
}

/* --- connections, metrics --- */

static bool is_thing(const struct cfn_sim *sim, const char *type, const char *physical) {
    for (size_t i = 0; i < sim->things.count && physical; i++) {
        const struct cfn__thing *thing = sim->things.items[i].value;
        if (thing && strcmp(thing->type, type) == 0 && strcmp(thing->physical, physical) == 0)
            return true;
    }
    return false;
}

/* A connection between an instance and an endpoint that are there is good at once. */
json_t *cfn__test_connection(struct cfn__request *request) {
    struct cfn_sim *sim = request->sim;
    const char *instance = cfn__text_of(request, "ReplicationInstanceArn"),
               *endpoint = cfn__text_of(request, "EndpointArn");
    if (!is_thing(sim, "AWS::DMS::ReplicationInstance", instance) ||
        !is_thing(sim, "AWS::DMS::Endpoint", endpoint))
        return cfn__sim_refuse(request, 400, "ResourceNotFoundFault",
                               "Replication instance or endpoint not found.");
    if (!sim->connections)
        sim->connections = json_array();
    json_array_append_new(sim->connections,
                          json_pack("{s:s, s:s, s:s}", "ReplicationInstanceArn", instance,
                                    "EndpointArn", endpoint, "Status", "successful"));
    return json_pack("{s:{s:s, s:s, s:s}}", "Connection", "ReplicationInstanceArn", instance,
                     "EndpointArn", endpoint, "Status", "testing");
}

json_t *cfn__describe_connections(struct cfn__request *request) {
    return json_pack("{s:o}", "Connections",
                     request->sim->connections ? json_copy(request->sim->connections)
                                               : json_array());
}

json_t *cfn__get_metric_statistics(struct cfn__request *request) {
    const char *metric = cfn__text_of(request, "MetricName");
    return json_pack("{s:s, s:[]}", "Label", metric ? metric : "", "Datapoints");
}

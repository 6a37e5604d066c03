/* What is deleted with the data in it, what is kept, and what is no longer kept. */
#include "danger.h"

#include <string.h>

/* Types that hold what cannot be made again, beyond those that the schema says are stateful. */
static const char *const keepers[] = {
    "AWS::RedshiftServerless::Namespace",
    "AWS::S3Tables::TableBucket",
    "AWS::S3Tables::Table",
    "AWS::S3Express::DirectoryBucket",
    "AWS::DSQL::Cluster",
    "AWS::Timestream::Database",
    "AWS::Timestream::Table",
    "AWS::Timestream::InfluxDBInstance",
    "AWS::MemoryDB::Cluster",
    "AWS::MSK::Cluster",
    "AWS::MSK::ServerlessCluster",
    "AWS::Cassandra::Keyspace",
    "AWS::Cassandra::Table",
    "AWS::ECR::Repository",
    "AWS::OpenSearchServerless::Collection",
    "AWS::ElastiCache::ServerlessCache",
    "AWS::DocDBElastic::Cluster",
    "AWS::NeptuneGraph::Graph",
    "AWS::CodeCommit::Repository",
    "AWS::AmazonMQ::Broker",
    "AWS::Lightsail::Database",
    "AWS::Lightsail::Disk",
    "AWS::Lightsail::Bucket",
};

static bool is_keeper(const char *type) {
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++)
        if (strcmp(keepers[i], type) == 0)
            return true;
    return false;
}

static struct cfn_type type_of(const json_t *resource, const char **name) {
    *name = json_string_value(json_object_get(resource, "Type"));
    *name = *name ? *name : "";
    return cfn_schema_find(*name);
}

/* By the type it has now: a resource whose type changes loses what the old one held. */
bool cfn__is_stateful(const struct cfn__edit *edit) {
    const char *name;
    struct cfn_type type = type_of(edit->before ? edit->before : edit->after, &name);
    return (type.service && cfn_type_is_stateful(type)) || is_keeper(name);
}

enum policy { GOES, SNAPSHOT, STAYS };

static const char *attribute(const json_t *resource, const char *name) {
    return json_string_value(json_object_get(resource, name));
}

static enum policy policy_of(const char *text) {
    if (text && strcmp(text, "Snapshot") == 0)
        return SNAPSHOT;
    return text && cfn_starts_with(text, "Retain") ? STAYS : GOES;
}

/* Databases alone have another default: a snapshot, unless their cluster holds the data. */
static enum policy deletion_policy(const json_t *resource) {
    const char *text = attribute(resource, "DeletionPolicy"), *name;
    type_of(resource, &name);
    if (text || !resource)
        return policy_of(text);
    const json_t *properties = json_object_get(resource, "Properties");
    bool database = strcmp(name, "AWS::RDS::DBCluster") == 0 ||
                    (strcmp(name, "AWS::RDS::DBInstance") == 0 &&
                     !json_object_get(properties, "DBClusterIdentifier"));
    return database ? SNAPSHOT : GOES;
}

static void look_at_removal(struct cfn_diff *diff, struct cfn__edit *edit) {
    enum policy policy = deletion_policy(edit->before);
    const char *thing = cfn__thing(diff, edit);
    bool stateful = cfn__is_stateful(edit);
    if (policy == STAYS)
        cfn__danger(edit, CFN_LEAVES_BEHIND, "", "leaves %s behind in the account", thing);
    else if (stateful && policy == SNAPSHOT)
        cfn__danger(edit, CFN_LEAVES_BEHIND, "", "deletes %s, and leaves a snapshot of it behind",
                    thing);
    else if (stateful && strcmp(edit->change.type, "AWS::KMS::Key") == 0)
        cfn__danger(edit, CFN_LOSES_DATA, "",
                    "deletes %s: what it encrypts cannot be read any more", thing);
    else if (stateful)
        cfn__danger(edit, CFN_LOSES_DATA, "", "deletes %s and what is in it", thing);
}

/* The property changes that replace it carry the mark. */
static void mark_replacing(struct cfn__edit *edit, unsigned danger) {
    for (size_t i = 0; i < edit->properties.count; i++) {
        struct cfn_property_change *change = &edit->properties.items[i];
        if (change->replacement == edit->change.replacement)
            change->dangers |= danger;
    }
}

static void look_at_replacement(struct cfn_diff *diff, struct cfn__edit *edit) {
    enum policy policy = policy_of(attribute(edit->after, "UpdateReplacePolicy"));
    const char *thing = cfn__thing(diff, edit);
    const char *verb = edit->change.replacement == CFN_REPLACES ? "replaces" : "may replace";
    bool stateful = cfn__is_stateful(edit);
    unsigned danger = policy == GOES ? CFN_LOSES_DATA : CFN_REPLACES_DATA;
    if (!stateful && policy != STAYS)
        return;
    if (!stateful)
        danger = CFN_LEAVES_BEHIND;
    if (policy == STAYS)
        cfn__danger(edit, danger, ".", "%s %s; the old one stays in the account", verb, thing);
    else if (policy == SNAPSHOT)
        cfn__danger(edit, danger, ".", "%s %s by an empty one; a snapshot of the old one is kept",
                    verb, thing);
    else
        cfn__danger(edit, danger, ".", "%s %s and deletes what is in it", verb, thing);
    mark_replacing(edit, danger);
}

static const char *policy_word(enum policy policy) {
    static const char *const words[] = {
        [GOES] = "is deleted", [SNAPSHOT] = "leaves a snapshot", [STAYS] = "stays"};
    return words[policy];
}

static void look_at_policies(struct cfn_diff *diff, struct cfn__edit *edit) {
    enum policy was = deletion_policy(edit->before), is = deletion_policy(edit->after);
    const char *thing = cfn__thing(diff, edit);
    if (is < was)
        cfn__danger(edit, CFN_UNPROTECTS, "DeletionPolicy",
                    "when it is removed later, %s %s; until now it %s", thing, policy_word(is),
                    was == STAYS ? "would have stayed" : "would have left a snapshot");
    was = policy_of(attribute(edit->before, "UpdateReplacePolicy"));
    is = policy_of(attribute(edit->after, "UpdateReplacePolicy"));
    if (is < was)
        cfn__danger(edit, CFN_UNPROTECTS, "UpdateReplacePolicy",
                    "when it is replaced later, %s %s; until now it %s", thing, policy_word(is),
                    was == STAYS ? "would have stayed" : "would have left a snapshot");
}

void cfn__danger_data(struct cfn_diff *diff, struct cfn__edit *edit) {
    if (edit->change.action == CFN_CHANGE_REMOVE)
        look_at_removal(diff, edit);
    if (edit->change.action != CFN_CHANGE_MODIFY)
        return;
    look_at_policies(diff, edit);
    if (edit->replaced)
        look_at_replacement(diff, edit);
}

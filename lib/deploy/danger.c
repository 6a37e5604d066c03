/* Marks what is dangerous, and says why. */
#include "danger.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_SAID = 160 };

static bool lies_in(const char *path, const char *whole) {
    size_t size = strlen(whole);
    return strncmp(path, whole, size) == 0 && (path[size] == '\0' || path[size] == '.');
}

static bool touches(const char *changed, const char *path) {
    return lies_in(changed, path) || lies_in(path, changed);
}

void cfn__danger(struct cfn__edit *edit, unsigned danger, const char *path, const char *format,
                 ...) {
    struct cfn_text sentence = {0};
    va_list arguments;
    va_start(arguments, format);
    cfn_text_vprintf(&sentence, format, arguments);
    va_end(arguments);
    cfn__edit_say(edit, "%s", sentence.data);
    cfn_text_done(&sentence);
    edit->change.dangers |= danger;
    for (size_t i = 0; i < edit->properties.count; i++) {
        struct cfn_property_change *change = &edit->properties.items[i];
        if (touches(change->path, path) || touches(change->path_before, path))
            change->dangers |= danger;
    }
}

const char *cfn__said(struct cfn_diff *diff, const json_t *value) {
    const json_t *ref = json_object_get(value, "Ref"), *sub = json_object_get(value, "Fn::Sub");
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_string(ref))
        return cfn_arena_text(&diff->arena, "${%s}", json_string_value(ref));
    if (json_is_string(sub))
        return json_string_value(sub);
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
    size_t size = text ? strlen(text) : 0;
    const char *end = size > LONGEST_SAID ? "..." : "";
    while (size > LONGEST_SAID || (size && ((unsigned char)text[size] & 0xC0) == 0x80))
        size--;
    const char *said = cfn_arena_text(&diff->arena, "%.*s%s", (int)size, text ? text : "", end);
    free(text);
    return said;
}

/* What people call it, and the property that names it. */
static const struct noun {
    const char *type, *noun, *name;
} nouns[] = {
    {"AWS::S3::Bucket", "bucket", "BucketName"},
    {"AWS::DynamoDB::Table", "table", "TableName"},
    {"AWS::DynamoDB::GlobalTable", "table", "TableName"},
    {"AWS::RDS::DBInstance", "database", "DBInstanceIdentifier"},
    {"AWS::RDS::DBCluster", "database cluster", "DBClusterIdentifier"},
    {"AWS::KMS::Key", "key", NULL},
    {"AWS::SQS::Queue", "queue", "QueueName"},
    {"AWS::Logs::LogGroup", "log group", "LogGroupName"},
    {"AWS::SecretsManager::Secret", "secret", "Name"},
    {"AWS::EFS::FileSystem", "file system", NULL},
    {"AWS::Kinesis::Stream", "stream", "Name"},
    {"AWS::EC2::Volume", "volume", NULL},
    {"AWS::EC2::SecurityGroup", "security group", "GroupName"},
    {"AWS::IAM::Role", "role", "RoleName"},
    {"AWS::IAM::User", "user", "UserName"},
    {"AWS::IAM::Group", "group", "GroupName"},
    {"AWS::IAM::Policy", "policy", "PolicyName"},
    {"AWS::IAM::ManagedPolicy", "policy", "ManagedPolicyName"},
    {"AWS::S3::BucketPolicy", "bucket policy", NULL},
    {"AWS::Redshift::Cluster", "warehouse", "ClusterIdentifier"},
    {"AWS::RedshiftServerless::Namespace", "warehouse", "NamespaceName"},
    {"AWS::RedshiftServerless::Workgroup", "workgroup", "WorkgroupName"},
    {"AWS::EMR::Cluster", "cluster", "Name"},
    {"AWS::MWAA::Environment", "Airflow environment", "Name"},
    {"AWS::Cognito::UserPool", "user pool", "UserPoolName"},
    {"AWS::ECR::Repository", "repository", "RepositoryName"},
    {"AWS::CloudFormation::Stack", "nested stack", NULL},
    {"AWS::DMS::Endpoint", "endpoint", "EndpointIdentifier"},
    {"AWS::SNS::Topic", "topic", "TopicName"},
};

const char *cfn__thing(struct cfn_diff *diff, const struct cfn__edit *edit) {
    const char *type = edit->change.type, *id = edit->change.logical_id;
    const json_t *properties = edit->was ? edit->was : edit->is;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++) {
        if (strcmp(nouns[i].type, type) != 0)
            continue;
        const json_t *name = nouns[i].name ? json_object_get(properties, nouns[i].name) : NULL;
        const char *text = json_is_string(name) ? json_string_value(name) : id;
        return cfn_arena_text(&diff->arena, "the %s %s", nouns[i].noun, text);
    }
    return cfn_arena_text(&diff->arena, "the %s %s", type, id);
}

void cfn__dangers_of(struct cfn_diff *diff, struct cfn__edit *edit, bool fresh) {
    if (strcmp(edit->change.section, "Resources") != 0 ||
        (edit->change.action == CFN_CHANGE_MODIFY && edit->properties.count == 0))
        return;
    edit->fresh = fresh;
    cfn__danger_data(diff, edit);
    cfn__danger_policies(diff, edit);
    if (edit->change.action == CFN_CHANGE_REMOVE)
        return;
    cfn__danger_settings(diff, edit);
    cfn__danger_network(diff, edit);
    cfn__danger_grants(diff, edit);
}

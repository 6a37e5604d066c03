/* Attributes: what Fn::GetAtt gives, in the form of real ones. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ARNs by type: %s is the physical id. */
struct arn_row {
    const char *type, *service, *rest;
    bool global; /* without region */
    bool alone;  /* without account too */
};
static const struct arn_row arns[] = {
    {"AWS::Athena::WorkGroup", "athena", "workgroup/%s", false, false},
    {"AWS::CloudWatch::Alarm", "cloudwatch", "alarm:%s", false, false},
    {"AWS::DynamoDB::Table", "dynamodb", "table/%s", false, false},
    {"AWS::EMRServerless::Application", "emr-serverless", "/applications/%s", false, false},
    {"AWS::Events::Rule", "events", "rule/%s", false, false},
    {"AWS::IAM::InstanceProfile", "iam", "instance-profile/%s", true, false},
    {"AWS::IAM::Role", "iam", "role/%s", true, false},
    {"AWS::IAM::User", "iam", "user/%s", true, false},
    {"AWS::KMS::Key", "kms", "key/%s", false, false},
    {"AWS::Kinesis::Stream", "kinesis", "stream/%s", false, false},
    {"AWS::KinesisFirehose::DeliveryStream", "firehose", "deliverystream/%s", false, false},
    {"AWS::Lambda::Function", "lambda", "function:%s", false, false},
    {"AWS::Logs::LogGroup", "logs", "log-group:%s:*", false, false},
    {"AWS::MWAA::Environment", "airflow", "environment/%s", false, false},
    {"AWS::RDS::DBCluster", "rds", "cluster:%s", false, false},
    {"AWS::RDS::DBInstance", "rds", "db:%s", false, false},
    {"AWS::S3::Bucket", "s3", "%s", true, true},
    {"AWS::SQS::Queue", "sqs", "%s", false, false},
};

static char *service_of(const char *type) {
    const char *begin = strstr(type, "::");
    char *service = cfn__copy(begin ? begin + 2 : type);
    service[strcspn(service, ":")] = '\0';
    for (char *c = service; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return service;
}

static const char *last_part(const char *text, char separator) {
    const char *last = strrchr(text, separator);
    return last ? last + 1 : text;
}

static void put_rest(struct cfn_text *text, const char *form, const char *id) {
    const char *hole = strstr(form, "%s");
    cfn_text_write(text, form, (size_t)(hole - form));
    cfn_text_put(text, id);
    cfn_text_put(text, hole + 2);
}

static json_t *arn_of(const struct cfn_sim *sim, const struct cfn__resource *resource) {
    if (cfn_starts_with(resource->physical, "arn:"))
        return json_string(resource->physical);
    const struct arn_row *row = NULL;
    for (size_t i = 0; i < sizeof arns / sizeof *arns; i++)
        if (strcmp(arns[i].type, resource->type) == 0)
            row = &arns[i];
    char *service = service_of(resource->type);
    struct cfn_text text = {0};
    cfn_text_printf(&text, "arn:%s:%s:%s:%s:", cfn__sim_partition(sim),
                    row ? row->service : service, row && row->global ? "" : sim->region,
                    row && row->alone ? "" : sim->account);
    const char *id = cfn_starts_with(resource->physical, "https:")
                         ? last_part(resource->physical, '/')
                         : resource->physical;
    if (row)
        put_rest(&text, row->rest, id);
    else
        cfn_text_printf(&text, "%s/%s", last_part(resource->type, ':'), id);
    json_t *arn = json_string(text.data);
    cfn_text_done(&text);
    free(service);
    return arn;
}

/* --- addresses and ports --- */

struct host_row {
    const char *type, *attribute, *domain, *port;
};
static const struct host_row hosts[] = {
    {"AWS::RDS::DBInstance", "Endpoint.", "rds", "5432"},
    {"AWS::RDS::DBCluster", "Endpoint.", "rds", "5432"},
    {"AWS::RDS::DBCluster", "ReadEndpoint.", "rds", "5432"},
    {"AWS::Redshift::Cluster", "Endpoint.", "redshift", "5439"},
    {"AWS::RedshiftServerless::Workgroup", "Workgroup.Endpoint.", "redshift-serverless", "5439"},
    {"AWS::ElastiCache::CacheCluster", "RedisEndpoint.", "cache", "6379"},
};

static json_t *host_of(const struct cfn__stack *stack, const struct cfn__resource *resource,
                       const char *name) {
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        if (strcmp(hosts[i].type, resource->type) != 0 ||
            !cfn_starts_with(name, hosts[i].attribute))
            continue;
        if (cfn_ends_with(name, ".Port")) {
            const json_t *port = json_object_get(resource->properties, "Port");
            return port ? json_incref(cfn__json_of(port)) : json_string(hosts[i].port);
        }
        char letters[16];
        cfn__sim_letters(stack->sim, stack->sim->account, 7, NULL, letters, 12);
        return json_sprintf("%s.%s.%s.%s.amazonaws.com", resource->physical, letters,
                            stack->sim->region, hosts[i].domain);
    }
    return NULL;
}

/* --- others, by their names and kinds --- */

static json_t *made_id(const struct cfn__stack *stack, const struct cfn__resource *resource,
                       const char *name) {
    static const char *const ids[][3] = {{"AWS::EC2::EIP", "AllocationId", "eipalloc-0"},
                                         {"AWS::EC2::VPC", "DefaultSecurityGroup", "sg-0"},
                                         {"AWS::EC2::VPC", "DefaultNetworkAcl", "acl-0"},
                                         {"AWS::IAM::Role", "RoleId", "AROA"},
                                         {"AWS::IAM::User", "UserId", "AIDA"}};
    const char *prefix = "";
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (strcmp(ids[i][0], resource->type) == 0 && strcmp(ids[i][1], name) == 0)
            prefix = ids[i][2];
    char letters[20];
    struct cfn_text salt = {0};
    cfn_text_printf(&salt, "%s.%s", resource->physical, name);
    cfn__sim_letters(stack->sim, salt.data, resource->generation, NULL, letters, 16);
    cfn_text_done(&salt);
    return json_sprintf("%s%s", prefix, letters);
}

static json_t *by_name(const struct cfn__stack *stack, const struct cfn__resource *resource,
                       const char *name) {
    const char *last = last_part(name, '.');
    if (strcmp(last, "Arn") == 0 || cfn_ends_with(last, "Arn"))
        return arn_of(stack->sim, resource);
    json_t *host = host_of(stack, resource, name);
    if (host)
        return host;
    const json_t *property = json_object_get(resource->properties, name);
    if (property)
        return json_incref(cfn__json_of(property));
    const char *kind = last_part(resource->type, ':');
    bool own = strcmp(last, "Id") == 0 ||
               (cfn_starts_with(last, kind) && cfn_ends_with(last, "Id")) ||
               (strcmp(kind, "SecurityGroup") == 0 && strcmp(last, "GroupId") == 0) ||
               (strcmp(kind, "Key") == 0 && strcmp(last, "KeyId") == 0);
    return own ? json_string(resource->physical) : NULL;
}

static json_t *of_kind(const struct cfn__stack *stack, const struct cfn__resource *resource,
                       const char *name, unsigned kinds) {
    if (strstr(name, "Url") || strstr(name, "Domain") || strstr(name, "Endpoint")) {
        char *service = service_of(resource->type);
        json_t *host = json_sprintf(
            "%s%s.%s.%s.amazonaws.com", cfn_ends_with(name, "WebsiteURL") ? "http://" : "",
            last_part(last_part(resource->physical, ':'), '/'), service, stack->sim->region);
        free(service);
        return host;
    }
    if (kinds & (CFN_INTEGER | CFN_NUMBER) && !(kinds & CFN_STRING))
        return json_string("1");
    if (kinds & CFN_BOOLEAN && !(kinds & CFN_STRING))
        return json_string("true");
    return made_id(stack, resource, name);
}

json_t *cfn__sim_attribute(const struct cfn__stack *stack, const struct cfn__resource *resource,
                           const char *name) {
    unsigned kinds = CFN_STRING;
    if (resource->facts.service && !cfn_type_is_open(resource->facts) &&
        !cfn_type_find_attribute(resource->facts, name, &kinds) && !strchr(name, '.'))
        return NULL;
    json_t *value = by_name(stack, resource, name);
    if (value)
        return value;
    value = of_kind(stack, resource, name, kinds);
    if (!(kinds & CFN_LIST))
        return value;
    json_t *list = json_array();
    json_array_append_new(list, value);
    return list;
}

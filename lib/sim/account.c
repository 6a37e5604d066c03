/*
 * Other services: reads that follow from what the stacks have made, or from what the account has
 * beforehand.
 */
#include "replication.h"

#include <stdlib.h>
#include <string.h>

struct read_row {
    const char *service, *action;
    const char *type;   /* of what is read */
    const char *input;  /* the member that names it; "=x": a filter called x; NULL: all are told */
    const char *output; /* the member that holds it */
    bool list;          /* as a list, empty where it is not there; else refused with `missing` */
    const char *name, *id; /* its name's and its id's members; may be NULL */
    const char *missing;
};
static const struct read_row rows[] = {
    {"airflow", "GetEnvironment", "AWS::MWAA::Environment", "Name", "Environment", false, "Name",
     NULL, "ResourceNotFoundException"},
    {"athena", "GetWorkGroup", "AWS::Athena::WorkGroup", "WorkGroup", "WorkGroup", false, "Name",
     NULL, "InvalidRequestException"},
    {"dms", "DescribeEndpoints", "AWS::DMS::Endpoint", "=endpoint-id", "Endpoints", true,
     "EndpointIdentifier", "EndpointArn", "ResourceNotFoundFault"},
    {"dms", "DescribeReplicationInstances", "AWS::DMS::ReplicationInstance",
     "=replication-instance-id", "ReplicationInstances", true, "ReplicationInstanceIdentifier",
     "ReplicationInstanceArn", "ResourceNotFoundFault"},
    {"dms", "DescribeReplicationSubnetGroups", "AWS::DMS::ReplicationSubnetGroup",
     "=replication-subnet-group-id", "ReplicationSubnetGroups", true,
     "ReplicationSubnetGroupIdentifier", NULL, "ResourceNotFoundFault"},
    {"ec2", "DescribeAddresses", "AWS::EC2::EIP", NULL, "Addresses", true, NULL, "PublicIp", NULL},
    {"ec2", "DescribeInternetGateways", "AWS::EC2::InternetGateway", NULL, "InternetGateways", true,
     NULL, "InternetGatewayId", NULL},
    {"ec2", "DescribeNatGateways", "AWS::EC2::NatGateway", NULL, "NatGateways", true, NULL,
     "NatGatewayId", NULL},
    {"ec2", "DescribeSecurityGroups", "AWS::EC2::SecurityGroup", NULL, "SecurityGroups", true, NULL,
     "GroupId", NULL},
    {"ec2", "DescribeSubnets", "AWS::EC2::Subnet", NULL, "Subnets", true, NULL, "SubnetId", NULL},
    {"ec2", "DescribeVpcs", "AWS::EC2::VPC", NULL, "Vpcs", true, NULL, "VpcId", NULL},
    {"glue", "GetCrawler", "AWS::Glue::Crawler", "Name", "Crawler", false, "Name", NULL,
     "EntityNotFoundException"},
    {"glue", "GetDatabase", "AWS::Glue::Database", "Name", "Database", false, "Name", NULL,
     "EntityNotFoundException"},
    {"glue", "GetSecurityConfiguration", "AWS::Glue::SecurityConfiguration", "Name",
     "SecurityConfiguration", false, "Name", NULL, "EntityNotFoundException"},
    {"iam", "GetInstanceProfile", "AWS::IAM::InstanceProfile", "InstanceProfileName",
     "InstanceProfile", false, "InstanceProfileName", NULL, "NoSuchEntity"},
    {"iam", "GetRole", "AWS::IAM::Role", "RoleName", "Role", false, "RoleName", NULL,
     "NoSuchEntity"},
    {"logs", "DescribeLogGroups", "AWS::Logs::LogGroup", "logGroupNamePrefix", "logGroups", true,
     "logGroupName", NULL, NULL},
    {"rds", "DescribeDBInstances", "AWS::RDS::DBInstance", "DBInstanceIdentifier", "DBInstances",
     true, "DBInstanceIdentifier", NULL, "DBInstanceNotFound"},
    {"rds", "DescribeDBParameterGroups", "AWS::RDS::DBParameterGroup", "DBParameterGroupName",
     "DBParameterGroups", true, "DBParameterGroupName", NULL, "DBParameterGroupNotFound"},
    {"rds", "DescribeDBSubnetGroups", "AWS::RDS::DBSubnetGroup", "DBSubnetGroupName",
     "DBSubnetGroups", true, "DBSubnetGroupName", NULL, "DBSubnetGroupNotFoundFault"},
    {"redshift", "DescribeClusters", "AWS::Redshift::Cluster", "ClusterIdentifier", "Clusters",
     true, "ClusterIdentifier", NULL, "ClusterNotFound"},
    {"redshift-serverless", "GetNamespace", "AWS::RedshiftServerless::Namespace", "namespaceName",
     "namespace", false, "namespaceName", NULL, "ResourceNotFoundException"},
    {"redshift-serverless", "GetWorkgroup", "AWS::RedshiftServerless::Workgroup", "workgroupName",
     "workgroup", false, "workgroupName", NULL, "ResourceNotFoundException"},
    {"secretsmanager", "DescribeSecret", "AWS::SecretsManager::Secret", "SecretId", NULL, false,
     "Name", "ARN", "ResourceNotFoundException"},
    {"ssm", "GetParameter", "AWS::SSM::Parameter", "Name", "Parameter", false, "Name", NULL,
     "ParameterNotFound"},
};

/* What a call asks for by name; NULL: all. */
static const char *asked_name(const struct cfn__request *request, const struct read_row *row) {
    if (!row->input)
        return NULL;
    if (row->input[0] != '=')
        return cfn__text_of(request, row->input);
    const json_t *filters = json_object_get(request->input, "Filters");
    for (size_t i = 0; i < json_array_size(filters); i++) {
        const json_t *filter = json_array_get(filters, i);
        if (cfn_same(json_string_value(json_object_get(filter, "Name")), row->input + 1))
            return json_string_value(json_array_get(json_object_get(filter, "Values"), 0));
    }
    return NULL;
}

static json_t *told_of(const struct cfn_sim *sim, const struct read_row *row, const char *name,
                       const char *physical) {
    json_t *told = json_object();
    if (row->name)
        cfn__json_put(told, row->name, json_string(name));
    if (row->id)
        cfn__json_put(told, row->id, json_string(physical));
    if (strcmp(row->service, "iam") == 0) {
        const char *kind = strcmp(row->type, "AWS::IAM::Role") == 0 ? "role" : "instance-profile";
        cfn__json_put(told, "Arn",
                      json_sprintf("arn:%s:iam::%s:%s/%s", cfn__sim_partition(sim), sim->account,
                                   kind, name));
        cfn__json_put(told, "Path", json_string("/"));
    }
    if (strcmp(row->type, "AWS::EC2::NatGateway") == 0)
        cfn__json_put(told, "State", json_string("available"));
    return told;
}

/* A prefix is asked for where its member says so. */
static bool fits(const struct read_row *row, const char *asked, const char *name,
                 const char *physical) {
    if (!asked)
        return true;
    if (row->input && strstr(row->input, "Prefix"))
        return cfn_starts_with(name, asked);
    return strcmp(name, asked) == 0 || strcmp(physical, asked) == 0;
}

static json_t *found(const struct cfn__request *request, const struct read_row *row,
                     const char *asked) {
    const struct cfn_sim *sim = request->sim;
    json_t *all = json_array();
    for (size_t i = 0; i < sim->things.count; i++) {
        const struct cfn__thing *thing = sim->things.items[i].value;
        if (!thing || strcmp(thing->type, row->type) != 0)
            continue;
        const char *given = cfn__given_name(row->type, thing->properties),
                   *name = given ? given : thing->physical;
        if (fits(row, asked, name, thing->physical))
            json_array_append_new(all, told_of(sim, row, name, thing->physical));
    }
    const json_t *had = cfn__account_names(sim, row->type);
    for (size_t i = 0; i < json_array_size(had); i++) {
        const char *name = json_string_value(json_array_get(had, i));
        if (name && fits(row, asked, name, name))
            json_array_append_new(all, told_of(sim, row, name, name));
    }
    return all;
}

static json_t *read_things(struct cfn__request *request, const struct read_row *row) {
    const char *asked = asked_name(request, row);
    json_t *all = found(request, row, asked), *output;
    if (!json_array_size(all) && asked && row->missing) {
        json_decref(all);
        return cfn__sim_refuse(request, 404, row->missing, "%s %s cannot be found", row->type,
                               asked);
    }
    if (row->list)
        return json_pack("{s:o}", row->output, all);
    json_t *first = json_incref(json_array_get(all, 0));
    json_decref(all);
    if (!first)
        return cfn__sim_refuse(request, 400, "ValidationException", "%s must be given", row->input);
    output = row->output ? json_pack("{s:o}", row->output, first) : first;
    return output;
}

/* --- those that are of one kind each --- */

static json_t *get_caller_identity(struct cfn__request *request) {
    const struct cfn_sim *sim = request->sim;
    return json_pack(
        "{s:s, s:s, s:o}", "UserId", "AIDACKCEVSQ6C2EXAMPLE", "Account", sim->account, "Arn",
        json_sprintf("arn:%s:iam::%s:user/cfngen", cfn__sim_partition(sim), sim->account));
}

static json_t *describe_zones(struct cfn__request *request) {
    const struct cfn_sim *sim = request->sim;
    const json_t *zones = json_object_get(sim->has, "zones");
    json_t *told = json_array();
    size_t count = zones ? json_array_size(zones) : 3;
    for (size_t i = 0; i < count; i++) {
        json_t *name = zones ? json_incref(json_array_get(zones, i))
                             : json_sprintf("%s%c", sim->region, (char)('a' + (char)i));
        json_array_append_new(told, json_pack("{s:o, s:s, s:s}", "ZoneName", name, "State",
                                              "available", "RegionName", sim->region));
    }
    return json_pack("{s:o}", "AvailabilityZones", told);
}

static const struct cfn__thing *key_thing(const struct cfn_sim *sim, const char *id) {
    for (size_t i = 0; i < sim->things.count; i++) {
        const struct cfn__thing *thing = sim->things.items[i].value;
        if (!thing)
            continue;
        if (strcmp(thing->type, "AWS::KMS::Key") == 0 && cfn_ends_with(id, thing->physical))
            return thing;
        if (strcmp(thing->type, "AWS::KMS::Alias") == 0 && cfn_ends_with(id, thing->physical))
            return thing;
    }
    return NULL;
}

static json_t *describe_key(struct cfn__request *request) {
    const char *id = cfn__text_of(request, "KeyId");
    const struct cfn_sim *sim = request->sim;
    const struct cfn__thing *thing = id ? key_thing(sim, id) : NULL;
    if (!thing)
        return cfn__sim_refuse(request, 400, "NotFoundException", "Key '%s' does not exist",
                               id ? id : "");
    return json_pack("{s:{s:s, s:o, s:b, s:s, s:s, s:s}}", "KeyMetadata", "KeyId", thing->physical,
                     "Arn",
                     json_sprintf("arn:%s:kms:%s:%s:key/%s", cfn__sim_partition(sim), sim->region,
                                  sim->account, thing->physical),
                     "Enabled", 1, "KeyState", "Enabled", "KeyManager", "CUSTOMER", "AWSAccountId",
                     sim->account);
}

static json_t *get_quota(struct cfn__request *request) {
    const char *code = cfn__text_of(request, "QuotaCode"),
               *service = cfn__text_of(request, "ServiceCode");
    const json_t *said =
        code ? json_object_get(json_object_get(request->sim->has, "quotas"), code) : NULL;
    double value = said ? json_number_value(said) : 5;
    return json_pack("{s:{s:s, s:s, s:f}}", "Quota", "QuotaCode", code ? code : "", "ServiceCode",
                     service ? service : "", "Value", value);
}

static json_t *list_quotas(struct cfn__request *request) {
    (void)request;
    return json_pack("{s:[]}", "Quotas");
}

static const struct {
    const char *service, *name;
    cfn__action *answer;
} actions[] = {{"dms", "AddTagsToResource", cfn__tag_replication},
               {"dms", "DescribeConnections", cfn__describe_connections},
               {"dms", "DescribeReplicationTableStatistics", cfn__describe_replicated_tables},
               {"dms", "DescribeReplicationTasks", cfn__describe_replications},
               {"dms", "DescribeReplications", cfn__describe_replications},
               {"dms", "DescribeTableStatistics", cfn__describe_replicated_tables},
               {"dms", "ListTagsForResource", cfn__list_replication_tags},
               {"dms", "RemoveTagsFromResource", cfn__untag_replication},
               {"dms", "StartReplication", cfn__start_replication},
               {"dms", "StartReplicationTask", cfn__start_replication},
               {"dms", "StopReplication", cfn__stop_replication},
               {"dms", "StopReplicationTask", cfn__stop_replication},
               {"dms", "TestConnection", cfn__test_connection},
               {"ec2", "DescribeAvailabilityZones", describe_zones},
               {"kms", "DescribeKey", describe_key},
               {"monitoring", "GetMetricStatistics", cfn__get_metric_statistics},
               {"service-quotas", "GetServiceQuota", get_quota},
               {"service-quotas", "ListServiceQuotas", list_quotas},
               {"servicequotas", "GetServiceQuota", get_quota},
               {"servicequotas", "ListServiceQuotas", list_quotas},
               {"sts", "GetCallerIdentity", get_caller_identity}};

json_t *cfn__answer_others(struct cfn__request *request) {
    const char *service = request->call->service, *action = request->call->action;
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].service, service) == 0 && strcmp(actions[i].name, action) == 0)
            return actions[i].answer(request);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].service, service) == 0 && strcmp(rows[i].action, action) == 0)
            return read_things(request, &rows[i]);
    return cfn__sim_refuse(request, 400, "InvalidAction", "the simulation does not answer %s %s",
                           service, action);
}

/*
 * Physical ids: what Ref gives. A type's row says which property names its resources, and what an
 * id looks like: %h hexadecimal digits, %U capitals and digits, %l small letters and digits (each
 * with a count), %n the name or one made of stack and logical id, %N the same in small letters, %u
 * a UUID, %(Property.Name) what a property says, %A the account, %R the region, %P the partition.
 */
#include "sim.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct id_row {
    const char *type, *name, *form;
};
static const struct id_row rows[] = {
    {"AWS::Athena::NamedQuery", NULL, "%u"},
    {"AWS::Athena::WorkGroup", "Name", "%n"},
    {"AWS::Budgets::Budget", NULL, "%n"},
    {"AWS::CloudFormation::Stack", NULL, ""},
    {"AWS::CloudFormation::WaitConditionHandle", NULL,
     "https://cloudformation-waitcondition-%R.s3.amazonaws.com/%u"},
    {"AWS::CloudTrail::Trail", "TrailName", "%n"},
    {"AWS::CloudWatch::Alarm", "AlarmName", "%n"},
    {"AWS::CloudWatch::Dashboard", "DashboardName", "%n"},
    {"AWS::DMS::Endpoint", "EndpointIdentifier", "arn:%P:dms:%R:%A:endpoint:%U26"},
    {"AWS::DMS::ReplicationConfig", "ReplicationConfigIdentifier",
     "arn:%P:dms:%R:%A:replication-config:%U26"},
    {"AWS::DMS::ReplicationInstance", "ReplicationInstanceIdentifier", "arn:%P:dms:%R:%A:rep:%U26"},
    {"AWS::DMS::ReplicationSubnetGroup", "ReplicationSubnetGroupIdentifier", "%N"},
    {"AWS::DMS::ReplicationTask", "ReplicationTaskIdentifier", "arn:%P:dms:%R:%A:task:%U26"},
    {"AWS::DynamoDB::Table", "TableName", "%n"},
    {"AWS::EC2::EIP", NULL, "%i"},
    {"AWS::EC2::EIPAssociation", NULL, "eipassoc-0%h16"},
    {"AWS::EC2::FlowLog", NULL, "fl-0%h16"},
    {"AWS::EC2::Instance", NULL, "i-0%h16"},
    {"AWS::EC2::InternetGateway", NULL, "igw-0%h16"},
    {"AWS::EC2::LaunchTemplate", NULL, "lt-0%h16"},
    {"AWS::EC2::NatGateway", NULL, "nat-0%h16"},
    {"AWS::EC2::NetworkAcl", NULL, "acl-0%h16"},
    {"AWS::EC2::NetworkInterface", NULL, "eni-0%h16"},
    {"AWS::EC2::Route", NULL, "%(RouteTableId)|%(DestinationCidrBlock)"},
    {"AWS::EC2::RouteTable", NULL, "rtb-0%h16"},
    {"AWS::EC2::SecurityGroup", NULL, "sg-0%h16"},
    {"AWS::EC2::SecurityGroupEgress", NULL, "sgr-0%h16"},
    {"AWS::EC2::SecurityGroupIngress", NULL, "sgr-0%h16"},
    {"AWS::EC2::Subnet", NULL, "subnet-0%h16"},
    {"AWS::EC2::SubnetRouteTableAssociation", NULL, "rtbassoc-0%h16"},
    {"AWS::EC2::VPC", NULL, "vpc-0%h16"},
    {"AWS::EC2::VPCEndpoint", NULL, "vpce-0%h16"},
    {"AWS::EC2::VPCGatewayAttachment", NULL, "IGW|%(VpcId)"},
    {"AWS::EC2::Volume", NULL, "vol-0%h16"},
    {"AWS::ECR::Repository", "RepositoryName", "%N"},
    {"AWS::ECS::Cluster", "ClusterName", "%n"},
    {"AWS::EMR::Cluster", NULL, "j-%U13"},
    {"AWS::EMR::SecurityConfiguration", "Name", "%n"},
    {"AWS::EMR::Studio", NULL, "es-%U25"},
    {"AWS::EMRServerless::Application", NULL, "00f%l13"},
    {"AWS::Events::Rule", "Name", "%n"},
    {"AWS::Glue::Connection", NULL, "%n"},
    {"AWS::Glue::Crawler", "Name", "%n"},
    {"AWS::Glue::Database", "DatabaseInput.Name", "%N"},
    {"AWS::Glue::Job", "Name", "%n"},
    {"AWS::Glue::SecurityConfiguration", "Name", "%n"},
    {"AWS::Glue::Table", NULL, "%(TableInput.Name)"},
    {"AWS::Glue::Trigger", "Name", "%n"},
    {"AWS::Glue::Workflow", "Name", "%n"},
    {"AWS::IAM::AccessKey", NULL, "AKIA%U16"},
    {"AWS::IAM::Group", "GroupName", "%n"},
    {"AWS::IAM::InstanceProfile", "InstanceProfileName", "%n"},
    {"AWS::IAM::ManagedPolicy", "ManagedPolicyName", "arn:%P:iam::%A:policy/%n"},
    {"AWS::IAM::Role", "RoleName", "%n"},
    {"AWS::IAM::User", "UserName", "%n"},
    {"AWS::KMS::Alias", "AliasName", "%n"},
    {"AWS::KMS::Key", NULL, "%u"},
    {"AWS::Kinesis::Stream", "Name", "%n"},
    {"AWS::KinesisFirehose::DeliveryStream", "DeliveryStreamName", "%n"},
    {"AWS::Lambda::Function", "FunctionName", "%n"},
    {"AWS::Logs::LogGroup", "LogGroupName", "%n"},
    {"AWS::MSK::Cluster", NULL, "arn:%P:kafka:%R:%A:cluster/%n/%u-2"},
    {"AWS::MWAA::Environment", "Name", "%n"},
    {"AWS::RDS::DBCluster", "DBClusterIdentifier", "%N"},
    {"AWS::RDS::DBInstance", "DBInstanceIdentifier", "%N"},
    {"AWS::RDS::DBParameterGroup", "DBParameterGroupName", "%N"},
    {"AWS::RDS::DBSubnetGroup", "DBSubnetGroupName", "%N"},
    {"AWS::Redshift::Cluster", "ClusterIdentifier", "%N"},
    {"AWS::RedshiftServerless::Namespace", "NamespaceName", "%N"},
    {"AWS::RedshiftServerless::Workgroup", "WorkgroupName", "%N"},
    {"AWS::S3::Bucket", "BucketName", "%N"},
    {"AWS::S3::BucketPolicy", NULL, "%(Bucket)"},
    {"AWS::SNS::Subscription", NULL, "arn:%P:sns:%R:%A:%n:%u"},
    {"AWS::SNS::Topic", "TopicName", "arn:%P:sns:%R:%A:%n"},
    {"AWS::SQS::Queue", "QueueName", "https://sqs.%R.amazonaws.com/%A/%n"},
    {"AWS::SSM::Parameter", "Name", "%n"},
    {"AWS::SecretsManager::Secret", "Name", "arn:%P:secretsmanager:%R:%A:secret:%n-%l6"},
    {"AWS::SecretsManager::SecretTargetAttachment", NULL, "%(SecretId)"},
    {"AWS::StepFunctions::StateMachine", "StateMachineName", "arn:%P:states:%R:%A:stateMachine:%n"},
};

static int by_type(const void *type, const void *row) {
    return strcmp(type, ((const struct id_row *)row)->type);
}

static const struct id_row *row_of(const char *type) {
    return bsearch(type, rows, sizeof rows / sizeof *rows, sizeof *rows, by_type);
}

const char *cfn__name_property(const char *type) {
    const struct id_row *row = row_of(type);
    return row ? row->name : NULL;
}

/* The text at a path of at most two names. */
static const char *said_by(const json_t *properties, const char *path, size_t size) {
    const char *dot = memchr(path, '.', size);
    const json_t *value = properties;
    if (dot) {
        value = json_object_getn(value, path, (size_t)(dot - path));
        size -= (size_t)(dot + 1 - path);
        path = dot + 1;
    }
    return json_string_value(json_object_getn(value, path, size));
}

const char *cfn__given_name(const char *type, const json_t *properties) {
    const char *property = cfn__name_property(type);
    return property ? said_by(properties, property, strlen(property)) : NULL;
}

/* What a name is made of, and where the letters of an id come from. */
struct maker {
    const struct cfn__stack *stack;
    const struct cfn__resource *resource;
    struct cfn_text text;
    unsigned number;
};

static void put_letters(struct maker *m, const char *alphabet, size_t count) {
    char salt[160], letters[64];
    snprintf(salt, sizeof salt, "%.120s#%u", m->resource->id, m->number++);
    uint64_t of_stack = cfn__sim_hash(m->stack->id, strlen(m->stack->id));
    cfn__sim_letters(m->stack->sim, salt,
                     (unsigned)(of_stack >> 32) + m->resource->generation * 2654435761u, alphabet,
                     letters, count < sizeof letters ? count : sizeof letters - 1);
    cfn_text_put(&m->text, letters);
}

static void put_uuid(struct maker *m) {
    static const size_t lengths[] = {8, 4, 4, 4, 12};
    for (size_t i = 0; i < 5; i++) {
        cfn_text_put(&m->text, i ? "-" : "");
        put_letters(m, NULL, lengths[i]);
    }
}

static void put_name(struct maker *m, bool small) {
    size_t begin = m->text.size;
    const char *given = cfn__given_name(m->resource->type, m->resource->properties);
    if (given) {
        cfn_text_put(&m->text, given);
        return;
    }
    cfn_text_printf(&m->text, "%.40s-%.40s-", m->stack->name, m->resource->id);
    put_letters(m, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 12);
    for (size_t i = begin; small && i < m->text.size; i++)
        m->text.data[i] = (char)tolower((unsigned char)m->text.data[i]);
}

static void put_address(struct maker *m) {
    char digits[8];
    cfn__sim_letters(m->stack->sim, m->resource->id, m->resource->generation, NULL, digits, 6);
    unsigned long number = strtoul(digits, NULL, 16);
    cfn_text_printf(&m->text, "52.%lu.%lu.%lu", number >> 16 & 255, number >> 8 & 255,
                    number & 255);
}

static const char *put_property(struct maker *m, const char *path) {
    size_t size = strcspn(path, ")");
    const char *said = said_by(m->resource->properties, path, size);
    if (said)
        cfn_text_put(&m->text, said);
    else
        put_name(m, false);
    return path + size + 1;
}

/* One directive of a form; returns what follows it. */
static const char *put_part(struct maker *m, const char *form) {
    static const char capitals[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                      small[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    const struct cfn_sim *sim = m->stack->sim;
    if (form[1] == '(')
        return put_property(m, form + 2);
    char kind = form[1], *end;
    size_t count = strtoul(form + 2, &end, 10);
    if (kind == 'h' || kind == 'U' || kind == 'l') {
        put_letters(m, kind == 'h' ? NULL : kind == 'U' ? capitals : small, count);
        return end;
    }
    if (kind == 'n' || kind == 'N')
        put_name(m, kind == 'N');
    else if (kind == 'u')
        put_uuid(m);
    else if (kind == 'i')
        put_address(m);
    else
        cfn_text_put(&m->text, kind == 'A'   ? sim->account
                               : kind == 'R' ? sim->region
                                             : cfn__sim_partition(sim));
    return form + 2;
}

char *cfn__physical_id(const struct cfn__stack *stack, const struct cfn__resource *resource) {
    const struct id_row *row = row_of(resource->type);
    struct maker maker = {.stack = stack, .resource = resource};
    for (const char *form = row ? row->form : "%n"; *form;) {
        if (*form == '%') {
            form = put_part(&maker, form);
            continue;
        }
        cfn_text_write(&maker.text, form++, 1);
    }
    return cfn_text_take(&maker.text);
}

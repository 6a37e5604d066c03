/* How long resources take, as their events in CloudFormation tell it: from the request to the
 * status that says it is complete.
 *
 * The figures are rounded means of what is published (the averages by resource type in AWS's own
 * open source tool for forecasts, the user guides of the services, timings in public reports) and
 * of what is commonly seen where the published mean is drawn down by attempts that failed early.
 * Deletions are seldom published and are mostly of the second kind. They serve a forecast and a
 * simulation; no single run keeps to them. */
#include <base/base.h>
#include <cfngen/evaluate.h>

#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000 };

struct row {
    const char *type;
    short seconds[3]; /* by enum cfn_operation */
};

/* In the order of strcmp. */
static const struct row rows[] = {
    {"AWS::ApplicationAutoScaling::ScalableTarget", {3, 2, 3}},
    {"AWS::Athena::CapacityReservation", {85, 60, 60}},
    {"AWS::Athena::DataCatalog", {2, 2, 2}},
    {"AWS::Athena::NamedQuery", {2, 2, 2}},
    {"AWS::Athena::WorkGroup", {3, 3, 3}},
    {"AWS::Backup::BackupPlan", {3, 3, 3}},
    {"AWS::Backup::BackupSelection", {3, 3, 3}},
    {"AWS::Backup::BackupVault", {5, 3, 3}},
    {"AWS::Budgets::Budget", {3, 3, 2}},
    {"AWS::CertificateManager::Certificate", {120, 5, 5}},
    {"AWS::CloudFormation::Stack", {60, 60, 60}},
    {"AWS::CloudFormation::WaitCondition", {60, 2, 2}},
    {"AWS::CloudFormation::WaitConditionHandle", {1, 1, 1}},
    {"AWS::CloudFront::Distribution", {240, 180, 240}},
    {"AWS::CloudTrail::Trail", {4, 3, 3}},
    {"AWS::CloudWatch::Alarm", {3, 3, 2}},
    {"AWS::CloudWatch::CompositeAlarm", {3, 3, 2}},
    {"AWS::CloudWatch::Dashboard", {2, 2, 2}},
    {"AWS::DMS::Certificate", {2, 2, 2}},
    {"AWS::DMS::Endpoint", {15, 20, 60}},
    {"AWS::DMS::EventSubscription", {20, 5, 5}},
    {"AWS::DMS::ReplicationConfig", {40, 60, 120}},
    {"AWS::DMS::ReplicationInstance", {480, 420, 240}},
    {"AWS::DMS::ReplicationSubnetGroup", {4, 10, 3}},
    {"AWS::DMS::ReplicationTask", {60, 45, 60}},
    {"AWS::DynamoDB::Table", {20, 15, 20}},
    {"AWS::EC2::DHCPOptions", {7, 5, 5}},
    {"AWS::EC2::EIP", {16, 4, 5}},
    {"AWS::EC2::EgressOnlyInternetGateway", {17, 2, 5}},
    {"AWS::EC2::FlowLog", {3, 3, 3}},
    {"AWS::EC2::Instance", {30, 30, 60}},
    {"AWS::EC2::InternetGateway", {17, 16, 15}},
    {"AWS::EC2::LaunchTemplate", {6, 5, 5}},
    {"AWS::EC2::NatGateway", {105, 6, 60}},
    {"AWS::EC2::NetworkAcl", {17, 16, 5}},
    {"AWS::EC2::NetworkAclEntry", {3, 2, 3}},
    {"AWS::EC2::NetworkInterface", {15, 4, 20}},
    {"AWS::EC2::Route", {3, 3, 3}},
    {"AWS::EC2::RouteTable", {12, 10, 5}},
    {"AWS::EC2::SecurityGroup", {7, 4, 5}},
    {"AWS::EC2::SecurityGroupEgress", {3, 3, 3}},
    {"AWS::EC2::SecurityGroupIngress", {3, 3, 3}},
    {"AWS::EC2::Subnet", {5, 8, 5}},
    {"AWS::EC2::SubnetNetworkAclAssociation", {13, 3, 3}},
    {"AWS::EC2::SubnetRouteTableAssociation", {3, 3, 3}},
    {"AWS::EC2::TransitGateway", {55, 10, 90}},
    {"AWS::EC2::TransitGatewayAttachment", {50, 30, 60}},
    {"AWS::EC2::VPC", {13, 4, 5}},
    {"AWS::EC2::VPCCidrBlock", {23, 5, 10}},
    {"AWS::EC2::VPCEndpoint", {80, 30, 60}},
    {"AWS::EC2::VPCGatewayAttachment", {14, 11, 15}},
    {"AWS::EC2::VPCPeeringConnection", {10, 3, 5}},
    {"AWS::EC2::VPNConnection", {165, 60, 60}},
    {"AWS::ECR::Repository", {3, 3, 3}},
    {"AWS::ECS::Cluster", {8, 5, 10}},
    {"AWS::ECS::Service", {120, 150, 120}},
    {"AWS::ECS::TaskDefinition", {3, 3, 3}},
    {"AWS::EFS::FileSystem", {10, 10, 10}},
    {"AWS::EFS::MountTarget", {90, 10, 30}},
    {"AWS::EKS::Cluster", {600, 480, 240}},
    {"AWS::EKS::Nodegroup", {180, 240, 240}},
    {"AWS::EMR::Cluster", {420, 300, 180}},
    {"AWS::EMR::SecurityConfiguration", {2, 2, 2}},
    {"AWS::EMR::Studio", {5, 5, 5}},
    {"AWS::EMRServerless::Application", {20, 20, 20}},
    {"AWS::ElastiCache::ReplicationGroup", {600, 300, 300}},
    {"AWS::ElasticLoadBalancingV2::LoadBalancer", {130, 10, 20}},
    {"AWS::ElasticLoadBalancingV2::TargetGroup", {15, 6, 5}},
    {"AWS::Elasticsearch::Domain", {1070, 900, 600}},
    {"AWS::Events::Rule", {60, 5, 30}},
    {"AWS::FSx::FileSystem", {640, 330, 300}},
    {"AWS::Glue::Classifier", {2, 2, 2}},
    {"AWS::Glue::Connection", {3, 3, 2}},
    {"AWS::Glue::Crawler", {3, 3, 3}},
    {"AWS::Glue::DataCatalogEncryptionSettings", {2, 2, 2}},
    {"AWS::Glue::Database", {2, 2, 2}},
    {"AWS::Glue::Job", {3, 4, 3}},
    {"AWS::Glue::SecurityConfiguration", {2, 2, 2}},
    {"AWS::Glue::Table", {2, 2, 2}},
    {"AWS::Glue::Trigger", {3, 3, 3}},
    {"AWS::Glue::Workflow", {2, 2, 2}},
    {"AWS::IAM::Group", {13, 3, 3}},
    {"AWS::IAM::InstanceProfile", {125, 20, 4}},
    {"AWS::IAM::ManagedPolicy", {16, 15, 4}},
    {"AWS::IAM::OIDCProvider", {3, 3, 3}},
    {"AWS::IAM::Policy", {16, 15, 3}},
    {"AWS::IAM::Role", {18, 16, 5}},
    {"AWS::IAM::RolePolicy", {16, 15, 3}},
    {"AWS::IAM::ServiceLinkedRole", {3, 3, 10}},
    {"AWS::IAM::User", {37, 20, 5}},
    {"AWS::IAM::UserPolicy", {32, 15, 3}},
    {"AWS::KMS::Alias", {5, 4, 4}},
    {"AWS::KMS::Key", {65, 30, 5}},
    {"AWS::Kinesis::Stream", {40, 40, 40}},
    {"AWS::KinesisFirehose::DeliveryStream", {80, 30, 60}},
    {"AWS::LakeFormation::DataLakeSettings", {2, 2, 2}},
    {"AWS::LakeFormation::Permissions", {3, 3, 3}},
    {"AWS::LakeFormation::PrincipalPermissions", {3, 3, 3}},
    {"AWS::LakeFormation::Resource", {3, 3, 3}},
    {"AWS::Lambda::EventSourceMapping", {30, 30, 60}},
    {"AWS::Lambda::Function", {10, 10, 5}},
    {"AWS::Lambda::LayerVersion", {8, 8, 2}},
    {"AWS::Lambda::Permission", {3, 3, 3}},
    {"AWS::Lambda::Version", {4, 4, 2}},
    {"AWS::Logs::LogGroup", {4, 4, 3}},
    {"AWS::Logs::MetricFilter", {2, 2, 2}},
    {"AWS::Logs::QueryDefinition", {2, 2, 2}},
    {"AWS::Logs::ResourcePolicy", {2, 2, 2}},
    {"AWS::Logs::SubscriptionFilter", {2, 2, 2}},
    {"AWS::MSK::Cluster", {1830, 1480, 600}},
    {"AWS::MSK::ServerlessCluster", {140, 60, 120}},
    {"AWS::MWAA::Environment", {1800, 1200, 900}},
    {"AWS::MemoryDB::Cluster", {1050, 300, 300}},
    {"AWS::Neptune::DBCluster", {80, 60, 120}},
    {"AWS::Neptune::DBInstance", {845, 530, 300}},
    {"AWS::OpenSearchServerless::Collection", {135, 60, 30}},
    {"AWS::OpenSearchService::Domain", {890, 600, 600}},
    {"AWS::RDS::DBCluster", {220, 90, 180}},
    {"AWS::RDS::DBClusterParameterGroup", {15, 15, 3}},
    {"AWS::RDS::DBInstance", {480, 180, 300}},
    {"AWS::RDS::DBParameterGroup", {15, 15, 3}},
    {"AWS::RDS::DBProxy", {225, 60, 120}},
    {"AWS::RDS::DBProxyTargetGroup", {85, 30, 10}},
    {"AWS::RDS::DBSubnetGroup", {5, 5, 3}},
    {"AWS::RDS::EventSubscription", {5, 5, 3}},
    {"AWS::RDS::OptionGroup", {5, 5, 3}},
    {"AWS::Redshift::Cluster", {300, 120, 180}},
    {"AWS::Redshift::ClusterParameterGroup", {5, 5, 3}},
    {"AWS::Redshift::ClusterSubnetGroup", {4, 4, 3}},
    {"AWS::Redshift::EndpointAccess", {180, 60, 60}},
    {"AWS::Redshift::ScheduledAction", {6, 4, 4}},
    {"AWS::RedshiftServerless::Namespace", {30, 30, 60}},
    {"AWS::RedshiftServerless::Workgroup", {200, 120, 120}},
    {"AWS::Route53::HostedZone", {70, 20, 40}},
    {"AWS::Route53::RecordSet", {35, 35, 35}},
    {"AWS::S3::AccessPoint", {30, 3, 3}},
    {"AWS::S3::Bucket", {22, 22, 5}},
    {"AWS::S3::BucketPolicy", {4, 4, 3}},
    {"AWS::SNS::Subscription", {3, 3, 3}},
    {"AWS::SNS::Topic", {11, 7, 5}},
    {"AWS::SNS::TopicPolicy", {3, 3, 3}},
    {"AWS::SQS::Queue", {70, 10, 60}},
    {"AWS::SQS::QueuePolicy", {3, 3, 3}},
    {"AWS::SSM::Association", {10, 5, 5}},
    {"AWS::SSM::Document", {5, 5, 5}},
    {"AWS::SSM::Parameter", {3, 3, 2}},
    {"AWS::SageMaker::Domain", {280, 60, 120}},
    {"AWS::SageMaker::Endpoint", {240, 270, 30}},
    {"AWS::SageMaker::NotebookInstance", {235, 155, 120}},
    {"AWS::SecretsManager::ResourcePolicy", {3, 3, 3}},
    {"AWS::SecretsManager::RotationSchedule", {17, 5, 3}},
    {"AWS::SecretsManager::Secret", {3, 3, 3}},
    {"AWS::SecretsManager::SecretTargetAttachment", {3, 3, 3}},
    {"AWS::StepFunctions::StateMachine", {5, 5, 10}},
    {"AWS::WAFv2::WebACL", {5, 5, 10}},
};

/* Other types: a service's way, else what a call to an API and CloudFormation's own part take. */
static const struct row kinds[] = {
    {"AWS::ApiGateway", {3, 3, 3}},
    {"AWS::CodeBuild::", {5, 5, 5}},
    {"AWS::Cognito::", {5, 5, 5}},
    {"AWS::Glue::", {3, 3, 3}},
    {"AWS::IAM::", {16, 15, 4}},
    {"AWS::LakeFormation::", {3, 3, 3}},
    {"AWS::Lambda::", {5, 5, 5}},
    {"AWS::Logs::", {3, 3, 3}},
    {"AWS::SSM::", {5, 5, 5}},
    {"Custom::", {10, 10, 10}},
    {"", {10, 10, 10}},
};

static int by_type(const void *type, const void *row) {
    return strcmp(type, ((const struct row *)row)->type);
}

static const struct row *row_of(const char *type) {
    const struct row *row = bsearch(type, rows, sizeof rows / sizeof *rows, sizeof *rows, by_type);
    if (row)
        return row;
    row = kinds;
    while (!cfn_starts_with(type, row->type))
        row++;
    return row;
}

static bool is_true(const json_t *properties, const char *name) {
    json_t *value = json_object_get(properties, name);
    return json_is_true(value) || cfn_same(json_string_value(value), "true");
}

/* Whether a property is there and says something else than the text. */
static bool is_other(const json_t *properties, const char *name, const char *text) {
    const char *value = json_string_value(json_object_get(properties, name));
    return value && strcmp(value, text) != 0;
}

static bool has_standby(const json_t *properties) {
    return is_true(properties, "MultiAZ");
}

/* A member of a cluster is made without storage of its own. */
static bool is_in_cluster(const json_t *properties) {
    return json_object_get(properties, "DBClusterIdentifier") != NULL;
}

static bool is_gateway_endpoint(const json_t *properties) {
    return !is_other(properties, "VpcEndpointType", "Gateway");
}

static bool has_several_nodes(const json_t *properties) {
    return is_other(properties, "ClusterType", "single-node");
}

/* What a type alone does not tell; a property that is not known yet changes nothing. */
static const struct {
    const char *type;
    bool (*applies)(const json_t *properties);
    short seconds[3];
} variants[] = {
    {"AWS::DMS::ReplicationInstance", has_standby, {780, 600, 300}},
    {"AWS::EC2::VPCEndpoint", is_gateway_endpoint, {8, 6, 6}},
    {"AWS::RDS::DBInstance", is_in_cluster, {420, 180, 300}},
    {"AWS::RDS::DBInstance", has_standby, {900, 300, 360}},
    {"AWS::Redshift::Cluster", has_several_nodes, {360, 180, 180}},
};

int64_t cfn_typical_time(const char *type, enum cfn_operation operation, const json_t *properties) {
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (strcmp(variants[i].type, type) == 0 && properties && variants[i].applies(properties))
            return (int64_t)variants[i].seconds[operation] * SECOND;
    return (int64_t)row_of(type)->seconds[operation] * SECOND;
}
